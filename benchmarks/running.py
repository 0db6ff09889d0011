"""`run` against a bare serial loop of the same bytes, with and without latency, and its scaling."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from statistics import median

from benchmarks import requesting, serving
from benchmarks.measuring import Figure, child, in_turn, seconds
from conformance.engine.session import RunOutcome, run
from conformance.spec.times import parse_job_time

#: Seconds by which a relay hands on every request late.
NEAR, FAR = 0.020, 0.300


def throughput(rounds: int) -> Iterator[Figure]:
    """Requests a second of a whole run, judging included, against the serial loop."""
    count = len(requesting.reference().calls)
    yield _against_loop(rounds, 0.0, count, reach=0.6)
    yield _against_loop(rounds, NEAR, 200, reach=3.0)


def _against_loop(rounds: int, latency: float, count: int, reach: float) -> Figure:
    """The loop sends ``count`` of the run's requests, spread over it."""
    wanted = requesting.calls(count)
    ours, theirs = [], []
    for _ in range(rounds):
        with _emulator(latency) as endpoint:
            outcome = run(requesting.options(endpoint))
            ours.append(outcome.requests / outcome.duration)
        with _emulator(latency) as endpoint:
            requests = requesting.sealed(wanted)
            taken = seconds(partial(requesting.serial_loop, endpoint, requests))
            theirs.append(len(requests) / taken)
    mine, other = median(ours), median(theirs)
    return Figure(
        f"run / bare loop of requests, {latency * 1000:.0f} ms latency",
        mine / other,
        "times",
        f"{mine:.0f} requests/s",
        f"{other:.0f} requests/s",
        reach,
    )


@contextmanager
def _emulator(latency: float) -> Iterator[str]:
    with serving.emulator() as endpoint:
        if not latency:
            yield endpoint
            return
        with serving.delayed(endpoint, latency) as late:
            yield late


def workers(counts: Sequence[int]) -> Iterator[Figure]:
    """A run at 300 ms latency and jobs of 3 s, by the number of workers."""
    for count in counts:
        with (
            serving.emulator(start_delay=1.0, run_time=2.0) as endpoint,
            serving.delayed(endpoint, FAR) as late,
        ):
            outcome = run(requesting.options(late, workers=count))
        alone = outcome.requests * FAR / count
        yield Figure(
            f"run at 300 ms latency, {count} workers",
            outcome.duration / alone,
            "times requests x latency / workers",
            f"{outcome.duration:.0f} s for {outcome.requests} requests",
            f"{alone:.0f} s",
            more=False,
        )


def rate(rounds: int, allowed: float = 100.0) -> Iterator[Figure]:
    """At an allowed rate a run takes the requests at that rate and its longest job, no more.

    Some four hundred jobs share the server's slots, so that the longest one is long by waiting.
    """
    ratios, told = [], ("", "")
    for _ in range(rounds):
        with serving.emulator(start_delay=1.0, run_time=2.0) as endpoint:
            outcome = run(requesting.options(endpoint, rate=allowed))
        least = outcome.requests / allowed + _longest_job(outcome)
        ratios.append(outcome.duration / least)
        told = f"{outcome.duration:.1f} s", f"{least:.1f} s"
    yield Figure(
        f"run at {allowed:.0f} requests/s / (requests at that rate + longest job)",
        median(ratios),
        "times",
        *told,
        reach=1.25,
        more=False,
    )


def _longest_job(outcome: RunOutcome) -> float:
    """Seconds from CreationTime to EndTime of the job that took longest, as the server says."""
    longest = 0.0
    for looks in outcome.facts.sightings.values():
        job = looks[-1].job
        created = parse_job_time(job.value("CreationTime"))
        ended = parse_job_time(job.value("EndTime"))
        if created is not None and ended is not None:
            longest = max(longest, ended - created)
    return longest


def harness(counts: Sequence[int]) -> Iterator[Figure]:
    """The pytest harness with pytest-xdist; each worker judges its share of the clauses."""
    for count in counts:
        command = (
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-n", str(count), "--pyargs", "conformance.suite"),
        )
        spent = child(command)
        yield Figure(f"pytest --pyargs conformance.suite -n {count}", spent.wall, "s", more=False)


def emulator(rounds: int) -> Iterator[Figure]:
    """The emulator's requests a second, signatures verified, against an empty handler."""
    gets = [call for call in requesting.calls(2000) if "/pic_jobs/" in call.request.target][:500]
    with serving.emulator() as ours, serving.empty_handler() as floor:
        wires = [requesting.wire(each) for each in requesting.sealed(gets)]
        mine, other = in_turn(
            rounds,
            partial(requesting.bare_socket, ours, wires),
            partial(requesting.bare_socket, floor, wires),
        )
    yield Figure(
        "emulator (describe) / empty handler of its framework",
        other / mine,
        "of its speed",
        f"{len(wires) / mine:.0f} requests/s",
        f"{len(wires) / other:.0f} requests/s",
    )


def machine() -> str:
    """What the figures were measured on, for the page."""
    version = sys.version.split()[0]
    try:
        about = subprocess.run(["lscpu"], capture_output=True, text=True, check=False).stdout
        model = re.search(r"Model name:\s*(.+)", about)
    except OSError:
        model = None
    return f"{os.cpu_count()} cores ({model[1].strip() if model else 'unknown'}), Python {version}"
