"""Targets that answer to do harm: each answer is a finding or nobody's fault, and costs little."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from conformance.checks.base import Mark
from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.drivers.live import LiveDriver
from conformance.drivers.rawhttp import MAX_BODY
from conformance.emulator import Emulator
from conformance.spec.wire import Exchange, FailureKind
from tests.drivers.support.servers import RawServer, read_request
from tests.hostile.answers import HOSTILE, UNCLEAR, Hostile
from tests.hostile.between import Between, Gone, Turn
from tests.hostile.support import KEYRING, MOST_MEMORY, TARGET, Ended, a_create, measured

TIMEOUT = 1.0

#: What an exchange may take beside its time-out, in seconds: reading megabytes on a busy machine.
SLACK = 6.0


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def exchanged(url: str, *, ca: str | None = None, count: int = 1) -> list[Exchange]:
    driver = LiveDriver(url, TARGET, KEYRING, timeout=TIMEOUT, workers=2, ca_bundle=ca)
    try:
        made = [driver.send(a_create(f"hostile-{n}"), scenario=f"body/{n}") for n in range(count)]
        return [replace(each, n=n) for n, each in enumerate(made, 1)]
    finally:
        driver.close()


def said(exchanges: list[Exchange], mark: Mark) -> set[str]:
    outcomes = judge(Facts(TARGET, tuple(exchanges)))
    return {each.clause for each in outcomes if each.mark is mark}


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda each: each.name)
def test_an_answer(hostile: Hostile, emulator: Emulator) -> None:
    """The second of three creates is answered so; the other two are none the worse for it."""

    def conduct(turn: Turn) -> None:
        if turn.number != 1:
            turn.pass_on()
            return
        hostile.write(turn.conn, turn.ask())
        raise Gone

    begun = time.monotonic()
    with Between(emulator.address, conduct) as between:
        made = exchanged(between.url, count=3)
    assert time.monotonic() - begun < TIMEOUT + SLACK
    assert [made[0].failure, made[2].failure] == [None, None]
    assert said([made[0], made[2]], Mark.BROKEN) == set()
    answer = made[1]
    if hostile.expected == UNCLEAR:
        assert answer.failure is not None
        assert said([answer], Mark.BROKEN) <= {"RSP-03"}  # the head was there, and wrong
        assert "REQ-31" in said([answer], Mark.UNCLEAR)
    else:
        assert hostile.expected in said([answer], Mark.BROKEN)
    held = len(answer.response.body) if answer.response is not None else 0
    assert held <= MAX_BODY


def test_utf_16_with_a_mark_is_a_document(emulator: Emulator) -> None:
    """XML 1.0, 4.3.3: with its mark it needs no declaration, and nobody is accused."""

    def conduct(turn: Turn) -> None:
        head, _, body = turn.ask().partition(b"\r\n\r\n")
        wide = body.decode().encode("utf-16")
        begin = head.partition(b"Content-Length: ")[0]
        turn.conn.sendall(begin + b"Content-Length: %d\r\n\r\n" % len(wide) + wide)
        raise Gone

    with Between(emulator.address, conduct) as between:
        assert "RSP-10" not in said(exchanged(between.url), Mark.BROKEN)


def test_an_answer_before_the_request_is_complete() -> None:
    """A refusal that comes early is an answer; what is left of the body is not sent."""
    early = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def serve(conn: socket.socket, _number: int) -> None:
        conn.recv(100)
        conn.sendall(early)
        conn.shutdown(socket.SHUT_WR)
        while conn.recv(65536):
            pass

    call = a_create("early")
    large = replace(call, request=replace(call.request, body=b"a" * 20_000_000))
    with RawServer(serve) as server:
        driver = LiveDriver(server.url, TARGET, KEYRING, timeout=TIMEOUT)
        made = driver.send(large, scenario="body/early")
        driver.close()
    assert made.failure is None
    assert made.response is not None
    assert made.response.status == 413


def test_redirects_are_answers_and_never_followed() -> None:
    def serve(conn: socket.socket, _number: int) -> None:
        while read_request(conn):
            conn.sendall(b"HTTP/1.1 302 Found\r\nLocation: /pic_jobs\r\nContent-Length: 0\r\n\r\n")

    with RawServer(serve) as server:
        made = exchanged(server.url, count=2)
        assert server.connections == 1
    assert [each.response and each.response.status for each in made] == [302, 302]


# ---- TLS ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    "hello",
    [
        b"",
        b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + b"a" * 20,
        b"\x15\x03\x03\x00\x02\x02\x28",
    ],
    ids=["nothing", "half a hello", "an alert"],
)
@pytest.mark.parametrize("ends", [True, False])
def test_a_handshake_that_breaks_off(hello: bytes, ends: bool, ca: str) -> None:
    def serve(conn: socket.socket, _number: int) -> None:
        conn.recv(65536)
        conn.sendall(hello)
        if not ends:
            conn.recv(1)

    with RawServer(serve) as server:
        (made,) = exchanged(server.url.replace("http:", "https:"), ca=ca)
    assert made.failure is not None
    assert made.failure.kind is FailureKind.TLS
    assert said([made], Mark.BROKEN) == set()


@pytest.mark.parametrize("politely", [True, False])
def test_tls_that_breaks_in_the_midst(
    politely: bool, authority: trustme.CA, ca: str, emulator: Emulator
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def conduct(turn: Turn) -> None:
        turn.conn.sendall(turn.ask()[:300])
        if not politely:
            socket.socket(fileno=turn.conn.detach()).close()
        raise Gone

    with Between(emulator.address, conduct, context=context) as between:
        (made,) = exchanged(between.url, ca=ca)
    assert made.failure is not None
    assert made.failure.kind in (FailureKind.RESET, FailureKind.INCOMPLETE)
    assert said([made], Mark.BROKEN) == set()


# ---- whole runs, in processes of their own ------------------------------------------------------


def hostile_run(
    tmp_path: Path, emulator: Emulator, *arguments: str, one_in: int, timeout: float
) -> tuple[Ended, dict[str, object]]:
    """A run against a target that answers one in ``one_in`` requests so, each in its turn."""
    lock = threading.Lock()
    turn_of = iter(range(10**9))

    def conduct(turn: Turn) -> None:
        with lock:
            number = next(turn_of)
        if number % one_in:
            turn.pass_on()
            return
        HOSTILE[number // one_in % len(HOSTILE)].write(turn.conn, turn.ask())
        raise Gone

    report = tmp_path / "report.json"
    with Between(emulator.address, conduct) as between:
        ended = measured(
            tmp_path,
            *("run", "--endpoint", between.url, "--timeout", str(TIMEOUT), "--quiet"),
            *("--report-json", str(report), "--report-html", str(tmp_path / "report.html")),
            *arguments,
            timeout=timeout,
        )
    return ended, json.loads(report.read_text())


def assert_unharmed(ended: Ended, result: dict[str, object]) -> None:
    assert ended.status == 1
    assert "Traceback" not in ended.out + ended.err
    assert ended.peak < MOST_MEMORY
    assert result["complete"] is True


@pytest.mark.long
def test_a_run_that_meets_some(tmp_path: Path, emulator: Emulator) -> None:
    ended, result = hostile_run(
        tmp_path, emulator, *("--clause", "STA-10", "--clause", "QRY-20"), one_in=4, timeout=60
    )
    assert "Traceback" not in ended.out + ended.err
    assert ended.peak < MOST_MEMORY
    assert result["complete"] is True


@pytest.mark.long
@pytest.mark.parametrize("one_in", [20, 1])
def test_a_whole_run_that_meets_all(tmp_path: Path, emulator: Emulator, one_in: int) -> None:
    """Every so-many-th answer is hostile, or every single one: the run ends, and says so."""
    record = ("--record", str(tmp_path / "run.json"))
    ended, result = hostile_run(tmp_path, emulator, *record, one_in=one_in, timeout=400)
    assert_unharmed(ended, result)
