"""The CreatePicJobs page, its first half: the request."""

from __future__ import annotations

from conformance.spec.rules.model import rule

_LINE = (
    rule(
        "P.feature",
        "The API submits one image processing job.",
        *("REQ-30", "REQ-31", "STA-09", "LIB-07"),
    ),
    rule("P.request.method", "The request is a POST.", "HTTP-01", "REQ-47"),
    rule("P.request.path", "Its path is /pic_jobs.", "HTTP-01", "REQ-47"),
    rule(
        "P.request.Host",
        "Host is <BucketName-APPID>.ci.<Region>.myqcloud.com.",
        *("HTTP-02", "REQ-46"),
    ),
    rule("P.request.Date", "Date is a GMT date.", "HTTP-05"),
    rule(
        "P.request.Authorization",
        "Authorization carries the request signature.",
        *("HTTP-07", "SIG-20", "SIG-30"),
    ),
    rule("P.request.Content-Length", "Content-Length is sent.", "HTTP-03"),
    rule("P.request.Content-Type", "Content-Type is application/xml.", "HTTP-04", "REQ-45"),
    rule(
        "P.request.sub-account",
        "A sub-account needs the permissions for it.",
        reason="Permissions are given in the vendor's console; no request of this API shows them.",
    ),
    rule(
        "P.request.headers",
        "Only common request headers are used.",
        reason="It points to another page, whose rows are those of RQ.",
    ),
    rule("P.request.body", "The request has a body in XML.", "REQ-01", "REQ-03"),
)

_TOP = (
    rule("P.request.Request", "Request is the required container of all.", "REQ-02"),
    rule(
        "P.request.Request.Tag",
        "Tag is required: the kind of the job.",
        *("REQ-04", "RSP-13"),
    ),
    rule(
        "P.request.Request.Tag=PicProcess",
        "Tag is PicProcess.",
        *("REQ-04", "REQ-30", "REQ-31"),
    ),
    rule("P.request.Request.Input", "Input is required, a container.", "REQ-05"),
    rule("P.request.Request.Operation", "Operation is required, a container.", "REQ-07"),
    rule(
        "P.request.Request.QueueId",
        "QueueId is required: the queue of the job.",
        *("REQ-12", "REQ-40", "RSP-17"),
    ),
    rule(
        "P.request.Request.CallBackFormat",
        "CallBackFormat is optional: the format of the callback.",
        *("REQ-13", "REQ-33"),
    ),
    rule(
        "P.request.Request.CallBackFormat=JSON",
        "CallBackFormat may be JSON.",
        *("REQ-34", "CBK-03"),
    ),
    rule("P.request.Request.CallBackFormat=XML", "CallBackFormat may be XML.", "REQ-34", "CBK-02"),
    rule("P.request.Request.CallBackFormat.default", "Without CallBackFormat it is XML.", "CBK-02"),
    rule(
        "P.request.Request.CallBackFormat.priority",
        "CallBackFormat goes before the queue's own setting.",
        *("CBK-02", "CBK-03"),
    ),
    rule(
        "P.request.Request.CallBackType",
        "CallBackType is optional: the kind of the callback.",
        *("REQ-14", "REQ-33"),
    ),
    rule("P.request.Request.CallBackType=Url", "CallBackType may be Url.", "REQ-34", "CBK-01"),
    rule("P.request.Request.CallBackType=TDMQ", "CallBackType may be TDMQ.", "REQ-34", "REQ-15"),
    rule("P.request.Request.CallBackType.default", "Without CallBackType it is Url.", "CBK-01"),
    rule(
        "P.request.Request.CallBackType.priority",
        "CallBackType goes before the queue's own setting.",
        reason="A queue with TDMQ as its own setting is made in the vendor's console, and nobody "
        "but its owner can see what arrives in its topic.",
    ),
    rule(
        "P.request.Request.CallBack",
        "CallBack is optional: the address of the callback.",
        *("REQ-18", "REQ-33", "CBK-01"),
    ),
    rule(
        "P.request.Request.CallBack.priority",
        "CallBack goes before the address of the queue.",
        *("CBK-01", "CBK-06"),
    ),
    rule(
        "P.request.Request.CallBack=no",
        "With CallBack = no nothing is sent, to the address of the queue neither.",
        *("REQ-34", "CBK-06"),
    ),
    rule(
        "P.request.Request.CallBackMqConfig",
        "CallBackMqConfig is the configuration of TDMQ, a container.",
        *("REQ-15", "REQ-16", "REQ-17", "REQ-33"),
    ),
    rule(
        "P.request.Request.CallBackMqConfig.required",
        "CallBackMqConfig is required when CallBackType is TDMQ.",
        "REQ-15",
    ),
)

_INPUT = (
    rule(
        "P.request.Request.Input.Object",
        "Input.Object is required: the name of the file to be processed.",
        *("REQ-06", "REQ-37", "RSP-18", "STA-10", "LIB-09"),
    ),
)

_OPERATION = (
    rule(
        "P.request.Request.Operation.PicProcess",
        "PicProcess is optional: the parameters of the job, a container.",
        *("REQ-22", "REQ-26", "REQ-31"),
    ),
    rule(
        "P.request.Request.Operation.PicProcess.IsPicInfo",
        "IsPicInfo (in the second sample) says whether information on the image is wanted.",
        *("REQ-26", "REQ-34"),
    ),
    rule(
        "P.request.Request.Operation.PicProcess.ProcessRule",
        "ProcessRule (in the second sample) is what is to be done with the image.",
        *("REQ-26", "REQ-31"),
    ),
    rule(
        "P.request.Request.Operation.TemplateId",
        "TemplateId is optional: the template of the job.",
        *("REQ-22", "REQ-30", "REQ-41"),
    ),
    rule(
        "P.request.Request.Operation.TemplateId.first",
        "TemplateId is used first, and without it the parameters of the job.",
        *("REQ-22", "RSP-30"),
    ),
    rule("P.request.Request.Operation.Output", "Output is required, a container.", "REQ-08"),
    rule(
        "P.request.Request.Operation.Output.Region",
        "Output.Region is required: the region of the bucket.",
        *("REQ-09", "REQ-25"),
    ),
    rule(
        "P.request.Request.Operation.Output.Bucket",
        "Output.Bucket is required: the bucket of the result.",
        *("REQ-10", "REQ-25"),
    ),
    rule(
        "P.request.Request.Operation.Output.Object",
        "Output.Object is required: the name of the result.",
        *("REQ-11", "REQ-37", "LIB-09"),
    ),
    rule(
        "P.request.Request.Operation.UserData",
        "UserData is optional, and is passed through.",
        *("REQ-33", "RSP-24", "LIB-09"),
    ),
    rule(
        "P.request.Request.Operation.UserData.ascii",
        "UserData is printable ASCII.",
        *("REQ-20", "REQ-35"),
    ),
    rule(
        "P.request.Request.Operation.UserData.length",
        "UserData has at most 1,024 characters.",
        *("REQ-19", "REQ-35"),
    ),
    rule(
        "P.request.Request.Operation.JobLevel",
        "JobLevel is optional: the priority of the job.",
        *("REQ-21", "REQ-33", "RSP-25"),
    ),
    *(
        rule(
            f"P.request.Request.Operation.JobLevel={level}",
            f"JobLevel may be {level}.",
            *("REQ-21", "REQ-34"),
        )
        for level in ("0", "1", "2")
    ),
    rule("P.request.Request.Operation.JobLevel.default", "Without JobLevel it is 0.", "RSP-25"),
    rule(
        "P.request.Request.Operation.JobLevel.order",
        "The greater JobLevel, the higher the priority.",
        "STA-14",
    ),
)

_WHOLE = (
    rule(
        "P.request.optional",
        "What is not required may be left out.",
        *("REQ-32", "REQ-33"),
    ),
    rule(
        "P.request.known",
        "The tables name every node of a request, and no other.",
        *("REQ-24", "REQ-38"),
    ),
    rule("P.request.once", "Each node has one row, and one value.", "REQ-23"),
    rule(
        "P.request.order",
        "The tables give the nodes no order; the body is any XML that says the same.",
        "REQ-36",
    ),
    rule("P.request.settable", "Whoever asks for a job may set every one of the nodes.", "LIB-13"),
    rule("P.request.refused", "A request that is refused submits no job.", "ERR-10"),
)

_SAMPLES = (
    rule(
        "P.samples.template",
        "The first sample: a job by template.",
        *("REQ-01", "REQ-30", "RSP-21", "RSP-22"),
    ),
    rule(
        "P.samples.parameters",
        "The second sample: a job by its parameters.",
        *("REQ-01", "REQ-31", "RSP-21", "RSP-23"),
    ),
    rule(
        "P.samples.empty-lists",
        "The signatures of the samples list neither headers nor parameters.",
        "SIG-22",
    ),
    rule(
        "P.samples.Content-Length",
        "The samples show a Content-Length of 166 and 230.",
        reason="A misprint: neither is the length of the body beside it (errata E6).",
    ),
    rule(
        "P.samples.bucket",
        "The bucket of the result reads test-123456789 in the request and one digit more in the "
        "answer.",
        reason="A misprint (errata E10); P.response…Operation.Output says that they are equal.",
    ),
)

RULES = _LINE + _TOP + _INPUT + _OPERATION + _WHOLE + _SAMPLES
