"""Clients that misbehave on purpose: named faults of the plain adapter, and conforming variants.

Each fault is one deviation, written from the clauses, with the clauses that it breaks. Only the
standard library is needed to run one.
"""

from __future__ import annotations

import importlib

from conformance.clients.faults.catalogue import FAULTS, VARIANTS, Fault, Variant

__all__ = ["Fault", "Variant", "all_faults", "all_variants"]


def all_faults() -> dict[str, Fault]:
    """Every fault by name, in the order of the families."""
    _register("http", "signing", "body", "conduct", "answers", "programs")
    return FAULTS


def all_variants() -> dict[str, Variant]:
    """Every conforming variant by name."""
    _register("variants")
    return VARIANTS


def _register(*modules: str) -> None:
    """Import the modules, which registers what they hold."""
    for name in modules:
        importlib.import_module(f"{__name__}.{name}")
