"""Small changes to a tree of nodes: each returns a changed copy. Paths start below the root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.spec.xml import Node, element

Change = Callable[[Node], tuple[Node, ...]]


def change(root: Node, path: str, edit: Change) -> Node:
    """Replace the first node at ``path`` by what ``edit`` makes of it.

    Raises ValueError when there is no such node: an edit that changes nothing breaks nothing.
    """
    name, _, rest = path.partition("/")
    for place, child in enumerate(root.children):
        if child.name == name:
            new = (change(child, rest, edit),) if rest else edit(child)
            children = (*root.children[:place], *new, *root.children[place + 1 :])
            return replace(root, children=children)
    raise ValueError(f"{root.name} has no node {path} to change")


def drop(root: Node, path: str) -> Node:
    return change(root, path, lambda _: ())


def empty(root: Node, path: str) -> Node:
    return change(root, path, lambda node: (element(node.name),))


def rename(root: Node, path: str, name: str) -> Node:
    return change(root, path, lambda node: (replace(node, name=name),))


def double(root: Node, path: str, *values: str) -> Node:
    """Repeat a node: as it is, or once with each of ``values``."""
    if not values:
        return change(root, path, lambda node: (node, node))
    return change(root, path, lambda node: tuple(replace(node, text=each) for each in values))


def put(root: Node, path: str, value: str | Node) -> Node:
    """Set the text of a leaf, adding the leaf (not its parents) when it is not there."""
    parent, _, name = path.rpartition("/")
    leaf = value if isinstance(value, Node) else Node(name, value)
    if root.at(path) is not None:
        return change(root, path, lambda _: (leaf,))
    return add(root, parent, leaf)


def add(root: Node, parent: str, child: Node) -> Node:
    """Append ``child`` to the node at ``parent`` (``""``: the root)."""
    if not parent:
        return replace(root, children=(*root.children, child))
    return change(root, parent, lambda node: (add(node, "", child),))


def move(root: Node, path: str, parent: str) -> Node:
    """Take a node out and append it elsewhere."""
    node = root.at(path)
    if node is None:
        raise ValueError(f"{root.name} has no node {path} to move")
    return add(drop(root, path), parent, node)
