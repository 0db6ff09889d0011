"""SIG: the signature, as a client makes it (SIG-01 to 11) and as a server decides by it.

For clients, clocks are given two seconds and both ends of a validity window lie inside it. For
servers, every request that is rejected must leave no job behind.
"""

from __future__ import annotations

from conformance.spec.clauses.model import MUST, SHOULD, C, Clause, S
from conformance.spec.clauses.sources import RQ, E, G, P

_CODE_NOTE = (
    "The refusal itself is a MUST; that it comes with this status and code, or as 403 "
    "AccessDenied, is a SHOULD."
)

_CARRIED = (
    Clause(
        "SIG-01",
        C,
        MUST,
        "The signature consists of the seven documented q- parameters, each exactly once, in any "
        "order, and of no other.",
        (G,),
        errata=("E24",),
    ),
    Clause("SIG-02", C, MUST, "q-sign-algorithm is sha1.", (G,)),
    Clause(
        "SIG-03",
        C,
        MUST,
        "q-sign-time and q-key-time are each 'start;end' in Unix seconds with start before end, "
        "and are equal.",
        (G,),
    ),
    Clause("SIG-04", C, MUST, "The validity window contains the moment of sending.", (G,)),
    Clause(
        "SIG-05",
        C,
        MUST,
        "q-header-list is in lower case, sorted and free of duplicates, and names only headers "
        "that the request has.",
        (G,),
        errata=("E22",),
    ),
    Clause(
        "SIG-06",
        C,
        MUST,
        "q-url-param-list is UrlEncoded, in lower case and sorted, and names only URL parameters "
        "that the request has.",
        (G,),
        errata=("E22",),
    ),
    Clause("SIG-07", C, MUST, "q-signature is 40 hexadecimal digits in lower case.", (G,)),
    Clause(
        "SIG-08",
        C,
        MUST,
        "q-signature equals the signature recomputed from the request as it arrived.",
        (G,),
        errata=("E15", "E22", "E29"),
    ),
    Clause("SIG-09", C, SHOULD, "The Host header is among the signed headers.", (G,)),
    Clause("SIG-10", C, SHOULD, "The validity window is no longer than 24 hours.", (G,)),
    Clause(
        "SIG-11",
        C,
        SHOULD,
        "q-url-param-list names every URL parameter of the request, those of the signature itself "
        "aside.",
        (G,),
    ),
)

_ACCEPTED = (
    Clause(
        "SIG-20",
        S,
        MUST,
        "A correctly signed request whose header list is just host is accepted.",
        (G,),
    ),
    Clause(
        "SIG-21",
        S,
        MUST,
        "A correctly signed request that signs every header it sends is accepted.",
        (G,),
    ),
    Clause(
        "SIG-22",
        S,
        SHOULD,
        "A correctly signed request with an empty header list and an empty parameter list, the "
        "form of the page's own samples, is accepted.",
        (P,),
        errata=("E6",),
    ),
    Clause(
        "SIG-23",
        S,
        MUST,
        "On operations that take URL parameters, a request with those parameters correctly signed "
        "is accepted: their values UrlEncoded, one without a value counted as empty.",
        (G,),
        errata=("E15",),
    ),
    Clause(
        "SIG-24",
        S,
        SHOULD,
        "A correct signature carried in URL parameters in place of Authorization is accepted.",
        (G,),
    ),
    Clause(
        "SIG-25",
        S,
        MUST,
        "A correct signature over header values that need UrlEncoding (spaces, '=', double quotes, "
        "bytes outside ASCII) is accepted.",
        (G,),
        errata=("E29",),
    ),
    Clause(
        "SIG-26",
        S,
        MUST,
        "A request correctly signed with temporary credentials that carries their token is "
        "accepted.",
        (RQ,),
        errata=("E8",),
        note="Judged when the run has temporary credentials.",
    ),
)

_REJECTED = (
    Clause(
        "SIG-30",
        S,
        MUST,
        "A request without Authorization is rejected with 401 MissingAuthorization.",
        (E,),
        errata=("E13",),
        note=_CODE_NOTE,
    ),
    Clause(
        "SIG-31",
        S,
        MUST,
        "A request whose Authorization is not of the documented form is rejected with 401 "
        "InvalidAuthorization.",
        (E,),
        errata=("E13",),
        note=_CODE_NOTE,
    ),
    Clause(
        "SIG-32",
        S,
        MUST,
        "A request whose signature lacks any one of the seven q- parameters is rejected.",
        (G,),
    ),
    Clause(
        "SIG-33",
        S,
        MUST,
        "A request signed with another SecretKey is rejected with status 401 or 403.",
        (G, E),
        errata=("E13",),
    ),
    Clause(
        "SIG-34",
        S,
        MUST,
        "A request whose q-ak is an unknown SecretId is rejected with 401 SecretidNotExist.",
        (E,),
        errata=("E13",),
        note=_CODE_NOTE,
    ),
    Clause(
        "SIG-35",
        S,
        MUST,
        "A request whose validity window has ended is rejected with 401 SignatureExpired.",
        (G, E),
        errata=("E13",),
        note=_CODE_NOTE,
    ),
    Clause(
        "SIG-36",
        S,
        MUST,
        "A request whose validity window begins only in an hour is rejected.",
        (G,),
    ),
    Clause(
        "SIG-37",
        S,
        MUST,
        "A request whose q-sign-algorithm is another name than sha1 is rejected.",
        (G,),
    ),
    Clause(
        "SIG-38",
        S,
        MUST,
        "A request in which any one signed header, Host among them, was changed after signing is "
        "rejected.",
        (G,),
    ),
    Clause(
        "SIG-39",
        S,
        MUST,
        "A request in which a signed URL parameter was changed or removed after signing, or one "
        "was added to the list, is rejected.",
        (G,),
    ),
    Clause(
        "SIG-40",
        S,
        MUST,
        "A request whose method or path is not the one that was signed is rejected.",
        (G,),
    ),
    Clause(
        "SIG-41",
        S,
        MUST,
        "A request whose q-header-list names a header that it does not have is rejected.",
        (G,),
    ),
    Clause(
        "SIG-42",
        S,
        MUST,
        "A request whose q-signature has one digit changed, is cut short, or is in another letter "
        "case is rejected.",
        (G,),
        note="For the letter case the rejection is a SHOULD.",
    ),
    Clause(
        "SIG-43",
        S,
        MUST,
        "A request whose q-key-time was altered after signing, to a longer window, is rejected.",
        (G,),
    ),
    Clause(
        "SIG-44",
        S,
        MUST,
        "A request signed with temporary credentials that carries no token, or another one, is "
        "rejected.",
        (RQ,),
        errata=("E8",),
        note="Judged when the run has temporary credentials.",
    ),
    Clause(
        "SIG-45",
        S,
        MUST,
        "A request whose q-sign-time and q-key-time differ, one of them ended and the other still "
        "valid, is rejected.",
        (G,),
        errata=("E24",),
    ),
)

CLAUSES = _CARRIED + _ACCEPTED + _REJECTED
