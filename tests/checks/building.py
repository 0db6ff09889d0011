"""Exchanges made by hand: what a conforming server would answer, ready to be spoilt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance.checks.base import Mark, Outcome
from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.scenarios.base import Call
from conformance.scenarios.calls import accept, create, describe, job_request
from conformance.spec.messages import ErrorBody, Job, JobList, JobRequest
from conformance.spec.target import Target
from conformance.spec.times import format_http_date, format_job_time
from conformance.spec.wire import (
    Direction,
    Exchange,
    Framing,
    Headers,
    Request,
    Response,
)
from conformance.spec.xml import Node, element, write_xml

TARGET = Target(
    "examplebucket-1250000000",
    "ap-chongqing",
    "p2911917386e148639319e13c285cc774",
    paused_queue_id="p00000000000000000000000000000001",
    template_id="t10461fe2bd5a649db9022452ec71e0381",
    callback_base="http://127.0.0.1:9000",
)
NOW = 1_700_000_000.0


def request_job(marker: str = "one", **changes: object) -> JobRequest:
    return replace(job_request(TARGET, marker, template=True, level="1"), **changes)


def shown(
    asked: JobRequest, job_id: str = "j1", state: str = "Submitted", **changes: object
) -> Job:
    """The job as a conforming server shows it in ``state``."""
    started = state in ("Running", "Success", "Failed")
    ended = state in ("Success", "Failed")
    job = Job(
        code={"Failed": "ResourceNotFound"}.get(state, "Success"),
        message={"Failed": "no such object"}.get(state, ""),
        job_id=job_id,
        state=state,
        creation_time=format_job_time(NOW),
        start_time=format_job_time(NOW + 1) if started else "-",
        end_time=format_job_time(NOW + 2) if ended else "-",
        queue_id=asked.queue_id,
        tag="PicProcess",
        input_bucket=TARGET.bucket,
        input_object=asked.input_object,
        input_region=TARGET.region,
        template_id=asked.template_id,
        template_name="test" if asked.template_id else None,
        pic_process=None if asked.template_id else asked.pic_process,
        output=asked.output,
        user_data=asked.user_data,
        job_level=asked.job_level or "0",
        result=result() if state == "Success" else None,
    )
    return replace(job, **changes)


def result() -> Node:
    return element(
        "PicProcessResult",
        element(
            "OriginalInfo",
            element("Key", "input/deer.jpg"),
            element("Location", "somewhere"),
            element(
                "ImageInfo",
                *(
                    element(name, value)
                    for name, value in (
                        ("Format", "JPEG"),
                        ("Width", "640"),
                        ("Height", "480"),
                        ("Quality", "90"),
                        ("Ave", "0xa18454"),
                        ("Orientation", "1"),
                    )
                ),
            ),
        ),
        element(
            "ProcessResults",
            element(
                "Object",
                element("Key", "output/out.jpg"),
                element("Format", "JPEG"),
                element("Width", "480"),
                element("Height", "640"),
                element("Size", "1234"),
                element("Quality", "90"),
            ),
        ),
    )


_COUNT = iter(range(1, 1_000_000))


def response(status: int, body: bytes, **headers: str | None) -> Response:
    """A response with every documented header; ``headers`` change them (None: left out)."""
    number = next(_COUNT)
    pairs: dict[str, str | None] = {
        "Content-Type": "application/xml" if body else None,
        "Content-Length": str(len(body)),
        "Connection": "keep-alive",
        "Date": format_http_date(NOW),
        "Server": "tencent-ci",
        "x-ci-request-id": f"request-{number}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    held = Headers.of((name, value) for name, value in pairs.items() if value is not None)
    return Response(status, held, body, framing=Framing(received=len(body)))


def error(status: int, named: str, **changes: object) -> Response:
    number = next(_COUNT)
    said = ErrorBody(named, "what is wrong", f"error-{number}", f"trace-{number}")
    body = write_xml(replace(said, **changes).to_node())
    return response(
        status, body, **{"x-ci-request-id": f"error-{number}", "x-ci-trace-id": f"trace-{number}"}
    )


def jobs(*each: Job, **changes: object) -> Response:
    return response(200, write_xml(replace(JobList(each), **changes).to_node()))


def exchange(
    call: Call,
    answer: Response | None,
    *,
    at: float = 0.0,
    scenario: str = "test",
    **changes: object,
) -> Exchange:
    made = Exchange(
        call.request,
        answer,
        n=next(_COUNT),
        scenario=scenario,
        step=call.step,
        started=NOW + at,
        elapsed=0.01,
        expect=call.expect,
    )
    return replace(made, **changes)


def created(asked: JobRequest, job: Job | Node, **changes: object) -> Exchange:
    node = job.to_node() if isinstance(job, Job) else job
    answer = response(200, write_xml(element("Response", node)))
    return exchange(create(TARGET, asked, expect=accept("REQ-30")), answer, **changes)


def looked(job: Job, *, at: float, **changes: object) -> Exchange:
    return exchange(describe(TARGET, job.job_id or "", step="poll"), jobs(job), at=at, **changes)


def looked_at(node: Node, *, at: float, **changes: object) -> Exchange:
    """A look at a job that may be spoilt in any way."""
    answer = response(200, write_xml(element("Response", node)))
    job_id = node.value("JobId") or ""
    return exchange(describe(TARGET, job_id, step="poll"), answer, at=at, **changes)


def callback(body: bytes, media: str, *, at: float, scenario: str = "callback/xml-0") -> Exchange:
    request = Request("POST", "/callback/token", Headers.of((("Content-Type", media),)), body)
    return Exchange(
        request,
        Response(200),
        n=next(_COUNT),
        scenario=scenario,
        started=NOW + at,
        direction=Direction.CALLBACK,
    )


def outcomes(*exchanges: Exchange) -> list[Outcome]:
    return list(judge(Facts(TARGET, exchanges)))


def broken(found: Iterable[Outcome]) -> set[str]:
    return {each.clause for each in found if each.mark is Mark.BROKEN}


def held(found: Iterable[Outcome]) -> set[str]:
    return {each.clause for each in found if each.mark is Mark.OK}
