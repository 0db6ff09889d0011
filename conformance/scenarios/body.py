"""Request bodies (REQ): every edge case, then as many drawn ones as the run asks for.

Each case is a scenario of one request. Which cases there are is known before anything is sent, so
many can be under way at once, and the same seed asks the same questions again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.generate.cases import (
    Case,
    edge_cases,
    invalid_cases,
    invalid_edge_cases,
    valid_cases,
)
from conformance.scenarios.base import Env, Scenario, Steps
from conformance.scenarios.calls import create
from conformance.scenarios.polling import send
from conformance.spec.target import Target
from conformance.spec.wire import Expect, Wanted

#: Clauses that every accepted create puts to the test beside those of its case.
_ECHO = tuple(f"RSP-{number}" for number in (17, 18, 19, 20, 21, 22, 23, 24, 25))


def scenarios(target: Target, seed: int, examples: int) -> Iterator[Scenario]:
    """Every case as a scenario: edges first, then ``examples`` valid and as many invalid ones."""
    for case in (
        *edge_cases(target),
        *invalid_edge_cases(target),
        *valid_cases(target, seed, examples),
        *invalid_cases(target, seed, examples),
    ):
        yield Scenario(
            f"body/{case.name}",
            (*case.expect.clauses, *_also(case.expect)),
            _send(case),
            jobs=0 if case.expect.wanted is Wanted.REFUSE else 1,
        )


def _also(expect: Expect) -> tuple[str, ...]:
    return _ECHO if expect.wanted is Wanted.ACCEPT else ()


#: REQ-43: a connection that breaks off under a large body is asked again this often; whatever
#: breaks every time is the server's way of refusing, and not the network's doing.
TRIES = 3


def _send(case: Case) -> Callable[[Env], Steps]:
    expect = replace(case.expect, note=case.expect.note or case.note or case.name)

    def run(env: Env) -> Steps:
        call = create(
            env.target, case.body, expect=expect, signing=case.signing, headers=case.headers
        )
        for _ in range(TRIES if "REQ-43" in expect.clauses else 1):
            answer = yield from send(call)
            if answer.failure is None:
                return

    return run
