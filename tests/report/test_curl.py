"""Curl lines: no secret in them, and a shell sends with them what the suite sent."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.generate.signing import ALL_HEADERS, Signing
from conformance.report.curl import curl_line, quoted, recipe_from, recipe_json, without_signature
from conformance.scenarios.base import Call
from conformance.spec.signature import parse_authorization, verifies
from conformance.spec.wire import Exchange, Headers, Request
from tests.report.results import DATE, HOST, STARTED, exchange, request

SECRET = {
    "PICJOBS_SECRET_ID": "AKIDtest",
    "PICJOBS_SECRET_KEY": "a-secret-key-for-tests",
    "PICJOBS_TMP_SECRET_ID": "AKIDtmp",
    "PICJOBS_TMP_SECRET_KEY": "a-temporary-key-for-tests",
    "PICJOBS_TMP_TOKEN": "a-session-token-for-tests",
}

needs_shell = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="curl and bash are needed"
)


class OneShot:
    """A server that keeps the bytes of one request and answers 200."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(20)
        self.endpoint = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.received = b""
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(20)
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            length = next(
                (
                    int(line.partition(b":")[2])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            while len(body) < length:
                body += connection.recv(65536)
            self.received = head + b"\r\n\r\n" + body
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def request(self) -> Request:
        self.thread.join(20)
        head, _, body = self.received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines)
        headers = Headers.of((name, value.strip()) for name, _, value in pairs)
        return Request(method, target, headers, body)


@pytest.fixture
def server() -> Iterator[OneShot]:
    made = OneShot()
    yield made
    made.socket.close()


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `picjobs-conformance` is this checkout's."""
    command = tmp_path / "picjobs-conformance"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m conformance "$@"\n')
    command.chmod(0o755)
    root = str(Path(__file__).resolve().parents[2])
    return os.environ | SECRET | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": root}


def sent_again(
    made: Exchange, server: OneShot, shell: dict[str, str], call: Call | None = None
) -> Request:
    line = curl_line(made, server.endpoint, call)
    assert not any(secret in line for name, secret in SECRET.items() if "KEY" in name)
    subprocess.run(["bash", "-c", line], env=shell, check=True, capture_output=True, timeout=60)
    return server.request()


def asked(made: Exchange, signing: Signing) -> Call:
    """What a scenario would have asked for: the request without its signature."""
    return Call(
        made.step,
        made.request.with_headers(made.request.headers.without("Authorization")),
        signing=signing,
    )


def signature_is_right(sent: Request, key: str = "PICJOBS_SECRET_KEY") -> bool:
    auth = parse_authorization(sent.headers.get("Authorization") or "")
    return verifies(sent, auth, SECRET[key])


@needs_shell
@pytest.mark.parametrize(
    "body",
    [
        b'<Request>it\'s "quoted" $HOME `x` \\ !\n\ttwo lines &amp; %s</Request>',
        "<Request>鹿 🦌</Request>".encode(),
        b"@not-a-file",
        b"\x00\xff\x01 binary",
        b"\xff\xfe no utf-8 \x80",
    ],
    ids=["quotes", "unicode", "at", "nul", "bytes"],
)
def test_the_body_arrives_unchanged_and_signed(
    body: bytes, server: OneShot, shell: dict[str, str]
) -> None:
    sent = sent_again(exchange(request=request(body=body)), server, shell)
    assert (sent.method, sent.target, sent.body) == ("POST", "/pic_jobs", body)
    assert signature_is_right(sent)
    names = [name for name, _ in sent.headers]
    assert sorted(names) == sorted(
        ["Host", "Date", "Content-Type", "Content-Length", "Authorization"]
    )
    assert sent.headers.get("Host") == HOST


@needs_shell
def test_a_query_and_odd_headers_arrive_unchanged(server: OneShot, shell: dict[str, str]) -> None:
    target = "/pic_jobs?queueId=p1&inputObject=a%20b%2B%5B1%5D%7B%7D&empty=&cancel"
    odd = "a=\"b\" 'c' \xc3\xa9"  # as latin-1 shows the bytes of a non-ASCII value
    made = exchange(request=request("GET", target, b"", ("X-Probe", odd), ("X-Empty", "")))
    call = asked(made, Signing(headers=("host", "x-probe")))
    sent = sent_again(made, server, shell, call)
    assert sent.target == target
    assert sent.headers.get("X-Probe") == odd
    assert sent.headers.get("X-Empty") == ""
    assert signature_is_right(sent)


@needs_shell
def test_every_header_signed_and_a_fresh_date(server: OneShot, shell: dict[str, str]) -> None:
    made = exchange()
    sent = sent_again(made, server, shell, asked(made, Signing(headers=ALL_HEADERS)))
    assert signature_is_right(sent)
    assert sent.headers.get("Date") != DATE
    auth = parse_authorization(sent.headers.get("Authorization") or "")
    assert {"date", "content-length", "content-type", "host"} <= set(auth.header_names)


@needs_shell
def test_temporary_credentials_bring_their_token(server: OneShot, shell: dict[str, str]) -> None:
    made = exchange(request=request("GET", "/pic_jobs/j1", b"", ("x-ci-security-token", "[gone]")))
    sent = sent_again(made, server, shell)
    assert sent.headers.get("x-ci-security-token") == SECRET["PICJOBS_TMP_TOKEN"]
    assert signature_is_right(sent, "PICJOBS_TMP_SECRET_KEY")


@needs_shell
def test_a_bad_signature_is_bad_again(server: OneShot, shell: dict[str, str]) -> None:
    made = exchange()
    call = asked(made, Signing(tamper="digit", at="39"))
    assert not signature_is_right(sent_again(made, server, shell, call))


@needs_shell
def test_a_signature_in_the_url(server: OneShot, shell: dict[str, str]) -> None:
    bare = Request("GET", "/pic_jobs/j1?x=1", Headers.of([("Host", HOST)]))
    made = exchange(request=Request("GET", "/pic_jobs/j1?x=1&q-sign-algorithm=sha1", bare.headers))
    call = Call("describe", bare, signing=Signing(carrier="url"))
    sent = sent_again(made, server, shell, call)
    assert sent.target.startswith("/pic_jobs/j1?x=1&q-sign-algorithm=sha1&q-ak=AKIDtest&")
    assert sent.headers.get("Authorization") is None


@needs_shell
def test_no_signature_stays_none(server: OneShot, shell: dict[str, str]) -> None:
    bare = Request("GET", "/pic_jobs/j1", Headers.of([("Host", HOST)]))
    call = Call("describe", bare, signing=Signing(who="none"))
    assert (
        sent_again(exchange(request=bare), server, shell, call).headers.get("Authorization") is None
    )


def test_without_an_endpoint_the_shell_is_asked_for_it() -> None:
    assert '"$PICJOBS_ENDPOINT"/pic_jobs' in curl_line(exchange())


def test_a_long_body_is_left_to_a_file() -> None:
    line = curl_line(exchange(request=request(body=b"a" * 100_000)))
    assert line.startswith("# put the 100000 bytes of the body into body.bin first\n")
    assert "--data-binary @body.bin" in line


def test_a_date_chosen_by_the_scenario_is_kept() -> None:
    assert f"'Date: {DATE}'" in curl_line(exchange(started=STARTED + 3600))


def test_recipes_are_read_back() -> None:
    signing = Signing(
        who="temporary", headers=ALL_HEADERS, params=(), window=(-9, 9), tamper="upper", at="x"
    )
    assert recipe_from(recipe_json(signing)) == signing
    assert recipe_json(Signing()) == "{}"
    assert recipe_from("{}") == Signing()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"x": 1}',
        '{"who": 1}',
        '{"window": [1]}',
        '{"window": ["a", "b"]}',
        '{"headers": "host"}',
    ],
)
def test_a_wrong_recipe_is_refused(text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        recipe_from(text)


def test_signatures_are_taken_out_of_targets() -> None:
    assert without_signature("/a?x=1&q-ak=2&x-ci-security-token=3&y") == "/a?x=1&y"
    assert without_signature("/a?q-ak=2") == "/a"
    assert without_signature("/a") == "/a"


@pytest.mark.parametrize(
    ("text", "word"),
    [("plain", "plain"), ("it's", "'it'\"'\"'s'"), ("a\nb'", "$'a\\nb\\''"), ("é", "'é'")],
)
def test_quoting(text: str, word: str) -> None:
    assert quoted(text) == word


def test_an_authorization_of_the_scenario_s_own_is_kept() -> None:
    literal = request().with_headers(Headers.of([("Host", HOST), ("Authorization", "Basic eA==")]))
    line = curl_line(exchange(request=literal), "", Call("create", literal))
    assert "-H 'Authorization: Basic eA=='" in line
