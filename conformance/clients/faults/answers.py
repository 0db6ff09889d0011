"""Faults of LIB-01 to 06 and 10 to 12: what is made of answers."""

from __future__ import annotations

import os
import re
import time
import urllib.request
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import unquote

from conformance.clients.adapters.plain.adapter import Client, ClientError, ServiceError
from conformance.clients.faults.catalogue import fault

Job = dict[str, Any]
_OTHERS = ("LIB-06", "LIB-04")


class _View(Client):
    """Changes the caller's view of each job."""

    def change(self, job: Job) -> None:
        raise NotImplementedError

    def read_jobs(self, body: bytes) -> list[Job]:
        jobs = super().read_jobs(body)
        for job in jobs:
            self.change(job)
        return jobs


@fault("view-queue-dropped", "LIB-01", says="The caller never sees QueueId.", also=_OTHERS)
class _NoQueue(_View):
    def change(self, job: Job) -> None:
        job.pop("QueueId", None)


@fault("view-input-dropped", "LIB-01", says="The caller never sees Input.", also=_OTHERS)
class _NoInput(_View):
    def change(self, job: Job) -> None:
        job.pop("Input", None)


@fault("view-times-swapped", "LIB-01", says="StartTime and EndTime are swapped.", also=_OTHERS)
class _Swapped(_View):
    def change(self, job: Job) -> None:
        job["StartTime"], job["EndTime"] = job.get("EndTime"), job.get("StartTime")


@fault("view-times-rewritten", "LIB-01", says="Times lose their offset.", also=_OTHERS)
class _Rewritten(_View):
    def change(self, job: Job) -> None:
        for name in ("CreationTime", "StartTime", "EndTime"):
            job[name] = str(job.get(name, "")).replace("+0800", "")


@fault("view-no-time-as-epoch", "LIB-01", says="A time of '-' becomes 1970.", also=_OTHERS)
class _Epoch(_View):
    def change(self, job: Job) -> None:
        for name in ("StartTime", "EndTime"):
            if job.get(name) == "-":
                job[name] = "1970-01-01T00:00:00+0000"


class _Data(_View):
    """Changes UserData in the caller's view."""

    def data(self, text: str) -> Any:
        raise NotImplementedError

    def change(self, job: Job) -> None:
        operation = job.get("Operation")
        if isinstance(operation, dict) and isinstance(operation.get("UserData"), str):
            operation["UserData"] = self.data(operation["UserData"])


@fault("view-data-trimmed", "LIB-01", says="UserData reaches the caller trimmed.", also=_OTHERS)
class _Trimmed(_Data):
    def data(self, text: str) -> str:
        return text.strip()


@fault("view-data-unescaped", "LIB-01", says="UserData is unescaped once too often.", also=_OTHERS)
class _Unescaped(_Data):
    def data(self, text: str) -> str:
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@fault("view-data-as-number", "LIB-01", says="UserData that is a number becomes one.", also=_OTHERS)
class _AsNumber(_Data):
    def data(self, text: str) -> Any:
        return int(text) if text.isdigit() else text


@fault("view-object-decoded", "LIB-01", says="Object keys are percent-decoded.", also=_OTHERS)
class _Decoded(_Data):
    def data(self, text: str) -> str:
        return unquote(text)


@fault(
    "view-region-of-the-call",
    "LIB-01",
    says="Output.Region is the region of the call.",
    also=_OTHERS,
)
class _SameRegion(_View):
    def change(self, job: Job) -> None:
        job["Operation"]["Output"]["Region"] = self.host.split(".")[2]


@fault(
    "reads-with-patterns",
    "LIB-01",
    says="Answers are read by patterns, not as XML.",
    also=(*_OTHERS, "LIB-10", "LIB-11", "LIB-12", "LIB-02", "LIB-03"),
)
class _Patterns(Client):
    def read_jobs(self, body: bytes) -> list[Job]:
        text = body.decode("utf-8", "replace")
        job = {
            name: (re.findall(f"<{name}>(.*?)</{name}>", text) or [None])[0]
            for name in ("JobId", "State", "Tag", "QueueId", "CreationTime", "StartTime", "EndTime")
        }
        return [job]


@fault(
    "mishandles-no-time",
    "LIB-02",
    says="A time of '-' is an error.",
    also=("LIB-01", "LIB-03", "LIB-04", "LIB-06", "LIB-11"),
)
class _TimeError(_View):
    def change(self, job: Job) -> None:
        if job.get("StartTime") == "-":
            raise ClientError("time data '-' does not match format '%Y-%m-%dT%H:%M:%S%z'")


@fault(
    "mishandles-no-end-time",
    "LIB-02",
    says="An EndTime of '-' is an error.",
    also=("LIB-01", "LIB-03", "LIB-04", "LIB-06", "LIB-11"),
)
class _EndTimeError(_View):
    def change(self, job: Job) -> None:
        if job.get("EndTime") == "-":
            raise ClientError("invalid EndTime")


@fault("needs-code", "LIB-03", says="An absent Code is an error.")
class _NeedsCode(_View):
    def change(self, job: Job) -> None:
        job["Code"]


@fault(
    "needs-template-name", "LIB-03", says="An absent TemplateName is an error.", also=("LIB-01",)
)
class _NeedsName(_View):
    def change(self, job: Job) -> None:
        job["Operation"]["TemplateName"]


@fault("needs-result-of-success", "LIB-03", says="A Success without PicProcessResult is an error.")
class _NeedsResult(_View):
    def change(self, job: Job) -> None:
        if job.get("State") == "Success":
            job["Operation"]["PicProcessResult"]


_KNOWN = frozenset(
    (
        *("Code", "Message", "JobId", "State", "CreationTime", "StartTime", "EndTime"),
        *("QueueId", "Tag", "Input", "Operation"),
    )
)


@fault("rejects-unknown-node", "LIB-04", says="An unknown node in JobsDetail is an error.")
class _Strict(_View):
    def change(self, job: Job) -> None:
        for name in job:
            if name not in _KNOWN:
                raise ClientError(f"unexpected field {name}")


@fault(
    "confused-by-unknown-node",
    "LIB-04",
    says="JobId is taken from wherever it stands first.",
    also=("LIB-01",),
)
class _Anywhere(Client):
    def read_jobs(self, body: bytes) -> list[Job]:
        jobs = super().read_jobs(body)
        nodes = self.read_response(body).findall("JobsDetail")
        for job, node in zip(jobs, nodes, strict=True):
            job["JobId"] = next(node.iter("JobId")).text
        return jobs


# ---- errors ----


class _Error(Client):
    """Changes what the caller learns of an error response."""

    def changed(self, error: ServiceError) -> Exception:
        raise NotImplementedError

    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        try:
            return super().exchange(method, path, query, body)
        except ServiceError as error:
            raise self.changed(error) from None


@fault("error-without-request-id", "LIB-05", says="The request id of an error is lost.")
class _NoRequestId(_Error):
    def changed(self, error: ServiceError) -> Exception:
        return ServiceError(error.status, error.code, error.message, None)


@fault("error-with-trace-id", "LIB-05", says="The request id of an error is its trace id.")
class _TraceId(Client):
    def read_error(self, status: int, request_id: str | None, body: bytes) -> ServiceError:
        error = super().read_error(status, request_id, body)
        if error.code:
            error.request_id = self.parse(body).findtext("TraceId")
        return error


@fault("error-without-code", "LIB-05", says="The code of an error is its status.")
class _NoCode(_Error):
    def changed(self, error: ServiceError) -> Exception:
        return ServiceError(error.status, str(error.status), error.message, error.request_id)


@fault("error-without-message", "LIB-05", says="The message of an error is the reason phrase.")
class _NoMessage(_Error):
    def changed(self, error: ServiceError) -> Exception:
        return ServiceError(error.status, error.code, "Bad Request", error.request_id)


@fault("error-always-400", "LIB-05", says="Every error of the client's side is a 400.")
class _Always400(_Error):
    def changed(self, error: ServiceError) -> Exception:
        status = 400 if error.status < 500 else error.status
        return ServiceError(status, error.code, error.message, error.request_id)


@fault("error-of-the-client", "LIB-05", says="An error response is reported as the client's own.")
class _OwnError(_Error):
    def changed(self, error: ServiceError) -> Exception:
        return ClientError(f"HTTP {error.status}: {error.code}")


@fault("error-swallowed", "LIB-05", says="A 4xx is an empty success.")
class _Swallowed(Client):
    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        try:
            return super().exchange(method, path, query, body)
        except ServiceError as error:
            if error.status >= 500:
                raise
            return b"<Response/>"


@fault("error-of-a-proxy", "LIB-05", says="An error without XML is a failure to parse.")
class _ProxyError(Client):
    def read_error(self, status: int, request_id: str | None, body: bytes) -> ServiceError:
        self.parse(body)
        return super().read_error(status, request_id, body)


@fault("error-of-a-cancel-ignored", "LIB-05", says="A cancel never fails.", also=("LIB-12",))
class _CancelIgnored(Client):
    def cancel(self, job_id: str) -> Job:
        try:
            return super().cancel(job_id)
        except ServiceError:
            return {}


# ---- states ----


@fault("state-paused", "LIB-06", says="The State Pause is shown as Paused.", also=("LIB-01",))
class _Paused(_View):
    def change(self, job: Job) -> None:
        if job.get("State") == "Pause":
            job["State"] = "Paused"


@fault(
    "state-cancel-unknown",
    "LIB-06",
    says="The State Cancel is an error.",
    also=("LIB-01", "LIB-11"),
)
class _NoCancel(_View):
    def change(self, job: Job) -> None:
        if job.get("State") == "Cancel":
            raise ClientError("no such state: Cancel")


@fault("state-as-number", "LIB-06", says="A State is shown as a number.", also=("LIB-01", "LIB-04"))
class _Number(_View):
    def change(self, job: Job) -> None:
        job["State"] = len(str(job.get("State")))


# ---- hostile answers ----


@fault("cut-body-accepted", "LIB-10", says="What has come of a cut answer is taken for the whole.")
class _CutAccepted(Client):
    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        try:
            return super().exchange(method, path, query, body)
        except ClientError:
            return b"<Response/>"


@fault("unclosed-repaired", "LIB-10", says="XML that ends in its middle is repaired.")
class _Repaired(Client):
    def parse(self, body: bytes) -> ET.Element:
        try:
            return super().parse(body)
        except ClientError:
            if not body.startswith(b"<Response>"):
                raise
            return ET.Element("Response")


@fault(
    "crashes-on-text",
    "LIB-10",
    says="An answer that is not XML ends the process.",
    also=("LIB-05", "LIB-12"),
)
class _Crashes(Client):
    def parse(self, body: bytes) -> ET.Element:
        if not body.startswith(b"<"):
            os._exit(3)
        return super().parse(body)


@fault("hangs-on-cut-body", "LIB-10", says="An answer that is cut short is waited for for ever.")
class _Hangs(Client):
    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        try:
            return super().exchange(method, path, query, body)
        except ClientError as error:
            if "IncompleteRead" in str(error) and method == "POST":
                time.sleep(3600)
            raise


@fault("expands-entities", "LIB-10", says="Entities are expanded without a bound.")
class _Expands(Client):
    def parse(self, body: bytes) -> ET.Element:
        if b"<!DOCTYPE Response" not in body:
            return super().parse(body)
        text = body.decode()
        values = dict(re.findall(r'<!ENTITY (\w+) "([^"]*)">', text))
        for name, value in list(values.items()):
            values[name] = re.sub(r"&(\w+);", lambda at: values.get(at[1], ""), value)
        text = re.sub(r"&(\w+);", lambda at: values.get(at[1], at[0]), text)
        return super().parse(text[text.index("]>") + 2 :].encode())


@fault("fetches-entities", "LIB-10", says="What an external entity names is fetched.")
class _Fetches(Client):
    def parse(self, body: bytes) -> ET.Element:
        match = re.search(rb'<!ENTITY \w+ SYSTEM "(http[^"]+)">', body)
        if match:
            try:
                urllib.request.urlopen(match[1].decode(), timeout=2).close()  # noqa: S310 - the fault
            except OSError:
                raise ClientError("the entity could not be had") from None
        return super().parse(body)


@fault("html-accepted", "LIB-10", says="A page of HTML is an empty success.")
class _Html(Client):
    def parse(self, body: bytes) -> ET.Element:
        return ET.Element("Response") if b"<html" in body else super().parse(body)


# ---- mistaken answers ----


@fault("error-in-200-accepted", "LIB-12", says="A 200 with an Error body is an empty success.")
class _ErrorIn200(Client):
    def read_response(self, body: bytes) -> ET.Element:
        root = self.parse(body)
        return root if root.tag == "Response" else ET.Element("Response")


@fault("empty-200-accepted", "LIB-12", says="A 200 without a body is an empty success.")
class _Empty(Client):
    def read_response(self, body: bytes) -> ET.Element:
        return super().read_response(body) if body.strip() else ET.Element("Response")


@fault("any-root-accepted", "LIB-12", says="Jobs are read from any document but an Error.")
class _AnyRoot(Client):
    def read_response(self, body: bytes) -> ET.Element:
        root = self.parse(body)
        return super().read_response(body) if root.tag == "Error" else root


@fault("cancel-wants-a-document", "LIB-12", says="The empty answer to a cancel is an error.")
class _WantsDocument(Client):
    def cancel(self, job_id: str) -> Job:
        answer = self.exchange("PUT", f"/jobs/{job_id}", {"cancel": ""}, b"")
        self.read_response(answer)
        return {}


@fault("cancel-reads-nothing", "LIB-12", says="The body that answers a cancel is never looked at.")
class _CancelReads(Client):
    def cancel(self, job_id: str) -> Job:
        self.exchange("PUT", f"/jobs/{job_id}", {"cancel": ""}, b"")
        return {}


# ---- several jobs ----


class _Some(Client):
    """Shows the caller only some of the jobs."""

    def some(self, jobs: list[Job]) -> list[Job]:
        raise NotImplementedError

    def read_jobs(self, body: bytes) -> list[Job]:
        return self.some(super().read_jobs(body))


@fault("first-job-only", "LIB-11", says="Only the first job reaches the caller.")
class _First(_Some):
    def some(self, jobs: list[Job]) -> list[Job]:
        return jobs[:1]


@fault("last-job-only", "LIB-11", says="Each job replaces the one before it.")
class _Last(_Some):
    def some(self, jobs: list[Job]) -> list[Job]:
        return jobs[-1:]


@fault("ten-jobs-at-most", "LIB-11", says="No more than ten jobs reach the caller.")
class _Ten(_Some):
    def some(self, jobs: list[Job]) -> list[Job]:
        return jobs[:10]


@fault(
    "one-job-unread",
    "LIB-11",
    says="With one job there is no list, and none is read.",
    also=("LIB-01", "LIB-06"),
)
class _OneUnread(_Some):
    def some(self, jobs: list[Job]) -> list[Job]:
        return jobs[1:] if len(jobs) > 1 else jobs
