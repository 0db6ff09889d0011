"""Named streams of generated cases: item ``i`` depends on the seed, the stream and ``i`` alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy

from conformance.generate.base import Case, marker_for
from conformance.generate.bodies import VALID_PLANS
from conformance.generate.breaking import BROKEN_PLANS, broken_case
from conformance.generate.plans import valid_case
from conformance.generate.provider import draw
from conformance.spec.target import Target


@dataclass(frozen=True, slots=True)
class Stream:
    """A strategy for plans, and how a plan, a target, a name and a marker become a case."""

    name: str
    strategy: SearchStrategy[Any]
    build: Callable[[Any, Target, str, str], Case]

    def case(self, plan: Any, target: Target, seed: int, index: int, trial: int = 0) -> Case:
        """The case of a plan; ``trial`` tells the tries of a shrinking apart."""
        name = f"{self.name}/{index:04}" + (f"-{trial}" if trial else "")
        return self.build(plan, target, name, marker_for(self.name, seed, index, trial))


VALID = Stream("valid", VALID_PLANS, valid_case)
INVALID = Stream("invalid", BROKEN_PLANS, broken_case)

STREAMS = {stream.name: stream for stream in (VALID, INVALID)}


def generate(
    stream: Stream, target: Target, *, seed: int, count: int, start: int = 0
) -> list[Case]:
    """Cases ``start`` to ``start + count - 1`` of a stream."""
    plans = draw(stream.strategy, seed=seed, stream=stream.name, count=count, start=start)
    return [stream.case(plan, target, seed, start + place) for place, plan in enumerate(plans)]


def origin(name: str) -> tuple[Stream, int] | None:
    """The stream and the index of a generated case's name; None for a case of another sort."""
    stream, _, index = name.partition("/")
    if stream not in STREAMS or not index.isdecimal():
        return None
    return STREAMS[stream], int(index)
