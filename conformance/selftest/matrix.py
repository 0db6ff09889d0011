"""All trials, several at once, and the matrix that they make."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from itertools import zip_longest

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


def stacked(trials: Iterable[Trial]) -> list[Trial]:
    """Variants put together, one of each kind on one emulator.

    A whole run is long, and silence on all of them at once is silence on each. Two that need
    different settings never meet.
    """
    modules: dict[str, list[Trial]] = {}
    rest: list[Trial] = []
    for trial in trials:
        if trial.kind is Kind.VARIANT:
            module = all_variants()[trial.name].behaviour.__module__
            modules.setdefault(module, []).append(trial)
        else:
            rest.append(trial)
    for row in zip_longest(*modules.values()):
        rest += _without_conflict([each for each in row if each is not None])
    return rest


def _without_conflict(row: list[Trial]) -> list[Trial]:
    stack: list[Trial] = []
    settings: set[str] = set()
    alone: list[Trial] = []
    for trial in row:
        wanted = set(all_variants()[trial.name].settings)
        if wanted & settings:
            alone.append(trial)
        else:
            settings |= wanted
            stack.append(trial)
    names = "+".join(each.name for each in stack)
    return [replace(stack[0], name=names), *alone]


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
