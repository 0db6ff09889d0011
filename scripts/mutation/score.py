"""The score: what became of each mutant, which of them are known to live, and the table."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from mutants import ROOT, Mutant, mutants

#: What is known of the mutants that were tried, for a later run to go on from. Not in git.
KEPT = ROOT / ".mutation"

#: The mutants that no test can or need notice, each with why.
LISTED = ROOT / "docs" / "mutants.md"

_MODULE = re.compile(r"^## `(\S+)`$")
_ENTRY = re.compile(r"^- `(.+)`$")


class Score:
    """What became of the mutants of one module. It counts for one text of the module only."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.mutants = mutants(path)
        self._file = KEPT / (path.replace("/", ".") + ".json")
        self._digest = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
        held = json.loads(self._file.read_text()) if self._file.exists() else {}
        known = held["noticed"] if held.get("digest") == self._digest else {}
        names = {each.name for each in self.mutants}
        self._noticed: dict[str, bool] = {key: known[key] for key in known if key in names}

    def open(self) -> Iterator[Mutant]:
        """Those to try: what was noticed once stays so while the tests only grow."""
        return (each for each in self.mutants if not self._noticed.get(each.name))

    def note(self, mutant: Mutant, *, noticed: bool) -> None:
        self._noticed[mutant.name] = noticed
        KEPT.mkdir(exist_ok=True)
        held = {"digest": self._digest, "noticed": self._noticed}
        self._file.write_text(json.dumps(held, indent=1))

    @property
    def tried(self) -> int:
        return len(self._noticed)

    @property
    def noticed(self) -> int:
        return sum(self._noticed.values())

    @property
    def alive(self) -> frozenset[str]:
        return frozenset(name for name, noticed in self._noticed.items() if not noticed)


def listed() -> dict[str, frozenset[str]]:
    """By module, the names of the mutants in docs/mutants.md."""
    found: dict[str, set[str]] = {}
    module = ""
    for line in LISTED.read_text(encoding="utf-8").splitlines():
        if match := _MODULE.match(line):
            module = match[1]
        elif match := _ENTRY.match(line):
            found.setdefault(module, set()).add(match[1])
    return {path: frozenset(names) for path, names in found.items()}


def stray_entries() -> list[str]:
    """Entries of docs/mutants.md that name no mutant of the code as it is."""
    stray = []
    for path, names in listed().items():
        made = {each.name for each in mutants(path)} if (ROOT / path).exists() else set()
        stray += [f"{path}: {name}" for name in sorted(names - made)]
    return stray


def disagreements(scores: Iterable[Score]) -> Iterator[str]:
    """Where docs/mutants.md does not say what was found, a line each."""
    known = listed()
    for score in scores:
        names = known.get(score.path, frozenset())
        for name in sorted(score.alive - names):
            yield f"not noticed, and not in docs/mutants.md: {score.path}: {name}"
        for name in sorted(name for name in names if name not in score.alive):
            yield f"in docs/mutants.md, but noticed or gone: {score.path}: {name}"


def table(scores: Iterable[Score]) -> Iterator[str]:
    """The figures by module, in Markdown."""
    yield "| module | mutants | noticed | |"
    yield "|---|---:|---:|---:|"
    tried = noticed = 0
    for score in scores:
        tried, noticed = tried + score.tried, noticed + score.noticed
        yield _row(f"`{score.path.removeprefix('conformance/')}`", score.tried, score.noticed)
    yield _row("all", tried, noticed)


def _row(name: str, tried: int, noticed: int) -> str:
    share = f"{100 * noticed / tried:.1f} %" if tried else "-"
    return f"| {name} | {tried} | {noticed} | {share} |"
