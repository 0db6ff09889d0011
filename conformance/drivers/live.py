"""The driver that sends to a real target over the network."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies

from conformance.drivers.dialogue import Captured
from conformance.drivers.limits import Breaker, Budget, Larder, Pace, Patience
from conformance.drivers.redaction import Redactor
from conformance.drivers.transport import (
    WireAdapter,
    WireRequest,
    WireResponse,
    is_loopback,
)
from conformance.generate.signing import Keyring, seal
from conformance.scenarios.base import Call
from conformance.spec.names import PIC_JOBS
from conformance.spec.target import Target
from conformance.spec.wire import Exchange, Failure, FailureKind, Headers, Request, Response

#: The endpoint's name for the vendor's own service: https to the documented host.
VENDOR = "vendor"


class EndpointProblem(ValueError):
    """The endpoint or the CA bundle cannot be used; one line says what to mend."""


class LiveDriver:
    """Signs and sends calls; whatever comes of one becomes an Exchange, secrets taken out.

    ``endpoint`` is where to connect (``http[s]://host[:port]``, or ``vendor``); the Host header is
    the request's own. ``timeout`` bounds one exchange as a whole, in seconds. ``rate`` is in
    requests a second. ``workers`` is how many threads will call :meth:`send` at once.
    ``ca_bundle`` is a PEM file that takes the place of the usual authorities.

    Raises :class:`EndpointProblem` from the constructor, and afterwards nothing for what a target
    or a network does.
    """

    def __init__(
        self,
        endpoint: str,
        target: Target,
        keyring: Keyring,
        *,
        timeout: float = 10.0,
        rate: float | None = None,
        max_requests: int | None = None,
        max_jobs: int | None = None,
        cleaning: Callable[[int], int] = lambda _: 0,
        workers: int = 8,
        ca_bundle: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.endpoint = endpoint_url(endpoint, target)
        self.redactor = Redactor(keyring)
        self._target = target
        self._keyring = keyring
        self._timeout = timeout
        self._clock = clock
        self._pace = Pace(rate)
        self.budget = Budget(max_requests, max_jobs, cleaning)
        self._breaker = Breaker()
        self._larder = Larder()
        self._patience = Patience()
        self._interrupted = threading.Event()
        context = _tls_context(ca_bundle) if self.endpoint.startswith("https:") else None
        self._adapter = WireAdapter(workers, context, _proxy_for(self.endpoint))
        self._session = requests.Session()
        # Proxies are settled above; nothing else in the environment (.netrc) may touch a request.
        self._session.trust_env = False
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)

    @property
    def requests_sent(self) -> int:
        return self.budget.requests

    @property
    def jobs_created(self) -> int:
        """Creates that were sent and not refused: each may have made, and cost, a job."""
        return self.budget.jobs

    def send(self, call: Call, *, scenario: str) -> Exchange:
        """Send one call now, or as soon as the rate allows. Safe to call from many threads.

        What the network lost is sent again, signed anew, where that is safe: when not a byte can
        have arrived, or when it only asks (GET). Nothing else ever is: a create may have made its
        job. ``earlier`` of the exchange holds what became of the tries before.
        """
        refusal = self._breaker.refusal()
        if refusal is not None:
            return self.unsent(call, scenario, refusal)
        exchange, safe = self._try(call, scenario)
        earlier: list[Failure] = []
        while safe and exchange.failure is not None:
            pause = self._patience.pause(exchange.failure, len(earlier))
            if pause is None or self._interrupted.wait(pause):
                break
            again, safe = self._try(call, scenario)
            if again.failure is not None and again.failure.kind in _UNSENT:
                break
            earlier.append(exchange.failure)
            exchange = again
        if exchange.failure is None or exchange.failure.kind not in _UNSENT:
            self._breaker.note(exchange.failure)
        return replace(exchange, earlier=tuple(earlier))

    def _try(self, call: Call, scenario: str) -> tuple[Exchange, bool]:
        """One try, and whether another would be safe."""
        request = self._addressed(call.request)
        create = request.method == "POST" and request.raw_path == PIC_JOBS
        failure = self.budget.reserve(job=create)
        if failure is not None:
            return self.unsent(call, scenario, failure), False
        if self._interrupted.wait(self._pace.delay()):
            self.budget.settle(job=create, sent=False, made=False)
            return self.unsent(call, scenario, _INTERRUPTED), False
        return self._send(call, scenario, request, create=create)

    def halt(self) -> None:
        """Send nothing more: pending and later sends return at once; what is sent goes on."""
        self._interrupted.set()
        self.budget.close()

    def interrupt(self) -> None:
        """Send nothing more, and end what is under way: every send returns at once."""
        self.halt()
        self._adapter.lifelines.cut()

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _send(
        self, call: Call, scenario: str, request: Request, *, create: bool
    ) -> tuple[Exchange, bool]:
        try:
            sealed = seal(request, call.signing, self._keyring, self._clock())
        except BaseException:
            self.budget.settle(job=create, sent=False, made=False)
            raise
        self.redactor.learn(sealed)
        # In this order: an exchange may seem to end a little late, but never before it did. Checks
        # compare two looks at a job only when one had ended before the other began.
        begun = time.perf_counter()
        started = self._clock()
        captured = self._transmit(sealed)
        elapsed = time.perf_counter() - begun
        failure = captured.failure
        response, unkept = self._kept(captured.response)
        failure = failure or unkept
        if failure is not None and self._interrupted.is_set():
            failure = Failure(FailureKind.INTERRUPTED, "interrupted before it was answered")
        self._patience.note(failure)
        self.budget.settle(job=create, sent=captured.sent, made=_may_have_made_a_job(captured))
        exchange = Exchange(
            sealed,
            response,
            failure,
            scenario=scenario,
            step=call.step,
            started=started,
            elapsed=elapsed,
            expect=call.expect,
        )
        safe = not captured.sent or (captured.broke and sealed.method == "GET")
        return self.redactor.exchange(exchange), safe

    def _kept(self, response: Response | None) -> tuple[Response | None, Failure | None]:
        """The response as far as there is room for it, and why it is not kept whole."""
        refusal = self._larder.refusal(len(response.body)) if response is not None else None
        if response is None or refusal is None:
            return response, None
        return replace(response, body=response.body[: self._larder.SHORT]), refusal

    def _transmit(self, sealed: Request) -> Captured:
        prepared = WireRequest(self.endpoint, sealed, self._timeout)
        answer = self._session.send(
            prepared, stream=True, allow_redirects=False, proxies={}, verify=True
        )
        assert isinstance(answer, WireResponse)
        return answer.captured

    def _addressed(self, request: Request) -> Request:
        """The request with the documented Host first, unless it has one of its own."""
        if "Host" in request.headers:
            return request
        host = ("Host", self._target.host)
        return request.with_headers(Headers((host, *request.headers.items)))

    def unsent(self, call: Call, scenario: str, failure: Failure) -> Exchange:
        """The exchange that a call becomes when it is not sent."""
        exchange = Exchange(
            self._addressed(call.request),
            None,
            failure,
            scenario=scenario,
            step=call.step,
            started=self._clock(),
            expect=call.expect,
        )
        return self.redactor.exchange(exchange)


#: Failures of what was held back on purpose: they say nothing about the network.
_UNSENT = frozenset({FailureKind.BUDGET, FailureKind.INTERRUPTED})

_INTERRUPTED = Failure(FailureKind.INTERRUPTED, "interrupted before it was sent")


def _may_have_made_a_job(captured: Captured) -> bool:
    """Only a whole refusal says that there is none; silence after sending may mean one."""
    if not captured.sent:
        return False
    response = captured.response
    return response is None or captured.failure is not None or response.status < 300


def endpoint_url(endpoint: str, target: Target) -> str:
    """Where to connect, as ``scheme://host[:port]/``. Raises :class:`EndpointProblem`."""
    if endpoint == VENDOR:
        return f"https://{target.host}/"
    form = f"the endpoint {endpoint!r} is not of the form http[s]://HOST[:PORT]"
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise EndpointProblem(form) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise EndpointProblem(form)
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise EndpointProblem(f"{form}: leave out what is more than scheme, host and port")
    return f"{parts.scheme}://{parts.netloc}/"


def _proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an https endpoint elsewhere, or None.

    A proxy cannot reach this machine's own loopback, though many environments name one without
    excepting it; and through a proxy a plain http request would not travel as it was written.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or is_loopback(parts.hostname or ""):
        return None
    proxies = get_environ_proxies(url)
    return proxies.get("https") or proxies.get("all")


def _tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    if ca_bundle is None:
        context = ssl.create_default_context()
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        return context
    if not Path(ca_bundle).is_file():
        raise EndpointProblem(f"the CA bundle {ca_bundle!r} is not a file")
    try:
        return ssl.create_default_context(cafile=ca_bundle)
    except (OSError, ssl.SSLError):
        raise EndpointProblem(f"the CA bundle {ca_bundle!r} holds no PEM certificate") from None
