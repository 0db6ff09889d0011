"""One request and its response on an open socket, under one deadline."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from typing import Any

from urllib3.util.wait import wait_for_socket

from conformance.drivers.rawhttp import NotReadable, ResponseReader
from conformance.spec.wire import Failure, FailureKind, Response

_READ = 64 * 1024
_LEAST_PATIENCE = 0.5

_BLOCKED = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True, slots=True)
class Captured:
    """What one exchange gave. ``sent`` is false when not a byte of the request can have arrived.

    ``stale`` marks a kept connection that turned out dead before anything was answered, ``broke``
    one that ended before the answer was whole.
    """

    response: Response | None
    failure: Failure | None
    sent: bool = True
    stale: bool = False
    broke: bool = False


class Deadline:
    """One moment for everything that an exchange does, so that dripping bytes cannot outlive it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain. Raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Dialogue:
    """Writes one request and reads its response on an open socket.

    ``kept`` says that the connection has served an exchange before. Afterwards ``keep`` says
    whether it may serve another, ``silent`` whether a body stayed short though it stands.
    """

    def __init__(self, sock: Any, method: str, deadline: Deadline, *, kept: bool) -> None:
        self._sock = sock
        self._deadline = deadline
        self._kept = kept
        self._reader = ResponseReader(method)
        self._written = 0
        self._closed = False  # the peer ended its side, or the connection broke
        self._reset = False  # it broke
        self.keep = False
        self.silent = False

    def run(self, wire: bytes, patience: float) -> Captured:
        """Do it. ``patience`` is how long a body may pause, in seconds."""
        failure: Failure | None = None
        try:
            self._write(wire)
            self._read(max(patience, _LEAST_PATIENCE))
            quiet = self._quiet()
            self.keep = quiet and self._written == len(wire) and self._reader.reusable
        except NotReadable as problem:
            failure = Failure(FailureKind.RESET if self._reset else problem.kind, str(problem))
        except TimeoutError:
            failure = Failure(FailureKind.TIMEOUT, "no answer within the time-out")
        broke = failure is not None and self._closed
        stale = broke and self._kept and not self._reader.started
        return Captured(self._reader.response(), failure, bool(self._written), stale, broke)

    def _write(self, wire: bytes) -> None:
        """Send all of ``wire``, unless the peer answers or goes away before it is through."""
        view = memoryview(wire)
        self._sock.settimeout(0)
        while self._written < len(wire):
            try:
                self._written += self._sock.send(view[self._written : self._written + _READ])
            except _BLOCKED:
                wait_for_socket(self._sock, True, True, self._deadline.left())
                if self._take_early():
                    return
            except OSError:
                return  # an answer may lie there all the same: read on

    def _take_early(self) -> bool:
        """Read what is there while sending; true when it makes sending on pointless."""
        try:
            data = self._sock.recv(_READ)
        except _BLOCKED:
            return False
        except OSError:
            self._closed = self._reset = True
            return True
        self._closed = not data
        self._reader.feed(data)
        return self._closed or self._reader.head_done

    def _read(self, patience: float) -> None:
        reader = self._reader
        while not reader.done:
            data = b"" if self._closed else self._receive(patience)
            if data:
                reader.feed(data)
            else:
                self._closed = True
                reader.end()

    def _receive(self, patience: float) -> bytes:
        """The next bytes; none when the connection has ended."""
        left = self._deadline.left() if not self._reader.head_done else self._left(patience)
        self._sock.settimeout(left)
        try:
            return bytes(self._sock.recv(_READ))
        except TimeoutError:
            if self._reader.head_done:
                self.silent = True
                raise NotReadable(FailureKind.INCOMPLETE, self._shortfall()) from None
            raise
        except OSError:
            self._reset = True
            return b""

    def _left(self, patience: float) -> float:
        """How long to wait for more of the body."""
        try:
            left = self._deadline.left()
        except TimeoutError:
            raise NotReadable(FailureKind.INCOMPLETE, self._shortfall()) from None
        return left if self._reader.may_close and self._reader.until_close else min(left, patience)

    def _shortfall(self) -> str:
        return f"{self._reader.shortfall()}, and nothing more came"

    def _quiet(self) -> bool:
        """Whether the connection is as it should be after a whole response: open, and silent.

        Bytes that are there already belong to no response: they are counted as surplus.
        """
        self._sock.settimeout(0)
        try:
            data = self._sock.recv(_READ)
        except _BLOCKED:
            return True
        except OSError:
            return False
        self._reader.feed(data)
        return False
