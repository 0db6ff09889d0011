"""Headers and job nodes: each rule broken alone is found by its clause and by no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.base import Level, Mark
from conformance.spec.messages import Output, PicProcess
from conformance.spec.wire import Failure, FailureKind, Framing
from conformance.spec.xml import Node, element, write_xml
from tests.checks.building import (
    NOW,
    TARGET,
    broken,
    created,
    held,
    outcomes,
    request_job,
    result,
    shown,
)

ASKED = request_job()
INLINE = request_job(template_id=None, pic_process=PicProcess("true", "imageMogr2/rotate/90"))


def test_a_conforming_create_breaks_nothing():
    found = outcomes(created(ASKED, shown(ASKED)))
    assert broken(found) == set()
    assert {"RSP-01", "RSP-10", "RSP-12", "RSP-20", "RSP-24", "STA-01", "STA-02"} <= held(found)


SPOILT = [
    ("RSP-13", {"tag": "Picprocess"}),
    ("RSP-14", {"state": "submitted"}),
    ("RSP-15", {"creation_time": "2022-07-18 15:16:43"}),
    ("RSP-15", {"creation_time": "2022-13-18T15:16:43+0800"}),
    ("RSP-15", {"creation_time": "2022-07-18T15:16:43+08:00"}),
    ("RSP-16", {"start_time": ""}),
    ("RSP-16", {"end_time": None}),
    ("RSP-17", {"queue_id": "p0"}),
    ("RSP-18", {"input_object": "input/Deer.jpg"}),
    ("RSP-18", {"input_region": "ap-beijing"}),
    ("RSP-18", {"input_bucket": "test-123456789"}),
    ("RSP-20", {"output": Output("ap-chongqing", TARGET.bucket, "output/other.jpg")}),
    ("RSP-24", {"user_data": "picjobs on"}),
    ("RSP-24", {"user_data": None}),
    ("RSP-25", {"job_level": "2"}),
    ("RSP-26", {"result": result()}),
    ("RSP-27", {"code": "InvalidArgument"}),
    ("RSP-27", {"message": "queued"}),
]


@pytest.mark.parametrize(("clause", "change"), SPOILT)
def test_one_spoilt_node_breaks_one_clause(clause, change):
    assert broken(outcomes(created(ASKED, shown(ASKED, **change)))) == {clause}


def test_template_name_without_template_breaks_22():
    assert broken(outcomes(created(INLINE, shown(INLINE, template_name="test")))) == {"RSP-22"}


def test_inline_parameters_must_come_back():
    other = PicProcess("true", "imageMogr2/rotate/91")
    assert broken(outcomes(created(INLINE, shown(INLINE, pic_process=other)))) == {"RSP-23"}
    assert broken(outcomes(created(INLINE, shown(INLINE, pic_process=None)))) == {"RSP-23"}


def test_template_echoed_for_an_inline_job_breaks_21():
    spoilt = shown(INLINE, template_id="t1", template_name="test")
    assert broken(outcomes(created(INLINE, spoilt))) == {"RSP-21"}


@pytest.mark.parametrize(
    "change",
    [
        {"job_level": None},
        {"code": None, "message": None},
    ],
)
def test_what_the_errata_grant_is_silent(change):
    assert broken(outcomes(created(ASKED, shown(ASKED, **change)))) == set()


def test_bucket_may_stand_in_either_node():
    node = shown(ASKED).to_node()

    def rename(each: Node) -> Node:
        name = "Bucket" if each.name == "BucketId" else each.name
        return replace(each, name=name, children=tuple(map(rename, each.children)))

    assert broken(outcomes(created(ASKED, rename(node)))) == set()


def test_unknown_node_warns_and_drift_informs():
    node = shown(ASKED).to_node()
    strange = replace(node, children=(*node.children, element("Colour", "red")))
    found = [each for each in outcomes(created(ASKED, strange)) if each.mark is Mark.BROKEN]
    assert [(each.clause, each.level) for each in found] == [("RSP-29", None)]
    drift = replace(node, children=(*node.children, element("Progress", "50")))
    found = [each for each in outcomes(created(ASKED, drift)) if each.mark is Mark.BROKEN]
    assert [(each.clause, each.level) for each in found] == [("RSP-29", Level.MAY)]


def test_repeated_node_breaks_32():
    node = shown(ASKED).to_node()
    twice = replace(node, children=(*node.children, element("Tag", "PicProcess")))
    assert broken(outcomes(created(ASKED, twice))) == {"RSP-32"}


def test_two_jobs_in_one_answer_break_11():
    exchange = created(ASKED, shown(ASKED))
    body = write_xml(element("Response", shown(ASKED).to_node(), shown(ASKED, "j2").to_node()))
    answer = replace(
        exchange.response,
        body=body,
        headers=exchange.response.headers.set("Content-Length", str(len(body))),
        framing=Framing(received=len(body)),
    )
    assert "RSP-11" in broken(outcomes(replace(exchange, response=answer)))


def test_job_ids_and_request_ids_must_differ():
    first = created(ASKED, shown(ASKED))
    again = created(request_job("two"), shown(request_job("two")))
    same_id = replace(
        again,
        response=replace(
            again.response,
            headers=again.response.headers.set(
                "x-ci-request-id", first.response.headers.get("x-ci-request-id")
            ),
        ),
    )
    assert broken(outcomes(first, same_id)) == {"RSP-06", "RSP-12"}


HEADERS = [
    ("RSP-02", "Content-Type", "text/xml"),
    ("RSP-03", "Content-Length", "230"),
    ("RSP-04", "Date", "Mon, 14 Nov 2023 22:13:20 GMT"),
    ("RSP-04", "Date", "2023-11-14T22:13:20Z"),
    ("RSP-05", "Server", "nginx"),
    ("RSP-06", "x-ci-request-id", " "),
    ("RSP-07", "x-ci-trace-id", "trace"),
    ("RSP-08", "Connection", "upgrade"),
]


@pytest.mark.parametrize(("clause", "name", "value"), HEADERS)
def test_one_spoilt_header_breaks_one_clause(clause, name, value):
    exchange = created(ASKED, shown(ASKED))
    answer = replace(exchange.response, headers=exchange.response.headers.set(name, value))
    assert broken(outcomes(replace(exchange, response=answer))) == {clause}


@pytest.mark.parametrize("name", ["Content-Type", "Content-Length", "Date", "Server"])
def test_a_missing_header_is_found(name):
    exchange = created(ASKED, shown(ASKED))
    answer = replace(exchange.response, headers=exchange.response.headers.without(name))
    assert len(broken(outcomes(replace(exchange, response=answer)))) == 1


def test_charset_and_letter_case_are_free():
    exchange = created(ASKED, shown(ASKED))
    headers = exchange.response.headers.set("Content-Type", "Application/XML; charset=utf-8")
    headers = headers.set("Connection", "Keep-Alive")
    answer = replace(exchange.response, headers=headers)
    assert broken(outcomes(replace(exchange, response=answer))) == set()


def test_http_1_0_needs_no_length_but_1_1_does():
    exchange = created(ASKED, shown(ASKED))
    bare = replace(exchange.response, headers=exchange.response.headers.without("Content-Length"))
    assert broken(outcomes(replace(exchange, response=bare))) == {"RSP-03"}
    old = replace(bare, version="HTTP/1.0")
    assert broken(outcomes(replace(exchange, response=old))) == set()


def test_a_cut_body_is_nobodys_fault_but_a_wrong_number_is():
    exchange = created(ASKED, shown(ASKED))
    whole = exchange.response
    longer = whole.headers.set("Content-Length", str(len(whole.body) + 5))
    lost = Failure(FailureKind.INCOMPLETE, "the connection closed early")
    wrong = replace(
        whole, headers=longer, framing=Framing(received=len(whole.body), complete=False)
    )
    short = replace(exchange, response=wrong, failure=lost)
    again = replace(created(ASKED, shown(ASKED, job_id="j2")), response=wrong, failure=lost)
    assert broken(outcomes(short, again)) == {"RSP-03"}
    assert broken(outcomes(short)) == set()  # once, it may have been white space that was lost
    cut = replace(
        whole, body=whole.body[:-30], framing=Framing(received=len(whole.body) - 30, complete=False)
    )
    assert broken(outcomes(replace(exchange, response=cut, failure=lost))) == set()


def test_surplus_bytes_break_03():
    exchange = created(ASKED, shown(ASKED))
    framing = Framing(received=len(exchange.response.body), extra=7)
    answer = replace(exchange.response, framing=framing)
    assert broken(outcomes(replace(exchange, response=answer))) == {"RSP-03"}


def test_a_creation_time_far_from_the_date_breaks_31():
    old = shown(ASKED, creation_time="2020-01-01T00:00:00+0800")
    assert broken(outcomes(created(ASKED, old))) == {"RSP-31"}


def test_date_far_from_our_clock_breaks_04():
    exchange = created(ASKED, shown(ASKED))
    found = broken(outcomes(replace(exchange, started=NOW + 3600)))
    assert found == {"RSP-04"}


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        (b"", "RSP-10"),
        (b"<Response><JobsDetail></Response>", "RSP-10"),
        (b"<Reply/>", "RSP-10"),
        (b'<Response xmlns="urn:x"/>', "RSP-10"),
        (b"{}", "RSP-10"),
    ],
)
def test_what_is_no_response_document_breaks_10(body, clause):
    exchange = created(ASKED, shown(ASKED))
    headers = exchange.response.headers.set("Content-Length", str(len(body)))
    answer = replace(
        exchange.response, body=body, headers=headers, framing=Framing(received=len(body))
    )
    assert clause in broken(outcomes(replace(exchange, response=answer)))
