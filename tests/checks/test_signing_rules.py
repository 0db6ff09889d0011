"""SIG on cancels: refused and yet carried out, or well signed and refused for the signature."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.facts import Facts
from conformance.checks.signing import check
from conformance.scenarios.calls import accept, cancel, describe, either, refuse
from conformance.spec.wire import Failure, FailureKind
from tests.checks.building import (
    TARGET,
    created,
    error,
    exchange,
    looked,
    request_job,
    response,
    shown,
)

ASKED = request_job()
LOST = Failure(FailureKind.RESET, "reset")
DONE = response(200, b"")
FORBIDDEN = error(403, "AccessDenied")


def attempt(expect, answer, failure=None, at=1.0):
    return exchange(cancel(TARGET, "j1", expect=expect), answer, failure=failure, at=at)


def look(state, at=2.0, number=1, step="look"):
    return looked(shown(ASKED, f"j{number}", state), at=at, step=step)


def judged(*exchanges, name="signing/cancel/tampered"):
    made = [created(ASKED, shown(ASKED)), *exchanges]
    named = [replace(each, scenario=name) for each in made]
    return list(check(Facts(TARGET, tuple(named))))


def marks(*exchanges, **changes):
    return [(each.clause, str(each.mark)) for each in judged(*exchanges, **changes)]


BAD = refuse("SIG-20", "SIG-21", note="another key")
GOOD = accept("SIG-45", note="a token")


@pytest.mark.parametrize(
    ("answer", "state", "broken"),
    [
        (FORBIDDEN, "Cancel", True),
        (FORBIDDEN, "Submitted", False),
        (FORBIDDEN, "Success", False),
        (DONE, "Cancel", False),  # accepted: ``outcome`` says so
        (None, "Cancel", False),
    ],
)
def test_a_refused_cancel_changes_nothing(answer, state, broken):
    bad = attempt(BAD, answer)
    found = judged(bad, look(state))
    assert [(each.clause, str(each.mark)) for each in found] == (
        [("SIG-20", "broken"), ("SIG-21", "broken")] if broken else []
    )
    for each in found:
        assert each.at == "Response/JobsDetail/State"
        assert each.exchanges[0] == bad.n
        assert each.message.endswith(": another key")
        assert each.observed == "Cancel"


def test_what_counts_as_a_look():
    assert marks(attempt(BAD, FORBIDDEN), look("Cancel", step="poll")) == []
    assert marks(look("Cancel"), attempt(BAD, FORBIDDEN)) == []
    unexpected = replace(attempt(BAD, FORBIDDEN), expect=None)
    assert marks(unexpected, look("Cancel")) == []
    assert marks(attempt(BAD, FORBIDDEN), look("Cancel"), name="query/cancel-waiting") == []
    again = created(ASKED, shown(ASKED, "j2"))
    assert marks(attempt(BAD, FORBIDDEN), again, look("Cancel", number=2)) == []
    second = [again, attempt(BAD, FORBIDDEN), look("Cancel", number=2)]
    assert len(marks(attempt(BAD, FORBIDDEN), *second)) == 2
    jobless = replace(again, response=FORBIDDEN)
    assert marks(jobless, attempt(BAD, FORBIDDEN), look("Cancel")) == []


TELLING = ("InvalidAuthorization", "MissingAuthorization", "SecretidNotExist", "SignatureExpired")
ENDED = error(404, "AuditingJobNotFound")


@pytest.mark.parametrize(
    ("answer", "state", "mark"),
    [
        (DONE, None, "ok"),
        (DONE, "Submitted", "ok"),
        *((error(400, code), None, "broken") for code in TELLING),
        *((error(400, code), "Success", "broken") for code in TELLING),
        # AccessDenied may be said of a job that does not wait any more
        (FORBIDDEN, None, "unmet"),
        (FORBIDDEN, "Success", "unmet"),
        (FORBIDDEN, "unheard", "unmet"),
        (FORBIDDEN, "Submitted", "broken"),
        (FORBIDDEN, "Pause", "broken"),
        (error(400, "AccessDenied"), "Submitted", "broken"),
        (error(401, "InvalidArgument"), "Submitted", "broken"),
        (error(403, "InvalidArgument"), "Submitted", "broken"),
        (error(400, "InvalidArgument"), "Submitted", "unmet"),
        (ENDED, None, "unmet"),
    ],
)
def test_a_good_cancel(answer, state, mark):
    good = attempt(GOOD, answer)
    (found,) = judged(good, *([look(state)] if state else []))
    assert (found.clause, str(found.mark), found.exchanges) == ("SIG-45", mark, (good.n,))
    if mark == "broken":
        assert found.message.endswith(": a token")
        assert found.observed.startswith(str(answer.status))


def test_only_the_look_that_follows_tells_of_a_good_cancel():
    good = attempt(GOOD, FORBIDDEN)
    assert marks(good, look("Submitted", step="poll")) == [("SIG-45", "unmet")]
    assert marks(look("Submitted"), good) == [("SIG-45", "unmet")]
    assert marks(good, look("Success"), look("Submitted")) == [("SIG-45", "unmet")]


# ---- describes of ids that nobody has ----


def described(answer, expect=None, step="no-such-job-odd", failure=None):
    call = describe(TARGET, "x", step=step, expect=expect or either("SIG-24", note="a space"))
    return exchange(call, answer, failure=failure)


def of_describes(odd, plain=ENDED, failure=None, name="signing/describe/odd"):
    first = described(plain, step="no-such-job", failure=failure)
    found = [replace(each, scenario=name) for each in (first, odd)]
    return list(check(Facts(TARGET, tuple(found))))


@pytest.mark.parametrize(
    ("odd", "plain", "mark"),
    [
        (ENDED, ENDED, "ok"),
        (DONE, ENDED, "ok"),
        (FORBIDDEN, ENDED, "broken"),
        (FORBIDDEN, FORBIDDEN, "ok"),
        (error(400, "AccessDenied"), ENDED, "broken"),
        (error(401, "InvalidArgument"), ENDED, "broken"),
        (error(403, "InvalidArgument"), ENDED, "broken"),
        (error(400, "InvalidArgument"), ENDED, "ok"),
        *((error(400, code), ENDED, "broken") for code in TELLING),
    ],
)
def test_an_unknown_id_in_an_odd_path(odd, plain, mark):
    (found,) = of_describes(described(odd), plain)
    assert (found.clause, str(found.mark)) == ("SIG-24", mark)
    if mark == "broken":
        assert len(found.exchanges) == 2
        assert found.message.endswith(": a space")
        assert found.observed.startswith(str(odd.status))


def test_which_describes_are_compared():
    assert of_describes(described(FORBIDDEN), failure=LOST) == []
    assert of_describes(described(FORBIDDEN, failure=LOST)) == []
    assert of_describes(replace(described(FORBIDDEN), expect=None)) == []
    assert of_describes(described(FORBIDDEN, step="other")) == []
    assert of_describes(described(FORBIDDEN), name="query/x") == []
    alone = replace(described(FORBIDDEN), scenario="signing/describe/odd")
    assert list(check(Facts(TARGET, (alone,)))) == []
    both = of_describes(described(FORBIDDEN, either("SIG-24", "SIG-25")))
    assert [each.clause for each in both] == ["SIG-24", "SIG-25"]


def test_the_network_says_nothing_of_a_good_cancel():
    assert marks(attempt(GOOD, None, LOST)) == []
    assert marks(attempt(GOOD, DONE, LOST)) == []
    assert marks(replace(attempt(GOOD, DONE), expect=None)) == []
    assert marks(attempt(GOOD, FORBIDDEN), look("Cancel")) == [("SIG-45", "unmet")]
    both = accept("SIG-44", "SIG-45")
    assert marks(attempt(both, DONE)) == [("SIG-44", "ok"), ("SIG-45", "ok")]
