"""The HTML page in a real browser: filters, links, copying, and nothing that runs by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.report.html import render_html
from conformance.report.matrix import render_matrix_html
from tests.report.browser import EXECUTABLE, Browser
from tests.report.results import HOSTILE, result, row

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="Chromium is needed")

SHOWN = (
    "[...document.querySelectorAll('.clause')].filter((row) => !row.hidden).map((row) => row.id)"
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests; starting it takes longest."""
    with Browser(tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture
def browser(empty: Browser, tmp_path: Path) -> Browser:
    """The browser with the page of a result that has every verdict."""
    page = tmp_path / "report.html"
    page.write_text(render_html(result()), encoding="utf-8")
    empty.open(page)
    return empty


def choose(browser: Browser, **values: str) -> list[str]:
    """Set the filters; returns the ids that are shown."""
    browser.run("document.getElementById('filters').reset()")
    for name, value in values.items():
        browser.run(
            f"(() => {{ const field = document.querySelector('[name={name}]');"
            f"field.value = {value!r};"
            "field.dispatchEvent(new Event('input', {bubbles: true})) })()"
        )
    if not values:
        browser.run("document.getElementById('filters').dispatchEvent(new Event('input'))")
    shown: list[str] = browser.run(SHOWN)
    return shown


def test_filters_by_family_level_verdict_and_text(browser: Browser) -> None:
    everything = [each["id"] for each in result()["clauses"]]
    assert choose(browser) == everything
    assert choose(browser, family="CBK") == [name for name in everything if name[:3] == "CBK"]
    assert choose(browser, verdict="fail") == ["RSP-24", "CBK-04"]
    assert choose(browser, verdict="fail", family="RSP") == ["RSP-24"]
    assert choose(browser, level="SHOULD", verdict="warn") == ["RSP-05"]
    assert choose(browser, text="paused queue given") == ["STA-13"]
    assert choose(browser, text="no such words anywhere") == []
    assert browser.run("document.getElementById('none').hidden") is False
    assert choose(browser) == everything
    assert browser.run("document.getElementById('count').textContent") == "145 clauses"


def test_a_count_at_the_top_shows_its_clauses(browser: Browser) -> None:
    choose(browser, family="CBK")
    browser.run("document.querySelector('[data-show=fail]').click()")
    assert browser.run(SHOWN) == ["RSP-24", "CBK-04"]
    cleared = browser.run(
        "new Promise((done) => { document.querySelector('#filters [type=reset]').click();"
        f"setTimeout(() => setTimeout(() => done({SHOWN}.length))) }})"
    )
    assert cleared == 145


def test_what_is_marked_is_in_view_when_its_clause_opens(browser: Browser) -> None:
    """The marked line of a message longer than its box, which starts below the fold."""
    seen = browser.run(
        "new Promise((done) => { const row = document.getElementById('RSP-12');"
        "const pre = document.createElement('pre'); pre.className = 'message';"
        "pre.innerHTML = 'line\\n'.repeat(500) + '<mark>wrong</mark>' + '\\nline'.repeat(500);"
        "row.querySelector('.inside').append(pre);"
        "row.addEventListener('toggle', () => setTimeout(() => {"
        "const mark = pre.querySelector('mark').getBoundingClientRect();"
        "const box = pre.getBoundingClientRect(); pre.remove();"
        "done([box.top, mark.top, box.bottom]) })); row.open = true })"
    )
    assert seen == sorted(seen)


def test_a_link_opens_its_clause_even_when_it_is_filtered_out(browser: Browser) -> None:
    choose(browser, family="CBK")
    opened = browser.run(
        "new Promise((done) => { addEventListener('hashchange', () => setTimeout(() => {"
        "const row = document.getElementById('STA-13'); done(row.open && !row.hidden) }));"
        "document.querySelector('a[href=\"#STA-13\"]').click() })"
    )
    assert opened is True


def test_the_curl_line_can_be_copied(browser: Browser) -> None:
    words = browser.run(
        "new Promise((done) => { const button = document.querySelector('#RSP-24 .copy');"
        "new MutationObserver(() => done(button.textContent)).observe(button, {childList: true});"
        "button.click() })"
    )
    assert words == "copied"
    browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite"])
    assert (
        browser.run("navigator.clipboard.readText()")
        == row(result(), "RSP-24")["findings"][0]["curl"]
    )


def test_nothing_ran_and_nothing_was_fetched(browser: Browser) -> None:
    assert browser.run("document.scripts.length") == 1
    assert "<script>alert(1)</script>" in browser.run(
        "document.querySelector('#CBK-04').textContent"
    )
    assert browser.trouble() == []


def _several() -> list[dict[str, Any]]:
    clean = [each for each in result()["clauses"] if each["verdict"] == "pass"]
    return [result(), {**result(), "clauses": clean, "target": {"kind": "client", "name": "b"}}]


def _without_verdict() -> dict[str, Any]:
    rows = [
        {**each, "verdict": "inconclusive", "judged": 0, "reason": HOSTILE * 9, "findings": []}
        for each in result()["clauses"]
    ]
    return {**result(), "clauses": rows}


def _expected() -> dict[str, Any]:
    made = {**result(), "mended": [f"known.toml:7: {HOSTILE}"]}
    row(made, "RSP-24")["known"] = {"reason": HOSTILE, "link": "https://example.org/1"}
    return made


PAGES = {
    "failures": lambda: render_html(result()),
    "no failures": lambda: render_html(_several()[1]),
    "inconclusive": lambda: render_html(_without_verdict()),
    "expectations": lambda: render_html(_expected()),
    "matrix": lambda: render_matrix_html(_several()),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 390, 1280])
def test_every_page_fits_and_is_quiet(
    browser: Browser, tmp_path: Path, name: str, width: int
) -> None:
    (tmp_path / "page.html").write_text(PAGES[name](), encoding="utf-8")
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=740,
        deviceScaleFactor=1,
        mobile=width < 500,
    )
    try:
        browser.open(tmp_path / "page.html")
        browser.run("document.querySelectorAll('details').forEach((each) => each.open = true)")
        wide = browser.run(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide == 0
        assert browser.run("document.scripts.length") == 1
        assert browser.trouble() == []
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")


def test_the_matrix_is_filtered_by_any_verdict_in_a_line(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(render_matrix_html(_several()), encoding="utf-8")
    browser.open(tmp_path / "page.html")
    assert choose(browser, verdict="fail") == ["RSP-24", "CBK-04"]
    assert choose(browser, verdict="pass") == ["RSP-01"]
    assert choose(browser, text="paused queue given") == ["STA-13"]
    assert len(choose(browser)) == 145


def test_light_and_dark_differ(browser: Browser) -> None:
    colours = set()
    for scheme in ("light", "dark"):
        browser.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        colours.add(browser.run("getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2
