"""The cases of a run: for each call, the script of answers and the clauses that it is made for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.checks.client_case import Call
from conformance.clients import answers, calls, documents, hostile, understood
from conformance.clients.answers import Answer
from conformance.clients.calls import Keyset
from conformance.clients.casespec import CaseSpec
from conformance.generate.provider import draw
from conformance.spec.errors import CODES
from conformance.spec.reading import Operation
from conformance.spec.xml import Node

#: The stream of generated calls.
STREAM = "client-calls"

#: Answers that make a library wait, or that cost it its process, bound the call more tightly.
SHORT = 4.0


def every_case(pairs: Keyset, seed: int, examples: int, timeout: float) -> list[CaseSpec]:
    """All cases in the order in which they run: calls, generated calls, then answers."""
    found = [
        *_creates(pairs),
        *_others(pairs),
        *generated(pairs, seed, examples),
        *understood.cases(pairs),
        *_refused(pairs),
        *_no_success(pairs),
        *_repeated(pairs),
        *_elsewhere(pairs),
    ]
    return [_timed(case, timeout) for case in found]


def _timed(case: CaseSpec, timeout: float) -> CaseSpec:
    most = min(timeout, case.call.timeout)
    return replace(case, call=replace(case.call, timeout=most))


# ---- calls, answered with success ----


def answered(call: Call, number: int = 1) -> tuple[Answer, ...]:
    """The script of plain success for any call."""
    if call.operation is Operation.CREATE:
        return (answers.success(documents.echo(call, number)),)
    if call.operation is Operation.CANCEL:
        return (answers.cancelled(),)
    if call.operation is Operation.DESCRIBE:
        return (answers.described(*(_numbered(each) for each in call.job_ids)),)
    return (answers.success(*(documents.sample(number=n).to_node() for n in (1, 2))),)


def _numbered(job_id: str) -> Node:
    return replace(documents.sample(), job_id=job_id).to_node()


def _creates(pairs: Keyset) -> Iterator[CaseSpec]:
    for name, call in calls.corpus(pairs):
        clauses: tuple[str, ...] = ("LIB-13",)
        if name.startswith("tdmq"):
            clauses = ("LIB-13", "REQ-15", "REQ-16", "REQ-17")
        elif name.startswith(("object-", "user-data-")):
            clauses = ("LIB-13", "LIB-09")
        yield CaseSpec(f"create/{name}", clauses, call, answered(call))
    call = calls.create(pairs.temporary)
    yield CaseSpec("create/temporary", ("HTTP-08",), call, answered(call))
    for name, call in calls.unwritable(pairs):
        script = (answers.success(documents.sample().to_node()),)
        yield CaseSpec(f"create/unwritable-{name}", ("LIB-14",), call, script)


def _others(pairs: Keyset) -> Iterator[CaseSpec]:
    ids = tuple(documents.job_id(n) for n in (1, 2, 3))
    for name, call in (
        ("one", calls.describe(pairs.first, ids[0])),
        ("several", calls.describe(pairs.first, *ids)),
        ("temporary", calls.describe(pairs.temporary, ids[0])),
        ("other-credentials", calls.describe(pairs.second, ids[1])),
    ):
        clauses = ("HTTP-11", "LIB-11") if name == "several" else ("HTTP-11",)
        yield CaseSpec(f"describe/{name}", clauses, call, answered(call))
    for name, query in calls.QUERIES.items():
        call = calls.listing(pairs.first, *query)
        yield CaseSpec(f"list/{name}", ("HTTP-12",), call, answered(call))
    call = calls.listing(pairs.temporary)
    yield CaseSpec("list/temporary", ("HTTP-12", "HTTP-08"), call, answered(call))
    for name, pair in (("plain", pairs.first), ("temporary", pairs.temporary)):
        call = calls.cancel(pair, ids[0])
        yield CaseSpec(f"cancel/{name}", ("HTTP-13", "LIB-12"), call, answered(call))


_PRIMARY = {
    Operation.CREATE: ("LIB-13",),
    Operation.DESCRIBE: ("HTTP-11",),
    Operation.LIST: ("HTTP-12",),
    Operation.CANCEL: ("HTTP-13",),
}


def generated(pairs: Keyset, seed: int, count: int) -> Iterator[CaseSpec]:
    """Item ``i`` depends on the seed and on ``i`` alone."""
    drawn = draw(calls.any_call(pairs), seed=seed, stream=STREAM, count=count)
    for number, call in enumerate(drawn):
        yield generated_case(call, number)


def generated_case(call: Call, number: int, trial: int = 0) -> CaseSpec:
    """The case of one generated call; ``trial`` tells the tries of a shrinking apart."""
    name = f"generated/{number:04}" + (f"-{trial}" if trial else "")
    return CaseSpec(name, _PRIMARY[call.operation], call, answered(call, number + 1))


# ---- error responses ----


def _refused(pairs: Keyset) -> Iterator[CaseSpec]:
    """LIB-05 and LIB-08: every documented error, and errors that are not documented XML."""
    create = calls.create(pairs.first)
    number = 500_000
    for code, statuses in CODES.items():
        for status in sorted(statuses or {400}):
            if 300 <= status <= 399:
                continue
            number += 1
            words = f"{code}: see the documentation."
            if code == "AccessDenied":
                words = 'Access <denied> & "refused": \u8bbf\u95ee.'
            answer = answers.failure(status, code, words, number)
            clauses = ("LIB-05", "LIB-08") if status < 500 else ("LIB-05", "LIB-15")
            name = f"error/create-{status}-{code}"
            call = create if status < 500 else calls.create(pairs.temporary)
            yield CaseSpec(name, clauses, call, (answer,), answer.note)
    missing = answers.failure(404, "AuditingJobNotFound", "The job does not exist.", number + 1)
    denied = answers.failure(403, "AccessDenied", "Not for you.", number + 2)
    for op, call in (
        ("describe", calls.describe(pairs.first, documents.job_id(1))),
        ("list", calls.listing(pairs.first)),
        ("cancel", calls.cancel(pairs.first, documents.job_id(1))),
    ):
        for answer in (missing, denied):
            name = f"error/{op}-{answer.status}"
            yield CaseSpec(name, ("LIB-05", "LIB-08"), call, (answer,), answer.note)
    for name, told in _ODD_ERRORS.items():
        yield CaseSpec(f"error/create-{name}", ("LIB-05",), create, (told,), told.note)


_ODD_ERRORS = {
    "html-502": answers.undocumented(
        502, b"<html><body>Bad gateway<br></body></html>", "text/html", "502 with an HTML body"
    ),
    "empty-404": answers.undocumented(404, b"", answers.XML, "404 without a body"),
    "text-400": answers.undocumented(400, b"bad request", "text/plain", "400 with a text body"),
    "json-403": answers.undocumented(
        403, b'{"code": "AccessDenied"}', "application/json", "403 with a JSON body"
    ),
}


# ---- a 200 that is no success ----


_TOLD_BY_CREATE = frozenset(
    {
        ("describe", "cut-chunked"),
        ("describe", "broken"),
        ("list", "cut"),
        ("list", "broken"),
    }
)


def _no_success(pairs: Keyset) -> Iterator[CaseSpec]:
    """LIB-10 and LIB-12."""
    for op, call in (
        ("create", calls.create(pairs.first, timeout=SHORT)),
        ("describe", calls.describe(pairs.first, documents.job_id(1), timeout=SHORT)),
        ("list", calls.listing(pairs.first, timeout=SHORT)),
    ):
        for name, answer in hostile.broken_answers().items():
            if (op, name) in _TOLD_BY_CREATE:
                continue  # a library may wait long between its tries
            yield CaseSpec(f"hostile/{op}-{name}", ("LIB-10",), call, (answer,), answer.note)
        for name, answer in hostile.mistaken_answers().items():
            yield CaseSpec(f"mistaken/{op}-{name}", ("LIB-12",), call, (answer,), answer.note)
    call = calls.cancel(pairs.first, documents.job_id(1), timeout=SHORT)
    answer = hostile.mistaken_answers()["error"]
    yield CaseSpec("mistaken/cancel-error", ("LIB-12",), call, (answer,), answer.note)


# ---- answers that invite a library to ask again ----


def _repeated(pairs: Keyset) -> Iterator[CaseSpec]:
    """LIB-07 and LIB-08."""
    create = calls.create(pairs.first)
    describe = calls.describe(pairs.first, documents.job_id(1))
    good = answers.success(documents.echo(create))
    shown = answers.described(documents.sample(number=1).to_node())
    for status, code in ((500, "InternalError"), (503, "ServiceUnavailable")):
        failed = answers.failure(status, code, "Try later.", 600_000 + status)
        note = f"{status} once, then success"
        name = f"again/create-{status}-then-success"
        yield CaseSpec(name, ("LIB-07", "LIB-08"), create, (failed, good), note)
        name = f"again/describe-{status}-then-success"
        yield CaseSpec(name, ("LIB-08",), describe, (failed, shown), note)
    for name, broke in (("break", answers.BREAK), ("refuse", answers.REFUSE)):
        note = "a broken connection, then success"
        yield CaseSpec(f"again/create-{name}", ("LIB-10", "LIB-07"), create, (broke, good), note)
        yield CaseSpec(
            f"again/describe-{name}", ("LIB-10", "LIB-08"), describe, (broke, shown), note
        )
    slow = replace(good, delivery=answers.Delivery.SLOW)
    yield CaseSpec("again/create-slow", ("LIB-07",), create, (slow,), "a slow success")


def _elsewhere(pairs: Keyset) -> Iterator[CaseSpec]:
    """LIB-15: redirects, with and without a token."""
    job_id = documents.job_id(1)
    for status, code in ((301, "PermanentRedirect"), (307, "TemporaryRedirect")):
        for who, pair in (("permanent", pairs.first), ("temporary", pairs.temporary)):
            for op, call, path in (
                ("create", calls.create(pair), "/pic_jobs"),
                ("describe", calls.describe(pair, job_id), f"/pic_jobs/{job_id}"),
                ("list", calls.listing(pair), "/pic_jobs"),
                ("cancel", calls.cancel(pair, job_id), f"/jobs/{job_id}?cancel"),
            ):
                note = f"{status} to a host outside the documented domain"
                answer = answers.redirect(status, code, f"http://{answers.STRANGER}{path}", note)
                name = f"redirect/{op}-{status}-{who}"
                yield CaseSpec(name, ("LIB-15",), call, (answer,), note)
    call = calls.create(pairs.temporary)
    inside = answers.redirect(307, "TemporaryRedirect", "/pic_jobs", "307 inside the domain (E21)")
    good = answers.success(documents.echo(call))
    yield CaseSpec("redirect/create-inside", ("LIB-15",), call, (inside, good), inside.note)
