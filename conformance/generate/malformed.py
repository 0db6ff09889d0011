"""Bodies that are not well-formed XML in the encoding they declare (REQ-01).

Only what every conforming XML 1.0 processor must refuse is here. UTF-16 with its byte order mark,
an undeclared namespace prefix or an unknown attribute are well-formed and therefore are not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

Garble = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Damage:
    """One way of making a well-formed, plainly written body ill-formed."""

    slug: str
    note: str
    garble: Garble


def catalogue() -> tuple[Damage, ...]:
    """Every damage; the slugs are unique."""
    return tuple(
        Damage(slug, note, garble)
        for group in (_CUT, _TAGS, _AROUND, _REFERENCES, _BYTES, _ENCODINGS, _OTHER)
        for slug, (note, garble) in group.items()
    )


def swap(old: bytes, new: bytes, body: bytes) -> bytes:
    """Replace the first ``old``. Raises ValueError when there is none: that would break nothing."""
    if old not in body:
        raise ValueError(f"the body has no {old!r} to replace")
    return body.replace(old, new, 1)


def cut(place: int, body: bytes) -> bytes:
    """The body's beginning, at least one byte of it, and never the whole."""
    return body[: 1 + place % (len(body) - 1)]


def in_key(inserted: bytes, body: bytes) -> bytes:
    """The body with bytes inserted into the text of Output.Object."""
    return swap(b"<Object>output/", b"<Object>output/" + inserted, body)


def declared(declaration: bytes, body: bytes) -> bytes:
    return declaration + in_key("\u56fe".encode(), body)


def _as_printed(body: bytes) -> bytes:
    """As the page prints its samples (E5): Input never closed, a start tag that should close."""
    body = swap(b"</Input>", b"", body)
    return swap(b"</Request>", b"<CallBackFormat>JSON<CallBackFormat></Request>", body)


_Group = dict[str, tuple[str, Garble]]

_CUT: _Group = {
    "truncated-in-a-tag": ("cut off inside a tag", lambda b: b[: b.index(b"<Operation>") + 4]),
    "truncated-in-a-text": ("cut off inside a text", lambda b: b[: b.index(b"</QueueId>") - 3]),
    "truncated-half": ("only its first half", lambda b: b[: len(b) // 2]),
    "truncated-before-the-end": ("the root is not closed", lambda b: b[: -len(b"</Request>")]),
    "truncated-by-one": ("its last byte is missing", lambda b: b[:-1]),
}

_TAGS: _Group = {
    "as-the-page-prints-it": ("the page's sample as printed (E5)", _as_printed),
    "input-not-closed": ("Input is never closed", partial(swap, b"</Input>", b"")),
    "tag-not-closed": ("Tag is never closed", partial(swap, b"</Tag>", b"")),
    "closed-by-a-start-tag": ("Tag is closed by a start tag", partial(swap, b"</Tag>", b"<Tag>")),
    "end-tag-of-other-case": ("<Tag> ends as </tag>", partial(swap, b"</Tag>", b"</tag>")),
    "end-tag-without-start": ("an end tag too many", partial(swap, b"<Input>", b"</X><Input>")),
    "overlapping": (
        "nodes overlap",
        partial(swap, b"</Object></Input>", b"</Input></Object>"),
    ),
    "name-begins-with-a-digit": (
        "a node's name begins with a digit",
        partial(swap, b"<Input>", b"<1a>x</1a><Input>"),
    ),
    "unquoted-attribute": (
        "an attribute without quotes",
        partial(swap, b"<Input>", b"<Input a=b>"),
    ),
    "repeated-attribute": (
        "an attribute twice",
        partial(swap, b"<Input>", b'<Input a="1" a="2">'),
    ),
    "open-angle": ("a bare < in a text", partial(in_key, b"a < b")),
}

_AROUND: _Group = {
    "two-roots": ("two roots", lambda b: b + b),
    "text-after-the-root": ("text after the root", lambda b: b + b"end"),
    "text-before-the-root": ("text before the root", lambda b: b"begin" + b),
    "space-before-the-declaration": (
        "white space before the XML declaration",
        lambda b: b'\n<?xml version="1.0" encoding="UTF-8"?>' + b,
    ),
    "declaration-inside": (
        "an XML declaration inside",
        partial(swap, b"<Input>", b'<?xml version="1.0"?><Input>'),
    ),
    "no-root": ("a comment and no root", lambda _: b"<!-- Request -->"),
    "white-space-only": ("nothing but white space", lambda _: b" \r\n\t "),
}

_REFERENCES: _Group = {
    slug: (f"{text} in a text", partial(in_key, text.encode()))
    for slug, text in {
        "bare-ampersand": "a & b",
        "reference-without-end": "a&ampb",
        "unknown-entity": "a&nbsp;b",
        "reference-to-nothing": "a&#;b",
        "reference-to-nul": "a&#0;b",
        "reference-to-control": "a&#1;b",
        "reference-to-vertical-tab": "a&#xB;b",
        "reference-to-surrogate": "a&#xD800;b",
        "reference-to-noncharacter": "a&#xFFFE;b",
        "reference-out-of-range": "a&#x110000;b",
        "reference-not-a-number": "a&#12a;b",
        "cdata-end-in-text": "a]]>b",
    }.items()
}

_BYTES: _Group = {
    slug: (f"bytes {data.hex(' ')} in a text", partial(in_key, data))
    for slug, data in {
        "byte-nul": b"a\x00b",
        "byte-control": b"a\x01b",
        "byte-vertical-tab": b"a\x0bb",
        "byte-escape": b"a\x1bb",
        "byte-latin-1": b"caf\xe9-",
        "byte-ff": b"a\xffb",
        "byte-lone-continuation": b"a\x80b",
        "byte-cut-sequence": b"a\xe5\x9bb",
        "byte-overlong": b"a\xc0\xafb",
        "byte-surrogate": b"a\xed\xa0\x80b",
        "byte-beyond-unicode": b"a\xf4\x90\x80\x80b",
        "byte-gbk": "\u5904\u7406".encode("gbk"),
    }.items()
}

_ENCODINGS: _Group = {
    "latin-1-declared-utf-8": (
        "declared UTF-8, with a Latin-1 byte",
        lambda b: b'<?xml version="1.0" encoding="UTF-8"?>' + in_key(b"caf\xe9-", b),
    ),
    "utf-8-declared-ascii": (
        "declared US-ASCII, with UTF-8 beyond it",
        partial(declared, b'<?xml version="1.0" encoding="US-ASCII"?>'),
    ),
    "utf-8-declared-utf-16": (
        "declared UTF-16, and is UTF-8",
        partial(declared, b'<?xml version="1.0" encoding="UTF-16"?>'),
    ),
    "declared-unknown": (
        "declared in an encoding that does not exist",
        partial(declared, b'<?xml version="1.0" encoding="X-PICJOBS"?>'),
    ),
}

_OTHER: _Group = {
    "comment-not-closed": ("a comment never ends", partial(swap, b"<Input>", b"<!-- <Input>")),
    "double-hyphen-in-comment": (
        "-- inside a comment",
        partial(swap, b"<Input>", b"<!-- a -- b --><Input>"),
    ),
    "cdata-not-closed": ("a CDATA section never ends", partial(in_key, b"<![CDATA[")),
    "json": ("JSON", lambda _: b'{"Request": {"Tag": "PicProcess"}}'),
    "form": ("form data", lambda _: b"Tag=PicProcess&QueueId=p1"),
    "words": ("plain words", lambda _: b"create a job, please"),
}
