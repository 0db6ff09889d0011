"""Documents held against the schemas: quickly by structure alone, or fully and in words.

The schemas stand in ``schemas/``: XSD 1.1 with the rules between nodes as assertions, and twins in
XSD 1.0 without them. Both say in attributes of their own which clause a node or a rule belongs to,
so that a finding names the clause and the path of the node, and nothing of the validator.

What only the request can tell (that a value is echoed) and what takes several exchanges is not in
a schema: the checks judge it. Attributes are not judged: no clause speaks of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from lxml import etree

from conformance.resources import resource_path
from conformance.spec.xml import Node, XmlProblem, is_xml_text, read_xml

if TYPE_CHECKING:
    from xmlschema import XMLSchema11, XMLSchemaValidationError

#: The four documents. ``response`` is what create, describe and list answer with. A callback in
#: JSON is validated as the tree that ``messages.json_to_node("Response", ...)`` makes of it.
Kind = Literal["request", "response", "error", "callback"]

KINDS: tuple[Kind, ...] = ("request", "response", "error", "callback")

_ANNOTATION = "{urn:picjobs-conformance:clauses}"
_SHOWN = 60


class Fault(StrEnum):
    """What is wrong with a document at one place.

    No clause forbids a further node in an Error or in a callback; there ``unknown`` is for the
    caller to take as information.
    """

    UNREADABLE = "unreadable"  # not a document at all, or one that is not read (a document type)
    ROOT = "root"
    MISSING = "missing"
    REPEATED = "repeated"
    UNKNOWN = "unknown"  # a node, or text, that the page does not have there
    VALUE = "value"
    RULE = "rule"  # one node does not go with another


@dataclass(frozen=True, slots=True)
class SchemaFinding:
    """One fault of a document: the clause it breaks, where (``Response/JobsDetail/State``), what.

    ``path`` is ``""`` for a document that cannot be read. Of several nodes of one name the path
    says which, counting from 1 (``Response/JobsDetail[2]/State``). The path of a missing node is
    the one that it would have.
    """

    clause: str
    path: str
    message: str
    fault: Fault


def validate_fast(kind: Kind, document: bytes | Node) -> bool:
    """Whether ``document`` has the structure and the values of its kind (XSD 1.0, lxml).

    Rules between nodes are not looked at: what is valid here may still have findings, what is not
    valid here has some.
    """
    if isinstance(document, bytes):
        try:
            document = read_xml(document)
        except XmlProblem:
            return False
    return _fast_schema(kind).validate(_tree(document))


def validate_full(kind: Kind, document: bytes | Node) -> tuple[SchemaFinding, ...]:
    """Every fault of ``document`` (XSD 1.1); empty when it is valid."""
    rules = _full_schema(kind)
    if isinstance(document, bytes):
        try:
            document = read_xml(document)
        except XmlProblem as problem:
            return (SchemaFinding(rules.unreadable, "", str(problem), Fault.UNREADABLE),)
    if document.name != rules.root or document.namespace:
        return (rules.wrong_root(document),)
    errors = rules.schema.iter_errors(_tree(document), use_location_hints=False)
    findings = (finding for error in errors for finding in rules.explain(error))
    return tuple(dict.fromkeys(findings))


@cache
def _fast_schema(kind: Kind) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(resource_path("schemas") / "fast" / f"{kind}.xsd"))


@cache
def _full_schema(kind: Kind) -> _Rules:
    from xmlschema import XMLSchema11  # noqa: PLC0415 - a slow import, needed for findings only

    schema = XMLSchema11(str(resource_path("schemas") / f"{kind}.xsd"), allow="local")
    return _Rules(kind, schema)


# ---- trees for the validators ----


def _tree(node: Node) -> etree._Element:
    """The tree without attributes, so that no xsi:type, xsi:nil or schemaLocation has a say."""
    root = _element(node)
    pending = [(node, root)]
    while pending:
        source, target = pending.pop()
        for child in source.children:
            made = _element(child)
            target.append(made)
            pending.append((child, made))
    return root


def _element(node: Node) -> etree._Element:
    """One element. JSON can hold names and characters that XML cannot; no such name is right."""
    try:
        made = etree.Element(f"{{{node.namespace}}}{node.name}" if node.namespace else node.name)
    except ValueError:
        made = etree.Element("not-a-name")
    if not node.children or node.text.strip():
        made.text = node.text if is_xml_text(node.text) else _without_controls(node.text)
    return made


def _without_controls(text: str) -> str:
    return "".join(each if is_xml_text(each) else "\ufffd" for each in text)


# ---- from the validator's errors to findings ----


class _Rules:
    """A compiled schema, and what its annotations say of each declared node by its path."""

    def __init__(self, kind: Kind, schema: XMLSchema11) -> None:
        self.schema = schema
        self.unreadable = _note(schema, "unreadable")
        self._kind = kind
        self._unknown = _note(schema, "unknown")
        self._repeated = _note(schema, "repeated")
        (root,) = schema.elements.values()
        self.root = str(root.local_name)
        self._declared: dict[str, Any] = dict(_declarations(root, self.root))

    def wrong_root(self, root: Node) -> SchemaFinding:
        seen = f"{root.name} in the namespace {root.namespace}" if root.namespace else root.name
        message = f"the root is {_shorten(seen)}, not {self.root} in no namespace"
        clause = _note(self._declared[self.root], "clause")
        return SchemaFinding(clause, root.name, message, Fault.ROOT)

    def explain(self, error: XMLSchemaValidationError) -> Iterator[SchemaFinding]:
        """What one error of the validator comes to."""
        from xmlschema.validators import XsdAssert, XsdGroup  # noqa: PLC0415 - as above

        source: Any = error.elem
        path, rule = _path_of(source), error.validator
        if isinstance(rule, XsdAssert):
            at = f"{path}/{_note(rule, 'at')}".rstrip("/")
            yield self._finding(_note(rule, "clause"), at, _note(rule, "says"), Fault.RULE)
        elif isinstance(rule, XsdGroup):
            yield from self._content(source, path, rule)
        else:
            clause = _note(rule, "clause") or self._clause_at(path)
            yield self._finding(clause, path, _wrong_value(source, rule), Fault.VALUE)

    def _content(self, source: etree._Element, path: str, group: Any) -> Iterator[SchemaFinding]:
        """Nodes that are missing, repeated or unknown in a container; and text between nodes."""
        if (source.text or "").strip():
            yield self._finding(self._unknown, path, "holds text beside its nodes", Fault.UNKNOWN)
        counts = Counter(str(child.tag) for child in source)
        for declared in group.iter_elements():
            name = str(declared.name)
            count, at = counts.pop(name, 0), f"{path}/{name}"
            if count < declared.min_occurs:
                yield self._finding(self._clause_at(at), at, "is missing", Fault.MISSING)
            elif declared.max_occurs is not None and count > declared.max_occurs:
                says = f"is there {count} times"
                yield self._finding(self._repeated, at, says, Fault.REPEATED)
        for tag in counts:
            says = "is not a node that the page names here"
            at = f"{path}/{etree.QName(tag).localname}"
            yield self._finding(self._unknown, at, says, Fault.UNKNOWN)

    def _clause_at(self, path: str) -> str:
        """The clause of a declared node; of one that none speaks of, that of unknown content."""
        return _note(self._declared[_INDEX.sub("", path)], "clause") or self._unknown

    def _finding(self, clause: str, path: str, says: str, fault: Fault) -> SchemaFinding:
        if self._kind == "callback" and clause.startswith(("RSP", "STA")):
            clause = "CBK-08" if clause == "RSP-28" else "CBK-05"
        name = _INDEX.sub("", path.rpartition("/")[2])
        return SchemaFinding(clause, path, f"{name} {says}", fault)


_INDEX = re.compile(r"\[\d+\]")


def _note(component: Any, name: str) -> str:
    """An annotation of a schema, a declaration, a facet or an assertion; ``""`` without one."""
    source = component.elem
    return str(source.get(_ANNOTATION + name, "")) if source is not None else ""


def _declarations(declared: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every declaration below and with this one, by path. Nothing is declared below drift (E9)."""
    yield path, declared
    if declared.type.is_complex() and declared.type.local_name != "anyType":
        for child in declared.type.content.iter_elements():
            yield from _declarations(child, f"{path}/{child.name}")


def _path_of(source: etree._Element) -> str:
    steps = [_step(each) for each in (source, *source.iterancestors())]
    return "/".join(reversed(steps))


def _step(source: etree._Element) -> str:
    """The name, with its number where there are several of them."""
    name = etree.QName(source).localname
    before = sum(1 for _ in source.itersiblings(source.tag, preceding=True))
    after = next(source.itersiblings(source.tag), None)
    return f"{name}[{before + 1}]" if before or after is not None else name


def _wrong_value(source: etree._Element, rule: Any) -> str:
    """What a leaf holds, and what it should."""
    if len(source):
        return "holds nodes in place of a value"
    says = _note(rule, "says")
    values = [each for each in getattr(rule, "enumeration", None) or () if each]
    if not says and values:
        says = values[0] if len(values) == 1 else f"one of {', '.join(values)}"
    text = source.text or ""
    seen = f"is {_shorten(repr(text))}" if text.strip() else "is empty"
    return f"{seen}, not {says}" if says else seen


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
