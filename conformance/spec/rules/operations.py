"""The operations beside create: describe, list, cancel; and the queues."""

from __future__ import annotations

from conformance.spec.rules.model import Rule, rule

_DESCRIBE = (
    rule("D.request", "A job is asked for with GET /pic_jobs/<JobId>.", "HTTP-11", "QRY-01"),
    rule("D.request.body", "The request has no body.", "HTTP-11"),
    rule(
        "D.request.several",
        "Several ids are joined by commas.",
        *("HTTP-11", "QRY-04", "LIB-11"),
    ),
    rule("D.response.status", "The answer is 200.", "QRY-01"),
    rule(
        "D.response.Response.JobsDetail",
        "JobsDetail, one for each job, is as in CreatePicJobs.",
        *("QRY-01", "QRY-04", "LIB-11"),
    ),
    rule(
        "D.response.Response.NonExistJobIds",
        "NonExistJobIds names the ids that do not exist, and is there only then.",
        *("QRY-02", "QRY-03"),
    ),
)


def _parameter(name: str, says: str, *clauses: str) -> Rule:
    return rule(f"L.request.{name}", says, "HTTP-12", *clauses)


_WAYS = {"Desc": "the latest first", "Asc": "the oldest first"}
_STATES = ("Submitted", "Running", "Success", "Failed", "Pause", "Cancel")

_LIST = (
    rule("L.request", "Jobs are listed with GET /pic_jobs.", "HTTP-12", "QRY-10"),
    _parameter("queueId", "queueId is required.", "QRY-10", "QRY-11"),
    _parameter("tag", "tag is required.", "QRY-10", "QRY-11"),
    _parameter("tag=PicProcess", "tag is PicProcess.", "QRY-10"),
    _parameter("orderByTime", "orderByTime gives the order in time.", "QRY-12"),
    *(_parameter(f"orderByTime={way}", f"{way}: {what}.", "QRY-12") for way, what in _WAYS.items()),
    _parameter("orderByTime.default", "Without orderByTime it is Desc.", "QRY-12"),
    _parameter("nextToken", "nextToken asks for the page after.", "QRY-14"),
    _parameter("size", "size is how many jobs a page has.", "QRY-13"),
    _parameter("size.default", "Without size it is 10.", "QRY-13"),
    _parameter("size.most", "size is at most 100.", "QRY-13"),
    _parameter("states", "states is a list of states, joined by commas.", "QRY-15", "QRY-18"),
    *(_parameter(f"states={state}", f"states may name {state}.", "QRY-15") for state in _STATES),
    _parameter("states=All", "All is every state.", "QRY-15"),
    _parameter("states.default", "Without states it is All.", "QRY-15"),
    _parameter(
        "startCreationTime",
        "startCreationTime, of the form 2001-01-01T00:00:00+0800, bounds the list from below.",
        *("QRY-16", "QRY-18"),
    ),
    _parameter(
        "endCreationTime", "endCreationTime bounds the list from above.", "QRY-16", "QRY-18"
    ),
    rule(
        "L.request.workflowId",
        "workflowId limits the list to the jobs of a workflow.",
        reason="Jobs of a workflow are started by the workflow, and the suite starts none; that a "
        "client may send the name is part of HTTP-12.",
    ),
    rule(
        "L.request.inventoryTriggerJobId",
        "inventoryTriggerJobId limits the list to the jobs of an inventory trigger.",
        reason="Such jobs are started by the trigger, and the suite starts none; that a client may "
        "send the name is part of HTTP-12.",
    ),
    _parameter("inputObject", "inputObject matches the whole name of the input.", "QRY-17"),
    rule("L.response.status", "The answer is 200.", "QRY-10"),
    rule(
        "L.response.Response.JobsDetail",
        "JobsDetail, one for each job, is as in CreatePicJobs.",
        *("QRY-10", "LIB-11"),
    ),
    rule(
        "L.response.Response.NextToken",
        "NextToken is what asks for the page after.",
        "QRY-14",
    ),
)

_CANCEL = (
    rule("X.request", "A job is cancelled with PUT /jobs/<JobId>?cancel.", "HTTP-13", "QRY-20"),
    rule("X.request.body", "The request has no body.", "HTTP-13"),
    rule("X.response", "The answer is 200 with an empty body.", "QRY-20"),
    rule(
        "X.pending",
        "Only jobs that wait can be cancelled.",
        *("QRY-20", "QRY-21", "STA-06"),
    ),
    rule("X.unknown", "There has to be such a job.", "QRY-22"),
)

_QUEUES = (
    rule("QUEUES.State=Active", "An active queue works on its jobs.", "STA-09"),
    rule(
        "QUEUES.State=Paused",
        "In a paused queue jobs are not scheduled, and wait.",
        *("STA-02", "STA-13"),
    ),
    rule(
        "QUEUES.running",
        "Jobs that run while their queue is paused are not affected.",
        reason="To see it the suite would have to pause a queue, an operation that it does not "
        "judge and that would stop what else is in the queue.",
    ),
    rule(
        "QUEUES.callback",
        "A queue has callback settings, which those of a request override.",
        *("CBK-01", "CBK-02", "CBK-03", "CBK-06"),
    ),
)

RULES = _DESCRIBE + _LIST + _CANCEL + _QUEUES
