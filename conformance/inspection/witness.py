"""Judging clients by what reaches a server, request by request, for as long as it serves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from conformance.checks.base import Mark, Outcome
from conformance.checks.client_judge import judge_request
from conformance.checks.verdicts import fold
from conformance.drivers.redaction import Redactor
from conformance.generate.signing import Credentials
from conformance.inspection.discretion import Discretion
from conformance.inspection.judging import keyring_of, known_keys, sent_by
from conformance.inspection.tally import Tally
from conformance.report.result import Result, RunFacts, build_result
from conformance.spec.clauses import for_roles
from conformance.spec.reading import job_id_of
from conformance.spec.wire import Exchange

ROLES = ("C",)

_CALLER = (
    "only an adapter shows what the caller wanted, or was told: judge the library with `client`"
)


class Witness:
    """Sees each exchange of a server once, and keeps what a report needs of them.

    ``credentials`` are those that the server knows; what is signed with others is not verified.
    """

    def __init__(self, credentials: Sequence[Credentials]) -> None:
        self._keys = known_keys(credentials)
        self._discretion = Discretion(Redactor(keyring_of(credentials)))
        self._tally = Tally()
        self._kept: dict[int, Exchange] = {}
        self._told: set[tuple[str, str]] = set()
        self._number = self._jobs = 0
        self._started, self._clock = time.time(), time.monotonic()

    def see(self, exchange: Exchange, *, complete: bool = True) -> tuple[Outcome, ...]:
        """Judge a request; returns the findings that are new, with no secret in them.

        ``complete`` is false when the body was too large to be kept whole.
        """
        self._number += 1
        exchange = replace(exchange, n=self._number)
        self._jobs += job_id_of(exchange) is not None
        new = []
        for outcome in judge_request(sent_by(exchange, self._keys, complete=complete)):
            self._tally.add(
                outcome, len(exchange.request.body), lambda it: self._clean(it, exchange)
            )
            if outcome.mark is Mark.BROKEN and (outcome.clause, outcome.at) not in self._told:
                self._told.add((outcome.clause, outcome.at))
                new.append(self._clean(outcome, exchange))
        wanted = self._tally.referenced()
        if self._number in wanted:
            self._kept[self._number] = self._discretion.exchange(exchange)
            self._kept = {n: each for n, each in self._kept.items() if n in wanted}
        return tuple(new)

    def _clean(self, outcome: Outcome, exchange: Exchange) -> Outcome:
        return self._discretion.outcome(outcome, (exchange,))

    def result(self, name: str) -> Result:
        """What was seen so far, as the result that every report is made from."""
        reasons = {each.id: _CALLER for each in for_roles(ROLES) if each.family == "LIB"}
        exchanges = tuple(self._kept[n] for n in sorted(self._kept))
        verdicts = fold(
            self._tally.outcomes(),
            ROLES,
            reasons=reasons,
            sizes={each.n: len(each.request.body) for each in exchanges},
        )
        facts = RunFacts(
            "client",
            name,
            self._started,
            time.monotonic() - self._clock,
            self._number,
            self._jobs,
        )
        return build_result(facts, verdicts, exchanges)
