"""The result as a SARIF 2.1.0 log, for code-scanning pages and viewers of findings.

SARIF lists what is wrong, so its results are the clauses that fail, warn or inform: their level is
``error``, ``warning`` or ``note``, and a known failure is suppressed, with its reason. What could
not be judged is a notification of the run, not a result. The exchange that shows a finding stands
in ``webRequest`` and ``webResponse``. A server has no source file: the artifact is the address
that was judged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from conformance.report.finding import printable
from conformance.report.summary import Row, family_of, unjudged

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_LEVELS = {"fail": "error", "warn": "warning", "info": "note"}

#: Longer bodies are cut: a log is limited to some megabytes where it is uploaded.
_LONGEST_BODY = 20_000


def render_sarif(result: Mapping[str, Any]) -> str:
    """The log as JSON text."""
    exchanges = {each["n"]: each for each in result["exchanges"]}
    rows = result["clauses"]
    places = {row["id"]: place for place, row in enumerate(rows)}
    run = {
        "tool": {"driver": _driver(result)},
        "invocations": [_invocation(result, places)],
        "results": [
            _result(row, places[row["id"]], result, exchanges)
            for row in rows
            if row["verdict"] in _LEVELS
        ],
        "properties": {"target": _target(result), "seed": result["seed"]},
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def _driver(result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": "picjobs-conformance",
        "semanticVersion": result["suite"]["version"],
        "rules": [_rule(row) for row in result["clauses"]],
    }


def _rule(row: Row) -> dict[str, Any]:
    level = {"MUST": "error", "SHOULD": "warning"}.get(row["level"], "note")
    return {
        "id": row["id"],
        "shortDescription": {"text": row["assertion"]},
        "fullDescription": {"text": f"{row['assertion']} ({row['source']})"},
        "help": {"text": f"Source: {row['source']}"},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": [family_of(row), row["level"]]},
    }


def _invocation(result: Mapping[str, Any], places: Mapping[str, int]) -> dict[str, Any]:
    notes = [
        {
            "level": "warning" if verdict == "inconclusive" else "note",
            "message": {"text": f"{verdict}: {printable(reason)}"},
            "associatedRule": {"id": name, "index": places[name]},
        }
        for verdict, reason, ids in unjudged(result)
        for name in ids
    ]
    told = {"executionSuccessful": result["complete"], "toolExecutionNotifications": notes}
    started = _utc(result["started"])
    return {**told, "startTimeUtc": started} if started else told


def _utc(started: str) -> str:
    """The start in the one form that SARIF allows; ``""`` when it is no time."""
    try:
        moment = datetime.fromisoformat(started)
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z" if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""


def _result(
    row: Row,
    place: int,
    result: Mapping[str, Any],
    exchanges: Mapping[int, Mapping[str, Any]],
) -> dict[str, Any]:
    finding = row["findings"][0] if row["findings"] else {}
    message = printable(finding.get("message") or row["assertion"])
    parts = [message]
    parts += [
        f"{name}: {printable(finding[name])}"
        for name in ("expected", "observed")
        if finding.get(name)
    ]
    made: dict[str, Any] = {
        "ruleId": row["id"],
        "ruleIndex": place,
        "level": _LEVELS[row["verdict"]],
        "message": {"text": "\n".join(parts)},
        "locations": [_location(finding, result)],
        "partialFingerprints": {"clauseFinding/v1": _fingerprint(row["id"], message, finding)},
        "occurrenceCount": max(1, int(row.get("broken", 1))),
        "suppressions": _suppressions(row),
    }
    shown = [exchanges[n] for n in finding.get("exchanges", ()) if n in exchanges]
    if shown:
        made["webRequest"], made["webResponse"] = _web(shown[-1])
    if finding.get("curl"):
        made["properties"] = {"curl": finding["curl"]}
    return made


def _location(finding: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    uri = quote(result["target"]["name"], safe="/:?&=@!$'()*+,;~[]", errors="replace")
    where: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
    }
    names = [printable(str(finding.get(name) or "")) for name in ("scenario", "at")]
    logical = [
        {"fullyQualifiedName": name, "kind": kind}
        for name, kind in zip(names, ("function", "element"), strict=True)
        if name
    ]
    return {**where, "logicalLocations": logical} if logical else where


def _fingerprint(name: str, message: str, finding: Mapping[str, Any]) -> str:
    """The same for the same finding of another run: clause, message and place, no values."""
    words = "\n".join((name, message, str(finding.get("at") or "")))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def _suppressions(row: Row) -> list[dict[str, Any]]:
    if "known" not in row:
        return []
    link = row["known"].get("link")
    reason = row["known"]["reason"] + (f" ({link})" if link else "")
    return [{"kind": "external", "status": "accepted", "justification": printable(reason)}]


def _web(exchange: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides of an exchange; of headers of one name the values are joined."""
    request, response = exchange["request"], exchange["response"]
    asked = {
        "protocol": "HTTP",
        "version": "1.1",
        "method": request["method"],
        "target": request["target"],
        "headers": _headers(request["headers"]),
        **_body(request),
    }
    if response is None:
        return asked, {"noResponseReceived": True}
    return asked, {
        "protocol": "HTTP",
        "version": (response.get("version") or "HTTP/1.1").partition("/")[2] or "1.1",
        "statusCode": response["status"],
        "reasonPhrase": response.get("reason", ""),
        "headers": _headers(response["headers"]),
        **_body(response),
        "noResponseReceived": False,
    }


def _headers(pairs: Sequence[Sequence[str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _body(side: Mapping[str, Any]) -> dict[str, Any]:
    if side.get("body"):
        return {"body": {"text": side["body"][:_LONGEST_BODY]}}
    if side.get("body_base64"):
        return {"body": {"binary": side["body_base64"][: _LONGEST_BODY // 4 * 4]}}
    return {}


def _target(result: Mapping[str, Any]) -> str:
    return f"{result['target']['kind']}: {result['target']['name']}"
