"""STA-11 and STA-12: ``PicProcessResult``, in one of its documented shapes (E3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from conformance.checks.base import Decisions, Outcome, broken, ok
from conformance.checks.jobs import ROOT, JobView
from conformance.spec.states import State
from conformance.spec.xml import Node

PATH = "Operation/PicProcessResult"

_AVE = re.compile(r"0x[0-9a-fA-F]{6}")
_WHOLE = re.compile(r"[0-9]{1,18}")
_AT_LEAST_ONE = ("Width", "Height", "Size")
_NUMBERS = (*_AT_LEAST_ONE, "Quality", "Orientation")


class Shape(StrEnum):
    """Which of the three documented shapes a result has."""

    UPLOAD = "OriginalInfo and ProcessResults.Object, as UploadResult has them"
    WRAPPED = "an UploadResult node around them, as the vendor's Go client expects"
    CALLBACK = "ObjectName, OriginalInfo and one ProcessResult, as the callback samples have them"


#: What a job with IsPicInfo asks for, in every shape.
_INFO = "OriginalInfo/ImageInfo"

_UPLOAD_NAMES = frozenset(("OriginalInfo", "ProcessResults"))
_CALLBACK_NAMES = frozenset(("ObjectName", "OriginalInfo", "ProcessResult"))


def shape_of(result: Node) -> Shape | None:
    """The shape, or None for a mixture or something else."""
    names = frozenset(child.name for child in result.children)
    original = result.first("OriginalInfo") or Node("OriginalInfo")
    if names == {"UploadResult"} and len(result.children) == 1:
        return Shape.WRAPPED if _is_upload(result.children[0]) else None
    if "ProcessResult" in names:
        upload_only = original.first("Key") or original.first("Location")
        return Shape.CALLBACK if names <= _CALLBACK_NAMES and upload_only is None else None
    return Shape.UPLOAD if _is_upload(result) else None


def _is_upload(node: Node) -> bool:
    names = frozenset(child.name for child in node.children)
    original = node.first("OriginalInfo") or Node("OriginalInfo")
    results = node.first("ProcessResults")
    return (
        names <= _UPLOAD_NAMES
        and results is not None
        and bool(results.all("Object"))
        and original.first("Etag") is None
    )


def check_result(view: JobView) -> Iterator[Outcome]:
    """Judge the result of a job that is in Success."""
    if view.state is not State.SUCCESS:
        return
    result = view.job.at(PATH)
    shape = shape_of(result) if result is not None else None
    if result is None or shape is None:
        yield broken(
            "STA-11",
            view.exchange,
            message="a Success job has no PicProcessResult in a documented shape",
            expected="; or ".join(Shape),
            observed="no PicProcessResult" if result is None else _names(result),
            at=f"{ROOT}/{PATH}",
        )
    elif _wants_info(view) and _inner(result).at(_INFO) is None:
        yield broken(
            "STA-11",
            view.exchange,
            message="IsPicInfo is true, and the result has no information on the original image",
            expected="OriginalInfo with ImageInfo, as every documented shape has them",
            observed=_names(_inner(result)),
            at=f"{ROOT}/{PATH}",
        )
    else:
        yield ok("STA-11", view.exchange, seen=f"PicProcessResult has {shape}")
    if result is not None:
        yield from _values(view, result)


def _wants_info(view: JobView) -> bool:
    """Whether the job asked for information on the image; what a template asks is not known."""
    asked = view.asked
    if asked is None or asked.template_id or asked.pic_process is None:
        return False
    return (asked.pic_process.is_pic_info or "").strip() == "true"


def _inner(result: Node) -> Node:
    return result.first("UploadResult") or result


def _names(result: Node) -> str:
    return "PicProcessResult with " + (
        ", ".join(child.name for child in result.children) or "nothing"
    )


def _values(view: JobView, result: Node) -> Iterator[Outcome]:
    """STA-12: numbers are whole and in range, Ave is a colour."""
    wrong = False
    for path, node in result.walk(PATH.rpartition("/")[0]):
        rule = _rule_broken(node)
        if rule:
            wrong = True
            yield broken(
                "STA-12",
                view.exchange,
                message=f"{node.name} in PicProcessResult is not what the page says it is",
                expected=rule,
                observed=repr(node.text),
                at=f"{ROOT}/{path}",
            )
    if not wrong:
        yield ok("STA-12", view.exchange)


def _rule_broken(node: Node) -> str:
    """The rule that a leaf breaks, or ``""``."""
    if node.children:
        return ""
    text = node.text.strip()
    if node.name == "Ave" and _AVE.fullmatch(text) is None:
        return "0x and six hex digits"
    if node.name in _NUMBERS:
        if _WHOLE.fullmatch(text) is None:
            return "a whole number, not negative"
        if node.name in _AT_LEAST_ONE and int(text) < 1:
            return "a whole number of at least 1"
    return ""


#: Which function decides which clauses.
DECIDES: Decisions = {
    check_result: ("STA-11",),
    _values: ("STA-12",),
}
