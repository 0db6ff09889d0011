"""The way in: one run, live or replayed, from options to outcome."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from conformance.engine.live import run_live
from conformance.engine.options import Options
from conformance.engine.outcome import RunOutcome
from conformance.engine.replay import run_replay
from conformance.engine.sites import embedded_target
from conformance.engine.watching import Silent, Watcher

__all__ = ["Options", "RunOutcome", "embedded_target", "run"]


def run(options: Options, watcher: Watcher | None = None) -> RunOutcome:
    """Run against whatever ``options`` name, live or replayed.

    Raises :class:`RecordingProblem` for a recording that cannot be read or begun, and
    ``EndpointProblem`` for an endpoint that cannot be used; never for what a target does.
    """
    watcher = watcher or Silent()
    with _tuned():
        if options.replay is not None:
            return run_replay(options, options.replay, watcher)
        return run_live(options, watcher)


@contextmanager
def _tuned() -> Iterator[None]:
    """Settings of the interpreter that suit a run, put back afterwards.

    Exchanges and trees hold no cycles, so looking for some among all of them is lost time. Threads
    take turns often: the embedded emulator answers from a thread of this very process.
    """
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(200_000, 20, 100)
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)
