"""The HTML page in a real browser: filters, links, copying, and nothing that runs by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.report.html import render_html
from tests.report.browser import EXECUTABLE, Browser
from tests.report.results import result

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="Chromium is needed")

SHOWN = (
    "[...document.querySelectorAll('.clause')].filter((row) => !row.hidden).map((row) => row.id)"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("page")
    page = folder / "report.html"
    page.write_text(render_html(result()), encoding="utf-8")
    with Browser(folder / "profile") as made:
        made.open(page)
        yield made


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
    choose(browser)
    words = browser.run(
        "new Promise((done) => { const button = document.querySelector('#RSP-24 .copy');"
        "new MutationObserver(() => done(button.textContent)).observe(button, {childList: true});"
        "button.click() })"
    )
    assert words == "copied"


def test_nothing_ran_and_nothing_was_fetched(browser: Browser) -> None:
    assert browser.run("document.scripts.length") == 1
    assert "<script>alert(1)</script>" in browser.run(
        "document.querySelector('#CBK-04').textContent"
    )
    assert browser.trouble() == []


def test_the_page_fits_a_phone(browser: Browser) -> None:
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=360,
        height=740,
        deviceScaleFactor=2,
        mobile=True,
    )
    wide = browser.run(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert wide == 0


def test_light_and_dark_differ(browser: Browser) -> None:
    colours = set()
    for scheme in ("light", "dark"):
        browser.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        colours.add(browser.run("getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2
