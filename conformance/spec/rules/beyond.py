"""What the vendor's pages take for granted."""

from __future__ import annotations

from conformance.spec.rules.model import rule

RULES = (
    rule("RFC9110.fields", "Header names have no letter case, and headers no order.", "HTTP-10"),
    rule(
        "XML10.forms",
        "White space between nodes, comments, a declaration, CDATA and references change nothing.",
        "REQ-36",
    ),
    rule("XML10.escapes", "What is special in XML is escaped.", "LIB-09"),
    rule("XML10.characters", "No XML can hold a control character.", "LIB-14"),
    rule(
        "XML_SECURITY.entities",
        "An entity of a document type is never resolved.",
        *("REQ-44", "LIB-10"),
    ),
    rule("SECURITY.keys", "No answer gives a key away.", "ERR-11"),
    rule("SECURITY.hosts", "A signature is shown to nobody but the service.", "LIB-15"),
    rule("INFERRED.retry", "A callback that was not taken is sent again.", "CBK-09"),
)
