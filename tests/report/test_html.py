"""The HTML page: whole, self-contained, and nothing in it but text, whatever it is about."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from conformance.report.html import render_html
from conformance.report.sides import broken_up, differing, pair
from conformance.report.wire_json import exchange_json
from conformance.spec.wire import Direction
from tests.report.results import HOSTILE, SIGNED, exchange, request, response, result


class Page(HTMLParser):
    """What elements a page has, and whether they nest."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.marked: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        if self.open and self.open[-1] == "mark":
            self.marked.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.seen if name == tag]


@pytest.fixture(scope="module")
def text() -> str:
    return render_html(result())


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_elements_nest(page: Page) -> None:
    assert page.open == []


def test_a_hostile_message_stays_text(text: str, page: Page) -> None:
    assert len(page.all("script")) == 1
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert not re.search("[\x00\x1b\u202e]", text)


def test_nothing_is_fetched(page: Page) -> None:
    for _, attrs in page.seen:
        for name in ("src", "href", "action"):
            assert (attrs.get(name) or "#").startswith(("#", "data:"))
    policy = next(each for each in page.all("meta") if "http-equiv" in each)["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_every_clause_opens_and_can_be_filtered(page: Page) -> None:
    clauses = [each for each in page.all("details") if each.get("class") == "clause"]
    assert [each["id"] for each in clauses] == [each["id"] for each in result()["clauses"]]
    assert all(each["data-family"] and each["data-level"] for each in clauses)
    assert {each["data-verdict"] for each in clauses} == {
        "pass", "fail", "warn", "info", "inconclusive", "not-run",
    }  # fmt: skip
    assert {each["id"] for each in clauses if "open" in each} == {"RSP-24", "CBK-04"}


def test_the_differing_node_and_header_are_marked(page: Page) -> None:
    assert any("<UserData>" in each for each in page.marked)
    assert "Server: tencent-ci" in page.marked


def test_what_was_not_judged_is_as_prominent_as_what_failed(text: str) -> None:
    above = text.index('<form id="filters"')
    assert text.index("Failures and warnings") < above
    assert text.index("no paused queue was given") < above


def test_an_empty_result_renders() -> None:
    made = result()
    made = {key: made[key] for key in made if key not in ("remaining_jobs", "mended")}
    page = Page(render_html({**made, "clauses": [], "exchanges": []}))
    assert page.open == []


def test_long_xml_on_one_line_isbroken_up() -> None:
    body = f"<a><b>{'x' * 200}</b><c/></a>"
    assert broken_up(body) == f"<a>\n  <b>{'x' * 200}</b>\n  <c/>\n</a>"
    assert broken_up("<a><b/></a>") == "<a><b/></a>"
    assert broken_up("{" + "x" * 300 + "}").startswith("{x")


@pytest.mark.parametrize(
    ("expected", "observed", "marked"),
    [
        ("Date: Wed, 29 May", "Date: 29 May", ["Wed, "]),
        ("input/deer.jpg", "input/DEER.jpg", ["deer", "DEER"]),
        ("aaaa", "aaaaaaa", ["aaa"]),
        ("200", "403 AccessDenied", []),
        ("same", "same", []),
        ("", "something", []),
    ],
)
def test_what_differs_in_two_values_is_marked(
    expected: str, observed: str, marked: list[str]
) -> None:
    one, other = differing(expected, observed)
    assert "".join(each.text for each in one) == expected
    assert "".join(each.text for each in other) == observed
    assert [each.text for each in (*one, *other) if each.marked] == marked


def test_the_head_names_target_date_revision_version_and_seed(text: str) -> None:
    head = re.sub(r"<[^>]+>", " ", text[: text.index("<main>")])
    for said in ("http://127.0.0.1:1", "2023-11-14 22:14:20 UTC", "2024-02-27", "0.1.0", "seed  7"):
        assert said in head


def _marks(role: str, at: str, **changes: Any) -> tuple[list[str], list[str]]:
    shown = exchange_json(exchange(**changes))
    asked, answered = pair(shown, at, role)
    return (
        [line.text for line in asked.lines if line.marked],
        [line.text for line in answered.lines if line.marked],
    )


def test_the_mark_stands_on_the_side_that_the_judged_one_wrote() -> None:
    header = ["Content-Type: application/xml"]
    assert _marks("S", "Content-Type") == ([], header)
    assert _marks("C", "Content-Type") == (header, [])
    called = {"direction": Direction.CALLBACK}
    assert _marks("K", "Content-Type", **called) == (header, [])
    body = b"<Response><JobId>j</JobId></Response>"
    assert _marks("C", "Response/JobId", response=response(body)) == ([], [body.decode()])
    asked = request(body=b"<Request><JobId>j</JobId></Request>")
    assert _marks("C", "Request/JobId", request=asked)[0] == ["<Request><JobId>j</JobId></Request>"]


def test_a_part_of_a_signature_is_marked_where_it_is_carried() -> None:
    assert _marks("C", "q-key-time") == ([f"Authorization: {SIGNED}"], [])
    asked = request(target="/pic_jobs?q-ak=x")
    assert _marks("C", "q-ak", request=asked)[0][0] == "POST /pic_jobs?q-ak=x HTTP/1.1"
