"""QRY: asking for one job or many, and cancelling."""

from __future__ import annotations

from conformance.spec.clauses.model import MUST, SHOULD, Clause, S
from conformance.spec.clauses.sources import D, L, X

_DESCRIBE = (
    Clause(
        "QRY-01",
        S,
        MUST,
        "GET /pic_jobs/<JobId> is answered with 200 and that job; every rule for a success "
        "response holds for it.",
        (D,),
    ),
    Clause(
        "QRY-02",
        S,
        MUST,
        "An unknown id is listed in NonExistJobIds, and no JobsDetail is made up for it.",
        (D,),
        errata=("E12",),
    ),
    Clause(
        "QRY-03",
        S,
        MUST,
        "NonExistJobIds is absent when every id that was asked for exists.",
        (D,),
        errata=("E12",),
    ),
    Clause(
        "QRY-04",
        S,
        SHOULD,
        "Several ids joined by commas are answered with one JobsDetail each.",
        (D,),
    ),
)

_LIST = (
    Clause(
        "QRY-10",
        S,
        MUST,
        "GET /pic_jobs with queueId and tag is answered with 200 and only jobs of that queue and "
        "tag; every rule for a success response holds for each.",
        (L,),
    ),
    Clause(
        "QRY-11",
        S,
        MUST,
        "A list request without queueId, or without tag, is answered with an error response.",
        (L,),
        errata=("E27",),
    ),
    Clause(
        "QRY-12",
        S,
        MUST,
        "Jobs are listed by CreationTime, the latest first; orderByTime=Asc reverses that, Desc is "
        "the default.",
        (L,),
        note="Jobs of the same second may come in any order.",
    ),
    Clause(
        "QRY-13",
        S,
        MUST,
        "A page holds at most size jobs, 10 when size is not given; a size above 100 is refused "
        "or held to 100.",
        (L,),
        errata=("E27",),
    ),
    Clause(
        "QRY-14",
        S,
        MUST,
        "Following NextToken to its end gives every job exactly once; on the last page NextToken "
        "is absent or empty.",
        (L,),
    ),
    Clause(
        "QRY-15",
        S,
        MUST,
        "states limits the list to jobs in the named states; All names every state.",
        (L,),
    ),
    Clause(
        "QRY-16",
        S,
        MUST,
        "startCreationTime and endCreationTime limit the list to jobs created between them.",
        (L,),
        note="A job created exactly on a bound is not judged.",
    ),
    Clause(
        "QRY-17",
        S,
        MUST,
        "inputObject limits the list to jobs whose input object is exactly that one.",
        (L,),
    ),
    Clause(
        "QRY-18",
        S,
        SHOULD,
        "A list request with an unknown state or a malformed time is answered with an error "
        "response.",
        (L,),
        errata=("E27",),
    ),
)

_CANCEL = (
    Clause(
        "QRY-20",
        S,
        MUST,
        "PUT /jobs/<JobId>?cancel on a waiting job is answered with 200 and an empty body, and the "
        "job is then in Cancel.",
        (X,),
        errata=("E17", "E25"),
    ),
    Clause(
        "QRY-21",
        S,
        MUST,
        "Cancelling a job in Success or Failed is refused, and changes nothing about the job.",
        (X,),
    ),
    Clause(
        "QRY-22",
        S,
        MUST,
        "Cancelling an unknown job is answered with an error response.",
        (X,),
        errata=("E14",),
    ),
)

CLAUSES = _DESCRIBE + _LIST + _CANCEL
