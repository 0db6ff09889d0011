"""HTTP: what a client puts on the wire before the body, and how a server takes headers.

HTTP-01, 03, 04 and 06 speak of create. The other operations have no body: a PUT then has
``Content-Length: 0`` or none, and no Content-Type is asked of it.
"""

from __future__ import annotations

from conformance.spec.clauses.model import MUST, SHOULD, C, Clause, S
from conformance.spec.clauses.sources import RFC9110, RQ, D, G, L, P, X

CLAUSES = (
    Clause(
        "HTTP-01",
        C,
        MUST,
        "A create is sent as POST to exactly the path /pic_jobs; its query is empty but for the "
        "parameters of a signature carried in the URL and the token.",
        (P, G),
    ),
    Clause(
        "HTTP-02",
        C,
        MUST,
        "Host reads <BucketName-APPID>.ci.<Region>.myqcloud.com without a port: a bucket name of "
        "lower-case letters, digits and hyphens, an APPID of digits, a region.",
        (P, RQ),
    ),
    Clause(
        "HTTP-03",
        C,
        MUST,
        "A create has exactly one Content-Length, and its value is the number of bytes of the "
        "body.",
        (P, RQ),
        errata=("E6",),
    ),
    Clause(
        "HTTP-04",
        C,
        MUST,
        "The Content-Type of a create is application/xml; parameters such as charset may follow.",
        (P, RQ),
    ),
    Clause(
        "HTTP-05",
        C,
        MUST,
        "A Date header has the RFC 1123 form in GMT, as in 'Wed, 29 May 2019 04:10:12 GMT'.",
        (P, RQ),
        note="A request without Date is reported as info: the page's sample has one, the table of "
        "headers does not require it.",
    ),
    Clause(
        "HTTP-06",
        C,
        MUST,
        "A Content-MD5 header is the Base64 form of the MD5 of the body.",
        (RQ,),
    ),
    Clause(
        "HTTP-07",
        C,
        MUST,
        "The signature is carried once: in one Authorization header or in the URL's parameters.",
        (RQ, G),
        errata=("E24",),
    ),
    Clause(
        "HTTP-08",
        C,
        MUST,
        "A request signed with temporary credentials carries their token in x-ci-security-token "
        "or x-cos-security-token: a header, or a URL parameter when the signature is there.",
        (RQ, G),
        errata=("E8",),
    ),
    Clause(
        "HTTP-09",
        C,
        SHOULD,
        "A Date header is within 15 minutes of the receiver's clock.",
        (RQ,),
    ),
    Clause(
        "HTTP-11",
        C,
        MUST,
        "A describe is GET /pic_jobs/<JobId> without a body; several ids are joined by commas.",
        (D,),
        errata=("E18",),
    ),
    Clause(
        "HTTP-12",
        C,
        MUST,
        "A list is GET /pic_jobs with queueId and tag among its parameters; every parameter has a "
        "documented name and a documented value.",
        (L,),
    ),
    Clause(
        "HTTP-13",
        C,
        MUST,
        "A cancel is PUT /jobs/<JobId>?cancel.",
        (X,),
        errata=("E17",),
    ),
    Clause(
        "HTTP-10",
        S,
        MUST,
        "The server takes the documented request headers in any letter case and in any order.",
        (RFC9110,),
    ),
)
