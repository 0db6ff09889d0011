"""REQ-01 to REQ-26, role C, rule by rule: where in a body each deviation is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.base import Level, Outcome
from conformance.checks.client_body import NODES, check
from conformance.checks.client_case import Sent
from conformance.clients import calls
from conformance.clients.calls import put, sample_job
from conformance.generate import edit
from conformance.spec.messages import json_to_node
from conformance.spec.reading import Operation
from conformance.spec.xml import Node, write_xml
from tests.checks.client_support import KEYS, sent, with_body

TDMQ = {
    **sample_job(),
    "CallBackType": "TDMQ",
    "CallBackMqConfig": {"MqRegion": "sh", "MqMode": "Queue", "MqName": "q"},
}
FULL = {
    **TDMQ,
    "CallBack": "http://callback.demo.com",
    "CallBackFormat": "XML",
    "Operation": {**sample_job()["Operation"], "JobLevel": "1"},
}
INLINE = sample_job(inline=True)


def tree(job: dict[str, Any]) -> Node:
    return json_to_node("Request", job)


def body(node: Node) -> Sent:
    return with_body(write_xml(node))


def broken(one: Sent) -> list[tuple[str, str, str]]:
    return [(e.clause, e.at, e.observed) for e in check(one) if e.mark == "broken"]


def held(one: Sent) -> set[str]:
    return {each.clause for each in check(one) if each.mark == "ok"}


def test_right_bodies_hold_what_they_show() -> None:
    plain = {f"REQ-{n:02}" for n in (1, 2, *range(4, 13), 19, 20, 22, 23, 24, 25)}
    assert held(body(tree(sample_job()))) == plain
    assert held(body(tree(INLINE))) == plain | {"REQ-26"}
    assert held(body(tree(FULL))) == plain | {f"REQ-{n}" for n in (13, 14, 15, 16, 17, 18, 21)}


PARENTS = {
    "Tag": "REQ-04",
    "Input": "REQ-05",
    "Input/Object": "REQ-06",
    "Operation": "REQ-07",
    "Operation/Output": "REQ-08",
    "Operation/Output/Region": "REQ-09",
    "Operation/Output/Bucket": "REQ-10",
    "Operation/Output/Object": "REQ-11",
    "QueueId": "REQ-12",
    "CallBackMqConfig": "REQ-15",
    "CallBackMqConfig/MqRegion": "REQ-16",
    "CallBackMqConfig/MqMode": "REQ-16",
    "CallBackMqConfig/MqName": "REQ-16",
}


@pytest.mark.parametrize(("path", "clause"), PARENTS.items())
def test_a_missing_node(path: str, clause: str) -> None:
    one = body(edit.drop(tree(FULL), path))
    assert broken(one) == [(clause, f"Request/{path}", "no such node")]
    (found,) = [each for each in check(one) if each.mark == "broken"]
    assert found.message == f"{path.replace('/', '.')} is missing"
    containers = ("Input", "Operation", "Operation/Output", "CallBackMqConfig")
    words = "the node" if path in containers else "PicProcess" if path == "Tag" else "a value"
    assert found.expected == words


@pytest.mark.parametrize(
    ("path", "clause"),
    [each for each in PARENTS.items() if each[0].rpartition("/")[2] not in
     ("Input", "Operation", "Output", "CallBackMqConfig")],
)  # fmt: skip
def test_an_empty_leaf(path: str, clause: str) -> None:
    one = body(edit.empty(tree(FULL), path))
    assert broken(one) == [(clause, f"Request/{path}", "''")]
    (found,) = [each for each in check(one) if each.mark == "broken"]
    assert found.message == f"{path.replace('/', '.')} is empty"


@pytest.mark.parametrize(
    ("path", "value", "clause"),
    [
        ("Tag", "Transcode", "REQ-04"),
        ("CallBackFormat", "json", "REQ-13"),
        ("CallBackType", "URL", "REQ-14"),
        ("CallBackMqConfig/MqMode", "queue", "REQ-17"),
        ("CallBackMqConfig/MqRegion", "ap-shanghai", "REQ-17"),
        *(("CallBack", each, "REQ-18") for each in
          ("callback.demo.com", "ftp://x/", "http:///x", "http://", "http://?x", "NO", " http://x")),
        ("Operation/JobLevel", "3", "REQ-21"),
        ("Operation/Output/Bucket", "examplebucket", "REQ-25"),
        ("Operation/Output/Region", "chongqing", "REQ-25"),
    ],
)  # fmt: skip
def test_a_wrong_value(path: str, value: str, clause: str) -> None:
    one = body(edit.put(tree(FULL), path, value))
    assert broken(one) == [(clause, f"Request/{path}", repr(value))]
    (found,) = [each for each in check(one) if each.mark == "broken"]
    assert found.message == f"{path.replace('/', '.')} has a wrong value"
    if path == "Operation/Output/Bucket":
        assert found.expected == "BucketName-APPID"


@pytest.mark.parametrize("value", ["no", "http://x", "HTTPS://x:1/a?b", "https://x/ä"])
def test_addresses(value: str) -> None:
    assert broken(body(edit.put(tree(FULL), "CallBack", value))) == []


@pytest.mark.parametrize(
    "path",
    ["CallBack", "CallBackFormat", "Operation/JobLevel", "CallBackType", "Operation/UserData"],
)
def test_an_optional_node_may_be_empty(path: str) -> None:
    assert broken(body(edit.empty(tree(FULL), path))) == []


def test_a_long_value_is_cut() -> None:
    ((_, _, observed),) = broken(body(edit.put(tree(FULL), "Tag", "x" * 300)))
    assert observed == repr("x" * 200)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 1024, []),
        ("x" * 1025, [("REQ-19", "1025 characters")]),
        (" ~", []),
        ("a\tb", [("REQ-20", "U+0009 in 'a\\tb'")]),
        ("a\x7f", [("REQ-20", "U+007F in 'a\\x7f'")]),
        ("é" * 1025, [("REQ-19", "1025 characters"), ("REQ-20", f"U+00E9 in {'é' * 100!r}")]),
    ],
)
def test_user_data(value: str, expected: list[tuple[str, str]]) -> None:
    place = "Request/Operation/UserData"
    found = broken(body(edit.put(tree(FULL), "Operation/UserData", value)))
    assert found == [(clause, place, observed) for clause, observed in expected]


def test_without_user_data_nothing_is_said_of_it() -> None:
    one = body(edit.drop(tree(FULL), "Operation/UserData"))
    assert not {"REQ-19", "REQ-20"} & held(one)


# ---- forms ----

PIC = "Operation/PicProcess"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (edit.drop(tree(sample_job()), "Operation/TemplateId"),
         [("REQ-22", "Request/Operation", "<Output>, <UserData>")]),
        (edit.empty(tree(sample_job()), "Operation/TemplateId"),
         [("REQ-22", "Request/Operation", "<TemplateId>, <Output>, <UserData>")]),
        (edit.put(tree(sample_job()), PIC, ""), []),
        (edit.put(tree(sample_job()), PIC, " "), []),
        (edit.put(tree(sample_job()), PIC, "text"),
         [("REQ-26", f"Request/{PIC}/IsPicInfo", "no such node"),
          ("REQ-26", f"Request/{PIC}/ProcessRule", "no such node")]),
        (edit.empty(tree(INLINE), PIC),
         [("REQ-22", "Request/Operation", "<PicProcess>, <Output>, <UserData>"),
          ("REQ-26", f"Request/{PIC}/IsPicInfo", "no such node"),
          ("REQ-26", f"Request/{PIC}/ProcessRule", "no such node")]),
        (edit.put(tree(INLINE), f"{PIC}/IsPicInfo", "false"), []),
        (edit.put(tree(INLINE), f"{PIC}/IsPicInfo", "True"),
         [("REQ-26", f"Request/{PIC}/IsPicInfo", "'True'")]),
        (edit.put(tree(INLINE), f"{PIC}/ProcessRule", ""),
         [("REQ-26", f"Request/{PIC}/ProcessRule", "''")]),
        (edit.put(tree(INLINE), "Operation/TemplateId", "t1"), []),
        (edit.put(tree(sample_job()), "Operation", ""),
         [("REQ-08", "Request/Operation/Output", "no such node"),
          ("REQ-22", "Request/Operation", "no nodes")]),
    ],
)  # fmt: skip
def test_template_or_rule(node: Node, expected: list[tuple[str, str, str]]) -> None:
    assert broken(body(node)) == expected


def test_what_a_rule_has_to_be() -> None:
    empty = body(edit.put(tree(INLINE), f"{PIC}/ProcessRule", ""))
    assert [each.expected for each in check(empty) if each.mark == "broken"] == ["a rule"]


def test_queue_messages_are_judged_beside_tdmq_only() -> None:
    url = edit.drop(edit.put(tree(FULL), "CallBackType", "Url"), "CallBackMqConfig/MqName")
    assert broken(body(url)) == []
    assert not {"REQ-15", "REQ-16", "REQ-17"} & held(body(url))


# ---- names ----


@pytest.mark.parametrize("path", [*NODES, "Operation/Output/Region", "Tag", "Input/Object"])
def test_repeated_and_unknown_nodes(path: str) -> None:
    whole = tree(FULL)
    whole = edit.put(whole, PIC, tree(INLINE).at(PIC) or "")
    if path:
        twice = body(edit.double(whole, path))
        assert ("REQ-23", f"Request/{path}", "2 times") in broken(twice)
    if path in NODES:
        strange = body(edit.add(whole, path, Node("Colour", "red")))
        place = f"{path}/Colour" if path else "Colour"
        assert broken(strange) == [("REQ-24", f"Request/{place}", place)]
        drift = body(edit.add(whole, path, Node("QueueType", "x")))
        (found,) = [each for each in check(drift) if each.mark == "broken"]
        assert (found.clause, found.level) == ("REQ-24", Level.MAY)


def test_the_second_of_two_parents_is_looked_at_too() -> None:
    whole = edit.double(tree(FULL), "Input")
    spoilt = replace(whole, children=tuple(
        edit.add(child, "", Node("Colour")) if n == len(whole.children) - 1 else child
        for n, child in enumerate(sorted(whole.children, key=lambda each: each.name == "Input"))
    ))  # fmt: skip
    assert ("REQ-24", "Request/Input/Colour", "Input/Colour") in broken(body(spoilt))


def test_what_is_strange_comes_before_what_is_known_drift() -> None:
    both = edit.add(edit.add(tree(FULL), "", Node("QueueType")), "Input", Node("Colour"))
    (found,) = [each for each in check(body(both)) if each.mark == "broken"]
    assert (found.level, found.at) == (None, "Request/Input/Colour")
    assert found.observed == "QueueType, Input/Colour"
    nested = edit.add(edit.add(tree(FULL), "Input", Node("QueueType")), "Operation", Node("Colour"))
    (found,) = [each for each in check(body(nested)) if each.mark == "broken"]
    assert (found.level, found.at) == (None, "Request/Operation/Colour")
    many = tree(FULL)
    for n in range(11):
        many = edit.add(many, "", Node(f"X{n:02}"))
    ((_, _, observed),) = broken(body(many))
    assert observed == ", ".join(f"X{n:02}" for n in range(10))


# ---- documents ----


def only(one: Sent) -> Outcome:
    (found,) = check(one)
    return found


def test_documents() -> None:
    assert str(only(with_body(b"<Request>")).mark) == "broken"
    hostile = only(with_body(b"<!DOCTYPE Request []><Request/>"))
    assert (hostile.clause, str(hostile.mark)) == ("REQ-01", "unclear")
    other = body(replace(tree(FULL), name="request"))
    assert broken(other) == [("REQ-02", "request", "<request>")]
    named = write_xml(tree(FULL)).replace(b"<Request>", b'<Request xmlns="urn:x">')
    assert broken(with_body(named)) == [("REQ-02", "Request", "<Request xmlns='urn:x'>")]


def test_what_is_not_judged() -> None:
    assert list(check(replace(with_body(b""), operation=Operation.LIST))) == []
    wild = calls.create(KEYS, sample_job(data="a\x01b"))
    assert list(check(with_body(b"", wild))) == []
    captured = replace(sent(), call=None)
    assert broken(captured) == []
    assert "REQ-01" in held(captured)
    assert put(sample_job(), "Tag", "x")["Tag"] == "x"
