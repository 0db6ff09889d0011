"""The site as readers see it: it fits a phone, and fetches nothing from elsewhere."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import TOP
from tests.report.browser import EXECUTABLE, Browser

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="no MkDocs"),
]

#: CSS pixels: a phone, and a desk.
SIZES = {"phone": (390, 844), "desk": (1280, 900)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without any warning."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder]
    built = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return folder


@pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium")
@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_and_stand_alone(site, size, tmp_path):
    width, height = SIZES[size]
    pages = sorted(site.rglob("index.html"))
    assert len(pages) > 15
    with Browser(tmp_path) as browser:
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=size == "phone",
        )
        for page in pages:
            browser.events.clear()
            browser.open(page)
            browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert browser.run("document.documentElement.scrollWidth") <= width, page
            fetched = [
                each["params"]["request"]["url"]
                for each in browser.events
                if each.get("method") == "Network.requestWillBeSent"
            ]
            assert all(url.startswith(("file:", "data:")) for url in fetched), (page, fetched)
