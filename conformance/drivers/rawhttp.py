"""Reading HTTP/1 messages from bytes as they come, without sockets (RFC 9112).

A judge has to see what really arrived: letter case and order of headers, repeated headers, how the
body was delimited and whether it was whole. A client library smooths that over or raises; these
readers keep it. They are bounded, so that a hostile peer costs a finding and nothing else.
"""

from __future__ import annotations

import re

from conformance.spec.wire import FailureKind, Framing, Headers, Request, Response

MAX_HEAD = 64 * 1024
MAX_BODY = 2 * 1024 * 1024
MAX_INTERIM = 16

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(r"\r?\n")
_STATUS_LINE = re.compile(r"(HTTP/1\.[0-9]) +([1-9][0-9]{2})(?: (.*))?")
_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^ ]+) (HTTP/1\.[0-9])")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_MAX_CHUNK_LINE = 4096
_QUOTED = 60  # characters of what cannot be read that a message shows
_OF_A_LONG_WORD = 8


class NotReadable(ValueError):
    """The peer's bytes cannot be read on; ``kind`` says as what that counts."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def quoted(text: str | bytes) -> str:
    """The beginning of what a peer sent, for a message.

    It ends between two words: secrets are taken out of messages later on, and half a secret would
    not be known as one.
    """
    if len(text) <= _QUOTED:
        return repr(text)
    words = text[: _QUOTED + 1].rsplit(None, 1)
    return f"{words[0] if len(words) > 1 else text[:_OF_A_LONG_WORD]!r}..."


class MessageReader:
    """Takes bytes (:meth:`feed`, :meth:`end`) until one message is whole (:attr:`done`).

    Both methods raise :class:`NotReadable`. What has been read by then stays available:
    ``head_done`` says whether there is a head, ``framing`` how far the body came.
    """

    def __init__(self) -> None:
        self.headers = Headers()
        self.version = ""
        self.head_done = False
        self.done = False
        #: The body ends where the connection does: neither a length nor chunks announce its end.
        self.until_close = False
        self._data = bytearray()
        self._body = bytearray()
        self._scanned = 0
        self._chunked = False
        self._left: int | None = 0  # bytes still to come of the body or chunk; None: until close
        self._in_chunk = False
        self._last_chunk = False
        self._trailer_bytes = 0

    @property
    def body(self) -> bytes:
        return bytes(self._body)

    @property
    def surplus(self) -> int:
        """Bytes that came after the end of the message."""
        return len(self._data) if self.done else 0

    @property
    def started(self) -> bool:
        """Whether anything of the message has come."""
        return self.head_done or bool(self._data)

    def begins(self, text: bytes) -> bool:
        """Whether what has come of a head that is not whole yet begins so."""
        return not self.head_done and self._data.startswith(text)

    @property
    def framing(self) -> Framing:
        return Framing(self._chunked, len(self._body), self.done, self.surplus)

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the connection."""
        self._data += data
        if not self.head_done:
            self._read_head()
        if self.head_done and not self.done:
            self._read_body()

    def end(self) -> None:
        """The peer has closed the connection. Raises unless that makes the message whole."""
        if self.done:
            return
        if not self.head_done:
            if self._data:
                raise NotReadable(FailureKind.RESET, "the connection broke inside the head")
            raise NotReadable(FailureKind.RESET, "the connection was closed without an answer")
        if self._left is None and not self._chunked:
            self.done = True
            return
        raise NotReadable(FailureKind.INCOMPLETE, self.shortfall())

    def shortfall(self) -> str:
        """One line about a body that is not whole."""
        if self._left is None:
            return f"after {len(self._body)} bytes nothing says where the body ends"
        if self._chunked:
            return f"the chunked body broke off after {len(self._body)} bytes"
        announced = len(self._body) + self._left
        return f"{announced} bytes of body were announced, {len(self._body)} came"

    # ---- the head ----

    def _read_head(self) -> None:
        while not self.head_done:
            match = _HEAD_END.search(self._data, max(0, self._scanned - 3))
            if match is None:
                self._scanned = len(self._data)
                self._refuse_early(self._data)
                return
            if match.end() > MAX_HEAD:
                raise NotReadable(FailureKind.TOO_LARGE, f"the head exceeds {MAX_HEAD} bytes")
            head = self._data[: match.start()].decode("latin-1")
            del self._data[: match.end()]
            self._scanned = 0
            lines = _LINE_END.split(head)
            if self._take_start_line(lines[0]):
                self.headers = Headers(tuple(_header_lines(lines[1:])))
                self.head_done = True
                self._frame()

    def _refuse_early(self, data: bytearray) -> None:
        if len(data) > MAX_HEAD:
            raise NotReadable(FailureKind.TOO_LARGE, f"the head exceeds {MAX_HEAD} bytes")

    def _take_start_line(self, line: str) -> bool:
        """Read the start line; False when the message that it begins is to be skipped."""
        raise NotImplementedError

    def _bodyless(self) -> bool:
        """Whether the message has no body whatever its headers say."""
        raise NotImplementedError

    def _frame(self) -> None:
        """RFC 9112, 6.3: where the body ends."""
        codings = [
            part.strip().lower()
            for value in self.headers.all("Transfer-Encoding")
            for part in value.split(",")
        ]
        codings = [each for each in codings if each and each != "identity"]
        if self._bodyless():
            self._left = 0
        elif codings and codings[-1] == "chunked":
            self._chunked = True
        elif codings:
            self._left = None
        else:
            self._left = self._announced()
        self.until_close = self._left is None

    def _announced(self) -> int | None:
        """The Content-Length to go by.

        Of contradictory ones it is the smallest: the bytes beyond it are then counted as surplus,
        and whoever judges sees the headers. One that is no number is as good as none.
        """
        values = [
            part.strip()
            for value in self.headers.all("Content-Length")
            for part in value.split(",")
        ]
        lengths = [
            int(each) for each in values if each.isascii() and each.isdigit() and len(each) < 16
        ]
        return min(lengths) if lengths else self._unannounced()

    def _unannounced(self) -> int | None:
        """The length of a body that no header announces; None: until the connection is closed."""
        raise NotImplementedError

    # ---- the body ----

    def _read_body(self) -> None:
        if self._chunked:
            self._read_chunks()
        elif self._left is None:
            self._keep(len(self._data))
        else:
            self._left -= self._keep(self._left)
            self.done = self._left == 0

    def _keep(self, most: int) -> int:
        """Move up to ``most`` bytes to the body and say how many."""
        count = min(most, len(self._data))
        if len(self._body) + count > MAX_BODY:
            raise NotReadable(FailureKind.TOO_LARGE, f"the body exceeds {MAX_BODY} bytes")
        self._body += self._data[:count]
        del self._data[:count]
        return count

    def _read_chunks(self) -> None:
        """RFC 9112, 7.1: sizes in hex, extensions and trailers passed over."""
        while not self.done:
            if self._left:
                self._left -= self._keep(self._left)
                if self._left:
                    return
            line = self._line()
            if line is None:
                return
            if self._in_chunk:
                if line:
                    raise self._bad_chunk("a chunk is not followed by the end of its line")
                self._in_chunk = False
            elif self._last_chunk:
                self.done = not line
            else:
                self._begin_chunk(line)

    def _begin_chunk(self, line: bytes) -> None:
        size = line.partition(b";")[0].strip()
        if _CHUNK_SIZE.fullmatch(size) is None:
            raise self._bad_chunk(f"{quoted(line)} is no chunk size")
        self._left = int(size, 16)
        self._in_chunk = self._left > 0
        self._last_chunk = self._left == 0

    def _line(self) -> bytes | None:
        """The next line without its end, or None while it has not come whole."""
        at = self._data.find(b"\n")
        if at < 0 and len(self._data) <= _MAX_CHUNK_LINE:
            return None
        self._trailer_bytes += at if self._last_chunk else 0
        if not 0 <= at <= _MAX_CHUNK_LINE or self._trailer_bytes > MAX_HEAD:
            raise self._bad_chunk("a line of the chunked body is too long")
        line = bytes(self._data[:at]).removesuffix(b"\r")
        del self._data[: at + 1]
        return line

    def _bad_chunk(self, what: str) -> NotReadable:
        at = len(self._body)
        return NotReadable(FailureKind.INCOMPLETE, f"bad chunked body after {at} bytes: {what}")


def _header_lines(lines: list[str]) -> list[tuple[str, str]]:
    """Names as they stand, values without the white space around them; folded lines joined."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and pairs:
            name, value = pairs[-1]
            pairs[-1] = (name, " ".join((value, line.strip(" \t"))))
            continue
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t")
        if not colon or _HEADER_NAME.fullmatch(name) is None:
            raise NotReadable(FailureKind.MALFORMED, f"{quoted(line)} is no header line")
        pairs.append((name, value.strip(" \t")))
    return pairs


class ResponseReader(MessageReader):
    """Reads the response to a request of ``method``; interim (1xx) responses are passed over."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.status = 0
        self.reason = ""
        self._method = method
        self._interim = 0

    @property
    def reusable(self) -> bool:
        """Whether another request may follow on the same connection (RFC 9112, 9.3)."""
        if not self.done or self.surplus or self.until_close or self.status == 101:
            return False
        wishes = ",".join(self.headers.all("Connection")).lower()
        options = {each.strip() for each in wishes.split(",")}
        return "close" not in options and (self.version != "HTTP/1.0" or "keep-alive" in options)

    @property
    def may_close(self) -> bool:
        """Whether the peer said, in words or by its version, that it closes after this message."""
        wishes = ",".join(self.headers.all("Connection")).lower()
        return "close" in wishes or (self.version == "HTTP/1.0" and "keep-alive" not in wishes)

    def response(self) -> Response | None:
        """The response as far as it has come; None while its head is not whole."""
        if not self.head_done:
            return None
        return Response(
            self.status, self.headers, self.body, self.reason, self.version, self.framing
        )

    def _refuse_early(self, data: bytearray) -> None:
        super()._refuse_early(data)
        begin = bytes(data[: _QUOTED + 1])
        if begin and not b"HTTP/".startswith(begin[:5]):
            raise _not_http(begin)

    def _take_start_line(self, line: str) -> bool:
        match = _STATUS_LINE.fullmatch(line)
        if match is None:
            raise _not_http(line.encode("latin-1"))
        self.version, self.status, self.reason = match[1], int(match[2]), match[3] or ""
        if not 100 <= self.status <= 199 or self.status == 101:
            return True
        self._interim += 1
        if self._interim > MAX_INTERIM:
            raise NotReadable(FailureKind.MALFORMED, f"more than {MAX_INTERIM} interim responses")
        return False

    def _bodyless(self) -> bool:
        return self._method == "HEAD" or self.status in (101, 204, 304)

    def _unannounced(self) -> int | None:
        return None


def _not_http(begin: bytes) -> NotReadable:
    if begin[:2] in (b"\x15\x03", b"\x16\x03"):
        message = "the answer is TLS, not HTTP: use https:// in the endpoint"
    else:
        message = f"the answer is not HTTP/1: it begins {quoted(begin)}"
    return NotReadable(FailureKind.MALFORMED, message)


class RequestReader(MessageReader):
    """Reads one request, as the callback receiver gets it."""

    def __init__(self) -> None:
        super().__init__()
        self.method = ""
        self.target = ""

    @property
    def wants_continue(self) -> bool:
        """Whether the sender holds its body back until it is told to go on (RFC 9110, 10.1.1)."""
        expects = (self.headers.get("Expect") or "").lower()
        return self.head_done and not self.done and expects == "100-continue"

    def request(self) -> Request | None:
        """The request as far as it has come; None while its head is not whole."""
        if not self.head_done:
            return None
        return Request(self.method, self.target, self.headers, self.body)

    def _take_start_line(self, line: str) -> bool:
        match = _REQUEST_LINE.fullmatch(line)
        if match is None:
            raise NotReadable(FailureKind.MALFORMED, f"{quoted(line)} is no request line")
        self.method, self.target, self.version = match[1], match[2], match[3]
        return True

    def _frame(self) -> None:
        """Where the body ends; one that announces too much is not waited for."""
        super()._frame()
        if self._left is not None and self._left > MAX_BODY:
            raise NotReadable(FailureKind.TOO_LARGE, f"the body exceeds {MAX_BODY} bytes")

    def _bodyless(self) -> bool:
        return False

    def _unannounced(self) -> int | None:
        return 0
