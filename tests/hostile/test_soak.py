"""Nothing leaks, long results are read, and runs side by side do not disturb each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.hostile.soaking import WORKERS, Sample, rendered, result_of, soak
from tests.hostile.support import Ended, measured

#: What the jobs that the emulator remembers may take, and the allocator's moods, in MiB.
GROWTH = 12


def assert_flat(samples: list[Sample]) -> None:
    first, last = samples[2], samples[-1]
    assert last.memory - first.memory < GROWTH
    assert last.files <= first.files + WORKERS
    assert last.threads <= first.threads


def test_a_thousand_requests_leave_nothing_behind() -> None:
    before = Sample.now()
    assert_flat(list(soak(1_000)))
    after = Sample.now()
    assert after.files <= before.files
    assert after.threads <= before.threads


@pytest.mark.long
def test_twenty_thousand_requests() -> None:
    assert_flat(list(soak(20_000)))


@pytest.mark.long
def test_a_result_of_a_thousand_exchanges(tmp_path: Path) -> None:
    ended, _ = rendered(result_of(1_000, tmp_path), tmp_path)
    assert (ended.status, ended.err) == (0, "")


@pytest.mark.long
def test_a_result_of_twenty_thousand_exchanges(tmp_path: Path) -> None:
    ended, seconds = rendered(result_of(20_000, tmp_path), tmp_path)
    assert (ended.status, ended.err) == (0, "")
    assert seconds < 60
    assert ended.peak < 250


@pytest.mark.long
def test_four_runs_side_by_side(tmp_path: Path) -> None:
    """In one working directory, with a recording and a report each."""

    def one(number: int) -> Ended:
        folder = tmp_path / str(number)
        folder.mkdir()
        files = ("--record", str(tmp_path / f"{number}.json"))
        return measured(
            folder, "run", "--strict", "--quiet", *files, timeout=300, PICJOBS_ENDPOINT=""
        )

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(one, range(4)))
    assert [(each.status, each.out, each.err) for each in ended] == [(0, "", "")] * 4
