"""The emulator on a real socket: what a client may send, and what must never happen."""

from __future__ import annotations

import http.client
import http.server
import os
import queue
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import trustme

from conformance.emulator import Behaviour, Emulator, EmulatorSettings, hook
from conformance.emulator.connection import origin_form
from conformance.emulator.values import Delivery, Segment
from conformance.spec.wire import Request
from conformance.spec.xml import Node, read_xml

from .driving import SETTINGS, Sign, a_job, document, request_of, sign

BODY = document(a_job())
QUICK = replace(SETTINGS, start_delay=0.02, run_time=0.02, callback_retry_delay=0.02)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(QUICK) as running:
        yield running
    assert not running.problems, running.problems


def signed(method: str, target: str, body: bytes | None = None) -> Request:
    request = request_of(method, target, body)
    text = sign(request, time.time(), Sign())
    return request.with_headers(request.headers.set("Authorization", text))


class Caller:
    """A kept connection to an emulator."""

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext | None = None) -> None:
        if context is None:
            self.connection = http.client.HTTPConnection(*address, timeout=10)
        else:
            self.connection = http.client.HTTPSConnection(*address, timeout=10, context=context)

    def send(self, request: Request) -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.putrequest(
            request.method, request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in request.headers:
            self.connection.putheader(name, value)
        self.connection.endheaders(request.body or None)
        response = self.connection.getresponse()
        return response, response.read()

    def create(self, **changes: object) -> str:
        response, body = self.send(signed("POST", "/pic_jobs", document(a_job(**changes))))
        assert response.status == 200, body
        return read_xml(body).value("JobsDetail/JobId") or ""

    def job(self, job_id: str) -> Node:
        _, body = self.send(signed("GET", f"/pic_jobs/{job_id}"))
        return read_xml(body).children[0]


def raw(address: tuple[str, int], *pieces: bytes) -> bytes:
    """What comes back for these bytes until the server closes."""
    with socket.create_connection(address, timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_jobs_over_one_connection() -> None:
    with Emulator(replace(QUICK, start_delay=60)) as emulator:
        caller = Caller(emulator.address)
        job_id = caller.create()
        response, body = caller.send(signed("PUT", f"/jobs/{job_id}?cancel"))
        assert (response.status, body) == (200, b"")
        assert response.getheader("Content-Type") is None
        assert caller.job(job_id).value("State") == "Cancel"
        response, _ = caller.send(signed("GET", "/nowhere"))
        assert response.status == 404
        assert response.getheader("Connection") == "keep-alive"
        assert caller.job(job_id).value("State") == "Cancel"


def test_a_large_body_leaves_the_connection_usable(emulator: Emulator) -> None:
    caller = Caller(emulator.address)
    body = b"<Request>" + b"x" * (5 * 1024 * 1024) + b"</Request>"
    response, answer = caller.send(signed("POST", "/pic_jobs", body))
    assert response.status == 413
    assert read_xml(answer).value("Code") == "InvalidContent"
    assert caller.create()
    assert len(emulator.store) == 1


def test_a_body_without_end_is_not_read_to_its_end() -> None:
    with Emulator(replace(QUICK, body_limit=1000, drain_limit=2000)) as emulator:
        request = signed("POST", "/pic_jobs", b"<Request>" + b"x" * 5000)
        response, _ = Caller(emulator.address).send(request)
        assert response.status == 413
        assert response.getheader("Connection") == "close"


def head_bytes(request: Request) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def test_a_client_that_asks_before_it_sends(emulator: Emulator) -> None:
    request = signed("POST", "/pic_jobs", BODY)
    request = request.with_headers(request.headers.set("Expect", "100-continue"))
    with socket.create_connection(emulator.address, timeout=10) as connection:
        connection.sendall(head_bytes(request))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert connection.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_request_byte_by_byte(emulator: Emulator) -> None:
    request = signed("POST", "/pic_jobs", BODY)
    request = request.with_headers(request.headers.set("Connection", "close"))
    data = head_bytes(request) + BODY
    answer = raw(emulator.address, *(data[at : at + 1] for at in range(len(data))))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nConnection: close\r\n" in answer


def test_a_chunked_body_lacks_its_length(emulator: Emulator) -> None:
    request = signed("POST", "/pic_jobs")
    headers = request.headers.set("Transfer-Encoding", "chunked").set("Connection", "close")
    answer = raw(
        emulator.address, head_bytes(request.with_headers(headers)) + b"1\r\nx\r\n0\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 411 ")


def test_a_proxy_request_counts_as_its_path(emulator: Emulator) -> None:
    request = signed("GET", "/pic_jobs/c0")
    absolute = replace(request, target=f"http://{SETTINGS.service_host}/pic_jobs/c0")
    response, body = Caller(emulator.address).send(absolute)
    assert response.status == 200
    assert read_xml(body).value("NonExistJobIds") == "c0"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/a?b=c", "/a?b=c"),
        ("HTTP://h:1?x", "/?x"),
        ("https://h/a", "/a"),
        ("*", "*"),
        ("/\udcff\u00e9%20", "/%FF%C3%A9%20"),
    ],
)
def test_targets(target: str, expected: str) -> None:
    assert origin_form(target) == expected


GARBAGE = {
    "nonsense": (b"\x00\x01\x02 nonsense\r\n\r\n", 400),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60), 400),
    "method": (b"FROBNICATE /pic_jobs HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "version": (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400),
    "header": (b"GET / HTTP/1.1\r\nHost: a\r\n\xff bad\r\n\r\n", 400),
    "length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
    "lengths": (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    "chunk": (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "long header": (b"GET / HTTP/1.1\r\nX: " + b"a" * 30_000 + b"\r\n\r\n", 400),
    "long line": (b"GET /" + b"a" * 30_000 + b" HTTP/1.1\r\n\r\n", 400),
    "many headers": (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 5000 + b"\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    "old": (b"GET /pic_jobs HTTP/1.0\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_bytes_that_are_no_request(
    emulator: Emulator, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data, status = GARBAGE[name]
    answer = raw(emulator.address, data)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer[:300]
    assert b"\r\nConnection: close" in head
    node = read_xml(body)
    assert node.name == "Error"
    found = re.search(rb"x-ci-request-id: (\S+)", head)
    assert found is not None
    assert node.value("RequestId") == found[1].decode()
    assert Caller(emulator.address).create()
    assert capfd.readouterr().err == ""


def test_clients_that_leave_early(emulator: Emulator, capfd: pytest.CaptureFixture[str]) -> None:
    request = head_bytes(signed("POST", "/pic_jobs", BODY))
    for part in (b"", b"GET", request[:50], request, request + BODY[:40], request + BODY):
        with socket.create_connection(emulator.address) as connection:
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # reset instead of a clean close
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.sendall(part)
    assert Caller(emulator.address).create()
    assert capfd.readouterr().err == ""


def test_pipelined_requests_are_answered_in_order(emulator: Emulator) -> None:
    last = signed("GET", "/pic_jobs/c1")
    last = last.with_headers(last.headers.set("Connection", "close"))
    data = raw(emulator.address, head_bytes(signed("GET", "/pic_jobs/c0")) + head_bytes(last))
    assert [int(each) for each in re.findall(rb"<NonExistJobIds>c(\d)", data)] == [0, 1]


def test_a_head_request_gets_no_body(emulator: Emulator) -> None:
    response, body = Caller(emulator.address).send(signed("HEAD", "/pic_jobs"))
    assert (response.status, body) == (501, b"")


def test_idle_connections_end() -> None:
    with Emulator(replace(QUICK, idle_timeout=0.05)) as emulator:
        assert raw(emulator.address) == b""
        assert raw(emulator.address, b"GET / HT") == b""


def test_there_is_a_limit_of_connections() -> None:
    with Emulator(replace(QUICK, connection_limit=2)) as emulator:
        kept = [Caller(emulator.address) for _ in range(2)]
        for caller in kept:
            caller.create()
        assert Caller(emulator.address).create()  # the oldest idle connection made room for it
        assert kept[1].create()
        with pytest.raises(OSError):
            kept[0].create()


def test_https() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with Emulator(replace(QUICK, ssl_context=context)) as emulator:
        assert emulator.endpoint.startswith("https://127.0.0.1:")
        assert Caller(emulator.address, trusting).create()
        with pytest.raises(ssl.SSLCertVerificationError):
            Caller(emulator.address, ssl.create_default_context()).create()
        assert raw(emulator.address, b"GET / HTTP/1.1\r\n\r\n") == b""
        assert Caller(emulator.address, trusting).create()
    assert not emulator.problems


class Receiver:
    """A callback receiver that answers with these statuses, the last one for all that follow."""

    def __init__(self, *statuses: int) -> None:
        self.came: queue.Queue[tuple[str, str, bytes]] = queue.Queue()
        remaining = list(statuses)
        came = self.came

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = remaining.pop(0) if len(remaining) > 1 else remaining[0]
                if status:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                came.put((self.path, self.headers["Content-Type"], body))

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Receiver:
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_callback_arrives_by_itself_once_the_job_is_final(emulator: Emulator) -> None:
    with Receiver(200) as receiver:
        job_id = Caller(emulator.address).create(call_back=f"{receiver.url}/callback/a%2Fb?c=d")
        path, kind, body = receiver.came.get(timeout=5)
        assert (path, kind) == ("/callback/a%2Fb?c=d", "application/xml")
        told = read_xml(body).at("JobsDetail")
        assert told is not None
        seen = Caller(emulator.address).job(job_id)
        for name in ("JobId", "State", "StartTime", "EndTime"):
            assert told.value(name) == seen.value(name)
        assert seen.value("State") == "Success"


@pytest.mark.parametrize("first", [500, 503, 0])
def test_a_callback_is_repeated_after_a_failure(emulator: Emulator, first: int) -> None:
    with Receiver(first, 200) as receiver:
        Caller(emulator.address).create(call_back=receiver.url, call_back_format="JSON")
        one, two = (receiver.came.get(timeout=5) for _ in range(2))
        assert one == two
        assert one[1] == "application/json"
        with pytest.raises(queue.Empty):
            receiver.came.get(timeout=0.1)


def test_callback_addresses_that_lead_nowhere_are_no_problem(emulator: Emulator) -> None:
    caller = Caller(emulator.address)
    for url in ("http://127.0.0.1:1/", "http://callback.demo.com", "http://127.0.0.1:1/%%%"):
        job_id = caller.create(call_back=url)
    deadline = time.monotonic() + 5
    while caller.job(job_id).value("State") != "Success":
        assert time.monotonic() < deadline


def test_a_hook_that_breaks_is_an_internal_error(capfd: pytest.CaptureFixture[str]) -> None:
    @hook("render_job")
    def breaks(behaviour: Behaviour, *args: object) -> None:
        raise KeyError("oops")

    with Emulator(QUICK, breaks) as emulator:
        response, body = Caller(emulator.address).send(signed("POST", "/pic_jobs", BODY))
        assert response.status == 500
        assert read_xml(body).value("Code") == "InternalError"
    assert "oops" in emulator.problems[0]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("abort", [False, True])
def test_deliveries_of_every_kind(abort: bool) -> None:
    @hook("deliver")
    def odd(behaviour: Behaviour, *args: object) -> Delivery:
        parts = (Segment(b"HTTP/1.0 200 Fine\r\n\r\n<a"), Segment(b"/>", 0.01))
        return Delivery(parts, close=True, abort=abort)

    with Emulator(QUICK, odd) as emulator:
        request = head_bytes(signed("GET", "/pic_jobs/c0"))
        if abort:
            with pytest.raises(ConnectionResetError):
                raw(emulator.address, request)
        else:
            assert raw(emulator.address, request) == b"HTTP/1.0 200 Fine\r\n\r\n<a/>"


def test_an_address_that_is_taken(emulator: Emulator) -> None:
    with pytest.raises(OSError, match="address already in use"):
        Emulator(replace(QUICK, port=emulator.address[1])).start()


def test_starting_twice_and_stopping_twice() -> None:
    emulator = Emulator(QUICK)
    emulator.stop()
    emulator.start()
    with pytest.raises(RuntimeError, match="once"):
        emulator.start()
    emulator.stop()
    emulator.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(emulator.address)


def test_stopping_does_not_wait_for_clients() -> None:
    with Emulator(replace(QUICK, start_delay=60)) as emulator:
        caller = Caller(emulator.address)
        caller.create(call_back="http://127.0.0.1:1/")
        idle = socket.create_connection(emulator.address)
        before = time.monotonic()
    assert time.monotonic() - before < 2
    idle.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_in_the_foreground_until_a_signal(number: signal.Signals) -> None:
    code = (
        "from conformance.emulator import Emulator\n"
        "Emulator().serve_forever(lambda endpoint: print(endpoint, flush=True))\n"
        "print('ended')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        endpoint = process.stdout.readline().strip()
        port = int(endpoint.rpartition(":")[2])
        assert Caller(("127.0.0.1", port)).create()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (out, err, process.returncode) == ("ended\n", "", 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bucket": "nobody"}, "bucket 'nobody'"),
        ({"region": "x"}, "region 'x'"),
        ({"queue_callback_format": "json"}, "queue_callback_format"),
        ({"queue_id": SETTINGS.paused_queue_id}, "the same queue"),
        ({"secret_key": ""}, "secret_key is empty"),
        ({"slots": -1}, "slots is negative"),
    ],
)
def test_settings_that_cannot_be_used(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EmulatorSettings(**changes)  # type: ignore[arg-type]  # that is what is tested
