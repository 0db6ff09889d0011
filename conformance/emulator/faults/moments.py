"""Faults of the three times of a job as they are written (RSP-15, RSP-16, RSP-31)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.listing import ListQuery
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import rewrite
from conformance.spec.clauses import Level
from conformance.spec.times import NO_TIME, format_job_time
from conformance.spec.xml import Node

FAULTS = Faults()

SHOULD = Level.SHOULD


# ---- RSP-15, RSP-16, RSP-31: times ----


@FAULTS.add("created-missing", "RSP-15", says="CreationTime is left out.")
class CreatedMissing(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        return None


@FAULTS.add("created-without-zone", "RSP-15", says="CreationTime has no zone.")
class CreatedWithoutZone(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        return format_job_time(job.created)[:19]


@FAULTS.add("created-colon-in-zone", "RSP-15", says="CreationTime ends in +08:00.")
class CreatedColonInZone(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        return format_job_time(job.created)[:19] + "+08:00"


@FAULTS.add("created-milliseconds", "RSP-15", says="CreationTime has milliseconds.")
class CreatedMilliseconds(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        text = format_job_time(job.created)
        return f"{text[:19]}.{int(job.created % 1 * 1000):03d}{text[19:]}"


@FAULTS.add("created-zulu", "RSP-15", says="CreationTime ends in Z.")
class CreatedZulu(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        return format_job_time(job.created, 0)[:19] + "Z"


@FAULTS.add("created-space", "RSP-15", says="CreationTime has a space for the T.")
class CreatedSpace(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        return format_job_time(job.created).replace("T", " ")


@FAULTS.add("created-month-13", "RSP-15", says="CreationTime has month 13.")
class CreatedMonth13(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        text = format_job_time(job.created)
        return f"{text[:5]}13{text[7:]}"


@FAULTS.add("created-hour-24", "RSP-15", says="CreationTime counts hours on past midnight.")
class CreatedHour24(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        yesterday = format_job_time(job.created - 86_400)
        return f"{yesterday[:11]}{int(yesterday[11:13]) + 24}{yesterday[13:]}"


@FAULTS.add("created-unix", "RSP-15", says="CreationTime is in Unix seconds.")
class CreatedUnix(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        return str(int(job.created))


@FAULTS.add("created-http-date", "RSP-15", says="CreationTime has the form of an HTTP date.")
class CreatedHttpDate(Behaviour):
    def creation_time_of(self, job: StoredJob) -> str | None:
        return f"{datetime.fromtimestamp(int(job.created), UTC):%a, %d %b %Y %H:%M:%S GMT}"


@FAULTS.add(
    "created-without-zone-in-lists",
    "RSP-15",
    "QRY-10",
    says="In lists CreationTime has no zone.",
)
class CreatedWithoutZoneInLists(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        made = super().list_document(jobs, token)
        return rewrite(made, "JobsDetail/CreationTime", lambda text: text[:19])


@FAULTS.add("no-time-absent", "RSP-16", says="StartTime and EndTime are left out until known.")
class NoTimeAbsent(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        return None if job.started is None else super().start_time_of(job)

    def end_time_of(self, job: StoredJob) -> str | None:
        return None if job.ended is None else super().end_time_of(job)


@FAULTS.add("no-time-empty", "RSP-16", says="StartTime and EndTime are empty until known.")
class NoTimeEmpty(Behaviour):
    def time_text(self, moment: float | None) -> str:
        return "" if moment is None else super().time_text(moment)


@FAULTS.add("no-time-null", "RSP-16", says="A time that is not known is null.")
class NoTimeNull(Behaviour):
    def time_text(self, moment: float | None) -> str:
        return "null" if moment is None else super().time_text(moment)


@FAULTS.add("no-time-dashes", "RSP-16", says="A time that is not known is two dashes.")
class NoTimeDashes(Behaviour):
    def time_text(self, moment: float | None) -> str:
        return "--" if moment is None else super().time_text(moment)


@FAULTS.add("end-missing", "RSP-16", says="EndTime is always left out.")
class EndMissing(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        return None


@FAULTS.add("end-colon-in-zone", "RSP-16", says="EndTime has +08:00, the other times do not.")
class EndColonInZone(Behaviour):
    def end_time_of(self, job: StoredJob) -> str | None:
        return NO_TIME if job.ended is None else format_job_time(job.ended)[:19] + "+08:00"


@FAULTS.add("start-milliseconds", "RSP-16", says="StartTime has milliseconds.")
class StartMilliseconds(Behaviour):
    def start_time_of(self, job: StoredJob) -> str | None:
        if job.started is None:
            return NO_TIME
        text = format_job_time(job.started)
        return f"{text[:19]}.{int(job.started % 1 * 1000):03d}{text[19:]}"


class _Shifted(Behaviour):
    """A clock of the jobs' own, in seconds ahead; lists are filtered by what it shows."""

    _ahead = 0.0

    def time_text(self, moment: float | None) -> str:
        return super().time_text(None if moment is None else moment + self._ahead)

    def matches_created(self, job: StoredJob, query: ListQuery) -> bool:
        start = None if query.start is None else query.start - self._ahead
        end = None if query.end is None else query.end - self._ahead
        return super().matches_created(job, replace(query, start=start, end=end))


@FAULTS.add("times-of-greenwich", "RSP-31", says="Times are in GMT, called +0800.", level=SHOULD)
class TimesOfGreenwich(_Shifted):
    _ahead = -8 * 3600.0


@FAULTS.add("times-ahead", "RSP-31", says="The jobs' clock is half an hour ahead.", level=SHOULD)
class TimesAhead(_Shifted):
    _ahead = 1800.0
