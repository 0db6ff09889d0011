"""What every report says of a result as a whole: counts, reasons, the verdict in words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from conformance.checks.verdicts import NOT_OFFERED, NOT_SELECTED, UNCLAIMED
from conformance.spec.clauses import FAMILIES

VERDICTS = ("pass", "fail", "warn", "info", "inconclusive", "not-run")
NOT_JUDGED = ("inconclusive", "not-run")

Row = Mapping[str, Any]

#: What :func:`conformance.expectations.apply` says of a clause that is listed and passes.
_MENDED = re.compile(r": ([A-Z]+-[0-9]+) no longer fails")


def by_family(result: Mapping[str, Any]) -> list[tuple[str, str, Counter[str]]]:
    """For each family with clauses in the result: its name, its title, and its verdicts."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in result["clauses"]:
        counts[family_of(row)][row["verdict"]] += 1
    titles = {**dict.fromkeys(counts, ""), **FAMILIES}
    return [(family, titles[family], counts[family]) for family in titles if family in counts]


def family_of(row: Row) -> str:
    return str(row["id"]).partition("-")[0]


def failures(result: Mapping[str, Any]) -> list[Row]:
    """The clauses that fail, unexpected ones first, then those that warn."""
    rows = result["clauses"]
    unexpected = [row for row in rows if row["verdict"] == "fail" and "known" not in row]
    known = [row for row in rows if row["verdict"] == "fail" and "known" in row]
    return [*unexpected, *known, *(row for row in rows if row["verdict"] == "warn")]


def mended_lines(result: Mapping[str, Any]) -> dict[str, str]:
    """By clause, the lines that say that a known failure is none any more."""
    found = ((_MENDED.search(line), line) for line in result.get("mended", ()))
    return {at[1]: line for at, line in found if at is not None}


def remarks(result: Mapping[str, Any]) -> list[Row]:
    """The clauses that passed or are info, with something to say of it."""
    return [
        row for row in result["clauses"] if row["verdict"] in ("pass", "info") and row["reason"]
    ]


def unjudged(result: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Why clauses were not judged: verdict, reason, ids; inconclusive ones first.

    Reasons that differ in their numbers only are one group, under the first of them.
    """
    groups: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for row in result["clauses"]:
        if row["verdict"] in NOT_JUDGED:
            reason = row["reason"] or "no reason given"
            alike = (row["verdict"], re.sub(r"\d+", "#", reason))
            groups.setdefault(alike, (reason, []))[1].append(row["id"])
    ordered = sorted(groups.items(), key=lambda item: NOT_JUDGED.index(item[0][0]))
    return [(verdict, reason, ids) for (verdict, _), (reason, ids) in ordered]


def all_left_out(rows: Iterable[Row]) -> bool:
    """Whether the target leaves out, as it may, whatever was asked for."""
    reasons = [row["reason"] or "" for row in rows if row["reason"] != NOT_SELECTED]
    return bool(reasons) and all(each.startswith((UNCLAIMED, NOT_OFFERED)) for each in reasons)


def judged_line(result: Mapping[str, Any]) -> str:
    """``163 of 172 clauses judged: 160 pass, 2 fail, 1 warn; 9 not judged``."""
    counts = Counter(row["verdict"] for row in result["clauses"])
    total = sum(counts.values())
    missing = sum(counts[name] for name in NOT_JUDGED)
    parts = [f"{counts[name]} {name}" for name in VERDICTS[:4] if counts[name]]
    told = f": {', '.join(parts)}" if parts else ""
    rest = f"; {missing} not judged" if missing else ""
    return f"{total - missing} of {total} clauses judged{told}{rest}"


def verdict_line(result: Mapping[str, Any]) -> str:
    """The verdict on the target in words."""
    rows = result["clauses"]
    failing = [row for row in rows if row["verdict"] == "fail"]
    unexpected = [row for row in failing if "known" not in row]
    if unexpected:
        ids = ", ".join(row["id"] for row in unexpected[:8])
        more = f" and {len(unexpected) - 8} more" if len(unexpected) > 8 else ""
        verb = "clause fails" if len(unexpected) == 1 else "clauses fail"
        return f"not conformant: {len(unexpected)} {verb} ({ids}{more})"
    if result.get("mended"):
        return "no unexpected failure, but the expectations file is out of date"
    if not any(row["judged"] for row in rows):
        left_out = all_left_out(rows)
        return (
            "nothing to judge: the target leaves it out" if left_out else "nothing could be judged"
        )
    if not result.get("complete", True):
        return "no clause failed before the run was stopped"
    open_ones = sum(row["verdict"] == "inconclusive" for row in rows)
    if open_ones:
        return f"no clause fails, but {open_ones} could not be judged"
    warned = sum(row["verdict"] == "warn" for row in rows)
    known = f", {counted(len(failing), 'known failure')} aside" if failing else ""
    return f"conformant{known}" + (f", with {counted(warned, 'warning')}" if warned else "")


def run_line(result: Mapping[str, Any]) -> str:
    """What the run did, how long it took, and its seed."""
    return f"{work_line(result)}, seed {result['seed']}"


def work_line(result: Mapping[str, Any]) -> str:
    """What the run did and how long it took: ``1607 requests, 418 jobs, 10.8 s``."""
    parts = f" in {result['parts']} parts" if result.get("parts", 1) > 1 else ""
    stopped = "" if result["complete"] else f", ended early: {result.get('stopped') or 'stopped'}"
    return (
        f"{counted(result['requests'], 'request')}, {counted(result['jobs'], 'job')}, "
        f"{result['duration_s']:.1f} s{parts}{stopped}"
    )


def counted(count: int, noun: str) -> str:
    """``1 clause``, ``2 clauses``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def moment(started: str) -> str:
    """A time of RFC 3339 as people read it, in UTC; anything else as it is."""
    try:
        then = datetime.fromisoformat(started)
    except ValueError:
        return started
    if then.tzinfo is None:
        return started
    try:
        return f"{then.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError:  # the first and the last day there are
        return started
