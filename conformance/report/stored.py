"""Reading a stored result: untrusted data, read with bounds and checked before it is rendered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from conformance.problems import Problem
from conformance.report.result import FORMAT, Result, clean

#: A result of 100,000 exchanges in full is about this long.
MAX_BYTES = 1024 * 1024 * 1024
_MAX_DEPTH = 40

#: No count and no duration is as great; what reads reports has no greater numbers either.
_MOST = 2**63

_TEXT = (str,)
_MAYBE_TEXT = (str, type(None))
_NUMBER = (int, float)
_LIST = (list,)
_DICT = (dict,)

_RESULT: dict[str, tuple[type, ...]] = {
    "suite": _DICT,
    "target": _DICT,
    "started": _TEXT,
    "duration_s": _NUMBER,
    "requests": (int,),
    "jobs": (int,),
    "seed": (int,),
    "complete": (bool,),
    "clauses": _LIST,
    "exchanges": _LIST,
}
_CLAUSE: dict[str, tuple[type, ...]] = {
    "id": _TEXT,
    "role": _TEXT,
    "level": _TEXT,
    "assertion": _TEXT,
    "source": _TEXT,
    "verdict": _TEXT,
    "judged": (int,),
    "reason": _MAYBE_TEXT,
    "findings": _LIST,
}
_FINDING: dict[str, tuple[type, ...]] = {
    "message": _TEXT,
    "expected": _TEXT,
    "observed": _TEXT,
    "scenario": _TEXT,
    "exchanges": _LIST,
    "curl": _MAYBE_TEXT,
}
_EXCHANGE: dict[str, tuple[type, ...]] = {
    "n": (int,),
    "request": _DICT,
    "response": (dict, type(None)),
    "elapsed_s": _NUMBER,
}
_VERDICTS = ("pass", "fail", "warn", "info", "inconclusive", "not-run")

#: Members that need not be there.
_MAY: dict[str, dict[str, tuple[type, ...]]] = {
    "result": {
        "strict": (bool,),
        "parts": (int,),
        "mended": _LIST,
        "remaining_jobs": _LIST,
        "statement": _DICT,
        "summary": _DICT,
    },
    "clause": {"broken": (int,), "note": _TEXT, "family": _TEXT},
    "finding": {"at": _TEXT, "level": _TEXT, "again": _MAYBE_TEXT},
    "exchange": {"scenario": _TEXT, "step": _TEXT, "note": _TEXT, "direction": _TEXT},
}


def load_result(path: Path) -> Result:
    """The result stored at ``path``. Raises :class:`Problem` naming file, place and mend."""
    text = _text(path)
    try:
        result = json.loads(text, parse_constant=_no_number, object_hook=_sharing())
    except json.JSONDecodeError as wrong:
        raise Problem(f"{path}:{wrong.lineno}: not JSON: {wrong.msg}") from None
    except (RecursionError, ValueError):
        raise Problem(f"{path}: not a result: nested or numbered beyond reason") from None
    checked = check_result(result, str(path))
    cleaned: Result = clean(checked) if _SURROGATE.search(text) else checked
    return cleaned


def _text(path: Path) -> str:
    """What the file holds. Its bytes are not kept beside it."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Problem(f"{path}: longer than {MAX_BYTES} bytes; is this a result?")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Problem(f"{path}: not UTF-8 text; a result is JSON in UTF-8") from None


def _sharing() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Have equal headers kept once: they are most of what a long result takes in memory."""
    known: dict[tuple[str, ...], list[str]] = {}

    def share(made: dict[str, Any]) -> dict[str, Any]:
        headers = made.get("headers")
        if isinstance(headers, list):
            made["headers"] = [
                known.setdefault(tuple(each), each) if _is_pair(each) else each for each in headers
            ]
        return made

    return share


#: The escape of one half of a character: the other half may be missing, and no file can hold that.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _no_number(name: str) -> None:
    """JSON has no NaN and no Infinity, whatever Python reads."""
    raise ValueError(name)


def check_result(result: Any, path: str) -> Result:
    """``result`` when it has the shape of a result; else raises :class:`Problem`."""
    if not isinstance(result, dict) or result.get("format") != FORMAT:
        raise Problem(f"{path}: not a result: its format is not {FORMAT!r}")
    if _deeper(result, _MAX_DEPTH):
        raise Problem(f"{path}: not a result: nested more than {_MAX_DEPTH} deep")
    _shape(result, _RESULT, f"{path}: result")
    _may(result, "result", f"{path}: result")
    for name in ("kind", "name"):
        _is_text(result["target"].get(name), f"{path}: target.{name}")
    for name in ("version", "revision"):
        _is_text(result["suite"].get(name), f"{path}: suite.{name}")
    for place, row in enumerate(result["clauses"]):
        _check_clause(row, f"{path}: clauses[{place}]")
    for place, exchange in enumerate(result["exchanges"]):
        _check_exchange(exchange, f"{path}: exchanges[{place}]")
    for name in ("mended", "remaining_jobs"):
        for line in result.get(name, []):
            _is_text(line, f"{path}: {name}")
    return result


def _check_clause(row: Any, where: str) -> None:
    _shape(row, _CLAUSE, where)
    _may(row, "clause", where)
    if row["verdict"] not in _VERDICTS:
        raise Problem(f"{where}.verdict: {row['verdict'][:40]!r} is no verdict")
    if row["role"] not in ("S", "C", "K"):
        raise Problem(f"{where}.role: {row['role'][:40]!r} is no role")
    if "known" in row:
        known = row["known"]
        if not isinstance(known, dict):
            raise Problem(f"{where}.known: not an object")
        _is_text(known.get("reason"), f"{where}.known.reason")
        _is_text(known.get("link", ""), f"{where}.known.link")
    for place, finding in enumerate(row["findings"]):
        inner = f"{where}.findings[{place}]"
        _shape(finding, _FINDING, inner)
        _may(finding, "finding", inner)
        if not all(type(n) is int for n in finding["exchanges"]):
            raise Problem(f"{inner}.exchanges: not all of them are numbers")


def _check_exchange(exchange: Any, where: str) -> None:
    _shape(exchange, _EXCHANGE, where)
    _may(exchange, "exchange", where)
    _is_text(exchange["request"].get("method"), f"{where}.request.method")
    _is_text(exchange["request"].get("target"), f"{where}.request.target")
    for name in ("request", "response"):
        side = exchange[name]
        if side is None:
            continue
        headers = side.get("headers")
        if not isinstance(headers, list) or not all(map(_is_pair, headers)):
            raise Problem(f"{where}.{name}.headers: not a list of names and values")
        for part in ("body", "body_base64", "body_note", "reason", "version"):
            _is_text(side.get(part, ""), f"{where}.{name}.{part}")
    if exchange["response"] is not None and type(exchange["response"].get("status")) is not int:
        raise Problem(f"{where}.response.status: not a whole number")
    failure = exchange.get("failure")
    if failure is not None:
        _shape(failure, {"kind": _TEXT, "message": _TEXT}, f"{where}.failure")


def _shape(value: Any, members: Mapping[str, tuple[type, ...]], where: str) -> None:
    if not isinstance(value, dict):
        raise Problem(f"{where}: not an object")
    for name, kinds in members.items():
        if name not in value:
            raise Problem(f"{where}: {name} is missing")
        is_flag = isinstance(value[name], bool) and bool not in kinds
        if is_flag or not isinstance(value[name], kinds):
            wanted = " or ".join("null" if kind is type(None) else kind.__name__ for kind in kinds)
            raise Problem(f"{where}.{name}: not of type {wanted}")
        if isinstance(value[name], int | float) and not 0 <= value[name] < _MOST:
            raise Problem(f"{where}.{name}: not a number from 0 to {_MOST - 1}")


def _may(value: Mapping[str, Any], what: str, where: str) -> None:
    """As :func:`_shape`, for the members that need not be there."""
    _shape(value, {name: kinds for name, kinds in _MAY[what].items() if name in value}, where)


def _is_text(value: Any, where: str) -> None:
    if not isinstance(value, str):
        raise Problem(f"{where}: not text")


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value)
    )


def _deeper(value: Any, depth: int) -> bool:
    """Whether ``value`` is nested deeper than ``depth`` levels."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(depth == 0 or _deeper(item, depth - 1) for item in items)
