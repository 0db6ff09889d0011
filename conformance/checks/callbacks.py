"""CBK-01 to CBK-09: what arrives at the callback address, and what must not."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from conformance.checks.announced import compare
from conformance.checks.base import Decisions, Mark, Outcome, broken, ok, unclear, unmet
from conformance.checks.body import BAIT
from conformance.checks.facts import Facts
from conformance.spec.messages import JsonProblem, json_to_node, read_json
from conformance.spec.names import RESPONSE_DRIFT
from conformance.spec.reading import is_callback, job_id_of, parse_body, refused, state_of
from conformance.spec.states import FINAL, State, parse_state
from conformance.spec.wire import Exchange, Failure
from conformance.spec.xml import Node, XmlProblem

#: Where callbacks stand that no scenario waits for (jobs with a queue's own callback address).
ELSEWHERE = "callback/elsewhere"

_XML_TYPES = frozenset({"application/xml", "text/xml"})


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge every callback that came, then every scenario that waited for one."""
    by_job: dict[str, list[Exchange]] = defaultdict(list)
    for callback in facts.callbacks:
        yield from _one(facts, callback)
        for job_id in dict.fromkeys(job_ids(callback)):
            by_job[job_id].append(callback)
    for name, exchanges in facts.by_scenario.items():
        if name.startswith("callback/") and name != ELSEWHERE:
            yield from _scenario(facts, name, exchanges, by_job)


def body_of(callback: Exchange) -> Node | XmlProblem | JsonProblem:
    """The body as a tree, whichever of the two formats it is in."""
    body = callback.request.body
    if body.lstrip()[:1] in (b"{", b"["):
        try:
            return json_to_node("Response", read_json(body))
        except JsonProblem as problem:
            return problem
    return parse_body(body)


def jobs_of(callback: Exchange) -> tuple[Node, ...]:
    body = body_of(callback)
    return body.all("JobsDetail") if isinstance(body, Node) else ()


def job_ids(callback: Exchange) -> tuple[str, ...]:
    return tuple(job_id for job in jobs_of(callback) if (job_id := job.value("JobId")))


# ---- one callback -------------------------------------------------------------------------------


def _one(facts: Facts, callback: Exchange) -> Iterator[Outcome]:
    if callback.failure is not None or callback.request.raw_path.startswith(BAIT):
        return
    yield from _method(callback)
    yield from _format(facts, callback)
    body = body_of(callback)
    if not isinstance(body, Node):
        return
    yield _event(callback, body)
    yield from _repeated(callback)
    for job in body.all("JobsDetail"):
        yield from _not_wanted(facts, callback, job)
        yield from _to_the_address(facts, callback, job)
        yield from _not_early(facts, callback, job)
        yield from compare(facts, callback, job)


def _method(callback: Exchange) -> Iterator[Outcome]:
    if callback.request.method != "POST":
        yield broken(
            "CBK-01",
            callback,
            message="a callback is not a POST",
            expected="POST",
            observed=callback.request.method,
        )


def _asked_format(facts: Facts, callback: Exchange) -> str | None:
    """JSON or XML as the job's request had it; None when the job is not one of this run."""
    candidates = [
        creation.request for id_ in job_ids(callback) if (creation := facts.creation(id_))
    ]
    if not candidates:  # the body cannot be read: go by the scenario that waits at this address
        for exchange in facts.by_scenario.get(callback.scenario, ()):
            creation = facts.creation(job_id_of(exchange))
            candidates += [creation.request] if creation is not None else []
    for request in candidates:
        if request is not None:
            return request.call_back_format or "XML"
    return None


def _format(facts: Facts, callback: Exchange) -> Iterator[Outcome]:
    """CBK-02, CBK-03: the format that the job asked for, in body and in Content-Type."""
    asked = _asked_format(facts, callback)
    media = (callback.request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    body = body_of(callback)
    if asked == "JSON":
        yield from _json(callback, body, media)
    elif asked == "XML":
        document = parse_body(callback.request.body)
        right = (
            isinstance(document, Node) and document.name == "Response" and not document.namespace
        )
        yield _verdict(
            callback,
            "CBK-02",
            right=right and media in _XML_TYPES,
            message="the callback is not the XML that the job asked for",
            expected="root Response, Content-Type application/xml or text/xml",
            observed=_described(callback, body, media),
        )


def _json(
    callback: Exchange, body: Node | XmlProblem | JsonProblem, media: str
) -> Iterator[Outcome]:
    is_json = isinstance(body, Node) and callback.request.body.lstrip()[:1] == b"{"
    yield _verdict(
        callback,
        "CBK-03",
        right=is_json and "json" in media,
        message="the callback is not the JSON that the job asked for",
        expected="a JSON object, with a Content-Type that says so",
        observed=_described(callback, body, media),
    )
    if is_json:
        value = read_json(callback.request.body)
        yield _verdict(
            callback,
            "CBK-03",
            right=isinstance(value.get("JobsDetail"), list) and bool(value["JobsDetail"]),
            message="JobsDetail is not an array of jobs in the JSON callback",
            expected='"JobsDetail": [ { … } ]',
            observed=f'"JobsDetail" is {type(value.get("JobsDetail")).__name__}',
        )
        other = next(_not_text(value, ""), None)
        if other is not None:
            yield broken(
                "CBK-03",
                callback,
                message="a leaf of the JSON callback is not a string",
                expected="leaf values that are strings",
                observed=other,
            )


def _not_text(value: Any, name: str) -> Iterator[str]:
    """Every number and truth value in a JSON document; what the page does not know is free (E9)."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key not in RESPONSE_DRIFT:
                yield from _not_text(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from _not_text(member, name)
    elif isinstance(value, bool | int | float):
        yield f'"{name}": {json.dumps(value)}'


def _described(callback: Exchange, body: Node | XmlProblem | JsonProblem, media: str) -> str:
    kind = "JSON" if callback.request.body.lstrip()[:1] in (b"{", b"[") else "XML"
    what = f"{kind} with the root {body.name}" if isinstance(body, Node) else str(body)
    return f"{what}, Content-Type {media or 'absent'}"


def _event(callback: Exchange, body: Node) -> Outcome:
    """CBK-04."""
    value = body.value("EventName")
    return _verdict(
        callback,
        "CBK-04",
        right=value == "TaskFinish",
        message="EventName is not TaskFinish",
        expected="'TaskFinish'",
        observed="absent" if value is None else repr(value),
        at="Response/EventName",
    )


def _repeated(callback: Exchange) -> Iterator[Outcome]:
    """CBK-05: the job is there once."""
    named = job_ids(callback)
    twice = next((job_id for job_id in named if named.count(job_id) > 1), None)
    if twice is not None:
        yield broken(
            "CBK-05",
            callback,
            message=f"one callback shows job {twice} {named.count(twice)} times",
            expected="one JobsDetail",
            observed=f"JobIds {', '.join(named)}",
            at="Response/JobsDetail",
        )


def _not_wanted(facts: Facts, callback: Exchange, job: Node) -> Iterator[Outcome]:
    """CBK-06, for every job of the run that asked for no callback."""
    creation = facts.creation(job.value("JobId"))
    if creation is not None and creation.request and creation.request.call_back == "no":
        yield broken(
            "CBK-06",
            callback,
            creation.exchange,
            message="a job with CallBack no was announced all the same",
            expected="nothing is sent",
            observed=f"{callback.request.method} {callback.request.target}",
        )


def _not_early(facts: Facts, callback: Exchange, job: Node) -> Iterator[Outcome]:
    """CBK-07: the job is final in the callback, and in every look that began after it."""
    state = parse_state(job.value("State"))
    if state is not None and state not in FINAL:
        yield broken(
            "CBK-07",
            callback,
            message="a callback was sent for a job that has not finished",
            expected="Success or Failed",
            observed=state,
            at="Response/JobsDetail/State",
        )
        return
    looks = facts.looks_at(job.value("JobId"))
    later = [look for look in looks if look.exchange.started >= callback.ended]
    for look in later:
        if look.state is not None and look.state not in FINAL:
            yield broken(
                "CBK-07",
                callback,
                look.exchange,
                message="a callback came before the job had finished",
                expected="nothing before the job is final",
                observed=f"afterwards the job was still {look.state}",
                at="Response/JobsDetail/State",
            )
            return
    if later:
        yield ok("CBK-07", callback)


# ---- one scenario -------------------------------------------------------------------------------


def _scenario(
    facts: Facts, name: str, exchanges: tuple[Exchange, ...], by_job: dict[str, list[Exchange]]
) -> Iterator[Outcome]:
    job_id = next((id_ for each in exchanges if (id_ := job_id_of(each))), None)
    kind = name.removeprefix("callback/")
    clause = {"no": "CBK-06", "no-json": "CBK-06", "retry": "CBK-09"}.get(kind, "CBK-01")
    clause = "CBK-08" if kind.startswith("failed") else clause
    if kind == "paused" or (kind == "other-bucket" and job_id is None):
        return  # whatever comes is judged as it comes
    if job_id is None:
        yield from _no_job(clause, exchanges)
        return
    named = by_job.get(job_id, [])
    came = [*named, *(each for each in exchanges if is_callback(each) and each not in named)]
    state = next((s for each in reversed(exchanges) if (s := state_of(each, job_id))), None)
    broke = facts.broke_between(exchanges[0].started, max(each.ended for each in exchanges))
    yield from _about_another(job_id, exchanges)
    if clause == "CBK-06":
        if not came and state in FINAL:
            yield ok("CBK-06", exchanges[0])
    elif kind.startswith("failed"):
        yield _certain(_failed(job_id, state, came, exchanges), broke, came)
        for each in _once(job_id, came, exchanges) if came else ():
            yield _certain(each, broke, came)
    elif not came and state not in FINAL:
        reason = "the job did not finish, so nothing was to announce"
        yield unclear("CBK-01", exchanges[0], reason=reason)
    else:
        for each in _once(job_id, came, exchanges):
            yield _certain(each, broke, came)


def _certain(outcome: Outcome, broke: Failure | None, came: list[Exchange]) -> Outcome:
    """What is wrong with the number of callbacks counts only while nothing broke on their way.

    A callback may have been lost, and so may the answer to one, which is then sent again by right.
    """
    torn = next((each.failure for each in came if each.failure is not None), None)
    if outcome.mark is not Mark.BROKEN or (broke is None and torn is None):
        return outcome
    failure = broke or torn
    reason = f"callbacks may have been lost: {failure.message if failure else ''}"
    return replace(outcome, mark=Mark.UNCLEAR, message=reason, expected="", observed="")


def _about_another(job_id: str, exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """CBK-05: what comes to the address of a job is about that job."""
    for callback in exchanges:
        named = job_ids(callback) if is_callback(callback) else ()
        if named and job_id not in named:
            yield broken(
                "CBK-05",
                callback,
                exchanges[0],
                message="the callback at a job's address names another job",
                expected=job_id,
                observed=", ".join(named),
                at="Response/JobsDetail/JobId",
            )


def _to_the_address(facts: Facts, callback: Exchange, job: Node) -> Iterator[Outcome]:
    """CBK-01: the address is the one in CallBack, to the letter."""
    creation = facts.creation(job.value("JobId"))
    if creation is None or creation.request is None:
        return
    address = creation.request.call_back
    if not address or not address.startswith("http"):
        return
    wanted = "/" + address.partition("://")[2].partition("/")[2]
    if callback.request.target != wanted:
        yield broken(
            "CBK-01",
            callback,
            creation.exchange,
            message="a callback was sent to another address than CallBack's",
            expected=wanted,
            observed=callback.request.target,
        )


def _no_job(clause: str, exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    first = exchanges[0]
    if refused(first) and clause == "CBK-08":
        reason = "the target refuses a job that is bound to fail, so that none could fail"
        yield unmet(clause, first, reason=reason)
    else:
        reason = first.failure.message if first.failure else "no job was created"
        yield unclear(clause, first, reason=reason)


def _once(job_id: str, came: list[Exchange], exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """CBK-01: once it has been taken there is no second one. CBK-09: not taken, it comes again."""
    if not came:
        yield broken(
            "CBK-01",
            exchanges[0],
            message="a finished job with a callback address was not announced",
            expected="one POST to the address in CallBack",
            observed="none",
        )
        return
    taken = next((i for i, each in enumerate(came) if _was_taken(each)), len(came))
    extra = came[taken + 1 :]
    if extra:
        yield broken(
            "CBK-01",
            extra[0],
            exchanges[0],
            message=f"job {job_id} was announced again after its callback had been taken",
            expected="one POST",
            observed=f"{len(came)} of them",
        )
    else:
        yield ok("CBK-01", came[0])
    first = came[0].response
    if len(came) > 1 and taken > 0:
        yield ok("CBK-09", came[1])
    elif first is not None and first.status >= 500:
        yield broken(
            "CBK-09",
            came[0],
            message=f"a callback that was answered with {first.status} was not tried again",
            expected="another POST",
            observed="none within the time limit for callbacks",
        )


def _was_taken(callback: Exchange) -> bool:
    return callback.response is not None and callback.response.status < 300


def _failed(
    job_id: str, state: State | None, came: list[Exchange], exchanges: tuple[Exchange, ...]
) -> Outcome:
    """CBK-08. That the job should have failed is STA-10's to say."""
    ended = state or next((parse_state(j.value("State")) for c in came for j in jobs_of(c)), None)
    if ended is State.SUCCESS or (state is not State.FAILED and not came):
        return unmet("CBK-08", exchanges[0], reason="the job that was bound to fail did not fail")
    job = next((job for each in came for job in jobs_of(each)), None)
    if job is None:
        return broken(
            "CBK-08",
            exchanges[0],
            message="a failed job was not announced",
            expected="one POST with State Failed, Code and Message",
            observed="none",
        )
    said = [name for name in ("Code", "Message") if (job.value(name) or "").strip()]
    return _verdict(
        came[0],
        "CBK-08",
        right=job.value("State") == State.FAILED and len(said) == 2,
        message=f"the announcement of the failed job {job_id} does not say why it failed",
        expected="State Failed, with Code and Message",
        observed=f"State {job.value('State')}, with {' and '.join(said) or 'neither'}",
    )


def _verdict(
    exchange: Exchange,
    clause: str,
    *,
    right: bool,
    message: str,
    expected: str,
    observed: str,
    at: str = "",
) -> Outcome:
    if right:
        return ok(clause, exchange)
    return broken(clause, exchange, message=message, expected=expected, observed=observed, at=at)


#: Which function decides which clauses.
DECIDES: Decisions = {
    _method: ("CBK-01",),
    _format: ("CBK-02",),
    _json: ("CBK-03",),
    _event: ("CBK-04",),
    _repeated: ("CBK-05",),
    _not_wanted: ("CBK-06",),
    _not_early: ("CBK-07",),
    _scenario: ("CBK-06",),
    _about_another: ("CBK-05",),
    _to_the_address: ("CBK-01",),
    _once: ("CBK-01", "CBK-09"),
    _failed: ("CBK-08",),
}
