"""Each rule for a success response, broken alone, is found under its clause and at its node."""

from __future__ import annotations

import pytest

from conformance.spec.samples import CALLBACK_RESULT, UPLOAD_RESULT, WRAPPED_RESULT
from conformance.spec.schema import Fault, validate_fast, validate_full
from conformance.spec.xml import Node, element
from tests.spec.trees import JOB, RESPONSE, T0, T1, T2, T3, edit, ended, found, job_in, more, put

WHY = {"Code": "InvalidArgument", "Message": "why"}

#: Clause, node of the job, its state, and the leaves that are changed.
VALUES: list[tuple[str, str, str, dict[str, str | None]]] = [
    ("RSP-12", "JobId", "Submitted", {"JobId": None}),
    ("RSP-12", "JobId", "Submitted", {"JobId": "\n "}),
    ("RSP-13", "Tag", "Submitted", {"Tag": None}),
    ("RSP-13", "Tag", "Submitted", {"Tag": "Pic"}),
    ("RSP-14", "State", "Pending", {}),
    ("RSP-14", "State", "submitted", {}),
    ("RSP-15", "CreationTime", "Submitted", {"CreationTime": None}),
    ("RSP-15", "CreationTime", "Submitted", {"CreationTime": "-"}),
    ("RSP-15", "CreationTime", "Submitted", {"CreationTime": "2022-07-18T15:16:43Z"}),
    ("RSP-15", "CreationTime", "Submitted", {"CreationTime": "2022-06-31T15:16:43+0800"}),
    ("RSP-16", "StartTime", "Submitted", {"StartTime": None}),
    ("RSP-16", "EndTime", "Cancel", {"EndTime": "never"}),
    ("RSP-17", "QueueId", "Submitted", {"QueueId": None}),
    ("RSP-18", "Input", "Submitted", {"Input": None}),
    ("RSP-18", "Input/Object", "Submitted", {"Input__Object": None}),
    ("RSP-18", "Input/Region", "Submitted", {"Input__Region": " "}),
    ("RSP-18", "Input/BucketId", "Submitted", {"Input__BucketId": None}),
    ("RSP-18", "Input/Bucket", "Submitted", {"Input__Bucket": "other-1"}),
    ("RSP-19", "Operation", "Submitted", {"Operation": None}),
    ("RSP-20", "Operation/Output", "Submitted", {"Operation__Output": None}),
    ("RSP-20", "Operation/Output/Bucket", "Submitted", {"Operation__Output__Bucket": None}),
    ("RSP-22", "Operation/TemplateName", "Submitted", {"Operation__TemplateName": None}),
    ("RSP-22", "Operation/TemplateName", "Submitted", {"Operation__TemplateId": None}),
    ("RSP-25", "Operation/JobLevel", "Submitted", {"Operation__JobLevel": "9"}),
    ("RSP-27", "Code", "Submitted", {"Code": "InvalidArgument"}),
    ("RSP-27", "Message", "Pause", {"Message": "why"}),
    ("RSP-28", "Code", "Failed", {"EndTime": T3, "Message": "why"}),
    ("RSP-28", "Code", "Failed", {"EndTime": T3, "Message": "why", "Code": None}),
    ("RSP-28", "Message", "Failed", {"EndTime": T3, "Code": "X", "Message": " "}),
    ("STA-02", "StartTime", "Submitted", {"StartTime": T1}),
    ("STA-02", "EndTime", "Pause", {"EndTime": T1}),
    ("STA-03", "StartTime", "Running", {}),
    ("STA-03", "EndTime", "Running", {"StartTime": T1, "EndTime": T2}),
    ("STA-04", "EndTime", "Failed", WHY),
    ("STA-05", "StartTime", "Running", {"StartTime": T0}),
    ("STA-05", "StartTime", "Running", {"StartTime": "2022-07-18T15:16:43+0900"}),
    ("STA-05", "EndTime", "Failed", {**WHY, "EndTime": T0}),
]

#: Clause, node of the job that ended, its result, and the leaves that are changed.
IMAGE = "OriginalInfo/ImageInfo"
RESULT = "Operation/PicProcessResult"
MIXED = element("PicProcessResult", *UPLOAD_RESULT.children, *CALLBACK_RESULT.children[2:])
RESULTS: list[tuple[str, str, Node | None, dict[str, str | None]]] = [
    ("STA-04", "StartTime", UPLOAD_RESULT, {"StartTime": "-"}),
    ("STA-04", "EndTime", UPLOAD_RESULT, {"EndTime": "-"}),
    ("STA-05", "EndTime", UPLOAD_RESULT, {"StartTime": T3, "EndTime": T2}),
    ("RSP-27", "Code", UPLOAD_RESULT, {"Code": "Failed"}),
    ("STA-11", RESULT, None, {}),
    ("STA-11", RESULT, element("PicProcessResult"), {}),
    ("STA-11", RESULT, MIXED, {}),
    ("STA-11", RESULT, more(UPLOAD_RESULT, "", Node("ObjectName", "o")), {}),
    ("STA-11", RESULT, put(UPLOAD_RESULT, "OriginalInfo/Etag", "e"), {}),
    ("STA-11", RESULT, put(CALLBACK_RESULT, "OriginalInfo/Key", "k"), {}),
    ("STA-11", RESULT, put(CALLBACK_RESULT, "OriginalInfo/Location", "k"), {}),
    ("STA-11", RESULT, put(WRAPPED_RESULT, "UploadResult/OriginalInfo/Etag", "e"), {}),
    ("STA-11", RESULT, more(WRAPPED_RESULT, "", Node("ObjectName")), {}),
    ("STA-11", f"{RESULT}/ProcessResults/Object", put(UPLOAD_RESULT, "ProcessResults", ""), {}),
    (
        "STA-12",
        f"{RESULT}/ProcessResults/Object/Width",
        put(UPLOAD_RESULT, "ProcessResults/Object/Width", "0"),
        {},
    ),
    ("STA-12", f"{RESULT}/{IMAGE}/Quality", put(UPLOAD_RESULT, f"{IMAGE}/Quality", "-1"), {}),
    ("STA-12", f"{RESULT}/{IMAGE}/Ave", put(CALLBACK_RESULT, f"{IMAGE}/Ave", "a18454"), {}),
    ("STA-12", f"{RESULT}/ProcessResult/Size", put(CALLBACK_RESULT, "ProcessResult/Size", ""), {}),
]

#: Clause, node, where something is added, and what.
ADDED: list[tuple[str, str, str, Node]] = [
    ("RSP-26", f"JobsDetail/{RESULT}", "JobsDetail/Operation", UPLOAD_RESULT),
    ("RSP-29", "JobsDetail/Priority", "JobsDetail", Node("Priority")),
    ("RSP-29", "TotalCount", "", Node("TotalCount")),
    ("RSP-29", "RequestId", "", element("RequestId", Node("x"))),
    ("RSP-32", "JobsDetail/State", "JobsDetail", Node("State", "Submitted")),
    ("QRY-14", "NextToken", "", element("NextToken", Node("x"))),
]


def agrees(node: Node) -> bool:
    """Whether the fast schema rejects it unless nothing but rules between nodes are broken."""
    faults = {each.fault for each in validate_full("response", node)}
    return validate_fast("response", node) == (faults <= {Fault.RULE})


@pytest.mark.parametrize(("clause", "path", "state", "changes"), VALUES)
def test_one_value_is_wrong(
    clause: str, path: str, state: str, changes: dict[str, str | None]
) -> None:
    node = job_in(state, **changes)
    assert found("response", node) == {(clause, f"Response/JobsDetail/{path}")}
    assert agrees(node)


@pytest.mark.parametrize(("clause", "path", "result", "changes"), RESULTS)
def test_one_thing_is_wrong_with_a_job_that_ended(
    clause: str, path: str, result: Node | None, changes: dict[str, str | None]
) -> None:
    node = ended(result, **changes)
    assert found("response", node) == {(clause, f"Response/JobsDetail/{path}")}
    assert agrees(node)


@pytest.mark.parametrize(("clause", "path", "where", "what"), ADDED)
def test_one_node_is_too_much(clause: str, path: str, where: str, what: Node) -> None:
    node = more(RESPONSE, where, what)
    assert found("response", node) == {(clause, f"Response/{path}")}
    assert agrees(node)


def test_one_next_token_at_most() -> None:
    node = more(RESPONSE, "", Node("NextToken", "a"), Node("NextToken", "b"))
    assert found("response", node) == {("RSP-32", "Response/NextToken")}
    assert agrees(node)


def test_the_root_is_response() -> None:
    assert found("response", element("Error", *RESPONSE.children)) == {("RSP-10", "Error")}


SUBMITTED = [
    {"Code": None, "Message": None},
    {"Input__BucketId": None, "Input__Bucket": "b-1"},
    {"Input__Bucket": "test-1234567890"},
    {"Operation__JobLevel": None},
    {"Operation__JobLevel": ""},
    {"Operation__UserData": None},
    {"Operation__UserData": "é" * 2000},
    {"Operation__TemplateId": "", "Operation__TemplateName": None},
    {"Operation__TemplateId": None, "Operation__TemplateName": ""},
]

RIGHT = [
    *(job_in("Submitted", **changes) for changes in SUBMITTED),
    job_in("Pause"),
    job_in("Running", StartTime="2022-07-18T07:16:43+0000"),
    job_in("Failed", **WHY, EndTime=T3),
    job_in("Failed", **WHY, StartTime=T2, EndTime=T3),
    job_in("Cancel"),
    job_in("Cancel", StartTime=T0, Code="Any", Message="thing"),
    *(ended(result) for result in (UPLOAD_RESULT, WRAPPED_RESULT, CALLBACK_RESULT)),
    ended(put(UPLOAD_RESULT, f"{IMAGE}/Width", "\n 12 ")),
    element("Response"),
    element("Response", JOB, JOB, Node("NextToken", "t")),
    element("Response", Node("NonExistJobIds", "a"), JOB, Node("NonExistJobIds", "b")),
    more(RESPONSE, "", Node("RequestId", "r")),
    more(RESPONSE, "JobsDetail", *map(Node, ("Progress", "SubTag", "QueueType", "Workflow"))),
    more(RESPONSE, "JobsDetail/Operation", element("MediaInfo", Node("Stream"))),
    more(RESPONSE, "JobsDetail/Input", Node("CosHeaders"), Node("CosHeaders")),
]


@pytest.mark.parametrize("node", RIGHT)
def test_other_ways_of_being_right(node: Node) -> None:
    assert validate_full("response", node) == ()
    assert validate_fast("response", node)
    backwards = element(
        "Response", *(element(c.name, c.text, *reversed(c.children)) for c in node.children)
    )
    assert validate_full("response", backwards) == ()
    assert validate_fast("response", backwards)


def test_of_several_jobs_the_path_says_which() -> None:
    node = element("Response", JOB, edit(JOB, Tag="x"), edit(JOB, JobId=None))
    assert found("response", node) == {
        ("RSP-13", "Response/JobsDetail[2]/Tag"),
        ("RSP-12", "Response/JobsDetail[3]/JobId"),
    }
