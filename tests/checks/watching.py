"""Watches which functions of the checks decide which clauses."""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType

import pytest

import conformance.checks
from conformance.checks.base import Mark, Outcome
from conformance.checks.deciding import deciding

CHECKS = Path(conformance.checks.__file__).parent

#: What repeats an outcome that ``jobs`` or ``results`` decided when the job was first seen so.
KEPT = frozenset({"", "judge.judge", "response.check", "response._ShownJobs"})

#: By clause, the sets of functions that were on the stack when an outcome was made.
Seen = dict[str, set[frozenset[str]]]


def watch(patch: pytest.MonkeyPatch) -> Seen:
    """Note, from here on, what stands behind every outcome that decides something."""
    seen: Seen = defaultdict(set)
    made = Outcome.__init__

    def watched(self, clause, mark, *rest, **named):
        if mark in (Mark.OK, Mark.BROKEN):
            seen[clause].add(functions_on_the_stack())
        made(self, clause, mark, *rest, **named)

    patch.setattr(Outcome, "__init__", watched)
    return seen


def functions_on_the_stack() -> frozenset[str]:
    names, frame = set(), sys._getframe(2)
    while frame is not None:
        names.add(name_of(frame.f_code))
        frame = frame.f_back
    return frozenset(names)


@cache
def name_of(code: CodeType) -> str:
    """``module.function`` of the checks, an inner function under its outer one's name."""
    path = Path(code.co_filename)
    return f"{path.stem}.{code.co_qualname.partition('.')[0]}" if path.parent == CHECKS else ""


def declared(modules: tuple[ModuleType, ...]) -> dict[str, set[str]]:
    by_clause = defaultdict(set)
    for name, _, clauses in deciding(*modules):
        for clause_id in clauses:
            by_clause[clause_id].add(name)
    return by_clause


def undeclared(seen: Seen, modules: tuple[ModuleType, ...]) -> set[tuple[str, tuple[str, ...]]]:
    """Clauses that were decided, and by what, where no function on the stack claims to do so."""
    known = declared(modules)
    return {
        (clause_id, tuple(sorted(stack)))
        for clause_id, stacks in seen.items()
        for stack in stacks
        if not stack & known[clause_id] and not stack <= KEPT
    }
