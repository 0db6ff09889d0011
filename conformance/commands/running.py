"""From the engine's outcome to a result, and from its errors to one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.drivers.live import EndpointProblem
from conformance.drivers.recording import RecordingProblem
from conformance.engine.again import again
from conformance.engine.judged import verdicts_of
from conformance.engine.plan import UnknownCase
from conformance.engine.session import Options, RunOutcome, run
from conformance.engine.watching import Watcher
from conformance.problems import Problem
from conformance.report import failures
from conformance.report.result import RunFacts, build_result


def run_guarded(options: Options, watcher: Watcher) -> RunOutcome:
    """Run; whatever is wrong with the options or with this machine becomes a :class:`Problem`."""
    with guarded():
        return run(options, watcher)


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what is wrong with the options or with this machine into a :class:`Problem`."""
    try:
        yield
    except (RecordingProblem, EndpointProblem) as problem:
        raise Problem(str(problem)) from None
    except UnknownCase as unknown:
        near = f"; did you mean {' or '.join(unknown.near)}?" if unknown.near else ""
        raise Problem(f"there is no case {unknown.name!r} in this run{near}") from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise Problem(f"{where}{error.strerror or error}") from None


def judge_run(outcome: RunOutcome, *, strict: bool, verbose: bool) -> dict[str, Any]:
    """The result of a run: verdicts on every clause of a server, findings, exchanges."""
    target = outcome.facts.target
    exchanges = outcome.facts.exchanges
    verdicts = verdicts_of(outcome, strict=strict)
    facts = RunFacts(
        outcome.kind,
        outcome.name,
        outcome.started,
        outcome.duration,
        outcome.requests,
        outcome.jobs,
        seed=outcome.seed,
        complete=outcome.complete,
        strict=strict,
        endpoint=outcome.endpoint,
        target={
            "host": target.host,
            "bucket": target.bucket,
            "region": target.region,
            "queue_id": target.queue_id,
        },
        remaining=outcome.remaining,
        stopped=outcome.stopped,
        again=lambda cases: again(outcome, cases, strict=strict),
    )
    return build_result(facts, verdicts, exchanges, calls=outcome.calls, verbose=verbose)


def save_failures(directory: str, result: dict[str, Any], outcome: RunOutcome) -> None:
    """Write each failure as files. Raises :class:`Problem`."""
    failures.save_failures(
        Path(directory),
        result,
        outcome.facts.exchanges,
        endpoint=outcome.endpoint,
        calls=outcome.calls,
    )
