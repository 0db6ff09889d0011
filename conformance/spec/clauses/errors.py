"""ERR: error responses."""

from __future__ import annotations

from conformance.spec.clauses.model import MUST, SHOULD, Clause, S
from conformance.spec.clauses.sources import RS, SECURITY, E, P

CLAUSES = (
    Clause(
        "ERR-01",
        S,
        MUST,
        "A refused request has a status of 3xx, 4xx or 5xx, never 200.",
        (E,),
    ),
    Clause("ERR-02", S, MUST, "The Content-Type of an error response is application/xml.", (E,)),
    Clause(
        "ERR-03",
        S,
        MUST,
        "The body of an error response is well-formed XML with the root element Error.",
        (E,),
    ),
    Clause(
        "ERR-04",
        S,
        MUST,
        "Code, Message, RequestId and TraceId are there and not empty.",
        (E,),
    ),
    Clause(
        "ERR-05",
        S,
        SHOULD,
        "Code is one of the documented codes, those of the numeric table included.",
        (E,),
    ),
    Clause(
        "ERR-06",
        S,
        MUST,
        "A documented Code comes with a status that it is documented with; one that only the "
        "numeric table has comes with any 4xx.",
        (E,),
        errata=("E13", "E14"),
    ),
    Clause("ERR-07", S, MUST, "RequestId equals the x-ci-request-id header.", (E, RS)),
    Clause(
        "ERR-08",
        S,
        MUST,
        "The x-ci-trace-id header is there and equals TraceId.",
        (E, RS),
    ),
    Clause(
        "ERR-09",
        S,
        MUST,
        "A bad request is never answered with a 5xx.",
        (E,),
        note="501 NotImplemented is right for an unknown method.",
    ),
    Clause(
        "ERR-10",
        S,
        MUST,
        "A refused request makes no job: none of it is found by listing.",
        (P,),
    ),
    Clause(
        "ERR-11",
        S,
        MUST,
        "Message holds neither the secret key, nor the sign key, nor the string to sign together "
        "with its key.",
        (SECURITY,),
    ),
)
