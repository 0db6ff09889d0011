"""Trials of the judging of servers: the emulator, its faults, and its conforming variants."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.checks.verdicts import ClauseVerdict, Verdict
from conformance.emulator import EmulatorSettings, compose
from conformance.emulator.behaviour import overridden
from conformance.emulator.deviation import Fault, Variant
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.engine.judged import verdicts_of
from conformance.engine.session import Options, RunOutcome, run
from conformance.selftest.trial import Kind, Result, Trial, judged
from conformance.spec.clauses import Level

#: How many drawn cases a trial takes: enough for one answer in twenty, and quick.
EXAMPLES = 60

#: A fault is first looked for in so many of the requests that differ in little. Most show in each
#: of them, and what a part of a run has caught the whole catches as well.
ALIKE = 3

#: What is tried as it is.
PLAIN = "emulator"


def catalogue() -> list[tuple[Kind, str]]:
    """Everything that can be tried, by kind and name."""
    return [
        (Kind.PLAIN, "plain"),
        *((Kind.FAULT, name) for name in all_faults()),
        *((Kind.VARIANT, name) for name in all_variants()),
    ]


def attempt(trial: Trial) -> Result:
    """Run one trial in this process."""
    return judged(_judged, trial)


def _judged(trial: Trial) -> Result:
    if trial.kind is Kind.FAULT and not trial.full:
        first = _look(trial, ALIKE)
        if first.right:
            return first
    return _look(trial, None)


def _look(trial: Trial, alike: int | None) -> Result:
    fault = all_faults()[trial.name] if trial.kind is Kind.FAULT else None
    outcome = _run(trial, fault, alike)
    # Whatever was exercised is judged, chosen or not: a catch under another name has to be seen.
    verdicts = verdicts_of(replace(outcome, clauses=None))
    found = [each for each in verdicts if each.verdict in _ALARMS]
    caught = tuple(each.clause.id for each in found if fault and _is_catch(fault, each))
    others = tuple(each.clause.id for each in found if each.clause.id not in caught)
    detail = _alarm(trial, found) if fault is None else _missed(fault, found, caught)
    return Result(trial, not detail, caught, others, detail, requests=outcome.requests)


#: What ``--strict`` does not forgive.
_ALARMS = frozenset({Verdict.FAIL, Verdict.WARN})


def _is_catch(fault: Fault, verdict: ClauseVerdict) -> bool:
    """Whether it is on a clause that the fault breaks, and no weaker than what the fault breaks."""
    enough = verdict.verdict is Verdict.FAIL or fault.level is not Level.MUST
    return enough and verdict.clause.id in fault.clauses


def _missed(fault: Fault, found: list[ClauseVerdict], caught: tuple[str, ...]) -> str:
    if caught:
        return ""
    breaks = f"breaks {', '.join(fault.clauses)} ({fault.level})"
    if not found:
        return f"missed: {breaks}"
    own = [each.clause.id for each in found if each.clause.id in fault.clauses]
    if own:
        return f"too weak: {breaks}, and only {', '.join(own)} warned"
    return f"misnamed: {breaks}, caught on {', '.join(each.clause.id for each in found)}"


def _alarm(trial: Trial, found: list[ClauseVerdict]) -> str:
    if not found:
        return ""
    first = found[0]
    message = first.findings[0].message if first.findings else ""
    return f"false alarm on {trial.kind}: {first.clause.id}: {message}"


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


# ---- variants on one emulator ----


#: So many variants share one emulator at most, and so many of one kind.
STACK = 10
OF_A_KIND = 2


def stacked(trials: Sequence[Trial]) -> list[Trial]:
    """Variants put together, several on one emulator.

    A whole run is long, and silence on all of them at once is silence on each. Two that override
    the same hook or need the same setting never meet, so that none hides another; who meets whom is
    another matter with every seed.
    """
    variants = [each for each in trials if each.kind is Kind.VARIANT]
    rest = [each for each in trials if each.kind is not Kind.VARIANT]
    if variants:
        random.Random(variants[0].seed).shuffle(variants)  # noqa: S311 - no secret
    stacks: list[_Stack] = []
    for trial in variants:
        fitting = next((each for each in stacks if each.takes(trial)), None)
        if fitting is None:
            fitting = _Stack()
            stacks.append(fitting)
        fitting.add(trial)
    return [*rest, *(each.trial for each in stacks)]


class _Stack:
    """Variants that can be tried together."""

    def __init__(self) -> None:
        self._trials: list[Trial] = []
        self._taken: set[str] = set()
        self._modules: Counter[str] = Counter()

    def takes(self, trial: Trial) -> bool:
        module = all_variants()[trial.name].behaviour.__module__
        room = len(self._trials) < STACK and self._modules[module] < OF_A_KIND
        return room and self._taken.isdisjoint(_claims(trial))

    def add(self, trial: Trial) -> None:
        self._trials.append(trial)
        self._taken |= _claims(trial)
        self._modules[all_variants()[trial.name].behaviour.__module__] += 1

    @property
    def trial(self) -> Trial:
        names = "+".join(each.name for each in self._trials)
        return replace(self._trials[0], name=names)


def _claims(trial: Trial) -> frozenset[str]:
    """The hooks and the settings that a variant wants for itself."""
    variant = all_variants()[trial.name]
    return overridden(variant.behaviour) | frozenset(variant.settings)


def taken_apart(results: Iterable[Result]) -> list[Trial]:
    """The variants of stacks on which the suite raised an alarm, each alone."""
    return [
        replace(each.trial, name=name)
        for each in results
        if not each.right and "+" in each.trial.name
        for name in each.trial.name.split("+")
    ]
