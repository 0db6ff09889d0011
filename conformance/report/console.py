"""The report on a terminal: a table by family, each failure in full, what was not judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.report.finding import failure_text, printable
from conformance.report.summary import (
    VERDICTS,
    by_family,
    failures,
    judged_line,
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
        first, _, rest = failure_text(row, exchanges).partition("\n")
        console.print(Text(first, STYLES[row["verdict"]]))
        console.print(Text(rest))
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
    console.print(
        f"picjobs-conformance {suite['version']}, CreatePicJobs page of {suite['revision']}, "
        f"{result['started']}"
    )


def _table(result: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("family")
    table.add_column("")
    for name in VERDICTS:
        table.add_column(name, justify="right")
    for family, title, counts in by_family(result):
        cells = [
            Text(
                str(counts[name]) if counts[name] else "·", STYLES[name] if counts[name] else "dim"
            )
            for name in VERDICTS
        ]
        table.add_row(family, title, *cells)
    return table


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
            console.print(line)


def _print_tail(result: Mapping[str, Any], console: Console) -> None:
    console.print()
    _print_unjudged(result, console, ("not-run", "inconclusive"))
    for row in remarks(result):
        console.print(Text(printable(f"remark: {row['id']}: {row['reason']}"), "dim"))
    if result.get("remaining_jobs"):
        left = ", ".join(result["remaining_jobs"])
        console.print(Text(printable(f"jobs that remain: {left}"), STYLES["warn"]))
    console.print(run_line(result))
    console.print(judged_line(result))
    verdict = verdict_line(result)
    colours = {"not": "bold red", "conformant": "bold green", "conformant,": "bold green"}
    console.print(Text(verdict, colours.get(verdict.split()[0], "bold")))
