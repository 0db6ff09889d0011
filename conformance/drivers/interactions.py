"""Exchanges as interactions of vcrpy's cassette format, and back.

vcrpy keeps method, URI, headers by name, and text bodies. What else a verdict needs stands under
the extra key ``picjobs`` of each interaction, which vcrpy passes over. An exchange without a
response has the response null: vcrpy loads the cassette and leaves that interaction out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from conformance.spec.wire import (
    Direction,
    Exchange,
    Failure,
    FailureKind,
    Framing,
    HeaderList,
    Headers,
    Request,
    Response,
)

_AUTHORITY = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_NOWHERE = "invalid"


class BadInteraction(ValueError):
    """Something in a recorded interaction is not what it has to be; ``place`` is its path."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


def to_interaction(exchange: Exchange, scheme: str) -> dict[str, Any]:
    """One exchange as plain data."""
    request, response = exchange.request, exchange.response
    extra: dict[str, Any] = {
        "scenario": exchange.scenario,
        "step": exchange.step,
        "direction": exchange.direction.value,
        "started": exchange.started,
        "elapsed": exchange.elapsed,
    }
    if exchange.n:
        extra["n"] = exchange.n
    if exchange.failure is not None:
        extra["failure"] = _put_failure(exchange.failure)
    if exchange.earlier:
        extra["earlier"] = [_put_failure(each) for each in exchange.earlier]
    host = request.headers.get("Host") or _NOWHERE
    uri = f"{scheme}://{host if _AUTHORITY.fullmatch(host) else _NOWHERE}{request.target}"
    if not request.target.startswith("/"):
        uri = f"{scheme}://{_NOWHERE}/"
        extra["target"] = request.target
    written = {
        "method": request.method,
        "uri": uri,
        "body": _put_body(request.body, "request_body", extra),
        "headers": _put_headers(request.headers.items, "request_headers", extra),
    }
    answer = None if response is None else _put_response(response, extra)
    return {"request": written, "response": answer, "picjobs": extra}


def _put_failure(failure: Failure) -> dict[str, str]:
    return {"kind": failure.kind.value, "message": failure.message}


def _put_response(response: Response, extra: dict[str, Any]) -> dict[str, Any]:
    framing = response.framing
    extra["version"] = response.version
    extra["framing"] = {
        "chunked": framing.chunked,
        "received": framing.received,
        "complete": framing.complete,
        "extra": framing.extra,
    }
    return {
        "status": {"code": response.status, "message": response.reason},
        "headers": _put_headers(response.headers.items, "response_headers", extra),
        "body": {"string": _put_body(response.body, "response_body", extra) or ""},
    }


def _put_body(body: bytes, key: str, extra: dict[str, Any]) -> str | None:
    """A body as text; one that is not UTF-8 stands in ``extra`` as Base64 too."""
    if not body:
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        extra[key] = base64.b64encode(body).decode("ascii")
        return body.decode("utf-8", "replace")


def _put_headers(items: HeaderList, key: str, extra: dict[str, Any]) -> dict[str, list[str]]:
    """Headers by name; where that loses their order the list stands in ``extra`` too."""
    grouped: dict[str, list[str]] = {}
    for name, value in items:
        grouped.setdefault(name, []).append(value)
    if len(grouped) != len(items):
        extra[key] = [list(pair) for pair in items]
    return grouped


def from_interaction(data: object, place: str) -> Exchange:
    """Read one interaction, ours or another program's. Raises :class:`BadInteraction`."""
    reader = _Reader(place)
    whole = reader.mapping(data, "")
    extra = reader.mapping(whole.get("picjobs", {}), "picjobs")
    request = reader.request(reader.mapping(whole.get("request"), "request"), extra)
    answer = whole.get("response")
    response = None
    if answer is not None:
        head = request.method == "HEAD"
        response = reader.response(reader.mapping(answer, "response"), extra, head=head)
    return Exchange(
        request,
        response,
        reader.failure(extra.get("failure")),
        n=int(reader.number(extra.get("n", 0), "picjobs.n")),
        scenario=reader.text(extra.get("scenario", ""), "picjobs.scenario"),
        step=reader.text(extra.get("step", ""), "picjobs.step"),
        started=reader.number(extra.get("started", 0.0), "picjobs.started"),
        elapsed=reader.number(extra.get("elapsed", 0.0), "picjobs.elapsed"),
        direction=reader.one_of(
            Direction, extra.get("direction", Direction.REQUEST.value), "picjobs.direction"
        ),
        earlier=reader.earlier(extra.get("earlier", [])),
    )


class _Reader:
    """Takes typed values out of plain data and names the place where one is wrong."""

    def __init__(self, place: str) -> None:
        self._place = place

    def request(self, data: Mapping[str, Any], extra: Mapping[str, Any]) -> Request:
        uri = self.text(data.get("uri"), "request.uri")
        origin = _URI.match(uri)
        target = uri[origin.end() :] if origin else uri
        target = target.partition("#")[0]
        headers = self.headers(data.get("headers"), extra, "request")
        if origin and not extra and "Host" not in headers:  # as client libraries record it
            host = origin[0].partition("://")[2].rpartition("@")[2]
            headers = Headers((("Host", host), *headers.items))
        return Request(
            _as_latin1(self.text(data.get("method"), "request.method")),
            self.text(extra.get("target", target if target[:1] == "/" else f"/{target}"), "target"),
            headers,
            self.body(data.get("body"), extra, "request"),
        )

    def response(
        self, data: Mapping[str, Any], extra: Mapping[str, Any], *, head: bool
    ) -> Response:
        status = self.mapping(data.get("status"), "response.status")
        body = data.get("body")
        held = body.get("string") if isinstance(body, Mapping) else body
        content = self.body(held, extra, "response")
        headers = self.headers(data.get("headers"), extra, "response")
        return Response(
            int(self.number(status.get("code"), "response.status.code")),
            headers,
            content,
            self.text(status.get("message") or "", "response.status.message"),
            self.text(extra.get("version", "HTTP/1.1"), "picjobs.version"),
            self.framing(extra.get("framing"), headers, content, head=head),
        )

    def framing(self, data: object, headers: Headers, body: bytes, *, head: bool) -> Framing:
        """As recorded; a foreign cassette tells no more than what the headers let one infer."""
        if data is None:
            announced = headers.get("Content-Length") or ""
            received = len(body)
            if headers.get("Content-Encoding") or head:
                received = int(announced) if _is_length(announced) else received
            chunked = "chunked" in (headers.get("Transfer-Encoding") or "").lower()
            return Framing(chunked=chunked, received=received)
        held = self.mapping(data, "picjobs.framing")
        return Framing(
            chunked=held.get("chunked") is True,
            received=int(self.number(held.get("received"), "picjobs.framing.received")),
            complete=held.get("complete") is not False,
            extra=int(self.number(held.get("extra", 0), "picjobs.framing.extra")),
        )

    def failure(self, data: object, place: str = "picjobs.failure") -> Failure | None:
        if data is None:
            return None
        held = self.mapping(data, place)
        kind = self.one_of(FailureKind, held.get("kind"), f"{place}.kind")
        return Failure(kind, self.text(held.get("message", ""), f"{place}.message"))

    def earlier(self, data: object) -> tuple[Failure, ...]:
        place = "picjobs.earlier"
        found = (self.failure(each, place) for each in self.sequence(data, place))
        return tuple(each for each in found if each is not None)

    def headers(self, data: object, extra: Mapping[str, Any], side: str) -> Headers:
        ordered = extra.get(f"{side}_headers")
        if ordered is not None:
            place = f"picjobs.{side}_headers"
            pairs = self.sequence(ordered, place)
            return Headers(tuple(self._pair(each, f"{place}[{i}]") for i, each in enumerate(pairs)))
        held = self.mapping({} if data is None else data, f"{side}.headers")
        found: list[tuple[str, str]] = []
        for name, values in held.items():
            several = values if isinstance(values, list) else [values]
            place = f"{side}.headers.{name}"
            said = _as_latin1(name)
            found.extend((said, self._header_value(each, place)) for each in several)
        return Headers(tuple(found))

    def _pair(self, data: object, place: str) -> tuple[str, str]:
        pair = self.sequence(data, place)
        if len(pair) != 2:
            raise self.wrong(place, "a name and a value")
        return _as_latin1(self.text(pair[0], place)), self._header_value(pair[1], place)

    def _header_value(self, value: object, place: str) -> str:
        if isinstance(value, bytes):
            return value.decode("latin-1")
        return _as_latin1(self.text(value, place))

    def body(self, value: object, extra: Mapping[str, Any], side: str) -> bytes:
        coded = extra.get(f"{side}_body")
        if coded is not None:
            place = f"picjobs.{side}_body"
            try:
                return base64.b64decode(self.text(coded, place), validate=True)
            except (binascii.Error, ValueError):
                raise self.wrong(place, "Base64") from None
        if value is None:
            return b""
        if isinstance(value, bytes):
            return value
        return self.text(value, f"{side}.body").encode("utf-8", "surrogatepass")

    def mapping(self, value: object, place: str) -> Mapping[str, Any]:
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return value
        raise self.wrong(place, "an object")

    def sequence(self, value: object, place: str) -> list[Any]:
        if isinstance(value, list | tuple):
            return list(value)
        raise self.wrong(place, "a list")

    def text(self, value: object, place: str) -> str:
        if isinstance(value, str):
            return value
        raise self.wrong(place, "text")

    def number(self, value: object, place: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
            return value
        raise self.wrong(place, "a number")

    def one_of(self, kind: type[Any], value: object, place: str) -> Any:
        try:
            return kind(value)
        except ValueError:
            raise self.wrong(place, f"one of {', '.join(each.value for each in kind)}") from None

    def wrong(self, place: str, wanted: str) -> BadInteraction:
        full = f"{self._place}.{place}".rstrip(".") if place else self._place
        return BadInteraction(full, f"is not {wanted}")


def _as_latin1(text: str) -> str:
    """Headers are latin-1 text here; a foreign cassette may hold any text, lone surrogates too."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("latin-1")
    return text


def _is_length(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
