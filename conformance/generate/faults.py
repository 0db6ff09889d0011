"""Ways of breaking exactly one clause of a valid request, by changing its tree (REQ-02 to REQ-23).

What a conforming server may still take (white space around a value, a leading zero, an empty
optional node) is not here: see ``generate.unjudged``. Clauses that are only SHOULD for a server
(REQ-12, 18, 22, 23) are here, since their level is the clause's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from conformance.generate import edit
from conformance.generate.base import SAMPLE_MQ
from conformance.generate.lexical import PLAIN, Style
from conformance.spec.messages import MqConfig, mq_config_node
from conformance.spec.names import USER_DATA_MAX
from conformance.spec.xml import Node, element

NAMESPACE = "urn:picjobs-conformance"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of breaking ``clause``; ``slug`` is unique within it, ``note`` is for people.

    ``edit`` is given a valid tree and returns the broken one; ``style`` is how to write it.
    """

    clause: str
    slug: str
    note: str
    edit: Callable[[Node], Node]
    style: Style = PLAIN

    @property
    def name(self) -> str:
        return f"{self.clause}/{self.slug}"


#: Required nodes, each with a place where it does not belong.
_REQUIRED: tuple[tuple[str, str, str], ...] = (
    ("REQ-04", "Tag", "Operation"),
    ("REQ-05", "Input", "Operation"),
    ("REQ-06", "Input/Object", ""),
    ("REQ-07", "Operation", "Input"),
    ("REQ-08", "Operation/Output", ""),
    ("REQ-09", "Operation/Output/Region", "Operation"),
    ("REQ-10", "Operation/Output/Bucket", "Operation"),
    ("REQ-11", "Operation/Output/Object", "Operation"),
    ("REQ-12", "QueueId", "Operation"),
)
_CONTAINERS = frozenset({"Input", "Operation", "Output"})

#: Values that a node must not have, by clause.
_WRONG: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("REQ-04", "Tag", ("picprocess", "PICPROCESS", "PicProces", "PicProcessX", "Transcode", "0")),
    ("REQ-13", "CallBackFormat", ("json", "Json", "xml", "Xml", "YAML", "JSON,XML", "1")),
    ("REQ-14", "CallBackType", ("url", "URL", "tdmq", "Tdmq", "HTTP", "Url,TDMQ", "0")),
    ("REQ-18", "CallBack", ("callback", "ftp://callback.invalid/", "mailto:a@b.invalid", "//a/b")),
    (
        "REQ-21",
        "Operation/JobLevel",
        ("3", "-1", "10", "100", "4294967296", "1.5", "0x1", "1,2", "high", "true", "one"),
    ),
)


def catalogue() -> tuple[Fault, ...]:
    """Every fault of a tree, in clause order; the names are unique."""
    every = (
        *_roots(),
        *_missing(),
        *_wrong_values(),
        *_queues(),
        *_user_data(),
        *_no_rule(),
        *_repeated(),
    )
    return tuple(sorted(every, key=lambda fault: fault.clause))


def _roots() -> Iterator[Fault]:
    for slug, name in (
        ("lower-case", "request"),
        ("upper-case", "REQUEST"),
        ("plural", "Requests"),
        ("response", "Response"),
        ("tag", "PicProcess"),
    ):
        yield Fault("REQ-02", f"root-{slug}", f"the root is {name}", partial(_root, name))
    yield Fault(
        "REQ-02", "wrapped", "Request is not the root", lambda root: element("Envelope", root)
    )
    # The writer takes names and attributes as they are: namespaces are spelled out.
    yield Fault(
        "REQ-02",
        "default-namespace",
        "every node is in a default namespace",
        lambda root: replace(root, attributes=(("xmlns", NAMESPACE),)),
    )
    yield Fault(
        "REQ-02",
        "prefixed",
        "the root is in a namespace",
        lambda root: replace(root, name="p:Request", attributes=(("xmlns:p", NAMESPACE),)),
    )


def _root(name: str, root: Node) -> Node:
    return replace(root, name=name)


def _missing() -> Iterator[Fault]:
    for clause, path, elsewhere in _REQUIRED:
        leaf = path.rpartition("/")[2]
        low = leaf.lower()
        yield Fault(clause, f"{low}-missing", f"{path} is missing", partial(edit.drop, path=path))
        if leaf not in _CONTAINERS:
            yield Fault(clause, f"{low}-empty", f"{path} is empty", partial(edit.empty, path=path))
        for slug, name in (
            ("lower-case", low),
            ("upper-case", leaf.upper()),
            ("plural", f"{leaf}s"),
        ):
            yield Fault(
                clause,
                f"{low}-{slug}",
                f"{path} is written {name}",
                partial(edit.rename, path=path, name=name),
            )
        yield Fault(
            clause,
            f"{low}-in-{(elsewhere or 'request').lower()}",
            f"{path} stands in {elsewhere or 'Request'}",
            partial(edit.move, path=path, parent=elsewhere),
        )


def _wrong_values() -> Iterator[Fault]:
    for clause, path, values in _WRONG:
        for place, value in enumerate(values):
            yield value_fault(clause, path, value, f"value-{place}")


def value_fault(clause: str, path: str, value: str, slug: str) -> Fault:
    """``path`` holds a value that ``clause`` does not allow."""
    leaf = path.rpartition("/")[2]
    return Fault(
        clause,
        f"{leaf.lower()}-{slug}",
        f"{leaf} is {value!a}",
        partial(edit.put, path=path, value=value),
    )


def _queues() -> Iterator[Fault]:
    yield Fault("REQ-15", "no-config", "CallBackType TDMQ alone", partial(_tdmq, config=None))
    config = mq_config_node(SAMPLE_MQ)
    assert config is not None
    misspelt = replace(config, name="CallbackMqConfig")
    yield Fault(
        "REQ-15",
        "config-misspelt",
        "CallBackMqConfig is written CallbackMqConfig",
        partial(_tdmq, config=misspelt),
    )
    yield Fault(
        "REQ-15",
        "config-in-operation",
        "CallBackMqConfig stands in Operation",
        lambda root: edit.move(_tdmq(root, config=config), "CallBackMqConfig", "Operation"),
    )
    for leaf in ("MqRegion", "MqMode", "MqName"):
        yield Fault(
            "REQ-16",
            f"{leaf.lower()}-missing",
            f"CallBackMqConfig has no {leaf}",
            partial(_tdmq, config=edit.drop(config, leaf)),
        )
        yield Fault(
            "REQ-16",
            f"{leaf.lower()}-lower-case",
            f"{leaf} is written {leaf.lower()}",
            partial(_tdmq, config=edit.rename(config, leaf, leaf.lower())),
        )
    for slug, wrong in {
        "mode-lower-case": replace(SAMPLE_MQ, mq_mode="queue"),
        "mode-upper-case": replace(SAMPLE_MQ, mq_mode="TOPIC"),
        "mode-unknown": replace(SAMPLE_MQ, mq_mode="Fanout"),
        "region-long": replace(SAMPLE_MQ, mq_region="ap-shanghai"),
        "region-upper-case": replace(SAMPLE_MQ, mq_region="SH"),
        "region-unknown": replace(SAMPLE_MQ, mq_region="xx"),
    }.items():
        yield _mq_fault(slug, wrong)


def _mq_fault(slug: str, config: MqConfig) -> Fault:
    note = f"MqRegion {config.mq_region}, MqMode {config.mq_mode}"
    return Fault("REQ-17", slug, note, partial(_tdmq, config=mq_config_node(config)))


def _tdmq(root: Node, *, config: Node | None) -> Node:
    root = edit.put(root, "CallBackType", "TDMQ")
    return root if config is None else edit.add(root, "", config)


def _user_data() -> Iterator[Fault]:
    for length in (USER_DATA_MAX + 1, USER_DATA_MAX + 2, 2000, 65_536):
        yield long_data(length, "x", str(length))
    yield long_data(USER_DATA_MAX + 1, " x", f"{USER_DATA_MAX + 1}-with-spaces")
    yield long_data(USER_DATA_MAX + 1, "&", f"{USER_DATA_MAX + 1}-ampersands")
    for slug, character in _NOT_PRINTABLE.items():
        yield character_fault(character, slug)
        by_reference = Style(spellings=("specials",))
        yield replace(character_fault(character, f"{slug}-by-reference"), style=by_reference)


def long_data(length: int, filler: str, slug: str) -> Fault:
    """UserData of ``length`` characters: what was there, then ``filler`` over and over."""

    def lengthen(root: Node) -> Node:
        held = root.value("Operation/UserData") or ""
        text = held + filler * length
        return edit.put(root, "Operation/UserData", text[:length])

    return Fault("REQ-19", f"user-data-{slug}", f"UserData of {length} characters", lengthen)


def character_fault(character: str, slug: str) -> Fault:
    """UserData with a character that is not printable ASCII, between two letters."""

    def insert(root: Node) -> Node:
        held = root.value("Operation/UserData") or ""
        return edit.put(root, "Operation/UserData", f"{held}a{character}b")

    return Fault("REQ-20", f"user-data-{slug}", f"UserData with U+{ord(character):04X}", insert)


#: Characters that XML can hold and UserData cannot. A raw CR is read as LF, so it is never raw.
_NOT_PRINTABLE: dict[str, str] = {
    "tab": "\t",
    "line-feed": "\n",
    "carriage-return": "\r",
    "delete": "\x7f",
    "c1-first": "\x80",
    "next-line": "\x85",
    "c1-last": "\x9f",
    "no-break-space": "\xa0",
    "latin": "\u00e9",
    "combining": "\u0301",
    "zero-width-space": "\u200b",
    "line-separator": "\u2028",
    "byte-order-mark": "\ufeff",
    "fullwidth": "\uff21",
    "chinese": "\u56fe",
    "emoji": "\U0001f98c",
    "replacement": "\ufffd",
}


def _no_rule() -> Iterator[Fault]:
    def neither(root: Node) -> Node:
        for path in ("Operation/TemplateId", "Operation/PicProcess"):
            if root.at(path) is not None:
                root = edit.drop(root, path)
        return root

    yield Fault("REQ-22", "no-rule", "neither TemplateId nor PicProcess", neither)


def _repeated() -> Iterator[Fault]:
    for path in (
        "Tag",
        "Input",
        "Input/Object",
        "Operation",
        "Operation/Output",
        "Operation/Output/Region",
        "Operation/Output/Bucket",
        "Operation/Output/Object",
        "Operation/UserData",
        "QueueId",
    ):
        yield _twice(path, f"{path.replace('/', '-').lower()}-twice")
    for path, values in {
        "Operation/UserData": ("picjobs one", "picjobs two"),
        "Operation/JobLevel": ("0", "1"),
        "CallBack": ("no", "no"),
        "CallBackFormat": ("JSON", "XML"),
    }.items():
        yield _values(path, values)


def _twice(path: str, slug: str) -> Fault:
    return Fault("REQ-23", slug, f"{path} is there twice", partial(edit.double, path=path))


def _values(path: str, values: tuple[str, ...]) -> Fault:
    leaf = path.rpartition("/")[2]

    def repeat(root: Node) -> Node:
        return edit.double(edit.put(root, path, ""), path, *values)

    note = f"{leaf} is there twice: {' and '.join(values)}"
    return Fault("REQ-23", f"{leaf.lower()}-with-values", note, repeat)
