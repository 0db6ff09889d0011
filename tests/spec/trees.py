"""Small changes to documents, for tests that break one thing."""

from __future__ import annotations

from conformance.spec import samples
from conformance.spec.schema import Kind, validate_full
from conformance.spec.xml import Node, element, read_xml

REQUEST = read_xml(samples.REQUEST_1)
RESPONSE = read_xml(samples.RESPONSE_1)
JOB = RESPONSE.children[0]
ERROR = read_xml(samples.ERROR)
CALLBACK = read_xml(samples.CALLBACK_XML)

#: CreationTime of the sample is between the first two.
T0, T1, T2, T3 = (f"2022-07-18T15:16:4{second}+0800" for second in (2, 3, 4, 5))


def put(root: Node, path: str, *content: Node | str) -> Node:
    """``root`` with the node at ``path`` replaced or added; without it when there is no content."""
    head, _, rest = path.partition("/")
    held = root.first(head)
    if rest:
        made: Node | None = put(held or Node(head), rest, *content)
    else:
        made = element(head, *content) if content else None
    children = [made if child is held else child for child in root.children]
    return element(root.name, root.text, *children, *([] if held else [made]))


def edit(root: Node, **changes: str | None) -> Node:
    """Several leaves at once: replaced or added, left out when None; ``__`` stands for ``/``."""
    for name, text in changes.items():
        root = put(root, name.replace("__", "/"), *([] if text is None else [text]))
    return root


def more(root: Node, path: str, *content: Node | str) -> Node:
    """``root`` with ``content`` added to the node at ``path`` (``""``: to itself)."""
    if not path:
        return element(root.name, root.text, *root.children, *content)
    head, _, rest = path.partition("/")
    children = [
        more(child, rest, *content) if child.name == head else child for child in root.children
    ]
    return element(root.name, root.text, *children)


def job_in(state: str, **changes: str | None) -> Node:
    """A response with the sample's job in ``state``, and with these changes."""
    return element("Response", edit(JOB, State=state, **changes))


def ended(result: Node | None = samples.UPLOAD_RESULT, **changes: str | None) -> Node:
    """A response with a job that ended well."""
    root = job_in("Success", **{"StartTime": T2, "EndTime": T3, **changes})
    return root if result is None else more(root, "JobsDetail/Operation", result)


def found(kind: Kind, document: bytes | Node) -> set[tuple[str, str]]:
    """Clause and path of each finding."""
    return {(each.clause, each.path) for each in validate_full(kind, document)}
