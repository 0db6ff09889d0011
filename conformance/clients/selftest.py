"""Proof of the judging of clients: each fault is caught on its clauses, each variant passes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_context

from conformance.checks.base import Level, Mark
from conformance.checks.verdicts import Verdict, fold
from conformance.clients.faults import all_faults, all_variants
from conformance.clients.session import ClientOptions, ClientRun, run_client
from conformance.problems import Problem, did_you_mean
from conformance.spec.clauses import clause, for_roles

#: How many generated calls a trial takes, and how long a call may take in seconds.
EXAMPLES = 40
TIMEOUT = 6.0


class Kind(StrEnum):
    """What is tried: the plain adapter as it is, with a fault, or with a conforming variant."""

    PLAIN = "plain"
    FAULT = "fault"
    VARIANT = "variant"


@dataclass(frozen=True)
class Trial:
    """One run of the suite on one client."""

    kind: Kind
    name: str
    seed: int = 0


@dataclass(frozen=True)
class TrialResult:
    """What a trial showed.

    ``right`` is whether the suite did its duty; ``caught`` are the fault's own clauses that failed
    or warned, ``others`` further clauses that did; ``detail`` says in a line what is wrong.
    """

    trial: Trial
    right: bool
    caught: tuple[str, ...]
    others: tuple[str, ...]
    detail: str
    seconds: float
    requests: int


def trials(names: Iterable[str] = (), seed: int = 0) -> list[Trial]:
    """Every trial, or those of the given names. Raises :class:`Problem` for an unknown one."""
    every = [
        Trial(Kind.PLAIN, "plain", seed),
        *(Trial(Kind.FAULT, name, seed) for name in all_faults()),
        *(Trial(Kind.VARIANT, name, seed) for name in all_variants()),
    ]
    wanted = list(names)
    known = {each.name for each in every}
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known)
            raise Problem(f"there is no fault or variant of clients {name!r}{hint}")
    return [each for each in every if not wanted or each.name in wanted]


def attempt(trial: Trial) -> TrialResult:
    """Run one trial; an error of the suite itself is a wrong result, not a crash."""
    begun = time.monotonic()
    try:
        return _judged(trial, begun)
    except Exception as error:  # noqa: BLE001 - the matrix must be whole, whatever one trial does
        detail = f"the suite broke: {type(error).__name__}: {error}"
        return TrialResult(trial, False, (), (), detail, time.monotonic() - begun, 0)


def _command(trial: Trial) -> tuple[str, ...]:
    if trial.kind is Kind.PLAIN:
        return (sys.executable, "-m", "conformance.clients.adapters.plain.adapter")
    return (sys.executable, "-m", "conformance.clients.faults", trial.name)


def _judged(trial: Trial, begun: float) -> TrialResult:
    options = ClientOptions(_command(trial), seed=trial.seed, examples=EXAMPLES, timeout=TIMEOUT)
    run = run_client(options)
    verdicts = fold(run.outcomes, ("C",), strict=True)
    failed = [each.clause.id for each in verdicts if each.verdict is Verdict.FAIL]
    caught: tuple[str, ...] = ()
    others = tuple(failed)
    detail = ""
    if trial.kind is Kind.FAULT:
        fault = all_faults()[trial.name]
        caught = tuple(each for each in failed if each in fault.clauses)
        others = tuple(each for each in failed if each not in fault.clauses)
        strange = [each for each in others if each not in fault.also]
        missed = [each for each in fault.clauses if each not in caught]
        if missed:
            detail = f"missed: {', '.join(missed)} did not fail"
        elif strange:
            detail = f"misnamed: {_told(run, strange)}"
    elif failed:
        detail = f"false alarm: {_told(run, failed)}"
    elif trial.kind is Kind.PLAIN:
        silent = [each.clause.id for each in verdicts if each.verdict is not Verdict.PASS]
        detail = f"not judged, or not passed: {', '.join(silent)}" if silent else ""
    return TrialResult(
        trial,
        not detail,
        caught,
        others,
        detail,
        time.monotonic() - begun,
        len(run.exchanges),
    )


def _told(run: ClientRun, clauses: Sequence[str]) -> str:
    """Each clause with the first finding on it."""
    told = []
    for name in clauses:
        first = next(
            each
            for each in run.outcomes
            if each.clause == name
            and each.mark is Mark.BROKEN
            and (each.level or clause(name).level) is not Level.MAY
        )
        told.append(f"{name} ({first.scenario}: {first.message})")
    return "; ".join(told)


def run_trials(
    wanted: Sequence[Trial],
    workers: int = 2,
    done: Callable[[TrialResult], None] = lambda _result: None,
) -> list[TrialResult]:
    """Run the trials in ``workers`` processes; ``done`` is told of each as it ends."""
    results: dict[Trial, TrialResult] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(attempt, each) for each in wanted]):
            result = future.result()
            results[result.trial] = result
            done(result)
    return [results[each] for each in wanted]


def uncovered() -> list[str]:
    """Clauses of role C that no fault breaks: there must be none."""
    covered = {each for fault in all_faults().values() for each in fault.clauses}
    return [each.id for each in for_roles("C") if each.id not in covered]


def row(result: TrialResult) -> str:
    """One line of the matrix."""
    mark = "ok  " if result.right else "MISS"
    on = " ".join(result.caught)
    if result.others:
        on += f" (+ {' '.join(result.others)})"
    line = f"{mark} {result.trial.kind:7} {result.trial.name:34} {result.seconds:5.1f} s  {on}"
    return f"{line}\n     {result.detail}" if result.detail else line.rstrip()
