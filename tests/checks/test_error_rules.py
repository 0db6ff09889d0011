"""ERR-01 to ERR-09 and ERR-11: what a refusal has to look like, rule by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from conformance.checks.errors import check
from conformance.checks.facts import Facts
from conformance.scenarios.calls import accept, create, either, refuse
from conformance.spec.wire import Failure, FailureKind
from tests.checks.building import TARGET, error, exchange, jobs, request_job, response, shown

ASKED = request_job()
OK = {(f"ERR-{n:02}", "ok"): 1 for n in (1, 3, 4, 5, 6, 7, 8, 9, 11)}
LOST = Failure(FailureKind.RESET, "reset")


def refused(answer, expect=None, failure=None, **changes):
    call = create(TARGET, ASKED, expect=expect or refuse("REQ-21"), **changes)
    return exchange(call, answer, failure=failure)


def judged(one):
    return list(check(Facts(TARGET, (one,))))


def marks(one):
    return Counter((each.clause, str(each.mark)) for each in judged(one))


def broken(one):
    return {(each.clause, each.at): each.observed for each in judged(one) if each.mark == "broken"}


def headed(answer, name, value):
    headers = answer.headers.without(name) if value is None else answer.headers.set(name, value)
    return replace(answer, headers=headers)


RIGHT = error(400, "InvalidArgument")


def test_a_right_refusal_holds_each_clause_once():
    assert marks(refused(RIGHT)) == OK


def test_after_what_is_no_answer_the_rest_is_judged():
    found = check(Facts(TARGET, (refused(None), refused(RIGHT))))
    assert Counter((each.clause, str(each.mark)) for each in found) == OK


def test_what_is_no_answer_is_not_judged():
    assert judged(refused(None)) == []
    assert judged(refused(RIGHT, failure=LOST)) == []
    assert judged(refused(jobs(shown(ASKED)), accept("REQ-30"))) == []


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (301, "PermanentRedirect", {}),
        (599, "InternalError", {("ERR-06", "Error/Code"): "599",
                                ("ERR-09", ""): "599 InternalError"}),
        (600, "InternalError", {("ERR-01", ""): "600", ("ERR-06", "Error/Code"): "600",
                                ("ERR-09", ""): "600 InternalError"}),
        (299, "PermanentRedirect", {("ERR-01", ""): "299", ("ERR-06", "Error/Code"): "299"}),
        (300, "PermanentRedirect", {("ERR-06", "Error/Code"): "300"}),
        (200, "InvalidArgument", {("ERR-01", ""): "200", ("ERR-06", "Error/Code"): "200"}),
        (403, "InvalidArgument", {("ERR-06", "Error/Code"): "403"}),
        (404, "QueueNotFound", {}),
        (400, "Whatever", {("ERR-05", "Error/Code"): "'Whatever'"}),
        (400, " InvalidArgument ", {}),
        (500, "InternalError", {("ERR-09", ""): "500 InternalError"}),
        (501, "NotImplemented", {("ERR-09", ""): "501 NotImplemented"}),
    ],
)  # fmt: skip
def test_status_and_code(status, code, expected):
    assert broken(refused(error(status, code))) == expected


def test_what_a_status_should_have_been():
    (one,) = [e for e in judged(refused(error(403, "InvalidContent"))) if e.clause == "ERR-06"]
    assert one.expected == "400 or 413"
    (any_,) = [e for e in judged(refused(error(500, "QueueNotFound"))) if e.clause == "ERR-06"]
    assert any_.expected == "any 4xx"


@pytest.mark.parametrize(
    ("body", "observed"),
    [(b"<Response/>", "root 'Response'"), (b"", "the body is empty")],
)
def test_a_body_that_is_no_error_document(body, observed):
    one = refused(response(400, body))
    assert broken(one) == {("ERR-03", ""): observed}
    assert marks(one) == {("ERR-01", "ok"): 1, ("ERR-03", "broken"): 1, ("ERR-09", "ok"): 1}


MEMBERS = {
    "Code": "code",
    "Message": "message",
    "RequestId": "request_id",
    "TraceId": "trace_id",
}


@pytest.mark.parametrize(("name", "attribute"), MEMBERS.items())
def test_members(name, attribute):
    for value, observed in ((None, "absent"), ("", "empty"), ("  ", "empty")):
        one = refused(error(400, "InvalidArgument", **{attribute: value}))
        assert broken(one) == {("ERR-04", f"Error/{name}"): observed}
        assert marks(one)[("ERR-04", "ok")] == 0


def test_every_member_that_is_missing_is_named():
    one = refused(error(400, "InvalidArgument", code=None, trace_id=None))
    assert broken(one).keys() == {("ERR-04", "Error/Code"), ("ERR-04", "Error/TraceId")}


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("x-ci-request-id", "other", {("ERR-07", "Error/RequestId"): "x-ci-request-id: other"}),
        ("x-ci-request-id", None, {}),  # RSP-06 tells
        ("x-ci-trace-id", "other", {("ERR-08", "Error/TraceId"): "x-ci-trace-id: other"}),
        ("x-ci-trace-id", None, {("ERR-08", "Error/TraceId"): "no x-ci-trace-id"}),
    ],
)
def test_ids_in_headers_and_body(header, value, expected):
    assert broken(refused(headed(RIGHT, header, value))) == expected


def test_white_space_around_ids_is_free():
    answer = error(400, "InvalidArgument", request_id=" one ", trace_id="two ")
    answer = headed(headed(answer, "x-ci-request-id", "one "), "x-ci-trace-id", " two")
    assert broken(refused(answer)) == {}


def test_a_missing_id_hides_no_other():
    answer = headed(error(400, "InvalidArgument", request_id=None), "x-ci-trace-id", "other")
    assert ("ERR-08", "Error/TraceId") in broken(refused(answer))
    answer = headed(headed(RIGHT, "x-ci-request-id", None), "x-ci-trace-id", "other")
    assert ("ERR-08", "Error/TraceId") in broken(refused(answer))


@pytest.mark.parametrize(
    ("text", "given_away"),
    [
        ("the key [redacted:secret-key]", True),
        ("[redacted:sign-key]", True),
        ("[redacted:signature]", False),
        ("secret-key", False),
        (None, False),
    ],
)
def test_secrets_in_the_message(text, given_away):
    found = broken(refused(error(400, "InvalidArgument", message=text)))
    assert (("ERR-11", "Error/Message") in found) is given_away


# ---- whose fault it is ----


@pytest.mark.parametrize(
    ("expect", "answer", "mark"),
    [
        (refuse("REQ-21"), RIGHT, "ok"),
        (either("REQ-21"), RIGHT, "ok"),
        (accept("REQ-21"), RIGHT, None),
        (accept("REQ-21"), error(500, "InternalError"), None),
        (refuse("REQ-21"), error(499, "InvalidArgument"), "ok"),
        (refuse("REQ-21"), error(300, "InvalidArgument"), "ok"),
        (refuse("REQ-21"), error(299, "InvalidArgument"), None),
        (refuse("REQ-21"), jobs(shown(ASKED)), None),
        (refuse("REQ-21"), error(500, "InternalError"), "broken"),
        (refuse("REQ-21"), response(500, b"oops"), "broken"),
        (either("REQ-21"), error(502, "InternalError"), "broken"),
        (refuse("REQ-21"), error(503, "ServiceUnavailable"), None),  # once: "later"
    ],
)
def test_blame(expect, answer, mark):
    found = [e for e in judged(refused(answer, expect)) if e.clause == "ERR-09"]
    assert [str(each.mark) for each in found] == ([mark] if mark else [])


def test_what_nobody_announced_is_not_blamed():
    one = replace(refused(error(500, "InternalError")), expect=None)
    assert "ERR-09" not in {each.clause for each in judged(one)}
    (bare,) = [e for e in judged(refused(response(500, b"oops"))) if e.clause == "ERR-09"]
    assert bare.observed == "500"
    (noted,) = [
        e
        for e in judged(refused(error(500, "InternalError"), refuse("REQ-21", note="JobLevel 3")))
        if e.clause == "ERR-09"
    ]
    assert "(JobLevel 3)" in noted.message


@pytest.mark.parametrize(
    ("method", "target", "free"),
    [
        ("POST", "/pic_jobs", False),
        ("GET", "/pic_jobs?size=1", False),
        ("DELETE", "/pic_jobs", True),
        ("PUT", "/pic_jobs", True),
        ("GET", "/pic_jobs/j1", False),
        ("POST", "/pic_jobs/j1", True),
        ("PUT", "/jobs/j1?cancel", False),
        ("GET", "/jobs/j1", True),
        ("GET", "/", True),
        ("PUT", "/jobs", True),
        ("GET", "/pic_jobsx", True),
    ],
)
def test_not_implemented_is_right_where_the_page_has_no_such_method(method, target, free):
    one = refused(error(501, "NotImplemented"))
    one = replace(one, request=replace(one.request, method=method, target=target))
    assert (("ERR-09", "") in broken(one)) is not free
    other = replace(one, response=error(502, "InternalError"))
    assert ("ERR-09", "") in broken(other)
