"""Trials of the judging of clients: the plain adapter, its faults, and its conforming variants."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from conformance.checks.base import Level, Mark
from conformance.checks.verdicts import Verdict, fold
from conformance.clients.faults import all_faults, all_variants
from conformance.clients.session import ClientOptions, ClientRun, run_client
from conformance.selftest.trial import Kind, Result, Trial, judged
from conformance.spec.clauses import clause

#: How many generated calls a trial takes, and how long a call may take in seconds.
EXAMPLES = 40
TIMEOUT = 6.0


#: What is tried as it is.
PLAIN = "adapter"


def catalogue() -> list[tuple[Kind, str]]:
    """Everything that can be tried, by kind and name."""
    return [
        (Kind.PLAIN, "plain"),
        *((Kind.FAULT, name) for name in all_faults()),
        *((Kind.VARIANT, name) for name in all_variants()),
    ]


def attempt(trial: Trial) -> Result:
    """Run one trial; the client is a process of its own."""
    return judged(_judged, trial)


def _judged(trial: Trial) -> Result:
    fault = all_faults()[trial.name] if trial.kind is Kind.FAULT else None
    own = fault.clauses if fault is not None else ()
    run = run_client(
        ClientOptions(
            _command(trial),
            clauses=frozenset(own) if own and not trial.full else None,
            seed=trial.seed,
            examples=EXAMPLES,
            timeout=TIMEOUT,
        )
    )
    # Whatever was exercised is judged, chosen or not: a catch under another name has to be seen.
    verdicts = fold(run.outcomes, ("C",), strict=True)
    failed = [each.clause.id for each in verdicts if each.verdict is Verdict.FAIL]
    caught = tuple(each for each in failed if each in own)
    others = tuple(each for each in failed if each not in own)
    detail = ""
    if fault is not None:
        detail = _told_of_fault(
            run, own, caught, [each for each in others if each not in fault.also]
        )
    elif failed:
        detail = f"false alarm on {trial.kind}: {_told(run, failed)}"
    elif trial.kind is Kind.PLAIN:
        silent = [each.clause.id for each in verdicts if each.verdict is not Verdict.PASS]
        detail = f"not judged, or not passed: {', '.join(silent)}" if silent else ""
    return Result(trial, not detail, caught, others, detail, requests=len(run.exchanges))


def _command(trial: Trial) -> tuple[str, ...]:
    if trial.kind is Kind.PLAIN:
        return (sys.executable, "-m", "conformance.clients.adapters.plain.adapter")
    return (sys.executable, "-m", "conformance.clients.faults", trial.name)


def _told_of_fault(
    run: ClientRun, own: Sequence[str], caught: Sequence[str], strange: Sequence[str]
) -> str:
    """What is wrong with how a fault was caught, or ``""``."""
    missed = [each for each in own if each not in caught]
    if missed:
        return f"missed: {', '.join(missed)} did not fail"
    return f"misnamed: {_told(run, strange)}" if strange else ""


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
