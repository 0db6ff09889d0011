"""Signatures, good and bad, on every operation (SIG-20 to SIG-45).

A recipe says how a request is signed; here it meets a request that is right in every other way, so
that nothing but the signature can decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.generate.cases import OPERATIONS, Recipe, signature_cases
from conformance.scenarios.base import Call, Env, Scenario, Steps
from conformance.scenarios.calls import (
    accept,
    cancel,
    create,
    describe,
    either,
    job_request,
    list_jobs,
)
from conformance.scenarios.polling import Part, held_job, make, send
from conformance.scenarios.query import UNKNOWN_ID
from conformance.spec.names import JOBS, PIC_JOBS
from conformance.spec.reading import state_of
from conformance.spec.states import WAITING
from conformance.spec.target import Target
from conformance.spec.wire import Wanted

#: The recipes that have a sequel with a job besides: signed for another path, and badly at all.
_ELSEWHERE, _SEVERAL = "SIG-40/root", "SIG-33/other-key-header"

#: A job may have begun before its cancel arrives; then another one is tried.
TRIES = 2


def scenarios(target: Target, _seed: int) -> Iterator[Scenario]:
    """Every recipe on create; on the other operations one scenario each, over one job."""
    for recipe in signature_cases(target, "create"):
        yield Scenario(
            f"signing/create/{recipe.name}",
            recipe.expect.clauses,
            _create(recipe),
            jobs=int(recipe.expect.wanted is Wanted.ACCEPT),
        )
    for operation in OPERATIONS[1:]:
        for clause, recipes in _by_clause(target, operation):
            yield Scenario(
                f"signing/{operation}/{clause}",
                (clause,),
                _RUNS[operation](recipes),
                jobs=_JOBS[operation](recipes),
                requests=len(recipes) + 2,
            )


def _by_clause(target: Target, operation: str) -> Iterator[tuple[str, list[Recipe]]]:
    groups: dict[str, list[Recipe]] = {}
    for recipe in signature_cases(target, operation):
        groups.setdefault(recipe.expect.clauses[0], []).append(recipe)
    yield from groups.items()


def _signed(call: Call, recipe: Recipe) -> Call:
    return replace(
        call, request=recipe.apply(call.request), signing=recipe.signing, expect=recipe.expect
    )


def _marker(env: Env, operation: str, name: str) -> str:
    return f"signing-{env.seed}-{operation}-{name.replace('/', '-')}"


def _create(recipe: Recipe) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        job = job_request(env.target, _marker(env, "create", recipe.name), call_back="no")
        yield _signed(create(env.target, job), recipe)

    return run


def _job_for(env: Env, operation: str, name: str) -> Part[str | None]:
    job = job_request(env.target, _marker(env, operation, name), level="0", call_back="no")
    return (yield from make(create(env.target, job, step="prepare", expect=accept("REQ-31"))))


def _held(env: Env, name: str) -> Part[str | None]:
    return (yield from held_job(env.target, _marker(env, "held", name)))


def _describe(recipes: list[Recipe]) -> Callable[[Env], Steps]:
    """One real job, so that the answer would be 200 if the signature were not looked at."""

    def run(env: Env) -> Steps:
        job_id = yield from _job_for(env, "describe", recipes[0].name)
        for recipe in recipes if job_id is not None else ():
            yield _signed(describe(env.target, job_id or ""), recipe)
            if recipe.name == "SIG-20/host":
                yield from _odd_paths(env, job_id or "", recipe)
            if recipe.name in (_ELSEWHERE, _SEVERAL):
                yield from _two_jobs(env, job_id or "", recipe)

    return run


def _two_jobs(env: Env, job_id: str, recipe: Recipe) -> Steps:
    """What takes another job: a bad signature for both, or one that is good for the other only."""
    other = yield from _job_for(env, "describe", f"{recipe.name}-other")
    if other is None:
        return
    if recipe.name == _ELSEWHERE:
        yield _signed(describe(env.target, job_id), _for_path(recipe, f"{PIC_JOBS}/{other}"))
        return
    expect = replace(recipe.expect, note=f"{recipe.note}, for several jobs")
    yield replace(_signed(describe(env.target, job_id, other), recipe), expect=expect)


def _for_path(recipe: Recipe, path: str) -> Recipe:
    """The recipe for the path of another job that there is."""
    expect = replace(recipe.expect, note="signed for another job, which there is")
    return replace(recipe, signing=replace(recipe.signing, at=path), expect=expect)


def _odd_paths(env: Env, job_id: str, recipe: Recipe) -> Steps:
    """Paths that are not what UrlEncode makes of them: what is signed is the decoded path.

    An unknown id may be refused as such (E14), so ``checks.signing`` compares with a plain path.
    """
    for ids, step, what in (
        ((UNKNOWN_ID,), "no-such-job", "an unknown id"),
        ((job_id, UNKNOWN_ID), "no-such-job-odd", "a comma in the path"),
        (("no such job",), "no-such-job-odd", "a space in the path, sent as %20"),
    ):
        expect = either(*recipe.expect.clauses, note=f"{recipe.note}, {what}")
        call = describe(env.target, *ids, step=step)
        yield replace(_signed(call, recipe), expect=expect)


def _list(recipes: list[Recipe]) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        for recipe in recipes:
            yield _signed(list_jobs(env.target), recipe)

    return run


def _cancel(recipes: list[Recipe]) -> Callable[[Env], Steps]:
    """Cancels of jobs that wait: a good one uses its job up, a bad one must leave it alone.

    Jobs of a paused queue wait for certain, so one of them serves for all bad cancels; elsewhere
    each cancel gets a fresh job. A good cancel may come too late for its job, which says nothing
    about its signature (see ``checks.signing``).
    """
    good = [each for each in recipes if each.expect.wanted is Wanted.ACCEPT]
    bad = [each for each in recipes if each.expect.wanted is not Wanted.ACCEPT]

    def run(env: Env) -> Steps:
        for recipe in good:
            yield from _cancelled(env, recipe)
        sequel = yield from _sequel(env, bad)
        held = (yield from _held(env, bad[0].name)) if bad else None
        for recipe in bad:
            job_id = held or (yield from _job_for(env, "cancel", recipe.name))
            if job_id is None:
                return
            yield from send(_signed(cancel(env.target, job_id), recipe))
            if recipe.name in sequel:
                yield from send(_signed(cancel(env.target, job_id), sequel[recipe.name]))
            if recipe is bad[-1] or not held:
                yield describe(env.target, job_id, step="look", expect=accept("QRY-01"))

    return run


def _sequel(env: Env, bad: list[Recipe]) -> Part[dict[str, Recipe]]:
    """Recipes that follow others: a signature for another job, which has to be there first."""
    elsewhere = next((each for each in bad if each.name == _ELSEWHERE), None)
    if elsewhere is None:
        return {}
    other = yield from _job_for(env, "cancel", f"{elsewhere.name}-other")
    return {} if other is None else {_ELSEWHERE: _for_path(elsewhere, f"{JOBS}/{other}")}


def _cancelled(env: Env, recipe: Recipe) -> Part[None]:
    """A good cancel; where it is denied, a look whether the job waits, or else another try."""
    for number in range(TRIES):
        name = recipe.name if not number else f"{recipe.name}-again-{number}"
        job_id = yield from _job_for(env, "cancel", name)
        if job_id is None:
            return
        answer = yield from send(_signed(cancel(env.target, job_id), recipe))
        if answer.response is None or answer.response.status not in (401, 403):
            return
        look = yield from send(describe(env.target, job_id, step="look", expect=accept("QRY-01")))
        if state_of(look, job_id) in WAITING:
            return


_RUNS: dict[str, Callable[[list[Recipe]], Callable[[Env], Steps]]] = {
    "describe": _describe,
    "list": _list,
    "cancel": _cancel,
}

_JOBS: dict[str, Callable[[list[Recipe]], int]] = {
    "describe": lambda recipes: 1 + sum(each.name in (_ELSEWHERE, _SEVERAL) for each in recipes),
    "list": lambda _: 0,
    "cancel": lambda recipes: sum(
        TRIES if each.expect.wanted is Wanted.ACCEPT else 1 + (each.name == _ELSEWHERE)
        for each in recipes
    ),
}
