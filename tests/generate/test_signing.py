"""Signatures: good recipes verify, every spoilt one is caught by a plain reading of the page."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from conformance.generate.recipes import OPERATIONS, Recipe, signature_cases
from conformance.generate.signing import (
    ALL_HEADERS,
    GOOD,
    Credentials,
    Keyring,
    Signing,
    seal,
)
from conformance.generate.tamper import TAMPERS
from conformance.spec.clauses import CATALOGUE
from conformance.spec.names import HOST
from conformance.spec.signature import PARAMETERS, parse_authorization
from conformance.spec.wire import Headers, Request, Wanted
from tests.generate.support import BARE, KEYRING, TARGET, admits

NOW = 1_700_000_000.75
HOSTS = Headers((("Host", TARGET.host),))
REQUESTS = {
    "create": Request(
        "POST", "/pic_jobs", HOSTS.set("Content-Type", "application/xml"), b"<Request/>"
    ),
    "describe": Request("GET", "/pic_jobs/j1,j2", HOSTS),
    "list": Request("GET", f"/pic_jobs?queueId={TARGET.queue_id}&tag=PicProcess", HOSTS),
    "cancel": Request("PUT", "/jobs/j1?cancel", HOSTS),
}
EVERY = [
    pytest.param(operation, recipe, id=f"{operation}-{recipe.name}")
    for operation in OPERATIONS
    for recipe in signature_cases(TARGET, operation)
]


def sealed(operation: str, recipe: Recipe) -> Request:
    return seal(recipe.apply(REQUESTS[operation]), recipe.signing, KEYRING, NOW)


@pytest.mark.parametrize(("operation", "recipe"), EVERY)
def test_a_recipe_is_admitted_exactly_when_it_should_be(operation: str, recipe: Recipe):
    assert admits(sealed(operation, recipe), NOW) == (recipe.expect.wanted is Wanted.ACCEPT)


@pytest.mark.parametrize(("operation", "recipe"), EVERY)
def test_what_is_sent_is_sound_but_for_its_signature(operation: str, recipe: Recipe):
    request = sealed(operation, recipe)
    assert HOST.fullmatch(request.headers.get("Host") or "")
    assert request.body == REQUESTS[operation].body
    assert request.method == REQUESTS[operation].method
    assert request.path == REQUESTS[operation].path
    length = request.headers.get("Content-Length")
    counted = len(request.body) if request.method in ("POST", "PUT") else None
    assert (int(length) if length is not None else None) == counted


def test_names_are_unique_and_notes_are_there():
    for operation in OPERATIONS:
        recipes = signature_cases(TARGET, operation)
        assert len({recipe.name for recipe in recipes}) == len(recipes)
        assert all(recipe.note and recipe.expect.clauses for recipe in recipes)


def test_every_clause_and_every_tamper_is_used():
    recipes = [recipe for operation in OPERATIONS for recipe in signature_cases(TARGET, operation)]
    named = {clause for recipe in recipes for clause in recipe.expect.clauses}
    ids = {each.id for each in CATALOGUE if each.id.startswith("SIG-") and "S" in each.roles}
    assert named == ids
    assert {recipe.signing.tamper for recipe in recipes} - {""} == set(TAMPERS)


def test_temporary_credentials_only_where_there_are_some():
    assert all(recipe.signing.who != "temporary" for recipe in signature_cases(BARE))


def test_every_digit_is_changed_once_on_create():
    good = parse_authorization(sealed_text(GOOD)).get("q-signature")
    changed = []
    for recipe in signature_cases(TARGET, "create"):
        if recipe.signing.tamper == "digit" and recipe.signing.carrier == "header":
            text = seal(REQUESTS["create"], recipe.signing, KEYRING, NOW).headers
            bad = parse_authorization(text.get("Authorization") or "").get("q-signature")
            changed += [place for place in range(40) if good[place] != bad[place]]
    assert changed == list(range(40))


def test_two_outcomes_are_only_a_should():
    weak = [recipe.name for recipe in signature_cases(TARGET) if recipe.expect.should]
    assert weak == ["SIG-37/letter-case", "SIG-42/upper-case", "SIG-26/cos-token"]


def sealed_text(signing: Signing) -> str:
    return seal(REQUESTS["create"], signing, KEYRING, NOW).headers.get("Authorization") or ""


def test_a_signature_by_hand():
    """The eight steps of the page, written out for one request."""
    request = seal(REQUESTS["create"], GOOD, KEYRING, NOW)
    window = "1699999100;1700003600"
    key = hmac.new(b"permanent-secret", window.encode(), hashlib.sha1).hexdigest()
    described = f"post\n/pic_jobs\n\nhost={TARGET.host}\n"
    to_sign = f"sha1\n{window}\n{hashlib.sha1(described.encode()).hexdigest()}\n"
    signature = hmac.new(key.encode(), to_sign.encode(), hashlib.sha1).hexdigest()
    assert request.headers.get("Authorization") == (
        f"q-sign-algorithm=sha1&q-ak=AKIDpermanent&q-sign-time={window}&q-key-time={window}"
        f"&q-header-list=host&q-url-param-list=&q-signature={signature}"
    )


def test_sealing_completes_the_headers_in_order():
    request = seal(REQUESTS["create"], Signing(who="temporary"), KEYRING, NOW)
    assert [name for name, _ in request.headers] == [
        *("Host", "Content-Type", "Date", "Content-Length", "x-ci-security-token", "Authorization")
    ]
    assert request.headers.get("Date") == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert request.headers.get("Content-Length") == "10"


def test_what_is_there_already_is_left_alone():
    headers = (
        ("Host", TARGET.host),
        ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("content-length", "3"),
        ("authorization", "mine"),
    )
    request = Request("POST", "/pic_jobs", Headers(headers), b"<a/>")
    assert seal(request, GOOD, KEYRING, NOW) == request


def test_no_date_when_none_is_asked_for_and_no_length_without_a_body_method():
    bare = seal(REQUESTS["describe"], Signing(date=False), KEYRING, NOW)
    assert [name for name, _ in bare.headers] == ["Host", "Authorization"]


def test_all_headers_means_those_that_are_sent():
    request = seal(REQUESTS["create"], Signing(headers=ALL_HEADERS), KEYRING, NOW)
    auth = parse_authorization(request.headers.get("Authorization") or "")
    assert auth.header_names == ("content-length", "content-type", "date", "host")


def test_a_signature_in_the_url_is_encoded_and_leaves_no_header():
    recipe = Signing(who="temporary", carrier="url", headers=(), params=())
    request = seal(REQUESTS["list"], recipe, KEYRING, NOW)
    assert "Authorization" not in request.headers
    assert "x-ci-security-token" not in request.headers
    assert "q-sign-time=1699999100%3B1700003600" in request.query
    assert {name for name, _ in request.params} >= {*PARAMETERS, "x-ci-security-token", "tag"}


def test_permanent_credentials_that_have_a_token_carry_it():
    keyring = Keyring(Credentials("AKID", "secret", "token"))
    request = seal(REQUESTS["describe"], GOOD, keyring, NOW)
    assert request.headers.get("x-ci-security-token") == "token"


@pytest.mark.parametrize(
    ("signing", "keyring", "message"),
    [
        (Signing(tamper="nonsense"), KEYRING, "no way of tampering is called 'nonsense'"),
        (Signing(who="nobody"), KEYRING, "signing.who is 'nobody'"),
        (Signing(who="temporary"), Keyring(KEYRING.permanent), "no temporary credentials"),
    ],
)
def test_an_impossible_recipe_is_named(signing: Signing, keyring: Keyring, message: str):
    with pytest.raises(ValueError, match=message):
        seal(REQUESTS["create"], signing, keyring, NOW)


def test_an_unknown_operation_is_named():
    with pytest.raises(ValueError, match="'delete' is none of the operations"):
        signature_cases(TARGET, "delete")


def test_secrets_are_never_shown():
    shown = repr(KEYRING) + repr(KEYRING.permanent) + repr(KEYRING.temporary)
    assert "secret" not in shown.replace("secret_", "")
    assert "session-token" not in shown
