"""Faults of a job's states: their times and their steps (STA-01 to STA-07)."""

from __future__ import annotations

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.store import Queue, StoredJob
from conformance.emulator.trees import drop, put
from conformance.emulator.values import Incoming, Operation
from conformance.spec.clauses import Level
from conformance.spec.states import State
from conformance.spec.times import NO_TIME, format_job_time
from conformance.spec.xml import Node

FAULTS = Faults()

SHOULD = Level.SHOULD

#: Long enough a run for a job to be seen more than once in each state.
SLOW = {"run_time": 0.8}


# ---- STA-01: the create response ----


class _AtOnce(Behaviour):
    """Jobs of the active queue are further on already when create answers."""

    _first = State.RUNNING

    def initial_state(self, job: StoredJob, queue: Queue) -> State:
        usual = super().initial_state(job, queue)
        return self._first if usual is State.SUBMITTED else usual


@FAULTS.add(
    "created-running-unstarted",
    "STA-01",
    "STA-03",
    says="Create answers with Running and no StartTime.",
)
class CreatedRunningUnstarted(_AtOnce):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        made = super().create_document(incoming, job)
        return put(made, "JobsDetail/StartTime", NO_TIME)


@FAULTS.add(
    "created-success-unended",
    "STA-01",
    "STA-04",
    says="Create answers with Success and no EndTime.",
)
class CreatedSuccessUnended(_AtOnce):
    _first = State.SUCCESS

    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        made = super().create_document(incoming, job)
        return put(made, "JobsDetail/EndTime", NO_TIME)


@FAULTS.add(
    "created-success-without-result",
    "STA-01",
    "STA-11",
    says="Create answers with Success and no PicProcessResult.",
)
class CreatedSuccessWithoutResult(_AtOnce):
    _first = State.SUCCESS

    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        made = super().create_document(incoming, job)
        return drop(made, "JobsDetail/Operation/PicProcessResult")


# ---- STA-02, STA-03, STA-04: times that fit the state ----


@FAULTS.add("submitted-started", "STA-02", says="A job in Submitted has a StartTime.")
class SubmittedStarted(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        if job.state is State.SUBMITTED:
            return format_job_time(job.created)
        return super().start_time_of(job)


@FAULTS.add("submitted-ended", "STA-02", says="A job in Submitted has an EndTime.")
class SubmittedEnded(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        if job.state is State.SUBMITTED:
            return format_job_time(job.created)
        return super().end_time_of(job)


@FAULTS.add("waiting-since-1970", "STA-02", "STA-03", says="A time that is not known is 1970.")
class WaitingSince1970(Behaviour):
    def time_text(self, moment: float | None) -> str:
        return super().time_text(0.0 if moment is None else moment)


@FAULTS.add("paused-started", "STA-02", says="A job in Pause has a StartTime.")
class PausedStarted(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        if job.state is State.PAUSE:
            return format_job_time(job.created)
        return super().start_time_of(job)


@FAULTS.add("running-unstarted", "STA-03", says="A running job has no StartTime.", settings=SLOW)
class RunningUnstarted(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        return NO_TIME if job.state is State.RUNNING else super().start_time_of(job)


@FAULTS.add("running-ended", "STA-03", says="A running job shows when it will end.", settings=SLOW)
class RunningEnded(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        if job.state is State.RUNNING and job.started is not None:
            return format_job_time(job.started + self.run_time(job))
        return super().end_time_of(job)


@FAULTS.add("success-unended", "STA-04", says="A job in Success has no EndTime.")
class SuccessUnended(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        return NO_TIME if job.state is State.SUCCESS else super().end_time_of(job)


@FAULTS.add(
    "success-unstarted",
    "STA-04",
    "STA-08",
    says="StartTime goes back to a dash when the job has succeeded.",
)
class SuccessUnstarted(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        return NO_TIME if job.state is State.SUCCESS else super().start_time_of(job)


@FAULTS.add("failed-unended", "STA-04", says="A job in Failed has no EndTime.")
class FailedUnended(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        return NO_TIME if job.state is State.FAILED else super().end_time_of(job)


# ---- STA-05: the order of times ----


@FAULTS.add("end-before-start", "STA-05", says="EndTime is a few seconds before StartTime.")
class EndBeforeStart(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        if job.ended is None or job.started is None:
            return super().end_time_of(job)
        return format_job_time(job.started - 3)


@FAULTS.add(
    "end-of-greenwich", "STA-05", says="EndTime is in GMT, called +0800; the others are right."
)
class EndOfGreenwich(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        return self.time_text(None if job.ended is None else job.ended - 8 * 3600)


@FAULTS.add("start-before-creation", "STA-05", says="StartTime is before CreationTime.")
class StartBeforeCreation(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        return self.time_text(None if job.started is None else job.created - 2)


@FAULTS.add("creation-rounded-up", "STA-05", says="CreationTime is rounded up to the minute.")
class CreationRoundedUp(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        return format_job_time((job.created // 60 + 1) * 60)


# ---- STA-06: steps ----


@FAULTS.add(
    "back-to-submitted",
    "STA-06",
    "STA-08",
    says="The second look at a running job finds it in Submitted, once.",
    settings=SLOW,
)
class BackToSubmitted(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        made = super().render_job(job, operation)
        if operation is not Operation.DESCRIBE or job.state is not State.RUNNING:
            return made
        if self.count(f"running {job.job_id}") != 2:
            return made
        return put(put(made, "State", State.SUBMITTED), "StartTime", NO_TIME)


@FAULTS.add(
    "running-then-pause",
    "STA-06",
    "STA-08",
    says="Half way through its run a job is in Pause.",
    settings={"run_time": 1.0},
)
class RunningThenPause(Behaviour):
    def state_of(self, job: StoredJob) -> str:
        usual = super().state_of(job)
        if job.state is not State.RUNNING or job.started is None:
            return usual
        return State.PAUSE if self.now() > job.started + self.run_time(job) / 2 else usual

    def start_time_of(self, job: StoredJob) -> str | None:
        return NO_TIME if self.state_of(job) == State.PAUSE else super().start_time_of(job)


@FAULTS.add(
    "running-cancelled",
    "STA-06",
    says="A running job can be cancelled.",
    settings={"run_time": 1.5},
)
class RunningCancelled(Behaviour):
    def may_cancel(self, job: StoredJob) -> bool:
        return job.state is State.RUNNING or super().may_cancel(job)

    def cancel(self, job: StoredJob, moment: float) -> None:
        if job.state is State.RUNNING:
            job.state, job.ended = State.CANCEL, moment
            return
        super().cancel(job, moment)


# ---- STA-07: final states ----


class _ChangesItsEnd(Behaviour):
    """From the second look at a job in ``_was`` on, it is in ``_becomes``."""

    _was = State.SUCCESS
    _becomes = State.FAILED

    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        for job in found:
            if job.state is self._was and self.count(f"ended {job.job_id}") == 2:
                self._change(job)
        return super().describe_document(found, missing)

    def _change(self, job: StoredJob) -> None:
        job.state = self._becomes


@FAULTS.add("success-then-failed", "STA-07", "STA-06", says="Success becomes Failed later on.")
class SuccessThenFailed(_ChangesItsEnd):
    def _change(self, job: StoredJob) -> None:
        super()._change(job)
        job.code, job.message = "InternalError", "the result was lost"


@FAULTS.add("failed-then-success", "STA-07", "STA-06", says="Failed becomes Success later on.")
class FailedThenSuccess(_ChangesItsEnd):
    _was, _becomes = State.FAILED, State.SUCCESS


@FAULTS.add(
    "failed-then-running",
    "STA-07",
    "STA-06",
    says="A job that failed is tried again, and is seen as Running.",
)
class FailedThenRunning(_ChangesItsEnd):
    _was, _becomes = State.FAILED, State.RUNNING

    def _change(self, job: StoredJob) -> None:
        super()._change(job)
        job.ended = None


@FAULTS.add("cancel-then-submitted", "STA-07", "STA-06", says="Cancel becomes Submitted again.")
class CancelThenSubmitted(_ChangesItsEnd):
    _was, _becomes = State.CANCEL, State.SUBMITTED

    def _change(self, job: StoredJob) -> None:
        super()._change(job)
        job.ended = None


@FAULTS.add(
    "cancelled-runs-anyway",
    "STA-07",
    "STA-06",
    says="A cancelled job keeps its place in the queue and runs.",
    settings={"start_delay": 0.5},
)
class CancelledRunsAnyway(Behaviour):
    def step_queue(self, queue: Queue, moment: float) -> None:
        for due, _, job in queue.arriving:
            if due <= moment and job.state is State.CANCEL:
                job.state, job.ended = State.SUBMITTED, None
        super().step_queue(queue, moment)
