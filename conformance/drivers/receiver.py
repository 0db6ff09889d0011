"""The callback receiver: a small HTTP server that keeps what comes and answers as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from email.utils import formatdate
from http import HTTPStatus

from conformance.drivers.attribution import CallbackLog, callback_token
from conformance.drivers.limits import Larder
from conformance.drivers.rawhttp import NotReadable, RequestReader
from conformance.drivers.redaction import Redactor
from conformance.spec.wire import (
    Direction,
    Exchange,
    Failure,
    FailureKind,
    Framing,
    Headers,
    Request,
    Response,
)

_READ = 64 * 1024

#: Connections that wait to be taken: a crowd of them must not make the others wait for seconds.
_BACKLOG = 1024

Listener = Callable[[Exchange], None]


class ReceiverProblem(OSError):
    """The receiver cannot listen where it was told to; one line says why."""


class CallbackReceiver:
    """Listens on ``host:port`` (0: any free port) in a thread of its own from its making on.

    ``advertise`` is the host (or ``host:port``) at which the target reaches it, when that is not
    the bound one. ``timeout`` bounds the receiving of one callback in seconds, ``connections`` how
    many are taken at once (the one that has been silent longest makes room), ``most`` how many
    callbacks are kept. ``redactor`` takes secrets out of what is kept. Everything is safe to call
    from any thread.

    ``bound`` is the address that it listens on, ``base_url`` where the target is told to reach it.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        advertise: str | None = None,
        timeout: float = 10.0,
        connections: int = 64,
        most: int = 10_000,
        redactor: Redactor | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._timeout = timeout
        self._most_open = connections
        self._most = most
        self._redactor = redactor
        self._clock = clock
        self._changed = threading.Condition()
        self._statuses: dict[str, tuple[int, ...]] = {}
        self._answered: defaultdict[str, int] = defaultdict(int)
        self._log = CallbackLog()
        self._larder = Larder()
        self._listeners: tuple[Listener, ...] = ()
        self._open: set[asyncio.Task[None]] = set()
        #: Connections on which nothing has come yet, in the order in which they came.
        self._silent: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._closed = False
        sock = _listen(host, port)
        self.port: int = sock.getsockname()[1]
        self.bound = _authority(host, self.port)
        self.base_url = f"http://{_authority(advertise or host, self.port)}"
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._connected, sock=sock, limit=_READ, backlog=_BACKLOG)
        )
        self._thread = threading.Thread(target=self._serve, name="callbacks", daemon=True)
        self._thread.start()

    # ---- what the run asks of it ----

    def redact(self, redactor: Redactor) -> None:
        """Take secrets out of what comes from now on."""
        self._redactor = redactor

    def answer(self, token: str, statuses: Iterable[int]) -> None:
        """Answer the callbacks for ``token`` with these statuses, the last one for all that follow.

        Status 0: close the connection without an answer. Without this every callback gets 200.
        """
        with self._changed:
            self._statuses[token] = tuple(statuses)
            self._answered[token] = 0

    def wait(self, token: str, job_id: str, count: int, timeout: float) -> tuple[Exchange, ...]:
        """Wait until ``count`` callbacks have come or ``timeout`` seconds are over; all so far."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or len(self._log.find(token, job_id)) >= count, timeout
            )
            return self._log.find(token, job_id)

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener`` with each callback as it has come, in the receiver's own thread."""
        with self._changed:
            self._listeners = (*self._listeners, listener)

    def received(self, token: str, job_id: str) -> tuple[Exchange, ...]:
        """What has come for the URL of ``token`` or about ``job_id``, in order of arrival."""
        with self._changed:
            return self._log.find(token, job_id)

    def all(self) -> tuple[Exchange, ...]:
        with self._changed:
            return tuple(self._log.all)

    def close(self) -> None:
        """Stop listening and end every connection; what has come stays."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    # ---- the server ----

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._shut_down())
        finally:
            self._loop.close()

    async def _shut_down(self) -> None:
        self._server.close()
        self._loop.set_exception_handler(lambda *_: None)  # what is cut off here is no news
        # All tasks and not only the open ones: a connection may just be on its way in.
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one callback: the answer says that the connection ends."""
        task = asyncio.current_task()
        assert task is not None
        if len(self._open) >= self._most_open:
            longest = next(iter(self._silent), None)
            if longest is None:
                writer.transport.abort()
                return
            self._silent.pop(longest).transport.abort()
        self._open.add(task)
        self._silent[task] = writer
        try:
            async with asyncio.timeout(self._timeout * 2):
                await self._converse(reader, writer)
        except (OSError, TimeoutError):
            pass  # the sender went away, or never takes its answer: what came is kept already
        finally:
            self._open.discard(task)
            self._silent.pop(task, None)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun = time.monotonic()
        started = self._clock()
        message = RequestReader()
        failure = await self._receive(message, reader, writer)
        request = message.request()
        unkept = self._larder.refusal(len(request.body)) if request is not None else None
        if request is not None and unkept is not None:
            request, failure = replace(request, body=b""), failure or unkept
        if request is None:
            if failure is not None and failure.kind is not FailureKind.RESET:
                await _send(writer, _response(400, self._clock()))
            torn = failure is not None and failure.kind is FailureKind.RESET
            if not torn or not message.begins(b"POST "):
                return
            request = _TORN
        status = 400 if failure is not None else self._status(request)
        response = _response(status, self._clock()) if status else None
        exchange = Exchange(
            request,
            response,
            failure,
            started=started,
            elapsed=time.monotonic() - begun,
            direction=Direction.CALLBACK,
        )
        kept = self._keep(exchange)
        if response is None or request is _TORN:
            writer.transport.abort()
        elif not await _taken(reader, writer, response):
            self._forget_answer(kept)

    def _forget_answer(self, kept: Exchange) -> None:
        """The answer was lost on its way: for its sender the callback has had none."""
        with self._changed:
            self._log.replace(kept, replace(kept, response=None))

    async def _receive(
        self,
        message: RequestReader,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> Failure | None:
        """Read one request into ``message``; why it is not whole, or None."""
        told = False
        task = asyncio.current_task()
        assert task is not None
        try:
            async with asyncio.timeout(self._timeout):
                while not message.done:
                    data = await reader.read(_READ)
                    self._silent.pop(task, None)
                    message.feed(data) if data else message.end()
                    if message.wants_continue and not told:
                        told = True
                        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        except NotReadable as problem:
            return Failure(problem.kind, str(problem))
        except TimeoutError:
            return Failure(FailureKind.TIMEOUT, "the callback did not come whole in time")
        except OSError:
            return Failure(FailureKind.RESET, "the connection broke")
        return None

    def _status(self, request: Request) -> int:
        """The status that the next callback for this URL is to have."""
        token = callback_token(request)
        with self._changed:
            told = self._statuses.get(token) or (200,)
            turn = self._answered[token]
            self._answered[token] = turn + 1
            return told[min(turn, len(told) - 1)]

    def _keep(self, exchange: Exchange) -> Exchange:
        """Keep a callback, and give it back as it is kept."""
        if self._redactor is not None:
            exchange = self._redactor.exchange(exchange)
        with self._changed:
            if len(self._log.all) >= self._most:
                return exchange
            self._log.add(exchange)
            listeners = self._listeners
            self._changed.notify_all()
        for listener in listeners:
            listener(exchange)
        return exchange


#: What stands for a callback of which only the beginning came: it may have been any.
_TORN = Request("", "")

#: How long the sender may take to end the connection after its answer, in seconds, and how often
#: it may say more until then.
_PARTING = 1.0
_MOST_PARTING = 8


def _response(status: int, now: float) -> Response:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    headers = Headers(
        (
            ("Date", formatdate(now, usegmt=True)),
            ("Content-Length", "0"),
            ("Connection", "close"),
        )
    )
    return Response(status, headers, reason=reason, framing=Framing())


async def _taken(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, response: Response
) -> bool:
    """Send the answer; false when the connection broke before the sender can have had it."""
    try:
        await _send(writer, response)
        async with asyncio.timeout(_PARTING):
            for _ in range(_MOST_PARTING):
                if not await reader.read(_READ):
                    break
    except TimeoutError:
        return True
    except OSError:
        return False
    return True


async def _send(writer: asyncio.StreamWriter, response: Response) -> None:
    lines = [f"{response.version} {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    writer.write("\r\n".join((*lines, "\r\n")).encode("latin-1"))
    await writer.drain()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises :class:`ReceiverProblem`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise ReceiverProblem(
            f"callbacks: {host!r} is no address of this machine ({error})"
        ) from None
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        reason = error.strerror or str(error)
        raise ReceiverProblem(f"callbacks: cannot listen on {host}:{port}: {reason}") from None
    return sock


def _authority(host: str, port: int) -> str:
    """``host:port`` for a URL; ``host`` may bring its own port, or be a bare IPv6 address."""
    if host.count(":") > 1 and not host.startswith("["):
        return f"[{host}]:{port}"
    has_port = ":" in host.rpartition("]")[2]
    return host if has_port else f"{host}:{port}"
