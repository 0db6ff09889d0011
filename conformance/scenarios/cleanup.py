"""After a run: cancel what it created and can still be cancelled, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.scenarios.base import Env, Scenario, Steps
from conformance.scenarios.calls import cancel, either
from conformance.spec.reading import job_id_of, jobs_in
from conformance.spec.states import WAITING, State, parse_state
from conformance.spec.wire import Exchange

#: How many scenarios share the work, so that it is done side by side.
SHARDS = 16


def scenarios() -> Iterator[Scenario]:
    """The cleaning up, in the last phase."""
    for shard in range(SHARDS):
        yield Scenario(f"cleanup/{shard:02d}", (), _cancel_waiting(shard), phase=3)


def _cancel_waiting(shard: int) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        waiting = sorted(job for job, state in last_states(env.history).items() if state in WAITING)
        for job_id in waiting[shard::SHARDS]:
            yield cancel(env.target, job_id, expect=either())

    return run


def last_states(history: tuple[Exchange, ...]) -> dict[str, State | None]:
    """The state in which each job that this run created was last seen."""
    states: dict[str, State | None] = {}
    for exchange in history:
        job_id = job_id_of(exchange)
        if job_id is not None:
            states[job_id] = None
    for exchange in sorted(history, key=lambda each: each.started):
        for job in jobs_in(exchange):
            job_id = job.value("JobId")
            if job_id in states:
                states[job_id] = parse_state(job.value("State"))
    return states


def remaining(history: tuple[Exchange, ...]) -> tuple[str, ...]:
    """The jobs of this run that were last seen waiting or running, cancelled ones left out."""
    cancelled = {
        each.request.raw_path.rpartition("/")[2]
        for each in history
        if each.scenario.startswith("cleanup/") and each.response and each.response.status == 200
    }
    alive = (*WAITING, State.RUNNING, None)
    return tuple(
        job
        for job, state in sorted(last_states(history).items())
        if state in alive and job not in cancelled
    )
