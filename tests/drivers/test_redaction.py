"""No form of a secret survives, and whoever judges still sees that one was there."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from html import escape
from urllib.parse import quote

import pytest

from conformance.drivers.redaction import Redactor, mask
from conformance.generate.signing import GOOD, Credentials, Keyring, Signing, seal
from conformance.spec.signature import (
    authorization_in_url,
    parse_authorization,
    recompute,
    sign_key,
)
from conformance.spec.wire import (
    Direction,
    Exchange,
    Failure,
    FailureKind,
    Headers,
    Request,
    Response,
)

from .support.values import CREATE, KEYRING, SECRET, TOKEN, exchange

NOW = 1_700_000_000.0


def sealed(recipe: Signing = GOOD) -> Request:
    return seal(CREATE, recipe, KEYRING, NOW)


def answered(text: str | bytes, request: Request | None = None) -> Exchange:
    body = text.encode() if isinstance(text, str) else text
    return Redactor(KEYRING).exchange(exchange(request or sealed(), body))


def body_of(made: Exchange) -> str:
    assert made.response is not None
    return made.response.body.decode()


@pytest.mark.parametrize(
    ("secret", "placeholder"),
    [(SECRET, "[redacted:secret-key]"), (TOKEN, "[redacted:token]")],
)
@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda secret: quote(secret, safe=""),
        lambda secret: re.sub("%..", lambda each: each[0].lower(), quote(secret, safe="")),
        lambda secret: re.sub("[^A-Za-z0-9]", lambda each: f"&#x{ord(each[0]):X};", secret),
        quote,
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
        lambda secret: secret.replace("&", "\\u0026").replace("<", "\\u003c"),
        escape,
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.b64encode(b"the key is " + secret.encode() + b", yes").decode(),
        lambda secret: base64.urlsafe_b64encode(b"x" + secret.encode()).decode(),
        lambda secret: base64.b64encode(b"xy" + secret.encode()).decode().rstrip("="),
    ],
)
def test_secrets_in_any_form(secret: str, placeholder: str, form: object) -> None:
    written = form(secret)  # type: ignore[operator]  # a function of text
    made = answered(f"<Message>it is {written} here</Message>")
    assert placeholder in body_of(made)
    assert written not in body_of(made)
    assert body_of(made).startswith("<Message>it is ")
    assert body_of(made).endswith(" here</Message>")


def test_the_request_loses_its_signature_its_token_and_the_middle_of_its_id() -> None:
    request = sealed(Signing(who="temporary"))
    made = Redactor(KEYRING).exchange(exchange(request))
    text = made.request.headers.get("Authorization") or ""
    assert text.endswith("q-signature=[redacted:signature]")
    assert "q-ak=AKID***5678&" in text
    assert made.request.headers.get("x-ci-security-token") == "[redacted:token]"
    assert [name for name, _ in made.request.headers] == [name for name, _ in request.headers]


def test_in_the_url_too() -> None:
    request = sealed(Signing(who="temporary", carrier="url"))
    made = Redactor(KEYRING).exchange(exchange(request))
    before, after = authorization_in_url(request), authorization_in_url(made.request)
    assert before is not None
    assert after is not None
    assert after.get("q-signature") == "[redacted:signature]"
    assert after.get("q-ak") == "AKID***5678"
    assert made.request.param("x-ci-security-token") == "[redacted:token]"
    assert before.get("q-key-time") == after.get("q-key-time")


@pytest.mark.parametrize("shape", ["{}", "{}00", "%3D{}%3B", "ff{}ff"])
@pytest.mark.parametrize("upper", [True, False])
def test_sign_keys_of_the_windows_in_use(shape: str, upper: bool) -> None:
    window = parse_authorization(sealed().headers.get("Authorization") or "").get("q-key-time")
    key = sign_key(SECRET, window)
    made = answered(shape.format(key.upper() if upper else key))
    assert body_of(made) == shape.format("[redacted:sign-key]")


def test_a_sign_key_in_base64() -> None:
    window = parse_authorization(sealed().headers.get("Authorization") or "").get("q-key-time")
    coded = base64.b64encode(f"sk={sign_key(SECRET, window)}".encode()).decode()
    assert body_of(answered(coded)) == "[redacted:sign-key]"


@pytest.mark.parametrize("coded", [str, lambda text: base64.b64encode(text.encode()).decode()])
@pytest.mark.parametrize("kept", [32, 39, 40])
def test_a_signature_that_was_sent_cut_short(kept: int, coded: object) -> None:
    """The few digits that lack are soon guessed, so it is as secret as a whole one."""
    before, _, digits = (sealed().headers.get("Authorization") or "").rpartition("=")
    headers = sealed().headers.set("Authorization", f"{before}={digits[:kept]}")
    redactor = Redactor(Keyring(Credentials("id", "of-another")))  # computes no signature itself
    redactor.learn(sealed().with_headers(headers))
    told = coded(f"Authorization: {before}={digits[:kept]}")  # type: ignore[operator]
    bare = coded(digits[:kept])  # type: ignore[operator]  # a function of text
    made = body_of(redactor.exchange(exchange(CREATE, f"{told} {bare}".encode())))
    assert made.endswith("[redacted:signature] [redacted:signature]")
    assert digits[:kept] not in made


def test_digits_that_are_nobodys_secret_stay() -> None:
    value = sealed().headers.get("Authorization") or ""
    headers = sealed().headers.set("Authorization", value[:-40] + "0" * 40)
    job_id = f"j{7:039}"
    assert body_of(answered(job_id, sealed().with_headers(headers))) == job_id


def test_the_right_signature_that_a_server_tells_to_whoever_sent_a_wrong_one() -> None:
    request = sealed()
    value = request.headers.get("Authorization") or ""
    right = recompute(
        request,
        parse_authorization(value),
        sign_key(SECRET, parse_authorization(value).get("q-key-time")),
    )[0].signature
    wrong = request.with_headers(
        request.headers.set("Authorization", value.replace(right, "0" * 40))
    )
    made = answered(f"expected {right}, got {'0' * 40}, hash {'a1' * 20}", wrong)
    assert body_of(made) == (
        f"expected [redacted:signature], got [redacted:signature], hash {'a1' * 20}"
    )


def test_a_token_that_is_nearly_right_goes_as_well() -> None:
    headers = sealed().headers.set("X-COS-Security-Token", TOKEN + "x")
    made = answered(f"no such token: {TOKEN}x", sealed().with_headers(headers))
    assert body_of(made) == "no such token: [redacted:token]"
    assert made.request.headers.get("x-cos-security-token") == "[redacted:token]"


def test_headers_reason_and_failure_are_cleaned() -> None:
    response = Response(500, Headers((("X-Debug", SECRET),)), b"\xff\xfe", SECRET)
    failure = Failure(FailureKind.MALFORMED, f"it begins {SECRET}")
    made = Redactor(KEYRING).exchange(Exchange(sealed(), response, failure))
    assert SECRET not in repr(made)
    assert made.response is not None
    assert made.response.body == b"\xff\xfe"


def test_a_callback_that_gives_the_sign_key_away() -> None:
    redactor = Redactor(KEYRING)
    redactor.exchange(exchange(sealed()))
    window = parse_authorization(sealed().headers.get("Authorization") or "").get("q-key-time")
    body = f"<Response><Key>{sign_key(SECRET, window)}</Key></Response>".encode()
    request = Request("POST", "/callback/t", Headers(), body)
    made = redactor.exchange(Exchange(request, None, direction=Direction.CALLBACK))
    assert made.request.body == b"<Response><Key>[redacted:sign-key]</Key></Response>"


def test_framing_tells_of_the_bytes_that_came() -> None:
    before = exchange(sealed(), SECRET.encode())
    assert before.response is not None
    made = Redactor(KEYRING).exchange(before)
    assert made.response is not None
    assert made.response.framing == before.response.framing
    assert made.response.headers == before.response.headers


def test_what_is_no_secret_stays() -> None:
    text = "<R><Id>" + "0123456789abcdef" * 3 + "</Id><B>" + "QUJD" * 20 + "</B>é</R>"
    assert body_of(answered(text)) == text


def test_short_secrets_are_not_hunted_for() -> None:
    redactor = Redactor(Keyring(Credentials("id", "test", "tok")))
    request = CREATE.with_headers(CREATE.headers.set("x-ci-security-token", "tok"))
    made = redactor.exchange(exchange(request, b"<Bucket>test-125</Bucket>"))
    assert body_of(made) == "<Bucket>test-125</Bucket>"
    assert made.request.headers.get("x-ci-security-token") == "[redacted:token]"


def test_garbage_in_authorization_does_no_harm() -> None:
    for value in ("", "Basic x", "q-signature", "q-ak=&q-signature=", "\xff" * 50):
        request = CREATE.with_headers(CREATE.headers.set("Authorization", value))
        made = Redactor(KEYRING).exchange(exchange(request))
        assert made.response is not None


def test_redacting_twice_changes_nothing_more() -> None:
    redactor = Redactor(KEYRING)
    once = redactor.exchange(exchange(sealed(), f"{SECRET} {TOKEN} q-signature=abc".encode()))
    assert redactor.exchange(once) == once


def test_text_for_logs() -> None:
    assert Redactor(KEYRING).text(f"cannot send {SECRET}") == "cannot send [redacted:secret-key]"


@pytest.mark.parametrize(
    ("name", "shown"), [("AKIDxxxxxxxx1234", "AKID***1234"), ("short", "short")]
)
def test_ids_keep_their_ends(name: str, shown: str) -> None:
    assert mask(name) == shown


def test_the_redactor_shows_no_secret_itself() -> None:
    assert SECRET not in repr(Redactor(KEYRING))
    assert replace(exchange(), n=3).n == 3
