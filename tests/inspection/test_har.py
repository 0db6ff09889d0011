"""HAR entries as exchanges, as the many programs that write them do it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.base import Mark
from conformance.drivers.har import HarEntry
from conformance.drivers.recording import RecordingProblem
from conformance.spec.wire import Exchange, FailureKind
from tests.checks.building import NOW
from tests.inspection.support import (
    HOST,
    broken,
    changed,
    created,
    findings,
    har,
    har_entry,
    held,
    inspected,
)


def _read(entry: dict[str, Any]) -> Exchange:
    return HarEntry(Path("a.har"), 3, entry).exchange()


@pytest.fixture
def entry() -> dict[str, Any]:
    return har_entry(created())


def test_an_entry_is_read_whole(entry: dict[str, Any]) -> None:
    exchange = _read(entry)
    assert exchange.request.method == "POST"
    assert exchange.request.target == "/pic_jobs"
    assert exchange.request.headers.get("Host") == HOST
    assert exchange.request.body.startswith(b"<Request>")
    assert exchange.response is not None
    assert exchange.response.status == 200
    assert exchange.response.body.startswith(b"<Response>")
    assert (exchange.started, exchange.elapsed) == (NOW, 0.01)


def test_a_body_in_base64(entry: dict[str, Any]) -> None:
    coded = base64.b64encode(b"<Response/>").decode()
    content = {"size": 11, "encoding": "base64", "text": coded}
    answer = _read(changed(entry, ("response", "content"), content)).response
    assert answer is not None
    assert answer.body == b"<Response/>"


def test_text_goes_back_to_the_encoding_that_it_declares(entry: dict[str, Any]) -> None:
    text = '<?xml version="1.0" encoding="GBK"?><Response>\u56fe</Response>'
    answer = _read(changed(entry, ("response", "content", "text"), text)).response
    assert answer is not None
    assert answer.body == text.encode("gbk")


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("HTTP/1.1", "HTTP/1.1"),
        ("http/1.0", "HTTP/1.0"),
        ("h2", "HTTP/2"),
        ("HTTP/2.0", "HTTP/2"),
        ("h3", "HTTP/3"),
        ("unknown", "HTTP/1.1"),
        ("", "HTTP/1.1"),
        (None, "HTTP/1.1"),
    ],
)
def test_versions(entry: dict[str, Any], said: object, version: str) -> None:
    answer = _read(changed(entry, ("response", "httpVersion"), said)).response
    assert answer is not None
    assert answer.version == version


@pytest.mark.parametrize("response", [..., None, {"status": 0, "headers": []}])
def test_an_entry_without_an_answer(entry: dict[str, Any], response: object) -> None:
    exchange = _read(changed(entry, ("response",), response))
    assert exchange.response is None
    assert exchange.failure is None


def test_a_body_that_was_not_saved_is_no_empty_body(entry: dict[str, Any], tmp_path: Path) -> None:
    bare = changed(entry, ("response", "content", "text"), ...)
    exchange = _read(bare)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.INCOMPLETE
    found = inspected(tmp_path, {"log": {"entries": [bare]}})
    assert broken(found) == set()
    assert "RSP-10" not in held(found)


def test_an_empty_answer_is_whole(entry: dict[str, Any]) -> None:
    content = {"size": 0, "mimeType": "x-unknown"}
    empty = changed(entry, ("response", "content"), content)
    empty = changed(empty, ("response", "headers"), [{"name": "content-length", "value": "0"}])
    assert _read(empty).failure is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-11-14T22:13:20.500Z", NOW + 0.5),
        ("2023-11-15T06:13:20+08:00", NOW),
        ("2023-11-14T22:13:20.1234567Z", NOW + 0.123456),
        ("2023-11-14T22:13:20", 0.0),
        ("", 0.0),
        (None, 0.0),
        (..., 0.0),
    ],
)
def test_moments(entry: dict[str, Any], text: object, moment: float) -> None:
    assert _read(changed(entry, ("startedDateTime",), text)).started == pytest.approx(moment)


def test_host_comes_from_where_it_is(entry: dict[str, Any]) -> None:
    """A header, HTTP/2's own name for it, or the URL without a port that says nothing."""
    pairs = [each for each in entry["request"]["headers"] if each["name"] != "Host"]
    bare = changed(entry, ("request", "headers"), pairs)
    assert _read(bare).request.headers.all("Host") == (HOST,)
    ported = changed(bare, ("request", "url"), "https://a.example:443/pic_jobs?a=b#part")
    assert _read(ported).request.headers.get("Host") == "a.example"
    assert _read(ported).request.target == "/pic_jobs?a=b"
    second = [{"name": ":authority", "value": HOST}, {"name": ":path", "value": "/"}]
    newer = _read(changed(ported, ("request", "headers"), second))
    assert newer.request.headers.items[0] == ("Host", HOST)
    assert not any(name.startswith(":") for name, _ in newer.request.headers)


def test_values_of_one_header_may_stand_on_lines(entry: dict[str, Any]) -> None:
    pairs = [{"name": "x-ci-request-id", "value": "one\ntwo"}]
    answer = _read(changed(entry, ("response", "headers"), pairs)).response
    assert answer is not None
    assert answer.headers.all("x-ci-request-id") == ("one", "two")


def test_lengths_of_decoded_bodies_accuse_nobody(entry: dict[str, Any], tmp_path: Path) -> None:
    """Neither side's, but a Content-Length that is no number is wrong in any capture."""
    text = entry["response"]["content"]["text"]
    longer = changed(entry, ("response", "content", "text"), text + "\n  ")
    found = inspected(tmp_path, {"log": {"entries": [longer]}})
    assert [each.mark for each in findings(found, "RSP-03")] == [Mark.UNMET]
    assert broken(found) == set()
    for each in entry["response"]["headers"]:
        if each["name"] == "Content-Length":
            each["value"] = "many"
    assert "RSP-03" in broken(inspected(tmp_path, {"log": {"entries": [entry]}}))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("request",), ..., "log.entries[3].request: is not an object"),
        (("request", "method"), 5, "log.entries[3].request.method: is not text"),
        (("request", "method"), "PO ST", "request.method: is not the name of an HTTP method"),
        (("request", "url"), "/pic_jobs", "request.url: is not an absolute URL"),
        (("request", "headers"), {}, "request.headers: is not a list"),
        (("request", "headers", 0), "Host: x", "request.headers[0]: is not an object"),
        (("request", "headers", 0, "value"), None, "request.headers[0].value: is not text"),
        (("request", "postData"), "<a/>", "request.postData: is not an object"),
        (("response",), [], "response: is not an object"),
        (("response", "status"), "200", "response.status: is not a number"),
        (("response", "status"), 20.5, "response.status: is not a status code"),
        (("response", "content", "text"), 7, "response.content.text: is not text"),
        (("startedDateTime",), "yesterday", "startedDateTime: is not an ISO 8601"),
        (("time",), "long", "time: is not a number"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    entry: dict[str, Any], place: tuple[str | int, ...], value: object, said: str
) -> None:
    with pytest.raises(RecordingProblem) as problem:
        _read(changed(entry, place, value))
    message = str(problem.value)
    assert said in message
    assert message.startswith("a.har: log.entries[3]")
    assert "\n" not in message


def test_bad_base64_is_named(entry: dict[str, Any]) -> None:
    content = {"encoding": "base64", "text": "****"}
    with pytest.raises(RecordingProblem, match=r"content\.text: is not Base64"):
        _read(changed(entry, ("response", "content"), content))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("[]", "is neither a vcrpy cassette nor a HAR file"),
        ("{}", "is neither a vcrpy cassette nor a HAR file"),
        ('{"log": []}', "log: is not an object"),
        ('{"log": {}}', "log: has no entries"),
        ('{"log": {"entries": {}}}', "log.entries: is not a list"),
        ('{"log": {"entries": [5]}}', "log.entries[0]: is not an object"),
        ('{"log": {"entries": [{}', "is not JSON"),
        ('{"log": {"entries": []}} {}', "something follows"),
        ('{"log": {"entries": [],}}', "line 1: is not JSON"),
        ('{\n"log": {\n"entries": [\n{"a": nope}]}}', "line 4: is not JSON"),
        ("not a capture at all", "is neither a vcrpy cassette nor a HAR file"),
    ],
)
def test_files_that_are_no_captures(tmp_path: Path, text: str, said: str) -> None:
    from conformance.inspection.inspector import inspect_files  # noqa: PLC0415 - name is shadowed

    path = tmp_path / "x.har"
    path.write_text(text)
    with pytest.raises(RecordingProblem) as problem:
        inspect_files([str(path)])
    assert said in str(problem.value)
    assert str(path) in str(problem.value)


def test_entries_without_the_suites_api_need_not_be_whole(tmp_path: Path) -> None:
    odd = [{}, {"request": None}, {"request": {"url": 5}}, {"request": {"url": "http://["}}]
    data = har([created()])
    data["log"]["entries"] += odd
    found = inspected(tmp_path, json.loads(json.dumps(data)))
    assert (found.requests, found.left_out) == (1, 4)
