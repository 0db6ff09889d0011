"""STA-11 and STA-12: PicProcessResult in each shape; RSP-01, RSP-10 and their neighbours."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from conformance.checks import response as answers
from conformance.checks.base import Level
from conformance.checks.facts import Creation, Facts
from conformance.checks.jobs import JobView
from conformance.checks.results import Shape, check_result, shape_of
from conformance.generate.edit import add, double, drop, put, rename
from conformance.scenarios.calls import cancel, create, describe, list_jobs
from conformance.spec.messages import PicProcess
from conformance.spec.times import format_http_date, format_job_time
from conformance.spec.wire import Failure, FailureKind
from conformance.spec.xml import Node, element, write_xml
from tests.checks.building import (
    NOW,
    TARGET,
    created,
    error,
    exchange,
    looked,
    request_job,
    response,
    result,
    shown,
)

ASKED = request_job()
UPLOAD = result()
WRAPPED = element("PicProcessResult", element("UploadResult", *UPLOAD.children))
SAMPLES = element(
    "PicProcessResult",
    element("ObjectName", "output/out.jpg"),
    element("OriginalInfo", element("Etag", "e"), element("ImageInfo", element("Width", "1"))),
    element("ProcessResult", element("Width", "2")),
)


@pytest.mark.parametrize(
    ("node", "shape"),
    [
        (UPLOAD, Shape.UPLOAD),
        (drop(UPLOAD, "OriginalInfo"), Shape.UPLOAD),
        (double(UPLOAD, "ProcessResults/Object"), Shape.UPLOAD),
        (drop(UPLOAD, "ProcessResults"), None),
        (drop(UPLOAD, "ProcessResults/Object"), None),
        (add(UPLOAD, "OriginalInfo", Node("Etag", "e")), None),
        (add(UPLOAD, "", Node("Colour", "red")), None),
        (WRAPPED, Shape.WRAPPED),
        (element("PicProcessResult", WRAPPED.children[0], WRAPPED.children[0]), None),
        (add(WRAPPED, "", Node("Colour", "red")), None),
        (drop(WRAPPED, "UploadResult/ProcessResults"), None),
        (add(WRAPPED, "UploadResult/OriginalInfo", Node("Etag", "e")), None),
        (SAMPLES, Shape.CALLBACK),
        (drop(SAMPLES, "ObjectName"), Shape.CALLBACK),
        (drop(SAMPLES, "OriginalInfo"), Shape.CALLBACK),
        (drop(SAMPLES, "ProcessResult"), None),
        (add(SAMPLES, "", Node("Colour", "red")), None),
        (add(SAMPLES, "OriginalInfo", Node("Key", "k")), None),
        (add(SAMPLES, "OriginalInfo", Node("Location", "l")), None),
        (add(SAMPLES, "", UPLOAD.children[1]), None),
        (add(UPLOAD, "", Node("ObjectName", "o")), None),
        (Node("PicProcessResult"), None),
    ],
)
def test_shapes(node, shape):
    assert shape_of(node) is shape


def judged(node, state="Success"):
    job = shown(ASKED, state=state, result=node).to_node()
    return list(check_result(JobView(created(ASKED, job), job, TARGET, None)))


def marks(node, state="Success"):
    return [(each.clause, str(each.mark)) for each in judged(node, state)]


@pytest.mark.parametrize("node", [UPLOAD, WRAPPED, SAMPLES])
def test_right_results(node):
    assert marks(node) == [("STA-11", "ok"), ("STA-12", "ok")]
    assert judged(node)[0].message == f"PicProcessResult has {shape_of(node)}"
    for state in ("Submitted", "Failed", "Cancel", "unheard"):
        assert marks(node, state) == []


@pytest.mark.parametrize("node", [UPLOAD, WRAPPED, SAMPLES])
@pytest.mark.parametrize("lost", ["OriginalInfo", "OriginalInfo/ImageInfo"])
def test_information_that_was_asked_for(node, lost):
    where = f"UploadResult/{lost}" if node is WRAPPED else lost

    def found(info="true", template=None):
        pic = PicProcess(info, "imageMogr2/rotate/90")
        asked = replace(ASKED, template_id=template, pic_process=pic)
        job = shown(asked, state="Success", result=drop(node, where)).to_node()
        creation = Creation(created(asked, job), asked, None)
        view = JobView(creation.exchange, job, TARGET, creation)
        return [str(e.mark) for e in check_result(view) if e.clause == "STA-11"]

    assert found() == found(" true ") == ["broken"]
    assert found("false") == found(None) == ["ok"]
    assert found(template="t1") == ["ok"]  # what the template asks for is not known
    assert marks(drop(node, where))[0] == ("STA-11", "ok")


PLACE = "Response/JobsDetail/Operation/PicProcessResult"


def test_wrong_shapes():
    (none,) = judged(None)
    assert (none.clause, none.at, none.observed) == ("STA-11", PLACE, "no PicProcessResult")
    odd = judged(drop(UPLOAD, "ProcessResults"))
    assert [(e.clause, str(e.mark)) for e in odd] == [("STA-11", "broken"), ("STA-12", "ok")]
    assert odd[0].observed == "PicProcessResult with OriginalInfo"
    assert judged(Node("PicProcessResult"))[0].observed == "PicProcessResult with nothing"
    two = judged(add(UPLOAD, "", Node("Colour", "red")))
    assert two[0].observed == "PicProcessResult with OriginalInfo, ProcessResults, Colour"


IMAGE = "OriginalInfo/ImageInfo"
OBJECT = "ProcessResults/Object"
WHOLE, POSITIVE, COLOUR = (
    "a whole number, not negative",
    "a whole number of at least 1",
    "0x and six hex digits",
)


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        *((f"{IMAGE}/Ave", each, "") for each in ("0xa18454", "0xA1845F", " 0x000000 ")),
        *(
            (f"{IMAGE}/Ave", each, COLOUR)
            for each in ("a18454", "0xa1845", "0xa184541", "0xg18454")
        ),
        *((f"{IMAGE}/Width", each, "") for each in ("1", " 640\n", "9" * 18)),
        *((f"{IMAGE}/Width", each, WHOLE) for each in ("", "-1", "1.5", "x", "9" * 19, "\u0661")),
        (f"{IMAGE}/Width", "0", POSITIVE),
        (f"{IMAGE}/Height", "0", POSITIVE),
        (f"{OBJECT}/Size", "0", POSITIVE),
        (f"{OBJECT}/Size", "00", POSITIVE),
        (f"{IMAGE}/Quality", "0", ""),
        (f"{IMAGE}/Orientation", "0", ""),
        (f"{IMAGE}/Quality", "high", WHOLE),
        (f"{IMAGE}/Orientation", "-1", WHOLE),
        (f"{IMAGE}/Format", "0", ""),
    ],
)
def test_values(path, text, rule):
    found = [each for each in judged(put(UPLOAD, path, text)) if each.clause == "STA-12"]
    assert [str(each.mark) for each in found] == ["broken" if rule else "ok"]
    assert (found[0].expected, found[0].at) == (rule, f"{PLACE}/{path}" if rule else "")
    if rule:
        assert found[0].observed == repr(text)


def test_a_number_with_nodes_in_it_is_no_leaf_and_each_wrong_leaf_is_named():
    nested = put(UPLOAD, f"{IMAGE}/Width", element("Width", element("Pixels", "x")))
    assert [e.mark for e in judged(nested) if e.clause == "STA-12"] == ["ok"]
    two = put(put(UPLOAD, f"{IMAGE}/Width", "x"), f"{OBJECT}/Size", "x")
    assert [e.mark for e in judged(two) if e.clause == "STA-12"] == ["broken"] * 2


# ---- the answer around its jobs ----

LOST = Failure(FailureKind.RESET, "reset")
JOB = shown(ASKED).to_node()
CREATE, DESCRIBE, LIST = create(TARGET, ASKED), describe(TARGET, "j1"), list_jobs(TARGET)


def checked(*exchanges):
    return list(answers.check(Facts(TARGET, exchanges)))


def answered(call, *nodes, status=200, root="Response", **headers):
    return exchange(call, response(status, write_xml(element(root, *nodes)), **headers))


def wrong(*exchanges):
    return [(e.clause, e.at, e.observed) for e in checked(*exchanges) if e.mark == "broken"]


def of(clause, *exchanges):
    return [str(each.mark) for each in checked(*exchanges) if each.clause == clause]


@pytest.mark.parametrize("call", [CREATE, DESCRIBE, LIST])
def test_a_right_answer(call):
    found = Counter((e.clause, str(e.mark)) for e in checked(answered(call, JOB)))
    assert found[("RSP-01", "ok")] == found[("RSP-10", "ok")] == 1
    assert found[("RSP-11", "ok")] == found[("RSP-31", "ok")] == (1 if call is CREATE else 0)
    assert not [mark for _, mark in found if mark == "broken"]


@pytest.mark.parametrize("call", [CREATE, DESCRIBE, LIST])
def test_status_and_root(call):
    assert wrong(answered(call, JOB, status=201)) == [("RSP-01", "", "201")]
    assert wrong(answered(call, JOB, root="Reply")) == [("RSP-10", "", "root 'Reply'")]
    namespaced = response(200, write_xml(element("Response", JOB)).replace(
        b"<Response>", b'<Response xmlns="urn:x">'))  # fmt: skip
    assert wrong(exchange(call, namespaced))[0] == (
        "RSP-10",
        "",
        "root 'Response' in namespace 'urn:x'",
    )
    assert wrong(exchange(call, response(200, b""))) == [("RSP-10", "", "the body is empty")]


def test_after_what_cannot_be_judged_the_rest_is():
    refusal = exchange(CREATE, error(400, "InvalidArgument"))
    empty, odd = exchange(CREATE, response(200, b"")), answered(CREATE, JOB, root="Reply")
    spoilt = answered(CREATE, put(JOB, "Tag", "x"))
    found = wrong(refusal, empty, odd, spoilt)
    assert [clause for clause, _, _ in found] == ["RSP-10", "RSP-10", "RSP-13"]
    assert of("RSP-11", odd) == []


def test_of_one_answer_two_hundred_jobs_are_judged():
    many = answered(LIST, *(put(JOB, "JobId", f"j{n}") for n in range(201)))
    (found,) = [each for each in checked(many) if each.clause == "RSP-13"]
    assert found.count == 200


def test_what_is_no_answer_with_a_document():
    assert checked(exchange(CREATE, error(400, "InvalidArgument"))) == []
    assert checked(replace(answered(CREATE, JOB), failure=LOST)) == []
    assert checked(answered(cancel(TARGET, "j1"), JOB)) == []
    strange = answered(DESCRIBE, JOB)
    strange = replace(strange, request=replace(strange.request, target="/other"))
    assert checked(strange) == []


def test_a_create_makes_one_job():
    none, two = answered(CREATE), answered(CREATE, JOB, put(JOB, "JobId", "j2"))
    detail = "Response/JobsDetail"
    assert wrong(none) == [("RSP-11", detail, "0 of them")]
    assert wrong(two) == [("RSP-11", detail, "2 of them")]
    assert wrong(answered(DESCRIBE)) == wrong(answered(LIST, JOB, put(JOB, "JobId", "j2"))) == []


def test_every_create_gives_another_id():
    first, second, third = (created(ASKED, shown(ASKED, id_)) for id_ in ("j1", "j1", "j2"))
    (found,) = [e for e in checked(first, second, third) if e.mark == "broken"]
    assert (found.clause, found.at) == ("RSP-12", "Response/JobsDetail/JobId")
    assert found.exchanges == (second.n, first.n)
    thrice = created(ASKED, shown(ASKED, "j1"))
    found = [e.exchanges for e in checked(first, second, thrice) if e.mark == "broken"]
    assert found == [(second.n, first.n), (thrice.n, first.n)]
    idless = [answered(CREATE, drop(JOB, "JobId")) for _ in "ab"]
    assert {clause for clause, _, _ in wrong(*idless)} == {"RSP-12"}
    assert all(
        at == "Response/JobsDetail/JobId" and seen == "absent" for _, at, seen in wrong(*idless)
    )


@pytest.mark.parametrize(
    ("apart", "mark"), [(0, "ok"), (900, "ok"), (-900, "ok"), (901, "broken"), (-901, "broken")]
)
def test_a_job_is_created_now(apart, mark):
    made = answered(CREATE, put(JOB, "CreationTime", format_job_time(NOW + apart)))
    assert of("RSP-31", made) == [mark]
    if mark == "broken":
        place = "Response/JobsDetail/CreationTime"
        assert ("RSP-31", place, format_job_time(NOW + apart)) in wrong(made)


def test_without_two_times_nothing_is_compared():
    assert of("RSP-31", answered(CREATE, JOB, Date="soon")) == []
    assert of("RSP-31", answered(CREATE, JOB, Date=None)) == []
    assert of("RSP-31", answered(CREATE, put(JOB, "CreationTime", "soon"))) == []
    assert of("RSP-31", answered(CREATE, drop(JOB, "CreationTime"))) == []
    assert of("RSP-31", answered(CREATE)) == []
    assert of("RSP-31", answered(DESCRIBE, JOB)) == []
    assert of("RSP-31", answered(CREATE, JOB, Date=format_http_date(NOW))) == ["ok"]


@pytest.mark.parametrize(
    ("call", "name", "level"),
    [
        (CREATE, "NonExistJobIds", None),
        (CREATE, "NextToken", None),
        (DESCRIBE, "NonExistJobIds", False),
        (DESCRIBE, "NextToken", None),
        (LIST, "NextToken", False),
        (LIST, "NonExistJobIds", None),
        (CREATE, "RequestId", Level.MAY),
        (DESCRIBE, "RequestId", Level.MAY),
        (LIST, "Colour", None),
    ],
)
def test_names_beside_the_jobs(call, name, level):
    found = [e for e in checked(answered(call, JOB, Node(name, "x"))) if e.mark == "broken"]
    if level is False:
        assert found == []
    else:
        assert [(e.clause, e.level, e.at) for e in found] == [("RSP-29", level, f"Response/{name}")]
        assert found[0].observed == name
        assert "JobsDetail" in found[0].expected


def test_a_job_that_is_shown_again_is_judged_once_and_counted():
    first = created(ASKED, shown(ASKED))
    looks = [looked(shown(ASKED), at=n) for n in (1, 2)]
    (found,) = [e for e in checked(first, *looks) if e.clause == "RSP-13"]
    assert (found.count, found.exchanges) == (3, (first.n,))
    spoilt = [looked(shown(ASKED, tag="x"), at=n, scenario=f"s{n}") for n in (1, 2)]
    found = [e for e in checked(first, *spoilt) if e.clause == "RSP-13" and e.mark == "broken"]
    assert [(e.exchanges, e.scenario) for e in found] == [
        ((each.n,), each.scenario) for each in spoilt
    ]


def test_a_result_is_judged_wherever_it_is_shown():
    odd = looked(shown(ASKED, state="Success", result=None), at=1)
    assert of("STA-11", created(ASKED, shown(ASKED)), odd) == ["broken"]


def test_a_create_answers_for_its_own_request():
    other = request_job("other")
    first, second = created(ASKED, shown(ASKED)), created(other, shown(ASKED))  # of one id
    found = {(clause, at) for clause, at, _ in wrong(first, second)}
    assert ("RSP-24", "Response/JobsDetail/Operation/UserData") in found
    shown_later = looked(shown(request_job("third")), at=1)
    assert "RSP-24" not in {clause for clause, _, _ in wrong(shown_later)}
    assert "RSP-24" in {clause for clause, _, _ in wrong(first, shown_later)}
    spoilt = shown(ASKED, user_data="x")
    one, two = replace(created(ASKED, spoilt), n=1), created(ASKED, shown(ASKED))
    look = looked(spoilt, at=1)  # at a job that either may have made
    assert [clause for clause, _, _ in wrong(one, two, look) if clause == "RSP-24"] == ["RSP-24"]
    bare = answered(CREATE, rename(JOB, "JobId", "Id"))
    assert "RSP-24" not in {clause for clause, _, _ in wrong(bare)}
