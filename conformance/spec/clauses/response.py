"""RSP: the success response.

RSP-03 to 06 and RSP-08 hold for every response of the server, errors too; RSP-02 wherever there is
a body.
"""

from __future__ import annotations

from conformance.spec.clauses.model import MUST, SHOULD, Clause, S
from conformance.spec.clauses.sources import RS, P

_HEAD = (
    Clause("RSP-01", S, MUST, "A success response has status 200.", (P,)),
    Clause(
        "RSP-02",
        S,
        MUST,
        "The Content-Type of a response that has a body is application/xml.",
        (P,),
    ),
    Clause(
        "RSP-03",
        S,
        MUST,
        "Content-Length is there and is the number of bytes of the body, or the body is chunked.",
        (RS,),
        errata=("E30",),
    ),
    Clause(
        "RSP-04",
        S,
        MUST,
        "Date is there, has the RFC 1123 form in GMT, and is within 15 minutes of the client's "
        "clock.",
        (RS,),
    ),
    Clause("RSP-05", S, SHOULD, "The Server header is tencent-ci.", (RS,)),
    Clause(
        "RSP-06",
        S,
        MUST,
        "x-ci-request-id is there and not empty, and no two responses of the run have the same.",
        (RS,),
    ),
    Clause("RSP-07", S, MUST, "A success response has no x-ci-trace-id.", (RS,)),
    Clause("RSP-08", S, MUST, "Connection, when it is there, is keep-alive or close.", (RS,)),
)

_BODY = (
    Clause(
        "RSP-10",
        S,
        MUST,
        "The body is well-formed XML with the root element Response, in no namespace.",
        (P,),
    ),
    Clause("RSP-11", S, MUST, "The answer to a create has exactly one JobsDetail.", (P,)),
    Clause(
        "RSP-12",
        S,
        MUST,
        "JobId is there and not empty, and no two jobs of the run have the same.",
        (P,),
    ),
    Clause("RSP-13", S, MUST, "Tag is there and is PicProcess.", (P,)),
    Clause(
        "RSP-14",
        S,
        MUST,
        "State is there and is Submitted, Running, Success, Failed, Pause or Cancel.",
        (P,),
    ),
    Clause(
        "RSP-15",
        S,
        MUST,
        "CreationTime is there, is a date that exists, and has the form 2022-07-18T15:16:43+0800.",
        (P,),
    ),
    Clause(
        "RSP-16",
        S,
        MUST,
        "StartTime and EndTime are there, each either '-' or a time in the form of CreationTime.",
        (P,),
    ),
    Clause("RSP-17", S, MUST, "QueueId is there and equals the request's.", (P,)),
    Clause(
        "RSP-18",
        S,
        MUST,
        "Input is there; its Object equals the request's, its Region and its bucket (BucketId or "
        "Bucket) equal those of the Host header.",
        (P,),
        errata=("E1",),
    ),
    Clause("RSP-19", S, MUST, "Operation is there.", (P,)),
    Clause(
        "RSP-20",
        S,
        MUST,
        "Operation.Output equals the request's, node by node.",
        (P,),
        errata=("E10",),
    ),
    Clause(
        "RSP-21",
        S,
        MUST,
        "Operation.TemplateId equals the request's, and is absent when the request had none.",
        (P,),
    ),
    Clause(
        "RSP-22",
        S,
        MUST,
        "Operation.TemplateName is there and not empty exactly when TemplateId is there.",
        (P,),
        note="A job that was accepted with an unknown template is exempt.",
    ),
    Clause(
        "RSP-23",
        S,
        MUST,
        "Operation.PicProcess equals the request's, node by node, when the job runs by it.",
        (P,),
        note="Beside a TemplateId the server is free to echo it or not.",
    ),
    Clause(
        "RSP-24",
        S,
        MUST,
        "Operation.UserData equals the request's, character by character; absent and empty are "
        "the same.",
        (P,),
    ),
    Clause(
        "RSP-25",
        S,
        SHOULD,
        "Operation.JobLevel equals the request's, and is 0 when the request had none.",
        (P,),
        errata=("E4", "E11"),
    ),
    Clause(
        "RSP-26",
        S,
        MUST,
        "Operation.PicProcessResult is absent while there is no output: in every state but "
        "Success.",
        (P,),
    ),
    Clause(
        "RSP-27",
        S,
        MUST,
        "While State is not Failed, Code is absent or Success, and Message is absent or empty.",
        (P,),
        errata=("E2",),
    ),
    Clause(
        "RSP-28",
        S,
        MUST,
        "When State is Failed, Code is there, not empty and not Success, and Message is there and "
        "not empty.",
        (P,),
    ),
    Clause(
        "RSP-29",
        S,
        SHOULD,
        "The body has no node that the page does not name.",
        (P,),
        errata=("E9",),
        note="Names of known drift are info, and so is a RequestId beside JobsDetail.",
    ),
    Clause(
        "RSP-30",
        S,
        MUST,
        "When the request has both TemplateId and PicProcess the template is used: TemplateId and "
        "TemplateName are echoed.",
        (P,),
    ),
    Clause("RSP-31", S, SHOULD, "CreationTime is within 15 minutes of the Date header.", (P,)),
    Clause("RSP-32", S, SHOULD, "No node that holds a single value is repeated.", (P,)),
)

CLAUSES = _HEAD + _BODY
