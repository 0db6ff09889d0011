"""``python -m benchmarks``: measure, print the table, and write it and a plot where asked.

    python -m benchmarks                          # everything, some twenty minutes
    python -m benchmarks --short                  # what CI holds against benchmarks/floor.json
    python -m benchmarks --page docs/performance.md --plot docs/performance.svg

``--short`` ends with 1 when a ratio has fallen by more than half since the floor was written
(``--write-floor``). Without it nothing fails: timings on a busy machine are no test.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import judging, page, pure, rivals, running, startup
from benchmarks.measuring import Figure

FLOOR = Path(__file__).with_name("floor.json")

Subject = Callable[[int], Iterator[Figure]]

#: What is measured, by name: in full, and in the short form (None: not there).
SUBJECTS: dict[str, tuple[Subject, Subject | None]] = {
    "signature": (pure.signature, pure.signature),
    "schema": (pure.schema, pure.schema),
    "generation": (pure.generation, pure.generation),
    "start-up": (startup.startup, startup.startup),
    "judging": (judging.replayed, judging.replayed),
    "emulator": (running.emulator, running.emulator),
    "throughput": (running.throughput, lambda _: running.throughput(1)),
    "rate": (lambda _: running.rate(1), None),
    "rivals": (lambda rounds: rivals.rivals(min(rounds, 3), 24, 12), None),
    "workers": (lambda _: running.workers((1, 4, 12, 32)), None),
    "harness": (lambda _: running.harness((1, 2)), None),
    "scale": (lambda _: judging.scale((1_000, 10_000, 100_000, 1_000_000)), None),
}


def main() -> int:
    given = _arguments()
    figures: list[Figure] = []
    for name, (full, short) in SUBJECTS.items():
        subject = short if given.short else full
        if subject is None or (given.only and name not in given.only):
            continue
        for figure in subject(given.rounds):
            figures.append(figure)
            print(page.line(figure), flush=True)
    if given.page:
        page.write_table(given.page, figures, running.machine())
    if given.plot:
        page.write_plot(given.plot, figures)
    if given.write_floor:
        values = {each.name: round(each.value, 3) for each in figures}
        FLOOR.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    return _held(figures) if given.short else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--short", action="store_true", help="a few minutes, held to the floor")
    parser.add_argument("--only", action="append", choices=tuple(SUBJECTS), help="this subject")
    parser.add_argument("--rounds", type=int, default=5, help="rounds behind each median")
    parser.add_argument("--page", type=Path, help="put the table into this page")
    parser.add_argument("--plot", type=Path, help="draw the ratios into this SVG")
    parser.add_argument("--write-floor", action="store_true", help="what --short is held to")
    return parser.parse_args()


def _held(figures: list[Figure]) -> int:
    """1 when a ratio has fallen by more than half since the floor was written."""
    floor = json.loads(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else {}
    fallen = [each for each in figures if each.name in floor and each.fallen(floor[each.name])]
    for each in fallen:
        print(f"fallen by more than half: {each.name}: {each.value:.2f}, was {floor[each.name]}")
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
