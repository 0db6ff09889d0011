"""Requests, calls and cases of clients, right in every way until a test changes them."""

import base64
import hashlib
from dataclasses import replace
from typing import Any

from conformance.checks.base import Level, Mark, Outcome
from conformance.checks.client_case import Call, ClientCase, Keys, Reply, Said, Sent, Want
from conformance.clients import answers, calls, documents
from conformance.spec.messages import json_to_node
from conformance.spec.reading import Operation
from conformance.spec.signature import authorization_text, compute, sign_key, signed_headers
from conformance.spec.times import format_http_date
from conformance.spec.wire import Exchange, Headers, Request
from conformance.spec.xml import Node, write_xml

NOW = 1_700_000_000.0
KEYS = Keys("AKIDexample", "secretexample")
TEMPORARY = Keys("AKIDtemporary", "othersecret", "token-of-the-session")


def body_of(job: dict[str, Any] | None = None) -> bytes:
    return write_xml(json_to_node("Request", calls.sample_job() if job is None else job))


def request_of(call: Call, body: bytes | None = None) -> Request:
    """The documented request for a call, without its signature."""
    headers = Headers((("Host", call.host), ("Date", format_http_date(NOW))))
    if call.operation is Operation.CREATE:
        assert call.job is not None
        body = body_of(dict(call.job)) if body is None else body
        headers = headers.set("Content-Type", "application/xml")
        headers = headers.set("Content-Length", str(len(body)))
        md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
        headers = headers.set("Content-MD5", md5)
    if call.keys.token:
        headers = headers.set("x-ci-security-token", call.keys.token)
    targets = {
        Operation.CREATE: ("POST", "/pic_jobs"),
        Operation.DESCRIBE: ("GET", f"/pic_jobs/{','.join(call.job_ids)}"),
        Operation.LIST: ("GET", f"/pic_jobs?{'&'.join(f'{k}={v}' for k, v in call.query)}"),
        Operation.CANCEL: ("PUT", f"/jobs/{''.join(call.job_ids)}?cancel"),
    }
    method, target = targets[call.operation]
    return Request(method, target, headers, body or b"")


def signed(
    request: Request, keys: Keys = KEYS, *, window: tuple[int, int] = (-60, 3600)
) -> Request:
    """The request with a right Authorization header over Host and every parameter."""
    key_time = f"{int(NOW) + window[0]};{int(NOW) + window[1]}"
    computation = compute(
        key=sign_key(keys.secret_key, key_time),
        key_time=key_time,
        method=request.method,
        path=request.path,
        params=request.params,
        headers=signed_headers(request.headers, ["host"]),
    )
    value = authorization_text(keys.secret_id, key_time, computation)
    return request.with_headers(request.headers.set("Authorization", value))


def sent(
    call: Call | None = None,
    request: Request | None = None,
    answer: answers.Answer | None = None,
    **more: Any,
) -> Sent:
    """A conforming request as it arrived, answered with success."""
    call = call or calls.create(KEYS)
    if request is None:
        request = signed(request_of(call), call.keys)
    response = (answer or answers.success()).response(1, NOW, "127.0.0.1:1")
    exchange = Exchange(request, response, n=1, scenario="test", started=NOW)
    return Sent(exchange, call.operation, call, call.keys, **more)


def with_header(name: str, value: str | None, call: Call | None = None) -> Sent:
    """A conforming request with one header changed (None: left out) after signing."""
    right = sent(call)
    request = right.exchange.request
    headers = request.headers.without(name) if value is None else request.headers.set(name, value)
    return replace(right, exchange=replace(right.exchange, request=request.with_headers(headers)))


def with_body(body: bytes, call: Call | None = None) -> Sent:
    call = call or calls.create(KEYS)
    return sent(call, signed(request_of(call, body), call.keys))


def case(
    *requests: Sent,
    call: Call | None = None,
    reply: Reply | None = None,
    want: Want = Want.RESULT,
    clauses: tuple[str, ...] = ("LIB-01",),
    jobs: tuple[Node, ...] = (),
    **more: Any,
) -> ClientCase:
    call = call or calls.create(KEYS)
    arrived = requests or (sent(call),)
    reply = reply or Reply(Said.RESULT, tuple(view(job) for job in jobs))
    return ClientCase("test", call, clauses, arrived, reply, want, jobs, **more)


def view(job: Node) -> dict[str, Any]:
    """A library's faithful view of a job."""
    return {child.name: view(child) if child.children else child.text for child in job.children}


def job(**changes: Any) -> Node:
    return replace(documents.sample(), **changes).to_node()


def broken(outcomes: Any, *, information: bool = False) -> dict[str, Outcome]:
    """The clauses that are broken, each with its last finding."""
    return {
        each.clause: each
        for each in outcomes
        if each.mark is Mark.BROKEN and (information or each.level is not Level.MAY)
    }


def held(outcomes: Any) -> set[str]:
    return {each.clause for each in outcomes if each.mark is Mark.OK}
