"""The report files that `run`, `report` and others write."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from typing import Any

from conformance.commands.options import write_file

#: The forms of report files, each with the function that renders it.
REPORTS = {
    "json": "",
    "html": "conformance.report.html:render_html",
    "junit": "conformance.report.junit:render_junit",
    "markdown": "conformance.report.markdown:render_markdown",
}


def render(form: str, result: Mapping[str, Any]) -> str:
    """The text of one report; its module is imported only now."""
    if form == "json":
        return json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    module, _, function = REPORTS[form].partition(":")
    text: str = getattr(importlib.import_module(module), function)(result)
    return text


def write_reports(result: Mapping[str, Any], paths: Mapping[str, str | None]) -> None:
    """Write each report whose path is given. Raises Problem, the others being written."""
    first: Exception | None = None
    for form, path in paths.items():
        if path is None:
            continue
        try:
            write_file(path, render(form, result))
        except Exception as error:  # noqa: BLE001 - one report's failure must not cost the others
            first = first or error
    if first is not None:
        raise first
