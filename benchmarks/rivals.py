"""Schemathesis on the same servers: how fast, how many faults it sees, how often it cries wolf.

It gets the best document that OpenAPI allows (``openapi.yaml``), a signer, all of its checks, and
a baseline from the plain emulator, so that only what it finds beyond that counts for or against it.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import serving
from benchmarks.measuring import Figure
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.selftest.servers import attempt
from conformance.selftest.trial import Kind, Trial

HERE = Path(__file__).parent
SEED = 1
EXAMPLES = 30
_CASES = re.compile(r"(\d+) generated")


@dataclass(frozen=True)
class Shot:
    """One run of schemathesis: cases, seconds, and whether it complained of anything new."""

    cases: int
    seconds: float
    complained: bool


def rivals(rounds: int, faults: int, variants: int) -> Iterator[Figure]:
    """Requests a second, faults caught and false alarms, on one sample of the catalogues."""
    with tempfile.TemporaryDirectory() as folder:
        baseline = Path(folder) / "baseline.json"
        _shoot("", baseline, update=True)
        theirs = [_shoot("", baseline) for _ in range(rounds)]
        ours = [attempt(Trial(Kind.PLAIN, "plain", SEED, full=True)) for _ in range(rounds)]
        yield _speed(ours, theirs)
        chosen = _sample(all_faults(), faults)
        yield from _caught(chosen, baseline)
        yield _alarms(_sample(all_variants(), variants), baseline)


def _speed(ours: Sequence[object], theirs: Sequence[Shot]) -> Figure:
    mine = statistics.median(each.requests / each.seconds for each in ours)  # type: ignore[attr-defined]
    other = statistics.median(each.cases / each.seconds for each in theirs)
    return Figure(
        "against schemathesis: requests a second",
        mine / other,
        "times",
        f"{mine:.0f}/s",
        f"{other:.0f} cases/s",
        reach=10.0,
    )


def _caught(names: Sequence[str], baseline: Path) -> Iterator[Figure]:
    ours = sum(attempt(Trial(Kind.FAULT, name, SEED, full=True)).right for name in names)
    theirs = sum(_shoot(name, baseline).complained for name in names)
    yield Figure(
        "against schemathesis: faults caught",
        ours / max(1, theirs),
        "times",
        f"{ours} of {len(names)}",
        f"{theirs} of {len(names)}",
        reach=2.0,
    )


def _alarms(names: Sequence[str], baseline: Path) -> Figure:
    ours = sum(not attempt(Trial(Kind.VARIANT, name, SEED, full=True)).right for name in names)
    theirs = sum(_shoot(name, baseline).complained for name in names)
    return Figure(
        "false alarms on conforming variants",
        ours,
        f"of {len(names)} variants",
        f"{ours}",
        f"{theirs} by schemathesis",
        reach=0,
        more=False,
    )


def _sample(catalogue: dict[str, object], count: int) -> list[str]:  # type: ignore[type-arg]
    """The same ones on every machine."""
    return sorted(random.Random(SEED).sample(sorted(catalogue), count))


def _shoot(deviation: str, baseline: Path, *, update: bool = False) -> Shot:
    command = [
        *(str(Path(sys.executable).with_name("st")), "run", str(HERE / "openapi.yaml")),
        *("--workers", "2", "--max-examples", str(EXAMPLES), "--seed", str(SEED)),
        *("--checks", "all", "--continue-on-failure", "--baseline", str(baseline)),
        *(("--baseline-update",) if update else ()),
    ]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "benchmarks.schemathesis_hooks",
        "PYTHONPATH": str(HERE.parent),
    }
    with serving.emulator(deviation) as endpoint, tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        done = subprocess.run(
            [*command, "--url", endpoint],
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            check=False,
        )
        seconds = time.perf_counter() - begun
    cases = _CASES.search(done.stdout)
    if cases is None:
        raise RuntimeError(f"schemathesis did not run: {(done.stdout + done.stderr)[-400:]}")
    return Shot(int(cases[1]), seconds, done.returncode != 0)
