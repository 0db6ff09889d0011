"""A run that is ended early: soon, with a valid report, and with its jobs cancelled."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path

import jsonschema
import pytest

from conformance.emulator import Behaviour
from conformance.resources import resource_path
from conformance.spec.states import State
from tests.commands.support import command, emulator

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


@pytest.mark.parametrize(
    ("number", "requests"), [(signal.SIGINT, 1), (signal.SIGTERM, 40), (signal.SIGINT, 150)]
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


def test_a_signal_before_anything_is_sent(tmp_path: Path) -> None:
    process = command("run", "--report-json", "r.json", cwd=tmp_path)
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)  # the latter: Python was not up yet
