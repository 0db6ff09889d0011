"""The values that pass between the emulator's hooks: what comes in, goes out, is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.spec.messages import JobRequest
from conformance.spec.wire import Headers, Request
from conformance.spec.xml import Node

if TYPE_CHECKING:
    from conformance.emulator.store import StoredJob


class Operation(StrEnum):
    """What is being answered; CALLBACK is the job as it is announced."""

    CREATE = "create"
    DESCRIBE = "describe"
    LIST = "list"
    CANCEL = "cancel"
    CALLBACK = "callback"


class Refusal(Exception):
    """A request is refused: the status, the documented code, and one line for people.

    ``headers`` are sent with the error besides the common ones (a Location, for example).
    """

    def __init__(
        self, status: int, code: str, message: str, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


@dataclass(slots=True)
class Incoming:
    """One request on its way through the hooks, and what they have made of it so far.

    ``arrived`` is in Unix seconds. ``body_size`` counts the bytes of the body as they came, even
    those that were thrown away because the body was too large. ``keep_alive`` says whether the
    client lets the connection stand. ``params`` are the decoded URL parameters in the reading
    under which the signature verified (E15). The fields below them are filled in as the request
    is understood; a hook that looks at them early finds None.
    """

    request: Request
    arrived: float
    request_id: str
    trace_id: str
    body_size: int = 0
    keep_alive: bool = True
    params: tuple[tuple[str, str], ...] = ()
    operation: Operation | None = None
    job_ids: tuple[str, ...] = ()
    document: Node | None = None
    job_request: JobRequest | None = None
    job: StoredJob | None = None

    def param(self, name: str) -> str | None:
        """The first value of a URL parameter, or None."""
        for key, value in self.params:
            if key == name:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """A response before it becomes bytes; ``headers`` are complete, in the order they are sent."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes written to the connection at once, ``delay`` seconds after what went before."""

    data: bytes
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer goes onto the wire.

    ``close`` ends the connection after the last segment; ``abort`` ends it with a reset.
    """

    segments: tuple[Segment, ...]
    close: bool = False
    abort: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A callback that is to be sent: for ``job``, to ``url``, ``delay`` seconds from now."""

    job: StoredJob
    url: str
    format: str
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class CallbackMessage:
    """One callback as it is sent."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def shown(text: str, limit: int = 80) -> str:
    """A client's text as an error message may repeat it: ASCII, one line, bounded."""
    quoted = ascii(text)
    return quoted if len(quoted) <= limit else f"{quoted[:limit]}..."
