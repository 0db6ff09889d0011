"""Which jobs a run has created, and in which state each was last seen."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.spec.reading import (
    Operation,
    asked_ids,
    job_id_of,
    jobs_in,
    operation_of,
    succeeded,
)
from conformance.spec.states import FINAL, State, parse_state
from conformance.spec.wire import Direction, Exchange


class JobLedger:
    """The jobs of one run, kept up to date exchange by exchange, in whatever order they come.

    A job that only others created is never in it. ``left`` are jobs of an earlier attempt at the
    same run. Not locked: its owner is.
    """

    def __init__(self, exchanges: Iterable[Exchange] = (), left: Iterable[str] = ()) -> None:
        self._states: dict[str, State | None] = dict.fromkeys(left)
        self._seen: dict[str, float] = {}
        self._described: set[str] = set()
        for exchange in exchanges:
            self.note(exchange)

    def note(self, exchange: Exchange) -> None:
        """Take in one more exchange."""
        if exchange.direction is not Direction.REQUEST or not succeeded(exchange):
            return
        created = job_id_of(exchange)
        if created is not None and created not in self._states:
            self._states[created] = None
        operation = operation_of(exchange.request)
        if operation is Operation.CANCEL:
            job_id = exchange.request.raw_path.rpartition("/")[2]
            self._look(job_id, exchange.started, State.CANCEL)
        if operation is Operation.DESCRIBE:
            self._described.update(asked_ids(exchange.request))
        for job in jobs_in(exchange):
            self._look(job.value("JobId") or "", exchange.started, parse_state(job.value("State")))

    def _look(self, job_id: str, moment: float, state: State | None) -> None:
        known = job_id in self._states
        if known and state is not None and moment >= self._seen.get(job_id, 0.0):
            self._seen[job_id] = moment
            self._states[job_id] = state

    @property
    def created(self) -> tuple[str, ...]:
        """Every job of this run, in order of creation."""
        return tuple(self._states)

    @property
    def alive(self) -> tuple[str, ...]:
        """The jobs that were not seen to have ended, in order of creation."""
        return tuple(job for job, state in self._states.items() if state not in FINAL)

    @property
    def watched(self) -> tuple[str, ...]:
        """Those of the living that somebody has asked about: their end is waited for."""
        return tuple(job for job in self.alive if job in self._described)

    def state(self, job_id: str) -> State | None:
        """The state last seen; None when none was, or none that the page knows."""
        return self._states.get(job_id)
