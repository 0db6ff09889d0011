"""After a run: cancel what it created and can still be cancelled, and nothing else.

Only a JobId that a create of this very run was answered with is ever cancelled: what else is in the
queue belongs to somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil

from conformance.scenarios.base import Env, Scenario, Steps, Wait
from conformance.scenarios.calls import cancel, describe, either
from conformance.scenarios.ledger import JobLedger
from conformance.scenarios.polling import send
from conformance.spec.reading import state_of
from conformance.spec.states import FINAL, State

#: The phase of cleaning up: the last one.
PHASE = 3

#: How many scenarios share the work, so that it is done side by side.
SHARDS = 16

#: How many jobs are looked at with one request, so that what has ended costs next to nothing.
BATCH = 25


#: How long running jobs are waited for before they are looked at a second time, in seconds.
MOMENT = 0.5


def cost(alive: int) -> int:
    """The most requests that cleaning up ``alive`` jobs takes."""
    return alive + 2 * ceil(alive / BATCH)


def scenarios(left: Sequence[str] = ()) -> Iterator[Scenario]:
    """The cleaning up, in the last phase; ``left`` are jobs of an earlier attempt at the run."""
    for shard in range(SHARDS):
        yield Scenario(f"cleanup/{shard:02d}", (), _clean(shard, left), phase=PHASE, requests=0)


def _clean(shard: int, left: Sequence[str]) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        alive = sorted(JobLedger(env.history, left).alive)
        batches = [alive[at : at + BATCH] for at in range(0, len(alive), BATCH)]
        for batch in batches[shard::SHARDS]:
            seen = yield from send(describe(env.target, *batch, step="look", expect=either()))
            for job_id in batch:
                # One that the answer does not show may be waiting all the same.
                if state_of(seen, job_id) not in (*FINAL, State.RUNNING):
                    yield cancel(env.target, job_id, expect=either())
            running = [each for each in batch if state_of(seen, each) is State.RUNNING]
            if running:  # they cannot be cancelled; most will have ended in a moment
                yield Wait(MOMENT)
                yield describe(env.target, *running, step="look-again", expect=either())

    return run
