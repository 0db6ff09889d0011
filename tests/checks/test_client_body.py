"""REQ, role C: valid bodies pass however they are written; each deviation is named."""

from typing import Any

import pytest

from conformance.checks.client_body import check
from conformance.clients import calls
from conformance.clients.calls import put, sample_job
from tests.checks.client_support import KEYS, body_of, broken, held, sent, with_body

TDMQ = {
    **sample_job(),
    "CallBackType": "TDMQ",
    "CallBackMqConfig": {"MqRegion": "sh", "MqMode": "Queue", "MqName": "q"},
}


def found(body: bytes) -> set[str]:
    return set(broken(check(with_body(body))))


def test_the_corpus_breaks_nothing() -> None:
    for name, call in calls.corpus(calls.keyset(0)):
        assert not broken(check(sent(call)), information=True), name


def test_every_clause_is_judged_by_the_corpus() -> None:
    judged = set()
    for _, call in calls.corpus(calls.keyset(0)):
        judged |= held(check(sent(call)))

    assert judged == {f"REQ-{n:02}" for n in range(1, 27)} - {"REQ-03"}


@pytest.mark.parametrize(
    ("body", "clauses"),
    [
        (b"", {"REQ-01"}),
        (b"<Request>", {"REQ-01"}),
        (body_of().replace(b"This is", b"caf\xe9"), {"REQ-01"}),
        (body_of().replace(b"Request>", b"request>"), {"REQ-02"}),
        (body_of().replace(b"<Request>", b'<Request xmlns="urn:x">'), {"REQ-02"}),
        (body_of().replace(b"UserData>", b"Userdata>"), {"REQ-24"}),
        (body_of().replace(b"</Tag>", b"</Tag><Tag>PicProcess</Tag>"), {"REQ-23"}),
    ],
)
def test_documents(body: bytes, clauses: set[str]) -> None:
    assert found(body) == clauses


@pytest.mark.parametrize(
    ("path", "value", "clauses"),
    [
        ("Tag", "Transcode", {"REQ-04"}),
        ("Input/Object", "", {"REQ-06"}),
        ("Operation/Output/Region", "", {"REQ-09"}),
        ("Operation/Output/Bucket", "", {"REQ-10"}),
        ("Operation/Output/Object", "", {"REQ-11"}),
        ("QueueId", "", {"REQ-12"}),
        ("CallBackFormat", "json", {"REQ-13"}),
        ("CallBackFormat", "", set()),  # empty and absent are the same (E16, E26)
        ("CallBackType", "URL", {"REQ-14"}),
        ("CallBackType", "TDMQ", {"REQ-15"}),
        ("CallBack", "callback.demo.com", {"REQ-18"}),
        ("CallBack", "no", set()),
        ("Operation/UserData", "x" * 1025, {"REQ-19"}),
        ("Operation/UserData", "x" * 1024, set()),
        ("Operation/UserData", "a\tb", {"REQ-20"}),
        ("Operation/JobLevel", "3", {"REQ-21"}),
        ("Operation/TemplateId", "", {"REQ-22"}),
        ("Operation/Output/Bucket", "examplebucket", {"REQ-25"}),
        ("Operation/Output/Region", "chongqing", {"REQ-25"}),
        ("Operation/PicProcess", {"IsPicInfo": "True", "ProcessRule": "x"}, {"REQ-26"}),
        ("Operation/PicProcess", {"IsPicInfo": "true"}, {"REQ-26"}),
        ("Operation/PicProcess", "", set()),
    ],
)
def test_values(path: str, value: Any, clauses: set[str]) -> None:
    assert found(body_of(put(sample_job(), path, value))) == clauses


@pytest.mark.parametrize(
    ("path", "value", "clauses"),
    [
        ("CallBackMqConfig/MqName", "", {"REQ-16"}),
        ("CallBackMqConfig/MqMode", "queue", {"REQ-17"}),
        ("CallBackMqConfig/MqRegion", "ap-shanghai", {"REQ-17"}),
    ],
)
def test_queue_messages(path: str, value: str, clauses: set[str]) -> None:
    assert found(body_of(put(TDMQ, path, value))) == clauses


@pytest.mark.parametrize("name", ["Tag", "Input", "Operation", "QueueId"])
def test_a_missing_node_is_one_finding(name: str) -> None:
    job = sample_job()
    del job[name]

    assert len(found(body_of(job))) == 1


def test_known_drift_is_information() -> None:
    outcomes = list(check(with_body(body_of({**sample_job(), "QueueType": "PicProcess"}))))

    assert not broken(outcomes)
    assert set(broken(outcomes, information=True)) == {"REQ-24"}


def test_what_the_caller_broke_is_not_judged() -> None:
    call = calls.create(KEYS, sample_job(data="a\x01b"))

    assert not list(check(with_body(b"<Request>\x01</Request>", call)))
