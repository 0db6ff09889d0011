"""Accepted or refused: what a scenario announced beside what came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.base import Level
from conformance.checks.facts import Facts
from conformance.checks.outcome import ANNOUNCED, check
from conformance.scenarios.calls import accept, cancel, create, either, refuse
from conformance.spec.wire import Failure, FailureKind
from tests.checks.building import TARGET, error, exchange, jobs, request_job, response, shown

ASKED = request_job()
GOOD = jobs(shown(ASKED))
LOST = Failure(FailureKind.TIMEOUT, "no answer in time")


def judged(expect, answer, call=None, **changes):
    call = call or create(TARGET, ASKED, expect=expect)
    return list(check(Facts(TARGET, (exchange(call, answer, **changes),))))


def marks(expect, answer, **changes):
    return [(each.clause, str(each.mark), each.level) for each in judged(expect, answer, **changes)]


@pytest.mark.parametrize(
    ("clause", "looked_at"),
    [
        ("HTTP-10", True),
        ("SIG-20", True),
        ("REQ-30", True),
        ("RSP-30", True),
        *((f"QRY-{n:02}", True) for n in (1, 4, 10, 11, 15, 16, 17, 18, 21, 22)),
        *((f"QRY-{n:02}", False) for n in (2, 3, 12, 13, 14, 20)),
        ("STA-09", False),
        ("RSP-29", False),
        ("ERR-10", False),
    ],
)
def test_which_clauses_acceptance_decides(clause, looked_at):
    assert marks(accept(clause), GOOD) == ([(clause, "ok", None)] if looked_at else [])


def test_the_clauses_that_may_be_announced_are_those_of_servers():
    assert {"HTTP-10", "SIG-20", "REQ-30", "RSP-30", "QRY-01", "QRY-22"} <= set(ANNOUNCED)
    assert not {"HTTP-01", "SIG-05", "RSP-01", "QRY-02", "STA-09", "LIB-01"} & set(ANNOUNCED)


def test_every_announced_clause_is_decided():
    assert marks(accept("REQ-30", "STA-09", "HTTP-10"), GOOD) == [
        ("REQ-30", "ok", None),
        ("HTTP-10", "ok", None),
    ]
    assert marks(either("REQ-30"), GOOD) == []
    call = replace(create(TARGET, ASKED), expect=None)
    assert judged(None, GOOD, call) == []


def test_after_one_that_is_not_to_be_judged_the_rest_is():
    two = [
        exchange(create(TARGET, ASKED, expect=expect), GOOD)
        for expect in (either("REQ-30"), accept("REQ-30"))
    ]
    assert [each.exchanges for each in check(Facts(TARGET, tuple(two)))] == [(two[1].n,)]


def test_an_answer_without_a_code_is_shown_by_its_status():
    (found,) = judged(refuse("REQ-30"), GOOD)
    assert found.observed == "200"


BAD_REQUEST = error(400, "InvalidArgument")
FORBIDDEN = error(403, "AccessDenied")
BUSY = [error(429, "SlowDown"), error(503, "ServiceUnavailable"), error(403, "QueueSaturated")]


@pytest.mark.parametrize(
    ("expect", "answer", "mark", "level"),
    [
        (accept("REQ-30"), GOOD, "ok", None),
        (accept("REQ-30"), BAD_REQUEST, "broken", None),
        (replace(accept("REQ-30"), should=True), BAD_REQUEST, "broken", Level.SHOULD),
        (accept("REQ-30"), error(500, "InternalError"), "broken", None),
        (refuse("REQ-30"), BAD_REQUEST, "ok", None),
        (refuse("REQ-30"), GOOD, "broken", None),
        (replace(refuse("REQ-30"), should=True), GOOD, "broken", Level.SHOULD),
        (refuse("REQ-30", statuses=(401, 403)), FORBIDDEN, "ok", None),
        (refuse("REQ-30", statuses=(401, 403)), BAD_REQUEST, "broken", None),
        # a status that is no error at all is ERR-01's affair
        (refuse("REQ-30", statuses=(401, 403)), error(200, "AccessDenied"), "ok", None),
        (refuse("REQ-30", statuses=(401, 403)), error(300, "AccessDenied"), "broken", None),
        (refuse("REQ-30", codes=("AccessDenied",)), FORBIDDEN, "ok", None),
        (refuse("REQ-30", codes=("AccessDenied",)), BAD_REQUEST, "broken", Level.SHOULD),
        (refuse("REQ-30", codes=("AccessDenied",)), response(403, b""), "broken", Level.SHOULD),
        *((accept("REQ-30"), answer, "unclear", None) for answer in BUSY),
        *((refuse("REQ-30"), answer, "unclear", None) for answer in BUSY),
    ],
)
def test_what_came_beside_what_was_announced(expect, answer, mark, level):
    assert marks(expect, answer) == [("REQ-30", mark, level)]


def test_only_a_wrong_code_has_a_place():
    (code,) = judged(refuse("REQ-30", codes=("AccessDenied",)), BAD_REQUEST)
    (status,) = judged(refuse("REQ-30", statuses=(403,)), BAD_REQUEST)
    assert (code.at, status.at) == ("Error/Code", "")
    assert code.observed == status.observed == "400 InvalidArgument"


@pytest.mark.parametrize("expect", [accept("REQ-30"), refuse("REQ-30")])
def test_the_network_says_nothing(expect):
    for answer, failure in ((None, LOST), (GOOD, LOST), (None, None)):
        (found,) = judged(expect, answer, failure=failure)
        assert str(found.mark) == "unclear"
        assert found.message == ("there was no response" if failure is None else LOST.message)


def test_a_good_cancel_is_judged_elsewhere():
    for expect, count in ((accept("SIG-45"), 0), (refuse("SIG-45"), 1)):
        call = cancel(TARGET, "j1", expect=expect)
        assert len(judged(None, response(200, b""), call)) == count
        assert len(judged(None, FORBIDDEN, call)) == count


def test_a_finding_names_the_request():
    (noted,) = judged(accept("REQ-30", note="a long key"), BAD_REQUEST)
    assert noted.message.endswith(": a long key")
    (plain,) = judged(accept("REQ-30"), BAD_REQUEST)
    assert plain.message.endswith(": create (test)")
    other = create(TARGET, ASKED, expect=refuse("HTTP-10"), path="/pic_job", method="PUT")
    (strange,) = judged(None, GOOD, other)
    assert strange.message.endswith(": PUT /pic_job")
    (refused,) = judged(refuse("REQ-30", note="n", statuses=(403,)), BAD_REQUEST)
    assert refused.message.endswith(": n")
