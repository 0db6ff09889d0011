"""Strategies for whole documents: valid ones of each kind, and ones with one thing broken.

Only what a schema can see by itself is varied: a job here echoes no request.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from conformance.spec import names, samples
from conformance.spec.errors import CODES
from conformance.spec.states import State
from conformance.spec.times import format_job_time
from conformance.spec.xml import Node, element
from tests.spec.test_xml import XML_TEXT

Kind = str

TRICKY = [
    "x",
    "0",
    "-",
    "no",
    "a b",
    " a\n",
    "<&>]]>\"'",
    "a/b+c%20",
    "\r",
    "腾讯云",
    "é𝄞",
    "\u2028x",
]
ANY_TEXT = st.sampled_from(["", " ", *TRICKY]) | XML_TEXT
SOME_TEXT = (st.sampled_from(TRICKY) | XML_TEXT).filter(lambda text: bool(text.strip()))
PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
USER_DATA = st.one_of(PRINTABLE, st.sampled_from(["", "x", "~" * 1023, " " * 1024]))
BUCKETS = st.sampled_from(["test-1234567890", "a-1", "my-bucket-125"])
REGIONS = st.sampled_from(["ap-chongqing", "na-siliconvalley", "ap-shanghai-fsi"])
MOMENTS = st.integers(1_000_000_000, 1_900_000_000)


@st.composite
def containers(
    draw: st.DrawFn, name: str, parts: dict[str, st.SearchStrategy[Node | None]]
) -> Node:
    """A container of these children, each there or not, in any order."""
    drawn = [draw(part) for part in parts.values()]
    children = draw(st.permutations([child for child in drawn if child is not None]))
    return element(name, *children)


def leaves(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[Node]:
    return values.map(lambda value: Node(name, value))


def maybe(part: st.SearchStrategy[Node]) -> st.SearchStrategy[Node | None]:
    return st.none() | part


# ---- requests ----


def outputs(regions=REGIONS, buckets=BUCKETS) -> st.SearchStrategy[Node]:
    return containers(
        "Output",
        {
            "Region": leaves("Region", regions),
            "Bucket": leaves("Bucket", buckets),
            "Object": leaves("Object", SOME_TEXT),
        },
    )


PIC_PROCESS = containers(
    "PicProcess",
    {
        "IsPicInfo": leaves("IsPicInfo", st.sampled_from(["true", "false"])),
        "ProcessRule": leaves("ProcessRule", SOME_TEXT),
    },
)
MQ_CONFIG = containers(
    "CallBackMqConfig",
    {
        "MqRegion": leaves("MqRegion", st.sampled_from(names.MQ_REGIONS)),
        "MqMode": leaves("MqMode", st.sampled_from(names.MQ_MODES)),
        "MqName": leaves("MqName", SOME_TEXT),
    },
)
CALL_BACKS = st.sampled_from(
    ["no", "http://callback.demo.com", "HTTPS://h:8/p?q=1#f", "http://[::1]/"]
)
DRIFT = element("QueueType", element("Anything", "goes"), "here")


@st.composite
def requests(draw: st.DrawFn) -> Node:
    form = draw(st.sampled_from(["template", "inline", "both"]))
    template = leaves("TemplateId", SOME_TEXT)
    operation = containers(
        "Operation",
        {
            "TemplateId": template if form != "inline" else maybe(st.just(Node("TemplateId"))),
            "PicProcess": PIC_PROCESS if form != "template" else st.none(),
            "Output": outputs(),
            "UserData": maybe(leaves("UserData", USER_DATA)),
            "JobLevel": maybe(leaves("JobLevel", st.sampled_from(["", *names.JOB_LEVELS]))),
        },
    )
    kind = draw(st.sampled_from([None, "Url", "TDMQ"]))
    return draw(
        containers(
            "Request",
            {
                "Tag": st.just(Node("Tag", "PicProcess")),
                "Input": st.builds(element, st.just("Input"), leaves("Object", SOME_TEXT)),
                "Operation": operation,
                "QueueId": leaves("QueueId", SOME_TEXT),
                "CallBack": maybe(leaves("CallBack", CALL_BACKS)),
                "CallBackFormat": maybe(
                    leaves("CallBackFormat", st.sampled_from(["JSON", "XML", ""]))
                ),
                "CallBackType": st.just(None if kind is None else Node("CallBackType", kind)),
                "CallBackMqConfig": MQ_CONFIG if kind == "TDMQ" else maybe(MQ_CONFIG),
                "QueueType": maybe(st.just(DRIFT)),
            },
        )
    )


# ---- jobs ----


def _times(draw: st.DrawFn, state: State) -> dict[str, str]:
    created = draw(MOMENTS)
    started = created + draw(st.integers(0, 9))
    ended = started + draw(st.integers(0, 9))
    moments = {"CreationTime": created, "StartTime": started, "EndTime": ended}
    none = {
        State.SUBMITTED: ("StartTime", "EndTime"),
        State.PAUSE: ("StartTime", "EndTime"),
        State.RUNNING: ("EndTime",),
        State.FAILED: draw(st.sampled_from([(), ("StartTime",)])),
        State.CANCEL: draw(st.sampled_from([(), ("StartTime",), ("StartTime", "EndTime")])),
    }.get(state, ())
    return {
        name: "-" if name in none else format_job_time(moment, draw(st.integers(-9, 13)))
        for name, moment in moments.items()
    }


def _reason(state: State) -> dict[str, st.SearchStrategy[Node | None]]:
    if state is State.FAILED:
        code = SOME_TEXT.filter(lambda text: text.strip() != "Success")
        return {"Code": leaves("Code", code), "Message": leaves("Message", SOME_TEXT)}
    if state is State.CANCEL:
        return {
            "Code": maybe(leaves("Code", ANY_TEXT)),
            "Message": maybe(leaves("Message", ANY_TEXT)),
        }
    return {
        "Code": maybe(leaves("Code", st.sampled_from(["", "Success"]))),
        "Message": maybe(leaves("Message", st.sampled_from(["", " \n"]))),
    }


RESULTS = st.sampled_from([samples.UPLOAD_RESULT, samples.WRAPPED_RESULT, samples.CALLBACK_RESULT])


@st.composite
def job_inputs(draw: st.DrawFn) -> Node:
    bucket = draw(BUCKETS)
    both = draw(st.sampled_from([("BucketId",), ("Bucket",), ("BucketId", "Bucket")]))
    headers = element("CosHeaders", element("Key", "k"), element("Value", "v"))
    children = [
        Node("Object", draw(SOME_TEXT)),
        Node("Region", draw(REGIONS)),
        *(Node(name, bucket) for name in both),
        *[headers] * draw(st.integers(0, 2)),
    ]
    return element("Input", *draw(st.permutations(children)))


@st.composite
def jobs(draw: st.DrawFn, states=tuple(State)) -> Node:
    state = draw(st.sampled_from(states))
    template = draw(st.none() | SOME_TEXT)
    operation = containers(
        "Operation",
        {
            "Output": outputs(SOME_TEXT, SOME_TEXT),
            "TemplateId": st.just(None if template is None else Node("TemplateId", template)),
            "TemplateName": st.none() if template is None else leaves("TemplateName", SOME_TEXT),
            "PicProcess": maybe(PIC_PROCESS),
            "PicProcessResult": RESULTS if state is State.SUCCESS else st.none(),
            "UserData": maybe(leaves("UserData", ANY_TEXT)),
            "JobLevel": maybe(leaves("JobLevel", st.sampled_from(["0", "1", "2", ""]))),
        },
    )
    times = {name: st.just(Node(name, text)) for name, text in _times(draw, state).items()}
    return draw(
        containers(
            "JobsDetail",
            {
                **_reason(state),
                **times,
                "JobId": leaves("JobId", SOME_TEXT),
                "Tag": st.just(Node("Tag", "PicProcess")),
                "State": st.just(Node("State", state.value)),
                "QueueId": leaves("QueueId", SOME_TEXT),
                "Input": job_inputs(),
                "Operation": operation,
                "Progress": maybe(leaves("Progress", ANY_TEXT)),
                "QueueType": maybe(st.just(DRIFT)),
            },
        )
    )


# ---- answers and callbacks ----


@st.composite
def responses(draw: st.DrawFn) -> Node:
    children = [
        *draw(st.lists(jobs(), max_size=2)),
        *draw(st.lists(leaves("NonExistJobIds", ANY_TEXT), max_size=2)),
        *draw(st.lists(leaves("NextToken", ANY_TEXT), max_size=1)),
        *draw(st.lists(leaves("RequestId", ANY_TEXT), max_size=1)),
    ]
    return element("Response", *draw(st.permutations(children)))


ERRORS = containers(
    "Error",
    {
        "Code": leaves("Code", st.sampled_from(sorted(CODES))),
        "Message": leaves("Message", SOME_TEXT),
        "RequestId": leaves("RequestId", SOME_TEXT),
        "TraceId": leaves("TraceId", SOME_TEXT),
    },
)


@st.composite
def callbacks(draw: st.DrawFn) -> Node:
    final = jobs((State.SUCCESS, State.FAILED, State.CANCEL))
    children = [Node("EventName", "TaskFinish"), *draw(st.lists(final, min_size=1, max_size=2))]
    return element("Response", *draw(st.permutations(children)))


VALID: dict[Kind, st.SearchStrategy[Node]] = {
    "request": requests(),
    "response": responses(),
    "error": ERRORS,
    "callback": callbacks(),
}


# ---- one thing broken ----


@dataclass(frozen=True)
class Place:
    """A node of a tree by the numbers that lead to it from the root, and its path by names."""

    steps: tuple[int, ...]
    path: str
    node: Node


def places(node: Node, steps: tuple[int, ...] = (), path: str = "") -> Iterator[Place]:
    here = f"{path}/{node.name}" if path else node.name
    yield Place(steps, here, node)
    for number, child in enumerate(node.children):
        yield from places(child, (*steps, number), here)


def changed(root: Node, steps: tuple[int, ...], change: Callable[[Node], tuple[Node, ...]]) -> Node:
    """``root`` with the node at ``steps`` (not the root) replaced by what ``change`` gives."""
    head, rest = steps[0], steps[1:]
    child = root.children[head]
    made = (changed(child, rest, change),) if rest else change(child)
    return replace(root, children=(*root.children[:head], *made, *root.children[head + 1 :]))


BREAKS: dict[str, Callable[[Node], tuple[Node, ...]]] = {
    "left out": lambda _: (),
    "repeated": lambda node: (node, node),
    "emptied": lambda node: (Node(node.name),),
    "blank": lambda node: (Node(node.name, " "),),
    "misspelt": lambda node: (replace(node, name=f"{node.name}s"),),
    "in a namespace": lambda node: (replace(node, namespace="urn:x"),),
    "with another case": lambda node: (replace(node, text=node.text.swapcase()),),
    "with a space before": lambda node: (replace(node, text=f" {node.text}"),),
    "with a text before": lambda node: (replace(node, text=f"x{node.text}"),),
    "with not ASCII": lambda node: (replace(node, text=f"{node.text}é"),),
    "with a no-break space": lambda node: (replace(node, text=f"{node.text}\u00a0"),),
    "too long": lambda node: (replace(node, text=f"{node.text}{'x' * 1025}"),),
    "with another number": lambda node: (replace(node, text="-1"),),
    "with a great number": lambda node: (replace(node, text="1" * 19),),
    "with no number": lambda node: (replace(node, text="0"),),
    "with a node inside": lambda node: (replace(node, children=(*node.children, Node("Odd"))),),
}


@st.composite
def broken(draw: st.DrawFn, kind: Kind) -> Node:
    """A valid document of ``kind`` in which something at one place was changed."""
    root = draw(VALID[kind])
    below = [place for place in places(root) if place.steps]
    if not below:
        return replace(root, name=f"{root.name}s")
    place = draw(st.sampled_from(below))
    return changed(root, place.steps, BREAKS[draw(st.sampled_from(sorted(BREAKS)))])


def real_dates() -> Iterator[str]:
    """Every day on which a year can have its last, for the pattern of times."""
    for year in (1, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 2100, 9996, 9999):
        for month in range(1, 13):
            yield f"{year:04d}-{month:02d}-{calendar.monthrange(year, month)[1]:02d}"
