"""The catalogue of conforming variants, by what they vary."""

from __future__ import annotations

import importlib
from functools import cache

from conformance.emulator.deviation import Variant

MODULES = ("wire", "spelling", "documents", "lists", "life", "callbacks", "refusals")


@cache
def all_variants() -> dict[str, Variant]:
    """Every variant by name."""
    found: dict[str, Variant] = {}
    for module in MODULES:
        catalogue = importlib.import_module(f"{__name__}.{module}").VARIANTS
        for name, variant in catalogue.items():
            if name in found:
                raise ValueError(f"two variants are called {name!r}")
            found[name] = variant
    return found
