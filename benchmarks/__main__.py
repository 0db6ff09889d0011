"""``python -m benchmarks``: the figures that the suite promises, measured and printed as a table.

Medians over several rounds, each command in a process of its own, on whatever machine this is.
Nothing here fails when a figure is missed: timings on a busy machine are no test.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
SUITE = (sys.executable, "-m", "conformance")


def measure(*arguments: str, rounds: int = ROUNDS) -> tuple[float, float]:
    """Median wall and process time of one command, in seconds."""
    walls, cpus = [], []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        subprocess.run([*SUITE, *arguments], check=True, capture_output=True)
        walls.append(time.perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(walls), statistics.median(cpus)


def row(name: str, value: str, reach: str) -> None:
    print(f"{name:44} {value:>18}   {reach}")


def main() -> None:
    row("what", "measured", "promised")
    row("--version, process time", f"{measure('--version')[1]:.2f} s", "within 0.2 s")
    row("clauses, process time", f"{measure('clauses')[1]:.2f} s", "within 0.4 s")
    with tempfile.TemporaryDirectory() as folder:
        report, recording = Path(folder) / "run.json", Path(folder) / "recording.json"
        wall, _ = measure("run", "--quiet", "--report-json", str(report))
        sent = json.loads(report.read_text(encoding="utf-8"))["requests"]
        row("run on the embedded emulator", f"{wall:.1f} s", "within 12 s")
        row("  requests sent", str(sent), "at least 600")
        double, _ = measure("run", "--quiet", "--max-examples", "400", rounds=1)
        row("run --max-examples 400", f"{double:.1f} s", "linear")
        measure("run", "--quiet", "--record", str(recording), rounds=1)
        exchanges = len(json.loads(recording.read_text(encoding="utf-8"))["interactions"])
        wall, _ = measure("run", "--quiet", "--replay", str(recording))
        row("run --replay of its recording", f"{exchanges / wall:.0f} exchanges/s", "1,000")


if __name__ == "__main__":
    main()
