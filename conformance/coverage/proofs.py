"""What stands behind each clause, as it is kept in ``proofs.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path

from conformance.spec.clauses import Clause

#: Where the collected matrix is kept.
STORED = Path(__file__).with_name("proofs.json")

#: From the name of something to the clauses that it is about (to errata, for variants).
Table = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Proofs:
    """Everything that proves the suite, by name.

    ``checks`` are functions (``module.function`` within ``conformance.checks``), ``scenarios`` what
    is asked of servers, ``cases`` what is asked of clients, each with its clauses. What a clause is
    judged on besides is in ``drawn_on`` (clause or beginning of one, to beginnings of scenarios)
    and ``universal`` (operation, to the clauses that every request of a client is judged by).
    """

    checks: Table
    client_checks: Table
    scenarios: Table
    drawn_on: Table
    cases: Table
    universal: Table
    faults: Table
    client_faults: Table
    variants: Table
    client_variants: Table


@dataclass(frozen=True)
class Proof:
    """What stands behind one clause: names from :class:`Proofs`, in their order."""

    checks: tuple[str, ...]
    client_checks: tuple[str, ...]
    scenarios: tuple[str, ...]
    more_scenarios: tuple[str, ...]
    cases: tuple[str, ...]
    more_cases: tuple[str, ...]
    faults: tuple[str, ...]
    client_faults: tuple[str, ...]
    variants: tuple[str, ...]
    client_variants: tuple[str, ...]


def proof_of(clause: Clause, proofs: Proofs) -> Proof:
    """Put together what concerns one clause; variants are those that its errata grant."""
    known = {clause.id}
    errata = set(clause.errata)
    drawn = (
        prefix
        for beginning, prefixes in proofs.drawn_on.items()
        if clause.id.startswith(beginning)
        for prefix in prefixes
    )
    return Proof(
        checks=_about(known, proofs.checks),
        client_checks=_about(known, proofs.client_checks),
        scenarios=_about(known, proofs.scenarios),
        more_scenarios=tuple(dict.fromkeys(drawn)),
        cases=_about(known, proofs.cases),
        more_cases=_about(known, proofs.universal),
        faults=_about(known, proofs.faults),
        client_faults=_about(known, proofs.client_faults),
        variants=_about(errata, proofs.variants),
        client_variants=_about(errata, proofs.client_variants),
    )


def _about(wanted: set[str], table: Table) -> tuple[str, ...]:
    return tuple(name for name, about in table.items() if not wanted.isdisjoint(about))


@cache
def stored() -> Proofs:
    """The matrix as it was last collected."""
    tables = json.loads(STORED.read_text(encoding="utf-8"))
    return Proofs(
        **{
            each.name: {name: tuple(about) for name, about in tables[each.name].items()}
            for each in fields(Proofs)
        }
    )


def written(proofs: Proofs) -> str:
    """The text of ``proofs.json``: one line for each name, so that changes can be read."""
    return "{\n" + ",\n".join(_tables(proofs)) + "\n}\n"


def _tables(proofs: Proofs) -> Iterator[str]:
    for table, rows in asdict(proofs).items():
        lines = (f"  {json.dumps(name)}: {json.dumps(about)}" for name, about in rows.items())
        yield f"{json.dumps(table)}: {{\n" + ",\n".join(lines) + "\n}"
