"""The page of errata: what the documentation contradicts or leaves open, and each decision."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.clients import faults as clients
from conformance.emulator.deviation import Variant
from conformance.emulator.variants import all_variants
from conformance.reference.markdown import NOTICE, plain
from conformance.spec.clauses import CATALOGUE, Clause
from conformance.spec.errata import ERRATA

_INTRODUCTION = """\
# Errata of the documentation

Where the vendor's pages contradict themselves, each other, or leave something open, and what the
suite decides there. A decision always falls on the side of the implementation: whatever a fair
reader could take from one of the pages is right, and only what no page permits is a finding.

Each decision is held to by *variants*: emulators and clients that take the unusual reading, and in
which the suite must find nothing (`picjobs-conformance selftest`).
"""


def page() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield NOTICE
    yield ""
    yield _INTRODUCTION
    variants: list[Variant | clients.Variant] = [
        *all_variants().values(),
        *clients.all_variants().values(),
    ]
    for each in ERRATA:
        yield f"## {each.id}"
        yield ""
        yield plain(each.contradiction)
        yield ""
        yield f"**Decision.** {plain(each.decision)}"
        yield ""
        about = [link(clause, "clauses/") for clause in CATALOGUE if each.id in clause.errata]
        if about:
            yield f"Clauses: {', '.join(about)}."
            yield ""
        granted = sorted({variant.name for variant in variants if each.id in variant.errata})
        if granted:
            yield f"Variants: {', '.join(f'`{name}`' for name in granted)}."
            yield ""


def link(clause: Clause, to: str = "") -> str:
    """A link to the clause's place; ``to`` leads to the folder of the family pages."""
    return f"[{clause.id}]({to}{clause.family.lower()}.md#{clause.id.lower()})"
