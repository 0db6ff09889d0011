"""What create and describe say of a job, and the headers that every answer has."""

from __future__ import annotations

import base64

from conformance.spec.messages import Job, PicProcess
from conformance.spec.times import parse_http_date, parse_job_time
from conformance.spec.xml import Node

from .driving import SETTINGS, START, Desk, Said, a_job

INLINE = PicProcess("true", "imageMogr2/rotate/90")


def names(node: Node) -> list[str]:
    return [child.name for child in node.children]


def test_the_page_sample_is_answered_as_the_page_has_it(desk: Desk) -> None:
    root = desk.create().node
    assert (root.name, names(root)) == ("Response", ["JobsDetail"])
    job = root.children[0]
    assert names(job) == [
        "Code",
        "Message",
        "JobId",
        "State",
        "CreationTime",
        "EndTime",
        "StartTime",
        "QueueId",
        "Tag",
        "Input",
        "Operation",
    ]
    assert names(job.children[-1]) == (
        ["Output", "TemplateId", "TemplateName", "UserData", "JobLevel"]
    )
    read = Job.from_node(job)
    assert (read.code, read.message, read.state) == ("Success", "", "Submitted")
    assert (read.start_time, read.end_time) == ("-", "-")
    assert parse_job_time(read.creation_time or "") == int(START)
    assert (read.input_bucket, read.input_region) == (SETTINGS.bucket, SETTINGS.region)
    asked = a_job()
    assert (read.input_object, read.output) == (asked.input_object, asked.output)
    assert (read.template_id, read.template_name) == (asked.template_id, "test")
    assert (read.user_data, read.job_level) == (asked.user_data, "0")
    assert read.pic_process is None


def test_the_inline_form(desk: Desk) -> None:
    said = desk.create(a_job(template_id=None, pic_process=INLINE, user_data=None, job_level=None))
    job = Job.from_node(said.jobs[0])
    assert job.pic_process == INLINE
    assert (job.template_id, job.template_name, job.user_data) == (None, None, None)
    assert job.job_level == "0"


def test_with_both_the_template_is_used(desk: Desk) -> None:
    job = Job.from_node(desk.create(a_job(pic_process=INLINE)).jobs[0])
    assert (job.template_id, job.template_name) == (SETTINGS.template_id, "test")


def test_the_result_of_a_job(desk: Desk) -> None:
    job_id = desk.created(template_id=None, pic_process=INLINE)
    assert desk.describe(job_id).jobs[0].at("Operation/PicProcessResult") is None
    desk.later(10)
    result = desk.describe(job_id).jobs[0].at("Operation/PicProcessResult")
    assert result is not None
    before = result.at("OriginalInfo/ImageInfo")
    after = result.at("ProcessResults/Object")
    assert before is not None
    assert after is not None
    assert result.value("OriginalInfo/Key") == "input/deer.jpg"
    assert after.value("Key") == "output/out.jpg"
    assert after.value("Width") == before.value("Height")
    assert int(after.value("Size") or 0) > 0
    assert before.value("Ave") == "0xa18454"


def test_several_ids_and_unknown_ones(desk: Desk) -> None:
    first, second = desk.created(), desk.created()
    said = desk.describe(second, "c0", first, second, "c1&<")
    assert [job.value("JobId") for job in said.jobs] == [second, first]
    assert said.value("NonExistJobIds") == "c0,c1&<"
    assert desk.describe(first).node.first("NonExistJobIds") is None
    alone = desk.describe("c0")
    assert (alone.status, alone.jobs) == (200, ())


def test_the_common_headers(desk: Desk) -> None:
    said = desk.create()
    headers = said.answer.headers
    assert [name for name, _ in headers] == (
        ["Content-Type", "Content-Length", "Connection", "Date", "Server", "x-ci-request-id"]
    )
    assert headers.get("Content-Type") == "application/xml"
    assert headers.get("Content-Length") == str(len(said.answer.body))
    assert headers.get("Server") == "tencent-ci"
    assert parse_http_date(headers.get("Date") or "") == int(START)
    assert base64.b64decode(headers.get("x-ci-request-id") or "", validate=True)


def test_request_ids_differ(desk: Desk) -> None:
    ids = [desk.describe("c0").answer.headers.get("x-ci-request-id") for _ in range(300)]
    assert len(set(ids)) == 300


def failed(said: Said) -> None:
    headers, node = said.answer.headers, said.node
    assert names(node) == ["Code", "Message", "RequestId", "TraceId"]
    assert node.value("RequestId") == headers.get("x-ci-request-id")
    assert node.value("TraceId") == headers.get("x-ci-trace-id")
    assert headers.get("Content-Type") == "application/xml"
    assert node.value("Message")


def test_error_documents(desk: Desk) -> None:
    failed(desk.create(b"<x"))
    failed(desk.create(b"<x>\x01</x>"))
    failed(desk.create(a_job(queue_id="\u00e9\U0001f98c")))
    failed(desk.call("GET", "/nowhere/%00%ff"))
