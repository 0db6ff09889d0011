"""REQ-37 and REQ-44: the two clauses on bodies that acceptance or refusal alone do not decide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.base import Decisions, Outcome, broken, ok, unclear
from conformance.checks.facts import Facts
from conformance.spec.reading import (
    created_job,
    error_code,
    job_id_of,
    job_request_of,
    refused,
)
from conformance.spec.wire import Exchange, FailureKind, Request
from conformance.spec.xml import Node

_ENTITY = re.compile(rb"""<!ENTITY\s+(?:%\s+)?[\w.-]+\s+(?:SYSTEM\s+)?["']([^"']*)["']""")

#: What a resolved ``file:`` entity would show: the files that hostile requests ask for.
FILE_CONTENT = re.compile(r"root:[^:\n]*:0:0|\[fonts\]")

#: Statuses that refuse the document, and not the caller or the moment.
_DECIDED = frozenset(range(400, 500)) - {401, 403, 408, 429}

#: Addresses at the callback receiver that stand in hostile documents and nowhere else.
BAIT = "/callback/bait-"


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge the creates that were made for one of the two clauses."""
    for exchange in facts.sent:
        clauses = exchange.expect.clauses if exchange.expect is not None else ()
        if "REQ-37" in clauses:
            yield from _key_unchanged(exchange)
        if "REQ-44" in clauses:
            yield _entity(facts, exchange)
    yield from _name_refused(facts)
    yield from _fetched(facts)
    yield from _broken_off(facts)


def _key_unchanged(exchange: Exchange) -> Iterator[Outcome]:
    """REQ-37: the keys come back as they were sent."""
    asked, job = job_request_of(exchange.request), created_job(exchange)
    if asked is None or job is None or asked.output is None:
        return
    for path, wanted in (
        ("Operation/Output/Object", asked.output.object),
        ("Input/Object", asked.input_object),
    ):
        got = job.value(path)
        if got == wanted:
            yield ok("REQ-37", exchange)
        else:
            yield broken(
                "REQ-37",
                exchange,
                message="an object key is not echoed unchanged",
                expected=repr(wanted),
                observed=repr(got),
                at=f"Response/JobsDetail/{path}",
            )


def _name_refused(facts: Facts) -> Iterator[Outcome]:
    """REQ-37 for Input.Object: who takes a plain name that nothing has, takes any such name.

    A server may refuse what has no input, so a refusal tells nothing unless that is accepted.
    """
    plain = facts.by_scenario.get("life/missing-input", ())
    if not plain or job_id_of(plain[0]) is None:
        return
    for name, exchanges in facts.by_scenario.items():
        first = exchanges[0]
        clauses = first.expect.clauses if first.expect is not None else ()
        if not name.startswith("body/open/input-") or "REQ-37" not in clauses:
            continue
        if refused(first) and first.response is not None and first.response.status in _DECIDED:
            yield broken(
                "REQ-37",
                first,
                plain[0],
                message="an input is refused for the characters of its name",
                expected="accepted, as a plain name is that no object has either",
                observed=f"{first.response.status} {error_code(first)}".strip(),
            )


def _entity(facts: Facts, exchange: Exchange) -> Outcome:
    """REQ-44: refused, or accepted with the entity left out, wherever the job is shown.

    Only jobs are looked at: an error message may quote the document that it refuses.
    """
    if exchange.failure is not None or exchange.response is None:
        reason = exchange.failure.message if exchange.failure else "there was no response"
        return unclear("REQ-44", exchange, reason=reason)
    if refused(exchange):
        return ok("REQ-44", exchange)
    job = created_job(exchange)
    looks = facts.looks_at(job_id_of(exchange))
    for each in [] if job is None else [job, *(look.job for look in looks)]:
        resolved = _resolved_in(exchange.request, _all_text(each))
        if resolved:
            return broken(
                "REQ-44",
                exchange,
                message="an entity of the document type was resolved",
                expected="the request refused, or the entity left out",
                observed=f"{resolved[:60]!r} came back",
            )
    return ok("REQ-44", exchange)


def _broken_off(facts: Facts) -> Iterator[Outcome]:
    """REQ-43: a large body is answered; a connection that just breaks, each time, is no refusal."""
    for exchanges in facts.by_scenario.values():
        first = exchanges[0]
        if first.expect is None or "REQ-43" not in first.expect.clauses or len(exchanges) < 3:
            continue
        kinds = {each.failure.kind if each.failure else None for each in exchanges}
        if kinds == {FailureKind.RESET}:
            yield broken(
                "REQ-43",
                first,
                message="the connection breaks off under a body of 5 MiB, without an answer",
                expected="413 InvalidContent, and the connection usable or cleanly closed",
                observed=f"reset {len(exchanges)} times out of {len(exchanges)}",
            )


def _fetched(facts: Facts) -> Iterator[Outcome]:
    """REQ-44: nobody but a resolver of entities asks for a bait address."""
    for callback in facts.callbacks:
        if callback.request.raw_path.startswith(BAIT):
            yield broken(
                "REQ-44",
                callback,
                message="an external entity was fetched from its address",
                expected="no request to an address that only an entity names",
                observed=f"{callback.request.method} {callback.request.target}",
            )


def _resolved_in(request: Request, text: str) -> str:
    """The replacement text of one of the request's entities, when it stands in ``text``."""
    for value in _ENTITY.findall(request.body[:65536]):
        replacement: str = value.decode(errors="replace")
        plain = replacement and not re.search(r"[&%]|^(?:file|https?):", replacement)
        if plain and replacement in text:
            return replacement
    match = FILE_CONTENT.search(text)
    return match[0] if match else ""


def _all_text(node: Node) -> str:
    return "\n".join(each.text for _, each in node.walk())


#: Which function decides which clauses.
DECIDES: Decisions = {
    _key_unchanged: ("REQ-37",),
    _name_refused: ("REQ-37",),
    _entity: ("REQ-44",),
    _broken_off: ("REQ-43",),
    _fetched: ("REQ-44",),
}
