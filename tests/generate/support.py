"""What the tests of generation share: targets, and plain readings of the page."""

from __future__ import annotations

import base64
import hashlib
import re

from conformance.generate.signing import Credentials, Keyring
from conformance.spec import names
from conformance.spec.signature import (
    PARAMETERS,
    TOKEN_HEADERS,
    NotAnAuthorization,
    authorization_in_url,
    parse_authorization,
    parse_window,
    select,
    unsigned_params,
    verifies,
)
from conformance.spec.target import Target
from conformance.spec.wire import Request
from conformance.spec.xml import Node, XmlProblem, read_xml

TARGET = Target(
    bucket="examplebucket-1250000000",
    region="ap-chongqing",
    queue_id="p2911917386e148639319e13c285cc774",
    template_id="t10461fe2bd5a649db9022452ec71e0381",
    has_temporary=True,
    callback_base="http://127.0.0.1:40123",
)

#: A target that offers nothing that is optional.
BARE = Target(
    bucket="examplebucket-1250000000",
    region="ap-chongqing",
    queue_id="p2911917386e148639319e13c285cc774",
    disclaimed=frozenset({"callbacks", "tdmq"}),
)

KEYRING = Keyring(
    Credentials("AKIDpermanent", "permanent-secret"),
    Credentials("AKIDtemporary", "temporary-secret", "session-token"),
)

_SINGLE = {
    "": (
        *("Tag", "Input", "Operation", "QueueId"),
        *("CallBack", "CallBackFormat", "CallBackType", "CallBackMqConfig"),
    ),
    "Input": ("Object",),
    "Operation": ("TemplateId", "PicProcess", "Output", "UserData", "JobLevel"),
    "Operation/Output": ("Region", "Bucket", "Object"),
}


def broken_clauses(body: bytes, headers: dict[str, str]) -> set[str]:
    """The clauses of the request body that a request breaks, read off the page one by one."""
    broken = set()
    given_md5 = headers.get("Content-MD5")
    if given_md5 and given_md5 != base64.b64encode(hashlib.md5(body).digest()).decode():
        broken.add("REQ-42")
    if len(body) >= 5 * 1024 * 1024:
        broken.add("REQ-43")
    if headers.get("Content-Type", "application/xml") != "application/xml":
        broken.add("REQ-45")
    if not body:
        return broken | {"REQ-03"}
    try:
        root = read_xml(body)
    except XmlProblem as problem:
        return broken | {"REQ-44" if problem.hostile else "REQ-01"}
    if root.name != "Request" or root.namespace:
        return broken | {"REQ-02"}
    return broken | _required(root) | _optional(root)


def _required(root: Node) -> set[str]:
    broken = set()
    if root.value("Tag") != "PicProcess":
        broken.add("REQ-04")
    if root.at("Input") is None:
        broken.add("REQ-05")
    elif not root.value("Input/Object"):
        broken.add("REQ-06")
    if not root.value("QueueId"):
        broken.add("REQ-12")
    if any(_repeats(root, path, leaves) for path, leaves in _SINGLE.items()):
        broken.add("REQ-23")
    operation = root.at("Operation")
    if operation is None:
        return broken | {"REQ-07"}
    return broken | _operation(operation)


def _repeats(root: Node, path: str, leaves: tuple[str, ...]) -> bool:
    node = root.at(path) if path else root
    return node is not None and any(len(node.all(leaf)) > 1 for leaf in leaves)


def _operation(operation: Node) -> set[str]:
    broken = set()
    if operation.first("TemplateId") is None and operation.first("PicProcess") is None:
        broken.add("REQ-22")
    if operation.first("Output") is None:
        return broken | {"REQ-08"}
    for clause, leaf in (("REQ-09", "Region"), ("REQ-10", "Bucket"), ("REQ-11", "Object")):
        if not operation.value(f"Output/{leaf}"):
            broken.add(clause)
    return broken


def _optional(root: Node) -> set[str]:
    broken = set()
    if root.value("CallBackFormat") not in (None, *names.CALLBACK_FORMATS):
        broken.add("REQ-13")
    if root.value("CallBackType") not in (None, *names.CALLBACK_TYPES):
        broken.add("REQ-14")
    if root.value("CallBackType") == "TDMQ":
        broken |= _queue(root.at("CallBackMqConfig"))
    if re.fullmatch(r"no|https?://[^/]+.*", root.value("CallBack") or "no") is None:
        broken.add("REQ-18")
    data = root.value("Operation/UserData") or ""
    if len(data) > 1024:
        broken.add("REQ-19")
    if any(not 0x20 <= ord(each) <= 0x7E for each in data):
        broken.add("REQ-20")
    if root.value("Operation/JobLevel") not in (None, *names.JOB_LEVELS):
        broken.add("REQ-21")
    return broken


def _queue(config: Node | None) -> set[str]:
    if config is None:
        return {"REQ-15"}
    if any(config.first(leaf) is None for leaf in ("MqRegion", "MqMode", "MqName")):
        return {"REQ-16"}
    right = (
        config.value("MqRegion") in names.MQ_REGIONS and config.value("MqMode") in names.MQ_MODES
    )
    return set() if right else {"REQ-17"}


def admits(request: Request, now: float) -> bool:
    """Whether a server that does all that the page asks of it would take this signature."""
    header = request.headers.get("Authorization")
    try:
        auth = parse_authorization(header) if header is not None else authorization_in_url(request)
    except NotAnAuthorization:
        return False
    if auth is None or any(auth.count(name) != 1 for name in PARAMETERS):
        return False
    keys = {each.secret_id: each for each in (KEYRING.permanent, KEYRING.temporary) if each}
    credentials = keys.get(auth.get("q-ak"))
    if credentials is None or auth.get("q-sign-algorithm") != "sha1":
        return False
    tokens = [
        value
        for name, value in (*request.headers, *request.params)
        if name.lower() in TOKEN_HEADERS
    ]
    if tokens != ([credentials.token] if credentials.token else []):
        return False
    for name in ("q-sign-time", "q-key-time"):
        window = parse_window(auth.get(name))
        if window is None or not window[0] <= now <= window[1]:
            return False
    _, absent = select(request.headers, auth.header_names)
    _, missing = select(unsigned_params(request), auth.param_names)
    return not absent and not missing and verifies(request, auth, credentials.secret_key)
