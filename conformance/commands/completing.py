"""What a shell may complete: clauses, families, faults and variants, by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _of(names: Callable[[], Iterable[tuple[str, str]]]) -> Complete:
    """A completion from names, each with what it is."""

    def complete(
        _context: click.Context, _parameter: click.Parameter, typed: str
    ) -> list[CompletionItem]:
        return [
            CompletionItem(name, help=says)
            for name, says in names()
            if name.lower().startswith(typed.lower())
        ]

    return complete


def _clauses() -> Iterable[tuple[str, str]]:
    from conformance.spec.clauses import CATALOGUE, FAMILIES  # noqa: PLC0415

    return [*FAMILIES.items(), *((each.id, each.assertion) for each in CATALOGUE)]


def _faults() -> Iterable[tuple[str, str]]:
    from conformance.emulator.faults import all_faults  # noqa: PLC0415

    return [(name, fault.says) for name, fault in sorted(all_faults().items())]


def _variants() -> Iterable[tuple[str, str]]:
    from conformance.emulator.variants import all_variants  # noqa: PLC0415

    return [(name, variant.says) for name, variant in sorted(all_variants().items())]


clauses = _of(_clauses)
faults = _of(_faults)
variants = _of(_variants)
deviations = _of(lambda: [*_faults(), *_variants()])
