"""The fixture ``picjobs_judge``: a project's own tests, judged by what they send.

One project with many tests is run once, and once more with ``--picjobs-strict``: a run of pytest
inside pytest imports everything anew.
"""

from __future__ import annotations

import re

import pytest

pytest_plugins = ("pytester",)

PROJECT = """
import http.client
import unittest
from urllib.parse import urlsplit

import pytest

from conformance.clients.adapters.plain.adapter import Client, ClientError, ServiceError


def client(judge, keys=None):
    keys = keys or judge
    return Client({
        "endpoint": {"host": judge.host, "port": judge.port},
        "credentials": {
            "secret_id": keys.secret_id,
            "secret_key": keys.secret_key,
            "token": getattr(keys, "token", None),
        },
        "bucket": judge.bucket,
        "region": judge.region,
        "timeout_s": 5,
    })


def job(judge):
    place = {"Region": judge.region, "Bucket": judge.bucket, "Object": "output/out.jpg"}
    operation = {"TemplateId": judge.template_id, "Output": place, "UserData": "a&b"}
    named = {"Tag": "PicProcess", "Input": {"Object": "in.jpg"}}
    return {**named, "Operation": operation, "QueueId": judge.queue_id}


def send_with_port(judge):
    library = client(judge)
    library.host += ":8080"
    library.create(job(judge))


def test_all_four(picjobs_judge):
    library = client(picjobs_judge)
    made = library.create(job(picjobs_judge))["jobs"][0]
    assert made["State"] == "Submitted"
    assert made["Operation"]["UserData"] == "a&b"
    assert library.describe([made["JobId"]])["jobs"] == [made]
    query = {"queueId": picjobs_judge.queue_id, "tag": "PicProcess"}
    assert library.list_jobs(query)["jobs"] == [made]
    assert library.cancel(made["JobId"]) == {}
    assert [each.n for each in picjobs_judge.requests] == [1, 2, 3, 4]
    assert picjobs_judge.findings() == ()


def test_temporary(picjobs_judge):
    client(picjobs_judge, picjobs_judge.temporary).describe(["j1"])


def test_port(picjobs_judge):
    send_with_port(picjobs_judge)
    assert [each.clause for each in picjobs_judge.findings()] == ["HTTP-02"]


def test_wrong_on_both_sides(picjobs_judge):
    send_with_port(picjobs_judge)
    raise AssertionError("its own reason")


def told(judge):
    try:
        return client(judge).create(job(judge))["jobs"][0]["State"]
    except ServiceError as error:
        return error.status, error.code
    except ClientError:
        return "client error"


def test_script(picjobs_judge):
    judge = picjobs_judge
    judge.answer(
        judge.error("SlowDown"),
        judge.error("Strange", 418),
        judge.other(502, b"<html>"),
        judge.broken_connection(),
        judge.redirect(),
        judge.success(state="Running"),
    )
    assert [told(judge) for _ in range(7)] == [
        (429, "SlowDown"),
        (418, "Strange"),
        (502, None),
        "client error",
        (307, "TemporaryRedirect"),
        "Running",
        "Running",
    ]
    judge.answer(judge.success(state="Failed"))
    assert told(judge) == "Failed"
    assert len(judge.requests) == 8


def test_typing_errors(picjobs_judge):
    picjobs_judge.expect_no_request()
    with pytest.raises(Exception, match="did you mean SlowDown"):
        picjobs_judge.error("SlowDwn")
    with pytest.raises(Exception, match="no clause that is judged here"):
        picjobs_judge.expect("RSP-01", reason="not a client's")


def test_redirect_with_credentials(picjobs_judge):
    picjobs_judge.answer(picjobs_judge.redirect())
    with pytest.raises(ServiceError):
        client(picjobs_judge).describe(["j1"])
    first = picjobs_judge.requests[0]
    place = urlsplit(first.response.headers.get("Location"))
    headers = {**dict(first.request.headers), "Host": place.netloc}
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=5)
    connection.request("GET", place.path, headers=headers)
    connection.getresponse().read()
    connection.close()
    picjobs_judge.expect("LIB-15", reason="on purpose")


def test_known(picjobs_judge):
    picjobs_judge.expect("HTTP-02", reason="mended in 2.0")
    send_with_port(picjobs_judge)


def test_mended(picjobs_judge):
    picjobs_judge.expect("HTTP-02", reason="mended in 2.0")
    client(picjobs_judge).create(job(picjobs_judge))


def test_sends_nothing(picjobs_judge):
    pass


class Unsigned(Client):
    def sign(self, method, target, headers):
        return super().sign(method, target, {"Date": headers["Date"]})


def test_should(picjobs_judge):
    library = client(picjobs_judge)
    library.__class__ = Unsigned
    library.create(job(picjobs_judge))


@pytest.mark.parametrize(
    ("method", "path", "clause"),
    [
        ("POST", "/pic_jobs/", "HTTP-01"),
        ("POST", "/pic_jobs/j1", "HTTP-11"),
        ("POST", "/jobs/j1", "HTTP-13"),
    ],
)
def test_astray(picjobs_judge, method, path, clause):
    library = client(picjobs_judge)
    body = library.write_job(job(picjobs_judge)) if clause == "HTTP-01" else b""
    with pytest.raises(ServiceError):
        library.exchange(method, path, {}, body)
    picjobs_judge.expect(clause, reason="on purpose")


def test_plain():
    pass


class TestCase(unittest.TestCase):
    def test_plain(self):
        pass
"""

FAILING = {"test_port", "test_wrong_on_both_sides", "test_mended", "test_sends_nothing"}


def run(pytester: pytest.Pytester, *options: str) -> tuple[set[str], str]:
    """The names of the tests that fail, and what pytest prints."""
    pytester.makepyfile(test_project=PROJECT)
    done = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist", *options)
    printed = done.stdout.str()
    return set(re.findall(r"^FAILED \S+::(\S+)", printed, re.MULTILINE)), printed


def test_a_project_is_judged_by_what_it_sends(pytester: pytest.Pytester) -> None:
    failed, printed = run(pytester)

    assert failed == FAILING
    assert "ERROR" not in printed
    port = printed.partition("_ test_port _")[2].partition("\n____")[0]
    for line in (
        "HTTP-02 (MUST, client library) fail: 1 of 1 times",
        "finding:   Host has a port",
        "expected:  <BucketName-APPID>.ci.<Region>.myqcloud.com",
        "observed:  examplebucket-1250000000.ci.ap-chongqing.myqcloud.com:8080",
        "$PICJOBS_ENDPOINT",
    ):
        assert line in port
    both = printed.partition("_ test_wrong_on_both_sides _")[2].partition("\n____")[0]
    assert "its own reason" in both
    assert "HTTP-02 (MUST" in both
    assert "HTTP-02 no longer fails: remove what the test expects of it (mended in 2.0)" in printed
    assert "no request reached the judging endpoint" in printed
    assert "SIG-09: host is not signed" in printed.partition("warnings summary")[2]


def test_a_broken_should_fails_when_strict(pytester: pytest.Pytester) -> None:
    failed, printed = run(pytester, "--picjobs-strict", "-k", "should or all_four")

    assert failed == {"test_should"}
    assert "SIG-09 (SHOULD, client library) fail" in printed
