"""Several results side by side: clauses by targets, as a page, as Markdown, and on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.report.console import STYLES
from conformance.report.finding import printable
from conformance.report.html import mood, page
from conformance.report.markdown import MARKS, escaped
from conformance.report.summary import VERDICTS, Row, family_of, judged_line, moment, verdict_line
from conformance.spec.clauses import CATALOGUE, FAMILIES


@dataclass(frozen=True)
class Column:
    """One target: a letter that stands for it, and what is said of it as a whole."""

    letter: str
    name: str
    kind: str
    verdict: str
    mood: str
    judged: str
    about: str


@dataclass(frozen=True)
class Line:
    """One clause: what every result says of it; None where it is not about such a target."""

    about: Row
    cells: tuple[Row | None, ...]

    @property
    def family(self) -> str:
        return family_of(self.about)

    @property
    def verdicts(self) -> list[str]:
        """The different verdicts on it."""
        return list(dict.fromkeys(cell["verdict"] for cell in self.cells if cell is not None))

    def pairs(self, columns: Sequence[Column]) -> list[tuple[Column, Row | None]]:
        """Every column with what it says of the clause."""
        return list(zip(columns, self.cells, strict=True))

    @property
    def is_even(self) -> bool:
        """Whether it passes wherever it stands."""
        return self.verdicts == ["pass"]


@dataclass(frozen=True)
class Matrix:
    """The columns, and a line for each clause in catalogue order."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def matrix(results: Sequence[Mapping[str, Any]]) -> Matrix:
    """The results side by side."""
    rows = [{row["id"]: row for row in result["clauses"]} for result in results]
    about: dict[str, Row] = {}
    for each in rows:
        about = {**each, **about}
    order = {clause.id: place for place, clause in enumerate(CATALOGUE)}
    names = sorted(about, key=lambda name: order.get(name, len(order)))
    return Matrix(
        tuple(_column(place, result) for place, result in enumerate(results)),
        tuple(Line(about[name], tuple(each.get(name) for each in rows)) for name in names),
    )


def _column(place: int, result: Mapping[str, Any]) -> Column:
    target, suite = result["target"], result["suite"]
    return Column(
        _letter(place),
        printable(target["name"]),
        printable(target["kind"]),
        printable(verdict_line(result)),
        mood(result),
        judged_line(result),
        printable(
            f"{moment(result['started'])}, suite {suite['version']}, page of {suite['revision']}, "
            f"seed {result['seed']}"
        ),
    )


def _letter(place: int) -> str:
    """A to Z, then AA, AB and so on."""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


# ---- the page -----------------------------------------------------------------------------------


def render_matrix_html(results: Sequence[Mapping[str, Any]]) -> str:
    """The matrix as one HTML page that stands alone."""
    made = matrix(results)
    families = [name for name in FAMILIES if any(line.family == name for line in made.lines)]
    return page(
        "matrix.html.j2",
        columns=made.columns,
        lines=made.lines,
        families=families,
        shown=[name for name in VERDICTS if any(name in line.verdicts for line in made.lines)],
    )


# ---- Markdown -----------------------------------------------------------------------------------


def render_matrix_markdown(results: Sequence[Mapping[str, Any]]) -> str:
    """The matrix as Markdown: the targets, then the clauses that do not pass everywhere."""
    return "\n".join(_markdown(matrix(results))) + "\n"


def _markdown(made: Matrix) -> Iterator[str]:
    yield "# CreatePicJobs conformance"
    yield ""
    yield "| | target | verdict | clauses | run |"
    yield "|---|---|---|---|---|"
    for column in made.columns:
        told = (column.name, column.verdict, column.judged, column.about)
        yield f"| **{column.letter}** | {' | '.join(map(escaped, told))} |"
    yield ""
    yield f"| clause | level | {' | '.join(column.letter for column in made.columns)} | assertion |"
    yield f"|---|---|{':-:|' * len(made.columns)}---|"
    uneven = [line for line in made.lines if not line.is_even]
    for line in uneven:
        cells = [_sign(cell) for cell in line.cells]
        about = line.about
        yield (
            f"| {escaped(about['id'])} | {escaped(about['level'])} | {' | '.join(cells)} | "
            f"{escaped(about['assertion'])} |"
        )
    yield ""
    even = len(made.lines) - len(uneven)
    yield f"{even} of {len(made.lines)} clauses pass wherever they apply and are left out here."
    yield ""
    signs = (f"{MARKS[name]} {name}" for name in VERDICTS)
    yield f"{', '.join(signs)}; - not about such a target; (known) a listed failure."


def _sign(cell: Row | None) -> str:
    if cell is None:
        return "-"
    return MARKS[cell["verdict"]] + (" (known)" if "known" in cell else "")


# ---- a terminal ---------------------------------------------------------------------------------


def print_matrix(
    results: Sequence[Mapping[str, Any]], console: Console, *, verbose: bool = False
) -> None:
    """Print the targets, then the clauses that do not pass everywhere; all with ``verbose``."""
    made = matrix(results)
    for column in made.columns:
        console.print(
            Text.assemble((f"{column.letter}  ", "bold"), f"{column.kind}: {column.name}")
        )
        console.print(Text(f"   {column.verdict}", STYLES[column.mood]))
        console.print(Text(f"   {column.judged}; {column.about}", "dim"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    shown = [line for line in made.lines if verbose or not line.is_even]
    table.add_column("clause", min_width=7)
    for place, column in enumerate(made.columns):
        cells = [_cell(line.cells[place]).cell_len for line in shown]
        table.add_column(column.letter, min_width=max(cells, default=1))
    table.add_column("assertion", ratio=1, overflow="ellipsis", no_wrap=True)
    for line in shown:
        table.add_row(
            printable(line.about["id"]),
            *map(_cell, line.cells),
            Text(printable(line.about["assertion"])),
        )
    if shown:
        console.print()
        console.print(table)
    console.print()
    even = sum(line.is_even for line in made.lines)
    console.print(f"{even} of {len(made.lines)} clauses pass wherever they apply")


def _cell(cell: Row | None) -> Text:
    if cell is None:
        return Text("-", "dim")
    known = "known " if "known" in cell else ""
    return Text(known + cell["verdict"], "dim" if known else STYLES[cell["verdict"]])
