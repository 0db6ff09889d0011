"""One exchange over the network: requests pools, connects and does TLS; the bytes are ours.

`requests` is made for clients: it re-quotes targets, folds repeated headers, adds its own, undoes
compression and follows redirects. A judge needs none of that, so an adapter takes the connections
of its pool and writes and reads the wire itself.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from typing import Any

from requests import PreparedRequest
from requests import Response as RequestsResponse
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_match_hostname import CertificateError

from conformance.drivers.dialogue import Captured, Deadline, Dialogue
from conformance.spec.wire import Failure, FailureKind, Request

#: A body that stops short is waited for a fifth of the time-out, and less each time that it was in
#: vain: a target that always announces too much shall not cost the whole time-out every time.
_PATIENCE = 0.2


class WireRequest(PreparedRequest):
    """A prepared request that is sent as ``sealed`` has it, byte by byte."""

    def __init__(self, url: str, sealed: Request, timeout: float) -> None:
        super().__init__()
        self.method = sealed.method
        self.url = url
        self.headers = CaseInsensitiveDict()
        self.hooks = {"response": []}
        self.sealed = sealed
        self.timeout = timeout

    def wire(self) -> bytes:
        """The request as it goes over the connection."""
        sealed = self.sealed
        lines = [f"{sealed.method} {sealed.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in sealed.headers]
        return "\r\n".join((*lines, "\r\n")).encode("latin-1") + sealed.body


class WireResponse(RequestsResponse):
    """What the adapter hands back: nothing but what was captured."""

    def __init__(self, captured: Captured) -> None:
        super().__init__()
        self.captured = captured


class Lifelines:
    """A second handle on every open connection, through which blocked threads are woken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._cut = False

    def add(self, sock: socket.socket) -> socket.socket:
        """Take ``sock`` in. Raises ConnectionAbortedError once they have been cut."""
        line = sock.dup()
        with self._lock:
            if not self._cut:
                self._open.add(line)
                return line
        line.close()
        raise ConnectionAbortedError("interrupted")

    def drop(self, line: socket.socket) -> None:
        with self._lock:
            self._open.discard(line)
        line.close()

    def cut(self) -> None:
        """End every connection now; none can be opened afterwards."""
        with self._lock:
            self._cut = True
            for line in self._open:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


class _Lively:
    """A connection of either scheme whose socket has a lifeline and one deadline for connecting."""

    lifelines: Lifelines
    deadline: Deadline
    _line: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        conn: Any = self
        try:
            found = socket.getaddrinfo(conn.host.strip("[]"), conn.port, 0, socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(conn.host, conn, _gaierror(error)) from error
        problem: OSError = OSError("the name has no address")
        for family, kind, protocol, _, address in found:
            sock = socket.socket(family, kind, protocol)
            try:
                self._line = self.lifelines.add(sock)
                sock.settimeout(self.deadline.left())
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.connect(address)
            except OSError as error:
                self._drop_line()
                sock.close()
                problem = error
            else:
                return sock
        reason = "timed out" if isinstance(problem, TimeoutError) else problem.strerror or problem
        raise NewConnectionError(conn, str(reason)) from problem

    def close(self) -> None:
        super().close()  # type: ignore[misc]  # a mixin: the connection class is what follows
        self._drop_line()

    def _drop_line(self) -> None:
        if self._line is not None:
            self.lifelines.drop(self._line)
            self._line = None


def _gaierror(error: Exception) -> socket.gaierror:
    return error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))


class _Connection(_Lively, HTTPConnection):
    """Plain TCP."""


class _SecureConnection(_Lively, HTTPSConnection):
    """TCP with TLS; urllib3 verifies the certificate against the name that was connected to."""


class _Pool(HTTPConnectionPool):
    """Lends connections out; urllib3 has no public way of it, subclasses have."""

    ConnectionCls: type[Any] = _Connection

    def borrow(self, lifelines: Lifelines, deadline: Deadline) -> Any:
        """A connection that is open and quiet, or a closed one to be opened."""
        conn: Any = self._get_conn()
        conn.lifelines = lifelines
        conn.deadline = deadline
        return conn

    def open(self, conn: Any, deadline: Deadline) -> None:
        """Connect, with TLS and through a tunnel where the pool is made for it."""
        conn.timeout = deadline.left()
        if self.proxy is not None:
            self._prepare_proxy(conn)
        else:
            conn.connect()

    def give_back(self, conn: Any) -> None:
        self._put_conn(conn)


class _SecurePool(_Pool, HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class WireAdapter(HTTPAdapter):
    """The adapter that sends :class:`WireRequest` and never raises for what a peer does.

    ``connections`` is how many are kept for reuse: as many as there are threads. ``context`` is for
    https endpoints. ``proxy`` is the URL of a proxy to tunnel through, for https endpoints only:
    what is sent inside the tunnel stays as it is.
    """

    def __init__(self, connections: int, context: ssl.SSLContext | None, proxy: str | None) -> None:
        self.lifelines = Lifelines()
        self._context = context
        self._proxy = proxy
        self._pools: dict[str, _Pool] = {}
        self._patience = 1.0
        super().__init__(pool_maxsize=connections, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def send(  # type: ignore[override]  # nothing but WireRequest is ever sent through it
        self, request: WireRequest, *_args: Any, **_kwargs: Any
    ) -> WireResponse:
        """Do one exchange; what requests would have it do about TLS and proxies is settled."""
        pool = self._pool(str(request.url))
        wire = request.wire()
        deadline = Deadline(request.timeout)
        captured = self._exchange(pool, wire, request, deadline)
        if captured.stale and (not captured.sent or request.sealed.method == "GET"):
            captured = self._exchange(pool, wire, request, deadline, fresh=True)
        return WireResponse(captured)

    def _pool(self, url: str) -> _Pool:
        pool = self._pools.get(url)
        if pool is None:
            manager = self.poolmanager
            if self._proxy is not None:
                manager = self.proxy_manager_for(self._proxy)
                manager.pool_classes_by_scheme = _POOLS
            tls = None if self._context is None else {"ssl_context": self._context}
            found: Any = manager.connection_from_url(url, pool_kwargs=tls)
            pool = self._pools.setdefault(url, found)
        return pool

    def _exchange(
        self,
        pool: _Pool,
        wire: bytes,
        request: WireRequest,
        deadline: Deadline,
        *,
        fresh: bool = False,
    ) -> Captured:
        conn = pool.borrow(self.lifelines, deadline)
        if fresh:
            conn.close()
        kept = not conn.is_closed
        keep = False
        try:
            if not kept:
                problem = _open(pool, conn, deadline)
                if problem is not None:
                    return Captured(None, problem, sent=False)
            dialogue = Dialogue(conn.sock, request.sealed.method, deadline, kept=kept)
            captured = dialogue.run(wire, self._patience * _PATIENCE * request.timeout)
            keep = dialogue.keep
            if dialogue.silent:
                self._patience /= 2
            return captured
        finally:
            if not keep:
                conn.close()
            pool.give_back(conn)


def _open(pool: _Pool, conn: Any, deadline: Deadline) -> Failure | None:
    """Connect; what went wrong, or None."""
    where = f"{conn.host}:{conn.port}"
    try:
        pool.open(conn, deadline)
    except NameResolutionError:
        return Failure(FailureKind.CONNECT, f"cannot connect to {where}: the name does not resolve")
    except NewConnectionError as error:
        return Failure(FailureKind.CONNECT, f"cannot connect to {where}: {_line(error)}")
    except (ssl.SSLError, CertificateError) as error:
        return Failure(FailureKind.TLS, f"no TLS with {where}: {_tls_reason(error)}")
    except (OSError, HTTPError) as error:
        if pool.scheme == "https":
            reason = "timed out" if isinstance(error, TimeoutError) else "the handshake broke off"
            return Failure(FailureKind.TLS, f"no TLS with {where}: {reason}")
        reason = "timed out" if isinstance(error, TimeoutError) else _line(error)
        return Failure(FailureKind.CONNECT, f"cannot connect to {where}: {reason}")
    return None


def _line(error: Exception) -> str:
    """The bare reason in urllib3's sentence about it."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rpartition(": ")[2][:200]


def _tls_reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate does not verify: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return "the endpoint does not speak TLS; use http:// in the endpoint"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return _line(error)


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
