"""One request read, and one answer sent, over a connected socket."""

from __future__ import annotations

import socket
import time

from conformance.clients.answers import Delivery
from conformance.drivers.rawhttp import RequestReader
from conformance.spec.wire import Request, Response

_READ = 64 * 1024

#: How long the next request is waited for on a connection that is kept alive, in seconds.
IDLE = 60.0

#: How long bytes of a body that nothing announced are waited for.
_AFTERTHOUGHT = 0.05


class IncomingRequest:
    """Reading one request from a connection, byte for byte."""

    def __init__(self, stream: socket.socket, patience: float, before: bytes) -> None:
        self._stream = stream
        self._patience = patience
        self._before = before
        self._reader = RequestReader()
        self._body = b""
        self.raw = b""
        self.left = b""  # bytes of a request that follows on the same connection
        self.arrived = 0.0
        self.complete = True

    def read(self) -> bool:
        """Read until the request is whole, or as far as it comes; False when there is none."""
        data = self._before or self._receive(IDLE)
        told = False
        while data:
            self.raw += data
            self._reader.feed(data)
            if self._reader.head_done and not self.arrived:
                self.arrived = time.time()
            if self._reader.done:
                self._body = self._reader.body
                self._surplus()
                return True
            if self._reader.wants_continue and not told:
                told = True
                self._stream.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            data = self._receive(self._patience if self._reader.head_done else IDLE)
        if not self._reader.head_done:
            return False
        self.complete = False
        self._body = self._reader.body
        return True

    def _receive(self, seconds: float) -> bytes:
        self._stream.settimeout(seconds)
        try:
            return self._stream.recv(_READ)
        except TimeoutError:
            return b""
        finally:
            self._stream.settimeout(IDLE)

    def _surplus(self) -> None:
        """Bytes after the announced end: more body, unless they begin another request."""
        request = self._reader.request()
        assert request is not None
        unannounced = request.method in ("POST", "PUT") and not (
            "Content-Length" in request.headers or "Transfer-Encoding" in request.headers
        )
        extra = self.raw[len(self.raw) - self._reader.surplus :] if self._reader.surplus else b""
        if unannounced and not extra:
            extra = self._receive(_AFTERTHOUGHT)
            self.raw += extra
        if extra and _begins_request(extra):
            self.left, self.raw = extra, self.raw[: len(self.raw) - len(extra)]
        else:
            self._body += extra

    @property
    def request(self) -> Request:
        """The request with an origin-form target and every byte of body that came."""
        read = self._reader.request()
        assert read is not None
        return Request(read.method, _origin_form(read), read.headers, self._body)


def _begins_request(data: bytes) -> bool:
    return data.split(b" ", 1)[0] in (b"GET", b"POST", b"PUT", b"DELETE", b"HEAD", b"OPTIONS")


def _origin_form(request: Request) -> str:
    """The target without scheme and authority, as a proxy is sent them."""
    scheme, found, rest = request.target.partition("://")
    if not found or scheme.lower() not in ("http", "https"):
        return request.target
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    path = rest[cut:]
    return path if path.startswith("/") else "/" + path


def send(stream: socket.socket, response: Response, delivery: Delivery) -> None:
    """Send ``response`` in the way that ``delivery`` names."""
    head, body = _head(response), response.body
    if delivery is Delivery.SLOW:
        _slowly(stream, head + body)
    elif delivery is Delivery.CHUNKED:
        stream.sendall(head + _chunked(body) + b"0\r\n\r\n")
    elif delivery is Delivery.CUT_CHUNKED:
        stream.sendall(head + _chunked(body[: len(body) // 2]))
    elif delivery is Delivery.CUT:
        stream.sendall(head + body[: len(body) // 2])
    else:
        stream.sendall(head + body)


def _head(response: Response) -> bytes:
    lines = [f"{response.version} {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _chunked(body: bytes, size: int = 97) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def _slowly(stream: socket.socket, data: bytes, *, pieces: int = 20, seconds: float = 0.5) -> None:
    size = max(1, len(data) // pieces)
    for at in range(0, len(data), size):
        stream.sendall(data[at : at + size])
        time.sleep(seconds / pieces)
