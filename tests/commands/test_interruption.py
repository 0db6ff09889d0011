"""A run that is ended early: soon, with a valid report, and with its jobs cancelled."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import jsonschema
import pytest

from conformance.emulator import Behaviour
from conformance.resources import resource_path
from conformance.spec.states import State
from tests.commands.support import command, emulator, environment

SCHEMA = json.loads((resource_path("schemas") / "result.schema.json").read_text())


class Meter(Behaviour):
    """Sets ``reached`` once so many requests have come."""

    after = 10
    reached: threading.Event

    def receive(self, *args, **kwargs):
        incoming = super().receive(*args, **kwargs)
        if self.count("requests") >= self.after:
            self.reached.set()
        return incoming


Meter.__init_subclass__ = classmethod(lambda cls, **_: None)


def verdicts(result):
    return {row["id"]: row["verdict"] for row in result["clauses"]}


def meter(requests: int) -> type[Meter]:
    class Counting(Meter):
        after = requests
        reached = threading.Event()

    return Counting


#: What is started by nohup heeds none, and neither do the processes that it starts.
HEEDS_HANGUPS = pytest.mark.skipif(
    signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, reason="SIGHUP is ignored here"
)


@pytest.mark.parametrize(
    ("number", "requests"),
    [
        (signal.SIGINT, 1),
        (signal.SIGTERM, 40),
        pytest.param(signal.SIGHUP, 60, marks=(HEEDS_HANGUPS, pytest.mark.long)),
        (signal.SIGINT, 150),
    ],
)
def test_a_signal_ends_a_run_in_order(number: int, requests: int, tmp_path: Path) -> None:
    behaviour = meter(requests)
    with emulator(behaviour, start_delay=600) as running:
        process = command(
            *("run", "--max-examples", "20", "--job-timeout", "1"),
            *("--report-json", "r.json", "--record", "t.json"),
            cwd=tmp_path,
            running=running,
        )
        assert behaviour.reached.wait(60)
        process.send_signal(number)
        begun = time.monotonic()
        out, err = process.communicate(timeout=60)
        took = time.monotonic() - begun
        assert process.returncode == 130, err
        assert took < 15  # 5 s on a machine of its own
        jobs = running.store.jobs()
        assert {job.state for job in jobs} <= {State.CANCEL}
        assert jobs or requests == 1
    result = json.loads((tmp_path / "r.json").read_text())
    jsonschema.Draft202012Validator(SCHEMA).validate(result)
    assert (result["complete"], result["stopped"]) == (False, "interrupted")
    assert result["summary"]["fail"] == 0
    assert "ended early: interrupted" in out
    replayed = command("run", "--replay", "t.json", "--report-json", "again.json", cwd=tmp_path)
    replayed.communicate(timeout=60)
    assert replayed.returncode == 3
    again = json.loads((tmp_path / "again.json").read_text())
    assert verdicts(again) == verdicts(result)


#: An adapter that falls silent at the operation that it is told, and says so at a port.
_SILENT = """
import json, socket, sys
for line in sys.stdin:
    asked = json.loads(line)
    if asked["op"] == sys.argv[1]:
        socket.create_connection(("127.0.0.1", int(sys.argv[2]))).recv(1)
    ops = {"name": "silent", "ops": ["create_pic_job"]}
    print(json.dumps({"id": asked["id"], "result": ops}), flush=True)
"""


@pytest.mark.parametrize("op", ["hello", "create_pic_job"])
def test_a_signal_ends_a_run_whose_adapter_is_silent(op: str, tmp_path: Path) -> None:
    """It is not waited for, and nobody is accused of having been silent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        adapter = (sys.executable, "-c", _SILENT, op, str(server.getsockname()[1]))
        process = command("client", "--report-json", "r.json", "--", *adapter, cwd=tmp_path)
        silent, _ = server.accept()
        with silent:
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            _, err = process.communicate(timeout=60)
            took = time.monotonic() - begun
    assert process.returncode == 130, err
    assert took < 15  # 5 s on a machine of its own
    result = json.loads((tmp_path / "r.json").read_text())
    assert result["complete"] is False
    assert result["summary"]["fail"] == 0


def python(program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of Python's, to its end, where no setting of the user's counts."""
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


#: Runs a command to which a signal comes while it imports a module, in text given to ``exec``.
_SIGNALLED = """
import signal, sys
from conformance import __main__

number, module = int(sys.argv.pop(1)), sys.argv.pop(1)

class Comes:
    def find_spec(self, name, *_):
        if name == module:
            exec("signal.raise_signal(number)")

sys.meta_path.insert(0, Comes())
__main__.main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["click", "conformance.commands.run", "conformance.settings"])
def test_a_signal_before_anything_is_sent(number: int, module: str, tmp_path: Path) -> None:
    """One line and 130, whatever is being imported: no traceback, and no report of nothing."""
    told = (str(int(number)), module, "run", "--report-json", "r.json")
    done = python(_SIGNALLED, *told, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "picjobs-conformance: interrupted"
    assert not any(tmp_path.iterdir())


#: Runs a command to which a signal comes when Python has begun to take itself down.
_LATE = """
import os, sys
from conformance import __main__

class Last:
    def __del__(self, kill=os.kill, pid=os.getpid(), number=int(sys.argv.pop(1))):
        kill(pid, number)

last = Last()
__main__.main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_when_all_is_over(number: int, tmp_path: Path) -> None:
    done = python(_LATE, str(int(number)), "clauses", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "SIG-01" in done.stdout
