"""Variants of a job's life: the states it passes, how long they last, how it ends (STA, E25)."""

from __future__ import annotations

from typing import Any

from conformance.emulator import Behaviour, hook
from conformance.emulator.deviation import Variants
from conformance.emulator.life import End
from conformance.emulator.store import Queue, StoredJob, Template
from conformance.emulator.values import Answer, Delivery, Incoming, Notice, Refusal, Segment
from conformance.spec.messages import JobRequest
from conformance.spec.states import FINAL, State
from conformance.spec.times import NO_TIME

VARIANTS = Variants()


# ---- the first state ----


@VARIANTS.add("runs-at-once", says="Create answers with Running.")
@hook("initial_state")
def runs_at_once(behaviour: Behaviour, inner: Any, job: StoredJob, queue: Queue) -> Any:
    return inner(job, queue) if queue.paused else State.RUNNING


@VARIANTS.add("done-at-once", says="Create answers with Success, or with Failed.")
class DoneAtOnce(Behaviour):
    def initial_state(self, job: StoredJob, queue: Queue) -> State:
        return super().initial_state(job, queue) if queue.paused else State.SUCCESS


@VARIANTS.add(
    "announced-before-answered",
    says="The job is done, and its callback on the way, before create has answered.",
)
class AnnouncedBeforeAnswered(DoneAtOnce):
    def deliver(self, incoming: Incoming, answer: Answer) -> Delivery:
        whole = super().deliver(incoming, answer)
        if incoming.job is None:
            return whole
        data = b"".join(segment.data for segment in whole.segments)
        return Delivery((Segment(data, 0.1),), whole.close, whole.abort)


@VARIANTS.add("pause-first", says="Every job is in Pause until it runs.")
class PauseFirst(Behaviour):
    def state_of(self, job: StoredJob) -> str:
        shown = super().state_of(job)
        return State.PAUSE.value if shown == State.SUBMITTED else shown


@VARIANTS.add("pause-between", says="Waiting jobs are Submitted and Pause by turns.")
class PauseBetween(Behaviour):
    def state_of(self, job: StoredJob) -> str:
        shown = super().state_of(job)
        if shown == State.SUBMITTED and int((self.now() - job.created) * 25) % 2:
            return State.PAUSE.value
        return shown


# ---- how long it takes ----


@VARIANTS.add(
    "instantaneous",
    says="Jobs neither wait nor run for any time: after create they are done.",
    settings={"start_delay": 0.0, "run_time": 0.0},
)
class Instantaneous(Behaviour):
    pass


@VARIANTS.add(
    "never-running",
    says="Jobs go from Submitted to their end without being seen to run.",
    settings={"start_delay": 0.25, "run_time": 0.0},
)
class NeverRunning(Behaviour):
    pass


@VARIANTS.add(
    "slow-jobs",
    says="Jobs wait for half a second and run for a second.",
    settings={"start_delay": 0.5, "run_time": 1.0, "slots": 100_000},
)
class SlowJobs(Behaviour):
    pass


@VARIANTS.add(
    "uneven-jobs", says="Jobs take between nothing and a second, and overtake each other."
)
class UnevenJobs(Behaviour):
    def start_delay(self, job: StoredJob) -> float:
        return job.number * 7 % 10 / 20

    def run_time(self, job: StoredJob) -> float:
        return job.number * 3 % 10 / 20


@VARIANTS.add(
    "one-worker",
    says="One job of a queue runs at a time.",
    settings={"slots": 1, "run_time": 0.02},
)
class OneWorker(Behaviour):
    pass


@VARIANTS.add("unlimited-workers", says="No job waits for a worker.", settings={"slots": 100_000})
class UnlimitedWorkers(Behaviour):
    pass


@VARIANTS.add(
    "newest-first",
    says="Of waiting jobs of one level the newest starts first.",
    settings={"slots": 2, "run_time": 0.04},
)
@hook("priority")
def newest_first(behaviour: Behaviour, inner: Any, job: StoredJob) -> float:
    return float(inner(job)) * 1e9 - job.number


# ---- how it ends ----


@VARIANTS.add(
    "failed-before-start",
    says="A job without its input fails with StartTime -, for it never started.",
)
class FailedBeforeStart(Behaviour):
    def run_time(self, job: StoredJob) -> float:
        return 0.0 if self.outcome(job)[0] is State.FAILED else super().run_time(job)

    def start_time_of(self, job: StoredJob) -> str | None:
        return NO_TIME if self.state_of(job) == State.FAILED else super().start_time_of(job)


@VARIANTS.add(
    "failed-in-create",
    says="A job without its input is Failed in create's own answer, with StartTime -.",
)
class FailedInCreate(Behaviour):
    def initial_state(self, job: StoredJob, queue: Queue) -> State:
        doomed = self.outcome(job)[0] is State.FAILED and not queue.paused
        return State.FAILED if doomed else super().initial_state(job, queue)

    def begin(self, job: StoredJob, queue: Queue, moment: float) -> None:
        if self.outcome(job)[0] is not State.FAILED:
            super().begin(job, queue, moment)


@VARIANTS.add(
    "input-refused",
    says="A job without its input is refused at once: 400 ResourceNotFound.",
)
@hook("create")
def input_refused(behaviour: Behaviour, inner: Any, incoming: Incoming) -> Any:
    wanted = behaviour.understand(incoming) if _is_readable(behaviour, incoming) else None
    if wanted is not None and wanted.input_object not in behaviour.settings.input_objects:
        raise Refusal(400, "ResourceNotFound", "the input object does not exist")
    return inner(incoming)


def _is_readable(behaviour: Behaviour, incoming: Incoming) -> bool:
    try:
        behaviour.check_content(incoming)
        behaviour.understand(incoming)
    except Refusal:
        return False
    return True


class _OwnFailure(Behaviour):
    """Gives failures a Code and a Message of its own."""

    _code = ""
    _message = ""

    def outcome(self, job: StoredJob) -> End:
        state, code, message = super().outcome(job)
        if state is State.FAILED:
            return state, self._code, self._message
        return state, code, message


@VARIANTS.add(
    "failure-in-chinese",
    says="A failure's Code is a number, its Message long, in Chinese and with special characters.",
)
class FailureInChinese(_OwnFailure):
    _code = "1103"
    _message = (
        '\u8d44\u6e90 <deer.jpg> & "\u5176\u4ed6" \u4e0d\u5b58\u5728 ]]>\n\u8bf7\u91cd\u8bd5 ' * 20
    )


@VARIANTS.add("failure-to-download", says="A failure's Code is ResourceDownloadFailed.")
class FailureToDownload(_OwnFailure):
    _code = "ResourceDownloadFailed"
    _message = "download failed: 404"


@VARIANTS.add("strange-rules-fail", says="A job with a ProcessRule that is no rule fails.")
@hook("outcome")
def strange_rules_fail(behaviour: Behaviour, inner: Any, job: StoredJob) -> Any:
    if behaviour.rule_of(job).startswith(("imageMogr2/", "imageView2/", "watermark/")):
        return inner(job)
    return State.FAILED, "InvalidArgument", "ProcessRule is not a rule"


@VARIANTS.add(
    "strange-output-fails", says="A job whose Output is not in the bucket of the Host fails."
)
@hook("outcome")
def strange_output_fails(behaviour: Behaviour, inner: Any, job: StoredJob) -> Any:
    output = job.request.output
    if output is not None and (output.bucket, output.region) == (job.bucket, job.region):
        return inner(job)
    return State.FAILED, "WriteTargetBucketDenied", "the output bucket is not yours"


# ---- queues, templates ----


@VARIANTS.add("paused-queue-refuses", says="A paused queue refuses jobs: 403 QueuePaused.")
@hook("find_queue")
def paused_queue_refuses(behaviour: Behaviour, inner: Any, wanted: JobRequest) -> Queue:
    queue: Queue = inner(wanted)
    if queue.paused:
        raise Refusal(403, "QueuePaused", "the queue is paused")
    return queue


@VARIANTS.add("paused-queue-submits", says="In a paused queue jobs stay Submitted.")
class PausedQueueSubmits(Behaviour):
    def state_of(self, job: StoredJob) -> str:
        return State.SUBMITTED.value if job.state is State.PAUSE else super().state_of(job)


@VARIANTS.add(
    "bare-account",
    says="There is no paused queue, and there are no temporary credentials.",
    settings={"paused_queue_id": "", "tmp_secret_id": ""},
)
class BareAccount(Behaviour):
    pass


class _TakesAnyTemplate(Behaviour):
    """Accepts an unknown template: the job that asks for it fails."""

    def find_template(self, wanted: JobRequest) -> Template | None:
        try:
            return super().find_template(wanted)
        except Refusal:
            return None

    def outcome(self, job: StoredJob) -> End:
        if job.request.template_id and job.template_name is None:
            return State.FAILED, "TemplateNotFound", "there is no such template"
        return super().outcome(job)


@VARIANTS.add("unknown-template-fails", says="A job with an unknown template is taken, and fails.")
class UnknownTemplateFails(_TakesAnyTemplate):
    pass


@VARIANTS.add(
    "unknown-template-fails-at-once",
    says="A job with an unknown template is Failed in create's answer, TemplateName empty.",
)
class UnknownTemplateFailsAtOnce(_TakesAnyTemplate):
    def initial_state(self, job: StoredJob, queue: Queue) -> State:
        unknown = job.request.template_id and job.template_name is None and not queue.paused
        return State.FAILED if unknown else super().initial_state(job, queue)

    def template_name_of(self, job: StoredJob) -> str | None:
        return "" if job.request.template_id and job.template_name is None else job.template_name


# ---- cancel ----


@VARIANTS.add(
    "cancelled-with-times",
    says="A cancelled job has StartTime and EndTime, Code and Message.",
    errata=("E25",),
)
class CancelledWithTimes(Behaviour):
    def cancel(self, job: StoredJob, moment: float) -> None:
        job.started = moment
        super().cancel(job, moment)

    def code_of(self, job: StoredJob) -> str | None:
        return "UserCancel" if job.state is State.CANCEL else super().code_of(job)

    def message_of(self, job: StoredJob) -> str | None:
        return "cancelled by its user" if job.state is State.CANCEL else super().message_of(job)


@VARIANTS.add(
    "cancelled-without-times", says="A cancelled job has no times at all.", errata=("E25",)
)
@hook("cancel")
def cancelled_without_times(
    behaviour: Behaviour, inner: Any, job: StoredJob, moment: float
) -> None:
    inner(job, moment)
    job.ended = None


@VARIANTS.add("cancel-announced", says="A cancelled job is announced too.", errata=("E25",))
@hook("notices")
def cancel_announced(
    behaviour: Behaviour, inner: Any, job: StoredJob, state: State
) -> tuple[Notice, ...]:
    if state is State.CANCEL:
        state = State.SUCCESS  # as what is announced; the callback shows the job as it is
    made: tuple[Notice, ...] = inner(job, state)
    return made


@VARIANTS.add("cancel-again", says="Cancelling a cancelled job is a success that changes nothing.")
class CancelAgain(Behaviour):
    def may_cancel(self, job: StoredJob) -> bool:
        return job.state is State.CANCEL or super().may_cancel(job)

    def cancel(self, job: StoredJob, moment: float) -> None:
        if job.state not in FINAL:
            super().cancel(job, moment)
