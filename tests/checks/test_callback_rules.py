"""Callbacks, rule by rule: what every combination of job, scenario and callback amounts to."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from conformance.checks.base import Mark
from conformance.checks.callbacks import check
from conformance.checks.facts import Facts
from conformance.generate.edit import add, drop, put
from conformance.scenarios.calls import refuse
from conformance.spec.messages import node_to_json
from conformance.spec.wire import Failure, FailureKind, Response
from conformance.spec.xml import Node, element, write_xml
from tests.checks.building import (
    TARGET,
    callback,
    created,
    error,
    looked,
    request_job,
    shown,
)

ADDRESS = "http://127.0.0.1:9000/callback/token"
XML = request_job(call_back=ADDRESS, call_back_format="XML")
JSON = replace(XML, call_back_format="JSON")
PLAIN = replace(XML, call_back_format=None)
SILENT = replace(XML, call_back="no")
LOST = Failure(FailureKind.RESET, "reset")


def message(asked=XML, state="Success", **changes):
    job = shown(asked, state=state, **changes).to_node()
    return element("Response", element("EventName", "TaskFinish"), job)


def as_xml(node=None, media="application/xml", at=3.0, **changes):
    return callback(write_xml(node or message(**changes)), media, at=at)


def as_json(node=None, media="application/json", at=3.0, **changes):
    body = json.dumps(node_to_json(node or message(JSON, **changes))).encode()
    return callback(body, media, at=at)


def run(asked, *came, name="xml-0", state="Success"):
    """A scenario: create, a look at the end of the job, and what came."""
    name = f"callback/{name}"
    made = created(asked, shown(asked), scenario=name)
    look = looked(shown(asked, state=state), at=5, scenario=name)
    return [made, look, *(replace(each, scenario=name) for each in came)]


def judged(*exchanges):
    return list(check(Facts(TARGET, exchanges)))


def marks(exchanges):
    return Counter((each.clause, str(each.mark)) for each in judged(*exchanges))


def broken(exchanges):
    return sorted(each.clause for each in judged(*exchanges) if each.mark is Mark.BROKEN)


def fine(*clauses):
    return Counter((clause, "ok") for clause in clauses)


# ---- one announcement that is right ----


@pytest.mark.parametrize(
    ("asked", "came", "form"),
    [
        (XML, as_xml(), ["CBK-02"]),
        (PLAIN, as_xml(), ["CBK-02"]),  # XML is the default
        (JSON, as_json(), ["CBK-03", "CBK-03"]),
        (XML, as_xml(media=" Text/XML ; charset=utf-8"), ["CBK-02"]),
        (JSON, as_json(media="application/vnd.tencent+JSON;x=y"), ["CBK-03", "CBK-03"]),
    ],
)
def test_one_announcement(asked, came, form):
    assert marks(run(asked, came)) == fine("CBK-01", "CBK-04", "CBK-05", "CBK-07", *form)


@pytest.mark.parametrize("space", [b" ", b"\n\t"])
def test_white_space_before_the_body_is_free(space):
    spaced = as_json()
    spaced = replace(spaced, request=replace(spaced.request, body=space + spaced.request.body))
    assert broken(run(JSON, spaced)) == []
    spaced = as_xml()
    spaced = replace(spaced, request=replace(spaced.request, body=space + spaced.request.body))
    assert broken(run(XML, spaced)) == []


def body(text, media="application/xml"):
    return callback(text, media, at=3.0)


AS_JSON = as_json().request.body


@pytest.mark.parametrize(
    ("asked", "came", "clause", "observed"),
    [
        (XML, as_json(), "CBK-02", "JSON with the root Response, Content-Type application/json"),
        (XML, body(AS_JSON), "CBK-02", "JSON with the root Response, Content-Type application/xml"),
        (XML, body(b" " + AS_JSON), "CBK-02",
         "JSON with the root Response, Content-Type application/xml"),
        (XML, body(b"[" + AS_JSON + b"]"), "CBK-02",
         "JSON with the root Response, Content-Type application/xml"),
        (XML, as_xml(media="application/json"), "CBK-02",
         "XML with the root Response, Content-Type application/json"),
        (XML, as_xml(media="text/plain"), "CBK-02",
         "XML with the root Response, Content-Type text/plain"),
        (XML, as_xml(media=""), "CBK-02", "XML with the root Response, Content-Type absent"),
        (XML, as_xml(replace(message(), name="CallBack")), "CBK-02",
         "XML with the root CallBack, Content-Type application/xml"),
        (XML, body(as_xml().request.body.replace(b"<Response>", b'<Response xmlns="urn:x">')),
         "CBK-02", "XML with the root Response, Content-Type application/xml"),
        (JSON, as_xml(), "CBK-03", "XML with the root Response, Content-Type application/xml"),
        (JSON, as_json(media="text/plain"), "CBK-03",
         "JSON with the root Response, Content-Type text/plain"),
    ],
)  # fmt: skip
def test_another_format_than_was_asked_for(asked, came, clause, observed):
    found = [each for each in judged(*run(asked, came)) if each.mark is Mark.BROKEN]
    assert clause in {each.clause for each in found} <= {clause, "CBK-04"}
    assert (found[0].observed, found[0].at) == (observed, "")


def test_a_callback_without_a_type():
    bare = as_xml()
    headers = bare.request.headers.without("Content-Type")
    bare = replace(bare, request=replace(bare.request, headers=headers))
    (found,) = [each for each in judged(*run(XML, bare)) if each.mark is Mark.BROKEN]
    assert found.observed == "XML with the root Response, Content-Type absent"


def test_a_job_that_should_have_been_refused_owes_no_format_and_no_address():
    made, *others = run(SILENT, as_json(message(SILENT)))
    refused = replace(made, expect=refuse("REQ-21"))
    assert broken([refused, *others]) == []


def test_bodies_that_cannot_be_read_are_judged_by_the_address_that_they_came_to():
    for asked, clause in ((XML, "CBK-02"), (JSON, "CBK-03"), (PLAIN, "CBK-02")):
        for text in (b"", b"{", b"<Response>", b"[1", b"\xff"):
            assert broken(run(asked, body(text))) == [clause]
    nobodys = replace(body(b"{"), scenario="callback/elsewhere")
    assert marks([nobodys]) == Counter()


def test_a_stranger_is_judged_by_its_address_too():
    stranger = as_json(put(message(JSON), "JobsDetail/JobId", "j9"))
    assert broken(run(XML, stranger)) == ["CBK-02", "CBK-05"]
    assert broken([stranger]) == []


@pytest.mark.parametrize(
    "jobs",
    [{}, [], None, "j1", {"JobId": "j1"}],
)
def test_the_array_of_jobs(jobs):
    said = {"EventName": "TaskFinish", "JobsDetail": jobs}
    found = run(JSON, body(json.dumps(said).encode(), "application/json"))
    assert "CBK-03" in broken(found)
    del said["JobsDetail"]
    found = run(JSON, body(json.dumps(said).encode(), "application/json"))
    assert "CBK-03" in broken(found)


def test_a_json_array_is_no_json_object():
    assert "CBK-03" in broken(run(JSON, body(b"[" + AS_JSON + b"]", "application/json")))


@pytest.mark.parametrize("event", [None, "", "JobFinish", "TaskFinish "])
def test_event_name(event):
    node = drop(message(), "EventName")
    node = node if event is None else add(node, "", Node("EventName", event))
    (found,) = [each for each in judged(*run(XML, as_xml(node))) if each.mark is Mark.BROKEN]
    assert (found.clause, found.at) == ("CBK-04", "Response/EventName")
    assert found.observed == ("absent" if event is None else repr(event))


@pytest.mark.parametrize("method", ["GET", "PUT", "post"])
def test_method(method):
    came = as_xml()
    came = replace(came, request=replace(came.request, method=method))
    assert broken(run(XML, came)) == ["CBK-01"]


@pytest.mark.parametrize(
    ("target", "right"),
    [
        ("/callback/token", True),
        ("/callback/token/", False),
        ("/callback/token?x=1", False),
        ("/callback", False),
        ("/", False),
        ("/Callback/token", False),
    ],
)
def test_the_address(target, right):
    came = as_xml()
    came = replace(came, request=replace(came.request, target=target))
    assert broken(run(XML, came)) == ([] if right else ["CBK-01"])


@pytest.mark.parametrize(
    ("address", "target", "right"),
    [
        ("http://127.0.0.1:9000/a?b=c", "/a?b=c", True),
        ("https://127.0.0.1/a//b", "/a//b", True),
        ("http://127.0.0.1:9000", "/", True),
        ("http://127.0.0.1:9000/a?u=http://b/c", "/a?u=http://b/c", True),
        ("http://127.0.0.1:9000/a", "/b", False),
        (None, "/b", True),  # the queue's own address, which nobody here knows
        ("ftp://x/a", "/b", True),
    ],
)
def test_any_address(address, target, right):
    asked = replace(XML, call_back=address)
    came = as_xml()
    came = replace(came, request=replace(came.request, target=target))
    assert broken(run(asked, came, name="xml-0")) == ([] if right else ["CBK-01"])


# ---- what is no callback, or nobody's ----


def test_a_callback_that_never_arrived_whole_and_a_bait_are_not_judged():
    spoilt = as_xml(drop(message(), "EventName"), media="text/plain")
    assert "CBK-04" in broken(run(XML, spoilt))
    assert "CBK-04" not in broken(run(XML, replace(spoilt, failure=LOST)))
    bait = replace(spoilt, request=replace(spoilt.request, target="/callback/bait-1"))
    assert "CBK-04" not in broken(run(XML, bait))
    inside = replace(spoilt, request=replace(spoilt.request, target="/x/callback/bait-"))
    assert "CBK-04" in broken(run(XML, inside))


def test_what_stands_elsewhere_is_waited_for_by_nobody():
    elsewhere = [replace(each, scenario="callback/elsewhere") for each in run(XML, state="Success")]
    assert marks(elsewhere) == Counter()
    other = [replace(each, scenario="list/x") for each in run(XML)]
    assert marks(other) == Counter()
    assert broken([*other, as_xml()]) == []


# ---- too early ----


@pytest.mark.parametrize(
    ("state", "clauses"),
    [
        ("Success", []),
        ("Failed", []),
        ("Cancel", []),
        ("Submitted", ["CBK-07"]),
        ("Running", ["CBK-07"]),
        ("Pause", ["CBK-07"]),
        ("running", []),  # RSP-14's affair
    ],
)
def test_only_final_states_are_announced(state, clauses):
    came = as_xml(put(message(), "JobsDetail/State", state))
    found = judged(*run(XML, came))
    early = [each for each in found if each.clause == "CBK-07" and each.mark is Mark.BROKEN]
    assert ["CBK-07" for _ in early] == clauses
    assert all(each.at == "Response/JobsDetail/State" for each in early)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([("Success", 9)], "ok"),
        ([("Running", 9)], "broken"),
        ([("Success", 9), ("Running", 10)], "broken"),
        ([("Running", 9), ("Running", 10)], "broken"),
        ([("Running", 2)], None),
        ([("Running", 3.0)], "broken"),  # begins as the callback has ended
        ([("Running", 2.99)], None),
        ([("Running", 2.99), ("Success", 4)], "ok"),
        ([("running", 9)], "ok"),
    ],
)
def test_looks_after_the_callback(looks, expected):
    made = created(XML, shown(XML))
    seen = [looked(shown(XML, state=state), at=at) for state, at in looks]
    came = replace(as_xml(), scenario="callback/x")
    found = [str(e.mark) for e in judged(made, *seen, came) if e.clause == "CBK-07"]
    assert found == ([] if expected is None else [expected])


# ---- scenarios ----


REFUSED = error(400, "InvalidArgument")


def unmade(name, answer=REFUSED, failure=None):
    made = created(XML, shown(XML), scenario=f"callback/{name}")
    return [replace(made, response=answer, failure=failure)]


def unmade_with_a_look():
    return [*unmade("xml-0"), looked(shown(XML), at=5, scenario="callback/xml-0")]


NOTHING = Counter()
NO = dict.fromkeys(["no", "no-json"], "CBK-06")
PLAIN_ONES = dict.fromkeys(["xml-0", "json-1", "other-bucket"], "CBK-01")


@pytest.mark.parametrize(
    ("name", "clause"),
    [*NO.items(), *PLAIN_ONES.items(), ("retry", "CBK-09"), ("failed-xml", "CBK-08")],
)
def test_without_a_job_nothing_can_be_said(name, clause):
    mark = "unmet" if clause == "CBK-08" else "unclear"
    expected = NOTHING if name == "other-bucket" else Counter([(clause, mark)])
    assert marks(unmade(name)) == expected
    lost = unmade(name, None, LOST)
    expected = NOTHING if name == "other-bucket" else Counter([(clause, "unclear")])
    assert marks(lost) == expected
    if name != "other-bucket":
        assert [each.message for each in judged(*lost)] == ["reset"]


def test_a_paused_job_is_waited_for_by_nobody():
    assert marks(run(XML, name="paused", state="Pause")) == NOTHING
    assert broken(run(XML, name="paused", state="Success")) == []
    assert broken(run(XML, name="other-bucket")) == ["CBK-01"]


@pytest.mark.parametrize("name", NO)
def test_no_means_no(name):
    assert marks(run(SILENT, name=name)) == fine("CBK-06")
    assert marks(run(SILENT, name=name, state="Failed")) == fine("CBK-06")
    assert marks(run(SILENT, name=name, state="Running")) == NOTHING
    found = marks(run(SILENT, as_xml(message(SILENT)), name=name))
    assert found[("CBK-06", "broken")] == 1
    assert found[("CBK-06", "ok")] == 0


def test_no_is_judged_wherever_the_job_was_made():
    made = created(SILENT, shown(SILENT), scenario="list/x")
    assert broken([made, as_xml(message(SILENT))]) == ["CBK-06"]
    made = created(XML, shown(XML), scenario="list/x")
    assert broken([made, as_xml()]) == []


@pytest.mark.parametrize("name", PLAIN_ONES)
def test_never_once_and_twice(name):
    assert marks(run(XML, name=name)) == Counter([("CBK-01", "broken")])
    assert marks(run(XML, name=name, state="Failed")) == Counter([("CBK-01", "broken")])
    assert marks(run(XML, name=name, state="Running")) == Counter([("CBK-01", "unclear")])
    once = run(XML, as_xml(), name=name)
    assert marks(once)[("CBK-01", "ok")] == 1
    twice = run(XML, as_xml(), as_xml(at=4.0), name=name)
    assert broken(twice) == ["CBK-01"]
    assert marks(twice)[("CBK-01", "ok")] == 0


def test_an_announcement_of_a_job_that_never_ended_is_one_all_the_same():
    found = marks(run(XML, as_xml(), state="Running"))
    assert (found[("CBK-01", "ok")], found[("CBK-07", "broken")]) == (1, 1)


def shown_with(exchanges, clause):
    """The exchanges of what is said of a clause, by their places in the scenario."""
    numbers = [each.n for each in exchanges]
    return [
        [numbers.index(number) for number in each.exchanges]
        for each in judged(*exchanges)
        if each.clause == clause
    ]


@pytest.mark.parametrize(
    ("exchanges", "clause", "places"),
    [
        (run(XML), "CBK-01", [[0]]),
        (run(XML, as_xml()), "CBK-01", [[2]]),
        (run(XML, as_xml(), as_xml(at=4.0)), "CBK-01", [[3, 0]]),
        (run(XML, state="Running"), "CBK-01", [[0]]),
        (run(SILENT, name="no"), "CBK-06", [[0]]),
        (run(SILENT, as_xml(message(SILENT)), name="no"), "CBK-06", [[2, 0]]),
        (run(XML, as_xml(state="Running")), "CBK-07", [[2]]),
        (run(XML, as_xml(at=3.0), state="Running"), "CBK-07", [[2, 1]]),
        (run(XML, name="failed-xml", state="Failed"), "CBK-08", [[0]]),
        (run(XML, name="failed-xml"), "CBK-08", [[0]]),
        (run(XML, as_xml(state="Failed"), name="failed-xml", state="Failed"), "CBK-08", [[2]]),
        (unmade_with_a_look(), "CBK-01", [[0]]),
        (run(XML, as_xml(put(message(), "JobsDetail/JobId", "j9"))), "CBK-05", [[2, 0]]),
    ],
)
def test_a_finding_comes_with_its_exchanges(exchanges, clause, places):
    assert shown_with(exchanges, clause) == places


def test_the_place_of_what_came_too_early():
    found = judged(*run(XML, as_xml(), state="Running"))
    (early,) = [each for each in found if each.clause == "CBK-07"]
    assert early.at == "Response/JobsDetail/State"


def test_the_second_of_two_is_the_one_too_many():
    first, second = as_xml(), as_xml(at=4.0)
    (found,) = [e for e in judged(*run(XML, first, second)) if e.mark is Mark.BROKEN]
    assert found.exchanges[0] == second.n
    assert found.observed == "2 of them"


def test_a_callback_counts_where_it_names_the_job_and_where_it_came():
    unnamed = body(b"<Response/>")
    assert "CBK-01" not in broken(run(XML, unnamed))
    elsewhere = replace(as_xml(), scenario="callback/elsewhere")
    assert broken([*run(XML), elsewhere]) == []
    assert broken([*run(XML, as_xml(at=2.0)), elsewhere]) == ["CBK-01"]


def answered(status, at=3.0):
    return replace(as_xml(at=at), response=None if status is None else Response(status))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([503, 200], {"CBK-01": "ok", "CBK-09": "ok"}),
        ([503, 503, 200], {"CBK-01": "ok", "CBK-09": "ok"}),
        ([503, 503], {"CBK-01": "ok", "CBK-09": "ok"}),
        ([None, 200], {"CBK-01": "ok", "CBK-09": "ok"}),
        ([503], {"CBK-01": "ok", "CBK-09": "broken"}),
        ([503, 200, 200], {"CBK-01": "broken", "CBK-09": "ok"}),
        ([299, 200], {"CBK-01": "broken"}),
        ([300], {"CBK-01": "ok"}),
        ([300, 200], {"CBK-01": "ok", "CBK-09": "ok"}),
        ([], {"CBK-01": "broken"}),
    ],
)
def test_retries(statuses, expected):
    came = [answered(status, 3.0 + n / 10) for n, status in enumerate(statuses)]
    found = judged(*run(XML, *came, name="retry"))
    assert {
        each.clause: str(each.mark) for each in found if each.clause in ("CBK-01", "CBK-09")
    } == expected


@pytest.mark.parametrize(
    ("state", "came", "mark"),
    [
        ("Failed", as_xml(state="Failed"), "ok"),
        ("Failed", None, "broken"),
        ("Success", None, "unmet"),
        ("Running", None, "unmet"),
        ("Failed", as_xml(state="Failed", code=None), "broken"),
        ("Failed", as_xml(state="Failed", code=" "), "broken"),
        ("Failed", as_xml(state="Failed", message=""), "broken"),
        ("Failed", as_xml(state="Success"), "broken"),
        ("Failed", as_xml(put(message(state="Failed"), "JobsDetail/State", "Success")), "broken"),
        ("Success", as_xml(state="Failed"), "unmet"),  # CBK-05 tells of the difference
        ("Success", as_xml(state="Success"), "unmet"),  # STA-10 tells of a job that should fail
        ("Failed", body(b"<Response/>"), "broken"),
    ],
)
def test_failed_jobs(state, came, mark):
    exchanges = run(XML, *([came] if came else []), name="failed-xml", state=state)
    found = [e for e in judged(*exchanges) if e.clause in ("CBK-08", "CBK-01")]
    once = [("CBK-01", "ok")] if came else []
    assert [(each.clause, str(each.mark)) for each in found] == [("CBK-08", mark), *once]


def test_a_failed_job_is_announced_once_and_tried_again():
    failed = as_xml(state="Failed"), as_xml(state="Failed", at=4.0)
    refusing = [replace(failed[0], response=Response(503)), failed[1]]

    def found(*came):
        return broken(run(XML, *came, name="failed-json", state="Failed"))

    assert found(failed[0]) == found(*refusing) == []
    assert found(*failed) == ["CBK-01"]
    assert found(refusing[0]) == ["CBK-09"]


@pytest.mark.parametrize("form", [as_xml, as_json])
def test_a_callback_shows_its_job_once(form):
    asked = JSON if form is as_json else XML
    detail = message(asked).children[1]
    two = form(add(message(asked), "", detail))
    assert broken(run(asked, two)) == ["CBK-05"]


@pytest.mark.parametrize(
    ("path", "value", "right"),
    [
        ("JobLevel", "0", True),
        ("JobLevel", 0, False),
        ("JobLevel", 1.5, False),
        ("JobLevel", True, False),
        ("UserData", None, True),  # as absent
        ("Progress", 100, True),  # E9
    ],
)
def test_leaves_of_json_are_strings(path, value, right):
    held = node_to_json(message(JSON))
    held["JobsDetail"][0]["Operation"][path] = value
    came = callback(json.dumps(held).encode(), "application/json", at=3)
    found = [e for e in judged(*run(JSON, came)) if e.clause == "CBK-03" and e.mark == "broken"]
    assert [e.observed for e in found] == ([] if right else [f'"{path}": {json.dumps(value)}'])


@pytest.mark.parametrize(
    ("created_as", "said", "mark"),
    [
        ("unheard", "Success", "unmet"),
        ("unheard", "Failed", "ok"),
        ("Submitted", "Failed", "ok"),
        ("Submitted", "Success", "broken"),
    ],
)
def test_where_nobody_looked_the_announcement_says_how_a_job_ended(created_as, said, mark):
    name = "callback/failed-xml"
    made = created(XML, shown(XML, state=created_as), scenario=name)
    came = replace(as_xml(state=said), scenario=name)
    found = [each for each in judged(made, came) if each.clause == "CBK-08"]
    assert [str(each.mark) for each in found] == [mark]


def test_the_first_announcement_that_has_a_job_counts():
    empty = body(b"<Response/>")
    assert marks(run(XML, empty, as_xml(state="Failed"), name="failed-xml", state="Failed"))[
        ("CBK-08", "ok")
    ]


def broke_at(at):
    """A break of the network somewhere else in the run."""
    gone = Failure(FailureKind.CONNECT, "refused")
    return replace(looked(shown(XML), at=at, scenario="x"), response=None, failure=gone)


@pytest.mark.parametrize(
    ("exchanges", "clause", "mark"),
    [
        ([*run(XML), broke_at(3)], "CBK-01", "unclear"),
        ([*run(XML), broke_at(9)], "CBK-01", "broken"),
        ([*run(XML), broke_at(-1)], "CBK-01", "broken"),
        ([*run(XML, as_xml()), broke_at(3)], "CBK-01", "ok"),
        ([*run(XML, as_xml(), as_xml(at=4.0)), broke_at(3)], "CBK-01", "unclear"),
        (run(XML, as_xml(), replace(as_xml(at=4.0), failure=LOST)), "CBK-01", "unclear"),
        (run(XML, replace(as_xml(), failure=LOST)), "CBK-01", "ok"),
        ([*run(XML, name="failed-xml", state="Failed"), broke_at(3)], "CBK-08", "unclear"),
        ([*run(XML, name="failed-xml", state="Failed"), broke_at(9)], "CBK-08", "broken"),
    ],
)
def test_callbacks_may_have_been_lost(exchanges, clause, mark):
    (found,) = [each for each in judged(*exchanges) if each.clause == clause]
    assert str(found.mark) == mark
    if mark == "unclear":
        reason = "reset" if exchanges[-1].failure is LOST else "refused"
        assert found.message == f"callbacks may have been lost: {reason}"
        assert found.expected == found.observed == ""


def test_another_job_at_the_address():
    other = as_xml(put(message(), "JobsDetail/JobId", "j9"))
    found = [each for each in judged(*run(XML, other)) if each.mark is Mark.BROKEN]
    assert [(each.clause, each.at) for each in found] == [("CBK-05", "Response/JobsDetail/JobId")]
    assert (found[0].expected, found[0].observed) == ("j1", "j9")
    both = add(message(), "", put(message(), "JobsDetail/JobId", "j9").first("JobsDetail"))
    assert broken(run(XML, as_xml(both))) == []
