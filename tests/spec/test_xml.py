"""Reading is hardened, writing keeps every character, and nothing but XmlProblem comes out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.spec import xml
from conformance.spec.samples import REQUEST_1, RESPONSE_2
from conformance.spec.xml import (
    MAX_ATTRIBUTES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    Node,
    XmlProblem,
    element,
    escape_text,
    is_xml_text,
    nodes_in,
    read_xml,
    write_xml,
)

XML_CHARACTERS = st.characters(
    codec="utf-8",
    exclude_characters=[chr(n) for n in range(32) if n not in (9, 10, 13)] + ["\ufffe", "\uffff"],
)
XML_TEXT = st.text(XML_CHARACTERS, max_size=60)
NAMES = st.sampled_from(("Request", "Tag", "a", "B-c", "d.e", "_f", "é"))


def nodes() -> st.SearchStrategy[Node]:
    leaves = st.builds(Node, NAMES, XML_TEXT)
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            lambda name, children: Node(name, "", tuple(children)),
            NAMES,
            st.lists(inner, max_size=4),
        ),
        max_leaves=12,
    )


# ---- trees ----


def test_a_tree_is_looked_up_by_name_and_path() -> None:
    tree = element("r", element("a", "1"), element("a", "2"), None, element("b", element("c", "3")))
    assert tree.first("a") == Node("a", "1")
    assert tree.first("x") is None
    assert tree.all("a") == (Node("a", "1"), Node("a", "2"))
    assert tree.all("x") == ()
    assert tree.at("b/c") == Node("c", "3")
    assert tree.at("x/c") is None
    assert tree.value("b/c") == "3"
    assert tree.value("b/x") is None
    assert [path for path, _ in tree.walk()] == ["r", "r/a", "r/a", "r/b", "r/b/c"]
    assert next(path for path, _ in tree.walk("up")) == "up/r"


def test_text_is_what_stands_directly_in_a_node() -> None:
    body = b"<r> <a>x<!-- c -->y<?p i?>z<![CDATA[<&]]></a>\n<b>t<c/>u</b><d> </d></r>"
    root = read_xml(body)
    assert root.text == ""
    assert root.value("a") == "xyz<&"
    assert root.value("b") == "tu"
    assert root.value("d") == " "
    assert read_xml(b"<a> <!-- c --> </a>").text == "  "
    assert element("a", "x", "y") == Node("a", "xy")
    assert Node("a").text == ""


def test_namespaces_and_attributes_are_kept() -> None:
    root = read_xml(b'<p:r xmlns:p="urn:x" k="v" p:l="w"><a xmlns="urn:y"/></p:r>')
    assert (root.name, root.namespace) == ("r", "urn:x")
    assert root.attributes == (("k", "v"), ("{urn:x}l", "w"))
    assert root.children[0].namespace == "urn:y"


# ---- what is not read ----

LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))

HOSTILE = {
    "a document type": b"<!DOCTYPE a><a/>",
    "an internal entity": b'<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>',
    "an entity in an attribute": b'<!DOCTYPE a [<!ENTITY e "v">]><a b="&e;"/>',
    "an external entity": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
    "a parameter entity": b'<!DOCTYPE a [<!ENTITY % e SYSTEM "file:///x"> %e;]><a/>',
    "an external subset": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
    "a default attribute": b'<!DOCTYPE a [<!ATTLIST a b CDATA "v">]><a/>',
    "a document type in UTF-16": '<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>'.encode("utf-16"),
    "exponential expansion": f'<!DOCTYPE a [<!ENTITY l0 "lol">{LOL}]><a>&l11;</a>'.encode(),
    "the same in an attribute": f'<!DOCTYPE a [<!ENTITY l0 "o">{LOL}]><a b="&l11;"/>'.encode(),
    "quadratic expansion": (
        b'<!DOCTYPE a [<!ENTITY e "' + b"x" * 50_000 + b'">]><a>' + b"&e;" * 50_000 + b"</a>"
    ),
    "an entity that holds itself": b'<!DOCTYPE a [<!ENTITY x "&y;"><!ENTITY y "&x;">]><a>&x;</a>',
    "nodes too deep": b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
    "nodes far too deep": b"<a>" * 100_000 + b"</a>" * 100_000,
    "a name without end": b"<" + b"a" * 1_000_000 + b"/>",
    "too many attributes": (
        b"<a " + b" ".join(b'a%d=""' % n for n in range(MAX_ATTRIBUTES + 1)) + b"/>"
    ),
    "attributes by the hundred thousand": (
        b"<a " + b" ".join(b'a%d=""' % n for n in range(300_000)) + b"/>"
    ),
    "too many bytes": b"<a>" + b"x" * MAX_BYTES + b"</a>",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_refused(body: bytes) -> None:
    with pytest.raises(XmlProblem) as caught:
        read_xml(body)
    assert caught.value.hostile
    assert "\n" not in str(caught.value)


MALFORMED = {
    "nothing": b"",
    "white space": b" \r\n\t",
    "text": b"hello",
    "no end tag": b"<a>",
    "crossed tags": b"<a><b></a></b>",
    "two roots": b"<a/><b/>",
    "text after the root": b"<a/>x",
    "a declaration after white space": b' <?xml version="1.0"?><a/>',
    "another version": b'<?xml version="2.0"?><a/>',
    "an undeclared prefix": b"<p:a/>",
    "an undefined entity": b"<a>&nbsp;</a>",
    "a bare ampersand": b"<a>a & b</a>",
    "a bare less-than": b"<a>a < b</a>",
    "an attribute twice": b'<a b="" b=""/>',
    "a control character": b"<a>\x01</a>",
    "a reference to one": b"<a>&#1;</a>",
    "a reference to a surrogate": b"<a>&#xD800;</a>",
    "NUL": b"<a>\x00</a>",
    "U+FFFF": "<a>\uffff</a>".encode(),
    "bytes that are not UTF-8": b"<a>\xff\xfe</a>",
    "Latin-1 without saying so": "<a>é</a>".encode("latin-1"),
    "Latin-1 called UTF-8": '<?xml version="1.0" encoding="UTF-8"?><a>é</a>'.encode("latin-1"),
    "UTF-8 called UTF-16": b'<?xml version="1.0" encoding="UTF-16"?><a/>',
    "UTF-8 called ASCII": '<?xml version="1.0" encoding="US-ASCII"?><a>é</a>'.encode(),
    "an overlong form": b"<a>\xc0\xaf</a>",
    "a surrogate in UTF-8": b"<a>\xed\xa0\x80</a>",
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "JSON": b'{"a": 1}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_well_formed_is_refused_in_one_line(body: bytes) -> None:
    with pytest.raises(XmlProblem) as caught:
        read_xml(body)
    assert not caught.value.hostile
    assert "\n" not in str(caught.value)
    assert "<string>" not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_body_is_called_so(body: bytes) -> None:
    with pytest.raises(XmlProblem, match=r"^the body is empty$"):
        read_xml(body)


@pytest.mark.parametrize(
    ("words", "line"), [(None, "unreadable"), ("first\nsecond", "first"), ("", "unreadable")]
)
def test_whatever_the_parser_says_gives_a_line(
    words: str | None, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise xml.etree.XMLSyntaxError(words, 1, 1, 1)

    monkeypatch.setattr(xml.etree, "fromstring", fail)
    with pytest.raises(XmlProblem) as caught:
        read_xml(b"<a/>")
    assert str(caught.value).startswith("not well-formed XML: ")
    assert str(caught.value).removeprefix("not well-formed XML: ").split(" (")[0] == line


def test_an_external_entity_is_not_even_looked_for(tmp_path) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY f "from the file">')
    for head in (
        f'<!DOCTYPE a SYSTEM "{secret.as_uri()}">',
        f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{secret.as_uri()}"> %x;]>',
        f'<!DOCTYPE a [<!ENTITY f SYSTEM "{secret.as_uri()}">]>',
    ):
        with pytest.raises(XmlProblem) as caught:
            read_xml(f"{head}<a>&f;</a>".encode())
        assert "from the file" not in str(caught.value)


def test_an_inclusion_is_a_node_like_any_other() -> None:
    body = (
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<xi:include href="file:///etc/hostname" parse="text"/></a>'
    )
    assert read_xml(body).children[0].name == "include"


# ---- bounds ----


def test_the_bounds_themselves_are_allowed() -> None:
    assert (MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_ATTRIBUTES) == (8_388_608, 64, 20_000, 256)
    assert read_xml(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH).name == "a"
    attributes = b" ".join(b'a%d=""' % n for n in range(MAX_ATTRIBUTES))
    assert len(read_xml(b"<a " + attributes + b"/>").attributes) == MAX_ATTRIBUTES
    assert len(read_xml(b"<a>xxx</a>", max_bytes=10).text) == 3
    with pytest.raises(XmlProblem, match="has 10 bytes, more than 9"):
        read_xml(b"<a>xxx</a>", max_bytes=9)


def test_a_million_siblings_are_refused() -> None:
    with pytest.raises(XmlProblem, match="more than 20000 nodes") as caught:
        read_xml(b"<r>" + b"<a/>" * 1_000_000 + b"</r>")
    assert caught.value.hostile


def test_nodes_are_counted_over_the_whole_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_NODES", 5)
    assert read_xml(b"<r><a><b/></a><c/><d/></r>").name == "r"
    with pytest.raises(XmlProblem, match="more than 5 nodes"):
        read_xml(b"<r><a><b/></a><c/><d/><e/></r>")


def test_comments_are_bounded_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_NODES", 5)
    assert nodes_in(b"<r><a><b/></a><!----></r>") == 4
    assert read_xml(b"<r>" + b"<!---->" * 9 + b"</r>") == Node("r")
    with pytest.raises(XmlProblem, match="more than 5 nodes"):
        read_xml(b"<r>" + b"<!---->" * 10 + b"</r>")


# ---- encodings ----


@pytest.mark.parametrize(
    "encoding", ["UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "windows-1252", "GB18030"]
)
def test_a_declared_encoding_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<a>é</a>'
    assert read_xml(text.encode(encoding)).text == "é"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_without_a_declaration_it_is_utf_8_or_what_the_byte_order_mark_says(codec: str) -> None:
    assert read_xml("<a>é𝄞</a>".encode(codec)).text == "é𝄞"


# ---- writing and reading back ----


@given(XML_TEXT)
@example("]]> &amp; <a> \" ' \r\n \r \t \x85\u2028 \ufeff é 𝄞")
@example(" ")
@example("\r")
def test_every_character_that_xml_can_hold_comes_back(text: str) -> None:
    assert is_xml_text(text)
    assert read_xml(write_xml(Node("a", text))).text == text
    assert read_xml(f"<a>{escape_text(text)}</a>".encode()).text == text


def test_really_every_character() -> None:
    planes = [*range(0x20, 0xD800), *range(0xE000, 0xFFFE), *range(0x10000, 0x110000)]
    text = "\t\n\r" + "".join(map(chr, planes))
    assert is_xml_text(text)
    assert read_xml(write_xml(Node("a", text))).text == text


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\x0b", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_known(character: str) -> None:
    assert not is_xml_text(f"a{character}b")


@given(nodes(), st.booleans())
def test_a_tree_comes_back(tree: Node, declaration: bool) -> None:
    written = write_xml(tree, declaration=declaration)
    assert written.startswith(b"<?xml") == declaration
    assert read_xml(written) == tree


def test_writing_is_plain() -> None:
    tree = element("r", element("a"), element("b", "<&>\r"), element("c", element("d", "x")))
    assert write_xml(tree) == b"<r><a/><b>&lt;&amp;&gt;&#13;</b><c><d>x</d></c></r>"


# ---- whatever comes ----


def outcome(body: bytes) -> str:
    """The root's name, or the problem in words; anything else that is raised fails the test."""
    try:
        return read_xml(body).name
    except XmlProblem as problem:
        return str(problem)


@pytest.mark.parametrize("body", [REQUEST_1, RESPONSE_2], ids=["request", "response"])
def test_a_document_that_is_cut_short_anywhere_is_refused(body: bytes) -> None:
    assert read_xml(body)
    for length in range(len(body)):
        with pytest.raises(XmlProblem):
            read_xml(body[:length])


@given(st.binary(max_size=80))
@example(b"<a/>\x00")
def test_any_bytes_give_a_tree_or_a_problem(body: bytes) -> None:
    assert outcome(body)


@given(st.data())
def test_a_spoilt_document_gives_a_tree_or_a_problem(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(REQUEST_1) - 1))
    until = data.draw(st.integers(at, min(at + 8, len(REQUEST_1))))
    with_what = data.draw(
        st.binary(max_size=4)
        | st.sampled_from([b"<", b"&", b"&#0;", b"]]>", b"<!DOCTYPE a>", b"<?xml?>", b' xmlns=" "'])
    )
    assert outcome(REQUEST_1[:at] + with_what + REQUEST_1[until:])
