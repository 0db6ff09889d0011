"""From a generated call that fails to the smallest one that still does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hypothesis import Phase, given, seed
from hypothesis.strategies import SearchStrategy

from conformance.checks.client_case import Call
from conformance.generate.provider import quiet, tape, without_local_constants


class _Fails(Exception):
    """Tells hypothesis that what it tried still fails."""


class _EnoughError(BaseException):
    """Ends the search: the tries are used up. Not an Exception, so that hypothesis lets it pass."""


def smallest(
    strategy: SearchStrategy[Call],
    *,
    stream: str,
    run_seed: int,
    index: int,
    still_fails: Callable[[Call, int], bool],
    tries: int = 40,
) -> bool:
    """Ask ``still_fails`` about ever smaller calls, at most ``tries`` times.

    It is given the call and the number of the try, and keeps what it needs. Item ``index`` of the
    stream is what failed. Returns whether any call failed again.
    """
    known: dict[str, bool] = {}

    def fails(call: Call) -> bool:
        key = repr((call.op, call.bucket, call.region, call.job, call.job_ids, call.query))
        key += "temporary" if call.keys.token else ""
        if key not in known:
            if len(known) >= tries:
                raise _EnoughError
            known[key] = still_fails(call, len(known) + 1)
        return known[key]

    # Two examples: hypothesis begins with the simplest value, then comes the call that failed.
    @seed(0)
    @quiet(2, Phase.generate, Phase.shrink)
    @given(strategy)
    def attempt(call: Call) -> None:
        if fails(call):
            raise _Fails

    with (
        tape(index, seed=run_seed, stream=stream),
        without_local_constants(),
        suppress(_EnoughError, _Fails),
    ):
        attempt()
    return any(known.values())
