"""Variants of what stands in an answer: which nodes, in which order, spelled how (E1 to E4, E9)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from conformance.emulator import Behaviour, hook
from conformance.emulator.deviation import Variants
from conformance.emulator.listing import ListQuery
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import edit, every_node, grow, rename, rewrite
from conformance.emulator.values import Incoming, Notice, Operation, Refusal
from conformance.spec.messages import pic_process_node
from conformance.spec.states import State
from conformance.spec.times import NO_TIME
from conformance.spec.xml import Node, element

VARIANTS = Variants()


# ---- the order of nodes ----


def _by_name(node: Node, arrange: Callable[[list[str]], list[str]]) -> Node:
    """The node with its children in another order; those of one name keep theirs (QRY-12)."""
    names = arrange(list(dict.fromkeys(child.name for child in node.children)))
    return replace(node, children=tuple(child for name in names for child in node.all(name)))


class _Rearranging(Behaviour):
    """Puts the children of every node into another order, in answers and callbacks."""

    def serialise(self, document: Node) -> bytes:
        return super().serialise(self._arranged(document))

    def callback_document(self, notice: Notice) -> Node:
        return self._arranged(super().callback_document(notice))

    def _arranged(self, document: Node) -> Node:
        return every_node(document, lambda node: _by_name(node, self._order))

    def _order(self, names: list[str]) -> list[str]:
        return sorted(names)


@VARIANTS.add("nodes-sorted", says="Nodes are in the order of the alphabet.")
class NodesSorted(_Rearranging):
    pass


@VARIANTS.add("nodes-in-changing-order", says="No two documents in a row order their nodes alike.")
class NodesInChangingOrder(_Rearranging):
    def _order(self, names: list[str]) -> list[str]:
        turn = self.count("node order") % len(names) if names else 0
        return names[turn:] + names[:turn]


# ---- nodes that may be there or not ----


@VARIANTS.add("bucket-node", says="Input names its bucket Bucket.", errata=("E1",))
@hook("render_input")
def bucket_node(behaviour: Behaviour, inner: Any, job: StoredJob) -> Node:
    return rename(inner(job), "BucketId", "Bucket")


@VARIANTS.add("both-buckets", says="Input has both BucketId and Bucket.", errata=("E1",))
@hook("render_input")
def both_buckets(behaviour: Behaviour, inner: Any, job: StoredJob) -> Node:
    return grow(inner(job), "", element("Bucket", job.bucket))


class _WithoutCode(Behaviour):
    """Says nothing, or less, about an error that there is not."""

    def code_of(self, job: StoredJob) -> str | None:
        return super().code_of(job) if self.state_of(job) == State.FAILED else None


@VARIANTS.add(
    "no-code-no-message", says="Code and Message are there for Failed only.", errata=("E2",)
)
class NoCodeNoMessage(_WithoutCode):
    def message_of(self, job: StoredJob) -> str | None:
        return super().message_of(job) if self.state_of(job) == State.FAILED else None


@VARIANTS.add(
    "message-without-code",
    says="Until a job has failed there is an empty Message and no Code.",
    errata=("E2",),
)
class MessageWithoutCode(_WithoutCode):
    pass


@VARIANTS.add(
    "code-without-message",
    says="Until a job has failed there is Code, Success, and no Message.",
    errata=("E2",),
)
@hook("message_of")
def code_without_message(behaviour: Behaviour, inner: Any, job: StoredJob) -> Any:
    return inner(job) if behaviour.state_of(job) == State.FAILED else None


@VARIANTS.add("no-job-level", says="JobLevel is not echoed.", errata=("E4",))
@hook("job_level_of")
def no_job_level(behaviour: Behaviour, inner: Any, job: StoredJob) -> None:
    return None


@VARIANTS.add("job-level-as-given", says="JobLevel is echoed when the request had it.")
@hook("job_level_of")
def job_level_as_given(behaviour: Behaviour, inner: Any, job: StoredJob) -> str | None:
    return job.request.job_level or None


@VARIANTS.add(
    "pic-process-beside-template",
    says="PicProcess is echoed beside the template that is used in its place.",
)
@hook("render_pic_process")
def pic_process_beside_template(behaviour: Behaviour, inner: Any, job: StoredJob) -> Node | None:
    return pic_process_node(job.request.pic_process)


@VARIANTS.add(
    "user-data-always", says="UserData is there, empty when there is none.", errata=("E16",)
)
@hook("user_data_of")
def user_data_always(behaviour: Behaviour, inner: Any, job: StoredJob) -> str:
    return inner(job) or ""


@VARIANTS.add("user-data-never-empty", says="An empty UserData is left out.", errata=("E16",))
@hook("user_data_of")
def user_data_never_empty(behaviour: Behaviour, inner: Any, job: StoredJob) -> str | None:
    return inner(job) or None


@VARIANTS.add(
    "drift-nodes",
    says="Jobs have later revisions' nodes: QueueType, Progress, SubTag, Workflow, MediaInfo.",
    errata=("E9",),
)
class DriftNodes(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        progress = "100" if self.state_of(job) == State.SUCCESS else "0"
        return grow(
            super().render_job(job, operation),
            "",
            element("QueueType", "PicProcessing"),
            element("Progress", progress),
            element("SubTag"),
            element("Workflow", element("RunId"), element("WorkflowId"), element("WorkflowName")),
        )

    def render_operation(self, job: StoredJob, operation: Operation) -> Node | None:
        node = super().render_operation(job, operation)
        return node and grow(node, "", element("MediaInfo", element("Format")))


@VARIANTS.add("request-id-in-body", says="A RequestId stands beside JobsDetail.", errata=("E9",))
class RequestIdInBody(Behaviour):
    def perform(self, incoming: Incoming) -> Node | None:
        document = super().perform(incoming)
        return document and grow(document, "", element("RequestId", incoming.request_id))


@VARIANTS.add("errors-say-more", says="Errors have further nodes: Resource, HostId, Detail.")
@hook("error_document")
def errors_say_more(behaviour: Behaviour, inner: Any, incoming: Incoming, refusal: Refusal) -> Node:
    more = (element("Resource", "/pic_jobs"), element("HostId"), element("Detail", element("At")))
    return grow(inner(incoming, refusal), "", *more)


# ---- PicProcessResult ----


@VARIANTS.add(
    "upload-result-everywhere",
    says="PicProcessResult has UploadResult's shape in callbacks too.",
    errata=("E3",),
)
@hook("render_result")
def upload_result_everywhere(
    behaviour: Behaviour, inner: Any, job: StoredJob, operation: Operation
) -> Any:
    return inner(job, Operation.DESCRIBE)


@VARIANTS.add(
    "callback-result-everywhere",
    says="PicProcessResult has the callback's shape in answers too.",
    errata=("E3",),
)
@hook("render_result")
def callback_result_everywhere(
    behaviour: Behaviour, inner: Any, job: StoredJob, operation: Operation
) -> Any:
    return inner(job, Operation.CALLBACK)


@VARIANTS.add(
    "upload-result-between",
    says="An UploadResult stands between PicProcessResult and its nodes, everywhere.",
    errata=("E3",),
)
@hook("render_result")
def upload_result_between(
    behaviour: Behaviour, inner: Any, job: StoredJob, operation: Operation
) -> Node | None:
    plain = inner(job, Operation.DESCRIBE)
    return plain and element("PicProcessResult", element("UploadResult", *plain.children))


@VARIANTS.add(
    "several-results",
    says="ProcessResults has two Object nodes, and PicProcessResult UploadResult's shape.",
)
@hook("render_result")
def several_results(
    behaviour: Behaviour, inner: Any, job: StoredJob, operation: Operation
) -> Node | None:
    plain = inner(job, Operation.DESCRIBE)
    if plain is None:
        return None
    return edit(
        plain, "ProcessResults/Object", lambda node: (node, rewrite(node, "Key", str.upper))
    )


@VARIANTS.add(
    "other-pictures",
    says="Images have quality 0, orientation 8, capitals in Ave, quotes around ETags.",
)
class OtherPictures(Behaviour):
    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        node = super().render_result(job, operation)
        return node and every_node(node, self._other)

    def _other(self, node: Node) -> Node:
        texts = {"Quality": "0", "Orientation": "8", "Ave": "0xA1F4C0", "Etag": f'"{node.text}"'}
        return replace(node, text=texts.get(node.name, node.text))


# ---- texts that are the server's own ----


@VARIANTS.add(
    "template-name-in-chinese",
    says="TemplateName has Chinese and special characters.",
    settings={"template_name": '\u56fe\u7247 <\u6a21\u677f> & "1" ]]> \U0001f98c'},
)
class TemplateNameInChinese(Behaviour):
    pass


@VARIANTS.add("long-job-ids", says="Job ids have 200 characters.")
@hook("new_job_id")
def long_job_ids(behaviour: Behaviour, inner: Any) -> str:
    return f"{inner()}{'0123456789abcdef' * 20}"[:200]


@VARIANTS.add(
    "short-job-ids", says="Job ids count 1, 2, 3, so that one is the beginning of another."
)
@hook("new_job_id")
def short_job_ids(behaviour: Behaviour, inner: Any) -> str:
    return str(behaviour.count("short id"))


@VARIANTS.add("job-ids-with-marks", says="Job ids have capitals, hyphens, underscores and dots.")
@hook("new_job_id")
def job_ids_with_marks(behaviour: Behaviour, inner: Any) -> str:
    return f"Job-{uuid.uuid4()}_{behaviour.count('marked id')}.~A"


@VARIANTS.add("job-ids-in-base64", says="Job ids hold + and = as they are.")
@hook("new_job_id")
def job_ids_in_base64(behaviour: Behaviour, inner: Any) -> str:
    return f"{inner()[:20]}+{behaviour.count('base64 id'):04d}=="


@VARIANTS.add(
    "other-names",
    says="Bucket, region, queues, template and credentials are not those of the samples.",
    settings={
        "bucket": "a-1",
        "region": "eu-frankfurt",
        "queue_id": "p1",
        "paused_queue_id": "p2",
        "template_id": "t1",
        "template_name": "x",
        "secret_id": "id",
        "secret_key": "k/=+ &",
    },
)
class OtherNames(Behaviour):
    pass


def _zoned(moment: float | None, **offset: int) -> str:
    if moment is None:
        return NO_TIME
    zone = timezone(timedelta(**offset))
    return datetime.fromtimestamp(int(moment), UTC).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S%z")


@VARIANTS.add("times-in-utc", says="Times have the zone +0000.")
@hook("time_text")
def times_in_utc(behaviour: Behaviour, inner: Any, moment: float | None) -> str:
    return _zoned(moment, hours=0)


@VARIANTS.add("times-west", says="Times have the zone -0330.")
@hook("time_text")
def times_west(behaviour: Behaviour, inner: Any, moment: float | None) -> str:
    return _zoned(moment, hours=-3, minutes=-30)


@VARIANTS.add("times-in-three-zones", says="Each of a job's three times has a zone of its own.")
class TimesInThreeZones(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        return _zoned(job.started, hours=0)

    def end_time_of(self, job: StoredJob) -> str | None:
        return _zoned(job.ended, hours=5, minutes=45)


@VARIANTS.add("times-rounded", says="Times are rounded to the nearest second, not cut.")
class TimesRounded(Behaviour):
    def time_text(self, moment: float | None) -> str:
        return super().time_text(None if moment is None else moment + 0.5)

    def matches_created(self, job: StoredJob, query: ListQuery) -> bool:
        second = int(job.created + 0.5)
        return (query.start is None or second >= query.start) and (
            query.end is None or second <= query.end
        )
