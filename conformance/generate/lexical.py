"""Writing the same document in every way that XML 1.0 allows (REQ-36).

A :class:`Style` says how; :func:`write` is a function of the tree and the style alone. Whatever
the style, a conforming reader sees the same tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

from conformance.spec.xml import Node, escape_text

BOM = "\ufeff"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

#: Every way of declaring UTF-8, or of leaving it to the default.
DECLARATIONS = (
    DECLARATION,
    "<?xml version='1.0' encoding='UTF-8'?>",
    '<?xml version="1.0" encoding="utf-8"?>',
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    '<?xml  version = "1.0"\n encoding = "UTF-8" ?>',
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a tree is written.

    ``head`` and ``tail`` stand before and after the root. ``gaps`` stand between nodes and
    ``spellings`` (keys of :data:`SPELLINGS`) say how texts are written, both used in turn.
    ``orders`` permute the children of each container, in turn: each is the rank of a permutation,
    0 the order as it is. ``loose`` puts white space inside tags, ``pairs`` writes an empty node as
    two tags, ``encoding`` is a codec's name.
    """

    head: str = ""
    tail: str = ""
    gaps: tuple[str, ...] = ("",)
    spellings: tuple[str, ...] = ("plain",)
    orders: tuple[int, ...] = (0,)
    loose: bool = False
    pairs: bool = False
    bom: bool = False
    encoding: str = "utf-8"


PLAIN = Style()

#: White space and comments between nodes.
GAPS = (
    "",
    "\n",
    "\n  ",
    "\t",
    "\r\n",
    " ",
    "<!-- picjobs -->",
    "\n<!-- <Tag>Other</Tag> & ]]> -->\n",
    "<!---->",
)


def write(node: Node, style: Style = PLAIN) -> bytes:
    """Serialise ``node`` as ``style`` says."""
    orders = cycle(style.orders)
    ordered = reorder(node, lambda children: permuted(children, next(orders)))
    pen = _Pen(style)
    text = style.head + "".join(pen.write(ordered)) + style.tail
    return ((BOM if style.bom else "") + text).encode(style.encoding)


class _Pen:
    """One writing: where it stands in the gaps and spellings."""

    def __init__(self, style: Style) -> None:
        self._gaps = cycle(style.gaps)
        self._spellings = cycle(style.spellings)
        self._space = " " if style.loose else ""
        self._pairs = style.pairs

    def write(self, node: Node) -> Iterator[str]:
        name, space = node.name, self._space
        opening = name + "".join(f' {key}="{value}"' for key, value in node.attributes)
        if not node.children and not node.text and not self._pairs:
            yield f"<{opening}{space}/>"
            return
        yield f"<{opening}{space}>"
        if node.text:
            yield SPELLINGS[next(self._spellings)](node.text)
        for child in node.children:
            yield next(self._gaps)
            yield from self.write(child)
        if node.children:
            yield next(self._gaps)
        yield f"</{name}{space}>"


def reorder(node: Node, order: Callable[[tuple[Node, ...]], tuple[Node, ...]]) -> Node:
    """The tree with the children of every container put into another order."""
    if not node.children:
        return node
    children = tuple(reorder(child, order) for child in order(node.children))
    return Node(node.name, node.text, children, node.namespace, node.attributes)


def permuted(children: tuple[Node, ...], rank: int) -> tuple[Node, ...]:
    """The permutation of that rank (modulo their number), in the factorial number system."""
    left = list(children)
    out: list[Node] = []
    while left:
        rank, place = divmod(rank, len(left))
        out.append(left.pop(place))
    return tuple(out)


def reversing(children: tuple[Node, ...]) -> tuple[Node, ...]:
    return children[::-1]


def rotating(children: tuple[Node, ...]) -> tuple[Node, ...]:
    return children[1:] + children[:1]


def cdata(text: str) -> str:
    """One CDATA section, or several where ``]]>`` must be split between two."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def decimal(text: str) -> str:
    return "".join(f"&#{ord(each)};" for each in text)


def hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(each):x};" for each in text)


def hexadecimal_upper(text: str) -> str:
    return "".join(f"&#x{ord(each):04X};" for each in text)


def named(text: str) -> str:
    """The five predefined entities, quotation marks included."""
    return escape_text(text).replace('"', "&quot;").replace("'", "&apos;")


def specials(text: str) -> str:
    """References for what is special or not ASCII, the rest as it is."""
    return "".join(
        each if each.isascii() and (each.isalnum() or each in "/-_. ") else f"&#{ord(each)};"
        for each in text
    )


def halves(text: str) -> str:
    """The first half as CDATA, the second as plain text."""
    middle = len(text) // 2
    return cdata(text[:middle]) + escape_text(text[middle:])


#: Ways of writing a text, by name.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": escape_text,
    "named": named,
    "specials": specials,
    "cdata": cdata,
    "halves": halves,
    "decimal": decimal,
    "hexadecimal": hexadecimal,
    "hexadecimal-upper": hexadecimal_upper,
}
