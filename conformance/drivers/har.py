"""Reading HAR 1.2 files, entry by entry, as exchanges.

A HAR file is untrusted, and written by many programs in many ways: what the format requires and
the suite needs has to be there, everything else may be missing. What concerns other servers is not
looked at more closely than it takes to tell so. Bodies in it are decoded (compression, chunks), so
their lengths on the wire are not known.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.drivers.json_stream import JsonStream
from conformance.drivers.recording import RecordingProblem
from conformance.spec.wire import (
    Exchange,
    Failure,
    FailureKind,
    Framing,
    Headers,
    Request,
    Response,
)

_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_VERSION = re.compile(r"(?:HTTP/|h)(\d(?:\.\d)?)", re.IGNORECASE)

#: An XML declaration with one of the encodings that documents are written in.
_DECLARED = re.compile(
    r"""\A\ufeff?\s*<\?xml[^>]{0,80}?\bencoding\s*=\s*["']"""
    r"(utf-8|utf-16|gbk|gb2312|gb18030|big5|iso-8859-\d{1,2}|us-ascii|windows-125\d|shift_jis)"
    r"""["']""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HarEntry:
    """One entry of ``log.entries``, not yet read: ``number`` counts from 0."""

    path: Path
    number: int
    data: Mapping[str, Any]

    @property
    def place(self) -> str:
        return f"log.entries[{self.number}]"

    @property
    def request_line(self) -> tuple[str, str]:
        """Method and URL, ``""`` for what is not there as text: enough to tell whose it is."""
        request = self.data.get("request")
        held = request if isinstance(request, dict) else {}
        method, url = held.get("method"), held.get("url")
        return (
            method if isinstance(method, str) else "",
            url if isinstance(url, str) else "",
        )

    def exchange(self) -> Exchange:
        """The whole entry. Raises :class:`RecordingProblem`, with the place, when it is wrong.

        ``started`` is 0.0 when the entry does not say when it was sent. An entry without an answer
        has no response; one whose body was not saved has the failure INCOMPLETE.
        """
        reader = _Reader(self.path, self.place)
        request = reader.request(reader.mapping(self.data.get("request"), "request"))
        response, failure = reader.answer(self.data.get("response"), request)
        return Exchange(
            request,
            response,
            failure,
            started=reader.moment(self.data.get("startedDateTime")),
            elapsed=reader.seconds(self.data.get("time")),
        )


def har_entries(stream: JsonStream, path: Path) -> Iterator[HarEntry]:
    """The entries of the ``log`` that comes next in ``stream``.

    Raises :class:`RecordingProblem` when there is no list of entries in it.
    """
    if stream.peek() != "{":
        raise RecordingProblem(path, "log", "is not an object; give a HAR 1.2 file")
    found = False
    for name in stream.members():
        if name != "entries" or found:
            stream.value()
            continue
        found = True
        if stream.peek() != "[":
            raise RecordingProblem(path, "log.entries", "is not a list; give a HAR 1.2 file")
        for number in stream.items():
            data = stream.value()
            if not isinstance(data, dict):
                raise RecordingProblem(path, f"log.entries[{number}]", "is not an object")
            yield HarEntry(path, number, data)
    if not found:
        raise RecordingProblem(path, "log", "has no entries; give a HAR 1.2 file")


class _Reader:
    """Takes typed values out of one entry and names the place where one is wrong."""

    def __init__(self, path: Path, place: str) -> None:
        self._path = path
        self._entry = place

    # ---- the request ----

    def request(self, data: Mapping[str, Any]) -> Request:
        method = self.text(data.get("method"), "request.method")
        if not _METHOD.fullmatch(method):
            raise self.wrong("request.method", "the name of an HTTP method")
        url = self.text(data.get("url"), "request.url")
        origin = _ORIGIN.match(url)
        if origin is None or _SURROGATE.search(url):
            raise self.wrong("request.url", "an absolute URL")
        target = url[origin.end() :].partition("#")[0]
        headers = self.headers(data.get("headers"), "request.headers")
        if "Host" not in headers:
            headers = Headers((("Host", _authority(headers, origin[0])), *_plain(headers)))
        else:
            headers = Headers(_plain(headers))
        body, media = self._posted(data.get("postData"))
        if media and "Content-Type" not in headers:
            headers = Headers((*headers.items, ("Content-Type", media)))
        return Request(method, target if target[:1] == "/" else f"/{target}", headers, body)

    def _posted(self, data: object) -> tuple[bytes, str]:
        """The body of a request and its media type."""
        if data is None:
            return b"", ""
        held = self.mapping(data, "request.postData")
        media = held.get("mimeType")
        body = self.content(held, "request.postData")
        return body or b"", _latin(media) if isinstance(media, str) and _one_line(media) else ""

    # ---- the response ----

    def answer(self, data: object, request: Request) -> tuple[Response | None, Failure | None]:
        """The response; a browser writes status 0 where none came."""
        if data is None:
            return None, None
        held = self.mapping(data, "response")
        status = self.number(held.get("status"), "response.status")
        if not status:
            return None, None
        if not 100 <= status <= 999 or status != int(status):
            raise self.wrong("response.status", "a status code")
        headers = Headers(_plain(self.headers(held.get("headers"), "response.headers")))
        content = self.mapping(held.get("content") or {}, "response.content")
        body = self.content(content, "response.content")
        response = Response(
            int(status),
            headers,
            body or b"",
            self.text(held.get("statusText") or "", "response.statusText"),
            _version(held.get("httpVersion")),
            _framing(headers, body or b""),
        )
        if body is None and request.method != "HEAD" and _had_body(content, headers):
            message = "the capture does not hold the body of the response; save it with content"
            return response, Failure(FailureKind.INCOMPLETE, message)
        return response, None

    # ---- parts ----

    def content(self, data: Mapping[str, Any], place: str) -> bytes | None:
        """A body, or None when its text was not saved."""
        text = data.get("text")
        if text is None:
            return None
        text = self.text(text, f"{place}.text")
        encoding = data.get("encoding")
        if isinstance(encoding, str) and encoding.lower() == "base64":
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                raise self.wrong(f"{place}.text", "Base64, as its encoding says") from None
        return _bytes(text)

    def headers(self, data: object, place: str) -> Headers:
        """A header list; several values of one name may stand in one, a line each."""
        if data is None:
            return Headers()
        if not isinstance(data, list):
            raise self.wrong(place, "a list")
        found: list[tuple[str, str]] = []
        for number, each in enumerate(data):
            here = f"{place}[{number}]"
            pair = self.mapping(each, here)
            name = self.text(pair.get("name"), f"{here}.name")
            value = self.text(pair.get("value"), f"{here}.value")
            found.extend((_latin(name), _latin(line)) for line in value.split("\n"))
        return Headers(tuple(found))

    def moment(self, value: object) -> float:
        """Unix seconds of an ISO 8601 moment; 0.0 when there is none, or none with a zone."""
        if value is None or value == "":
            return 0.0
        text = self.text(value, "startedDateTime")
        try:
            moment = datetime.fromisoformat(text)
            return max(moment.timestamp(), 0.0) if moment.tzinfo is not None else 0.0
        except (ValueError, OverflowError):
            raise self.wrong("startedDateTime", "an ISO 8601 date and time") from None

    def seconds(self, value: object) -> float:
        """``time`` is in milliseconds, and -1 where it is not known."""
        number = 0.0 if value is None else self.number(value, "time")
        return max(number, 0.0) / 1000

    def mapping(self, value: object, place: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        raise self.wrong(place, "an object")

    def text(self, value: object, place: str) -> str:
        if isinstance(value, str):
            return value
        raise self.wrong(place, "text")

    def number(self, value: object, place: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
            return value
        raise self.wrong(place, "a number")

    def wrong(self, place: str, wanted: str) -> RecordingProblem:
        mend = f"is not {wanted}; write the HAR file again"
        return RecordingProblem(self._path, f"{self._entry}.{place}", mend)


def _authority(headers: Headers, origin: str) -> str:
    """The Host that was meant where no header of that name was kept."""
    given = headers.get(":authority")
    if given:
        return given
    authority = origin.partition("://")[2].rpartition("@")[2]
    try:
        parts = urlsplit(f"//{authority}")
        default = {"http": 80, "https": 443}.get(origin.partition("://")[0].lower())
        bare = parts.port is not None and parts.port == default
    except ValueError:
        return _latin(authority)
    return _latin(authority.rpartition(":")[0] if bare else authority)


def _plain(headers: Headers) -> tuple[tuple[str, str], ...]:
    """The headers without those that HTTP/2 has in place of the request line."""
    return tuple(pair for pair in headers if not pair[0].startswith(":"))


def _version(value: object) -> str:
    """``HTTP/1.1`` in one of its spellings; browsers write ``h2``, or nothing they know."""
    match = _VERSION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return "HTTP/1.1"
    number = match[1]
    return f"HTTP/{number.removesuffix('.0') if number[0] in '23' else number}"


def _framing(headers: Headers, body: bytes) -> Framing:
    chunked = "chunked" in (headers.get("Transfer-Encoding") or "").lower()
    return Framing(chunked=chunked, received=len(body))


def _had_body(content: Mapping[str, Any], headers: Headers) -> bool:
    """Whether there was something to save."""
    size = content.get("size")
    if isinstance(size, int | float) and size > 0:
        return True
    announced = headers.get("Content-Length")
    return announced.strip() != "0" if announced is not None else size != 0


def _bytes(text: str) -> bytes:
    """Text as the bytes that it was: in the encoding that an XML document declares, else UTF-8."""
    declared = _DECLARED.match(text[:200])
    for name in (declared[1] if declared else "utf-8", "utf-8"):
        try:
            return text.encode(name)
        except (UnicodeError, LookupError):
            continue
    return text.encode("utf-8", "surrogatepass")


def _latin(text: str) -> str:
    """Header text as latin-1, as which its bytes travel."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("latin-1")
    return text


def _one_line(text: str) -> bool:
    return bool(text) and not any(character in text for character in "\r\n\0")
