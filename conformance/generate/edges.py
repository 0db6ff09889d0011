"""The edge cases as tables: texts, characters, ways of writing, under the names of their cases."""

from __future__ import annotations

from conformance.generate.lexical import DECLARATION, DECLARATIONS, Style
from conformance.spec.names import USER_DATA_MAX

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))

#: REQ-35: user data of a length at a bound.
LENGTHS: dict[str, str] = {
    "0": "",
    "1": "x",
    "1023": "x" * (USER_DATA_MAX - 1),
    "1024": "x" * USER_DATA_MAX,
    "1024-spaces-inside": "x" + " " * (USER_DATA_MAX - 2) + "x",
    "1024-ampersands": "&" * USER_DATA_MAX,
    "1024-mixed": (PRINTABLE * 11)[:USER_DATA_MAX],
}

#: REQ-35: what stands before and after the marker in user data.
DATA: dict[str, tuple[str, str]] = {
    "printable": ("", PRINTABLE),
    "letters": ("", "".join(filter(str.isalnum, PRINTABLE))),
    "punctuation": ("", "".join(c for c in PRINTABLE if not c.isalnum() and c != " ")),
    "leading-space": (" ", ""),
    "leading-spaces": ("   ", ""),
    "trailing-space": ("", " "),
    "trailing-spaces": ("", "   "),
    "inner-spaces": ("", "  two   three x"),
    "ampersand": ("", " & "),
    "less-than": ("", " < "),
    "greater-than": ("", " > "),
    "quotes": ("", " \"double\" 'single' "),
    "cdata-end": ("", " ]]> "),
    "like-markup": ("", "</UserData><JobLevel>9</JobLevel><UserData>"),
    "like-entity": ("", "&amp;&lt;&#65;"),
    "like-percent-encoding": ("", "%20%2B+%"),
    "like-an-encoded-word": ("", "%41%20%2Fdone%20100%25"),
    "like-json": ("", '{"key": ["value", null]}'),
    "backslashes": ("", "\\n\\x00\\\\"),
}

#: REQ-36, one freedom each.
STYLES: dict[str, Style] = {
    "indented": Style(gaps=("\n    ",)),
    "newlines-between-nodes": Style(gaps=("\n",)),
    "crlf-between-nodes": Style(gaps=("\r\n",)),
    "tabs-between-nodes": Style(gaps=("\t",)),
    "comments-between-nodes": Style(gaps=("<!-- picjobs -->",)),
    "comments-that-look-like-nodes": Style(gaps=("<!-- <Tag>Other</Tag> & ]]> -->",)),
    "comment-before-the-root": Style(head="<!-- before -->\n"),
    "comment-after-the-root": Style(tail="\n<!-- after -->\n"),
    "newline-after-the-root": Style(tail="\n"),
    "white-space-inside-tags": Style(loose=True),
    "byte-order-mark": Style(bom=True),
    "byte-order-mark-and-declaration": Style(bom=True, head=DECLARATION),
    **{
        f"declaration-{slug}": Style(head=f"{text}\n")
        for slug, text in zip(
            ("utf-8", "single-quoted", "lower-case", "bare", "standalone", "spaced"),
            DECLARATIONS,
            strict=True,
        )
    },
    "cdata": Style(spellings=("cdata",)),
    "cdata-and-text": Style(spellings=("halves",)),
    "decimal-references": Style(spellings=("decimal",)),
    "hexadecimal-references": Style(spellings=("hexadecimal",)),
    "hexadecimal-references-upper-case": Style(spellings=("hexadecimal-upper",)),
    "predefined-entities": Style(spellings=("named",)),
}

#: REQ-37: what stands in the key after the marker.
KEYS: dict[str, str] = {
    "slashes": "/a/b/c",
    "plus": "+plus",
    "percent-2b": "%2Bplus",
    "percent-20": "%20space",
    "percent": "100%",
    "space": " a space",
    "spaces": " two  spaces",
    "ampersand": "a&b",
    "less-than": "a<b",
    "greater-than": "a>b",
    "double-quote": 'a"b',
    "apostrophe": "a'b",
    "cdata-end": "a]]>b",
    "like-entity": "&amp;&#65;",
    "question-mark": "?a=b",
    "hash": "#a",
    "semicolon": ";a;b",
    "equals": "a=b",
    "tilde": "~a",
    "comma-colon-at": "a,b:c@d",
    "dollar-asterisk-exclamation": "$a*b!c",
    "brackets": "(a)[b]{c}",
    "backtick-caret-bar": "a`b^c|d",
    "backslash": "a\\b",
    "latin": "caf\u00e9-\u00df-\u00fc",
    "greek-cyrillic": "\u03b1\u03b2\u03b3-\u0436\u0437\u0438",
    "chinese": "\u56fe\u7247\u5904\u7406",
    "japanese-korean": "\u753b\u50cf\u30b8\u30e7\u30d6-\uc774\ubbf8\uc9c0",
    "arabic-hebrew": "\u0635\u0648\u0631\u0629-\u05ea\u05de\u05d5\u05e0\u05d4",
    "combining": "e\u0301a\u0308\u0323",
    "composed": "\u00e9\u00e4",
    "emoji": "\U0001f98c\U0001f600",
    "emoji-joined": "\U0001f469\u200d\U0001f4bb",
    "astral-han": "\U00020000\U0002a6d6",
}

#: Keys that need not exist: how they are taken is the page's open question here.
OPEN_INPUTS: dict[str, str] = {
    "spaces-and-plus": "input/no such+file.jpg",
    "xml-specials": "input/<no>&'such'\"file\".jpg",
    "non-ascii": "input/\u56fe\U0001f98c.jpg",
    "percent": "input/%20%2B.jpg",
    "leading-space": " input/no such.jpg ",
}

#: Of these even the echo is open: white space at the ends of a name.
OPEN_ALTOGETHER = frozenset({"leading-space"})

#: User data that somebody may take for a number, a truth value, or nothing at all.
WHOLE_DATA = {
    "one-space": " ",
    "spaces": "   ",
    "leading-zeros": "000123",
    "zero": "0",
    "decimal": "1.0",
    "exponent": "1e5",
    "true": "true",
    "null": "null",
    "none": "None",
    "dash": "-",
}

#: Rules that a server may know or not; one that takes them echoes them unchanged (RSP-23).
RULES: dict[str, str] = {
    "a-chain": "imageMogr2/thumbnail/!50p|imageMogr2/rotate/90",
    "marks": "imageMogr2/thumbnail/300x200>/format/png",
    "base64": "watermark/2/text/UGljSm9icw==/fill/IzNEM0QzRA==/dissolve/50",
    "capitals-and-ampersand": "imageView2/2/w/200/h/200/q/80!&IgnoreError=1",
}

#: Keys that some storage would write in another way: before and after the marker.
OPEN_KEYS: dict[str, tuple[str, str]] = {
    "leading-slash": ("/output/", ".jpg"),
    "double-slash": ("output//", ".jpg"),
    "dot-segment": ("output/./", ".jpg"),
    "trailing-space": ("output/", ".jpg "),
    "upper-case-ending": ("Output/", ".JPG"),
}


def other_region(region: str) -> str:
    """A region that is not ``region``."""
    return "ap-guangzhou" if region != "ap-guangzhou" else "ap-beijing"
