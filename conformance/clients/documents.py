"""Success documents: the jobs that the judging endpoint gives, in every documented shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.checks.client_case import Call
from conformance.clients.calls import BUCKET, QUEUE, REGION, TEMPLATE
from conformance.spec.messages import Job, JobRequest, Output, PicProcess, json_to_node
from conformance.spec.names import TAG
from conformance.spec.states import State
from conformance.spec.times import NO_TIME
from conformance.spec.xml import Node, element

__all__ = [
    "Output",
    "PicProcess",
    "adding",
    "echo",
    "job_id",
    "made",
    "made_of",
    "renamed",
    "sample",
    "upload_result",
    "without",
]

CREATED = "2022-07-18T15:16:43+0800"
STARTED = "2022-07-18T15:16:44+0800"
ENDED = "2022-07-18T15:16:47+0800"


def job_id(number: int) -> str:
    """The id of job ``number``, in the form of the page's sample."""
    return f"c{number:032x}"


def sample(state: State = State.SUBMITTED, number: int = 1) -> Job:
    """The page's sample job, in ``state``, with the times, Code and Message that belong to it."""
    started = state in (State.RUNNING, State.SUCCESS, State.FAILED)
    ended = state in (State.SUCCESS, State.FAILED)
    return Job(
        code="ResourceDownloadFailed" if state is State.FAILED else "Success",
        message="The input could not be read." if state is State.FAILED else "",
        job_id=job_id(number),
        state=state,
        creation_time=CREATED,
        start_time=STARTED if started else NO_TIME,
        end_time=ENDED if ended else NO_TIME,
        queue_id=QUEUE,
        tag=TAG,
        input_bucket=BUCKET,
        input_object="input/deer.jpg",
        input_region=REGION,
        template_id=TEMPLATE,
        template_name="test",
        output=Output(REGION, BUCKET, "output/out.jpg"),
        user_data="This is my data.",
        job_level="0",
        result=upload_result() if state is State.SUCCESS else None,
    )


def upload_result() -> Node:
    """PicProcessResult as UploadResult is (Persistent image processing)."""
    image = json_to_node(
        "ImageInfo",
        {
            "Format": "JPEG",
            "Width": "1280",
            "Height": "853",
            "Quality": "90",
            "Ave": "0xa18454",
            "Orientation": "1",
        },
    )
    place = f"{BUCKET}.cos.{REGION}.myqcloud.com"
    made = {
        "Key": "output/out.jpg",
        "Location": f"{place}/output/out.jpg",
        "Format": "JPEG",
        "Width": "853",
        "Height": "1280",
        "Size": "70121",
        "Quality": "90",
    }
    original = element(
        "OriginalInfo",
        element("Key", "input/deer.jpg"),
        element("Location", f"{place}/input/deer.jpg"),
        image,
    )
    return element(
        "PicProcessResult", original, element("ProcessResults", json_to_node("Object", made))
    )


def echo(call: Call, number: int = 1) -> Node:
    """The Submitted job that a server makes of a create: what was asked for comes back."""
    assert call.request_node is not None
    asked = JobRequest.from_node(call.request_node)
    return made(asked, call.bucket, call.region, number).to_node()


def made(asked: JobRequest, bucket: str, region: str, number: int) -> Job:
    """The Submitted job ``number`` that a server makes of ``asked``."""
    return replace(
        sample(number=number),
        input_bucket=bucket,
        input_region=region,
        input_object=asked.input_object,
        queue_id=asked.queue_id,
        template_id=asked.template_id,
        template_name="test" if asked.template_id else None,
        pic_process=None if asked.template_id else asked.pic_process,
        output=asked.output,
        user_data=asked.user_data,
        job_level=asked.job_level or "0",
    )


def without(node: Node, *paths: str) -> Node:
    """The tree without the nodes at these ``/``-separated paths."""
    for path in paths:
        node = _edit(node, path, None)
    return node


def renamed(node: Node, path: str, name: str) -> Node:
    """The tree with another name for the node at ``path``."""
    target = node.at(path)
    assert target is not None
    return _edit(node, path, replace(target, name=name))


def _edit(node: Node, path: str, new: Node | None) -> Node:
    name, _, rest = path.partition("/")
    children: list[Node] = []
    for child in node.children:
        if child.name != name:
            children.append(child)
        elif rest:
            children.append(_edit(child, rest, new))
        elif new is not None:
            children.append(new)
    return replace(node, children=tuple(children))


def adding(node: Node, path: str, *extra: Node) -> Node:
    """The tree with ``extra`` nodes before the children of the container at ``path``."""
    if not path:
        return replace(node, children=(*extra, *node.children))
    name, _, rest = path.partition("/")
    children = tuple(
        adding(child, rest, *extra) if child.name == name else child for child in node.children
    )
    return replace(node, children=children)


def made_of(name: str, members: Mapping[str, Any]) -> Node:
    """A node from nested members, as JSON has them."""
    return json_to_node(name, members)
