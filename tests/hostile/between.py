"""A proxy that behaves well, but for what a test has it do to one exchange or another."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType

from conformance.drivers.rawhttp import ResponseReader
from tests.drivers.support.servers import RawServer, read_request


class Gone(Exception):
    """The conduct has ended the connection."""


class Turn:
    """One request that has come through, and the means to answer it.

    ``number`` counts the requests of all connections, from 0. ``ask`` passes the request on and
    returns the answer's bytes.
    """

    def __init__(self, conn: socket.socket, number: int, request: bytes, ask: Callable[[], bytes]):
        self.conn = conn
        self.number = number
        self.request = request
        self.ask = ask

    @property
    def method(self) -> str:
        return self.request.partition(b" ")[0].decode("latin-1")

    @property
    def target(self) -> str:
        return self.request.split(b" ", 2)[1].decode("latin-1")

    @property
    def is_create(self) -> bool:
        return self.request.startswith(b"POST /pic_jobs ")

    def pass_on(self) -> None:
        """Behave well."""
        self.conn.sendall(self.ask())


Conduct = Callable[[Turn], None]
"""What to do with one request; raises Gone (or OSError) when the connection ends with it."""


class Between:
    """Listens, and passes requests on to the server at ``address`` as ``conduct`` has it.

    ``greet`` is called with each new connection and its number before anything is read.
    """

    def __init__(
        self,
        address: tuple[str, int],
        conduct: Conduct,
        greet: Callable[[socket.socket, int], None] = lambda *_: None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._address = address
        self._conduct = conduct
        self._greet = greet
        self._lock = threading.Lock()
        self.turns = 0
        self.creates: list[bytes] = []  # bodies of creates that went on to the server
        self._server = RawServer(self._serve, context)
        self.url = self._server.url

    def __enter__(self) -> Between:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.__exit__(kind, error, trace)

    def _serve(self, conn: socket.socket, number: int) -> None:
        try:
            self._greet(conn, number)
            with socket.create_connection(self._address) as behind:
                behind.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while request := read_request(conn):
                    self._conduct(self._turn(conn, behind, request))
        except (Gone, ValueError, IndexError):  # not a request that this plain reader understands
            return

    def _turn(self, conn: socket.socket, behind: socket.socket, request: bytes) -> Turn:
        with self._lock:
            number = self.turns
            self.turns += 1

        def ask() -> bytes:
            if request.startswith(b"POST /pic_jobs "):
                self.creates.append(request.partition(b"\r\n\r\n")[2])
            behind.sendall(request)
            return answer_of(behind, request)

        return Turn(conn, number, request, ask)


def answer_of(conn: socket.socket, request: bytes) -> bytes:
    """The bytes of one whole response."""
    reader = ResponseReader(request.partition(b" ")[0].decode("latin-1"))
    data = b""
    while not reader.done:
        more = conn.recv(65536)
        if not more:
            reader.end()
            break
        data += more
        reader.feed(more)
    return data
