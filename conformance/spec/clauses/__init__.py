"""The catalogue of clauses: every test assertion, as data.

Reports, checks, scenarios and issues refer to a clause by its id. New clauses take the next free
number of their family; a retired id is never used again.
"""

from __future__ import annotations

from collections.abc import Iterable

from conformance.spec.clauses import (
    callbacks,
    errors,
    http,
    library,
    queries,
    request,
    response,
    signing,
    states,
)
from conformance.spec.clauses.model import ACCEPTED, REFUSED, ROLES, Clause, Level

__all__ = [
    "ACCEPTED",
    "CATALOGUE",
    "FAMILIES",
    "REFUSED",
    "ROLES",
    "Clause",
    "Level",
    "UnknownClause",
    "clause",
    "for_roles",
    "select",
]

#: Families in catalogue order, with the title that reports show.
FAMILIES: dict[str, str] = {
    "HTTP": "HTTP on the wire",
    "SIG": "Signature",
    "REQ": "Request body",
    "RSP": "Success response",
    "STA": "Job states over time",
    "QRY": "Describe, list, cancel",
    "ERR": "Error responses",
    "CBK": "Callbacks",
    "LIB": "Client library",
}

#: Every clause, in the order in which reports list them.
CATALOGUE: tuple[Clause, ...] = (
    *http.CLAUSES,
    *signing.CLAUSES,
    *request.CLAUSES,
    *response.CLAUSES,
    *states.CLAUSES,
    *queries.CLAUSES,
    *errors.CLAUSES,
    *callbacks.CLAUSES,
    *library.CLAUSES,
)

_BY_ID = {each.id: each for each in CATALOGUE}


class UnknownClause(ValueError):
    """Neither the id of a clause nor the name of a family. The message names the nearest ones."""


def clause(clause_id: str) -> Clause:
    """The clause of that id. Raises :class:`UnknownClause`."""
    found = _BY_ID.get(clause_id)
    if found is None:
        raise _unknown(clause_id)
    return found


def for_roles(roles: Iterable[str]) -> tuple[Clause, ...]:
    """Every clause that speaks to one of ``roles`` (``S``, ``C``, ``K``), in catalogue order."""
    wanted = frozenset(roles)
    return tuple(each for each in CATALOGUE if wanted.intersection(each.roles))


def select(patterns: Iterable[str]) -> frozenset[str]:
    """The ids that ``patterns`` pick; each is a clause id or a family, in any letter case.

    Raises :class:`UnknownClause` for a pattern that picks nothing.
    """
    picked: set[str] = set()
    for pattern in patterns:
        name = pattern.strip().upper()
        if name in FAMILIES:
            picked.update(each.id for each in CATALOGUE if each.family == name)
        elif name in _BY_ID:
            picked.add(name)
        else:
            raise _unknown(pattern)
    return frozenset(picked)


def _unknown(name: str) -> UnknownClause:
    from difflib import get_close_matches  # noqa: PLC0415 - costs start-up time, and only errors need it

    near = get_close_matches(name.strip().upper(), [*_BY_ID, *FAMILIES], n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return UnknownClause(f"there is no clause or family {name!r}{hint}")
