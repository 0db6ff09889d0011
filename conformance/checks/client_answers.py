"""LIB-01 to 06 and 10 to 12: what a library makes of the answers that it gets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.checks.base import Decisions, Level, Mark, Outcome, broken, ok
from conformance.checks.client_case import FAILED, ClientCase, Reply, Said, Sent, Want, leaves
from conformance.checks.verdicts import NOT_OFFERED
from conformance.spec.reading import Operation
from conformance.spec.times import NO_TIME
from conformance.spec.xml import Node

#: The two names of the input's bucket (E1).
BUCKET_NAMES = ("Input/BucketId", "Input/Bucket")

#: LIB-01: what must reach the caller unchanged, by its place below JobsDetail.
UNCHANGED: tuple[tuple[str, ...], ...] = (
    ("JobId",),
    ("State",),
    ("Tag",),
    ("QueueId",),
    ("CreationTime",),
    ("StartTime",),
    ("EndTime",),
    BUCKET_NAMES,
    ("Input/Object",),
    ("Input/Region",),
    ("Operation/Output/Region",),
    ("Operation/Output/Bucket",),
    ("Operation/Output/Object",),
    ("Operation/UserData",),
)

#: Clauses that an error breaks where a success response was to be understood.
_UNDERSTOOD = frozenset({"LIB-01", "LIB-02", "LIB-03", "LIB-04", "LIB-06", "LIB-11"})

#: Those of them that say more than "it is no error" and are judged by the jobs themselves.
_BY_JOBS = frozenset({"LIB-01", "LIB-06", "LIB-11"})


def names_of_bucket(cases: Iterable[ClientCase]) -> frozenset[str]:
    """Under which of its two names the bucket of the input reaches the caller in a run (E1)."""
    reached = set()
    for case in cases:
        for node in case.jobs if case.want is Want.RESULT else ():
            view = _view_of(case.reply, node.value("JobId"), alone=len(case.jobs) == 1)
            sent = [name for name in BUCKET_NAMES if node.value(name)]
            if any(_text(view, name) for name in BUCKET_NAMES):
                reached.update(sent)
    return frozenset(reached)


def check(case: ClientCase, buckets: frozenset[str] = frozenset()) -> Iterator[Outcome]:
    """Judge what the caller was told; ``buckets`` is what :func:`names_of_bucket` says of the run.

    A library that reads the bucket under one of its names has read one of the two pages: that it
    does not read it under the other one is information (E1).
    """
    baited = [each for each in case.sent if each.stray]
    if "LIB-10" in case.clauses and baited:
        yield _fetched(case, baited[0])
    if case.reply.said in FAILED:
        yield _adapter_failed(case)
    elif case.reply.said is Said.NEVER:
        yield from (_aside(case, each, Mark.UNCLEAR, case.reply.message) for each in case.clauses)
    elif case.reply.said is Said.UNSUPPORTED:
        yield from _unsupported(case)
    elif not case.sent:
        yield from _nothing_sent(case)
    elif case.want is Want.RESULT:
        yield from _success(case, buckets)
    elif case.want is Want.SERVICE:
        yield from _error_response(case)
    elif case.want is Want.ERROR:
        yield from _no_success(case)
    elif "LIB-10" in case.clauses and not baited:
        yield ok("LIB-10", *case.exchanges[-1:])


# ---- calls that came to nothing ----


def _aside(case: ClientCase, clause: str, mark: Mark, reason: str) -> Outcome:
    return Outcome(clause, mark, message=reason, scenario=case.name)


def _failed(case: ClientCase, clause: str, message: str, expected: str, observed: str) -> Outcome:
    """A finding on what the caller was told; the exchanges of the call go with it."""
    found = broken(
        clause, *case.exchanges[-2:], message=message, expected=expected, observed=observed
    )
    if found.scenario:
        return found
    return Outcome(clause, Mark.BROKEN, (), message, expected, observed, case.name)


def _adapter_failed(case: ClientCase) -> Outcome:
    """The adapter hung, ended or broke its protocol: a finding for the case that caused it."""
    reply = case.reply
    observed = reply.message
    if reply.stderr:
        observed += f"; on stderr: {reply.stderr[-500:]}"
    words = {
        Said.SILENT: "the adapter did not answer in time and was ended",
        Said.DIED: "the adapter's process ended during the call",
        Said.GARBLED: "the adapter's answer does not keep the protocol",
    }
    what = f" ({case.note})" if case.note else ""
    return _failed(
        case, case.clauses[0], words[reply.said] + what, "one answer line with this id", observed
    )


def _fetched(case: ClientCase, sent: Sent) -> Outcome:
    """LIB-10: nobody asks for the address in a hostile document but a parser that resolves it."""
    return broken(
        "LIB-10",
        *case.exchanges[:1],
        sent.exchange,
        message=f"the library fetched what a hostile answer names{_of(case)}",
        expected="no request for it",
        observed=f"{sent.exchange.request.method} {sent.exchange.request.target}",
    )


def _unsupported(case: ClientCase) -> Iterator[Outcome]:
    reason = f"{NOT_OFFERED}: {case.reply.message}"
    for clause in case.clauses:
        if clause not in {"LIB-13", "LIB-14"}:  # judged where the request is
            yield _aside(case, clause, Mark.UNMET, reason)


def _nothing_sent(case: ClientCase) -> Iterator[Outcome]:
    """The library refused the call, or claims a success that nobody gave it."""
    if not case.call.writable:
        return
    if case.reply.is_error:
        reason = f"the call failed before anything was sent: {case.reply.message}"
        yield from (_aside(case, each, Mark.UNMET, reason) for each in case.clauses)
        return
    yield _failed(
        case,
        case.clauses[0],
        "the call succeeded, but no request reached the judging endpoint",
        "one request at the endpoint of the call",
        "none",
    )


# ---- success responses ----


def _success(case: ClientCase, buckets: frozenset[str]) -> Iterator[Outcome]:
    reply = case.reply
    about = [each for each in case.clauses if each in _UNDERSTOOD]
    if not about:  # the 200 of a cancel is empty by right
        about = ["LIB-12" if case.call.operation is Operation.CANCEL else "LIB-01"]
    if reply.is_error:
        for clause in about:
            yield _failed(
                case,
                clause,
                f"a success response is an error to the caller{_of(case)}",
                "a result",
                _told(reply),
            )
        return
    if case.jobs:
        yield from _jobs(case, buckets)
    for clause in about:
        if clause not in _BY_JOBS:
            yield ok(clause, *case.exchanges[-1:])


def _of(case: ClientCase) -> str:
    return f": {case.note}" if case.note else ""


def _told(reply: Reply) -> str:
    """What the caller was told, in one line."""
    if reply.said is Said.RESULT:
        return f"a result with {len(reply.jobs)} jobs"
    parts = [
        f"{name}={value!r}"
        for name, value in (
            ("status", reply.status),
            ("code", reply.code),
            ("message", reply.message[:300]),
            ("request_id", reply.request_id),
        )
        if value is not None
    ]
    return f"a {reply.said} error: {', '.join(parts)}"


def _jobs(case: ClientCase, buckets: frozenset[str]) -> Iterator[Outcome]:
    """LIB-01, LIB-06 and LIB-11: each job that was sent, beside the caller's view of it."""
    missing = 0
    changed: set[str] = set()
    for node in case.jobs:
        view = _view_of(case.reply, node.value("JobId"), alone=len(case.jobs) == 1)
        if view is None:
            missing += 1
            continue
        for path, sent, got in _changes(node, view):
            changed.add(path)
            if path == BUCKET_NAMES[0] and got is None and buckets:
                yield replace(_differs(case, "LIB-01", path, sent, got), level=Level.MAY)
            else:
                yield from _change(case, path, sent, got)
    if len(case.jobs) > 1 and ("LIB-11" in case.clauses or missing):
        yield _all_of_them(case, missing)
    elif missing:
        yield from _not_there(case)
        return
    if not changed:
        yield ok("LIB-01", *case.exchanges[-1:])
    if "LIB-06" in case.clauses and "State" not in changed:
        yield ok("LIB-06", *case.exchanges[-1:])


def _not_there(case: ClientCase) -> Iterator[Outcome]:
    for clause in ("LIB-01", "LIB-06"):
        if clause == "LIB-01" or clause in case.clauses:
            yield _failed(
                case,
                clause,
                "the job of a success response does not reach the caller",
                f"the job {case.jobs[0].value('JobId')}, {case.jobs[0].value('State')}",
                _told(case.reply),
            )


def _all_of_them(case: ClientCase, missing: int) -> Outcome:
    if not missing:
        return ok("LIB-11", *case.exchanges[-1:])
    return _failed(
        case,
        "LIB-11",
        "not every JobsDetail of the response reaches the caller",
        f"{len(case.jobs)} jobs",
        f"{len(case.jobs) - missing} of them",
    )


def _change(case: ClientCase, path: str, sent: str, got: str | None) -> Iterator[Outcome]:
    clauses = ["LIB-01"]
    if "LIB-04" in case.clauses and got in _texts_elsewhere(case):
        clauses.append("LIB-04")
    if path == "State" and "LIB-06" in case.clauses:
        clauses.append("LIB-06")
    for clause in clauses:
        yield _differs(case, clause, path, sent, got)


def _differs(case: ClientCase, clause: str, path: str, sent: str, got: str | None) -> Outcome:
    return _failed(
        case,
        clause,
        f"{path.replace('/', '.')} does not reach the caller unchanged{_of(case)}",
        repr(sent[:300]),
        "nothing" if got is None else repr(got[:300]),
    )


def _texts_elsewhere(case: ClientCase) -> set[str]:
    """What stands in nodes of the response that LIB-01 does not speak of."""
    ours = {path for names in UNCHANGED for path in names}
    return {text for job in case.jobs for path, text in leaves(job) if path not in ours}


def _view_of(reply: Reply, job_id: str | None, *, alone: bool) -> Mapping[str, Any] | None:
    """The caller's view of the job of that id; the only one there is, when there is but one."""
    for view in reply.jobs:
        if _text(view, "JobId") == job_id:
            return view
    return reply.jobs[0] if alone and len(reply.jobs) == 1 else None


def _changes(node: Node, view: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """What differs between the job as sent and as the caller has it: path, sent, got."""
    for names in UNCHANGED:
        sent = next((text for text in map(node.value, names) if text is not None), "")
        got = next((text for name in names if (text := _text(view, name)) is not None), None)
        nothing = names[0] in ("StartTime", "EndTime") and sent == NO_TIME and not got  # E16
        if (got or "") != sent and not nothing:
            yield names[0], sent, got


def _text(view: Mapping[str, Any] | None, path: str) -> str | None:
    """The text at a place of the adapter's object; None when there is nothing."""
    value: Any = view
    for name in path.split("/"):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping | list) and not value:
        return ""
    return json.dumps(value, ensure_ascii=False)


# ---- error responses, and answers that are none ----


def _error_response(case: ClientCase) -> Iterator[Outcome]:
    """LIB-05; of an error response without the documented body only the status is owed (E20)."""
    reply = case.reply
    wanted: dict[str, Any] = {"status": case.status}
    if case.error is not None:
        wanted["code"] = case.error.value("Code") or ""
        wanted["message"] = case.error.value("Message") or ""
        wanted["request_id"] = case.error.value("RequestId") or ""
    expected = "a service error: " + ", ".join(
        f"{name}={value!r}" for name, value in wanted.items()
    )
    if reply.said is Said.RESULT:
        yield _failed(
            case,
            "LIB-05",
            f"an error response is a success to the caller{_of(case)}",
            expected,
            _told(reply),
        )
        return
    wrong = [name for name, value in wanted.items() if not _has(reply, name, value)]
    if not wrong:
        yield ok("LIB-05", *case.exchanges[-1:])
        return
    words = {"request_id": "request id"}
    names = ", ".join(words.get(name, name) for name in wrong)
    yield _failed(
        case,
        "LIB-05",
        f"the {names} of an error response does not reach the caller{_of(case)}",
        expected,
        _told(reply),
    )


def _has(reply: Reply, name: str, value: Any) -> bool:
    if name == "message":
        return " ".join(str(value).split()) in " ".join(reply.message.split())
    return bool(getattr(reply, name) == value)


def _no_success(case: ClientCase) -> Iterator[Outcome]:
    """LIB-10 and LIB-12, and redirects that were not followed."""
    clause = next((each for each in case.clauses if each in _NO_SUCCESS), "LIB-10")
    if 300 <= case.status <= 399:
        clause = "LIB-05"
    if case.reply.is_error:
        yield ok(clause, *case.exchanges[-1:])
        return
    yield _failed(
        case,
        clause,
        f"an answer that is no success reaches the caller as one{_of(case)}",
        "an error to the caller",
        _told(case.reply),
    )


_NO_SUCCESS = ("LIB-10", "LIB-12")


#: Which function decides which clauses.
DECIDES: Decisions = {
    _fetched: ("LIB-10",),
    _success: ("LIB-01", "LIB-02", "LIB-03", "LIB-04", "LIB-06", "LIB-11", "LIB-12"),
    _jobs: ("LIB-01", "LIB-02", "LIB-03", "LIB-04", "LIB-06"),
    _not_there: ("LIB-01", "LIB-06"),
    _all_of_them: ("LIB-11",),
    _change: ("LIB-01", "LIB-04", "LIB-06"),
    _error_response: ("LIB-05",),
    _no_success: ("LIB-05", "LIB-10", "LIB-12"),
    check: ("LIB-10",),
}
