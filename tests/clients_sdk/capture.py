"""A server on loopback that keeps requests byte for byte and answers with given bytes."""

import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_LENGTH = re.compile(rb"(?im)^content-length:\s*(\d+)")


@dataclass(frozen=True)
class Captured:
    """One request as it came over the wire."""

    raw: bytes

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def method(self) -> str:
        return self.head.split(" ", 1)[0]

    @property
    def target(self) -> str:
        """Path and query, whether the target came in origin form or in absolute form."""
        return re.sub(r"^http://[^/]+", "", self.head.split(" ", 2)[1])

    def header(self, name: str) -> str | None:
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


Answer = Callable[[Captured], bytes]


def response(status: str, body: bytes, *headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/xml",
        f"Content-Length: {len(body)}",
        "x-ci-request-id: NjMxMDJhYTNfMThhYTk0MGFfYmU1OV8zZjc=",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class CaptureServer:
    """Keeps connections alive; an answer without a Content-Length that it keeps closes them."""

    answer: Answer
    captured: list[Captured] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()

    @property
    def endpoint(self) -> dict[str, object]:
        host, port = self._listener.getsockname()[:2]
        return {"host": host, "port": port, "proxy": f"http://{host}:{port}"}

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while (request := _read(connection)) is not None:
                    self.captured.append(request)
                    answer = self.answer(request)
                    connection.sendall(answer)
                    if not _complete(answer):
                        return
            except OSError:  # the client went away: what it sent is kept
                return


def _complete(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return length is not None and int(length[1]) == len(body)


def _read(connection: socket.socket) -> Captured | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
        missing -= len(piece)
    return Captured(data)
