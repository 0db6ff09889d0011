"""Requests that break exactly one clause, the clause known: the ones that are always sent."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace

from conformance.generate import faults, hostile, malformed
from conformance.generate.base import Case, content_md5, marker_of, refused, sample
from conformance.generate.faults import Fault
from conformance.generate.lexical import Style, write
from conformance.generate.malformed import Damage
from conformance.generate.signing import ALL_HEADERS, GOOD
from conformance.spec.messages import JobRequest
from conformance.spec.target import Target

#: REQ-43: what no server should take.
TOO_LARGE = 5 * 1024 * 1024

#: Content types that are plainly not XML (REQ-45).
UNREADABLE_MD5 = {
    "no-base64": "not-a-digest!",
    "too-short": "AAAA",
    "in-hex": "d41d8cd98f00b204e9800998ecf8427e",
}

NOT_XML = {
    "json": "application/json",
    "text": "text/plain",
    "text-utf-8": "text/plain; charset=utf-8",
}


def invalid_edge_cases(target: Target) -> list[Case]:
    """Every way of breaking one clause, each once.

    Those of REQ-44 may be taken instead of refused, provided that no entity is resolved.
    """
    return [
        *_malformed(target),
        *_faulty(target),
        *_framed(target),
        *hostile.hostile_cases(target),
    ]


def faulty_case(fault: Fault, name: str, model: JobRequest, marker: str) -> Case:
    """``model`` written with one fault in its tree."""
    return Case(
        name,
        write(fault.edit(model.to_node()), fault.style),
        model,
        refused(fault.clause, note=fault.note),
        note=fault.note,
        marker=marker,
    )


def damaged_case(damage: Damage, name: str, model: JobRequest, marker: str) -> Case:
    """``model`` written plainly, then damaged."""
    return Case(
        name,
        damage.garble(write(model.to_node())),
        model,
        refused("REQ-01", note=damage.note),
        note=damage.note,
        marker=marker,
    )


def _malformed(target: Target) -> Iterator[Case]:
    for damage in malformed.catalogue():
        name = f"REQ-01/{damage.slug}"
        marker = marker_of(name)
        yield damaged_case(damage, name, sample(target, marker), marker)
    name = "REQ-03/empty-body"
    note = "an empty body"
    expect = refused("REQ-03", codes=("MissingContent",), note=note)
    yield Case(name, b"", sample(target, marker_of(name)), expect, note=note)


def _faulty(target: Target) -> Iterator[Case]:
    """Each fault in the template form, and what is required in the inline form too."""
    slugs = {each.slug for each in faults.catalogue() if each.slug.endswith(("-missing", "-empty"))}
    both_forms = slugs - {"operation-missing"}  # without Operation there is no form
    for fault in faults.catalogue():
        marker = marker_of(fault.name)
        yield faulty_case(fault, fault.name, sample(target, marker), marker)
        if target.template_id is not None and fault.slug in both_forms:
            name = f"{fault.name}-inline"
            marker = marker_of(name)
            yield faulty_case(fault, name, sample(target, marker, inline=True), marker)


def _framed(target: Target) -> Iterator[Case]:
    """REQ-42, 43, 45: the body is right, and what is around it is not."""
    name = "REQ-42/other-body"
    case = _sound(target, name, "the Content-MD5 of another body")
    expect = replace(case.expect, codes=("InvalidContent",))
    other = content_md5(case.body + b" ")
    yield replace(case, expect=expect, headers=(("Content-MD5", other),))
    case = _sound(target, "REQ-42/empty-body", "the Content-MD5 of no body at all")
    expect = replace(case.expect, codes=("InvalidContent",))
    keys = replace(GOOD, who="temporary") if target.has_temporary else GOOD
    headers = (("Content-MD5", content_md5(b"")),)
    yield replace(case, expect=expect, headers=headers, signing=keys)
    case = _sound(target, "REQ-42/last-bits", "a Content-MD5 of which the last byte is wrong")
    digest = b64decode(content_md5(case.body))
    wrong = b64encode(digest[:-1] + bytes([digest[-1] ^ 1])).decode()
    signing = replace(GOOD, headers=ALL_HEADERS)
    yield replace(case, expect=expect, headers=(("Content-MD5", wrong),), signing=signing)
    for slug, value in UNREADABLE_MD5.items():
        case = _sound(target, f"REQ-42/{slug}", f"a Content-MD5 that is {slug.replace('-', ' ')}")
        expect = replace(case.expect, codes=("InvalidContent",))
        yield replace(case, expect=expect, headers=(("Content-MD5", value),))
    case = _sound(target, "REQ-43/5-mib", "5 MiB, nearly all of it white space between nodes")
    expect = replace(case.expect, codes=("InvalidContent",))
    yield replace(case, expect=expect, body=_padded(case.model, TOO_LARGE))
    for slug, content_type in NOT_XML.items():
        case = _sound(target, f"REQ-45/{slug}", f"Content-Type {content_type}")
        yield replace(case, headers=(("Content-Type", content_type),))


def _sound(target: Target, name: str, note: str) -> Case:
    """A request that is valid but for what the caller is about to add to it."""
    marker = marker_of(name)
    model = sample(target, marker)
    expect = refused(name.partition("/")[0], note=note)
    return Case(name, write(model.to_node()), model, expect, note=note, marker=marker)


def _padded(model: JobRequest, size: int) -> bytes:
    node = model.to_node()
    missing = size - len(write(node))
    return write(node, Style(gaps=(" " * missing, *("",) * 64)))
