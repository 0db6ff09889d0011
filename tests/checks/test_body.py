"""REQ-37, REQ-43 and REQ-44: keys that come back, bodies that are answered, entities left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.base import Mark
from conformance.checks.body import check
from conformance.checks.facts import Facts
from conformance.generate.edit import drop, put
from conformance.scenarios.calls import accept, create, either, refuse
from conformance.spec.wire import Failure, FailureKind
from conformance.spec.xml import element, write_xml
from tests.checks.building import (
    TARGET,
    callback,
    error,
    exchange,
    looked_at,
    request_job,
    response,
    shown,
)

ASKED = request_job(input_object="input/a+b.jpg")
LOST = Failure(FailureKind.RESET, "the connection was reset")


def judged(*exchanges):
    return list(check(Facts(TARGET, exchanges)))


def marks(*exchanges):
    return [(each.clause, str(each.mark)) for each in judged(*exchanges)]


def places(*exchanges):
    return {each.at for each in judged(*exchanges) if each.mark is Mark.BROKEN}


# ---- keys ----


def keyed(job, body=ASKED, expect=None):
    call = create(TARGET, body, expect=expect or accept("REQ-37"))
    return exchange(call, response(200, write_xml(element("Response", job))))


JOB = shown(ASKED).to_node()


def test_keys_that_come_back():
    assert marks(keyed(JOB)) == [("REQ-37", "ok")] * 2


@pytest.mark.parametrize("path", ["Operation/Output/Object", "Input/Object"])
def test_keys_that_do_not(path):
    for job in (put(JOB, path, "input/a b.jpg"), drop(JOB, path), put(JOB, path, "")):
        assert sorted(marks(keyed(job))) == [("REQ-37", "broken"), ("REQ-37", "ok")]
        assert places(keyed(job)) == {f"Response/JobsDetail/{path}"}


def named_input(name, answer, expect=None, scenario="body/open/input-non-ascii"):
    asked = request_job(input_object=name)
    answer = answer or response(200, write_xml(element("Response", shown(asked).to_node())))
    call = create(TARGET, asked, expect=expect or either("REQ-37"))
    return exchange(call, answer, scenario=scenario)


def plain_input(answer=None):
    return named_input("input/none.jpg", answer, either("STA-10"), "life/missing-input")


def test_an_input_is_not_refused_for_its_name():
    refusal = error(400, "InvalidArgument")
    named = named_input("input/\u56fe.jpg", refusal)
    (found,) = judged(plain_input(), named)
    assert (found.clause, found.mark, found.observed) == (
        "REQ-37",
        Mark.BROKEN,
        "400 InvalidArgument",
    )


@pytest.mark.parametrize(
    "exchanges",
    [
        [named_input("input/\u56fe.jpg", error(400, "InvalidArgument"))],
        [plain_input(error(404, "NoSuchKey")), named_input("\u56fe", error(404, "NoSuchKey"))],
        [plain_input(), named_input("\u56fe", error(429, "RequestTooFrequent"))],
        [plain_input(), named_input("\u56fe", error(403, "AccessDenied"))],
        *([plain_input(), named_input("\u56fe", error(status, "X"))] for status in (401, 408, 500)),
        [plain_input(), replace(named_input("\u56fe", error(400, "X")), failure=LOST)],
        [plain_input(), named_input(" x ", error(400, "InvalidArgument"), either())],
        [plain_input(), named_input("\u56fe", error(400, "InvalidArgument"), scenario="life/x")],
    ],
)
def test_where_a_refused_input_tells_nothing(exchanges):
    assert judged(*exchanges) == []


def test_keys_are_judged_where_a_readable_request_made_a_job():
    assert judged(keyed(JOB, expect=accept("REQ-30"))) == []
    assert judged(keyed(JOB, body=b"<Request>")) == []
    assert judged(keyed(JOB, body=replace(ASKED, output=None))) == []
    assert judged(keyed(drop(JOB, "JobId"))) == []
    call = create(TARGET, ASKED, expect=accept("REQ-37"))
    assert judged(exchange(call, error(400, "InvalidArgument"))) == []
    assert judged(exchange(replace(call, expect=None), error(400, "InvalidArgument"))) == []


# ---- entities ----


def hostile(entity, value="&e;"):
    return f"""<!DOCTYPE Request [{entity}]>
<Request><Operation><UserData>{value}</UserData></Operation></Request>""".encode()


INNER = hostile('<!ENTITY e "EXPANDED-HERE">')
FILE = hostile("<!ENTITY e SYSTEM 'file:///etc/passwd'>")
PARAMETER = hostile('<!ENTITY % p "INSIDE-OUT">')


def entity(answer, body=INNER, **changes):
    return exchange(create(TARGET, body, expect=either("REQ-44")), answer, **changes)


def accepted(text, **changes):
    return response(200, write_xml(element("Response", put(JOB, "Operation/UserData", text))))


@pytest.mark.parametrize(
    ("body", "text", "broken"),
    [
        (INNER, "", False),
        (INNER, "EXPANDED-HERE", True),
        (INNER, "before EXPANDED-HERE after", True),
        (INNER, "expanded-here", False),
        (PARAMETER, "INSIDE-OUT", True),
        (hostile("<!ENTITY e.x-1  'QUOTED'>"), "QUOTED", True),
        (hostile('<!ENTITY a "A"><!ENTITY e "&a;&a;">'), "&a;&a;", False),
        (hostile('<!ENTITY e "50%">'), "50%", False),
        (hostile('<!ENTITY e "">'), "anything", False),
        (hostile('<!ENTITY a ""><!ENTITY e "EXPANDED">'), "EXPANDED", True),
        (hostile('<!ENTITY e "café">'), "café", True),
        (hostile('<!ENTITY e "not a file: at all">'), "not a file: at all", True),
        (FILE, "file:///etc/passwd", False),
        (FILE, "root:x:0:0:root:/root:/bin/sh", True),
        (FILE, "daemon:x:1:1", False),
        (FILE, "[fonts]", True),
        (FILE, "fonts", False),
        (hostile('<!ENTITY e SYSTEM "http://127.0.0.1:9/x">'), "http://127.0.0.1:9/x", False),
        (hostile('<!ENTITY e SYSTEM "https://127.0.0.1:9/x">'), "https://127.0.0.1:9/x", False),
        (b'<!ENTITY e "FAR">'.rjust(65537), "FAR", True),
        (b'<!ENTITY e "FAR">'.rjust(65538), "FAR", False),
    ],
)
def test_an_entity_must_not_be_resolved(body, text, broken):
    expected = "broken" if broken else "ok"
    assert marks(entity(accepted(text), body)) == [("REQ-44", expected)]


def test_an_undecodable_entity_does_no_harm():
    body = INNER.replace(b"EXPANDED", b"\xff\xfe")
    assert marks(entity(accepted("x"), body)) == [("REQ-44", "ok")]


def test_an_entity_may_show_later_or_elsewhere():
    made = entity(accepted(""))
    later = looked_at(put(JOB, "Input/Object", "EXPANDED-HERE"), at=1)
    assert marks(made, later) == [("REQ-44", "broken")]
    assert marks(made, looked_at(JOB, at=1)) == [("REQ-44", "ok")]
    other = looked_at(put(put(JOB, "JobId", "j2"), "Input/Object", "EXPANDED-HERE"), at=1)
    assert marks(made, other) == [("REQ-44", "ok")]


def test_refused_is_right_and_the_network_says_nothing():
    assert marks(entity(error(400, "InvalidContent", message="EXPANDED-HERE"))) == [
        ("REQ-44", "ok")
    ]
    assert marks(entity(response(200, b"<Response/>"))) == [("REQ-44", "ok")]
    for lost in (entity(None), entity(None, failure=LOST), entity(accepted(""), failure=LOST)):
        assert marks(lost) == [("REQ-44", "unclear")]
    (outcome,) = judged(entity(None, failure=LOST))
    assert outcome.message == LOST.message


def test_nobody_asks_for_the_bait():
    def asked(path):
        came = callback(b"", "text/plain", at=3)
        return replace(came, request=replace(came.request, target=path))

    assert marks(asked("/callback/bait-1")) == [("REQ-44", "broken")]
    assert marks(asked("/callback/bait-1?x=1")) == [("REQ-44", "broken")]
    assert marks(asked("/callback/token")) == marks(asked("/callback/a/callback/bait-")) == []


# ---- a large body ----


def large(*failures, clause="REQ-43"):
    call = create(TARGET, ASKED, expect=refuse(clause))
    answer = error(413, "InvalidContent")
    return [
        exchange(call, None if each else answer, failure=each, scenario="large")
        for each in failures
    ]


TIMEOUT = Failure(FailureKind.TIMEOUT, "no answer")


@pytest.mark.parametrize(
    ("failures", "broken"),
    [
        ([LOST] * 3, True),
        ([LOST] * 4, True),
        ([LOST] * 2, False),
        ([LOST, LOST, TIMEOUT], False),
        ([LOST, LOST, None], False),
        ([None] * 3, False),
        ([TIMEOUT] * 3, False),
    ],
)
def test_a_connection_that_breaks_each_time(failures, broken):
    assert marks(*large(*failures)) == ([("REQ-43", "broken")] if broken else [])


def test_only_where_the_body_was_large():
    assert marks(*large(*[LOST] * 3, clause="REQ-30")) == []
    unannounced = [replace(each, expect=None) for each in large(*[LOST] * 3)]
    assert marks(*unannounced) == []
    first = exchange(create(TARGET, ASKED), None, failure=LOST, scenario="another")
    assert marks(first, *large(*[LOST] * 3)) == [("REQ-43", "broken")]
