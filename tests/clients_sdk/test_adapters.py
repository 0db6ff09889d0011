"""Each vendor SDK's adapter, against a server that keeps what arrives byte for byte."""

import hashlib
import hmac
import subprocess
import xml.etree.ElementTree as ET
from urllib.parse import quote, unquote, urlsplit

import pytest

from tests.clients_sdk.adapters import ADAPTERS, HOST, SDKS, SECRET_KEY, TOP, Adapter
from tests.clients_sdk.capture import Captured, CaptureServer, response
from tests.clients_sdk.conftest import require

pytestmark = pytest.mark.long  # the SDKs are large, and slow where they try again

JOB = {
    "Tag": "PicProcess",
    "Input": {"Object": "in/图 <a&b>.jpg"},
    "Operation": {
        "TemplateId": "t10461fe2bd5a649db9022452ec71e0381",
        "Output": {"Region": "ap-chongqing", "Bucket": "examplebucket-1250000000", "Object": "o"},
        "UserData": 'R&D <1> "x"',
        "JobLevel": "2",
    },
    "QueueId": "p2911917386e148639319e13c285cc774",
    "CallBack": "http://callback.example.com",
    "CallBackFormat": "JSON",
}


def detail(job_id: str) -> str:
    return (
        f"<JobsDetail><Code>Success</Code><Message/><JobId>{job_id}</JobId><State>Submitted</State>"
        "<CreationTime>2022-07-18T15:16:43+0800</CreationTime><EndTime>-</EndTime>"
        "<StartTime>-</StartTime><QueueId>p2911</QueueId><Tag>PicProcess</Tag>"
        "<Input><BucketId>examplebucket-1250000000</BucketId><Region>ap-chongqing</Region>"
        "<Object>in/a&amp;b.jpg</Object></Input><Operation><UserData>R&amp;D</UserData></Operation>"
        "</JobsDetail>"
    )


def jobs_response(*job_ids: str, more: str = "") -> bytes:
    body = f"<Response>{''.join(detail(job_id) for job_id in job_ids)}{more}</Response>"
    return response("200 OK", body.encode())


ERROR = (
    b"<Error><Code>InvalidArgument</Code><Message>no such queue</Message>"
    b"<RequestId>NjMxMDJhYTNfMThhYTk0MGFfYmU1OV8zZjc=</RequestId><TraceId>T1</TraceId></Error>"
)


def signature_holds(request: Captured) -> bool:
    """Whether the signature verifies over what it says that it covers."""
    given = request.header("authorization")
    assert given is not None
    parts = dict(part.split("=", 1) for part in given.split("&"))
    url = urlsplit(request.target)
    parameters = {}
    for pair in filter(None, url.query.split("&")):
        name, _, value = pair.partition("=")
        parameters[name.lower()] = quote(unquote(value), safe="")
    signed_parameters = [f"{n}={parameters[n]}" for n in parts["q-url-param-list"].split(";") if n]
    signed_headers = [
        f"{n}={quote(request.header(n) or '', safe='')}"
        for n in parts["q-header-list"].split(";")
        if n
    ]
    text = "\n".join(
        (
            request.method.lower(),
            unquote(url.path),
            "&".join(signed_parameters),
            "&".join(signed_headers),
            "",
        )
    )
    times = parts["q-key-time"]
    key = hmac.new(SECRET_KEY.encode(), times.encode(), hashlib.sha1).hexdigest()
    to_sign = f"sha1\n{times}\n{hashlib.sha1(text.encode()).hexdigest()}\n"
    expected = hmac.new(key.encode(), to_sign.encode(), hashlib.sha1).hexdigest()
    return parts["q-signature"] == expected


def test_hello_says_what_it_is_and_what_it_set(adapter: Adapter) -> None:
    result = adapter.ask("hello")["result"]
    assert result["version"] in pinned(adapter.sdk)
    assert result["settings"]
    assert set(result["ops"]) == {
        "create_pic_job",
        "describe_pic_job",
        "list_pic_jobs",
        "cancel_pic_job",
    }


def pinned(sdk: str) -> str:
    files = {
        "python": "requirements.txt",
        "nodejs": "package.json",
        "go": "go.mod",
        "java": "pom.xml",
    }
    return (ADAPTERS / sdk / files[sdk]).read_text()


def test_create_arrives_and_its_answer_comes_back(adapter: Adapter) -> None:
    with CaptureServer(lambda _: jobs_response("j1")) as server:
        answer = adapter.call("create_pic_job", server.endpoint, job=JOB)
    (request,) = server.captured
    assert (request.method, request.target) == ("POST", "/pic_jobs")
    assert request.header("host") == HOST
    assert request.header("content-type") == "application/xml"
    assert int(request.header("content-length") or 0) == len(request.body)
    assert signature_holds(request)
    sent = ET.fromstring(request.body)
    assert sent.findtext("Input/Object") == JOB["Input"]["Object"]
    assert sent.findtext("Operation/UserData") == JOB["Operation"]["UserData"]
    (job,) = answer["result"]["jobs"]
    assert (job["JobId"], job["State"], job["EndTime"]) == ("j1", "Submitted", "-")
    assert job["Input"]["Object"] == "in/a&b.jpg"
    assert job["Operation"]["UserData"] == "R&D"


def test_token_travels_in_one_of_the_documented_headers(adapter: Adapter) -> None:
    with CaptureServer(lambda _: jobs_response("j1")) as server:
        adapter.call("create_pic_job", server.endpoint, token="a-token", job=JOB)
    (request,) = server.captured
    names = ("x-ci-security-token", "x-cos-security-token")
    assert [request.header(name) for name in names].count("a-token") == 1
    assert signature_holds(request)


def test_error_response_is_a_service_error_with_its_status(adapter: Adapter) -> None:
    with CaptureServer(lambda _: response("400 Bad Request", ERROR)) as server:
        error = adapter.call("create_pic_job", server.endpoint, job=JOB)["error"]
    assert len(server.captured) == 1
    assert (error["kind"], error["status"]) == ("service", 400)
    # The Python SDK looks for a Resource node, which this service's errors do not have.
    code = "Unknown" if adapter.sdk == "python" else "InvalidArgument"
    assert error["code"] == code


def test_body_that_is_cut_short_is_a_client_error(adapter: Adapter) -> None:
    cut = jobs_response("j1").partition(b"\r\n\r\n")[2][:-60]
    with CaptureServer(lambda _: response("200 OK", cut)) as server:
        error = adapter.call("create_pic_job", server.endpoint, job=JOB)["error"]
    assert error["kind"] == "client"


def test_describe(adapter: Adapter) -> None:
    with CaptureServer(lambda _: jobs_response("j1")) as server:
        answer = adapter.call("describe_pic_job", server.endpoint, job_ids=["j1"])
    (request,) = server.captured
    assert request.method == "GET"
    # The Java SDK's own demo describes picture jobs by the media jobs' path.
    assert request.target == ("/jobs/j1" if adapter.sdk == "java" else "/pic_jobs/j1")
    assert (request.header("host"), signature_holds(request)) == (HOST, True)
    assert [job["JobId"] for job in answer["result"]["jobs"]] == ["j1"]


def test_list(adapter: Adapter) -> None:
    page = jobs_response("j1", "j2", more="<NextToken>t/2=</NextToken>")
    query = {"queueId": "p1", "tag": "PicProcess", "size": "2", "states": "Submitted,Running"}
    with CaptureServer(lambda _: page) as server:
        answer = adapter.call("list_pic_jobs", server.endpoint, query=query)
    (request,) = server.captured
    assert request.method == "GET"
    for pair in ("queueId=p1", "tag=PicProcess", "size=2", "states=Submitted%2CRunning"):
        assert pair in request.target
    assert signature_holds(request)
    assert [job["JobId"] for job in answer["result"]["jobs"]] == ["j1", "j2"]
    assert answer["result"]["next_token"] == "t/2="


def test_list_by_a_parameter_that_the_library_lacks_is_unsupported(adapter: Adapter) -> None:
    query = {"queueId": "p1", "tag": "PicProcess", "inputObject": "a.jpg"}
    with CaptureServer(lambda _: jobs_response("j1")) as server:
        answer = adapter.call("list_pic_jobs", server.endpoint, query=query)
    if adapter.sdk in {"python", "java"}:
        assert "inputObject" in answer["unsupported"]
        assert not server.captured
    else:
        assert "inputObject=a.jpg" in server.captured[0].target


def test_cancel(adapter: Adapter) -> None:
    with CaptureServer(lambda _: response("200 OK", b"")) as server:
        answer = adapter.call("cancel_pic_job", server.endpoint, job_ids=["j1"])
    (request,) = server.captured
    assert request.method == "PUT"
    assert urlsplit(request.target).path == "/jobs/j1"
    assert answer == {"result": {}}


def test_call_to_nobody_is_a_client_error_and_the_adapter_lives_on(adapter: Adapter) -> None:
    with CaptureServer(lambda _: b"") as server:
        endpoint = server.endpoint
        error = adapter.call("create_pic_job", endpoint, token="a-token", job=JOB)["error"]
    assert error["kind"] == "client"
    assert SECRET_KEY not in error["message"]
    assert "a-token" not in error["message"]
    assert "result" in adapter.ask("hello")


def test_unknown_operation_is_unsupported(adapter: Adapter) -> None:
    assert "make_tea" in adapter.ask("make_tea")["unsupported"]


@pytest.mark.parametrize("sdk", SDKS)
def test_shutdown_ends_the_process(sdk: str) -> None:
    require(sdk)
    running = Adapter(sdk)
    try:
        running.ask("hello")
        assert running.shut_down() == 0
    finally:
        running.kill()


@pytest.mark.parametrize("sdk", SDKS)
def test_without_its_sdk_the_launcher_says_what_to_do(
    sdk: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICJOBS_SDKS", str(tmp_path))
    done = subprocess.run(
        [str(ADAPTERS / sdk / "run")], capture_output=True, text=True, check=False, input=""
    )
    assert (done.returncode, done.stdout) == (69, "")
    assert "scripts/install-sdks" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_cache_is_not_committed() -> None:
    assert ".sdks/" in (TOP / ".gitignore").read_text().splitlines()
