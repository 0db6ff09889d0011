"""Jobs' lives, by a clock that the test turns."""

from __future__ import annotations

from itertools import pairwise

import pytest

from conformance.emulator import EmulatorSettings
from conformance.spec.messages import PicProcess
from conformance.spec.states import STEPS, State
from conformance.spec.times import parse_job_time

from .driving import SETTINGS, START, Desk


def test_a_job_goes_through_its_states(desk: Desk) -> None:
    job_id = desk.created()
    assert desk.state(job_id) == "Submitted"
    desk.later(SETTINGS.start_delay + 0.01)
    running = desk.describe(job_id).jobs[0]
    assert running.value("State") == "Running"
    assert running.value("EndTime") == "-"
    assert parse_job_time(running.value("StartTime") or "") == int(START + SETTINGS.start_delay)
    desk.later(SETTINGS.run_time)
    done = desk.describe(job_id).jobs[0]
    assert done.value("State") == "Success"
    assert parse_job_time(done.value("EndTime") or "") is not None
    assert done.value("Code") == "Success"
    assert done.value("Message") == ""
    desk.later(1e6)
    assert desk.describe(job_id).jobs[0] == done


def test_steps_that_nobody_watched_have_their_own_moments(desk: Desk) -> None:
    slow = Desk(settings=EmulatorSettings(start_delay=10, run_time=20))
    job_id = slow.created()
    slow.later(1000)
    done = slow.describe(job_id).jobs[0]
    times = [parse_job_time(done.value(name) or "") for name in ("StartTime", "EndTime")]
    assert times == [int(START + 10), int(START + 30)]


def test_a_missing_input_object_fails_the_job(desk: Desk) -> None:
    job_id = desk.created(input_object="no/such.jpg")
    desk.later(1)
    job = desk.describe(job_id).jobs[0]
    assert job.value("State") == "Failed"
    assert job.value("Code") == "ResourceNotFound"
    assert job.value("Message")
    assert job.at("Operation/PicProcessResult") is None


def test_an_empty_rule_fails_the_job(desk: Desk) -> None:
    job_id = desk.created(template_id=None, pic_process=PicProcess("true", ""))
    desk.later(1)
    assert desk.state(job_id) == "Failed"


def test_a_paused_queue_lets_jobs_wait(desk: Desk) -> None:
    job_id = desk.created(queue_id=SETTINGS.paused_queue_id)
    desk.later(3600)
    job = desk.describe(job_id).jobs[0]
    assert [job.value(name) for name in ("State", "StartTime", "EndTime")] == ["Pause", "-", "-"]
    assert desk.cancel(job_id).status == 200
    assert desk.state(job_id) == "Cancel"


def test_no_more_jobs_run_than_there_are_workers(desk: Desk) -> None:
    jobs = [desk.created() for _ in range(20)]
    desk.later(SETTINGS.start_delay + 0.001)
    states = [desk.state(job_id) for job_id in jobs]
    assert states == ["Running"] * SETTINGS.slots + ["Submitted"] * (20 - SETTINGS.slots)
    desk.later(3 * SETTINGS.run_time)
    assert {desk.state(job_id) for job_id in jobs} == {"Success"}


def test_a_higher_level_overtakes_those_that_wait(desk: Desk) -> None:
    waiting = [desk.created(job_level="0") for _ in range(24)]
    desk.later(SETTINGS.start_delay)
    middle = desk.created(job_level="1")
    urgent = desk.created(job_level="2")
    desk.later(SETTINGS.run_time + 0.01)
    assert desk.state(urgent) == "Running"
    running = {job.job_id for job in desk.behaviour.store if job.state is State.RUNNING}
    first = SETTINGS.slots
    assert running == {urgent, middle, *waiting[first : 2 * first - 2]}


def test_a_waiting_job_can_be_cancelled_and_never_runs(desk: Desk) -> None:
    job_id = desk.created()
    said = desk.cancel(job_id)
    assert (said.status, said.answer.body) == (200, b"")
    assert said.answer.headers.get("Content-Length") == "0"
    desk.later(10)
    assert desk.state(job_id) == "Cancel"
    assert desk.cancel(job_id).status == 400


@pytest.mark.parametrize("seconds", [SETTINGS.start_delay + 0.01, 10.0])
def test_a_job_past_waiting_cannot(desk: Desk, seconds: float) -> None:
    job_id = desk.created()
    desk.later(seconds)
    before = desk.describe(job_id).jobs
    assert desk.cancel(job_id).code == "InvalidArgument"
    assert desk.describe(job_id).jobs == before


def test_cancelling_an_unknown_job(desk: Desk) -> None:
    said = desk.cancel("c0")
    assert (said.status, said.code) == (404, "AuditingJobNotFound")


def test_only_documented_steps_are_ever_taken(desk: Desk) -> None:
    seen: dict[str, list[str]] = {}
    for turn in range(40):
        if turn < 25:
            desk.created(input_object="x" if turn % 3 else "input/deer.jpg")
        if turn % 4 == 0:
            desk.cancel(next(reversed(desk.behaviour.store.jobs())).job_id)
        desk.later(0.03)
        for job in desk.list(size="100").jobs:
            seen.setdefault(job.value("JobId") or "", []).append(job.value("State") or "")
    assert len(seen) == 25
    for states in seen.values():
        for before, after in pairwise(states):
            assert before == after or State(after) in STEPS[State(before)]
    assert {states[-1] for states in seen.values()} == {"Success", "Failed", "Cancel"}


def test_an_undocumented_step_is_an_error_of_the_emulator(desk: Desk) -> None:
    desk.created()
    (job,) = desk.behaviour.store.jobs()
    desk.behaviour.cancel(job, START)
    with pytest.raises(RuntimeError, match="no step from Cancel to Running"):
        desk.behaviour.move(job, State.RUNNING)


def test_the_oldest_jobs_are_forgotten_beyond_the_limit() -> None:
    small = Desk(settings=EmulatorSettings(job_limit=3))
    jobs = [small.created() for _ in range(5)]
    assert [job.job_id for job in small.behaviour.store] == jobs[2:]
    small.later(10)
    assert small.state(jobs[4]) == "Success"
