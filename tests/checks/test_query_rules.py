"""QRY-01 to QRY-04, QRY-20 and QRY-21: describe and cancel, rule by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from conformance.checks.facts import Facts
from conformance.checks.queries import check
from conformance.scenarios.calls import accept, cancel, describe, refuse
from conformance.spec.wire import Failure, FailureKind
from conformance.spec.xml import element, write_xml
from tests.checks.building import (
    TARGET,
    created,
    error,
    exchange,
    jobs,
    looked,
    request_job,
    response,
    shown,
)

ASKED = request_job()
LOST = Failure(FailureKind.RESET, "reset")
DETAIL = "Response/JobsDetail"


def job(number=1, state="Submitted"):
    return shown(ASKED, f"j{number}", state)


MADE = [created(ASKED, job(number)) for number in (1, 2)]


def answer(*numbers, missing=()):
    """A describe's answer: these jobs, and NonExistJobIds for each of ``missing``."""
    nodes = [job(number).to_node() for number in numbers]
    return response(
        200,
        write_xml(element("Response", *nodes, *(element("NonExistJobIds", m) for m in missing))),
    )


def asked(*ids, answer=None, **changes):
    call = describe(TARGET, *ids, step="one", expect=changes.pop("expect", accept("QRY-01")))
    return exchange(call, answer, at=5, **changes)


def judged(*exchanges):
    return list(check(Facts(TARGET, exchanges)))


def marks(one):
    return Counter((each.clause, str(each.mark)) for each in judged(*MADE, one))


def broken(*exchanges):
    return [(e.clause, e.at, e.observed) for e in judged(*exchanges) if e.mark == "broken"]


ONE = "QRY-01"
SEVERAL = "QRY-04"


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (asked("j1", answer=answer(1)), {(ONE, "ok"): 1, ("QRY-03", "ok"): 1}),
        (asked("j1", answer=answer()), {(ONE, "broken"): 1, ("QRY-03", "ok"): 1}),
        (asked("j1", answer=answer(1, 1)), {(ONE, "broken"): 1, ("QRY-03", "ok"): 1}),
        (asked("j1", answer=answer(1, 2)),
         {(ONE, "ok"): 1, (ONE, "broken"): 1, ("QRY-03", "ok"): 1}),
        (asked("j1", answer=answer(1, missing=[""])), {(ONE, "ok"): 1, ("QRY-03", "ok"): 1}),
        (asked("j1", answer=answer(1, missing=[" "])), {(ONE, "ok"): 1, ("QRY-03", "ok"): 1}),
        (asked("j1", answer=answer(1, missing=["x"])), {(ONE, "ok"): 1, ("QRY-03", "broken"): 1}),
        (asked("j1", answer=answer(1, missing=["", "x"])),
         {(ONE, "ok"): 1, ("QRY-03", "broken"): 1}),
        # QRY-04: several at once, known or not
        (asked("j1", "j2", answer=answer(1, 2)), {(SEVERAL, "ok"): 2, ("QRY-03", "ok"): 1}),
        (asked("j1", "j2", answer=answer(2, 1)), {(SEVERAL, "ok"): 2, ("QRY-03", "ok"): 1}),
        (asked("j1", "j2", answer=answer(2)),
         {(SEVERAL, "ok"): 1, (SEVERAL, "broken"): 1, ("QRY-03", "ok"): 1}),
        (asked("j1", "x", answer=answer(1, missing=["x"])),
         {(SEVERAL, "ok"): 1, ("QRY-02", "ok"): 1}),
        (asked("j1", "x", answer=answer(1)), {(SEVERAL, "ok"): 1, ("QRY-02", "broken"): 1}),
        (asked("j1", "x", answer=answer(1, missing=["x", "j1"])),
         {(SEVERAL, "ok"): 1, ("QRY-02", "ok"): 1, ("QRY-02", "broken"): 1}),
        (asked("j1", "x", answer=answer(missing=["x", "j1"])),
         {(SEVERAL, "broken"): 1, ("QRY-02", "ok"): 1}),
        # QRY-02: ids that nobody gave
        (asked("x", answer=answer(missing=["x"])), {("QRY-02", "ok"): 1}),
        (asked("x", "y", answer=answer(missing=["x,y"])), {("QRY-02", "ok"): 2}),
        (asked("x", "y", answer=answer(missing=["x", " y "])), {("QRY-02", "ok"): 2}),
        (asked("x", "y", answer=answer(missing=["y"])),
         {("QRY-02", "ok"): 1, ("QRY-02", "broken"): 1}),
        (asked("x", answer=answer()), {("QRY-02", "broken"): 1}),
        (asked("x", answer=answer(1, missing=["x"])), {("QRY-02", "broken"): 1}),
        (asked("j9", answer=answer(9, missing=["j9"])), {("QRY-02", "broken"): 1}),
        (asked("x", answer=response(200, b"")), {}),
        (asked("j1", answer=response(200, b"")), {(ONE, "broken"): 1, ("QRY-03", "ok"): 1}),
        # E14: or refused
        (asked("x", answer=error(404, "AuditingJobNotFound")), {("QRY-02", "ok"): 1}),
        (asked("x", answer=error(400, "InvalidArgument")), {("QRY-02", "ok"): 1}),
        (asked("x", answer=error(499, "InvalidArgument")), {("QRY-02", "ok"): 1}),
        (asked("x", answer=error(399, "InvalidArgument")), {("QRY-02", "broken"): 1}),
        (asked("x", answer=error(500, "InternalError")), {("QRY-02", "broken"): 1}),
        (asked("x", answer=error(404, "NoSuchJob")), {("QRY-02", "broken"): 1}),
        (asked("j1", "x", answer=error(404, "AuditingJobNotFound")), {("QRY-02", "ok"): 1}),
        (asked("j1", answer=error(404, "AuditingJobNotFound")), {}),
        (asked("x", answer=response(199, b"")), {}),
        # the network
        (asked("j1", failure=LOST), {(ONE, "unclear"): 1}),
        (asked("x", failure=LOST), {("QRY-02", "unclear"): 1}),
        # what was to be refused is no describe
        (asked("j1", answer=answer(), expect=refuse("SIG-33")), {}),
        (replace(asked("j1", answer=answer(1)), expect=None),
         {(ONE, "ok"): 1, ("QRY-03", "ok"): 1}),
    ],
)  # fmt: skip
def test_describe(one, expected):
    assert marks(one) == expected


def test_a_job_may_be_forgotten_after_a_break():
    gone = Failure(FailureKind.CONNECT, "refused")
    broke = replace(asked("j2"), failure=gone, scenario="x")
    before = replace(broke, started=MADE[0].started + 1)
    after = replace(broke, started=MADE[0].started + 9)

    def of(one, broken_at):
        found = judged(*MADE, broken_at, one)
        return Counter((e.clause, str(e.mark)) for e in found if one.n in e.exchanges)

    lost = asked("j1", answer=answer())
    assert of(lost, before) == {(ONE, "unclear"): 1}
    assert of(lost, after) == {(ONE, "broken"): 1, ("QRY-03", "ok"): 1}
    twice = asked("j1", answer=answer(1, 1))
    assert of(twice, before) == {(ONE, "broken"): 1, ("QRY-03", "ok"): 1}
    one_left = asked("j1", "j2", answer=answer(1, missing=["j2"]))
    assert of(one_left, before) == {(SEVERAL, "ok"): 1, (SEVERAL, "unclear"): 1}
    still_there = asked("j1", answer=answer(1, missing=["j1"]))
    assert of(still_there, before)[("QRY-03", "broken")] == 1
    (found,) = [e for e in judged(*MADE, before, lost) if lost.n in e.exchanges]
    assert found.message.endswith("lost the job: refused")


def test_only_describes_are_judged():
    strange = asked("j1", answer=answer())
    strange = replace(strange, request=replace(strange.request, method="PUT"))
    assert marks(strange) == {}


def test_what_a_describe_should_have_shown():
    assert broken(*MADE, asked("j1", answer=answer(2))) == [
        (ONE, DETAIL, "JobIds ['j2']"),
        (ONE, f"{DETAIL}/JobId", "JobIds ['j2']"),
    ]
    assert broken(*MADE, asked("j1", answer=answer(1, missing=["x", "y"]))) == [
        ("QRY-03", "Response/NonExistJobIds", "x, y")
    ]
    unknown = "Response/NonExistJobIds"
    for one, observed in (
        (asked("j9", answer=answer(9)), "a JobsDetail with JobId j9"),
        (asked("x", answer=answer()), "NonExistJobIds: absent"),
        (asked("x", answer=answer(missing=["y", "z"])), "NonExistJobIds: y, z"),
        (asked("x", answer=answer(1, missing=["x"])), "JobsDetail made up: ['j1']"),
    ):
        assert broken(*MADE, one)[-1] == ("QRY-02", unknown, observed)
    refused = asked("x", answer=error(500, "InternalError"))
    assert broken(*MADE, refused) == [("QRY-02", "", "500 InternalError")]
    (lost,) = [e for e in judged(*MADE, asked("j1", failure=LOST)) if e.clause == ONE]
    assert lost.message == "reset"


# ---- cancel ----

DONE = response(200, b"")
REFUSED = error(400, "InvalidArgument")


def attempt(answer=DONE, failure=None, step="cancel"):
    call = cancel(TARGET, "j1", step=step, expect=accept("QRY-20"))
    return exchange(call, answer, at=2, failure=failure)


def look(state, at=3.0, number=1):
    return looked(job(number, state), at=at)


def waiting(*exchanges, name="query/cancel-waiting"):
    return [replace(each, scenario=name) for each in (created(ASKED, job()), *exchanges)]


def cancelled(*exchanges, **changes):
    found = judged(*waiting(*exchanges, **changes))
    return [str(each.mark) for each in found if each.clause == "QRY-20"]


@pytest.mark.parametrize(
    ("answer", "failure", "state", "expected"),
    [
        (DONE, None, "Cancel", ["ok", "ok"]),
        (DONE, None, "Submitted", ["ok", "broken"]),
        (DONE, None, "Success", ["ok", "broken"]),
        (DONE, None, "unheard", ["ok", "unclear"]),
        (response(204, b""), None, "Cancel", ["broken", "ok"]),
        (response(200, b"<Response/>"), None, "Cancel", ["broken", "ok"]),
        (REFUSED, None, "Submitted", ["broken"]),
        (REFUSED, None, "Pause", ["broken"]),
        (REFUSED, None, "Running", ["unmet"]),
        (REFUSED, None, "Success", ["unmet"]),
        (REFUSED, None, "Cancel", ["unmet"]),
        (None, LOST, "Cancel", ["unclear", "unclear"]),
        (None, LOST, "Submitted", ["unclear", "unclear"]),
        (DONE, LOST, "Submitted", ["unclear", "unclear"]),
    ],
)
def test_cancel(answer, failure, state, expected):
    assert cancelled(attempt(answer, failure), look(state)) == expected


@pytest.mark.parametrize(
    ("name", "judges"),
    [
        ("query/cancel-waiting", True),
        ("query/cancel-waiting-3", True),
        ("query/cancel-paused", True),
        ("query/cancel", False),
        ("signing/cancel/x", False),
    ],
)
def test_where_cancels_are_judged(name, judges):
    found = cancelled(attempt(REFUSED), look("Submitted"), name=name)
    assert found == (["broken"] if judges else [])


def test_what_a_cancel_should_have_done():
    def finding(*exchanges):
        made = waiting(*exchanges)
        (found,) = [each for each in judged(*made) if each.mark == "broken"]
        places = [each.n for each in made]
        return [places.index(n) for n in found.exchanges], found.at, found.observed

    assert finding(attempt(), look("Running")) == ([2, 1], f"{DETAIL}/State", "Running")
    assert finding(attempt(REFUSED), look("Pause")) == (
        [1, 2],
        "",
        "400 InvalidArgument, and afterwards the job still waits (Pause)",
    )
    wordy = response(200, b"<Response/>")
    assert finding(attempt(wordy), look("Cancel")) == ([1], "", "200 with 11 bytes")


def test_each_job_is_judged_by_its_own_cancel():
    before = look("Submitted", at=1.0)
    again = created(ASKED, job(2))
    assert cancelled(before, attempt(), look("Cancel")) == ["ok", "ok"]
    assert cancelled(attempt(), look("Cancel"), again, look("Submitted", number=2)) == ["ok", "ok"]
    later = [attempt(REFUSED), look("Running"), again, attempt(REFUSED), look("Pause", number=2)]
    assert cancelled(*later) == ["unmet", "broken"]
    jobless = replace(again, response=REFUSED)
    assert cancelled(jobless, attempt(), look("Submitted")) == ["ok"]


# ---- cancel of what has finished ----


def finished(after, before="Success", name="query/cancel-finished", cancelling=True):
    exchanges = [
        created(ASKED, job()),
        *([replace(look(before, 1.0), step="poll")] if before else []),
        *([attempt(REFUSED, step="cancel-finished")] if cancelling else []),
        *([replace(look(after), step="look")] if after else []),
    ]
    return [replace(each, scenario=name) for each in exchanges]


@pytest.mark.parametrize(
    ("exchanges", "mark"),
    [
        (finished("Success"), "ok"),
        (finished("Failed", "Failed"), "ok"),
        (finished("Failed", "Failed", name="query/cancel-failed"), "ok"),
        (finished("Cancel"), "broken"),
        (finished("Cancel", "Failed"), "broken"),
        (finished("Running", "Running"), "broken"),
        (finished("unheard"), None),
        (finished(None), None),
        (finished("Success", None), None),
        (finished("Success", cancelling=False), "unmet"),
        (finished("Cancel", name="query/cancel-finished-2"), None),
        ([replace(finished("Success")[0], response=REFUSED), *finished("Success")[1:]], "unmet"),
    ],
)
def test_cancel_of_a_finished_job(exchanges, mark):
    found = [each for each in judged(*exchanges) if each.clause == "QRY-21"]
    assert [str(each.mark) for each in found] == ([mark] if mark else [])
    if mark == "broken":
        assert found[0].exchanges == (exchanges[3].n, exchanges[2].n)
        assert found[0].at == f"{DETAIL}/State"
    elif mark:
        assert found[0].exchanges == (exchanges[3 if mark == "ok" else 0].n,)


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({}, {"end_time": "2026-01-01T00:00:00+0800"}, "EndTime"),
        ({}, {"start_time": "2026-01-01T00:00:00+0800"}, "StartTime"),
        ({"message": "it failed"}, {"message": "not cancelled"}, "Message"),
        ({"code": "ResourceNotFound"}, {"code": "InvalidArgument"}, "Code"),
        ({"code": "Success"}, {"code": None}, None),  # E2
        ({"message": ""}, {"message": None}, None),  # E16
        ({"job_level": "0"}, {"job_level": None}, None),  # E4
    ],
)
def test_a_refused_cancel_changes_nothing(before, after, path):
    exchanges = finished("Success")
    for at, changes in ((1, before), (3, after)):
        held = jobs(replace(job(state="Success"), **changes))
        exchanges[at] = replace(exchanges[at], response=held)
    found = [each for each in judged(*exchanges) if each.clause == "QRY-21"]
    assert [each.at for each in found if each.mark == "broken"] == (
        [f"{DETAIL}/{path}"] if path else []
    )


def test_the_last_looks_count():
    exchanges = finished("Success")
    early = replace(exchanges[1], response=look("Running").response)
    late = replace(exchanges[3], response=look("Cancel").response)
    assert [
        e.mark for e in judged(exchanges[0], early, *exchanges[1:]) if e.clause == "QRY-21"
    ] == ["ok"]
    assert [e.mark for e in judged(*exchanges, late) if e.clause == "QRY-21"] == ["broken"]
