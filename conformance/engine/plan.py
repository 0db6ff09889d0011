"""Which scenarios a run takes: all of them, or those that the chosen clauses need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from conformance.engine.options import Options
from conformance.engine.reasons import is_claimed
from conformance.scenarios import body, callback, http, life, query, signing
from conformance.scenarios.base import Scenario
from conformance.spec.target import Target

#: The phase of lists, which creates nothing.
LISTING = 2

#: What the name of a case begins with that was shrunk from another.
SHRUNK = "shrunk/"

#: What the checks of a clause draw on besides the scenarios that name it, as scenario prefixes.
DRAWS_ON: dict[str, tuple[str, ...]] = {
    "RSP": (
        *("life/success-0", "life/missing-input", "life/unknown", "query/cancel", "query/describe"),
        *("list/everything", "list/ascending", "body/open", "body/REQ-0", "body/REQ-37"),
    ),
    "STA": ("life/success-0", "life/missing-input", "query/cancel-waiting"),
    "ERR": (
        *(
            "body/REQ-0",
            "body/REQ-1",
            "body/REQ-2",
            "body/REQ-42",
            "body/REQ-44",
            "body/REQ-45",
            "signing/",
            "http/",
            "query/cancel",
        ),
        *("list/without", "list/unsound", "list/everything", "life/unknown", "life/missing-input"),
    ),
    "ERR-10": (
        *(f"body/REQ-{number}" for number in ("1", "2", "42", "45")),
        "body/invalid",
        "signing/create",
        "http/",
    ),
    "CBK": ("callback/", "life/success-0", "body/REQ-30"),
    "QRY-0": ("life/paused-queue", "query/cancel-paused"),
    "QRY-13": ("body/REQ-3",),
    "QRY-15": ("signing/cancel",),
    "SIG-30": ("query/spread",),
    "QRY-17": ("body/open/input",),
    "QRY-1": (
        "life/paused-queue",
        "query/cancel-paused",
        "query/spread",
        "life/success-0",
        "life/missing-input",
        "query/cancel-waiting",
    ),
}


class UnknownCase(ValueError):
    """There is no scenario of this name; ``near`` are the names that might have been meant."""

    def __init__(self, name: str, near: Collection[str]) -> None:
        super().__init__(name)
        self.name = name
        self.near = tuple(near)


def chosen(options: Options, target: Target) -> tuple[Scenario, ...]:
    """The scenarios of a run. Raises :class:`UnknownCase`."""
    scenarios = every(target, options.seed, options.examples)
    if options.cases:
        return named(scenarios, options.cases)
    if options.clauses is not None:
        scenarios = choose(scenarios, options.clauses)
    return scenarios if options.alike is None else thinned(scenarios, options.alike)


def named(scenarios: Iterable[Scenario], names: Collection[str]) -> tuple[Scenario, ...]:
    """The scenarios of these names, in canonical order, with what they need beside themselves.

    A list says something only about jobs, so those that lists draw on come with it; a shrunk case
    comes of the case that it was shrunk from. Raises :class:`UnknownCase`.
    """
    held = {each.name: each for each in scenarios}
    wanted = {name.removeprefix(SHRUNK) for name in names}
    for name in sorted(wanted - held.keys()):
        raise UnknownCase(name, get_close_matches(name, held, n=3, cutoff=0.6))
    lists = any(held[name].phase == LISTING for name in wanted)
    beside = DRAWS_ON["QRY-1"] if lists else ()
    return tuple(
        each
        for name, each in held.items()
        if name in wanted or (beside and name.startswith(beside))
    )


def every(target: Target, seed: int, examples: int) -> tuple[Scenario, ...]:
    """All scenarios for this target, in canonical order: followed jobs first, lists last."""
    return tuple(
        sorted(
            (each for each in _all(target, seed, examples) if is_claimed(each.name, target)),
            key=lambda each: each.phase,  # stable: the order within a phase is the modules'
        )
    )


def _all(target: Target, seed: int, examples: int) -> Iterator[Scenario]:
    yield from life.scenarios(target)
    yield from callback.scenarios(target)
    yield from query.scenarios(target)
    yield from http.scenarios(target)
    yield from signing.scenarios(target, seed)
    yield from body.scenarios(target, seed, examples)


def choose(scenarios: Iterable[Scenario], clauses: Collection[str]) -> tuple[Scenario, ...]:
    """The scenarios that exercise one of ``clauses``, with what their checks draw on."""
    prefixes = {
        prefix
        for clause in clauses
        for family, drawn in DRAWS_ON.items()
        if clause.startswith(family)
        for prefix in drawn
    }
    return tuple(
        each
        for each in scenarios
        if set(each.clauses) & set(clauses) or each.name.startswith(tuple(prefixes))
    )


def thinned(scenarios: Iterable[Scenario], most: int) -> tuple[Scenario, ...]:
    """Of scenarios that differ in little, the first ``most`` of each kind.

    Those are of one kind that exercise the same clauses and are single requests of one sort, or
    have names that differ in their last digits only.
    """
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    kept = []
    for each in scenarios:
        single = each.name.startswith(("body/", "signing/")) and each.requests == 1
        kind = each.name.rpartition("/")[0] if single else each.name.rstrip("0123456789")
        seen[kind, each.clauses] += 1
        if seen[kind, each.clauses] <= most:
            kept.append(each)
    return tuple(kept)
