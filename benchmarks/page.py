"""The table and the plot, as people see them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.measuring import Figure

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def line(figure: Figure) -> str:
    """One figure on one line of a terminal."""
    mark = {True: "ok", False: "MISSED"}[figure.reached] if figure.reach is not None else ""
    sides = " against ".join(side for side in (figure.ours, figure.theirs) if side)
    return f"{figure.name:64} {number(figure.value):>8} {reach(figure):>9} {mark:6} {sides}"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def reach(figure: Figure) -> str:
    if figure.reach is None:
        return ""
    return f"{'>=' if figure.more else '<='} {number(figure.reach)}"


def write_table(path: Path, figures: Sequence[Figure], machine: str) -> None:
    """Put the table between the marks of a page. Raises ValueError when it has none."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path}: the marks {BEGIN} and {END} are not there")
    table = "\n".join(_rows(figures, machine))
    path.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def _rows(figures: Iterable[Figure], machine: str) -> Iterable[str]:
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d}, {machine}.\n"
    yield "| what | value | unit | reach | | ours | beside |"
    yield "|---|--:|---|--:|---|---|---|"
    for each in figures:
        mark = "" if each.reach is None else "reached" if each.reached else "**missed**"
        cells = (each.name, number(each.value), each.unit, reach(each), mark, each.ours)
        yield f"| {' | '.join(cells)} | {each.theirs} |"


# ---- the plot -----------------------------------------------------------------------------------

_WIDTH, _ROW, _LEFT, _RIGHT = 900, 26, 430, 60


def write_plot(path: Path, figures: Sequence[Figure]) -> None:
    """A bar for each figure with a reach: how far beyond (or short of) it, on a log scale."""
    shown = [each for each in figures if each.reach]
    height = _ROW * len(shown) + 60
    middle = _LEFT + (_WIDTH - _LEFT - _RIGHT) / 2
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            'font-family="sans-serif" font-size="12" role="img">'
        ),
        "<title>How far each figure is beyond its reach</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        *(_bar(each, 20 + _ROW * place, middle) for place, each in enumerate(shown)),
        f'<line x1="{middle}" x2="{middle}" y1="10" y2="{height - 34}" stroke="#444"/>',
        (
            f'<text x="{middle}" y="{height - 14}" text-anchor="middle" fill="#444">'
            "its reach (left of it: missed)</text>"
        ),
        "</svg>",
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _bar(figure: Figure, top: float, middle: float) -> str:
    assert figure.reach
    beyond = figure.value / figure.reach if figure.more else figure.reach / max(figure.value, 1e-9)
    half = (_WIDTH - _LEFT - _RIGHT) / 2
    length = max(-half, min(half, math.log10(max(beyond, 1e-3)) / 2 * half))
    left, colour = (middle, "#2f7d4f") if length >= 0 else (middle + length, "#b3402e")
    tip = middle + length + (6 if length >= 0 else -6)
    anchor = "start" if length >= 0 else "end"
    return (
        f'<text x="{_LEFT - 10}" y="{top + 13}" text-anchor="end">{escape(figure.name)}</text>'
        f'<rect x="{left:.1f}" y="{top}" width="{abs(length):.1f}" height="18" fill="{colour}"/>'
        f'<text x="{tip:.1f}" y="{top + 13}" text-anchor="{anchor}" fill="#222">'
        f"{number(figure.value)}</text>"
    )
