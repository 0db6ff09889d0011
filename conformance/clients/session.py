"""A whole run of a client library: adapter, endpoint and cases put together, everything judged."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Protocol

from conformance.checks.base import Level, Mark, Outcome
from conformance.checks.client_case import (
    FAILED,
    Call,
    ClientCase,
    Reply,
    Said,
    Sent,
    Want,
)
from conformance.checks.client_judge import judge_case, judge_cases
from conformance.checks.verdicts import NOT_OFFERED, UNCLAIMED
from conformance.clients.adapter import Adapter, Address, Hello
from conformance.clients.answers import Answer
from conformance.clients.calls import PLACES, any_call, keyset
from conformance.clients.cases import STREAM, every_case, generated_case
from conformance.clients.casespec import UNIVERSAL, CaseSpec, parts_of, relevant
from conformance.clients.endpoint import JudgingEndpoint, Sitting
from conformance.clients.shrink import smallest
from conformance.clients.tls import certificate
from conformance.problems import Problem, did_you_mean
from conformance.spec.clauses import clause, for_roles
from conformance.spec.names import service_host
from conformance.spec.reading import Operation
from conformance.spec.wire import Exchange
from conformance.spec.xml import Node

#: After so many failures of the adapter in a row, or so many that made the run wait, it stops;
#: after so many waits in one family of cases that are much alike, the rest of it is left out.
MOST_IN_A_ROW = 8
MOST_HANGS = 6
MOST_ALIKE = 2
ALIKE = frozenset({"generated", "hostile", "mistaken", "answer", "error"})

#: How many generated calls are shrunk, and how many tries each is worth.
MOST_SHRUNK = 4
TRIES = 40


@dataclass(frozen=True)
class ClientOptions:
    """What a run is told.

    ``clauses`` are the ids to judge (None: all), ``cases`` the cases to run (empty: all that the
    clauses need), ``timeout`` bounds a call in seconds, ``https``
    has the endpoint announced with a certificate made for the run. ``disclaimed`` are the parts
    that the conformance statement does not claim: what needs one of them is not asked for.
    """

    command: tuple[str, ...]
    clauses: frozenset[str] | None = None
    seed: int = 0
    examples: int = 100
    timeout: float = 10.0
    https: bool = False
    cases: tuple[str, ...] = ()
    disclaimed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ClientRun:
    """What a run established."""

    hello: Hello
    cases: tuple[ClientCase, ...]
    outcomes: tuple[Outcome, ...]
    started: float
    duration: float
    seed: int
    complete: bool = True
    restarts: int = 0
    stderr: str = ""

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything that arrived, in order of arrival; numbered as the outcomes have them."""
        return tuple(each for case in self.cases for each in case.exchanges)


class Watcher(Protocol):
    """Who is told how a run goes on: how many cases there are, and each that is over."""

    def planned(self, count: int) -> None: ...

    def judged(self, case: ClientCase) -> None: ...

    def stopped(self) -> bool: ...


class Silent:
    """Nobody watches."""

    def planned(self, count: int) -> None:
        """Say nothing."""

    def judged(self, case: ClientCase) -> None:
        """Say nothing."""

    def stopped(self) -> bool:
        return False


def run_client(options: ClientOptions, watcher: Watcher | None = None) -> ClientRun:
    """Judge a library through its adapter.

    Raises :class:`conformance.problems.Problem` when the adapter cannot be started; never for
    what it does afterwards.
    """
    with ExitStack() as stack:
        tls = ca_file = None
        if options.https:
            names = [service_host(*place) for place in PLACES]
            tls, ca_file = stack.enter_context(certificate(*names))
        endpoint = stack.enter_context(JudgingEndpoint(tls))
        watcher = watcher or Silent()
        address = Address("127.0.0.1", endpoint.port, ca_file)
        adapter = Adapter(options.command, address, watcher.stopped)
        stack.callback(adapter.close)
        return _Run(options, watcher, endpoint, adapter).go()


#: A case, what arrived for it (None: it was not run), and what the adapter said.
Entry = tuple[CaseSpec, Sitting | None, Reply]


class _Run:
    def __init__(
        self,
        options: ClientOptions,
        watcher: Watcher,
        endpoint: JudgingEndpoint,
        adapter: Adapter,
    ) -> None:
        self.options = options
        self.watcher = watcher
        self.endpoint = endpoint
        self.adapter = adapter
        self.pairs = keyset(options.seed)
        self.done: list[Entry] = []
        self.in_a_row = 0
        self.hangs: Counter[str] = Counter()
        self.gave_up = ""

    def go(self) -> ClientRun:
        started, begun = time.time(), time.monotonic()
        hello = self.adapter.hello()
        specs, outcomes = self._offered(hello)
        self.watcher.planned(len(specs))
        for spec in specs:
            self._attempt(spec)
        self._shrink(hello)
        self.adapter.close()
        complete = not self.watcher.stopped()
        cases = _numbered(_case(*each) for each in self.done)
        outcomes += judge_cases(cases)
        outcomes += _unsupported(self.done)
        if self.gave_up:
            reason = self.gave_up
            outcomes += [Outcome(e.id, Mark.UNCLEAR, message=reason) for e in for_roles("C")]
        return ClientRun(
            hello,
            cases,
            tuple(outcomes),
            started,
            time.monotonic() - begun,
            self.options.seed,
            complete,
            max(0, self.adapter.starts - 1),
            self.adapter.stderr,
        )

    def _offered(self, hello: Hello) -> tuple[list[CaseSpec], list[Outcome]]:
        """The cases to run, and what is said of the operations that the library does not have."""
        specs = every_case(
            self.pairs, self.options.seed, self.options.examples, self.options.timeout
        )
        if self.options.cases:
            specs = _named(specs, self.options.cases)
        else:
            specs = [each for each in specs if relevant(each, self.options.clauses)]
        reasons = {each.name: self._left_out(each.call, hello) for each in specs}
        outcomes = [
            outcome
            for each in specs
            if (reason := reasons[each.name])
            for outcome in _unmet(each, reason)
        ]
        return [each for each in specs if not reasons[each.name]], outcomes

    def _left_out(self, call: Call, hello: Hello) -> str:
        """Why a call is not asked for; ``""`` when it is."""
        if not hello.offers(call.operation):
            return f"{NOT_OFFERED}: it has no {_NAMES[call.operation]}"
        unclaimed = next((each for each in parts_of(call) if each in self.options.disclaimed), "")
        return f"{UNCLAIMED} {unclaimed}" if unclaimed else ""

    def _attempt(self, spec: CaseSpec) -> ClientCase:
        """Run one case, unless the run has come to its end."""
        if self.watcher.stopped():
            self.gave_up = self.gave_up or "the run was interrupted"
        family = spec.name.partition("/")[0]
        skipped = self.gave_up
        if family in ALIKE and self.hangs[family] >= MOST_ALIKE:
            skipped = skipped or f"the adapter hung in {MOST_ALIKE} cases like this one"
        if skipped:
            entry: Entry = (spec, None, Reply(Said.NEVER, message=skipped))
        else:
            sitting = self.endpoint.begin(spec.name, spec.call, spec.script)
            reply = self.adapter.call(spec.call)
            self._count(family, reply)
            # Of a call that the end of the run cut short, nothing can be told.
            entry = (spec, None if reply.said is Said.NEVER else sitting, reply)
        self.done.append(entry)
        case = _case(*entry)
        self.watcher.judged(case)
        return case

    def _count(self, family: str, reply: Reply) -> None:
        failed = reply.said in FAILED
        self.in_a_row = self.in_a_row + 1 if failed else 0
        self.hangs[family] += reply.said is Said.SILENT
        if self.in_a_row >= MOST_IN_A_ROW:
            self.gave_up = f"the adapter failed {self.in_a_row} times in a row: {reply.message}"
        elif self.hangs.total() >= MOST_HANGS:
            self.gave_up = f"the adapter did not answer {self.hangs.total()} times"

    # ---- shrinking ----

    def _shrink(self, hello: Hello) -> None:
        """Replace generated calls that fail by the smallest ones that fail alike.

        A clause that a case of the corpus breaks too is left alone: that case is small already.
        """
        broken_at: dict[str, tuple[int, CaseSpec]] = {}
        elsewhere: set[str] = set()
        for place, (spec, sitting, reply) in enumerate(self.done):
            for each in _findings(_case(spec, sitting, reply)):
                if spec.name.startswith("generated/"):
                    broken_at.setdefault(each, (place, spec))
                else:
                    elsewhere.add(each)
        for wanted, (place, spec) in list(broken_at.items())[:MOST_SHRUNK]:
            if wanted not in elsewhere and not self.gave_up:
                self._smaller(wanted, place, spec, hello)

    def _smaller(self, wanted: str, place: int, spec: CaseSpec, hello: Hello) -> None:
        number = int(spec.name.rpartition("/")[2])
        best: list[Entry] = []

        def still_fails(call: object, trial: int) -> bool:
            assert isinstance(call, Call)
            if self.gave_up or self.watcher.stopped() or self._left_out(call, hello):
                return False
            tried = generated_case(
                replace(call, timeout=min(call.timeout, self.options.timeout)), number, trial
            )
            fails = wanted in _findings(self._attempt(tried))
            entry = self.done.pop()
            if fails:
                best[:] = [entry]
            return fails

        smallest(
            any_call(self.pairs),
            stream=STREAM,
            run_seed=self.options.seed,
            index=number,
            still_fails=still_fails,
            tries=TRIES,
        )
        if best:
            self.done[place] = best[0]


def _named(specs: Sequence[CaseSpec], names: Sequence[str]) -> list[CaseSpec]:
    """The cases of these names; a shrunk one comes of the generated case that it was.

    Raises :class:`conformance.problems.Problem` for a name that is none.
    """
    known = {each.name: each for each in specs}
    wanted = {_SHRUNK.sub(r"\1", name) for name in names}
    for name in sorted(wanted - known.keys()):
        raise Problem(f"there is no case {name!r} in this run{did_you_mean(name, known)}")
    return [each for each in specs if each.name in wanted]


#: The name of a try of shrinking, after the case that it is of.
_SHRUNK = re.compile(r"^(generated/\d+)-\d+$")


def _findings(case: ClientCase) -> set[str]:
    """The clauses that a case breaks, by more than a piece of information."""
    return {
        each.clause
        for each in judge_case(case)
        if each.mark is Mark.BROKEN and (each.level or clause(each.clause).level) is not Level.MAY
    }


def _unmet(spec: CaseSpec, reason: str) -> Iterator[Outcome]:
    """What is said of the clauses that a case would have shown, when nothing else shows them."""
    for each in (*spec.clauses, *UNIVERSAL[spec.call.operation]):
        yield Outcome(each, Mark.UNMET, message=reason)


def _unsupported(done: Iterable[Entry]) -> Iterator[Outcome]:
    for spec, _, reply in done:
        if reply.said is Said.UNSUPPORTED:
            yield from _unmet(spec, f"{NOT_OFFERED}: {reply.message}")


_NAMES = {
    Operation.CREATE: "way to create a job",
    Operation.DESCRIBE: "way to describe a job",
    Operation.LIST: "way to list jobs",
    Operation.CANCEL: "way to cancel a job",
}


# ---- from what happened to what is judged ----


def _case(spec: CaseSpec, sitting: Sitting | None, reply: Reply) -> ClientCase:
    """The record of one case; what the caller must be told follows from the last answer given."""
    given = sitting.given() if sitting is not None else ()
    last = given[-1] if given else spec.script[-1]
    return ClientCase(
        spec.name,
        spec.call,
        spec.clauses,
        tuple(each.sent for each in sitting.arrived) if sitting is not None else (),
        reply,
        Want.EITHER if not spec.call.writable else last.want,
        _jobs_of(given),
        last.error,
        last.status,
        last.note or spec.note,
    )


def _jobs_of(given: Sequence[Answer]) -> tuple[Node, ...]:
    """The jobs of all the answers that were given whole, each once."""
    jobs: dict[str, Node] = {}
    for answer in given:
        if answer.whole and answer.status == 200:
            for job in answer.jobs:
                jobs.setdefault(job.value("JobId") or "", job)
    return tuple(jobs.values())


def _numbered(cases: Iterable[ClientCase]) -> tuple[ClientCase, ...]:
    """The cases with every exchange numbered in the order of the run, from 1."""
    out = []
    number = 0
    number_it: Callable[[Sent, int], Sent] = lambda sent, n: replace(  # noqa: E731 - one line of use
        sent, exchange=replace(sent.exchange, n=n)
    )
    for case in cases:
        sent = []
        for each in case.sent:
            number += 1
            sent.append(number_it(each, number))
        out.append(replace(case, sent=tuple(sent)))
    return tuple(out)
