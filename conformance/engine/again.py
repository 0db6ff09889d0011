"""The command that runs the cases of a finding again, alone."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from conformance.config import RunConfig
from conformance.engine.outcome import RunOutcome
from conformance.spec.target import Target

COMMAND = "picjobs-conformance run"


def again(outcome: RunOutcome, cases: Sequence[str], *, strict: bool = False) -> str:
    """The command for a shell. No secret is in it: the environment has them."""
    words = [*_words(outcome), *(["--strict"] if strict else [])]
    words += [word for name in cases for word in ("--case", name)]
    return " ".join((COMMAND, *map(shlex.quote, words)))


def _words(outcome: RunOutcome) -> Iterator[str]:
    if outcome.kind == "cassette":
        yield from ("--replay", outcome.source)
        return
    if outcome.kind == "endpoint":
        yield from ("--endpoint", outcome.endpoint.rstrip("/"))
        yield from _target_words(outcome.facts.target)
    if outcome.seed != RunConfig.seed:
        yield from ("--seed", str(outcome.seed))
    if outcome.examples != RunConfig.max_examples:
        yield from ("--max-examples", str(outcome.examples))


def _target_words(target: Target) -> Iterator[str]:
    given = {
        "bucket": target.bucket,
        "region": target.region,
        "queue-id": target.queue_id,
        "paused-queue-id": target.paused_queue_id,
        "template-id": target.template_id,
        "input-object": target.input_object,
    }
    for name, value in given.items():
        if value is not None:
            yield from (f"--{name}", value)
