"""The schemas on the page's samples, on errors and callbacks, and on whatever else comes."""

from __future__ import annotations

import pytest

from conformance.spec import samples, schema
from conformance.spec.errors import CODES
from conformance.spec.messages import json_to_node, read_json
from conformance.spec.schema import (
    KINDS,
    Fault,
    Kind,
    SchemaFinding,
    validate_fast,
    validate_full,
)
from conformance.spec.xml import Node, element, read_xml, write_xml
from tests.spec.trees import CALLBACK, ERROR, JOB, REQUEST, T2, T3, edit, found, job_in, more, put

# ---- the samples ----

VALID: dict[str, tuple[Kind, bytes]] = {
    "request 1, mended": ("request", samples.REQUEST_1),
    "request 2, mended": ("request", samples.REQUEST_2),
    "response 1": ("response", samples.RESPONSE_1),
    "response 2": ("response", samples.RESPONSE_2),
    "error": ("error", samples.ERROR),
    "callback": ("callback", samples.CALLBACK_XML),
}


@pytest.mark.parametrize(("kind", "body"), VALID.values(), ids=VALID.keys())
def test_the_samples_are_valid(kind: Kind, body: bytes) -> None:
    assert validate_full(kind, body) == ()
    assert validate_fast(kind, body)


@pytest.mark.parametrize("body", [samples.REQUEST_1_PRINTED, samples.REQUEST_2_PRINTED])
def test_the_requests_as_printed_are_not(body: bytes) -> None:
    """E5."""
    (finding,) = validate_full("request", body)
    assert (finding.clause, finding.path, finding.fault) == ("REQ-01", "", Fault.UNREADABLE)
    assert "CallBackFormat" in finding.message
    assert not validate_fast("request", body)


def test_a_callback_in_json_is_held_against_the_same_rules() -> None:
    node = json_to_node("Response", read_json(samples.CALLBACK_JSON))
    assert validate_full("callback", node) == ()
    assert validate_fast("callback", node)
    assert found("callback", put(node, "EventName", "Done")) == {("CBK-04", "Response/EventName")}


# ---- errors ----


@pytest.mark.parametrize("name", ["Code", "Message", "RequestId", "TraceId"])
def test_an_error_lacks_nothing(name: str) -> None:
    at = {("ERR-04", f"Error/{name}")}
    assert found("error", put(ERROR, name)) == at
    assert found("error", put(ERROR, name, "")) == at
    assert found("error", put(ERROR, name, " \n")) == at
    assert found("error", more(ERROR, "", ERROR.first(name) or Node(""))) == at


@pytest.mark.parametrize("code", CODES)
def test_every_documented_code_is_right(code: str) -> None:
    assert validate_fast("error", put(ERROR, "Code", code))


def test_the_rest_of_an_error() -> None:
    assert validate_full("error", put(ERROR, "Code", "\n  SlowDown\n")) == ()
    assert found("error", put(ERROR, "Code", "NoSuchCode")) == {("ERR-05", "Error/Code")}
    assert found("error", put(ERROR, "Code", "accessDenied")) == {("ERR-05", "Error/Code")}
    assert found("error", CALLBACK) == {("ERR-03", "Response")}
    (unknown,) = validate_full("error", more(ERROR, "", Node("Resource")))
    assert (unknown.path, unknown.fault) == ("Error/Resource", Fault.UNKNOWN)


# ---- callbacks ----


def test_a_callback_with_one_fault() -> None:
    job = CALLBACK.children[1]
    at = "Response/JobsDetail"
    assert found("callback", put(CALLBACK, "EventName")) == {("CBK-04", "Response/EventName")}
    assert found("callback", put(CALLBACK, "JobsDetail")) == {("CBK-05", at)}
    assert found("callback", put(CALLBACK, "JobsDetail/JobId")) == {("CBK-05", f"{at}/JobId")}
    assert found("callback", more(CALLBACK, "", Node("X"))) == {("CBK-05", "Response/X")}
    assert found("callback", element("Callback")) == {("CBK-02", "Callback")}
    running = edit(JOB, State="Running", StartTime=T2)
    assert found("callback", element("Response", CALLBACK.children[0], running)) == {
        ("CBK-07", f"{at}/State")
    }
    failed = edit(JOB, State="Failed", EndTime=T3, Code="X")
    assert found("callback", element("Response", CALLBACK.children[0], failed)) == {
        ("CBK-08", f"{at}/Message")
    }
    several = element("Response", job, CALLBACK.children[0], job)
    assert validate_full("callback", several) == ()
    assert validate_fast("callback", several)


# ---- whatever comes ----

UNREADABLE = {"request": "REQ-01", "response": "RSP-10", "error": "ERR-03", "callback": "CBK-02"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<a>",
        b"<!DOCTYPE Request><Request/>",
        b"\xff",
        b"<r>" + b"<a>" * 65 + b"</a>" * 65,
    ],
    ids=["empty", "json", "cut", "doctype", "bytes", "deep"],
)
def test_what_cannot_be_read_is_one_finding(kind: Kind, body: bytes) -> None:
    assert not validate_fast(kind, body)
    (finding,) = validate_full(kind, body)
    assert (finding.clause, finding.path) == (UNREADABLE[kind], "")
    assert finding.fault is Fault.UNREADABLE


@pytest.mark.parametrize("kind", KINDS)
def test_another_root_or_namespace_is_one_finding(kind: Kind) -> None:
    for body in (b"<x/>", b'<Request xmlns="urn:x"/>', b'<Response xmlns="urn:x"/>'):
        (finding,) = validate_full(kind, body)
        assert finding.fault is Fault.ROOT
        assert not validate_fast(kind, body)
    (finding,) = validate_full(kind, b"<" + b"x" * 500 + b"/>")
    assert len(finding.message) < 200


def test_attributes_have_no_say() -> None:
    """No xsi:type, xsi:nil or schemaLocation in a document changes what it is held against."""
    head = (
        b'<Response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/x.xsd" xsi:type="Callback" a="b">'
    )
    body = samples.RESPONSE_1.replace(b"<Response>", head)
    assert validate_full("response", body) == ()
    assert validate_fast("response", body)
    nil = body.replace(b"<Tag>PicProcess", b'<Tag xsi:nil="true">')
    assert found("response", nil) == {("RSP-13", "Response/JobsDetail/Tag")}


def test_comments_instructions_and_cdata_do_not_matter() -> None:
    body = samples.RESPONSE_1.replace(
        b"PicProcess", b"Pic<!-- c --><![CDATA[Process]]><?p i?>"
    ).replace(b"<Tag>", b"<!-- c --> <?p i?><Tag>")
    assert validate_full("response", body) == ()
    assert validate_fast("response", body)


def test_names_and_characters_that_only_json_can_hold() -> None:
    node = more(CALLBACK, "JobsDetail", Node("a b"), Node(""), Node("{x}y"), Node("p:q"))
    findings = validate_full("callback", node)
    assert {each.fault for each in findings} == {Fault.UNKNOWN}
    assert {each.clause for each in findings} == {"CBK-05"}
    assert not validate_fast("callback", node)
    control = put(CALLBACK, "JobsDetail/Operation/UserData", "a\x00b\x1f")
    assert validate_full("callback", control) == ()
    blank = put(CALLBACK, "EventName", "Task\x01Finish")
    assert found("callback", blank) == {("CBK-04", "Response/EventName")}


def test_messages_are_for_people() -> None:
    assert validate_full("response", job_in("Pending")) == (
        SchemaFinding(
            "RSP-14",
            "Response/JobsDetail/State",
            "State is 'Pending', not one of Submitted, Running, Success, Failed, Pause, Cancel",
            Fault.VALUE,
        ),
    )
    assert [each.message for each in validate_full("request", put(REQUEST, "QueueId"))] == [
        "QueueId is missing"
    ]
    odd = edit(REQUEST, Tag="x" * 500, QueueId=None, CallBackFormat="yaml", Operation=None)
    messages = [each.message for each in validate_full("request", more(odd, "", Node("Odd")))]
    assert len(messages) == 5
    for jargon in ("facet", "Xsd", "particle", "xs:", "pattern", "assert", "{urn"):
        assert not any(jargon in message for message in messages)
    assert max(map(len, messages)) < 200


FINDINGS: list[tuple[Kind, Node, SchemaFinding]] = [
    (
        "request",
        edit(REQUEST, Tag="x"),
        SchemaFinding("REQ-04", "Request/Tag", "Tag is 'x', not PicProcess", Fault.VALUE),
    ),
    (
        "request",
        put(REQUEST, "QueueId"),
        SchemaFinding("REQ-12", "Request/QueueId", "QueueId is missing", Fault.MISSING),
    ),
    (
        "request",
        put(REQUEST, "Input", " "),
        SchemaFinding("REQ-06", "Request/Input/Object", "Object is missing", Fault.MISSING),
    ),
    (
        "request",
        more(REQUEST, "", Node("Tag", "PicProcess")),
        SchemaFinding("REQ-23", "Request/Tag", "Tag is there 2 times", Fault.REPEATED),
    ),
    (
        "request",
        more(REQUEST, "", Node("Odd")),
        SchemaFinding(
            "REQ-24", "Request/Odd", "Odd is not a node that the page names here", Fault.UNKNOWN
        ),
    ),
    (
        "request",
        more(REQUEST, "Input", "text"),
        SchemaFinding(
            "REQ-24", "Request/Input", "Input holds text beside its nodes", Fault.UNKNOWN
        ),
    ),
    (
        "request",
        edit(REQUEST, Operation__TemplateId=None),
        SchemaFinding(
            "REQ-22",
            "Request/Operation",
            "Operation has neither a TemplateId nor a PicProcess",
            Fault.RULE,
        ),
    ),
    (
        "request",
        edit(REQUEST, Operation__Output__Region=""),
        SchemaFinding("REQ-09", "Request/Operation/Output/Region", "Region is empty", Fault.VALUE),
    ),
    (
        "request",
        edit(REQUEST, CallBack="x" * 58),
        SchemaFinding(
            "REQ-18",
            "Request/CallBack",
            f"CallBack is '{'x' * 58}', not an http or https URL, or no",
            Fault.VALUE,
        ),
    ),
    (
        "request",
        edit(REQUEST, CallBack="x" * 59),
        SchemaFinding(
            "REQ-18",
            "Request/CallBack",
            f"CallBack is '{'x' * 59}..., not an http or https URL, or no",
            Fault.VALUE,
        ),
    ),
    (
        "response",
        element("Response", JOB, edit(JOB, JobId=None)),
        SchemaFinding("RSP-12", "Response/JobsDetail[2]/JobId", "JobId is missing", Fault.MISSING),
    ),
    (
        "response",
        element("Response", edit(JOB, JobId=None), JOB),
        SchemaFinding("RSP-12", "Response/JobsDetail[1]/JobId", "JobId is missing", Fault.MISSING),
    ),
    (
        "response",
        element("Response", JOB, more(JOB, "", "text")),
        SchemaFinding(
            "RSP-29",
            "Response/JobsDetail[2]",
            "JobsDetail holds text beside its nodes",
            Fault.UNKNOWN,
        ),
    ),
    (
        "callback",
        put(CALLBACK, "EventName", "Task\x01Finish"),
        SchemaFinding(
            "CBK-04",
            "Response/EventName",
            "EventName is 'Task\ufffdFinish', not TaskFinish",
            Fault.VALUE,
        ),
    ),
    (
        "callback",
        put(CALLBACK, "JobsDetail/StartTime", "-"),
        SchemaFinding(
            "CBK-05",
            "Response/JobsDetail/StartTime",
            "StartTime is no time although State is Success",
            Fault.RULE,
        ),
    ),
]


@pytest.mark.parametrize(("kind", "node", "finding"), FINDINGS)
def test_a_finding_says_where_what_and_why(kind: Kind, node: Node, finding: SchemaFinding) -> None:
    assert validate_full(kind, node) == (finding,)


def test_a_schema_just_compiled_has_the_clauses_of_all_its_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = schema._full_schema.__wrapped__("error")
    monkeypatch.setattr(schema, "_full_schema", lambda _: rules)
    message, request_id, trace_id = ERROR.children[1:]
    wrong = element("Error", message, request_id, trace_id, trace_id, Node("Odd"))
    assert validate_full("error", wrong) == (
        SchemaFinding("ERR-04", "Error/Code", "Code is missing", Fault.MISSING),
        SchemaFinding("ERR-04", "Error/TraceId", "TraceId is there 2 times", Fault.REPEATED),
        SchemaFinding(
            "ERR-04", "Error/Odd", "Odd is not a node that the page names here", Fault.UNKNOWN
        ),
    )
    assert [each.clause for each in validate_full("error", b"<")] == ["ERR-03"]
    assert [each.clause for each in validate_full("error", Node("Other"))] == ["ERR-03"]


def test_faults_are_named_as_reports_name_them() -> None:
    assert [str(each) for each in Fault] == [
        *("unreadable", "root", "missing", "repeated", "unknown", "value", "rule")
    ]


def test_a_schema_is_compiled_once() -> None:
    assert schema._full_schema("request") is schema._full_schema("request")
    assert schema._fast_schema("request") is schema._fast_schema("request")


def test_the_bytes_and_the_tree_of_a_document_are_judged_alike() -> None:
    for kind, body in VALID.values():
        node = read_xml(body)
        spoilt = put(node, node.children[0].name)
        assert found(kind, write_xml(spoilt)) == found(kind, spoilt)
