"""Callbacks: format, content, number, and silence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.checks.base import Mark
from conformance.spec.messages import Callback, node_to_json
from conformance.spec.wire import Response
from conformance.spec.xml import element, write_xml
from tests.checks.building import (
    broken,
    callback,
    created,
    held,
    looked,
    outcomes,
    request_job,
    shown,
)

XML = request_job(call_back="http://127.0.0.1:9000/callback/token", call_back_format="XML")
JSON = replace(XML, call_back_format="JSON")


def as_xml(job, **changes):
    return write_xml(replace(Callback("TaskFinish", (job,)), **changes).to_node())


def as_json(job, **changes):
    node = replace(Callback("TaskFinish", (job,)), **changes).to_node()
    return json.dumps(node_to_json(node)).encode()


def run(asked, *came, name="callback/xml-0", state="Success"):
    first = created(asked, shown(asked), scenario=name)
    look = looked(shown(asked, state=state), at=5, scenario=name)
    return outcomes(first, look, *(replace(each, scenario=name) for each in came))


def xml(job=None, *, at=3.0, media="application/xml", **changes):
    return callback(as_xml(job or shown(XML, state="Success"), **changes), media, at=at)


def in_json(job=None, *, at=3.0, media="application/json", **changes):
    return callback(as_json(job or shown(JSON, state="Success"), **changes), media, at=at)


def test_an_announcement_breaks_nothing():
    found = run(XML, xml())
    assert broken(found) == set()
    assert {"CBK-01", "CBK-02", "CBK-04", "CBK-05", "CBK-07"} <= held(found)
    found = run(JSON, in_json())
    assert broken(found) == set()
    assert {"CBK-01", "CBK-03", "CBK-04", "CBK-05", "CBK-07"} <= held(found)


@pytest.mark.parametrize("media", ["text/xml", "application/xml; charset=utf-8", "Text/XML"])
def test_media_types_of_xml(media):
    assert broken(run(XML, xml(media=media))) == set()


def test_formats_that_were_not_asked_for():
    assert broken(run(XML, in_json())) == {"CBK-02"}
    assert broken(run(JSON, xml())) == {"CBK-03"}
    assert broken(run(XML, xml(media="application/json"))) == {"CBK-02"}
    assert broken(run(JSON, in_json(media="text/plain"))) == {"CBK-03"}


def test_the_array_of_jobs():
    body = json.loads(as_json(shown(JSON, state="Success")))
    body["JobsDetail"] = body["JobsDetail"][0]
    one = callback(json.dumps(body).encode(), "application/json", at=3)
    assert broken(run(JSON, one)) == {"CBK-03"}


def test_event_name():
    assert broken(run(XML, xml(event_name="JobFinish"))) == {"CBK-04"}
    assert broken(run(XML, xml(event_name=None))) == {"CBK-04"}


@pytest.mark.parametrize(
    "change",
    [{"user_data": "other"}, {"queue_id": "p0"}, {"end_time": "2022-07-18T15:16:43+0800"}],
)
def test_another_job_than_describe_shows(change):
    assert broken(run(XML, xml(shown(XML, state="Success", **change)))) == {"CBK-05"}


def test_what_may_differ_from_describe():
    for change in ({"code": None, "message": None}, {"job_level": None}):
        assert broken(run(XML, xml(shown(XML, state="Success", **change)))) == set()


def test_result_in_the_shape_of_the_samples():
    other = element(
        "PicProcessResult",
        element("ObjectName", "output/out.jpg"),
        element(
            "OriginalInfo", element("Etag", "e"), element("ImageInfo", element("Width", "640"))
        ),
        element("ProcessResult", element("Etag", "e"), element("Width", "480")),
    )
    assert broken(run(XML, xml(shown(XML, state="Success", result=other)))) == set()
    wrong = element(
        "PicProcessResult",
        element("ObjectName", "output/out.jpg"),
        element("ProcessResult", element("Width", "481")),
    )
    assert broken(run(XML, xml(shown(XML, state="Success", result=wrong)))) == {"CBK-05"}


def test_never_and_twice():
    assert broken(run(XML)) == {"CBK-01"}
    assert broken(run(XML, xml(), xml(at=4.0))) == {"CBK-01"}


def test_method():
    get = xml()
    get = replace(get, request=replace(get.request, method="PUT"))
    assert broken(run(XML, get)) == {"CBK-01"}


def test_too_early():
    early = xml(shown(XML, state="Running"))
    assert "CBK-07" in broken(run(XML, early))
    first = created(XML, shown(XML), scenario="callback/xml-0")
    running = looked(shown(XML, state="Running"), at=4, scenario="callback/xml-0")
    done = looked(shown(XML, state="Success"), at=5, scenario="callback/xml-0")
    assert "CBK-07" in broken(outcomes(first, running, done, xml()))


def test_silence_for_no():
    silent = replace(XML, call_back="no")
    assert "CBK-06" in held(run(silent, name="callback/no"))
    found = run(silent, xml(shown(silent, state="Success")), name="callback/no")
    assert "CBK-06" in broken(found)


def test_failed_jobs():
    failed = shown(XML, state="Failed")
    name = "callback/failed-xml"
    assert "CBK-08" in held(run(XML, xml(failed), name=name, state="Failed"))
    assert broken(run(XML, name=name, state="Failed")) == {"CBK-08"}
    silent = replace(failed, code=None)
    assert "CBK-08" in broken(run(XML, xml(silent), name=name, state="Failed"))
    succeeded = [e.mark for e in run(XML, name=name) if e.clause == "CBK-08"]
    assert succeeded == [Mark.UNMET]
    announced = [e.mark for e in run(XML, xml(), name=name) if e.clause == "CBK-08"]
    assert announced == [Mark.UNMET]


def test_a_level_is_the_request_s_whether_describe_shows_it_or_not():
    first = created(XML, shown(XML), scenario="callback/xml-0")
    mute = looked(shown(XML, state="Success", job_level=None), at=5, scenario="callback/xml-0")
    for level, wrong in (("1", set()), (None, set()), ("0", {"CBK-05"})):
        told = xml(shown(XML, state="Success", job_level=level))
        assert broken(outcomes(first, mute, told)) == wrong


def test_retries():
    refused = replace(xml(), response=Response(503))
    name = "callback/retry"
    assert "CBK-09" in held(run(XML, refused, xml(at=4.0), name=name))
    assert broken(run(XML, refused, name=name)) == {"CBK-09"}
    thrice = run(XML, refused, xml(at=4.0), xml(at=4.5), name=name)
    assert broken(thrice) == {"CBK-01"}


def test_a_body_that_cannot_be_read():
    garbage = callback(b"<Response><JobsDetail>", "application/xml", at=3)
    assert "CBK-02" in broken(run(XML, garbage))
    garbage = callback(b'{"JobsDetail": [', "application/json", at=3)
    assert "CBK-03" in broken(run(JSON, garbage))
