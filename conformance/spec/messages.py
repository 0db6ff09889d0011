"""Typed messages: job request, job, list, error, callback, each to and from its tree of nodes.

A field is None when its node is absent and ``""`` when the node is empty; characters are kept as
they are. Reading is forgiving (it takes what is there, the first of repeated nodes): whether the
document obeys the page is for the checks to say, which look at the tree itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from conformance.spec.xml import Node, element


@dataclass(frozen=True, slots=True)
class Output:
    """Where the result goes (page: Request.Operation.Output)."""

    region: str | None = None
    bucket: str | None = None
    object: str | None = None


@dataclass(frozen=True, slots=True)
class PicProcess:
    """Inline processing rule (page: Request.Operation.PicProcess; second sample)."""

    is_pic_info: str | None = None
    process_rule: str | None = None


@dataclass(frozen=True, slots=True)
class MqConfig:
    """TDMQ settings (Structure > CallBackMqConfig)."""

    mq_region: str | None = None
    mq_mode: str | None = None
    mq_name: str | None = None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """The body of CreatePicJobs."""

    tag: str | None = None
    input_object: str | None = None
    template_id: str | None = None
    pic_process: PicProcess | None = None
    output: Output | None = None
    user_data: str | None = None
    job_level: str | None = None
    queue_id: str | None = None
    call_back: str | None = None
    call_back_format: str | None = None
    call_back_type: str | None = None
    mq_config: MqConfig | None = None

    def to_node(self) -> Node:
        """The tree in the order of the page's sample."""
        return element(
            "Request",
            leaf("Tag", self.tag),
            None
            if self.input_object is None
            else element("Input", leaf("Object", self.input_object)),
            element(
                "Operation",
                leaf("TemplateId", self.template_id),
                pic_process_node(self.pic_process),
                output_node(self.output),
                leaf("UserData", self.user_data),
                leaf("JobLevel", self.job_level),
            ),
            leaf("QueueId", self.queue_id),
            leaf("CallBack", self.call_back),
            leaf("CallBackFormat", self.call_back_format),
            leaf("CallBackType", self.call_back_type),
            mq_config_node(self.mq_config),
        )

    @classmethod
    def from_node(cls, node: Node) -> JobRequest:
        operation = node.first("Operation") or Node("Operation")
        pic_process = operation.first("PicProcess")
        output = operation.first("Output")
        mq_config = node.first("CallBackMqConfig")
        return cls(
            tag=node.value("Tag"),
            input_object=node.value("Input/Object"),
            template_id=operation.value("TemplateId"),
            pic_process=None if pic_process is None else _read(PicProcess, _PIC, pic_process),
            output=None if output is None else _read(Output, _OUTPUT, output),
            user_data=operation.value("UserData"),
            job_level=operation.value("JobLevel"),
            queue_id=node.value("QueueId"),
            call_back=node.value("CallBack"),
            call_back_format=node.value("CallBackFormat"),
            call_back_type=node.value("CallBackType"),
            mq_config=None if mq_config is None else _read(MqConfig, _MQ, mq_config),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """One ``JobsDetail``, as create, describe, list and callback give it."""

    code: str | None = None
    message: str | None = None
    job_id: str | None = None
    state: str | None = None
    creation_time: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    queue_id: str | None = None
    tag: str | None = None
    input_bucket: str | None = None  # from BucketId, or Bucket (E1)
    input_object: str | None = None
    input_region: str | None = None
    template_id: str | None = None
    template_name: str | None = None
    pic_process: PicProcess | None = None
    output: Output | None = None
    user_data: str | None = None
    job_level: str | None = None
    result: Node | None = None  # PicProcessResult, in whichever of its shapes (E3)

    def to_node(self) -> Node:
        """The tree in the order of the page's sample."""
        return element(
            "JobsDetail",
            leaf("Code", self.code),
            leaf("Message", self.message),
            leaf("JobId", self.job_id),
            leaf("State", self.state),
            leaf("CreationTime", self.creation_time),
            leaf("EndTime", self.end_time),
            leaf("StartTime", self.start_time),
            leaf("QueueId", self.queue_id),
            leaf("Tag", self.tag),
            element(
                "Input",
                leaf("BucketId", self.input_bucket),
                leaf("Object", self.input_object),
                leaf("Region", self.input_region),
            ),
            element(
                "Operation",
                output_node(self.output, _ANSWER_ORDER),
                leaf("TemplateId", self.template_id),
                leaf("TemplateName", self.template_name),
                pic_process_node(self.pic_process),
                self.result,
                leaf("UserData", self.user_data),
                leaf("JobLevel", self.job_level),
            ),
        )

    @classmethod
    def from_node(cls, node: Node) -> Job:
        operation = node.first("Operation") or Node("Operation")
        pic_process = operation.first("PicProcess")
        output = operation.first("Output")
        bucket = node.value("Input/BucketId")
        return cls(
            code=node.value("Code"),
            message=node.value("Message"),
            job_id=node.value("JobId"),
            state=node.value("State"),
            creation_time=node.value("CreationTime"),
            start_time=node.value("StartTime"),
            end_time=node.value("EndTime"),
            queue_id=node.value("QueueId"),
            tag=node.value("Tag"),
            input_bucket=bucket if bucket is not None else node.value("Input/Bucket"),
            input_object=node.value("Input/Object"),
            input_region=node.value("Input/Region"),
            template_id=operation.value("TemplateId"),
            template_name=operation.value("TemplateName"),
            pic_process=None if pic_process is None else _read(PicProcess, _PIC, pic_process),
            output=None if output is None else _read(Output, _OUTPUT, output),
            user_data=operation.value("UserData"),
            job_level=operation.value("JobLevel"),
            result=operation.first("PicProcessResult"),
        )


@dataclass(frozen=True, slots=True)
class JobList:
    """The ``Response`` of create (one job), describe and list (any number)."""

    jobs: tuple[Job, ...] = ()
    non_exist_job_ids: tuple[str, ...] = ()
    next_token: str | None = None

    def to_node(self) -> Node:
        return element(
            "Response",
            *(job.to_node() for job in self.jobs),
            leaf("NonExistJobIds", ",".join(self.non_exist_job_ids) or None),
            leaf("NextToken", self.next_token),
        )

    @classmethod
    def from_node(cls, node: Node) -> JobList:
        missing = (part for each in node.all("NonExistJobIds") for part in each.text.split(","))
        return cls(
            jobs=tuple(Job.from_node(each) for each in node.all("JobsDetail")),
            non_exist_job_ids=tuple(part.strip() for part in missing if part.strip()),  # E12
            next_token=node.value("NextToken"),
        )


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The ``Error`` document of a refused request."""

    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    trace_id: str | None = None

    def to_node(self) -> Node:
        return element("Error", *(leaf(name, getattr(self, attr)) for name, attr in _ERROR))

    @classmethod
    def from_node(cls, node: Node) -> ErrorBody:
        return _read(cls, _ERROR, node)


@dataclass(frozen=True, slots=True)
class Callback:
    """What the service POSTs to the callback address when a job has finished."""

    event_name: str | None = None
    jobs: tuple[Job, ...] = ()

    def to_node(self) -> Node:
        return element(
            "Response", leaf("EventName", self.event_name), *(job.to_node() for job in self.jobs)
        )

    @classmethod
    def from_node(cls, node: Node) -> Callback:
        jobs = tuple(Job.from_node(each) for each in node.all("JobsDetail"))
        return cls(event_name=node.value("EventName"), jobs=jobs)


_T = TypeVar("_T")
_Names = tuple[tuple[str, str], ...]
_OUTPUT: _Names = (("Region", "region"), ("Bucket", "bucket"), ("Object", "object"))
_ANSWER_ORDER: _Names = (("Bucket", "bucket"), ("Object", "object"), ("Region", "region"))
_PIC: _Names = (("IsPicInfo", "is_pic_info"), ("ProcessRule", "process_rule"))
_MQ: _Names = (("MqRegion", "mq_region"), ("MqMode", "mq_mode"), ("MqName", "mq_name"))
_ERROR: _Names = (
    ("Code", "code"),
    ("Message", "message"),
    ("RequestId", "request_id"),
    ("TraceId", "trace_id"),
)


def leaf(name: str, value: str | None) -> Node | None:
    """A node holding ``value``, or nothing when it is None."""
    return None if value is None else Node(name, value)


def output_node(output: Output | None, names: _Names = _OUTPUT) -> Node | None:
    return _container("Output", names, output)


def pic_process_node(pic: PicProcess | None) -> Node | None:
    return _container("PicProcess", _PIC, pic)


def mq_config_node(config: MqConfig | None) -> Node | None:
    return _container("CallBackMqConfig", _MQ, config)


def _container(name: str, names: _Names, value: object | None) -> Node | None:
    if value is None:
        return None
    return element(name, *(leaf(each, getattr(value, attr)) for each, attr in names))


def _read(kind: type[_T], names: _Names, node: Node) -> _T:
    return kind(**{attr: node.value(name) for name, attr in names})


# ---- JSON, as the callback has it: the same names, leaf values strings, JobsDetail an array ----

#: Nodes that JSON writes as an array even when there is one (CBK-03); others only when repeated.
ARRAYS = frozenset({"JobsDetail"})


def node_to_json(node: Node) -> dict[str, Any]:
    """The members of ``node`` as a JSON object; a leaf's value is its text."""
    out: dict[str, Any] = {}
    for child in node.children:
        value: Any = node_to_json(child) if child.children else child.text
        if child.name in ARRAYS:
            out.setdefault(child.name, []).append(value)
        elif child.name in out:
            held = out[child.name]
            out[child.name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            out[child.name] = value
    return out


class JsonProblem(ValueError):
    """The bytes are not a JSON object that can be read as a tree of nodes."""


def json_to_node(name: str, value: Any, *, depth: int = 0) -> Node:
    """Read a JSON object as a tree, arrays as repeated nodes; numbers and booleans become text."""
    if depth > 64:
        raise JsonProblem("the JSON nests deeper than 64")
    if isinstance(value, Mapping):
        children = tuple(
            json_to_node(_characters(str(key)), each, depth=depth + 1)
            for key, member in value.items()
            for each in _members(member)
        )
        return Node(name, "", children)
    return Node(name, _json_text(value))


def _members(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else (value,)


def _json_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _characters(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


_SURROGATE = re.compile("[\ud800-\udfff]")


def _characters(text: str) -> str:
    """A lone surrogate, which JSON can write, is no character and cannot be shown anywhere."""
    return _SURROGATE.sub("\ufffd", text)


def read_json(body: bytes) -> Any:
    """Parse UTF-8 JSON. Raises :class:`JsonProblem` and nothing else."""
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise JsonProblem(f"not JSON in UTF-8: {error}") from None


def field_names(kind: type[Any]) -> tuple[str, ...]:
    """The attribute names of a message type, in order."""
    return tuple(each.name for each in fields(kind))
