"""What goes into a signature, as one value that can be changed before it is signed."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace

from conformance.spec.signature import (
    ALGORITHM,
    Computation,
    authorization_pairs,
    compute,
    select,
    sign_key,
    signed_headers,
    unsigned_params,
    url_encode,
)
from conformance.spec.wire import Request

#: The seven parameters with their values, in order.
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that goes into a signature, the request as the signature will describe it.

    ``sign_time`` and ``key_time`` are the two parameters, ``string_time`` is what stands in the
    string to sign; all three are equal in a sound signature. ``headers`` and ``params`` name what
    is signed (params None: every URL parameter).
    """

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    sign_time: str
    key_time: str
    string_time: str
    now: int
    request: Request
    headers: tuple[str, ...]
    params: tuple[str, ...] | None
    method: str = ""
    path: str = ""
    label: str = ALGORITHM
    digest: str = ALGORITHM


def sign(parts: Parts) -> Pairs:
    """The seven parameters of a signature over ``parts``."""
    computation = _compute(parts)
    if parts.label != ALGORITHM:
        computation = _otherwise(parts, computation)
    pairs = authorization_pairs(
        parts.secret_id, parts.key_time, computation, sign_time=parts.sign_time
    )
    return put(pairs, "q-sign-algorithm", parts.label)


def _compute(parts: Parts) -> Computation:
    request = parts.request
    params = unsigned_params(request)
    if parts.params is not None:
        params, _ = select(params, (url_encode(name) for name in parts.params))
    return compute(
        key=sign_key(parts.secret_key, parts.key_time),
        key_time=parts.key_time,
        sign_time=parts.string_time,
        method=parts.method or request.method,
        path=parts.path or request.path,
        params=params,
        headers=signed_headers(request.headers, parts.headers),
    )


def _otherwise(parts: Parts, computation: Computation) -> Computation:
    """The same signature with another algorithm's name in it, and perhaps its hashes."""

    def digest(text: str) -> str:
        return hashlib.new(parts.digest, text.encode("utf-8", "surrogateescape")).hexdigest()

    def keyed(key: str, text: str) -> str:
        return hmac.new(key.encode(), text.encode(), parts.digest).hexdigest()

    string = f"{parts.label}\n{parts.string_time}\n{digest(computation.http_string)}\n"
    key = keyed(parts.secret_key, parts.key_time)
    return replace(computation, string_to_sign=string, signature=keyed(key, string))


def put(pairs: Pairs, name: str, value: str) -> Pairs:
    """The pairs with another value for one of them."""
    return tuple((key, value if key == name else old) for key, old in pairs)
