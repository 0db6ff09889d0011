"""Faults of what is refused: the document, and its required nodes (REQ-01 to REQ-12, REQ-44)."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.trees import every_node
from conformance.emulator.values import Incoming, Refusal
from conformance.spec.clauses import Level
from conformance.spec.messages import JobRequest
from conformance.spec.xml import Node, XmlProblem, read_xml

FAULTS = Faults()

SHOULD = Level.SHOULD

#: What XML 1.0 cannot hold, as bytes of UTF-8.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CDATA = b"<![CDATA["
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")


# ---- REQ-01: well-formed ----


class _Mends(Behaviour):
    """Mends the bytes of a body before it is read."""

    def read_document(self, body: bytes) -> Node:
        return super().read_document(self._mended(body))

    def _mended(self, body: bytes) -> bytes:
        raise NotImplementedError


@FAULTS.add("malformed-recovered", "REQ-01", says="A parser that recovers reads what it can.")
class MalformedRecovered(_Mends):
    def _mended(self, body: bytes) -> bytes:
        parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
        try:
            root = etree.fromstring(body, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            return body
        return body if root is None else etree.tostring(root, encoding="utf-8")


@FAULTS.add("control-characters-dropped", "REQ-01", says="Control characters are dropped.")
class ControlCharactersDropped(_Mends):
    def _mended(self, body: bytes) -> bytes:
        return _CONTROL.sub(b"", body)


@FAULTS.add("bad-utf-8-replaced", "REQ-01", says="Bytes that are not UTF-8 are replaced.")
class BadUtf8Replaced(_Mends):
    def _mended(self, body: bytes) -> bytes:
        return body.decode("utf-8", "replace").encode("utf-8")


@FAULTS.add("ampersand-taken", "REQ-01", says="A bare ampersand is taken for itself.")
class AmpersandTaken(_Mends):
    def _mended(self, body: bytes) -> bytes:
        return body if _CDATA in body else re.sub(rb"&(?!#?\w+;)", b"&amp;", body)


@FAULTS.add("trailing-text-dropped", "REQ-01", says="What follows the end of Request is ignored.")
class TrailingTextDropped(_Mends):
    def _mended(self, body: bytes) -> bytes:
        head, end, _ = body.partition(b"</Request>")
        return head + end


@FAULTS.add("end-tag-added", "REQ-01", says="A missing end of Request is made up for.")
class EndTagAdded(_Mends):
    def _mended(self, body: bytes) -> bytes:
        cut = b"<Request>" in body and b"</Request" not in body
        return body + b"</Request>" if cut else body


@FAULTS.add("html-entities-taken", "REQ-01", says="&nbsp; and its like are known.")
class HtmlEntitiesTaken(_Mends):
    def _mended(self, body: bytes) -> bytes:
        foreign = rb"&(?!amp;|lt;|gt;|quot;|apos;)[A-Za-z]+;"
        return body if _CDATA in body or b"<!" in body else re.sub(foreign, b" ", body)


@FAULTS.add("encoding-unread", "REQ-01", says="The declared encoding is not looked at.")
class EncodingUnread(_Mends):
    def _mended(self, body: bytes) -> bytes:
        return _DECLARATION.sub(b"", body)


# ---- REQ-02: the root ----


@FAULTS.add("root-any", "REQ-02", says="The root may have any name.")
class RootAny(Behaviour):
    def check_root(self, root: Node) -> None:
        if root.namespace:
            super().check_root(root)


@FAULTS.add("root-any-case", "REQ-02", says="The root may be request.")
class RootAnyCase(Behaviour):
    def check_root(self, root: Node) -> None:
        if root.name.lower() != "request" or root.namespace:
            super().check_root(root)


@FAULTS.add("root-any-namespace", "REQ-02", says="Namespaces are ignored, the root's too.")
class RootAnyNamespace(Behaviour):
    def read_document(self, body: bytes) -> Node:
        try:
            root = read_xml(body)
        except XmlProblem:
            return super().read_document(body)
        return every_node(root, lambda node: replace(node, namespace=""))


# ---- REQ-04: Tag ----


@FAULTS.add("tag-optional", "REQ-04", says="A request without Tag is taken.")
class TagOptional(Behaviour):
    def check_tag(self, root: Node) -> None:
        if root.first("Tag") is not None:
            super().check_tag(root)


@FAULTS.add("tag-any", "REQ-04", says="Tag may have any value.")
class TagAny(Behaviour):
    def check_tag(self, root: Node) -> None:
        if not root.value("Tag"):
            super().check_tag(root)


@FAULTS.add("tag-by-beginning", "REQ-04", says="Tag need only begin with PicProcess.")
class TagByBeginning(Behaviour):
    def check_tag(self, root: Node) -> None:
        if not (root.value("Tag") or "").startswith("PicProcess"):
            super().check_tag(root)


@FAULTS.add("tag-any-case", "REQ-04", says="Tag may be picprocess.")
class TagAnyCase(Behaviour):
    def check_tag(self, root: Node) -> None:
        if (root.value("Tag") or "").lower() != "picprocess":
            super().check_tag(root)


# ---- REQ-05, REQ-07, REQ-08: containers ----


class _Optional(Behaviour):
    """Takes a request that lacks one container, with all that it would hold."""

    _path = ""

    def require_node(self, root: Node, path: str) -> None:
        if not self._spared(root, path):
            super().require_node(root, path)

    def require_text(self, root: Node, path: str) -> None:
        if not self._spared(root, path):
            super().require_text(root, path)

    def _spared(self, root: Node, path: str) -> bool:
        below = f"{path}/".startswith(f"{self._path}/")
        return below and root.at(self._path) is None


@FAULTS.add("input-optional", "REQ-05", says="A request without Input is taken.")
class InputOptional(_Optional):
    _path = "Input"


@FAULTS.add("operation-optional", "REQ-07", says="A request without Operation is taken.")
class OperationOptional(_Optional):
    _path = "Operation"

    def check_job_type(self, root: Node) -> None:
        if root.at("Operation") is not None:
            super().check_job_type(root)


@FAULTS.add("output-optional", "REQ-08", says="A request without Output is taken.")
class OutputOptional(_Optional):
    _path = "Operation/Output"


@FAULTS.add("output-optional-inline", "REQ-08", says="A request with PicProcess needs no Output.")
class OutputOptionalInline(_Optional):
    _path = "Operation/Output"

    def _spared(self, root: Node, path: str) -> bool:
        return super()._spared(root, path) and root.at("Operation/PicProcess") is not None


# ---- REQ-06, REQ-09 to REQ-12: required text ----


class _MayLack(Behaviour):
    """Takes a request in which one required text is missing."""

    _path = ""

    def require_text(self, root: Node, path: str) -> None:
        if path != self._path or root.at(path) is not None:
            super().require_text(root, path)


class _MayBeEmpty(Behaviour):
    """Takes a request in which one required text is there but empty."""

    _path = ""

    def require_text(self, root: Node, path: str) -> None:
        if path != self._path or root.at(path) is None:
            super().require_text(root, path)


@FAULTS.add("input-object-optional", "REQ-06", says="Input.Object may be missing.")
class InputObjectOptional(_MayLack):
    _path = "Input/Object"


@FAULTS.add("input-object-may-be-empty", "REQ-06", says="Input.Object may be empty.")
class InputObjectMayBeEmpty(_MayBeEmpty):
    _path = "Input/Object"


@FAULTS.add("output-region-optional", "REQ-09", says="Output.Region may be missing.")
class OutputRegionOptional(_MayLack):
    _path = "Operation/Output/Region"


@FAULTS.add("output-region-may-be-empty", "REQ-09", says="Output.Region may be empty.")
class OutputRegionMayBeEmpty(_MayBeEmpty):
    _path = "Operation/Output/Region"


@FAULTS.add("output-bucket-optional", "REQ-10", says="Output.Bucket may be missing.")
class OutputBucketOptional(_MayLack):
    _path = "Operation/Output/Bucket"


@FAULTS.add("output-bucket-may-be-empty", "REQ-10", says="Output.Bucket may be empty.")
class OutputBucketMayBeEmpty(_MayBeEmpty):
    _path = "Operation/Output/Bucket"


@FAULTS.add("output-object-optional", "REQ-11", says="Output.Object may be missing.")
class OutputObjectOptional(_MayLack):
    _path = "Operation/Output/Object"


@FAULTS.add("output-object-may-be-empty", "REQ-11", says="Output.Object may be empty.")
class OutputObjectMayBeEmpty(_MayBeEmpty):
    _path = "Operation/Output/Object"


class _DefaultQueue(Behaviour):
    """A job that names no queue goes into the first one."""

    def read_job_request(self, root: Node) -> JobRequest:
        made = super().read_job_request(root)
        return replace(made, queue_id=made.queue_id or self.settings.queue_id)


@FAULTS.add("queue-id-optional", "REQ-12", says="QueueId may be missing.", level=SHOULD)
class QueueIdOptional(_DefaultQueue):
    def check_queue_id(self, root: Node) -> None:
        if root.at("QueueId") is not None:
            super().check_queue_id(root)


@FAULTS.add("queue-id-may-be-empty", "REQ-12", says="QueueId may be empty.", level=SHOULD)
class QueueIdMayBeEmpty(_DefaultQueue):
    def check_queue_id(self, root: Node) -> None:
        if root.at("QueueId") is None:
            super().check_queue_id(root)


# ---- REQ-44: document types ----


#: Declarations of entities that stand for what another document holds.
_OUTSIDE = re.compile(
    rb"""(<!ENTITY\s+(?:%\s+)?[\w.-]+\s+)(?:SYSTEM|PUBLIC\s+(?:"[^"]*"|'[^']*'))\s+(?:"[^"]*"|'[^']*')"""
)


class _Expands(Behaviour):
    """Puts the replacement text of entities into the document."""

    def read_document(self, body: bytes) -> Node:
        if b"<!ENTITY" not in body or not self._applies(body):
            return super().read_document(body)
        parser = etree.XMLParser(resolve_entities=True, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(_planted(body), parser)
        except etree.XMLSyntaxError:
            raise Refusal(400, "InvalidContent", "the body cannot be read") from None
        return super().read_document(etree.tostring(root, encoding="utf-8"))

    def _applies(self, body: bytes) -> bool:
        raise NotImplementedError


def _planted(body: bytes) -> bytes:
    """The body with a made-up text in place of every outside one: nothing is ever opened."""
    return _OUTSIDE.sub(rb'\1"root:x:0:0:root"', body)


@FAULTS.add("entity-expanded", "REQ-44", says="An entity of the document's own is expanded.")
class EntityExpanded(_Expands):
    def _applies(self, body: bytes) -> bool:
        return _OUTSIDE.search(body) is None


@FAULTS.add("entity-fetched", "REQ-44", says="An external entity is replaced by what it names.")
class EntityFetched(_Expands):
    def _applies(self, body: bytes) -> bool:
        return _OUTSIDE.search(body) is not None


@FAULTS.add("entity-crash", "ERR-09", says="A document type gives 500.")
class EntityCrash(Behaviour):
    def understand(self, incoming: Incoming) -> JobRequest:
        if b"<!DOCTYPE" in incoming.request.body:
            raise Refusal(500, "InternalError", "something went wrong")
        return super().understand(incoming)
