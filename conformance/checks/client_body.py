"""REQ-01 to 26, role C: the body of a create, whatever values its caller gave.

Judged on calls whose values were valid; what the caller broke is not the library's to answer for.
An optional node that is there but empty counts as absent (E16, E26).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.base import Decisions, Level, Outcome, broken, ok, unclear
from conformance.checks.client_case import Sent
from conformance.spec.names import (
    BUCKET,
    CALLBACK_FORMATS,
    CALLBACK_TYPES,
    JOB_LEVELS,
    MQ_MODES,
    MQ_REGIONS,
    REGION,
    REQUEST_DRIFT,
    TAG,
    USER_DATA_MAX,
)
from conformance.spec.reading import Operation, parse_body
from conformance.spec.wire import Exchange
from conformance.spec.xml import Node, XmlProblem

#: Every node that the page names, by its container (request tables, Structure).
NODES: dict[str, frozenset[str]] = {
    "": frozenset(
        {
            "Tag",
            "Input",
            "Operation",
            "QueueId",
            "CallBackFormat",
            "CallBackType",
            "CallBack",
            "CallBackMqConfig",
        }
    ),
    "Input": frozenset({"Object"}),
    "Operation": frozenset({"PicProcess", "TemplateId", "Output", "UserData", "JobLevel"}),
    "Operation/Output": frozenset({"Region", "Bucket", "Object"}),
    "Operation/PicProcess": frozenset({"IsPicInfo", "ProcessRule"}),
    "CallBackMqConfig": frozenset({"MqRegion", "MqMode", "MqName"}),
}

_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


def check(sent: Sent) -> Iterator[Outcome]:
    """Judge the body of one create."""
    if sent.operation is not Operation.CREATE or (sent.call and not sent.call.writable):
        return
    root = parse_body(sent.exchange.request.body)
    if isinstance(root, XmlProblem):
        yield _unreadable(sent.exchange, root)
        return
    yield ok("REQ-01", sent.exchange)
    yield _root(sent.exchange, root)
    yield from _required(sent.exchange, root)
    yield from _values(sent.exchange, root)
    yield from _queue_message(sent.exchange, root)
    yield from _user_data(sent.exchange, root)
    yield from _rule(sent.exchange, root)
    yield _repeated(sent.exchange, root)
    yield _unknown(sent.exchange, root)


def _unreadable(exchange: Exchange, problem: XmlProblem) -> Outcome:
    """REQ-01. A document type is well-formed, but nothing here reads on behind one."""
    if problem.hostile:
        return unclear("REQ-01", exchange, reason=f"the body was not read: {problem}")
    return broken(
        "REQ-01",
        exchange,
        message="the body is not well-formed XML in its encoding",
        expected="a well-formed document, UTF-8 unless it declares otherwise",
        observed=str(problem),
    )


def _root(exchange: Exchange, root: Node) -> Outcome:
    """REQ-02."""
    if root.name == "Request" and not root.namespace:
        return ok("REQ-02", exchange)
    shown = f"<{root.name} xmlns={root.namespace!r}>" if root.namespace else f"<{root.name}>"
    return broken(
        "REQ-02",
        exchange,
        message="the root element is not Request in no namespace",
        expected="<Request>",
        observed=shown,
        at=root.name,
    )


def _required(exchange: Exchange, root: Node) -> Iterator[Outcome]:
    """REQ-04 to REQ-12: a node inside a container that is missing is not asked for as well."""
    tag = root.value("Tag")
    yield _node("REQ-04", exchange, "Tag", TAG, tag, right=tag == TAG)
    yield from _input(exchange, root)
    operation = root.first("Operation")
    yield _node(
        "REQ-07", exchange, "Operation", "the node", _shown(operation), right=operation is not None
    )
    if operation is not None:
        output = operation.first("Output")
        path = "Operation/Output"
        yield _node("REQ-08", exchange, path, "the node", _shown(output), right=output is not None)
        for clause, name in (("REQ-09", "Region"), ("REQ-10", "Bucket"), ("REQ-11", "Object")):
            if output is not None:
                value = output.value(name)
                yield _node(clause, exchange, f"{path}/{name}", "a value", value, right=bool(value))
        if output is not None:
            yield from _forms(exchange, output)
        yield _form(exchange, operation)
    queue = root.value("QueueId")
    yield _node("REQ-12", exchange, "QueueId", "a value", queue, right=bool(queue))


def _form(exchange: Exchange, operation: Node) -> Outcome:
    """REQ-22."""
    template, inline = operation.first("TemplateId"), operation.first("PicProcess")
    if (template and template.text) or (inline and inline.children):
        return ok("REQ-22", exchange)
    return broken(
        "REQ-22",
        exchange,
        message="Operation has neither TemplateId nor PicProcess",
        expected="one of the two",
        observed=", ".join(f"<{child.name}>" for child in operation.children) or "no nodes",
        at="Request/Operation",
    )


def _input(exchange: Exchange, root: Node) -> Iterator[Outcome]:
    """REQ-05 and REQ-06."""
    node = root.first("Input")
    yield _node("REQ-05", exchange, "Input", "the node", _shown(node), right=node is not None)
    if node is not None:
        value = node.value("Object")
        yield _node("REQ-06", exchange, "Input/Object", "a value", value, right=bool(value))


def _shown(node: Node | None) -> str | None:
    return None if node is None else f"<{node.name}>"


def _node(
    clause: str, exchange: Exchange, path: str, expected: str, value: str | None, *, right: bool
) -> Outcome:
    """One node at one path: right, or broken with what stands there."""
    if right:
        return ok(clause, exchange)
    names = path.replace("/", ".")
    what = "is missing" if value is None else "is empty" if not value else "has a wrong value"
    return broken(
        clause,
        exchange,
        message=f"{names} {what}",
        expected=expected,
        observed="no such node" if value is None else repr(value[:200]),
        at=f"Request/{path}",
    )


def _forms(exchange: Exchange, output: Node) -> Iterator[Outcome]:
    """REQ-25."""
    for name, form, means in (
        ("Bucket", BUCKET, "BucketName-APPID"),
        ("Region", REGION, "a region, as in ap-chongqing"),
    ):
        value = output.value(name)
        if value:
            right = form.fullmatch(value) is not None
            path = f"Operation/Output/{name}"
            yield _node("REQ-25", exchange, path, means, value, right=right)


def _values(exchange: Exchange, root: Node) -> Iterator[Outcome]:
    """REQ-13, REQ-14, REQ-18 and REQ-21: what an optional node may hold when it is there."""
    for clause, path, allowed in (
        ("REQ-13", "CallBackFormat", CALLBACK_FORMATS),
        ("REQ-14", "CallBackType", CALLBACK_TYPES),
        ("REQ-21", "Operation/JobLevel", JOB_LEVELS),
    ):
        value = root.value(path)
        if value:
            expected = " or ".join(allowed)
            yield _node(clause, exchange, path, expected, value, right=value in allowed)
    address = root.value("CallBack")
    if address:
        right = address == "no" or _URL.fullmatch(address) is not None
        yield _node("REQ-18", exchange, "CallBack", "an http(s) URL, or no", address, right=right)


def _queue_message(exchange: Exchange, root: Node) -> Iterator[Outcome]:
    """REQ-15 to REQ-17, judged beside CallBackType TDMQ."""
    if root.value("CallBackType") != "TDMQ":
        return
    config = root.first("CallBackMqConfig")
    path = "CallBackMqConfig"
    yield _node("REQ-15", exchange, path, "the node", _shown(config), right=config is not None)
    if config is None:
        return
    for name in ("MqRegion", "MqMode", "MqName"):
        value = config.value(name)
        yield _node("REQ-16", exchange, f"{path}/{name}", "a value", value, right=bool(value))
    for name, allowed in (("MqRegion", MQ_REGIONS), ("MqMode", MQ_MODES)):
        value = config.value(name)
        if value:
            expected = " or ".join(allowed)
            yield _node(
                "REQ-17", exchange, f"{path}/{name}", expected, value, right=value in allowed
            )


def _user_data(exchange: Exchange, root: Node) -> Iterator[Outcome]:
    """REQ-19 and REQ-20."""
    value = root.value("Operation/UserData")
    if value is None:
        return
    if len(value) <= USER_DATA_MAX:
        yield ok("REQ-19", exchange)
    else:
        yield broken(
            "REQ-19",
            exchange,
            message="UserData is longer than 1,024 characters",
            expected=f"at most {USER_DATA_MAX} characters",
            observed=f"{len(value)} characters",
            at="Request/Operation/UserData",
        )
    if _PRINTABLE.fullmatch(value):
        yield ok("REQ-20", exchange)
    else:
        wrong = next(each for each in value if not _PRINTABLE.fullmatch(each))
        yield broken(
            "REQ-20",
            exchange,
            message="UserData holds a character that is not printable ASCII",
            expected="0x20 to 0x7E",
            observed=f"U+{ord(wrong):04X} in {value[:100]!r}",
            at="Request/Operation/UserData",
        )


def _rule(exchange: Exchange, root: Node) -> Iterator[Outcome]:
    """REQ-26."""
    pic = root.at("Operation/PicProcess")
    if pic is None or (not pic.children and not pic.text.strip() and root.value(_TEMPLATE)):
        return
    path = "Operation/PicProcess"
    info, rule = pic.value("IsPicInfo"), pic.value("ProcessRule")
    right = info in ("true", "false")
    yield _node("REQ-26", exchange, f"{path}/IsPicInfo", "true or false", info, right=right)
    yield _node("REQ-26", exchange, f"{path}/ProcessRule", "a rule", rule, right=bool(rule))


_TEMPLATE = "Operation/TemplateId"


def _named(root: Node) -> Iterator[tuple[str, Node]]:
    """The containers that the page names, with their paths below the root."""
    for path in NODES:
        nodes = [root]
        for name in path.split("/") if path else ():
            nodes = [child for node in nodes for child in node.all(name)]
        for node in nodes:
            yield path, node


def _repeated(exchange: Exchange, root: Node) -> Outcome:
    """REQ-23."""
    for path, node in _named(root):
        for name in sorted(NODES[path]):
            count = len(node.all(name))
            if count > 1:
                where = f"{path}/{name}" if path else name
                return broken(
                    "REQ-23",
                    exchange,
                    message=f"{where.replace('/', '.')} is repeated",
                    expected="once",
                    observed=f"{count} times",
                    at=f"Request/{where}",
                )
    return ok("REQ-23", exchange)


def _unknown(exchange: Exchange, root: Node) -> Outcome:
    """REQ-24: names of known drift are information (E9)."""
    strange = [
        f"{path}/{child.name}" if path else child.name
        for path, node in _named(root)
        for child in node.children
        if child.name not in NODES[path]
    ]
    if not strange:
        return ok("REQ-24", exchange)
    worst = min(strange, key=lambda path: path.rpartition("/")[2] in REQUEST_DRIFT)
    drift = worst.rpartition("/")[2] in REQUEST_DRIFT
    return broken(
        "REQ-24",
        exchange,
        message=f"{worst.replace('/', '.')} is a node that the page does not name",
        expected="only nodes that the page names",
        observed=", ".join(strange[:10]),
        level=Level.MAY if drift else None,
        at=f"Request/{worst}",
    )


#: Which function decides which clauses.
DECIDES: Decisions = {
    check: ("REQ-01",),
    _unreadable: ("REQ-01",),
    _root: ("REQ-02",),
    _required: ("REQ-04", "REQ-07", "REQ-08", "REQ-09", "REQ-10", "REQ-11", "REQ-12"),
    _form: ("REQ-22",),
    _input: ("REQ-05", "REQ-06"),
    _forms: ("REQ-25",),
    _values: ("REQ-13", "REQ-14", "REQ-18", "REQ-21"),
    _queue_message: ("REQ-15", "REQ-16", "REQ-17"),
    _user_data: ("REQ-19", "REQ-20"),
    _rule: ("REQ-26",),
    _repeated: ("REQ-23",),
    _unknown: ("REQ-24",),
}
