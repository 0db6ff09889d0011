"""An example as Markdown: what was found, and the exchange as it stood on the wire."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.reference.examples import CLIENT, Example
from conformance.reference.markdown import code, plain
from conformance.report.finding import request_text, response_text
from conformance.report.markdown import fenced

#: Longer bodies are cut here, in characters; those that do not decide, sooner.
_BODY, _ASIDE = 1500, 300

#: Headers that say nothing about any clause.
_LEFT_OUT = frozenset({"user-agent", "accept", "accept-encoding"})

#: Families whose examples need the whole signature, and those decided by what is sent: of a
#: client's the answer does not matter, of a server's little more than its status.
_SIGNED = ("SIG", "HTTP", "LIB")
_SENT = ("HTTP", "SIG", "REQ")


def example_lines(example: Example) -> Iterator[str]:
    """The lines of one example."""
    if example.passes:
        note = example.exchange["note"] if example.exchange is not None else "nothing is sent"
        yield f"Case `{example.scenario}`{f': {plain(note)}' if note else ''}."
    else:
        yield f"Fault `{example.deviation}`: {plain(example.says)}"
        yield ""
        yield f"- Finding: {plain(example.message)} (case `{example.scenario}`)"
        yield f"- Expected: {code(example.expected)}"
        yield f"- Observed: {code(example.observed)}"
    if example.exchange is None:
        return
    yield ""
    if example.exchange["direction"] == "callback":
        yield "The callback, as it arrived, and the answer to it:"
        yield ""
    yield from fenced(_text(example), "http")


def _text(example: Example) -> str:
    assert example.exchange is not None
    signed = example.clause.startswith(_SIGNED)
    by_sending = example.clause.startswith(_SENT)
    request = request_text(_side(example.exchange["request"], _BODY, signed=signed))
    if by_sending and example.side == CLIENT:
        return request
    response = example.exchange["response"]
    if response is not None:
        response = _side(response, _ASIDE if by_sending else _BODY, signed=signed)
    return f"{request}\n\n{response_text({**example.exchange, 'response': response})}"


def _side(side: Mapping[str, Any], limit: int, *, signed: bool) -> dict[str, Any]:
    """A request or response without what only takes room."""
    headers = [
        (name, "(a valid signature)" if name.lower() == "authorization" and not signed else value)
        for name, value in side["headers"]
        if name.lower() not in _LEFT_OUT
    ]
    made = {**side, "headers": headers}
    body = side.get("body")
    if body is None and side.get("body_base64"):  # bytes that are no text
        data = base64.b64decode(side["body_base64"])
        body = data.decode("utf-8", "backslashreplace")
        made.pop("body_base64")
    if body and len(body) > limit:
        made.pop("body_note", None)
        body = f"{body[:limit]}\n(... {len(body) - limit} characters more)"
    made["body"] = body
    return made
