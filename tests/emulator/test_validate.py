"""The body of create: what REQ-01 to REQ-47 refuse, and what they accept."""

from __future__ import annotations

import pytest

from conformance.spec.messages import JobRequest, MqConfig, Output, PicProcess
from conformance.spec.xml import Node, write_xml

from .driving import SETTINGS, Desk, a_job, document

HOSTILE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Request><Tag>&x;</Tag></Request>'
MQ = MqConfig("sh", "Queue", "topic")
PLACE = Output("ap-chongqing", "test-123456789", "output/out.jpg")


def edited(path: str, text: str | None) -> bytes:
    """The sample with the node at ``path`` given another text, or left out."""
    return write_xml(_edit(a_job().to_node(), path.split("/"), text))


def _edit(node: Node, path: list[str], text: str | None) -> Node:
    if not path:
        return Node(node.name, text or "")
    kept = []
    for child in node.children:
        if child.name != path[0]:
            kept.append(child)
        elif len(path) > 1 or text is not None:
            kept.append(_edit(child, path[1:], text))
    return Node(node.name, node.text, tuple(kept))


def repeated(name: str) -> bytes:
    """The sample with one of Request's children there twice."""
    root = a_job().to_node()
    again = tuple(child for child in root.children if child.name == name)
    return write_xml(Node("Request", "", root.children + again))


@pytest.mark.parametrize(
    "body",
    [
        b"<Request>",
        b"not xml",
        document(a_job()) + b"<x/>",
        b'<?xml version="1.0" encoding="utf-8"?><Request><Tag>\xff</Tag></Request>',
        HOSTILE,
        document(a_job()).replace(b"<Request>", b'<Request xmlns="urn:x">'),
        document(a_job()).replace(b"Request>", b"request>"),
        b"<Request>\x00</Request>",
    ],
)
def test_documents_that_cannot_be_read(desk: Desk, body: bytes) -> None:
    said = desk.create(body)
    assert (said.status, said.code) == (400, "InvalidContent")
    assert len(desk.behaviour.store) == 0


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Tag", None),
        ("Tag", ""),
        ("Tag", "picprocess"),
        ("Tag", " PicProcess"),
        ("Input", None),
        ("Input/Object", None),
        ("Input/Object", ""),
        ("Operation", None),
        ("Operation/Output", None),
        ("Operation/Output/Region", None),
        ("Operation/Output/Region", ""),
        ("Operation/Output/Bucket", None),
        ("Operation/Output/Bucket", ""),
        ("Operation/Output/Object", None),
        ("Operation/Output/Object", ""),
        ("QueueId", None),
        ("QueueId", ""),
        ("Operation/UserData", "x" * 1025),
        ("Operation/UserData", "caf\u00e9"),
        ("Operation/UserData", "a\tb"),
        ("Operation/JobLevel", "3"),
        ("Operation/JobLevel", "-1"),
        ("Operation/JobLevel", "00"),
        ("Operation/TemplateId", None),
    ],
)
def test_one_broken_node(desk: Desk, path: str, text: str | None) -> None:
    said = desk.create(edited(path, text))
    assert (said.status, said.code) == (400, "InvalidArgument")
    assert len(desk.behaviour.store) == 0


@pytest.mark.parametrize(
    "job",
    [
        a_job(call_back_format="json"),
        a_job(call_back_type="URL"),
        a_job(call_back_type="TDMQ"),
        a_job(call_back_type="TDMQ", mq_config=MqConfig(None, "Queue", "t")),
        a_job(call_back_type="TDMQ", mq_config=MqConfig("us", "Queue", "t")),
        a_job(call_back_type="TDMQ", mq_config=MqConfig("sh", None, "t")),
        a_job(call_back_type="TDMQ", mq_config=MqConfig("sh", "queue", "t")),
        a_job(call_back_type="TDMQ", mq_config=MqConfig("sh", "Queue", "")),
        a_job(call_back="ftp://a.example/"),
        a_job(call_back="callback"),
        a_job(call_back="No"),
        a_job(call_back="http://"),
        a_job(call_back="http://a b/"),
        a_job(call_back="http://a:99999/"),
    ],
)
def test_one_broken_setting(desk: Desk, job: JobRequest) -> None:
    assert desk.create(job).code == "InvalidArgument"
    assert len(desk.behaviour.store) == 0


@pytest.mark.parametrize("name", ["Tag", "Input", "Operation", "QueueId"])
def test_repeated_nodes(desk: Desk, name: str) -> None:
    assert desk.create(repeated(name)).code == "InvalidArgument"


def test_repeated_inner_nodes(desk: Desk) -> None:
    twice = document(a_job()).replace(b"<JobLevel>", b"<JobLevel>1</JobLevel><JobLevel>")
    assert desk.create(twice).code == "InvalidArgument"


def test_unknown_queue_and_template(desk: Desk) -> None:
    queue = desk.create(a_job(queue_id="p0"))
    template = desk.create(a_job(template_id="t0"))
    assert (queue.status, queue.code) == (404, "QueueNotFound")
    assert (template.status, template.code) == (404, "TemplateNotFound")
    assert len(desk.behaviour.store) == 0


@pytest.mark.parametrize(
    "job",
    [
        a_job(),
        a_job(template_id=None, pic_process=PicProcess("true", "imageMogr2/rotate/90")),
        a_job(user_data=None, job_level=None),
        *(a_job(job_level=level) for level in ("0", "1", "2")),
        *(a_job(call_back_format=each) for each in ("JSON", "XML")),
        a_job(call_back_type="Url"),
        a_job(call_back_type="TDMQ", mq_config=MQ),
        a_job(call_back="no"),
        a_job(call_back="https://a.example:8443/x?y=%20"),
        *(a_job(user_data="x" * size) for size in (0, 1, 1023, 1024)),
        a_job(user_data="".join(map(chr, range(0x20, 0x7F)))),
    ],
)
def test_valid_requests(desk: Desk, job: JobRequest) -> None:
    assert desk.create(job).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + document(a_job()),
        document(a_job()).replace(b"><", b">\n  <!-- note --><"),
        document(a_job()).replace(b"PicProcess", b"<![CDATA[Pic]]>Process"),
        document(a_job()).replace(b"PicProcess", b"&#80;icProcess"),
        document(a_job()).replace(b"<Input>", b"<Unknown>1</Unknown><Unknown/><Input>"),
        document(a_job()).replace(b"<Tag>", b'<x:Tag xmlns:x="urn:x">a</x:Tag><Tag>'),
        b'<?xml version="1.0" encoding="UTF-16"?>'.decode().encode("utf-16")
        + document(a_job()).decode().encode("utf-16-le"),
        write_xml(Node("Request", "", a_job().to_node().children[::-1])),
    ],
)
def test_other_ways_of_writing_the_same(desk: Desk, body: bytes) -> None:
    said = desk.create(body)
    assert said.status == 200, said.answer.body
    assert said.value("JobsDetail/QueueId") == SETTINGS.queue_id


@pytest.mark.parametrize("key", ["a b", "\u00e9\U0001f98c", "a&<>\"']]>", "x" * 850, "a+b%20\r"])
def test_keys_are_echoed_unchanged(desk: Desk, key: str) -> None:
    said = desk.create(a_job(input_object=key, output=Output("r", "b", key), user_data="&<]]>"))
    assert said.value("JobsDetail/Input/Object") == key
    assert said.value("JobsDetail/Operation/Output/Object") == key
    assert said.value("JobsDetail/Operation/UserData") == "&<]]>"
