"""STA: the state of a job over time, seen by polling DescribePicJob."""

from __future__ import annotations

from conformance.spec.clauses.model import MUST, SHOULD, Clause, S
from conformance.spec.clauses.sources import CB, QUEUES, E, P, U, X

CLAUSES = (
    Clause(
        "STA-01",
        S,
        MUST,
        "The answer to a create has the State Submitted, or a later one with which the rest of the "
        "node agrees.",
        (P,),
    ),
    Clause("STA-02", S, MUST, "In Submitted and Pause, StartTime and EndTime are '-'.", (P,)),
    Clause("STA-03", S, MUST, "In Running, StartTime is a time and EndTime is '-'.", (P,)),
    Clause(
        "STA-04",
        S,
        MUST,
        "In Success, StartTime and EndTime are times; in Failed, EndTime is a time and StartTime "
        "a time or '-'.",
        (P,),
        errata=("E25",),
    ),
    Clause(
        "STA-05",
        S,
        MUST,
        "CreationTime is not after StartTime, and StartTime is not after EndTime.",
        (P,),
    ),
    Clause(
        "STA-06",
        S,
        MUST,
        "A job takes only these steps: from Submitted to Pause, Running, Cancel, Success or "
        "Failed; from Pause to Submitted, Running, Cancel, Success or Failed; from Running to "
        "Success or Failed.",
        (P, X),
    ),
    Clause("STA-07", S, MUST, "A job in Success, Failed or Cancel stays in that state.", (P,)),
    Clause(
        "STA-08",
        S,
        MUST,
        "JobId, Tag, CreationTime, QueueId, Input, Output, TemplateId, PicProcess, UserData and "
        "JobLevel of a job never change; StartTime and EndTime never change once they are times.",
        (P,),
    ),
    Clause(
        "STA-09",
        S,
        MUST,
        "A job on an image that exists, with a sound rule, reaches Success within the time limit "
        "of the run.",
        (P,),
    ),
    Clause(
        "STA-10",
        S,
        MUST,
        "A job whose input object does not exist is refused with ResourceNotFound, or ends in "
        "Failed with Code and Message.",
        (P, E),
    ),
    Clause(
        "STA-11",
        S,
        MUST,
        "A job in Success has a PicProcessResult in one of the documented shapes.",
        (P, U, CB),
        errata=("E3",),
        note="OriginalInfo and its ImageInfo are asked for where the request's IsPicInfo is true.",
    ),
    Clause(
        "STA-12",
        S,
        MUST,
        "In PicProcessResult, Width, Height, Size, Quality and Orientation are non-negative "
        "integers, Width, Height and Size at least 1, and Ave is 0x with six hexadecimal digits.",
        (U,),
    ),
    Clause(
        "STA-13",
        S,
        SHOULD,
        "A job for a paused queue is refused with 403 QueuePaused, or stays in Submitted or Pause.",
        (E, QUEUES),
        note="Judged when the run knows a paused queue.",
    ),
    Clause(
        "STA-14",
        S,
        SHOULD,
        "When the workers of a queue are busy, a job of JobLevel 2 starts before waiting jobs of "
        "JobLevel 0.",
        (P,),
    ),
)
