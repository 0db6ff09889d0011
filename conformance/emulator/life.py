"""Hooks that move jobs through their states, as time goes by.

Nothing runs in between: ``advance`` plays back, in the order of their moments, all steps that have
fallen due since it was last called. So describe, list and callbacks always tell the same story,
and a test drives it with a clock of its own.
"""

from __future__ import annotations

import heapq

from conformance.emulator.hooks import Hooks
from conformance.emulator.store import Queue, StoredJob
from conformance.emulator.values import Notice
from conformance.spec.states import FINAL, STEPS, WAITING, State

#: How a job ends: its state, and Code and Message when that is Failed.
End = tuple[State, str | None, str | None]


class Life(Hooks):
    """The state machine of ``conformance.spec.states``, with queues, workers and priorities."""

    def enter(self, job: StoredJob) -> None:
        """A job has been created: put it into its first state, and into its queue."""
        queue = self.store.queues[job.request.queue_id or ""]
        first = self.initial_state(job, queue)
        if first in WAITING:
            job.state = first
            self.enrol(job, queue)
            self.tell(job)
            return
        self.begin(job, queue, job.created)
        if first in FINAL:
            self.finish(job, job.created)

    def initial_state(self, job: StoredJob, queue: Queue) -> State:  # noqa: ARG002  for overriding
        """STA-01, STA-13: in a paused queue jobs wait in the paused status."""
        return State.PAUSE if queue.paused else State.SUBMITTED

    def enrol(self, job: StoredJob, queue: Queue) -> None:
        if job.state is State.SUBMITTED:
            due = job.created + self.start_delay(job)
            heapq.heappush(queue.arriving, (due, job.number, job))

    def start_delay(self, job: StoredJob) -> float:  # noqa: ARG002  for overriding
        """Seconds that a job waits at least."""
        return self.settings.start_delay

    def run_time(self, job: StoredJob) -> float:  # noqa: ARG002  for overriding
        """Seconds that a job runs."""
        return self.settings.run_time

    def slots(self, queue: Queue) -> int:  # noqa: ARG002  for overriding
        """How many jobs of the queue run at once."""
        return self.settings.slots

    def priority(self, job: StoredJob) -> float:
        """STA-14: the lower the sooner; among equals the first created comes first."""
        return -float(job.level)

    def outcome(self, job: StoredJob) -> End:
        """STA-09, STA-10: how the job ends."""
        if job.request.input_object not in self.settings.input_objects:
            return State.FAILED, "ResourceNotFound", "the input object does not exist"
        inline = job.request.pic_process
        if not job.request.template_id and inline is not None and not inline.process_rule:
            return State.FAILED, "InvalidArgument", "ProcessRule is empty"
        return State.SUCCESS, None, None

    def advance(self, now: float) -> None:
        """Play every step that is due at ``now``."""
        for queue in self.store.queues.values():
            while (moment := next_in(queue)) is not None and moment <= now:
                self.step_queue(queue, moment)

    def next_moment(self) -> float | None:
        """When the next step falls due; None when nothing is under way."""
        moments = [each for queue in self.store.queues.values() if (each := next_in(queue))]
        return min(moments, default=None)

    def step_queue(self, queue: Queue, moment: float) -> None:
        """All that happens in a queue at one moment: ends first, then arrivals, then starts."""
        while queue.running and queue.running[0][0] <= moment:
            self.finish(heapq.heappop(queue.running)[2], moment)
        while queue.arriving and queue.arriving[0][0] <= moment:
            job = heapq.heappop(queue.arriving)[2]
            heapq.heappush(queue.ready, (self.priority(job), job.number, job))
        while queue.ready and len(queue.running) < self.slots(queue):
            job = heapq.heappop(queue.ready)[2]
            if job.state is State.SUBMITTED:
                self.begin(job, queue, moment)

    def begin(self, job: StoredJob, queue: Queue, moment: float) -> None:
        """A worker takes the job."""
        self.move(job, State.RUNNING)
        job.started = moment
        heapq.heappush(queue.running, (moment + self.run_time(job), job.number, job))
        self.tell(job)

    def finish(self, job: StoredJob, moment: float) -> None:
        """The worker is done with the job."""
        if job.state in FINAL:
            return
        state, job.code, job.message = self.outcome(job)
        self.move(job, state)
        job.ended = moment
        self.tell(job)

    def may_cancel(self, job: StoredJob) -> bool:
        """QRY-20, QRY-21: only pending jobs can be cancelled."""
        return job.state in WAITING

    def cancel(self, job: StoredJob, moment: float) -> None:
        """The job will never run (its place in the queue is passed over when its turn comes)."""
        self.move(job, State.CANCEL)
        job.ended = moment
        self.tell(job)

    def move(self, job: StoredJob, state: State) -> None:
        """One step; STA-06 and STA-07 hold here or nowhere."""
        if state not in STEPS[job.state]:
            raise RuntimeError(f"there is no step from {job.state} to {state}")
        job.state = state

    def tell(self, job: StoredJob) -> None:
        """The job is in a new state: put the callbacks that this calls for into the outbox."""
        self.store.outbox.extend(self.notices(job, job.state))

    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:  # noqa: ARG002
        """The callbacks to send now that ``job`` has come into ``state``."""
        return ()


def next_in(queue: Queue) -> float | None:
    """When something can next happen in a queue."""
    moments = [heap[0][0] for heap in (queue.arriving, queue.running) if heap]
    return min(moments, default=None)
