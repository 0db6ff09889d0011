"""What changed between two results: as values, as text, as Markdown, and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.text import Text

from conformance.problems import Problem
from conformance.report.console import STYLES
from conformance.report.finding import printable
from conformance.report.markdown import MARKS, escaped, headline
from conformance.report.summary import Row, counted, moment

FORMAT = "picjobs-conformance-compare/1"

#: The verdict of a clause that a result does not have.
ABSENT = "absent"

#: The kinds of target that are servers; a client library is judged by other clauses.
SERVERS = frozenset(("emulator", "endpoint", "cassette"))

#: From good to bad, as far as a change is concerned.
_RANK = {"pass": 0, "info": 0, "warn": 1, "fail": 2}


class Kind(StrEnum):
    """What a change means, in the order in which changes are told."""

    BROKEN = "newly broken"
    MENDED = "newly mended"
    LOST = "no longer judged"
    GAINED = "newly judged"
    OTHER = "otherwise changed"


@dataclass(frozen=True)
class Change:
    """One clause whose verdict is another one now, and why: the finding or the reason."""

    clause: str
    kind: Kind
    before: str
    after: str
    assertion: str
    why: str


@dataclass(frozen=True)
class Comparison:
    """Two results compared. ``notes`` say in what beside the verdicts they differ."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changes: tuple[Change, ...]
    unchanged: int
    notes: tuple[str, ...]

    def of(self, kind: Kind) -> list[Change]:
        return [change for change in self.changes if change.kind is kind]

    @property
    def is_worse(self) -> bool:
        """Whether anything is newly broken."""
        return bool(self.of(Kind.BROKEN))

    @property
    def is_unclear(self) -> bool:
        """Whether a clause that was judged before is inconclusive now."""
        return any(change.after == "inconclusive" for change in self.of(Kind.LOST))


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """What changed from ``before`` to ``after``. Raises :class:`Problem` when nothing can have."""
    then = {row["id"]: row for row in before["clauses"]}
    now = {row["id"]: row for row in after["clauses"]}
    kinds = {result["target"]["kind"] for result in (before, after)}
    if not then.keys() & now.keys() or ("client" in kinds and kinds & SERVERS):
        raise Problem(
            f"a result of kind {before['target']['kind']} and one of kind "
            f"{after['target']['kind']} are about different clauses; compare two of one kind"
        )
    pairs = [(then.get(name), now.get(name)) for name in dict.fromkeys((*now, *then))]
    changes = [change for pair in pairs if (change := _change(*pair)) is not None]
    order = list(Kind)
    changes.sort(key=lambda change: order.index(change.kind))
    unchanged = len(pairs) - len(changes)
    return Comparison(before, after, tuple(changes), unchanged, tuple(_notes(before, after)))


def _change(old: Row | None, new: Row | None) -> Change | None:
    first = old["verdict"] if old is not None else ABSENT
    second = new["verdict"] if new is not None else ABSENT
    row = new if new is not None else old
    if first == second or row is None:
        return None
    why = ""
    if new is not None:
        findings = new["findings"]
        why = findings[0]["message"] if findings else new["reason"] or ""
    return Change(row["id"], _kind(first, second), first, second, row["assertion"], why)


def _kind(first: str, second: str) -> Kind:
    """A clause that fails now and did not before is newly broken, judged before or not."""
    if second == "fail" or (second == "warn" and _RANK.get(first) == 0):
        return Kind.BROKEN
    if first in _RANK and second in _RANK:
        return Kind.MENDED if _RANK[second] < _RANK[first] else Kind.OTHER
    if first in _RANK:
        return Kind.LOST
    return Kind.GAINED if second in _RANK else Kind.OTHER


def _notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """In what the runs differ: what changed may be due to that."""
    told = (
        ("target", lambda it: f"{it['target']['kind']} {it['target']['name']}"),
        ("version of the suite", lambda it: it["suite"]["version"]),
        ("revision of the page", lambda it: it["suite"]["revision"]),
        ("seed", lambda it: it["seed"]),
        ("strictness", lambda it: "strict" if it.get("strict") else "not strict"),
    )
    for name, value in told:
        one, other = value(before), value(after)
        if one != other:
            yield f"another {name}: {one} before, {other} after"
    for word, result in (("before", before), ("after", after)):
        if not result["complete"]:
            yield f"the run {word} was stopped before its end"


# ---- text ---------------------------------------------------------------------------------------


def print_comparison(made: Comparison, console: Console) -> None:
    """Print what changed, the worst first."""
    for word, result in (("before", made.before), ("after", made.after)):
        console.print(Text(printable(f"{word + ':':<8}{_run(result)}")))
    for note in made.notes:
        console.print(Text(printable(f"note:   {note}"), STYLES["warn"]))
    for kind in Kind:
        if changes := made.of(kind):
            console.print()
            console.print(Text(f"{kind} ({len(changes)})", "bold"))
            for line in _lines(kind, changes):
                console.print(line)
    console.print()
    style = "fail" if made.is_worse else "inconclusive" if made.is_unclear else "pass"
    console.print(Text(verdict(made), STYLES[style]))


def verdict(made: Comparison) -> str:
    """The comparison in one line."""
    counts = [f"{len(found)} {kind}" for kind in Kind if (found := made.of(kind))]
    return ", ".join((*counts, f"{counted(made.unchanged, 'clause')} unchanged"))


def _run(result: Mapping[str, Any]) -> str:
    target = result["target"]
    return f"{target['kind']} {target['name']}, {moment(result['started'])}"


def _lines(kind: Kind, changes: Sequence[Change]) -> Iterator[Text]:
    """A line for each clause that is better or worse; of the others one for each reason."""
    if kind in (Kind.BROKEN, Kind.MENDED):
        for change in changes:
            line = Text(f"  {printable(change.clause):<8} ")
            line.append(change.before, STYLES.get(change.before, "dim"))
            line.append(" -> ")
            line.append(change.after, STYLES.get(change.after, "dim"))
            yield line.append(printable(f"  {change.why or change.assertion}"))
        return
    for group in alike(changes):
        names = [printable(change.clause) for change in group]
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        line = Text(f"  {', '.join(names[:12])}{more} -> ")
        line.append(group[0].after, STYLES.get(group[0].after, "dim"))
        yield line.append(printable(f": {group[0].why}" if group[0].why else ""))


def alike(changes: Iterable[Change]) -> list[list[Change]]:
    """The changes in groups of one verdict and one reason, numbers in it aside."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        key = (change.after, re.sub(r"\d+", "#", change.why))
        groups.setdefault(key, []).append(change)
    return list(groups.values())


# ---- Markdown and JSON --------------------------------------------------------------------------


def comparison_markdown(made: Comparison) -> str:
    """The comparison as Markdown."""
    return "\n".join(_markdown(made)) + "\n"


def _markdown(made: Comparison) -> Iterator[str]:
    yield f"# {headline(verdict(made))}"
    yield ""
    for word, result in (("before", made.before), ("after", made.after)):
        yield f"**{word}**: {escaped(_run(result))}  "
    yield from (f"*{escaped(note)}*  " for note in made.notes)
    for kind in Kind:
        changes = made.of(kind)
        if not changes:
            continue
        yield ""
        yield f"## {headline(kind)}"
        yield ""
        yield "| clause | before | after | why |"
        yield "|---|---|---|---|"
        one_by_one = kind in (Kind.BROKEN, Kind.MENDED)
        for group in [[each] for each in changes] if one_by_one else alike(changes):
            names = escaped(", ".join(change.clause for change in group))
            before = ", ".join(dict.fromkeys(_marked(change.before) for change in group))
            why = group[0].why or (group[0].assertion if one_by_one else "")
            yield f"| {names} | {before} | {_marked(group[0].after)} | {escaped(why)} |"


def _marked(verdict: str) -> str:
    return f"{MARKS[verdict]} {verdict}" if verdict in MARKS else verdict


def comparison_json(made: Comparison) -> str:
    """The comparison as JSON text; ``schemas/compare.schema.json`` is its schema."""
    told = {
        "format": FORMAT,
        "before": _about(made.before),
        "after": _about(made.after),
        "notes": list(made.notes),
        "summary": {str(kind): len(made.of(kind)) for kind in Kind} | {"unchanged": made.unchanged},
        "changes": [
            {
                "id": change.clause,
                "kind": str(change.kind),
                "before": change.before,
                "after": change.after,
                "assertion": change.assertion,
                "why": change.why,
            }
            for change in made.changes
        ],
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _about(result: Mapping[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in ("target", "suite", "started", "seed", "complete")}
