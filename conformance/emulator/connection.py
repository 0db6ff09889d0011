"""Between the HTTP server's library and the hooks: reads requests whole, writes deliveries raw.

The library (aiohttp's low-level server) frames requests and keeps connections; what goes out is
written by the hooks byte for byte, so that a deviation may answer in ways no library would.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import string
import struct
from collections.abc import Callable
from urllib.parse import quote

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_exceptions import BadHttpMethod, HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.values import Answer, Delivery, Incoming, Refusal
from conformance.spec.wire import Headers, Request

#: Bytes from a client are never worth a line on stderr: what the library says is dropped.
_SILENT = logging.getLogger("conformance.emulator.http")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False

_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_UNKNOWN_METHOD = re.compile(r"b['\"][A-Za-z-]{1,32} /[^ ]* HTTP/1\.[01]")

#: Seconds to go on reading a body that nobody wants, so that the client can read its answer.
LINGER = 2.0


class Reply(web.StreamResponse):
    """A delivery as the library wants to be handed a response."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__()
        self._delivery = delivery

    @property
    def keep_alive(self) -> bool | None:
        return not (self._delivery.close or self._delivery.abort)

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write the segments. Raises ConnectionResetError when the client has gone."""
        for segment in self._delivery.segments:
            if segment.delay:
                await asyncio.sleep(segment.delay)
            if request.transport is None:
                raise ConnectionResetError
            request.transport.write(segment.data)
            await request.writer.drain()
        if self._delivery.abort and request.transport is not None:
            reset(request.transport)
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to say: ``prepare`` wrote all."""


class Gateway:
    """Takes each request to the hooks and their answer back.

    ``settle`` is called after each request, when jobs may have changed; ``report`` with errors
    that are the emulator's own.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        settle: Callable[[], None],
        report: Callable[[BaseException], None],
    ) -> None:
        self.behaviour = behaviour
        self._settle = settle
        self.report = report

    async def answer(self, request: web.BaseRequest) -> Reply:
        """The reply to one request."""
        stands = request.keep_alive
        try:
            body, size, whole = await self._read_body(request)
        except (HttpProcessingError, web.RequestPayloadError, TimeoutError):
            return self.refuse(400, "InvalidContent", "the body did not arrive whole")
        received = Request(
            request.method, origin_form(request.raw_path), raw_headers(request), body
        )
        incoming = self.behaviour.receive(received, body_size=size, keep_alive=stands and whole)
        try:
            answer = self.behaviour.handle(incoming)
        except Exception as error:  # noqa: BLE001  whatever a hook raises, the client gets an answer
            self.report(error)
            answer = self.behaviour.fail(incoming, internal_error())
        self._settle()
        return self._reply(incoming, answer)

    def refuse(self, status: int, code: str, message: str) -> Reply:
        """The reply to what could not even be read as a request; the connection ends with it."""
        incoming = self.behaviour.receive(Request("", ""), keep_alive=False)
        return self._reply(incoming, self.behaviour.fail(incoming, Refusal(status, code, message)))

    def _reply(self, incoming: Incoming, answer: Answer) -> Reply:
        return Reply(self.behaviour.deliver(incoming, answer))

    async def _read_body(self, request: web.BaseRequest) -> tuple[bytes, int, bool]:
        """The body as far as it may be kept, the bytes that came, whether that was all of them."""
        if not request.body_exists:
            return b"", 0, True
        settings = self.behaviour.settings
        if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        kept = bytearray()
        size = 0
        async with asyncio.timeout(settings.body_timeout):
            while piece := await request.content.readany():
                size += len(piece)
                if size <= settings.body_limit:
                    kept += piece
                if size > settings.drain_limit:
                    return bytes(kept), size, False
        return bytes(kept), size, True


class Connection(RequestHandler):
    """One client connection; malformed HTTP gets the documented error and nothing else."""

    def __init__(self, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        settings = listener.gateway.behaviour.settings
        super().__init__(
            listener,
            loop=loop,
            keepalive_timeout=settings.idle_timeout,
            logger=_SILENT,
            access_log=None,  # type: ignore[arg-type]  # None is how the library spells "no log"
            max_line_size=settings.line_limit,
            max_field_size=settings.line_limit,
            max_headers=settings.header_limit,
            lingering_time=LINGER,
            auto_decompress=False,
        )
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; when there are too many, one that is idle makes room."""
        super().connection_made(transport)
        self._listener.make_room(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection has ended, whoever ended it."""
        self._listener.gone(self)
        super().connection_lost(exc)

    @property
    def idle(self) -> bool:
        """Whether no request is under way."""
        return self._current_request is None

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002  the library's signature
        status: int = 500,  # noqa: ARG002
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What the library calls when a request cannot be parsed, or when handling it failed."""
        gateway = self._listener.gateway
        if not isinstance(exc, HttpProcessingError):
            if exc is not None:
                gateway.report(exc)
            return gateway.refuse(500, "InternalError", "the emulator failed")
        if isinstance(exc, BadHttpMethod) and _UNKNOWN_METHOD.search(message or exc.message):
            return gateway.refuse(501, "NotImplemented", "the method is not known")
        return gateway.refuse(400, "InvalidArgument", "the request is not HTTP/1.1")


class Listener(web.Server):
    """Makes the connections of one emulator."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway.answer, handler_cancellation=True)
        self.gateway = gateway

        self._came: dict[Connection, None] = {}  # in the order in which they came

    def __call__(self) -> RequestHandler:
        return Connection(self, asyncio.get_running_loop())

    def make_room(self, new: Connection) -> None:
        """Take ``new`` in; beyond the limit the oldest idle connection goes, or the new one."""
        self._came[new] = None
        if len(self._came) > self.gateway.behaviour.settings.connection_limit:
            others = (each for each in self._came if each is not new and each.idle)
            victim = next(others, new)
            victim.force_close()
            self.gone(victim)

    def gone(self, connection: Connection) -> None:
        self._came.pop(connection, None)


def reset(transport: asyncio.Transport) -> None:
    """End a connection with a reset: closing a socket that does not linger sends one."""
    underneath = transport.get_extra_info("socket")
    if underneath is not None:
        underneath.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def origin_form(target: str) -> str:
    """The request target as path and query.

    A proxy's absolute form loses its origin; bytes that are not ASCII are percent-encoded.
    """
    origin = _ORIGIN.match(target)
    if origin:
        rest = target[origin.end() :]
        target = rest if rest.startswith("/") else f"/{rest}"
    if target.isascii():
        return target
    return quote(target.encode("utf-8", "surrogateescape"), safe=string.punctuation)


def raw_headers(request: web.BaseRequest) -> Headers:
    """The headers in the order and letter case in which they came, as latin-1 text."""
    return Headers.of(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers
    )


def internal_error() -> Refusal:
    return Refusal(500, "InternalError", "the emulator failed; its log says how")
