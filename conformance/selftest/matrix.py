"""All trials, several at once, and the matrix that they make."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

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


def summary(results: Sequence[Result]) -> str:
    """The last line: how many of each kind, and how many were right."""
    parts = []
    for kind, word in ((Kind.FAULT, "faults caught"), (Kind.VARIANT, "variants left in peace")):
        of_kind = [each for each in results if each.trial.kind is kind]
        if of_kind:
            parts.append(f"{sum(each.right for each in of_kind)} of {len(of_kind)} {word}")
    plain = [each for each in results if each.trial.kind is Kind.PLAIN]
    if plain:
        parts.append("plain emulator silent" if all(e.right for e in plain) else "plain accused")
    return "; ".join(parts)
