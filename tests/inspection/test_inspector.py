"""What captured traffic is found to be: conforming in every form, and wrong where it is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.checks.base import Mark
from conformance.drivers.provenance import Provenance
from conformance.drivers.recording import RecordingProblem, write_cassette
from conformance.generate.signing import Credentials, Signing
from conformance.inspection import inspector
from conformance.inspection.capture import Source
from conformance.inspection.inspector import inspect_files
from conformance.resources import resource_path
from conformance.spec.xml import write_xml
from tests.checks.building import NOW, TARGET, error, jobs, request_job, response, shown
from tests.inspection.support import (
    KEYS,
    announced,
    broken,
    called_back,
    cassette,
    changed,
    conversation,
    created,
    findings,
    har,
    held,
    inspected,
    looked,
    saved,
)

FORMS = {
    "capture.har": har,
    "capture.json": cassette,
    "capture.yaml": cassette,
}


@pytest.mark.parametrize("name", FORMS)
def test_conforming_traffic_breaks_nothing_in_any_form(tmp_path: Path, name: str) -> None:
    found = inspected(tmp_path, FORMS[name](conversation()), name, KEYS)
    assert broken(found) == set()
    assert (found.requests, found.jobs, found.left_out) == (5, 1, 0)
    assert found.hosts == (TARGET.host,)
    wanted = {"HTTP-01", "HTTP-11", "HTTP-12", "SIG-08", "REQ-06", "RSP-18", "STA-11", "ERR-04"}
    assert wanted <= held(found)


def test_a_job_is_followed_over_the_looks_at_it(tmp_path: Path) -> None:
    asked = request_job("one")
    back = looked(shown(asked, "j1", "Submitted"), at=6)
    found = inspected(tmp_path, har([*conversation(), back]))
    assert broken(found) == {"STA-07", "STA-08"}


def test_the_servers_date_orders_what_has_no_time(tmp_path: Path) -> None:
    asked = request_job("one")
    early = created("one", "j1")
    late = [looked(shown(asked, "j1", "Success")), looked(shown(asked, "j1", "Running"))]
    same_second = inspected(tmp_path, cassette([early, *late]), "same.json")
    assert broken(same_second) == set()
    apart = [
        _dated(each, f"Tue, 14 Nov 2023 22:13:{20 + 2 * n} GMT") for n, each in enumerate(late)
    ]
    assert "STA-07" in broken(inspected(tmp_path, cassette([early, *apart]), "apart.json"))


def _dated(exchange, date):
    assert exchange.response is not None
    headers = exchange.response.headers.set("Date", date)
    return replace(exchange, response=replace(exchange.response, headers=headers))


def test_the_clock_is_the_captures(tmp_path: Path) -> None:
    """RSP-04 and SIG-04 by HAR's time; without one neither accuses anybody."""
    late = replace(created(), started=NOW + 4000)
    assert broken(inspected(tmp_path, har([late]))) == {"RSP-04", "SIG-04", "HTTP-09"}
    timeless = inspected(tmp_path, cassette([late]), "late.json")
    assert broken(timeless) == set()
    assert {each.mark for each in findings(timeless, "SIG-04")} == {Mark.UNMET}


def test_two_files_are_never_compared(tmp_path: Path) -> None:
    first = saved(tmp_path, "one.har", har(conversation()))
    second = saved(tmp_path, "two.har", har(conversation()))
    assert broken(inspect_files([first, first, second])) == set()
    both = inspected(tmp_path, har([created("one", "j1"), created("two", "j1", at=1)]))
    assert "RSP-12" in broken(both)


def test_hosts_are_judged_apart(tmp_path: Path) -> None:
    """The same JobId in two buckets, each held against its own Host."""
    data = har([created("one", "j1"), created("two", "j1", at=1)])
    other = TARGET.host.replace("examplebucket", "otherbucket")
    entry = data["log"]["entries"][1]
    entry["request"]["url"] = f"http://{other}/pic_jobs"
    entry["request"]["headers"] = [
        {**pair, "value": other} if pair["name"] == "Host" else pair
        for pair in entry["request"]["headers"]
    ]
    content = entry["response"]["content"]
    content["text"] = content["text"].replace(
        f"<BucketId>{TARGET.bucket}", "<BucketId>otherbucket-1250000000"
    )
    found = inspected(tmp_path, data)
    assert broken(found) == set()
    assert found.hosts == (TARGET.host, other)


def test_what_is_not_of_this_api_is_counted(tmp_path: Path) -> None:
    data = har(conversation())
    entry = data["log"]["entries"][0]
    others = [
        changed(entry, ("request", "url"), url)
        for url in (
            "https://example.com/jobs/7",
            f"http://{TARGET.host}/picqueue",
            "data:image/png;base64,AAAA",
            "chrome-extension://abc/x.js",
        )
    ]
    for each in others:
        each["request"].update(method="GET", postData=None)
    broken_one = changed(others[0], ("response", "status"), "not a number")
    data["log"]["entries"] = [*others, broken_one, *data["log"]["entries"]]
    found = inspected(tmp_path, data)
    assert (found.requests, found.left_out, found.entries) == (5, 5, 10)
    assert broken(found) == set()


def test_a_create_in_a_wrong_place_is_a_create(tmp_path: Path) -> None:
    data = har([created()])
    entry = changed(data["log"]["entries"][0], ("request", "url"), f"http://{TARGET.host}/picjobs")
    data["log"]["entries"] = [entry]
    assert "HTTP-01" in broken(inspected(tmp_path, data))


# ---- requests ----


def test_signatures_are_verified_with_the_key_that_belongs_to_them(tmp_path: Path) -> None:
    data = har([created()])
    wrong = replace(KEYS, secret_key="another key altogether")
    stranger = Credentials("AKIDsomebodyelse", KEYS.secret_key)
    assert broken(inspected(tmp_path, data, "a.har", wrong)) == {"SIG-08"}
    assert broken(inspected(tmp_path, data, "a.har", replace(wrong, secret_id=""))) == {"SIG-08"}
    assert "SIG-08" in held(inspected(tmp_path, data, "a.har", replace(KEYS, secret_id="")))
    for keys in ((stranger,), ()):
        found = inspected(tmp_path, data, "a.har", *keys)
        assert [each.mark for each in findings(found, "SIG-08")] == [Mark.UNMET]
    assert "SIG-08" in held(inspected(tmp_path, data, "a.har", stranger, KEYS))


def test_without_keys_nobody_can_say_that_no_secret_is_given_away(tmp_path: Path) -> None:
    told = changed(
        har([conversation()[-1]]),
        ("log", "entries", 0, "response", "content", "text"),
        write_xml(_error_node(f"the key is {KEYS.secret_key}")).decode(),
    )
    plain = inspected(tmp_path, told)
    assert [each.mark for each in findings(plain, "ERR-11")] == [Mark.UNMET]
    found = inspected(tmp_path, told, "a.har", KEYS)
    assert "ERR-11" in broken(found)
    assert KEYS.secret_key not in repr(found)


def _error_node(message: str):
    from conformance.spec.messages import ErrorBody  # noqa: PLC0415 - beside its only use

    return ErrorBody("InvalidArgument", message, "r", "t").to_node()


def test_what_a_client_did_wrong_is_found(tmp_path: Path) -> None:
    data = har([created()])
    place = ("log", "entries", 0, "request", "postData", "text")
    text = data["log"]["entries"][0]["request"]["postData"]["text"]
    data = changed(data, place, text.replace("<Tag>PicProcess", "<Tag>Transcode"))
    found = inspected(tmp_path, data)
    assert broken(found) == {"REQ-04"}


# ---- callbacks ----


def test_callbacks_are_judged_beside_the_job_that_they_announce(tmp_path: Path) -> None:
    job = shown(request_job("one"), "j1", "Success")
    found = inspected(tmp_path, har([*conversation(), announced(job)]))
    assert found.callbacks == 1
    assert broken(found) == set()
    assert {"CBK-02", "CBK-04", "CBK-05"} <= held(found)
    other = replace(job, user_data="something else")
    assert "CBK-05" in broken(inspected(tmp_path, har([*conversation(), announced(other)])))


def test_a_callback_alone_is_judged_too(tmp_path: Path) -> None:
    job = shown(request_job("one"), "j1", "Running")
    found = inspected(tmp_path, har([announced(job)]))
    assert (found.callbacks, found.requests) == (1, 0)
    assert broken(found) == {"CBK-07"}


def test_announcements_of_other_apis_are_left_out(tmp_path: Path) -> None:
    body = b'{"EventName": "TaskFinish", "JobsDetail": [{"JobId": "x", "Tag": "Transcode"}]}'
    post = announced(shown(request_job("one")), body=body, media="application/json")
    found = inspected(tmp_path, har([post]))
    assert (found.callbacks, found.left_out) == (0, 1)


# ---- describes ----


def test_a_job_from_before_the_capture_may_be_shown_or_not(tmp_path: Path) -> None:
    known = shown(request_job("one"), "old", "Success")
    gone = looked(known, at=2)
    gone = replace(gone, response=jobs(non_exist_job_ids=("old",)))
    found = inspected(tmp_path, har([looked(known), gone]))
    assert broken(found) == set()
    assert {"QRY-01", "QRY-02", "QRY-03"} <= held(found)


def test_a_describe_that_says_neither_or_both_is_wrong(tmp_path: Path) -> None:
    known = shown(request_job("one"), "old", "Success")
    neither = replace(looked(known), response=jobs())
    both = replace(looked(known), response=jobs(known, non_exist_job_ids=("old",)))
    assert broken(inspected(tmp_path, har([neither]))) == {"QRY-01"}
    assert broken(inspected(tmp_path, har([both]))) == {"QRY-02"}


# ---- the suite's own recordings ----


def _own(path: Path, kind: str) -> str:
    provenance = Provenance("0", "2024-02-27", "now", kind, "name", TARGET)
    bad = created(how=Signing(tamper="other-key")) if kind != "documentation" else created()
    refusal = replace(bad, response=error(401, "AccessDenied"), n=1)
    callback = called_back(announced(shown(request_job("one"), "j1", "Success")))
    write_cassette(path, [refusal, *conversation(), callback], provenance)
    return str(path)


def test_the_suites_own_requests_are_not_held_against_a_client(tmp_path: Path) -> None:
    found = inspect_files([_own(tmp_path / "run.json", "emulator")], [KEYS])
    assert found.sources == {Source.OWN}
    assert broken(found) == set()
    assert {"RSP-03", "CBK-04"} <= held(found)
    assert not any(each.clause.startswith(("HTTP", "SIG", "REQ")) for each in found.outcomes)


def test_the_pages_own_samples_show_their_shape() -> None:
    path = resource_path("cassettes") / "documentation" / "page-samples.yaml"
    found = inspect_files([str(path)])
    assert found.sources == {Source.PRINTED}
    assert broken(found) == {"SIG-09", "HTTP-05"}  # as printed: nothing signed, no Date
    assert found.requests == 2


# ---- amounts ----


def test_long_files_are_judged_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared with one another stands in one part; the same again is another's."""
    data = har(conversation() * 4)
    assert "RSP-12" in broken(inspected(tmp_path, data))
    monkeypatch.setattr(inspector, "PART", 5)
    found = inspected(tmp_path, data)
    assert found.requests == 20
    assert broken(found) == set()
    assert sum(each.count for each in findings(found, "RSP-11")) == 4


def test_many_findings_keep_their_number_and_few_exchanges(tmp_path: Path) -> None:
    wrong = [
        replace(created(f"m{n}", f"j{n}"), response=response(200, b"<Wrong/>")) for n in range(60)
    ]
    found = inspected(tmp_path, har(wrong))
    assert len([each for each in findings(found, "RSP-10") if each.mark is Mark.BROKEN]) == 60
    assert len(found.exchanges) < 20


def test_stopping_keeps_what_was_judged(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.har", har(conversation()))
    asked = iter([False] * 4 + [True] * 100)
    found = inspect_files([path], stop=lambda: next(asked))
    assert not found.complete
    assert found.requests == 3
    assert found.outcomes


def test_directories_are_searched_and_other_files_passed_over(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    saved(tmp_path, "a.har", har(conversation()))
    saved(inner, "b.json", cassette(conversation()))
    saved(inner, "c.yaml", cassette(conversation()))
    saved(inner, "package.json", {"name": "x", "dependencies": {}})
    (inner / "settings.yml").write_text("colour: blue\n")
    found = inspect_files([str(tmp_path)])
    assert (found.files, found.passed_over, found.requests) == (3, 2, 15)


def test_an_empty_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingProblem, match="holds no capture"):
        inspect_files([str(tmp_path)])
