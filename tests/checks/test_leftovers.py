"""ERR-10: whether a refused create has left a job behind, as the list of all jobs shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from conformance.checks.facts import Facts
from conformance.checks.leftovers import check, markers
from conformance.scenarios.calls import accept, create, list_jobs, refuse
from conformance.spec.wire import Failure, FailureKind
from tests.checks.building import TARGET, created, error, exchange, jobs, request_job, shown

ASKED = request_job("mark")
OTHER = request_job("other")
LOST = Failure(FailureKind.RESET, "reset")


def refusal(asked=ASKED, expect=None, answer=None, **changes):
    call = create(TARGET, asked, expect=expect or refuse("REQ-21", "REQ-22"), **changes)
    return exchange(call, answer or error(400, "InvalidArgument"))


def ledger(*each, token=None, name="list/everything"):
    page = list_jobs(TARGET, (("size", "100"),), step="page", expect=accept("QRY-10"))
    return exchange(page, jobs(*each, next_token=token), scenario=name, at=9)


def judged(*exchanges):
    return list(check(Facts(TARGET, exchanges)))


def marks(*exchanges):
    return Counter((each.clause, str(each.mark)) for each in judged(*exchanges))


LEFT = shown(ASKED, "left")


def test_nothing_left():
    assert marks(refusal(), ledger()) == {("ERR-10", "ok"): 1}
    assert marks(refusal(), ledger(shown(OTHER, "j9"))) == {("ERR-10", "ok"): 1}
    assert marks(created(ASKED, shown(ASKED)), ledger(LEFT)) == {}
    assert marks(refusal(method="PUT"), ledger(LEFT)) == {}


def test_a_job_left_behind_breaks_the_clause_of_the_refusal_too():
    found = judged(refusal(), ledger(shown(OTHER, "j9"), LEFT))
    assert [(each.clause, each.at) for each in found] == [
        (clause, "Response/JobsDetail") for clause in ("ERR-10", "REQ-21", "REQ-22")
    ]
    assert found[0].observed == "job left in state Submitted"
    assert marks(refusal(expect=refuse("ERR-10")), ledger(LEFT)) == {("ERR-10", "broken"): 1}
    assert marks(refusal(expect=accept("REQ-30")), ledger(LEFT)) == {("ERR-10", "broken"): 1}
    unannounced = replace(refusal(), expect=None)
    assert marks(unannounced, ledger(LEFT)) == {("ERR-10", "broken"): 1}


def test_each_refusal_is_judged():
    found = marks(refusal(OTHER), refusal(), refusal(OTHER), ledger(LEFT))
    assert found[("ERR-10", "ok")] == 2
    assert found[("ERR-10", "broken")] == 1


@pytest.mark.parametrize(
    "job",
    [
        replace(shown(OTHER, "left"), input_object="input/picjobs-mark.jpg"),
        replace(shown(OTHER, "left"), output=ASKED.output),
        replace(shown(OTHER, "left"), user_data="picjobs mark"),
    ],
)
def test_the_marker_may_stand_in_any_of_three_nodes(job):
    expect = replace(refuse("REQ-21"))
    asked = replace(ASKED, input_object="input/picjobs-mark.jpg")
    assert marks(refusal(asked, expect), ledger(job))[("ERR-10", "broken")] == 1


def test_a_job_that_was_answered_for_is_nobodys_leftover():
    again = created(ASKED, shown(ASKED, "left"))
    assert marks(refusal(), again, ledger(LEFT)) == {("ERR-10", "ok"): 1}


def test_jobs_that_were_answered_for_hide_no_other():
    known = created(OTHER, shown(OTHER, "j9"))
    left = replace(LEFT, user_data=None)
    found = marks(refusal(), known, ledger(shown(OTHER, "j9"), left))
    assert found[("ERR-10", "broken")] == 1


def test_any_list_may_show_it_once_the_whole_one_is_there():
    found = marks(refusal(), ledger(), ledger(LEFT, name="list/other"))
    assert found[("ERR-10", "broken")] == 1


@pytest.mark.parametrize(
    ("pages", "mark"),
    [
        ((), "unmet"),
        ((ledger(LEFT, name="list/other"),), "unmet"),
        ((ledger(LEFT, token="more"),), "unclear"),
        ((ledger(token="more"), ledger()), "ok"),
        ((ledger(), replace(ledger(), response=None, failure=LOST)), "unclear"),
        ((replace(ledger(), response=error(400, "InvalidArgument")), ledger()), "unmet"),
    ],
)
def test_without_a_whole_list_nothing_can_be_said(pages, mark):
    (found,) = judged(refusal(), *pages)
    assert (found.clause, str(found.mark)) == ("ERR-10", mark)
    if mark == "unclear":
        lost = pages[-1].failure is not None
        said = "the jobs could not be listed: reset" if lost else "did not end within 1 pages"
        assert found.message.endswith(said)
        assert found.exchanges == (pages[-1].n,)


def test_markers():
    def of(body):
        return markers(exchange(create(TARGET, body), None))

    assert of(b"<a>picjobs one</a><b>x/picjobs-two.3/4_5.jpg</b>") == {
        "picjobs one",
        "picjobs-two.3/4_5.jpg",
    }
    assert of(b"picjobs_no picjobs- Picjobs-x \xff") == frozenset()
    assert of(b"\xffpicjobs-a\xff") == {"picjobs-a"}
    assert of(b"picjobs-a".rjust(65536)) == {"picjobs-a"}
    assert of(b"picjobs-ab".rjust(65537)) == {"picjobs-a"}
