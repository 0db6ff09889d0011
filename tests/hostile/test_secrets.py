"""Canaries: nothing that is secret reaches any output, whatever the target makes of it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

import pytest

from conformance.commands import serve
from conformance.commands.options import load_config, load_part
from conformance.emulator import Emulator
from conformance.spec.reading import job_request_of
from conformance.spec.signature import sign_key
from conformance.spec.wire import Request
from tests.hostile.answers import body_of, head
from tests.hostile.between import Between, Gone, Turn
from tests.hostile.support import SETTINGS, environment, measured

SECRET = 'Canary/3x+Am=ple&Key<9>"Zq\\k'
TMP_SECRET = "canaryTemporarySecret/Key+02"
TOKEN = 'canary-token/+=="<&>\\0123456789'

CANARIES = replace(SETTINGS, secret_key=SECRET, tmp_secret_key=TMP_SECRET, tmp_token=TOKEN)

_WINDOW = re.compile(rb"q-key-time=([0-9]+;[0-9]+)")
_SIGNATURE = re.compile(rb"q-signature=([0-9a-fA-F]{32,40})")


def forms(secret: str) -> Iterator[str]:
    """Every way in which a secret might be written down."""
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(json.dumps(secret))[3:-3]
    yield escape(secret)
    yield escape(secret, {'"': "&quot;"})
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + secret.encode()).decode()
        begin = -(-offset * 8 // 6)
        yield coded[begin : (len(secret.encode()) + offset) * 8 // 6]


class Echo:
    """Gives away whatever it knows: the keys, the request's signature, and the signs of it all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self.signatures: set[str] = set()
        self.sign_keys: set[str] = set()
        self.said = 0

    def __call__(self, turn: Turn) -> None:
        with self._lock:
            number = self._count
            self._count += 1
            self.signatures |= {each.decode() for each in _SIGNATURE.findall(turn.request)}
            self._learn(turn.request)
        if number % 2 == 0:
            turn.pass_on()
            return
        ways = (self._message, self._header, self._reason, self._garbage, self._line, self._chunk)
        self.said += 1
        ways[number // 2 % len(ways)](turn, self._secrets(turn, number))
        raise Gone

    def _learn(self, request: bytes) -> None:
        for window in _WINDOW.findall(request):
            for secret in (SECRET, TMP_SECRET):
                self.sign_keys.add(sign_key(secret, window.decode()))

    def _secrets(self, turn: Turn, number: int) -> str:
        first = turn.request.partition(b"\r\n\r\n")[0].decode("latin-1")
        signatures = [each.decode() for each in _SIGNATURE.findall(turn.request)]
        plain = [SECRET, TMP_SECRET, TOKEN, *signatures, *self.sign_keys]
        plain += first.split("\r\n")[1:]
        coded = [base64.b64encode(each.encode("latin-1")).decode() for each in plain]
        percent = [quote(each, safe="") for each in plain]
        return " ".join((plain, coded, percent)[number % 3])

    def _error(self, text: str) -> bytes:
        return f"<Error><Code>AccessDenied</Code><Message>{escape(text)}</Message></Error>".encode()

    def _message(self, turn: Turn, text: str) -> None:
        self._call_back(turn, text)
        body = self._error(text)
        begin = head(turn.ask(), "403 Forbidden")
        turn.conn.sendall(begin + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def _header(self, turn: Turn, text: str) -> None:
        answer = turn.ask()
        line = f"x-echo: {text}\r\nx-ci-trace-id: {text}\r\n".encode()
        body = body_of(answer)
        begin = head(answer) + line + b"Content-Length: %d\r\n\r\n" % len(body)
        turn.conn.sendall(begin + body)

    def _reason(self, turn: Turn, text: str) -> None:
        turn.conn.sendall(head(turn.ask(), f"403 {text}") + b"Content-Length: 0\r\n\r\n")

    def _garbage(self, turn: Turn, text: str) -> None:
        turn.conn.sendall(text.encode())

    def _line(self, turn: Turn, text: str) -> None:
        turn.conn.sendall(head(turn.ask()) + text.replace(":", "").encode() + b"\r\n\r\n")

    def _chunk(self, turn: Turn, text: str) -> None:
        chunked = b"Transfer-Encoding: chunked\r\n\r\n"
        turn.conn.sendall(head(turn.ask()) + chunked + text.encode() + b"\r\n")

    def _call_back(self, turn: Turn, text: str) -> None:
        """Send it to the job's callback address too."""
        job = job_request_of(Request("POST", "/pic_jobs", body=body_of(turn.request)))
        address = urlsplit(job.call_back or "") if job is not None else urlsplit("")
        if not address.hostname or not address.path.startswith("/callback/"):
            return
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            headers = {"x-echo": quote(text)}
            connection.request("POST", address.path, self._error(text), headers)
            connection.getresponse().read()


def assert_no_canary(outputs: dict[str, str], echo: Echo) -> None:
    secrets = {"key": SECRET, "temporary key": TMP_SECRET, "token": TOKEN}
    for where, text in outputs.items():
        for name, secret in secrets.items():
            for form in forms(secret):
                assert_lacks(text, form, f"{where} holds the {name}")
        lower = text.lower()
        for value in echo.sign_keys | echo.signatures:
            assert_lacks(lower, value.lower(), f"{where} holds a sign key or signature")
            coded = base64.b64encode(value.encode()).decode()[:48]
            assert_lacks(text, coded, f"{where} holds a sign key or signature in Base64")


def assert_lacks(text: str, form: str, said: str) -> None:
    """Say what is around ``form``, as pytest shows a long text whole."""
    at = text.find(form)
    assert at < 0, f"{said} as {form}: …{text[max(0, at - 600) : at + 200]}…"


@pytest.fixture
def keys() -> dict[str, str]:
    return {
        "PICJOBS_SECRET_KEY": SECRET,
        "PICJOBS_TMP_SECRET_KEY": TMP_SECRET,
        "PICJOBS_TMP_TOKEN": TOKEN,
        "PICJOBS_DEBUG": "1",
    }


def told(tmp_path: Path, *, saves: bool = False) -> tuple[str, ...]:
    """Options for every output that a run has."""
    reports = ("json", "html", "junit", "markdown")
    return (
        *(part for form in reports for part in (f"--report-{form}", str(tmp_path / f"r.{form}"))),
        *("--write-expectations", str(tmp_path / "known.toml")),
        *(("--save-failures", str(tmp_path / "failures")) if saves else ()),
        "--verbose",
    )


def outputs_of(tmp_path: Path) -> dict[str, str]:
    return {
        str(each.relative_to(tmp_path)): each.read_text(errors="replace")
        for each in tmp_path.rglob("*")
        if each.is_file()
    }


def run_and_replay(tmp_path: Path, keys: dict[str, str], suffix: str, *clauses: str) -> None:
    """A run with every output, its replay, the reading of its recording, and of its result."""
    echo = Echo()
    (tmp_path / "seen").mkdir()
    chosen = tuple(part for each in clauses for part in ("--clause", each))
    recording = tmp_path / f"run.{suffix}"
    with Emulator(CANARIES) as emulator, Between(emulator.address, echo) as between:
        live = measured(
            tmp_path,
            *("run", "--endpoint", between.url, "--timeout", "2", *chosen),
            *("--record", str(recording), *told(tmp_path, saves=True)),
            **keys,
        )
        outputs = outputs_of(tmp_path) | {"stdout": live.out, "stderr": live.err}
        https = ("--endpoint", f"https{between.url[4:]}", "--timeout", "0.2")
        dead = measured(tmp_path, "run", *https, *chosen, **keys)
    again = measured(tmp_path, "run", "--replay", str(recording), *told(tmp_path), **keys)
    inspected = measured(tmp_path, "inspect", str(recording), *told(tmp_path / "seen"), **keys)
    stored = str(tmp_path / "r.json")
    forms = ("html", "junit", "markdown", "sarif", "badge", "json")
    files = (part for form in forms for part in (f"--{form}", str(tmp_path / f"again.{form}")))
    rendered = measured(tmp_path, "report", stored, *files, **keys)
    printed = measured(tmp_path, "report", "--verbose", stored, **keys)
    compared = measured(tmp_path, "compare", stored, str(tmp_path / "seen/r.json"), **keys)
    assert echo.said > 10
    assert len(echo.signatures) > 20
    assert set(outputs) >= {f"run.{suffix}", "r.json", "r.html", "r.junit", "r.markdown"}
    outputs |= {f"replayed {name}": text for name, text in outputs_of(tmp_path).items()}
    assert {f"replayed again.{form}" for form in forms} <= set(outputs)
    ended = {"dead": dead, "replay": again, "inspect": inspected}
    ended |= {"report": rendered, "printed": printed, "compare": compared}
    for name, each in ended.items():
        assert each.out or each.err or name == "report"
        outputs |= {f"{name} stdout": each.out, f"{name} stderr": each.err}
    assert_no_canary(outputs, echo)
    assert "[redacted:" in outputs["r.json"]


@pytest.mark.long
def test_a_target_that_gives_everything_away(tmp_path: Path, keys: dict[str, str]) -> None:
    run_and_replay(tmp_path, keys, "json", "SIG-33", "SIG-44", "CBK-09", "STA-10")


@pytest.mark.long
def test_a_target_that_gives_everything_away_in_a_whole_run(
    tmp_path: Path, keys: dict[str, str]
) -> None:
    run_and_replay(tmp_path, keys, "yaml")


#: An adapter that tells all that it was given: its arguments, its environment, the calls.
_TELLER = """
import json, os, sys
print(sys.argv, dict(os.environ), file=sys.stderr)
for line in sys.stdin:
    asked = json.loads(line)
    print(line, file=sys.stderr)
    if asked["op"] == "hello":
        answer = {"result": {"name": str(dict(os.environ)), "ops": ["create"]}}
    else:
        answer = {"error": {"message": str(dict(os.environ))}}
    print(json.dumps({"id": asked["id"], **answer}), flush=True)
"""


def test_an_adapter_is_not_given_the_users_keys(tmp_path: Path, keys: dict[str, str]) -> None:
    program = tmp_path / "teller.py"
    program.write_text(_TELLER)
    ended = measured(
        tmp_path,
        *("client", "--clause", "LIB-05", *told(tmp_path), "--", sys.executable, str(program)),
        **keys,
    )
    assert "Traceback" not in ended.err
    outputs = outputs_of(tmp_path) | {"stdout": ended.out, "stderr": ended.err}
    assert "r.json" in outputs
    assert_no_canary(outputs, Echo())


_SECRETS = ("secret-key", "tmp-token")


def of_run(given: dict[str, Any]) -> tuple[str | None, str | None]:
    config = load_config({"endpoint": "http://127.0.0.1:1", **given}, None)
    return config.secret_key, config.tmp_token


def of_inspect(given: dict[str, Any]) -> tuple[str | None, str | None]:
    config = load_part(_SECRETS, given, None)
    return config.secret_key, config.tmp_token


def of_serve(given: dict[str, Any]) -> tuple[str | None, str | None]:
    known = serve.identity(given, None)
    return known["secret_key"], known["tmp_token"]


@pytest.mark.parametrize("taken_by", [of_run, of_inspect, of_serve])
def test_a_secret_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    taken_by: Callable[[dict[str, Any]], tuple[str | None, str | None]],
) -> None:
    """``-`` in place of a secret: from what is piped in, one line each, and without a warning."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PICJOBS_SECRET_KEY")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n{TOKEN}\n"))
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        assert taken_by({"secret_key": "-", "tmp_token": "-"}) == (SECRET, TOKEN)
    assert err.getvalue() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--endpoint", "nonsense"),
        ("run", "--endpoint", "http://127.0.0.1:1", "--clause", "SIG-33", "--verbose"),
        ("run", "--dry-run", "--clause", "SIG-33"),
        ("run", "--token", f"{TOKEN}\n"),
        ("serve", "--host", "256.1.1.1"),
        ("run", "--record", "/proc/none/run.json"),
    ],
    ids=" ".join,
)
def test_what_goes_wrong_tells_no_secret(
    tmp_path: Path, keys: dict[str, str], arguments: tuple[str, ...]
) -> None:
    ended = measured(tmp_path, *arguments, **keys)
    assert_no_canary({"stdout": ended.out, "stderr": ended.err}, Echo())
