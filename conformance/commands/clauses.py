"""``clauses``: list the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from conformance import REVISION, __version__
from conformance.commands import completing
from conformance.problems import Problem
from conformance.spec.clauses import CATALOGUE, FAMILIES, ROLES, Clause, UnknownClause, select
from conformance.spec.errata import erratum
from conformance.spec.rules import RULES, rules_of

if TYPE_CHECKING:
    from conformance.coverage.proofs import Proofs


@click.command(short_help="List the clauses.")
@click.argument("patterns", nargs=-1, metavar="[ID|FAMILY]...", shell_complete=completing.clauses)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "coverage"]),
    default="text",
    show_default=True,
    help="The form of the list; coverage is Markdown with what proves each clause.",
)
def command(patterns: tuple[str, ...], form: str) -> None:
    """List the clauses that the suite judges by: all of them, or the ones named."""
    try:
        chosen = select(patterns)
    except UnknownClause as unknown:
        raise Problem(str(unknown)) from None
    clauses = [each for each in CATALOGUE if not patterns or each.id in chosen]
    render = {"text": _text, "json": _json, "markdown": _markdown, "coverage": _coverage}[form]
    click.echo("\n".join(render(clauses)))


def _text(clauses: list[Clause]) -> Iterator[str]:
    family = ""
    for each in clauses:
        if each.family != family:
            yield f"{'' if not family else chr(10)}{each.family}: {FAMILIES[each.family]}"
            family = each.family
        yield f"  {each.id:<8} {'/'.join(each.roles):<4}{_levels(each):<10} {each.assertion}"
    roles = ", ".join(f"{letter} {name}" for letter, name in ROLES.items())
    yield f"\n{len(clauses)} clauses; {roles}"


def _levels(clause: Clause) -> str:
    return "/".join(dict.fromkeys(str(clause.level_for(role)) for role in clause.roles))


def _json(clauses: list[Clause]) -> Iterator[str]:
    from conformance.coverage.proofs import stored  # noqa: PLC0415 - the other forms need none

    proofs = stored()
    chosen = {each.id for each in clauses}
    document = {
        "suite": {"version": __version__, "revision": REVISION},
        "families": FAMILIES,
        "rules": [
            {
                "id": each.id,
                "source": each.source.name,
                "says": each.says,
                "clauses": list(each.clauses),
                "reason": each.reason or None,
            }
            for each in RULES
            if len(clauses) == len(CATALOGUE) or chosen.intersection(each.clauses)
        ],
        "clauses": [_row(each) | _proof(each, proofs) for each in clauses],
    }
    yield json.dumps(document, indent=2, ensure_ascii=False)


def _row(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "family": clause.family,
        "roles": list(clause.roles),
        "level": str(clause.level),
        "levels": {role: str(clause.level_for(role)) for role in clause.roles},
        "outcome": clause.outcome,
        "assertion": clause.assertion,
        "source": clause.source,
        "sources": [{"name": each.name, "url": each.url} for each in clause.sources],
        "errata": [
            {"id": each.id, "contradiction": each.contradiction, "decision": each.decision}
            for each in map(erratum, clause.errata)
        ],
        "note": clause.note,
    }


def _proof(clause: Clause, proofs: Proofs) -> dict[str, Any]:
    """What stands behind a clause: rules before it, and after it what decides and proves it."""
    from conformance.coverage.proofs import proof_of  # noqa: PLC0415

    proof = proof_of(clause, proofs)
    checks = [
        {"judges": judged, "module": f"conformance.checks.{module}", "function": function}
        for judged, names in (("server", proof.checks), ("client", proof.client_checks))
        for module, _, function in (name.partition(".") for name in names)
    ]
    return {
        "rules": [each.id for each in rules_of(clause.id)],
        "checks": checks,
        "scenarios": {"named": list(proof.scenarios), "drawn_on": list(proof.more_scenarios)},
        "cases": {"named": list(proof.cases), "drawn_on": list(proof.more_cases)},
        "faults": {"server": list(proof.faults), "client": list(proof.client_faults)},
        "variants": {"server": list(proof.variants), "client": list(proof.client_variants)},
    }


def _coverage(clauses: list[Clause]) -> Iterator[str]:
    from conformance.coverage.page import clause_sections, page  # noqa: PLC0415
    from conformance.coverage.proofs import stored  # noqa: PLC0415

    if len(clauses) == len(CATALOGUE):
        yield page(stored()).rstrip("\n")
    else:
        yield from clause_sections(clauses, stored())


def _markdown(clauses: list[Clause]) -> Iterator[str]:
    family = ""
    for each in clauses:
        if each.family != family:
            if family:
                yield ""
            yield f"## {each.family}: {FAMILIES[each.family]}\n"
            yield "| id | role | level | assertion | source |"
            yield "|---|---|---|---|---|"
            family = each.family
        note = f" *{each.note}*" if each.note else ""
        cells = (each.id, "/".join(each.roles), _levels(each), each.assertion + note, each.source)
        yield f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("_", "\\_")
