"""What a clause is: the smallest statement that an implementation can be found to break."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from conformance.spec.clauses.sources import Source


class Level(StrEnum):
    """How strongly the page states a clause: a broken MUST fails, a SHOULD warns, a MAY informs."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY

#: Who is judged: a server, a client library, the callback sender inside a server.
S, C, K = ("S",), ("C",), ("K",)
CS = ("C", "S")

ROLES = {"S": "server", "C": "client library", "K": "callback sender"}

#: What a server does with a request body that a REQ clause speaks of.
ACCEPTED, REFUSED = "accepted", "refused"


@dataclass(frozen=True, slots=True)
class Clause:
    """One test assertion.

    ``id`` is stable and never used again once retired. ``level`` holds for every role, but for the
    server's when ``server_level`` is given. ``outcome`` is ``accepted`` or ``refused`` where
    the clause is about a request body in a server's hands. ``errata`` names the entries of
    :mod:`conformance.spec.errata` that decide a contradiction of the documentation, ``note`` adds
    what a reader of a finding needs to know.
    """

    id: str
    roles: tuple[str, ...]
    level: Level
    assertion: str
    sources: tuple[Source, ...]
    outcome: str | None = field(default=None, kw_only=True)
    errata: tuple[str, ...] = field(default=(), kw_only=True)
    note: str = field(default="", kw_only=True)
    server_level: Level | None = field(default=None, kw_only=True)

    @property
    def family(self) -> str:
        return self.id.partition("-")[0]

    @property
    def source(self) -> str:
        """The documents by name, then the errata that decide: one line for reports."""
        names = [source.name for source in self.sources]
        if self.errata:
            names.append(f"errata {', '.join(self.errata)}")
        return "; ".join(names)

    def level_for(self, role: str) -> Level:
        """The level at which ``role`` (``S``, ``C`` or ``K``) is held to this clause."""
        if role == "S" and self.server_level is not None:
            return self.server_level
        return self.level
