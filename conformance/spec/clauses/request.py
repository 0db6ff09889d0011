"""REQ: the request body, as a client writes it and as a server takes it.

A client is judged on calls whose values were valid as its caller gave them. Under role S a body is
accepted, or is refused with an error response and makes no job, as ``outcome`` says.
"""

from __future__ import annotations

from conformance.spec.clauses.model import ACCEPTED, CS, MUST, REFUSED, SHOULD, C, Clause, S
from conformance.spec.clauses.sources import RQ, ST, XML10, XML_SECURITY, E, P

_RULES = (
    Clause(
        "REQ-01",
        CS,
        MUST,
        "The body is well-formed XML in the encoding that it declares, UTF-8 when it declares "
        "none.",
        (P, E),
        outcome=REFUSED,
        errata=("E5",),
    ),
    Clause(
        "REQ-02",
        CS,
        MUST,
        "The root element of the body is Request, in no namespace.",
        (P,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-03",
        S,
        MUST,
        "A create with an empty body is refused.",
        (E,),
        outcome=REFUSED,
        note="That the code is MissingContent is a SHOULD.",
    ),
    Clause("REQ-04", CS, MUST, "Tag is there and is PicProcess.", (P,), outcome=REFUSED),
    Clause("REQ-05", CS, MUST, "Input is there.", (P,), outcome=REFUSED),
    Clause("REQ-06", CS, MUST, "Input.Object is there and not empty.", (P,), outcome=REFUSED),
    Clause("REQ-07", CS, MUST, "Operation is there.", (P,), outcome=REFUSED),
    Clause("REQ-08", CS, MUST, "Operation.Output is there.", (P,), outcome=REFUSED),
    Clause(
        "REQ-09",
        CS,
        MUST,
        "Operation.Output.Region is there and not empty.",
        (P,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-10",
        CS,
        MUST,
        "Operation.Output.Bucket is there and not empty.",
        (P,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-11",
        CS,
        MUST,
        "Operation.Output.Object is there and not empty.",
        (P,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-12",
        CS,
        MUST,
        "QueueId is there and not empty.",
        (P,),
        outcome=REFUSED,
        errata=("E7",),
        server_level=SHOULD,
        note="Clients of the vendor that are later than the page leave it out, so a server that "
        "accepts its absence is warned, not failed.",
    ),
    Clause(
        "REQ-13",
        CS,
        MUST,
        "CallBackFormat, when it is there, is JSON or XML.",
        (P,),
        outcome=REFUSED,
        errata=("E26",),
    ),
    Clause(
        "REQ-14",
        CS,
        MUST,
        "CallBackType, when it is there, is Url or TDMQ.",
        (P,),
        outcome=REFUSED,
        errata=("E26",),
    ),
    Clause(
        "REQ-15",
        CS,
        MUST,
        "CallBackMqConfig is there when CallBackType is TDMQ.",
        (P,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-16",
        CS,
        MUST,
        "CallBackMqConfig holds MqRegion, MqMode and MqName.",
        (ST,),
        outcome=REFUSED,
        errata=("E23",),
        note="Judged beside CallBackType TDMQ.",
    ),
    Clause(
        "REQ-17",
        CS,
        MUST,
        "MqMode is Topic or Queue, and MqRegion is sh, bj, gz, cd or hk.",
        (ST,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-18",
        CS,
        SHOULD,
        "CallBack is an http or https URL, or the word no.",
        (P,),
        outcome=REFUSED,
        errata=("E26",),
    ),
    Clause("REQ-19", CS, MUST, "UserData has at most 1,024 characters.", (P,), outcome=REFUSED),
    Clause(
        "REQ-20",
        CS,
        MUST,
        "UserData consists of printable ASCII, 0x20 to 0x7E.",
        (P,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-21",
        CS,
        MUST,
        "JobLevel, when it is there, is 0, 1 or 2.",
        (P,),
        outcome=REFUSED,
        errata=("E11", "E26"),
    ),
    Clause(
        "REQ-22",
        CS,
        SHOULD,
        "Operation has a TemplateId or a PicProcess.",
        (P,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-23",
        CS,
        SHOULD,
        "No node that holds a single value is repeated.",
        (P,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-24",
        C,
        SHOULD,
        "The body has no node that the page does not name.",
        (P,),
        errata=("E9",),
        note="Names of known drift are info.",
    ),
    Clause(
        "REQ-25",
        C,
        SHOULD,
        "Operation.Output.Bucket has the form BucketName-APPID and Operation.Output.Region the "
        "form of a region.",
        (P,),
    ),
    Clause(
        "REQ-26",
        C,
        SHOULD,
        "PicProcess holds an IsPicInfo of true or false and a ProcessRule that is not empty.",
        (P, ST),
    ),
)

_VALID = (
    Clause(
        "REQ-30",
        S,
        MUST,
        "A body in the form of the page's first sample, with a TemplateId, is accepted.",
        (P,),
        outcome=ACCEPTED,
        errata=("E5", "E10"),
    ),
    Clause(
        "REQ-31",
        S,
        MUST,
        "A body in the form of the page's second sample, with an inline PicProcess, is accepted.",
        (P,),
        outcome=ACCEPTED,
        errata=("E5", "E10"),
    ),
    Clause(
        "REQ-32",
        S,
        MUST,
        "A body with the required nodes and one of TemplateId and PicProcess, and nothing more, "
        "is accepted.",
        (P,),
        outcome=ACCEPTED,
    ),
    Clause(
        "REQ-33",
        S,
        MUST,
        "A body is accepted with each optional node alone and with all of them at once.",
        (P,),
        outcome=ACCEPTED,
    ),
    Clause(
        "REQ-34",
        S,
        MUST,
        "Every valid value of JobLevel, IsPicInfo, CallBackFormat and CallBackType is accepted, "
        "and so is CallBack = no.",
        (P,),
        outcome=ACCEPTED,
    ),
    Clause(
        "REQ-35",
        S,
        MUST,
        "UserData of 0, 1, 1,023 and 1,024 characters is accepted, and so is every printable "
        "ASCII character in it.",
        (P,),
        outcome=ACCEPTED,
        errata=("E26",),
    ),
    Clause(
        "REQ-36",
        S,
        SHOULD,
        "The same document is accepted however XML lets it be written: nodes in any order, white "
        "space and comments between them, with an XML declaration or without, CDATA sections, "
        "character references.",
        (P, XML10),
        outcome=ACCEPTED,
    ),
    Clause(
        "REQ-37",
        S,
        MUST,
        "An Object key with slashes, spaces, XML-special and non-ASCII characters is accepted, "
        "and is echoed unchanged.",
        (P,),
        outcome=ACCEPTED,
    ),
    Clause(
        "REQ-38",
        S,
        SHOULD,
        "A node that the page does not name is ignored, and the body is accepted.",
        (P,),
        outcome=ACCEPTED,
    ),
)

_SURROUNDINGS = (
    Clause(
        "REQ-40",
        S,
        MUST,
        "A create for an unknown QueueId is refused with QueueNotFound or another 4xx.",
        (E,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-41",
        S,
        MUST,
        "A create for an unknown TemplateId is refused with TemplateNotFound or another 4xx, or "
        "its job fails.",
        (E,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-42",
        S,
        MUST,
        "A create whose Content-MD5 does not match its body is refused with 400 InvalidContent.",
        (RQ, E),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-43",
        S,
        SHOULD,
        "A body of 5 MiB is refused with 413 InvalidContent, and the connection stays usable or "
        "is closed cleanly.",
        (E,),
        outcome=REFUSED,
        note="The page gives no limit.",
    ),
    Clause(
        "REQ-44",
        S,
        MUST,
        "An external or expanding entity of a document type is never resolved: the body is "
        "refused, or the entity is left out.",
        (XML_SECURITY,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-45",
        S,
        SHOULD,
        "A create whose Content-Type is plainly not XML (application/json, text/plain) is refused.",
        (RQ, E),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-46",
        S,
        MUST,
        "A request is refused with InvalidHost or AccessDenied when its Host is not of the "
        "documented form, or names a bucket that the credentials do not own.",
        (E,),
        outcome=REFUSED,
    ),
    Clause(
        "REQ-47",
        S,
        MUST,
        "A POST to an undocumented path is answered with 404 InvalidUrl; an undocumented method on "
        "/pic_jobs with a 4xx or 501.",
        (E,),
        outcome=REFUSED,
        note="A trailing slash is not judged.",
    ),
)

CLAUSES = _RULES + _VALID + _SURROUNDINGS
