"""Lists: what a page may hold, and what a walk must show."""

from __future__ import annotations

import pytest

from conformance.scenarios.calls import accept, either, list_jobs
from conformance.spec.times import format_job_time
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
    shown,
)

COUNT = 6
ASKED = [request_job(f"list{n}") for n in range(COUNT)]
STATES = ["Success", "Success", "Cancel", "Failed", "Success", "Submitted"]


def job(n, **changes):
    state = STATES[n]
    return shown(ASKED[n], f"j{n}", state, creation_time=format_job_time(NOW - 10 + n), **changes)


def history():
    made = [
        created(each, shown(each, f"j{n}", creation_time=format_job_time(NOW - 10 + n)), at=n)
        for n, each in enumerate(ASKED)
    ]
    return [*made, *(looked(job(n), at=20 + n) for n in range(COUNT) if STATES[n] != "Submitted")]


def page(*numbers, name="list/everything", at=50.0, token=None, **params):
    pairs = tuple((key, str(value)) for key, value in params.items())
    call = list_jobs(TARGET, pairs, step="page", expect=accept("QRY-10"))
    return exchange(call, jobs(*map(job, numbers), next_token=token), scenario=name, at=at)


NEWEST_FIRST = tuple(reversed(range(COUNT)))


def test_a_whole_list_breaks_nothing():
    found = outcomes(*history(), page(*NEWEST_FIRST, size=100))
    assert broken(found) == set()
    assert {"QRY-10", "QRY-12", "QRY-13", "QRY-14"} <= held(found)


@pytest.mark.parametrize(
    ("given", "clause"),
    [
        (page(0, 1, 2, 3, 4, 5, size=100), "QRY-12"),
        (page(*NEWEST_FIRST, name="list/ascending", orderByTime="Asc", size=100), "QRY-12"),
        (page(*NEWEST_FIRST, size=5), "QRY-13"),
        (page(5, 4, 3, 1, 0, size=100), "QRY-14"),
        (page(5, 4, 3, 3, 2, 1, 0, size=100), "QRY-14"),
        (page(5, 4, 1, 0, name="list/states-success", states="Success", size=100), "QRY-15"),
        (page(4, 1, name="list/states-success", states="Success", size=100), "QRY-15"),
        (
            page(
                5, 4, 3, 2,
                name="list/time-start",
                startCreationTime=format_job_time(NOW - 7.0),
                size=100,
            ),
            "QRY-16",
        ),
        (
            page(
                5, 4,
                name="list/time-start",
                startCreationTime=format_job_time(NOW - 8.0),
                size=100,
            ),
            "QRY-16",
        ),
        (page(*NEWEST_FIRST, name="list/input-prefix", inputObject="input/deer.jp", size=100),
         "QRY-17"),
        (page(5, 4, 3, name="list/input-exact", inputObject="input/deer.jpg", size=100), "QRY-17"),
    ],
)  # fmt: skip
def test_one_thing_wrong_breaks_one_clause(given, clause):
    assert broken(outcomes(*history(), given)) == {clause}


def test_filters_that_hold_are_seen_to_hold():
    found = outcomes(
        *history(),
        page(4, 1, 0, name="list/states-success", states="Success", size=100),
        page(5, 4, name="list/time-start", startCreationTime=format_job_time(NOW - 7.0), size=100,
             at=51),
        page(*NEWEST_FIRST, name="list/input-exact", inputObject="input/deer.jpg", size=100, at=52),
    )  # fmt: skip
    assert broken(found) == set()
    assert {"QRY-15", "QRY-16", "QRY-17"} <= held(found)


def test_a_job_on_the_bound_is_not_judged():
    bound = format_job_time(NOW - 10 + 3)
    for numbers in ((5, 4, 3), (5, 4)):
        given = page(*numbers, name="list/time-start", startCreationTime=bound, size=100)
        assert broken(outcomes(*history(), given)) == set()


def test_walks_over_pages():
    def walk(*pages):
        return [
            page(*numbers, name="list/default-size", token=token, size=2, at=50 + n)
            for n, (numbers, token) in enumerate(pages)
        ]

    good = walk(((5, 4), "a"), ((3, 2), "b"), ((1, 0), None))
    assert broken(outcomes(*history(), *good)) == set()
    assert "QRY-14" in held(outcomes(*history(), *good))
    dropped = walk(((5, 4), "a"), ((2, 1), "b"), ((0,), None))
    assert broken(outcomes(*history(), *dropped)) == {"QRY-14"}
    repeated = walk(((5, 4), "a"), ((4, 3), "b"), ((2, 1), "c"), ((0,), None))
    assert broken(outcomes(*history(), *repeated)) == {"QRY-14"}
    endless = walk(((5, 4), "a"), ((3, 2), "b"), ((1, 0), "a"))
    assert broken(outcomes(*history(), *endless)) == {"QRY-14"}
    broken_off = walk(((5, 4), None))
    assert broken(outcomes(*history(), *broken_off)) == {"QRY-14"}
    out_of_order = walk(((3, 2), "a"), ((5, 4), "b"), ((1, 0), None))
    assert broken(outcomes(*history(), *out_of_order)) == {"QRY-12"}


def test_sizes_above_the_most():
    call = list_jobs(TARGET, (("size", "101"),), step="page", expect=either("QRY-13"))

    def asked(answer):
        return exchange(call, answer, scenario="list/size-101", at=50)

    assert "QRY-13" in held(outcomes(*history(), asked(error(400, "InvalidArgument"))))
    assert "QRY-13" in held(outcomes(*history(), asked(jobs(job(5), job(4)))))
    assert "QRY-13" in broken(outcomes(*history(), asked(error(500, "InternalError"))))


def test_the_default_size_is_that_of_ten():
    ten = page(*NEWEST_FIRST, name="list/size-ten", size=10, at=50)
    assert "QRY-13" in held(
        outcomes(*history(), ten, page(*NEWEST_FIRST, name="list/default-size"))
    )
    short = page(5, 4, 3, name="list/default-size", token="more")
    assert "QRY-13" in broken(outcomes(*history(), ten, short))


def test_another_queue_or_tag_breaks_10():
    other = exchange(
        list_jobs(TARGET, step="page", expect=accept("QRY-10")),
        jobs(job(5, queue_id="p0")),
        scenario="list/size-one",
        at=50,
    )
    assert "QRY-10" in broken(outcomes(*history(), other))
