"""The report on a terminal: a table by family, each failure in full, what was not judged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.report.finding import failure_text, printable
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

STYLES = {
    "pass": "green",
    "fail": "bold red",
    "warn": "yellow",
    "info": "cyan",
    "inconclusive": "magenta",
    "not-run": "dim",
}


def make_console(file: IO[str], *, color: bool) -> Console:
    """A console that writes values as they are: no markup, no highlighting, no emoji."""
    return Console(
        file=file,
        color_system="auto" if color else None,
        force_terminal=None if color else False,
        no_color=not color,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=True,
    )


def print_result(
    result: Mapping[str, Any], console: Console, *, quiet: bool = False, verbose: bool = False
) -> None:
    """Print the whole report; ``quiet`` leaves nothing but failures and what was inconclusive."""
    if not quiet:
        _print_head(result, console)
        console.print(_table(result))
        if verbose:
            _print_every(result, console)
    exchanges = {each["n"]: each for each in result["exchanges"]}
    for row in failures(result):
        if quiet and (row["verdict"] != "fail" or "known" in row):
            continue
        console.print()
        console.print(_failure(row, exchanges, console))
    for line in result.get("mended", ()):
        console.print(Text(printable(line), STYLES["fail"]))
    if quiet:
        _print_unjudged(result, console, ("inconclusive",))
    else:
        _print_tail(result, console)


def _print_head(result: Mapping[str, Any], console: Console) -> None:
    target = result["target"]
    suite = result["suite"]
    console.print(Text(printable(f"{target['kind']}: {target['name']}"), "bold"))
    about = f"CreatePicJobs page of {suite['revision']}, suite {suite['version']}"
    console.print(Text(printable(f"{moment(result['started'])}, {about}"), "dim"))
    console.print()


def _table(result: Mapping[str, Any]) -> Table:
    """The verdicts by family, without the columns that would be empty."""
    seen = {row["verdict"] for row in result["clauses"]}
    shown = [name for name in VERDICTS if name in seen]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("family", style="bold")
    table.add_column("")
    for name in shown:
        table.add_column(name, justify="right")
    for family, title, counts in by_family(result):
        cells = [
            Text(str(counts[name] or "·"), STYLES[name] if counts[name] else "dim")
            for name in shown
        ]
        table.add_row(printable(family), title, *cells)
    return table


#: How the parts of a failure look; two spaces and a name begin each of them.
_PARTS = (
    (r"(?m)^  [a-z]+(:| \(exchange .*$)", "dim"),
    (r"(?m)^  finding: +(?P<bold>.*(?:\n {13}.*)*)", ""),
    (r"(?m)^  expected: +(?P<green>.*(?:\n {13}.*)*)", ""),
    (r"(?m)^  observed: +(?P<red>.*(?:\n {13}.*)*)", ""),
)


def _failure(row: Row, exchanges: Mapping[int, Mapping[str, Any]], console: Console) -> Text:
    """A failure in full; on a terminal wrapped, and what is wrong in the response brought out."""
    text = Text(failure_text(row, exchanges, width=console.width if console.is_terminal else 0))
    for pattern, style in _PARTS:
        text.highlight_regex(pattern, style)
    for finding in row["findings"][:1]:
        _bring_out(text, str(finding.get("at") or ""), row["role"])
    text.stylize(STYLES[row["verdict"]], 0, text.plain.find("\n"))
    return text


def _bring_out(text: Text, at: str, role: str) -> None:
    """Mark what ``at`` leads to: a node, a part of a signature, or a header.

    Of headers it is that of the side which ``role`` has written.
    """
    name = re.escape(printable(at.rpartition("/")[2].partition("[")[0]))
    if not name:
        return
    start, end = 0, len(text.plain)
    if "/" in at:
        pattern = rf"<{name}[\s/>][^<]*(?:</{name}>)?"
    elif at.startswith("q-"):
        pattern = rf"\b{name}=[^&\s]*"
    else:
        pattern = rf"(?mi)^    {name}:.*$"
        answer = max(0, text.plain.find("\n  response:"))
        start, end = (answer, end) if role == "S" else (start, answer)
    for found in re.finditer(pattern, text.plain):
        if start <= found.start() < end:
            text.stylize("yellow", found.start(), found.end())


def _print_every(result: Mapping[str, Any], console: Console) -> None:
    console.print()
    for row in result["clauses"]:
        reason = f"  ({row['reason']})" if row["reason"] else ""
        line = Text(f"{row['id']:<8} ")
        line.append(f"{row['verdict']:<13}", STYLES[row["verdict"]])
        line.append(printable(f"{row['judged']:>6}  {row['assertion']}{reason}"))
        console.print(line)


def _print_unjudged(result: Mapping[str, Any], console: Console, verdicts: tuple[str, ...]) -> None:
    for verdict, reason, ids in unjudged(result):
        if verdict in verdicts:
            names = ", ".join(ids[:12]) + (f" and {len(ids) - 12} more" if len(ids) > 12 else "")
            title = "not judged: " if verdict == "not-run" else "inconclusive: "
            line = Text(title, STYLES[verdict])
            line.append(printable(f"{names}: {reason}"))
            console.print(line, soft_wrap=not console.is_terminal)


def _print_short(result: Mapping[str, Any], console: Console) -> None:
    """A line for each failure: what is in full above may have scrolled away."""
    rows = failures(result)
    for row in rows if len(rows) > 1 else ():
        words = row["findings"][0]["message"] if row["findings"] else row["assertion"]
        known = "known " if "known" in row else ""
        line = Text(f"{known}{row['verdict']}", "dim" if known else STYLES[row["verdict"]])
        line.append(printable(f" {row['id']}: {words}"), "default")
        if console.is_terminal:
            console.print(line, soft_wrap=False, no_wrap=True, overflow="ellipsis")
        else:
            console.print(line)


def _print_tail(result: Mapping[str, Any], console: Console) -> None:
    console.print()
    _print_short(result, console)
    _print_unjudged(result, console, ("not-run", "inconclusive"))
    for row in remarks(result):
        remark = Text(printable(f"remark: {row['id']}: {row['reason']}"), "dim")
        console.print(remark, soft_wrap=not console.is_terminal)
    if result.get("remaining_jobs"):
        left = ", ".join(result["remaining_jobs"])
        console.print(Text(printable(f"jobs that remain: {left}"), STYLES["warn"]))
    console.print(run_line(result))
    console.print(judged_line(result))
    verdict = verdict_line(result)
    colours = {"not": "bold red", "conformant": "bold green", "conformant,": "bold green"}
    console.print(Text(verdict, colours.get(verdict.split()[0], "bold magenta")))
