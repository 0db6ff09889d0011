"""What a rule is: one row of a table, or one sentence, of the documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.spec.clauses.sources import SOURCES, Source

_SOURCES = {source.key: source for source in SOURCES}
_ID = re.compile(r"[A-Z]+[0-9]*(?:_[A-Z]+)?(?:\.[A-Za-z0-9-]+)+(?:=[A-Za-z0-9-]+)?")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a document says, in the project's own words.

    ``id`` begins with the key of its document; then follow the part of it and, where the rule is
    about a node, the node's path, with ``=value`` for one valid value. ``clauses`` are the
    assertions that hold it; a rule that no assertion can hold has a ``reason`` instead.
    """

    id: str
    says: str
    clauses: tuple[str, ...]
    reason: str = ""

    @property
    def source(self) -> Source:
        """The document that says so."""
        return _SOURCES[self.id.partition(".")[0]]


def rule(rule_id: str, says: str, *clauses: str, reason: str = "") -> Rule:
    """One row. Raises ValueError when it has neither clauses nor a reason, or both."""
    if bool(clauses) == bool(reason):
        raise ValueError(f"{rule_id}: give the clauses that hold it, or the reason why none does")
    if not _ID.fullmatch(rule_id) or rule_id.partition(".")[0] not in _SOURCES:
        raise ValueError(f"{rule_id!r} is no id of a rule: DOCUMENT.part.Node, or …Node=value")
    return Rule(rule_id, says, clauses, reason)
