"""From outcomes to verdicts: every mark, level and reason; and what an outcome is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks import judge as judging
from conformance.checks.base import Level, Mark, Outcome, broken, ok, unclear, unmet
from conformance.checks.facts import Creation, Facts
from conformance.checks.judge import BY_ABSENCE, CHECKS, ENDED_EARLY, judge
from conformance.checks.verdicts import MOST_FINDINGS, Verdict, fold
from conformance.scenarios.calls import create, list_jobs, refuse
from conformance.spec.clauses import for_roles
from conformance.spec.wire import Failure, FailureKind
from tests.checks.building import (
    NOW,
    TARGET,
    callback,
    created,
    error,
    exchange,
    jobs,
    looked,
    request_job,
    shown,
)

ASKED = request_job()
ONE = replace(created(ASKED, shown(ASKED)), scenario="one")
TWO = replace(created(ASKED, shown(ASKED)), scenario="two")
MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY

#: A clause of each level, and one whose level is lower for servers.
RULE = "RSP-10"
ADVICE = next(each.id for each in for_roles(["S"]) if each.level_for("S") is SHOULD)


def found(clause=RULE, level=None, number=1, message="m", at=""):
    return Outcome(clause, Mark.BROKEN, (number,), message, level=level, at=at)


def verdict(*outcomes, clause=RULE, roles=("S",), **options):
    (one,) = [each for each in fold(outcomes, roles, **options) if each.clause.id == clause]
    return one


def test_every_clause_of_the_roles_has_one_verdict_in_the_order_of_the_catalogue():
    ids = [each.clause.id for each in fold((), ("S", "K"))]
    assert ids == [each.id for each in for_roles(("S", "K"))]
    roles = {each.role for each in fold((), ("S", "K"))}
    assert roles == {"S", "K"}
    both = next(each for each in for_roles(["S"]) if set(each.roles) == {"C", "S"})
    assert verdict(clause=both.id, roles=("C", "S")).role == "C"
    assert verdict(clause=both.id, roles=("S", "C")).role == "S"


@pytest.mark.parametrize(
    ("clause", "level", "strict", "expected"),
    [
        (RULE, None, False, Verdict.FAIL),
        (RULE, None, True, Verdict.FAIL),
        (RULE, SHOULD, False, Verdict.WARN),
        (RULE, SHOULD, True, Verdict.FAIL),
        (RULE, MAY, False, Verdict.INFO),
        (RULE, MAY, True, Verdict.INFO),
        (ADVICE, None, False, Verdict.WARN),
        (ADVICE, None, True, Verdict.FAIL),
        (ADVICE, MUST, False, Verdict.FAIL),
        (ADVICE, MAY, False, Verdict.INFO),
    ],
)
def test_a_broken_clause(clause, level, strict, expected):
    one = verdict(found(clause, level), clause=clause, strict=strict)
    if not strict:
        assert verdict(found(clause, level), clause=clause) == one
    assert one.verdict is expected
    assert (one.judged, one.found, len(one.findings)) == (1, 1, 1)
    assert one.level is (SHOULD if clause == ADVICE else MUST)
    assert one.reason == ("m" if expected is Verdict.INFO else None)


def test_the_worst_finding_decides():
    one = verdict(found(level=MAY), found(number=2), found(level=SHOULD, number=3))
    assert one.verdict is Verdict.FAIL
    assert [each.level for each in one.findings] == [None, SHOULD, MAY]


def test_of_equal_findings_the_smallest_request_comes_first_and_then_the_earliest():
    some = [found(number=n, message=str(n)) for n in (3, 1, 2)]
    assert [each.message for each in verdict(*some).findings] == ["1", "2", "3"]
    sizes = {1: 50, 2: 10, 3: 10}
    assert [e.message for e in verdict(*some, sizes=sizes).findings] == ["2", "3", "1"]
    nowhere = Outcome(RULE, Mark.BROKEN, (), "0")
    assert verdict(*some, nowhere).findings[0].message == "0"
    assert [e.message for e in verdict(*some, sizes={1: 5}).findings] == ["2", "3", "1"]
    assert [e.message for e in verdict(*some, sizes={1: 1}).findings] == ["2", "3", "1"]


def test_one_finding_of_each_kind_is_shown_first():
    same = [found(number=n) for n in range(1, 8)]
    other = found(number=9, message="other")
    place = found(number=8, at="Tag")
    one = verdict(*same, other, place)
    assert [each.exchanges[0] for each in one.findings] == [1, 8, 9, 2, 3]
    assert (one.found, one.judged, len(one.findings)) == (9, 9, MOST_FINDINGS)
    kinds = verdict(*(found(number=n, message=str(n)) for n in range(1, 8)))
    assert [each.exchanges[0] for each in kinds.findings] == [1, 2, 3, 4, 5]
    assert MOST_FINDINGS == 5


def test_what_held_is_counted():
    one = verdict(ok(RULE, ONE), ok(RULE, ONE, count=3))
    assert (one.verdict, one.judged, one.found, one.reason) == (Verdict.PASS, 4, 0, None)
    assert one.findings == ()
    mixed = verdict(ok(RULE, ONE, count=3), found(), unclear(RULE, ONE, reason="r"))
    assert (mixed.verdict, mixed.judged, mixed.found) == (Verdict.FAIL, 4, 1)


def test_a_pass_has_its_remarks():
    seen = [ok(RULE, ONE, seen=each) for each in ("b", "a", "b", "")]
    assert verdict(*seen).reason == "a; b"
    lost = [unclear(RULE, ONE, reason=each) for each in ("reset", "timeout", "timeout")]
    assert verdict(*seen, *lost).reason == "a; b; 3 times it could not be judged (timeout)"
    assert verdict(seen[3], unmet(RULE, reason="x")).reason is None


@pytest.mark.parametrize(
    ("outcomes", "expected", "reason"),
    [
        ([unclear(RULE, reason="u")], Verdict.INCONCLUSIVE, "u"),
        ([unmet(RULE, reason="m")], Verdict.NOT_RUN, "m"),
        ([unmet(RULE, reason="m"), unclear(RULE, reason="u")], Verdict.INCONCLUSIVE, "u"),
        (
            [unclear(RULE, reason="a"), unclear(RULE, reason="b"), unclear(RULE, reason="b")],
            Verdict.INCONCLUSIVE,
            "b",
        ),
        ([], Verdict.NOT_RUN, "the target never showed the situation that this clause speaks of"),
    ],
)
def test_what_was_not_judged(outcomes, expected, reason):
    one = verdict(*outcomes)
    assert (one.verdict, one.reason, one.judged, one.found) == (expected, reason, 0, 0)
    assert (one.level, one.findings) == (MUST, ())


def test_what_was_not_asked_for_or_could_not_be():
    left_out = verdict(found(), selected={"RSP-11"})
    assert (left_out.verdict, left_out.reason) == (Verdict.NOT_RUN, "not selected")
    assert (left_out.judged, left_out.found, left_out.findings) == (0, 0, ())
    assert verdict(found(), selected={RULE}).verdict is Verdict.FAIL
    told = verdict(found(), reasons={RULE: "no queue"})
    assert (told.verdict, told.reason) == (Verdict.NOT_RUN, "no queue")
    assert (told.judged, told.found) == (0, 0)
    both = verdict(found(), selected={"RSP-11"}, reasons={RULE: "no queue"})
    assert both.reason == "not selected"
    assert len(fold((), ("S",), reasons={RULE: "no queue"})) == len(for_roles("S"))
    others = {each.reason for each in fold((), ("S",), selected={RULE}) if each.clause.id != RULE}
    assert others == {"not selected"}


def test_what_may_have_been_lost_is_inconclusive():
    lost = verdict(lost="the network")
    assert (lost.verdict, lost.reason) == (Verdict.INCONCLUSIVE, "the network")
    assert (lost.judged, lost.found, lost.findings, lost.level) == (0, 0, (), MUST)
    assert verdict(ok(RULE, ONE), lost="the network").verdict is Verdict.PASS
    assert len(fold((), ("S",), lost="the network")) == len(for_roles("S"))


def test_verdicts_and_marks_are_named_as_reports_name_them():
    assert [str(each) for each in Verdict] == [
        *("fail", "warn", "info", "pass", "inconclusive", "not-run")
    ]
    assert [str(each) for each in Mark] == ["ok", "broken", "unclear", "unmet"]


# ---- outcomes ----


def test_outcomes_carry_their_exchanges():
    assert ok(RULE, ONE, TWO, seen="s", count=2) == Outcome(
        RULE, Mark.OK, (ONE.n, TWO.n), "s", count=2
    )
    assert ok(RULE, ONE) == Outcome(RULE, Mark.OK, (ONE.n,), count=1)
    full = broken(RULE, ONE, TWO, message="m", expected="e", observed="o", level=MAY, at="Tag")
    assert full == Outcome(RULE, Mark.BROKEN, (ONE.n, TWO.n), "m", "e", "o", "one", MAY, "Tag", 1)
    assert broken(RULE, message="m") == Outcome(RULE, Mark.BROKEN, (), "m")
    for make, mark in ((unclear, Mark.UNCLEAR), (unmet, Mark.UNMET)):
        assert make(RULE, TWO, ONE, reason="r") == Outcome(
            RULE, mark, (TWO.n, ONE.n), "r", scenario="two"
        )
        assert make(RULE, reason="r") == Outcome(RULE, mark, (), "r")


# ---- a whole run ----


def test_a_run_that_ended_early_accuses_nobody_of_what_did_not_come():
    silent = request_job(call_back="http://127.0.0.1:9000/x")
    name = "callback/xml-0"
    exchanges = (
        created(silent, shown(silent), scenario=name),
        looked(shown(silent, state="Success", queue_id="p0"), at=1, scenario=name),
    )
    whole = {e.clause for e in judge(Facts(TARGET, exchanges)) if e.mark is Mark.BROKEN}
    assert {"CBK-01", "RSP-17"} <= whole
    early = list(judge(Facts(TARGET, exchanges, complete=False)))
    assert {e.clause for e in early if e.mark is Mark.BROKEN} == whole - {"CBK-01"}
    (lost,) = [e for e in early if e.clause == "CBK-01"]
    assert (lost.mark, lost.message) == (Mark.UNCLEAR, ENDED_EARLY)
    held = {e.clause for e in early if e.mark is Mark.OK}
    assert "RSP-10" in held


def test_what_held_before_an_early_end_still_held(monkeypatch):
    seen = (ok("CBK-01", ONE), found("CBK-01"), found("RSP-10"), unclear("CBK-01", reason="r"))
    monkeypatch.setattr(judging, "CHECKS", (lambda _: iter(seen),))
    assert tuple(judge(Facts(TARGET, ()))) == seen
    early = tuple(judge(Facts(TARGET, (), complete=False)))
    told = replace(seen[1], mark=Mark.UNCLEAR, message=ENDED_EARLY)
    assert early == (seen[0], told, seen[2], seen[3])


def test_of_one_clause_only_so_many_findings_are_kept(monkeypatch):
    many = [found(number=n) for n in range(1, 5)]
    seen = [*many, *(ok(RULE, ONE) for _ in range(4)), found("RSP-11")]
    monkeypatch.setattr(judging, "CHECKS", (lambda _: iter(seen),))
    monkeypatch.setattr(judging, "MOST_FINDINGS", 2)
    assert list(judge(Facts(TARGET, ()))) == [*many[:2], *seen[4:]]


def test_which_clauses_are_broken_by_absence():
    assert {
        *("STA-09", "STA-10", "REQ-41", "CBK-01", "CBK-08", "CBK-09"),
        *("QRY-14", "QRY-15", "QRY-16", "QRY-17"),
    } == BY_ABSENCE
    assert len(CHECKS) == len(set(CHECKS)) == 11


BUSY = (error(429, "SlowDown"), error(503, "ServiceUnavailable"), error(403, "QueueSaturated"))


@pytest.mark.parametrize("answer", BUSY)
@pytest.mark.parametrize(
    "made", [ok("STA-13", ONE), found("STA-13"), unmet("STA-13", ONE, reason="")]
)
def test_what_rests_on_a_request_that_was_put_off_is_not_established(monkeypatch, answer, made):
    monkeypatch.setattr(judging, "CHECKS", (lambda _: iter((replace(made, exchanges=(7,)),)),))
    later = replace(exchange(create(TARGET, ASKED), answer), n=7)
    (told,) = judge(Facts(TARGET, (later,)))
    assert told.mark is Mark.UNCLEAR
    assert told.message.startswith("the target was busy: ")
    (told,) = judge(Facts(TARGET, (replace(later, n=8),)))
    assert told.mark is made.mark


def test_the_form_of_any_answer_is_judged(monkeypatch):
    made = replace(found("ERR-04"), exchanges=(7,))
    monkeypatch.setattr(judging, "CHECKS", (lambda _: iter((made,)),))
    assert list(
        judge(Facts(TARGET, (replace(exchange(create(TARGET, ASKED), BUSY[0]), n=7),)))
    ) == [made]


# ---- facts ----


@pytest.mark.parametrize("answer", BUSY)
def test_facts_leave_out_what_was_asked_again(answer):
    call = create(TARGET, ASKED, step="make")
    put_off = exchange(call, answer, scenario="s")
    again = exchange(call, jobs(shown(ASKED)), scenario="s")
    other = exchange(create(TARGET, request_job(tag="other"), step="make"), answer, scenario="s")
    facts = Facts(TARGET, (put_off, again, other))
    assert facts.by_scenario["s"] == (again, other)
    assert [facts.was_asked_again(each) for each in facts.sent] == [True, False, False]
    assert facts.sent == (put_off, again, other)


def test_facts_of_creations():
    unread = exchange(create(TARGET, b"<Request>"), jobs(shown(ASKED, "j3")))
    lax = exchange(create(TARGET, ASKED, expect=refuse("REQ-21")), jobs(shown(ASKED, "j4")))
    again = created(ASKED, shown(ASKED, "j5"))
    facts = Facts(TARGET, (ONE, unread, lax, again, created(ASKED, shown(ASKED, "j5"))))
    assert facts.creation("j1") == Creation(ONE, ASKED, ASKED.to_node())
    assert facts.creation("j3") == Creation(unread, None, None)
    assert facts.creation("j4") == Creation(lax, None, None)
    assert facts.creation("j5") is facts.creation("j9") is facts.creation(None) is None
    assert len(facts.creations["j5"]) == 2
    unexpected = replace(ONE, expect=None)
    assert Facts(TARGET, (unexpected,)).creation("j1").request == ASKED


def test_facts_of_sightings_are_in_the_order_of_asking():
    later, earlier = looked(shown(ASKED), at=9), looked(shown(ASKED), at=3)
    stranger = looked(shown(ASKED, "j9"), at=1)
    facts = Facts(TARGET, (later, ONE, earlier, stranger))
    assert [each.exchange.n for each in facts.looks_at("j1")] == [ONE.n, earlier.n, later.n]
    assert facts.looks_at("j9") == facts.looks_at(None) == facts.looks_at("") == ()
    assert set(facts.sightings) == {"j1"}
    doubled = Facts(TARGET, (ONE, TWO, later))
    assert doubled.sightings == {}


def test_facts_sort_exchanges():
    came = callback(b"", "text/plain", at=1)
    page = exchange(list_jobs(TARGET), jobs())
    bad = exchange(list_jobs(TARGET), error(400, "InvalidArgument"))
    facts = Facts(TARGET, (ONE, came, page, bad, TWO))
    assert facts.sent == (ONE, page, bad, TWO)
    assert facts.callbacks == (came,)
    assert facts.lists == (page, bad)
    assert facts.by_scenario["one"] == (ONE,)
    assert facts.by_scenario["test"] == (page, bad)
    assert facts.complete


def lost(kind, at=0.0, call=None, **changes):
    call = call or create(TARGET, ASKED)
    return exchange(call, None, failure=Failure(kind, f"{kind}"), at=at, **changes)


NEVER_ARRIVED = {FailureKind.CONNECT, FailureKind.TLS, FailureKind.BUDGET, FailureKind.MISSING}
BREAKS = {FailureKind.CONNECT, FailureKind.TLS, FailureKind.RESET}


@pytest.mark.parametrize("kind", FailureKind)
def test_creates_that_may_have_made_a_job(kind):
    one, other = lost(kind), lost(kind, call=list_jobs(TARGET))
    facts = Facts(TARGET, (ONE, one, other))
    assert facts.lost_creates == (() if kind in NEVER_ARRIVED else (one,))


@pytest.mark.parametrize("kind", FailureKind)
def test_what_is_a_break(kind):
    facts = Facts(TARGET, (ONE, lost(kind, at=5)))
    broke = facts.broke_between(NOW, NOW + 9)
    assert (broke is not None) is (kind in BREAKS)
    retried = replace(ONE, started=NOW + 5, earlier=(Failure(kind, "x"),))
    broke = Facts(TARGET, (retried,)).broke_between(NOW, NOW + 9)
    assert (broke is not None) is (kind in BREAKS)


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [(5, 5, 5), (4, 5, 5), (5, 6, 5), (6, 7, 7), (0, 9, 5), (5.5, 6.5, None), (8, 9, None),
     (0, 4, None)],
)  # fmt: skip
def test_the_first_break_between_two_moments(since, until, found):
    breaks = [lost(FailureKind.CONNECT, at=at) for at in (7, 5)]
    for number, each in enumerate(breaks):
        breaks[number] = replace(each, failure=Failure(FailureKind.CONNECT, str(7 - 2 * number)))
    broke = Facts(TARGET, tuple(breaks)).broke_between(NOW + since, NOW + until)
    assert (broke and broke.message) == (None if found is None else str(found))


def test_a_large_body_may_be_cut_off_by_right_and_a_callback_that_never_was_is_a_break():
    for size, is_break in ((65536, True), (65537, False)):
        large = lost(FailureKind.RESET, call=create(TARGET, b"x" * size))
        broke = Facts(TARGET, (large,)).broke_between(NOW - 1, NOW + 1)
        assert (broke is not None) is is_break
    came = replace(callback(b"", "text/plain", at=1), failure=Failure(FailureKind.RESET, "x"))
    assert Facts(TARGET, (came,)).broke_between(NOW, NOW + 9) is None
    begun = replace(came, request=replace(came.request, method=""))
    assert Facts(TARGET, (begun,)).broke_between(NOW, NOW + 9) == begun.failure
    whole = replace(begun, failure=None)
    assert Facts(TARGET, (whole,)).broke_between(NOW, NOW + 9) is None
    after = lost(FailureKind.CONNECT, at=5)
    assert Facts(TARGET, (whole, after)).broke_between(NOW, NOW + 9) == after.failure


def test_what_may_have_been_forgotten():
    look = looked(shown(ASKED), at=9)

    def of(at, *more):
        facts = Facts(
            TARGET, (created(ASKED, shown(ASKED), at=1), *more, lost(FailureKind.TLS, at))
        )
        return facts.may_have_forgotten("j1", look)

    assert of(5) is not None
    assert of(1) is not None
    assert of(0.5) is None
    assert of(9.01) is not None
    assert of(9.5) is None
    assert of(5, created(ASKED, shown(ASKED), at=2)) is None  # which of the two?
    assert Facts(TARGET, (lost(FailureKind.TLS),)).may_have_forgotten("j1", look) is None
