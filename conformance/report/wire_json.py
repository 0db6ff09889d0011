"""Exchanges as JSON: what was sent and what came back, text where it is text."""

from __future__ import annotations

import base64
from typing import Any

from conformance.spec.wire import Exchange, Headers, Request, Response

#: No more than this many bytes of a body are shown.
BODY_LIMIT = 64 * 1024


def exchange_json(exchange: Exchange) -> dict[str, Any]:
    """One entry of a result's ``exchanges``. The exchange has to be redacted already."""
    shown: dict[str, Any] = {
        "n": exchange.n,
        "scenario": exchange.scenario,
        "step": exchange.step,
        "direction": str(exchange.direction),
        "note": exchange.expect.note if exchange.expect is not None else "",
        "request": _request(exchange.request),
        "response": _response(exchange.response) if exchange.response is not None else None,
        "failure": None,
        "elapsed_s": round(exchange.elapsed, 6),
    }
    if exchange.failure is not None:
        shown["failure"] = {"kind": str(exchange.failure.kind), "message": exchange.failure.message}
    return shown


def _request(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "target": request.target,
        "headers": _headers(request.headers),
        **_body(request.body),
    }


def _response(response: Response) -> dict[str, Any]:
    return {
        "version": response.version,
        "status": response.status,
        "reason": response.reason,
        "headers": _headers(response.headers),
        **_body(response.body),
    }


def _headers(headers: Headers) -> list[list[str]]:
    return [[name, value] for name, value in headers]


def _body(body: bytes) -> dict[str, Any]:
    """``body`` as text when it is text, else ``body_base64``; a note when it is cut."""
    shown: dict[str, Any] = {}
    if len(body) > BODY_LIMIT:
        shown["body_note"] = f"the first {BODY_LIMIT} of {len(body)} bytes"
    part = body[:BODY_LIMIT]
    text = _text(part, cut=len(body) > BODY_LIMIT)
    if text is None:
        shown["body_base64"] = base64.b64encode(part).decode("ascii")
    else:
        shown["body"] = text
    return shown


def _text(part: bytes, *, cut: bool) -> str | None:
    """``part`` as UTF-8, or None when it is not text; a cut may have split a character."""
    for end in (len(part), *(range(len(part) - 1, len(part) - 4, -1) if cut else ())):
        try:
            text = part[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None
