"""Which clauses a command is asked to judge."""

from __future__ import annotations

from collections.abc import Collection

from conformance.config import RunConfig
from conformance.problems import Problem
from conformance.spec.clauses import ROLES, UnknownClause, clause, for_roles, select


def chosen_clauses(
    config: RunConfig, roles: Collection[str], elsewhere: str
) -> frozenset[str] | None:
    """The ids that ``--clause`` and ``--skip`` leave; None when neither was given.

    ``roles`` are the roles that the command judges; ``elsewhere`` says, when a clause is about
    another, what this command judges and which one to use ("`run` judges servers; use `client`").
    """
    try:
        wanted, skipped = select(config.clause), select(config.skip)
    except UnknownClause as unknown:
        raise Problem(str(unknown)) from None
    if not config.clause and not config.skip:
        return None
    judged = {each.id for each in for_roles(roles)}
    chosen = (wanted if config.clause else judged) & judged
    if not chosen:
        named = " and ".join(ROLES[role] for role in clause(min(wanted)).roles)
        raise Problem(f"{', '.join(config.clause)}: only about a {named}, and {elsewhere}")
    if not chosen - skipped:
        raise Problem("every clause that was asked for is skipped; there is nothing to judge")
    return frozenset(chosen - skipped)
