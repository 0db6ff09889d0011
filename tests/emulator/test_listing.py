"""DescribePicJobs: each parameter, and the pages."""

from __future__ import annotations

import pytest

from conformance.spec.times import format_job_time

from .driving import SETTINGS, START, Desk, Said


@pytest.fixture
def full(desk: Desk) -> Desk:
    """25 jobs, one a second, every fifth on an object that does not exist."""
    for number in range(25):
        desk.created(input_object="missing" if number % 5 == 0 else "input/deer.jpg")
        desk.later(1)
    return desk


def ids(said: Said) -> list[str]:
    assert said.status == 200, said.answer.body
    return [job.value("JobId") or "" for job in said.jobs]


def everything(desk: Desk) -> list[str]:
    return [job.job_id for job in desk.behaviour.store]


def test_ten_newest_first_by_default(full: Desk) -> None:
    assert ids(full.list()) == everything(full)[::-1][:10]
    assert ids(full.list(orderByTime="Asc")) == everything(full)[:10]


def test_size(full: Desk) -> None:
    assert len(ids(full.list(size="1"))) == 1
    assert len(ids(full.list(size="100"))) == 25
    assert full.list(size="100").node.first("NextToken") is None


@pytest.mark.parametrize("order", ["Asc", "Desc"])
@pytest.mark.parametrize("size", ["1", "5", "7", "25"])
def test_pages_hold_every_job_once(full: Desk, order: str, size: str) -> None:
    found: list[str] = []
    token = ""
    while True:
        said = full.list(size=size, orderByTime=order, nextToken=token)
        found += ids(said)
        token = said.value("NextToken") or ""
        if not token:
            break
    expected = everything(full)
    assert found == (expected if order == "Asc" else expected[::-1])


def test_a_token_stands_when_jobs_are_added(full: Desk) -> None:
    before = everything(full)[::-1]
    first = full.list(size="20")
    full.created()
    second = full.list(size="20", nextToken=first.value("NextToken") or "")
    assert ids(first) + ids(second) == before


def test_states(full: Desk) -> None:
    full.later(10)
    waiting = full.created()
    assert len(ids(full.list(states="Failed", size="100"))) == 5
    assert len(ids(full.list(states="Failed,Success", size="100"))) == 25
    assert ids(full.list(states="Submitted,Pause")) == [waiting]
    assert len(ids(full.list(states="All", size="100"))) == 26


def test_creation_times_bound_the_list(full: Desk) -> None:
    start, end = format_job_time(START + 5), format_job_time(START + 9, 0)
    assert (
        ids(full.list(startCreationTime=start, endCreationTime=end, orderByTime="Asc"))
        == (everything(full)[5:10])
    )


def test_input_object_matches_exactly(full: Desk) -> None:
    assert len(ids(full.list(inputObject="missing"))) == 5
    assert ids(full.list(inputObject="missin")) == []


def test_origins_that_no_job_has(full: Desk) -> None:
    assert ids(full.list(workflowId="w1")) == []
    assert ids(full.list(inventoryTriggerJobId="i1")) == []


def test_other_queues_have_their_own_jobs(full: Desk) -> None:
    paused = full.created(queue_id=SETTINGS.paused_queue_id)
    assert ids(full.list(queueId=SETTINGS.paused_queue_id)) == [paused]
    assert paused not in ids(full.list(size="100"))


@pytest.mark.parametrize(
    "params",
    [
        {"queueId": ""},
        {"queueId": "p0"},
        {"tag": ""},
        {"tag": "Other"},
        {"orderByTime": "desc"},
        {"size": "0"},
        {"size": "101"},
        {"size": "-1"},
        {"size": "ten"},
        {"states": "Nope"},
        {"states": "Success,"},
        {"startCreationTime": "yesterday"},
        {"endCreationTime": "2001-13-01T00:00:00+0800"},
        {"nextToken": "!"},
        {"nextToken": "\u00e9"},
        {"nextToken": "YWZ0ZXI6"},
    ],
)
def test_values_that_are_refused(full: Desk, params: dict[str, str]) -> None:
    said = full.list(**params)
    assert 400 <= said.status <= 499
    assert said.code in {"InvalidArgument", "QueueNotFound"}
