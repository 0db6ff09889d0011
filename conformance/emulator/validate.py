"""Hooks that read the body of create and hold it against the page: one method for each rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from conformance.emulator.hooks import Hooks
from conformance.emulator.values import Incoming, Refusal, shown
from conformance.spec.messages import JobRequest
from conformance.spec.names import (
    CALLBACK_FORMATS,
    CALLBACK_TYPES,
    JOB_LEVELS,
    MQ_MODES,
    MQ_REGIONS,
    TAG,
    USER_DATA_MAX,
)
from conformance.spec.xml import Node, XmlProblem, read_xml

_NOT_PRINTABLE = re.compile(r"[^\x20-\x7e]")

#: The nodes that the page gives to each container; every one of them is single-valued (REQ-23).
CONTAINERS: dict[str, tuple[str, ...]] = {
    "": (
        "Tag",
        "Input",
        "Operation",
        "QueueId",
        "CallBackFormat",
        "CallBackType",
        "CallBack",
        "CallBackMqConfig",
    ),
    "Input": ("Object",),
    "Operation": ("PicProcess", "TemplateId", "Output", "UserData", "JobLevel"),
    "Operation/PicProcess": ("IsPicInfo", "ProcessRule"),
    "Operation/Output": ("Region", "Bucket", "Object"),
    "CallBackMqConfig": ("MqRegion", "MqMode", "MqName"),
}


class BodyRules(Hooks):
    """From the bytes of a body to a job request, or the refusal that fits."""

    def understand(self, incoming: Incoming) -> JobRequest:
        """Read, check and type the body."""
        incoming.document = self.read_document(incoming.request.body)
        self.check_body(incoming.document)
        return self.read_job_request(incoming.document)

    def read_document(self, body: bytes) -> Node:
        """REQ-01, REQ-44: no document type, no entity. Nodes in a namespace are not the page's."""
        try:
            return own_nodes(read_xml(body))
        except XmlProblem as problem:
            message = f"the body cannot be read: {shown(str(problem), 200)}"
            raise Refusal(400, "InvalidContent", message) from None

    def read_job_request(self, root: Node) -> JobRequest:
        return JobRequest.from_node(root)

    def check_body(self, root: Node) -> None:
        """Every rule of the family REQ that a document by itself can break."""
        self.check_root(root)
        self.check_repeats(root)
        self.check_tag(root)
        self.check_input(root)
        self.check_input_object(root)
        self.check_operation(root)
        self.check_output(root)
        self.check_output_region(root)
        self.check_output_bucket(root)
        self.check_output_object(root)
        self.check_queue_id(root)
        self.check_callback_format(root)
        self.check_callback_type(root)
        self.check_mq_config(root)
        self.check_callback(root)
        self.check_user_data_length(root)
        self.check_user_data_characters(root)
        self.check_job_level(root)
        self.check_job_type(root)

    def check_root(self, root: Node) -> None:
        """REQ-02."""
        if root.name != "Request" or root.namespace:
            raise Refusal(400, "InvalidContent", "the root is not Request, in no namespace")

    def check_repeats(self, root: Node) -> None:
        """REQ-23."""
        for path, names in CONTAINERS.items():
            for container in nodes_at(root, path):
                for name in names:
                    self.check_single(container, name)

    def check_single(self, container: Node, name: str) -> None:
        if len(container.all(name)) > 1:
            raise argument(f"{container.name}.{name} is there more than once")

    def check_tag(self, root: Node) -> None:
        """REQ-04."""
        if root.value("Tag") != TAG:
            raise argument(f"Tag is not {TAG}")

    def check_input(self, root: Node) -> None:
        """REQ-05."""
        self.require_node(root, "Input")

    def check_input_object(self, root: Node) -> None:
        """REQ-06."""
        self.require_text(root, "Input/Object")

    def check_operation(self, root: Node) -> None:
        """REQ-07."""
        self.require_node(root, "Operation")

    def check_output(self, root: Node) -> None:
        """REQ-08."""
        self.require_node(root, "Operation/Output")

    def check_output_region(self, root: Node) -> None:
        """REQ-09."""
        self.require_text(root, "Operation/Output/Region")

    def check_output_bucket(self, root: Node) -> None:
        """REQ-10."""
        self.require_text(root, "Operation/Output/Bucket")

    def check_output_object(self, root: Node) -> None:
        """REQ-11."""
        self.require_text(root, "Operation/Output/Object")

    def check_queue_id(self, root: Node) -> None:
        """REQ-12, E7."""
        self.require_text(root, "QueueId")

    def check_callback_format(self, root: Node) -> None:
        """REQ-13."""
        self.require_choice(root, "CallBackFormat", CALLBACK_FORMATS)

    def check_callback_type(self, root: Node) -> None:
        """REQ-14."""
        self.require_choice(root, "CallBackType", CALLBACK_TYPES)

    def check_mq_config(self, root: Node) -> None:
        """REQ-15: needed with CallBackType TDMQ, and looked at only then (REQ-16, REQ-17)."""
        if root.value("CallBackType") != "TDMQ":
            return
        self.require_node(root, "CallBackMqConfig")
        self.check_mq_region(root)
        self.check_mq_mode(root)
        self.check_mq_name(root)

    def check_mq_region(self, root: Node) -> None:
        """REQ-16, REQ-17."""
        self.require_text(root, "CallBackMqConfig/MqRegion")
        self.require_choice(root, "CallBackMqConfig/MqRegion", MQ_REGIONS)

    def check_mq_mode(self, root: Node) -> None:
        """REQ-16, REQ-17, E23."""
        self.require_text(root, "CallBackMqConfig/MqMode")
        self.require_choice(root, "CallBackMqConfig/MqMode", MQ_MODES)

    def check_mq_name(self, root: Node) -> None:
        """REQ-16."""
        self.require_text(root, "CallBackMqConfig/MqName")

    def check_callback(self, root: Node) -> None:
        """REQ-18: an http or https URL, or ``no``; empty is as good as absent (E26)."""
        given = root.value("CallBack")
        if given and given != "no" and not is_http_url(given):
            raise argument("CallBack is neither an http or https URL nor no")

    def check_user_data_length(self, root: Node) -> None:
        """REQ-19."""
        if len(root.value("Operation/UserData") or "") > USER_DATA_MAX:
            raise argument(f"UserData has more than {USER_DATA_MAX} characters")

    def check_user_data_characters(self, root: Node) -> None:
        """REQ-20."""
        if _NOT_PRINTABLE.search(root.value("Operation/UserData") or ""):
            raise argument("UserData holds characters that are not printable ASCII")

    def check_job_level(self, root: Node) -> None:
        """REQ-21."""
        self.require_choice(root, "Operation/JobLevel", JOB_LEVELS)

    def check_job_type(self, root: Node) -> None:
        """REQ-22: a template, or an inline rule."""
        if not root.value("Operation/TemplateId") and root.at("Operation/PicProcess") is None:
            raise argument("Operation has neither TemplateId nor PicProcess")

    def require_node(self, root: Node, path: str) -> None:
        if root.at(path) is None:
            raise argument(f"{dotted(path)} is missing")

    def require_text(self, root: Node, path: str) -> None:
        if not root.value(path):
            raise argument(f"{dotted(path)} is missing or empty")

    def require_choice(self, root: Node, path: str, choices: tuple[str, ...]) -> None:
        """An optional node has one of these values; empty is as good as absent (E26)."""
        given = root.value(path)
        if given and given not in choices:
            raise argument(f"{dotted(path)} is {shown(given)}, not one of {', '.join(choices)}")


def own_nodes(node: Node) -> Node:
    """The tree without those descendants that stand in a namespace: the page names none such."""
    if not node.children:
        return node
    kept = tuple(own_nodes(child) for child in node.children if not child.namespace)
    return replace(node, children=kept)


def nodes_at(root: Node, path: str) -> Iterator[Node]:
    """Every node at a ``/``-separated path, repeated ones too; the root itself for ``""``."""
    head, _, rest = path.partition("/")
    if not head:
        yield root
        return
    for child in root.all(head):
        yield from nodes_at(child, rest)


def is_http_url(text: str) -> bool:
    """Whether ``text`` is an absolute http or https URL with a host, and nothing around it."""
    if not text.isascii() or re.search(r"[\x00-\x20\x7f]", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def dotted(path: str) -> str:
    """A path as the page writes it."""
    return "Request." + path.replace("/", ".")


def argument(message: str) -> Refusal:
    return Refusal(400, "InvalidArgument", message)
