"""The way in: every list of cases that scenarios send, by name.

Hypothesis is imported only when generated cases are asked for.
"""

from __future__ import annotations

from conformance.generate.base import Case
from conformance.generate.corpus import edge_cases
from conformance.generate.invalid import invalid_edge_cases
from conformance.generate.recipes import OPERATIONS, Recipe, signature_cases
from conformance.spec.target import Target

__all__ = [
    "OPERATIONS",
    "Case",
    "Recipe",
    "edge_cases",
    "invalid_cases",
    "invalid_edge_cases",
    "signature_cases",
    "valid_cases",
]


def valid_cases(target: Target, seed: int, count: int) -> list[Case]:
    """The first ``count`` valid requests of a seed, over the whole documented space."""
    from conformance.generate.streams import VALID, generate  # noqa: PLC0415 - hypothesis is slow

    return generate(VALID, target, seed=seed, count=count)


def invalid_cases(target: Target, seed: int, count: int) -> list[Case]:
    """The first ``count`` requests of a seed that break exactly one clause, chosen at random."""
    from conformance.generate.streams import INVALID, generate  # noqa: PLC0415 - hypothesis is slow

    return generate(INVALID, target, seed=seed, count=count)
