"""``scripts/mutate``: try the mutants of the pure core on its tests, and keep the score.

Prints each mutant that no test notices, then the figures by module. Exits 1 when docs/mutants.md,
which lists the mutants that are known to live, says anything else. What was noticed before is not
tried again while its module is the same (``--again`` tries all).
"""

from __future__ import annotations

import argparse
import random
import sys

from mutants import Mutant, modules
from score import Score, disagreements, table
from trial import TESTS, try_all


def main() -> int:
    options = _options()
    scores = {path: Score(path) for path in _chosen(options.modules)}
    todo = [
        mutant
        for score in scores.values()
        for mutant in (score.mutants if options.again else score.open())
    ]
    if options.sample is not None:
        todo = random.Random(options.seed).sample(todo, min(options.sample, len(todo)))  # noqa: S311

    def told(mutant: Mutant, *, noticed: bool) -> None:
        scores[mutant.path].note(mutant, noticed=noticed)
        if not noticed:
            print(f"{mutant.path}:{mutant.site.node.lineno}: {mutant.name}", flush=True)

    if todo and (status := try_all(todo, told, options.tests)):
        return status
    print(*table(scores.values()), sep="\n")
    wrong = list(disagreements(scores.values())) if options.sample is None else []
    print(*wrong, sep="\n", file=sys.stderr)
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/mutate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("modules", nargs="*", help="parts of their paths; all of them without any")
    parser.add_argument("--again", action="store_true", help="try what was noticed before, too")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants by chance")
    parser.add_argument("--seed", type=int, default=0, help="of that chance")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="files or folders to try with")
    return parser.parse_args()


def _chosen(parts: list[str]) -> list[str]:
    chosen = [path for path in modules() if not parts or any(part in path for part in parts)]
    if not chosen:
        sys.exit(f"scripts/mutate: no module of the pure core has {' or '.join(parts)} in its path")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
