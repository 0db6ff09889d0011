"""Cancels that were made for their signatures: a denial counts when the job was there to cancel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks import signing
from conformance.checks.base import Mark
from conformance.checks.facts import Facts
from conformance.checks.verdicts import Verdict
from conformance.emulator import EmulatorSettings, compose
from conformance.emulator.variants import all_variants
from conformance.engine.judged import verdicts_of
from conformance.engine.session import Options, run
from conformance.scenarios.calls import accept, cancel, describe, refuse
from conformance.spec.wire import Headers
from tests.checks.building import (
    TARGET,
    created,
    error,
    exchange,
    jobs,
    request_job,
    response,
    shown,
)

SCENARIO = "signing/cancel/SIG-20"
ASKED = request_job()


def marks(answer, *, expect=None, state=None):
    """What is said of one cancel; ``state`` is what a look shows afterwards, if there is one."""
    expect = expect or accept("SIG-20", note="a good one")
    call = replace(cancel(TARGET, "j1"), expect=expect)
    made = [created(ASKED, shown(ASKED), scenario=SCENARIO)]
    made.append(exchange(call, answer, at=1, scenario=SCENARIO))
    if state is not None:
        look = describe(TARGET, "j1", step="look")
        made.append(exchange(look, jobs(shown(ASKED, state=state)), at=2, scenario=SCENARIO))
    return [each.mark for each in signing.check(Facts(TARGET, tuple(made)))]


def test_a_cancel_that_is_carried_out_is_right():
    assert marks(response(200, b"")) == [Mark.OK]


@pytest.mark.parametrize("state", ["Submitted", "Pause"])
def test_a_denial_counts_when_the_job_waits(state):
    assert marks(error(403, "AccessDenied"), state=state) == [Mark.BROKEN]
    assert marks(error(401, "AccessDenied"), state=state) == [Mark.BROKEN]


@pytest.mark.parametrize("state", ["Running", "Success", "Failed", None])
def test_a_denial_may_be_about_a_job_that_does_not_wait(state):
    assert marks(error(403, "AccessDenied"), state=state) == [Mark.UNMET]


@pytest.mark.parametrize("state", ["Running", None])
def test_what_names_the_signature_counts_in_any_case(state):
    assert marks(error(401, "InvalidAuthorization"), state=state) == [Mark.BROKEN]
    assert marks(error(403, "SignatureExpired"), state=state) == [Mark.BROKEN]


def test_another_refusal_says_nothing_about_the_signature():
    assert marks(error(400, "InvalidArgument"), state="Submitted") == [Mark.UNMET]


@pytest.mark.parametrize(
    ("answer", "as_usual", "mark"),
    [
        (response(200, b""), None, Mark.OK),
        (error(400, "InvalidArgument"), response(200, b""), Mark.BROKEN),
        (error(400, "InvalidArgument"), error(400, "InvalidArgument"), Mark.UNMET),
        (error(400, "InvalidArgument"), None, Mark.UNMET),
        (error(503, "ServiceUnavailable"), response(200, b""), Mark.UNMET),
    ],
)
def test_the_writing_of_headers_is_to_blame_when_another_writing_is_taken(answer, as_usual, mark):
    usual = cancel(TARGET, "j1")
    capitals = Headers(tuple((name.upper(), value) for name, value in usual.request.headers))
    request = usual.request.with_headers(capitals)
    call = replace(usual, request=request, expect=accept("HTTP-10", note="in capitals"))
    made = [exchange(call, answer, at=1, scenario=signing.SPELT)]
    if as_usual is not None:
        made.append(exchange(usual, as_usual, at=2, scenario=signing.SPELT))
    found = list(signing.check(Facts(TARGET, tuple(made))))
    assert [(each.clause, each.mark) for each in found] == [("HTTP-10", mark)]


def test_a_bad_cancel_that_is_refused_leaves_the_job_alone():
    bad = refuse("SIG-33", note="another key")
    assert marks(error(403, "AccessDenied"), expect=bad, state="Submitted") == []
    assert marks(error(403, "AccessDenied"), expect=bad, state="Cancel") == [Mark.BROKEN]


def test_a_server_that_denies_to_cancel_what_runs_is_not_accused():
    names = ("missing-is-denied", "runs-at-once")
    behaviour = compose(*(all_variants()[name].behaviour for name in names))
    options = Options(
        clauses=frozenset({"SIG-20"}), emulator=EmulatorSettings(), behaviour=behaviour, examples=0
    )
    verdicts = {each.clause.id: each.verdict for each in verdicts_of(run(options))}
    assert verdicts["SIG-20"] is Verdict.PASS
