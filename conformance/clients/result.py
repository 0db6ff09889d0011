"""From a run of a client to the result that every report is rendered from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conformance.checks.client_case import OPS, Said
from conformance.checks.verdicts import UNCLAIMED, UNSHOWN, ClauseVerdict, fold
from conformance.clients.session import ClientRun
from conformance.expectations import STATEMENT
from conformance.report.result import Result, RunFacts, build_result
from conformance.spec.reading import Operation, job_id_of

ROLES = ("C",)

#: The parts of the conformance statement that a client may leave unclaimed, with what they cost.
_DISCLAIMED: Mapping[str, tuple[str, ...]] = {
    "tdmq": ("REQ-15", "REQ-16", "REQ-17"),
    "list": ("HTTP-12",),
    "cancel": ("HTTP-13",),
    "temporary-credentials": ("HTTP-08",),
}


def verdicts_of(
    run: ClientRun,
    *,
    selected: frozenset[str] | None,
    strict: bool,
    disclaimed: frozenset[str] = frozenset(),
    cases: Sequence[str] = (),
) -> tuple[ClauseVerdict, ...]:
    """One verdict for each clause of role C; ``cases`` are those that were asked for alone."""
    reasons = {
        clause: f"{UNCLAIMED} {part}"
        for part in STATEMENT
        if part in disclaimed
        for clause in _DISCLAIMED.get(part, ())
    }
    return fold(
        run.outcomes,
        ROLES,
        selected=selected,
        strict=strict,
        reasons=reasons,
        sizes={each.n: len(each.request.body) for each in run.exchanges},
        unshown="not shown by the cases that were asked for" if cases else UNSHOWN,
    )


def result_of(
    run: ClientRun,
    verdicts: Sequence[ClauseVerdict],
    *,
    strict: bool,
    verbose: bool,
    again: Callable[[Sequence[str]], str] | None = None,
) -> Result:
    """The result object of a run. The credentials in its exchanges are throwaway ones.

    ``again`` makes of the names of cases the command that runs them again.
    """
    made = {job_id_of(each) for each in run.exchanges} - {None}
    facts = RunFacts(
        "client",
        " ".join(filter(None, (run.hello.name, run.hello.version))),
        run.started,
        run.duration,
        len(run.exchanges),
        len(made),
        seed=run.seed,
        complete=run.complete,
        strict=strict,
        target=about(run),
        stopped="" if run.complete else "interrupted",
        again=again,
    )
    return build_result(facts, verdicts, run.exchanges, verbose=verbose)


def about(run: ClientRun) -> dict[str, Any]:
    """What the report says of the library: its own words in ``hello``, and how the calls went."""
    hello = run.hello
    said = {kind: sum(case.reply.said is kind for case in run.cases) for kind in Said}
    told: dict[str, Any] = {
        "library": hello.name,
        "version": hello.version,
        "language": hello.language,
        "ops": [name for op, name in OPS.items() if hello.offers(Operation(op))],
        "calls": {str(kind): count for kind, count in said.items() if count},
        "adapter_restarts": run.restarts,
    }
    if hello.problem:
        told["hello_problem"] = hello.problem
    if hello.extra:
        told["hello"] = dict(hello.extra)
    if run.stderr:
        told["stderr"] = run.stderr[-4000:]
    return told
