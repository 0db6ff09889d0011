"""Faults of describe and cancel (QRY-01 to QRY-04, QRY-20 to QRY-22)."""

from __future__ import annotations

from dataclasses import replace

from conformance.emulator.answers import Success
from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import drop, grow, put
from conformance.emulator.values import Answer, Incoming, Operation, Refusal
from conformance.spec.clauses import Level
from conformance.spec.states import FINAL, State
from conformance.spec.xml import Node, element

FAULTS = Faults()

SHOULD = Level.SHOULD
Looked = tuple[tuple[StoredJob, ...], tuple[str, ...]]


# ---- QRY-01: describe ----


@FAULTS.add("describe-newest", "QRY-01", says="Describe gives the newest job, whatever was asked.")
class DescribeNewest(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> Looked:
        found, missing = super().look_up(job_ids)
        return (self.store.jobs()[-1:] if found else found), missing


@FAULTS.add(
    "describe-not-while-paused",
    "QRY-01",
    "QRY-03",
    says="Describe does not know the jobs of a paused queue.",
)
class DescribeNotWhilePaused(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> Looked:
        found, missing = super().look_up(job_ids)
        hidden = tuple(job.job_id for job in found if job.state is State.PAUSE)
        return tuple(job for job in found if job.state is not State.PAUSE), (*missing, *hidden)


@FAULTS.add("describe-needs-queue", "QRY-01", says="Describe is refused without queueId.")
class DescribeNeedsQueue(Behaviour):
    def describe(self, incoming: Incoming) -> Success:
        if incoming.param("queueId") is None:
            raise Refusal(400, "InvalidArgument", "queueId is missing")
        return super().describe(incoming)


@FAULTS.add("describe-sometimes-empty", "QRY-01", says="One describe in twenty finds nothing.")
class DescribeSometimesEmpty(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> Looked:
        return ((), ()) if self.every(20, "empty describe") else super().look_up(job_ids)


@FAULTS.add("describe-in-job", "QRY-01", says="Describe gives Job nodes rather than JobsDetail.")
class DescribeInJob(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        made = super().describe_document(found, missing)
        jobs = (Node("Job", "", each.children) for each in made.all("JobsDetail"))
        return element("Response", *jobs, *made.all("NonExistJobIds"))


# ---- QRY-02, QRY-03: ids that do not exist ----


@FAULTS.add("unknown-unsaid", "QRY-02", says="NonExistJobIds is never there.")
class UnknownUnsaid(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        return super().describe_document(found, ())


@FAULTS.add("unknown-made-up", "QRY-02", says="An unknown id gets a JobsDetail in Failed.")
class UnknownMadeUp(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        made_up = (
            element("JobsDetail", element("JobId", job_id), element("State", State.FAILED.value))
            for job_id in missing
        )
        return grow(super().describe_document(found, ()), "", *made_up)


@FAULTS.add("unknown-made-up-too", "QRY-02", says="Beside NonExistJobIds stands a bare JobsDetail.")
class UnknownMadeUpToo(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        bare = (element("JobsDetail", element("JobId", job_id)) for job_id in missing)
        return grow(super().describe_document(found, missing), "", *bare)


@FAULTS.add("unknown-cut", "QRY-02", says="NonExistJobIds shows an id without its first letter.")
class UnknownCut(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        return super().describe_document(found, tuple(job_id[1:] for job_id in missing))


@FAULTS.add("unknown-by-beginning", "QRY-02", says="An id's beginning is good for the id.")
class UnknownByBeginning(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> tuple[tuple[StoredJob, ...], tuple[str, ...]]:
        jobs = self.store.jobs()
        found = {
            asked: next((job for job in jobs if job.job_id.startswith(asked)), None)
            for asked in job_ids
        }
        return (
            tuple(job for job in found.values() if job is not None),
            tuple(asked for asked, job in found.items() if job is None),
        )


@FAULTS.add("unknown-by-known-beginning", "QRY-02", says="What follows a known id is cut off.")
class UnknownByKnownBeginning(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> tuple[tuple[StoredJob, ...], tuple[str, ...]]:
        known = {job.job_id for job in self.store.jobs()}
        starts = (
            next((each for each in known if asked.startswith(each)), asked) for asked in job_ids
        )
        return super().look_up(tuple(starts))


@FAULTS.add("unknown-count", "QRY-02", says="NonExistJobIds holds how many there are.")
class UnknownCount(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        made = super().describe_document(found, missing)
        return put(made, "NonExistJobIds", str(len(missing)))


@FAULTS.add("unknown-beside-known-unsaid", "QRY-02", says="With known ids unknown ones are unsaid.")
class UnknownBesideKnownUnsaid(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        return super().describe_document(found, () if found else missing)


@FAULTS.add("unknown-first", "QRY-02", says="Of several unknown ids only the first is named.")
class UnknownFirst(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        return super().describe_document(found, missing[:1])


@FAULTS.add(
    "known-among-unknown", "QRY-02", says="Where an id is unknown, all that were asked for are so."
)
class KnownAmongUnknown(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        known = tuple(job.job_id for job in found) if missing else ()
        return super().describe_document(found, (*known, *missing))


@FAULTS.add("known-called-unknown", "QRY-03", says="NonExistJobIds lists every id asked for.")
class KnownCalledUnknown(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        known = tuple(job.job_id for job in found)
        return super().describe_document(found, (*known, *missing))


@FAULTS.add("unknown-none", "QRY-03", says="NonExistJobIds says None when all ids exist.")
class UnknownNone(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        return super().describe_document(found, missing or ("None",))


# ---- QRY-04: several ids ----


@FAULTS.add("several-first", "QRY-04", says="Of several ids only the first counts.", level=SHOULD)
class SeveralFirst(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> Looked:
        return super().look_up(job_ids[:1])


@FAULTS.add("several-last", "QRY-04", says="Of several ids only the last counts.", level=SHOULD)
class SeveralLast(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> Looked:
        return super().look_up(job_ids[-1:])


@FAULTS.add("several-as-one", "QRY-04", says="Several ids are taken for one id.", level=SHOULD)
class SeveralAsOne(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> Looked:
        return super().look_up((",".join(job_ids),))


@FAULTS.add("several-merged", "QRY-04", says="All jobs share one JobsDetail.", level=SHOULD)
class SeveralMerged(Behaviour):
    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        made = super().describe_document(found, missing)
        jobs = made.all("JobsDetail")
        if len(jobs) < 2:
            return made
        merged = element("JobsDetail", *(node for job in jobs for node in job.children))
        return grow(drop(made, "JobsDetail"), "", merged)


# ---- QRY-20: cancel ----


class _CancelStatus(Behaviour):
    _status = 204

    def success_status(self, incoming: Incoming) -> int:
        cancelled = incoming.operation is Operation.CANCEL
        return self._status if cancelled else super().success_status(incoming)


@FAULTS.add("cancel-204", "QRY-20", "RSP-01", says="Cancel answers 204 No Content.")
class Cancel204(_CancelStatus):
    _status = 204


@FAULTS.add("cancel-202", "QRY-20", "RSP-01", says="Cancel answers 202 Accepted.")
class Cancel202(_CancelStatus):
    _status = 202


@FAULTS.add("cancel-with-body", "QRY-20", says="Cancel answers with the job in its body.")
class CancelWithBody(Behaviour):
    def cancel_job(self, incoming: Incoming) -> Success:
        super().cancel_job(incoming)
        jobs = () if incoming.job is None else (incoming.job,)
        return element("Response", *(self.render_job(job, Operation.CANCEL) for job in jobs))


@FAULTS.add("cancel-with-empty-response", "QRY-20", says="Cancel's body is an empty Response.")
class CancelWithEmptyResponse(Behaviour):
    def cancel_job(self, incoming: Incoming) -> Success:
        super().cancel_job(incoming)
        return element("Response")


@FAULTS.add("cancel-does-nothing", "QRY-20", says="Cancel answers 200, and the job goes on.")
class CancelDoesNothing(Behaviour):
    def cancel(self, job: StoredJob, moment: float) -> None:
        return


@FAULTS.add("cancel-fails-the-job", "QRY-20", says="A cancelled job ends in Failed.")
class CancelFailsTheJob(Behaviour):
    def cancel(self, job: StoredJob, moment: float) -> None:
        self.move(job, State.FAILED)
        job.ended, job.code, job.message = moment, "InvalidArgument", "cancelled by the user"


@FAULTS.add(
    "cancel-pauses-the-job",
    "QRY-20",
    says="A cancelled job is in Pause, to be picked up again by hand.",
)
class CancelPausesTheJob(Behaviour):
    def cancel(self, job: StoredJob, moment: float) -> None:
        job.state = State.PAUSE


@FAULTS.add("cancel-forgets-the-job", "QRY-20", "QRY-01", says="A cancelled job does not exist.")
class CancelForgetsTheJob(Behaviour):
    def look_up(self, job_ids: tuple[str, ...]) -> Looked:
        found, missing = super().look_up(job_ids)
        gone = tuple(job.job_id for job in found if job.state is State.CANCEL)
        return tuple(job for job in found if job.state is not State.CANCEL), (*missing, *gone)


@FAULTS.add("cancel-not-submitted", "QRY-20", says="A job in Submitted cannot be cancelled.")
class CancelNotSubmitted(Behaviour):
    def may_cancel(self, job: StoredJob) -> bool:
        return job.state is State.PAUSE


@FAULTS.add("cancel-not-paused", "QRY-20", says="A job in Pause cannot be cancelled.")
class CancelNotPaused(Behaviour):
    def may_cancel(self, job: StoredJob) -> bool:
        return job.state is State.SUBMITTED


@FAULTS.add("cancel-needs-value", "QRY-20", says="?cancel is refused, ?cancel=true is served.")
class CancelNeedsValue(Behaviour):
    def check_cancel_word(self, incoming: Incoming) -> None:
        if not incoming.request.param("cancel"):
            raise Refusal(400, "InvalidArgument", "cancel has no value")


@FAULTS.add("cancel-refuses-equals", "QRY-20", says="?cancel is served, ?cancel= is refused.")
class CancelRefusesEquals(Behaviour):
    def check_cancel_word(self, incoming: Incoming) -> None:
        super().check_cancel_word(incoming)
        if "cancel=" in incoming.request.target:
            raise Refusal(400, "InvalidArgument", "cancel has a value")


@FAULTS.add("cancel-clears-level", "STA-08", says="A cancelled job has JobLevel 0.")
class CancelClearsLevel(Behaviour):
    def job_level_of(self, job: StoredJob) -> str | None:
        return "0" if job.state is State.CANCEL else super().job_level_of(job)


# ---- QRY-21: cancelling what has ended ----


class _EndedTakesCancel(Behaviour):
    """Cancelling a job that has ended in one of ``_states`` is a success."""

    _states: frozenset[State] = FINAL

    def may_cancel(self, job: StoredJob) -> bool:
        return job.state in self._states or super().may_cancel(job)

    def cancel(self, job: StoredJob, moment: float) -> None:
        if job.state not in FINAL:
            super().cancel(job, moment)


@FAULTS.add("cancel-ended-200", "QRY-21", says="Cancelling a finished job is a success, idle.")
class CancelEnded200(_EndedTakesCancel):
    pass


@FAULTS.add("cancel-failed-200", "QRY-21", says="Cancelling a failed job is a success, idle.")
class CancelFailed200(_EndedTakesCancel):
    _states = frozenset({State.FAILED})


@FAULTS.add(
    "cancel-ended-changes",
    "QRY-21",
    "STA-07",
    "STA-06",
    says="Cancelling a finished job is a success, and puts it into Cancel.",
)
class CancelEndedChanges(_EndedTakesCancel):
    def cancel(self, job: StoredJob, moment: float) -> None:
        job.state, job.ended = State.CANCEL, moment


@FAULTS.add(
    "cancel-ended-refused-late",
    "QRY-21",
    "STA-07",
    "STA-06",
    says="Cancelling a finished job is refused, yet puts it into Cancel.",
)
class CancelEndedRefusedLate(Behaviour):
    def refused(self, incoming: Incoming, refusal: Refusal) -> None:
        super().refused(incoming, refusal)
        if incoming.operation is Operation.CANCEL and incoming.job is not None:
            incoming.job.state = State.CANCEL


@FAULTS.add(
    "cancel-ended-touches-times",
    "QRY-21",
    "STA-08",
    says="Cancelling a finished job is refused, yet moves its EndTime.",
)
class CancelEndedTouchesTimes(Behaviour):
    def refused(self, incoming: Incoming, refusal: Refusal) -> None:
        super().refused(incoming, refusal)
        job = incoming.job
        if incoming.operation is Operation.CANCEL and job is not None and job.ended is not None:
            job.ended += 60


@FAULTS.add(
    "cancel-failed-renames-cause",
    "QRY-21",
    says="Cancelling a failed job is refused, and the job then says that it was.",
)
class CancelFailedRenamesCause(Behaviour):
    def refused(self, incoming: Incoming, refusal: Refusal) -> None:
        super().refused(incoming, refusal)
        job = incoming.job
        cancelled = incoming.operation is Operation.CANCEL
        if cancelled and job is not None and job.state is State.FAILED:
            job.message = refusal.message


# ---- QRY-22: cancelling what is not there ----


@FAULTS.add("cancel-unknown-200", "QRY-22", says="Cancelling an unknown job is a success.")
class CancelUnknown200(Behaviour):
    def cancel_job(self, incoming: Incoming) -> Success:
        known = self.store.find(incoming.job_ids[0]) is not None
        return super().cancel_job(incoming) if known else None


@FAULTS.add(
    "cancel-unknown-makes-job",
    "QRY-22",
    "QRY-02",
    says="Cancelling an unknown job is a success, and describe then knows the job.",
)
class CancelUnknownMakesJob(Behaviour):
    def cancel_job(self, incoming: Incoming) -> Success:
        job_id, known = incoming.job_ids[0], self.store.jobs()
        if self.store.find(job_id) is None and known:
            self.store.add(replace(known[0], job_id=job_id, state=State.CANCEL))
            return None
        return super().cancel_job(incoming)


@FAULTS.add(
    "cancel-unknown-says-200",
    "QRY-22",
    "ERR-01",
    says="Cancelling an unknown job gives an Error document with status 200.",
)
class CancelUnknownSays200(Behaviour):
    def fail(self, incoming: Incoming, refusal: Refusal) -> Answer:
        if incoming.operation is Operation.CANCEL and refusal.status == 404:
            refusal = Refusal(200, refusal.code, refusal.message)
        return super().fail(incoming, refusal)
