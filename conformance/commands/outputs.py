"""The report files that `run`, `report` and others write."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.commands.options import write_file

#: The forms of report files that a run writes, each with the function that renders it.
REPORTS = {
    "json": "",
    "html": "conformance.report.html:render_html",
    "junit": "conformance.report.junit:render_junit",
    "markdown": "conformance.report.markdown:render_markdown",
}

#: Further forms, that only `report` writes.
_MORE = {
    "sarif": "conformance.report.sarif:render_sarif",
    "badge": "conformance.report.badge:render_badge",
}

#: The forms of several results side by side.
MATRICES = {
    "html": "conformance.report.matrix:render_matrix_html",
    "markdown": "conformance.report.matrix:render_matrix_markdown",
}


def render(form: str, result: Mapping[str, Any]) -> str:
    """The text of one report; its module is imported only now."""
    if form == "json":
        return json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    return _rendered({**REPORTS, **_MORE}[form], result)


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


def write_matrices(results: Sequence[Mapping[str, Any]], paths: Mapping[str, str | None]) -> None:
    """Write each matrix whose path is given. Raises Problem."""
    for form, path in paths.items():
        if path is not None:
            write_file(path, _rendered(MATRICES[form], results))


def _rendered(renderer: str, value: object) -> str:
    module, _, function = renderer.partition(":")
    text: str = getattr(importlib.import_module(module), function)(value)
    return text
