"""Writes the generated pages, or says which are out of date.

    python -m conformance.reference [--check] [--examples] [--workers N] FOLDER

FOLDER is the documentation's ``docs``. ``--examples`` runs every fault that an example is of (some
minutes); without it the examples stay as they stand. ``--check`` writes nothing, and ends with 1
when a page is out of date.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from conformance.reference import clauses, errata, options
from conformance.reference.examples import collect
from conformance.spec.clauses import FAMILIES

REFERENCE = "reference"


def pages(folder: Path, fresh: clauses.Shown | None = None) -> dict[Path, str]:
    """Every generated page by its path, around ``fresh`` examples or those that stand there."""
    made = {
        folder / REFERENCE / "options.md": options.page(),
        folder / REFERENCE / "errata.md": errata.page(),
        folder / REFERENCE / "clauses" / "index.md": clauses.index(),
    }
    for family in FAMILIES:
        path = folder / REFERENCE / "clauses" / f"{family.lower()}.md"
        there = clauses.shown_on(_text(path))
        shown = there if fresh is None else clauses.merged(there, fresh)
        made[path] = clauses.page(family, shown)
    return made


def stale(made: Mapping[Path, str]) -> list[Path]:
    """The pages that do not stand as they were made."""
    return [path for path, text in made.items() if _text(path) != text]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m conformance.reference", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--examples", action="store_true")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    given = parser.parse_args()
    fresh = clauses.shown(collect(given.workers)) if given.examples else None
    made = pages(given.folder, fresh)
    changed = stale(made)
    for path in changed:
        if given.check:
            sys.stderr.write(f"{path}: out of date; run scripts/docs --examples\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
            sys.stdout.write(f"{path}\n")
    return 1 if given.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
