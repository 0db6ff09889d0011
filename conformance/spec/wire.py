"""Values for what crosses the wire: requests, responses, and the exchanges they form.

Every verdict is a function of these values and of nothing else; whoever sends, receives,
records or replays builds them, and no check ever sees a socket, a file or a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import unquote_to_bytes

#: Header names and values in the order and letter case in which they travel (latin-1 text).
HeaderList = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Headers:
    """An ordered, repeatable header list with case-insensitive look-up (RFC 9110, 5.1)."""

    items: HeaderList = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Headers:
        return cls(tuple((name, value) for name, value in pairs))

    def get(self, name: str) -> str | None:
        """The first value of ``name``, or None."""
        wanted = name.lower()
        for key, value in self.items:
            if key.lower() == wanted:
                return value
        return None

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of ``name``, in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.items if key.lower() == wanted)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.items)

    def set(self, name: str, value: str) -> Headers:
        """A copy in which ``name`` has exactly this value; its place is kept when it had one."""
        wanted = name.lower()
        out: list[tuple[str, str]] = []
        done = False
        for key, old in self.items:
            if key.lower() != wanted:
                out.append((key, old))
            elif not done:
                out.append((key, value))
                done = True
        if not done:
            out.append((name, value))
        return Headers(tuple(out))

    def without(self, name: str) -> Headers:
        wanted = name.lower()
        return Headers(tuple(pair for pair in self.items if pair[0].lower() != wanted))


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    ``target`` is the origin-form request target as it stands on the request line, percent-encoding
    and all (``/pic_jobs?queueId=p1``), latin-1 text like the headers. ``headers`` holds every
    header that is sent, ``Host`` and ``Content-Length`` included once the request is complete.
    """

    method: str
    target: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    @property
    def raw_path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        """The percent-decoded path, as the signature has it."""
        return _decode(self.raw_path)

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def params(self) -> tuple[tuple[str, str], ...]:
        """Decoded query parameters in order; ``+`` stays a plus (E15), no ``=`` gives ``""``."""
        return parse_query(self.query)

    def param(self, name: str) -> str | None:
        for key, value in self.params:
            if key == name:
                return value
        return None

    def with_headers(self, headers: Headers) -> Request:
        return replace(self, headers=headers)


def parse_query(query: str) -> tuple[tuple[str, str], ...]:
    """Split a raw query into decoded pairs, in order. A ``+`` is kept as it is (E15)."""
    pairs: list[tuple[str, str]] = []
    for piece in query.split("&"):
        if piece:
            key, _, value = piece.partition("=")
            pairs.append((_decode(key), _decode(value)))
    return tuple(pairs)


def _decode(text: str) -> str:
    try:
        sent = text.encode("latin-1")
    except UnicodeEncodeError:  # not from the wire: somebody wrote it down as text
        sent = text.encode("utf-8", "surrogatepass")
    return unquote_to_bytes(sent).decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Framing:
    """How the body of a response was delimited on the wire, for RSP-03.

    ``received`` counts the body's bytes as they arrived, before any redaction; ``extra`` counts
    bytes that followed the declared end of the body on the same connection.
    """

    chunked: bool = False
    received: int = 0
    complete: bool = True
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response as it arrived: ``version`` is ``HTTP/1.1`` or ``HTTP/1.0``."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    reason: str = ""
    version: str = "HTTP/1.1"
    framing: Framing = field(default_factory=Framing)


class FailureKind(StrEnum):
    """Why an exchange has no (whole) response. None of these is ever a failed clause by itself."""

    CONNECT = "connect"  # no connection: nothing was sent
    TLS = "tls"
    RESET = "reset"  # the connection was reset, or ended before a whole response head was there
    TIMEOUT = "timeout"
    INCOMPLETE = "incomplete"  # the head is there, the body is not whole (``response`` holds it)
    MALFORMED = "malformed"  # what came back is not HTTP
    TOO_LARGE = "too-large"  # more than the suite is willing to read
    BUDGET = "budget"  # never sent: the run's budget of requests or jobs was used up
    MISSING = "missing"  # replay: the recording has no such exchange
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Failure:
    """What kept an exchange from completing; ``message`` is one line for people."""

    kind: FailureKind
    message: str


class Direction(StrEnum):
    """Who sent the request: the suite (or a library under test), or the server under test."""

    REQUEST = "request"  # the suite (or a library under test) asked, the server answered
    CALLBACK = "callback"  # the server under test called back; the suite's receiver answered


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it.

    ``scenario`` and ``step`` say who asked for it and as what; ``expect`` is what the scenario
    announced before it was sent. ``started`` is in Unix seconds by the suite's clock, ``elapsed``
    in seconds. ``n`` is the exchange's number in the run's canonical order (scenario, then step),
    which does not depend on timing. ``earlier`` holds what became of tries before this one, which
    the network lost and which could be sent again without harm.
    """

    request: Request
    response: Response | None
    failure: Failure | None = None
    n: int = 0
    scenario: str = ""
    step: str = ""
    started: float = 0.0
    elapsed: float = 0.0
    direction: Direction = Direction.REQUEST
    expect: Expect | None = None
    earlier: tuple[Failure, ...] = ()

    @property
    def ended(self) -> float:
        return self.started + self.elapsed


class Wanted(StrEnum):
    """What a scenario announces about the answer to one request."""

    ACCEPT = "accept"  # 200, and whatever the operation promises
    REFUSE = "refuse"  # an error response, and no job left behind
    EITHER = "either"  # the page leaves it open; whichever it is must be well-formed


@dataclass(frozen=True, slots=True)
class Expect:
    """What the documentation promises for one request, said by the scenario that makes it.

    ``clauses`` are the ids that the outcome decides. For a refusal, ``statuses`` (when given) are
    part of the clause itself, while ``codes`` (when given) are the documented codes, whose absence
    breaks the clause at SHOULD level only. ``note`` says in a few words what is special about the
    request ("signature made with another key") and is shown with a finding. ``should`` is for an
    outcome that is only a SHOULD although its clause is a MUST (SIG-42's letter case).
    """

    wanted: Wanted
    clauses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    note: str = ""
    should: bool = False
