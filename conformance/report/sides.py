"""Exchanges and values made ready to be shown: what is wrong in them is marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from conformance.report.finding import printable

#: A page has to stay light enough for a phone: longer bodies are cut, the JSON result has them.
_LONGEST_BODY = 20_000
_LONGEST_LINE = 160

#: Values with less than this many characters in common at one end differ as wholes.
_LEAST_COMMON = 4


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


def differing(expected: str, observed: str) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Both values in pieces, those marked in which they differ; unmarked when all of it does."""
    one, other = printable(expected), printable(observed)
    start = _in_common(one, other)
    shorter = min(len(one), len(other)) - start
    end = min(shorter, _in_common(one[::-1], other[::-1]))
    if one == other or not one or not other or max(start, end) < _LEAST_COMMON:
        return (Line(one),), (Line(other),)
    return _pieces(one, start, end), _pieces(other, start, end)


def _in_common(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _pieces(text: str, start: int, end: int) -> tuple[Line, ...]:
    stop = len(text) - end
    parts = (Line(text[:start]), Line(text[start:stop], marked=True), Line(text[stop:]))
    return tuple(part for part in parts if part.text)


def pair(exchange: Mapping[str, Any], at: str, role: str) -> tuple[Side, Side]:
    """Both sides of an exchange, what is wrong marked in the one that ``role`` has written.

    A client library and a callback sender write requests, a server writes responses.
    """
    callback = exchange.get("direction") == "callback"
    by_caller = callback or role == "C"
    elsewhere = callback or (role == "C" and not at.startswith("Response"))
    request = exchange["request"]
    asked = _side(
        "callback received" if callback else "request",
        f"{request['method']} {request['target']} HTTP/1.1",
        request,
        at if by_caller else _request_part(at),
    )
    response, failure = exchange["response"], exchange.get("failure")
    lost = (f"{failure['kind']}: {failure['message']}",) if failure else ()
    if response is None:
        return asked, Side("response", (), lost or ("there is none",))
    version = response.get("version") or "HTTP/1.1"
    first = f"{version} {response['status']} {response.get('reason', '')}".rstrip()
    answered = _side("response", first, response, "" if elsewhere else at)
    return asked, Side(answered.title, answered.lines, answered.notes + lost)


def _request_part(at: str) -> str:
    """What an echo of the request is compared with: the node of the same name there."""
    return at if at.startswith(("Response/JobsDetail/", "Request/")) else ""


def _side(title: str, first: str, side: Mapping[str, Any], at: str) -> Side:
    holds_it = _marker(at)
    # Of a signature the part that is wrong is named, in whichever place it is carried.
    part = f"{at}=" if at.startswith("q-") else "\0"
    lines = [Line(printable(first), at == "status" or part in first)]
    for name, value in side["headers"]:
        is_wrong = name.lower() == at.lower() or part in value
        lines.append(Line(printable(f"{name}: {value}"), is_wrong))
    notes = [side["body_note"]] if side.get("body_note") else []
    body = side.get("body")
    if body is None:
        body, notes = side.get("body_base64") or "", [*notes, "the body is not text: Base64"]
    if len(body) > _LONGEST_BODY:
        notes.append(f"{len(body) - _LONGEST_BODY} more characters are in the JSON result")
        body = body[:_LONGEST_BODY]
    if body:
        broken = broken_up(body)
        if broken != body:
            notes.append("line breaks added between nodes")
        lines.append(Line(""))
        lines += [Line(line, holds_it(line)) for line in printable(broken).split("\n")]
    return Side(title, tuple(lines), tuple(notes))


def _marker(at: str) -> Any:
    """Whether a line of a body holds the node that ``at`` (a path) leads to."""
    name = at.rpartition("/")[2].partition("[")[0]
    if "/" not in at or not re.fullmatch(r"[\w.-]+", name):
        return lambda _line: False
    pattern = re.compile(rf"<{re.escape(name)}[\s/>]|\"{re.escape(name)}\"\s*:")
    return lambda line: pattern.search(line) is not None


def broken_up(body: str) -> str:
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
