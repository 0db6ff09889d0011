"""Where the documentation contradicts itself or is silent, and what the suite decides there.

A decision always falls on the side of the implementation: whatever a fair reader could take from
one of the pages is right, and only what no page permits is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Erratum:
    """One contradiction or gap, and the decision. Ids are stable, like those of clauses."""

    id: str
    contradiction: str
    decision: str


ERRATA: tuple[Erratum, ...] = (
    Erratum(
        "E1",
        "The table of response nodes names Input.Bucket; every sample shows Input.BucketId.",
        "Either name is right. A response that has both must give both the same value. The report "
        "says which one was seen.",
    ),
    Erratum(
        "E2",
        "Code and Message are said to be returned only when State is Failed; every sample of a "
        "submitted job has Code = Success and an empty Message.",
        "While State is not Failed, leaving them out is right, and so is Success with an empty "
        "Message.",
    ),
    Erratum(
        "E3",
        "PicProcessResult is said to be UploadResult (OriginalInfo with Key, Location, ImageInfo; "
        "ProcessResults with Object nodes). The callback samples show ObjectName, "
        "OriginalInfo.Etag and a single ProcessResult. The vendor's Go client expects a node "
        "UploadResult in between.",
        "Each of the three shapes is right, a mixture of them is not. The report says which one "
        "was seen.",
    ),
    Erratum(
        "E4",
        "The response samples have Operation.JobLevel; the table of response nodes does not.",
        "It may be there or not; when it is there its value must be right.",
    ),
    Erratum(
        "E5",
        "The request samples are not well-formed: Input is never closed, and CallBackFormat is "
        "followed by a second start tag instead of its end tag.",
        "The obvious mending is the valid form. As printed, the samples are cases of a malformed "
        "body (REQ-01).",
    ),
    Erratum(
        "E6",
        "The Content-Length of the samples (166, 230) is not the length of their bodies, and their "
        "signatures cannot be recomputed.",
        "The samples show the shape of a message and nothing more.",
    ),
    Erratum(
        "E7",
        "QueueId is required; later clients of the vendor leave it out.",
        "This page decides: a client that leaves it out breaks REQ-12. A server that accepts its "
        "absence is warned, not failed.",
    ),
    Erratum(
        "E8",
        "The token of temporary credentials travels in x-ci-security-token on one page, in "
        "x-cos-security-token on another.",
        "A client may send either; a server should take either.",
    ),
    Erratum(
        "E9",
        "Later clients of the vendor send or expect QueueType, CallBackKafkaConfig, Progress, "
        "SubTag, Workflow and MediaInfo, which the page does not know.",
        "Known drift: reported as info, never as a warning.",
    ),
    Erratum(
        "E10",
        "The sample's request has the bucket test-123456789, its response test-1234567890.",
        "A misprint. The echo must equal the request.",
    ),
    Erratum(
        "E11",
        "Operation is a container, while nodes inside it that hold a number, JobLevel among them, "
        "are of type String.",
        "JobLevel is text that holds an integer.",
    ),
    Erratum(
        "E12",
        "NonExistJobIds is of type String, and is described as a list.",
        "One node with the ids joined by commas, or one node for each id: either is right.",
    ),
    Erratum(
        "E13",
        "AccessDenied is documented with status 401 and with status 403.",
        "Either status is right for that code.",
    ),
    Erratum(
        "E14",
        "The only documented code for a job that does not exist is AuditingJobNotFound.",
        "For an unknown job id any documented code of a 4xx status is right.",
    ),
    Erratum(
        "E15",
        "The signature page encodes a space as %20 and a plus as %2B; clients in the field send "
        "'+' for a space.",
        "A '+' that arrives in a query may be read either way. The signature is right when it "
        "verifies under one reading, and the report says under which.",
    ),
    Erratum(
        "E16",
        "A time that is '-', an empty node and an absent node are not told apart everywhere.",
        "A library may hand its caller '-', null or nothing for '-'; empty and absent are the "
        "same. Anything else is a change.",
    ),
    Erratum(
        "E17",
        "The parameter of PUT /jobs/<JobId>?cancel has no value.",
        "?cancel and ?cancel= are the same.",
    ),
    Erratum(
        "E18",
        "DescribePicJob takes several ids in one request.",
        "A library that sends one GET for each id is right too; that is info.",
    ),
    Erratum(
        "E19",
        "A caller may hand a library a control character, which XML cannot hold.",
        "LIB-14 decides before LIB-13: refusing the value is right, and so is changing it so that "
        "the body is well-formed.",
    ),
    Erratum(
        "E20",
        "An error response may arrive without the documented XML body.",
        "The library owes its caller the status; code, message and request id may be null.",
    ),
    Erratum(
        "E21",
        "Redirects are documented as error codes, but not what a library makes of them.",
        "Following one inside the documented domain is right. A create that was followed so is "
        "still the same call and makes no second job.",
    ),
    Erratum(
        "E22",
        "Keys in q-header-list are lower-case by rule, yet a wrong letter case also changes what "
        "is signed.",
        "A wrong letter case breaks SIG-05 (SIG-06 for parameters), and SIG-08 as well when the "
        "signature then does not verify. Either finding names it.",
    ),
    Erratum("E23", "MqMode is required and has a default.", "It is required."),
    Erratum(
        "E24",
        "Nothing is said of q-sign-time and q-key-time that differ while both are valid, of a "
        "signature both in Authorization and in the URL, or of repeated q- parameters.",
        "Not judged for servers. SIG-45 judges the case in which one of the two windows has ended.",
    ),
    Erratum(
        "E25",
        "Nothing is said of the times, Code and Message of a job that ends in Cancel.",
        "They are free, and such a job need not be announced.",
    ),
    Erratum(
        "E26",
        "Nothing is said of optional nodes that are there but empty (<CallBack/>, <JobLevel/>).",
        "Not judged for servers. An empty UserData is valid.",
    ),
    Erratum(
        "E27",
        "Nothing is said of a list with an unknown queueId, with size 0, or with a size that is "
        "no number.",
        "An error response or an empty list; not judged.",
    ),
    Erratum(
        "E28",
        "In JSON a single ProcessResults.Object could be an object or an array.",
        "An object, or an array of one: either is right.",
    ),
    Erratum(
        "E29",
        "The signature page does not say how header values outside ASCII are encoded.",
        "The bytes as sent are what is UrlEncoded.",
    ),
    Erratum(
        "E30",
        "Content-Length is listed among the common response headers; HTTP also knows a body that "
        "ends with the connection.",
        "A response in the style of HTTP/1.0 (its status line says HTTP/1.0), whose body ends with "
        "the connection, needs no Content-Length (RSP-03). Over HTTP/1.1 a Content-Length or a "
        "chunked body is required.",
    ),
)

_BY_ID = {each.id: each for each in ERRATA}


def erratum(erratum_id: str) -> Erratum:
    """The entry of that id. Raises KeyError: ids come from the catalogue, never from users."""
    return _BY_ID[erratum_id]
