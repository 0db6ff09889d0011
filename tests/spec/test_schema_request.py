"""Each rule for a request, broken alone, is found under its clause and at its node."""

from __future__ import annotations

import pytest

from conformance.spec.schema import validate_fast, validate_full
from conformance.spec.xml import Node, element
from tests.spec.trees import REQUEST, edit, found, more

MQ = {
    "CallBackType": "TDMQ",
    "CallBackMqConfig__MqRegion": "sh",
    "CallBackMqConfig__MqMode": "Queue",
    "CallBackMqConfig__MqName": "topic",
}
INLINE = {"Operation__PicProcess__IsPicInfo": "true", "Operation__PicProcess__ProcessRule": "r"}

#: Clause, node, and the leaves that are changed.
VALUES: list[tuple[str, str, dict[str, str | None]]] = [
    ("REQ-04", "Tag", {"Tag": None}),
    ("REQ-04", "Tag", {"Tag": "picprocess"}),
    ("REQ-05", "Input", {"Input": None}),
    ("REQ-06", "Input/Object", {"Input__Object": None}),
    ("REQ-06", "Input/Object", {"Input__Object": ""}),
    ("REQ-07", "Operation", {"Operation": None}),
    ("REQ-08", "Operation/Output", {"Operation__Output": None}),
    ("REQ-09", "Operation/Output/Region", {"Operation__Output__Region": None}),
    ("REQ-09", "Operation/Output/Region", {"Operation__Output__Region": ""}),
    ("REQ-10", "Operation/Output/Bucket", {"Operation__Output__Bucket": None}),
    ("REQ-10", "Operation/Output/Bucket", {"Operation__Output__Bucket": ""}),
    ("REQ-11", "Operation/Output/Object", {"Operation__Output__Object": None}),
    ("REQ-11", "Operation/Output/Object", {"Operation__Output__Object": ""}),
    ("REQ-12", "QueueId", {"QueueId": None}),
    ("REQ-12", "QueueId", {"QueueId": ""}),
    ("REQ-13", "CallBackFormat", {"CallBackFormat": "json"}),
    ("REQ-14", "CallBackType", {"CallBackType": "URL"}),
    ("REQ-15", "CallBackMqConfig", {"CallBackType": "TDMQ"}),
    ("REQ-16", "CallBackMqConfig/MqRegion", {**MQ, "CallBackMqConfig__MqRegion": None}),
    ("REQ-16", "CallBackMqConfig/MqMode", {**MQ, "CallBackMqConfig__MqMode": ""}),
    ("REQ-16", "CallBackMqConfig/MqName", {**MQ, "CallBackMqConfig__MqName": " "}),
    ("REQ-17", "CallBackMqConfig/MqRegion", {**MQ, "CallBackMqConfig__MqRegion": "us"}),
    ("REQ-17", "CallBackMqConfig/MqMode", {**MQ, "CallBackMqConfig__MqMode": "queue"}),
    ("REQ-18", "CallBack", {"CallBack": "callback.demo.com"}),
    ("REQ-18", "CallBack", {"CallBack": "ftp://callback.demo.com"}),
    ("REQ-18", "CallBack", {"CallBack": "http://"}),
    ("REQ-18", "CallBack", {"CallBack": "http:///path"}),
    ("REQ-18", "CallBack", {"CallBack": "http://a b"}),
    ("REQ-18", "CallBack", {"CallBack": "No"}),
    ("REQ-19", "Operation/UserData", {"Operation__UserData": "x" * 1025}),
    ("REQ-20", "Operation/UserData", {"Operation__UserData": "é"}),
    ("REQ-20", "Operation/UserData", {"Operation__UserData": "a\nb"}),
    ("REQ-20", "Operation/UserData", {"Operation__UserData": "\x7f"}),
    ("REQ-21", "Operation/JobLevel", {"Operation__JobLevel": "3"}),
    ("REQ-21", "Operation/JobLevel", {"Operation__JobLevel": "00"}),
    ("REQ-22", "Operation", {"Operation__TemplateId": None}),
    ("REQ-22", "Operation", {"Operation__TemplateId": ""}),
    ("REQ-25", "Operation/Output/Bucket", {"Operation__Output__Bucket": "test"}),
    ("REQ-25", "Operation/Output/Region", {"Operation__Output__Region": "Asia"}),
    ("REQ-26", "Operation/PicProcess/IsPicInfo", {"Operation__PicProcess__ProcessRule": "r"}),
    (
        "REQ-26",
        "Operation/PicProcess/IsPicInfo",
        {**INLINE, "Operation__PicProcess__IsPicInfo": "True"},
    ),
    (
        "REQ-26",
        "Operation/PicProcess/ProcessRule",
        {**INLINE, "Operation__PicProcess__ProcessRule": ""},
    ),
]

#: Clause, node, where something is added, and what.
ADDED: list[tuple[str, str, str, Node | str]] = [
    ("REQ-23", "Tag", "", Node("Tag", "PicProcess")),
    ("REQ-23", "Operation/Output", "Operation", REQUEST.at("Operation/Output") or ""),
    ("REQ-24", "Priority", "", Node("Priority", "1")),
    ("REQ-24", "tag", "", Node("tag", "PicProcess")),
    ("REQ-24", "Operation/Output/Acl", "Operation/Output", Node("Acl")),
    ("REQ-24", "Operation", "Operation", "text between nodes"),
]

#: What only an assertion can say.
RULES = {"REQ-15", "REQ-16", "REQ-22"}


@pytest.mark.parametrize(("clause", "path", "changes"), VALUES)
def test_one_value_is_wrong(clause: str, path: str, changes: dict[str, str | None]) -> None:
    node = edit(REQUEST, **changes)
    assert found("request", node) == {(clause, f"Request/{path}")}
    assert validate_fast("request", node) == (clause in RULES)


@pytest.mark.parametrize(("clause", "path", "where", "what"), ADDED)
def test_one_thing_is_too_much(clause: str, path: str, where: str, what: Node | str) -> None:
    node = more(REQUEST, where, what)
    assert found("request", node) == {(clause, f"Request/{path}")}
    assert not validate_fast("request", node)


def test_an_empty_rule_is_nothing_without_a_template() -> None:
    node = edit(REQUEST, Operation__PicProcess="", Operation__TemplateId=None)
    assert found("request", node) == {("REQ-26", "Request/Operation/PicProcess")}
    assert validate_fast("request", node)


def test_the_root_is_request() -> None:
    node = element("Requests", *REQUEST.children)
    assert found("request", node) == {("REQ-02", "Requests")}
    assert not validate_fast("request", node)


@pytest.mark.parametrize(
    "changes",
    [
        MQ,
        {"CallBack": "no"},
        {"CallBack": "HTTPS://[::1]:8443/p?q=1#f"},
        {"CallBack": None, "CallBackFormat": None},
        {"Operation__JobLevel": None, "Operation__UserData": None},
        {"Operation__UserData": ""},
        {"Operation__UserData": "".join(map(chr, range(0x20, 0x7F)))},
        {"Operation__UserData": "x" * 1024},
        {"Operation__TemplateId": None, **INLINE},
        INLINE,
        {"CallBackType": "Url", "CallBackMqConfig__MqMode": ""},
        {"CallBack": "", "CallBackFormat": "", "CallBackType": "", "Operation__JobLevel": ""},
        {"Operation__PicProcess": ""},
        {"QueueType": "x", "CallBackKafkaConfig__Topic": "t"},
    ],
)
def test_other_ways_of_being_right(changes: dict[str, str | None]) -> None:
    node = edit(REQUEST, **changes)
    assert validate_full("request", node) == ()
    assert validate_fast("request", node)
    backwards = element("Request", *reversed(node.children))
    assert validate_full("request", backwards) == ()
    assert validate_fast("request", backwards)
