"""Hardened reading and plain writing of XML, as trees of :class:`Node`.

Reading takes no document type, resolves no entity, opens no file and no connection, and bounds
size, depth and number of nodes, so that a hostile server costs a finding and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 20_000
MAX_ATTRIBUTES = 256


class XmlProblem(ValueError):
    """The bytes are not a document that may be read: one line says why.

    ``hostile`` is true when the document was well-formed enough but forbidden here (a document
    type, a bound exceeded).
    """

    def __init__(self, message: str, *, hostile: bool = False) -> None:
        super().__init__(message)
        self.hostile = hostile


@dataclass(slots=True, unsafe_hash=True)  # frozen, each would take three times as long to make
class Node:
    """An element: local name, namespace, its own text (comments left out), and children.

    ``text`` is the concatenated character data that stands directly in the element, unstripped.
    ``attributes`` are kept for judging only; the page names none.
    """

    name: str
    text: str = ""
    children: tuple[Node, ...] = ()
    namespace: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> tuple[Node, ...]:
        return tuple([child for child in self.children if child.name == name])

    def first(self, name: str) -> Node | None:
        for child in self.children:
            if child.name == name:
                return child
        return None

    def at(self, path: str) -> Node | None:
        """The first node at a ``/``-separated path below this one."""
        node = self
        for name in _steps(path):
            for child in node.children:
                if child.name == name:
                    node = child
                    break
            else:
                return None
        return node

    def value(self, path: str) -> str | None:
        """The text at ``path``, or None when there is no such node."""
        node = self.at(path)
        return None if node is None else node.text

    def walk(self, path: str = "") -> Iterator[tuple[str, Node]]:
        """Every node with its path, this one first."""
        here = f"{path}/{self.name}" if path else self.name
        yield here, self
        for child in self.children:
            yield from child.walk(here)


@lru_cache(maxsize=1024)  # the paths that anyone asks for are few, and asked for all the time
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def element(name: str, *content: Node | str | None) -> Node:
    """Build a node: strings are its text, nodes its children, ``None`` is left out."""
    text = "".join(part for part in content if isinstance(part, str))
    children = tuple(part for part in content if isinstance(part, Node))
    return Node(name, text, children)


def read_xml(body: bytes, *, max_bytes: int = MAX_BYTES) -> Node:
    """Parse ``body`` (UTF-8 unless it declares otherwise).

    Raises :class:`XmlProblem`, and nothing else, when it is not well-formed, has a document type,
    or exceeds a bound.
    """
    if len(body) > max_bytes:
        raise XmlProblem(f"the body has {len(body)} bytes, more than {max_bytes}", hostile=True)
    if not body or body.isspace():
        raise XmlProblem("the body is empty")
    if nodes_in(body) > 2 * MAX_NODES:  # comments count here, and not below
        raise XmlProblem(f"more than {MAX_NODES} nodes", hostile=True)
    try:
        root = etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", 0) in _BOUNDS:
            raise XmlProblem(f"not read to its end: {_first_line(error)}", hostile=True) from None
        raise XmlProblem(f"not well-formed XML: {_first_line(error)}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlProblem("the document has a document type declaration", hostile=True)
    budget = [MAX_NODES]
    return _convert(root, 1, budget)


_PARSER = etree.XMLParser(
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    remove_comments=False,
    strip_cdata=True,
)


def nodes_in(body: bytes) -> int:
    """How many nodes ``body`` can hold at most, without reading it: its tags that do not end one.

    It is right to within the comments, CDATA sections and declarations.
    """
    return body.count(b"<") - body.count(b"</")


#: libxml2's own bounds (xmlerror.h: ENTITY_LOOP, NAME_TOO_LONG, RESOURCE_LIMIT): what exceeds them
#: may be well-formed all the same.
_BOUNDS = frozenset({89, 110, 114})


def _first_line(error: etree.XMLSyntaxError) -> str:
    return ((error.msg or "").splitlines() or ["unreadable"])[0]


def _convert(source: etree._Element, depth: int, budget: list[int]) -> Node:
    budget[0] -= 1
    if depth > MAX_DEPTH:
        raise XmlProblem(f"nodes nest deeper than {MAX_DEPTH}", hostile=True)
    if budget[0] < 0:
        raise XmlProblem(f"more than {MAX_NODES} nodes", hostile=True)
    namespace, name = _split(source.tag)
    attributes = _attributes(source) if source.keys() else ()
    if not len(source):  # a leaf, as most nodes are
        return Node(name, source.text or "", (), namespace, attributes)
    text = [source.text or ""]
    children: list[Node] = []
    for child in source:
        if isinstance(child.tag, str):
            children.append(_convert(child, depth + 1, budget))
        text.append(child.tail or "")
    own = "".join(text)
    if children and not own.strip():
        own = ""
    return Node(name, own, tuple(children), namespace, attributes)


def _attributes(source: etree._Element) -> tuple[tuple[str, str], ...]:
    """In order. Reading them takes time that grows with their square, hence the bound."""
    if len(source.attrib) > MAX_ATTRIBUTES:
        raise XmlProblem(f"a node has more than {MAX_ATTRIBUTES} attributes", hostile=True)
    return tuple((str(key), str(value)) for key, value in source.items())


@lru_cache(maxsize=256)  # the names of one API are few, and those of a hostile answer may be long
def _split(tag: str) -> tuple[str, str]:
    if tag.startswith("{"):
        namespace, _, name = tag[1:].partition("}")
        return namespace, name
    return "", tag


# XML 1.0, production 2 (Char): what a document can hold at all.
_NOT_CHAR = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_xml_text(text: str) -> bool:
    """Whether XML 1.0 can hold ``text`` (production 2, Char)."""
    return _NOT_CHAR.search(text) is None


def escape_text(text: str) -> str:
    """Escape character data so that every character comes back, CR and ``]]>`` included."""
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    )


def write_xml(node: Node, *, declaration: bool = False) -> bytes:
    """Serialise to UTF-8, without white space between nodes; empty nodes are self-closed."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' if declaration else ""
    out = [head]
    _write(node, out)
    return "".join(out).encode("utf-8")


def _write(node: Node, out: list[str]) -> None:
    if not node.children and not node.text:
        out.append(f"<{node.name}/>")
        return
    out.append(f"<{node.name}>{escape_text(node.text)}")
    for child in node.children:
        _write(child, out)
    out.append(f"</{node.name}>")
