"""How long it takes until something happens, beside ``python -c "import requests"``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.measuring import SUITE, Figure, median_child


def startup(rounds: int) -> Iterator[Figure]:
    """`--version`, `clauses`, and a run of one clause, which ends soon after its first request."""
    floor = median_child((sys.executable, "-c", "import requests"), rounds)
    for name, arguments, reach in (
        ("--version", ("--version",), 1.5),
        ("clauses", ("clauses",), None),
        ("first request (run --clause REQ-30)", _FIRST, None),
    ):
        spent = median_child((*SUITE, *arguments), rounds)
        yield Figure(
            f"start-up: {name} / import requests",
            spent.cpu / floor.cpu,
            "times",
            f"{spent.cpu:.2f} s of process time",
            f"{floor.cpu:.2f} s",
            reach,
            more=False,
        )


_FIRST = ("run", "--quiet", "--clause", "REQ-30", "--max-examples", "0")
