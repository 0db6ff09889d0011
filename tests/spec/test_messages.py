"""Messages come back from XML and from JSON with every character, in the order of the page."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.spec import messages, samples
from conformance.spec.messages import (
    Callback,
    ErrorBody,
    Job,
    JobList,
    JobRequest,
    JsonProblem,
    MqConfig,
    Output,
    PicProcess,
    json_to_node,
    node_to_json,
    read_json,
)
from conformance.spec.xml import Node, element, read_xml, write_xml
from tests.spec.test_xml import XML_TEXT

TEXTS = st.none() | XML_TEXT


def built(kind, **fixed):
    names = [name for name in messages.field_names(kind) if name not in fixed]
    return st.builds(kind, **dict.fromkeys(names, TEXTS), **fixed)


OUTPUTS = built(Output)
PIC_PROCESSES = built(PicProcess)
JOB_REQUESTS = built(
    JobRequest,
    output=st.none() | OUTPUTS,
    pic_process=st.none() | PIC_PROCESSES,
    mq_config=st.none() | built(MqConfig),
)
RESULTS = st.sampled_from([samples.UPLOAD_RESULT, samples.WRAPPED_RESULT, samples.CALLBACK_RESULT])
JOBS = built(
    Job,
    output=st.none() | OUTPUTS,
    pic_process=st.none() | PIC_PROCESSES,
    result=st.none() | RESULTS,
)
IDS = st.text("abc0123456789", min_size=1, max_size=5)
JOB_LISTS = st.builds(
    JobList,
    st.lists(JOBS, max_size=2).map(tuple),
    st.lists(IDS, max_size=3).map(tuple),
    TEXTS,
)
CALLBACKS = st.builds(Callback, TEXTS, st.lists(JOBS, max_size=2).map(tuple))
MESSAGES = st.one_of(JOB_REQUESTS, JOBS, JOB_LISTS, built(ErrorBody), CALLBACKS)


@given(MESSAGES)
def test_a_message_comes_back_from_xml(message) -> None:
    kind = type(message)
    assert kind.from_node(message.to_node()) == message
    assert kind.from_node(read_xml(write_xml(message.to_node()))) == message


@given(MESSAGES)
def test_a_message_comes_back_from_json(message) -> None:
    kind = type(message)
    node = message.to_node()
    body = json.dumps(node_to_json(node)).encode()
    assert kind.from_node(json_to_node(node.name, read_json(body))) == message


# ---- the page's samples ----


def test_the_pages_requests() -> None:
    first = JobRequest.from_node(read_xml(samples.REQUEST_1))
    assert first == JobRequest(
        tag="PicProcess",
        input_object="input/deer.jpg",
        template_id="t10461fe2bd5a649db9022452ec71e0381",
        output=Output("ap-chongqing", "test-123456789", "output/out.jpg"),
        user_data="This is my data.",
        job_level="0",
        queue_id="p2911917386e148639319e13c285cc774",
        call_back="http://callback.demo.com",
        call_back_format="JSON",
    )
    assert write_xml(first.to_node()) == samples.REQUEST_1.replace(b"\n", b"")
    second = JobRequest.from_node(read_xml(samples.REQUEST_2))
    assert second.pic_process == PicProcess("true", "imageMogr2/rotate/90")
    assert write_xml(second.to_node()) == samples.REQUEST_2.replace(b"\n", b"")


@pytest.mark.parametrize("body", [samples.RESPONSE_1, samples.RESPONSE_2])
def test_the_pages_responses(body: bytes) -> None:
    held = JobList.from_node(read_xml(body))
    (job,) = held.jobs
    assert (job.code, job.message, job.state) == ("Success", "", "Submitted")
    assert (job.start_time, job.end_time) == ("-", "-")
    assert job.input_bucket == "test-1234567890"
    assert write_xml(held.to_node()) == body.replace(b"\n", b"")


def test_a_whole_request_in_the_order_of_the_page() -> None:
    request = JobRequest(call_back_type="TDMQ", mq_config=MqConfig("sh", "Queue", "q"))
    assert write_xml(request.to_node()) == (
        b"<Request><Operation/><CallBackType>TDMQ</CallBackType><CallBackMqConfig>"
        b"<MqRegion>sh</MqRegion><MqMode>Queue</MqMode><MqName>q</MqName>"
        b"</CallBackMqConfig></Request>"
    )


def test_a_whole_error_in_the_order_of_the_page() -> None:
    assert write_xml(ErrorBody("c", "m", "r", "t").to_node()) == (
        b"<Error><Code>c</Code><Message>m</Message>"
        b"<RequestId>r</RequestId><TraceId>t</TraceId></Error>"
    )


# ---- reading is forgiving ----


def test_absent_and_empty_are_told_apart() -> None:
    job = Job.from_node(read_xml(b"<JobsDetail><Code/></JobsDetail>"))
    assert (job.code, job.message) == ("", None)
    assert Job.from_node(Node("JobsDetail")) == Job()
    assert JobRequest.from_node(Node("Request")) == JobRequest()


@pytest.mark.parametrize(
    ("names", "bucket"),
    [("<BucketId>a</BucketId>", "a"), ("<Bucket>b</Bucket>", "b"), ("", None)],
)
def test_either_name_of_the_input_bucket(names: str, bucket: str | None) -> None:
    node = read_xml(f"<JobsDetail><Input>{names}</Input></JobsDetail>".encode())
    assert Job.from_node(node).input_bucket == bucket


def test_bucket_id_comes_before_bucket() -> None:
    node = read_xml(b"<J><Input><Bucket>b</Bucket><BucketId>a</BucketId></Input></J>")
    assert Job.from_node(node).input_bucket == "a"


@pytest.mark.parametrize(
    "body",
    [
        b"<Response><NonExistJobIds>a,b</NonExistJobIds></Response>",
        b"<Response><NonExistJobIds> a , b, </NonExistJobIds></Response>",
        b"<Response><NonExistJobIds>a</NonExistJobIds><NonExistJobIds>b</NonExistJobIds></Response>",
    ],
)
def test_missing_ids_in_one_node_or_in_several(body: bytes) -> None:
    assert JobList.from_node(read_xml(body)).non_exist_job_ids == ("a", "b")


# ---- JSON ----


def test_the_callback_in_both_formats_is_one() -> None:
    from_xml = read_xml(samples.CALLBACK_XML)
    value = read_json(samples.CALLBACK_JSON)
    assert isinstance(value["JobsDetail"], list)
    assert json_to_node("Response", value) == from_xml
    callback = Callback.from_node(from_xml)
    assert callback.event_name == "TaskFinish"
    assert callback.jobs[0].result == samples.CALLBACK_RESULT


def test_json_repeats_nodes_as_arrays_and_one_job_too() -> None:
    node = element("r", element("JobsDetail", "1"), element("a", "1"), element("b", "1"))
    assert node_to_json(node) == {"JobsDetail": ["1"], "a": "1", "b": "1"}
    again = element("r", element("a", "1"), element("a", "2"), element("a", "3"))
    assert node_to_json(again) == {"a": ["1", "2", "3"]}
    assert json_to_node("r", node_to_json(again)) == again


def test_json_values_become_text() -> None:
    value = {"n": None, "t": True, "f": False, "i": 7, "x": 1.5, "l": [1, [2]], "e": [], "o": {}}
    node = json_to_node("r", value)
    assert {child.name: child.text for child in node.children if child.name != "l"} == {
        "n": "",
        "t": "true",
        "f": "false",
        "i": "7",
        "x": "1.5",
        "o": "",
    }
    assert [child.text for child in node.all("l")] == ["1", "[2]"]


def test_a_lone_surrogate_is_no_character() -> None:
    node = json_to_node(
        "r", read_json(rb'{"a\ud800": ["x\udfff", ["\ud800"]], "b": "\ud834\udd1e"}')
    )
    assert node.children[0] == Node("a\ufffd", "x\ufffd")
    assert node.children[1] == Node("a\ufffd", '["\ufffd"]')
    assert node.value("b") == "𝄞"
    assert write_xml(node)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": 1',
        b"{'a': 1}",
        b"\xff",
        b'"\x01"',
        b"[" * 100_000,
        b"9" * 10_000,
        b"<a/>",
    ],
    ids=["nothing", "open", "cut", "quotes", "bytes", "control", "deep", "long", "xml"],
)
def test_what_is_not_json_is_one_problem(body: bytes) -> None:
    with pytest.raises(JsonProblem) as caught:
        read_json(body)
    assert str(caught.value).startswith("not JSON in UTF-8")


def test_json_may_not_nest_without_end() -> None:
    value: object = "x"
    for _ in range(64):
        value = {"a": value}
    assert json_to_node("r", value).name == "r"
    with pytest.raises(JsonProblem, match="nests deeper than 64"):
        json_to_node("r", {"a": value})


@given(st.binary(max_size=40))
def test_any_bytes_give_a_value_or_a_problem(body: bytes) -> None:
    try:
        outcome = json_to_node("r", read_json(body)).name
    except JsonProblem as problem:
        outcome = str(problem)
    assert outcome
