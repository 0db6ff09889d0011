"""The samples that the documentation prints, as data.

The CreatePicJobs page shows two requests and their responses. The requests are not well-formed, so
each stands here as printed and as mended (E5). What is printed on the other pages is built from
their tables: an error response, and the task callback in both of its formats.
"""

from __future__ import annotations

import json

from conformance.spec.messages import node_to_json
from conformance.spec.times import parse_http_date
from conformance.spec.wire import Exchange, Framing, Headers, Request, Response
from conformance.spec.xml import Node, element, read_xml, write_xml

# ---- requests (page, Samples) ----

_REQUEST = """<Request>
<Tag>PicProcess</Tag>
<Input>
<Object>input/deer.jpg</Object>
<Operation>
{job}
<Output>
<Region>ap-chongqing</Region>
<Bucket>test-123456789</Bucket>
<Object>output/out.jpg</Object>
</Output>
<UserData>This is my data.</UserData>
<JobLevel>0</JobLevel>
</Operation>
<QueueId>p2911917386e148639319e13c285cc774</QueueId>
<CallBack>http://callback.demo.com</CallBack>
<CallBackFormat>JSON<CallBackFormat>
</Request>"""

_TEMPLATE = "<TemplateId>t10461fe2bd5a649db9022452ec71e0381</TemplateId>"
_PIC_PROCESS = """<PicProcess>
<IsPicInfo>true</IsPicInfo>
<ProcessRule>imageMogr2/rotate/90</ProcessRule>
</PicProcess>"""


def _mended(printed: bytes) -> bytes:
    """E5: Input is closed after its Object, and CallBackFormat by an end tag."""
    return printed.replace(b"deer.jpg</Object>\n", b"deer.jpg</Object>\n</Input>\n").replace(
        b"JSON<CallBackFormat>", b"JSON</CallBackFormat>"
    )


#: Request 1, using the image processing template ID.
REQUEST_1_PRINTED = _REQUEST.format(job=_TEMPLATE).encode()
REQUEST_1 = _mended(REQUEST_1_PRINTED)

#: Request 2, using the image processing parameter.
REQUEST_2_PRINTED = _REQUEST.format(job=_PIC_PROCESS).encode()
REQUEST_2 = _mended(REQUEST_2_PRINTED)

# ---- responses (page, Samples) ----

_RESPONSE = """<Response>
<JobsDetail>
<Code>Success</Code>
<Message/>
<JobId>c93984788066911ed89ed352d4d9d2084</JobId>
<State>Submitted</State>
<CreationTime>2022-07-18T15:16:43+0800</CreationTime>
<EndTime>-</EndTime>
<StartTime>-</StartTime>
<QueueId>p2911917386e148639319e13c285cc774</QueueId>
<Tag>PicProcess</Tag>
<Input>
<BucketId>test-1234567890</BucketId>
<Object>input/deer.jpg</Object>
<Region>ap-chongqing</Region>
</Input>
<Operation>
<Output>
<Bucket>test-1234567890</Bucket>
<Object>output/out.jpg</Object>
<Region>ap-chongqing</Region>
</Output>
{job}
<UserData>This is my data.</UserData>
<JobLevel>0</JobLevel>
</Operation>
</JobsDetail>
</Response>"""

RESPONSE_1 = _RESPONSE.format(job=f"{_TEMPLATE}\n<TemplateName>test</TemplateName>").encode()
RESPONSE_2 = _RESPONSE.format(job=_PIC_PROCESS).encode()

# ---- whole exchanges, mended so that they hold together ----

_AUTHORIZATION = (
    "q-sign-algorithm=sha1&q-ak=AKIDZfbOAo7cllgPvF9cXFrJD0a1ICvR****"
    "&q-sign-time=1497530202;1497610202&q-key-time=1497530202;1497610202"
    "&q-header-list=&q-url-param-list=&q-signature=28e9a4986df11bed0255e97ff90500557e0ea057"
)
_DATE = "Mon, 18 Jul 2022 19:37:29 GMT"


def _exchange(number: int, step: str, request: bytes, response: bytes) -> Exchange:
    """One sample with its headers, sent at its own Date.

    E6: Content-Length is that of the body; the signature is the printed one, whose key id the page
    masks, and serves for its shape only. E10: one bucket in place of two.
    """
    body = request.replace(b"test-123456789<", b"test-1234567890<")
    sent = (
        ("Authorization", _AUTHORIZATION),
        ("Host", "test-1234567890.ci.ap-chongqing.myqcloud.com"),
        ("Content-Length", str(len(body))),
        ("Content-Type", "application/xml"),
    )
    answered = (
        ("Content-Type", "application/xml"),
        ("Content-Length", str(len(response))),
        ("Connection", "keep-alive"),
        ("Date", _DATE),
        ("Server", "tencent-ci"),
        ("x-ci-request-id", "NjMxMDJhYTNfMThhYTk0MGFfYmU1OV8zZjc="),
    )
    return Exchange(
        Request("POST", "/pic_jobs", Headers(sent), body),
        Response(
            200, Headers(answered), response, reason="OK", framing=Framing(received=len(response))
        ),
        n=number,
        scenario="documentation/samples",
        step=step,
        started=parse_http_date(_DATE) or 0.0,
    )


#: The page's two samples as exchanges. Both have the same request id and the same job id, as
#: printed, and a CreationTime that is hours before their Date.
EXCHANGES: tuple[Exchange, ...] = (
    _exchange(1, "template", REQUEST_1, RESPONSE_1),
    _exchange(2, "pic-process", REQUEST_2, RESPONSE_2),
)

# ---- built from the tables of the other pages ----

#: The error response (Error Codes).
ERROR = write_xml(
    element(
        "Error",
        element("Code", "AccessDenied"),
        element("Message", "Access Denied."),
        element("RequestId", "NjMxMDJhYTNfMThhYTk0MGFfYmU1OV8zZjc="),
        element("TraceId", "OGVmYzZiMmQzYjA2OWNhODk0NTRkMTBiOWVmMDAxODc0"),
    )
)


def _numbers(**values: str) -> tuple[Node, ...]:
    return tuple(element(name, value) for name, value in values.items())


_IMAGE_INFO = element(
    "ImageInfo",
    *_numbers(
        Ave="0xa18454", Format="JPEG", Height="853", Orientation="0", Quality="90", Width="1280"
    ),
)

#: PicProcessResult as UploadResult is (Persistent image processing), E3.
UPLOAD_RESULT = element(
    "PicProcessResult",
    element(
        "OriginalInfo",
        element("Key", "input/deer.jpg"),
        element("Location", "test-1234567890.cos.ap-chongqing.myqcloud.com/input/deer.jpg"),
        _IMAGE_INFO,
    ),
    element(
        "ProcessResults",
        element(
            "Object",
            element("Key", "output/out.jpg"),
            element("Location", "test-1234567890.cos.ap-chongqing.myqcloud.com/output/out.jpg"),
            *_numbers(Format="JPEG", Width="853", Height="1280", Size="71155", Quality="90"),
        ),
    ),
)

#: The same with the node that the vendor's Go client expects in between, E3.
WRAPPED_RESULT = element("PicProcessResult", Node("UploadResult", children=UPLOAD_RESULT.children))

#: PicProcessResult as the callback page shows it (Task callback), E3.
CALLBACK_RESULT = element(
    "PicProcessResult",
    element("ObjectName", "output/out.jpg"),
    element("OriginalInfo", element("Etag", "dde3af5bb3f8b25e6c38ae0e2ea4a9c5"), _IMAGE_INFO),
    element(
        "ProcessResult",
        *_numbers(
            Etag="e9f0d4f1b7e4d8a5c1f2b3a4958677aa",
            Format="JPEG",
            Height="1280",
            Quality="90",
            Size="71155",
            Width="853",
        ),
    ),
)


def finished(job: Node, result: Node = CALLBACK_RESULT) -> Node:
    """The job of a sample response once it has ended well: its times, and its result."""
    times = {"StartTime": "2022-07-18T15:16:44+0800", "EndTime": "2022-07-18T15:16:46+0800"}
    values = {"State": "Success", **times}
    children = []
    for child in job.children:
        if child.name in values:
            children.append(element(child.name, values[child.name]))
        elif child.name == "Operation":
            children.append(element("Operation", *child.children, result))
        else:
            children.append(child)
    return element("JobsDetail", *children)


_CALLBACK = element(
    "Response",
    element("EventName", "TaskFinish"),
    finished(read_xml(RESPONSE_1).children[0]),
)

#: The task callback (Task callback) in XML and in JSON.
CALLBACK_XML = write_xml(_CALLBACK)
CALLBACK_JSON = json.dumps(node_to_json(_CALLBACK)).encode()
