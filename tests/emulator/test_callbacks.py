"""Whether, where and as what a job is announced."""

from __future__ import annotations

import json

import pytest

from conformance.emulator import EmulatorSettings
from conformance.emulator.sender import may_reach
from conformance.emulator.values import Notice
from conformance.spec.messages import MqConfig, json_to_node
from conformance.spec.xml import read_xml

from .driving import Desk

URL = "http://127.0.0.1:9/callback/1"


def notices(desk: Desk) -> list[Notice]:
    desk.behaviour.advance(desk.clock.now)
    return list(desk.behaviour.store.outbox)


def test_one_callback_once_the_job_is_final(desk: Desk) -> None:
    job_id = desk.created(call_back=URL)
    assert notices(desk) == []
    desk.later(0.2)
    assert desk.state(job_id) == "Running"
    assert notices(desk) == []
    desk.later(1)
    (notice,) = notices(desk)
    assert (notice.job.job_id, notice.url, notice.format) == (job_id, URL, "XML")


def test_a_failed_job_is_announced_too(desk: Desk) -> None:
    desk.created(call_back=URL, input_object="missing")
    desk.later(1)
    (notice,) = notices(desk)
    document = read_xml(desk.behaviour.callback_message(notice).body)
    assert document.value("JobsDetail/State") == "Failed"
    assert document.value("JobsDetail/Code") == "ResourceNotFound"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"call_back": "no"},
        {"call_back": URL, "call_back_type": "TDMQ", "mq_config": MqConfig("sh", "Queue", "n")},
    ],
)
def test_jobs_that_are_not_announced(desk: Desk, changes: dict[str, object]) -> None:
    desk.created(**changes)
    desk.later(1)
    assert notices(desk) == []


def test_a_cancelled_job_is_not(desk: Desk) -> None:
    desk.cancel(desk.created(call_back=URL))
    desk.later(1)
    assert notices(desk) == []


@pytest.mark.parametrize(
    ("on", "changes", "expected"),
    [
        (True, {}, [(URL, "JSON")]),
        (False, {}, []),
        (True, {"call_back": "no"}, []),
        (True, {"call_back_format": "XML"}, [(URL, "XML")]),
        (True, {"call_back": URL + "0"}, [(URL + "0", "JSON")]),
    ],
)
def test_the_queue_has_settings_that_the_request_overrides(
    on: bool, changes: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    settings = EmulatorSettings(
        queue_callback_url=URL, queue_callback_format="JSON", queue_callback_on=on
    )
    desk = Desk(settings=settings)
    desk.created(**changes)
    desk.later(1)
    assert [(notice.url, notice.format) for notice in notices(desk)] == expected


@pytest.mark.parametrize("kind", ["XML", "JSON"])
def test_a_callback_says_what_describe_says(desk: Desk, kind: str) -> None:
    job_id = desk.created(call_back=URL, call_back_format=kind, user_data='<&"]]>')
    desk.later(1)
    (notice,) = notices(desk)
    message = desk.behaviour.callback_message(notice)
    headers = dict(message.headers)
    if kind == "JSON":
        assert headers["Content-Type"] == "application/json"
        value = json.loads(message.body)
        assert isinstance(value["JobsDetail"], list)
        document = json_to_node("Response", value)
    else:
        assert headers["Content-Type"] == "application/xml"
        document = read_xml(message.body)
    assert message.method == "POST"
    assert document.value("EventName") == "TaskFinish"
    told, seen = document.at("JobsDetail"), desk.describe(job_id).jobs[0]
    assert told is not None
    for path, node in seen.walk():
        below = path.partition("/")[2]
        if below and "PicProcessResult" not in below and not node.children:
            assert told.value(below) == node.text, below
    result, same = told.at("Operation/PicProcessResult"), seen.at("Operation/PicProcessResult")
    assert result is not None
    assert same is not None
    assert result.value("ObjectName") == "output/out.jpg"
    assert result.at("OriginalInfo/ImageInfo") == same.at("OriginalInfo/ImageInfo")
    for name in ("Format", "Width", "Height", "Size", "Quality"):
        assert result.value(f"ProcessResult/{name}") == same.value(f"ProcessResults/Object/{name}")


def test_a_receiver_that_fails_is_tried_again(desk: Desk) -> None:
    desk.created(call_back=URL)
    desk.later(1)
    (notice,) = notices(desk)
    again = desk.settings.callback_retry_delay
    for status, attempt, expected in (
        (200, 1, None),
        (404, 1, None),
        (500, 1, again),
        (None, 1, again),
        (503, desk.settings.callback_attempts, None),
    ):
        assert desk.behaviour.retry_delay(notice, attempt, status) == expected


@pytest.mark.parametrize(
    ("url", "reached"),
    [
        ("http://127.0.0.1:1/", True),
        ("http://[::1]:1/", True),
        ("https://localhost/", True),
        ("http://192.168.3.4/", True),
        ("http://callback.demo.com", False),
        ("http://8.8.8.8/", False),
        ("http://[nonsense/", False),
        ("", False),
    ],
)
def test_callbacks_stay_at_home_unless_told(url: str, reached: bool) -> None:
    assert may_reach(url, anywhere=False) is reached


def test_callbacks_go_anywhere_when_told() -> None:
    assert may_reach("http://callback.demo.com", anywhere=True)
    assert not may_reach("http:///x", anywhere=True)
