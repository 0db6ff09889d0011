"""A failed clause in plain text: what a person needs to act, in the order in which they ask."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.checks.facts import Facts
from conformance.checks.verdicts import ClauseVerdict
from conformance.report.result import clause_row
from conformance.report.wire_json import exchange_json

#: Bodies longer than this many characters are cut in text reports; the JSON result has more.
BODY_SHOWN = 4000

_INDENT = "    "
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def finding_lines(verdict: ClauseVerdict, facts: Facts) -> str:
    """The text of one verdict, straight from a run."""
    row = clause_row(verdict, facts.exchanges)
    wanted = {n for finding in row["findings"] for n in finding["exchanges"]}
    shown = {each.n: exchange_json(each) for each in facts.exchanges if each.n in wanted}
    return failure_text(row, shown)


def failure_text(
    row: Mapping[str, Any], exchanges: Mapping[int, Mapping[str, Any]], *, width: int = 0
) -> str:
    """The text of one entry of a result's ``clauses``; ``exchanges`` by number.

    Sentences are wrapped to ``width`` columns; 0 leaves every line as long as it is.
    """
    lines = (heading(row), *_about(row, width), *_details(row, exchanges, width))
    return printable("\n".join(lines))


def printable(text: str) -> str:
    """``text`` with control characters made visible: a hostile answer must not drive a terminal."""
    return _CONTROL.sub(lambda at: f"\\x{ord(at[0]):02x}", text.replace("\r\n", "\n"))


def heading(row: Mapping[str, Any]) -> str:
    """``SIG-40 (MUST, server) fail: 2 of 12 times``."""
    role = {"S": "server", "C": "client library", "K": "callback sender"}[row["role"]]
    found = row.get("broken", len(row["findings"]))
    known = " (known)" if "known" in row else ""
    return (
        f"{row['id']} ({row['level']}, {role}) {row['verdict']}{known}: "
        f"{found} of {row['judged']} times"
    )


def _about(row: Mapping[str, Any], width: int) -> Iterator[str]:
    yield from _field("assertion", row["assertion"], width)
    yield from _field("source", row["source"], width)
    if row.get("note"):
        yield from _field("note", row["note"], width)
    if "known" in row:
        link = row["known"].get("link")
        known = row["known"]["reason"] + (f" ({link})" if link else "")
        yield from _field("known", known, width)


def _details(
    row: Mapping[str, Any], exchanges: Mapping[int, Mapping[str, Any]], width: int
) -> Iterator[str]:
    findings = row["findings"]
    for place, finding in enumerate(findings):
        if place == 0:
            yield from _first(finding, exchanges, width)
            continue
        if place == 1:
            yield f"  {row.get('broken', len(findings)) - 1} more, of which:"
        observed = f" (observed: {_one_line(finding['observed'])})" if finding["observed"] else ""
        line = f"{_INDENT}- {finding['scenario']}: {finding['message']}{observed}"
        yield from _wrapped(line, width, _INDENT + "  ")


def _first(
    finding: Mapping[str, Any], exchanges: Mapping[int, Mapping[str, Any]], width: int
) -> Iterator[str]:
    yield from _field("finding", finding["message"], width)
    for name in ("expected", "observed", "at", "scenario"):  # as they are: every space counts
        if finding.get(name):
            yield from _field(name, finding[name])
    for n in finding["exchanges"]:
        if n in exchanges:
            yield from _exchange(exchanges[n])
    if finding["curl"]:
        yield "  again:"
        yield textwrap.indent(finding["curl"], _INDENT)
    if finding.get("again"):
        yield "  the whole case again:"
        yield textwrap.indent(finding["again"], _INDENT)


def _field(name: str, text: str, width: int = 0) -> Iterator[str]:
    label = f"  {name + ':':<11}"
    for line in text.split("\n"):
        yield from _wrapped(label + line, width, " " * 13)
        label = " " * 13


def _wrapped(line: str, width: int, indent: str) -> list[str]:
    """``line`` in lines of ``width`` columns, all but the first indented; 0 wraps nothing."""
    if not width or len(line) <= width:
        return [line]
    return textwrap.wrap(
        line,
        max(width, 40),
        subsequent_indent=indent,
        drop_whitespace=True,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _exchange(exchange: Mapping[str, Any]) -> Iterator[str]:
    note = f", {exchange['note']}" if exchange.get("note") else ""
    yield f"  request (exchange {exchange['n']}, step {exchange.get('step') or '-'}{note}):"
    yield textwrap.indent(request_text(exchange["request"]), _INDENT)
    yield "  response:"
    yield textwrap.indent(response_text(exchange), _INDENT)


def request_text(request: Mapping[str, Any]) -> str:
    """The request as it would stand on the wire, long bodies cut."""
    return _message(f"{request['method']} {request['target']} HTTP/1.1", request)


def response_text(exchange: Mapping[str, Any]) -> str:
    """The response likewise; in place of none, what kept it from coming."""
    response, failure = exchange["response"], exchange.get("failure")
    lost = f"({failure['kind']}: {failure['message']})" if failure else ""
    if response is None:
        return lost or "(none)"
    version = response.get("version") or "HTTP/1.1"
    first = f"{version} {response['status']} {response.get('reason', '')}".rstrip()
    text = _message(first, response)
    return f"{text}\n{lost}" if lost else text


def _message(first: str, side: Mapping[str, Any]) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in side["headers"])]
    body = side.get("body")
    if body is None and side.get("body_base64"):
        lines += ["", f"(not text; Base64) {_cut(side['body_base64'])}"]
    elif body:
        lines += ["", _cut(body)]
    if side.get("body_note"):
        lines.append(f"({side['body_note']})")
    return "\n".join(lines)


def _cut(text: str) -> str:
    if len(text) <= BODY_SHOWN:
        return text
    return f"{text[:BODY_SHOWN]}\n(... {len(text) - BODY_SHOWN} characters more)"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:157]}..."
