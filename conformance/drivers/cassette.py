"""The driver that answers from a recording."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import replace
from time import time

from conformance.drivers.attribution import CallbackLog
from conformance.drivers.recording import Recording
from conformance.generate.signing import Credentials, Keyring, seal
from conformance.scenarios.base import Call
from conformance.spec.reading import parse_body
from conformance.spec.signature import PARAMETERS, TOKEN_HEADERS
from conformance.spec.wire import Direction, Exchange, Failure, FailureKind, Request
from conformance.spec.xml import Node

_LEFT_OUT = frozenset(PARAMETERS) | frozenset(TOKEN_HEADERS)

#: Spoilt signatures may spoil the request line or the Host too; where, does not depend on keys.
_NO_KEYS = Keyring(Credentials("replay", "replay"), Credentials("replay", "replay", "replay"))


class CassetteDriver:
    """Answers each call with what was recorded for it.

    A call and a recorded request match when method, Host, path, parameters and body are the same;
    the signature and the token are left out wherever they stand, and so is the date. An exchange
    that says which scenario and step it is of answers that one only: what a run never came to ask
    has no answer, whoever asked the same (a run that is cut off cancels the jobs of its scenarios).
    One of a foreign cassette answers whoever comes first. When no body is the same, an XML body
    that says the same does. Safe to share by threads.
    """

    def __init__(self, recording: Recording) -> None:
        self._host = recording.provenance.target.host if recording.provenance else ""
        self._path = recording.path
        self._lock = threading.Lock()
        self._used: set[int] = set()
        self._requests = [
            each for each in recording.exchanges if each.direction is Direction.REQUEST
        ]
        self._callbacks = CallbackLog()
        for each in recording.exchanges:
            if each.direction is Direction.CALLBACK:
                self._callbacks.add(each)
        self._index = _Index()
        self._alike: _Index | None = None
        for number, each in enumerate(self._requests):
            self._index.add(_key(each.request, self._host), number, each)

    def send(self, call: Call, *, scenario: str) -> Exchange:
        """The recorded exchange for ``call``, or one with the failure MISSING."""
        request = _as_sent(call)
        with self._lock:
            number = self._index.take(_key(request, self._host), scenario, call.step, self._used)
            if number is None:
                number = self._take_alike(request, scenario, call.step)
        if number is None:
            return self._missing(call, scenario, request)
        return replace(
            self._requests[number], n=0, scenario=scenario, step=call.step, expect=call.expect
        )

    def callbacks(self, token: str, job_id: str) -> tuple[Exchange, ...]:
        """The recorded callbacks for a URL's token or a job, in order of arrival."""
        return self._callbacks.find(token, job_id)

    def close(self) -> None:
        """Nothing is held open."""

    def interrupt(self) -> None:
        """Nothing is ever waited for."""

    def _take_alike(self, request: Request, scenario: str, step: str) -> int | None:
        wanted = _canonical(request.body)
        if wanted is None:
            return None
        if self._alike is None:
            self._alike = _Index()
            for number, each in enumerate(self._requests):
                body = _canonical(each.request.body)
                if body is not None:
                    self._alike.add((_place(each.request, self._host), body), number, each)
        key = (_place(request, self._host), wanted)
        return self._alike.take(key, scenario, step, self._used)

    def _missing(self, call: Call, scenario: str, request: Request) -> Exchange:
        message = (
            f"{self._path} holds no (further) exchange for {request.method} {request.raw_path}"
            f" of {scenario or 'this scenario'}, step {call.step}; record the run again"
        )
        failure = Failure(FailureKind.MISSING, message)
        return Exchange(
            request, None, failure, scenario=scenario, step=call.step, expect=call.expect
        )


class _Index:
    """Numbers of recorded exchanges by what they match, and by whose they are."""

    def __init__(self) -> None:
        self._queues: defaultdict[Hashable, deque[int]] = defaultdict(deque)

    def add(self, key: Hashable, number: int, exchange: Exchange) -> None:
        self._queues[key, exchange.scenario, exchange.step].append(number)

    def take(self, key: Hashable, scenario: str, step: str, used: set[int]) -> int | None:
        """The first unused number of this step, else of nobody's; it is used from now on."""
        for whose in ((scenario, step), ("", "")):
            queue = self._queues.get((key, *whose))
            while queue:
                number = queue.popleft()
                if number not in used:
                    used.add(number)
                    return number
        return None


def _as_sent(call: Call) -> Request:
    """The request as a live driver would have sent it, as far as matching looks at it."""
    if not call.signing.tamper:
        return call.request
    return seal(call.request, call.signing, _NO_KEYS, time())


def _key(request: Request, host: str) -> Hashable:
    return _place(request, host), request.body


def _place(request: Request, host: str) -> Hashable:
    params: tuple[tuple[str, str], ...] = ()
    if request.query:
        params = tuple(sorted(pair for pair in request.params if pair[0].lower() not in _LEFT_OUT))
    asked = request.headers.get("Host")
    return request.method, (host if asked is None else asked).lower(), request.raw_path, params


def _canonical(body: bytes) -> Node | None:
    """The document in ``body`` without comments and white space between nodes, if it is one."""
    parsed = parse_body(body) if body else None
    return parsed if isinstance(parsed, Node) else None
