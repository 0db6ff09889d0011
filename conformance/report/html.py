"""The result as one HTML page that stands alone: no network, light and dark, wide and narrow.

Every value is escaped by the template engine; the page's policy forbids whatever it does not
bring along itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from conformance.report.finding import printable
from conformance.report.sides import differing, pair
from conformance.report.summary import (
    NOT_JUDGED,
    VERDICTS,
    Row,
    by_family,
    failures,
    family_of,
    judged_line,
    moment,
    unjudged,
    verdict_line,
    work_line,
)
from conformance.spec.clauses import ROLES

_TEMPLATES = Path(__file__).parent / "templates"


def render_html(result: Mapping[str, Any]) -> str:
    """The page as text."""
    exchanges = {each["n"]: each for each in result["exchanges"]}
    return page(
        "report.html.j2",
        result={"mended": [], "remaining_jobs": [], **result},
        facts=_facts(result),
        verdict=verdict_line(result),
        mood=mood(result),
        judged=re.split("[:;]", judged_line(result))[0],
        counts=Counter(row["verdict"] for row in result["clauses"]),
        families=[each for each in by_family(result) if each[2].total()],
        failures=[_failure(row) for row in failures(result)],
        unjudged=unjudged(result),
        clauses=[_shown(row, exchanges) for row in result["clauses"]],
    )


def page(template: str, **values: Any) -> str:
    """A page of ours: ``template`` filled in, with the style and the script that all share."""
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template(template)
        .render(
            verdicts=VERDICTS,
            not_judged=NOT_JUDGED,
            style=(_TEMPLATES / "report.css").read_text(encoding="utf-8"),
            script=script,
            script_hash=_hash(script),
            **values,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printable"] = lambda value: printable(str(value))
    return environment


def _hash(script: str) -> str:
    """What a content security policy wants to know of the one script that may run."""
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def mood(result: Mapping[str, Any]) -> str:
    """``pass``, ``fail`` or ``inconclusive``: the colour of the verdict on the whole."""
    line = verdict_line(result)
    if line.startswith("not conformant") or result.get("mended"):
        return "fail"
    return "pass" if line.startswith("conformant") else "inconclusive"


def _facts(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands under the verdict: names and values."""
    target, suite = result["target"], result["suite"]
    known = (
        ("host", target.get("host")),
        ("date", moment(result["started"])),
        ("page of", suite["revision"]),
        ("suite", suite["version"]),
        ("seed", result["seed"]),
        ("sent", work_line(result)),
    )
    return [(name, str(value)) for name, value in known if value not in (None, "")]


def _failure(row: Row) -> dict[str, Any]:
    findings = row["findings"]
    return {
        "id": row["id"],
        "verdict": row["verdict"],
        "words": findings[0]["message"] if findings else row["assertion"],
        "known": row.get("known"),
    }


def _shown(row: Row, exchanges: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """A clause with what the template needs beside its row."""
    return {
        **row,
        "note": row.get("note", ""),
        "known": row.get("known"),
        "broken": row.get("broken", len(row["findings"])),
        "family": family_of(row),
        "role_name": ROLES.get(row["role"], row["role"]),
        "findings": [_finding(each, row["role"], exchanges) for each in row["findings"]],
    }


def _finding(
    finding: Mapping[str, Any], role: str, exchanges: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:
    at = str(finding.get("at") or "")
    expected, observed = differing(finding["expected"], finding["observed"])
    return {
        **finding,
        "at": at,
        "wanted": expected if finding["expected"] else (),
        "seen": observed if finding["observed"] else (),
        "pairs": [pair(exchanges[n], at, role) for n in finding["exchanges"] if n in exchanges],
    }
