"""The expectations file: known failures, each with its reason, and the conformance statement.

It cannot rot: a listed clause that no longer fails, an entry that has expired, an id that does not
exist and a key that nobody reads are errors, named with the line where they stand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from conformance.config import line_of
from conformance.problems import Problem, did_you_mean
from conformance.spec.clauses import UnknownClause, clause

_LIMIT = 4 * 1024 * 1024
_KEYS = ("clause", "reason", "link", "expires")

#: Optional parts that an implementation may leave unclaimed.
STATEMENT = ("callbacks", "tdmq", "list", "cancel", "temporary-credentials")


@dataclass(frozen=True, slots=True)
class Known:
    """One failure that is known, and why it is lived with. ``line`` is its place in the file."""

    clause: str
    reason: str
    link: str = ""
    expires: date | None = None
    line: int = 0


@dataclass(frozen=True)
class Expectations:
    """What a file says. ``disclaimed`` are the parts that are not claimed, by name."""

    path: str = ""
    known: tuple[Known, ...] = ()
    disclaimed: frozenset[str] = frozenset()


def load_expectations(path: Path, today: date) -> Expectations:
    """Read a file. Raises :class:`Problem`, with file and line, for whatever is wrong in it."""
    text = _text(path)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:  # nested without end, numbers of any length
        raise Problem(f"{path}: not valid TOML: {wrong}") from None
    for key in table:
        if key not in ("known", "statement"):
            where = f"{path}:{line_of(text, key)}"
            hint = did_you_mean(key, ("known", "statement"))
            raise Problem(f"{where}: there is no key {key!r} here{hint}")
    return Expectations(
        str(path),
        _known(path, text, table.get("known", []), today),
        _disclaimed(path, text, table.get("statement", {})),
    )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LIMIT:
            raise Problem(f"{path}: longer than {_LIMIT} bytes; is this the right file?")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Problem(f"{path}: not UTF-8 text; TOML is always UTF-8") from None
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror or error}") from None


def _known(path: Path, text: str, rows: Any, today: date) -> tuple[Known, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Problem(f"{path}:{line_of(text, 'known')}: write each known failure as [[known]]")
    lines = [text.count("\n", 0, at.start()) + 1 for at in _HEADING.finditer(text)]
    if len(lines) != len(rows):  # written in a form whose lines cannot be told, as an array
        lines = [line_of(text, "known")] * len(rows)
    found: dict[str, Known] = {}
    for row, line in zip(rows, lines, strict=True):
        known = _one(f"{path}:{line}", row, line)
        if known.clause in found:
            raise Problem(
                f"{path}:{line}: {known.clause} is listed already, on line "
                f"{found[known.clause].line}"
            )
        if known.expires is not None and known.expires < today:
            raise Problem(
                f"{path}:{line}: the entry for {known.clause} expired on {known.expires}; "
                "look at it again, then remove it or give it a new date"
            )
        found[known.clause] = known
    return tuple(found.values())


_HEADING = re.compile(r"^[ \t]*\[\[[ \t]*[\"']?known[\"']?[ \t]*\]\]", re.MULTILINE)


def _one(where: str, row: Mapping[str, Any], line: int) -> Known:
    for key in row:
        if key not in _KEYS:
            raise Problem(f"{where}: a known failure has no key {key!r}{did_you_mean(key, _KEYS)}")
    for key in ("clause", "reason"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise Problem(f"{where}: a known failure needs a {key} (text)")
    link, expires = row.get("link", ""), row.get("expires")
    if not isinstance(link, str):
        raise Problem(f"{where}: link is to be text")
    try:
        name = clause(row["clause"]).id
    except UnknownClause as unknown:
        raise Problem(f"{where}: {unknown}") from None
    return Known(name, row["reason"], link, _date(where, expires), line)


def _date(where: str, value: Any) -> date | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Problem(f"{where}: expires is to be a date, as in 2026-12-31") from None


def _disclaimed(path: Path, text: str, table: Any) -> frozenset[str]:
    where = f"{path}:{line_of(text, 'statement')}"
    if not isinstance(table, dict):
        raise Problem(f"{where}: write the conformance statement as a table, [statement]")
    for key, value in table.items():
        where = f"{path}:{line_of(text, key)}"
        if key not in STATEMENT:
            hint = did_you_mean(key, STATEMENT)
            raise Problem(f"{where}: the conformance statement has no part {key!r}{hint}")
        if not isinstance(value, bool):
            raise Problem(f"{where}: {key} is to be true or false")
    return frozenset(key for key, value in table.items() if not value)


# ---- what they mean for a result ----------------------------------------------------------------


def apply(result: dict[str, Any], expectations: Expectations) -> dict[str, Any]:
    """A copy of ``result`` in which known failures are marked and mended ones are listed.

    A clause that fails and is listed gets ``known`` (reason and link). ``mended`` holds one line
    for each listed clause that was judged and no longer fails.
    """
    known = {each.clause: each for each in expectations.known}
    clauses, mended = [], []
    for row in result["clauses"]:
        entry = known.get(row["id"])
        marked = entry is not None and row["verdict"] in ("fail", "warn", "info")
        about = {"known": {"reason": entry.reason, "link": entry.link}} if entry and marked else {}
        clauses.append({**row, **about})
        if entry is not None and row["verdict"] == "pass":
            mended.append(
                f"{expectations.path}:{entry.line}: {entry.clause} no longer fails: remove it"
            )
    statement = dict.fromkeys(sorted(expectations.disclaimed), False)
    return {**result, "clauses": clauses, "mended": mended, "statement": statement}


def written(result: Mapping[str, Any]) -> str:
    """A first expectations file: each failure of ``result`` with what was seen as its reason."""
    lines = [
        "# Known failures, to be gone through: say in each reason why it is lived with, and link",
        "# to where it is to be mended. `expires = 2026-12-31` has the suite ask again.",
        "",
    ]
    failing = (row for row in result["clauses"] if row["verdict"] == "fail")
    for row in {row["id"]: row for row in failing}.values():  # one clause may be of two roles
        kept = row.get("known", {})
        findings = row["findings"]
        reason = kept.get("reason") or (findings[0]["message"] if findings else "it fails")
        lines += [
            "[[known]]",
            f"clause = {_toml(row['id'])}",
            f"reason = {_toml(reason)}",
            f"link = {_toml(kept.get('link', ''))}",
            "",
        ]
    parts = result.get("statement", {})
    if parts:
        lines += ["[statement]", *(f"{part} = false" for part in parts), ""]
    return "\n".join(lines)


def _toml(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda at: f"\\u{ord(at[0]):04x}", escaped) + '"'
