"""QRY-10 to QRY-17, rule by rule: what a page may hold, and what a walk has to show."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from conformance.checks.facts import Facts
from conformance.checks.lists import Filter, check
from conformance.scenarios.calls import accept, either, list_jobs, refuse
from conformance.spec.states import State
from conformance.spec.times import format_job_time
from conformance.spec.wire import Failure, FailureKind
from tests.checks.building import (
    NOW,
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

LOST = Failure(FailureKind.RESET, "reset")
COUNT = 12


def when(number):
    """The creation of job ``number``: a second apart, job 0 the earliest."""
    return format_job_time(NOW - 100 + number)


def asked(number):
    return request_job(f"list{number}")


def job(number, state="Success", **changes):
    changes = {"creation_time": when(number), **changes}
    return shown(asked(number), f"j{number}", state, **changes)


def history(*numbers, made_at=0.0, seen_at=20.0, state="Success", **changes):
    """Jobs of this run, each created and then seen once, long before any list."""
    made = [created(asked(n), job(n, "Submitted", **changes), at=made_at) for n in numbers]
    return [*made, *(looked(job(n, state, **changes), at=seen_at) for n in numbers)]


def page(*shows, name="list/walk", at=50.0, token=None, expect=None, answer=None, **params):
    shows = [job(each) if isinstance(each, int) else each for each in shows]
    pairs = tuple((key, str(value)) for key, value in params.items())
    call = list_jobs(TARGET, pairs, step="page", expect=expect or accept("QRY-11"))
    return exchange(call, answer or jobs(*shows, next_token=token), scenario=name, at=at)


def judged(*exchanges):
    return list(check(Facts(TARGET, exchanges)))


def marks(*exchanges, clause=None):
    return Counter(
        (each.clause, str(each.mark))
        for each in judged(*exchanges)
        if clause is None or each.clause == clause
    )


def broken(*exchanges):
    return [(e.clause, e.at) for e in judged(*exchanges) if e.mark == "broken"]


# ---- what the parameters let through ----


@pytest.mark.parametrize(
    ("params", "size"),
    [
        ({}, 10),
        ({"size": "1"}, 1),
        ({"size": "99"}, 99),
        ({"size": "100"}, 100),
        ({"size": "101"}, 100),
        ({"size": "0"}, 100),
        ({"size": "-1"}, 100),
        ({"size": "many"}, 100),
        ({"size": "\u0661"}, 100),
        ({"size": ""}, 100),
    ],
)
def test_size(params, size):
    assert Filter(params).size == size


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (None, None),
        ("All", None),
        ("Success", {State.SUCCESS}),
        ("Success,Failed", {State.SUCCESS, State.FAILED}),
        ("Success,Success", {State.SUCCESS}),
        ("Success,All", None),
        ("success", None),
        ("", None),
    ],
)
def test_states(states, expected):
    assert Filter({} if states is None else {"states": states}).states == expected


def test_order_and_bounds():
    assert [Filter({"orderByTime": each}).ascending for each in ("Asc", "Desc", "asc")] == [
        True,
        False,
        False,
    ]
    assert not Filter({}).ascending
    assert Filter({}).bounds == (None, None)
    assert Filter({"startCreationTime": when(0)}).bounds == (NOW - 100, None)
    assert Filter({"endCreationTime": when(1)}).bounds == (None, NOW - 99)
    assert Filter.of(page(size=3, orderByTime="Asc")).params == {
        "queueId": TARGET.queue_id,
        "tag": "PicProcess",
        "size": "3",
        "orderByTime": "Asc",
    }


# ---- one page ----

DETAIL = "Response/JobsDetail"


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (page(1, 0), []),
        (page(), []),
        # QRY-10
        (page(job(1, queue_id="p0"), 0), [("QRY-10", f"{DETAIL}/QueueId")]),
        (page(job(1, queue_id=None), 0), [("QRY-10", f"{DETAIL}/QueueId")]),
        (page(job(1, tag="Transcode"), 0), [("QRY-10", f"{DETAIL}/Tag")]),
        (page(job(1, tag=None), 0), [("QRY-10", f"{DETAIL}/Tag")]),
        # QRY-12
        (page(0, 1), [("QRY-12", f"{DETAIL}/CreationTime")]),
        (page(2, 0, 1, 3), [("QRY-12", f"{DETAIL}/CreationTime")]),
        (page(0, 1, orderByTime="Asc"), []),
        (page(1, 0, orderByTime="Asc"), [("QRY-12", f"{DETAIL}/CreationTime")]),
        (page(job(1, creation_time=when(0)), 0), []),
        (page(2, job(0, creation_time="soon"), 1), []),
        (page(job(2, creation_time="soon"), 0, 1), [("QRY-12", f"{DETAIL}/CreationTime")]),
        (page(job(1, creation_time=when(0)), 0, orderByTime="Asc"), []),
        # QRY-13
        (page(2, 1, 0, size=2), [("QRY-13", DETAIL)]),
        (page(1, 0, size=2), []),
        (page(*reversed(range(10))), []),
        (page(*reversed(range(11))), [("QRY-13", DETAIL)]),
        # QRY-15: what has ended does not become anything else
        (page(1, 0, states="Success"), []),
        (page(1, job(0, "Failed"), states="Success"), [("QRY-15", f"{DETAIL}/State")]),
        (page(1, job(0, "Running"), states="Success"), [("QRY-15", f"{DETAIL}/State")]),
        (page(job(1, "Failed"), 0, states="Success,Failed"), []),
        (page(1, job(0, "Failed"), states="Running"), []),
        (page(1, job(0, "Failed"), states="Running,Success"), []),
        (page(job(0, "Submitted"), states="Running"), [("QRY-15", f"{DETAIL}/State")]),
        (page(job(0, "Submitted"), states="Running,Pause"), []),
        (page(job(0, "Pause"), states="Submitted"), []),
        (page(job(0, "Running"), states="Submitted"), []),
        (page(job(0, "Cancel"), states="Running"), [("QRY-15", f"{DETAIL}/State")]),
        (page(job(0, "unheard"), states="Success"), []),
        (page(job(0, "Running"), states="Success,Failed,Cancel"), [("QRY-15", f"{DETAIL}/State")]),
        (page(job(1, "Running"), job(0, "Failed"), states="Pause"), []),
        (page(job(0, "Failed"), states="All"), []),
        # QRY-16: on the bound is either
        (page(2, 1, startCreationTime=when(1)), []),
        (page(2, 1, startCreationTime=when(2)), [("QRY-16", f"{DETAIL}/CreationTime")]),
        (page(2, 1, endCreationTime=when(2)), []),
        (page(2, 1, endCreationTime=when(1)), [("QRY-16", f"{DETAIL}/CreationTime")]),
        (page(2, 1, startCreationTime=when(1), endCreationTime=when(2)), []),
        (page(job(2, creation_time="soon"), endCreationTime=when(1)), []),
        (page(job(2, creation_time="soon"), 1, endCreationTime=when(0)),
         [("QRY-16", f"{DETAIL}/CreationTime")]),
        # QRY-17
        (page(1, 0, inputObject="input/deer.jpg"), []),
        (page(1, job(0, input_object="input/deer.jpg.bak"), inputObject="input/deer.jpg"),
         [("QRY-17", f"{DETAIL}/Input/Object")]),
        (page(inputObject=""), []),
        (page(0, inputObject=""), [("QRY-17", f"{DETAIL}/Input/Object")]),
    ],
)  # fmt: skip
def test_one_page(one, found):
    assert broken(one) == found


def test_a_job_of_a_paused_queue_stays_in_pause():
    def found(*before, queue=TARGET.paused_queue_id, at=50.0):
        here = {"queue_id": queue}
        call = list_jobs(TARGET, (("states", "Submitted"),), queue_id=queue, step="page")
        waits = job(0, "Pause", **here)
        one = exchange(call, jobs(waits), scenario="list/x", at=at)
        return [each[0] for each in broken(*before, one) if each[0] == "QRY-15"]

    here = {"queue_id": TARGET.paused_queue_id}
    before = history(0, state="Pause", **here)
    assert found(*before) == ["QRY-15"]
    assert found(*before, at=20.5) == []  # it may only just have come there
    assert found() == []
    assert found(*history(0, state="Submitted", **here)) == []
    other = {"queue_id": TARGET.queue_id}
    assert found(*history(0, state="Pause", **other), queue=TARGET.queue_id) == []


def test_a_list_is_answered_with_200():
    one = page(1, 0)
    assert one.response is not None
    partial = replace(one, response=replace(one.response, status=206))
    assert broken(partial) == [("QRY-10", "")]


def test_what_holds_on_a_page_is_counted():
    plain = [e for e in judged(page(2, 1, 0)) if e.clause in ("QRY-10", "QRY-12", "QRY-13")]
    assert [(each.clause, each.count) for each in plain] == [
        ("QRY-10", 3),
        ("QRY-13", 1),
        ("QRY-12", 1),
        ("QRY-12", 1),
    ]
    assert marks(page(), clause="QRY-10") == {}
    some = marks(page(job(2, queue_id="p0"), 1, 0), clause="QRY-10")
    assert some == {("QRY-10", "broken"): 1, ("QRY-10", "ok"): 1}
    wrong = marks(page(2, 1, 3, 0), clause="QRY-12")
    assert wrong == {("QRY-12", "ok"): 1, ("QRY-12", "broken"): 1}


@pytest.mark.parametrize(
    ("one", "clause", "count"),
    [
        (page(1, 0, states="Success", name="x"), "QRY-15", 2),
        (page(1, 0, states="All", name="x"), "QRY-15", 0),
        (page(job(0, "Failed"), states="Running", name="x"), "QRY-15", 0),
        (page(3, 2, 1, startCreationTime=when(1), name="x"), "QRY-16", 2),
        (page(2, 1, endCreationTime=when(2), name="x"), "QRY-16", 1),
        (page(1, 0, inputObject="input/deer.jpg", name="x"), "QRY-17", 1),
        (page(1, job(0, input_object="x"), inputObject="input/deer.jpg", name="x"), "QRY-17", 0),
        (page(1, 0, name="x"), "QRY-17", 0),
        (page(1, 0, name="x"), "QRY-16", 0),
        (page(1, 0, name="x"), "QRY-15", 0),
    ],
)
def test_what_filters_hold(one, clause, count):
    assert sum(e.clause == clause and e.mark == "ok" for e in judged(one)) == count


def test_a_stray_is_named_with_what_was_asked_for():
    def shown_of(one):
        (found,) = [each for each in judged(one) if each.mark == "broken"]
        return found.expected, found.observed

    start = page(2, 1, startCreationTime=when(2))
    assert shown_of(start) == (f"not before {when(2)}", f"CreationTime {when(1)!r}")
    end = page(2, 1, endCreationTime=when(1))
    assert shown_of(end) == (f"not after {when(1)}", f"CreationTime {when(2)!r}")
    tag = page(job(0, tag=None))
    assert shown_of(tag) == ("'PicProcess'", "Tag ''")
    order = page(0, 1)
    assert shown_of(order) == ("descending (Desc, the default)", f"{when(0)} before {when(1)}")
    state = page(job(0, "Failed"), states="Success")
    assert shown_of(state) == ("Success", "State 'Failed'")


def test_a_page_that_is_too_long_is_shown_by_its_numbers():
    (small,) = [e for e in judged(page(2, 1, 0, size=2)) if e.mark == "broken"]
    assert (small.expected, small.observed) == ("at most 2", "3 jobs for size 2")
    (large,) = [e for e in judged(page(*reversed(range(11)))) if e.mark == "broken"]
    assert (large.expected, large.observed) == ("at most 10 (the default)", "11 jobs")


def test_jobs_without_an_id_are_no_job_that_comes_twice():
    nameless = [replace(job(n), job_id=None) for n in (1, 0)]
    assert broken(page(*nameless, name="list/walk", size=100)) == []


def test_after_a_break_the_paging_says_nothing():
    pages = walk(((3, 2), "a"), ((2, 1), "b"), ((0,), None), size=2)
    gone = Failure(FailureKind.CONNECT, "refused")
    between = replace(page(name="x"), response=None, failure=gone, started=NOW + 51)
    found = [e for e in judged(*history(*range(4)), *pages, between) if e.clause == "QRY-14"]
    assert [(str(e.mark), e.exchanges) for e in found] == [("unclear", (pages[-1].n,))]
    assert found[0].message.endswith(": refused")
    before = replace(between, started=NOW + 49)
    found = [e for e in judged(*history(*range(4)), *pages, before) if e.clause == "QRY-14"]
    assert [str(each.mark) for each in found] == ["broken"]
    wrong = page(0, 1, name="list/walk", size=2)
    also = [e.clause for e in judged(wrong, between) if e.mark == "broken"]
    assert also == ["QRY-12"]
    wrong = walk(((1, 0), "a"), ((3, 2), None), size=2)
    also = [
        e.clause for e in judged(*wrong, replace(between, started=NOW + 50.5)) if e.mark == "broken"
    ]
    assert also == ["QRY-12"]


def test_a_queue_or_a_tag_that_was_not_asked_for_is_not_judged():
    call = list_jobs(TARGET, queue_id=None, tag="Transcode", expect=either())
    answer = jobs(job(0, queue_id="p0", tag="Transcode"))
    assert broken(exchange(call, answer)) == []
    assert broken(exchange(call, jobs(job(0, tag="PicProcess")))) == [("QRY-10", f"{DETAIL}/Tag")]


def test_only_lists_that_were_meant_to_succeed_are_judged():
    wrong = page(0, 1, expect=refuse("QRY-18"), name="x")
    assert judged(wrong) == []
    assert broken(wrong, page(0, 1, name="x")) == [("QRY-12", f"{DETAIL}/CreationTime")]
    assert judged(replace(page(0, 1, name="x"), expect=None)) != []
    assert judged(replace(page(0, 1, name="x"), response=None, failure=LOST)) == []
    assert judged(replace(page(0, 1, name="x"), response=None, failure=LOST, expect=None)) == []


# ---- sizes that are refused, and the default ----

BAD = error(400, "InvalidArgument")


@pytest.mark.parametrize(
    ("expect", "answer", "failure", "mark"),
    [
        (either("QRY-13"), BAD, None, "ok"),
        (either("QRY-13"), error(499, "InvalidArgument"), None, "ok"),
        (either("QRY-13"), error(500, "InternalError"), None, "broken"),
        (either("QRY-13"), response(199, b""), None, "broken"),
        (accept("QRY-13", note="size 100"), BAD, None, "broken"),
        (either("QRY-13"), None, LOST, "unclear"),
        (accept("QRY-13"), None, LOST, "unclear"),
        (accept("QRY-13"), None, None, "unclear"),
        (either("QRY-13"), BAD, LOST, "unclear"),
        (accept("QRY-11"), BAD, None, None),
    ],
)
def test_a_size_that_is_refused(expect, answer, failure, mark):
    one = replace(
        page(size=101, name="list/size-x", expect=expect), response=answer, failure=failure
    )
    found = judged(one)
    assert [(each.clause, str(each.mark)) for each in found] == ([("QRY-13", mark)] if mark else [])
    if mark == "unclear":
        assert found[0].message == ("reset" if failure else "there was no response")
    if mark == "broken" and expect.note:
        assert found[0].message.endswith(": size 100")
        assert found[0].observed == "400 InvalidArgument"


TEN, PLAIN = page(2, 1, 0, size=10), page(2, 1, 0)


def test_the_default_is_ten():
    def of(*exchanges):
        return marks(*exchanges, clause="QRY-13")

    plain = replace(PLAIN, scenario="list/default-size")
    ten = replace(TEN, scenario="list/size-ten")
    assert of(plain, ten) == {("QRY-13", "ok"): 3}
    assert of(plain) == of(ten) == {("QRY-13", "ok"): 1}
    short = page(2, 1, name="list/default-size")
    assert of(short, ten) == {("QRY-13", "ok"): 2, ("QRY-13", "broken"): 1}
    (found,) = [e for e in judged(short, ten) if e.mark == "broken" and e.clause == "QRY-13"]
    assert (found.exchanges, found.at) == ((short.n, ten.n), DETAIL)
    assert (found.expected, found.observed) == ("3 jobs", "2 jobs")
    for lost in (replace(plain, response=BAD), replace(plain, failure=LOST)):
        assert ("QRY-13", "broken") not in of(lost, ten)
    assert ("QRY-13", "broken") not in of(short, replace(ten, response=BAD))
    second = page(1, name="list/default-size", at=51)
    assert of(plain, second, ten) == {("QRY-13", "ok"): 4}


# ---- walks ----


def walk(*pages, name="list/walk", **params):
    return [
        page(*numbers, name=name, token=token, at=50 + n, **params)
        for n, (numbers, token) in enumerate(pages)
    ]


def walked(*pages, numbers=range(4), **params):
    """What is said of the walk itself: clause, mark."""
    alone = judged(*(replace(each, scenario="x") for each in walk(*pages, **params)))
    whole = judged(*history(*numbers), *walk(*pages, **params))
    return Counter((e.clause, str(e.mark)) for e in whole) - Counter(
        (e.clause, str(e.mark)) for e in alone
    )


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([((3, 2), "a"), ((1, 0), None)], {("QRY-14", "ok"): 2}),
        ([((3, 2), "a"), ((1, 0), "")], {("QRY-14", "ok"): 2}),
        ([((3, 2), "a"), ((1, 0), " ")], {("QRY-14", "ok"): 2}),
        ([((3, 2, 1, 0), None)], {("QRY-14", "ok"): 1}),
        ([((3, 2), "a"), ((), "b"), ((1, 0), None)], {("QRY-14", "ok"): 2}),
        ([((3, 2), "a"), ((0,), None)], {("QRY-14", "broken"): 1}),
        ([((3, 2), "a"), ((2, 1), "b"), ((0,), None)], {("QRY-14", "broken"): 1}),
        ([((3, 2), "a"), ((3, 2), "b"), ((1, 0), None)],
         {("QRY-14", "broken"): 2, ("QRY-12", "broken"): 1}),
        ([((3, 2), "a"), ((1, 0), "a")], {("QRY-14", "broken"): 1}),
        ([((3, 2), "a"), ((1, 0), "b")], {("QRY-14", "unclear"): 1}),
        ([((1, 0), "a"), ((3, 2), None)], {("QRY-12", "broken"): 1, ("QRY-14", "ok"): 2}),
        ([((3, 2), None)], {("QRY-14", "broken"): 2}),
    ],
)  # fmt: skip
def test_walks(pages, expected):
    assert walked(*pages, size=2 if len(pages) > 1 else 4) == expected


def test_a_walk_of_one_page_with_a_size_does_not_judge_the_paging_twice():
    assert walked(((3, 2, 1, 0), None)) == {("QRY-14", "ok"): 2}
    assert walked(((3, 2, 1, 0), None), size=100) == {("QRY-14", "ok"): 1}


def test_of_many_jobs_twice_or_missing_three_are_named():
    everything = tuple(reversed(range(8)))
    twice = walked((everything, "a"), (everything, None), numbers=range(8), size=100)
    assert twice[("QRY-14", "broken")] == 3
    none = walked(((), None), numbers=range(8), size=100)
    assert none == {("QRY-14", "broken"): 3}


def test_what_a_walk_finds_is_shown():
    pages = walk(((3, 2), "a"), ((2, 1), "b"), ((0,), None), size=2)
    (twice,) = [e for e in judged(*history(*range(4)), *pages) if e.mark == "broken"]
    assert twice.exchanges == (pages[1].n, pages[0].n)
    assert twice.at == f"{DETAIL}/JobId"
    assert twice.observed == "1 job(s) more than once on 3 pages"
    assert "job j2 2 times" in twice.message
    made = history(*range(4))
    pages = walk(((3, 2), "a"), ((0,), None), size=2)
    (missing,) = [e for e in judged(*made, *pages) if e.mark == "broken"]
    assert missing.exchanges == (pages[1].n, made[1].n)
    assert missing.at == DETAIL
    assert missing.observed == "1 job(s) missing"
    endless = walk(((3, 2), "a"), ((1,), "b"), ((0,), "a"), size=2)
    (again,) = [e for e in judged(*made, *endless) if e.mark == "broken"]
    assert (again.at, again.observed) == (
        "Response/NextToken",
        "NextToken 'a' for the second time",
    )
    assert again.exchanges == (endless[2].n,)
    wrong = walk(((1, 0), "a"), ((3, 2), None), size=2)
    (order,) = [e for e in judged(*made, *wrong) if e.mark == "broken"]
    assert (order.exchanges, order.at) == ((wrong[1].n,), f"{DETAIL}/CreationTime")


def test_the_order_goes_over_the_edge_of_pages():
    up = {"orderByTime": "Asc", "size": 2}
    assert walked(((0, 1), "a"), ((2, 3), None), **up) == {("QRY-14", "ok"): 2}
    assert walked(((2, 3), "a"), ((0, 1), None), **up)[("QRY-12", "broken")] == 1
    tie = [job(n, creation_time=when(0)) for n in range(4)]
    pages = [page(*tie[:2], token="a", size=2), page(*tie[2:], at=51.0, size=2)]
    assert broken(*pages) == []
    pages = [page(*tie[:2], token="a", **up), page(*tie[2:], at=51.0, **up)]
    assert broken(*pages) == []
    timeless = [page(job(1, creation_time="x"), token="a", size=2), page(3, 2, at=51.0, size=2)]
    assert broken(*timeless) == []
    between = [
        page(1, 0, token="a", size=2),
        page(job(5, creation_time="x"), token="b", at=51.0, size=2),
        page(3, 2, at=52.0, size=2),
    ]
    assert broken(*between) == [("QRY-12", f"{DETAIL}/CreationTime")]
    half = [page(3, job(2, creation_time="x"), token="a", size=2), page(2, 1, at=51.0, size=2)]
    assert ("QRY-12", f"{DETAIL}/CreationTime") not in broken(*half)


# ---- pages that did not come ----


@pytest.mark.parametrize(
    ("params", "answer", "failure", "expected"),
    [
        ({"nextToken": "a"}, BAD, None, ("QRY-14", "broken")),
        ({"nextToken": "a"}, None, LOST, ("QRY-14", "unclear")),
        ({"nextToken": "a"}, BAD, LOST, ("QRY-14", "unclear")),
        ({}, BAD, None, ("QRY-14", "unclear")),
    ],
)
def test_a_page_that_is_lost(params, answer, failure, expected):
    first = page(3, 2, token="a", size=2)
    second = page(1, 0, size=2, at=51.0, **params)
    second = replace(second, response=answer, failure=failure)
    whole = Counter((e.clause, str(e.mark)) for e in judged(*history(*range(4)), first, second))
    assert whole[expected] == 1
    assert sum(count for (clause, _), count in whole.items() if clause == "QRY-14") == 1
    (found,) = [e for e in judged(first, second) if e.clause == "QRY-14"]
    assert found.exchanges == (second.n,)
    if expected[1] == "broken":
        assert found.at == "Response/NextToken"
        assert found.observed == "400 InvalidArgument for nextToken 'a'"
    elif failure:
        assert found.message == "reset"
    else:
        assert found.message == "a page was refused"


def test_one_page_that_was_not_to_be_walked_says_nothing_of_the_paging():
    single = {"name": "list/size-two", "size": 2}
    assert walked(((3, 2), "a"), **single) == {}
    assert walked(((3, 2, 1, 0), None), name="list/size-four", size=4) == {("QRY-14", "ok"): 1}
    lost = replace(page(**single), response=BAD)
    assert marks(lost, clause="QRY-14") == {}
    lost = replace(page(size=2, name="list/sizes"), response=BAD)
    assert marks(lost, clause="QRY-14") == {("QRY-14", "unclear"): 1}


def test_only_scenarios_of_pages_are_walks():
    elsewhere = walk(((3, 2), "a"), ((2,), None), name="query/x", size=2)
    assert marks(*elsewhere, clause="QRY-14") == {}
    others = [replace(each, step="look") for each in walk(((3, 2), "a"), ((2,), None), size=2)]
    assert marks(*others, clause="QRY-14") == {}


# ---- what has to be there ----

EMPTY = ((), None)


def missed(made, **params):
    """The clauses of what an empty list lacks."""
    name = params.pop("name", "list/walk")
    found = judged(*made, *walk(EMPTY, name=name, **params))
    return [e.clause for e in found if e.mark == "broken"]


@pytest.mark.parametrize(
    ("made_at", "elapsed", "found"),
    [
        (49.0, 0.01, ["QRY-14"]),
        (49.25, 0.25, ["QRY-14"]),
        (49.25, 0.26, []),
        (49.75, 0.25, []),
        (49.75, 0.5, []),
        (51.0, 0.01, []),
    ],
)
def test_jobs_count_once_they_have_been_there_for_a_while(made_at, elapsed, found):
    made = [replace(each, elapsed=elapsed) for each in history(0, made_at=made_at)[:1]]
    assert missed(made, size=100) == found


@pytest.mark.parametrize(
    ("changes", "params", "found"),
    [
        ({}, {}, ["QRY-14"]),
        ({"queue_id": "p0"}, {}, []),
        ({"creation_time": "soon"}, {}, []),
        ({}, {"startCreationTime": when(1)}, []),
        ({}, {"startCreationTime": when(0)}, []),
        ({}, {"startCreationTime": when(-1), "name": "list/time-x"}, ["QRY-16"]),
        ({}, {"startCreationTime": when(-1)}, ["QRY-14"]),
        ({}, {"endCreationTime": when(-1)}, []),
        ({}, {"endCreationTime": when(0)}, []),
        ({}, {"endCreationTime": when(1)}, ["QRY-16"]),
        ({}, {"states": "Success"}, ["QRY-15"]),
        ({}, {"states": "Failed"}, []),
        ({"state": "Running"}, {"states": "Running"}, []),
        ({"state": "Running"}, {}, ["QRY-14"]),
        ({}, {"states": "All"}, ["QRY-15"]),
        ({}, {"inputObject": "input/deer.jpg"}, ["QRY-17"]),
        ({}, {"inputObject": "input/deer"}, []),
    ],
)
def test_what_belongs_in_a_list(changes, params, found):
    assert missed(history(0, **changes), size=100, **params) == found


def test_the_latest_state_counts():
    first = history(0, state="Running")
    ended = looked(job(0, "Success"), at=30.0)
    assert missed([*first, ended], size=100, states="Success") == ["QRY-15"]
    assert missed([*first, replace(ended, started=NOW + 60)], size=100, states="Success") == []


def test_two_jobs_of_one_id_are_not_missed():
    again = [replace(each, n=each.n + 1000) for each in history(0)]
    assert missed([*history(0), *again], size=100) == []


def test_after_one_that_is_not_to_be_judged_the_rest_is():
    made = [
        *history(0, creation_time="soon"),
        *history(1, queue_id="p0"),
        *history(2, made_at=49.9, seen_at=49.95),
        *history(3),
    ]
    assert missed(made, size=100) == ["QRY-14"]
    for params in (
        {"startCreationTime": when(2)},
        {"endCreationTime": when(2)},
    ):
        assert len(missed(history(0, 2, 4), size=100, **params)) == 1
    mixed = [*history(0, state="Failed"), *history(1)]
    assert missed(mixed, size=100, states="Success") == ["QRY-15"]
    other = [*history(0, input_object="x"), *history(1)]
    assert missed(other, size=100, inputObject="input/deer.jpg") == ["QRY-17"]


@pytest.mark.parametrize(
    ("pages", "params", "clause"),
    [
        # a list that breaks off after a full page
        ([((7, 6), None)], {"size": 2, "states": "Success"}, "QRY-14"),
        ([((7, 6, 5), None)], {"size": 2, "states": "Success"}, "QRY-14"),
        # a few between pages
        ([((7, 6), "a"), ((3,), None)], {"size": 2, "states": "Success"}, "QRY-15"),
        ([((7, 6), "a"), ((5, 4), "b"), ((3,), None)], {"size": 2, "states": "Success"}, "QRY-14"),
        # one page that is not full: the filter
        ([((7,), None)], {"size": 2, "states": "Success"}, "QRY-15"),
        ([((7,), None)], {"size": 2, "inputObject": "input/deer.jpg"}, "QRY-17"),
        ([((7,), None)], {"size": 2, "endCreationTime": when(8)}, "QRY-16"),
        ([((7,), None)], {"size": 2}, "QRY-14"),
    ],
)
def test_which_clause_missing_jobs_break(pages, params, clause):
    found = judged(*history(*range(8)), *walk(*pages, **params))
    missing = [e.clause for e in found if e.mark == "broken" and "missing" in e.observed]
    assert missing == [clause] * 3


@pytest.mark.parametrize(
    ("last", "clauses"),
    [((3, 2, 1), ["QRY-14"]), ((3, 2), ["QRY-14"] * 2), ((3,), ["QRY-15"] * 3)],
)
def test_two_for_each_edge_of_pages_may_be_lost_between_them(last, clauses):
    pages = walk(((7, 6, 5, 4), "a"), (last, None), size=4, states="Success")
    found = judged(*history(*range(8)), *pages)
    assert [e.clause for e in found if e.mark == "broken"] == clauses


@pytest.mark.parametrize("states", ["Success,Cancel", "All"])
def test_a_state_that_is_on_no_page_is_left_out_by_the_filter(states):
    cancelled = [*history(1, state="Cancel"), looked(job(1, "Running"), at=10.0)]
    made = [*history(0, 2, 3, 4, 5), *cancelled]
    pages = walk(((5, 4), "a"), ((3, 2), "b"), ((0,), None), size=2, states=states)
    assert [(e.clause, e.observed) for e in judged(*made, *pages) if e.mark == "broken"] == [
        ("QRY-15", "1 job(s) missing")
    ]
    one_of_it = [*made, *history(6, state="Cancel")]
    pages = walk(
        (((job(6, "Cancel")), 5), "a"), ((4, 3), "b"), ((2, 0), None), size=2, states=states
    )
    assert [e.clause for e in judged(*one_of_it, *pages) if e.mark == "broken"] == ["QRY-14"]


@pytest.mark.parametrize(
    ("params", "clause"),
    [
        ({"states": "Success"}, "QRY-15"),
        ({"inputObject": "input/deer.jpg"}, "QRY-17"),
        ({"endCreationTime": when(9)}, "QRY-16"),
        ({"startCreationTime": when(-9), "name": "list/time-start"}, "QRY-16"),
        ({"startCreationTime": when(-9)}, "QRY-14"),
    ],
)
def test_which_clause_a_whole_walk_proves(params, clause):
    pages = [((3, 2), "a"), ((1, 0), None)]
    found = walked(*pages, size=2, **params)
    assert found == ({("QRY-14", "ok"): 2} if clause == "QRY-14" else
                     {(clause, "ok"): 1, ("QRY-14", "ok"): 1})  # fmt: skip
