"""CBK-05: the job in a callback beside the job that DescribePicJob shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.checks.announced import compare
from conformance.checks.base import Mark
from conformance.checks.facts import Facts
from conformance.generate.edit import add, double, drop, empty, put, rename
from conformance.scenarios.calls import refuse
from conformance.spec.xml import Node, element
from tests.checks.building import (
    TARGET,
    callback,
    created,
    looked_at,
    request_job,
    result,
    shown,
)

ASKED = request_job(call_back="http://127.0.0.1:9000/callback/token")
DONE = shown(ASKED, state="Success").to_node()
FAILED = shown(ASKED, state="Failed").to_node()
RESULT = "Operation/PicProcessResult"


def compared(said, *looks, asked=ASKED):
    facts = Facts(
        TARGET,
        (
            created(asked, shown(asked)),
            *(looked_at(node, at=n) for n, node in enumerate(looks, 1)),
        ),
    )
    return list(compare(facts, callback(b"", "application/xml", at=9), said))


def differs(said, *looks, asked=ASKED):
    root = "Response/JobsDetail/"
    found = [each for each in compared(said, *looks, asked=asked) if each.mark is Mark.BROKEN]
    assert all((each.clause, each.at[: len(root)]) == ("CBK-05", root) for each in found)
    assert all(len(each.exchanges) == 2 for each in found)
    return [each.at.removeprefix(root) for each in found]


def test_the_same_job_holds_once():
    (found,) = compared(DONE, DONE)
    assert (found.clause, found.mark) == ("CBK-05", Mark.OK)


LEAVES = [
    *("Code", "Message", "JobId", "State", "CreationTime", "StartTime", "EndTime", "QueueId"),
    *("Tag", "Input/BucketId", "Input/Object", "Input/Region"),
    *("Operation/Output/Region", "Operation/Output/Bucket", "Operation/Output/Object"),
    *("Operation/TemplateId", "Operation/TemplateName", "Operation/UserData"),
    "Operation/JobLevel",
]


@pytest.mark.parametrize("path", [each for each in LEAVES if each != "JobId"])
def test_every_leaf_counts(path):
    assert differs(put(DONE, path, "other"), DONE) == [path]


@pytest.mark.parametrize(
    "path",
    [each for each in LEAVES if each not in ("JobId", "Code", "Message", "Operation/JobLevel")],
)
def test_a_leaf_on_one_side_only_counts_too(path):
    assert differs(drop(DONE, path), DONE) == [path]
    if path != "State":  # without which it is no look at a job that has ended
        assert differs(DONE, drop(DONE, path)) == [path]


@pytest.mark.parametrize(
    ("said", "look", "found"),
    [
        # empty and absent are one (E16)
        (empty(DONE, "Operation/UserData"), drop(DONE, "Operation/UserData"), []),
        (drop(DONE, "Operation/UserData"), empty(DONE, "Operation/UserData"), []),
        # JobLevel may be left out of either (E4)
        (drop(DONE, "Operation/JobLevel"), DONE, []),
        (DONE, drop(DONE, "Operation/JobLevel"), []),
        # Code is absent or Success where nothing failed (E2)
        (drop(DONE, "Code"), DONE, []),
        (DONE, drop(DONE, "Code"), []),
        (empty(DONE, "Code"), DONE, []),
        (drop(FAILED, "Code"), FAILED, ["Code"]),
        (put(FAILED, "Code", "Success"), FAILED, ["Code"]),
        (put(DONE, "Code", "InternalError"), drop(DONE, "Code"), ["Code"]),
        # the bucket by either name (E1)
        (rename(DONE, "Input/BucketId", "Bucket"), DONE, []),
        (DONE, rename(DONE, "Input/BucketId", "Bucket"), []),
        (put(rename(DONE, "Input/BucketId", "Bucket"), "Input/Bucket", "b"), DONE,
         ["Input/BucketId"]),
        # later nodes, and what workflows add, wherever they stand (E9)
        (add(DONE, "", Node("Progress", "100")), DONE, []),
        (DONE, add(DONE, "Operation", element("MediaInfo", element("Size", "1"))), []),
        (add(DONE, "Input", element("CosHeaders", element("Key", "k"))), DONE, []),
        (add(DONE, "", Node("Colour", "red")), DONE, ["Colour"]),
        (DONE, add(DONE, "Input", Node("Colour", "red")), ["Input/Colour"]),
        # text beside nodes is no leaf
        (replace(DONE, children=(*DONE.children, Node("Input", "text", (Node("X", ""),)))), DONE,
         []),
        # several at once, in order
        (put(put(DONE, "Tag", "x"), "QueueId", "x"), DONE, ["QueueId", "Tag"]),
    ],
)  # fmt: skip
def test_what_may_differ_and_what_may_not(said, look, found):
    assert differs(said, look) == found


def test_the_last_look_at_a_finished_job_counts():
    other = put(DONE, "Operation/UserData", "other")
    running = shown(ASKED, state="Running").to_node()
    assert differs(DONE, other, DONE, running) == []
    assert differs(DONE, DONE, other) == ["Operation/UserData"]


LEVEL = "Operation/JobLevel"
LEVELLESS = drop(DONE, LEVEL)


@pytest.mark.parametrize(
    ("asked", "told", "wrong"),
    [
        ("1", "1", False),
        ("1", " 1 ", False),
        (" 1", "1", False),
        ("1", "2", True),
        ("1", "0", True),
        (None, "0", False),
        ("", "0", False),
        (None, "1", True),
        ("1", "", False),
        ("1", " ", False),
    ],
)
def test_where_describe_leaves_the_level_out_the_request_counts(asked, told, wrong):
    job = request_job(job_level=asked)
    assert differs(put(DONE, LEVEL, told), LEVELLESS, asked=job) == ([LEVEL] if wrong else [])
    if wrong:
        (found,) = compared(put(DONE, LEVEL, told), LEVELLESS, asked=job)
        assert (found.expected, found.observed) == (repr((asked or "0").strip()), repr(told))


# ---- the result, which has three shapes ----


def with_result(node, base=DONE):
    return add(drop(base, RESULT) if base.at(RESULT) else base, "Operation", node)


def wrapped(node):
    return element("PicProcessResult", element("UploadResult", *node.children))


FORMS = {
    "OriginalInfo/ImageInfo/Format": "PNG",
    "OriginalInfo/ImageInfo/Width": "641",
    "OriginalInfo/ImageInfo/Ave": "0xffffff",
    "ProcessResults/Object/Format": "PNG",
    "ProcessResults/Object/Width": "481",
    "ProcessResults/Object/Height": "641",
    "ProcessResults/Object/Size": "9",
    "ProcessResults/Object/Quality": "1",
}


@pytest.mark.parametrize(("path", "text"), FORMS.items())
def test_values_of_the_result(path, text):
    spoilt = with_result(put(result(), path, text))
    place = f"{RESULT}/{path.replace('ProcessResults/Object', 'ProcessResult')}"
    assert differs(spoilt, DONE) == [place]
    assert differs(with_result(wrapped(put(result(), path, text))), DONE) == [place]
    (found,) = compared(spoilt, DONE)
    assert (found.observed, found.expected) == (repr(text), repr(result().value(path)))


@pytest.mark.parametrize("path", FORMS)
def test_white_space_around_a_value_of_the_result_is_free(path):
    spaced = with_result(put(result(), path, f" {result().value(path)}\n"))
    assert differs(spaced, DONE) == differs(DONE, spaced) == []


@pytest.mark.parametrize("path", [*FORMS, "OriginalInfo/ImageInfo", "OriginalInfo"])
def test_what_only_one_side_tells_is_free(path):
    less = with_result(drop(result(), path))
    assert differs(less, DONE) == differs(DONE, less) == []


def test_shapes_are_compared_by_what_they_share():
    assert differs(with_result(wrapped(result())), DONE) == []
    assert differs(DONE, with_result(wrapped(result()))) == []
    of_the_samples = element(
        "PicProcessResult",
        element("ObjectName", "output/out.jpg"),
        element("OriginalInfo", element("ImageInfo", element("Width", "640"))),
        element("ProcessResult", element("Height", "640"), element("Key", "another")),
    )
    assert differs(with_result(of_the_samples), DONE) == []
    assert differs(with_result(put(of_the_samples, "ProcessResult/Height", "1")), DONE) == [
        f"{RESULT}/ProcessResult/Height"
    ]


def test_what_has_none_of_the_shapes_is_not_compared():
    odd = add(put(result(), "ProcessResults/Object/Width", "1"), "", Node("ObjectName", "x"))
    assert differs(with_result(odd), DONE) == differs(DONE, with_result(odd)) == []


def test_a_result_that_is_left_out():
    assert differs(drop(DONE, RESULT), DONE) == [RESULT]
    assert differs(DONE, drop(DONE, RESULT)) == []
    assert differs(drop(DONE, RESULT), drop(DONE, RESULT)) == []
    failed = with_result(result(), FAILED)  # RSP-26 says what is wrong with that one
    assert differs(FAILED, failed) == []


def test_the_first_of_several_objects_counts():
    two = with_result(double(result(), "ProcessResults/Object"))
    assert differs(two, DONE) == []


# ---- where nobody looked after the end ----


@pytest.mark.parametrize("path", ["Operation/Output/Object", "Operation/UserData"])
def test_without_a_look_what_was_asked_for_counts(path):
    assert compared(DONE) == []
    assert compared(DONE, shown(ASKED).to_node()) == []
    assert differs(put(DONE, path, "other")) == [path]
    assert differs(drop(DONE, path)) == [path]
    (found,) = compared(put(DONE, path, "other"))
    assert (found.observed, found.expected) == ("'other'", repr(DONE.value(path)))


def test_without_a_look_nothing_asked_for_is_nothing_said():
    bare = request_job(user_data=None)
    done = shown(bare, state="Success").to_node()
    assert differs(done, asked=bare) == []
    assert differs(put(done, "Operation/UserData", "x"), asked=bare) == ["Operation/UserData"]
    outputless = request_job(output=None)
    assert differs(put(DONE, "Operation/UserData", "x"), asked=outputless) == []
    unread = replace(created(ASKED, shown(ASKED)), expect=refuse("REQ-21"))
    came = callback(b"", "application/xml", at=9)
    spoilt = put(DONE, "Operation/UserData", "x")
    assert list(compare(Facts(TARGET, (unread,)), came, spoilt)) == []
    with_look = Facts(TARGET, (unread, looked_at(drop(DONE, LEVEL), at=1)))
    assert [str(each.mark) for each in compare(with_look, came, DONE)] == ["ok"]
    stranger = put(put(DONE, "JobId", "another"), "Operation/UserData", "x")
    assert compared(stranger) == []
