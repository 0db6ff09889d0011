"""The clauses of family HTTP."""

from __future__ import annotations

from collections.abc import Callable

from conformance.suite.clauses import clauses_of, judge
from conformance.suite.harness import Harness


@clauses_of("HTTP")
def test_clause(
    clause_id: str, picjobs_run: Harness, record_property: Callable[[str, object], None]
) -> None:
    judge(clause_id, picjobs_run, record_property)
