"""Examples of clauses from real runs: one exchange that obeys, and one that breaks.

What breaks is a fault of the catalogues: the emulator's for servers, the plain adapter's for
client libraries. What obeys is the same step of the same scenario without the fault, where that
was judged, else the smallest exchange on which the clause held.
"""

from __future__ import annotations

import multiprocessing
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from conformance.checks.base import Mark, Outcome
from conformance.clients import faults as client_faults
from conformance.clients.session import ClientOptions, run_client
from conformance.emulator import Behaviour, EmulatorSettings, compose, hook
from conformance.emulator.faults import all_faults
from conformance.engine.session import Options, RunOutcome, run
from conformance.reference.steady import Steady
from conformance.report.wire_json import exchange_json
from conformance.spec.clauses import Clause, Level, clause, for_roles
from conformance.spec.wire import Exchange

#: How many cases are drawn: what the catalogues' own proofs draw.
EXAMPLES, CLIENT_EXAMPLES, CLIENT_TIMEOUT = 60, 40, 6.0

SERVER, CLIENT = "server", "client"

#: On a machine with much else to do, jobs may miss the moment at which they would show a clause.
TRIES = 4

#: Faults that show a clause better than the first one that breaks it, or alike in every run.
_TELLING = {
    (SERVER, "QRY-14"): "token-ignored",
    (SERVER, "RSP-16"): "end-colon-in-zone",
    (SERVER, "RSP-03"): "length-of-the-sample",
}


@dataclass(frozen=True)
class Example:
    """One exchange that shows a clause. ``deviation`` and what follows is for a broken one."""

    clause: str
    side: str  # SERVER or CLIENT
    scenario: str
    step: str
    exchange: Mapping[str, Any] | None
    deviation: str = ""
    says: str = ""
    message: str = ""
    expected: str = ""
    observed: str = ""

    @property
    def passes(self) -> bool:
        return not self.deviation


@dataclass(frozen=True)
class _Seen:
    """What a run showed; ``started`` in Unix seconds."""

    outcomes: Sequence[Outcome]
    exchanges: Sequence[Exchange]
    started: float


@dataclass(frozen=True)
class Trial:
    """One run: of the fault of that name on that side, for the examples of ``clauses``."""

    side: str
    fault: str
    clauses: tuple[str, ...]


def collect(workers: int = 2) -> dict[tuple[str, str, bool], Example]:
    """Every example, by clause, side and whether it passes. Takes minutes."""
    wanted = list(trials())
    broken: list[Example] = []
    context = multiprocessing.get_context("spawn")  # threads of a parent do not survive a fork
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for found in pool.map(breaking, wanted):
            broken += found
    obeying = [*_server_obeys(broken), *_client_obeys(broken)]
    return {(each.clause, each.side, each.passes): each for each in (*broken, *obeying)}


def trials() -> Iterator[Trial]:
    """The runs that break every clause once on every side, one for each fault."""
    for side, roles, faults in (
        (SERVER, ("S", "K"), all_faults()),
        (CLIENT, ("C",), client_faults.all_faults()),
    ):
        chosen: dict[str, list[str]] = {}
        for each in for_roles(roles):
            chosen.setdefault(_fault_for(side, each.id, faults), []).append(each.id)
        for name, clauses in chosen.items():
            yield Trial(side, name, tuple(clauses))


def _fault_for(side: str, clause: str, faults: Mapping[str, Any]) -> str:
    """The fault that shows ``clause``: the first that breaks it before all others."""
    if (side, clause) in _TELLING:
        return _TELLING[side, clause]
    names = [name for name, fault in faults.items() if clause in fault.clauses]
    return next((name for name in names if faults[name].clauses[0] == clause), names[0])


# ---- what breaks --------------------------------------------------------------------------------


def breaking(trial: Trial) -> list[Example]:
    """The examples of one trial. Raises LookupError when a clause was not broken."""
    attempt = _client_breaks if trial.side == CLIENT else _server_breaks
    for _ in range(TRIES - 1):
        with suppress(LookupError):
            return attempt(trial)
    return attempt(trial)


def _server_breaks(trial: Trial) -> list[Example]:
    fault = all_faults()[trial.fault]
    outcome = _run_server(fault.settings, (fault.behaviour,), frozenset(trial.clauses))
    seen = _Seen(outcome.outcomes, outcome.facts.exchanges, outcome.started)
    return [_broken(trial, fault.says, clause(name), seen) for name in trial.clauses]


def _client_breaks(trial: Trial) -> list[Example]:
    fault = client_faults.all_faults()[trial.fault]
    command = (sys.executable, "-m", "conformance.clients.faults", trial.fault)
    run_of = run_client(_client_options(command, trial.clauses))
    seen = _Seen(run_of.outcomes, run_of.exchanges, run_of.started)
    return [_broken(trial, fault.says, clause(name), seen) for name in trial.clauses]


def _broken(trial: Trial, says: str, broken: Clause, seen: _Seen) -> Example:
    """The worst finding on the smallest request.

    A report shows the smallest exchange, which may be another in every run.
    """
    exchanges = {each.n: each for each in seen.exchanges}
    order = list(Level)

    def shown_of(finding: Outcome) -> Exchange | None:
        # The last exchange is the one that broke the clause; those before it led there.
        return exchanges.get(finding.exchanges[-1]) if finding.exchanges else None

    def rank(finding: Outcome) -> tuple[int, int, int]:
        exchange = shown_of(finding)
        return order.index(finding.level or broken.level), *_size(exchange)

    findings = [e for e in seen.outcomes if e.clause == broken.id and e.mark is Mark.BROKEN]
    if not findings:
        raise LookupError(f"{trial.side} fault {trial.fault!r} does not break {broken.id}")
    finding = min(findings, key=rank)
    shown = shown_of(finding)
    steady = Steady(seen.started)
    return Example(
        broken.id,
        trial.side,
        finding.scenario,
        shown.step if shown is not None else "",
        _steady_exchange(shown, steady),
        trial.fault,
        says,
        steady.text(finding.message),
        steady.text(finding.expected),
        steady.text(finding.observed),
    )


# ---- what obeys ---------------------------------------------------------------------------------


def _server_obeys(broken: Iterable[Example]) -> Iterator[Example]:
    missing = {each.id for each in for_roles(("S", "K"))}
    chosen = None
    for _ in range(TRIES):
        outcome = _run_server({}, (), chosen)
        seen = _Seen(outcome.outcomes, outcome.facts.exchanges, outcome.started)
        for example in _obeying(SERVER, ("S", "K"), seen, broken):
            if example.clause in missing:
                missing.remove(example.clause)
                yield example
        chosen = frozenset(missing)
        if not chosen:
            break


def _client_obeys(broken: Iterable[Example]) -> Iterator[Example]:
    command = (sys.executable, "-m", "conformance.clients.adapters.plain.adapter")
    run_of = run_client(_client_options(command, None))
    seen = _Seen(run_of.outcomes, run_of.exchanges, run_of.started)
    yield from _obeying(CLIENT, ("C",), seen, broken)


def _obeying(
    side: str, roles: Collection[str], seen: _Seen, broken: Iterable[Example]
) -> Iterator[Example]:
    by_number = {each.n: each for each in seen.exchanges}
    counterparts = {each.clause: each for each in broken if each.side == side}
    for each in for_roles(roles):
        counterpart = counterparts[each.id]
        shown = _best(each.id, seen.outcomes, by_number, counterpart)
        exchange = _steady_exchange(shown, Steady(seen.started))
        if shown is not None:
            yield Example(each.id, side, shown.scenario, shown.step, exchange)
        elif _held(each.id, seen):
            yield Example(each.id, side, counterpart.scenario, "", None)  # it sent nothing


def _held(clause_id: str, seen: _Seen) -> bool:
    return any(each.clause == clause_id and each.mark is Mark.OK for each in seen.outcomes)


def _best(
    clause: str,
    outcomes: Iterable[Outcome],
    exchanges: Mapping[int, Exchange],
    counterpart: Example,
) -> Exchange | None:
    """The exchange that shows ``clause`` obeyed, best where ``counterpart`` breaks it."""
    held = [
        exchanges[each.exchanges[-1]]
        for each in outcomes
        if each.clause == clause and each.mark is Mark.OK and each.exchanges
    ]

    def rank(exchange: Exchange) -> tuple[bool, bool, int, int]:
        scenario = exchange.scenario == counterpart.scenario
        step = scenario and exchange.step == counterpart.step
        return not step, not scenario, *_size(exchange)

    return min(held, key=rank, default=None)


def _size(exchange: Exchange | None) -> tuple[int, int]:
    """What examples are chosen by: the size of the request, and its place among all of a run.

    Both are the same in every run, unlike the size of an answer that lists jobs, or of the token
    that leads to its next page.
    """
    if exchange is None:
        return 0, 0
    target = re.sub(r"nextToken=[^&]*", "", exchange.request.target)
    return len(target) + len(exchange.request.body), exchange.n


# ---- runs ---------------------------------------------------------------------------------------


def _run_server(
    settings: Mapping[str, Any],
    behaviours: tuple[type[Behaviour], ...],
    clauses: frozenset[str] | None,
) -> RunOutcome:
    return run(
        Options(
            clauses=clauses,
            examples=EXAMPLES,
            clean_up=False,
            emulator=replace(EmulatorSettings(), **settings),
            behaviour=compose(*behaviours, _even_request_ids, _even_job_ids),
        )
    )


def _client_options(command: tuple[str, ...], clauses: Iterable[str] | None) -> ClientOptions:
    chosen = None if clauses is None else frozenset(clauses)
    return ClientOptions(command, chosen, examples=CLIENT_EXAMPLES, timeout=CLIENT_TIMEOUT)


@hook("new_request_id")
def _even_request_ids(behaviour: Behaviour, inner: Any, now: float) -> str:  # noqa: ARG001
    """Request ids that all have one length, so that Content-Length is the same in every run."""
    return f"ZXhhbXBsZS1yZXF1ZXN0{behaviour.count('example'):012d}"


@hook("new_job_id")
def _even_job_ids(behaviour: Behaviour, inner: Any) -> str:  # noqa: ARG001
    """Job ids whose order is that of creation."""
    return f"c{behaviour.count('example job'):032x}"


def _steady_exchange(exchange: Exchange | None, steady: Steady) -> dict[str, Any] | None:
    return None if exchange is None else steady.exchange(exchange_json(exchange))
