"""Variants of the callback: its headers, its spelling, when it comes and how often it is tried."""

from __future__ import annotations

import json
from typing import Any

from conformance.emulator import Behaviour, hook
from conformance.emulator.deviation import Variants
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import every_node
from conformance.emulator.values import Notice, Operation
from conformance.spec.messages import node_to_json
from conformance.spec.xml import Node, element

VARIANTS = Variants()

Pairs = tuple[tuple[str, str], ...]


# ---- headers ----


@VARIANTS.add("callback-text-xml", says="XML callbacks are text/xml; charset=utf-8.")
@hook("callback_headers")
def callback_text_xml(behaviour: Behaviour, inner: Any, notice: Notice) -> Any:
    if notice.format == "JSON":
        return inner(notice)
    return (("Content-Type", "text/xml; charset=utf-8"),)


@VARIANTS.add(
    "callback-types-in-capitals",
    says="Callbacks are Application/XML or application/JSON;charset=UTF-8, in lower-case headers.",
)
@hook("callback_headers")
def callback_types_in_capitals(behaviour: Behaviour, inner: Any, notice: Notice) -> Pairs:
    kind = "application/JSON;charset=UTF-8" if notice.format == "JSON" else "Application/XML"
    return (("x-ci-event", "TaskFinish"), ("content-type", kind), ("accept", "*/*"))


@VARIANTS.add(
    "callback-expects-continue",
    says="Callbacks say Expect: 100-continue and wait for it, as some clients do.",
)
@hook("callback_headers")
def callback_expects_continue(behaviour: Behaviour, inner: Any, notice: Notice) -> Pairs:
    return (*inner(notice), ("Expect", "100-continue"))


# ---- JSON ----


class _JsonWriting(Behaviour):
    """Writes JSON callbacks its own way."""

    def callback_body(self, notice: Notice, document: Node) -> bytes:
        if notice.format != "JSON":
            return super().callback_body(notice, document)
        return self._json(node_to_json(document)).encode("utf-8")

    def _json(self, value: dict[str, Any]) -> str:
        return json.dumps(value, indent=4) + "\n"


@VARIANTS.add("callback-json-indented", says="JSON callbacks are indented, with ASCII escapes.")
class CallbackJsonIndented(_JsonWriting):
    pass


@VARIANTS.add(
    "callback-json-compact",
    says="JSON callbacks have no white space and escape every slash, as some serialisers do.",
)
class CallbackJsonCompact(_JsonWriting):
    def _json(self, value: dict[str, Any]) -> str:
        compact = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return compact.replace("/", "\\/")


class _UploadResults(_JsonWriting):
    """Callbacks with UploadResult's shape, whose ProcessResults.Object is single."""

    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        return super().render_result(job, Operation.DESCRIBE)


@VARIANTS.add(
    "callback-object-is-an-object",
    says="In JSON a single ProcessResults.Object is an object.",
    errata=("E3", "E28"),
)
class CallbackObjectIsAnObject(_UploadResults):
    pass


@VARIANTS.add(
    "callback-object-is-an-array",
    says="In JSON a single ProcessResults.Object is an array of one.",
    errata=("E3", "E28"),
)
class CallbackObjectIsAnArray(_UploadResults):
    def _json(self, value: dict[str, Any]) -> str:
        for job in value["JobsDetail"]:
            result = job["Operation"].get("PicProcessResult")
            if result:
                made = result["ProcessResults"]
                made["Object"] = [made["Object"]]
        return super()._json(value)


# ---- document ----


@VARIANTS.add("callback-event-last", says="EventName comes after JobsDetail.")
@hook("callback_document")
def callback_event_last(behaviour: Behaviour, inner: Any, notice: Notice) -> Node:
    return element("Response", *reversed(inner(notice).children))


@VARIANTS.add(
    "callback-omits-empty-nodes", says="Empty nodes are left out of callbacks.", errata=("E16",)
)
@hook("callback_document")
def callback_omits_empty_nodes(behaviour: Behaviour, inner: Any, notice: Notice) -> Node:
    return every_node(
        inner(notice),
        lambda node: Node(
            node.name,
            node.text,
            tuple(each for each in node.children if each.children or each.text),
        ),
    )


# ---- time ----


@VARIANTS.add("callback-late", says="Callbacks leave 0.6 s after the job's end.")
@hook("callback_delay")
def callback_late(behaviour: Behaviour, inner: Any, job: StoredJob) -> float:
    return 0.6


@VARIANTS.add(
    "callback-tried-often",
    says="A callback that was not taken is tried up to ten times, at growing distance.",
    settings={"callback_attempts": 10, "callback_retry_delay": 0.05},
)
@hook("retry_delay")
def callback_tried_often(
    behaviour: Behaviour, inner: Any, notice: Notice, attempt: int, status: int | None
) -> float | None:
    delay: float | None = inner(notice, attempt, status)
    return None if delay is None else delay * min(attempt, 5)


@VARIANTS.add(
    "callback-tried-twice-slowly",
    says="A callback that was not taken is tried once more, after a second and a half.",
    settings={"callback_attempts": 2, "callback_retry_delay": 1.5},
)
class CallbackTriedTwiceSlowly(Behaviour):
    pass
