"""The result of a run as one JSON object, and the exit status that it means.

Every report is rendered from this object and from nothing else, so a stored result renders again
as it did. ``schemas/result.schema.json`` is its schema.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conformance import REVISION, __version__
from conformance.checks.base import Outcome
from conformance.checks.callbacks import ELSEWHERE
from conformance.checks.verdicts import ClauseVerdict, Verdict
from conformance.report.curl import curl_line
from conformance.report.summary import all_left_out
from conformance.report.wire_json import exchange_json
from conformance.scenarios.base import Call
from conformance.spec.wire import Direction, Exchange

FORMAT = "picjobs-conformance/1"

Result = dict[str, Any]

#: Where exchanges stand that no case made.
_NO_CASES = frozenset({ELSEWHERE})

CONFORMANT, BROKEN, MISUSED, NOT_JUDGED, INTERRUPTED = 0, 1, 2, 3, 130


@dataclass(frozen=True)
class RunFacts:
    """What a report says of the run itself, beside verdicts and exchanges.

    ``kind`` is ``emulator``, ``endpoint``, ``cassette``, ``client`` or ``capture``; ``target``
    holds further names of the target, never a secret. ``started`` is in Unix seconds, ``duration``
    in seconds. ``endpoint`` is the address that curl lines go to; ``""`` has them take it from
    the environment. ``remaining`` are the ids of jobs that the run could not clean up, ``stopped``
    says why it ended early. ``again`` makes of the names of cases the command that runs them
    again, alone.
    """

    kind: str
    name: str
    started: float
    duration: float
    requests: int
    jobs: int
    seed: int = 0
    complete: bool = True
    strict: bool = False
    endpoint: str = ""
    target: Mapping[str, Any] = field(default_factory=dict)
    remaining: Sequence[str] = ()
    stopped: str = ""
    again: Callable[[Sequence[str]], str] | None = None


def build_result(
    facts: RunFacts,
    verdicts: Sequence[ClauseVerdict],
    exchanges: Sequence[Exchange],
    *,
    calls: Mapping[int, Call] | None = None,
    verbose: bool = False,
) -> Result:
    """The result object. ``exchanges`` have to be redacted.

    ``calls`` tells by exchange number what the scenario asked for, so that curl lines sign
    alike; ``verbose`` keeps every exchange, not only those that findings point to.
    """
    by_number = {each.n: each for each in exchanges}
    curl = _Curl(facts.endpoint, by_number, calls or {}, facts.again)
    shown = {n for verdict in verdicts for finding in verdict.findings for n in finding.exchanges}
    result: Result = {
        "format": FORMAT,
        "suite": {"version": __version__, "revision": REVISION},
        "target": {"kind": facts.kind, "name": facts.name, **facts.target},
        "started": datetime.fromtimestamp(facts.started, UTC).isoformat(timespec="seconds"),
        "duration_s": round(facts.duration, 3),
        "requests": facts.requests,
        "jobs": facts.jobs,
        "seed": facts.seed,
        "strict": facts.strict,
        "complete": facts.complete,
        "stopped": facts.stopped or None,
        "remaining_jobs": list(facts.remaining),
        "summary": summary(verdicts),
        "clauses": [_clause(verdict, curl) for verdict in verdicts],
        "exchanges": [exchange_json(each) for each in exchanges if verbose or each.n in shown],
    }
    cleaned: Result = clean(result)
    return cleaned


def clause_row(
    verdict: ClauseVerdict,
    exchanges: Sequence[Exchange],
    *,
    endpoint: str = "",
    calls: Mapping[int, Call] | None = None,
) -> dict[str, Any]:
    """One entry of ``clauses``, for who wants nothing else; see :func:`build_result`."""
    curl = _Curl(endpoint, {each.n: each for each in exchanges}, calls or {})
    row: dict[str, Any] = clean(_clause(verdict, curl))
    return row


def summary(verdicts: Sequence[ClauseVerdict]) -> dict[str, int]:
    """How many clauses have each verdict."""
    order = ("pass", "fail", "warn", "info", "inconclusive", "not-run")
    return {name: sum(each.verdict == name for each in verdicts) for name in order}


def exit_status(result: Result, *, interrupted: bool = False) -> int:
    """The exit status that a result means (0, 1, 3 or 130).

    1: a clause fails that is not listed as known, or a listed one no longer fails; 3: nothing of
    that, but a clause that was asked for could not be judged, the run did not come to its end, or
    nothing was judged at all (unless the target may leave out all that was asked for).
    """
    if interrupted:
        return INTERRUPTED
    clauses = result["clauses"]
    unexpected = any(each["verdict"] == "fail" and "known" not in each for each in clauses)
    if unexpected or result.get("mended"):
        return BROKEN
    unclear = any(each["verdict"] == Verdict.INCONCLUSIVE for each in clauses)
    if unclear or not result["complete"]:
        return NOT_JUDGED
    judged = any(each["judged"] for each in clauses)
    return CONFORMANT if judged or all_left_out(clauses) else NOT_JUDGED


@dataclass(frozen=True)
class _Curl:
    endpoint: str
    exchanges: Mapping[int, Exchange]
    calls: Mapping[int, Call]
    again: Callable[[Sequence[str]], str] | None = None

    def command(self, outcome: Outcome) -> str | None:
        """The command that runs the cases of a finding again, alone."""
        if self.again is None:
            return None
        found = (self.exchanges[n].scenario for n in outcome.exchanges if n in self.exchanges)
        names = dict.fromkeys((outcome.scenario, *found))
        return self.again([name for name in names if name and name not in _NO_CASES])

    def line(self, numbers: Collection[int]) -> str | None:
        """The curl line of the last request among ``numbers``; None for callbacks."""
        for n in reversed(tuple(numbers)):
            exchange = self.exchanges.get(n)
            if exchange is not None and exchange.direction is Direction.REQUEST:
                return curl_line(exchange, self.endpoint, self.calls.get(n))
        return None


def _clause(verdict: ClauseVerdict, curl: _Curl) -> dict[str, Any]:
    clause = verdict.clause
    return {
        "id": clause.id,
        "family": clause.family,
        "role": verdict.role,
        "level": str(verdict.level),
        "assertion": clause.assertion,
        "source": clause.source,
        "note": clause.note,
        "verdict": str(verdict.verdict),
        "judged": verdict.judged,
        "broken": verdict.found,
        "reason": verdict.reason,
        "findings": [_finding(each, verdict, curl) for each in verdict.findings],
    }


def _finding(outcome: Outcome, verdict: ClauseVerdict, curl: _Curl) -> dict[str, Any]:
    return {
        "message": outcome.message,
        "level": str(outcome.level or verdict.level),
        "expected": outcome.expected,
        "observed": outcome.observed,
        "at": outcome.at,
        "scenario": outcome.scenario,
        "exchanges": list(outcome.exchanges),
        "curl": curl.line(outcome.exchanges),
        "again": curl.command(outcome),
    }


def clean(value: Any) -> Any:
    """A copy without what UTF-8 cannot hold: text read from hostile bytes may have surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value
