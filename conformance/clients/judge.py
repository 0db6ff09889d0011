"""The judging endpoint for a project's own tests: whatever they send is judged by role C.

Nobody knows here what the caller wanted or was told, so requests are judged by themselves (HTTP,
SIG, REQ) and by where they go (LIB-15); the clauses that compare are for ``client``.
"""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field, replace

from conformance.checks.base import Level, Outcome
from conformance.checks.client_case import Keys
from conformance.checks.client_conduct import first_astray
from conformance.checks.client_judge import judge_request
from conformance.checks.verdicts import ClauseVerdict, Verdict, fold
from conformance.clients import answers, documents
from conformance.clients.answers import STRANGER, Answer, Delivery
from conformance.clients.calls import BUCKET, QUEUE, REGION, TEMPLATE, keyset
from conformance.clients.endpoint import JudgingEndpoint, Scripted, Sitting
from conformance.problems import Problem, did_you_mean
from conformance.report.finding import failure_text
from conformance.report.result import clause_row
from conformance.report.wire_json import exchange_json
from conformance.spec.clauses import for_roles
from conformance.spec.errors import CODES
from conformance.spec.messages import Job
from conformance.spec.names import service_host
from conformance.spec.reading import Operation, asked_ids, job_request_of, operation_of
from conformance.spec.states import State
from conformance.spec.wire import Exchange, Request

#: What a test may expect to be broken.
JUDGED = tuple(each.id for each in for_roles("C") if each.family != "LIB" or each.id == "LIB-15")


@dataclass(frozen=True)
class Documented:
    """The documented success response to whatever is asked; ``jobs`` are those made so far."""

    state: State
    jobs: dict[str, Job] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    delivery: Delivery = Delivery.WHOLE

    def for_request(self, request: Request) -> Answer:
        operation = operation_of(request)
        if operation is Operation.CREATE:
            return answers.success(self._shown(self._created(request)).to_node())
        if operation is Operation.DESCRIBE:
            ids = asked_ids(request)
            found = (self.jobs.get(name) or _unknown(name) for name in ids)
            return answers.success(*(self._shown(job).to_node() for job in found))
        if operation is Operation.LIST:
            return answers.success(*(self._shown(job).to_node() for job in self.jobs.values()))
        if operation is Operation.CANCEL:
            return answers.cancelled()
        return answers.failure(404, "InvalidUrl", "There is no such operation.")

    def _created(self, request: Request) -> Job:
        asked = job_request_of(request)
        number = next(self.numbers)
        job = documents.sample(number=number)
        if asked is not None:
            job = documents.made(asked, BUCKET, REGION, number)
        self.jobs[job.job_id or ""] = job
        return job

    def _shown(self, job: Job) -> Job:
        """``job`` in the state that the test asked for, with all that belongs to it."""
        like = documents.sample(self.state)
        return replace(
            job,
            code=like.code,
            message=like.message,
            state=like.state,
            start_time=like.start_time,
            end_time=like.end_time,
            result=like.result,
        )


def _unknown(job_id: str) -> Job:
    return replace(documents.sample(), job_id=job_id)


class Judge:
    """Where a test's code is to send its requests, and what was found in them.

    ``host`` and ``port`` (or ``url``, or ``proxy``, which are the same) are where to connect;
    ``service_host`` is the documented Host, of ``bucket`` and ``region``. The credentials are
    throwaway ones: ``secret_id`` and ``secret_key``, or ``temporary`` with its token.
    ``queue_id`` and ``template_id`` stand for a queue and a template that exist.
    """

    bucket = BUCKET
    region = REGION
    service_host = service_host(BUCKET, REGION)
    queue_id = QUEUE
    template_id = TEMPLATE
    host = "127.0.0.1"

    def __init__(self, endpoint: JudgingEndpoint) -> None:
        pairs = keyset(secrets.randbits(64))
        self._keys = (pairs.first, pairs.temporary)
        self._endpoint = endpoint
        self._documented = Documented(State.SUBMITTED)
        self._sittings: list[Sitting] = []
        self._expected: dict[str, str] = {}
        self._quiet = False
        self.port = endpoint.port
        self.url = self.proxy = f"http://{self.host}:{self.port}"
        self.secret_id, self.secret_key = pairs.first.secret_id, pairs.first.secret_key
        self.temporary: Keys = pairs.temporary
        self.answer(self.success())

    # ---- which answers to give ----

    def answer(self, *script: Scripted) -> None:
        """Answer the next request with the first, and so on; the last stands for all that follow.

        Until a test says otherwise, every request is answered with :meth:`success`.
        """
        if not script:
            raise ValueError("say at least one answer")
        sitting = self._endpoint.begin("this test", None, script, self._keys)
        self._sittings.append(sitting)

    def success(self, state: str = "Submitted") -> Scripted:
        """The documented success: jobs as they were asked for, all in ``state``."""
        return replace(self._documented, state=State(state))

    def error(
        self, code: str, status: int | None = None, message: str = "As the test asked for."
    ) -> Scripted:
        """The error response with this code; a documented one knows its status.

        Raises :class:`Problem` for another code without a status.
        """
        if status is None and code not in CODES:
            hint = did_you_mean(code, CODES)
            raise Problem(f"{code} is no documented code{hint or '; give its status'}")
        status = status or min(CODES[code] or {400})
        return answers.failure(status, code, message, status)

    def other(self, status: int, body: bytes, content_type: str = "text/html") -> Scripted:
        """Any response at all."""
        return answers.undocumented(status, body, content_type, f"{status}, as the test asked for")

    def redirect(self, status: int = 307) -> Scripted:
        """A redirect to a host outside the documented domain (LIB-15 is then judged)."""
        code = "PermanentRedirect" if status == 301 else "TemporaryRedirect"
        return answers.redirect(status, code, f"http://{STRANGER}/pic_jobs", "a redirect")

    def broken_connection(self) -> Scripted:
        """No response: the connection ends once the request was read."""
        return answers.BREAK

    # ---- what arrived, and what is wrong with it ----

    @property
    def requests(self) -> tuple[Exchange, ...]:
        """Every request so far with the answer that it was given, numbered from 1."""
        arrived = (each for sitting in self._sittings for each in sitting.arrived)
        return tuple(
            replace(each.sent.exchange, n=number) for number, each in enumerate(arrived, 1)
        )

    def verdicts(self, *, strict: bool = False) -> tuple[ClauseVerdict, ...]:
        """One verdict for each clause of role C; a broken SHOULD warns, unless ``strict``."""
        return fold(self._outcomes(), ("C",), strict=strict)

    def findings(self, *, strict: bool = True) -> tuple[Outcome, ...]:
        """What is broken so far: clause, expected, observed; SHOULD clauses too if ``strict``."""
        return tuple(
            finding
            for each in self.verdicts(strict=strict)
            if each.verdict is Verdict.FAIL
            for finding in each.findings
            if finding.level is not Level.MAY
        )

    def expect(self, *clauses: str, reason: str) -> None:
        """Live with these clauses being broken in this test, and be told when they no longer are.

        Raises :class:`Problem` for a clause that is not judged here.
        """
        for clause in clauses:
            if clause not in JUDGED:
                hint = did_you_mean(clause, JUDGED)
                raise Problem(f"{clause} is no clause that is judged here{hint}")
            self._expected[clause] = reason

    def expect_no_request(self) -> None:
        """Nothing has to arrive, as it otherwise must: a test that sends nothing tests nothing."""
        self._quiet = True

    def verdict_text(self, *, strict: bool = False) -> str:
        """What a person needs in order to act on it; ``""`` when there is nothing to do."""
        exchanges = self.requests
        if not exchanges:
            return "" if self._quiet else "no request reached the judging endpoint"
        shown = {each.n: exchange_json(each) for each in exchanges}
        failed = [each for each in self.verdicts(strict=strict) if each.verdict is Verdict.FAIL]
        told = [
            failure_text(clause_row(each, exchanges), shown)
            for each in failed
            if each.clause.id not in self._expected
        ]
        broken = {each.clause for each in self.findings()}
        told += [
            f"{clause} no longer fails: remove what the test expects of it ({reason})"
            for clause, reason in self._expected.items()
            if clause not in broken
        ]
        return "\n\n".join(told)

    def warnings(self) -> tuple[str, ...]:
        """The broken SHOULD clauses that nobody expected, a line each."""
        return tuple(
            f"{each.clause.id}: {each.findings[0].message} ({each.findings[0].observed})"
            for each in self.verdicts()
            if each.verdict is Verdict.WARN and each.clause.id not in self._expected
        )

    def _outcomes(self) -> list[Outcome]:
        numbered = iter(self.requests)
        outcomes: list[Outcome] = []
        for sitting in self._sittings:
            sent = tuple(
                replace(each.sent, exchange=next(numbered)) for each in tuple(sitting.arrived)
            )
            for each in sent:
                if not each.stray and not each.follows:
                    outcomes += judge_request(each)
            astray = first_astray(sent)
            outcomes += [astray] if astray is not None else []
        return outcomes
