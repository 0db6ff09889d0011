"""Many requests, and results of many exchanges: what a long run costs, and that nothing leaks.

``python -m tests.hostile.soaking --requests 100000`` (or ``scripts/soak``) prints the figures that
docs/reliability.md has; ``tests/hostile/test_soak.py`` does a little of it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance import cli
from conformance.drivers.live import LiveDriver
from conformance.emulator import Emulator
from conformance.spec.reading import job_id_of
from tests.hostile.support import KEYRING, SETTINGS, TARGET, Ended, a_create, a_look, measured

WORKERS = 8

#: One request in so many creates a job; the emulator remembers each, and so may grow by them.
CREATES = 50

_IDS = ("x-ci-request-id", "x-ci-trace-id")


@dataclass(frozen=True)
class Sample:
    """This process at one moment: memory in MiB, open files (sockets among them), threads."""

    memory: float
    files: int
    threads: int

    @classmethod
    def now(cls) -> Sample:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        memory = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        return cls(memory, len(list(Path("/proc/self/fd").iterdir())), threading.active_count())


def soak(requests: int) -> Iterator[Sample]:
    """Send so many requests to an emulator in this process; a sample at each tenth of the way."""
    settings = replace(SETTINGS, start_delay=0.0, run_time=0.0)
    with Emulator(settings) as emulator, ThreadPoolExecutor(WORKERS) as pool:
        driver = LiveDriver(emulator.endpoint, TARGET, KEYRING, workers=WORKERS)
        jobs = [job_id_of(driver.send(a_create("soak"), scenario="soak")) or ""]

        def one(number: int) -> None:
            if number % CREATES == 0:
                made = driver.send(a_create(f"soak-{number}"), scenario="soak")
                jobs[0] = job_id_of(made) or jobs[0]
            else:
                made = driver.send(a_look(jobs[0]), scenario="soak")
            assert made.failure is None, made.failure
            assert made.response is not None
            assert made.response.status == 200

        tenth = requests // 10
        for part in range(10):
            for _ in pool.map(one, range(part * tenth, (part + 1) * tenth)):
                pass
            yield Sample.now()
        driver.close()
        assert not emulator.problems


def result_of(exchanges: int, folder: Path) -> Path:
    """A stored result with so many exchanges in full, made of those of one short run."""
    short = folder / "short.json"
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        cli.run(["run", "--clause", "REQ-04", "--verbose", "--report-json", str(short)])
    result: dict[str, Any] = json.loads(short.read_text())
    rows = result["exchanges"]
    path = folder / "long.json"
    with path.open("w") as file:
        begin, _, end = json.dumps({**result, "exchanges": "HERE"}).partition('"HERE"')
        file.write(begin + "[")
        for number in range(exchanges):
            row = _another(rows[number % len(rows)], number + 1)
            file.write(("," if number else "") + row)
        file.write("]" + end)
    return path


def _another(row: dict[str, Any], number: int) -> str:
    """An exchange like this one, as JSON: with ids of its own, as every answer has them."""
    text = json.dumps({**row, "n": number})
    for name, value in row["response"]["headers"] if row["response"] else ():
        if name in _IDS:
            text = text.replace(value, f"{number:0{len(value)}}")
    return text


def rendered(path: Path, folder: Path) -> tuple[Ended, float]:
    """Render it in every form, in a process of its own; and the seconds that it took."""
    begun = time.monotonic()
    forms = (
        part
        for form in ("html", "junit", "markdown", "sarif")
        for part in (f"--{form}", str(folder / f"r.{form}"))
    )
    ended = measured(folder, "report", str(path), *forms, timeout=900)
    return ended, time.monotonic() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--exchanges", type=int, default=100_000)
    told = parser.parse_args()
    begun = time.monotonic()
    for number, sample in enumerate(soak(told.requests), 1):
        done = told.requests * number // 10
        print(
            f"{done:>8} requests, {time.monotonic() - begun:6.0f} s: {sample.memory:.0f} MiB, "
            f"{sample.files} files, {sample.threads} threads",
            flush=True,
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = result_of(told.exchanges, folder)
        ended, seconds = rendered(path, folder)
        size = path.stat().st_size / 2**20
        print(
            f"a result of {told.exchanges} exchanges ({size:.0f} MiB): status {ended.status}, "
            f"{seconds:.0f} s, {ended.peak:.0f} MiB at its peak {ended.err}"
        )
    return ended.status


if __name__ == "__main__":
    sys.exit(main())
