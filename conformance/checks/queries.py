"""QRY-01 to QRY-04 and QRY-20 to QRY-22: describe and cancel."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.base import Decisions, Outcome, broken, ok, unclear, unmet
from conformance.checks.facts import FORGOTTEN, Facts
from conformance.spec.errors import CODES
from conformance.spec.messages import JobList
from conformance.spec.reading import (
    Operation,
    asked_ids,
    document,
    error_code,
    job_id_of,
    jobs_in,
    operation_of,
    refused,
    state_of,
    succeeded,
)
from conformance.spec.states import FINAL, WAITING, State
from conformance.spec.wire import Exchange, Wanted


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge every describe of the run, and the cancels in their scenarios."""
    for exchange in facts.sent:
        if operation_of(exchange.request) is Operation.DESCRIBE and _sound(exchange):
            yield from _describe(facts, exchange)
    for name, exchanges in facts.by_scenario.items():
        if name.startswith(("query/cancel-waiting", "query/cancel-paused")):
            yield from _cancel_waiting(exchanges)
        elif name in ("query/cancel-finished", "query/cancel-failed"):
            yield from _cancel_finished(exchanges)


def _sound(exchange: Exchange) -> bool:
    """A describe that was not meant to be refused (as one with a bad signature is)."""
    return exchange.expect is None or exchange.expect.wanted is not Wanted.REFUSE


# ---- describe -----------------------------------------------------------------------------------


def _describe(facts: Facts, exchange: Exchange) -> Iterator[Outcome]:
    asked = asked_ids(exchange.request)
    known = [job_id for job_id in asked if job_id in facts.creations]
    unknown = [job_id for job_id in asked if job_id not in facts.creations]
    if exchange.failure is not None:
        yield unclear("QRY-01" if known else "QRY-02", exchange, reason=exchange.failure.message)
    elif succeeded(exchange):
        yield from _known(facts, exchange, known, len(asked))
        yield from _unknown(exchange, unknown)
    elif unknown and refused(exchange):
        yield from _unknown_refused(exchange)


def _known(facts: Facts, exchange: Exchange, known: list[str], asked: int) -> Iterator[Outcome]:
    """QRY-01 for one id; QRY-04 for several; no job that nobody asked for."""
    shown = [job.value("JobId") for job in jobs_in(exchange)]
    clause = "QRY-01" if asked == 1 else "QRY-04"
    for job_id in known:
        count = shown.count(job_id)
        broke = None if count else facts.may_have_forgotten(job_id, exchange)
        if count == 1:
            yield ok(clause, exchange)
        elif broke is not None:
            yield unclear(clause, exchange, reason=f"{FORGOTTEN}: {broke.message}")
        else:
            yield broken(
                clause,
                exchange,
                message=f"describe shows job {job_id} {count} times",
                expected="one JobsDetail for every id that was asked for",
                observed=f"JobIds {shown}",
                at="Response/JobsDetail",
            )
    strangers = [job_id for job_id in shown if job_id not in asked_ids(exchange.request)]
    if known and strangers:
        yield broken(
            clause,
            exchange,
            message="describe shows a job that was not asked for",
            expected=", ".join(known),
            observed=f"JobIds {strangers}",
            at="Response/JobsDetail/JobId",
        )
    if asked != len(known):
        return
    node = document(exchange)
    if any(facts.may_have_forgotten(job_id, exchange) for job_id in known if job_id not in shown):
        return
    if node is not None and any(each.text.strip() for each in node.all("NonExistJobIds")):
        yield broken(
            "QRY-03",
            exchange,
            message="NonExistJobIds is there although every id exists",
            expected="no NonExistJobIds",
            observed=", ".join(JobList.from_node(node).non_exist_job_ids),
            at="Response/NonExistJobIds",
        )
    else:
        yield ok("QRY-03", exchange)


def _unknown(exchange: Exchange, unknown: list[str]) -> Iterator[Outcome]:
    """QRY-02: named in NonExistJobIds (E12), with no job made up."""
    node = document(exchange)
    if node is None or not unknown:
        return
    listed = JobList.from_node(node).non_exist_job_ids
    shown = [job.value("JobId") for job in jobs_in(exchange)]
    for job_id in shown:
        if job_id in listed and job_id not in unknown:
            yield broken(
                "QRY-02",
                exchange,
                message="an id that exists is listed among those that do not",
                expected=", ".join(unknown),
                observed=f"NonExistJobIds: {', '.join(listed)}, and a JobsDetail for {job_id}",
                at="Response/NonExistJobIds",
            )
    for job_id in unknown:
        if job_id in shown:
            observed = f"a JobsDetail with JobId {job_id}"
        elif job_id not in listed:
            observed = f"NonExistJobIds: {', '.join(listed) or 'absent'}"
        elif len(shown) > len(asked_ids(exchange.request)) - len(unknown):
            observed = f"JobsDetail made up: {shown}"
        else:
            yield ok("QRY-02", exchange)
            continue
        yield broken(
            "QRY-02",
            exchange,
            message="an unknown job id is not reported as such",
            expected=f"{job_id} in NonExistJobIds, and no JobsDetail for it",
            observed=observed,
            at="Response/NonExistJobIds",
        )


def _unknown_refused(exchange: Exchange) -> Iterator[Outcome]:
    """E14: for an unknown job id any documented 4xx code is right as well."""
    assert exchange.response is not None
    if 400 <= exchange.response.status <= 499 and error_code(exchange) in CODES:
        yield ok("QRY-02", exchange)
    else:
        yield broken(
            "QRY-02",
            exchange,
            message="an unknown job id is neither listed nor refused with a documented code",
            expected="NonExistJobIds, or a documented 4xx code",
            observed=f"{exchange.response.status} {error_code(exchange)}".strip(),
        )


# ---- cancel -------------------------------------------------------------------------------------


def _cancel_waiting(exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """QRY-20, for each job that the scenario made and cancelled while it may have waited."""
    job_id: str | None = None
    answer: Exchange | None = None
    for exchange in exchanges:
        operation = operation_of(exchange.request)
        if operation is Operation.CREATE:
            job_id, answer = job_id_of(exchange), None
        elif operation is Operation.CANCEL:
            answer = exchange
            yield from _cancel_answer(exchange)
        elif answer is not None and job_id is not None:
            yield _after_cancel(job_id, answer, exchange)


def _cancel_answer(exchange: Exchange) -> Iterator[Outcome]:
    """The form of a successful cancel: 200 and nothing else."""
    if exchange.failure is not None:
        yield unclear("QRY-20", exchange, reason=exchange.failure.message)
    elif succeeded(exchange):
        assert exchange.response is not None
        if exchange.response.status == 200 and not exchange.response.body:
            yield ok("QRY-20", exchange)
        else:
            yield broken(
                "QRY-20",
                exchange,
                message="a cancel that was carried out is not answered with 200 and no body",
                expected="200 with an empty body",
                observed=f"{exchange.response.status} with {len(exchange.response.body)} bytes",
            )


def _after_cancel(job_id: str, answer: Exchange, look: Exchange) -> Outcome:
    state = state_of(look, job_id)
    if state is None or answer.failure is not None:
        return unclear("QRY-20", look, reason="the state after the cancel could not be seen")
    if succeeded(answer):
        if state is State.CANCEL:
            return ok("QRY-20", look)
        return broken(
            "QRY-20",
            look,
            answer,
            message="after a successful cancel the job is not in Cancel",
            expected=State.CANCEL,
            observed=state,
            at="Response/JobsDetail/State",
        )
    if state in WAITING:
        return broken(
            "QRY-20",
            answer,
            look,
            message="a waiting job could not be cancelled",
            expected="200, and State Cancel",
            observed=f"{answer.response.status if answer.response else ''} {error_code(answer)}, "
            f"and afterwards the job still waits ({state})",
        )
    return unmet("QRY-20", look, reason="no job was seen waiting long enough to be cancelled")


def _cancel_finished(exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """QRY-21: the refusal is judged as an outcome; here, that it changed nothing."""
    attempt = next((each for each in exchanges if each.step == "cancel-finished"), None)
    job_id = job_id_of(exchanges[0])
    if attempt is None or job_id is None:
        yield unmet("QRY-21", exchanges[0], reason="no finished job was there to cancel")
        return
    after = [each for each in exchanges if each.step == "look"]
    before = [each for each in exchanges if each.step == "poll"]
    if not after or state_of(after[-1], job_id) is None or not before:
        return
    was, now = (_values(each, job_id) for each in (before[-1], after[-1]))
    changed = next((path for path in _FIXED if was.get(path) != now.get(path)), None)
    if changed is None and state_of(after[-1], job_id) in FINAL:
        yield ok("QRY-21", after[-1])
    else:
        path = changed or "State"
        yield broken(
            "QRY-21",
            after[-1],
            attempt,
            message=f"cancelling a finished job changed its {path}",
            expected=repr(was.get(path, "")),
            observed=repr(now.get(path, "")),
            at=f"Response/JobsDetail/{path}",
        )


#: What the end of a job has fixed; an empty node and an absent one are the same (E16).
_FIXED = ("State", "StartTime", "EndTime", "Code", "Message")


def _values(look: Exchange, job_id: str) -> dict[str, str]:
    """What is fixed of a job, as one look shows it."""
    job = next((each for each in jobs_in(look) if each.value("JobId") == job_id), None)
    values = {} if job is None else {path: job.value(path) or "" for path in _FIXED}
    if values.get("Code") == "Success":
        values["Code"] = ""  # E2
    return values


#: Which function decides which clauses.
DECIDES: Decisions = {
    _known: ("QRY-01", "QRY-03", "QRY-04"),
    _unknown: ("QRY-02",),
    _unknown_refused: ("QRY-02",),
    _cancel_answer: ("QRY-20",),
    _after_cancel: ("QRY-20",),
    _cancel_finished: ("QRY-21",),
}
