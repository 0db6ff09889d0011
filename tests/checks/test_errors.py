"""Refusals: their form, their codes, and that they leave nothing behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.base import Level, Mark
from conformance.scenarios.calls import accept, create, describe, list_jobs, refuse
from conformance.spec.wire import Failure, FailureKind, Wanted
from conformance.spec.xml import element, write_xml
from tests.checks.building import (
    TARGET,
    broken,
    created,
    error,
    exchange,
    held,
    jobs,
    outcomes,
    request_job,
    response,
    shown,
)

ASKED = request_job()
BAD = create(TARGET, ASKED, expect=refuse("REQ-21", note="JobLevel 3"))


def refused(answer, **changes):
    return exchange(BAD, answer, **changes)


def with_headers(answer, name, value):
    headers = answer.headers.without(name) if value is None else answer.headers.set(name, value)
    return replace(answer, headers=headers)


def test_a_documented_refusal_breaks_nothing():
    found = outcomes(refused(error(400, "InvalidArgument")))
    assert broken(found) == set()
    assert {"REQ-21", "ERR-01", "ERR-04", "ERR-06", "ERR-09", "ERR-11"} <= held(found)


@pytest.mark.parametrize(
    ("status", "code", "clause"),
    [
        (200, "InvalidArgument", "ERR-01"),
        (403, "InvalidArgument", "ERR-06"),
        (400, "SomethingElse", "ERR-05"),
        (500, "InternalError", "ERR-09"),
        (501, "NotImplemented", "ERR-09"),
    ],
)
def test_status_and_code(status, code, clause):
    assert clause in broken(outcomes(refused(error(status, code))))


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "AccessDenied"), (403, "AccessDenied"), (404, "QueueNotFound"), (413, "InvalidContent")],
)
def test_codes_with_more_than_one_status(status, code):
    assert broken(outcomes(refused(error(status, code)))) == set()


@pytest.mark.parametrize("member", ["code", "message", "request_id", "trace_id"])
@pytest.mark.parametrize("value", [None, ""])
def test_every_member_is_needed(member, value):
    answer = error(400, "InvalidArgument", **{member: value})
    assert broken(outcomes(refused(answer))) == {"ERR-04"}


def test_ids_in_body_and_headers_agree():
    answer = error(400, "InvalidArgument")
    other = with_headers(answer, "x-ci-request-id", "another")
    assert broken(outcomes(refused(other))) == {"ERR-07"}
    for value in (None, "another"):
        assert broken(outcomes(refused(with_headers(answer, "x-ci-trace-id", value)))) == {"ERR-08"}


def test_a_body_that_is_no_error_document():
    for body in (b"", b"{}", b"<Response/>"):
        answer = response(400, body, **{"x-ci-trace-id": "t"})
        assert "ERR-03" in broken(outcomes(refused(answer)))


def test_content_type_of_an_error():
    answer = with_headers(error(400, "InvalidArgument"), "Content-Type", "application/json")
    assert broken(outcomes(refused(answer))) == {"ERR-02"}


def test_a_secret_in_the_message():
    told = error(400, "InvalidArgument", message="your key is [redacted:secret-key]")
    assert broken(outcomes(refused(told))) == {"ERR-11"}
    signature = error(403, "AccessDenied", message="your signature [redacted:signature]")
    assert broken(outcomes(refused(signature))) == set()


def test_not_implemented_is_right_for_an_unknown_method_only():
    strange = replace(BAD, request=replace(BAD.request, method="DELETE"))
    assert broken(outcomes(exchange(strange, error(501, "NotImplemented")))) == set()
    assert "ERR-09" in broken(outcomes(refused(error(501, "NotImplemented"))))


def test_accepted_although_it_must_be_refused():
    found = outcomes(refused(jobs(shown(ASKED))))
    assert "REQ-21" in broken(found)
    should = replace(BAD, expect=replace(BAD.expect, should=True))
    marks = [e for e in outcomes(exchange(should, jobs(shown(ASKED)))) if e.clause == "REQ-21"]
    assert [each.level for each in marks] == [Level.SHOULD]


def test_the_network_never_breaks_a_clause():
    for kind in FailureKind:
        lost = exchange(BAD, None, failure=Failure(kind, "lost"))
        good = exchange(create(TARGET, ASKED, expect=accept("REQ-30")), None)
        good = replace(good, failure=Failure(kind, "lost"))
        found = outcomes(lost, good)
        assert broken(found) == set()
        assert {e.clause for e in found if e.mark is Mark.UNCLEAR} >= {"REQ-21", "REQ-30"}


def test_busy_is_no_word_on_the_request():
    call = create(TARGET, ASKED, expect=accept("REQ-30"))
    for status, code in ((429, "SlowDown"), (503, "ServiceUnavailable"), (403, "QueueSaturated")):
        found = outcomes(exchange(call, error(status, code)))
        assert "REQ-30" not in broken(found) | held(found)


def test_wrong_code_is_a_should_and_wrong_status_the_clauses_own():
    expect = refuse("SIG-34", codes=("SecretidNotExist", "AccessDenied"))
    call = create(TARGET, ASKED, expect=expect)
    found = [
        e for e in outcomes(exchange(call, error(400, "InvalidArgument"))) if "SIG" in e.clause
    ]
    assert [(e.mark, e.level) for e in found] == [(Mark.BROKEN, Level.SHOULD)]
    call = create(TARGET, ASKED, expect=refuse("SIG-33", statuses=(401, 403)))
    found = [
        e for e in outcomes(exchange(call, error(400, "InvalidArgument"))) if "SIG" in e.clause
    ]
    assert [(e.mark, e.level) for e in found] == [(Mark.BROKEN, None)]


def listed(*each):
    page = list_jobs(TARGET, (("size", "100"),), step="page", expect=accept("QRY-10"))
    return exchange(page, jobs(*each), scenario="list/everything", at=9)


def test_a_refusal_that_leaves_a_job_breaks_its_clause_too():
    refusal = refused(error(400, "InvalidArgument"))
    left = listed(shown(ASKED, "left"))
    assert {"ERR-10", "REQ-21"} <= broken(outcomes(refusal, left))
    other = request_job("another")
    assert "ERR-10" in held(outcomes(refusal, listed(shown(other, "other"))))


def test_without_a_list_leftovers_cannot_be_judged():
    refusal = refused(error(400, "InvalidArgument"))
    found = outcomes(refusal)
    assert [e.mark for e in found if e.clause == "ERR-10"] == [Mark.UNMET]
    lost = replace(listed(), response=None, failure=Failure(FailureKind.RESET, "reset"))
    found = outcomes(refusal, lost)
    assert [e.mark for e in found if e.clause == "ERR-10"] == [Mark.UNCLEAR]


def test_keys_with_special_characters_must_come_back():
    asked = request_job()
    call = create(TARGET, asked, expect=accept("REQ-37"))
    spoilt = shown(asked, output=replace(asked.output, object="output/one two.jpg"))
    assert "REQ-37" in broken(outcomes(exchange(call, jobs(spoilt))))
    assert "REQ-37" in held(outcomes(exchange(call, jobs(shown(asked)))))


HOSTILE = b"""<!DOCTYPE Request [<!ENTITY e "EXPANDED-HERE">]>
<Request><Operation><UserData>&e;</UserData></Operation></Request>"""


def test_a_resolved_entity_is_seen_in_the_job_and_not_in_the_refusal():
    call = create(TARGET, HOSTILE, expect=replace(accept("REQ-44"), wanted=Wanted.EITHER))
    quoted = error(400, "InvalidContent", message="entity EXPANDED-HERE not allowed")
    assert "REQ-44" in held(outcomes(exchange(call, quoted)))
    assert "REQ-44" in held(outcomes(exchange(call, jobs(shown(ASKED, user_data="")))))
    assert "REQ-44" in broken(
        outcomes(exchange(call, jobs(shown(ASKED, user_data="EXPANDED-HERE"))))
    )


def test_describe_of_unknown_ids():
    first = created(ASKED, shown(ASKED))
    ask = describe(TARGET, "unknown", step="unknown")
    body = write_xml(element("Response", element("NonExistJobIds", "unknown")))
    assert "QRY-02" in held(outcomes(first, exchange(ask, response(200, body))))
    assert "QRY-02" in held(outcomes(first, exchange(ask, error(404, "AuditingJobNotFound"))))
    empty = response(200, b"<Response/>")
    assert "QRY-02" in broken(outcomes(first, exchange(ask, empty)))
    made_up = jobs(shown(ASKED, "unknown"))
    assert "QRY-02" in broken(outcomes(first, exchange(ask, made_up)))
    known = describe(TARGET, "j1", step="one")
    both = write_xml(
        element("Response", shown(ASKED).to_node(), element("NonExistJobIds", "ghost"))
    )
    assert "QRY-03" in broken(outcomes(first, exchange(known, response(200, both), at=1)))
    assert "QRY-01" in broken(outcomes(first, exchange(known, response(200, b"<Response/>"), at=1)))


def test_later_is_a_server_error_only_when_it_is_said_again_and_again():
    bad = create(TARGET, ASKED, expect=refuse("REQ-21"))
    later = exchange(bad, error(503, "ServiceUnavailable"))
    again = exchange(bad, error(503, "ServiceUnavailable"))
    assert "ERR-09" not in broken(outcomes(later))
    assert "ERR-09" in broken(outcomes(later, again))
    assert "ERR-09" not in broken(outcomes(later, exchange(bad, error(400, "InvalidArgument"))))
    assert "ERR-09" in broken(outcomes(exchange(bad, error(500, "InternalError"))))
