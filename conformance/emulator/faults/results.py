"""Faults of PicProcessResult: its shape and its numbers (STA-11, STA-12)."""

from __future__ import annotations

from dataclasses import replace

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.results import callback_result, pictures
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import drop, edit, every_node, grow
from conformance.emulator.values import Operation
from conformance.spec.xml import Node, element

FAULTS = Faults()


class _Result(Behaviour):
    """Another result, where there is one."""

    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        made = super().render_result(job, operation)
        return made and self._changed(made)

    def _changed(self, result: Node) -> Node | None:
        raise NotImplementedError


# ---- STA-11: shape ----


@FAULTS.add("result-missing", "STA-11", says="A job in Success has no PicProcessResult.")
class ResultMissing(_Result):
    def _changed(self, result: Node) -> Node | None:
        return None


@FAULTS.add("result-missing-inline", "STA-11", says="Inline jobs have no PicProcessResult.")
class ResultMissingInline(Behaviour):
    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        return super().render_result(job, operation) if job.request.template_id else None


@FAULTS.add("result-bare", "STA-11", says="PicProcessResult is empty.")
class ResultBare(_Result):
    def _changed(self, result: Node) -> Node | None:
        return element("PicProcessResult")


@FAULTS.add("result-text", "STA-11", says="PicProcessResult holds a URL and nothing else.")
class ResultText(_Result):
    def _changed(self, result: Node) -> Node | None:
        return element("PicProcessResult", "https://example.com/output/out.jpg")


@FAULTS.add(
    "result-mixed",
    "STA-11",
    says="ObjectName of one shape stands beside ProcessResults of another.",
)
class ResultMixed(Behaviour):
    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        made = super().render_result(job, operation)
        if made is None or operation is Operation.CALLBACK:
            return made
        name = element("ObjectName", pictures(job, self.rule_of(job))[1].key)
        return replace(made, children=(name, *made.children))


@FAULTS.add(
    "result-mixed-single", "STA-11", says="OriginalInfo has Key, ProcessResult is a single one."
)
class ResultMixedSingle(Behaviour):
    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        made = super().render_result(job, operation)
        if made is None or operation is Operation.CALLBACK:
            return made
        other = callback_result(*pictures(job, self.rule_of(job)))
        return grow(drop(made, "ProcessResults"), "", *other.all("ProcessResult"))


@FAULTS.add("result-wrapped-mixed", "STA-11", says="UploadResult holds the callback's shape.")
class ResultWrappedMixed(Behaviour):
    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        if super().render_result(job, operation) is None:
            return None
        other = callback_result(*pictures(job, self.rule_of(job)))
        return element("PicProcessResult", element("UploadResult", *other.children))


@FAULTS.add("result-unwrapped", "STA-11", says="The nodes of ProcessResults.Object stand alone.")
class ResultUnwrapped(_Result):
    def _changed(self, result: Node) -> Node | None:
        return edit(edit(result, "ProcessResults/Object", _inner), "ProcessResults", _inner)


def _inner(node: Node) -> tuple[Node, ...]:
    return node.children


class _Less(Behaviour):
    """Leaves a node of the result out where describe and lists show it."""

    _lost = ""

    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        made = super().render_result(job, operation)
        return made if made is None or operation is Operation.CALLBACK else drop(made, self._lost)


@FAULTS.add("result-without-original", "STA-11", says="The result has no OriginalInfo.")
class ResultWithoutOriginal(_Less):
    _lost = "OriginalInfo"


@FAULTS.add("result-without-image-info", "STA-11", says="OriginalInfo has no ImageInfo.")
class ResultWithoutImageInfo(_Less):
    _lost = "OriginalInfo/ImageInfo"


# ---- STA-12: numbers and Ave ----


class _Leaf(_Result):
    """Another text in the leaves of the given names, below the given node when one is named."""

    _names: tuple[str, ...] = ()
    _below = ""

    def _changed(self, result: Node) -> Node | None:
        if not self._below:
            return every_node(result, self._leaf)
        return every_node(
            result, lambda node: every_node(node, self._leaf) if node.name == self._below else node
        )

    def _leaf(self, node: Node) -> Node:
        return replace(node, text=self._text(node.text)) if node.name in self._names else node

    def _text(self, text: str) -> str:
        raise NotImplementedError


@FAULTS.add("width-negative", "STA-12", says="The original's Width is negative.")
class WidthNegative(_Leaf):
    _names, _below = ("Width",), "ImageInfo"

    def _text(self, text: str) -> str:
        return f"-{text}"


@FAULTS.add("height-zero", "STA-12", says="The result's Height is 0.")
class HeightZero(_Leaf):
    _names = ("Height",)

    def _text(self, text: str) -> str:
        return "0"


@FAULTS.add("size-zero", "STA-12", says="Size is 0.")
class SizeZero(_Leaf):
    _names = ("Size",)

    def _text(self, text: str) -> str:
        return "0"


@FAULTS.add("size-readable", "STA-12", says="Size is written for people, 70 KB for example.")
class SizeReadable(_Leaf):
    _names = ("Size",)

    def _text(self, text: str) -> str:
        return f"{int(text) // 1000} KB"


@FAULTS.add("width-float", "STA-12", says="Width and Height have a fraction, 1280.0.")
class WidthFloat(_Leaf):
    _names = ("Width", "Height")

    def _text(self, text: str) -> str:
        return f"{text}.0"


@FAULTS.add("width-pixels", "STA-12", says="Width and Height have a unit, 1280px.")
class WidthPixels(_Leaf):
    _names = ("Width", "Height")

    def _text(self, text: str) -> str:
        return f"{text}px"


@FAULTS.add("size-grouped", "STA-12", says="Size has a thousands separator.")
class SizeGrouped(_Leaf):
    _names = ("Size",)

    def _text(self, text: str) -> str:
        return f"{int(text):,}"


@FAULTS.add("quality-percent", "STA-12", says="Quality ends in a percent sign.")
class QualityPercent(_Leaf):
    _names = ("Quality",)

    def _text(self, text: str) -> str:
        return f"{text}%"


@FAULTS.add("quality-minus-1", "STA-12", says="Quality is -1, for unknown.")
class QualityMinus1(_Leaf):
    _names = ("Quality",)

    def _text(self, text: str) -> str:
        return "-1"


@FAULTS.add("orientation-word", "STA-12", says="Orientation is top-left rather than a number.")
class OrientationWord(_Leaf):
    _names = ("Orientation",)

    def _text(self, text: str) -> str:
        return "top-left"


@FAULTS.add("orientation-negative", "STA-12", says="Orientation is -1.")
class OrientationNegative(_Leaf):
    _names = ("Orientation",)

    def _text(self, text: str) -> str:
        return "-1"


@FAULTS.add("ave-bare", "STA-12", says="Ave has no 0x.")
class AveBare(_Leaf):
    _names = ("Ave",)

    def _text(self, text: str) -> str:
        return text.removeprefix("0x")


@FAULTS.add("ave-hash", "STA-12", says="Ave is written as in CSS, with a hash sign.")
class AveHash(_Leaf):
    _names = ("Ave",)

    def _text(self, text: str) -> str:
        return f"#{text.removeprefix('0x')}"


@FAULTS.add("ave-short", "STA-12", says="Ave loses leading digits, five are left.")
class AveShort(_Leaf):
    _names = ("Ave",)

    def _text(self, text: str) -> str:
        return f"0x{text[3:]}"


@FAULTS.add("ave-alpha", "STA-12", says="Ave has eight digits, transparency too.")
class AveAlpha(_Leaf):
    _names = ("Ave",)

    def _text(self, text: str) -> str:
        return f"{text}ff"
