"""The five operations as calls: what is asked, of which path, with which body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.generate.signing import GOOD, Signing
from conformance.scenarios.base import OPEN, Call
from conformance.spec.messages import JobRequest, Output, PicProcess
from conformance.spec.names import JOBS, PIC_JOBS, TAG
from conformance.spec.signature import url_encode
from conformance.spec.target import Target
from conformance.spec.wire import Expect, Headers, Request, Wanted
from conformance.spec.xml import write_xml

XML_TYPE = ("Content-Type", "application/xml")


def accept(*clauses: str, note: str = "") -> Expect:
    return Expect(Wanted.ACCEPT, clauses, note=note)


#: Of this length on, ids are all of one length.
_LONG_ID = 12


def refuse(
    *clauses: str, codes: Sequence[str] = (), statuses: Sequence[int] = (), note: str = ""
) -> Expect:
    return Expect(Wanted.REFUSE, clauses, tuple(codes), tuple(statuses), note)


def either(*clauses: str, note: str = "") -> Expect:
    return Expect(Wanted.EITHER, clauses, note=note)


def nearly(identifier: str) -> dict[str, str]:
    """Ids that are not quite this one, each under a name; none of a short one.

    Somebody's own emulator may number what it has: then the next id may be another one's, and one
    with a digit more or less as well, unless they are all of one length.
    """
    if len(identifier) < _LONG_ID:
        return {}
    middle = len(identifier) // 2
    digit = "0" if identifier[middle] != "0" else "1"
    return {
        "alike": identifier[:middle] + digit + identifier[middle + 1 :],
        "longer": f"{identifier}0",
        "shorter": identifier[:-1],
    }


def job_request(
    target: Target,
    marker: str,
    *,
    template: bool = False,
    level: str | None = None,
    call_back: str | None = None,
    call_back_format: str | None = None,
    queue_id: str | None = None,
    input_object: str | None = None,
) -> JobRequest:
    """A sound job of either form; ``marker`` makes its output key and user data its own.

    The inline form is used when ``template`` is false or the target has no template to use.
    """
    use_template = template and target.template_id is not None
    return JobRequest(
        tag=TAG,
        input_object=input_object or target.input_object,
        template_id=target.template_id if use_template else None,
        pic_process=None if use_template else PicProcess("true", "imageMogr2/rotate/90"),
        output=Output(target.region, target.bucket, f"output/picjobs-{marker}.jpg"),
        user_data=f"picjobs {marker}",
        job_level=level,
        queue_id=queue_id or target.queue_id,
        call_back=call_back,
        call_back_format=call_back_format,
    )


def create(
    target: Target,
    body: JobRequest | bytes,
    *,
    step: str = "create",
    expect: Expect = OPEN,
    signing: Signing = GOOD,
    headers: Iterable[tuple[str, str]] = (),
    path: str = PIC_JOBS,
    method: str = "POST",
) -> Call:
    """``POST /pic_jobs``; ``headers`` replace or add to Host and Content-Type."""
    held = Headers((("Host", target.host), XML_TYPE))
    for name, value in headers:
        held = held.set(name, value)
    data = write_xml(body.to_node()) if isinstance(body, JobRequest) else body
    return Call(step, Request(method, path, held, data), expect, signing)


def describe(
    target: Target,
    *job_ids: str,
    step: str = "describe",
    expect: Expect = OPEN,
    signing: Signing = GOOD,
) -> Call:
    """``GET /pic_jobs/<JobId>[,<JobId>…]``."""
    path = f"{PIC_JOBS}/{','.join(url_encode(each) for each in job_ids)}"
    return Call(step, Request("GET", path, _host(target)), expect, signing)


def list_jobs(
    target: Target,
    params: Iterable[tuple[str, str]] = (),
    *,
    queue_id: str | None = "",
    tag: str | None = TAG,
    step: str = "list",
    expect: Expect = OPEN,
    signing: Signing = GOOD,
) -> Call:
    """``GET /pic_jobs?queueId=…&tag=…``; None leaves a required parameter out."""
    pairs: list[tuple[str, str]] = []
    if queue_id is not None:
        pairs.append(("queueId", queue_id or target.queue_id))
    if tag is not None:
        pairs.append(("tag", tag))
    pairs.extend(params)
    query = "&".join(f"{url_encode(name)}={url_encode(value)}" for name, value in pairs)
    goal = f"{PIC_JOBS}?{query}" if query else PIC_JOBS
    return Call(step, Request("GET", goal, _host(target)), expect, signing)


def cancel(
    target: Target,
    job_id: str,
    *,
    step: str = "cancel",
    expect: Expect = OPEN,
    signing: Signing = GOOD,
    valueless: str = "?cancel",
) -> Call:
    """``PUT /jobs/<JobId>?cancel`` (``?cancel=`` is the same, E17)."""
    headers = _host(target).set("Content-Length", "0")
    goal = f"{JOBS}/{url_encode(job_id)}{valueless}"
    return Call(step, Request("PUT", goal, headers), expect, signing)


def _host(target: Target) -> Headers:
    return Headers((("Host", target.host),))
