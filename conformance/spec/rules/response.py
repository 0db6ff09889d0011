"""The CreatePicJobs page, its second half: the response."""

from __future__ import annotations

from conformance.spec.rules.model import rule

_JOB = "P.response.Response.JobsDetail"

_ANSWER = (
    rule("P.response.status", "A job that was submitted is answered with 200.", "RSP-01"),
    rule(
        "P.response.headers",
        "Only common response headers are returned.",
        reason="It points to another page, whose rows are those of RS.",
    ),
    rule("P.response.Content-Type", "The body is application/xml.", "RSP-02"),
    rule(
        "P.response.known",
        "The body as shown contains all the nodes.",
        *("RSP-29", "LIB-04"),
    ),
    rule("P.response.once", "Each node has one row, and one value.", "RSP-32"),
    rule("P.response.Response", "Response is the container of all.", "RSP-10", "LIB-12"),
    rule(
        "P.response.told",
        "What the answer says is for whoever asked.",
        *("LIB-01", "LIB-06"),
    ),
)

_DETAIL = (
    rule(_JOB, "JobsDetail holds the details of the job.", "RSP-11", "STA-08"),
    rule(
        f"{_JOB}.Code",
        "Code is returned only if State is Failed.",
        *("RSP-27", "RSP-28", "STA-10", "LIB-03"),
    ),
    rule(
        f"{_JOB}.Message",
        "Message is returned only if State is Failed.",
        *("RSP-27", "RSP-28", "STA-10", "LIB-03"),
    ),
    rule(f"{_JOB}.JobId", "JobId is the id of the job.", "RSP-12", "STA-08", "LIB-01"),
    rule(f"{_JOB}.Tag", "Tag is the kind of the job: PicProcess.", "RSP-13", "STA-08", "LIB-01"),
    rule(f"{_JOB}.State", "State is one of six values.", "RSP-14", "LIB-01", "LIB-06"),
    rule(
        f"{_JOB}.State=Submitted",
        "Submitted: the job waits.",
        *("RSP-14", "STA-01", "STA-02", "LIB-06"),
    ),
    rule(f"{_JOB}.State=Running", "Running: the job is under way.", "RSP-14", "STA-03", "LIB-06"),
    rule(
        f"{_JOB}.State=Success",
        "Success: the job is done.",
        *("RSP-14", "STA-04", "STA-09", "STA-11", "LIB-06"),
    ),
    rule(
        f"{_JOB}.State=Failed",
        "Failed: the job has failed.",
        *("RSP-14", "RSP-28", "STA-04", "STA-10", "LIB-06"),
    ),
    rule(
        f"{_JOB}.State=Pause",
        "Pause: the job waits while its queue is paused.",
        *("RSP-14", "STA-02", "LIB-06"),
    ),
    rule(f"{_JOB}.State=Cancel", "Cancel: the job was cancelled.", "RSP-14", "STA-07", "LIB-06"),
    rule(
        f"{_JOB}.State.steps",
        "The values are stations of one job, which it passes in order.",
        *("STA-01", "STA-06", "STA-07"),
    ),
    rule(
        f"{_JOB}.CreationTime",
        "CreationTime is when the job was made.",
        *("RSP-15", "RSP-31", "STA-05", "STA-08", "LIB-01"),
    ),
    rule(
        f"{_JOB}.StartTime",
        "StartTime is when the job began; the samples show - for a job that has not.",
        *("RSP-16", "STA-02", "STA-03", "STA-04", "STA-05", "STA-08", "LIB-02"),
    ),
    rule(
        f"{_JOB}.EndTime",
        "EndTime is when the job ended; the samples show - for a job that has not.",
        *("RSP-16", "STA-02", "STA-03", "STA-04", "STA-05", "STA-08", "LIB-02"),
    ),
    rule(
        f"{_JOB}.QueueId",
        "QueueId is the queue in which the job is.",
        *("RSP-17", "STA-08", "LIB-01"),
    ),
    rule(f"{_JOB}.Input", "Input is what the job works on.", "RSP-18", "STA-08", "LIB-01"),
    rule(f"{_JOB}.Input.Region", "Input.Region is the region of the bucket.", "RSP-18"),
    rule(
        f"{_JOB}.Input.Bucket",
        "Input.Bucket (BucketId in the samples) is the bucket.",
        "RSP-18",
    ),
    rule(f"{_JOB}.Input.BucketId", "The samples name the bucket BucketId.", "RSP-18"),
    rule(f"{_JOB}.Input.Object", "Input.Object is the name of the file.", "RSP-18", "REQ-37"),
    rule(f"{_JOB}.Operation", "Operation is the rule of the job.", "RSP-19"),
)

_OPERATION = (
    rule(
        f"{_JOB}.Operation.TemplateId",
        "TemplateId is the template of the job.",
        *("RSP-21", "RSP-30", "STA-08"),
    ),
    rule(
        f"{_JOB}.Operation.TemplateName",
        "TemplateName is returned when there is a TemplateId.",
        *("RSP-22", "RSP-30", "LIB-03"),
    ),
    rule(
        f"{_JOB}.Operation.PicProcess",
        "PicProcess is the same as in the request.",
        *("RSP-23", "STA-08"),
    ),
    rule(f"{_JOB}.Operation.PicProcess.IsPicInfo", "… IsPicInfo with it.", "RSP-23"),
    rule(f"{_JOB}.Operation.PicProcess.ProcessRule", "… ProcessRule with it.", "RSP-23"),
    rule(
        f"{_JOB}.Operation.Output",
        "Output is the same as in the request.",
        *("RSP-20", "STA-08", "LIB-01"),
    ),
    rule(f"{_JOB}.Operation.Output.Region", "… its Region with it.", "RSP-20"),
    rule(f"{_JOB}.Operation.Output.Bucket", "… its Bucket with it.", "RSP-20"),
    rule(f"{_JOB}.Operation.Output.Object", "… its Object with it.", "RSP-20", "REQ-37"),
    rule(
        f"{_JOB}.Operation.UserData",
        "UserData is what was passed through.",
        *("RSP-24", "STA-08", "LIB-01"),
    ),
    rule(
        f"{_JOB}.Operation.JobLevel",
        "The samples show JobLevel as it was asked for.",
        *("RSP-25", "STA-08"),
    ),
    rule(
        f"{_JOB}.Operation.PicProcessResult",
        "PicProcessResult tells of the image that was made, as UploadResult does.",
        *("STA-11", "STA-12"),
    ),
    rule(
        f"{_JOB}.Operation.PicProcessResult.absent",
        "PicProcessResult is not returned while there is no output.",
        *("RSP-26", "LIB-03"),
    ),
)

_ERRORS = (
    rule(
        "P.errors",
        "There are no special errors for this request, only the common ones.",
        "ERR-05",
    ),
)

RULES = _ANSWER + _DETAIL + _OPERATION + _ERRORS
