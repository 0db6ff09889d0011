"""All trials, several at once, and the matrix that they make."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from conformance import REVISION, __version__
from conformance.selftest.trial import Kind, Result, Trial


def attempt_all(
    trials: Iterable[Trial], workers: int, attempt: Callable[[Trial], Result]
) -> Iterator[Result]:
    """Every trial's result as it comes. Each worker is a process of its own."""
    waiting = list(trials)
    if workers <= 1 or len(waiting) == 1:
        yield from map(attempt, waiting)
        return
    context = multiprocessing.get_context("spawn")  # threads of a parent do not survive a fork
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        # The long ones (whole runs) first, so that none is left alone at the end.
        waiting.sort(key=lambda trial: trial.kind is Kind.FAULT)
        under_way = {pool.submit(attempt, trial): trial for trial in waiting}
        for done in as_completed(under_way):
            try:
                yield done.result()
            except BrokenProcessPool:
                yield Result(under_way[done], False, (), (), "its worker was ended from outside")


def line(result: Result) -> str:
    """One row of the matrix."""
    mark = "ok" if result.right else "again" if _is_stack(result) else "WRONG"
    caught = ", ".join(result.caught) or ("silent" if result.trial.kind is not Kind.FAULT else "")
    also = f" (also {', '.join(result.others)})" if result.others and result.caught else ""
    said = result.detail or f"{caught}{also}"
    return f"{mark:5} {result.trial.kind:7} {result.trial.name:40} {result.seconds:5.1f} s  {said}"


def _is_stack(result: Result) -> bool:
    return "+" in result.trial.name


def _names(result: Result) -> list[str]:
    return result.trial.name.split("+")


def all_right(results: Sequence[Result]) -> bool:
    """Whether every trial was right, stacks that were taken apart left out."""
    return all(each.right or _is_stack(each) for each in results)


def summary(results: Sequence[Result], plain_one: str) -> str:
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
        right_on_plain = all(each.right for each in plain)
        parts.append(f"plain {plain_one} " + ("silent" if right_on_plain else "accused"))
    together = [each for each in results if _is_stack(each) and not _is_explained(each, results)]
    if together:
        parts.append(f"{len(together)} stacks of variants accused, and no variant of theirs alone")
    return "; ".join(parts)


def _is_explained(stack: Result, results: Sequence[Result]) -> bool:
    """Whether a stack was silent, or one of its variants alone was not."""
    return stack.right or any(
        not each.right and each.trial.name in _names(stack) for each in results
    )


def as_json(results: Sequence[Result], said: str) -> dict[str, Any]:
    """The whole matrix for programs; ``said`` is the summary."""
    return {
        "format": "picjobs-conformance-selftest/1",
        "suite": {"version": __version__, "revision": REVISION},
        "right": all_right(results),
        "summary": said,
        "trials": [_row(each) for each in results],
    }


def _row(result: Result) -> dict[str, Any]:
    return {
        "kind": str(result.trial.kind),
        "names": _names(result),
        "seed": result.trial.seed,
        "right": result.right,
        "caught": list(result.caught),
        "others": list(result.others),
        "detail": result.detail,
        "seconds": round(result.seconds, 3),
        "requests": result.requests,
    }
