"""Named deviations of the emulator: faults that break a clause, and variants that break none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.emulator.behaviour import Behaviour
from conformance.spec.clauses import Level


@dataclass(frozen=True)
class Fault:
    """One single thing that a server gets wrong.

    ``clauses`` are the ids that it breaks: the suite has caught it when one of them fails (or
    warns, for ``level`` SHOULD). ``says`` is one sentence for people. ``settings`` are changes to
    :class:`EmulatorSettings` that it needs to show.
    """

    name: str
    clauses: tuple[str, ...]
    level: Level
    says: str
    behaviour: type[Behaviour]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """One unusual way of conforming; ``errata`` names the entries that grant it, if any."""

    name: str
    says: str
    behaviour: type[Behaviour]
    errata: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


class Faults(dict[str, Fault]):
    """A catalogue of faults by name; a name given twice is an error at once."""

    def add(
        self,
        name: str,
        *clauses: str,
        says: str,
        level: Level = Level.MUST,
        settings: Mapping[str, Any] | None = None,
    ) -> Callable[[type[Behaviour]], type[Behaviour]]:
        """Register the decorated class (or ``@hook`` function, already a class) as a fault."""

        def register(behaviour: type[Behaviour]) -> type[Behaviour]:
            if name in self:
                raise ValueError(f"there is a fault {name!r} already")
            self[name] = Fault(name, clauses, level, says, behaviour, dict(settings or {}))
            return behaviour

        return register


class Variants(dict[str, Variant]):
    """A catalogue of conforming variants by name."""

    def add(
        self,
        name: str,
        *,
        says: str,
        errata: tuple[str, ...] = (),
        settings: Mapping[str, Any] | None = None,
    ) -> Callable[[type[Behaviour]], type[Behaviour]]:
        """Register the decorated class as a variant."""

        def register(behaviour: type[Behaviour]) -> type[Behaviour]:
            if name in self:
                raise ValueError(f"there is a variant {name!r} already")
            self[name] = Variant(name, says, behaviour, errata, dict(settings or {}))
            return behaviour

        return register
