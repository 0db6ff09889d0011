"""The adapter protocol: one program a library, JSON lines on its stdin and stdout.

An adapter is another program that may hang, crash, or write anything at all: every way in which it
can fail becomes a :class:`Reply` that says so, and the next call gets a new process.
"""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from conformance.checks.client_case import FAILED, OPS, Call, Reply, Said
from conformance.problems import Problem
from conformance.settings import SETTINGS
from conformance.spec.reading import Operation

#: A line of the protocol, in bytes, its end included.
MAX_LINE = 8 * 1024 * 1024

#: What an adapter may take beyond the time of the call, in seconds.
GRACE = 5.0

#: A runtime may take long to start: the time for the answer to hello, in seconds.
START = 60.0

#: Seconds in which an adapter that is alive takes the next piece of a line.
_TAKING = 10.0

#: Seconds between two looks whether the run was stopped, while an answer is waited for.
_LOOK = 0.2

_STDERR_LINES = 200
_STDERR_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Hello:
    """What an adapter says of its library. ``ops`` None: it did not say."""

    name: str
    version: str = ""
    language: str = ""
    ops: frozenset[str] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""

    def offers(self, operation: Operation) -> bool:
        return self.ops is None or OPS[operation] in self.ops


@dataclass(frozen=True, slots=True)
class Address:
    """Where the judging endpoint is, and with which certificate it serves https (or none)."""

    host: str
    port: int
    ca_file: str | None = None

    def to_json(self) -> dict[str, Any]:
        scheme = "https" if self.ca_file else "http"
        told: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "proxy": f"http://{self.host}:{self.port}",
        }
        if self.ca_file:
            told |= {"scheme": scheme, "ca_file": self.ca_file}
        return told


class Adapter:
    """The adapter of one library, started when it is needed and again after it has failed.

    Once ``stopped`` says so, no answer is waited for any longer. ``stderr`` is the last of what the
    processes that have ended wrote there.
    """

    def __init__(
        self,
        command: Sequence[str],
        address: Address,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._command = list(command)
        self._address = address
        self._stopped = stopped
        self._process: _Process | None = None
        self._id = 0
        self._patience = START
        self.starts = 0
        self.stderr = ""

    def hello(self) -> Hello:
        """Ask for the library's name and operations.

        Raises :class:`Problem` when the command cannot be started, ends before it answers, or
        never does. Any other failure is told in ``Hello.problem``, and so is that it was stopped.
        """
        begun = time.monotonic()
        line, failed = self._ask({"op": "hello"}, START)
        self._patience = max(GRACE, 5 * (time.monotonic() - begun))
        if failed is not None:
            name, last = self._command[0], _last_line(failed.stderr)
            if failed.said is Said.DIED:
                raise Problem(
                    f"the adapter {name!r} ended before it answered hello: {failed.message}{last}"
                )
            if failed.said is Said.SILENT:
                raise Problem(
                    f"the adapter {name!r} does not answer hello: {failed.message}{last}; "
                    "answer each line of stdin by one of stdout, and flush it"
                )
            return Hello(self._command[0], problem=failed.message)
        assert line is not None
        result = line.get("result")
        if not isinstance(result, Mapping):
            return Hello(self._command[0], problem="the answer to hello has no result object")
        ops = result.get("ops")
        if not isinstance(ops, list) or not all(isinstance(each, str) for each in ops):
            return Hello(self._command[0], problem="the answer to hello has no list of ops")
        known = {"name", "version", "language", "ops"}
        return Hello(
            str(result.get("name") or self._command[0]),
            str(result.get("version") or ""),
            str(result.get("language") or ""),
            frozenset(ops),
            {str(key): value for key, value in result.items() if key not in known},
        )

    def call(self, call: Call) -> Reply:
        """Make one call through the library, and wait for what it tells its caller."""
        if self._process is None:  # started again: its start-up is no part of the call
            _, failed = self._ask({"op": "hello"}, self._patience)
            if failed is not None:
                return failed
        begun = time.monotonic()
        line, failed = self._ask(question(call, self._address), call.timeout + GRACE)
        took = time.monotonic() - begun
        if failed is not None:
            return Reply(failed.said, message=failed.message, took=took, stderr=failed.stderr)
        assert line is not None
        reply = read_reply(call.operation, line, took)
        if reply.said in FAILED:
            self._end()
        return reply

    def close(self) -> None:
        """Say ``shutdown`` and end the process; it is killed when it does not end by itself."""
        if self._process is not None:
            with suppress(OSError):
                self._process.write({"id": self._id + 1, "op": "shutdown"}, lambda: True)
        self._end(patience=2.0)

    def _ask(
        self, message: dict[str, Any], seconds: float
    ) -> tuple[dict[str, Any] | None, Reply | None]:
        """The answer to ``message``, or how there came none."""
        process = self._running()
        self._id += 1
        try:
            process.write({"id": self._id, **message}, self._stopped)
            line = process.read(time.monotonic() + seconds, self._stopped)
        except BlockingIOError:  # answers to what it has not read: its pipe is full of questions
            if not self._stopped():
                self._end()
                unread = "it does not read its standard input"
                return None, Reply(Said.SILENT, message=unread, stderr=process.stderr)
            line = None
        except OSError:
            line = b""
        failed = self._trouble(process, line, seconds)
        if failed is not None:
            return None, failed
        assert line is not None
        parsed: dict[str, Any] = json.loads(line)
        return parsed, None

    def _trouble(self, process: _Process, line: bytes | None, seconds: float) -> Reply | None:
        if line is None and self._stopped():
            said, message = Said.NEVER, "the run was interrupted"
        elif line is None:
            said, message = Said.SILENT, f"no answer within {seconds:g} s"
        elif not line:
            process.end(patience=1.0)
            said, message = Said.DIED, process.obituary()
        else:
            message = _line_problem(line, self._id)
            if not message:
                return None
            said = Said.GARBLED
        self._end()
        return Reply(said, message=message, stderr=process.stderr)

    def _running(self) -> _Process:
        if self._process is None:
            self._process = _Process(self._command)
            self.starts += 1
        return self._process

    def _end(self, patience: float = 0.2) -> None:
        if self._process is not None:
            self._process.end(patience)
            self.stderr = self._process.stderr or self.stderr
            self._process = None


def question(call: Call, address: Address) -> dict[str, Any]:
    """A call as the protocol writes it."""
    message: dict[str, Any] = {
        "op": call.op,
        "endpoint": address.to_json(),
        "credentials": {
            "secret_id": call.keys.secret_id,
            "secret_key": call.keys.secret_key,
            "token": call.keys.token,
        },
        "bucket": call.bucket,
        "region": call.region,
        "timeout_s": int(call.timeout) if call.timeout == int(call.timeout) else call.timeout,
    }
    if call.job is not None:
        message["job"] = call.job
    if call.job_ids:
        message["job_ids"] = list(call.job_ids)
    if call.query:
        message["query"] = dict(call.query)
    return message


def _line_problem(line: bytes, wanted: int) -> str:
    """What is wrong with an answer line as such, or ``""``."""
    if _too_long(line):
        return f"the answer is longer than {MAX_LINE} bytes"
    try:
        answer = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        shown = line[:80].decode("utf-8", "replace").rstrip()
        return f"the answer is not one line of JSON in UTF-8 ({error}): {shown!r}"
    if not isinstance(answer, dict):
        return f"the answer is no JSON object: {line[:80].decode('utf-8', 'replace').rstrip()!r}"
    if answer.get("id") != wanted or isinstance(answer.get("id"), bool):
        return f"the answer carries the id {answer.get('id')!r}, the question had {wanted}"
    return ""


def _too_long(line: bytes) -> bool:
    return len(line.rstrip(b"\r\n")) > MAX_LINE


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def read_reply(operation: Operation, line: Mapping[str, Any], took: float = 0.0) -> Reply:
    """What an answer line says of a call."""
    kinds = [each for each in ("result", "error", "unsupported") if line.get(each) is not None]
    if len(kinds) != 1:
        return _garbled("the answer has not exactly one of result, error and unsupported", took)
    value = line[kinds[0]]
    if kinds == ["unsupported"]:
        return Reply(Said.UNSUPPORTED, message=str(value), took=took)
    if not isinstance(value, Mapping):
        return _garbled(f"{kinds[0]} is not an object", took)
    return _error(value, took) if kinds == ["error"] else _result(operation, value, took)


def _garbled(message: str, took: float) -> Reply:
    return Reply(Said.GARBLED, message=message, took=took)


def _error(value: Mapping[str, Any], took: float) -> Reply:
    kind = value.get("kind")
    if kind not in (Said.SERVICE, Said.CLIENT):
        return _garbled(f"error.kind is {kind!r}: it is service or client", took)
    status = value.get("status")
    if isinstance(status, str) and status.isascii() and status.isdigit() and len(status) <= 3:
        status = int(status)
    if isinstance(status, float) and status.is_integer():  # so some languages write all numbers
        status = int(status)
    return Reply(
        Said(kind),
        message=_optional(value.get("message")) or "",
        status=status if isinstance(status, int) else None,
        code=_optional(value.get("code")),
        request_id=_optional(value.get("request_id")),
        took=took,
    )


def _optional(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _result(operation: Operation, value: Mapping[str, Any], took: float) -> Reply:
    jobs = value.get("jobs", [])
    if operation is Operation.CANCEL and not jobs:
        return Reply(Said.RESULT, took=took)
    if not isinstance(jobs, list) or not all(isinstance(each, Mapping) for each in jobs):
        return _garbled("result.jobs is not a list of objects", took)
    return Reply(Said.RESULT, tuple(jobs), took=took)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return f" ({lines[-1][:300]})" if lines else ""


def _environment() -> dict[str, str]:
    """This process's environment without the user's own keys: calls bring throw-away ones."""
    keys = {each.variable for each in SETTINGS if each.secret}
    return {name: value for name, value in os.environ.items() if name not in keys}


class _Process:
    """One run of the adapter.

    Its pipes are read by threads, and written to while there is room, so that nothing blocks for
    ever.
    """

    def __init__(self, command: list[str]) -> None:
        try:
            self._popen = subprocess.Popen(  # noqa: S603 - the command is what the user asked for
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise Problem(f"the adapter {command[0]!r} cannot be started: {reason}") from None
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        assert self._popen.stderr is not None
        os.set_blocking(self._popen.stdin.fileno(), False)
        self._readers = (
            threading.Thread(target=self._read_out, args=(self._popen.stdout,), daemon=True),
            threading.Thread(target=self._read_err, args=(self._popen.stderr,), daemon=True),
        )
        for each in self._readers:
            each.start()

    def write(self, message: Mapping[str, Any], stopped: Callable[[], bool]) -> None:
        """Write one line. Raises BlockingIOError when it is not taken, or another OSError.

        Once ``stopped`` is true, no room in the pipe is waited for.
        """
        assert self._popen.stdin is not None
        pipe = self._popen.stdin.fileno()
        room = select.poll()
        room.register(pipe, select.POLLOUT)
        data = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        deadline = time.monotonic() + _TAKING
        while data:
            if room.poll(_LOOK * 1000):
                data = data[os.write(pipe, data) :]
                deadline = time.monotonic() + _TAKING
            elif stopped() or time.monotonic() > deadline:
                raise BlockingIOError

    def read(self, deadline: float, stopped: Callable[[], bool]) -> bytes | None:
        """The next line; ``b""`` when the process has ended, None when time or run are over."""
        while not stopped() and (left := deadline - time.monotonic()) > 0:
            with suppress(queue.Empty):
                return self._lines.get(timeout=min(left, _LOOK))
        return None

    @property
    def stderr(self) -> str:
        return "".join(self._stderr)

    def obituary(self) -> str:
        status = self._popen.poll()
        if status is not None and status < 0:
            with suppress(ValueError):
                return f"the process was ended by {signal.Signals(-status).name}"
        return f"the process ended with status {status}"

    def end(self, patience: float) -> None:
        """Close its stdin, wait ``patience`` seconds, then kill it and what it started."""
        with suppress(OSError):
            assert self._popen.stdin is not None
            self._popen.stdin.close()
        try:
            self._popen.wait(patience)
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
        for each in self._readers:
            each.join(0.5)

    def _read_out(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while line := stream.readline(MAX_LINE + len("\r\n")):
                self._lines.put(line)
                if _too_long(line):
                    break
        self._lines.put(b"")

    def _read_err(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while line := stream.readline(_STDERR_LINE):
                self._stderr.append(line.decode("utf-8", "replace"))
