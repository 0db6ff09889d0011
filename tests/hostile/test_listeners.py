"""Who may connect to emulator, receiver and judging endpoint, and what that can cost."""

from __future__ import annotations

import contextlib
import http.client
import resource
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.checks.client_case import Keys
from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.clients import answers, calls, documents
from conformance.clients.endpoint import JudgingEndpoint
from conformance.clients.tls import certificate
from conformance.drivers.receiver import CallbackReceiver
from conformance.emulator import Emulator
from conformance.spec.wire import FailureKind
from tests.drivers.support.servers import reset
from tests.hostile.support import SETTINGS, TARGET

#: What each of them may keep open; the others make room.
FEW = 64

KEYS = Keys("AKIDexample", "secret-key-of-a-test")


@dataclass(frozen=True)
class Listening:
    """One of the three: where it listens, and what says that it is well."""

    port: int
    bound: str
    well: Callable[[], None]


def asked(port: int, method: str, path: str) -> int:
    """The status of one request on a connection of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, b"<a/>" if method == "POST" else None)
        return connection.getresponse().status


@contextmanager
def the_emulator() -> Iterator[Listening]:
    with Emulator(replace(SETTINGS, connection_limit=FEW, body_timeout=0.5)) as emulator:

        def well() -> None:
            assert asked(emulator.address[1], "GET", "/pic_jobs") in (400, 401, 403)
            assert not emulator.problems

        yield Listening(emulator.address[1], emulator.address[0], well)


@contextmanager
def the_receiver() -> Iterator[Listening]:
    receiver = CallbackReceiver(connections=FEW)
    seen = iter(range(10**6))

    def well() -> None:
        token = f"well-{next(seen)}"
        assert asked(receiver.port, "POST", f"/callback/{token}") == 200
        assert len(receiver.received(token, "")) == 1

    yield Listening(receiver.port, receiver.bound.rpartition(":")[0], well)
    receiver.close()


@contextmanager
def the_endpoint() -> Iterator[Listening]:
    with JudgingEndpoint() as endpoint:
        answer = answers.success(documents.sample().to_node())

        def well() -> None:
            sitting = endpoint.begin("well", calls.create(KEYS), (answer,))
            assert asked(endpoint.port, "POST", "/pic_jobs") == 200
            assert any(each.raw.endswith(b"<a/>") for each in sitting.arrived)

        yield Listening(endpoint.port, endpoint._listeners[0].getsockname()[0], well)


ALL = pytest.mark.parametrize("make", [the_emulator, the_receiver, the_endpoint])

Make = Callable[[], AbstractContextManager[Listening]]


@contextmanager
def idle(port: int, count: int) -> Iterator[list[socket.socket]]:
    """As many connections that never say a word (fewer where this machine allows fewer)."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500
    held: list[socket.socket] = []
    try:
        while len(held) < min(count, most):
            held.append(socket.create_connection(("127.0.0.1", port), timeout=40))
        yield held
    finally:
        for each in held:
            each.close()


@ALL
def test_on_loopback_unless_told_otherwise(make: Make) -> None:
    with make() as listening:
        assert listening.bound == "127.0.0.1"


@ALL
def test_silent_connections_make_room(make: Make) -> None:
    with make() as listening, idle(listening.port, 3 * FEW) as held:
        listening.well()
        deadline = time.monotonic() + 10
        while len(select.select(held, (), (), 0.02)[0]) < FEW:
            assert time.monotonic() < deadline, "nobody made room"
        listening.well()


@pytest.mark.long
@ALL
def test_ten_thousand_silent_connections(make: Make) -> None:
    before = threading.active_count()
    begun = time.monotonic()
    with make() as listening, idle(listening.port, 10_000) as held:
        assert len(held) == 10_000, "raise ulimit -n above 10,500"
        listening.well()
        deadline = time.monotonic() + 20
        while threading.active_count() >= before + 2 * FEW + 10:
            assert time.monotonic() < deadline, "a thread for each of them stays behind"
            listening.well()
    assert time.monotonic() - begun < 90


_WORDS = st.sampled_from(
    [
        *(b"POST /pic_jobs HTTP/1.1\r\n", b"GET / HTTP/1.1\r\n", b"\r\n", b"Host: a\r\n"),
        *(b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Content-Length: 99999999999\r\n"),
        *(b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"ffffffffff\r\n"),
        *(b"Expect: 100-continue\r\n", b"Authorization: q-ak=a&q-sign-time=\xff\r\n"),
        *(
            b"CONNECT a:443 HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01",
            b"PRI * HTTP/2.0\r\n\r\n",
        ),
    ]
)


@ALL
def test_random_bytes(make: Make) -> None:
    with make() as listening:

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(_WORDS | st.binary(max_size=60), max_size=6), st.booleans())
        def say(words: list[bytes], rudely: bool) -> None:
            connection = socket.create_connection(("127.0.0.1", listening.port), timeout=5)
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"".join(words))
                if rudely:
                    reset(connection)

        say()
        listening.well()


def pour(connection: socket.socket, begin: bytes, piece: bytes) -> None:
    connection.sendall(begin)
    for _ in range(100_000):
        connection.sendall(piece)


@ALL
def test_heads_and_bodies_without_end(make: Make) -> None:
    """Whatever is sent without end is cut off, and says nothing about the next one."""
    with make() as listening:
        line = b"POST /pic_jobs HTTP/1.1\r\nHost: a\r\n"
        for begin, piece in (
            (b"", b"a" * 60_000),
            (line, b"x-a: b\r\n" * 5_000),
            (line + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 60_000),
        ):
            with (
                socket.create_connection(("127.0.0.1", listening.port), timeout=10) as connection,
                pytest.raises(OSError),
            ):
                pour(connection, begin, piece)
        listening.well()


def test_https_connections_are_forgotten_when_they_end() -> None:
    """More of them than may be open at once, one after the other."""
    answer = answers.success(documents.sample().to_node())
    with certificate("127.0.0.1") as (context, authority), JudgingEndpoint(context) as endpoint:
        client = ssl.create_default_context(cafile=authority)
        endpoint.begin("tls", calls.create(KEYS), (answer,))
        for _ in range(FEW + 6):
            with closing(
                http.client.HTTPSConnection("127.0.0.1", endpoint.port, timeout=5, context=client)
            ) as connection:
                connection.request("POST", "/pic_jobs", b"<a/>")
                assert connection.getresponse().status == 200
        assert endpoint.requests == FEW + 6


# ---- callbacks ----------------------------------------------------------------------------------


def said_to(receiver: CallbackReceiver, wire: bytes) -> bytes:
    with (
        socket.create_connection(("127.0.0.1", receiver.port), timeout=5) as connection,
        contextlib.suppress(OSError),
    ):
        connection.sendall(wire)
        return connection.recv(1000)
    return b""


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (b"<a>" * 100_000, ""),
        (b"<r>" + b"<a/>" * 400_000 + b"</r>", ""),
        (b'{"JobsDetail":' * 50_000, ""),
        (b"\xff\xfe" + b"<\x00" * 500, ""),
        (b"\x00" * 1_000, ""),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><Response>&e;</Response>', ""),
        (b"\x1f\x8b" + b"\x00" * 100, "Content-Encoding: gzip\r\n"),
    ],
    ids=["depth", "siblings", "json", "utf-16", "nul", "entity", "gzip"],
)
def test_a_hostile_callback_is_kept_and_judged(body: bytes, head: str) -> None:
    receiver = CallbackReceiver()
    try:
        line = f"POST /callback/t HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        assert said_to(receiver, line.encode() + body).startswith(b"HTTP/1.1 200")
        (kept,) = receiver.received("t", "")
    finally:
        receiver.close()
    list(judge(Facts(TARGET, (replace(kept, n=1, scenario="callback/xml-0"),))))


def test_long_callbacks_do_not_fill_the_memory() -> None:
    receiver = CallbackReceiver()
    body = b"a" * 2_000_000
    wire = b"POST /callback/t HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n" + body
    try:
        for _ in range(40):
            said_to(receiver, wire)
        kept = receiver.received("t", "")
    finally:
        receiver.close()
    assert len(kept) == 40
    assert sum(len(each.request.body) for each in kept) <= 24 * 1024 * 1024
    assert kept[-1].failure is not None
    assert kept[-1].failure.kind is FailureKind.TOO_LARGE


def test_an_answer_that_the_sender_never_got_is_none() -> None:
    """Then it sends the callback again by right, and nobody is accused of a second one."""
    receiver = CallbackReceiver()
    wire = b"POST /callback/t HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
    try:
        connection = socket.create_connection(("127.0.0.1", receiver.port), timeout=5)
        connection.sendall(wire)
        assert receiver.wait("t", "", 1, 5)
        select.select((connection,), (), (), 5)
        reset(connection)  # the answer lies there unread
        deadline = time.monotonic() + 5
        while receiver.received("t", "")[0].response is not None:
            assert time.monotonic() < deadline
            receiver.wait("t", "", 2, 0.02)
        said_to(receiver, wire)
        first, second = receiver.received("t", "")
    finally:
        receiver.close()
    assert first.response is None
    assert second.response is not None


def test_the_beginning_of_a_callback_is_kept_as_a_break() -> None:
    receiver = CallbackReceiver()
    try:
        for wire in (b"", b"POST /callb"):
            with socket.create_connection(("127.0.0.1", receiver.port)) as connection:
                connection.sendall(wire)
        deadline = time.monotonic() + 5
        while not receiver.all():
            assert time.monotonic() < deadline
            receiver.wait("nobody", "", 1, 0.02)
        (torn,) = receiver.all()
    finally:
        receiver.close()
    assert torn.failure is not None
    assert torn.failure.kind is FailureKind.RESET
