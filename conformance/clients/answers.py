"""Answers that the judging endpoint gives: what stands in them, and how they are delivered.

An :class:`Answer` is plain data. A case has a script of them: the first request gets the first,
and so on; the last one stands for all that follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus

from conformance.checks.client_case import Want
from conformance.generate.lexical import PLAIN, Style, write
from conformance.spec.messages import ErrorBody
from conformance.spec.names import PIC_JOBS
from conformance.spec.times import format_http_date
from conformance.spec.wire import HeaderList, Headers, Request, Response
from conformance.spec.xml import Node, element

XML = "application/xml"

#: Stands in a header's value for the address of the stranger, which the endpoint knows.
STRANGER = "{stranger}"


class Delivery(StrEnum):
    """How an answer travels."""

    WHOLE = "whole"
    CHUNKED = "chunked"
    SLOW = "slow"  # in many small pieces over about half a second
    UNTIL_CLOSE = "until-close"  # in the style of HTTP/1.0: the body ends with the connection
    CUT = "cut"  # fewer bytes than announced, then the connection ends
    CUT_CHUNKED = "cut-chunked"  # a chunked body without its end
    BREAK = "break"  # the request is read, and the connection ends without an answer
    REFUSE = "refuse"  # the connection ends before the request is read


#: Deliveries after which the client does not have a whole answer.
BROKEN = frozenset({Delivery.CUT, Delivery.CUT_CHUNKED, Delivery.BREAK, Delivery.REFUSE})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and what the caller must be told of it.

    ``jobs`` and ``error`` are the documents in it when it has the documented form; ``selects`` has
    a describe answered with only those jobs whose ids it asks for, ``baited`` puts the stranger's
    address into the body. ``extra`` are nodes beside the jobs. ``headers`` are added to the
    documented ones, or replace them.
    """

    status: int = 200
    body: bytes = b""
    headers: HeaderList = ()
    delivery: Delivery = Delivery.WHOLE
    want: Want = Want.RESULT
    jobs: tuple[Node, ...] = ()
    error: Node | None = None
    note: str = ""
    selects: bool = False
    baited: bool = False
    extra: tuple[Node, ...] = ()
    style: Style = PLAIN

    @property
    def whole(self) -> bool:
        return self.delivery not in BROKEN

    def for_request(self, request: Request) -> Answer:
        """The answer to ``request``: a describe gets the jobs that it asks for (E18)."""
        if not self.selects:
            return self
        asked = request.path.removeprefix(PIC_JOBS + "/").split(",")
        jobs = tuple(job for job in self.jobs if job.value("JobId") in asked)
        known = {job.value("JobId") for job in jobs}
        missing = ",".join(each for each in asked if each not in known)
        absent = element("NonExistJobIds", missing) if missing else None
        document = element("Response", *jobs, *self.extra, absent)
        return replace(self, jobs=jobs, body=write(document, self.style))

    def response(self, number: int, now: float, stranger: str) -> Response:
        """The response with the documented headers; ``number`` makes its request id."""
        headers = Headers()
        body = self.body.replace(STRANGER.encode(), stranger.encode()) if self.baited else self.body
        if self.body or self.status != HTTPStatus.OK:
            headers = headers.set("Content-Type", XML)
        if self.delivery not in (Delivery.CHUNKED, Delivery.CUT_CHUNKED, Delivery.UNTIL_CLOSE):
            headers = headers.set("Content-Length", str(len(body)))
        elif self.delivery is not Delivery.UNTIL_CLOSE:
            headers = headers.set("Transfer-Encoding", "chunked")
        close = not self.whole or self.delivery is Delivery.UNTIL_CLOSE
        headers = headers.set("Connection", "close" if close else "keep-alive")
        headers = headers.set("Date", format_http_date(now))
        headers = headers.set("Server", "tencent-ci")
        headers = headers.set("x-ci-request-id", request_id(number))
        if self.status >= 300:
            headers = headers.set("x-ci-trace-id", trace_id(number))
        for name, value in self.headers:
            headers = headers.set(name, value.replace(STRANGER, stranger))
        version = "HTTP/1.0" if self.delivery is Delivery.UNTIL_CLOSE else "HTTP/1.1"
        return Response(self.status, headers, body, _reason(self.status), version)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"


def request_id(number: int) -> str:
    """The request id of answer ``number``, in the form of the page's sample."""
    return f"NjMxMDJhYTNfMThhYTk0MGFf{number:06d}"


def trace_id(number: int) -> str:
    return f"OGVmYzZiMmQzYjA2OWNhODk0NTRk{number:06d}"


# ---- what stands in an answer ----


def success(
    *jobs: Node, note: str = "", style: Style = PLAIN, extra: tuple[Node, ...] = ()
) -> Answer:
    """The documented success response with these jobs; ``extra`` nodes follow them."""
    body = write(element("Response", *jobs, *extra), style)
    return Answer(body=body, jobs=jobs, note=note, style=style, extra=extra)


def described(
    *jobs: Node, note: str = "", style: Style = PLAIN, extra: tuple[Node, ...] = ()
) -> Answer:
    """The answer to a describe: of these jobs, those that are asked for."""
    return replace(success(*jobs, note=note, style=style, extra=extra), selects=True)


def cancelled() -> Answer:
    """CancelPicJob: 200 without a body."""
    return Answer()


def failure(status: int, code: str, message: str, number: int = 0, *, note: str = "") -> Answer:
    """The documented error response; ``number`` makes its request id and trace id."""
    error = ErrorBody(code, message, request_id(number), trace_id(number)).to_node()
    headers = (("x-ci-request-id", request_id(number)), ("x-ci-trace-id", trace_id(number)))
    return Answer(
        status,
        write(error, Style(head='<?xml version="1.0" encoding="UTF-8"?>\n')),
        headers,
        want=Want.SERVICE,
        error=error,
        note=note or f"{status} {code}",
    )


def redirect(status: int, code: str, location: str, note: str) -> Answer:
    """A documented redirect; the caller gets an error, or it is followed (E21)."""
    told = failure(status, code, "The bucket is to be addressed elsewhere.", status, note=note)
    return replace(told, headers=(*told.headers, ("Location", location)), want=Want.ERROR)


def bad(body: bytes, note: str, *, kind: str = XML, delivery: Delivery = Delivery.WHOLE) -> Answer:
    """A 200 that is no success: the caller must get an error."""
    headers = (("Content-Type", kind),)
    return Answer(200, body, headers, delivery, want=Want.ERROR, note=note)


def undocumented(status: int, body: bytes, kind: str, note: str) -> Answer:
    """An error status whose body is not the documented XML: the status is owed (E20)."""
    return Answer(status, body, (("Content-Type", kind),), want=Want.SERVICE, note=note)


BREAK = Answer(0, delivery=Delivery.BREAK, want=Want.ERROR, note="the connection breaks")
REFUSE = Answer(0, delivery=Delivery.REFUSE, want=Want.ERROR, note="the connection breaks")
