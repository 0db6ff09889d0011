"""What a client library was asked for, what it sent, and what it told its caller: as plain data.

The clients' room builds these values while a library runs; everything in ``checks/client_*``
judges them and nothing else. Traffic captured elsewhere becomes :class:`Sent` values too, with
less known about the call behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conformance.spec.messages import json_to_node
from conformance.spec.names import service_host
from conformance.spec.reading import Operation
from conformance.spec.wire import Exchange
from conformance.spec.xml import Node, is_xml_text

#: The adapter protocol's name of each operation.
OPS: dict[Operation, str] = {
    Operation.CREATE: "create_pic_job",
    Operation.DESCRIBE: "describe_pic_job",
    Operation.LIST: "list_pic_jobs",
    Operation.CANCEL: "cancel_pic_job",
}

#: The query parameters of a list, as the page has them (DescribePicJobs).
LIST_PARAMETERS = (
    "queueId",
    "tag",
    "orderByTime",
    "nextToken",
    "size",
    "states",
    "startCreationTime",
    "endCreationTime",
    "workflowId",
    "inventoryTriggerJobId",
    "inputObject",
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The credentials of a call; ``token`` is there for temporary ones. Never shown."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the caller made it. The keys are throwaway ones, made for the run.

    ``job`` is the job as the adapter protocol writes it, ``query`` the parameters of a list,
    ``job_ids`` those of a describe or cancel. ``timeout`` bounds the call in seconds.
    """

    operation: Operation
    keys: Keys = field(repr=False)
    bucket: str
    region: str
    job: Mapping[str, Any] | None = None
    job_ids: tuple[str, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    timeout: float = 10.0

    @property
    def op(self) -> str:
        return OPS[self.operation]

    @property
    def host(self) -> str:
        """The documented Host of this call."""
        return service_host(self.bucket, self.region)

    @property
    def request_node(self) -> Node | None:
        """The job as the tree that its body should hold; None for the other operations."""
        return None if self.job is None else json_to_node("Request", self.job)

    @property
    def writable(self) -> bool:
        """Whether XML can hold every value that the caller gave (else LIB-14 decides, E19)."""
        node = self.request_node
        return node is None or all(is_xml_text(each.text) for _, each in node.walk())


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that a client sent, and what the receiver knows about it.

    ``exchange.started`` is when its head had arrived; its body holds every byte that came.
    ``complete`` is false when fewer came than were announced. ``stray`` is true when it reached a
    place outside the documented domain (a redirect's target, or what a hostile entity names),
    ``follows`` when the request before it in the same call was answered with a redirect.
    ``answered`` is false when the connection was broken before a whole answer had been sent.
    """

    exchange: Exchange
    operation: Operation
    call: Call | None = None
    keys: Keys | None = field(default=None, repr=False)
    complete: bool = True
    stray: bool = False
    follows: bool = False
    answered: bool = True

    @property
    def host(self) -> str:
        return self.exchange.request.headers.get("Host") or ""


class Said(StrEnum):
    """What kind of answer the adapter gave."""

    RESULT = "result"
    SERVICE = "service"  # the library reported an error response of the service
    CLIENT = "client"  # the library threw something else
    UNSUPPORTED = "unsupported"
    SILENT = "silent"  # no answer within the time: hung, and was ended
    DIED = "died"  # the process ended instead of answering
    GARBLED = "garbled"  # the answer does not keep the adapter protocol
    NEVER = "never"  # not asked: the run had stopped, or could not start the adapter


#: The adapter itself failed: nothing is known of what the library made of the answer.
FAILED = frozenset({Said.SILENT, Said.DIED, Said.GARBLED})


@dataclass(frozen=True, slots=True)
class Reply:
    """The adapter's answer to one call. ``message`` is one line: the error, or what went wrong.

    ``took`` is how long it took in seconds; ``stderr`` the last of what the adapter wrote there.
    """

    said: Said
    jobs: tuple[Mapping[str, Any], ...] = ()
    message: str = ""
    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    took: float = 0.0
    stderr: str = ""

    @property
    def is_error(self) -> bool:
        return self.said in (Said.SERVICE, Said.CLIENT)


class Want(StrEnum):
    """What the caller must be told of the answers that a case gives."""

    RESULT = "result"  # the jobs of ``ClientCase.jobs``
    ERROR = "error"  # an error of any kind
    SERVICE = "service"  # an error with the status, code, message and request id
    EITHER = "either"  # the page leaves it open


@dataclass(frozen=True, slots=True)
class ClientCase:
    """One case: the call, what arrived, what was answered, and what the caller was told.

    ``clauses`` are those that the case is made for: they fail when the adapter itself fails.
    ``jobs`` are the JobsDetail nodes of the success response; ``error`` is the Error document of
    an error response (None when its body is not one, E20) and ``status`` its status. ``note``
    says in a few words what is special about the answer.
    """

    name: str
    call: Call
    clauses: tuple[str, ...]
    sent: tuple[Sent, ...]
    reply: Reply
    want: Want = Want.RESULT
    jobs: tuple[Node, ...] = ()
    error: Node | None = None
    status: int = 200
    note: str = ""

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return tuple(each.exchange for each in self.sent)

    @property
    def own(self) -> tuple[Sent, ...]:
        """The requests that the library made by itself, not led by a redirect or an entity."""
        return tuple(each for each in self.sent if not each.stray and not each.follows)


def leaves(node: Node, path: str = "") -> Iterator[tuple[str, str]]:
    """The path and text of every node without children below ``node``, in document order."""
    for child in node.children:
        here = f"{path}/{child.name}" if path else child.name
        if child.children:
            yield from leaves(child, here)
        else:
            yield here, child.text
