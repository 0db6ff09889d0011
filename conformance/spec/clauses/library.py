"""LIB: what a client library makes of calls and answers, seen through its adapter."""

from __future__ import annotations

from conformance.spec.clauses.model import MUST, SHOULD, C, Clause
from conformance.spec.clauses.sources import SECURITY, XML10, XML_SECURITY, D, E, G, L, P

CLAUSES = (
    Clause(
        "LIB-01",
        C,
        MUST,
        "JobId, State, Tag, QueueId, the three times, Input, Output and UserData of a success "
        "response reach the caller unchanged.",
        (P,),
        errata=("E16",),
    ),
    Clause(
        "LIB-02",
        C,
        MUST,
        "A StartTime or EndTime of '-' is not an error to the library.",
        (P,),
        errata=("E16",),
    ),
    Clause(
        "LIB-03",
        C,
        MUST,
        "Absent Code, Message, TemplateName or PicProcessResult is not an error to the library.",
        (P,),
    ),
    Clause(
        "LIB-04",
        C,
        SHOULD,
        "A node of the response that the library does not know is ignored.",
        (P,),
    ),
    Clause(
        "LIB-05",
        C,
        MUST,
        "An error response reaches the caller as an error that gives the Code, the Message, the "
        "status and the RequestId.",
        (E,),
        errata=("E20",),
    ),
    Clause("LIB-06", C, MUST, "Each of the six values of State reaches the caller.", (P,)),
    Clause(
        "LIB-07",
        C,
        MUST,
        "One call makes one job: once a create was answered with a 2xx that arrived, no second "
        "POST follows.",
        (P,),
        errata=("E21",),
        note="A create repeated after a 5xx or a broken connection is info: it may have made two "
        "jobs.",
    ),
    Clause(
        "LIB-08",
        C,
        MUST,
        "A request answered with a 4xx is not sent again; one that is sent again is signed anew, "
        "or its signature is still inside its window.",
        (E, G),
    ),
    Clause(
        "LIB-09",
        C,
        MUST,
        "XML-special characters in Object and UserData, and non-ASCII characters in Object, are "
        "escaped on the wire and arrive unchanged.",
        (P, XML10),
    ),
    Clause(
        "LIB-10",
        C,
        MUST,
        "An answer that is cut short, is not XML or is hostile (entity expansion) is an error to "
        "the caller; the library neither hangs nor crashes.",
        (XML_SECURITY,),
    ),
    Clause(
        "LIB-11",
        C,
        SHOULD,
        "When a describe or list response has several JobsDetail nodes, all of them reach the "
        "caller.",
        (D, L),
    ),
    Clause(
        "LIB-12",
        C,
        MUST,
        "A 200 whose body is an Error, is empty or is no Response is an error to the caller, never "
        "an empty success.",
        (P, E),
        errata=("E20",),
        note="The 200 that answers a cancel is empty by right.",
    ),
    Clause(
        "LIB-13",
        C,
        MUST,
        "Every documented node that the caller sets is sent with that value, CallBack = no, "
        "JobLevel = 0 and CallBackMqConfig among them, or the call fails; none is dropped in "
        "silence.",
        (P,),
        errata=("E19",),
        note="An adapter that answers unsupported makes it info.",
    ),
    Clause(
        "LIB-14",
        C,
        SHOULD,
        "A value that XML cannot hold, such as a control character, is refused by the library or "
        "made well-formed; it never leads to an ill-formed body.",
        (XML10,),
        errata=("E19",),
    ),
    Clause(
        "LIB-15",
        C,
        SHOULD,
        "Neither the signature nor the token goes to a host outside the documented domain, by a "
        "redirect or by a switch to another host.",
        (SECURITY,),
        errata=("E21",),
    ),
)
