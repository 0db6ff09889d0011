"""From a failing generated case to the smallest one that still fails, by hypothesis' shrinker."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import Phase, given, seed

from conformance.generate.base import Case
from conformance.generate.provider import quiet, tape, without_local_constants
from conformance.generate.streams import Stream, generate
from conformance.spec.target import Target
from conformance.spec.wire import HeaderList


class _Fails(Exception):
    """Tells hypothesis that what it tried still fails."""


class _EnoughError(BaseException):
    """Ends the search: the tries are used up. Not an Exception, so that hypothesis lets it pass."""


def smallest(
    stream: Stream,
    target: Target,
    *,
    seed: int,
    index: int,
    still_fails: Callable[[Case], bool],
    tries: int = 60,
) -> Case:
    """The smallest case found for which ``still_fails`` is true, asking at most ``tries`` times.

    Case ``index`` of the stream is what failed; it is returned as it is when it does not fail
    again. A case that decides another clause than that one is not tried, so that the broken part
    is not lost on the way. Every try has a marker of its own, since each may create a job.
    """
    original = generate(stream, target, seed=seed, count=1, start=index)[0]
    search = _Search(stream, target, seed, index, original, still_fails, tries)
    with (
        tape(index, seed=seed, stream=stream.name),
        without_local_constants(),
        suppress(_EnoughError),
    ):
        _run(search)
    return search.best or original


@dataclass
class _Search:
    """What has been tried so far. The same request is never sent twice."""

    stream: Stream
    target: Target
    seed: int
    index: int
    original: Case
    still_fails: Callable[[Case], bool]
    left: int
    trial: int = 0
    best: Case | None = None
    known: dict[tuple[bytes, HeaderList], bool] = field(default_factory=dict)

    def fails(self, plan: Any) -> bool:
        case = self.stream.case(plan, self.target, self.seed, self.index)
        wanted = self.original.expect.clauses
        if wanted and case.expect.clauses != wanted:
            return False
        key = (case.body, case.headers)
        if key not in self.known:
            self.known[key] = self._try(plan)
        return self.known[key]

    def _try(self, plan: Any) -> bool:
        if not self.left:
            raise _EnoughError
        self.left -= 1
        self.trial += 1
        case = self.stream.case(plan, self.target, self.seed, self.index, self.trial)
        if not self.still_fails(case):
            return False
        if self.best is None or len(case.body) < len(self.best.body):
            self.best = case
        return True


def _run(search: _Search) -> None:
    # Two examples: hypothesis begins with the simplest value, then comes the case that failed.
    @seed(0)
    @quiet(2, Phase.generate, Phase.shrink)
    @given(search.stream.strategy)
    def attempt(plan: Any) -> None:
        if search.fails(plan):
            raise _Fails

    with suppress(_Fails):
        attempt()
