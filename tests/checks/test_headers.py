"""RSP-02 to RSP-08 and ERR-02: each header in every permitted way, and in others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from conformance.checks.facts import Facts
from conformance.checks.headers import CLOCK_SLACK, check
from conformance.scenarios.calls import describe
from conformance.spec.times import format_http_date
from conformance.spec.wire import Failure, FailureKind, Framing, Headers
from tests.checks.building import NOW, TARGET, error, exchange, response

BODY = b"<Response/>"
CALL = describe(TARGET, "j1")
GOOD = exchange(CALL, response(200, BODY))
FAILED = exchange(CALL, error(404, "AuditingJobNotFound"))


def judged(*exchanges):
    return list(check(Facts(TARGET, exchanges)))


def marks(one, clause):
    """What is said of one clause: mark and place."""
    return [(str(each.mark), each.at) for each in judged(one) if each.clause == clause]


def having(name, *values, base=GOOD):
    """An exchange whose response has these values of a header, and no others."""
    others = base.response.headers.without(name).items
    headers = Headers((*others, *((name, value) for value in values)))
    return replace(base, response=replace(base.response, headers=headers))


def answered(base=GOOD, failure=None, **changes):
    return replace(base, response=replace(base.response, **changes), failure=failure)


def framed(base=GOOD, failure=None, **changes):
    framing = Framing(**{"received": len(base.response.body), **changes})
    return answered(base, failure, framing=framing)


EACH = ["RSP-02", "RSP-03", "RSP-04", "RSP-05", "RSP-06", "RSP-07", "RSP-08"]


def test_right_answers_hold_each_clause_once():
    assert Counter((e.clause, str(e.mark)) for e in judged(GOOD)) == Counter(
        (clause, "ok") for clause in EACH
    )
    assert Counter((e.clause, str(e.mark)) for e in judged(FAILED)) == Counter(
        (clause, "ok") for clause in ["ERR-02", *EACH[1:5], "RSP-08"]
    )
    assert judged(replace(GOOD, response=None)) == []


LOST = Failure(FailureKind.INCOMPLETE, "the connection closed early")


def test_of_what_did_not_arrive_whole_only_the_length_is_looked_at():
    assert Counter(e.clause for e in judged(replace(GOOD, failure=LOST))) == {"RSP-03": 1}


@pytest.mark.parametrize(
    ("name", "values", "clause", "right"),
    [
        ("Content-Type", ["application/xml"], "RSP-02", True),
        ("Content-Type", [" Application/XML ; charset=utf-8"], "RSP-02", True),
        ("Content-Type", ["application/xml;a;b"], "RSP-02", True),
        ("Content-Type", ["text/xml"], "RSP-02", False),
        ("Content-Type", ["application/xhtml+xml"], "RSP-02", False),
        ("Content-Type", [";application/xml"], "RSP-02", False),
        ("Content-Type", ["application/xml", "application/xml"], "RSP-02", False),
        ("Content-Type", [], "RSP-02", False),
        ("Date", [format_http_date(NOW)], "RSP-04", True),
        ("Date", [f" {format_http_date(NOW)} "], "RSP-04", True),
        ("Date", [format_http_date(NOW)] * 2, "RSP-04", False),
        ("Date", ["2023-11-14T22:13:20Z"], "RSP-04", False),
        ("Date", [], "RSP-04", False),
        ("Date", [format_http_date(NOW - CLOCK_SLACK)], "RSP-04", True),
        ("Date", [format_http_date(NOW - CLOCK_SLACK - 1)], "RSP-04", False),
        ("Date", [format_http_date(NOW + CLOCK_SLACK)], "RSP-04", True),
        ("Date", [format_http_date(NOW + CLOCK_SLACK + 1)], "RSP-04", False),
        ("Server", ["tencent-ci"], "RSP-05", True),
        ("Server", ["Tencent-CI"], "RSP-05", False),
        ("Server", ["tencent-ci", "tencent-ci"], "RSP-05", False),
        ("Server", [], "RSP-05", False),
        ("x-ci-request-id", ["one"], "RSP-06", True),
        ("x-ci-request-id", [" "], "RSP-06", False),
        ("x-ci-request-id", ["one", "two"], "RSP-06", False),
        ("x-ci-request-id", [], "RSP-06", False),
        ("x-ci-trace-id", [], "RSP-07", True),
        ("x-ci-trace-id", ["one"], "RSP-07", False),
        ("x-ci-trace-id", [""], "RSP-07", False),
        ("Connection", ["keep-alive"], "RSP-08", True),
        ("Connection", [" Close "], "RSP-08", True),
        ("Connection", [], "RSP-08", True),
        ("Connection", ["close", "close"], "RSP-08", False),
        ("Connection", ["upgrade"], "RSP-08", False),
        ("Connection", ["keep-alive, upgrade"], "RSP-08", False),
    ],
)
def test_one_header(name, values, clause, right):
    expected = [("ok", "")] if right else [("broken", name)]
    assert marks(having(name, *values), clause) == expected
    assert len([each for each in judged(having(name, *values)) if each.mark == "broken"]) == (
        0 if right else 1
    )


def test_a_clock_is_compared_with_the_whole_time_of_the_exchange():
    late = replace(having("Date", format_http_date(NOW + CLOCK_SLACK + 5)), elapsed=5.0)
    assert marks(late, "RSP-04") == [("ok", "")]
    early = replace(having("Date", format_http_date(NOW - CLOCK_SLACK - 5)), elapsed=5.0)
    assert marks(early, "RSP-04") == [("broken", "Date")]


def test_slack_is_a_quarter_of_an_hour():
    assert CLOCK_SLACK == 900


# ---- Content-Type of refusals and of nothing ----


@pytest.mark.parametrize(
    ("status", "clause"), [(200, "RSP-02"), (299, "RSP-02"), (300, "ERR-02"), (404, "ERR-02")]
)
def test_the_media_type_of_a_refusal_is_a_clause_of_its_own(status, clause):
    one = having("Content-Type", "text/plain", base=answered(status=status))
    assert {e.clause for e in judged(one) if e.mark == "broken"} == {clause}


def test_an_empty_body_has_no_type():
    empty = having("Content-Type", base=exchange(CALL, response(200, b"")))
    assert marks(empty, "RSP-02") == []


# ---- length ----


@pytest.mark.parametrize(
    ("one", "mark"),
    [
        (having("Content-Length", f" {len(BODY)} "), "ok"),
        (having("Content-Length", str(len(BODY) + 1)), "broken"),
        (having("Content-Length", str(len(BODY) - 1)), "broken"),
        (having("Content-Length", str(len(BODY)), str(len(BODY))), "broken"),
        (having("Content-Length", ""), "broken"),
        (having("Content-Length", "+11"), "broken"),
        (having("Content-Length", "\u0661\u0661"), "broken"),
        (having("Content-Length", "\u00b2"), "broken"),
        (having("Content-Length", f"\xa0{len(BODY)}"), "broken"),
        (having("Content-Length", f"\t{len(BODY)}\t"), "ok"),
        (having("Content-Length"), "broken"),
        (answered(having("Content-Length"), version="HTTP/1.0"), "ok"),
        (answered(having("Content-Length"), status=204), "ok"),
        (answered(having("Content-Length"), status=304), "ok"),
        (answered(having("Content-Length"), status=205), "broken"),
        (framed(having("Content-Length"), chunked=True), "ok"),
        (framed(GOOD, chunked=True), "broken"),
        (framed(GOOD, extra=1), "broken"),
        (framed(GOOD, received=len(BODY) + 1), "broken"),
    ],
)
def test_length(one, mark):
    found = [each for each in judged(one) if each.clause == "RSP-03"]
    assert [str(each.mark) for each in found] == [mark]
    assert [each.at for each in found] == ["" if mark == "ok" else "Content-Length"]


LONGER = having("Content-Length", str(len(BODY) + 5))


@pytest.mark.parametrize(
    ("body", "kind", "mark"),
    [
        (BODY, FailureKind.INCOMPLETE, "broken"),  # a whole document: the number is wrong
        (BODY[:-1], FailureKind.INCOMPLETE, "unclear"),
        (b"", FailureKind.INCOMPLETE, "unclear"),
        (BODY, FailureKind.RESET, "unclear"),
        (BODY, FailureKind.TIMEOUT, "unclear"),
    ],
)
def test_a_body_that_is_shorter_than_announced(body, kind, mark):
    cut = answered(LONGER, Failure(kind, "why"), body=body, framing=Framing(received=len(body)))
    again = having("x-ci-request-id", "again", base=cut)
    found = [each for each in judged(cut, again) if each.clause == "RSP-03"]
    assert [str(each.mark) for each in found] == [mark, mark]
    once = [str(each.mark) for each in judged(cut) if each.clause == "RSP-03"]
    assert once == ["unclear"]  # the network may have cut off the white space at the end
    headless = replace(cut, response=None)
    beside = [e for e in judged(GOOD, headless, cut) if e.exchanges == (cut.n,)]
    assert [str(each.mark) for each in beside if each.clause == "RSP-03"] == ["ok", "unclear"]
    if mark == "unclear":
        assert found[0].message == "why"


def test_a_failure_does_not_turn_a_wrong_header_right():
    assert marks(framed(GOOD, LOST, chunked=True), "RSP-03") == [("broken", "Content-Length")]
    assert marks(framed(having("Content-Length"), LOST, chunked=True), "RSP-03") == [
        ("unclear", "")
    ]
    lost = replace(having("Content-Length", "many"), failure=LOST)
    assert marks(lost, "RSP-03") == [("broken", "Content-Length")]


def test_a_finding_on_the_length_shows_the_numbers():
    (found,) = [e for e in judged(framed(GOOD, extra=3)) if e.clause == "RSP-03"]
    assert found.expected == f"Content-Length: {len(BODY) + 3}, or a chunked body"
    assert found.observed == f"Content-Length: {len(BODY)}"


# ---- ids over the run ----


def test_ids_differ_over_the_run():
    first, second = (having("x-ci-request-id", "same") for _ in "ab")
    refusal = having("x-ci-request-id", " same ", base=FAILED)
    third = having("x-ci-request-id", "other")
    found = [e for e in judged(first, second, refusal, third) if e.clause == "RSP-06"]
    assert [str(each.mark) for each in found] == ["ok", "broken", "broken", "ok"]
    assert found[2].exchanges == (refusal.n, first.n)
    assert [each.at for each in found[1:3]] == ["x-ci-request-id"] * 2


def test_ids_of_what_was_neither_an_answer_nor_a_refusal_do_not_count():
    first = having("x-ci-request-id", "same")
    lost = replace(having("x-ci-request-id", "same"), failure=LOST)
    odd = answered(having("x-ci-request-id", "same"), status=199)
    found = [e for e in judged(first, lost, odd, first) if e.clause == "RSP-06"]
    assert [str(each.mark) for each in found] == ["ok", "broken"]


def test_a_trace_id_belongs_to_refusals():
    traced = having("x-ci-trace-id", "t", base=FAILED)
    assert marks(traced, "RSP-07") == []
