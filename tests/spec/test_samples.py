"""The samples hold together, and their cassette is a cassette to vcrpy and to this project."""

from __future__ import annotations

import vcr
import yaml
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import yamlserializer

from conformance.drivers.recording import load_recording
from conformance.resources import resource_path
from conformance.spec import samples
from conformance.spec.messages import JobList, JobRequest
from conformance.spec.names import HOST
from conformance.spec.schema import validate_full
from conformance.spec.signature import PARAMETERS, parse_authorization
from conformance.spec.times import parse_http_date
from conformance.spec.xml import read_xml

URL = "http://test-1234567890.ci.ap-chongqing.myqcloud.com/pic_jobs"
CASSETTE = resource_path("cassettes") / "documentation" / "page-samples.yaml"


def test_mending_changes_two_places_and_nothing_else() -> None:
    """E5."""
    for printed, mended in (
        (samples.REQUEST_1_PRINTED, samples.REQUEST_1),
        (samples.REQUEST_2_PRINTED, samples.REQUEST_2),
    ):
        undone = mended.replace(b"</Input>\n", b"").replace(
            b"</CallBackFormat>", b"<CallBackFormat>"
        )
        assert undone == printed
        assert len(mended) == len(printed) + len(b"</Input>\n") + len(b"/")


def test_an_exchange_holds_together() -> None:
    for exchange in samples.EXCHANGES:
        request, response = exchange.request, exchange.response
        assert response is not None
        assert request.headers.get("Content-Length") == str(len(request.body))
        assert response.headers.get("Content-Length") == str(len(response.body))
        assert response.framing.received == len(response.body)
        assert exchange.started == parse_http_date(response.headers.get("Date") or "")
        host = HOST.fullmatch(request.headers.get("Host") or "")
        asked = JobRequest.from_node(read_xml(request.body))
        (job,) = JobList.from_node(read_xml(response.body)).jobs
        assert host is not None
        assert (host["bucket"], host["region"]) == (job.input_bucket, job.input_region)
        assert (job.output, job.pic_process) == (asked.output, asked.pic_process)
        assert (job.template_id, job.queue_id) == (asked.template_id, asked.queue_id)
        auth = parse_authorization(request.headers.get("Authorization") or "")
        assert [name for name, _ in auth.pairs] == list(PARAMETERS)
        assert auth.get("q-ak").endswith("****")


def test_a_finished_job_is_the_submitted_one_with_an_end() -> None:
    job = read_xml(samples.RESPONSE_2).children[0]
    for result in (samples.UPLOAD_RESULT, samples.WRAPPED_RESULT, samples.CALLBACK_RESULT):
        done = samples.finished(job, result)
        assert [child.name for child in done.children] == [child.name for child in job.children]
        assert done.value("State") == "Success"
        assert done.at("Operation/PicProcessResult") == result
        assert done.first("Input") == job.first("Input")


# ---- the cassette ----


def test_the_cassette_holds_the_samples() -> None:
    recording = load_recording(CASSETTE)
    assert recording.exchanges == samples.EXCHANGES
    assert recording.complete
    provenance = recording.provenance
    assert provenance is not None
    assert provenance.revision == "2024-02-27"
    assert provenance.name == "the vendor's page, printed"
    assert provenance.target.host == samples.EXCHANGES[0].request.headers.get("Host")
    assert [each.partition(":")[0] for each in provenance.notes["mended"]] == ["E5", "E6", "E10"]


def test_the_cassette_is_plain_data() -> None:
    plain = yaml.safe_load(CASSETTE.read_text(encoding="utf-8"))
    assert plain["version"] == 1
    assert set(plain) == {"version", "picjobs", "interactions"}


def test_vcrpy_loads_the_cassette_itself() -> None:
    requests, responses = FilesystemPersister.load_cassette(CASSETTE, yamlserializer)
    assert len(requests) == len(responses) == len(samples.EXCHANGES)
    for request, response, exchange in zip(requests, responses, samples.EXCHANGES, strict=True):
        assert exchange.response is not None
        assert request.method == "POST"
        assert request.path == "/pic_jobs"
        assert request.host == exchange.request.headers.get("Host")
        assert request.body == exchange.request.body
        assert response["status"] == {"code": 200, "message": "OK"}
        assert response["body"]["string"] == exchange.response.body
        assert response["headers"]["x-ci-request-id"] == [
            exchange.response.headers.get("x-ci-request-id")
        ]


def test_vcrpy_replays_the_cassette() -> None:
    played = vcr.VCR(record_mode=vcr.mode.NONE, match_on=("method", "host", "path", "body"))
    with played.use_cassette(CASSETTE) as cassette:
        for exchange in samples.EXCHANGES:
            asked = vcr.request.Request("POST", URL, exchange.request.body, {})
            answer = cassette.play_response(asked)
            assert exchange.response is not None
            assert answer["body"]["string"] == exchange.response.body
        assert cassette.all_played


def test_what_the_cassette_holds_is_valid() -> None:
    for exchange in load_recording(CASSETTE).exchanges:
        assert exchange.response is not None
        assert validate_full("request", exchange.request.body) == ()
        assert validate_full("response", exchange.response.body) == ()
