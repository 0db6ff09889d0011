"""The result as Markdown, for the summary of a CI job or a comment on a change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.report.finding import heading, printable, request_text, response_text
from conformance.report.summary import (
    VERDICTS,
    Row,
    by_family,
    failures,
    judged_line,
    moment,
    remarks,
    run_line,
    unjudged,
    verdict_line,
)

#: A sign for each verdict.
MARKS = {
    "pass": "✅",
    "fail": "❌",
    "warn": "⚠️",
    "info": "ℹ️",  # noqa: RUF001 - the sign that is meant
    "inconclusive": "❔",
    "not-run": "⏭️",
}

#: A summary of a CI job has to stay below 1 MiB (GitHub): when the failures in full come to this
#: many bytes, those that follow are told without their exchanges.
_MOST_IN_FULL = 600_000
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def render_markdown(result: Mapping[str, Any]) -> str:
    """The document as text. Nothing in it comes out as anything but text, whatever it holds."""
    return "\n".join(_lines(result)) + "\n"


def escaped(text: str) -> str:
    """``text`` on one line, with every character that Markdown could take for its own escaped."""
    return _SPECIAL.sub(r"\\\1", " ".join(printable(text).split()))


def headline(text: str) -> str:
    """``text`` escaped, with a capital letter first and all others as they are."""
    return escaped(text[:1].upper() + text[1:])


def fenced(text: str, language: str = "") -> Iterator[str]:
    """A code block that holds ``text``, whatever rows of backticks are in it."""
    text = printable(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}{language}"
    yield text
    yield fence


def _lines(result: Mapping[str, Any]) -> Iterator[str]:
    target, suite = result["target"], result["suite"]
    yield f"# {headline(verdict_line(result))}"
    yield ""
    yield f"**{escaped(target['kind'])}**: {escaped(target['name'])}  "
    yield (
        f"picjobs-conformance {escaped(suite['version'])}, CreatePicJobs page of "
        f"{escaped(suite['revision'])}, {escaped(moment(result['started']))}  "
    )
    yield f"{escaped(run_line(result))}  "
    yield escaped(judged_line(result))
    yield ""
    yield from _table(result)
    for line in result.get("mended", ()):
        yield f"- {escaped(line)}"
    yield from _failures(result)
    yield from _unjudged(result)
    yield from _remarks(result)


def _table(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"| family | | {' | '.join(f'{MARKS[name]} {name}' for name in VERDICTS)} |"
    yield f"|---|---|{'--:|' * len(VERDICTS)}"
    for family, title, counts in by_family(result):
        cells = [str(counts[name] or "") for name in VERDICTS]
        yield f"| {escaped(family)} | {escaped(title)} | {' | '.join(cells)} |"
    yield ""


def _failures(result: Mapping[str, Any]) -> Iterator[str]:
    rows = failures(result)
    if not rows:
        return
    yield "## Failures and warnings"
    yield ""
    exchanges = {each["n"]: each for each in result["exchanges"]}
    told = 0
    for row in rows:
        lines = list(_failure(row, exchanges if told < _MOST_IN_FULL else {}))
        told += sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)
        yield from lines
    if told >= _MOST_IN_FULL:
        yield "Exchanges that are left out here are in the JSON result."
        yield ""


def _failure(row: Row, exchanges: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    yield f"### {MARKS[row['verdict']]} {escaped(heading(row))}"
    yield ""
    yield f"> {escaped(row['assertion'])}  "
    yield f"> *{escaped(row['source'])}*"
    yield ""
    if "known" in row:
        yield f"Known: {escaped(row['known']['reason'])} {escaped(row['known'].get('link', ''))}"
        yield ""
    for finding in row["findings"][:1]:
        yield f"- **finding**: {escaped(finding['message'])}"
        for name in ("expected", "observed"):
            if finding[name]:
                yield f"- **{name}**: {escaped(finding[name])}"
        yield ""
        yield from _exchanges(finding, exchanges)


def _exchanges(
    finding: Mapping[str, Any], exchanges: Mapping[int, Mapping[str, Any]]
) -> Iterator[str]:
    shown = [exchanges[n] for n in finding["exchanges"] if n in exchanges]
    if not shown:
        return
    yield "<details><summary>request, response, curl</summary>"
    yield ""
    for exchange in shown:
        yield from fenced(request_text(exchange["request"]), "http")
        yield from fenced(response_text(exchange), "http")
    if finding["curl"]:
        yield from fenced(finding["curl"], "sh")
    yield ""
    yield "</details>"
    yield ""


def _unjudged(result: Mapping[str, Any]) -> Iterator[str]:
    groups = unjudged(result)
    if not groups:
        return
    yield "## Not judged"
    yield ""
    yield "| verdict | clauses | reason |"
    yield "|---|---|---|"
    for verdict, reason, ids in groups:
        yield f"| {MARKS[verdict]} {verdict} | {escaped(', '.join(ids))} | {escaped(reason)} |"
    yield ""


def _remarks(result: Mapping[str, Any]) -> Iterator[str]:
    rows = remarks(result)
    if rows:
        yield "## Remarks"
        yield ""
        for row in rows:
            yield f"- {escaped(row['id'])}: {escaped(row['reason'] or '')}"
        yield ""
