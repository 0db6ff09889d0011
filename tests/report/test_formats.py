"""Console, plain text, Markdown and JUnit: all there, and nothing that acts."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from lxml import etree
from rich.color import ColorSystem

from conformance.report.console import make_console, print_result
from conformance.report.finding import failure_text, printable
from conformance.report.junit import render_junit, xml_text
from conformance.report.markdown import escaped, fenced, render_markdown
from conformance.report.summary import judged_line, unjudged, verdict_line
from tests.report.results import HOSTILE, SIGNED, result, row


def printed(made: dict[str, Any], **options: bool) -> str:
    file = io.StringIO()
    print_result(made, make_console(file, color=False), **options)
    return file.getvalue()


# ---- plain text ---------------------------------------------------------------------------------


def test_a_failure_says_all_that_a_person_needs() -> None:
    made = result()
    text = failure_text(row(made, "RSP-24"), {each["n"]: each for each in made["exchanges"]})
    for part in (
        "RSP-24 (MUST, server) fail: 2 of 3 times",
        "assertion: Operation.UserData equals the request's",
        "source:    CreatePicJobs, page of 2024-02-27",
        "expected:  ",
        "observed:  ",
        "at:        Response/JobsDetail/Operation/UserData",
        "request (exchange 2, step create, a note):",
        "POST /pic_jobs HTTP/1.1",
        "HTTP/1.1 200 OK",
        "curl --http1.1",
        "1 more, of which:",
    ):
        assert part in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)


def test_control_characters_cannot_drive_a_terminal() -> None:
    assert printable("a\x1b[2J\x9b\u202eb\tc\r\nd") == "a\\x1b[2J\\x9b\\x202eb\tc\nd"


# ---- console ------------------------------------------------------------------------------------


def test_the_console_shows_table_failures_and_reasons() -> None:
    text = printed(result())
    assert re.search(r"RSP\s+Success response\s+1\s+1\s+1\s+1\s+1\s+26", text)
    assert "2023-11-14 22:14:20 UTC, CreatePicJobs page of 2024-02-27, suite " in text
    assert text.index("RSP-24 (MUST") < text.index("RSP-05 (SHOULD")
    assert "not judged: STA-13: no paused queue was given" in text
    assert "inconclusive: RSP-12: nothing came in 10 s" in text
    assert "5 of 145 clauses judged: 1 pass, 2 fail, 1 warn, 1 info; 140 not judged" in text
    assert text.endswith("not conformant: 2 clauses fail (RSP-24, CBK-04)\n")
    assert "\x1b" not in text


def test_quiet_prints_failures_only() -> None:
    text = printed(result(), quiet=True)
    assert "RSP-24" in text
    assert "RSP-05" not in text
    assert "Success response" not in text


def test_verbose_prints_every_clause() -> None:
    text = printed(result(), verbose=True)
    assert all(each["id"] in text for each in result()["clauses"])


def on_a_terminal(width: int, *, color: bool) -> str:
    file = io.StringIO()
    console = make_console(file, color=color)
    console._force_terminal = True
    console._color_system = ColorSystem.STANDARD if color else None
    console.width = width
    print_result(result(), console)
    return file.getvalue()


def test_colours_only_when_they_are_wanted() -> None:
    assert "\x1b[1;31mRSP-24 (MUST, server) fail" in on_a_terminal(100, color=True)
    assert "\x1b" not in on_a_terminal(100, color=False)
    assert "\x1b" not in printed(result())


@pytest.mark.parametrize("width", [80, 120])
def test_on_a_terminal_sentences_are_wrapped_and_what_was_sent_is_not(width: int) -> None:
    lines = on_a_terminal(width, color=False).split("\n")
    assert "    Authorization: " + SIGNED in lines
    fields = re.compile(r"  (assertion|source|finding): |not judged|remark|fail |warn ")
    assert all(len(line) <= width for line in lines if fields.match(line))
    wrapped = next(place for place, line in enumerate(lines) if line.startswith("  assertion:"))
    assert (" " * 13 in lines[wrapped + 1]) == (width == 80)


def test_every_failure_is_named_again_at_the_end() -> None:
    _, _, tail = printed(result()).rpartition("\n\n")
    assert "fail RSP-24: UserData differs\n" in tail
    assert "warn RSP-05: Server is nginx\n" in tail


def test_the_node_and_the_header_that_are_wrong_are_brought_out() -> None:
    text = on_a_terminal(100, color=True)
    assert "\x1b[33m<UserData>" in text
    assert "\x1b[33m    Server: tencent-ci\x1b" in text


# ---- words --------------------------------------------------------------------------------------


def clause(name: str, verdict: str, reason: str | None = None, **more: Any) -> dict[str, Any]:
    judged = int(verdict in ("pass", "fail", "warn", "info"))
    return {"id": name, "verdict": verdict, "reason": reason, "judged": judged, **more}


@pytest.mark.parametrize(
    ("clauses", "line"),
    [
        ([clause("RSP-01", "pass")], "conformant"),
        ([clause("RSP-01", "pass"), clause("RSP-05", "warn")], "conformant, with 1 warning"),
        ([clause("RSP-01", "fail")], "not conformant: 1 clause fails (RSP-01)"),
        (
            [clause("RSP-01", "pass"), clause("RSP-02", "fail", known={"reason": "so"})],
            "conformant, 1 known failure aside",
        ),
        (
            [clause("RSP-01", "pass"), clause("RSP-02", "inconclusive", "lost")],
            "no clause fails, but 1 could not be judged",
        ),
        ([clause("RSP-01", "not-run", "not selected")], "nothing could be judged"),
    ],
)
def test_the_verdict_in_words(clauses: list[dict[str, Any]], line: str) -> None:
    assert verdict_line({"clauses": clauses}) == line


def test_a_run_that_was_stopped_is_not_called_conformant() -> None:
    made = {"clauses": [clause("RSP-01", "pass")], "complete": False}
    assert verdict_line(made) == "no clause failed before the run was stopped"


def test_reasons_that_differ_in_numbers_are_one_group() -> None:
    rows = [
        clause("RSP-01", "not-run", "why"),
        clause("RSP-02", "inconclusive", "12 bytes of 13 came"),
        clause("RSP-03", "inconclusive", "1 bytes of 2 came"),
    ]
    assert unjudged({"clauses": rows}) == [
        ("inconclusive", "12 bytes of 13 came", ["RSP-02", "RSP-03"]),
        ("not-run", "why", ["RSP-01"]),
    ]
    assert judged_line({"clauses": rows}) == "0 of 3 clauses judged; 3 not judged"


# ---- Markdown -----------------------------------------------------------------------------------


def test_markdown_has_table_failures_and_reasons() -> None:
    text = render_markdown(result())
    assert text.startswith("# Not conformant: 2 clauses fail (RSP-24, CBK-04)\n")
    assert "| RSP | Success response | 1 | 1 | 1 | 1 | 1 | 26 |" in text
    assert "RSP-24 (MUST, server) fail: 2 of 3 times" in text
    assert "no paused queue was given" in text


def test_markdown_holds_nothing_that_acts() -> None:
    outside = re.sub(r"^(`{3,}).*?^\1$", "", render_markdown(result()), flags=re.M | re.S)
    tags = set(re.findall(r"(?<!\\)<(\w+)", outside))
    assert tags <= {"details", "summary"}
    assert escaped("a|b\n<c>*") == "a\\|b \\<c\\>\\*"


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert list(fenced("a ```` b", "sh")) == ["`````sh", "a ```` b", "`````"]


def test_markdown_stays_below_what_a_job_summary_may_have() -> None:
    made = result()
    exchanges = {each["n"]: each for each in made["exchanges"]}
    exchanges[2]["response"]["body"] = "x" * 60_000
    failing = row(made, "RSP-24")
    failing["findings"][0]["curl"] = "y" * 16_000
    made["clauses"] = [{**failing, "id": f"RSP-{number:03}"} for number in range(300)]
    text = render_markdown(made)
    assert len(text.encode()) < 1024 * 1024
    assert "Exchanges that are left out here are in the JSON result." in text
    assert "RSP-299 " in text.replace("\\", "")


# ---- JUnit --------------------------------------------------------------------------------------

#: The content of elements on which the schemas of Ant, Jenkins and JUnit agree: the children that
#: an element may have, in order, and the attributes that it has.
COMMON = {
    "testsuites": (["testsuite"], set()),
    "testsuite": (
        ["properties", "testcase", "system-out", "system-err"],
        {"name", "package", "id", "tests", "failures", "errors", "skipped", "time", "timestamp"}
        | {"hostname"},
    ),
    "properties": (["property"], set()),
    "property": ([], {"name", "value"}),
    "testcase": (["skipped", "failure"], {"name", "classname", "time"}),
    "skipped": ([], set()),
    "failure": ([], {"message", "type"}),
    "system-out": ([], set()),
    "system-err": ([], set()),
}


@pytest.fixture(scope="module")
def junit() -> etree._Element:
    return etree.fromstring(render_junit(result()).encode())


def test_junit_keeps_to_what_all_schemas_allow(junit: etree._Element) -> None:
    for element in junit.iter():
        children, attributes = COMMON[element.tag]
        assert set(element.attrib) == attributes
        places = [children.index(child.tag) for child in element]
        assert places == sorted(places)
    for suite in junit:
        assert [child.tag for child in suite] == COMMON["testsuite"][0]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        assert len(suite.find("testcase")) <= 1


def test_junit_has_clause_level_and_source(junit: etree._Element) -> None:
    suite = junit.find("testsuite[@name='conformance.RSP.RSP-24']")
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties["clause"] == "RSP-24"
    assert properties["level"] == "MUST"
    assert properties["source"] == "CreatePicJobs, page of 2024-02-27"


def test_junit_fails_what_fails_and_skips_what_was_not_judged(junit: etree._Element) -> None:
    failed = [each.getparent().get("name") for each in junit.iter("failure")]
    assert failed == ["RSP-24", "CBK-04"]
    assert len(list(junit.iter("skipped"))) == 140
    assert all(each.text for each in junit.iter("skipped"))
    assert "Server is nginx" in "".join(each.text or "" for each in junit.iter("system-out"))


def test_a_known_failure_is_skipped_in_junit() -> None:
    made = result()
    row(made, "RSP-24")["known"] = {"reason": "we know", "link": ""}
    junit = etree.fromstring(render_junit(made).encode())
    case = junit.find("testsuite[@name='conformance.RSP.RSP-24']/testcase")
    assert case.find("skipped").text == "known: we know"


def test_a_failure_that_was_expected_and_did_not_come_is_a_failure_in_junit() -> None:
    """The run ends with 1 for it, so the file that CI reads must not be green."""
    line = "known.toml:3: RSP-01 no longer fails: remove it"
    junit = etree.fromstring(render_junit(result() | {"mended": [line]}).encode())
    suite = junit.find("testsuite[@name='conformance.RSP.RSP-01']")
    assert suite.get("failures") == "1"
    assert suite.find("testcase/failure").get("message") == line


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert (
        xml_text("a\x00\x0b\ufffe\ud800b\t\U0001f98c") == "a\ufffd\ufffd\ufffd\ufffdb\t\U0001f98c"
    )
    assert HOSTILE not in render_junit(result())
