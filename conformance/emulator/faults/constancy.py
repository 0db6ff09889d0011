"""Faults of what stays, of how jobs end, of queues (STA-08 to STA-10, STA-13, STA-14)."""

from __future__ import annotations

import heapq

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.life import End
from conformance.emulator.store import Queue, StoredJob
from conformance.emulator.trees import put
from conformance.emulator.values import Incoming, Operation
from conformance.spec.clauses import Level
from conformance.spec.states import FINAL, State
from conformance.spec.times import format_job_time
from conformance.spec.xml import Node

FAULTS = Faults()

SHOULD = Level.SHOULD
_NEVER = 10.0**6

#: Long enough a run for a job to be seen more than once in each state.
SLOW = {"run_time": 0.8}


# ---- STA-08: what never changes ----


@FAULTS.add("creation-moves", "STA-08", says="CreationTime is a minute earlier once started.")
class CreationMoves(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        if job.state is State.SUBMITTED or job.started is None:
            return super().creation_time_of(job)
        return format_job_time(job.created - 60)


@FAULTS.add(
    "creation-differs-by-view", "STA-08", says="Create and describe differ on CreationTime by 1 s."
)
class CreationDiffersByView(Behaviour):
    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:
        earlier = format_job_time(job.created - 1)
        return put(super().create_document(incoming, job), "JobsDetail/CreationTime", earlier)


@FAULTS.add("start-moves", "STA-08", says="StartTime moves on while the job runs.", settings=SLOW)
class StartMoves(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        if job.started is None or job.state in FINAL:
            return super().start_time_of(job)
        return format_job_time(job.started + self.count(f"start {job.job_id}"))


@FAULTS.add("end-moves", "STA-08", says="EndTime moves on with every look.")
class EndMoves(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        if job.ended is None:
            return super().end_time_of(job)
        return format_job_time(job.ended + self.count(f"end {job.job_id}"))


@FAULTS.add(
    "input-becomes-output",
    "STA-08",
    "RSP-18",
    says="Input.Object is the result's key once there is a result.",
)
class InputBecomesOutput(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        asked = job.request.output
        if job.state is State.SUCCESS and asked is not None:
            return asked.object
        return super().input_object_of(job)


@FAULTS.add(
    "data-lost-at-the-end", "STA-08", "RSP-24", says="UserData is gone when the job has ended."
)
class DataLostAtTheEnd(Behaviour):
    def user_data_of(self, job: StoredJob) -> str | None:
        return None if job.state in FINAL else super().user_data_of(job)


@FAULTS.add(
    "level-lost-at-the-end",
    "STA-08",
    "RSP-25",
    says="JobLevel is 0 when the job has ended.",
)
class LevelLostAtTheEnd(Behaviour):
    def job_level_of(self, job: StoredJob) -> str | None:
        return "0" if job.state in FINAL else super().job_level_of(job)


@FAULTS.add("job-id-of-the-view", "STA-08", "QRY-01", says="Describe shows JobId in upper case.")
class JobIdOfTheView(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        made = super().render_job(job, operation)
        return put(made, "JobId", job.job_id.upper()) if operation is Operation.DESCRIBE else made


@FAULTS.add(
    "output-renamed-at-the-end",
    "STA-08",
    "RSP-20",
    says="Output.Object gets a suffix when the job has ended.",
)
class OutputRenamedAtTheEnd(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made, asked = super().render_output(job), job.request.output
        if made is None or asked is None or job.state not in FINAL:
            return made
        return put(made, "Object", f"{asked.object}.jpg")


# ---- STA-09, STA-10: how jobs end ----


@FAULTS.add("sound-jobs-fail", "STA-09", says="Every job fails.")
class SoundJobsFail(Behaviour):
    def outcome(self, job: StoredJob) -> End:
        return State.FAILED, "InternalError", "the worker is not there"


@FAULTS.add("inline-jobs-fail", "STA-09", says="Every job with an inline rule fails.")
class InlineJobsFail(Behaviour):
    def outcome(self, job: StoredJob) -> End:
        if job.request.template_id:
            return super().outcome(job)
        return State.FAILED, "InvalidArgument", "there is no template"


@FAULTS.add("jobs-never-end", "STA-09", says="Jobs with an inline rule run for ever.")
class JobsNeverEnd(Behaviour):
    def run_time(self, job: StoredJob) -> float:
        return super().run_time(job) if job.request.template_id else _NEVER


@FAULTS.add("jobs-without-info-never-end", "STA-09", says="Jobs with IsPicInfo=false never end.")
class JobsWithoutInfoNeverEnd(Behaviour):
    def run_time(self, job: StoredJob) -> float:
        rule = job.request.pic_process
        silent = rule is not None and rule.is_pic_info == "false"
        return _NEVER if silent else super().run_time(job)


@FAULTS.add("jobs-never-start", "STA-09", says="Jobs stay in Submitted for ever.")
class JobsNeverStart(Behaviour):
    def start_delay(self, job: StoredJob) -> float:
        return _NEVER


@FAULTS.add("missing-input-succeeds", "STA-10", says="A job on no image succeeds.")
class MissingInputSucceeds(Behaviour):
    def outcome(self, job: StoredJob) -> End:
        return State.SUCCESS, None, None


@FAULTS.add("missing-input-of-template", "STA-10", says="A template succeeds on no image.")
class MissingInputOfTemplate(Behaviour):
    def outcome(self, job: StoredJob) -> End:
        return (State.SUCCESS, None, None) if job.request.template_id else super().outcome(job)


@FAULTS.add(
    "missing-input-mute", "STA-10", "RSP-28", says="A job on no image fails without a Code."
)
class MissingInputMute(Behaviour):
    def outcome(self, job: StoredJob) -> End:
        state, _, _ = super().outcome(job)
        return state, None, None


@FAULTS.add("missing-input-cancelled", "STA-10", "STA-06", says="A job on no image is in Cancel.")
class MissingInputCancelled(Behaviour):
    def outcome(self, job: StoredJob) -> End:
        state, code, message = super().outcome(job)
        return (State.CANCEL if state is State.FAILED else state), code, message

    def move(self, job: StoredJob, state: State) -> None:
        if state is State.CANCEL:
            job.state = state
            return
        super().move(job, state)


@FAULTS.add("missing-input-waits", "STA-10", says="A job on no image runs for ever.")
class MissingInputWaits(Behaviour):
    def run_time(self, job: StoredJob) -> float:
        there = job.request.input_object in self.settings.input_objects
        return super().run_time(job) if there else _NEVER


# ---- STA-13, STA-14: queues ----


@FAULTS.add("pause-ignored", "STA-13", says="Jobs of a paused queue run.", level=SHOULD)
class PauseIgnored(Behaviour):
    def initial_state(self, job: StoredJob, queue: Queue) -> State:
        return State.SUBMITTED


@FAULTS.add("pause-not-for-urgent", "STA-13", says="Level 2 is above a pause.", level=SHOULD)
class PauseNotForUrgent(Behaviour):
    def initial_state(self, job: StoredJob, queue: Queue) -> State:
        return State.SUBMITTED if job.level == 2 else super().initial_state(job, queue)


@FAULTS.add("pause-fails", "STA-13", says="Jobs of a paused queue fail.", level=SHOULD)
class PauseFails(Behaviour):
    def initial_state(self, job: StoredJob, queue: Queue) -> State:
        return State.FAILED if queue.paused else super().initial_state(job, queue)

    def outcome(self, job: StoredJob) -> End:
        if self.store.queues[job.request.queue_id or ""].paused:
            return State.FAILED, "QueuePaused", "the queue is paused"
        return super().outcome(job)


@FAULTS.add("pause-runs-out", "STA-13", says="A paused job runs after a while.", level=SHOULD)
class PauseRunsOut(Behaviour):
    def enter(self, job: StoredJob) -> None:
        super().enter(job)
        if job.state is State.PAUSE:
            queue = self.store.queues[job.request.queue_id or ""]
            heapq.heappush(queue.arriving, (job.created + 0.2, job.number, job))

    def step_queue(self, queue: Queue, moment: float) -> None:
        for due, _, job in queue.arriving:
            if due <= moment and job.state is State.PAUSE:
                self.move(job, State.SUBMITTED)
        super().step_queue(queue, moment)


#: One worker, so that the order in which jobs start can be seen.
ONE_WORKER = {"slots": 1}


@FAULTS.add(
    "level-ignored",
    "STA-14",
    says="Jobs start in the order of their creation, whatever their JobLevel.",
    level=SHOULD,
    settings=ONE_WORKER,
)
class LevelIgnored(Behaviour):
    def priority(self, job: StoredJob) -> float:
        return 0.0


@FAULTS.add(
    "level-reversed",
    "STA-14",
    says="The smaller JobLevel goes first.",
    level=SHOULD,
    settings=ONE_WORKER,
)
class LevelReversed(Behaviour):
    def priority(self, job: StoredJob) -> float:
        return -super().priority(job)


@FAULTS.add(
    "level-2-unknown",
    "STA-14",
    says="JobLevel 2 counts as 0.",
    level=SHOULD,
    settings=ONE_WORKER,
)
class Level2Unknown(Behaviour):
    def priority(self, job: StoredJob) -> float:
        return 0.0 if job.level == 2 else super().priority(job)
