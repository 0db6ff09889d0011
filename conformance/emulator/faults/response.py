"""Faults of the success document: its root, its identity, its times, its result (RSP-10 to 32)."""

from __future__ import annotations

from dataclasses import replace

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.results import pictures, upload_result
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import drop, edit, grow, put, rename, twice
from conformance.emulator.values import Incoming, Operation
from conformance.spec.clauses import Level
from conformance.spec.states import WAITING, State
from conformance.spec.xml import Node, element

FAULTS = Faults()

SHOULD = Level.SHOULD


# ---- RSP-10: the document ----


@FAULTS.add("root-lower-case", "RSP-10", says="The root is response.")
class RootLowerCase(Behaviour):
    def serialise(self, document: Node) -> bytes:
        lowered = replace(document, name="response") if document.name == "Response" else document
        return super().serialise(lowered)


@FAULTS.add("root-of-the-operation", "RSP-10", says="The root is CreatePicJobsResponse.")
class RootOfTheOperation(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        return replace(super().create_document(incoming, job), name="CreatePicJobsResponse")


@FAULTS.add("root-missing", "RSP-10", "RSP-11", says="JobsDetail stands alone, without Response.")
class RootMissing(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        return super().create_document(incoming, job).children[0]


@FAULTS.add("list-root-own", "RSP-10", "QRY-10", says="The root of a list is ListResponse.")
class ListRootOwn(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        return replace(super().list_document(jobs, token), name="ListResponse")


@FAULTS.add("root-in-namespace", "RSP-10", says="The document is in a default namespace.")
class RootInNamespace(Behaviour):
    def serialise(self, document: Node) -> bytes:
        plain = super().serialise(document)
        return plain.replace(b"<Response>", b'<Response xmlns="http://ci.tencentcloud.com/">', 1)


@FAULTS.add("ampersand-bare", "RSP-10", "ERR-03", says="An ampersand is written unescaped.")
class AmpersandBare(Behaviour):
    def serialise(self, document: Node) -> bytes:
        return super().serialise(document).replace(b"&amp;", b"&")


@FAULTS.add("less-than-bare", "RSP-10", "ERR-03", says="A less-than sign is written unescaped.")
class LessThanBare(Behaviour):
    def serialise(self, document: Node) -> bytes:
        return super().serialise(document).replace(b"&lt;", b"<")


@FAULTS.add("html-entity", "RSP-10", says="A non-ASCII letter is written as an HTML entity.")
class HtmlEntity(Behaviour):
    def serialise(self, document: Node) -> bytes:
        text = super().serialise(document).decode("utf-8")
        return "".join(c if c.isascii() else "&hellip;" for c in text).encode("ascii")


@FAULTS.add("answer-in-gbk", "RSP-10", says="The document is GBK without saying so.")
class AnswerInGbk(Behaviour):
    def serialise(self, document: Node) -> bytes:
        return super().serialise(document).decode("utf-8").encode("gbk", "xmlcharrefreplace")


@FAULTS.add("end-tag-missing", "RSP-10", says="One document in twenty is cut before its end.")
class EndTagMissing(Behaviour):
    def serialise(self, document: Node) -> bytes:
        whole = super().serialise(document)
        cut = document.name == "Response" and self.every(20, "cut document")
        return whole.removesuffix(b"</Response>") if cut else whole


@FAULTS.add(
    "space-before-declaration", "RSP-10", "ERR-03", says="White space precedes the declaration."
)
class SpaceBeforeDeclaration(Behaviour):
    def serialise(self, document: Node) -> bytes:
        plain = super().serialise(document)
        return b'\n<?xml version="1.0" encoding="UTF-8"?>' + plain


# ---- RSP-11: one JobsDetail ----


@FAULTS.add("jobs-detail-twice", "RSP-11", says="Create answers with the job two times.")
class JobsDetailTwice(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        return twice(super().create_document(incoming, job), "JobsDetail")


@FAULTS.add("jobs-detail-all", "RSP-11", says="Create answers with the job before it as well.")
class JobsDetailAll(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        jobs = self.store.jobs()[-2:]
        return element("Response", *(self.render_job(each, Operation.CREATE) for each in jobs))


@FAULTS.add("jobs-detail-missing", "RSP-11", says="Create answers with an empty Response.")
class JobsDetailMissing(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        return element("Response")


@FAULTS.add("jobs-detail-renamed", "RSP-11", says="Create calls the job JobDetail.")
class JobsDetailRenamed(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        return rename(super().create_document(incoming, job), "JobsDetail", "JobDetail")


# ---- RSP-12: JobId ----


@FAULTS.add("job-id-repeats", "RSP-12", says="Every tenth job gets the id of the one before.")
class JobIdRepeats(Behaviour):
    _last = ""

    def new_job_id(self) -> str:
        if not self.every(10, "repeated job id"):
            self._last = super().new_job_id()
        return self._last


@FAULTS.add("job-id-by-second", "RSP-12", says="Jobs of one second share their id.")
class JobIdBySecond(Behaviour):
    def new_job_id(self) -> str:
        return f"c{int(self.now()):032x}"


@FAULTS.add("job-id-empty", "RSP-12", says="Create answers with an empty JobId.")
class JobIdEmpty(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        return put(super().create_document(incoming, job), "JobsDetail/JobId", "")


@FAULTS.add("job-id-missing", "RSP-12", says="Create answers without JobId.")
class JobIdMissing(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        return drop(super().create_document(incoming, job), "JobsDetail/JobId")


# ---- RSP-13: Tag ----


@FAULTS.add("tag-missing", "RSP-13", says="Tag is left out.")
class TagMissing(Behaviour):
    def tag_of(self, job: StoredJob) -> str | None:
        return None


@FAULTS.add("tag-lower-case", "RSP-13", says="Tag is picprocess.")
class TagLowerCase(Behaviour):
    def tag_of(self, job: StoredJob) -> str | None:
        return "picprocess"


@FAULTS.add("tag-missing-in-lists", "RSP-13", "QRY-10", says="Jobs in a list have no Tag.")
class TagMissingInLists(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        return drop(super().list_document(jobs, token), "JobsDetail/Tag")


# ---- RSP-14: State ----


class _Renames(Behaviour):
    """Shows a state by another name, in answers only."""

    _states: tuple[State, ...] = tuple(State)

    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        made = super().render_job(job, operation)
        return put(made, "State", self._called(job.state)) if job.state in self._states else made

    def _called(self, state: State) -> str:
        raise NotImplementedError


@FAULTS.add("state-lower-case", "RSP-14", says="States are written in lower case.")
class StateLowerCase(_Renames):
    def _called(self, state: State) -> str:
        return state.value.lower()


@FAULTS.add("state-queued", "RSP-14", says="A waiting job is Queued.")
class StateQueued(_Renames):
    _states = tuple(WAITING)

    def _called(self, state: State) -> str:
        return "Queued"


@FAULTS.add("state-succeeded", "RSP-14", says="A job that went well is Succeeded.")
class StateSucceeded(_Renames):
    _states = (State.SUCCESS,)

    def _called(self, state: State) -> str:
        return "Succeeded"


@FAULTS.add("state-cancelled", "RSP-14", "QRY-20", says="A cancelled job is Cancelled.")
class StateCancelled(_Renames):
    _states = (State.CANCEL,)

    def _called(self, state: State) -> str:
        return "Cancelled"


@FAULTS.add("state-paused", "RSP-14", says="A job in a paused queue is Paused.")
class StatePaused(_Renames):
    _states = (State.PAUSE,)

    def _called(self, state: State) -> str:
        return "Paused"


@FAULTS.add("state-missing", "RSP-14", says="Create answers without State.")
class StateMissing(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        return drop(super().create_document(incoming, job), "JobsDetail/State")


# ---- RSP-26: a result before there is one ----


@FAULTS.add("result-while-running", "RSP-26", says="A running job shows its result already.")
class ResultWhileRunning(Behaviour):
    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        if job.state is State.RUNNING:
            return upload_result(*pictures(job, self.rule_of(job)))
        return super().render_result(job, operation)


@FAULTS.add("result-on-failed", "RSP-26", says="A failed job shows a result.")
class ResultOnFailed(Behaviour):
    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        if job.state is State.FAILED:
            return upload_result(*pictures(job, self.rule_of(job)))
        return super().render_result(job, operation)


@FAULTS.add("result-on-cancelled", "RSP-26", says="A cancelled job shows a result.")
class ResultOnCancelled(Behaviour):
    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        if job.state is State.CANCEL:
            return upload_result(*pictures(job, self.rule_of(job)))
        return super().render_result(job, operation)


# ---- RSP-27, RSP-28: Code and Message ----


@FAULTS.add("code-ok", "RSP-27", says="Code is OK while nothing is wrong.")
class CodeOk(Behaviour):
    def code_of(self, job: StoredJob) -> str | None:
        usual = super().code_of(job)
        return "OK" if usual == "Success" else usual


@FAULTS.add("code-zero", "RSP-27", says="Code is 0 while nothing is wrong.")
class CodeZero(Behaviour):
    def code_of(self, job: StoredJob) -> str | None:
        usual = super().code_of(job)
        return "0" if usual == "Success" else usual


@FAULTS.add("code-is-the-state", "RSP-27", says="Code repeats the State, Running for example.")
class CodeIsTheState(Behaviour):
    def code_of(self, job: StoredJob) -> str | None:
        return job.state.value if job.state is State.RUNNING else super().code_of(job)


@FAULTS.add("message-always", "RSP-27", says="Message says success while nothing is wrong.")
class MessageAlways(Behaviour):
    def message_of(self, job: StoredJob) -> str | None:
        return super().message_of(job) or "success"


@FAULTS.add("message-none", "RSP-27", says="Message is None, a null turned into text.")
class MessageNone(Behaviour):
    def message_of(self, job: StoredJob) -> str | None:
        return str(job.message)


@FAULTS.add("failed-code-missing", "RSP-28", says="A failed job has no Code.")
class FailedCodeMissing(Behaviour):
    def code_of(self, job: StoredJob) -> str | None:
        return None if job.state is State.FAILED else super().code_of(job)


@FAULTS.add("failed-code-success", "RSP-28", says="A failed job has the Code Success.")
class FailedCodeSuccess(Behaviour):
    def code_of(self, job: StoredJob) -> str | None:
        return "Success"


@FAULTS.add("failed-message-missing", "RSP-28", says="A failed job has no Message.")
class FailedMessageMissing(Behaviour):
    def message_of(self, job: StoredJob) -> str | None:
        return None if job.state is State.FAILED else super().message_of(job)


@FAULTS.add("failed-message-empty", "RSP-28", says="A failed job has an empty Message.")
class FailedMessageEmpty(Behaviour):
    def message_of(self, job: StoredJob) -> str | None:
        return ""


@FAULTS.add(
    "failed-mute-in-lists", "RSP-28", "QRY-10", says="In lists failed jobs have no Code, Message."
)
class FailedMuteInLists(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        return drop(super().list_document(jobs, token), "JobsDetail/Code", "JobsDetail/Message")


# ---- RSP-19: Operation ----


@FAULTS.add("operation-missing", "RSP-19", says="Operation is left out.")
class OperationMissing(Behaviour):
    def render_operation(self, job: StoredJob, operation: Operation) -> Node | None:
        return None


@FAULTS.add(
    "operation-flat", "RSP-19", says="What Operation holds stands beside it, in JobsDetail."
)
class OperationFlat(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        return edit(super().render_job(job, operation), "Operation", lambda node: node.children)


@FAULTS.add(
    "operation-missing-in-lists", "RSP-19", "QRY-10", says="Lists leave Operation out, for brevity."
)
class OperationMissingInLists(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        return drop(super().list_document(jobs, token), "JobsDetail/Operation")


# ---- RSP-29, RSP-32: nodes that do not belong ----


@FAULTS.add("unknown-node", "RSP-29", says="JobsDetail has a node Priority.", level=SHOULD)
class UnknownNode(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        return grow(super().render_job(job, operation), "", element("Priority", "1"))


@FAULTS.add("unknown-node-deep", "RSP-29", says="Operation has a node Watermark.", level=SHOULD)
class UnknownNodeDeep(Behaviour):
    def render_operation(self, job: StoredJob, operation: Operation) -> Node | None:
        made = super().render_operation(job, operation)
        return made and grow(made, "", element("Watermark", "false"))


@FAULTS.add("request-echoed", "RSP-29", says="JobsDetail repeats CallBack.", level=SHOULD)
class RequestEchoed(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        return grow(
            super().render_job(job, operation), "", element("CallBack", job.request.call_back)
        )


@FAULTS.add("total-in-lists", "RSP-29", says="Lists have a node TotalCount.", level=SHOULD)
class TotalInLists(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        total = element("TotalCount", str(len(self.store)))
        return grow(super().list_document(jobs, token), "", total)


@FAULTS.add("state-twice", "RSP-32", says="State is there two times.", level=SHOULD)
class StateTwice(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        return twice(super().render_job(job, operation), "State")


@FAULTS.add("user-data-twice", "RSP-32", says="UserData is there two times.", level=SHOULD)
class UserDataTwice(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        return twice(super().render_job(job, operation), "Operation/UserData")


@FAULTS.add("output-twice", "RSP-32", says="Output is there two times.", level=SHOULD)
class OutputTwice(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        return twice(super().render_job(job, operation), "Operation/Output")
