"""How the clauses of a family become the parameters of one test function."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.engine.stopping import ROLES
from conformance.spec.clauses import Clause, for_roles
from conformance.suite.harness import Harness, settle

_ROLE_MARKS = {"S": "server", "K": "callback_sender"}


def clauses_of(family: str) -> Callable[[Callable[..., None]], pytest.MarkDecorator]:
    """Parametrise a test over every server clause of ``family``; its id is the clause's."""
    clauses = [each for each in for_roles(ROLES) if each.family == family]
    return pytest.mark.parametrize(
        "clause_id", [pytest.param(each.id, id=each.id, marks=_marks(each)) for each in clauses]
    )


def _marks(clause: Clause) -> list[pytest.MarkDecorator]:
    role = next(role for role in ROLES if role in clause.roles)
    names = (clause.level_for(role).lower(), _ROLE_MARKS[role], clause.family.lower())
    return [getattr(pytest.mark, name) for name in names]


def judge(clause_id: str, harness: Harness, record_property: Callable[[str, object], None]) -> None:
    """Look the verdict up, note what reports want to know, and settle it."""
    verdict, outcome = harness.verdict(clause_id)
    clause = verdict.clause
    for name, value in (
        ("clause", clause.id),
        ("level", str(verdict.level)),
        ("source", clause.source),
        ("verdict", str(verdict.verdict)),
        ("judged", verdict.judged),
    ):
        record_property(name, value)
    if verdict.findings:
        record_property("finding", verdict.findings[0].message)
    settle(verdict, outcome, harness.expected)
