"""Variants of how XML is written: the same documents to any XML 1.0 parser, in other bytes."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.emulator import Behaviour
from conformance.emulator.deviation import Variants
from conformance.emulator.values import Notice
from conformance.spec.xml import Node, escape_text

VARIANTS = Variants()


class Pen:
    """Writes a document plainly; the variants write one thing or another their own way."""

    def document(self, root: Node) -> bytes:
        return self.node(root).encode("utf-8")

    def node(self, node: Node, depth: int = 0) -> str:
        if not node.children and not node.text:
            return self.empty(node.name)
        inside = self.text(node.text) if node.text else ""
        for child in node.children:
            inside += self.gap(depth + 1) + self.node(child, depth + 1)
        last = self.gap(depth) if node.children else ""
        return self.start(node.name, depth) + inside + last + self.end(node.name)

    def start(self, name: str, depth: int) -> str:
        """The start tag; the root's depth is 0."""
        return f"<{name}>"

    def end(self, name: str) -> str:
        return f"</{name}>"

    def empty(self, name: str) -> str:
        return f"<{name}/>"

    def text(self, text: str) -> str:
        """Character data that is not empty."""
        return escape_text(text)

    def gap(self, depth: int) -> str:
        """What precedes a tag between nodes; never inside a node that holds text."""
        return ""


class _Penned(Behaviour):
    """Answers and XML callbacks are written by ``_pen``."""

    _pen = Pen()

    def serialise(self, document: Node) -> bytes:
        return self._pen.document(document)

    def callback_body(self, notice: Notice, document: Node) -> bytes:
        if notice.format == "JSON":
            return super().callback_body(notice, document)
        return self._pen.document(document)


# ---- between the nodes ----


class _Indenting(Pen):
    def gap(self, depth: int) -> str:
        return "\n" + "  " * depth


@VARIANTS.add("pretty-printed", says="Documents are indented by two spaces.")
class PrettyPrinted(_Penned):
    _pen = _Indenting()


class _Rambling(Pen):
    def document(self, root: Node) -> bytes:
        return super().document(root) + b"\r\n\r\n"

    def start(self, name: str, depth: int) -> str:
        return f"<{name}\t>"

    def end(self, name: str) -> str:
        return f"</{name}\r\n>"

    def empty(self, name: str) -> str:
        return f"<{name} />"

    def gap(self, depth: int) -> str:
        return "\r\n" + "\t" * depth + " \r\n"


@VARIANTS.add(
    "white-space-everywhere",
    says="Tabs and line ends of CR LF stand between nodes, inside tags, and after the root.",
)
class WhiteSpaceEverywhere(_Penned):
    _pen = _Rambling()


class _Commenting(Pen):
    def document(self, root: Node) -> bytes:
        return b"<!-- <Error/> --><?ci from=here?>" + super().document(root) + b"<!-- end -->"

    def text(self, text: str) -> str:
        return f"{escape_text(text[:1])}<!-- inside -->{escape_text(text[1:])}"

    def gap(self, depth: int) -> str:
        return "<!-- <State>Failed</State> --><?pi ?>"


@VARIANTS.add(
    "comments-everywhere",
    says="Comments and processing instructions stand around the root, between nodes and in texts.",
)
class CommentsEverywhere(_Penned):
    _pen = _Commenting()


class _Pairing(Pen):
    def empty(self, name: str) -> str:
        return f"<{name}></{name}>"


@VARIANTS.add("empty-nodes-as-pairs", says="An empty node is a start tag and an end tag.")
class EmptyNodesAsPairs(_Penned):
    _pen = _Pairing()


class _Declaring(Pen):
    def start(self, name: str, depth: int) -> str:
        if depth:
            return super().start(name, depth)
        instance = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        return f'<{name} {instance} xmlns:xsd="http://www.w3.org/2001/XMLSchema">'


@VARIANTS.add(
    "unused-namespaces",
    says="The root declares two prefixes that no node uses, as some serialisers always do.",
)
class UnusedNamespaces(_Penned):
    _pen = _Declaring()


# ---- character data ----


class _Cdata(Pen):
    def text(self, text: str) -> str:
        safe = text.replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[")
        return f"<![CDATA[{safe}]]>"


@VARIANTS.add("cdata", says="Every text is a CDATA section.")
class Cdata(_Penned):
    _pen = _Cdata()


class _HalfCdata(_Cdata):
    def text(self, text: str) -> str:
        half = len(text) // 2
        return escape_text(text[:half]) + super().text(text[half:])


@VARIANTS.add("cdata-by-halves", says="The second half of every text is a CDATA section.")
class CdataByHalves(_Penned):
    _pen = _HalfCdata()


class _Referring(Pen):
    def text(self, text: str) -> str:
        return "".join(
            f"&#x{ord(sign):04X};" if at % 2 else f"&#{ord(sign)};" for at, sign in enumerate(text)
        )


@VARIANTS.add("references", says="Every character is a reference, decimal and hexadecimal in turn.")
class References(_Penned):
    _pen = _Referring()


class _Named(Pen):
    def text(self, text: str) -> str:
        return escape_text(text).replace('"', "&quot;").replace("'", "&apos;")


@VARIANTS.add("quotes-escaped", says="Quotes and apostrophes are written as entities.")
class QuotesEscaped(_Penned):
    _pen = _Named()


# ---- declaration and encoding ----

_DECLARATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>",
    '<?xml version="1.0"?>\r\n',
    '<?xml\tversion = "1.0"\n encoding = "utf-8" standalone="no"?>\n\n',
)


@VARIANTS.add("declarations", says="Documents begin with an XML declaration, in four spellings.")
class Declarations(_Penned):
    def serialise(self, document: Node) -> bytes:
        return self._declaration() + super().serialise(document)

    def callback_body(self, notice: Notice, document: Node) -> bytes:
        body = super().callback_body(notice, document)
        return body if notice.format == "JSON" else self._declaration() + body

    def _declaration(self) -> bytes:
        return _DECLARATIONS[self.count("declaration") % len(_DECLARATIONS)].encode()


@dataclass(frozen=True)
class _Encoding(Pen):
    """Another encoding; what it lacks becomes references."""

    codec: str
    declaration: str

    def document(self, root: Node) -> bytes:
        return (self.declaration + self.node(root)).encode(self.codec, "xmlcharrefreplace")


@VARIANTS.add("byte-order-mark", says="Documents are UTF-8 with a byte order mark.")
class ByteOrderMark(_Penned):
    _pen = _Encoding("utf-8-sig", '<?xml version="1.0" encoding="UTF-8"?>')


@VARIANTS.add("ascii", says="Documents are declared as US-ASCII; other characters are references.")
class Ascii(_Penned):
    _pen = _Encoding("ascii", '<?xml version="1.0" encoding="US-ASCII"?>')


@VARIANTS.add("utf-16", says="Documents are UTF-16, declared and with a byte order mark.")
class Utf16(_Penned):
    _pen = _Encoding("utf-16", '<?xml version="1.0" encoding="UTF-16"?>')
