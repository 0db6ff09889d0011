"""``run --dry-run``: what a run would send, and how many jobs it would create."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from conformance.config import RunConfig
from conformance.emulator import EmulatorSettings
from conformance.engine.options import Options
from conformance.engine.plan import chosen
from conformance.engine.sites import embedded_target
from conformance.problems import Problem
from conformance.scenarios.base import Scenario
from conformance.settings import VENDOR
from conformance.spec.target import Target

#: Stands for the address of the receiver, which nobody listens at yet.
_RECEIVER = "http://127.0.0.1:9"


def print_plan(config: RunConfig, options: Options) -> None:
    """Print the plan; nothing is sent, nothing is started."""
    if config.replay is not None:
        raise Problem("a replay sends nothing; leave --dry-run out")
    target = _target(config, options)
    scenarios = chosen(options, target)
    click.echo("\n".join(_lines(config, target, scenarios)))


def _target(config: RunConfig, options: Options) -> Target:
    if options.target is None:
        return embedded_target(EmulatorSettings(), options, _RECEIVER)
    reachable = config.callback_host is not None or _is_local(config.endpoint or "")
    return replace(options.target, callback_base=_RECEIVER if reachable else None)


def _is_local(endpoint: str) -> bool:
    rest = endpoint.partition("://")[2]
    return rest.startswith(("127.", "localhost", "[::1]"))


def _lines(config: RunConfig, target: Target, scenarios: Sequence[Scenario]) -> Iterator[str]:
    requests = sum(each.requests for each in scenarios)
    jobs = sum(each.jobs for each in scenarios)
    where = config.endpoint or "the embedded reference emulator"
    yield f"target      {where}, Host: {target.host}"
    yield f"scenarios   {len(scenarios)}"
    for kind, (count, sent, made) in _by_kind(scenarios).items():
        yield f"  {kind:<10}{count:>5} scenarios, about {sent:>5} requests, at most {made:>4} jobs"
    yield f"requests    about {requests}{_capped(requests, config.max_requests)}"
    yield f"jobs        at most {jobs}{_capped(jobs, config.max_jobs)}"
    if config.endpoint == VENDOR:
        yield "cost        every job on the vendor's service may be billed, refused ones excepted"
    yield f"duration    {_duration(config, target, requests)}"
    if target.callback_base is None:
        yield "callbacks   not judged: the target cannot reach this machine (--callback-host)"
    yield "nothing was sent"


def _by_kind(scenarios: Sequence[Scenario]) -> dict[str, tuple[int, int, int]]:
    kinds: defaultdict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for each in scenarios:
        kind = each.name.partition("/")[0]
        count, sent, made = kinds[kind]
        kinds[kind] = (count + 1, sent + each.requests, made + each.jobs)
    return dict(kinds)


def _capped(count: int, limit: int | None) -> str:
    if limit is None:
        return ""
    return f", held to {limit}; what is left over is inconclusive" if limit < count else ""


def _duration(config: RunConfig, target: Target, requests: int) -> str:
    if config.rate is None:
        return (
            f"the longest job (given up after {target.job_timeout:.0f} s) and the requests, "
            f"{config.workers} at once"
        )
    sent = min(requests, config.max_requests or requests)
    return (
        f"about {sent / config.rate:.0f} s at {config.rate:g} requests a second, and the longest "
        f"job (given up after {target.job_timeout:.0f} s)"
    )
