"""A run that was killed is gone on with, and judged as one whole run."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import pytest

from conformance.emulator import compose
from conformance.emulator.faults import all_faults
from conformance.engine.judged import verdicts_of
from conformance.engine.session import run
from conformance.spec.states import FINAL
from tests.commands.support import BY_SPEED, command, emulator, options_for
from tests.commands.test_interruption import meter

#: The parts of a run in which it is killed, by the number of requests.
SPOTS = (3, 120)

BROKEN = ("user-data-required", "callback-twice")


def table(outcome):
    found = {each.clause.id: str(each.verdict) for each in verdicts_of(outcome)}
    return {clause: verdict for clause, verdict in found.items() if clause not in BY_SPEED}


def kill(running, reached: threading.Event, tmp_path: Path, *more: str) -> None:
    process = command(
        *("run", "--record", "t.json", "--report-json", "r.json", "--max-examples", "0", *more),
        cwd=tmp_path,
        running=running,
    )
    assert reached.wait(60)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


@pytest.mark.long
@pytest.mark.parametrize("requests", SPOTS)
def test_a_killed_run_is_gone_on_with(requests: int, tmp_path: Path) -> None:
    behaviour = meter(requests)
    with emulator(behaviour) as running:
        kill(running, behaviour.reached, tmp_path, "--clause", "REQ", "--clause", "STA")
        assert (tmp_path / "t.json.journal").exists()
        before = len(running.store)
        outcome = run(options_for(running, resume=tmp_path / "t.json"))
        assert outcome.complete
        assert set(table(outcome).values()) == {"pass", "not-run"}
        assert {job.state for job in running.store.jobs()} <= {*FINAL}
        assert outcome.jobs >= before - 30
        whole = run(options_for(running, clauses=outcome.clauses))
        assert table(whole) == table(outcome)
    assert not (tmp_path / "t.json.journal").exists()
    replayed = run(options_for(running, replay=tmp_path / "t.json"))
    assert table(replayed) == table(outcome)
    assert replayed.facts.exchanges == outcome.facts.exchanges


def test_the_result_so_far_is_there_when_a_run_is_killed(tmp_path: Path) -> None:
    behaviour = meter(60)
    with emulator(behaviour) as running:
        kill(running, behaviour.reached, tmp_path, "--clause", "SIG")
    result = json.loads((tmp_path / "r.json").read_text())
    assert not result["complete"]
    assert result["summary"]["inconclusive"]


@pytest.mark.long
def test_what_is_taken_over_is_not_sent_again(tmp_path: Path) -> None:
    told = {"clauses": frozenset({"SIG-30", "SIG-33", "SIG-34"}), "record": tmp_path / "t.json"}
    with emulator() as running:
        short = run(options_for(running, max_requests=15, **told))
        assert short.requests <= 15
        assert short.stopped == "the budget of 15 requests is used up"
        outcome = run(options_for(running, resume=tmp_path / "t.json"))
        assert outcome.complete
        creates = [each for each in short.facts.sent if each.step == "create" and each.response]
        assert len(creates) >= 3
        assert {each.started for each in creates} <= {each.started for each in outcome.facts.sent}
        assert set(table(outcome).values()) == {"pass", "not-run"}


def test_what_cannot_be_gone_on_with(tmp_path: Path) -> None:
    clauses = frozenset({"SIG-20"})
    with emulator() as running:
        run(options_for(running, clauses=clauses, record=tmp_path / "whole.json"))
        options = options_for(running, clauses=clauses, record=tmp_path / "part.json")
        run(options_for(running, clauses=clauses, record=options.record, max_requests=8))
        done = command("run", "--resume", "whole.json", cwd=tmp_path, running=running)
        _, err = done.communicate(timeout=60)
        assert done.returncode == 2
        assert "that run came to its end" in err
    with emulator() as forgetful:
        done = command("run", "--resume", "part.json", cwd=tmp_path, running=forgetful)
        _, err = done.communicate(timeout=60)
        assert done.returncode == 2
        assert "no longer knows its job" in err


@pytest.mark.long
@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_found_all_the_same(name: str, tmp_path: Path) -> None:
    fault = all_faults()[name]
    behaviour = compose(fault.behaviour, meter(100))
    with emulator(behaviour, **fault.settings) as running:
        kill(running, behaviour.reached, tmp_path)
        outcome = run(options_for(running, resume=tmp_path / "t.json"))
        failed = {name for name, verdict in table(outcome).items() if verdict == "fail"}
        assert failed & set(fault.clauses)
