"""One job: every node right, then every node wrong in each way that it can be, one at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from conformance.checks.base import Level, Mark
from conformance.checks.facts import Creation
from conformance.checks.jobs import JobView, check_job, times_by_state
from conformance.generate.edit import add, double, drop, empty, put, rename
from conformance.spec.messages import Output, PicProcess
from conformance.spec.times import format_job_time
from conformance.spec.xml import Node, element
from tests.checks.building import NOW, TARGET, created, request_job, result, shown

ASKED = request_job()
INLINE = request_job(template_id=None, pic_process=PicProcess("true", "imageMogr2/rotate/90"))
BOTH = request_job(pic_process=PicProcess("true", "imageMogr2/rotate/90"))
UNKNOWN = request_job(template_id="t-unknown")
BARE = request_job(user_data=None, job_level=None)
OUTPUTLESS = request_job(output=None)
NAMELESS = request_job(input_object="")
QUEUELESS = request_job(queue_id=None)
EMPTY = request_job(output=Output(TARGET.region, TARGET.bucket, None), template_id=None)


def judged(node, asked=ASKED):
    """All outcomes for a job that was made by ``asked`` (None: by nobody of this run)."""
    exchange = created(asked or ASKED, node)
    creation = Creation(exchange, asked, None) if asked is not None else None
    return list(check_job(JobView(exchange, node, TARGET, creation)))


def wrong(node, asked=ASKED):
    """Clause and place of everything that is wrong with a job."""
    root = "Response/JobsDetail/"
    found = [each for each in judged(node, asked) if each.mark is Mark.BROKEN]
    assert all(each.at.startswith(root) and each.exchanges for each in found)
    return {(each.clause, each.at.removeprefix(root)) for each in found}


def right(state="Submitted", asked=ASKED, **changes):
    return shown(asked, state=state, **changes).to_node()


STATES = ("Submitted", "Pause", "Running", "Success", "Failed", "Cancel")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "asked", [ASKED, INLINE, BOTH, BARE, UNKNOWN, NAMELESS, QUEUELESS, EMPTY, None]
)
def test_a_right_job_breaks_nothing(asked, state):
    node = right(state, asked or ASKED)
    if asked is QUEUELESS:
        node = put(node, "QueueId", "p-of-the-bucket")
    if asked is NAMELESS:
        node = put(node, "Input/Object", "some.jpg")
    assert wrong(node, asked) == set()


#: How often each clause is looked at in the job of a template.
OFTEN = {"RSP-16": 2, "RSP-18": 3, "RSP-20": 3}
ALWAYS = {f"RSP-{n}": 1 for n in (*range(12, 26), 29, 32)} | OFTEN
BY_STATE = {
    "Submitted": {"STA-02": 2, "RSP-26": 1, "RSP-27": 2},
    "Pause": {"STA-02": 2, "RSP-26": 1, "RSP-27": 2},
    "Running": {"STA-03": 2, "STA-05": 1, "RSP-26": 1, "RSP-27": 2},
    "Success": {"STA-04": 2, "STA-05": 2, "RSP-27": 2},
    "Failed": {"STA-04": 1, "STA-05": 2, "RSP-26": 1, "RSP-28": 2},
    "Cancel": {"RSP-26": 1},
}


@pytest.mark.parametrize("state", STATES)
def test_every_rule_for_a_job_is_seen_to_hold(state):
    without_inline = {each: n for each, n in ALWAYS.items() if each != "RSP-23"}
    assert Counter(each.clause for each in judged(right(state))) == {
        **without_inline,
        **BY_STATE[state],
    }


def test_the_inline_and_the_doubled_form_have_their_own_rules():
    inline = Counter(each.clause for each in judged(right(asked=INLINE), INLINE))
    assert inline["RSP-23"] == 2
    both = Counter(each.clause for each in judged(right(asked=BOTH), BOTH))
    assert (both["RSP-23"], both["RSP-30"], inline["RSP-30"]) == (0, 1, 0)
    of_another = Counter(each.clause for each in judged(right(), None))
    assert (of_another["RSP-20"], of_another["RSP-21"], of_another["RSP-24"]) == (1, 0, 0)


def test_what_is_left_out_rightly_holds_and_what_hangs_on_something_missing_is_not_judged():
    levelless = Counter(each.clause for each in judged(drop(right(), "Operation/JobLevel")))
    assert levelless["RSP-25"] == 1
    idle = Counter(each.clause for each in judged(drop(right(), "Operation")))
    assert [idle[f"RSP-{n}"] for n in (19, 20, 21, 22, 24, 25)] == [1, 0, 0, 0, 0, 0]


OTHER = "other"
LEAF_OF = {
    "RSP-12": "JobId",
    "RSP-13": "Tag",
    "RSP-14": "State",
    "RSP-15": "CreationTime",
    "RSP-17": "QueueId",
}
ECHOED = [
    ("RSP-17", "QueueId"),
    ("RSP-18", "Input/Object"),
    ("RSP-18", "Input/Region"),
    ("RSP-18", "Input/BucketId"),
    ("RSP-20", "Operation/Output/Region"),
    ("RSP-20", "Operation/Output/Bucket"),
    ("RSP-20", "Operation/Output/Object"),
    ("RSP-24", "Operation/UserData"),
]


@pytest.mark.parametrize(("clause", "path"), ECHOED)
@pytest.mark.parametrize("how", [drop, empty, partial(put, value=OTHER)])
def test_what_was_asked_for_has_to_come_back(clause, path, how):
    assert wrong(how(right(), path)) == {(clause, path)}


@pytest.mark.parametrize(("clause", "path"), ECHOED)
def test_nor_may_white_space_be_added(clause, path):
    node = right()
    assert wrong(put(node, path, f" {node.value(path)}")) == {(clause, path)}


@pytest.mark.parametrize(("clause", "path"), LEAF_OF.items())
@pytest.mark.parametrize("how", [drop, empty, partial(put, value="  ")])
def test_what_every_job_has(clause, path, how):
    assert wrong(how(right(), path)) == {(clause, path)}


@pytest.mark.parametrize("path", ["StartTime", "EndTime"])
@pytest.mark.parametrize("how", [drop, empty, partial(put, value="--")])
def test_times_are_there(path, how):
    broken = wrong(how(right(), path))
    assert ("RSP-16", path) in broken
    assert broken <= {("RSP-16", path), ("STA-02", path)}


#: A time after the creation, as far as its second.
LATER = format_job_time(NOW + 1)
EARLIER = format_job_time(NOW - 1)


@pytest.mark.parametrize(
    ("state", "path", "text", "found"),
    [
        ("Submitted", "StartTime", LATER, {("STA-02", "StartTime")}),
        ("Submitted", "EndTime", LATER, {("STA-02", "EndTime")}),
        ("Pause", "StartTime", LATER, {("STA-02", "StartTime")}),
        ("Pause", "EndTime", LATER, {("STA-02", "EndTime")}),
        ("Running", "StartTime", "-", {("STA-03", "StartTime")}),
        ("Running", "EndTime", LATER, {("STA-03", "EndTime")}),
        ("Success", "StartTime", "-", {("STA-04", "StartTime")}),
        ("Success", "EndTime", "-", {("STA-04", "EndTime")}),
        ("Failed", "StartTime", "-", set()),
        ("Failed", "EndTime", "-", {("STA-04", "EndTime")}),
        ("Cancel", "StartTime", LATER, set()),
        ("Cancel", "EndTime", LATER, set()),
        ("Cancel", "EndTime", EARLIER, set()),
        ("Running", "StartTime", EARLIER, {("STA-05", "StartTime")}),
        ("Running", "StartTime", format_job_time(NOW), set()),
        ("Success", "EndTime", format_job_time(NOW), {("STA-05", "EndTime")}),
        ("Success", "EndTime", LATER, set()),
        ("Running", "StartTime", "", {("RSP-16", "StartTime"), ("STA-03", "StartTime")}),
    ],
)
def test_times_by_state(state, path, text, found):
    assert wrong(put(right(state), path, text)) == found


def test_the_times_alone_are_judged_where_a_job_is_new():
    exchange = created(ASKED, shown(ASKED))
    for state, count in {"Submitted": 2, "Failed": 1, "Cancel": 0, "submitted": 0}.items():
        view = JobView(exchange, put(right(), "State", state), TARGET, None)
        assert len(list(times_by_state(view))) == count


@pytest.mark.parametrize(
    ("node", "asked", "found"),
    [
        # whoever made it: an input, a region, a bucket
        (drop(right(), "Input"), ASKED, {("RSP-18", "Input")}),
        (empty(right(), "Input/Object"), None, {("RSP-18", "Input/Object")}),
        (put(right(), "Input/Object", OTHER), None, set()),
        (put(right(), "Input/Region", OTHER), None, {("RSP-18", "Input/Region")}),
        (put(right(), "QueueId", OTHER), None, set()),
        (drop(right(), "QueueId"), None, {("RSP-17", "QueueId")}),
        (put(right(), "QueueId", ""), QUEUELESS, {("RSP-17", "QueueId")}),
        # E1: the bucket in either node; where both are, both are right
        (rename(right(), "Input/BucketId", "Bucket"), ASKED, set()),
        (
            put(rename(right(), "Input/BucketId", "Bucket"), "Input/Bucket", OTHER),
            ASKED,
            {("RSP-18", "Input/Bucket")},
        ),
        (put(right(), "Input/Bucket", TARGET.bucket), ASKED, set()),
        (put(right(), "Input/Bucket", OTHER), ASKED, {("RSP-18", "Input/Bucket")}),
        (put(put(right(), "Input/Bucket", TARGET.bucket), "Input/BucketId", OTHER), ASKED,
         {("RSP-18", "Input/BucketId")}),
        # the operation
        (drop(right(), "Operation"), ASKED, {("RSP-19", "Operation")}),
        (drop(right(), "Operation"), INLINE, {("RSP-19", "Operation"),
          ("RSP-23", "Operation/PicProcess/IsPicInfo"),
          ("RSP-23", "Operation/PicProcess/ProcessRule")}),
        (drop(right(), "Operation"), None, {("RSP-19", "Operation")}),
        (drop(right(), "Operation/Output"), None, {("RSP-20", "Operation/Output")}),
        (drop(right(), "Operation/Output"), OUTPUTLESS, {("RSP-20", "Operation/Output")}),
        (right(), OUTPUTLESS, set()),
        (put(right(asked=EMPTY), "Operation/Output/Object", OTHER), EMPTY,
         {("RSP-20", "Operation/Output/Object")}),
        (put(right(), "Operation/UserData", OTHER), None, set()),
        (put(right(asked=BARE), "Operation/UserData", OTHER), BARE,
         {("RSP-24", "Operation/UserData")}),
        (put(right(asked=BARE), "Operation/UserData", ""), BARE, set()),
        # JobLevel (E4): absent is right; there, it is the request's, or 0
        (drop(right(), "Operation/JobLevel"), ASKED, set()),
        (put(right(), "Operation/JobLevel", "2"), ASKED, {("RSP-25", "Operation/JobLevel")}),
        (put(right(), "Operation/JobLevel", " 1 "), ASKED, set()),
        (put(right(), "Operation/JobLevel", ""), ASKED, {("RSP-25", "Operation/JobLevel")}),
        (put(right(asked=BARE), "Operation/JobLevel", "0"), BARE, set()),
        (put(right(asked=BARE), "Operation/JobLevel", " "), BARE, set()),
        (put(right(asked=BARE), "Operation/JobLevel", "1"), BARE,
         {("RSP-25", "Operation/JobLevel")}),
        (put(right(), "Operation/JobLevel", "2"), None, set()),
        (right(), request_job(job_level=" 1"), set()),
        # the template and its name
        (put(right(), "Operation/TemplateId", OTHER), ASKED, {("RSP-21", "Operation/TemplateId")}),
        (drop(right(), "Operation/TemplateName"), ASKED, {("RSP-22", "Operation/TemplateName")}),
        (empty(right(), "Operation/TemplateName"), ASKED, {("RSP-22", "Operation/TemplateName")}),
        (drop(right(), "Operation/TemplateName"), None, {("RSP-22", "Operation/TemplateName")}),
        (drop(right(), "Operation/TemplateId"), ASKED,
         {("RSP-21", "Operation/TemplateId"), ("RSP-22", "Operation/TemplateName")}),
        (drop(drop(right(), "Operation/TemplateId"), "Operation/TemplateName"), ASKED,
         {("RSP-21", "Operation/TemplateId")}),
        (put(right(asked=INLINE), "Operation/TemplateName", "x"), INLINE,
         {("RSP-22", "Operation/TemplateName")}),
        (put(put(right(asked=INLINE), "Operation/TemplateId", "x"), "Operation/TemplateName", "x"),
         INLINE, {("RSP-21", "Operation/TemplateId")}),
        (right(asked=INLINE), request_job(template_id=""), set()),
        (drop(right(asked=UNKNOWN), "Operation/TemplateName"), UNKNOWN, set()),
        # both forms in one request: the template is the one that is used
        (drop(right(asked=BOTH), "Operation/TemplateName"), BOTH,
         {("RSP-22", "Operation/TemplateName"), ("RSP-30", "Operation/TemplateId")}),
        (put(right(asked=BOTH), "Operation/TemplateId", OTHER), BOTH,
         {("RSP-21", "Operation/TemplateId"), ("RSP-30", "Operation/TemplateId")}),
        (add(right(asked=BOTH), "Operation", element("PicProcess", element("ProcessRule", OTHER))),
         BOTH, set()),
        (drop(right(asked=UNKNOWN), "Operation/TemplateName"),
         replace(UNKNOWN, pic_process=PicProcess("true", "x")), set()),
        (put(right(asked=INLINE), "Operation/TemplateName", "x"), request_job(template_id=""),
         {("RSP-22", "Operation/TemplateName")}),
        # the inline form
        (put(right(asked=INLINE), "Operation/PicProcess/IsPicInfo", "True"), INLINE,
         {("RSP-23", "Operation/PicProcess/IsPicInfo")}),
        (put(right(asked=INLINE), "Operation/PicProcess/ProcessRule", OTHER), INLINE,
         {("RSP-23", "Operation/PicProcess/ProcessRule")}),
        (put(right(asked=INLINE), "Operation/PicProcess/IsPicInfo", ""),
         replace(INLINE, pic_process=PicProcess(None, "imageMogr2/rotate/90")), set()),
        (put(right(asked=INLINE), "Operation/PicProcess/ProcessRule", OTHER), None, set()),
    ],
)  # fmt: skip
def test_one_thing_at_a_time(node, asked, found):
    assert wrong(node, asked) == found


@pytest.mark.parametrize(
    ("state", "path", "text", "found"),
    [
        ("Submitted", "Code", "", set()),
        ("Submitted", "Code", " Success ", set()),
        ("Running", "Code", "InternalError", {("RSP-27", "Code")}),
        ("Success", "Code", "success", {("RSP-27", "Code")}),
        ("Success", "Message", " ", set()),
        ("Success", "Message", "done", {("RSP-27", "Message")}),
        ("Failed", "Code", "", {("RSP-28", "Code")}),
        ("Failed", "Code", " ", {("RSP-28", "Code")}),
        ("Failed", "Code", "Success", {("RSP-28", "Code")}),
        ("Failed", "Code", "Success ", {("RSP-28", "Code")}),
        ("Failed", "Message", " ", {("RSP-28", "Message")}),
        ("Cancel", "Code", "UserCanceled", set()),
        ("Cancel", "Message", "cancelled", set()),
        ("unheard-of", "Code", "InternalError", {("RSP-14", "State")}),
    ],
)
def test_code_and_message_by_state(state, path, text, found):
    node = right("Submitted" if state == "unheard-of" else state)
    assert wrong(put(put(node, "State", state), path, text)) == found


@pytest.mark.parametrize("state", [each for each in STATES if each != "Success"])
def test_only_success_has_a_result(state):
    node = add(right(state), "Operation", result())
    assert wrong(node) == {("RSP-26", "Operation/PicProcessResult")}


# ---- names ----

PARENTS = ("", "Input/", "Operation/", "Operation/Output/")


def grown(parent, name):
    return add(right(), parent.rstrip("/"), Node(name, "x"))


@pytest.mark.parametrize("parent", PARENTS)
def test_strange_names_and_drift(parent):
    for name, level in (("Colour", None), ("Progress", Level.MAY), ("QueueType", Level.MAY)):
        (found,) = [each for each in judged(grown(parent, name)) if each.mark is Mark.BROKEN]
        assert (found.clause, found.level) == ("RSP-29", level)
        assert found.at == f"Response/JobsDetail/{parent}{name}"
        assert (found.observed, found.expected) == (f"{parent}{name}", "the page's nodes only")
        assert ("drift" in found.message) is (level is Level.MAY)


def test_names_are_of_one_parent_only():
    assert wrong(grown("Input/", "UserData")) == {("RSP-29", "Input/UserData")}
    assert wrong(grown("Operation/Output/", "BucketId")) == {
        ("RSP-29", "Operation/Output/BucketId")
    }


def test_unknown_and_drifted_names_side_by_side():
    node = add(grown("", "Colour"), "Input", Node("Progress", "50"))
    found = [each for each in judged(node) if each.mark is Mark.BROKEN]
    assert [(each.level, each.observed) for each in found] == [
        (None, "Colour"),
        (Level.MAY, "Input/Progress"),
    ]
    assert "RSP-29" not in {each.clause for each in judged(node) if each.mark is Mark.OK}


@pytest.mark.parametrize(
    "path",
    [
        *("Code", "Message", "JobId", "Tag", "State", "CreationTime", "StartTime", "EndTime"),
        *("QueueId", "Input", "Input/Region", "Input/BucketId", "Input/Object", "Operation"),
        *("Operation/TemplateId", "Operation/TemplateName", "Operation/Output"),
        *("Operation/UserData", "Operation/JobLevel", "Operation/Output/Region"),
        *("Operation/Output/Bucket", "Operation/Output/Object"),
    ],
)
def test_a_node_twice(path):
    assert wrong(double(right(), path)) == {("RSP-32", path)}


def test_each_repeated_node_is_named_once():
    thrice = double(double(right(), "Tag"), "Tag")
    found = [each for each in judged(thrice) if each.clause == "RSP-32"]
    assert [each.observed for each in found] == ["Tag repeated"]
    strange = add(grown("", "Colour"), "", Node("Colour", "y"))
    assert {clause for clause, _ in wrong(strange)} == {"RSP-29"}


# ---- what a finding shows ----


def shown_of(node, asked=ASKED):
    (found,) = [each for each in judged(node, asked) if each.mark is Mark.BROKEN]
    return found.expected, found.observed


def test_a_finding_shows_what_was_expected_and_what_is_there():
    node = right()
    assert shown_of(drop(node, "QueueId")) == (repr(ASKED.queue_id), "absent")
    assert shown_of(put(node, "QueueId", "p0")) == (repr(ASKED.queue_id), "'p0'")
    parent = element("QueueId", element("Id", "p0"), element("Name"))
    assert shown_of(put(node, "QueueId", parent)) == (repr(ASKED.queue_id), "<Id/><Name/>")


def test_a_finding_on_the_order_of_times_shows_the_earlier_one():
    node = put(right("Running"), "StartTime", EARLIER)
    assert shown_of(node) == (f"not before {node.value('CreationTime')}", repr(EARLIER))


@pytest.mark.parametrize(
    ("sent", "came", "shows"),
    [
        # quotes count: 160 characters in all are shown whole
        ("a" * (158), "b", (f"'{'a' * (158)}'", "'b'")),
        ("a" * (159), "b", ("'" + "a" * 60 + "…", "'b'")),
        ("b" * 118, "a" * 158, (f"'{'b' * 118}'", f"'{'a' * 158}'")),
        ("b", "a" * (159), ("'b'", "'" + "a" * 60 + "…")),
        ("a" * 500 + "x" + "c" * 59 + "d", "a" * 500 + "y",
         ("…" + "a" * 40 + "x" + "c" * 59 + "…", "…" + "a" * 40 + "y'")),
        ("a" * 500 + "x" + "c" * 58, "a" * 500,
         ("…" + "a" * 40 + "x" + "c" * 58 + "'", "…" + "a" * 40 + "'")),
        ("a" * 40 + "x" * 200, "a" * 40, ("…" + "a" * 40 + "x" * 60 + "…", "…" + "a" * 40 + "'")),
        ("a" * 39 + "x" * 200, "a" * 39, ("'" + "a" * 39 + "x" * 60 + "…", "'" + "a" * 39 + "'")),
        ("a" * 300, "a" * 200, ("…" + "a" * 100 + "…", "…" + "a" * 40 + "'")),
    ],
)  # fmt: skip
def test_long_values_are_shown_where_they_differ(sent, came, shows):
    asked = request_job(user_data=sent)
    assert shown_of(put(right(asked=asked), "Operation/UserData", came), asked) == shows
