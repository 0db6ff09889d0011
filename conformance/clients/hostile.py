"""Answers with status 200 that are no success: broken, hostile, or something else altogether."""

from __future__ import annotations

from dataclasses import replace

from conformance.checks.client_case import Want
from conformance.clients.answers import BREAK, Answer, Delivery, bad, failure
from conformance.clients.documents import sample
from conformance.generate.lexical import write
from conformance.spec.xml import Node, element

#: Stands in a body for the address of the bait (see ``endpoint.BAIT``).
BAIT_URL = "http://{stranger}/picjobs-bait"


def _response() -> Node:
    return element("Response", sample().to_node())


def _bomb() -> bytes:
    """Six levels of ten: 1.1 million expansions to 64 MB, from a document of two kilobytes.

    Enough that no parser with any limit lets it pass, and little enough for one without to live.
    """
    lines = ['<?xml version="1.0"?>', "<!DOCTYPE Response [", f'<!ENTITY e0 "{"x" * 64}">']
    lines += [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 7)]
    return ("\n".join(lines) + "\n]>\n").encode() + _with_data("&e6;")


def _with_data(reference: str) -> bytes:
    """The response with ``reference`` as its UserData, unescaped."""
    return write(_response()).replace(b"This is my data.", reference.encode())


def _external() -> bytes:
    document = f'<!DOCTYPE Response [<!ENTITY e SYSTEM "{BAIT_URL}">]>'
    return document.encode() + _with_data("&e;")


def broken_answers() -> dict[str, Answer]:
    """LIB-10: cut short, not XML, hostile."""
    whole = write(_response())
    return {
        "cut": bad(whole, "a body cut short", delivery=Delivery.CUT),
        "cut-chunked": bad(whole, "a chunked body cut short", delivery=Delivery.CUT_CHUNKED),
        "broken": replace(BREAK, note="the connection breaks before the answer"),
        "unclosed": bad(whole[: len(whole) * 2 // 3], "XML that ends in its middle"),
        "mismatched": bad(whole.replace(b"</JobsDetail>", b"</JobDetail>"), "mismatched tags"),
        "html": bad(
            b"<!DOCTYPE html><html><head><meta><title>Hi</title></head><body>Log in<br></html>",
            "an HTML page",
            kind="text/html",
        ),
        "text": bad(b"OK", "plain text"),
        "json": bad(b'{"Response": {"JobsDetail": {"JobId": "c1"}}}', "JSON"),
        "binary": bad(bytes(range(1, 256)), "binary data"),
        "bomb": bad(_bomb(), "an entity that expands to 64 MB"),
        "external-entity": replace(
            bad(_external(), "an external entity"), want=Want.EITHER, baited=True
        ),
    }


def mistaken_answers() -> dict[str, Answer]:
    """LIB-12: a 200 that holds an Error, nothing, or no Response."""
    error = failure(200, "InternalError", "Something went wrong.", 800_000)
    return {
        "error": bad(error.body, "a 200 with an Error body"),
        "empty": bad(b"", "a 200 without a body"),
        "other-root": bad(b"<Result><JobId>c1</JobId></Result>", "another root element"),
        "other-job": bad(
            write(element("JobsDetail", *sample().to_node().children)), "JobsDetail as the root"
        ),
    }
