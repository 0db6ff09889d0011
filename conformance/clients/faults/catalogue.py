"""What a fault and a variant are, and how they are registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from conformance.clients.adapters.plain.adapter import Client, serve

#: Something that answers the protocol until the end of stdin.
Program = Callable[[], None]
C = TypeVar("C", bound=type[Client])


@dataclass(frozen=True)
class Fault:
    """One thing that a client gets wrong.

    ``clauses`` are the ids that it breaks: the suite has caught it when one of them fails (or
    warns). ``also`` are clauses that break with it and may be named beside them. ``says`` is one
    sentence for people.
    """

    name: str
    clauses: tuple[str, ...]
    says: str
    run: Program
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variant:
    """One unusual way of conforming; ``errata`` names the entries that grant it, if any."""

    name: str
    says: str
    run: Program
    errata: tuple[str, ...] = ()


FAULTS: dict[str, Fault] = {}
VARIANTS: dict[str, Variant] = {}


def fault(name: str, *clauses: str, says: str, also: tuple[str, ...] = ()) -> Callable[[C], C]:
    """Register the decorated client as a fault."""

    def register(client: C) -> C:
        add_fault(Fault(name, clauses, says, lambda: serve(client), also))
        return client

    return register


def fault_program(
    name: str, *clauses: str, says: str, also: tuple[str, ...] = ()
) -> Callable[[Program], Program]:
    """Register the decorated program (the whole adapter misbehaves) as a fault."""

    def register(program: Program) -> Program:
        add_fault(Fault(name, clauses, says, program, also))
        return program

    return register


def add_fault(new: Fault) -> None:
    """Add a fault; a name given twice is an error at once."""
    if new.name in FAULTS:
        raise ValueError(f"there is a fault {new.name!r} already")
    FAULTS[new.name] = new


def variant(name: str, *, says: str, errata: tuple[str, ...] = ()) -> Callable[[C], C]:
    """Register the decorated client as a conforming variant."""

    def register(client: C) -> C:
        add_variant(Variant(name, says, lambda: serve(client), errata))
        return client

    return register


def variant_program(
    name: str, *, says: str, errata: tuple[str, ...] = ()
) -> Callable[[Program], Program]:
    """Register the decorated program as a conforming variant."""

    def register(program: Program) -> Program:
        add_variant(Variant(name, says, program, errata))
        return program

    return register


def add_variant(new: Variant) -> None:
    """Add a variant; a name given twice is an error at once."""
    if new.name in VARIANTS:
        raise ValueError(f"there is a variant {new.name!r} already")
    VARIANTS[new.name] = new
