"""One idea of what an exchange is: the operation asked for, the job made, the refusal."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from conformance.spec import reading, samples
from conformance.spec.reading import (
    Operation,
    Sighting,
    asked_ids,
    created_job,
    document,
    error_code,
    is_callback,
    job_id_of,
    job_request_of,
    jobs_in,
    next_token,
    operation_meant,
    operation_of,
    parse_body,
    refused,
    request_node,
    state_of,
    succeeded,
)
from conformance.spec.states import State
from conformance.spec.wire import (
    Direction,
    Exchange,
    Failure,
    FailureKind,
    Request,
    Response,
)
from conformance.spec.xml import Node, XmlProblem, read_xml

ID = "c93984788066911ed89ed352d4d9d2084"
CREATED = samples.EXCHANGES[0]
REFUSED = replace(CREATED, response=Response(403, body=samples.ERROR))
BROKEN = replace(CREATED, response=None, failure=Failure(FailureKind.RESET, "m"))


def answered(status: int, body: bytes, request: Request = CREATED.request) -> Exchange:
    return Exchange(request, Response(status, body=body))


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        ("POST", "/pic_jobs", Operation.CREATE),
        ("POST", "/pic_jobs?q-ak=x", Operation.CREATE),
        ("GET", "/pic_jobs?queueId=p", Operation.LIST),
        ("GET", "/pic_jobs/j1", Operation.DESCRIBE),
        ("GET", "/pic_jobs/j1,j2?x", Operation.DESCRIBE),
        ("PUT", "/jobs/j1?cancel", Operation.CANCEL),
        ("DELETE", "/pic_jobs", Operation.OTHER),
        ("POST", "/pic_jobs/", Operation.OTHER),
        ("PUT", "/pic_jobs/j1", Operation.OTHER),
        ("GET", "/jobs/j1", Operation.OTHER),
        ("get", "/pic_jobs", Operation.OTHER),
        ("GET", "/", Operation.OTHER),
    ],
)
def test_the_operation_is_method_and_path(method: str, target: str, operation: Operation) -> None:
    assert operation_of(Request(method, target)) is operation


def test_operations_are_named_as_reports_and_recordings_name_them() -> None:
    assert [str(each) for each in Operation] == ["create", "describe", "list", "cancel", "other"]


def test_a_created_job() -> None:
    assert succeeded(CREATED)
    assert not refused(CREATED)
    assert error_code(CREATED) == ""
    assert job_id_of(CREATED) == ID
    assert len(jobs_in(CREATED)) == 1
    assert state_of(CREATED, ID) is State.SUBMITTED
    assert state_of(CREATED, "another") is None
    job = created_job(CREATED)
    assert job is not None
    assert Sighting(CREATED, job).state is State.SUBMITTED


def test_a_refusal() -> None:
    assert refused(REFUSED)
    assert not succeeded(REFUSED)
    assert error_code(REFUSED) == "AccessDenied"
    assert jobs_in(REFUSED) == ()
    assert job_id_of(REFUSED) is None


def test_a_200_with_an_error_inside_is_a_refusal() -> None:
    exchange = answered(200, samples.ERROR)
    assert refused(exchange)
    assert not succeeded(exchange)
    assert created_job(exchange) is None


def test_without_a_whole_answer_it_is_neither() -> None:
    cut = replace(CREATED, failure=Failure(FailureKind.INCOMPLETE, "m"))
    refused_in_part = replace(REFUSED, failure=Failure(FailureKind.INCOMPLETE, "m"))
    for exchange in (BROKEN, cut, refused_in_part, replace(CREATED, response=None)):
        assert not succeeded(exchange)
        assert not refused(exchange)
        assert jobs_in(exchange) == ()
    assert document(BROKEN) is None
    assert document(cut) is not None
    assert error_code(BROKEN) == ""


def test_an_answer_without_a_document() -> None:
    cancelled = answered(200, b"", Request("PUT", "/jobs/j1?cancel"))
    assert succeeded(cancelled)
    assert not refused(cancelled)
    assert document(cancelled) is None
    assert jobs_in(cancelled) == ()
    assert next_token(cancelled) == ""
    assert error_code(answered(400, b"")) == ""
    assert error_code(answered(400, b"<Error/>")) == ""
    assert error_code(answered(400, b"<Other><Code>AccessDenied</Code></Other>")) == ""
    assert refused(answered(502, b"<html>"))
    assert jobs_in(answered(200, b"<Other><JobsDetail/></Other>")) == ()


@pytest.mark.parametrize("body", [b"<Response/>", b"<Response><JobsDetail/></Response>"])
def test_no_job_was_made_without_an_id(body: bytes) -> None:
    assert created_job(answered(200, body)) is None


def test_only_a_create_makes_a_job() -> None:
    listed = answered(200, samples.RESPONSE_1, Request("GET", "/pic_jobs"))
    assert created_job(listed) is None
    assert len(jobs_in(listed)) == 1


def test_the_token_of_a_list() -> None:
    for body, token in (
        (b"<Response><NextToken> t </NextToken></Response>", "t"),
        (b"<Response><NextToken/></Response>", ""),
        (b"<Response/>", ""),
    ):
        assert next_token(answered(200, body)) == token
    assert next_token(BROKEN) == ""


def test_what_was_asked_for() -> None:
    assert asked_ids(Request("GET", "/pic_jobs/a,b%2Cc")) == ("a", "b", "c")
    assert request_node(CREATED.request) is not None
    asked = job_request_of(CREATED.request)
    assert asked is not None
    assert asked.tag == "PicProcess"
    assert job_request_of(Request("POST", "/pic_jobs", body=b"<Other/>")) is None
    assert job_request_of(Request("POST", "/pic_jobs", body=b"<")) is None


def test_a_body_that_cannot_be_read_is_a_problem_in_hand() -> None:
    assert isinstance(parse_body(b"<"), XmlProblem)
    assert parse_body(b"<a/>") == Node("a")


def test_a_callback_goes_the_other_way() -> None:
    assert not is_callback(CREATED)
    assert is_callback(replace(CREATED, direction=Direction.CALLBACK))


@pytest.mark.parametrize(
    ("method", "target", "body", "meant"),
    [
        ("GET", "/pic_jobs", b"", Operation.LIST),
        ("PUT", "/elsewhere", b"<Request><Tag>PicProcess</Tag></Request>", Operation.CREATE),
        ("PUT", "/elsewhere", b"<Request><Tag/></Request>", Operation.CREATE),
        ("PUT", "/elsewhere", b"<Request/>", Operation.OTHER),
        ("PUT", "/elsewhere", b"<", Operation.OTHER),
        ("POST", "/pic_jobs/j1", b"", Operation.DESCRIBE),
        ("POST", "/jobs/j1", b"", Operation.CANCEL),
        ("PUT", "/pic_jobs", b"", Operation.CREATE),
        ("PUT", "/pic_jobs/", b"<Request><Tag/></Request>", Operation.CREATE),
        ("PUT", "/pic_jobsx", b"", Operation.OTHER),
        ("POST", "/jobs", b"", Operation.OTHER),
    ],
)
def test_the_operation_that_was_meant(
    method: str, target: str, body: bytes, meant: Operation
) -> None:
    assert operation_meant(Request(method, target, body=body)) is meant


@pytest.mark.parametrize(
    ("status", "well", "badly"),
    [(199, False, False), (200, True, False), (299, True, False), (300, False, True)],
)
def test_statuses(status: int, well: bool, badly: bool) -> None:
    exchange = answered(status, b"<Response/>")
    assert (succeeded(exchange), refused(exchange)) == (well, badly)


def test_the_state_of_one_job_among_others() -> None:
    two = b"<JobsDetail><JobId>a</JobId><State>Running</State></JobsDetail>"
    two += b"<JobsDetail><JobId>b</JobId><State>Success</State></JobsDetail>"
    exchange = answered(200, b"<Response>" + two + b"</Response>")
    assert state_of(exchange, "a") is State.RUNNING
    assert state_of(exchange, "b") is State.SUCCESS


def test_documents_are_kept_while_there_is_room() -> None:
    kept = reading._Documents(36)  # a body weighs 8 nodes and its own
    first = kept.read(b"<a><b/></a>")  # 10
    assert kept.read(b"<a><b/></a>") is first
    kept.read(b"<c/>")  # 19
    fourth = kept.read(b"<d/>")  # 28
    assert kept.read(b"<a><b/></a>") is first
    kept.read(b"<")  # 36, which is full
    assert kept.read(b"<a><b/></a>") is first
    kept.read(b"<e/>")  # 45: the first goes
    again = kept.read(b"<a><b/></a>")
    assert again == first
    assert again is not first
    assert kept.read(b"<d/>") is fourth


def test_a_document_with_no_room_is_read_all_the_same() -> None:
    kept = reading._Documents(5)
    assert kept.read(b"<a/>") == Node("a")
    assert kept.read(b"<a/>") == Node("a")
    assert isinstance(kept.read(b"<"), XmlProblem)
    short = reading._Documents(9)  # the next weighs 10
    assert short.read(b"<a><b/></a>") is not short.read(b"<a><b/></a>")


def test_threads_share_documents() -> None:
    """Two that meet at one body keep it once, so that what is held is counted right."""
    kept = reading._Documents(9)  # room for one
    both = threading.Barrier(2)

    def meet(body: bytes) -> Node:
        both.wait(10)
        return read_xml(body)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(reading, "read_xml", meet)
        first, second = pool.map(kept.read, [b"<a/>"] * 2)
    assert first is second
    assert kept.read(b"<a/>") is first
