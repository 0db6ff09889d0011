"""Faults of the task callback (CBK-01 to CBK-09)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import quote, urlencode, urlsplit
from xml.sax.saxutils import escape

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import drop, every_node, grow, put, rewrite
from conformance.emulator.values import CallbackMessage, Notice
from conformance.spec.clauses import Level
from conformance.spec.messages import node_to_json
from conformance.spec.states import State
from conformance.spec.xml import Node, element, write_xml

FAULTS = Faults()

SHOULD = Level.SHOULD
Pairs = tuple[tuple[str, str], ...]


# ---- CBK-01: one POST to the address ----


@FAULTS.add("callback-never", "CBK-01", says="Nothing is ever announced.")
class CallbackNever(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        return ()


@FAULTS.add("callback-never-inline", "CBK-01", says="Jobs with an inline rule are not announced.")
class CallbackNeverInline(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        return super().notices(job, state) if job.request.template_id else ()


@FAULTS.add("callback-needs-format", "CBK-01", says="Without CallBackFormat nothing is announced.")
class CallbackNeedsFormat(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        return super().notices(job, state) if job.request.call_back_format else ()


@FAULTS.add("callback-twice", "CBK-01", says="Each finished job is announced two times.")
class CallbackTwice(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        return super().notices(job, state) * 2


@FAULTS.add("callback-failed-twice", "CBK-01", says="Each failed job is announced two times.")
class CallbackFailedTwice(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        made = super().notices(job, state)
        return made * 2 if state is State.FAILED else made


@FAULTS.add("callback-needs-data", "CBK-01", says="Without UserData nothing is announced.")
class CallbackNeedsData(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        return super().notices(job, state) if job.request.user_data else ()


@FAULTS.add(
    "callback-again-after-200", "CBK-01", says="A callback that was answered 200 is sent again."
)
class CallbackAgainAfter200(Behaviour):
    def retry_delay(self, notice: Notice, attempt: int, status: int | None) -> float | None:
        return 0.1 if attempt < 2 else super().retry_delay(notice, attempt, status)


class _Message(Behaviour):
    """Another message, once it is made."""

    def callback_message(self, notice: Notice) -> CallbackMessage:
        return self._sent(super().callback_message(notice))

    def _sent(self, message: CallbackMessage) -> CallbackMessage:
        raise NotImplementedError


@FAULTS.add("callback-by-get", "CBK-01", says="A callback is a GET, with nothing in it.")
class CallbackByGet(_Message):
    def _sent(self, message: CallbackMessage) -> CallbackMessage:
        return replace(message, method="GET", body=b"")


@FAULTS.add("callback-by-put", "CBK-01", says="A callback is a PUT.")
class CallbackByPut(_Message):
    def _sent(self, message: CallbackMessage) -> CallbackMessage:
        return replace(message, method="PUT")


@FAULTS.add("callback-to-the-root", "CBK-01", says="A callback goes to the address's root.")
class CallbackToTheRoot(_Message):
    def _sent(self, message: CallbackMessage) -> CallbackMessage:
        return replace(message, url=f"http://{urlsplit(message.url).netloc}/")


@FAULTS.add("callback-slash-added", "CBK-01", says="The address gets a slash at its end.")
class CallbackSlashAdded(_Message):
    def _sent(self, message: CallbackMessage) -> CallbackMessage:
        return replace(message, url=f"{message.url}/")


@FAULTS.add("callback-query-lost", "CBK-01", says="The address loses its query.")
class CallbackQueryLost(_Message):
    def _sent(self, message: CallbackMessage) -> CallbackMessage:
        return replace(message, url=message.url.partition("?")[0])


@FAULTS.add("callback-not-for-level-2", "CBK-01", says="Jobs of level 2 are not announced.")
class CallbackNotForLevel2(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        return () if job.level == 2 else super().notices(job, state)


@FAULTS.add("callback-sometimes-lost", "CBK-01", says="Every second job is not announced.")
class CallbackSometimesLost(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        made = super().notices(job, state)
        return () if made and self.every(2, "lost callback") else made


# ---- CBK-02: XML ----


@FAULTS.add("callback-json-by-default", "CBK-02", says="Without CallBackFormat JSON is sent.")
class CallbackJsonByDefault(Behaviour):
    def callback_format(self, job: StoredJob) -> str:
        return job.request.call_back_format or "JSON"


@FAULTS.add("callback-json-for-xml", "CBK-02", says="JSON is sent, whatever CallBackFormat says.")
class CallbackJsonForXml(Behaviour):
    def callback_format(self, job: StoredJob) -> str:
        return "JSON"


@FAULTS.add("callback-root-other", "CBK-02", says="The root of an XML callback is CallBack.")
class CallbackRootOther(Behaviour):
    def callback_document(self, notice: Notice) -> Node:
        return replace(super().callback_document(notice), name="CallBack")


@FAULTS.add("callback-xml-as-form", "CBK-02", says="The XML travels in a field of a form.")
class CallbackXmlAsForm(Behaviour):
    def callback_body(self, notice: Notice, document: Node) -> bytes:
        if notice.format == "JSON":
            return super().callback_body(notice, document)
        return urlencode({"data": write_xml(document)}).encode()

    def callback_headers(self, notice: Notice) -> Pairs:
        if notice.format == "JSON":
            return super().callback_headers(notice)
        return (("Content-Type", "application/x-www-form-urlencoded"),)


@FAULTS.add("callback-xml-as-text", "CBK-02", says="XML is sent as text/plain.")
class CallbackXmlAsText(Behaviour):
    def callback_headers(self, notice: Notice) -> Pairs:
        if notice.format == "JSON":
            return super().callback_headers(notice)
        return (("Content-Type", "text/plain"),)


@FAULTS.add("callback-xml-unescaped", "CBK-02", says="XML is sent with bare less-than signs.")
class CallbackXmlUnescaped(Behaviour):
    def callback_body(self, notice: Notice, document: Node) -> bytes:
        made = super().callback_body(notice, document)
        if notice.format == "JSON":
            return made
        return made.replace(b"&lt;", b"<").replace(b"&amp;", b"&")


@FAULTS.add("callback-xml-cut", "CBK-02", says="XML is sent without the last end tag.")
class CallbackXmlCut(Behaviour):
    def callback_body(self, notice: Notice, document: Node) -> bytes:
        return super().callback_body(notice, document).removesuffix(b"</Response>")


@FAULTS.add(
    "callback-array-for-xml", "CBK-02", says="Where XML is due a JSON array is sent as XML."
)
class CallbackArrayForXml(Behaviour):
    def callback_body(self, notice: Notice, document: Node) -> bytes:
        if notice.format == "JSON":
            return super().callback_body(notice, document)
        return json.dumps(node_to_json(document)["JobsDetail"]).encode()


# ---- CBK-03: JSON ----


@FAULTS.add("callback-xml-for-json", "CBK-03", says="XML is sent, whatever CallBackFormat says.")
class CallbackXmlForJson(Behaviour):
    def callback_format(self, job: StoredJob) -> str:
        return "XML"


class _Json(Behaviour):
    """Another JSON body."""

    def callback_body(self, notice: Notice, document: Node) -> bytes:
        if notice.format != "JSON":
            return super().callback_body(notice, document)
        return self._written(document)

    def _written(self, document: Node) -> bytes:
        raise NotImplementedError


@FAULTS.add("callback-job-is-object", "CBK-03", says="In JSON JobsDetail is an object.")
class CallbackJobIsObject(_Json):
    def _written(self, document: Node) -> bytes:
        made = node_to_json(document)
        return json.dumps({**made, "JobsDetail": made["JobsDetail"][0]}).encode()


@FAULTS.add("callback-json-in-response", "CBK-03", says="JSON has one member, Response.")
class CallbackJsonInResponse(_Json):
    def _written(self, document: Node) -> bytes:
        return json.dumps({"Response": node_to_json(document)}).encode()


@FAULTS.add("callback-json-names", "CBK-03", says="JSON has names like jobsDetail, in camel case.")
class CallbackJsonNames(_Json):
    def _written(self, document: Node) -> bytes:
        lowered = every_node(
            document, lambda node: replace(node, name=node.name[:1].lower() + node.name[1:])
        )
        made = node_to_json(lowered)
        return json.dumps({**made, "jobsDetail": [made["jobsDetail"]]}).encode()


@FAULTS.add("callback-json-list", "CBK-03", says="JSON is a bare array of jobs.")
class CallbackJsonList(_Json):
    def _written(self, document: Node) -> bytes:
        return json.dumps(node_to_json(document)["JobsDetail"]).encode()


@FAULTS.add("callback-json-quotes", "CBK-03", says="JSON is written with single quotes.")
class CallbackJsonQuotes(_Json):
    def _written(self, document: Node) -> bytes:
        return repr(node_to_json(document)).encode()


@FAULTS.add("callback-json-text-inside", "CBK-03", says="In JSON JobsDetail is JSON in a string.")
class CallbackJsonTextInside(_Json):
    def _written(self, document: Node) -> bytes:
        made = node_to_json(document)
        return json.dumps({**made, "JobsDetail": json.dumps(made["JobsDetail"])}).encode()


@FAULTS.add("callback-json-numbers", "CBK-03", says="In JSON Width and Height are numbers.")
class CallbackJsonNumbers(_Json):
    def _written(self, document: Node) -> bytes:
        made = json.dumps(node_to_json(document), ensure_ascii=False).encode()
        return re.sub(rb'("(?:Width|Height)": )"(\d+)"', rb"\1\2", made)


@FAULTS.add("callback-json-level-number", "CBK-03", says="In JSON JobLevel is a number.")
class CallbackJsonLevelNumber(_Json):
    def _written(self, document: Node) -> bytes:
        made = json.dumps(node_to_json(document), ensure_ascii=False).encode()
        return re.sub(rb'("JobLevel": )"(\d+)"', rb"\1\2", made)


@FAULTS.add("callback-json-as-xml", "CBK-03", says="JSON is sent as application/xml.")
class CallbackJsonAsXml(Behaviour):
    def callback_headers(self, notice: Notice) -> Pairs:
        return (("Content-Type", "application/xml"),)


@FAULTS.add("callback-json-as-form", "CBK-03", says="JSON is sent as a form.")
class CallbackJsonAsForm(Behaviour):
    def callback_headers(self, notice: Notice) -> Pairs:
        if notice.format != "JSON":
            return super().callback_headers(notice)
        return (("Content-Type", "application/x-www-form-urlencoded"),)


# ---- CBK-04: EventName ----


@FAULTS.add("event-other", "CBK-04", says="EventName is JobFinish.")
class EventOther(Behaviour):
    def event_name(self, notice: Notice) -> str:
        return "JobFinish"


@FAULTS.add("event-lower-case", "CBK-04", says="EventName is taskfinish.")
class EventLowerCase(Behaviour):
    def event_name(self, notice: Notice) -> str:
        return "taskfinish"


@FAULTS.add("event-missing", "CBK-04", says="EventName is left out.")
class EventMissing(Behaviour):
    def callback_document(self, notice: Notice) -> Node:
        return drop(super().callback_document(notice), "EventName")


@FAULTS.add("event-failed", "CBK-04", says="EventName of a failed job is TaskFailed.")
class EventFailed(Behaviour):
    def event_name(self, notice: Notice) -> str:
        failed = notice.job.state is State.FAILED
        return "TaskFailed" if failed else super().event_name(notice)


# ---- CBK-05: the job as describe gives it ----


class _Document(Behaviour):
    """Another document, in either format."""

    def callback_document(self, notice: Notice) -> Node:
        return self._told(super().callback_document(notice))

    def _told(self, document: Node) -> Node:
        raise NotImplementedError


@FAULTS.add("callback-stale-state", "CBK-05", says="A callback says Running.")
class CallbackStaleState(_Document):
    def _told(self, document: Node) -> Node:
        return put(document, "JobsDetail/State", State.RUNNING)


@FAULTS.add("callback-without-end", "CBK-05", says="A callback has a dash as EndTime.")
class CallbackWithoutEnd(_Document):
    def _told(self, document: Node) -> Node:
        return put(document, "JobsDetail/EndTime", "-")


@FAULTS.add("callback-other-data", "CBK-05", says="In a callback UserData is percent-encoded.")
class CallbackOtherData(_Document):
    def _told(self, document: Node) -> Node:
        return rewrite(document, "JobsDetail/Operation/UserData", quote)


@FAULTS.add("callback-data-collapsed", "CBK-05", says="A callback's UserData has single spaces.")
class CallbackDataCollapsed(_Document):
    def _told(self, document: Node) -> Node:
        data = "JobsDetail/Operation/UserData"
        return rewrite(document, data, lambda text: re.sub(" +", " ", text))


@FAULTS.add("callback-data-trimmed", "CBK-05", says="A callback's UserData has no outer spaces.")
class CallbackDataTrimmed(_Document):
    def _told(self, document: Node) -> Node:
        return rewrite(document, "JobsDetail/Operation/UserData", str.strip)


@FAULTS.add("callback-json-escaped", "CBK-05", says="In JSON Input.Object is escaped as in XML.")
class CallbackJsonEscaped(_Json):
    def _written(self, document: Node) -> bytes:
        made = rewrite(document, "JobsDetail/Input/Object", escape)
        return json.dumps(node_to_json(made), ensure_ascii=False).encode()


@FAULTS.add("callback-shows-job-twice", "CBK-05", says="A callback has the same JobsDetail twice.")
class CallbackShowsJobTwice(_Document):
    def _told(self, document: Node) -> Node:
        return grow(document, "", *document.all("JobsDetail"))


@FAULTS.add("callback-without-data", "CBK-05", says="A callback leaves UserData out.")
class CallbackWithoutData(_Document):
    def _told(self, document: Node) -> Node:
        return drop(document, "JobsDetail/Operation/UserData")


@FAULTS.add("callback-without-result", "CBK-05", says="A callback leaves PicProcessResult out.")
class CallbackWithoutResult(_Document):
    def _told(self, document: Node) -> Node:
        return drop(document, "JobsDetail/Operation/PicProcessResult")


@FAULTS.add("callback-other-size", "CBK-05", says="A callback's result has the original's Size.")
class CallbackOtherSize(_Document):
    def _told(self, document: Node) -> Node:
        size = "JobsDetail/Operation/PicProcessResult/ProcessResult/Size"
        return rewrite(document, size, lambda text: str(int(text) * 2))


@FAULTS.add("callback-other-output", "CBK-05", says="A callback's Output.Bucket is the input's.")
class CallbackOtherOutput(_Document):
    def _told(self, document: Node) -> Node:
        bucket = self.settings.bucket
        return put(document, "JobsDetail/Operation/Output/Bucket", bucket)


@FAULTS.add("callback-without-input", "CBK-05", says="A callback leaves Input out.")
class CallbackWithoutInput(_Document):
    def _told(self, document: Node) -> Node:
        return drop(document, "JobsDetail/Input")


@FAULTS.add("callback-other-id", "CBK-05", says="A callback's JobId is without its first letter.")
class CallbackOtherId(_Document):
    def _told(self, document: Node) -> Node:
        return rewrite(document, "JobsDetail/JobId", lambda text: text[1:])


@FAULTS.add("callback-level-0", "CBK-05", says="A callback's JobLevel is always 0.")
class CallbackLevel0(_Document):
    def _told(self, document: Node) -> Node:
        return put(document, "JobsDetail/Operation/JobLevel", "0")


@FAULTS.add(
    "callback-level-unlike-mute-describe",
    "CBK-05",
    says="A callback's JobLevel is always 0, and describe shows none.",
)
class CallbackLevelUnlikeMuteDescribe(_Document):
    def job_level_of(self, job: StoredJob) -> str | None:
        return None

    def _told(self, document: Node) -> Node:
        return grow(document, "JobsDetail/Operation", element("JobLevel", "0"))


# ---- CBK-06: no ----


class _LastAddress(Behaviour):
    """Takes ``no`` for "as before": the address that some earlier job named."""

    def callback_url(self, job: StoredJob) -> str | None:
        usual = super().callback_url(job)
        if job.request.call_back != "no" or not self._heeds(job):
            return usual
        given = (each.request.call_back for each in reversed(self.store.jobs()))
        return next((url for url in given if url and url != "no"), None)

    def _heeds(self, job: StoredJob) -> bool:
        raise NotImplementedError


@FAULTS.add("callback-despite-no", "CBK-06", says="no is announced to the address last used.")
class CallbackDespiteNo(_LastAddress):
    def _heeds(self, job: StoredJob) -> bool:
        return True


@FAULTS.add(
    "callback-despite-no-json",
    "CBK-06",
    says="no with CallBackFormat JSON is announced to the address last used.",
)
class CallbackDespiteNoJson(_LastAddress):
    def _heeds(self, job: StoredJob) -> bool:
        return job.request.call_back_format == "JSON"


# ---- CBK-07: not before the end ----


class _Early(Behaviour):
    """Announces a job in other states too."""

    _states: tuple[State, ...] = ()

    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        url = self.callback_url(job)
        if state in self._states and url is not None:
            return (Notice(job, url, self.callback_format(job)),)
        return super().notices(job, state)


@FAULTS.add(
    "callback-on-submitted", "CBK-07", "CBK-01", says="A job is announced when created, and again."
)
class CallbackOnSubmitted(_Early):
    _states = (State.SUBMITTED,)


@FAULTS.add(
    "callback-on-running", "CBK-07", "CBK-01", says="A job is announced when it starts, and again."
)
class CallbackOnRunning(_Early):
    _states = (State.RUNNING,)


@FAULTS.add("callback-on-pause", "CBK-07", says="A job that waits in Pause is announced.")
class CallbackOnPause(_Early):
    _states = (State.PAUSE,)


@FAULTS.add(
    "callback-only-at-start",
    "CBK-07",
    "CBK-05",
    says="A job is announced when it starts, and not when it has ended.",
)
class CallbackOnlyAtStart(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        url = self.callback_url(job)
        if state is not State.RUNNING or url is None:
            return ()
        return (Notice(job, url, self.callback_format(job)),)


# ---- CBK-08: failed jobs ----


@FAULTS.add("callback-not-failed", "CBK-08", says="Failed jobs are not announced.", level=SHOULD)
class CallbackNotFailed(Behaviour):
    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        return () if state is State.FAILED else super().notices(job, state)


@FAULTS.add(
    "callback-failed-mute",
    "CBK-08",
    "CBK-05",
    says="A failed job is announced without Code and Message.",
)
class CallbackFailedMute(_Document):
    def _told(self, document: Node) -> Node:
        if document.value("JobsDetail/State") != State.FAILED:
            return document
        return drop(document, "JobsDetail/Code", "JobsDetail/Message")


@FAULTS.add(
    "callback-failed-success",
    "CBK-08",
    "CBK-05",
    says="A failed job is announced with Code Success and an empty Message.",
)
class CallbackFailedSuccess(_Document):
    def _told(self, document: Node) -> Node:
        made = put(document, "JobsDetail/Code", "Success")
        return put(made, "JobsDetail/Message", "")


# ---- CBK-09: trying again ----


@FAULTS.add("callback-no-retry", "CBK-09", says="A callback is never tried again.", level=SHOULD)
class CallbackNoRetry(Behaviour):
    def retry_delay(self, notice: Notice, attempt: int, status: int | None) -> float | None:
        return None


@FAULTS.add("callback-no-retry-json", "CBK-09", says="JSON is never sent again.", level=SHOULD)
class CallbackNoRetryJson(Behaviour):
    def retry_delay(self, notice: Notice, attempt: int, status: int | None) -> float | None:
        usual = super().retry_delay(notice, attempt, status)
        return None if notice.format == "JSON" else usual


@FAULTS.add(
    "callback-no-retry-failed",
    "CBK-09",
    says="The callback of a failed job is never tried again.",
    level=SHOULD,
)
class CallbackNoRetryFailed(Behaviour):
    def retry_delay(self, notice: Notice, attempt: int, status: int | None) -> float | None:
        usual = super().retry_delay(notice, attempt, status)
        return None if notice.job.state is State.FAILED else usual


@FAULTS.add(
    "callback-retry-unless-answered",
    "CBK-09",
    says="A callback is tried again when nothing answered, not after a 503.",
    level=SHOULD,
)
class CallbackRetryUnlessAnswered(Behaviour):
    def retry_delay(self, notice: Notice, attempt: int, status: int | None) -> float | None:
        return None if status is not None else super().retry_delay(notice, attempt, status)


@FAULTS.add(
    "callback-retry-tomorrow",
    "CBK-09",
    says="A callback is tried again after a day.",
    level=SHOULD,
)
class CallbackRetryTomorrow(Behaviour):
    def retry_delay(self, notice: Notice, attempt: int, status: int | None) -> float | None:
        usual = super().retry_delay(notice, attempt, status)
        return None if usual is None else 86_400.0
