"""The cases of a run: for each call, the script of answers and the clauses that it is made for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from conformance.checks.client_case import Call
from conformance.clients import answers, calls, documents, hostile
from conformance.clients.answers import Answer
from conformance.clients.calls import Keyset
from conformance.generate.lexical import Style
from conformance.generate.provider import draw
from conformance.spec.clauses import for_roles
from conformance.spec.errors import CODES
from conformance.spec.reading import Operation
from conformance.spec.states import State
from conformance.spec.xml import Node

#: The stream of generated calls.
STREAM = "client-calls"

#: Answers that make a library wait, or that cost it its process, bound the call more tightly.
SHORT = 4.0


@dataclass(frozen=True, slots=True)
class CaseSpec:
    """One case before it is run.

    ``clauses`` come the most telling first: an adapter that fails is a finding on that one.
    ``note`` says what is special about the answer.
    """

    name: str
    clauses: tuple[str, ...]
    call: Call
    script: tuple[Answer, ...]
    note: str = ""


#: What every request is judged by, whatever the case is made for.
UNIVERSAL: dict[Operation, tuple[str, ...]] = {
    Operation.CREATE: (
        *(each.id for each in for_roles("C") if each.family in ("SIG", "REQ")),
        *(f"HTTP-{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9)),
        *("LIB-01", "LIB-07", "LIB-09", "LIB-13"),
    ),
    Operation.DESCRIBE: ("HTTP-11",),
    Operation.LIST: ("HTTP-12", "SIG-06", "SIG-11"),
    Operation.CANCEL: ("HTTP-13", "SIG-06", "SIG-11"),
}


def every_case(pairs: Keyset, seed: int, examples: int, timeout: float) -> list[CaseSpec]:
    """All cases in the order in which they run: calls, generated calls, then answers."""
    found = [
        *_creates(pairs),
        *_others(pairs),
        *generated(pairs, seed, examples),
        *_understood(pairs),
        *_refused(pairs),
        *_no_success(pairs),
        *_repeated(pairs),
        *_elsewhere(pairs),
    ]
    return [_timed(case, timeout) for case in found]


def _timed(case: CaseSpec, timeout: float) -> CaseSpec:
    most = min(timeout, case.call.timeout)
    return replace(case, call=replace(case.call, timeout=most))


def relevant(case: CaseSpec, selected: frozenset[str] | None) -> bool:
    """Whether a case can say anything about the selected clauses."""
    if selected is None:
        return True
    return bool(selected.intersection((*case.clauses, *UNIVERSAL[case.call.operation])))


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
        yield CaseSpec(f"cancel/{name}", ("HTTP-13",), call, answered(call))


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


# ---- success responses in all their variants ----

Asking = Callable[..., tuple[Call, Answer]]


def _readers(pairs: Keyset) -> Iterator[tuple[str, Callable[..., tuple[Call, Answer]]]]:
    """The three ways of getting jobs: each takes nodes and style, gives call and answer."""

    def by_create(*jobs: Node, **how: object) -> tuple[Call, Answer]:
        return calls.create(pairs.first), answers.success(*jobs[:1], **how)  # type: ignore[arg-type] # keywords of success()

    def by_describe(*jobs: Node, **how: object) -> tuple[Call, Answer]:
        ids = tuple(job.value("JobId") or "" for job in jobs)
        return calls.describe(pairs.first, *ids), answers.described(*jobs, **how)  # type: ignore[arg-type] # keywords of described()

    def by_list(*jobs: Node, **how: object) -> tuple[Call, Answer]:
        return calls.listing(pairs.first), answers.success(*jobs, **how)  # type: ignore[arg-type] # keywords of success()

    yield "create", by_create
    yield "describe", by_describe
    yield "list", by_list


_STYLES: dict[str, Style] = {
    "declaration": Style(head='<?xml version="1.0" encoding="UTF-8"?>\n'),
    "pretty": Style(gaps=("\n  ", "\n    "), tail="\n"),
    "cdata": Style(spellings=("cdata",)),
    "references": Style(spellings=("decimal",)),
    "reversed": Style(orders=(719, 5039, 23)),
    "comments": Style(gaps=("<!-- picjobs -->", "\n")),
    "pairs": Style(pairs=True),
}

_DELIVERIES = {
    "chunked": answers.Delivery.CHUNKED,
    "slow": answers.Delivery.SLOW,
    "until-close": answers.Delivery.UNTIL_CLOSE,
}


def _understood(pairs: Keyset) -> Iterator[CaseSpec]:
    """LIB-01 to 04, 06 and 11."""
    for op, ask in _readers(pairs):
        yield from _states(op, ask)
        yield from _shapes(op, ask)
        yield from _writings(op, ask)
        if op != "create":
            yield from _several(op, ask)


def _case(name: str, clauses: tuple[str, ...], pair: tuple[Call, Answer], note: str) -> CaseSpec:
    call, answer = pair
    return CaseSpec(f"answer/{name}", clauses, call, (replace(answer, note=note),), note)


def _states(op: str, ask: Asking) -> Iterator[CaseSpec]:
    for state in State:
        clauses: tuple[str, ...] = ("LIB-06", "LIB-01")
        if state in (State.SUBMITTED, State.PAUSE):
            clauses = ("LIB-06", "LIB-02", "LIB-01")
        pair = ask(documents.sample(state).to_node())
        yield _case(f"{op}-state-{state}", clauses, pair, f"the State {state}")


_FOREIGN = documents.made_of(
    "Unknown", {"JobId": "not-this-one", "State": "Nowhere", "Deep": {"UserData": "nor this"}}
)
_DRIFT = documents.made_of("Drift", {"QueueType": "PicProcess", "Progress": "0", "SubTag": "x"})


def _shapes(op: str, ask: Asking) -> Iterator[CaseSpec]:
    plain = documents.sample().to_node()
    yield _case(f"{op}-no-times", ("LIB-02",), ask(plain), "StartTime and EndTime are '-'")
    bare = documents.without(plain, "Code", "Message", "Operation/TemplateName")
    yield _case(f"{op}-bare", ("LIB-03",), ask(bare), "no Code, Message and TemplateName")
    done = documents.without(
        documents.sample(State.SUCCESS).to_node(), "Code", "Message", "Operation/PicProcessResult"
    )
    yield _case(f"{op}-no-result", ("LIB-03",), ask(done), "no PicProcessResult")
    drifted = documents.adding(plain, "", *_DRIFT.children)
    yield _case(f"{op}-drift", ("LIB-04",), ask(drifted), "nodes of later revisions")
    for path in ("", "Input", "Operation"):
        strange = documents.adding(plain, path, _FOREIGN)
        where = f"an unknown node in {path or 'JobsDetail'}"
        slug = (path or "job").lower()
        yield _case(f"{op}-unknown-{slug}", ("LIB-04",), ask(strange), where)
    bucket = documents.renamed(plain, "Input/BucketId", "Bucket")
    yield _case(f"{op}-bucket", ("LIB-01",), ask(bucket), "Input.Bucket for BucketId (E1)")
    yield from _values(op, ask)


def _values(op: str, ask: Asking) -> Iterator[CaseSpec]:
    """LIB-01: values that a careless reader changes."""
    for name, text in (
        ("markup", "<a href='x'>&amp;\"]]></a>"),
        ("spaces", "  two before, two after  "),
        ("number", "007"),
        ("boolean", "true"),
        ("percent", "100%25 +1"),
    ):
        job = replace(documents.sample(), user_data=text).to_node()
        yield _case(f"{op}-data-{name}", ("LIB-01",), ask(job), f"UserData {text!r}")
    for name, text in (
        ("markup", "in/<a>&amp; 'b'.jpg"),
        ("words", "in/\u56fe\u7247 \U0001f98c.jpg"),
    ):
        output = replace(documents.sample().output or documents.Output(), object=f"out-{text}")
        keyed = replace(documents.sample(), input_object=text, output=output)
        yield _case(f"{op}-object-{name}", ("LIB-01",), ask(keyed.to_node()), f"Object {text!r}")
    silent = replace(documents.sample(), user_data=None)
    yield _case(f"{op}-no-data", ("LIB-01",), ask(silent.to_node()), "no UserData")
    inline = replace(
        documents.sample(),
        template_id=None,
        template_name=None,
        pic_process=documents.PicProcess("true", "imageMogr2/rotate/90"),
    )
    yield _case(f"{op}-inline", ("LIB-01",), ask(inline.to_node()), "the inline form")


def _writings(op: str, ask: Asking) -> Iterator[CaseSpec]:
    """LIB-01: the same document, written and delivered otherwise."""
    job = replace(documents.sample(State.FAILED), user_data="a<b>&c]]>d").to_node()
    for name, style in _STYLES.items():
        yield _case(f"{op}-written-{name}", ("LIB-01",), ask(job, style=style), f"{name} XML")
    for name, delivery in _DELIVERIES.items():
        call, answer = ask(job)
        pair = (call, replace(answer, delivery=delivery))
        yield _case(f"{op}-{name}", ("LIB-01",), pair, f"{name} delivery")
    call, answer = ask(job)
    typed = replace(answer, headers=(("Content-Type", "application/xml; charset=utf-8"),))
    yield _case(f"{op}-charset", ("LIB-01",), (call, typed), "Content-Type with a charset")


def _several(op: str, ask: Asking) -> Iterator[CaseSpec]:
    for count in (2, 3, 12):
        states = tuple(State)
        jobs = [documents.sample(states[n % 6], n + 1) for n in range(count)]
        jobs = [replace(job, user_data=f"job {n}") for n, job in enumerate(jobs)]
        pair = ask(*(job.to_node() for job in jobs))
        yield _case(f"{op}-{count}-jobs", ("LIB-11", "LIB-01"), pair, f"{count} JobsDetail nodes")


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
    answer = answers.failure(404, "AuditingJobNotFound", "The job does not exist.", number + 1)
    for op, call in (
        ("describe", calls.describe(pairs.first, documents.job_id(1))),
        ("list", calls.listing(pairs.first)),
        ("cancel", calls.cancel(pairs.first, documents.job_id(1))),
    ):
        clauses = ("LIB-05", "LIB-08")
        yield CaseSpec(f"error/{op}-404", clauses, call, (answer,), answer.note)
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
    for status, code in ((301, "PermanentRedirect"), (307, "TemporaryRedirect")):
        for who, pair in (("permanent", pairs.first), ("temporary", pairs.temporary)):
            for op, call in (
                ("create", calls.create(pair)),
                ("describe", calls.describe(pair, documents.job_id(1))),
            ):
                path = "/pic_jobs" if op == "create" else f"/pic_jobs/{documents.job_id(1)}"
                note = f"{status} to a host outside the documented domain"
                answer = answers.redirect(status, code, f"http://{answers.STRANGER}{path}", note)
                name = f"redirect/{op}-{status}-{who}"
                yield CaseSpec(name, ("LIB-15",), call, (answer,), note)
    call = calls.create(pairs.temporary)
    inside = answers.redirect(307, "TemporaryRedirect", "/pic_jobs", "307 inside the domain (E21)")
    good = answers.success(documents.echo(call))
    yield CaseSpec("redirect/create-inside", ("LIB-15",), call, (inside, good), inside.note)
