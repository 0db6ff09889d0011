"""Hosts, buckets and regions of the documented form; and the target built from them."""

from __future__ import annotations

import pytest

from conformance.spec import names
from conformance.spec.target import Target

GOOD_BUCKETS = ["test-1234567890", "a-1", "my-bucket-2-125", "0-0"]
BAD_BUCKETS = ["", "test", "Test-1", "-a-1", "test-", "test_1-1", "test-1a", "te st-1", "a.b-1"]
GOOD_REGIONS = ["ap-chongqing", "na-siliconvalley", "eu-frankfurt", "ap-shanghai-fsi"]
BAD_REGIONS = ["", "chongqing", "AP-Chongqing", "ap-", "ap_chongqing", "-x", "ap-chongqing-"]


@pytest.mark.parametrize("bucket", GOOD_BUCKETS)
@pytest.mark.parametrize("region", GOOD_REGIONS)
def test_a_host_is_made_of_bucket_and_region(bucket: str, region: str) -> None:
    assert names.BUCKET.fullmatch(bucket)
    assert names.REGION.fullmatch(region)
    host = names.service_host(bucket, region)
    assert host == f"{bucket}.ci.{region}.myqcloud.com"
    match = names.HOST.fullmatch(host)
    assert match
    assert (match["bucket"], match["region"]) == (bucket, region)


@pytest.mark.parametrize("bucket", BAD_BUCKETS)
def test_what_is_no_bucket(bucket: str) -> None:
    assert names.BUCKET.fullmatch(bucket) is None
    assert names.HOST.fullmatch(names.service_host(bucket, "ap-chongqing")) is None


@pytest.mark.parametrize("region", BAD_REGIONS)
def test_what_is_no_region(region: str) -> None:
    assert names.REGION.fullmatch(region) is None
    assert names.HOST.fullmatch(names.service_host("test-1", region)) is None


@pytest.mark.parametrize(
    "host",
    [
        "test-1.ci.ap-chongqing.myqcloud.com:443",
        "test-1.cos.ap-chongqing.myqcloud.com",
        "test-1.ci.ap-chongqing.myqcloud.com.",
        "test-1.ci.ap-chongqing.myqcloud.com.evil.example",
        "x.test-1.ci.ap-chongqing.myqcloud.com",
        "test-1.ci.ap-chongqing.myqcloud.com\n",
        "127.0.0.1",
    ],
)
def test_what_is_no_documented_host(host: str) -> None:
    assert names.HOST.fullmatch(host) is None


def test_a_target_knows_its_host_and_callback_addresses() -> None:
    target = Target("test-1", "ap-chongqing", "p1", callback_base="http://127.0.0.1:1")
    assert target.host == "test-1.ci.ap-chongqing.myqcloud.com"
    assert target.callback_url("abc") == "http://127.0.0.1:1/callback/abc"
    assert "secret" not in repr(target)


def test_names_and_values_are_the_pages() -> None:
    assert (names.PIC_JOBS, names.JOBS, names.TAG) == ("/pic_jobs", "/jobs", "PicProcess")
    assert names.JOB_LEVELS == ("0", "1", "2")
    assert names.CALLBACK_FORMATS == ("JSON", "XML")
    assert names.CALLBACK_TYPES == ("Url", "TDMQ")
    assert names.MQ_REGIONS == ("sh", "bj", "gz", "cd", "hk")
    assert names.MQ_MODES == ("Topic", "Queue")
    assert names.USER_DATA_MAX == 1024


def test_drift_is_what_later_revisions_and_clients_have() -> None:
    later = {"QueueType", "CallBackKafkaConfig"}
    assert later == names.REQUEST_DRIFT
    assert later | {"Progress", "SubTag", "Workflow", "MediaInfo"} == names.RESPONSE_DRIFT


def test_a_target_by_default() -> None:
    target = Target("b-1", "ap-chongqing", "p1")
    assert (target.input_object, target.has_temporary) == ("input/deer.jpg", False)
    assert (target.job_timeout, target.callback_timeout) == (60, 15)
    assert (target.poll_first, target.poll_most) == (0.05, 1)
    assert target.paused_queue_id is target.template_id is target.callback_base is None
    assert target.disclaimed == frozenset()


@pytest.mark.parametrize("name", ["p1", " p 1 ", "\ud7ff\ue000", "~", "\U0001f600"])
def test_one_line_of_text_is_a_name(name: str) -> None:
    assert names.one_line(name) == name


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        *((value, "text that is not empty") for value in (None, 1, b"a", ["a"], "", " \t")),
        *((f"a{mark}b", "one line of text") for mark in "\r\n\0"),
        *((f"a{mark}b", "text in UTF-8") for mark in "\ud800\udc80\udfff"),
    ],
)
def test_what_is_no_name_is_told_what_it_should_be(value: object, wanted: str) -> None:
    with pytest.raises(ValueError, match=f"^{wanted}$"):
        names.one_line(value)
