"""Drives the emulator's hooks without a socket, by a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from conformance.emulator import Behaviour, EmulatorSettings
from conformance.emulator.values import Answer, Incoming
from conformance.spec.messages import JobRequest, Output
from conformance.spec.signature import (
    PARAMETERS,
    authorization_text,
    compute,
    select,
    sign_key,
    url_encode,
)
from conformance.spec.wire import Headers, Request, parse_query
from conformance.spec.xml import Node, read_xml, write_xml

SETTINGS = EmulatorSettings()
START = 1_700_000_000.25


@dataclass
class Clock:
    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Sign:
    """How a test signs; what is None is right."""

    secret_id: str = SETTINGS.secret_id
    secret_key: str = SETTINGS.secret_key
    headers: tuple[str, ...] = ("host",)
    params: tuple[str, ...] | None = None
    window: tuple[int, int] = (-60, 600)
    sign_window: tuple[int, int] | None = None
    method: str | None = None
    path: str | None = None


def sign(request: Request, now: float, how: Sign) -> str:
    """The Authorization of a request as ``how`` has it."""
    key_time = _window(now, how.window)
    sign_time = _window(now, how.sign_window or how.window)
    params = parse_query(request.query)
    if how.params is not None:
        params, _ = select(params, how.params)
    headers, _ = select(request.headers, how.headers)
    made = compute(
        key=sign_key(how.secret_key, key_time),
        key_time=key_time,
        sign_time=sign_time,
        method=how.method or request.method,
        path=how.path or request.path,
        params=params,
        headers=headers,
    )
    return authorization_text(how.secret_id, key_time, made, sign_time=sign_time)


def _window(now: float, ends: tuple[int, int]) -> str:
    return f"{int(now) + ends[0]};{int(now) + ends[1]}"


def in_url(authorization: str) -> str:
    """A signature as URL parameters."""
    pairs = (piece.partition("=") for piece in authorization.split("&"))
    return "&".join(f"{name}={url_encode(value)}" for name, _, value in pairs if name in PARAMETERS)


def a_job(**changes: object) -> JobRequest:
    """The page's first sample, mended, with changes."""
    sample = JobRequest(
        tag="PicProcess",
        input_object="input/deer.jpg",
        template_id=SETTINGS.template_id,
        output=Output("ap-chongqing", "test-123456789", "output/out.jpg"),
        user_data="This is my data.",
        job_level="0",
        queue_id=SETTINGS.queue_id,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]  # names are checked by replace


def request_of(
    method: str,
    target: str,
    body: bytes | None = None,
    headers: Iterable[tuple[str, str]] = (),
    host: str = SETTINGS.service_host,
) -> Request:
    """A request with Host and what a body needs; ``headers`` replace and add."""
    made = Headers.of([("Host", host)])
    if body is not None:
        made = made.set("Content-Length", str(len(body))).set("Content-Type", "application/xml")
    for name, value in headers:
        made = made.set(name, value)
    return Request(method, target, made, body or b"")


@dataclass
class Said:
    """An answer, and its document when it has one."""

    answer: Answer
    incoming: Incoming

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def node(self) -> Node:
        return read_xml(self.answer.body)

    @property
    def code(self) -> str | None:
        return self.node.value("Code")

    def value(self, path: str) -> str | None:
        return self.node.value(path)

    @property
    def jobs(self) -> tuple[Node, ...]:
        return self.node.all("JobsDetail")


@dataclass
class Desk:
    """One emulator without a network."""

    kind: type[Behaviour] = Behaviour
    settings: EmulatorSettings = SETTINGS
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.behaviour = self.kind(self.settings, self.clock)

    def send(self, request: Request) -> Said:
        """A request just as it is."""
        incoming = self.behaviour.receive(request)
        return Said(self.behaviour.handle(incoming), incoming)

    def call(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Iterable[tuple[str, str]] = (),
        how: Sign | None = None,
    ) -> Said:
        """A signed request."""
        request = request_of(method, target, body, headers)
        authorization = sign(request, self.clock.now, how or Sign())
        return self.send(request.with_headers(request.headers.set("Authorization", authorization)))

    def create(self, job: JobRequest | Node | bytes | None = None) -> Said:
        return self.call("POST", "/pic_jobs", document(job))

    def created(self, **changes: object) -> str:
        """The id of a job that was created."""
        said = self.create(a_job(**changes))
        assert said.status == 200, said.answer.body
        return said.value("JobsDetail/JobId") or ""

    def describe(self, *job_ids: str) -> Said:
        return self.call("GET", f"/pic_jobs/{','.join(job_ids)}")

    def state(self, job_id: str) -> str | None:
        return self.describe(job_id).value("JobsDetail/State")

    def list(self, **params: str) -> Said:
        asked = {"queueId": SETTINGS.queue_id, "tag": "PicProcess", **params}
        query = "&".join(f"{name}={url_encode(value)}" for name, value in asked.items() if value)
        return self.call("GET", f"/pic_jobs?{query}")

    def cancel(self, job_id: str) -> Said:
        return self.call("PUT", f"/jobs/{job_id}?cancel")

    def later(self, seconds: float) -> None:
        self.clock.now += seconds


def document(job: JobRequest | Node | bytes | None) -> bytes:
    if isinstance(job, bytes):
        return job
    if isinstance(job, Node):
        return write_xml(job)
    return write_xml((job or a_job()).to_node())
