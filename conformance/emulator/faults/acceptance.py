"""Faults of what is taken: sound requests that are refused (REQ-30 to REQ-38)."""

from __future__ import annotations

import re

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.validate import argument
from conformance.emulator.values import Incoming, Refusal
from conformance.spec.clauses import Level
from conformance.spec.messages import JobRequest
from conformance.spec.xml import Node, escape_text

FAULTS = Faults()

SHOULD = Level.SHOULD


class _Refuses(Behaviour):
    """Refuses one more kind of document."""

    def check_body(self, root: Node) -> None:
        super().check_body(root)
        if self._bad(root):
            raise argument("the request is not served here")

    def _bad(self, root: Node) -> bool:
        raise NotImplementedError


# ---- REQ-30, REQ-31, REQ-32: the three forms ----


@FAULTS.add("template-refused", "REQ-30", says="A job with a template alone is refused.")
class TemplateRefused(_Refuses):
    def _bad(self, root: Node) -> bool:
        return root.at("Operation/PicProcess") is None


@FAULTS.add("template-id-hex-only", "REQ-30", says="TemplateId must have 32 characters, not 33.")
class TemplateIdHexOnly(_Refuses):
    def _bad(self, root: Node) -> bool:
        given = root.value("Operation/TemplateId")
        return bool(given) and len(given or "") != 32


@FAULTS.add("inline-refused", "REQ-31", says="TemplateId is required.")
class InlineRefused(_Refuses):
    def _bad(self, root: Node) -> bool:
        return not root.value("Operation/TemplateId")


@FAULTS.add("rule-without-parameters", "REQ-31", says="A ProcessRule with slashes is refused.")
class RuleWithoutParameters(_Refuses):
    def _bad(self, root: Node) -> bool:
        return "/" in (root.value("Operation/PicProcess/ProcessRule") or "")


class _Demands(_Refuses):
    """Asks for a node that the page calls optional."""

    _path = ""

    def _bad(self, root: Node) -> bool:
        return root.at(self._path) is None


@FAULTS.add("user-data-required", "REQ-32", says="UserData is required.")
class UserDataRequired(_Demands):
    _path = "Operation/UserData"


@FAULTS.add("job-level-required", "REQ-32", says="JobLevel is required.")
class JobLevelRequired(_Demands):
    _path = "Operation/JobLevel"


@FAULTS.add("callback-required", "REQ-32", says="CallBack is required.")
class CallbackRequired(_Demands):
    _path = "CallBack"


# ---- REQ-33: optional nodes ----


class _Forbids(_Refuses):
    """Knows nothing of an optional node, and refuses it."""

    _path = ""

    def _bad(self, root: Node) -> bool:
        return root.at(self._path) is not None


@FAULTS.add("user-data-refused", "REQ-33", says="UserData is refused.")
class UserDataRefused(_Forbids):
    _path = "Operation/UserData"


@FAULTS.add("job-level-refused", "REQ-33", says="JobLevel is refused.")
class JobLevelRefused(_Forbids):
    _path = "Operation/JobLevel"


@FAULTS.add("callback-refused", "REQ-33", says="CallBack is refused.")
class CallbackRefused(_Forbids):
    _path = "CallBack"


@FAULTS.add("callback-format-refused", "REQ-33", says="CallBackFormat is refused.")
class CallbackFormatRefused(_Forbids):
    _path = "CallBackFormat"


@FAULTS.add("callback-type-refused", "REQ-33", says="CallBackType is refused.")
class CallbackTypeRefused(_Forbids):
    _path = "CallBackType"


@FAULTS.add("mq-config-refused", "REQ-33", says="CallBackMqConfig is refused.")
class MqConfigRefused(_Forbids):
    _path = "CallBackMqConfig"


@FAULTS.add("template-or-rule", "REQ-33", "RSP-30", says="TemplateId beside PicProcess is refused.")
class TemplateOrRule(_Refuses):
    def _bad(self, root: Node) -> bool:
        both = root.at("Operation/PicProcess") is not None
        return both and root.at("Operation/TemplateId") is not None


@FAULTS.add(
    "mq-config-with-url-refused",
    "REQ-33",
    says="CallBackMqConfig is refused beside CallBack.",
)
class MqConfigWithUrlRefused(_Refuses):
    def _bad(self, root: Node) -> bool:
        return root.at("CallBackMqConfig") is not None and root.at("CallBack") is not None


# ---- REQ-34: valid values ----


class _ForbidsValue(_Refuses):
    """Does not know one valid value."""

    _path, _value = "", ""

    def _bad(self, root: Node) -> bool:
        return root.value(self._path) == self._value


@FAULTS.add("level-2-refused", "REQ-34", says="JobLevel 2 is refused.")
class Level2Refused(_ForbidsValue):
    _path, _value = "Operation/JobLevel", "2"


@FAULTS.add("level-0-refused", "REQ-34", says="JobLevel 0 counts as missing, and is refused.")
class Level0Refused(_ForbidsValue):
    _path, _value = "Operation/JobLevel", "0"


@FAULTS.add("pic-info-false-refused", "REQ-34", says="IsPicInfo false is refused.")
class PicInfoFalseRefused(_ForbidsValue):
    _path, _value = "Operation/PicProcess/IsPicInfo", "false"


@FAULTS.add("callback-xml-refused", "REQ-34", says="CallBackFormat XML is refused.")
class CallbackXmlRefused(_ForbidsValue):
    _path, _value = "CallBackFormat", "XML"


@FAULTS.add("callback-json-refused", "REQ-34", says="CallBackFormat JSON is refused.")
class CallbackJsonRefused(_ForbidsValue):
    _path, _value = "CallBackFormat", "JSON"


@FAULTS.add("callback-type-url-refused", "REQ-34", says="CallBackType Url is refused.")
class CallbackTypeUrlRefused(_ForbidsValue):
    _path, _value = "CallBackType", "Url"


@FAULTS.add("callback-type-tdmq-refused", "REQ-34", says="CallBackType TDMQ is refused.")
class CallbackTypeTdmqRefused(_ForbidsValue):
    _path, _value = "CallBackType", "TDMQ"


@FAULTS.add("callback-no-refused", "REQ-34", says="CallBack no is refused: it is not a URL.")
class CallbackNoRefused(_ForbidsValue):
    _path, _value = "CallBack", "no"


# ---- REQ-35: UserData ----


class _ForbidsData(_Refuses):
    """Refuses some UserData."""

    def _bad(self, root: Node) -> bool:
        given = root.value("Operation/UserData")
        return given is not None and self._bad_data(given)

    def _bad_data(self, text: str) -> bool:
        raise NotImplementedError


@FAULTS.add("data-1024-refused", "REQ-35", says="1,024 characters are refused, 1,023 taken.")
class Data1024Refused(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return len(text) >= 1024


@FAULTS.add("data-1000-refused", "REQ-35", says="More than 1,000 characters are refused.")
class Data1000Refused(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return len(text) > 1000


@FAULTS.add("data-counted-escaped", "REQ-35", says="UserData is counted as escaped for XML.")
class DataCountedEscaped(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return len(escape_text(text)) > 1024


@FAULTS.add("data-empty-refused", "REQ-35", says="An empty UserData is refused.")
class DataEmptyRefused(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return not text


@FAULTS.add("data-one-refused", "REQ-35", says="UserData of one character is refused.")
class DataOneRefused(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return len(text) == 1


@FAULTS.add("data-tilde-refused", "REQ-35", says="A tilde in UserData is refused.")
class DataTildeRefused(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return "~" in text


@FAULTS.add("data-markup-refused", "REQ-35", says="A less-than sign in UserData is refused.")
class DataMarkupRefused(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return "<" in text


@FAULTS.add("data-quotes-refused", "REQ-35", says="Quotation marks in UserData are refused.")
class DataQuotesRefused(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return '"' in text or "'" in text


@FAULTS.add("data-words-only", "REQ-35", says="UserData may hold letters, digits, spaces, dots.")
class DataWordsOnly(_ForbidsData):
    def _bad_data(self, text: str) -> bool:
        return re.fullmatch("[A-Za-z0-9 .]*", text) is None


# ---- REQ-36: the same document, written otherwise ----


class _RefusesBytes(Behaviour):
    """Refuses bodies that are written in some unusual, but right, way."""

    _pattern = rb""

    def understand(self, incoming: Incoming) -> JobRequest:
        if re.search(self._pattern, incoming.request.body):
            raise Refusal(400, "InvalidContent", "the body cannot be read")
        return super().understand(incoming)


@FAULTS.add("comments-refused", "REQ-36", says="A comment between nodes breaks it.", level=SHOULD)
class CommentsRefused(_RefusesBytes):
    _pattern = rb"<!--"


@FAULTS.add(
    "white-space-refused", "REQ-36", says="A line end between nodes breaks it.", level=SHOULD
)
class WhiteSpaceRefused(_RefusesBytes):
    _pattern = rb">\s+<"


@FAULTS.add("declaration-refused", "REQ-36", says="An XML declaration breaks it.", level=SHOULD)
class DeclarationRefused(_RefusesBytes):
    _pattern = rb"^\s*<\?xml"


@FAULTS.add("cdata-refused", "REQ-36", says="A CDATA section breaks it.", level=SHOULD)
class CdataRefused(_RefusesBytes):
    _pattern = rb"<!\[CDATA\["


@FAULTS.add("references-refused", "REQ-36", says="A character reference breaks it.", level=SHOULD)
class ReferencesRefused(_RefusesBytes):
    _pattern = rb"&#"


@FAULTS.add("references-hex-refused", "REQ-36", says="&#x41; breaks it, &#65; not.", level=SHOULD)
class ReferencesHexRefused(_RefusesBytes):
    _pattern = rb"&#x"


@FAULTS.add(
    "cdata-lost",
    "REQ-36",
    "RSP-24",
    "RSP-18",
    "RSP-20",
    says="What stands in a CDATA section is lost.",
)
class CdataLost(Behaviour):
    def read_document(self, body: bytes) -> Node:
        return super().read_document(re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", body, flags=re.DOTALL))


@FAULTS.add("order-of-the-sample", "REQ-36", says="Nodes must come as on the page.", level=SHOULD)
class OrderOfTheSample(_Refuses):
    _order = ("Tag", "Input", "Operation", "QueueId", "CallBack", "CallBackFormat")

    def _bad(self, root: Node) -> bool:
        names = [child.name for child in root.children if child.name in self._order]
        return names != sorted(names, key=self._order.index)


@FAULTS.add("order-tag-first", "REQ-36", says="Tag must be the first node.", level=SHOULD)
class OrderTagFirst(_Refuses):
    def _bad(self, root: Node) -> bool:
        return root.children[0].name != "Tag"


@FAULTS.add("order-in-output", "REQ-36", says="Output must begin with Region.", level=SHOULD)
class OrderInOutput(_Refuses):
    def _bad(self, root: Node) -> bool:
        output = root.at("Operation/Output")
        return output is not None and output.children[0].name != "Region"


# ---- REQ-37: keys ----


class _ForbidsKey(_Refuses):
    """Refuses some object keys."""

    _pattern = ""

    def _bad(self, root: Node) -> bool:
        keys = (root.value("Input/Object"), root.value("Operation/Output/Object"))
        return any(re.search(self._pattern, key or "") for key in keys)


@FAULTS.add("key-spaces-refused", "REQ-37", says="A space in a key is refused.")
class KeySpacesRefused(_ForbidsKey):
    _pattern = " "


@FAULTS.add("key-unicode-refused", "REQ-37", says="Non-ASCII characters in a key are refused.")
class KeyUnicodeRefused(_ForbidsKey):
    _pattern = r"[^\x00-\x7f]"


@FAULTS.add("key-markup-refused", "REQ-37", says="XML-special characters in a key are refused.")
class KeyMarkupRefused(_ForbidsKey):
    _pattern = "[<>&'\"]"


@FAULTS.add("key-astral-refused", "REQ-37", says="Characters beyond the first plane are refused.")
class KeyAstralRefused(_ForbidsKey):
    _pattern = "[\U00010000-\U0010ffff]"


@FAULTS.add("key-deep-refused", "REQ-37", says="A key in a folder of a folder is refused.")
class KeyDeepRefused(_ForbidsKey):
    _pattern = "/.*/"


@FAULTS.add("input-unicode-refused", "REQ-37", says="Input.Object has to be ASCII.")
class InputUnicodeRefused(_Refuses):
    def _bad(self, root: Node) -> bool:
        return not (root.value("Input/Object") or "").isascii()


@FAULTS.add("input-markup-refused", "REQ-37", says="Input.Object must hold no markup.")
class InputMarkupRefused(_Refuses):
    def _bad(self, root: Node) -> bool:
        return re.search("[<>&]", root.value("Input/Object") or "") is not None


# ---- REQ-38: unknown nodes ----


@FAULTS.add("unknown-node-refused", "REQ-38", says="An unknown node is refused.", level=SHOULD)
class UnknownNodeRefused(_Refuses):
    _known = frozenset(
        {
            "Tag",
            "Input",
            "Operation",
            "QueueId",
            "CallBack",
            "CallBackFormat",
            "CallBackType",
            "CallBackMqConfig",
        }
    )

    def _bad(self, root: Node) -> bool:
        return any(child.name not in self._known for child in root.children)


@FAULTS.add("unknown-node-inside", "REQ-38", says="An unknown node deep is refused.", level=SHOULD)
class UnknownNodeInside(_Refuses):
    _known = frozenset({"PicProcess", "TemplateId", "Output", "UserData", "JobLevel"})

    def _bad(self, root: Node) -> bool:
        operation = root.at("Operation")
        return operation is not None and any(
            child.name not in self._known for child in operation.children
        )
