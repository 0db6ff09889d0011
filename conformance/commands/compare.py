"""``compare``: what changed between two stored results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

#: Verdicts from best to worst as far as a change is concerned.
_RANK = {"pass": 0, "info": 0, "warn": 1, "fail": 2}


@click.command(short_help="Compare two stored results.")
@click.argument("before", metavar="BEFORE.json")
@click.argument("after", metavar="AFTER.json")
def command(before: str, after: str) -> int:
    """Say which clauses are newly broken and which are mended.

    The exit status is 1 when a clause is newly broken: it fails now and did not before, or warns
    now and did pass.
    """
    from conformance.report.stored import load_result  # noqa: PLC0415 - help must be quick

    old, new = load_result(Path(before)), load_result(Path(after))
    changes = compare(old, new)
    click.echo("\n".join(_lines(old, new, changes)))
    return 1 if changes["newly broken"] else 0


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """One line for each clause whose verdict changed, by the kind of change."""
    then = {row["id"]: row["verdict"] for row in old["clauses"]}
    now = {row["id"]: row["verdict"] for row in new["clauses"]}
    changes: dict[str, list[str]] = {"newly broken": [], "mended": [], "otherwise changed": []}
    for name in dict.fromkeys((*now, *then)):
        first, second = then.get(name, "absent"), now.get(name, "absent")
        if first != second:
            changes[_kind(first, second)].append(f"{name}: {first} -> {second}")
    return changes


def _kind(first: str, second: str) -> str:
    if second == "fail" or (second == "warn" and _RANK.get(first) == 0):
        return "newly broken"
    if first in _RANK and second in _RANK and _RANK[second] < _RANK[first]:
        return "mended"
    return "otherwise changed"


def _lines(
    old: Mapping[str, Any], new: Mapping[str, Any], changes: Mapping[str, list[str]]
) -> Iterator[str]:
    for word, result in (("before", old), ("after", new)):
        target = result["target"]
        yield f"{word + ':':<8}{target['kind']} {target['name']}, {result['started']}"
    for kind, lines in changes.items():
        if lines:
            yield f"{kind}:"
            yield from (f"  {line}" for line in lines)
    same = {(row["id"], row["verdict"]) for row in old["clauses"]}
    yield f"{sum((row['id'], row['verdict']) in same for row in new['clauses'])} unchanged"
