"""Jobs over time: steps, constancy, ends, priority."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.base import Mark
from conformance.scenarios.calls import describe
from conformance.spec.times import format_job_time
from conformance.spec.wire import Failure, FailureKind
from conformance.spec.xml import element, write_xml
from tests.checks.building import (
    NOW,
    TARGET,
    broken,
    created,
    error,
    exchange,
    held,
    jobs,
    looked,
    outcomes,
    request_job,
    response,
    shown,
)

ASKED = request_job()


def life(*states: str, **changes):
    """A create and then a look a second, each in the next state."""
    first = created(ASKED, shown(ASKED), scenario="life/success-00")
    looks = [
        looked(shown(ASKED, state=state, **changes), at=index, scenario="life/success-00")
        for index, state in enumerate(states, 1)
    ]
    return [first, *looks]


def test_an_ordinary_life_breaks_nothing():
    found = outcomes(*life("Submitted", "Running", "Success", "Success"))
    assert broken(found) == set()
    assert {f"STA-0{n}" for n in range(1, 10)} <= held(found)


@pytest.mark.parametrize(
    ("states", "clause"),
    [
        (("Running", "Submitted", "Success"), "STA-06"),
        (("Running", "Pause", "Success"), "STA-06"),
        (("Running", "Cancel"), "STA-06"),
        (("Success", "Running", "Success"), "STA-07"),
        (("Success", "Failed", "Success"), "STA-07"),
    ],
)
def test_steps_that_the_table_lacks(states, clause):
    assert clause in broken(outcomes(*life(*states)))


@pytest.mark.parametrize(
    "states",
    [("Pause", "Submitted", "Running", "Success"), ("Success",), ("Pause", "Running", "Success")],
)
def test_skipped_states_are_free(states):
    assert broken(outcomes(*life(*states))) == set()


def test_looks_under_way_at_once_accuse_nobody():
    first, running, done = life("Running", "Success")
    overlapping = replace(
        looked(shown(ASKED, state="Submitted"), at=1.0, scenario="life/success-00"),
        elapsed=0.5,
        started=running.started - 0.4,
    )
    assert broken(outcomes(first, overlapping, running, done)) == set()


@pytest.mark.parametrize(
    ("state", "change", "clause"),
    [
        ("Submitted", {"start_time": format_job_time(NOW)}, "STA-02"),
        ("Running", {"start_time": "-"}, "STA-03"),
        ("Running", {"end_time": format_job_time(NOW + 9)}, "STA-03"),
        ("Success", {"end_time": "-"}, "STA-04"),
        ("Success", {"start_time": "-"}, "STA-04"),
        ("Failed", {"end_time": "-"}, "STA-04"),
        ("Success", {"start_time": format_job_time(NOW - 5)}, "STA-05"),
        ("Success", {"end_time": format_job_time(NOW)}, "STA-05"),
        ("Success", {"result": None}, "STA-11"),
    ],
)
def test_times_and_result_by_state(state, change, clause):
    look = looked(shown(ASKED, state=state, **change), at=1)
    assert broken(outcomes(created(ASKED, shown(ASKED)), look)) == {clause}


def test_a_failed_job_may_lack_its_start_but_not_its_reason():
    first = created(ASKED, shown(ASKED))
    free = looked(shown(ASKED, state="Failed", start_time="-"), at=1)
    assert broken(outcomes(first, free)) == set()
    for change in ({"code": None}, {"code": "Success"}, {"message": ""}):
        look = looked(shown(ASKED, state="Failed", **change), at=1)
        assert broken(outcomes(first, look)) == {"RSP-28"}


def test_what_must_not_change():
    first = created(ASKED, shown(ASKED))
    later = looked(shown(ASKED, creation_time=format_job_time(NOW + 1)), at=1)
    assert broken(outcomes(first, later)) == {"STA-08"}
    one = looked(shown(ASKED, state="Running"), at=1)
    two = looked(shown(ASKED, state="Running", start_time=format_job_time(NOW + 3)), at=2)
    assert broken(outcomes(first, one, two)) == {"STA-08"}


def test_a_cancelled_job_is_free_in_its_times():
    cancelled = looked(shown(ASKED, state="Cancel", end_time=format_job_time(NOW - 9)), at=1)
    assert broken(outcomes(created(ASKED, shown(ASKED)), cancelled)) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [("Width", "0"), ("Height", "-3"), ("Size", "1.5"), ("Quality", "high"), ("Ave", "a18454")],
)
def test_numbers_of_a_result(path, value):
    node = shown(ASKED, state="Success").to_node()

    def spoil(each):
        if each.name == path and not each.children:
            return replace(each, text=value)
        return replace(each, children=tuple(map(spoil, each.children)))

    look = exchange(describe(TARGET, "j1"), None, at=1)
    answer = response(200, write_xml(element("Response", spoil(node))))
    found = outcomes(created(ASKED, shown(ASKED)), replace(look, response=answer))
    assert broken(found) == {"STA-12"}


def test_a_job_that_never_ends_breaks_09_unless_the_network_did():
    assert broken(outcomes(*life("Running", "Running"))) == {"STA-09"}
    exchanges = life("Running", "Running")
    lost = Failure(FailureKind.RESET, "connection reset")
    exchanges[-1] = replace(exchanges[-1], response=None, failure=lost)
    found = outcomes(*exchanges)
    assert broken(found) == set()
    assert any(each.clause == "STA-09" and each.mark is Mark.UNCLEAR for each in found)


def in_a_queue(other_level: str, *, through_at: float, ends: str = "Submitted"):
    """A job that waits nearly all the time, and one made after it, through at some other time."""
    other = replace(ASKED, job_level=other_level)
    looks = [
        looked(shown(ASKED, state=state), at=at, scenario="life/success-00")
        for at, state in ((1, "Submitted"), (9, "Submitted"), (12, ends))
    ]
    before = [
        created(ASKED, shown(ASKED, "j0"), scenario="life/success-01", at=-2),
        looked(shown(ASKED, "j0", state="Success"), at=2, scenario="life/success-01"),
    ]
    after = [
        created(other, shown(other, "j2"), scenario="life/success-02", at=0.5),
        looked(shown(other, "j2", state="Success"), at=through_at, scenario="life/success-02"),
    ]
    return outcomes(*life()[:1], *looks, *before, *after)


@pytest.mark.parametrize(
    ("level", "at", "accused"), [("1", 5, True), ("2", 5, False), ("0", 5, True), ("1", 20, False)]
)
def test_a_busy_queue_accuses_nobody(level, at, accused):
    """ASKED has level 1: what has a higher one goes before it by right."""
    for ends in ("Submitted", "Running"):
        found = in_a_queue(level, through_at=at, ends=ends)
        assert ("STA-09" in broken(found)) is accused
        if not accused:
            assert any(e.clause == "STA-09" and e.mark is Mark.UNCLEAR for e in found)


def missing_input(*exchanges):
    return [replace(each, scenario="life/missing-input") for each in exchanges]


def test_a_missing_input_is_refused_or_fails():
    first = created(ASKED, shown(ASKED))
    failed = looked(shown(ASKED, state="Failed"), at=1)
    assert "STA-10" in held(outcomes(*missing_input(first, failed)))
    refusal = replace(first, response=error(400, "ResourceNotFound"))
    assert "STA-10" in held(outcomes(*missing_input(refusal)))
    succeeded = looked(shown(ASKED, state="Success"), at=1)
    assert "STA-10" in broken(outcomes(*missing_input(first, succeeded)))
    wrong = replace(first, response=error(500, "InternalError"))
    assert "STA-10" in broken(outcomes(*missing_input(wrong)))


def test_a_paused_queue_refuses_or_holds():
    def paused(*exchanges):
        return [replace(each, scenario="life/paused-queue") for each in exchanges]

    first = created(ASKED, shown(ASKED, state="Pause"))
    assert broken(outcomes(*paused(first, looked(shown(ASKED, state="Pause"), at=1)))) == set()
    ran = looked(shown(ASKED, state="Running"), at=1)
    assert "STA-13" in broken(outcomes(*paused(first, ran)))
    refusal = replace(first, response=error(403, "QueuePaused"))
    assert "STA-13" in held(outcomes(*paused(refusal)))
    other = replace(first, response=error(403, "AccessDenied"))
    assert "STA-13" in broken(outcomes(*paused(other)))


def line(*, late_first: bool, creating: float = 0.01, count: int = 8):
    """``count`` jobs of level 0 one after another through a queue of one, and a late one."""
    asked = [request_job(f"line{n}", job_level="0") for n in range(count)]
    late = request_job("late", job_level="2")
    made = [
        created(each, shown(each, f"j{n}"), scenario="life/level", step="line", at=n * creating)
        for n, each in enumerate(asked)
    ]
    made.append(
        created(late, shown(late, "late"), scenario="life/level", step="late", at=count * creating)
    )
    begin = count * creating + 0.1
    order = [*range(count)]
    order.insert(1 if late_first else count, -1)
    for tick in range(count + 2):
        at = begin + tick * 0.2
        states = {number: order.index(number) for number in order}

        def state(number, tick=tick, states=states):
            place = states[number]
            return "Success" if place < tick else "Running" if place == tick else "Submitted"

        line_jobs = [shown(each, f"j{n}", state(n)) for n, each in enumerate(asked)]
        made.append(
            exchange(
                describe(TARGET, *(f"j{n}" for n in range(count)), step="look-line"),
                jobs(*line_jobs),
                at=at,
                scenario="life/level",
            )
        )
        made.append(
            exchange(
                describe(TARGET, "late", step="look-late"),
                jobs(shown(late, "late", state(-1))),
                at=at + 0.05,
                scenario="life/level",
            )
        )
        if state(-1) != "Submitted":
            break
    return made


def test_priority_is_seen_in_a_line():
    assert "STA-14" in held(outcomes(*line(late_first=True)))
    assert "STA-14" in broken(outcomes(*line(late_first=False)))


def test_jobs_that_only_start_in_the_order_of_their_making_are_no_line():
    found = outcomes(*line(late_first=False, creating=0.5))
    assert "STA-14" not in broken(found)
    assert any(each.clause == "STA-14" and each.mark is Mark.UNMET for each in found)


def test_the_create_answer_may_be_in_a_later_state_that_agrees():
    for state in ("Submitted", "Pause", "Running", "Success", "Failed"):
        assert broken(outcomes(created(ASKED, shown(ASKED, state=state)))) == set()
    assert "STA-01" in broken(outcomes(created(ASKED, shown(ASKED, state="Cancel"))))
    odd = shown(ASKED, state="Running", start_time="-")
    assert broken(outcomes(created(ASKED, odd))) == {"STA-01", "STA-03"}
