"""The result as one badge: the JSON that shields.io's endpoint badge reads.

Source: https://shields.io/badges/endpoint-badge
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from conformance.report.result import BROKEN, CONFORMANT, INTERRUPTED, exit_status
from conformance.report.summary import VERDICTS, counted

LABEL = "CreatePicJobs"


def render_badge(result: Mapping[str, Any]) -> str:
    """The badge as JSON text: what the exit status of the run says, and how many clauses."""
    message, color = _said(result)
    badge = {"schemaVersion": 1, "label": LABEL, "message": message, "color": color}
    return json.dumps(badge, indent=1) + "\n"


def _said(result: Mapping[str, Any]) -> tuple[str, str]:
    rows = result["clauses"]
    counts = Counter(row["verdict"] for row in rows)
    judged = sum(counts[name] for name in VERDICTS[:4])
    status = exit_status(dict(result), interrupted=not result["complete"])
    if status == INTERRUPTED:
        return f"stopped, {judged} of {len(rows)} judged", "lightgrey"
    failing = sum(row["verdict"] == "fail" and "known" not in row for row in rows)
    if failing:
        return f"{counted(failing, 'clause')} of {judged} fail{'s' * (failing == 1)}", "red"
    if status == BROKEN:
        return "expectations out of date", "red"
    if not judged:
        return "not judged", "lightgrey"
    if status != CONFORMANT:
        return f"{counts['inconclusive']} inconclusive", "lightgrey"
    known = sum(row["verdict"] == "fail" for row in rows)
    parts = [f"{counts['pass']} of {judged} clauses"]
    parts += [f"{known} known"] if known else []
    parts += [counted(counts["warn"], "warning")] if counts["warn"] else []
    color = "yellow" if known else "green" if counts["warn"] else "brightgreen"
    return ", ".join(parts), color
