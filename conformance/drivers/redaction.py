"""Taking secrets out of exchanges before anything else sees them.

The placeholders say what stood there, so that a check can still see that a server gave a secret
away (ERR-11), live and on the recording alike. Secrets shorter than 8 characters are taken out of
the places that carry them, but are not searched for: ``test`` in a body proves nothing.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from conformance.generate.signing import Credentials, Keyring
from conformance.spec.signature import (
    TOKEN_HEADERS,
    Authorization,
    NotAnAuthorization,
    authorization_in_url,
    parse_authorization,
    recompute,
    sign_key,
)
from conformance.spec.wire import Direction, Exchange, Failure, Headers, Request, Response

SECRET_KEY = "[redacted:secret-key]"  # noqa: S105  # the placeholder, not a secret
SIGN_KEY = "[redacted:sign-key]"
TOKEN = "[redacted:token]"  # noqa: S105
SIGNATURE = "[redacted:signature]"

_SHORTEST = 8
_LONG = 64 * 1024
_DIGITS = 40  # of a sign key and of a signature, which are SHA-1 in hex
_TELLING = 32  # digits with which one counts as told: the few that lack are soon guessed
_VARIED = 6  # different digits: 0000... is nobody's secret, and stands in many an id
_HEX_RUN = re.compile(rf"[0-9A-Fa-f]{{{_TELLING},4096}}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{32,}={0,2}")
_SIGNATURE_PARAMETER = re.compile(r"(q-signature(?:=|%3[Dd]))[^&\s\"'<>;,]*")
_SIGNATURE_VALUE = re.compile(rf"q-signature(?:=|%3[Dd])([0-9A-Fa-f]{{{_TELLING},{_DIGITS}}})")
_WINDOW = re.compile(r"q-(?:key|sign)-time(?:=|%3[Dd])([0-9]+(?:;|%3[Bb])[0-9]+)")
_ID_PARAMETER = re.compile(r"(q-ak(?:=|%3[Dd]))([^&\s\"'<>;,%]*)")
_TOKEN_PARAMETER = re.compile(rf"((?:{'|'.join(TOKEN_HEADERS)})=)[^&]+", re.IGNORECASE)


class Redactor:
    """Knows the secrets of a run and gives back exchanges without them. Safe to share by threads.

    Besides the keys and tokens of ``keyring`` these are the sign key of every window that was used
    and the signatures made with it, also when it is the server that computed them.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._credentials = [each for each in (keyring.permanent, keyring.temporary) if each]
        self._secrets = tuple(_secrets(self._credentials))
        self.tokens = frozenset(each.token for each in self._credentials if each.token)
        self._lock = threading.Lock()
        self.one_at_a_time = threading.Lock()  # for long bodies: copies of them take memory
        self._windows: dict[str, tuple[str, ...]] = {}
        self._hex: dict[str, str] = {}  # what sign keys and signatures seen so far begin with

    def exchange(self, exchange: Exchange) -> Exchange:
        """``exchange`` without secrets."""
        found = self.learn(exchange.request)
        own = _Scrubber(self, exchange.request, found)
        theirs = exchange.direction is Direction.CALLBACK
        request = own.request(exchange.request, theirs=theirs)
        response = exchange.response and own.response(exchange.response)
        failure = exchange.failure and own.failure(exchange.failure)
        return replace(exchange, request=request, response=response, failure=failure)

    def learn(self, request: Request) -> Authorization | None:
        """Take note of what the signature of ``request`` tells, before others can tell it again."""
        self._learn(f"{request.target}\n{request.headers.get('Authorization') or ''}")
        return _signature_of(request)

    def text(self, text: str) -> str:
        """``text`` (a message, a log line) without secrets."""
        return _Scrubber(self, None, None).text(text)

    def _learn(self, text: str) -> None:
        """Remember what is signed in ``text``, well or ill: signatures, sign keys of windows."""
        if "q-" not in text:
            return
        with self._lock:
            windows = {match[1].upper().replace("%3B", ";") for match in _WINDOW.finditer(text)}
            for window in windows - self._windows.keys():
                keys = tuple(sign_key(each.secret_key, window) for each in self._credentials)
                self._windows[window] = keys
                self._hex.update(dict.fromkeys(map(_beginning, keys), SIGN_KEY))
            for match in _SIGNATURE_VALUE.finditer(text):
                self._hex.setdefault(_beginning(match[1].lower()), SIGNATURE)

    @property
    def known_hex(self) -> Mapping[str, str]:
        """What sign keys and signatures seen so far begin with, and the placeholder of each."""
        return self._hex

    def expected(self, request: Request, signature: Authorization) -> frozenset[str]:
        """How the signatures begin that would be right: a server may quote them."""
        keys = self._windows.get(signature.get("q-key-time"), ())
        return frozenset(
            _beginning(each.signature)
            for key in keys
            for each in recompute(request, signature, key)
        )

    @property
    def secrets(self) -> tuple[_Secret, ...]:
        """What to look for, longest first."""
        return self._secrets


class _Scrubber:
    """Cleans the parts of one exchange, of whose request it knows the signature and the token."""

    def __init__(
        self, redactor: Redactor, request: Request | None, signature: Authorization | None
    ) -> None:
        self._redactor = redactor
        self._request = request
        self._signature = signature
        self._expected: frozenset[str] | None = None
        self._secrets = redactor.secrets
        for token in _tokens_of(request) if request else ():
            if len(token) >= _SHORTEST and token not in redactor.tokens:
                self._secrets = (_plain(token, TOKEN), *self._secrets)

    def request(self, request: Request, *, theirs: bool) -> Request:
        """``theirs``: the server under test wrote it, and may give away what only it computes."""
        headers = Headers(
            tuple(self._request_header(*pair, theirs=theirs) for pair in request.headers)
        )
        target = self._literals(request.target)
        if "?" in target or theirs:
            target = _TOKEN_PARAMETER.sub(rf"\1{TOKEN}", target)
            target = self.text(_mask_parameters(target))
        return replace(
            request, target=target, headers=headers, body=self._bytes(request.body, hexes=theirs)
        )

    def _request_header(self, name: str, value: str, *, theirs: bool) -> tuple[str, str]:
        lower = name.lower()
        if lower in TOKEN_HEADERS:
            return name, TOKEN if value else value
        if lower == "authorization" or theirs:
            return name, self.text(_mask_parameters(value))
        return name, self._literals(value)

    def response(self, response: Response) -> Response:
        headers = response.headers
        together = "\n".join(value for _, value in headers)
        if self.text(together) != together:
            headers = Headers(tuple((name, self.text(value)) for name, value in headers))
        return replace(
            response,
            headers=headers,
            reason=self.text(response.reason),
            body=self._bytes(response.body, hexes=True),
        )

    def failure(self, failure: Failure) -> Failure:
        return replace(failure, message=self.text(failure.message))

    def _bytes(self, body: bytes, *, hexes: bool) -> bytes:
        """A body without secrets; latin-1 keeps every byte that is not part of one."""
        if len(body) <= _LONG:
            return self._scrubbed(body, hexes=hexes)
        with self._redactor.one_at_a_time:
            return self._scrubbed(body, hexes=hexes)

    def _scrubbed(self, body: bytes, *, hexes: bool) -> bytes:
        if not body:
            return body
        text = body.decode("latin-1")
        clean = self.text(_mask_parameters(text)) if hexes else self._literals(text)
        return body if clean == text else clean.encode("latin-1", "replace")

    def text(self, text: str) -> str:
        """``text`` without secrets in whichever form they stand in it."""
        text = self._literals(text)
        if len(text) < 32:
            return text
        text = _HEX_RUN.sub(self._hex, text)
        return _BASE64.sub(self._base64, text)

    def _literals(self, text: str) -> str:
        for secret in self._secrets:
            text = secret.remove(text)
        return text

    def _hex(self, match: re.Match[str]) -> str:
        """A run of hex digits without the secrets in it (it may begin with those of a ``%3D``)."""
        run = match[0]
        lower = run.lower()
        known, expected = self._redactor.known_hex, self._expectable()
        out: list[str] = []
        done = 0
        for at in range(len(run) - _TELLING + 1):
            for value in (lower[at : at + _TELLING], lower[at : at + _DIGITS]):
                if (value in known or value in expected) and at >= done:
                    out += (run[done:at], known.get(value, SIGNATURE))
                    done = at + _DIGITS
        return "".join((*out, run[done:])) if out else run

    def _expectable(self) -> frozenset[str]:
        """The signatures that would be right for the request of this exchange."""
        if self._request is None or self._signature is None:
            return frozenset()
        if self._expected is None:
            self._expected = self._redactor.expected(self._request, self._signature)
        return self._expected

    def _base64(self, match: re.Match[str]) -> str:
        """A run of Base64 that holds a secret is replaced as a whole.

        It may begin with letters that are none of it (those of a ``%20``).
        """
        run = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        for begin in range(4):
            part = run[begin:]
            if len(part) % 4 == 1:  # no Base64 has this length; the last letter is none of it
                part = part[:-1]
            plain = base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1")
            clean = _HEX_RUN.sub(self._hex, self._literals(plain))
            if clean != plain:
                held = (SECRET_KEY, SIGN_KEY, TOKEN, SIGNATURE)
                return next((each for each in held if each in clean), match[0])
        return match[0]


def _signature_of(request: Request) -> Authorization | None:
    value = request.headers.get("Authorization")
    if value is None:
        return authorization_in_url(request) if "q-" in request.query else None
    try:
        return parse_authorization(value)
    except NotAnAuthorization:
        return None


def _beginning(digits: str) -> str:
    """By what a sign key or signature is known again, also when it is cut short."""
    begin = digits[:_TELLING]
    return begin if len(set(begin)) >= _VARIED else digits


def _tokens_of(request: Request) -> list[str]:
    """The tokens that a request carries, right or wrong: a wrong one may be nearly right."""
    in_headers = [value for name, value in request.headers if name.lower() in TOKEN_HEADERS]
    if "-token=" not in request.query.lower():
        return in_headers
    in_url = [value for name, value in request.params if name.lower() in TOKEN_HEADERS]
    return in_headers + in_url


def _mask_parameters(text: str) -> str:
    """Signatures out, and the middle of secret ids, wherever q- parameters are written."""
    if "q-" not in text:
        return text
    text = _SIGNATURE_PARAMETER.sub(rf"\1{SIGNATURE}", text)
    return _ID_PARAMETER.sub(lambda match: match[1] + mask(match[2]), text)


def mask(secret_id: str) -> str:
    """A secret id with its middle hidden: a name, but one that nobody else has to know."""
    if len(secret_id) < _SHORTEST:
        return secret_id
    return f"{secret_id[:4]}***{secret_id[-4:]}"


@dataclass(frozen=True, slots=True)
class _Secret:
    """A text to take out: ``probe`` stands in every form of it, ``pattern`` matches them all."""

    probe: str = field(repr=False)
    pattern: re.Pattern[str] = field(repr=False)
    placeholder: str

    def remove(self, text: str) -> str:
        return self.pattern.sub(self.placeholder, text) if self.probe in text else text


def _secrets(credentials: Iterable[Credentials]) -> Iterable[_Secret]:
    """Every secret in every form, the longest first."""
    found = [(each.secret_key, SECRET_KEY) for each in credentials]
    found += [(each.token, TOKEN) for each in credentials if each.token]
    for secret, placeholder in sorted(found, key=lambda pair: -len(pair[0])):
        if len(secret) >= _SHORTEST:
            yield _plain(secret, placeholder)
            yield from (
                _Secret(form, re.compile(re.escape(form)), placeholder)
                for form in sorted(set(_base64_forms(secret)), key=len, reverse=True)
            )


def _plain(secret: str, placeholder: str) -> _Secret:
    """``secret`` as it is, percent-encoded, or escaped for JSON or XML, or partly so."""
    text = secret.encode("utf-8").decode("latin-1")
    pattern = "".join(_any_form(character) for character in text)
    probe = max(re.findall(r"[A-Za-z0-9]*", text), key=len)
    return _Secret(probe, re.compile(pattern), placeholder)


def _any_form(character: str) -> str:
    """A pattern for one character in each way of writing it."""
    if character.isascii() and character.isalnum():
        return character
    code = ord(character)
    forms = [
        re.escape(character),
        rf"\\{re.escape(character)}",
        rf"(?i:%{code:02x}|\\u{code:04x}|&#x0*{code:x};)",
        rf"&#0*{code};",
        *(re.escape(f"&{name};") for name, held in _ENTITIES.items() if held == character),
    ]
    return f"(?:{'|'.join(forms)})"


_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def _base64_forms(secret: str) -> Iterable[str]:
    """What of ``secret`` is the same in the Base64 of any text that holds it, at three offsets."""
    data = secret.encode("utf-8")
    for offset, begin in enumerate((0, 2, 3)):
        coded = base64.b64encode(b"\0" * offset + data).decode("ascii")
        inner = coded[begin : (len(data) + offset) * 8 // 6]
        if len(inner) >= _SHORTEST:
            yield inner
            yield inner.replace("+", "-").replace("/", "_")
