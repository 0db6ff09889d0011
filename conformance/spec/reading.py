"""What an exchange *is*: which operation was asked for, and what the answer holds.

Scenarios and checks both read exchanges through this module, so that there is one idea of "the
job was created" in the house.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

from conformance.spec.messages import JobRequest
from conformance.spec.names import JOBS, PIC_JOBS
from conformance.spec.states import State, parse_state
from conformance.spec.wire import Direction, Exchange, Request
from conformance.spec.xml import Node, XmlProblem, nodes_in, read_xml


class Operation(StrEnum):
    """The documented operations, by method and path alone."""

    CREATE = "create"
    DESCRIBE = "describe"
    LIST = "list"
    CANCEL = "cancel"
    OTHER = "other"


_ON_PIC_JOBS = {"POST": Operation.CREATE, "GET": Operation.LIST}


def operation_of(request: Request) -> Operation:
    """Which operation ``request`` asks for; parameters and body do not matter."""
    method, path = request.method, request.raw_path
    if path == PIC_JOBS:
        return _ON_PIC_JOBS.get(method, Operation.OTHER)
    if method == "GET" and path.startswith(PIC_JOBS + "/"):
        return Operation.DESCRIBE
    if method == "PUT" and path.startswith(JOBS + "/"):
        return Operation.CANCEL
    return Operation.OTHER


def operation_meant(request: Request) -> Operation:
    """The operation that a request is plainly meant for, though method or path may be wrong."""
    operation, path = operation_of(request), request.raw_path
    if operation is not Operation.OTHER:
        return operation
    node = request_node(request)
    if node is not None and node.value("Tag") is not None:
        return Operation.CREATE
    if path.startswith(PIC_JOBS + "/"):
        return Operation.DESCRIBE
    if path.startswith(JOBS + "/"):
        return Operation.CANCEL
    return Operation.CREATE if path == PIC_JOBS else Operation.OTHER


class _Documents:
    """Documents that were read lately: bodies are looked at many times.

    Together they hold ``most`` nodes at most, so that a server that answers with large documents
    costs time rather than memory. Threads may share them: two that read one body at once read it
    twice, and keep it once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()  # of the two that follow
        self._nodes = 0
        self._held: dict[bytes, tuple[Node | XmlProblem, int]] = {}

    def read(self, body: bytes) -> Node | XmlProblem:
        held = self._held.get(body)
        if held is not None:
            return held[0]
        weight = _WEIGHT
        try:
            parsed: Node | XmlProblem = read_xml(body)
            weight += nodes_in(body)
        except XmlProblem as problem:
            parsed = problem
        with self._lock:
            kept, _ = self._held.setdefault(body, (parsed, weight))
            if kept is parsed:
                self._nodes += weight
                self._make_room()
        return kept

    def _make_room(self) -> None:
        while self._nodes > self._most and self._held:
            _, weight = self._held.pop(next(iter(self._held)))
            self._nodes -= weight


#: What keeping a body costs in any case, in nodes.
_WEIGHT = 8


_DOCUMENTS = _Documents(600_000)


def parse_body(body: bytes) -> Node | XmlProblem:
    """The document in ``body``, or why there is none."""
    return _DOCUMENTS.read(body)


def document(exchange: Exchange) -> Node | None:
    """The response's document, or None."""
    if exchange.response is None:
        return None
    parsed = parse_body(exchange.response.body)
    return parsed if isinstance(parsed, Node) else None


def succeeded(exchange: Exchange) -> bool:
    """A whole answer with a 2xx status whose body is not an Error document."""
    response = exchange.response
    if response is None or exchange.failure is not None or not 200 <= response.status <= 299:
        return False
    node = document(exchange)
    return node is None or node.name != "Error"


def refused(exchange: Exchange) -> bool:
    """A whole answer that is an error: by its status, or by its body (ERR-01 judges the status)."""
    response = exchange.response
    if response is None or exchange.failure is not None:
        return False
    if response.status >= 300:
        return True
    node = document(exchange)
    return node is not None and node.name == "Error"


def error_code(exchange: Exchange) -> str:
    """The Code of an error document, or ``""``."""
    node = document(exchange)
    return (node.value("Code") or "") if node is not None and node.name == "Error" else ""


#: "Try later".
BUSY = frozenset({429, 503})


def put_off(exchange: Exchange) -> bool:
    """Whether the answer says "later", or that the queue is full: no word on the request itself."""
    response = exchange.response
    if response is None or exchange.failure is not None:
        return False
    return response.status in BUSY or (
        response.status == 403 and error_code(exchange) == "QueueSaturated"
    )


def jobs_in(exchange: Exchange) -> tuple[Node, ...]:
    """Every JobsDetail of a successful answer, in order."""
    if not succeeded(exchange):
        return ()
    node = document(exchange)
    return () if node is None or node.name != "Response" else node.all("JobsDetail")


def created_job(exchange: Exchange) -> Node | None:
    """The job that a create made, or None when it made none."""
    if operation_of(exchange.request) is not Operation.CREATE:
        return None
    jobs = jobs_in(exchange)
    return jobs[0] if jobs and jobs[0].value("JobId") else None


def job_id_of(exchange: Exchange) -> str | None:
    """The JobId that a create gave, or None."""
    job = created_job(exchange)
    return None if job is None else job.value("JobId")


def state_of(exchange: Exchange, job_id: str) -> State | None:
    """The state that an answer gives for ``job_id``, or None when it gives none that is one."""
    for job in jobs_in(exchange):
        if job.value("JobId") == job_id:
            return parse_state(job.value("State"))
    return None


def next_token(exchange: Exchange) -> str:
    """The NextToken of a list answer; ``""`` at the end."""
    node = document(exchange) if succeeded(exchange) else None
    return (node.value("NextToken") or "").strip() if node is not None else ""


def asked_ids(request: Request) -> tuple[str, ...]:
    """The ids that a describe asks for."""
    return tuple(request.path.removeprefix(PIC_JOBS + "/").split(","))


def request_node(request: Request) -> Node | None:
    """The tree of a create's body, or None when it cannot be read."""
    parsed = parse_body(request.body)
    return parsed if isinstance(parsed, Node) else None


def job_request_of(request: Request) -> JobRequest | None:
    node = request_node(request)
    return JobRequest.from_node(node) if node is not None and node.name == "Request" else None


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at one job: in which exchange, and what it showed."""

    exchange: Exchange
    job: Node

    @property
    def state(self) -> State | None:
        return parse_state(self.job.value("State"))


def is_callback(exchange: Exchange) -> bool:
    return exchange.direction is Direction.CALLBACK
