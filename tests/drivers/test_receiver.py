"""Callbacks are kept as they come and answered as told; garbage does no harm."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from conformance.drivers.receiver import CallbackReceiver, ReceiverProblem
from conformance.drivers.redaction import Redactor
from conformance.spec.wire import Direction, Exchange, FailureKind

from .support.values import KEYRING, SECRET

XML = b"<Response><JobsDetail><JobId>j1</JobId></JobsDetail></Response>"


@pytest.fixture
def receiver() -> Iterator[CallbackReceiver]:
    made = CallbackReceiver(timeout=1.0)
    yield made
    made.close()


def raw(receiver: CallbackReceiver, wire: bytes, *, shut: bool = False) -> bytes:
    """Send bytes and read until the connection ends."""
    host, port = receiver.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        got = b""
        with contextlib.suppress(OSError):
            sock.sendall(wire)
            if shut:
                sock.shutdown(socket.SHUT_WR)
            while more := sock.recv(65536):
                got += more
        return got


def post(receiver: CallbackReceiver, path: str = "/callback/t1", body: bytes = XML) -> int:
    return requests.post(receiver.base_url + path, data=body, timeout=10).status_code


def test_a_callback_is_kept_as_it_came(receiver: CallbackReceiver) -> None:
    head = b"POST /callback/t1?x=%2f HTTP/1.1\r\nhOsT: a\r\nX: 1\r\nx: 2\r\n"
    wire = head + b"Content-Length: 3\r\n\r\nabc"
    answer = raw(receiver, wire)
    (made,) = receiver.wait("t1", "", 1, 5)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert made.direction is Direction.CALLBACK
    assert (made.request.method, made.request.target) == ("POST", "/callback/t1?x=%2f")
    assert made.request.headers.items == (
        ("hOsT", "a"),
        ("X", "1"),
        ("x", "2"),
        ("Content-Length", "3"),
    )
    assert made.request.body == b"abc"
    assert made.response is not None
    assert made.response.status == 200
    assert made.started > 0


def test_answers_in_turn_the_last_for_all_that_follow(receiver: CallbackReceiver) -> None:
    receiver.answer("t1", (500, 503, 200))
    assert [post(receiver) for _ in range(5)] == [500, 503, 200, 200, 200]
    assert post(receiver, "/callback/other") == 200
    statuses = [each.response.status for each in receiver.received("t1", "") if each.response]
    assert statuses == [500, 503, 200, 200, 200]


def test_no_answer_at_all(receiver: CallbackReceiver) -> None:
    receiver.answer("t1", (0,))
    with pytest.raises(requests.ConnectionError):
        post(receiver)
    (made,) = receiver.received("t1", "")
    assert made.response is None
    assert made.failure is None


def test_waiting_ends_when_enough_have_come(receiver: CallbackReceiver) -> None:
    got: list[tuple[Exchange, ...]] = []
    thread = threading.Thread(target=lambda: got.append(receiver.wait("t1", "j1", 2, 30)))
    thread.start()
    post(receiver)
    post(receiver, "/", b'{"JobsDetail":[{"JobId":"j1"}]}')
    thread.join(10)
    assert len(got[0]) == 2
    assert receiver.wait("none", "", 1, 0.01) == ()


def test_listeners_hear_of_each(receiver: CallbackReceiver) -> None:
    heard: list[Exchange] = []
    receiver.subscribe(heard.append)
    post(receiver)
    post(receiver, "/callback/t2")
    receiver.wait("t2", "", 1, 5)
    assert tuple(heard) == receiver.all()


def test_chunked_and_held_back_bodies(receiver: CallbackReceiver) -> None:
    chunked = (
        b"POST /callback/c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    )
    assert raw(receiver, chunked).startswith(b"HTTP/1.1 200")
    held = b"POST /callback/c HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
    host, port = receiver.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(held)
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"x")
        assert sock.recv(100).startswith(b"HTTP/1.1 200")
    assert [each.request.body for each in receiver.received("c", "")] == [b"abc", b"x"]


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"\x16\x03\x01\x02\x00",
        b"hello\r\n\r\n",
        b"POST\r\n\r\n",
        b"POST /x HTTP/9.9\r\n\r\n",
        b"POST /x HTTP/1.1\r\nno header\r\n\r\n",
        b"POST /x HTTP/1.1\r\n" + b"A: b\r\n" * 30_000,
        b"\x00" * 200_000,
        b"GET " + b"/" * 100_000,
    ],
)
def test_garbage_is_dropped_and_the_receiver_lives(receiver: CallbackReceiver, wire: bytes) -> None:
    raw(receiver, wire, shut=True)
    assert receiver.all() == ()
    assert post(receiver) == 200


@pytest.mark.parametrize(
    ("wire", "shut", "kind"),
    [
        (
            b"POST /callback/t HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
            True,
            FailureKind.INCOMPLETE,
        ),
        (b"POST /callback/t HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", False, FailureKind.TIMEOUT),
        (
            b"POST /callback/t HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            False,
            FailureKind.INCOMPLETE,
        ),
        (
            b"POST /callback/t HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n" + b"x" * 17_000_000,
            False,
            FailureKind.TOO_LARGE,
        ),
    ],
)
def test_a_callback_that_is_not_whole_is_kept_with_its_failure(
    receiver: CallbackReceiver, wire: bytes, shut: bool, kind: FailureKind
) -> None:
    raw(receiver, wire, shut=shut)
    (made,) = receiver.wait("t", "", 1, 10)
    assert made.failure is not None
    assert made.failure.kind is kind


def test_too_many_connections_are_turned_away() -> None:
    receiver = CallbackReceiver(connections=2, timeout=5)
    try:
        host, port = receiver.base_url.removeprefix("http://").split(":")
        with contextlib.ExitStack() as stack:
            for _ in range(2):
                idle = stack.enter_context(socket.create_connection((host, int(port))))
                idle.sendall(b"POST /callback/t HTTP/1.1\r\nExpect: 100-continue\r\n")
                idle.sendall(b"Content-Length: 1\r\n\r\n")
                assert idle.recv(100).startswith(b"HTTP/1.1 100")
            assert raw(receiver, b"POST /callback/t HTTP/1.1\r\n\r\n") == b""
    finally:
        receiver.close()


def test_no_more_are_kept_than_bounded() -> None:
    receiver = CallbackReceiver(most=2)
    try:
        assert [post(receiver) for _ in range(3)] == [200, 200, 200]
        assert len(receiver.all()) == 2
    finally:
        receiver.close()


def test_secrets_are_taken_out() -> None:
    receiver = CallbackReceiver(redactor=Redactor(KEYRING))
    try:
        post(receiver, body=f"<Message>{SECRET}</Message>".encode())
        assert receiver.all()[0].request.body == b"<Message>[redacted:secret-key]</Message>"
    finally:
        receiver.close()


@pytest.mark.parametrize(
    ("advertise", "url"),
    [
        ("ci.example", "http://ci.example:{}"),
        ("ci.example:99", "http://ci.example:99"),
        ("::1", "http://[::1]:{}"),
        ("[::1]:7", "http://[::1]:7"),
        (None, "http://127.0.0.1:{}"),
    ],
)
def test_the_advertised_address(advertise: str | None, url: str) -> None:
    receiver = CallbackReceiver(advertise=advertise)
    try:
        assert receiver.base_url == url.format(receiver.port)
    finally:
        receiver.close()


def test_closing_wakes_whoever_waits_and_may_be_repeated() -> None:
    receiver = CallbackReceiver()
    done = threading.Event()

    def wait() -> None:
        receiver.wait("t", "", 1, 30)
        done.set()

    threading.Thread(target=wait, daemon=True).start()
    receiver.close()
    receiver.close()
    assert done.wait(5)
    with pytest.raises(requests.ConnectionError):
        post(receiver)


def test_an_address_that_cannot_be_bound(receiver: CallbackReceiver) -> None:
    with pytest.raises(ReceiverProblem, match="cannot listen on"):
        CallbackReceiver(port=receiver.port)
    with pytest.raises(ReceiverProblem, match="no address of this machine"):
        CallbackReceiver("nowhere.invalid")
