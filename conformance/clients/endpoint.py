"""The judging endpoint: an HTTP server on loopback that keeps what arrives and follows a script.

It speaks plain HTTP and, on the same port, TLS (for libraries that insist on https); it takes
origin-form and absolute-form targets, and CONNECT, as a proxy gets them. It judges nothing.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from conformance.checks.client_case import Call, Keys, Sent
from conformance.clients.answers import Answer, Delivery, failure
from conformance.clients.transfer import IDLE, IncomingRequest, send
from conformance.drivers.rawhttp import NotReadable
from conformance.spec.reading import Operation, operation_meant
from conformance.spec.signature import claimed_id
from conformance.spec.wire import Exchange, Failure, FailureKind, Request, Response

_TLS_HANDSHAKE = 0x16

#: How long the rest of an announced body is waited for, in seconds; less once a client has shown
#: that it announces more than it sends.
_PATIENCE = 2.0
_IMPATIENCE = 0.25
_RESIGNATION = 0.05
_FORGIVEN = 3
_MOST_CONNECTIONS = 64

#: What the hostile document's external entity asks for: nobody else would.
BAIT = "/picjobs-bait"


class Scripted(Protocol):
    """What a script holds: an answer, or what makes one of the request."""

    @property
    def delivery(self) -> Delivery: ...

    def for_request(self, request: Request) -> Answer: ...


@dataclass
class Sitting:
    """One case at the endpoint: the script, and what has arrived for it so far.

    ``call`` is None where nobody knows what the caller wants; ``keys`` are then the pairs that
    requests may be signed with, the first being the one to expect.
    """

    name: str
    call: Call | None
    script: Sequence[Scripted]
    keys: Sequence[Keys] = ()
    arrived: list[Arrival] = field(default_factory=list)

    def operation(self, request: Request) -> Operation:
        return operation_meant(request) if self.call is None else self.call.operation

    def keys_of(self, request: Request) -> Keys | None:
        """The keys that ``request`` should be signed with."""
        if self.call is not None:
            return self.call.keys
        claimed = claimed_id(request)
        known = (each for each in self.keys if each.secret_id == claimed)
        return next(known, self.keys[0] if self.keys else None)

    def given(self) -> tuple[Answer, ...]:
        """The answers that were given to the library's own requests, in order."""
        return tuple(each.answer for each in self.arrived if each.answer is not None)


@dataclass(frozen=True)
class Arrival:
    """One request as it arrived. ``raw`` holds its bytes as they came, body included."""

    sent: Sent
    raw: bytes = field(repr=False)
    answer: Answer | None


class JudgingEndpoint:
    """Listens on two loopback ports: the endpoint itself, and a stranger that redirects name.

    ``tls`` is the context to serve https with, or None. Cases follow each other: :meth:`begin`
    sets the script, and whatever arrives until the next :meth:`begin` belongs to that case. Safe to
    call from any thread; use as a context manager.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._lock = threading.Lock()
        self._sitting: Sitting | None = None
        self._open: set[socket.socket] = set()
        self._waiting: dict[socket.socket, None] = {}  # no request has come yet, oldest first
        self._closed = threading.Event()
        self._incomplete = 0
        self._count = 0
        self._listeners = [socket.create_server(("127.0.0.1", 0), backlog=1024) for _ in range(2)]
        self.port, self.stranger_port = (each.getsockname()[1] for each in self._listeners)
        for listener, stray in zip(self._listeners, (False, True), strict=True):
            threading.Thread(target=self._accept, args=(listener, stray), daemon=True).start()

    def __enter__(self) -> JudgingEndpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def stranger(self) -> str:
        """The authority that stands for a host outside the documented domain."""
        return f"127.0.0.1:{self.stranger_port}"

    @property
    def requests(self) -> int:
        """How many requests have arrived so far."""
        return self._count

    def begin(
        self, name: str, call: Call | None, script: Sequence[Scripted], keys: Sequence[Keys] = ()
    ) -> Sitting:
        """Start a case. Its sitting goes on filling until the next one begins."""
        sitting = Sitting(name, call, tuple(script), tuple(keys))
        with self._lock:
            self._sitting = sitting
            idle = tuple(self._open) if script and script[0].delivery is Delivery.REFUSE else ()
        for connection in idle:  # a kept-alive connection could no longer be refused
            _shut(connection)
        return sitting

    def close(self) -> None:
        """Stop listening and end every connection."""
        with self._lock:
            self._closed.set()
            connections = tuple(self._open)
        for each in (*self._listeners, *connections):
            _shut(each)

    # ---- connections, a thread each ----

    def _accept(self, listener: socket.socket, stray: bool) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:  # closed, or this process has no more files: connections will end
                self._closed.wait(0.05)
                continue
            if len(self._open) >= 2 * _MOST_CONNECTIONS:
                self._closed.wait(0.002)  # those that made room are still on their way out
            if not self._has_room(connection) or (not stray and self._refuses()):
                self._forget(connection)
                continue
            threading.Thread(target=self._guarded, args=(connection, stray), daemon=True).start()

    def _has_room(self, connection: socket.socket) -> bool:
        """Take it in; when there are too many, the one that has been silent longest goes."""
        with self._lock:
            longest = next(iter(self._waiting), None)
            crowded = len(self._open) >= _MOST_CONNECTIONS
            if crowded and longest is None:
                return False
            if crowded and longest is not None:
                del self._waiting[longest]
                with suppress(OSError):  # its own thread is woken by that, and closes it
                    longest.shutdown(socket.SHUT_RDWR)
            self._open.add(connection)
            self._waiting[connection] = None
            return True

    def _refuses(self) -> bool:
        """Whether the answer whose turn it is breaks the connection before the request."""
        with self._lock:
            sitting = self._sitting
            if sitting is None or self._next(sitting).delivery is not Delivery.REFUSE:
                return False
            sitting.script = sitting.script[1:] or sitting.script
            return True

    def _guarded(self, connection: socket.socket, stray: bool) -> None:
        layers = [connection]  # and TLS on it, and TLS within that, as a proxy has it
        try:
            self._converse(layers, stray)
        except (OSError, NotReadable, ValueError):
            pass  # the peer broke off: what had arrived is kept
        finally:
            for each in reversed(layers):
                self._forget(each)

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
            self._waiting.pop(connection, None)
        _shut(connection)

    def _converse(self, layers: list[socket.socket], stray: bool) -> None:
        layers[0].settimeout(IDLE)
        layers[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = self._secured(layers)
        before = b""
        last: Arrival | None = None
        while True:
            message = IncomingRequest(stream, self._patience(), before)
            try:
                if not message.read():
                    return
            except NotReadable:
                self._afterthought(last, message.raw)
                raise
            self._waiting.pop(stream, None)
            if message.request.method == "CONNECT":
                stream.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                stream = self._secured(layers)
                before = b""
                continue
            last = self._keep(message, stray)
            answer = last.answer or _STRANGE
            if not self._answer(stream, last, answer) or not message.complete:
                return
            before = message.left

    def _secured(self, layers: list[socket.socket]) -> socket.socket:
        """The innermost layer, under TLS when the peer begins with a handshake."""
        connection = layers[-1]
        if self._tls is None:
            return connection
        first = connection.recv(1, socket.MSG_PEEK)
        if not first or first[0] != _TLS_HANDSHAKE:
            return connection
        secure = self._tls.wrap_socket(connection, server_side=True)
        with self._lock:
            self._open.discard(connection)
            self._open.add(secure)
            if self._waiting.pop(connection, self) is None:
                self._waiting[secure] = None
        layers.append(secure)
        return secure

    def _patience(self) -> float:
        if self._incomplete < _FORGIVEN:
            return _PATIENCE
        return _IMPATIENCE if self._incomplete < 4 * _FORGIVEN else _RESIGNATION

    # ---- what arrives ----

    def _keep(self, message: IncomingRequest, stray: bool) -> Arrival:
        request, raw = message.request, message.raw
        named = request.headers.get("Host") == self.stranger  # reached as a proxy reaches it
        stray = stray or named or request.raw_path == BAIT
        with self._lock:
            self._count += 1
            self._incomplete += not message.complete
            sitting = self._sitting
            answer = None
            if sitting is not None and not stray:
                answer = self._next(sitting).for_request(request)
            sent = self._sent(sitting, message, stray, answer)
            arrival = Arrival(sent, raw, answer)
            if sitting is not None:
                sitting.arrived.append(arrival)
            return arrival

    @staticmethod
    def _next(sitting: Sitting) -> Scripted:
        own = len(sitting.given())
        return sitting.script[min(own, len(sitting.script) - 1)]

    def _sent(
        self, sitting: Sitting | None, message: IncomingRequest, stray: bool, answer: Answer | None
    ) -> Sent:
        given = sitting.given() if sitting is not None else ()
        request = message.request
        response, broke = self._response(answer or _STRANGE)
        exchange = Exchange(
            request,
            response,
            broke,
            scenario=sitting.name if sitting else "",
            step=f"request {len(sitting.arrived) + 1}" if sitting else "",
            started=message.arrived,
        )
        return Sent(
            exchange,
            Operation.OTHER if stray or sitting is None else sitting.operation(request),
            sitting.call if sitting is not None else None,
            sitting.keys_of(request) if sitting is not None else None,
            complete=message.complete,
            stray=stray,
            follows=bool(given) and 300 <= given[-1].status <= 399,
            answered=broke is None,
        )

    def _response(self, answer: Answer) -> tuple[Response | None, Failure | None]:
        """What is to be sent, and what is done to it on the way."""
        if answer.delivery is Delivery.BREAK:
            return None, Failure(FailureKind.RESET, "the endpoint broke the connection")
        response = answer.response(self._count, time.time(), self.stranger)
        if answer.whole:
            return response, None
        return response, Failure(FailureKind.INCOMPLETE, "the endpoint cut the body short")

    def _afterthought(self, last: Arrival | None, raw: bytes) -> None:
        """Bytes that are no request, after one: they were more of its body than it announced."""
        if last is None or not raw:
            return
        with self._lock:
            sitting = self._sitting
            if sitting is None or last not in sitting.arrived:
                return
            place = sitting.arrived.index(last)
            sent = last.sent
            request = sent.exchange.request
            longer = replace(request, body=request.body + raw)
            sent = replace(sent, exchange=replace(sent.exchange, request=longer))
            sitting.arrived[place] = replace(last, sent=sent, raw=last.raw + raw)

    # ---- what is answered ----

    def _answer(self, stream: socket.socket, arrival: Arrival, answer: Answer) -> bool:
        """Deliver ``answer``; whether the connection may go on."""
        response = arrival.sent.exchange.response
        if response is None:
            return False
        send(stream, response, answer.delivery)
        return "close" not in (response.headers.get("Connection") or "")


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        connection.close()


#: What a stranger answers, and the endpoint when no case is under way.
_STRANGE = failure(403, "AccessDenied", "This host does not serve the documented API.")
