"""One trial: the suite against one deviation, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What is tried: an implementation as it is, with a fault, or with a conforming variant."""

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
    seconds: float = 0.0
    requests: int = 0


def chosen(
    catalogue: Iterable[tuple[Kind, str]], only: Sequence[str], *, seed: int, full: bool
) -> list[Trial]:
    """A trial of everything in ``catalogue``, or of what ``only`` names.

    Raises KeyError for a name that is not there.
    """
    trials = [Trial(kind, name, seed, full) for kind, name in catalogue]
    unknown = set(only) - {trial.name for trial in trials}
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    return [trial for trial in trials if not only or trial.name in only]


def judged(judge: Callable[[Trial], Result], trial: Trial) -> Result:
    """What ``judge`` makes of a trial; an error of the suite itself is a wrong result."""
    begun = time.monotonic()
    try:
        result = judge(trial)
    except Exception as error:  # noqa: BLE001 - the matrix must be whole, whatever one trial does
        detail = f"the suite broke: {type(error).__name__}: {error}"
        result = Result(trial, False, (), (), detail)
    return replace(result, seconds=time.monotonic() - begun)
