"""SIG-20 to SIG-45, each by the request that the clause speaks of."""

from __future__ import annotations

import pytest

from conformance.spec.signature import PARAMETERS

from .driving import SETTINGS, Desk, Sign, a_job, document, in_url, request_of, sign

BODY = document(a_job())
TEMPORARY = Sign(SETTINGS.tmp_secret_id, SETTINGS.tmp_secret_key)
TOKEN = SETTINGS.tmp_token


def refused(desk: Desk, said_status: int) -> None:
    assert said_status in {401, 403}
    assert len(desk.behaviour.store) == 0


def test_every_documented_way_of_signing_is_accepted(desk: Desk) -> None:
    ways = (
        Sign(),
        Sign(headers=("host", "content-length", "content-type")),
        Sign(headers=()),
        Sign(window=(0, 1)),
    )
    for how in ways:
        assert desk.call("POST", "/pic_jobs", BODY, how=how).status == 200, how


def test_header_values_that_need_encoding(desk: Desk) -> None:
    tricky = (("X-Note", 'a b="c" \xe4\xe5'),)
    request = request_of("POST", "/pic_jobs", BODY, tricky)
    # The bytes sent are what is encoded: latin-1 \xe4\xe5 travels as two bytes that are not UTF-8.
    text = 'a b="c" \udce4\udce5'
    signed = request.with_headers(request.headers.set("X-Note", text))
    authorization = sign(signed, desk.clock.now, Sign(headers=("host", "x-note")))
    said = desk.send(request.with_headers(request.headers.set("Authorization", authorization)))
    assert said.status == 200


@pytest.mark.parametrize("params", [None, ("queueid", "tag"), ()])
def test_signed_url_parameters(desk: Desk, params: tuple[str, ...] | None) -> None:
    target = f"/pic_jobs?queueId={SETTINGS.queue_id}&tag=PicProcess&inputObject=a%2Fb%20c%2B"
    assert desk.call("GET", target, how=Sign(params=params)).status == 200


def test_a_parameter_without_value_counts_as_empty(desk: Desk) -> None:
    job_id = desk.created()
    assert desk.call("PUT", f"/jobs/{job_id}?cancel=", how=Sign(params=("cancel",))).status == 200


def test_a_plus_is_a_space_only_when_it_was_signed_as_one(desk: Desk) -> None:
    desk.created(input_object="a b")
    desk.created(input_object="a+b")
    base = f"/pic_jobs?queueId={SETTINGS.queue_id}&tag=PicProcess&inputObject=a"
    for signed, expected in (("%20", "a b"), ("%2B", "a+b")):
        authorization = sign(request_of("GET", f"{base}{signed}b"), desk.clock.now, Sign())
        said = desk.send(request_of("GET", f"{base}+b", None, [("Authorization", authorization)]))
        assert [job.value("Input/Object") for job in said.jobs] == [expected]


def test_the_signature_may_be_in_the_url(desk: Desk) -> None:
    query = in_url(sign(request_of("POST", "/pic_jobs", BODY), desk.clock.now, Sign()))
    assert desk.send(request_of("POST", f"/pic_jobs?{query}", BODY)).status == 200


def test_temporary_credentials_with_their_token(desk: Desk) -> None:
    for name in ("x-ci-security-token", "X-Cos-Security-Token"):
        assert desk.call("POST", "/pic_jobs", BODY, [(name, TOKEN)], TEMPORARY).status == 200
    query = in_url(sign(request_of("POST", "/pic_jobs", BODY), desk.clock.now, TEMPORARY))
    with_token = f"/pic_jobs?{query}&x-ci-security-token={TOKEN}"
    assert desk.send(request_of("POST", with_token, BODY)).status == 200


@pytest.mark.parametrize("headers", [(), (("x-ci-security-token", "other"),)])
def test_temporary_credentials_without_it(desk: Desk, headers: tuple[tuple[str, str], ...]) -> None:
    refused(desk, desk.call("POST", "/pic_jobs", BODY, headers, TEMPORARY).status)


def test_no_signature_at_all(desk: Desk) -> None:
    said = desk.send(request_of("POST", "/pic_jobs", BODY))
    assert (said.status, said.code) == (401, "MissingAuthorization")


@pytest.mark.parametrize("text", ["", "Basic YTpi", "q-ak", "q-ak=a&&q-signature=b", "x=1"])
def test_an_authorization_of_another_form(desk: Desk, text: str) -> None:
    said = desk.send(request_of("POST", "/pic_jobs", BODY, [("Authorization", text)]))
    assert (said.status, said.code) == (401, "InvalidAuthorization")


def altered(desk: Desk, name: str, value: str | None) -> tuple[int, str | None]:
    """The answer when one parameter of a good signature is replaced, or left out."""
    request = request_of("POST", "/pic_jobs", BODY)
    pairs = dict(piece.split("=", 1) for piece in sign(request, desk.clock.now, Sign()).split("&"))
    pairs.pop(name)
    if value is not None:
        pairs[name] = value
    text = "&".join(f"{key}={held}" for key, held in pairs.items())
    said = desk.send(request.with_headers(request.headers.set("Authorization", text)))
    assert len(desk.behaviour.store) == 0
    return said.status, said.code


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_parameter_missing(desk: Desk, name: str) -> None:
    assert altered(desk, name, None) == (401, "InvalidAuthorization")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("q-sign-algorithm", "sha256", "InvalidAuthorization"),
        ("q-ak", "AKIDunknown", "SecretidNotExist"),
        ("q-key-time", "1;2;3", "InvalidAuthorization"),
        ("q-key-time", "1699999000;1700009999", "AccessDenied"),
        ("q-sign-time", "1700000100;1700000000", "InvalidAuthorization"),
        ("q-header-list", "host;x-absent", "AccessDenied"),
        ("q-header-list", "", "AccessDenied"),
        ("q-url-param-list", "cancel", "AccessDenied"),
        ("q-signature", "0" * 40, "AccessDenied"),
        ("q-signature", "0" * 39, "InvalidAuthorization"),
        ("q-signature", "A" * 40, "InvalidAuthorization"),
        ("q-signature", "\u0660" * 40, "InvalidAuthorization"),
    ],
)
def test_each_parameter_altered(desk: Desk, name: str, value: str, code: str) -> None:
    assert altered(desk, name, value)[1] == code


def test_a_repeated_parameter(desk: Desk) -> None:
    request = request_of("POST", "/pic_jobs", BODY)
    text = sign(request, desk.clock.now, Sign()) + "&q-ak=x"
    said = desk.send(request.with_headers(request.headers.set("Authorization", text)))
    assert said.code == "InvalidAuthorization"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (Sign(secret_key="another"), "AccessDenied"),
        (Sign(window=(-600, -1)), "SignatureExpired"),
        (Sign(window=(3600, 7200)), "AccessDenied"),
        (Sign(window=(-600, -1), sign_window=(-60, 60)), "SignatureExpired"),
        (Sign(sign_window=(-600, -1)), "SignatureExpired"),
        (Sign(method="PUT"), "AccessDenied"),
        (Sign(path="/pic_jobs/x"), "AccessDenied"),
    ],
)
def test_signed_wrongly(desk: Desk, how: Sign, code: str) -> None:
    said = desk.call("POST", "/pic_jobs", BODY, how=how)
    assert said.code == code
    refused(desk, said.status)


@pytest.mark.parametrize("name", ["Content-Type", "X-Note", "Date"])
def test_a_signed_header_changed_afterwards(desk: Desk, name: str) -> None:
    request = request_of("POST", "/pic_jobs", BODY, [("X-Note", "a"), ("Date", "b")])
    names = tuple(each.lower() for each, _ in request.headers)
    authorization = sign(request, desk.clock.now, Sign(headers=names))
    value = "text/xml" if name == "Content-Type" else "changed"
    changed = request.headers.set(name, value).set("Authorization", authorization)
    refused(desk, desk.send(request.with_headers(changed)).status)


@pytest.mark.parametrize("query", ["tag=PicProcess&size=9", "tag=Other&size=10", "size=10"])
def test_signed_parameters_changed_afterwards(desk: Desk, query: str) -> None:
    start = f"/pic_jobs?queueId={SETTINGS.queue_id}&"
    good = request_of("GET", f"{start}tag=PicProcess&size=10")
    authorization = sign(good, desk.clock.now, Sign())
    said = desk.send(request_of("GET", start + query, None, [("Authorization", authorization)]))
    refused(desk, said.status)


def test_no_message_holds_a_secret(desk: Desk) -> None:
    said = desk.call("POST", "/pic_jobs", BODY, how=Sign(secret_key="another"))
    assert SETTINGS.secret_key.encode() not in said.answer.body
    assert SETTINGS.secret_key not in repr(SETTINGS)
    assert SETTINGS.tmp_token not in repr(desk.behaviour.accounts())
