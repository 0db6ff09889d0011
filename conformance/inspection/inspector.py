"""Inspecting capture files, one after the other: what they hold is judged and then forgotten.

Each file is a capture of its own: nothing in it is compared with another file, so that the same
traffic may be saved twice. A long file is judged in parts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.checks.base import Outcome
from conformance.drivers.redaction import Redactor
from conformance.generate.signing import Credentials
from conformance.inspection.capture import (
    Captured,
    NotACapture,
    Source,
    capture_files,
    read_capture,
)
from conformance.inspection.discretion import Discretion
from conformance.inspection.judging import Item, judge, keyring_of, known_keys
from conformance.inspection.sorting import Kind, kind_of
from conformance.inspection.tally import Tally
from conformance.spec.reading import job_id_of
from conformance.spec.wire import Exchange

#: Exchanges that are judged together; those of a longer file in parts of this many.
PART = 4_000


@dataclass
class Inspection:
    """What was found: outcomes, the exchanges that findings point to (redacted), and counts.

    ``entries`` counts what the files hold, ``left_out`` what of it is not of this API, and
    ``passed_over`` the files in directories that are no captures. ``complete`` is false when it
    was stopped.
    """

    outcomes: tuple[Outcome, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    sources: frozenset[Source] = frozenset()
    hosts: tuple[str, ...] = ()
    files: int = 0
    passed_over: int = 0
    entries: int = 0
    requests: int = 0
    callbacks: int = 0
    left_out: int = 0
    jobs: int = 0
    started: float = 0.0
    duration: float = 0.0
    complete: bool = True
    judged: frozenset[str] = field(default_factory=frozenset)


def inspect_files(
    given: Sequence[str],
    credentials: Sequence[Credentials] = (),
    *,
    keep_all: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Inspection:
    """Judge every file in ``given``, and every capture in the directories among them.

    ``credentials`` are pairs that requests may have been signed with, a SecretId that was not told
    being ``""``. ``keep_all`` keeps every exchange, not only those that findings point to.
    Raises :class:`RecordingProblem` for the first file that cannot be read.
    """
    inspector = _Inspector(credentials, keep_all=keep_all, stop=stop)
    for name in given:
        files, found = capture_files(name)
        for file in files:
            inspector.file(file, found=found)
    return inspector.result()


class _Inspector:
    def __init__(
        self, credentials: Sequence[Credentials], *, keep_all: bool, stop: Callable[[], bool]
    ) -> None:
        self._keys = known_keys(credentials)
        self._discretion = Discretion(Redactor(keyring_of(credentials)))
        self._keep_all = keep_all
        self._stop = stop
        self._tally = Tally()
        self._kept: dict[int, Exchange] = {}
        self._hosts: dict[str, None] = {}
        self._sources: set[Source] = set()
        self._number = 0
        self._found = Inspection(started=time.time())
        self._clock = time.monotonic()

    def file(self, path: Path, *, found: bool) -> None:
        """Read and judge one file; in a directory there may be files of other kinds."""
        if self._stop():
            self._found.complete = False
            return
        part: list[Item] = []
        try:
            for item in self._items(read_capture(path)):
                part.append(item)
                if len(part) >= PART:
                    self._judge(part)
                    part = []
        except NotACapture:
            if not found:
                raise
            self._found.passed_over += 1
            return
        self._judge(part)
        self._found.files += 1

    def _items(self, captured: Iterable[Captured | None]) -> Iterator[Item]:
        """What is of this API, numbered in the order in which it is read."""
        for each in captured:
            if self._stop():
                self._found.complete = False
                return
            self._found.entries += 1
            kind = kind_of(each.exchange) if each is not None else Kind.OTHER
            if each is None or kind is Kind.OTHER:
                self._found.left_out += 1
                continue
            self._number += 1
            yield Item(self._numbered(each, kind), kind)

    def _numbered(self, captured: Captured, kind: Kind) -> Captured:
        exchange = replace(captured.exchange, n=self._number)
        if self._keys:
            exchange = self._discretion.answer(exchange)
        if kind is Kind.CALLBACK:
            exchange = self._discretion.as_callback(exchange)
            self._found.callbacks += 1
        else:
            self._found.requests += 1
            self._found.jobs += job_id_of(exchange) is not None
            if len(self._hosts) < 100:
                self._hosts[exchange.request.headers.get("Host") or "(no Host)"] = None
        self._sources.add(captured.source)
        return replace(captured, exchange=exchange)

    def _judge(self, part: Sequence[Item]) -> None:
        if not part:
            return
        by_number = {each.exchange.n: each.exchange for each in part}

        def clean(outcome: Outcome) -> Outcome:
            shown = [by_number[n] for n in outcome.exchanges if n in by_number]
            return self._discretion.outcome(outcome, shown)

        for outcome in judge(part, self._keys):
            self._tally.add(outcome, len(by_number[outcome.exchanges[0]].request.body), clean)
        self._keep(by_number)

    def _keep(self, by_number: Mapping[int, Exchange]) -> None:
        wanted = set(by_number) if self._keep_all else self._tally.referenced()
        if not self._keep_all:
            self._kept = {n: each for n, each in self._kept.items() if n in wanted}
        for n in sorted(wanted):
            if n in by_number:
                self._kept[n] = self._discretion.exchange(by_number[n])

    def result(self) -> Inspection:
        return replace(
            self._found,
            outcomes=tuple(self._tally.outcomes()),
            judged=self._tally.clauses,
            exchanges=tuple(self._kept[n] for n in sorted(self._kept)),
            hosts=tuple(self._hosts),
            sources=frozenset(self._sources),
            duration=time.monotonic() - self._clock,
        )
