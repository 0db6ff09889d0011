"""The catalogue of faults, one module for each family of clauses."""

from __future__ import annotations

import importlib
from functools import cache

from conformance.emulator.deviation import Fault

MODULES = (
    "http",
    "signing",
    "forgery",
    "tampering",
    "partial",
    "body",
    "rules",
    "acceptance",
    "head",
    "response",
    "moments",
    "echo",
    "templates",
    "data",
    "states",
    "constancy",
    "results",
    "queries",
    "lists",
    "errors",
    "leftovers",
    "callbacks",
)


@cache
def all_faults() -> dict[str, Fault]:
    """Every fault by name, in the order of the families."""
    found: dict[str, Fault] = {}
    for module in MODULES:
        catalogue = importlib.import_module(f"{__name__}.{module}").FAULTS
        for name, fault in catalogue.items():
            if name in found:
                raise ValueError(f"two faults are called {name!r}")
            found[name] = fault
    return found
