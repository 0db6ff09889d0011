"""From pytest's session to the engine and back: which clauses to run, and what a verdict means."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.checks.verdicts import ClauseVerdict, Verdict
from conformance.config import RunConfig, load
from conformance.engine.judged import verdicts_of
from conformance.engine.options import options_of
from conformance.engine.session import RunOutcome, run
from conformance.expectations import Expectations, load_expectations
from conformance.problems import Problem
from conformance.report.finding import finding_lines
from conformance.settings import SETTINGS


class UsageProblem(Exception):
    """The options are wrong; one line says how."""


@dataclass
class Harness:
    """Runs the engine when the first test of a family asks, and keeps the verdicts.

    Without workers of pytest-xdist all chosen clauses run at once, so that waiting overlaps; with
    them each worker runs the families that it was given.
    """

    config: RunConfig
    chosen: frozenset[str]
    together: bool
    expected: Expectations = field(default_factory=Expectations)
    _verdicts: dict[str, ClauseVerdict] = field(default_factory=dict)
    _outcomes: dict[str, RunOutcome] = field(default_factory=dict)

    @classmethod
    def from_pytest(cls, config: pytest.Config, items: Iterable[pytest.Item]) -> Harness:
        """Read the options; raises :class:`UsageProblem`."""
        given = {
            setting.name: config.getoption(f"picjobs_{setting.name.replace('-', '_')}", None)
            for setting in SETTINGS
        }
        try:
            settings, warnings = load(_said(given), os.environ, Path.cwd())
            expected = Expectations()
            if settings.expectations is not None:
                today = datetime.now(UTC).date()
                expected = load_expectations(Path(settings.expectations), today)
        except Problem as problem:
            raise UsageProblem(str(problem)) from None
        for warning in warnings:
            config.issue_config_time_warning(pytest.PytestWarning(warning), stacklevel=2)
        chosen = frozenset(
            str(item.callspec.params["clause_id"])
            for item in items
            if isinstance(item, pytest.Function)
            and hasattr(item, "callspec")
            and "clause_id" in item.callspec.params
        )
        together = "PYTEST_XDIST_WORKER" not in os.environ
        return cls(settings, chosen, together, expected)

    def verdict(self, clause_id: str) -> tuple[ClauseVerdict, RunOutcome]:
        """The verdict on one clause; the first question for a family runs its scenarios."""
        if clause_id not in self._verdicts:
            self._run(self._with(clause_id))
        return self._verdicts[clause_id], self._outcomes[clause_id]

    def close(self) -> None:
        """Nothing is held open between runs."""

    def _with(self, clause_id: str) -> frozenset[str]:
        if self.together:
            return self.chosen
        family = clause_id.partition("-")[0]
        return frozenset(each for each in self.chosen if each.startswith(f"{family}-"))

    def _run(self, clauses: frozenset[str]) -> None:
        try:
            outcome = run(options_of(self.config, clauses, self.expected.disclaimed))
        except (Problem, ValueError, OSError) as problem:
            pytest.exit(f"picjobs-conformance: {problem}", returncode=2)
        for each in verdicts_of(outcome, strict=self.config.strict):
            if each.clause.id in clauses:
                self._verdicts[each.clause.id] = each
                self._outcomes[each.clause.id] = outcome


def _said(given: Mapping[str, object]) -> dict[str, object]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given.items()
        if value is not None
    }


def settle(verdict: ClauseVerdict, outcome: RunOutcome, expected: Expectations) -> None:
    """Make a verdict pytest's: failed, expected to fail, skipped with the reason, or passed."""
    known = next((each for each in expected.known if each.clause == verdict.clause.id), None)
    if verdict.verdict is Verdict.FAIL:
        if known is not None:
            pytest.xfail(f"known: {known.reason}{known.link and ' '}{known.link}")
        pytest.fail(finding_lines(verdict, outcome.facts), pytrace=False)
    if verdict.verdict is Verdict.PASS and known is not None:
        where = f"{expected.path}:{known.line}"
        pytest.fail(f"{where}: {known.clause} no longer fails: remove it", pytrace=False)
    if verdict.verdict in (Verdict.NOT_RUN, Verdict.INCONCLUSIVE):
        pytest.skip(f"{verdict.verdict}: {verdict.reason}")
