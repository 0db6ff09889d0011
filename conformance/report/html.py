"""The result as one HTML page that stands alone: no network, light and dark, wide and narrow.

Every value is escaped by the template engine; the page's policy forbids whatever it does not
bring along itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from conformance.report.finding import printable
from conformance.report.summary import (
    NOT_JUDGED,
    VERDICTS,
    Row,
    by_family,
    failures,
    family_of,
    judged_line,
    run_line,
    unjudged,
    verdict_line,
)
from conformance.spec.clauses import ROLES

_TEMPLATES = Path(__file__).parent / "templates"

#: A page has to stay light enough for a phone: longer bodies are cut, the JSON result has them.
_LONGEST_BODY = 20_000
_LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message as shown; ``marked`` when it holds what is wrong."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """A request or a response, ready to show."""

    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def render_html(result: Mapping[str, Any]) -> str:
    """The page as text."""
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    exchanges = {each["n"]: each for each in result["exchanges"]}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            result={"mended": [], "remaining_jobs": [], **result},
            host=result["target"].get("host", ""),
            verdict=verdict_line(result),
            mood=_mood(result),
            run=run_line(result),
            judged=judged_line(result),
            families=[each for each in by_family(result) if each[2].total()],
            verdicts=VERDICTS,
            not_judged=NOT_JUDGED,
            failures=[{"known": None, **row} for row in failures(result)],
            unjudged=unjudged(result),
            clauses=[_shown(row, exchanges) for row in result["clauses"]],
            style=(_TEMPLATES / "report.css").read_text(encoding="utf-8"),
            script=script,
            script_hash=_hash(script),
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


def _mood(result: Mapping[str, Any]) -> str:
    line = verdict_line(result)
    if line.startswith("not conformant") or result.get("mended"):
        return "fail"
    return "pass" if line.startswith("conformant") else "inconclusive"


def _shown(row: Row, exchanges: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """A clause with what the template needs beside its row."""
    findings = [
        {
            **finding,
            "pairs": [
                _pair(exchanges[n], str(finding.get("at") or ""))
                for n in finding["exchanges"]
                if n in exchanges
            ],
        }
        for finding in row["findings"]
    ]
    return {
        **row,
        "note": row.get("note", ""),
        "known": row.get("known"),
        "broken": row.get("broken", len(row["findings"])),
        "family": family_of(row),
        "role_name": ROLES.get(row["role"], row["role"]),
        "findings": findings,
    }


def _pair(exchange: Mapping[str, Any], at: str) -> tuple[Side, Side]:
    """Both sides of an exchange, the differing node or header marked in the response.

    Of a callback the server wrote the request, so the mark stands there.
    """
    callback = exchange.get("direction") == "callback"
    request = exchange["request"]
    asked = _side(
        "callback received" if callback else "request",
        f"{request['method']} {request['target']} HTTP/1.1",
        request,
        at if callback else _request_part(at),
    )
    response, failure = exchange["response"], exchange.get("failure")
    lost = (f"{failure['kind']}: {failure['message']}",) if failure else ()
    if response is None:
        return asked, Side("response", (), lost or ("there is none",))
    version = response.get("version") or "HTTP/1.1"
    first = f"{version} {response['status']} {response.get('reason', '')}".rstrip()
    answered = _side("response", first, response, "" if callback else at)
    return asked, Side(answered.title, answered.lines, answered.notes + lost)


def _request_part(at: str) -> str:
    """What an echo of the request is compared with: the node of the same name there."""
    return at if at.startswith(("Response/JobsDetail/", "Request/")) else ""


def _side(title: str, first: str, side: Mapping[str, Any], at: str) -> Side:
    is_wrong = _marker(at)
    lines = [Line(printable(first), at == "status")]
    for name, value in side["headers"]:
        lines.append(Line(printable(f"{name}: {value}"), name.lower() == at.lower()))
    notes = [side["body_note"]] if side.get("body_note") else []
    body = side.get("body")
    if body is None:
        body, notes = side.get("body_base64") or "", [*notes, "the body is not text: Base64"]
    if len(body) > _LONGEST_BODY:
        notes.append(f"{len(body) - _LONGEST_BODY} more characters are in the JSON result")
        body = body[:_LONGEST_BODY]
    if body:
        broken = _broken_up(body)
        if broken != body:
            notes.append("line breaks added between nodes")
        lines.append(Line(""))
        lines += [Line(line, is_wrong(line)) for line in printable(broken).split("\n")]
    return Side(title, tuple(lines), tuple(notes))


def _marker(at: str) -> Any:
    """Whether a line of a body holds the node that ``at`` (a path) leads to."""
    name = at.rpartition("/")[2].partition("[")[0]
    if "/" not in at or not re.fullmatch(r"[\w.-]+", name):
        return lambda _line: False
    pattern = re.compile(rf"<{re.escape(name)}[\s/>]|\"{re.escape(name)}\"\s*:")
    return lambda line: pattern.search(line) is not None


def _broken_up(body: str) -> str:
    """XML on one long line, broken and indented between its nodes; anything else as it is."""
    if not body.lstrip().startswith("<") or max(map(len, body.split("\n"))) <= _LONGEST_LINE:
        return body
    depth, lines = 0, []
    for piece in re.sub(r">\s*<", ">\n<", body).split("\n"):
        closes = piece.startswith("</")
        depth = max(0, depth - closes)
        lines.append("  " * min(depth, 20) + piece)
        opens = re.match(r"<[^!?/][^>]*[^/]?>", piece) and "</" not in piece
        depth += bool(opens) and not piece.endswith("/>")
    return "\n".join(lines)
