"""The request signature (Request Signature, 436/7778): build, parse, verify.

All hashes are HMAC-SHA1 or SHA1 over UTF-8, written as lower-case hex. Every intermediate value is
kept, so that a finding can say "the string to sign as I recompute it was ...".
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from conformance.spec.wire import Headers, Request

ALGORITHM = "sha1"

#: The seven parameters, in the order in which the page writes them.
PARAMETERS = (
    "q-sign-algorithm",
    "q-ak",
    "q-sign-time",
    "q-key-time",
    "q-header-list",
    "q-url-param-list",
    "q-signature",
)

#: Either name carries the session token of temporary credentials (E8).
TOKEN_HEADERS = ("x-ci-security-token", "x-cos-security-token")

_WINDOW = re.compile("([0-9]{1,15});([0-9]{1,15})")


@lru_cache(maxsize=1024)
def url_encode(text: str) -> str:
    """Percent-encode, upper-case hex, every byte but ``A-Z a-z 0-9 - _ . ~``."""
    return quote(text, safe="-_.~", errors="surrogateescape")


def sha1_hex(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogateescape")).hexdigest()


def hmac_sha1_hex(key: str, text: str) -> str:
    message = text.encode("utf-8", "surrogateescape")
    return hmac.digest(key.encode("utf-8", "surrogateescape"), message, ALGORITHM).hex()


def sign_key(secret_key: str, key_time: str) -> str:
    """Step 2: ``SignKey`` as its hex text."""
    return hmac_sha1_hex(secret_key, key_time)


def canonical_pairs(pairs: Collection[tuple[str, str]]) -> tuple[str, str]:
    """Steps 3 and 4: the joined ``key=value`` text, and the list of keys, both sorted by key.

    Keys are UrlEncoded, then lower-cased; values are UrlEncoded.
    """
    if not pairs:
        return "", ""
    encoded = sorted([(url_encode(key).lower(), url_encode(value)) for key, value in pairs])
    joined = "&".join([f"{key}={value}" for key, value in encoded])
    return joined, ";".join([key for key, _ in encoded])


def header_text(value: str) -> str:
    """A header value as the text whose UTF-8 bytes are the bytes sent (E29).

    Headers travel as latin-1 text in :class:`Headers`; the bytes as sent are what is UrlEncoded.
    """
    return value.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


@dataclass(slots=True, unsafe_hash=True)  # frozen, each would take three times as long to make
class Computation:
    """Every intermediate value of one signature; ``key`` is secret and never shown."""

    key_time: str
    http_string: str
    string_to_sign: str
    header_list: str
    param_list: str
    signature: str


def compute(
    *,
    key: str,
    key_time: str,
    method: str,
    path: str,
    params: Collection[tuple[str, str]] = (),
    headers: Collection[tuple[str, str]] = (),
    sign_time: str | None = None,
) -> Computation:
    """Steps 3 to 7 from ``key``, the hex text of the SignKey.

    ``params`` and ``headers`` are the decoded pairs to be signed and no others; ``path`` is the
    decoded path. ``sign_time`` is what stands in the string to sign; it equals ``key_time``
    in every documented signature (SIG-03).
    """
    http_parameters, param_list = canonical_pairs(params)
    http_headers, header_list = canonical_pairs(headers)
    http_string = f"{method.lower()}\n{path}\n{http_parameters}\n{http_headers}\n"
    string_to_sign = f"{ALGORITHM}\n{sign_time or key_time}\n{sha1_hex(http_string)}\n"
    return Computation(
        key_time=key_time,
        http_string=http_string,
        string_to_sign=string_to_sign,
        header_list=header_list,
        param_list=param_list,
        signature=hmac_sha1_hex(key, string_to_sign),
    )


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parameters of a signature as they stand in a request, in order and unjudged."""

    pairs: tuple[tuple[str, str], ...]
    carrier: str  # "header" or "url"

    def get(self, name: str) -> str:
        """The first value of a parameter; ``""`` when it is absent."""
        for key, value in self.pairs:
            if key == name:
                return value
        return ""

    def count(self, name: str) -> int:
        return [key for key, _ in self.pairs].count(name)

    @property
    def header_names(self) -> tuple[str, ...]:
        return _split_list(self.get("q-header-list"))

    @property
    def param_names(self) -> tuple[str, ...]:
        return _split_list(self.get("q-url-param-list"))


def _split_list(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


class NotAnAuthorization(ValueError):
    """The text is not ``name=value`` pairs joined by ``&``."""


def parse_authorization(text: str) -> Authorization:
    """Split an Authorization header's value. Raises :class:`NotAnAuthorization`."""
    pairs: list[tuple[str, str]] = []
    for number, piece in enumerate(text.strip().split("&"), 1):
        name, equals, value = piece.partition("=")
        if not equals or not name.startswith("q-"):
            # The part itself may be a secret of another scheme, so it is not shown.
            raise NotAnAuthorization(f"part {number} of it is not a q- parameter with a value")
        pairs.append((name, value))
    return Authorization(tuple(pairs), "header")


def authorization_in_url(request: Request) -> Authorization | None:
    """The signature carried in URL parameters, or None when there is none."""
    pairs = tuple(pair for pair in request.params if pair[0] in PARAMETERS)
    return Authorization(pairs, "url") if pairs else None


def claimed_id(request: Request) -> str:
    """The SecretId that ``request`` says it is signed with; ``""`` when it says none."""
    value = request.headers.get("Authorization")
    try:
        auth = authorization_in_url(request) if value is None else parse_authorization(value)
    except NotAnAuthorization:
        return ""
    return auth.get("q-ak") if auth is not None else ""


def unsigned_params(request: Request) -> tuple[tuple[str, str], ...]:
    """The URL parameters that a signature may speak of: all but its own seven."""
    return tuple(pair for pair in request.params if pair[0] not in PARAMETERS)


def parse_window(text: str) -> tuple[int, int] | None:
    """``start;end`` in Unix seconds, or None when it is not of that form."""
    match = _WINDOW.fullmatch(text)
    return (int(match[1]), int(match[2])) if match is not None else None


def select(
    pairs: Iterable[tuple[str, str]], names: Iterable[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The pairs that a list of (UrlEncoded, lower-case) names picks, and the names picking none."""
    wanted = [name.lower() for name in names]
    by_name: dict[str, list[tuple[str, str]]] = {}
    for key, value in pairs:
        by_name.setdefault(url_encode(key).lower(), []).append((key, value))
    picked = tuple(pair for name in dict.fromkeys(wanted) for pair in by_name.get(name, ()))
    missing = tuple(name for name in wanted if name not in by_name)
    return picked, missing


def recompute(request: Request, auth: Authorization, key: str) -> tuple[Computation, ...]:
    """The signature as it should be, from the request as received and its own two lists.

    One computation for each permitted reading: a ``+`` in the query is a plus, or a space (E15);
    the plain reading comes first. ``key`` is the hex text of the SignKey.
    """
    headers, _ = select(
        ((name, header_text(value.strip())) for name, value in request.headers), auth.header_names
    )
    params, _ = select(unsigned_params(request), auth.param_names)
    readings = [params]
    if "+" in request.query:
        spaced = Request(request.method, request.target.replace("+", "%20"))
        readings.append(select(unsigned_params(spaced), auth.param_names)[0])
    return tuple(
        compute(
            key=key,
            key_time=auth.get("q-key-time"),
            sign_time=auth.get("q-sign-time"),
            method=request.method,
            path=request.path,
            params=reading,
            headers=headers,
        )
        for reading in readings
    )


def verifies(request: Request, auth: Authorization, secret_key: str) -> bool:
    """Whether ``q-signature`` is the one recomputed (under one permitted reading)."""
    key = sign_key(secret_key, auth.get("q-key-time"))
    given = auth.get("q-signature")
    return any(
        hmac.compare_digest(each.signature.encode(), given.encode("utf-8", "surrogateescape"))
        for each in recompute(request, auth, key)
    )


def authorization_text(
    secret_id: str, window: str, computation: Computation, *, sign_time: str | None = None
) -> str:
    """Step 8: the value of the Authorization header."""
    return "&".join(
        f"{name}={value}"
        for name, value in authorization_pairs(secret_id, window, computation, sign_time=sign_time)
    )


def authorization_pairs(
    secret_id: str, window: str, computation: Computation, *, sign_time: str | None = None
) -> tuple[tuple[str, str], ...]:
    """Step 8 as pairs in the documented order."""
    values = (
        ALGORITHM,
        secret_id,
        sign_time or window,
        window,
        computation.header_list,
        computation.param_list,
        computation.signature,
    )
    return tuple(zip(PARAMETERS, values, strict=True))


def signed_headers(headers: Headers, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The headers of those names as pairs to sign, values as their bytes are sent (E29)."""
    picked, _ = select(((name, header_text(value)) for name, value in headers), names)
    return picked
