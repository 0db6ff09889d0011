"""What is foretold of a run, and what a budget lets it do."""

from __future__ import annotations

from collections import Counter

import pytest

from conformance.checks.verdicts import Verdict
from conformance.emulator import EmulatorSettings
from conformance.engine.judged import verdicts_of
from conformance.engine.options import Options
from conformance.engine.plan import chosen
from conformance.engine.rehearsal import rehearse
from conformance.engine.session import run
from conformance.engine.sites import embedded_target
from conformance.spec.reading import operation_of
from conformance.spec.states import FINAL
from tests.commands.support import emulator, options_for


def foretold(options: Options):
    target = embedded_target(EmulatorSettings(), options, "http://127.0.0.1:9")
    return rehearse(options, target, chosen(options, target))


@pytest.mark.long
def test_a_rehearsal_tells_what_a_run_sends() -> None:
    options = Options()
    parts = foretold(options).parts.values()
    outcome = run(options)
    kinds = sum((each.requests for each in parts), Counter())
    assert kinds.total() == pytest.approx(outcome.requests, rel=0.1)
    assert sum(each.jobs for each in parts) == pytest.approx(outcome.jobs, rel=0.02)
    sent = Counter(operation_of(each.request) for each in outcome.facts.sent)
    assert kinds["create"] == pytest.approx(sent["create"], rel=0.02)
    assert kinds["other"] == sent["other"]


def test_a_rehearsal_sends_nothing_and_waits_for_nothing(monkeypatch) -> None:
    def forbidden(*_args, **_kwargs):
        raise AssertionError("a rehearsal stays inside the process")

    monkeypatch.setattr("socket.socket.connect", forbidden)
    monkeypatch.setattr("time.sleep", forbidden)
    rehearsal = foretold(Options(examples=0, clauses=frozenset({"STA-09", "CBK-09", "QRY-14"})))
    assert rehearsal.seconds > 1
    judged = {clause for part in rehearsal.parts.values() for clause in part.clauses}
    assert {"STA-09", "CBK-09", "QRY-14"} <= judged


@pytest.mark.long
@pytest.mark.parametrize(
    ("budget", "least"),
    [
        ({"max_requests": 40}, 85),
        ({"max_requests": 100}, 120),
        ({"max_jobs": 20}, 130),
        ({"max_requests": 100, "max_jobs": 8}, 110),
    ],
)
def test_a_budget_is_kept_and_spent_on_what_judges_most(budget, least) -> None:
    with emulator() as running:
        before = len(running.store)
        outcome = run(options_for(running, **budget))
        verdicts = Counter(each.verdict for each in verdicts_of(outcome))
        assert outcome.requests <= budget.get("max_requests", outcome.requests)
        assert len(running.store) - before <= budget.get("max_jobs", len(running.store))
        assert verdicts[Verdict.PASS] >= least
        assert verdicts[Verdict.FAIL] == verdicts[Verdict.WARN] == 0
        assert "budget" in outcome.stopped
        assert not outcome.complete
        unjudged = [each for each in verdicts_of(outcome) if each.verdict is Verdict.INCONCLUSIVE]
        assert unjudged
        assert all("budget" in (each.reason or "") for each in unjudged)


@pytest.mark.parametrize("most", [1, 5, 17])
def test_what_a_budget_leaves_room_for_is_cancelled(most) -> None:
    """Every request counts, also those that clean up: the server itself has counted."""
    with emulator(start_delay=600) as running:
        received = 0

        def count(*args, inner=running.behaviour.receive, **kwargs):
            nonlocal received
            received += 1
            return inner(*args, **kwargs)

        running.behaviour.receive = count
        options = options_for(
            running, clauses=frozenset({"STA-02"}), max_requests=most, job_timeout=0.2
        )
        outcome = run(options)
        assert received == outcome.requests <= most
        assert {job.state for job in running.store.jobs()} <= FINAL
        assert outcome.remaining == ()


def test_a_large_budget_changes_nothing() -> None:
    with emulator() as running:
        told = {"clauses": frozenset({"REQ-04", "REQ-31"})}
        outcome = run(options_for(running, max_requests=5000, **told))
        assert outcome.complete
        assert outcome.stopped == ""
