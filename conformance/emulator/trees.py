"""Small changes to a document, for deviations that are easier to make on the finished tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.spec.xml import Node

#: From a node to what stands in its place: itself, another, several, or nothing (None).
Change = Callable[[Node], Node | tuple[Node, ...] | None]


def edit(root: Node, path: str, change: Change) -> Node:
    """The tree with ``change`` made to every node at a ``/``-separated path below ``root``."""
    head, _, rest = path.partition("/")
    children: list[Node] = []
    for child in root.children:
        if child.name != head:
            children.append(child)
        elif rest:
            children.append(edit(child, rest, change))
        else:
            made = change(child)
            children.extend(made if isinstance(made, tuple) else () if made is None else (made,))
    return replace(root, children=tuple(children))


def rewrite(root: Node, path: str, change: Callable[[str], str]) -> Node:
    """The tree with the text of every node at ``path`` changed."""
    return edit(root, path, lambda node: replace(node, text=change(node.text)))


def put(root: Node, path: str, text: str) -> Node:
    """The tree with ``text`` in every node at ``path``."""
    return rewrite(root, path, lambda _: text)


def drop(root: Node, *paths: str) -> Node:
    """The tree without the nodes at these paths."""
    for path in paths:
        root = edit(root, path, lambda _: None)
    return root


def twice(root: Node, path: str) -> Node:
    """The tree with every node at ``path`` there two times."""
    return edit(root, path, lambda node: (node, node))


def rename(root: Node, path: str, name: str) -> Node:
    """The tree with every node at ``path`` under another name."""
    return edit(root, path, lambda node: replace(node, name=name))


def grow(root: Node, path: str, *added: Node) -> Node:
    """The tree with nodes added at the end of every node at ``path``; of the root for ``""``."""
    if not path:
        return replace(root, children=(*root.children, *added))
    return edit(root, path, lambda node: replace(node, children=(*node.children, *added)))


def every_node(root: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with ``change`` made to each node, the children before their parent."""
    children = tuple(every_node(child, change) for child in root.children)
    return change(replace(root, children=children))
