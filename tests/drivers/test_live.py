"""The live driver against servers that behave, and against servers that do not."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from conformance.drivers.live import EndpointProblem, LiveDriver, endpoint_url
from conformance.generate.signing import Signing
from conformance.spec.wire import Exchange, FailureKind, Framing, Headers, Request

from .support.servers import OK, RawServer, answering, read_request, reset, unused_port
from .support.values import CREATE, SECRET, TARGET, call, get

Make = Callable[..., LiveDriver]


def kind(exchange: Exchange) -> FailureKind | None:
    return exchange.failure.kind if exchange.failure else None


class TestWhatIsSent:
    def test_every_byte_is_as_the_sealed_request_has_it(self, driver_for: Make) -> None:
        log: list[bytes] = []
        target = "/pic_jobs?q=a%2fb%20c+d&&x=%7E~'\"<>|{}^`\\#h"
        headers = Headers(
            (
                ("x-Odd-CASE", "1"),
                ("Host", TARGET.host),
                ("X-Twice", "\xc3\xa9"),
                ("x-twice", " two"),
            )
        )
        with RawServer(answering(OK, log=log)) as server:
            sent = driver_for(server.url).send(
                call(Request("PUT", target, headers, b"\x00\xff")), scenario="s"
            )
        assert kind(sent) is None
        head, _, body = log[0].partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        assert lines[0] == b"PUT " + target.encode() + b" HTTP/1.1"
        assert lines[1:5] == [
            b"x-Odd-CASE: 1",
            b"Host: " + TARGET.host.encode(),
            b"X-Twice: \xc3\xa9",
            b"x-twice:  two",
        ]
        names = [line.partition(b":")[0] for line in lines[5:]]
        assert names == [b"Date", b"Content-Length", b"Authorization"]
        assert body == b"\x00\xff"

    def test_the_documented_host_is_added_when_there_is_none(self, driver_for: Make) -> None:
        log: list[bytes] = []
        with RawServer(answering(OK, log=log)) as server:
            driver_for(server.url).send(call(Request("GET", "/pic_jobs")), scenario="s")
        assert log[0].startswith(b"GET /pic_jobs HTTP/1.1\r\nHost: " + TARGET.host.encode())

    def test_connections_are_kept(self, driver_for: Make) -> None:
        with RawServer(answering(OK)) as server:
            driver = driver_for(server.url)
            results = [driver.send(get(), scenario="s") for _ in range(5)]
            assert server.connections == 1
        assert [kind(each) for each in results] == [None] * 5

    def test_proxies_of_the_environment_stay_out_of_it(
        self, driver_for: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
            monkeypatch.setenv(name.upper(), "http://127.0.0.1:1")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with RawServer(answering(OK)) as server:
            assert kind(driver_for(server.url).send(get(), scenario="s")) is None

    def test_redirects_are_answers_like_any_other(self, driver_for: Make) -> None:
        wire = (
            b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\xff%zz\r\nSet-Cookie: a=b\r\n"
            b"Content-Length: 0\r\n\r\n"
        )
        log: list[bytes] = []
        with RawServer(answering(wire, log=log)) as server:
            driver = driver_for(server.url)
            first = driver.send(get(), scenario="s")
            driver.send(get(), scenario="s")
        assert first.response is not None
        assert first.response.status == 307
        assert b"cookie" not in log[1].lower()


class TestWhatComesBack:
    def ask(self, make: Make, wire: bytes, *, close: bool = True, **options: object) -> Exchange:
        with RawServer(answering(wire, close=close)) as server:
            return make(server.url, **options).send(call(), scenario="s")

    def test_the_answer_is_kept_as_it_came(self, driver_for: Make) -> None:
        wire = (
            b"HTTP/1.0 299 Odd Reason\r\nX-a: 1\r\nx-A: 2\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b"
        )
        made = self.ask(driver_for, wire)
        assert made.failure is None
        assert made.response is not None
        assert made.response.version == "HTTP/1.0"
        assert (made.response.status, made.response.reason) == (299, "Odd Reason")
        assert made.response.headers.items[:2] == (("X-a", "1"), ("x-A", "2"))
        assert made.response.body == b"\x1f\x8b"
        assert (made.scenario, made.step) == ("s", "create")
        assert made.elapsed > 0
        assert abs(made.started - time.time()) < 60

    @pytest.mark.parametrize("close", [True, False])
    def test_a_body_shorter_than_announced(self, driver_for: Make, close: bool) -> None:
        wire = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
        made = self.ask(driver_for, wire, close=close, timeout=1.0)
        assert kind(made) is FailureKind.INCOMPLETE
        assert made.response is not None
        assert made.response.body == b"abc"
        assert made.response.framing == Framing(received=3, complete=False)

    def test_a_body_longer_than_announced(self, driver_for: Make) -> None:
        wire = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcde"
        with RawServer(answering(wire)) as server:
            driver = driver_for(server.url)
            results = [driver.send(get(), scenario="s") for _ in range(2)]
            assert server.connections == 2
        for made in results:
            assert made.response is not None
            assert made.response.framing == Framing(received=2, extra=3)

    def test_no_length_and_no_end(self, driver_for: Make) -> None:
        made = self.ask(driver_for, b"HTTP/1.1 200 OK\r\n\r\nabc", close=False, timeout=1.0)
        assert kind(made) is FailureKind.INCOMPLETE
        assert made.response is not None
        assert made.response.body == b"abc"

    def test_a_target_that_always_announces_too_much_costs_less_each_time(
        self, driver_for: Make
    ) -> None:
        wire = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
        with RawServer(answering(wire)) as server:
            driver = driver_for(server.url, timeout=8.0)
            took = [driver.send(get(), scenario="s").elapsed for _ in range(3)]
        assert took[0] > took[1] > took[2] >= 0.4

    @pytest.mark.parametrize(
        ("wire", "expected"),
        [
            (b"", FailureKind.RESET),
            (b"HTTP/1.1 200 OK\r\nX:", FailureKind.RESET),
            (b"Hello, who are you?\r\n", FailureKind.MALFORMED),
            (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50_000 + b"\r\n", FailureKind.TOO_LARGE),
            (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (17 * 1024 * 1024), FailureKind.TOO_LARGE),
        ],
    )
    def test_what_is_no_answer_has_its_kind(
        self, driver_for: Make, wire: bytes, expected: FailureKind
    ) -> None:
        assert kind(self.ask(driver_for, wire, timeout=10.0)) is expected

    def test_a_reset_is_a_reset(self, driver_for: Make) -> None:
        def handle(conn: socket.socket, _number: int) -> None:
            read_request(conn)
            reset(conn)

        with RawServer(handle) as server:
            assert kind(driver_for(server.url).send(call(), scenario="s")) is FailureKind.RESET
            assert server.connections == 1

    def test_silence_is_a_time_out(self, driver_for: Make) -> None:
        over = threading.Event()
        with RawServer(lambda _conn, _number: over.wait(10) and None) as server:
            made = driver_for(server.url, timeout=0.2).send(call(), scenario="s")
            over.set()
        assert kind(made) is FailureKind.TIMEOUT

    def test_one_byte_at_a_time_does_not_outlive_the_time_out(self, driver_for: Make) -> None:
        over = threading.Event()

        def handle(conn: socket.socket, _number: int) -> None:
            read_request(conn)
            conn.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not over.wait(0.02):
                conn.sendall(b"y")

        with RawServer(handle) as server:
            made = driver_for(server.url, timeout=0.4).send(call(), scenario="s")
            over.set()
        assert kind(made) is FailureKind.TIMEOUT
        assert made.elapsed < 1.5

    def test_an_early_answer_is_read_though_the_body_was_not_wanted(self, driver_for: Make) -> None:
        def handle(conn: socket.socket, _number: int) -> None:
            conn.recv(1000)
            conn.sendall(b"HTTP/1.1 413 Too much\r\nContent-Length: 3\r\n\r\nbig")
            reset_later(conn)

        def reset_later(conn: socket.socket) -> None:
            conn.shutdown(socket.SHUT_WR)

        body = b"x" * (12 * 1024 * 1024)
        with RawServer(handle) as server:
            request = Request("POST", "/pic_jobs", CREATE.headers, body)
            made = driver_for(server.url).send(call(request), scenario="s")
            again = driver_for(server.url).send(call(request), scenario="s")
        for each in (made, again):
            assert each.response is not None, each.failure
            assert (each.response.status, each.response.body) == (413, b"big")

    def test_an_early_answer_that_leaves_the_connection_hanging(self, driver_for: Make) -> None:
        over = threading.Event()

        def handle(conn: socket.socket, _number: int) -> None:
            conn.recv(1000)
            conn.sendall(b"HTTP/1.1 413 Too much\r\nContent-Length: 0\r\n\r\n")
            over.wait(10)

        request = Request("POST", "/pic_jobs", CREATE.headers, b"x" * (30 * 1024 * 1024))
        with RawServer(handle) as server:
            made = driver_for(server.url).send(call(request), scenario="s")
            over.set()
        assert made.response is not None, made.failure
        assert made.response.status == 413


class TestKeptConnectionsThatDied:
    def test_one_closed_while_idle_is_replaced_even_for_a_create(self, driver_for: Make) -> None:
        closed = threading.Event()

        def handle(conn: socket.socket, number: int) -> None:
            read_request(conn)
            conn.sendall(OK)
            if number == 0:
                conn.shutdown(socket.SHUT_RDWR)
                closed.set()

        with RawServer(handle) as server:
            driver = driver_for(server.url)
            assert kind(driver.send(call(), scenario="s")) is None
            assert closed.wait(5)
            assert kind(driver.send(call(), scenario="s")) is None
        assert driver.requests_sent == 2

    @pytest.mark.parametrize(
        ("asked", "expected", "connections"),
        [(get(), None, 2), (call(), FailureKind.RESET, 1)],
        ids=["get", "create"],
    )
    def test_a_request_that_may_have_arrived_is_repeated_only_if_safe(
        self,
        driver_for: Make,
        asked: object,
        expected: FailureKind | None,
        connections: int,
    ) -> None:
        def handle(conn: socket.socket, number: int) -> None:
            read_request(conn)
            conn.sendall(OK)
            if number == 0:
                read_request(conn)  # taken, never answered
                return
            read_request(conn)

        with RawServer(handle) as server:
            driver = driver_for(server.url)
            driver.send(get(), scenario="s")
            made = driver.send(asked, scenario="s")  # type: ignore[arg-type]  # a Call
            assert kind(made) is expected
            assert server.connections == connections


class TestNoConnection:
    def test_nobody_listens(self, driver_for: Make) -> None:
        driver = driver_for(f"http://127.0.0.1:{unused_port()}")
        made = driver.send(call(), scenario="s")
        assert kind(made) is FailureKind.CONNECT
        assert made.failure is not None
        assert "127.0.0.1" in made.failure.message
        assert "\n" not in made.failure.message
        assert (driver.requests_sent, driver.jobs_created) == (0, 0)

    def test_a_name_that_does_not_resolve(self, driver_for: Make) -> None:
        made = driver_for("http://nowhere.invalid").send(call(), scenario="s")
        assert kind(made) is FailureKind.CONNECT

    def test_after_many_failures_in_a_row_nothing_is_tried_any_more(self, driver_for: Make) -> None:
        driver = driver_for(f"http://127.0.0.1:{unused_port()}")
        made = [driver.send(call(), scenario="s") for _ in range(22)]
        assert {kind(each) for each in made} == {FailureKind.CONNECT}
        assert made[-1].failure is not None
        assert made[-1].failure.message.startswith("not sent: 20 tries in a row failed")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def server_context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


class TestTls:
    def test_a_certificate_of_ones_own(
        self, driver_for: Make, authority: trustme.CA, bundle: str
    ) -> None:
        with RawServer(answering(OK), server_context(authority, "127.0.0.1")) as server:
            driver = driver_for(server.url, ca_bundle=bundle)
            made = [driver.send(get(), scenario="s") for _ in range(3)]
            big = Request("POST", "/pic_jobs", CREATE.headers, b"x" * 3_000_000)
            made.append(driver.send(call(big), scenario="s"))
        assert [each.failure for each in made] == [None] * 4
        assert server.connections <= 2

    @pytest.mark.parametrize("trusted", [True, False])
    def test_a_certificate_that_does_not_verify(
        self, driver_for: Make, authority: trustme.CA, bundle: str, trusted: bool
    ) -> None:
        name = "other.example" if trusted else "127.0.0.1"
        with RawServer(answering(OK), server_context(authority, name)) as server:
            driver = driver_for(server.url, ca_bundle=bundle if trusted else None)
            made = driver.send(call(), scenario="s")
        assert kind(made) is FailureKind.TLS
        assert made.failure is not None
        assert "certificate does not verify" in made.failure.message

    def test_https_toward_plain_http(self, driver_for: Make) -> None:
        with RawServer(lambda conn, _number: conn.sendall(OK)) as server:
            driver = driver_for(server.url.replace("http:", "https:"))
            made = driver.send(call(), scenario="s")
        assert kind(made) is FailureKind.TLS
        assert made.failure is not None
        assert "does not speak TLS" in made.failure.message

    def test_http_toward_https(self, driver_for: Make, authority: trustme.CA) -> None:
        with RawServer(answering(OK), server_context(authority, "127.0.0.1")) as server:
            made = driver_for(server.url.replace("https:", "http:")).send(call(), scenario="s")
        assert kind(made) in (FailureKind.MALFORMED, FailureKind.RESET)

    def test_a_handshake_that_never_ends(self, driver_for: Make) -> None:
        over = threading.Event()
        with RawServer(lambda _conn, _number: over.wait(10) and None) as server:
            driver = driver_for(server.url.replace("http:", "https:"), timeout=0.3)
            made = driver.send(call(), scenario="s")
            over.set()
        assert kind(made) is FailureKind.TLS

    def test_a_tunnel_through_a_proxy(
        self,
        driver_for: Make,
        authority: trustme.CA,
        bundle: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        context = server_context(authority, TARGET.host)
        asked: list[bytes] = []

        def proxy(conn: socket.socket, _number: int) -> None:
            asked.append(read_request(conn))
            conn.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with context.wrap_socket(conn, server_side=True) as secure:
                answering(OK, log=asked)(secure, 0)

        for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.delenv(name, raising=False)
        with RawServer(proxy) as server:
            monkeypatch.setenv("https_proxy", server.url)
            driver = driver_for("vendor", ca_bundle=bundle)
            made = driver.send(get("/pic_jobs/j?x=%2f"), scenario="s")
        assert made.failure is None
        assert asked[0].startswith(b"CONNECT " + TARGET.host.encode() + b":443 ")
        assert asked[1].startswith(b"GET /pic_jobs/j?x=%2f HTTP/1.1\r\n")


class TestLimits:
    def test_the_budget_of_requests(self, driver_for: Make) -> None:
        log: list[bytes] = []
        with RawServer(answering(OK, log=log)) as server:
            driver = driver_for(server.url, max_requests=2)
            made = [driver.send(get(), scenario="s") for _ in range(4)]
        assert [kind(each) for each in made] == [None, None, *[FailureKind.BUDGET] * 2]
        assert (driver.requests_sent, len(log)) == (2, 2)

    def test_the_budget_of_jobs_counts_what_may_have_made_one(self, driver_for: Make) -> None:
        refusal = b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"
        answers = iter([refusal, OK, refusal, OK, OK])

        def handle(conn: socket.socket, _number: int) -> None:
            while read_request(conn):
                conn.sendall(next(answers))

        with RawServer(handle) as server:
            driver = driver_for(server.url, max_jobs=2)
            made = [driver.send(call(), scenario="s") for _ in range(6)]
            other = driver.send(get(), scenario="s")
        assert [kind(each) for each in made] == [None] * 4 + [FailureKind.BUDGET] * 2
        assert driver.jobs_created == 2
        assert kind(other) is None

    def test_the_rate_waits(self, driver_for: Make) -> None:
        with RawServer(answering(OK)) as server:
            driver = driver_for(server.url, rate=20)
            began = time.monotonic()
            made = [driver.send(get(), scenario="s") for _ in range(5)]
            took = time.monotonic() - began
        assert [kind(each) for each in made] == [None] * 5
        assert took >= 0.14


class TestInterrupt:
    def test_whoever_waits_returns_at_once(self, driver_for: Make) -> None:
        arrived = threading.Event()
        over = threading.Event()

        def handle(conn: socket.socket, _number: int) -> None:
            read_request(conn)
            arrived.set()
            over.wait(20)

        with RawServer(handle) as server:
            driver = driver_for(server.url, timeout=20)
            made: list[Exchange] = []
            thread = threading.Thread(target=lambda: made.append(driver.send(call(), scenario="s")))
            thread.start()
            assert arrived.wait(5)
            driver.interrupt()
            thread.join(5)
            assert not thread.is_alive()
            over.set()
        assert kind(made[0]) is FailureKind.INTERRUPTED
        assert kind(driver.send(call(), scenario="s")) is FailureKind.INTERRUPTED

    def test_waiting_for_the_rate_too(self, driver_for: Make) -> None:
        with RawServer(answering(OK)) as server:
            driver = driver_for(server.url, rate=0.05)
            driver.send(get(), scenario="s")
            threading.Timer(0.05, driver.interrupt).start()
            began = time.monotonic()
            made = driver.send(get(), scenario="s")
        assert kind(made) is FailureKind.INTERRUPTED
        assert time.monotonic() - began < 5


def test_many_threads_at_once(driver_for: Make) -> None:
    with RawServer(answering(OK)) as server:
        driver = driver_for(server.url, workers=8, timeout=10)
        made: list[Exchange] = []
        threads = [
            threading.Thread(
                target=lambda: made.extend(driver.send(call(), scenario="s") for _ in range(20))
            )
            for _ in range(8)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert [each.failure for each in made] == [None] * 160
    assert (driver.requests_sent, driver.jobs_created) == (160, 160)
    assert server.connections <= 8


def test_no_secret_leaves_the_driver(driver_for: Make) -> None:
    def handle(conn: socket.socket, _number: int) -> None:
        request = read_request(conn)
        echo = request + SECRET.encode()
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(echo) + echo)

    with RawServer(handle) as server:
        made = driver_for(server.url).send(call(), scenario="s")
    assert made.response is not None
    assert SECRET not in repr(made)
    assert b"[redacted:secret-key]" in made.response.body
    assert b"q-signature=[redacted:signature]" in made.response.body
    assert made.response.framing.received == int(made.response.headers.get("Content-Length") or 0)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "localhost:80",
        "ftp://x",
        "http://",
        "http://x:99999",
        "http://x/path",
        "http://u@x",
        "http://[x",
    ],
)
def test_an_endpoint_of_the_wrong_form_is_one_clear_line(endpoint: str) -> None:
    with pytest.raises(EndpointProblem, match="not of the form") as caught:
        endpoint_url(endpoint, TARGET)
    assert "\n" not in str(caught.value)


def test_endpoints_of_the_right_form() -> None:
    assert endpoint_url("vendor", TARGET) == f"https://{TARGET.host}/"
    assert endpoint_url("http://[::1]:8080", TARGET) == "http://[::1]:8080/"


def test_a_ca_bundle_that_is_none(driver_for: Make, tmp_path: Path) -> None:
    with pytest.raises(EndpointProblem, match="is not a file"):
        driver_for("https://localhost", ca_bundle=str(tmp_path / "none.pem"))
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    with pytest.raises(EndpointProblem, match="holds no PEM certificate"):
        driver_for("https://localhost", ca_bundle=str(empty))


def test_a_recipe_that_cannot_be_followed_costs_nothing(driver_for: Make) -> None:
    driver = driver_for("http://127.0.0.1:1", max_jobs=1)
    for _ in range(2):
        with pytest.raises(ValueError, match="tampering"):
            driver.send(replace(call(), signing=Signing(tamper="nonsense")), scenario="s")
    assert driver.requests_sent == 0
