"""Hooks of DescribePicJobs: its parameters, and which jobs they pick in which order and pages."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from conformance.emulator.render import Rendering
from conformance.emulator.store import StoredJob
from conformance.emulator.values import Incoming, Refusal, shown
from conformance.spec.names import TAG
from conformance.spec.states import State, parse_state
from conformance.spec.times import parse_job_time

DEFAULT_SIZE = 10
LARGEST_SIZE = 100
_NUMBER = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list asks for.

    ``states`` is None for all; ``after`` is the number of the last job of the page before; times
    are in Unix seconds, both ends inclusive.
    """

    queue_id: str
    tag: str
    ascending: bool = False
    size: int = DEFAULT_SIZE
    after: int | None = None
    states: frozenset[str] | None = None
    start: float | None = None
    end: float | None = None
    input_object: str | None = None
    workflow_id: str | None = None
    trigger_id: str | None = None


class Listing(Rendering):
    """From URL parameters to a page of jobs."""

    def select_jobs(self, incoming: Incoming) -> tuple[tuple[StoredJob, ...], str | None]:
        """The jobs of one page, and the NextToken when more follow."""
        query = self.read_query(incoming)
        chosen = [job for job in self.store.jobs() if self.matches(job, query)]
        return self.page(self.order(chosen, query), query)

    def read_query(self, incoming: Incoming) -> ListQuery:
        return ListQuery(
            queue_id=self.read_queue_id(incoming),
            tag=self.read_tag(incoming),
            ascending=self.read_order(incoming),
            size=self.read_size(incoming),
            after=self.read_token(incoming),
            states=self.read_states(incoming),
            start=self.read_time(incoming, "startCreationTime"),
            end=self.read_time(incoming, "endCreationTime"),
            input_object=incoming.param("inputObject") or None,
            workflow_id=incoming.param("workflowId") or None,
            trigger_id=incoming.param("inventoryTriggerJobId") or None,
        )

    def read_queue_id(self, incoming: Incoming) -> str:
        """QRY-11, E27."""
        given = incoming.param("queueId")
        if not given:
            raise argument("queueId is missing")
        if given not in self.store.queues:
            raise Refusal(404, "QueueNotFound", f"there is no queue {shown(given)}")
        return given

    def read_tag(self, incoming: Incoming) -> str:
        """QRY-11."""
        given = incoming.param("tag")
        if given != TAG:
            raise argument("tag is missing" if not given else f"tag is not {TAG}")
        return given

    def read_order(self, incoming: Incoming) -> bool:
        """QRY-12."""
        given = incoming.param("orderByTime") or "Desc"
        if given not in {"Desc", "Asc"}:
            raise argument("orderByTime is neither Desc nor Asc")
        return given == "Asc"

    def read_size(self, incoming: Incoming) -> int:
        """QRY-13: above the bound is refused."""
        given = incoming.param("size") or str(DEFAULT_SIZE)
        if not _NUMBER.fullmatch(given) or not 1 <= int(given) <= LARGEST_SIZE:
            raise argument(f"size is not a number from 1 to {LARGEST_SIZE}")
        return int(given)

    def read_states(self, incoming: Incoming) -> frozenset[str] | None:
        """QRY-15, QRY-18."""
        names = (incoming.param("states") or "All").split(",")
        for name in names:
            if name != "All" and parse_state(name) is None:
                raise argument(f"states names {shown(name)}, which is not a state")
        return None if "All" in names else frozenset(State(name).value for name in names)

    def read_time(self, incoming: Incoming, name: str) -> float | None:
        """QRY-16, QRY-18."""
        given = incoming.param(name)
        if not given:
            return None
        moment = parse_job_time(given)
        if moment is None:
            raise argument(f"{name} is not of the form 2001-01-01T00:00:00+0800")
        return moment

    def read_token(self, incoming: Incoming) -> int | None:
        """QRY-14."""
        given = incoming.param("nextToken")
        return self.open_token(given) if given else None

    def make_token(self, job: StoredJob) -> str:
        """An opaque name for the place after ``job``: it stands when jobs are added or change."""
        return base64.urlsafe_b64encode(b"after:%d" % job.number).decode("ascii")

    def open_token(self, token: str) -> int:
        try:
            word, _, number = base64.b64decode(token, b"-_", validate=True).partition(b":")
        except (binascii.Error, ValueError):
            word, number = b"", b""
        if word != b"after" or not number.isdigit():
            raise argument("nextToken was not given out here")
        return int(number[:18])

    def matches(self, job: StoredJob, query: ListQuery) -> bool:
        return (
            self.matches_queue(job, query)
            and self.matches_states(job, query)
            and self.matches_created(job, query)
            and self.matches_input(job, query)
            and self.matches_origin(job, query)
        )

    def matches_queue(self, job: StoredJob, query: ListQuery) -> bool:
        """QRY-10."""
        return job.request.queue_id == query.queue_id

    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        """QRY-15."""
        return query.states is None or self.state_of(job) in query.states

    def matches_created(self, job: StoredJob, query: ListQuery) -> bool:
        """QRY-16: by the second that CreationTime shows."""
        second = int(job.created)
        return (query.start is None or second >= query.start) and (
            query.end is None or second <= query.end
        )

    def matches_input(self, job: StoredJob, query: ListQuery) -> bool:
        """QRY-17."""
        return query.input_object is None or job.request.input_object == query.input_object

    def matches_origin(self, job: StoredJob, query: ListQuery) -> bool:  # noqa: ARG002
        """No job here was started by a workflow or an inventory trigger."""
        return query.workflow_id is None and query.trigger_id is None

    def order(self, jobs: list[StoredJob], query: ListQuery) -> list[StoredJob]:
        """QRY-12."""
        return sorted(jobs, key=self.order_key, reverse=not query.ascending)

    def order_key(self, job: StoredJob) -> float:
        return job.number

    def page(
        self, jobs: list[StoredJob], query: ListQuery
    ) -> tuple[tuple[StoredJob, ...], str | None]:
        """QRY-13, QRY-14: what follows the page before, and the token when that is not the end."""
        rest = [job for job in jobs if self.follows(job, query)]
        here = tuple(rest[: query.size])
        return here, self.make_token(here[-1]) if len(rest) > len(here) else None

    def follows(self, job: StoredJob, query: ListQuery) -> bool:
        """Whether a job lies after the place that the token names."""
        if query.after is None:
            return True
        return job.number > query.after if query.ascending else job.number < query.after


def argument(message: str) -> Refusal:
    return Refusal(400, "InvalidArgument", message)
