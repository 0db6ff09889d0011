"""All trials, several at once, and the matrix that they make."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace

from conformance.emulator.behaviour import overridden
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.selftest.trial import Kind, Result, Trial, attempt


def plan(only: Sequence[str] = (), *, seed: int = 0, full: bool = False) -> list[Trial]:
    """The plain emulator, every fault, every variant; or those that ``only`` names.

    Raises KeyError for a name that is neither.
    """
    trials = [Trial(Kind.PLAIN, "plain", seed, full)]
    trials += [Trial(Kind.FAULT, name, seed, full) for name in all_faults()]
    trials += [Trial(Kind.VARIANT, name, seed, full) for name in all_variants()]
    if not only:
        return trials
    chosen = [trial for trial in trials if trial.name in only]
    unknown = set(only) - {trial.name for trial in chosen}
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    return chosen


#: So many variants share one emulator at most, and so many of one kind.
STACK = 10
ALIKE = 2


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
        room = len(self._trials) < STACK and self._modules[module] < ALIKE
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


def attempt_all(trials: Iterable[Trial], workers: int) -> Iterator[Result]:
    """Every trial's result as it comes. Each worker is a process of its own."""
    waiting = list(trials)
    if workers <= 1 or len(waiting) == 1:
        yield from map(attempt, waiting)
        return
    context = multiprocessing.get_context("spawn")  # threads of a parent do not survive a fork
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        # The long ones (whole runs) first, so that none is left alone at the end.
        waiting.sort(key=lambda trial: trial.kind is Kind.FAULT)
        for done in as_completed([pool.submit(attempt, trial) for trial in waiting]):
            yield done.result()


def line(result: Result) -> str:
    """One row of the matrix."""
    mark = "ok  " if result.right else "WRONG"
    caught = ", ".join(result.caught) or ("silent" if result.trial.kind is not Kind.FAULT else "")
    also = f" (also {', '.join(result.others)})" if result.others and result.caught else ""
    said = result.detail or f"{caught}{also}"
    return f"{mark:5} {result.trial.kind:7} {result.trial.name:40} {result.seconds:5.1f} s  {said}"


def _names(result: Result) -> list[str]:
    return result.trial.name.split("+")


def all_right(results: Sequence[Result]) -> bool:
    """Whether every trial was right, stacks that were taken apart left out."""
    return all(each.right or "+" in each.trial.name for each in results)


def summary(results: Sequence[Result]) -> str:
    """The last line: how many of each kind, and how many were right."""
    parts = []
    for kind, word in ((Kind.FAULT, "faults caught"), (Kind.VARIANT, "variants left in peace")):
        names = {name for each in results if each.trial.kind is kind for name in _names(each)}
        right = {
            name
            for each in results
            if each.trial.kind is kind and each.right
            for name in _names(each)
        }
        if names:
            parts.append(f"{len(right)} of {len(names)} {word}")
    plain = [each for each in results if each.trial.kind is Kind.PLAIN]
    if plain:
        parts.append("plain emulator silent" if all(e.right for e in plain) else "plain accused")
    return "; ".join(parts)
