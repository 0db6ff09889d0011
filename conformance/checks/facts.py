"""What a whole run established, drawn from its exchanges alone: the context of every check."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from conformance.spec.messages import JobRequest
from conformance.spec.reading import (
    Operation,
    Sighting,
    is_callback,
    job_id_of,
    job_request_of,
    jobs_in,
    operation_of,
    put_off,
    request_node,
)
from conformance.spec.target import Target
from conformance.spec.wire import Exchange, Failure, FailureKind, Wanted
from conformance.spec.xml import Node

#: Failures after which a create can have made no job.
_NOTHING_ARRIVED = frozenset(
    {FailureKind.CONNECT, FailureKind.TLS, FailureKind.BUDGET, FailureKind.MISSING}
)

#: Failures that a target shows while it restarts, as well as a network that is down.
_BREAKS = frozenset({FailureKind.CONNECT, FailureKind.TLS, FailureKind.RESET})


#: A server may end the connection rather than take a body as large as this.
_LARGE = 64 * 1024

#: What is said of a job that is not known any more after such a break.
FORGOTTEN = "the target may have been restarted and have lost the job"


@dataclass(frozen=True)
class Creation:
    """A create that made a job: its exchange, and the request when it can be read.

    ``request`` and ``body`` are None when the body was not a readable Request, or was one that the
    server should have refused: then there is nothing that the job would have to echo.
    """

    exchange: Exchange
    request: JobRequest | None
    body: Node | None


@dataclass(frozen=True)
class Facts:
    """The exchanges of a run in canonical order, with what follows from them.

    ``complete`` is false when the run was ended early: then what is missing says nothing.
    """

    target: Target
    exchanges: tuple[Exchange, ...]
    complete: bool = True

    @cached_property
    def sent(self) -> tuple[Exchange, ...]:
        """What the suite asked and the server answered, callbacks left out."""
        return tuple(each for each in self.exchanges if not is_callback(each))

    @cached_property
    def callbacks(self) -> tuple[Exchange, ...]:
        return tuple(each for each in self.exchanges if is_callback(each))

    @cached_property
    def by_scenario(self) -> dict[str, tuple[Exchange, ...]]:
        """What each scenario exchanged, without what was put off and then asked again."""
        return {
            name: tuple(each for each in group if not self.was_asked_again(each))
            for name, group in self._groups.items()
        }

    def was_asked_again(self, exchange: Exchange) -> bool:
        """Whether the target put the request off, and it was then sent again."""
        return id(exchange) in self._asked_again

    def was_put_off_twice(self, exchange: Exchange) -> bool:
        """Whether the target put the request off again when it was sent again."""
        return id(exchange) in self._put_off_twice

    @cached_property
    def _groups(self) -> dict[str, list[Exchange]]:
        groups: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in self.exchanges:
            groups[exchange.scenario].append(exchange)
        return groups

    @cached_property
    def _asked_again(self) -> frozenset[int]:
        return frozenset(id(one) for one, _ in self._repeats)

    @cached_property
    def _put_off_twice(self) -> frozenset[int]:
        return frozenset(id(then) for _, then in self._repeats if put_off(then))

    @cached_property
    def _repeats(self) -> tuple[tuple[Exchange, Exchange], ...]:
        """Each exchange that was put off, with the one in which its request was sent again."""
        found: list[tuple[Exchange, Exchange]] = []
        for group in self._groups.values():
            sent = [each for each in group if not is_callback(each)]
            found += [(a, b) for a, b in pairwise(sent) if put_off(a) and _same(a, b)]
        return tuple(found)

    @cached_property
    def creations(self) -> dict[str, tuple[Creation, ...]]:
        """By JobId; more than one creation with one id is itself a deviation (RSP-12)."""
        made: dict[str, list[Creation]] = defaultdict(list)
        for exchange in self.sent:
            job_id = job_id_of(exchange)
            if job_id is not None:
                made[job_id].append(_creation(exchange))
        return {job_id: tuple(group) for job_id, group in made.items()}

    def creation(self, job_id: str | None) -> Creation | None:
        """The one create that made this job, or None when there is none or more than one."""
        group = self.creations.get(job_id or "", ())
        return group[0] if len(group) == 1 else None

    @cached_property
    def sightings(self) -> dict[str, tuple[Sighting, ...]]:
        """Every look at every job of this run, in the order in which the answers were asked for."""
        looks: dict[str, list[Sighting]] = defaultdict(list)
        for exchange in sorted(self.sent, key=lambda each: each.started):
            for job in jobs_in(exchange):
                job_id = job.value("JobId")
                if job_id in self.creations and len(self.creations[job_id]) == 1:
                    looks[job_id].append(Sighting(exchange, job))
        return {job_id: tuple(group) for job_id, group in looks.items()}

    def looks_at(self, job_id: str | None) -> tuple[Sighting, ...]:
        """The looks at one job; none where it is not a job of this run."""
        return self.sightings.get(job_id or "", ())

    @cached_property
    def lost_creates(self) -> tuple[Exchange, ...]:
        """Creates without a whole answer: each may have made a job that nobody knows of."""
        return tuple(
            each
            for each in self.sent
            if each.failure is not None
            and each.failure.kind not in _NOTHING_ARRIVED
            and operation_of(each.request) is Operation.CREATE
        )

    @cached_property
    def _broken(self) -> tuple[tuple[float, Failure], ...]:
        """When a connection to the target broke or was not to be had, in order of time."""
        found = [
            (each.started, each.failure)
            for each in self.callbacks
            if each.failure is not None and not each.request.method  # only its beginning came
        ]
        found += [
            (each.started, failure)
            for each in self.sent
            for failure in (*each.earlier, *([each.failure] if each.failure else ()))
            if failure.kind in _BREAKS and len(each.request.body) <= _LARGE
        ]
        return tuple(sorted(found, key=lambda pair: pair[0]))

    def broke_between(self, since: float, until: float) -> Failure | None:
        """The first break of the network, or of the target, between two moments.

        What the target should have kept, or sent, may have been lost with it.
        """
        at = bisect_left(self._broken, since, key=lambda pair: pair[0])
        if at == len(self._broken) or self._broken[at][0] > until:
            return None
        return self._broken[at][1]

    def may_have_forgotten(self, job_id: str, look: Exchange) -> Failure | None:
        """Why a job of this run may be unknown at ``look``; None: no reason to think so."""
        creation = self.creation(job_id)
        if creation is None:
            return None
        return self.broke_between(creation.exchange.started, look.ended)

    @cached_property
    def lists(self) -> tuple[Exchange, ...]:
        return tuple(each for each in self.sent if operation_of(each.request) is Operation.LIST)


def _same(one: Exchange, other: Exchange) -> bool:
    """Whether two exchanges are of one request, written in one way; it is signed anew each time."""
    return _written(one) == _written(other)


def _written(exchange: Exchange) -> tuple[object, ...]:
    request = exchange.request
    target = request.raw_path if "q-signature" in request.target else request.target
    names = tuple(name for name, _ in request.headers)
    return exchange.step, request.method, target, names, request.body


def _creation(exchange: Exchange) -> Creation:
    if exchange.expect is not None and exchange.expect.wanted is Wanted.REFUSE:
        return Creation(exchange, None, None)
    request = job_request_of(exchange.request)
    body = request_node(exchange.request) if request is not None else None
    return Creation(exchange, request, body)
