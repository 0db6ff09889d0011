"""What of a capture is traffic of this API, and as what."""

from __future__ import annotations

import re
from enum import StrEnum

from conformance.checks.callbacks import body_of
from conformance.spec.names import HOST, JOBS, PIC_JOBS, TAG
from conformance.spec.reading import Operation, operation_of, request_node
from conformance.spec.wire import Direction, Exchange, Request
from conformance.spec.xml import Node

#: Any host of the service, whatever its bucket: one that is not of the form is judged as such.
_SERVICE = re.compile(r"[^/\s]*\.ci\.[^/\s]*\.myqcloud\.com(?::\d+)?", re.IGNORECASE)
_URL = re.compile(r"https?://(?P<authority>[^/?#]*)(?P<path>[^?#]*)", re.IGNORECASE)


class Kind(StrEnum):
    """What an exchange is to the inspection."""

    REQUEST = "request"  # somebody asked the service
    CALLBACK = "callback"  # the service announced a job
    OTHER = "other"  # not of this API: left out


def may_concern(method: str, url: str) -> bool:
    """Whether method and absolute URL alone let an exchange be of this API.

    Callbacks go to any address, and creates may go astray, so it takes the bodies to tell those.
    """
    match = _URL.match(url)
    if match is None:
        return False
    return method.upper() in ("POST", "PUT") or _is_path(match["path"])


def must_concern(url: str) -> bool:
    """Whether the URL alone says that an exchange is of this API, whatever else is in it."""
    match = _URL.match(url)
    if match is None or not _is_path(match["path"]):
        return False
    own = match["path"].startswith(PIC_JOBS)
    return own or _SERVICE.fullmatch(match["authority"]) is not None


def kind_of(exchange: Exchange) -> Kind:
    """What an exchange is, by its request."""
    request = exchange.request
    if exchange.direction is Direction.CALLBACK:
        return Kind.CALLBACK
    if operation_sought(request) is not Operation.OTHER:
        return Kind.REQUEST if _is_ours(request) else Kind.OTHER
    if request.raw_path == PIC_JOBS or request.raw_path.startswith(PIC_JOBS + "/"):
        return Kind.REQUEST
    return Kind.CALLBACK if _announces(exchange) else Kind.OTHER


def operation_sought(request: Request) -> Operation:
    """The operation that a request is meant for: a create may go to a wrong place (HTTP-01)."""
    operation = operation_of(request)
    if operation is Operation.OTHER and request.method in ("POST", "PUT") and b"<" in request.body:
        node = request_node(request) if _looks_created(request) else None
        if node is not None and node.name == "Request" and node.value("Tag") == TAG:
            return Operation.CREATE
    return operation


def _looks_created(request: Request) -> bool:
    """Worth parsing: a document of this API in its bytes, on its way to the service."""
    return TAG.encode() in request.body and (is_service(request) or _is_path(request.raw_path))


def is_service(request: Request) -> bool:
    """Whether Host is one of the service's."""
    return _SERVICE.fullmatch(request.headers.get("Host") or "") is not None


def _is_path(path: str) -> bool:
    return path in (PIC_JOBS, JOBS) or path.startswith((PIC_JOBS + "/", JOBS + "/"))


def _is_ours(request: Request) -> bool:
    """``/jobs/…`` is a name that many servers know: elsewhere it takes the parameter as well."""
    if operation_of(request) is not Operation.CANCEL or is_service(request):
        return True
    return request.param("cancel") is not None


def _announces(exchange: Exchange) -> bool:
    """A POST of a TaskFinish document about a job of this API (other APIs announce theirs too)."""
    request = exchange.request
    if request.method != "POST" or b"JobsDetail" not in request.body:
        return False
    body = body_of(exchange)
    if not isinstance(body, Node) or body.name != "Response":
        return False
    tags = {(job.value("Tag") or "").strip() for job in body.all("JobsDetail")}
    return TAG in tags or (tags == {""} and body.value("EventName") == "TaskFinish")


def place_of(request: Request) -> tuple[str, str] | None:
    """Bucket and region that Host names, its port aside; None when it is not of the form."""
    host = (request.headers.get("Host") or "").strip().partition(":")[0]
    match = HOST.fullmatch(host)
    return (match["bucket"], match["region"]) if match is not None else None
