"""How a request is to be signed, well or badly, as plain data; and the function that signs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.generate.parts import Pairs, Parts, sign
from conformance.generate.tamper import HONEST, TAMPERS, Tamper
from conformance.spec.signature import url_encode
from conformance.spec.times import format_http_date
from conformance.spec.wire import HeaderList, Headers, Request


@dataclass(frozen=True, slots=True)
class Credentials:
    """One pair of keys; ``token`` is there for temporary ones. Never shown, never recorded."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The credentials of a run: the permanent pair, and the temporary one when there is one."""

    permanent: Credentials = field(repr=False)
    temporary: Credentials | None = field(default=None, repr=False)


#: Start and end of a sound window, in seconds from the moment of sending. The server's clock may be
#: as far behind as RSP-04 lets it be, and the window has begun for it all the same.
WINDOW = (-15 * 60, 3600)

#: Sign every header that is sent.
ALL_HEADERS = ("*",)


@dataclass(frozen=True, slots=True)
class Signing:
    """A recipe for the signature of one request.

    ``headers`` names what q-header-list holds (``ALL_HEADERS``: every header sent); ``params``
    likewise for the query (None: every URL parameter). ``window`` is start and end in seconds
    relative to the moment of sending. ``carrier`` is ``header`` or ``url``. ``who`` picks the keys:
    ``permanent``, ``temporary``, or ``none`` (send no signature at all). ``token_header`` is the
    header that carries the token of temporary credentials (E8). ``tamper`` names one way of
    spoiling the result (see ``generate.tamper``), ``at`` its place (a digit, a header's name, a
    parameter's name). ``date`` says whether a Date header is added; ``spelling``
    names a way of writing the headers that means the same (see SPELLINGS, HTTP-10).
    """

    who: str = "permanent"
    headers: tuple[str, ...] = ("host",)
    params: tuple[str, ...] | None = None
    window: tuple[int, int] = WINDOW
    carrier: str = "header"
    token_header: str = "x-ci-security-token"  # noqa: S105 - a header's name
    tamper: str = ""
    at: str = ""
    date: bool = True
    spelling: str = ""


GOOD = Signing()


def _last(*names: str) -> Callable[[HeaderList], HeaderList]:
    """Headers sorted by name, but for these, which follow in this order."""

    def order(items: HeaderList) -> HeaderList:
        places = {name: place for place, name in enumerate(names, 1)}
        return tuple(sorted(items, key=lambda item: (places.get(item[0].lower(), 0), item[0])))

    return order


def _mixed(name: str) -> str:
    return "".join(each.upper() if at % 2 else each.lower() for at, each in enumerate(name))


#: HTTP-10: names of headers in any letter case, and headers in any order.
SPELLINGS: dict[str, Callable[[HeaderList], HeaderList]] = {
    "lower-case": lambda items: tuple((name.lower(), value) for name, value in items),
    "upper-case": lambda items: tuple((name.upper(), value) for name, value in items),
    "mixed-case": lambda items: tuple((_mixed(name), value) for name, value in items),
    "reversed": lambda items: tuple(reversed(items)),
    "sorted": lambda items: tuple(sorted(items)),
    "type-last": _last("content-type"),
    "authorization-last": _last("authorization"),
}


def seal(request: Request, signing: Signing, keyring: Keyring, now: float) -> Request:
    """Complete ``request`` and sign it as ``signing`` says; ``now`` is Unix seconds.

    Adds Date, Content-Length (PUT and POST), the session token and the signature, each unless it
    is there already. Raises ValueError for a recipe that asks for what does not exist: an unknown
    tamper, or temporary credentials that the run lacks.
    """
    sealed = _sign(_complete(request, signing, now), signing, keyring, now)
    if not signing.spelling:
        return sealed
    return sealed.with_headers(Headers(SPELLINGS[signing.spelling](sealed.headers.items)))


def _sign(request: Request, signing: Signing, keyring: Keyring, now: float) -> Request:
    if signing.who == "none":
        return request
    credentials = _pick(keyring, signing.who)
    tamper = _tamper(signing.tamper)
    request = _carry_token(request, signing, credentials)
    window = f"{int(now) + signing.window[0]};{int(now) + signing.window[1]}"
    parts = Parts(
        secret_id=credentials.secret_id,
        secret_key=credentials.secret_key,
        sign_time=window,
        key_time=window,
        string_time=window,
        now=int(now),
        request=request,
        headers=_header_names(request, signing),
        params=signing.params,
    )
    pairs = tamper.pairs(sign(tamper.parts(parts, signing.at)), signing.at)
    return tamper.sent(_carry(request, signing, pairs, tamper), signing.at)


def _complete(request: Request, signing: Signing, now: float) -> Request:
    headers = request.headers
    if signing.date and "Date" not in headers:
        headers = headers.set("Date", format_http_date(now))
    counted = request.method.upper() in ("PUT", "POST") or request.body
    if counted and "Content-Length" not in headers:
        headers = headers.set("Content-Length", str(len(request.body)))
    return request.with_headers(headers)


def _pick(keyring: Keyring, who: str) -> Credentials:
    if who == "permanent":
        return keyring.permanent
    if who != "temporary":
        raise ValueError(f"signing.who is {who!r}: it is permanent, temporary or none")
    if keyring.temporary is None:
        raise ValueError("the run has no temporary credentials to sign with")
    return keyring.temporary


def _tamper(name: str) -> Tamper:
    if not name:
        return HONEST
    if name not in TAMPERS:
        raise ValueError(f"no way of tampering is called {name!r}")
    return TAMPERS[name]


def _carry_token(request: Request, signing: Signing, credentials: Credentials) -> Request:
    if credentials.token is None:
        return request
    if signing.carrier == "url":
        if request.param(signing.token_header) is not None:
            return request
        return _with_query(request, ((signing.token_header, credentials.token),))
    if signing.token_header in request.headers:
        return request
    return request.with_headers(request.headers.set(signing.token_header, credentials.token))


def _header_names(request: Request, signing: Signing) -> tuple[str, ...]:
    if signing.headers != ALL_HEADERS:
        return signing.headers
    return tuple(dict.fromkeys(name.lower() for name, _ in request.headers))


def _carry(request: Request, signing: Signing, pairs: Pairs, tamper: Tamper) -> Request:
    if signing.carrier == "url":
        return _with_query(request, pairs)
    if "Authorization" in request.headers:
        return request
    text = "&".join(f"{name}={value}" for name, value in pairs)
    headers = request.headers.set("Authorization", tamper.text(text, signing.at))
    return request.with_headers(headers)


def _with_query(request: Request, pairs: Pairs) -> Request:
    added = "&".join(f"{url_encode(name)}={url_encode(value)}" for name, value in pairs)
    joint = "&" if "?" in request.target else "?"
    return Request(request.method, f"{request.target}{joint}{added}", request.headers, request.body)
