"""What a figure is, and how it is measured: alternating rounds, medians, child processes."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SUITE = (sys.executable, "-m", "conformance")


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    ``value`` is the ratio (or the plain figure) that ``reach`` speaks of; ``more`` says whether
    more is better, ``reach`` None that nothing was promised. ``ours`` and ``theirs`` say in words
    what was measured on either side.
    """

    name: str
    value: float
    unit: str
    ours: str = ""
    theirs: str = ""
    reach: float | None = None
    more: bool = True

    @property
    def reached(self) -> bool:
        if self.reach is None:
            return True
        return self.value >= self.reach if self.more else self.value <= self.reach

    def fallen(self, before: float) -> bool:
        """Whether the value has fallen by more than half since ``before``."""
        return self.value < before / 2 if self.more else self.value > before * 2


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call, the collector of cycles kept out of it."""
    gc.collect()
    was = gc.isenabled()
    gc.disable()
    try:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun
    finally:
        if was:
            gc.enable()


def in_turn(rounds: int, *works: Callable[[], object]) -> tuple[float, ...]:
    """Median wall time of each of ``works``, which take turns, after one round to warm up."""
    for work in works:
        work()
    times = [[seconds(work) for work in works] for _ in range(rounds)]
    return tuple(statistics.median(column) for column in zip(*times, strict=True))


@dataclass(frozen=True)
class Spent:
    """What a child process took: wall and processor seconds, and its largest size in MiB."""

    wall: float
    cpu: float
    peak: float


def child(command: Sequence[str], *, allowed: Sequence[int] = (0,)) -> Spent:
    """Run a command to its end, output dropped. Raises RuntimeError for another exit status."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        tail = said.decode("utf-8", "replace").strip()[-400:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {tail}")
    return Spent(wall, usage.ru_utime + usage.ru_stime, _peak(usage))


def _peak(usage: resource.struct_rusage) -> float:
    """In MiB; the system counts in KiB, and in bytes on macOS."""
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def median_child(command: Sequence[str], rounds: int, *, allowed: Sequence[int] = (0,)) -> Spent:
    """The median of each figure over ``rounds`` runs after one to warm up; that one for none."""
    runs = [child(command, allowed=allowed) for _ in range(rounds + 1)]
    runs = runs[1:] or runs
    return Spent(
        statistics.median(each.wall for each in runs),
        statistics.median(each.cpu for each in runs),
        max(each.peak for each in runs),
    )
