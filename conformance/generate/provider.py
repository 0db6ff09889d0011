"""Drawing from hypothesis strategies so that a seed gives the same values on every machine.

Hypothesis' own provider of choices mixes in constants that it finds in local source code, and it
mutates earlier examples; neither is reproducible elsewhere. Its documented interface for other
backends lets the choices come from a plain :class:`random.Random` instead. Item ``i`` of a stream
then depends on the seed, the stream's name and ``i``, and on nothing else.

Only what :class:`random.Random` promises to keep between Python versions is used: seeding by
text, ``random()``. Strategies should draw integers, booleans, samples and bytes; hypothesis' own
strategies for text read the Unicode tables of the Python at hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture.providers import (
    AVAILABLE_PROVIDERS,
    HypothesisProvider,
    PrimitiveProvider,
)
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

BACKEND = "picjobs"

#: What an item may ask for: beyond it, an unbounded choice is cut.
_WIDEST_INTEGER = 2**63
_LONGEST = 64
_PRECISE = 2**50  # spans up to this are drawn from one ``random()`` of 53 bits


class _Tape:
    """Where one call of :func:`draw` stands: which item is next, and whether it is being drawn."""

    def __init__(self, start: int, *, seed: int, stream: str) -> None:
        self.name = f"{seed}/{stream}"
        self.index = start
        self.attempt = 0
        self.live = False
        self.taken = False

    def open(self) -> str:
        """The text that seeds the choices of the item about to be drawn."""
        self.live, self.taken = True, False
        again = f"/{self.attempt}" if self.attempt else ""
        return f"{self.name}/{self.index}{again}"

    def close(self) -> None:
        """Move on, or try the same item again when the strategy rejected what it had drawn."""
        self.live = False
        self.index, self.attempt = (
            (self.index + 1, 0) if self.taken else (self.index, self.attempt + 1)
        )


_TAPE: ContextVar[_Tape | None] = ContextVar("picjobs-tape", default=None)


class SeededProvider(PrimitiveProvider):
    """Choices from a :class:`random.Random` that each item seeds anew."""

    lifetime = "test_function"

    def __init__(self, conjecturedata: Any = None, /) -> None:
        super().__init__(conjecturedata)
        self._tape = _TAPE.get() or _Tape(0, seed=0, stream="")
        self._random = Random(self._tape.name)  # noqa: S311 - must be reproducible

    @contextmanager
    def per_test_case_context_manager(self) -> Iterator[None]:
        self._random.seed(self._tape.open())
        try:
            yield
        finally:
            self._tape.close()

    def draw_boolean(self, p: float = 0.5) -> bool:
        return self._random.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: dict[int, float] | None = None,  # noqa: ARG002 - a hint that may be ignored
        shrink_towards: int = 0,  # noqa: ARG002 - speaks of shrinking only
    ) -> int:
        if min_value is None:
            min_value = (max_value or 0) - _WIDEST_INTEGER
        if max_value is None:
            max_value = max(min_value, 0) + _WIDEST_INTEGER
        return min_value + self._below(max_value - min_value + 1)

    def draw_float(
        self,
        *,
        min_value: float = -math.inf,
        max_value: float = math.inf,
        allow_nan: bool = True,  # noqa: ARG002 - permission, not a wish
        smallest_nonzero_magnitude: float,
    ) -> float:
        low = max(min_value, min(max_value, -1e9))
        high = min(max_value, max(min_value, 1e9))
        value = min(high, max(low, low + self._random.random() * (high - low)))
        if 0 < abs(value) < smallest_nonzero_magnitude:
            return high if low > 0 or abs(low) < smallest_nonzero_magnitude else low
        return value

    def draw_string(self, intervals: Any, *, min_size: int = 0, max_size: int = 10**10) -> str:
        if not intervals:
            return ""
        size = self._size(min_size, max_size)
        return "".join(chr(intervals[self._below(len(intervals))]) for _ in range(size))

    def draw_bytes(self, min_size: int = 0, max_size: int = 10**10) -> bytes:
        size = self._size(min_size, max_size)
        return bytes(int(self._random.random() * 256) for _ in range(size))

    def _size(self, low: int, high: int) -> int:
        return low + self._below(min(high - low, _LONGEST) + 1)

    def _below(self, span: int) -> int:
        """A number from 0 up to, but not including, ``span``."""
        if span <= _PRECISE:
            return int(self._random.random() * span)
        digits = 0
        bound = 1
        while bound < span * _PRECISE:
            digits = digits * _PRECISE + int(self._random.random() * _PRECISE)
            bound *= _PRECISE
        return digits % span


AVAILABLE_PROVIDERS[BACKEND] = SeededProvider


def quiet(tries: int, *phases: Phase) -> settings:
    """Settings that keep hypothesis from writing, timing and judging anything."""
    return settings(
        backend=BACKEND,
        max_examples=tries,
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )


@contextmanager
def tape(start: int, *, seed: int, stream: str) -> Iterator[_Tape]:
    """Have every provider that is made inside begin at item ``start`` of a stream."""
    current = _Tape(start, seed=seed, stream=stream)
    token = _TAPE.set(current)
    try:
        yield current
    finally:
        _TAPE.reset(token)


@contextmanager
def without_local_constants() -> Iterator[None]:
    """Keep hypothesis' own provider from reading the source code around it, and caching it on disk.

    Shrinking falls back on that provider. Its constants would make a shrink differ between
    machines, and would leave a ``.hypothesis`` directory where the suite is run.
    """
    name = "_local_constants"
    held = HypothesisProvider.__dict__.get(name)
    if held is None:  # another version of hypothesis, which does this in some other way
        yield
        return
    setattr(HypothesisProvider, name, Constants())
    try:
        yield
    finally:
        setattr(HypothesisProvider, name, held)


def draw(
    strategy: SearchStrategy[T], *, seed: int, stream: str, count: int, start: int = 0
) -> list[T]:
    """Items ``start`` to ``start + count - 1`` of a stream.

    Silent, without database, deadline or health checks; works inside pytest and outside, also
    below another test of hypothesis. One thread at a time within one context: each thread has its
    own, so that threads do not disturb each other. Raises ValueError when the strategy rejects
    nearly all that it draws, or makes no choice at all.
    """
    items: list[T] = []
    if count <= 0:
        return items
    with tape(start, seed=seed, stream=stream) as current, suppress(Unsatisfiable):
        _collect(strategy, current, items, count)
    if len(items) < count:
        raise ValueError(
            f"the strategy of stream {stream!r} gave {len(items)} of {count} items: it rejects"
            " too much of what it draws, or has nothing to choose"
        )
    return items


def _collect(strategy: SearchStrategy[T], current: _Tape, items: list[T], count: int) -> None:
    # Hypothesis begins with the simplest value, which is no item of the stream: one more example.
    @seed(0)
    @quiet(count + 1, Phase.generate)
    @given(strategy)
    def take(item: T) -> None:
        if current.live and len(items) < count:
            items.append(item)
            current.taken = True

    take()
