"""LIB, role C: what a library sends for a call, and what it makes of answers."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.checks import client_answers, client_conduct
from conformance.checks.client_case import ClientCase, Reply, Said, Want
from conformance.checks.client_judge import judge_case, judge_cases
from conformance.clients import answers, calls, documents
from conformance.clients.calls import put, sample_job
from conformance.spec.reading import Operation
from conformance.spec.states import State
from conformance.spec.wire import Headers
from conformance.spec.xml import Node
from tests.checks.client_support import (
    KEYS,
    TEMPORARY,
    body_of,
    broken,
    case,
    held,
    job,
    request_of,
    sent,
    signed,
    view,
    with_body,
)

ERROR = answers.failure(404, "AuditingJobNotFound", "The job does not exist.", 7)
BUSY = answers.failure(503, "ServiceUnavailable", "Try later.", 8)


def conduct(one: ClientCase) -> set[str]:
    return set(broken(client_conduct.check(one)))


def told(one: ClientCase) -> set[str]:
    return set(broken(client_answers.check(one)))


# ---- what is sent ----


def test_one_call_and_one_post_is_right() -> None:
    outcomes = list(judge_case(case(jobs=(job(),))))

    assert not broken(outcomes, information=True)
    assert {"LIB-01", "LIB-07", "LIB-13"} <= held(outcomes)
    assert {"HTTP-01", "SIG-01", "REQ-04"} <= held(outcomes)


def test_a_second_post_after_success_breaks_lib_07() -> None:
    assert conduct(case(sent(), sent())) == {"LIB-07"}


def test_a_second_post_after_a_5xx_is_information() -> None:
    one = case(sent(answer=BUSY), sent())

    assert not conduct(one)
    assert set(broken(client_conduct.check(one), information=True)) == {"LIB-07"}


def test_a_post_that_follows_a_redirect_is_the_same_call() -> None:
    moved = answers.redirect(307, "TemporaryRedirect", "/pic_jobs", "inside")

    assert not conduct(case(sent(answer=moved), sent(follows=True), clauses=("LIB-15",)))


def test_a_4xx_that_is_tried_again_breaks_lib_08() -> None:
    assert conduct(case(sent(answer=ERROR), sent(answer=ERROR))) == {"LIB-08"}


def test_a_retry_inside_its_window_is_right_and_one_outside_is_not() -> None:
    call = calls.describe(KEYS, "j1")
    first = sent(call, answer=BUSY)
    stale = sent(call, signed(request_of(call), KEYS, window=(-100, -10)))

    assert not conduct(case(first, sent(call), call=call))
    assert conduct(case(first, stale, call=call)) == {"LIB-08"}


def test_one_request_for_each_id_is_right_and_half_of_them_is_not() -> None:
    call = calls.describe(KEYS, "j1", "j2")
    first = sent(call, signed(request_of(replace(call, job_ids=("j1",)))))
    second = sent(call, signed(request_of(replace(call, job_ids=("j2",)))))

    assert not conduct(case(first, second, call=call))
    assert conduct(case(first, call=call)) == {"HTTP-11"}


SPECIAL = sample_job(data="<a> & \"b\" 'c' ]]>")


@pytest.mark.parametrize(
    ("body", "clauses"),
    [
        (body_of(SPECIAL), set()),
        (body_of(put(SPECIAL, "Operation/UserData", "<a> & \"b\" 'c' ]]")), {"LIB-09", "LIB-13"}),
        (body_of(put(SPECIAL, "Operation/UserData", "&lt;a> &amp; b")), {"LIB-09", "LIB-13"}),
        (body_of(put(SPECIAL, "Operation/UserData", "<a>& \"b\" 'c' ]]>")), {"LIB-13"}),
        (body_of(SPECIAL).replace(b"&lt;", b"<"), {"LIB-09"}),
        (body_of(put(SPECIAL, "Operation/JobLevel", "0")), set()),
        (body_of(put(SPECIAL, "Operation/TemplateId", "other")), {"LIB-13"}),
    ],
)
def test_values_arrive_as_they_were_given(body: bytes, clauses: set[str]) -> None:
    call = calls.create(KEYS, SPECIAL)

    assert conduct(case(with_body(body, call), call=call)) == clauses


@pytest.mark.parametrize(
    ("path", "value"),
    [("CallBack", "no"), ("Operation/JobLevel", "0"), ("CallBackFormat", "XML")],
)
def test_what_is_dropped_is_found(path: str, value: str) -> None:
    call = calls.create(KEYS, put(sample_job(), path, value))

    assert conduct(case(with_body(body_of(), call), call=call)) == {"LIB-13"}


def test_an_empty_value_may_be_left_out() -> None:
    call = calls.create(KEYS, sample_job(data=""))

    assert not conduct(case(with_body(body_of(sample_job(data=None)), call), call=call))


def test_what_the_library_says_that_it_cannot_do_is_information() -> None:
    one = replace(case(reply=Reply(Said.UNSUPPORTED, message="no CallBackMqConfig")), sent=())
    outcomes = list(judge_case(one))

    assert not broken(outcomes)
    assert "LIB-13" in broken(outcomes, information=True)


@pytest.mark.parametrize(
    ("body", "clauses"),
    [
        (body_of(sample_job(data="ab")), set()),
        (b"<Request>a\x01b</Request>", {"LIB-14"}),
        (b"<Request>a&#1;b</Request>", {"LIB-14"}),
    ],
)
def test_a_control_character(body: bytes, clauses: set[str]) -> None:
    call = calls.create(KEYS, sample_job(data="a\x01b"))

    assert conduct(case(with_body(body, call), call=call, want=Want.EITHER)) == clauses


def test_refusing_a_control_character_is_right() -> None:
    call = calls.create(KEYS, sample_job(data="a\x01b"))
    refused = Reply(Said.CLIENT, message="ValueError")
    outcomes = list(judge_case(replace(case(call=call, reply=refused), sent=())))

    assert held(outcomes) == {"LIB-14"}


@pytest.mark.parametrize(
    ("headers", "clauses"),
    [
        ((("Host", "127.0.0.1:9"),), set()),
        ((("Host", "127.0.0.1:9"), ("Authorization", "q-ak=x")), {"LIB-15"}),
        ((("Host", "127.0.0.1:9"), ("X-Cos-Security-Token", "x")), {"LIB-15"}),
        ((("Host", "b-1.ci.ap-beijing.myqcloud.com"), ("Authorization", "q-ak=x")), set()),
        ((("Host", "b-1.ci.ap-beijing.tencentci.cn"), ("Authorization", "q-ak=x")), {"LIB-15"}),
    ],
)
def test_credentials_stay_at_home(headers: tuple[Any, ...], clauses: set[str]) -> None:
    call = calls.create(TEMPORARY)
    away = request_of(call).with_headers(Headers(headers))
    stray = sent(call, away, stray=True)
    stray = replace(stray, operation=Operation.OTHER)

    assert conduct(case(sent(call, answer=BUSY), stray, call=call)) == clauses


# ---- what is told ----


@pytest.mark.parametrize(
    ("path", "got", "clauses"),
    [
        ("QueueId", "other", {"LIB-01"}),
        ("QueueId", None, {"LIB-01"}),
        ("StartTime", None, set()),
        ("StartTime", "", set()),
        ("StartTime", "1970-01-01", {"LIB-01"}),
        ("CreationTime", "2022-07-18 15:16:43", {"LIB-01"}),
        ("State", "submitted", {"LIB-01", "LIB-06"}),
        ("JobLevel", 0, set()),
        ("Operation/UserData", " This is my data.", {"LIB-01"}),
        ("Input/Object", 7, {"LIB-01"}),
    ],
)
def test_the_callers_view(path: str, got: Any, clauses: set[str]) -> None:
    seen = put(view(job()), path, got)
    reply = Reply(Said.RESULT, (seen,))

    assert told(case(reply=reply, jobs=(job(),), clauses=("LIB-06", "LIB-01"))) == clauses


def test_the_bucket_may_go_by_either_name() -> None:
    seen = view(job())
    seen["Input"]["Bucket"] = seen["Input"].pop("BucketId")

    assert not told(case(reply=Reply(Said.RESULT, (seen,)), jobs=(job(),)))


@pytest.mark.parametrize("clause", ["LIB-01", "LIB-02", "LIB-03", "LIB-04", "LIB-06", "LIB-11"])
def test_an_error_where_a_success_was_answered(clause: str) -> None:
    reply = Reply(Said.CLIENT, message="KeyError: 'Code'")

    assert told(case(reply=reply, jobs=(job(),), clauses=(clause,))) == {clause}


def test_every_job_reaches_the_caller() -> None:
    jobs = tuple(job(job_id=f"j{n}", state=state) for n, state in enumerate(State))
    some = Reply(Said.RESULT, tuple(view(each) for each in jobs[:-1]))

    assert not told(case(jobs=jobs, clauses=("LIB-11",)))
    assert told(case(reply=some, jobs=jobs, clauses=("LIB-11",))) == {"LIB-11"}


RIGHT = Reply(
    Said.SERVICE,
    message="The job does not exist.",
    status=404,
    code="AuditingJobNotFound",
    request_id=answers.request_id(7),
)


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        (RIGHT, True),
        (replace(RIGHT, message="404: The job does not exist. (see the log)"), True),
        (replace(RIGHT, status=400), False),
        (replace(RIGHT, code=None), False),
        (replace(RIGHT, message=""), False),
        (replace(RIGHT, request_id=answers.trace_id(7)), False),
        (Reply(Said.CLIENT, message="HTTP 404"), False),
        (Reply(Said.RESULT), False),
    ],
)
def test_error_responses(reply: Reply, right: bool) -> None:
    one = case(sent(answer=ERROR), reply=reply, want=Want.SERVICE, error=ERROR.error, status=404)

    assert told(one) == (set() if right else {"LIB-05"})


def test_of_an_error_without_the_documented_body_only_the_status_is_owed() -> None:
    one = case(want=Want.SERVICE, status=502, reply=Reply(Said.SERVICE, status=502))

    assert not told(one)


@pytest.mark.parametrize("clause", ["LIB-10", "LIB-12"])
def test_no_success_must_be_an_error(clause: str) -> None:
    wrong = case(want=Want.ERROR, clauses=(clause,), reply=Reply(Said.RESULT))
    right = case(want=Want.ERROR, clauses=(clause,), reply=Reply(Said.CLIENT, message="bad XML"))

    assert told(wrong) == {clause}
    assert clause in held(client_answers.check(right))


@pytest.mark.parametrize("said", [Said.SILENT, Said.DIED, Said.GARBLED])
def test_an_adapter_that_fails_is_one_finding_on_the_case(said: Said) -> None:
    failed = case(clauses=("LIB-10", "LIB-01"), reply=Reply(said, message="what happened"))
    found = broken(client_answers.check(failed))

    assert set(found) == {"LIB-10"}
    assert "what happened" in found["LIB-10"].observed


def test_success_without_a_request_is_a_finding_and_failure_without_one_is_none() -> None:
    claimed = replace(case(clauses=("LIB-13",)), sent=())
    failed = replace(claimed, reply=Reply(Said.CLIENT, message="refused"))

    assert told(claimed) == {"LIB-13"}
    assert not told(failed)


def test_a_fetched_entity_breaks_lib_10() -> None:
    bait = replace(sent(stray=True), operation=Operation.OTHER)

    assert told(case(sent(), bait, want=Want.EITHER, clauses=("LIB-10",))) == {"LIB-10"}


def test_a_library_that_reads_the_bucket_under_one_name_is_not_blamed_for_the_other() -> None:
    def without_bucket(node: Node) -> dict[str, Any]:
        seen = view(node)
        seen["Input"] = {name: seen["Input"][name] for name in ("Object", "Region")}
        return seen

    other = documents.renamed(job(), "Input/BucketId", "Bucket")
    blind = Reply(Said.RESULT, (without_bucket(other),))
    reads_one = [case(jobs=(job(),)), case(reply=blind, jobs=(other,))]
    reads_none = [case(reply=blind, jobs=(job(),)), case(reply=blind, jobs=(other,))]

    assert not broken(judge_cases(reads_one))
    assert set(broken(judge_cases(reads_none))) == {"LIB-01"}
