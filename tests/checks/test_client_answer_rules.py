"""LIB-01 to LIB-06 and LIB-10 to LIB-12, rule by rule: what a caller is told of an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.base import Level, Mark, Outcome
from conformance.checks.client_answers import check, names_of_bucket
from conformance.checks.client_case import ClientCase, Reply, Said, Want
from conformance.clients import answers, calls, documents
from conformance.clients.calls import put, sample_job
from conformance.spec.reading import Operation
from conformance.spec.xml import Node
from tests.checks.client_support import KEYS, case, job, sent, view

JOB = job(state="Submitted")
LEAVES = [
    *("JobId", "State", "Tag", "QueueId", "CreationTime", "StartTime", "EndTime"),
    *("Input/BucketId", "Input/Object", "Input/Region"),
    *("Operation/Output/Region", "Operation/Output/Bucket", "Operation/Output/Object"),
    "Operation/UserData",
]
ALL = ("LIB-01", "LIB-04", "LIB-06")


def one(
    reply: Reply, *jobs: Node, clauses: tuple[str, ...] = ("LIB-01",), **more: Any
) -> ClientCase:
    first = sent()
    numbered = [
        replace(first, exchange=replace(first.exchange, n=n, scenario="test")) for n in (1, 2, 3)
    ]
    return case(*numbered, reply=reply, jobs=jobs, clauses=clauses, **more)


def told(reply: Reply, *jobs: Node, **more: Any) -> list[tuple[str, str, str]]:
    """What is broken: clause, expected, observed."""
    found = [each for each in check(one(reply, *jobs, **more)) if each.mark == "broken"]
    assert all(each.exchanges == (2, 3) for each in found)
    return [(each.clause, each.expected, each.observed) for each in found]


def held(reply: Reply, *jobs: Node, **more: Any) -> list[str]:
    found = [each for each in check(one(reply, *jobs, **more)) if each.mark == "ok"]
    assert all(each.exchanges == (3,) for each in found)
    return [each.clause for each in found]


def seen(*views: Any) -> Reply:
    return Reply(Said.RESULT, tuple(views))


# ---- success ----


def test_the_success_of_a_cancel_is_lib_12() -> None:
    call = calls.cancel(KEYS, "j1")
    assert held(seen(), clauses=("HTTP-13",), call=call) == ["LIB-12"]
    failed = told(Reply(Said.CLIENT, message="x"), clauses=("HTTP-13",), call=call)
    assert [clause for clause, _, _ in failed] == ["LIB-12"]


def test_what_reaches_the_caller() -> None:
    assert held(seen(view(JOB)), JOB) == ["LIB-01"]
    assert held(seen(view(JOB)), JOB, clauses=("LIB-06", "LIB-01")) == ["LIB-01", "LIB-06"]
    assert held(seen(view(JOB)), JOB, clauses=("LIB-02", "LIB-03")) == [
        "LIB-01",
        "LIB-02",
        "LIB-03",
    ]
    assert held(seen(view(JOB)), JOB, clauses=("LIB-99",)) == ["LIB-01"]
    assert held(seen(), clauses=("LIB-02",)) == ["LIB-02"]
    assert held(seen(), clauses=("LIB-01",)) == []


@pytest.mark.parametrize("path", LEAVES)
def test_every_leaf(path: str) -> None:
    running = job(
        state="Running", start_time="2022-07-18T15:16:44+0800", end_time="2022-07-18T15:16:45+0800"
    )
    value = str(running.value(path))
    found = told(seen(put(view(running), path, "other")), running)
    assert found == [("LIB-01", repr(value), "'other'")]
    assert told(seen(put(view(running), path, None)), running) == [
        ("LIB-01", repr(value), "nothing")
    ]
    (outcome,) = check(one(seen(put(view(running), path, "other")), running, note="a note"))
    assert outcome.message == (
        f"{path.replace('/', '.')} does not reach the caller unchanged: a note"
    )


@pytest.mark.parametrize("path", ["StartTime", "EndTime"])
def test_a_dash_may_be_nothing(path: str) -> None:
    for value in ("", None, "-"):
        assert told(seen(put(view(JOB), path, value)), JOB) == []
    assert told(seen(put(view(JOB), path, " ")), JOB) != []
    dashed = job(user_data="-")
    assert told(seen(put(view(dashed), "Operation/UserData", "")), dashed) != []


@pytest.mark.parametrize(
    ("value", "observed"),
    [
        ({}, "''"),
        ([], "''"),
        ({"a": "\u00e9"}, repr('{"a": "\u00e9"}')),
        (7, "'7'"),
        (True, "'true'"),
        (False, "'false'"),
        (0, "'0'"),
        (["x"], repr('["x"]')),
    ],
)
def test_values_that_are_no_text(value: Any, observed: str) -> None:
    found = told(seen(put(view(JOB), "Operation/UserData", value)), JOB)
    assert [text for _, _, text in found] == [observed]


def test_an_empty_value_and_none_are_the_same() -> None:
    empty = job(user_data="")
    for value in ("", None, {}, []):
        assert told(seen(put(view(empty), "Operation/UserData", value)), empty) == []
    without = job(user_data=None)
    assert told(seen(put(view(JOB), "Operation/UserData", "")), without) == []
    assert told(seen({**view(JOB), "Input": "text"}), JOB) != []


def test_long_values_are_cut() -> None:
    long = job(user_data="x" * 400)
    (found,) = told(seen(put(view(long), "Operation/UserData", "y" * 400)), long)
    assert found == ("LIB-01", repr("x" * 300), repr("y" * 300))


def test_a_state_breaks_its_own_clause_too() -> None:
    wrong = seen(put(view(JOB), "State", "submitted"))
    assert [clause for clause, _, _ in told(wrong, JOB)] == ["LIB-01"]
    both = told(wrong, JOB, clauses=("LIB-06",))
    assert [clause for clause, _, _ in both] == ["LIB-01", "LIB-06"]
    assert "LIB-06" not in held(wrong, JOB, clauses=("LIB-06",))
    other = seen(put(view(JOB), "Tag", "x"))
    assert [clause for clause, _, _ in told(other, JOB, clauses=("LIB-06",))] == ["LIB-01"]
    assert held(other, JOB, clauses=("LIB-06",)) == ["LIB-06"]


def test_a_value_from_another_node() -> None:
    strange = seen(put(view(JOB), "QueueId", JOB.value("Operation/TemplateId")))
    assert [clause for clause, _, _ in told(strange, JOB, clauses=("LIB-04",))] == [
        "LIB-01",
        "LIB-04",
    ]
    assert [clause for clause, _, _ in told(strange, JOB)] == ["LIB-01"]
    ours = seen(put(view(JOB), "QueueId", JOB.value("Tag")))
    assert [clause for clause, _, _ in told(ours, JOB, clauses=("LIB-04",))] == ["LIB-01"]


# ---- the bucket's two names ----

SECOND = job(job_id="j2", state="Running")
RENAMED = documents.renamed(JOB, "Input/BucketId", "Bucket")


def test_the_bucket_by_either_name() -> None:
    assert told(seen(view(RENAMED)), RENAMED) == []
    assert told(seen(view(RENAMED)), JOB) == []
    assert told(seen(view(JOB)), RENAMED) == []
    blind = put(view(JOB), "Input/BucketId", None)
    (aside,) = check(one(seen(blind), JOB), frozenset({"Input/Bucket"}))
    assert (aside.clause, aside.level) == ("LIB-01", Level.MAY)
    assert {each.level for each in check(one(seen(blind), JOB))} == {None}
    wrong = put(view(JOB), "Input/BucketId", "other")
    assert {e.level for e in check(one(seen(wrong), JOB), frozenset({"Input/Bucket"}))} == {None}
    gone = put(view(JOB), "Input/Region", None)
    assert {e.level for e in check(one(seen(gone), JOB), frozenset({"Input/Bucket"}))} == {None}


def test_which_names_of_the_bucket_reach_a_caller() -> None:
    blind = put(view(JOB), "Input/BucketId", None)
    assert names_of_bucket([one(seen(view(JOB)), JOB)]) == {"Input/BucketId"}
    assert names_of_bucket([one(seen(view(RENAMED)), RENAMED)]) == {"Input/Bucket"}
    assert names_of_bucket([one(seen(view(RENAMED)), JOB)]) == {"Input/BucketId"}
    assert names_of_bucket([one(seen(blind), JOB)]) == frozenset()
    assert names_of_bucket([one(seen(view(JOB)), JOB, want=Want.EITHER)]) == frozenset()
    assert names_of_bucket([one(seen(), JOB)]) == frozenset()
    other_id = put(view(JOB), "JobId", "x")
    assert names_of_bucket([one(seen(other_id), JOB)]) == {"Input/BucketId"}
    assert names_of_bucket([one(seen(other_id), JOB, SECOND)]) == frozenset()
    half = seen(put(view(SECOND), "Input/BucketId", None), view(JOB))
    assert names_of_bucket([one(half, JOB, SECOND)]) == {"Input/BucketId"}
    both = one(seen(view(JOB)), JOB), one(seen(view(RENAMED)), RENAMED)
    assert names_of_bucket(both) == {"Input/BucketId", "Input/Bucket"}


# ---- more than one job ----


def test_every_job() -> None:
    whole = seen(view(SECOND), view(JOB))
    assert held(whole, JOB, SECOND, clauses=("LIB-11",)) == ["LIB-11", "LIB-01"]
    assert held(whole, JOB, SECOND) == ["LIB-01"]
    some = seen(view(JOB))
    for clauses in (("LIB-11",), ("LIB-01",)):
        assert told(some, JOB, SECOND, clauses=clauses) == [("LIB-11", "2 jobs", "1 of them")]
    assert told(seen(), JOB, SECOND) == [("LIB-11", "2 jobs", "0 of them")]
    wrong = seen(put(view(JOB), "JobId", "x"), view(SECOND))
    assert told(wrong, JOB, SECOND) == [("LIB-11", "2 jobs", "1 of them")]
    first_lost = seen(put(view(SECOND), "Tag", "x"))
    assert [clause for clause, _, _ in told(first_lost, JOB, SECOND)] == ["LIB-01", "LIB-11"]


def test_a_job_that_does_not_reach_its_caller() -> None:
    expected = f"the job {JOB.value('JobId')}, Submitted"
    observed = "a result with 0 jobs"
    assert told(seen(), JOB) == [("LIB-01", expected, observed)]
    assert told(seen(), JOB, clauses=("LIB-06",)) == [
        ("LIB-01", expected, observed),
        ("LIB-06", expected, observed),
    ]
    assert held(seen(), JOB, clauses=("LIB-06",)) == []
    other = put(view(JOB), "JobId", "x")
    assert told(seen(other, other), JOB) == [("LIB-01", expected, "a result with 2 jobs")]
    assert [clause for clause, _, _ in told(seen(other), JOB)] == ["LIB-01"]


ERROR = Reply(Said.SERVICE, (), "why", 404, "NoSuchJob", "id-1")


def test_an_error_where_all_was_well() -> None:
    observed = "a service error: status=404, code='NoSuchJob', message='why', request_id='id-1'"
    for clauses in (("LIB-01",), ("LIB-02", "LIB-03"), ("LIB-04", "LIB-06", "LIB-11")):
        assert told(ERROR, JOB, clauses=clauses) == [
            (clause, "a result", observed) for clause in clauses
        ]
    both = told(ERROR, JOB, clauses=("LIB-02", "LIB-01"))
    assert [clause for clause, _, _ in both] == ["LIB-02", "LIB-01"]
    assert told(ERROR, JOB, clauses=("LIB-13",)) == [("LIB-01", "a result", observed)]
    plain = Reply(Said.CLIENT, (), "m" * 400)
    assert told(plain, JOB) == [("LIB-01", "a result", f"a client error: message={'m' * 300!r}")]
    assert held(ERROR, JOB, clauses=("LIB-02",)) == []


# ---- errors ----

BODY = answers.failure(404, "AuditingJobNotFound", "The job  does not\nexist.", 7).error
RIGHT = Reply(
    Said.SERVICE,
    (),
    "404: The job does not exist. (see there)",
    404,
    "AuditingJobNotFound",
    answers.request_id(7),
)
SERVICE: dict[str, Any] = {"want": Want.SERVICE, "error": BODY, "status": 404}


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({}, None),
        ({"said": Said.CLIENT}, None),
        ({"status": 400}, "status"),
        ({"status": None}, "status"),
        ({"code": "Other"}, "code"),
        ({"message": "The job does not"}, "message"),
        ({"request_id": None}, "request id"),
        ({"status": 1, "request_id": "x"}, "status, request id"),
    ],
)
def test_error_responses(changes: dict[str, Any], lost: str | None) -> None:
    reply = replace(RIGHT, **changes)
    outcomes = list(check(one(reply, **SERVICE)))
    assert [each.clause for each in outcomes] == ["LIB-05"]
    if lost is None:
        assert held(reply, **SERVICE) == ["LIB-05"]
    else:
        (found,) = outcomes
        assert found.message == f"the {lost} of an error response does not reach the caller"
        assert found.expected == (
            "a service error: status=404, code='AuditingJobNotFound', "
            f"message='The job  does not\\nexist.', request_id={answers.request_id(7)!r}"
        )


def test_an_error_that_is_a_success_and_one_without_its_document() -> None:
    ((clause, _, observed),) = told(Reply(Said.RESULT), **SERVICE)
    assert (clause, observed) == ("LIB-05", "a result with 0 jobs")
    bare: dict[str, Any] = {"want": Want.SERVICE, "status": 502}
    assert held(Reply(Said.SERVICE, status=502), **bare) == ["LIB-05"]
    assert told(Reply(Said.SERVICE, status=500), **bare)[0][:2] == (
        "LIB-05",
        "a service error: status=502",
    )
    assert BODY is not None
    empty = documents.without(BODY, "Code", "Message", "RequestId")
    reply = Reply(Said.SERVICE, status=404, code="", request_id="")
    assert held(reply, **{**SERVICE, "error": empty}) == ["LIB-05"]
    assert told(replace(reply, code=None), **{**SERVICE, "error": empty}) != []


@pytest.mark.parametrize(
    ("clauses", "status", "clause"),
    [
        (("LIB-10",), 200, "LIB-10"),
        (("LIB-12",), 200, "LIB-12"),
        (("LIB-01", "LIB-12", "LIB-10"), 200, "LIB-12"),
        (("LIB-01", "LIB-10", "LIB-12"), 200, "LIB-10"),
        (("LIB-01",), 200, "LIB-10"),
        (("LIB-12",), 300, "LIB-05"),
        (("LIB-12",), 399, "LIB-05"),
        (("LIB-12",), 299, "LIB-12"),
        (("LIB-12",), 400, "LIB-12"),
    ],
)
def test_what_is_no_success(clauses: tuple[str, ...], status: int, clause: str) -> None:
    options: dict[str, Any] = {"want": Want.ERROR, "clauses": clauses, "status": status}
    assert held(ERROR, **options) == [clause]
    assert told(seen(), **options) == [(clause, "an error to the caller", "a result with 0 jobs")]


# ---- what came to nothing ----


def asides(one_case: ClientCase) -> list[tuple[str, str, str, str]]:
    return [(e.clause, str(e.mark), e.message, e.scenario) for e in check(one_case)]


def test_calls_that_were_not_made() -> None:
    never = one(Reply(Said.NEVER, message="stopped"), clauses=ALL)
    assert asides(never) == [(each, "unclear", "stopped", "test") for each in ALL]
    clauses = ("LIB-01", "LIB-13", "LIB-14", "LIB-02")
    unable = one(Reply(Said.UNSUPPORTED, message="no MQ"), clauses=clauses)
    assert asides(unable) == [
        (each, "unmet", "the library does not offer it: no MQ", "test")
        for each in ("LIB-01", "LIB-02")
    ]


def test_calls_that_sent_nothing() -> None:
    silent = replace(one(ERROR, clauses=ALL), sent=())
    assert asides(silent) == [
        (each, "unmet", "the call failed before anything was sent: why", "test") for each in ALL
    ]
    (claimed,) = check(replace(one(seen(), clauses=ALL), sent=()))
    assert claimed == Outcome(
        "LIB-01",
        Mark.BROKEN,
        (),
        "the call succeeded, but no request reached the judging endpoint",
        "one request at the endpoint of the call",
        "none",
        "test",
    )
    wild = calls.create(KEYS, sample_job(data="a\x01b"))
    assert asides(replace(one(ERROR, call=wild), sent=())) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said.SILENT, "the adapter did not answer in time and was ended"),
        (Said.DIED, "the adapter's process ended during the call"),
        (Said.GARBLED, "the adapter's answer does not keep the protocol"),
    ],
)
def test_an_adapter_that_fails(said: Said, words: str) -> None:
    reply = Reply(said, message="what happened")
    (found,) = check(one(reply, clauses=("LIB-10", "LIB-01")))
    assert (found.clause, found.message, found.observed) == ("LIB-10", words, "what happened")
    assert found.exchanges == (2, 3)
    (noted,) = check(one(replace(reply, stderr="x" + "e" * 500), clauses=ALL, note="n"))
    assert noted.message == f"{words} (n)"
    assert noted.observed == f"what happened; on stderr: {'e' * 500}"
    (alone,) = check(replace(one(reply), sent=()))
    assert (alone.exchanges, alone.scenario) == ((), "test")


# ---- entities ----


def test_what_only_an_entity_names() -> None:
    first = replace(sent(), exchange=replace(sent().exchange, n=1))
    bait = replace(sent(stray=True), operation=Operation.OTHER)
    bait = replace(bait, exchange=replace(bait.exchange, n=2))
    for want in Want:
        baited = case(first, bait, want=want, clauses=("LIB-10",), reply=ERROR, error=BODY)
        (found, *_) = [each for each in check(baited) if each.mark == "broken"]
        assert (found.clause, found.exchanges) == ("LIB-10", (1, 2))
        assert found.observed == "POST /pic_jobs"
    noted = case(first, bait, want=Want.EITHER, clauses=("LIB-10",), note="n")
    assert [each.message for each in check(noted)] == [
        "the library fetched what a hostile answer names: n"
    ]
    other = case(first, bait, want=Want.EITHER, clauses=("LIB-01",))
    assert list(check(other)) == []
    last = replace(first, exchange=replace(first.exchange, n=2))
    again = case(first, last, want=Want.EITHER, clauses=("LIB-10",))
    assert [each.exchanges for each in check(again)] == [(2,)]
    quiet = case(first, want=Want.EITHER, clauses=("LIB-10",))
    assert [(e.clause, str(e.mark), e.exchanges) for e in check(quiet)] == [("LIB-10", "ok", (1,))]
    assert list(check(case(first, want=Want.EITHER, clauses=("LIB-01",)))) == []
