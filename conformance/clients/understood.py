"""Success responses in all their variants: what a library has to understand (LIB-01 to 06, 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.checks.client_case import Call
from conformance.clients import answers, calls, documents
from conformance.clients.answers import Answer
from conformance.clients.calls import Keyset
from conformance.clients.casespec import CaseSpec
from conformance.generate.lexical import Style
from conformance.spec.states import State
from conformance.spec.xml import Node

#: Makes the call and the answer that bring these jobs to the caller.
Asking = Callable[..., tuple[Call, Answer]]


def _readers(pairs: Keyset) -> Iterator[tuple[str, Asking]]:
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


def cases(pairs: Keyset) -> Iterator[CaseSpec]:
    """The cases of LIB-01 to 04, 06 and 11."""
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
    beside = ask(plain, extra=(Node("RequestId", "beside-the-job"), _FOREIGN))
    yield _case(f"{op}-unknown-beside", ("LIB-04",), beside, "unknown nodes beside JobsDetail")
    for path in ("", "Input", "Operation", "Operation/Output"):
        strange = documents.adding(plain, path, _FOREIGN)
        where = f"an unknown node in {path or 'JobsDetail'}"
        slug = (path or "job").lower().replace("/", "-")
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
