"""What a run leaves behind: nothing of its own that could be cancelled, all that is others'."""

from __future__ import annotations

from conformance.emulator import Behaviour
from conformance.engine.session import run
from conformance.generate.signing import seal
from conformance.scenarios.calls import create, job_request
from conformance.spec.messages import JobRequest
from conformance.spec.states import FINAL, State
from tests.commands.support import emulator, options_for


def foreign_jobs(running, options, count):
    """Jobs that somebody else has in the same queue, in the very words of this suite."""
    behaviour = running.behaviour
    for number in range(count):
        call = create(options.target, job_request(options.target, f"life-0-{number:02d}"))
        sealed = seal(call.request, call.signing, options.keyring, behaviour.now())
        answer = behaviour.handle(behaviour.receive(sealed))
        assert answer.status == 200
    return {job.job_id for job in running.store.jobs()}


def test_a_run_cancels_its_own_jobs_and_no_others():
    with emulator(start_delay=60) as running:
        options = options_for(running, clauses=frozenset({"STA-02"}), job_timeout=0.2)
        foreign = foreign_jobs(running, options, 5)
        outcome = run(options)
        own = [job for job in running.store.jobs() if job.job_id not in foreign]
        assert len(own) > 20
        assert {job.state for job in own} == {State.CANCEL}
        states = {job.state for job in running.store.jobs() if job.job_id in foreign}
        assert states == {State.SUBMITTED}
        assert outcome.remaining == ()
        assert outcome.complete


def test_what_remains_is_listed():
    class Stubborn(Behaviour):
        def may_cancel(self, job):
            return job.number % 2 == 0 and super().may_cancel(job)

    with emulator(Stubborn, start_delay=60) as running:
        options = options_for(running, clauses=frozenset({"STA-02"}), job_timeout=0.2)
        outcome = run(options)
        left = {job.job_id for job in running.store.jobs() if job.state not in FINAL}
        assert left
        assert set(outcome.remaining) == left


def test_a_run_that_stops_at_a_failure_cleans_up():
    class Careless(Behaviour):
        def check_not_empty(self, incoming):
            """REQ-03 and its like are let through: whatever comes is a job."""

        def understand(self, incoming):
            return JobRequest(queue_id=self.settings.queue_id, input_object="input/deer.jpg")

    with emulator(Careless, start_delay=60) as running:
        outcome = run(options_for(running, max_failures=1, job_timeout=0.5))
        assert outcome.stopped == "stopped after the first failed clause, as asked"
        assert not outcome.complete
        assert outcome.requests < 400
        assert {job.state for job in running.store.jobs()} == {State.CANCEL}
        assert outcome.remaining == ()
