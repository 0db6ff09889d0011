"""The rules of the documentation: every row and every sentence, with the clauses that hold it.

The modules follow the pages. A new clause is named in the row of the rule that it holds; a rule
that no clause can hold says why. ``docs/coverage.md`` is made from both.
"""

from __future__ import annotations

from conformance.spec.rules import (
    beyond,
    callback,
    errors,
    headers,
    operations,
    request,
    response,
    signature,
    structures,
)
from conformance.spec.rules.model import Rule

__all__ = ["RULES", "Rule", "rules_of"]

#: Every rule, in the order of the documents and of what they say.
RULES: tuple[Rule, ...] = (
    *request.RULES,
    *response.RULES,
    *headers.RULES,
    *errors.RULES,
    *signature.RULES,
    *operations.RULES,
    *callback.RULES,
    *structures.RULES,
    *beyond.RULES,
)


def rules_of(clause_id: str) -> tuple[Rule, ...]:
    """The rules that a clause holds, in order."""
    return tuple(each for each in RULES if clause_id in each.clauses)
