"""A generated case that fails is shrunk against the live target, and the same way on a replay."""

from __future__ import annotations

import pytest

from conformance.emulator import Behaviour
from conformance.emulator.values import Refusal
from conformance.engine import shrinking
from conformance.engine.judged import verdicts_of
from conformance.engine.options import Options
from conformance.engine.session import run
from conformance.spec.reading import job_request_of
from tests.commands.support import emulator, options_for


class Picky(Behaviour):
    """Refuses user data that is longer than the shortest that is generated."""

    def understand(self, incoming):
        wanted = super().understand(incoming)
        if len(wanted.user_data or "") > 40:
            raise Refusal(400, "InvalidArgument", "not on a day like this")
        return wanted


def failing(outcome):
    return {each.clause.id: each for each in verdicts_of(outcome) if str(each.verdict) == "fail"}


@pytest.fixture
def picky(monkeypatch):
    """Only generated cases break it: what the corpus has is let through."""

    class OnlyGenerated(Picky):
        def understand(self, incoming):
            if b"valid-" not in incoming.request.body:
                return Behaviour.understand(self, incoming)
            return super().understand(incoming)

    with emulator(OnlyGenerated) as running:
        yield running


def test_a_failing_case_is_shrunk_and_replayed(picky, tmp_path) -> None:
    told = {"examples": 60, "clauses": frozenset({"REQ-33"}), "record": tmp_path / "t.json"}
    outcome = run(options_for(picky, **told))
    assert outcome.complete
    (verdict,) = failing(outcome).values()
    first = verdict.findings[0]
    assert first.scenario.startswith("shrunk/body/valid/")
    by_number = {each.n: each for each in outcome.facts.exchanges}
    shown = by_number[first.exchanges[0]].request
    others = [
        by_number[each.exchanges[0]].request
        for each in outcome.outcomes
        if each.mark == "broken" and each.scenario.startswith("body/")
    ]
    assert len(shown.body) < min(len(each.body) for each in others)
    assert job_request_of(shown) is not None
    tries = [each for each in outcome.facts.sent if each.scenario == first.scenario]
    assert 1 < len(tries) <= shrinking.TRIES
    replayed = run(Options(replay=tmp_path / "t.json"))
    assert replayed.facts.exchanges == outcome.facts.exchanges
    again = run(options_for(picky, examples=60, cases=(first.scenario,)))
    assert verdict.clause.id in failing(again)
    bodies = {each.request.body for each in again.facts.sent}
    assert shown.body in bodies


def test_shrinking_keeps_to_the_budget_and_can_be_left_out(picky) -> None:
    told = {"examples": 60, "clauses": frozenset({"REQ-33"})}
    outcome = run(options_for(picky, shrink=False, **told))
    assert failing(outcome)
    assert not any(each.scenario.startswith("shrunk/") for each in outcome.facts.exchanges)
    most = outcome.requests + 5
    outcome = run(options_for(picky, max_requests=most, **told))
    assert outcome.requests <= most


def test_nothing_is_shrunk_where_the_corpus_fails_too() -> None:
    class Rude(Behaviour):
        def understand(self, incoming):
            raise Refusal(400, "InvalidArgument", "no")

    with emulator(Rude) as running:
        outcome = run(options_for(running, examples=10, clauses=frozenset({"REQ-30", "REQ-33"})))
    assert failing(outcome)
    assert not any(each.scenario.startswith("shrunk/") for each in outcome.facts.exchanges)
