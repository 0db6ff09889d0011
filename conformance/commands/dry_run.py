"""``run --dry-run``: what a run would send, what it would create, and how long it would take.

The figures come from a rehearsal on the reference emulator's rules inside this process: a target
whose jobs take longer is asked a little more often how they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import click

from conformance.config import RunConfig
from conformance.emulator import EmulatorSettings
from conformance.engine.agenda import choose_within
from conformance.engine.options import Options
from conformance.engine.plan import chosen
from conformance.engine.rehearsal import Part, Rehearsal, rehearse
from conformance.engine.shrinking import MOST, TRIES
from conformance.engine.sites import embedded_target, is_reachable
from conformance.problems import Problem
from conformance.scenarios.base import Scenario
from conformance.settings import VENDOR
from conformance.spec.reading import Operation
from conformance.spec.target import Target

#: Stands for the address of the receiver, which nobody listens at yet.
_RECEIVER = "http://127.0.0.1:9"


def print_plan(config: RunConfig, options: Options) -> None:
    """Print the plan; nothing is sent, nothing is started."""
    for other in ("replay", "resume"):
        if getattr(config, other) is not None:
            raise Problem(f"dry-run and {other} are both given; a dry run is of a whole new run")
    target = _target(options)
    scenarios = chosen(options, target)
    rehearsal = rehearse(options, target, scenarios)
    click.echo("\n".join(_lines(config, options, target, scenarios, rehearsal)))


def _target(options: Options) -> Target:
    if options.target is None:
        return embedded_target(EmulatorSettings(), options, _RECEIVER)
    reachable = is_reachable(options)
    return replace(options.target, callback_base=_RECEIVER if reachable else None)


def _lines(
    config: RunConfig,
    options: Options,
    target: Target,
    scenarios: tuple[Scenario, ...],
    rehearsal: Rehearsal,
) -> Iterator[str]:
    parts = rehearsal.parts
    kinds: Counter[Operation] = sum((each.requests for each in parts.values()), Counter())
    requests = kinds.total()
    jobs = sum(each.jobs for each in parts.values())
    yield (
        f"target      {config.endpoint or 'the embedded reference emulator'}, Host: {target.host}"
    )
    yield f"scenarios   {len(scenarios)}"
    yield from _by_room(parts)
    yield f"requests    about {requests}{_capped(requests, config.max_requests)}"
    for kind in Operation:
        if kinds[kind]:
            yield f"  {kind:<10}{kinds[kind]:>5}{_fate(kinds[kind], jobs, kind)}"
    yield f"jobs        {jobs}{_capped(jobs, config.max_jobs)}"
    yield from _cost(config, jobs)
    yield from _budget(options, rehearsal, scenarios)
    if options.shrink and options.examples:
        yield (
            f"shrinking   at most {MOST * TRIES} requests more, when drawn cases fail"
            " (--no-shrink: none)"
        )
    yield f"duration    {_duration(config, requests, rehearsal)}"
    if target.callback_base is None:
        yield "callbacks   not judged: the target cannot reach this machine (--callback-host)"
    yield "nothing was sent"


def _by_room(parts: dict[str, Part]) -> Iterator[str]:
    """What each sort of scenario takes: by the beginning of their names."""
    rooms: dict[str, list[Part]] = {}
    for name, part in parts.items():
        rooms.setdefault(name.partition("/")[0], []).append(part)
    for room, held in rooms.items():
        sent, made = sum(each.total for each in held), sum(each.jobs for each in held)
        yield f"  {room:<10}{len(held):>5} scenarios, {sent:>5} requests, {made:>4} jobs"


def _fate(creates: int, jobs: int, kind: Operation) -> str:
    if kind is not Operation.CREATE:
        return ""
    return f", of which {creates - jobs} are to be refused and create no job"


def _cost(config: RunConfig, jobs: int) -> Iterator[str]:
    if config.endpoint == VENDOR:
        held = jobs if config.max_jobs is None else min(jobs, config.max_jobs)
        yield (
            f"cost        {held} jobs at most: accepted creates may be billed, refused ones are not"
        )


def _budget(
    options: Options, rehearsal: Rehearsal, scenarios: tuple[Scenario, ...]
) -> Iterator[str]:
    """How far a budget goes."""
    if options.max_requests is None and options.max_jobs is None:
        return
    choice = choose_within(options, rehearsal, scenarios)
    every = {clause for each in rehearsal.parts.values() for clause in each.clauses}
    if options.clauses is not None:
        every &= options.clauses
    yield f"budget      judges about {len(choice.clauses & every)} of {len(every)} clauses"


def _capped(count: int, limit: int | None) -> str:
    if limit is None:
        return ""
    return f", held to {limit}; what is left over is inconclusive" if limit < count else ""


def _duration(config: RunConfig, requests: int, rehearsal: Rehearsal) -> str:
    sent = min(requests, config.max_requests or requests)
    seconds = rehearsal.seconds * sent / max(1, requests)
    if config.rate is None:
        return f"about {seconds:.0f} s, {config.workers} requests at once"
    seconds = max(seconds, sent / config.rate)
    return f"about {seconds:.0f} s at {config.rate:g} requests a second"
