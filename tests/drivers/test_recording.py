"""What is written is read back equal, by us and by vcrpy; what is hostile is refused."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import vcr
import vcr.serialize
import vcr.serializers.jsonserializer
import vcr.serializers.yamlserializer
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.drivers.interactions import from_interaction, to_interaction
from conformance.drivers.recording import (
    Recorder,
    RecordingProblem,
    load_recording,
)
from conformance.spec.wire import (
    Direction,
    Exchange,
    Failure,
    FailureKind,
    Framing,
    Headers,
    Request,
    Response,
)

from .support.values import CREATE, PROVENANCE, TARGET, exchange

LATIN = st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n"), max_size=12)
NAMES = st.sampled_from(["Host", "X-a", "x-A", "X-b"])
HEADERS = st.lists(st.tuples(NAMES, LATIN), max_size=5).map(Headers.of)
BODIES = st.binary(max_size=30) | st.text(st.characters(codec="utf-8"), max_size=30).map(
    lambda text: text.encode()
)
TARGETS = st.text(st.characters(min_codepoint=33, max_codepoint=126, blacklist_characters="#"))
RESPONSES = st.builds(
    Response,
    st.integers(100, 599),
    HEADERS,
    BODIES,
    LATIN,
    st.sampled_from(["HTTP/1.0", "HTTP/1.1"]),
    st.builds(Framing, st.booleans(), st.integers(0, 99), st.booleans(), st.integers(0, 9)),
)
EXCHANGES = st.builds(
    Exchange,
    st.builds(Request, st.sampled_from(["GET", "POST"]), TARGETS.map("/".__add__), HEADERS, BODIES),
    st.none() | RESPONSES,
    st.none() | st.builds(Failure, st.sampled_from(FailureKind), LATIN),
    st.integers(0, 9),
    LATIN,
    LATIN,
    st.floats(0, 2e9),
    st.floats(0, 99),
    st.sampled_from(Direction),
)

VARIED = (
    exchange(body="<R>é\u2028\U0001f600\r\n\t]]></R>".encode(), started=1.5),
    exchange(body=b"\xff\x00\xfe", scenario="a", started=2.25),
    replace(
        exchange(scenario="b", step="cut"),
        failure=Failure(FailureKind.INCOMPLETE, "10 bytes were announced"),
        response=Response(
            200,
            Headers((("X-One", "1"), ("x-one", "2"), ("X-One", "\xe9"))),
            b"abc",
            "Fine",
            "HTTP/1.0",
            Framing(chunked=True, received=3, complete=False, extra=2),
        ),
    ),
    replace(
        exchange(scenario="c"),
        response=None,
        failure=Failure(FailureKind.TIMEOUT, "no answer"),
    ),
    replace(
        exchange(Request("POST", "/callback/t1", Headers((("Host", "h:1"),)), b"{}")),
        direction=Direction.CALLBACK,
    ),
    exchange(Request("GET", "*", Headers((("Host", "bad [host"),))), scenario="d"),
)


@given(EXCHANGES)
@settings(max_examples=200, deadline=None)
def test_every_exchange_survives_json(made: Exchange) -> None:
    data = json.loads(json.dumps(to_interaction(made, "https")))
    again = from_interaction(data, "x")
    assert again == made


@given(EXCHANGES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_exchange_survives_yaml(made: Exchange) -> None:
    text = yaml.dump(to_interaction(made, "http"), Dumper=yaml.CSafeDumper, sort_keys=False)
    again = from_interaction(yaml.load(text, Loader=yaml.CSafeLoader), "x")
    assert again == made


@pytest.mark.parametrize("name", ["run.json", "run.yaml", "deep/er/run.yml", "directory"])
def test_a_recording_is_read_back_equal(tmp_path: Path, name: str) -> None:
    recorder = Recorder(tmp_path / name, PROVENANCE)
    for each in reversed(VARIED):
        recorder.add(each)
    written = recorder.finish()
    loaded = load_recording(tmp_path / name)
    assert sorted(loaded.exchanges, key=repr) == sorted(VARIED, key=repr)
    assert [each.scenario for each in loaded.exchanges] == ["a", "b", "c", "d", "life", "life"]
    assert loaded.provenance == PROVENANCE
    assert loaded.complete
    assert [each.name for each in written.parent.iterdir()] == [written.name]


@pytest.mark.parametrize("name", ["run.json", "run.yaml"])
def test_vcrpy_loads_and_plays_what_we_write(tmp_path: Path, name: str) -> None:
    recorder = Recorder(tmp_path / name, PROVENANCE)
    for each in VARIED:
        recorder.add(each)
    recorder.finish()
    kind = "json" if name.endswith("json") else "yaml"
    serializers = vcr.serializers
    module = serializers.jsonserializer if kind == "json" else serializers.yamlserializer
    asked, answers = vcr.serialize.deserialize((tmp_path / name).read_text(), module)[:2]
    assert len(asked) == len(answers) == len(VARIED)
    with vcr.use_cassette(str(tmp_path / name), serializer=kind, record_mode="none") as cassette:
        answer = requests.post(f"http://{TARGET.host}/pic_jobs", data=b"<Request/>", timeout=5)
        assert len(cassette) == len(VARIED) - 1  # the one without a response is left out
    assert answer.status_code == 200


def test_what_vcrpy_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "foreign.yaml"
    path.write_text(
        """\
interactions:
- request:
    body: !!binary |
      /w==
    headers: {Accept: ['*/*'], X-Twice: [a, b]}
    method: POST
    uri: http://examplebucket-1250000000.ci.ap-chongqing.myqcloud.com/pic_jobs?a=b#f
  response:
    body: {string: !!python/unicode '<Response/>'}
    headers: {Content-Length: ['11'], Date: ['Wed, 29 May 2019 04:10:12 GMT']}
    status: {code: 200, message: OK}
- request: {body: null, headers: {}, method: GET, uri: 'http://h/'}
  response: {body: {string: ''}, headers: {}, status: {code: 404, message: null}}
version: 1
"""
    )
    loaded = load_recording(path)
    first, second = loaded.exchanges
    assert loaded.provenance is None
    assert first.request.body == b"\xff"
    assert first.request.target == "/pic_jobs?a=b"
    assert first.request.headers.get("Host") == TARGET.host
    assert first.request.headers.all("x-twice") == ("a", "b")
    assert first.response is not None
    assert first.response.framing == Framing(received=11)
    assert second.response is not None
    assert second.response.reason == ""


def test_all_cassettes_of_a_directory(tmp_path: Path) -> None:
    for name in ("b.json", "a.yaml"):
        recorder = Recorder(tmp_path / name, PROVENANCE)
        recorder.add(exchange(scenario=name))
        recorder.finish()
    (tmp_path / "notes.txt").write_text("not a cassette")
    loaded = load_recording(tmp_path)
    assert [each.scenario for each in loaded.exchanges] == ["a.yaml", "b.json"]
    assert loaded.provenance == PROVENANCE


def test_a_run_that_was_killed_leaves_what_it_had(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "run.json", PROVENANCE)
    for each in VARIED:
        recorder.add(each)
    recorder.ended("life/success-00", [2])
    recorder.close()
    journal = tmp_path / "run.json.journal"
    with journal.open("a") as file:
        file.write('{"request": {"method"')
    loaded = load_recording(tmp_path / "run.json")
    assert not loaded.complete
    assert len(loaded.exchanges) == len(VARIED)
    assert loaded.provenance is not None
    notes = {"ended": ["life/success-00"], "awaits": {"life/success-00": [2]}}
    assert loaded.provenance.notes == {**PROVENANCE.notes, **notes}
    assert replace(loaded.provenance, notes=PROVENANCE.notes) == PROVENANCE
    assert load_recording(tmp_path).exchanges == loaded.exchanges


def test_the_final_order_is_the_one_of_the_run(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "x.json", PROVENANCE)
    made = [exchange(scenario="s", step=str(n), started=float(n)) for n in range(5)]
    for each in reversed(made):
        recorder.add(each)
    numbered = [replace(each, n=5 - at) for at, each in enumerate(made)]
    recorder.finish(numbered, complete=False)
    loaded = load_recording(tmp_path / "x.json")
    assert [each.n for each in loaded.exchanges] == [1, 2, 3, 4, 5]
    assert not loaded.complete


def test_many_threads_record_at_once(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "x.json", PROVENANCE)

    def record(name: str) -> None:
        for number in range(50):
            recorder.add(exchange(scenario=name, started=float(number)))

    threads = [threading.Thread(target=record, args=(f"s{n}",)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    recorder.finish()
    order = [(each.scenario, each.started) for each in load_recording(recorder.path).exchanges]
    assert order == [(f"s{n}", float(at)) for n in range(4) for at in range(50)]


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingProblem, match="cannot be written"):
        Recorder(tmp_path / "file" / "run.json", PROVENANCE)


def interaction(**changes: object) -> str:
    whole = to_interaction(exchange(), "http")
    whole.update(changes)
    return json.dumps({"version": 1, "interactions": [whole]})


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", "{", "line 1, column 2: is not JSON"),
        ("a.json", "", "is no cassette"),
        ("a.json", '{"interactions": 3}', "is no cassette"),
        ("a.json", '{"a":' * 100_000, "nested too deep"),
        ("a.json", '{"interactions": [' + "9" * 5000 + "]}", "a number too long"),
        ("a.json", interaction(request=None), r"interactions\[0\].request: is not an object"),
        ("a.json", interaction(request={"method": 1, "uri": "http://x/"}), "method: is not text"),
        ("a.json", interaction(response={"status": {"code": "x"}}), "code: is not a number"),
        ("a.json", interaction(picjobs={"failure": {"kind": "odd"}}), "kind: is not one of"),
        ("a.json", interaction(picjobs={"request_body": "!"}), "is not Base64"),
        ("a.json", interaction(picjobs={"request_headers": [["a"]]}), "a name and a value"),
        ("a.json", interaction(picjobs={"started": "now"}), "started: is not a number"),
        ("a.json", interaction(picjobs={"framing": []}), "framing: is not an object"),
        ("a.json", '{"interactions": [], "picjobs": {"format": "x/9"}}', "another format"),
        ("a.yaml", "a: [", "is not YAML"),
        ("a.yaml", "[" * 5000, "nests deeper than 64"),
        ("a.yaml", "interactions: !!python/object/apply:os.system ['x']", "is not plain data"),
        ("a.yaml", "interactions: !!python/name:os.system", "is not plain data"),
        ("a.yaml", "a: &a {x: 1}\ninteractions: [{<<: [*a, *a]}]", "is not plain data"),
        ("a.yaml", "interactions: [2024-02-30]", "holds data|is not plain data"),
    ],
)
def test_what_is_no_cassette_is_refused_in_one_line(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(RecordingProblem, match=says) as caught:
        load_recording(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


TARGET_PLAIN = PROVENANCE.to_plain()["target"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("suite", 1),
        ("seed", "x"),
        ("seed", True),
        ("target", None),
        ("target", {"bucket": "b", "region": "r", "queue_id": None, "input_object": "i"}),
        ("target", {"bucket": "b", "region": "r", "queue_id": "q", "poll_first": "1"}),
        ("target", {"bucket": "b"}),
        ("target", TARGET_PLAIN | {"input_object": ""}),
        ("target", TARGET_PLAIN | {"template_id": "a\nb"}),
        ("target", TARGET_PLAIN | {"queue_id": "\ud800"}),
        ("selected", 5),
        ("notes", 5),
    ],
)
def test_a_provenance_that_is_wrong_is_refused(tmp_path: Path, key: str, value: object) -> None:
    plain = PROVENANCE.to_plain() | {key: value}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"interactions": [], "picjobs": plain}))
    with pytest.raises(RecordingProblem, match="where the recording comes from"):
        load_recording(path)


def test_what_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(RecordingProblem, match="no such file"):
        load_recording(tmp_path / "none.json")
    with pytest.raises(RecordingProblem, match="holds no cassette"):
        load_recording(tmp_path)
    (tmp_path / "x.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(RecordingProblem, match="byte 0: is not UTF-8"):
        load_recording(tmp_path / "x.json")


def test_a_yaml_bomb_costs_nothing(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join([*lines, "interactions: *a11"]))
    with pytest.raises(RecordingProblem, match="is not an object"):
        load_recording(path)


def test_a_request_keeps_its_name_in_what_is_written() -> None:
    made = to_interaction(exchange(CREATE), "https")
    assert made["request"]["uri"] == f"https://{TARGET.host}/pic_jobs"
