"""The documents that clauses rest on, by their titles and the vendor's document numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One document. ``number`` is its place under ``tencentcloud.com/document/product/``."""

    key: str
    title: str
    number: str = ""

    @property
    def name(self) -> str:
        """The title, with the document number when there is one."""
        return f"{self.title} ({self.number})" if self.number else self.title

    @property
    def url(self) -> str:
        """Where the vendor publishes it; ``""`` when it has no number."""
        return f"https://www.tencentcloud.com/document/product/{self.number}" if self.number else ""


P = Source("P", "CreatePicJobs, page of 2024-02-27")
RQ = Source("RQ", "Common Request Headers", "1045/43609")
RS = Source("RS", "Common Response Headers", "1045/43610")
E = Source("E", "Error Codes", "1045/33700")
G = Source("G", "Request Signature", "436/7778")
D = Source("D", "DescribePicJob", "436/67197")
L = Source("L", "DescribePicJobs", "436/67198")
X = Source("X", "CancelPicJob")
CB = Source("CB", "Task Callback", "1045/73036")
ST = Source("ST", "Structure", "1045/49945")
U = Source("U", "UploadResult in Persistent Image Processing", "1045/33695")
QUEUES = Source("QUEUES", "Querying Queues", "1045/49902")
RFC9110 = Source("RFC9110", "RFC 9110, HTTP Semantics")
XML10 = Source("XML10", "Extensible Markup Language (XML) 1.0")
SECURITY = Source("SECURITY", "good security practice")
XML_SECURITY = Source("XML_SECURITY", "good practice in reading untrusted XML")
INFERRED = Source("INFERRED", "inferred from the documentation's intent")

SOURCES = (
    P, RQ, RS, E, G, D, L, X, CB, ST, U, QUEUES, RFC9110, XML10, SECURITY, XML_SECURITY, INFERRED,
)  # fmt: skip
