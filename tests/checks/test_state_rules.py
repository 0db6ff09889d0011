"""STA-01 and STA-06 to STA-14, rule by rule: what may become of a job over time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from conformance.checks.base import Level
from conformance.checks.facts import Facts
from conformance.checks.states import check
from conformance.generate.edit import drop, put
from conformance.scenarios.calls import cancel, describe, refuse
from conformance.spec.messages import PicProcess
from conformance.spec.states import STEPS, State
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
    looked_at,
    request_job,
    response,
    shown,
)

ASKED = request_job()
LOST = Failure(FailureKind.TIMEOUT, "reset")
STATE = "Response/JobsDetail/State"
STATES = [str(each) for each in State]


def judged(*exchanges):
    return list(check(Facts(TARGET, exchanges)))


def of(clause, *exchanges):
    return [each for each in judged(*exchanges) if each.clause == clause]


def marks(clause, *exchanges):
    return [str(each.mark) for each in of(clause, *exchanges)]


def made(state="Submitted", **changes):
    return created(ASKED, shown(ASKED, state=state), **changes)


def look(state, at, **changes):
    return looked(shown(ASKED, state=state), at=at, **changes)


# ---- STA-01 ----


@pytest.mark.parametrize("state", STATES)
def test_the_state_of_a_new_job(state):
    (found,) = of("STA-01", made(state))
    assert (str(found.mark), found.at) == (("broken", STATE) if state == "Cancel" else ("ok", ""))


def test_a_new_state_and_its_times():
    odd = created(ASKED, shown(ASKED, state="Running", start_time="-"))
    (found,) = of("STA-01", odd)
    assert (str(found.mark), found.observed) == ("broken", "Running, StartTime '-', EndTime '-'")
    assert marks("STA-01", created(ASKED, shown(ASKED, state="submitted"))) == []
    assert marks("STA-01", created(ASKED, drop(shown(ASKED).to_node(), "JobId"))) == []
    assert marks("STA-01", look("Cancel", 1)) == []


# ---- STA-06, STA-07 ----


@pytest.mark.parametrize("later", STATES)
@pytest.mark.parametrize("earlier", STATES)
def test_every_step(earlier, later):
    steps = {str(a): {str(b) for b in after} for a, after in STEPS.items()}
    final = earlier in ("Success", "Failed", "Cancel")
    right = earlier == later or later in steps[earlier]
    found = [e for e in judged(made(earlier), look(later, 1)) if e.clause in ("STA-06", "STA-07")]
    assert [(each.clause, str(each.mark), each.at) for each in found] == [
        ("STA-07" if final else "STA-06", *(("ok", "") if right else ("broken", STATE)))
    ]


def test_a_finding_on_a_step_shows_both_looks():
    first, second = made("Running"), look("Pause", 1)
    (found,) = of("STA-06", first, second)
    assert found.exchanges == (second.n, first.n)
    assert (found.expected, found.observed) == ("after Running: Failed, Success", "Pause")
    (found,) = of("STA-07", made("Failed"), look("Running", 1))
    assert found.expected == "after Failed: no other state"


@pytest.mark.parametrize(
    ("first", "second", "compared"),
    [
        ((0.0, 0.5), 0.5, True),
        ((0.0, 0.5), 0.25, False),
        ((0.0, 0.5), 1.0, True),
    ],
)
def test_looks_that_overlap_are_not_compared(first, second, compared):
    start, elapsed = first
    one = replace(look("Running", start), elapsed=elapsed)
    begin = made(at=-10)
    found = marks("STA-06", begin, one, look("Pause", second))
    assert found == (["ok", "broken"] if compared else ["ok", "ok"])


def test_the_nearest_look_before_is_the_one_that_counts():
    assert marks("STA-06", made(), look("Running", 1), look("Pause", 2), look("Running", 3)) == [
        "ok",
        "broken",
        "ok",
    ]
    unknown = look("running", 2)
    assert marks("STA-06", made(), look("Running", 1), unknown, look("Success", 3)) == ["ok"]


# ---- STA-08 ----

NODE = shown(ASKED, state="Running").to_node()
LASTING = [
    *("Tag", "CreationTime", "QueueId", "Input/Object", "Input/Region"),
    *("Operation/Output/Region", "Operation/Output/Bucket", "Operation/Output/Object"),
    *("Operation/TemplateId", "Operation/UserData", "Operation/JobLevel", "StartTime"),
]


def changed(before, after):
    begin = created(ASKED, before)
    return of("STA-08", begin, looked_at(after, at=1))


@pytest.mark.parametrize("path", LASTING)
def test_what_never_changes(path):
    other = format_job_time(NOW + 9) if path == "StartTime" else "other"
    (found,) = changed(NODE, put(NODE, path, other))
    assert (str(found.mark), found.at) == ("broken", f"Response/JobsDetail/{path}")
    assert (found.expected, found.observed) == (repr(NODE.value(path)), repr(other))
    assert len(found.exchanges) == 2


@pytest.mark.parametrize("path", ["IsPicInfo", "ProcessRule"])
def test_the_inline_rule_never_changes(path):
    inline = request_job(template_id=None, pic_process=PicProcess("true", "imageView2/1"))
    job = shown(inline, state="Running")
    place = f"Operation/PicProcess/{path}"
    (found,) = changed(job.to_node(), put(job.to_node(), place, "x"))
    assert (str(found.mark), found.at) == ("broken", f"Response/JobsDetail/{place}")


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        (NODE, NODE, []),
        (NODE, put(NODE, "Code", ""), []),
        (NODE, drop(NODE, "Operation/UserData"), ["Operation/UserData"]),
        (drop(NODE, "Operation/UserData"), NODE, ["Operation/UserData"]),
        (NODE, drop(NODE, "Operation/TemplateId"), ["Operation/TemplateId"]),
        (put(NODE, "Operation/UserData", ""), drop(NODE, "Operation/UserData"), []),
        (drop(NODE, "Operation/UserData"), put(NODE, "Operation/UserData", ""), []),
        (drop(NODE, "Operation/JobLevel"), NODE, []),
        (NODE, drop(NODE, "Operation/JobLevel"), []),
        (put(NODE, "StartTime", "-"), NODE, []),
        (put(NODE, "StartTime", ""), NODE, []),
        (put(NODE, "StartTime", " - "), NODE, []),
        (NODE, put(NODE, "StartTime", f" {NODE.value('StartTime')} "), []),
        (NODE, put(NODE, "StartTime", "-"), ["StartTime"]),
        (NODE, drop(NODE, "StartTime"), ["StartTime"]),
        (put(NODE, "EndTime", "x"), NODE, ["EndTime"]),
        (NODE, put(put(NODE, "Tag", "x"), "EndTime", "x"), ["Tag"]),
        (NODE, put(put(NODE, "Tag", "x"), "StartTime", "x"), ["Tag", "StartTime"]),
    ],
)
def test_what_may_change(before, after, places):
    found = changed(before, after)
    assert [str(each.mark) for each in found] == (["broken"] * len(places) or ["ok"])
    assert [each.at for each in found] == (
        [f"Response/JobsDetail/{place}" for place in places] or [""]
    )


# ---- STA-09 ----


def life(*states, name="life/success-00", first=None, **changes):
    exchanges = [
        first or made(),
        *(look(state, at, **changes) for at, state in enumerate(states, 1)),
    ]
    return [replace(each, scenario=name) for each in exchanges]


def lost(at=9.0, answer=None):
    return replace(look("Running", at), response=answer, failure=LOST, scenario="life/success-00")


@pytest.mark.parametrize(
    ("exchanges", "mark", "place"),
    [
        (life("Running", "Success"), "ok", 2),
        (life("Success", "Success"), "ok", 1),
        (life("Running", "Running"), "broken", 2),
        (life("Running", "Failed"), "broken", 2),
        (life("Submitted"), "broken", 1),
        (life(), "unclear", 0),
        (life("unheard"), "unclear", 0),
        ([*life("Running"), lost()], "unclear", 0),
        ([*life("Success"), lost()], "ok", 1),
        (life(first=replace(made(), response=error(400, "InvalidArgument"))), "unclear", 0),
        (life(first=made("Success")), "unclear", 0),
        (life("Running", name="life/other"), None, None),
    ],
)
def test_a_sound_job_reaches_success(exchanges, mark, place):
    found = of("STA-09", *exchanges)
    assert [str(each.mark) for each in found] == ([mark] if mark else [])
    if mark:
        assert found[0].exchanges[0] == exchanges[place].n


def test_what_is_said_of_a_job_that_did_not():
    exchanges = life("Submitted", "Running", "Running", "Failed")
    (found,) = of("STA-09", *exchanges)
    assert found.observed == "Submitted > Running > Failed (ResourceNotFound: no such object)"
    assert found.at == STATE
    assert found.exchanges == (exchanges[4].n, exchanges[0].n)
    (found,) = of("STA-09", *life("Running"))
    assert found.observed == "Running (Success: )"
    two = exchange(
        describe(TARGET, "o1", "j1"),
        jobs(shown(request_job("o1"), "o1", "Failed"), shown(ASKED, state="Running")),
        at=1,
        scenario="life/success-00",
    )
    (found,) = of("STA-09", *life(), two)
    assert found.observed == "Running (Success: )"
    codeless = [*life(), replace(looked(shown(ASKED, state="Running", code=None), at=1),
                                 scenario="life/success-00")]  # fmt: skip
    (found,) = of("STA-09", *codeless)
    assert found.observed == "Running"
    (found,) = of("STA-09", *life("Running"), lost())
    assert found.message == "the job could not be followed: reset"
    (found,) = of("STA-09", *life())
    assert found.message == "the job could not be followed: no look showed it"
    refused = replace(made(), response=error(400, "InvalidArgument"))
    (found,) = of("STA-09", *life(first=refused))
    assert found.message == "the job was not created: 400 InvalidArgument"
    (found,) = of("STA-09", *life(first=replace(made(), response=None, failure=LOST)))
    assert found.message == "reset"
    (found,) = of("STA-09", *life(first=replace(made(), response=None)))
    assert found.message == "the job was not created: no response"


GONE = Failure(FailureKind.CONNECT, "refused")


def broke_at(at):
    """A break of the network that has nothing to do with the job itself."""
    return replace(look("Running", at), response=None, failure=GONE, scenario="elsewhere")


def unseen(at, name="life/success-00"):
    return replace(look("Running", at), response=error(404, "AuditingJobNotFound"), scenario=name)


@pytest.mark.parametrize(
    ("after", "mark", "place"),
    [
        ([unseen(2)], "unclear", 0),  # not known any more
        ([unseen(2), unseen(3)], "unclear", 0),
        ([], "broken", 1),
        ([unseen(2), replace(look("Running", 3), scenario="life/success-00")], "broken", 3),
        ([replace(look("Success", 3), scenario="life/success-00"), unseen(4)], "ok", 2),
    ],
)
def test_a_job_that_may_have_been_forgotten(after, mark, place):
    exchanges = [*life("Running"), *after]
    (found,) = of("STA-09", *exchanges, broke_at(1.5))
    assert (str(found.mark), found.exchanges[0]) == (mark, exchanges[place].n)
    if mark == "unclear":
        assert found.message.endswith("lost the job: refused")
        (unbroken,) = of("STA-09", *exchanges, broke_at(99))
        assert str(unbroken.mark) == "broken"


@pytest.mark.parametrize(
    ("after", "mark"),
    [
        ([], "broken"),
        (["Running"], "broken"),
        ([None], "unclear"),
        (["Running", None], "unclear"),
        ([None, "Running"], "broken"),
        (["Failed", None], "ok"),
    ],
)
def test_a_job_that_was_to_fail_may_have_been_forgotten(after, mark):
    name = "life/missing-input"
    looks = [
        unseen(at, name) if state is None else replace(look(state, at), scenario=name)
        for at, state in enumerate(after, 2)
    ]
    exchanges = [*life("Running", name=name), *looks]
    (found,) = of("STA-10", *exchanges, broke_at(1.5))
    assert str(found.mark) == mark
    if mark == "unclear":
        assert found.message.endswith("lost the job: refused")
        assert found.exchanges == (exchanges[0].n,)


def other(number, state, *, at, seen_at, level="1"):
    asked = request_job(f"other{number}", job_level=level)
    return [
        created(asked, shown(asked, f"o{number}"), at=at, scenario="other"),
        looked(shown(asked, f"o{number}", state), at=seen_at, scenario="other"),
    ]


OWN = life("Submitted")  # created at 0, seen waiting at 1


@pytest.mark.parametrize(
    ("others", "mark"),
    [
        ([], "broken"),
        # one before it kept the queue busy
        (other(1, "Success", at=-5, seen_at=0.5), "unclear"),
        (other(1, "Failed", at=-5, seen_at=0.5), "unclear"),
        (other(1, "Success", at=-5, seen_at=-1), "broken"),
        (other(1, "Running", at=-5, seen_at=0.5), "broken"),
        (other(1, "Cancel", at=-5, seen_at=0.5), "broken"),
        # one after it was through first
        (other(1, "Success", at=0.5, seen_at=0.9), "broken"),
        ([*other(1, "Success", at=-5, seen_at=0.5), *other(2, "Success", at=0.2, seen_at=0.9)],
         "broken"),
        ([*other(1, "Success", at=-5, seen_at=0.5), *other(2, "Running", at=0.2, seen_at=0.9)],
         "unclear"),
        ([*other(2, "Success", at=0.2, seen_at=0.9), *other(1, "Success", at=-5, seen_at=0.5)],
         "broken"),
        # through by the last look at it, or only later
        ([*other(1, "Success", at=-5, seen_at=0.5), *other(2, "Success", at=0.2, seen_at=1.0)],
         "broken"),
        ([*other(1, "Success", at=-5, seen_at=0.5), *other(2, "Success", at=0.2, seen_at=1.5)],
         "unclear"),
        ([*other(1, "Success", at=-5, seen_at=0.5), *other(2, "Failed", at=0.2, seen_at=0.9),
          *other(3, "Success", at=0.2, seen_at=1.5)], "broken"),
        ([*other(1, "Success", at=-5, seen_at=0.5), *other(2, "Success", at=0.2, seen_at=0.9),
          other(2, "Success", at=0.2, seen_at=1.5)[1]], "broken"),
        # a higher level goes first by right, a lower one does not
        (other(1, "Success", at=0.2, seen_at=0.9, level="2"), "unclear"),
        ([*other(1, "Success", at=-5, seen_at=0.5),
          *other(2, "Success", at=0.2, seen_at=0.9, level=None)], "broken"),
        # a create whose answer was lost may have made one before it
        ([replace(other(1, "Running", at=-5, seen_at=0.5)[0], response=None, failure=LOST)],
         "unclear"),
        ([replace(other(1, "Running", at=0.5, seen_at=0.5)[0], response=None, failure=LOST)],
         "broken"),
        # two of one id count for neither
        ([*other(1, "Success", at=-5, seen_at=0.5), *other(1, "Success", at=-5, seen_at=0.5)],
         "broken"),
        # several looks at one before it: the last of them counts
        ([*other(1, "Success", at=-5, seen_at=0.5), other(1, "Success", at=-5, seen_at=-1)[1]],
         "unclear"),
        # at the same time as it
        (other(1, "Success", at=0.0, seen_at=0.5), "unclear"),
    ],
)  # fmt: skip
def test_a_job_that_waits_behind_others_is_not_accused(others, mark):
    (found,) = of("STA-09", *OWN, *others)
    assert found.mark == mark
    if mark == "unclear":
        assert found.exchanges == (OWN[0].n,)


def test_a_job_does_not_stand_in_line_behind_itself():
    assert marks("STA-09", *life("Submitted", "Failed")) == ["broken"]


def test_no_level_is_level_0():
    def judged_with(own, level):
        asked = request_job(job_level=own)
        first = replace(created(asked, shown(asked)), scenario="life/success-00")
        busy = other(1, "Success", at=-5, seen_at=0.5)
        after = other(2, "Success", at=0.2, seen_at=0.9, level=level)
        return marks("STA-09", *life("Submitted", first=first), *busy, *after)

    assert judged_with("0", None) == judged_with(None, "0") == ["broken"]
    assert judged_with(None, "1") == judged_with("0", "1") == ["unclear"]


def test_a_job_that_should_have_been_refused_has_level_0():
    refused = [
        replace(each, expect=refuse("x")) if each.step == "create" else each
        for each in other(2, "Success", at=0.2, seen_at=0.9, level="2")
    ]
    busy = other(1, "Success", at=-5, seen_at=0.5)
    assert marks("STA-09", *OWN, *busy, *refused) == ["broken"]


def test_who_was_to_fail_may_wait_too():
    busy = other(1, "Success", at=-5, seen_at=0.5)
    waiting = life("Submitted", name="life/missing-input")
    assert marks("STA-10", *waiting, *busy) == ["unclear"]
    assert marks("STA-10", *waiting) == ["broken"]
    assert marks("STA-10", *life("Running", name="life/missing-input"), *busy) == ["broken"]


def test_who_has_come_to_the_wrong_end_is_not_excused_by_having_waited():
    busy = other(1, "Success", at=-5, seen_at=0.5)
    late = [replace(look("Success", 1.1), scenario="life/missing-input")]
    waiting = life("Submitted", name="life/missing-input")
    assert marks("STA-10", *waiting, *late, *busy) == ["broken"]
    failed = replace(look("Failed", 1.1), scenario=OWN[0].scenario)
    assert marks("STA-09", *OWN, failed, *busy) == ["broken"]


def test_only_who_waits_is_excused():
    busy = other(1, "Success", at=-5, seen_at=0.5)
    assert marks("STA-09", *life("Running"), *busy) == ["broken"]
    assert marks("STA-09", *life("Pause"), *busy) == ["unclear"]
    through = life("Submitted", "Success", "Submitted")
    assert marks("STA-09", *through, *other(1, "Success", at=-5, seen_at=0.5)) == ["ok"]
    second = replace(made(), scenario="life/success-00")  # of the same id: whose turn was it?
    assert marks("STA-09", *OWN, second, *busy) == ["broken"]


# ---- STA-10, REQ-41 ----

REFUSALS = [
    ("STA-10", 400, "ResourceNotFound", "ok", None),
    ("STA-10", 499, "ResourceNotFound", "ok", None),
    ("STA-10", 400, "InvalidArgument", "broken", Level.SHOULD),
    ("STA-10", 399, "ResourceNotFound", "broken", None),
    ("STA-10", 500, "InternalError", "broken", None),
    ("REQ-41", 400, "InvalidArgument", "ok", None),
    ("REQ-41", 500, "InternalError", "broken", None),
]


ABSENT = {"STA-10": "life/missing-input", "REQ-41": "life/unknown-template"}


@pytest.mark.parametrize(("clause", "status", "code", "mark", "level"), REFUSALS)
def test_refused_for_what_is_not_there(clause, status, code, mark, level):
    name = ABSENT[clause]
    refusal = replace(made(), response=error(status, code))
    (found,) = of(clause, *life(name=name, first=refusal))
    assert (str(found.mark), found.level) == (mark, level)
    if mark == "broken":
        assert found.observed == f"{status} {code}"


@pytest.mark.parametrize(("clause", "name"), ABSENT.items())
@pytest.mark.parametrize(
    ("states", "mark", "places"),
    [
        (["Running", "Failed"], "ok", [2]),
        (["Failed", "Failed"], "ok", [2]),
        (["Failed", "unheard"], "ok", [1]),
        (["Running", "Success"], "broken", [2, 0]),
        (["Running"], "broken", [1, 0]),
        (["Cancel"], "broken", [1, 0]),
        (["unheard"], "broken", [0, 0]),
        ([], "broken", [0, 0]),
    ],
)
def test_accepted_and_then_failed(clause, name, states, mark, places):
    exchanges = life(*states, name=name)
    (found,) = of(clause, *exchanges)
    assert (str(found.mark), found.at) == (mark, STATE if mark == "broken" else "")
    assert found.exchanges == tuple(exchanges[place].n for place in places)


def test_the_network_is_nobodys_failed_job():
    name = "life/missing-input"
    gone = replace(lost(), scenario=name)
    exchanges = life("Running", name=name)
    (found,) = of("STA-10", *exchanges, gone)
    assert (str(found.mark), found.exchanges) == ("unclear", (exchanges[0].n,))
    waiting = life("Submitted", name=name)
    (found,) = of("STA-10", *waiting, *other(1, "Success", at=-5, seen_at=0.5))
    assert (str(found.mark), found.exchanges) == ("unclear", (waiting[0].n,))
    assert marks("STA-10", *life("Failed", name=name), gone) == ["ok"]
    never = replace(made(), response=None, failure=LOST)
    assert marks("STA-10", *life(name=name, first=never)) == ["unclear"]
    (found,) = of("STA-10", *life(name=name, first=never))
    assert found.message == "reset"


# ---- STA-13 ----


@pytest.mark.parametrize(
    ("exchanges", "expected"),
    [
        (life("Submitted", "Pause"), ["ok", "ok", "ok"]),
        (life("Submitted", "Running"), ["ok", "ok", "broken"]),
        (life("Success"), ["ok", "broken"]),
        (life("unheard", "Pause"), ["ok", "ok"]),
        (life(first=made("Running")), ["broken"]),
        (life(first=replace(made(), response=error(403, "QueuePaused"))), ["ok"]),
        (life(first=replace(made(), response=error(400, "InvalidArgument"))), ["broken"]),
        (life(first=replace(made(), response=None, failure=LOST)), ["unclear"]),
    ],
)
def test_a_paused_queue(exchanges, expected):
    paused = [replace(each, scenario="life/paused-queue") for each in exchanges]
    found = of("STA-13", *paused)
    assert [str(each.mark) for each in found] == expected
    for each in found:
        if str(each.mark) == "broken" and paused[0].response.status == 200:
            assert each.at == STATE
            assert each.exchanges[1] == paused[0].n


# ---- STA-14 ----

LINE = [f"l{n}" for n in range(8)]


def priority(*ticks, creating=0.01, late=True, line=8):
    """A line of jobs, a late one, then for each tick the states of the line and of the late one.

    A tick is how many of the line have started, and whether the late one has.
    """
    exchanges = []
    for n in range(line):
        asked = request_job(f"l{n}")
        exchanges.append(created(asked, shown(asked, f"l{n}"), step="line", at=n * creating))
    if late:
        asked = request_job("late")
        exchanges.append(created(asked, shown(asked, "late"), step="late", at=line * creating))
    begin = line * creating + 1
    for tick, (started, late_started) in enumerate(ticks):
        states = ["Running" if n < started else "Submitted" for n in range(line)]
        seen = [shown(request_job(f"l{n}"), f"l{n}", state) for n, state in enumerate(states)]
        call = describe(TARGET, *LINE[:line], step="look-line")
        exchanges.append(exchange(call, jobs(*seen), at=begin + tick))
        mine = shown(request_job("late"), "late", "Running" if late_started else "Submitted")
        call = describe(TARGET, "late", step="look-late")
        exchanges.append(exchange(call, jobs(mine), at=begin + tick + 0.5))
    return [replace(each, scenario="life/level") for each in exchanges]


WAIT = (0, False)


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        ([WAIT, (1, True)], "ok"),
        ([WAIT, (4, False), (5, True)], "ok"),  # half of them may
        ([WAIT, (5, False), (5, True)], "broken"),
        ([WAIT, (8, False), (8, True)], "unmet"),  # all at once: no line
        ([WAIT, (2, False), (5, False), (8, True)], "broken"),
        ([WAIT, (5, True)], "ok"),
        ([(5, False), (8, True)], "unmet"),  # three were waiting
        ([(4, False), (8, True)], "ok"),  # four were
        ([(4, False), (7, False), (8, True)], "unmet"),
        ([(4, False), (5, False), (6, False), (7, False), (8, True)], "broken"),
        ([(0, True), (5, True)], "unmet"),
        ([WAIT], "ok"),
        ([], "unmet"),
    ],
)
def test_priority(ticks, expected):
    (found,) = of("STA-14", *priority(*ticks))
    assert str(found.mark) == expected


def test_jobs_that_start_as_slowly_as_they_were_made_are_no_line():
    ticks = [WAIT, (2, False), (5, False), (6, True)]

    def judged_with(creating):
        return marks("STA-14", *priority(*ticks, creating=creating))

    assert judged_with(0.01) == ["broken"]
    assert judged_with(1.0) == ["unmet"]


@pytest.mark.parametrize(("creating", "mark"), [(0.27, "broken"), (0.28, "unmet")])
def test_a_line_starts_over_more_than_twice_the_time_of_its_making(creating, mark):
    """And a tenth of a second: 4 s from the first that began to the last that waited."""
    ticks = [WAIT, (2, False), (3, False), (4, False), (5, False), (6, False), (8, True)]
    exchanges = [replace(each, elapsed=0.0) for each in priority(*ticks, creating=creating)]
    assert marks("STA-14", *exchanges) == [mark]


def test_a_job_that_pauses_has_not_begun():
    exchanges = priority(WAIT, (2, False), (4, False), (8, True))
    paused = [
        replace(each, response=replace(each.response, body=pause(each.response.body)))
        if each.step == "look-line"
        else each
        for each in exchanges
    ]
    assert marks("STA-14", *exchanges) == marks("STA-14", *paused) == ["ok"]


def pause(body):
    return body.replace(b"<State>Submitted", b"<State>Pause")


@pytest.mark.parametrize("step", ["look-line", "look-late"])
def test_a_look_that_failed_is_no_look(step):
    exchanges = priority(WAIT, WAIT, (2, False), (5, False), (8, True))
    first = next(each for each in exchanges if each.step == step)
    failed = [replace(each, failure=LOST) if each is first else each for each in exchanges]
    assert marks("STA-14", *exchanges) == marks("STA-14", *failed) == ["broken"]


def test_without_a_late_job_or_looks_nothing_is_said():
    without = priority(WAIT, late=False)
    (found,) = of("STA-14", *without)
    assert (str(found.mark), found.exchanges) == ("unclear", (without[0].n,))
    assert found.message == "the job was not created: 200"
    exchanges = priority(WAIT, (5, False))
    refused = [
        replace(each, response=error(400, "InvalidArgument")) if each.step == "late" else each
        for each in exchanges
    ]
    (found,) = of("STA-14", *refused)
    assert (str(found.mark), found.message) == (
        "unclear",
        "the job was not created: 400 InvalidArgument",
    )
    for step in ("look-line", "look-late"):
        without = [each for each in exchanges if each.step != step]
        assert marks("STA-14", *without) == ["unmet"]
        failed = [replace(each, failure=LOST) if each.step == step else each for each in exchanges]
        assert marks("STA-14", *failed) == ["unmet"]


def test_what_is_shown_of_a_priority_that_did_not_count():
    exchanges = priority(WAIT, (2, False), (5, False), (8, True))
    (found,) = of("STA-14", *exchanges)
    late = next(each for each in exchanges if each.step == "late")
    last = [each for each in exchanges if each.step == "look-late"][2]
    assert found.exchanges == (last.n, late.n)
    assert found.message.startswith("5 of 8 waiting jobs")
    assert found.observed == "late still Submitted"
    (found,) = of("STA-14", *priority(WAIT, (1, True)))
    assert len(found.exchanges) == 1


def test_jobs_that_were_not_made_are_not_in_line():
    exchanges = priority(WAIT, (2, False), (4, False), (8, True))
    lost_one = [
        replace(each, response=error(400, "InvalidArgument")) if each.step == "line" and n < 3
        else each
        for n, each in enumerate(exchanges)
    ]  # fmt: skip
    assert marks("STA-14", *exchanges) == ["ok"]
    assert marks("STA-14", *lost_one) == ["ok"]


def test_scenarios_of_other_names_have_no_rules_of_their_own():
    found = Counter(e.clause for e in judged(*life("Running", name="x/life/success-00")))
    assert set(found) <= {"STA-01", "STA-06", "STA-08"}
    assert judged(exchange(cancel(TARGET, "j1", expect=refuse("x")), response(200, b""))) == []
