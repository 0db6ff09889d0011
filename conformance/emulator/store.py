"""What the emulator remembers: queues, templates and jobs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.emulator.settings import EmulatorSettings
from conformance.emulator.values import Notice
from conformance.spec.messages import JobRequest
from conformance.spec.states import State


@dataclass(slots=True, eq=False)
class StoredJob:
    """One job. Moments are in Unix seconds, None while they have not come.

    ``number`` counts jobs in the order of creation; ``bucket`` and ``region`` are those of the
    Host that created it; ``template_name`` is None when the request named no template.
    """

    number: int
    job_id: str
    request: JobRequest
    bucket: str
    region: str
    created: float
    template_name: str | None = None
    state: State = State.SUBMITTED
    started: float | None = None
    ended: float | None = None
    code: str | None = None
    message: str | None = None

    @property
    def level(self) -> int:
        """JobLevel as a number; 0 when the request had none, or none that is a number (page)."""
        given = self.request.job_level or ""
        return int(given) if given.isascii() and given.isdigit() else 0


#: A heap entry: what it is ordered by, the job's number (first come, first served), the job.
Ticket = tuple[float, int, StoredJob]


@dataclass(slots=True)
class Queue:
    """A queue, and where its jobs stand: arriving (not yet due), ready, running."""

    queue_id: str
    paused: bool = False
    callback_url: str = ""
    callback_format: str = "XML"
    callback_on: bool = True
    arriving: list[Ticket] = field(default_factory=list)
    ready: list[Ticket] = field(default_factory=list)
    running: list[Ticket] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Template:
    """An image processing template."""

    template_id: str
    name: str
    rule: str


class Store:
    """The memory of one emulator. ``lock`` guards it; the hooks run with it held."""

    def __init__(self, settings: EmulatorSettings) -> None:
        self.lock = threading.RLock()
        self.queues = {queue.queue_id: queue for queue in _queues(settings)}
        template = Template(settings.template_id, settings.template_name, settings.template_rule)
        self.templates = {template.template_id: template}
        self.outbox: deque[Notice] = deque()
        self._limit = settings.job_limit
        self._jobs: dict[str, StoredJob] = {}

    def add(self, job: StoredJob) -> None:
        """Remember a job; beyond the limit the oldest is forgotten."""
        with self.lock:
            self._jobs[job.job_id] = job
            if len(self._jobs) > self._limit:
                del self._jobs[next(iter(self._jobs))]

    def find(self, job_id: str) -> StoredJob | None:
        with self.lock:
            return self._jobs.get(job_id)

    def jobs(self) -> tuple[StoredJob, ...]:
        """Every job, oldest first."""
        with self.lock:
            return tuple(self._jobs.values())

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[StoredJob]:
        return iter(self.jobs())


def _queues(settings: EmulatorSettings) -> Iterator[Queue]:
    for queue_id, paused in ((settings.queue_id, False), (settings.paused_queue_id, True)):
        if queue_id:
            yield Queue(
                queue_id,
                paused,
                settings.queue_callback_url,
                settings.queue_callback_format,
                settings.queue_callback_on,
            )
