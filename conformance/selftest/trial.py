"""One trial: the suite against the emulator with one deviation, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum

from conformance.checks.verdicts import ClauseVerdict, Verdict
from conformance.emulator import EmulatorSettings, compose
from conformance.emulator.deviation import Fault, Variant
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.engine.judged import verdicts_of
from conformance.engine.session import Options, RunOutcome, run

#: How many drawn cases a trial takes: enough for one answer in twenty, and quick.
EXAMPLES = 60

#: A fault is first looked for in so many of the requests that differ in little. Most show in each
#: of them, and what a part of a run has caught the whole catches as well.
ALIKE = 3


class Kind(StrEnum):
    """What is tried: the emulator as it is, with a fault, or with a conforming variant."""

    PLAIN = "plain"
    FAULT = "fault"
    VARIANT = "variant"


@dataclass(frozen=True)
class Trial:
    """What one trial is: ``full`` runs every clause, else those that the fault breaks.

    ``name`` may join several variants with ``+``: they are then stacked on one emulator.
    """

    kind: Kind
    name: str
    seed: int = 0
    full: bool = False


@dataclass(frozen=True)
class Result:
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


def attempt(trial: Trial) -> Result:
    """Run one trial in this process; an error of the suite itself is a wrong result."""
    begun = time.monotonic()
    try:
        return _judged(trial, begun)
    except Exception as error:  # noqa: BLE001 - the matrix must be whole, whatever one trial does
        detail = f"the suite broke: {type(error).__name__}: {error}"
        return Result(trial, False, (), (), detail, time.monotonic() - begun, 0)


def _judged(trial: Trial, begun: float) -> Result:
    if trial.kind is Kind.FAULT and not trial.full:
        first = _look(trial, begun, ALIKE)
        if first.right:
            return first
    return _look(trial, begun, None)


def _look(trial: Trial, begun: float, alike: int | None) -> Result:
    fault = all_faults()[trial.name] if trial.kind is Kind.FAULT else None
    outcome = _run(trial, fault, alike)
    # Whatever was exercised is judged, chosen or not: a catch under another name has to be seen.
    verdicts = verdicts_of(replace(outcome, clauses=None), strict=True)
    found = [each for each in verdicts if each.verdict is Verdict.FAIL]
    caught = tuple(e.clause.id for e in found if fault and e.clause.id in fault.clauses)
    others = tuple(e.clause.id for e in found if e.clause.id not in caught)
    right, detail = _say(trial, fault, found, caught)
    return Result(trial, right, caught, others, detail, time.monotonic() - begun, outcome.requests)


def _run(trial: Trial, fault: Fault | None, alike: int | None) -> RunOutcome:
    deviations: list[Fault | Variant] = [] if fault is None else [fault]
    if trial.kind is Kind.VARIANT:
        deviations += [all_variants()[name] for name in trial.name.split("+")]
    examples = EXAMPLES if alike is None else alike
    options = Options(seed=trial.seed, examples=examples, clean_up=False, alike=alike)
    if deviations:
        changes = {key: value for each in deviations for key, value in each.settings.items()}
        behaviour = compose(*(each.behaviour for each in deviations))
        settings = replace(EmulatorSettings(), **changes)
        options = replace(options, emulator=settings, behaviour=behaviour)
    if fault is not None and not trial.full:
        options = replace(options, clauses=frozenset(fault.clauses))
    return run(options)


def _say(
    trial: Trial, fault: Fault | None, found: list[ClauseVerdict], caught: tuple[str, ...]
) -> tuple[bool, str]:
    if fault is None:
        if not found:
            return True, ""
        first = found[0]
        message = first.findings[0].message if first.findings else ""
        return False, f"false alarm on {trial.kind}: {first.clause.id}: {message}"
    if caught:
        return True, ""
    if found:
        names = ", ".join(each.clause.id for each in found)
        return False, f"misnamed: breaks {', '.join(fault.clauses)}, caught on {names}"
    return False, f"missed: breaks {', '.join(fault.clauses)}"
