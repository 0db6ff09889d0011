"""Several results of one target as one: workers that each judged some of the clauses.

Results are *parts* of one when target, seed, suite and strictness are equal and no clause was
asked for in two of them. Parts are merged unasked; other results of one target only on demand,
and then the worst verdict on a clause is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.checks.verdicts import MOST_FINDINGS, NOT_SELECTED
from conformance.problems import Problem
from conformance.report.result import Result
from conformance.report.summary import VERDICTS, Row

#: From what counts most to what counts least: a clause that was judged is not undone by a result
#: in which it was not.
_WEIGHT = ("fail", "warn", "info", "pass", "inconclusive", "not-run")


def grouped(results: Sequence[Result]) -> list[Result]:
    """The results with those that are parts of one merged, in the order of their first."""
    groups: list[list[Result]] = []
    for result in results:
        for group in groups:
            if all(_are_parts(result, other) for other in group):
                group.append(result)
                break
        else:
            groups.append([result])
    return [merged(group) for group in groups]


def merged(results: Sequence[Result]) -> Result:
    """One result of all, which are of one target. Raises :class:`Problem` when they cannot be.

    Requests, jobs and seconds are summed up; the earliest start is kept.
    """
    first = results[0]
    if len(results) == 1:
        return first
    for name, words in (("suite", "versions of the suite"), ("strict", "settings of --strict")):
        if any(each.get(name) != first.get(name) for each in results):
            raise Problem(f"results of different {words} cannot be merged; run again with one")
    if any(each["target"]["kind"] != first["target"]["kind"] for each in results):
        raise Problem("results of different kinds of target cannot be merged")
    parts = [
        _renumbered(each, start) for each, start in zip(results, _starts(results), strict=True)
    ]
    rows: dict[str, list[Row]] = {}
    for part in parts:
        for row in part["clauses"]:
            rows.setdefault(row["id"], []).append(row)
    clauses = [_row(each) for each in rows.values()]
    return {
        **first,
        "started": min(each["started"] for each in results),
        **{name: sum(each[name] for each in results) for name in ("requests", "jobs")},
        "duration_s": round(sum(each["duration_s"] for each in results), 3),
        "complete": all(each["complete"] for each in results),
        "parts": sum(each.get("parts", 1) for each in results),
        "remaining_jobs": _all(results, "remaining_jobs"),
        "mended": _all(results, "mended"),
        "statement": {k: v for each in results for k, v in each.get("statement", {}).items()},
        "summary": {name: sum(row["verdict"] == name for row in clauses) for name in VERDICTS},
        "clauses": clauses,
        "exchanges": [exchange for part in parts for exchange in part["exchanges"]],
    }


def _are_parts(one: Result, other: Result) -> bool:
    if any(one.get(name) != other.get(name) for name in ("target", "seed", "suite", "strict")):
        return False
    return not _asked(one) & _asked(other)


def _asked(result: Result) -> set[str]:
    """The clauses that were asked for."""
    return {row["id"] for row in result["clauses"] if row["reason"] != NOT_SELECTED}


def _all(results: Iterable[Result], name: str) -> list[str]:
    return list(dict.fromkeys(line for each in results for line in each.get(name, ())))


def _starts(results: Sequence[Result]) -> list[int]:
    """For each result what is added to its exchange numbers, so that they differ from others'."""
    starts, free = [], 0
    for result in results:
        numbers = [each["n"] for each in result["exchanges"]] or [0]
        starts.append(free - min(0, *numbers, 0))
        free = starts[-1] + max(numbers) + 1
    return starts


def _renumbered(result: Result, start: int) -> Result:
    if not start:
        return result
    clauses = [
        {**row, "findings": [_moved(finding, start) for finding in row["findings"]]}
        for row in result["clauses"]
    ]
    exchanges = [{**each, "n": each["n"] + start} for each in result["exchanges"]]
    return {**result, "clauses": clauses, "exchanges": exchanges}


def _moved(finding: Mapping[str, Any], start: int) -> dict[str, Any]:
    return {**finding, "exchanges": [n + start for n in finding["exchanges"]]}


def _row(rows: Sequence[Row]) -> dict[str, Any]:
    """The verdict that counts most, with the findings and the counts of all."""
    asked = [row for row in rows if row["reason"] != NOT_SELECTED] or list(rows)
    chosen = min(asked, key=lambda row: (_WEIGHT.index(row["verdict"]), "known" in row))
    if len(asked) == 1:
        return dict(chosen)
    same = [row for row in asked if row["verdict"] == chosen["verdict"]]
    findings = [finding for row in same for finding in row["findings"]]
    return {
        **chosen,
        "judged": sum(row["judged"] for row in asked),
        "broken": sum(row.get("broken", len(row["findings"])) for row in asked),
        "findings": findings[:MOST_FINDINGS],
    }
