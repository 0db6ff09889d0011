"""A curl line for a POSIX shell that sends a request of the run again, signed anew.

No secret is in it: the signature comes from ``picjobs-conformance sign``, which takes the keys from
the environment, and so does the token. The recipe of the signature is part of the line, so that a
request that was signed badly on purpose is signed badly again.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields, replace
from functools import cached_property
from typing import Any

from conformance.generate.signing import ALL_HEADERS, GOOD, Signing
from conformance.generate.tamper import OTHER_TOKEN
from conformance.scenarios.base import Call
from conformance.spec.signature import (
    PARAMETERS,
    TOKEN_HEADERS,
    NotAnAuthorization,
    authorization_in_url,
    parse_authorization,
)
from conformance.spec.times import parse_http_date
from conformance.spec.wire import Exchange, Headers, Request

COMMAND = "picjobs-conformance"

#: Longer bodies are not written into the line.
_BODY_LIMIT = 16 * 1024

#: What curl adds to a request that has a body.
_WITH_BODY = ("Content-Type", "Content-Length", "Expect")

_NOW = "$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')"
_PLAIN = re.compile(r"[\x20-\x7e]*")
_MARKED = re.compile(r"[^\x00-\x1f\x7f]*")


def curl_line(exchange: Exchange, endpoint: str = "", call: Call | None = None) -> str:
    """The line that repeats ``exchange`` (a redacted one) against ``endpoint``.

    An empty ``endpoint`` is taken from PICJOBS_ENDPOINT by the shell. ``call`` is what the
    scenario asked for; without it the recipe of the signature is read off the request.
    """
    return _Line(exchange, endpoint.rstrip("/"), call, quoted).text()


def curl_script(
    exchange: Exchange, endpoint: str, call: Call | None, body_file: str, says: str = ""
) -> bytes:
    """A script for any POSIX ``sh`` that does the same; ``body_file`` lies beside it.

    ``says`` is put into its comments, each line of it.
    """
    line = _Line(exchange, endpoint.rstrip("/"), call, in_single_quotes, f"$here/{body_file}")
    comments = [f"# {each}".rstrip() for each in says.splitlines()]
    lines = ["#!/bin/sh", *comments, "set -eu", 'here=$(dirname "$0")', line.text(), ""]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


@dataclass
class _Line:
    exchange: Exchange
    endpoint: str
    call: Call | None
    quote: Callable[..., str]
    body_file: str = ""

    @property
    def request(self) -> Request:
        return self.exchange.request

    @cached_property
    def signing(self) -> Signing | None:
        """How to sign; None when the request was sent without a signature or with a made-up one."""
        if self.call is None:
            signing = recipe_of(self.request)
        elif "Authorization" in self.call.request.headers:
            return None
        else:
            signing = self.call.signing
        return None if signing is None or signing.who == "none" else signing

    def text(self) -> str:
        words = ["curl --http1.1 -sS -i -g --path-as-is", *self._method(), self._url()]
        words += self._headers()
        before, body = self._body()
        words += body
        line = " ".join(words)
        if self._date_is_fresh and "date" in self._signed_names:
            line = f"DATE={_NOW}; {line}"
        return before + line

    def _method(self) -> list[str]:
        if self.request.method == "HEAD":
            return ["-I"]
        return ["-X", self.quote(self.request.method)]

    def _url(self) -> str:
        if not self.endpoint:
            base, proxy = '"$PICJOBS_ENDPOINT"', "--noproxy '*' "
        else:
            base = self.quote(self.endpoint)
            proxy = "--noproxy '*' " if self.endpoint.startswith("http:") else ""
        if self.signing is not None and self.signing.carrier == "url":
            return f'{proxy}{base}"$({self._sign("target")})"'
        return f"{proxy}{base}{self.quote(self.request.target)}"

    # ---- headers ----

    def _headers(self) -> Iterator[str]:
        names = {name.lower() for name, _ in self.request.headers}
        for name, value in self.request.headers:
            yield from self._header(name, value)
        body = bool(self.request.body)
        for name in ("User-Agent", "Accept", *(_WITH_BODY if body else ())):
            if name.lower() not in names:
                yield f"-H '{name}:'"

    def _header(self, name: str, value: str) -> Iterator[str]:
        lower = name.lower()
        if lower == "authorization" and self.signing is not None:
            yield f'-H "{name}: $({self._sign("authorization")})"'
        elif lower in TOKEN_HEADERS:
            yield f"-H {self._token(name)}"
        elif lower == "date" and self._date_is_fresh:
            yield f'-H "{name}: {"$DATE" if "date" in self._signed_names else _NOW}"'
        elif lower != "content-length" or not self._length_is_curls(value):
            yield f"-H {self.quote(f'{name}: {value}' if value else f'{name};', 'latin-1')}"

    def _token(self, name: str) -> str:
        signing = self.signing or GOOD
        if signing.tamper == "other-token":
            return self.quote(f"{name}: {OTHER_TOKEN}")
        temporary = signing.who == "temporary"
        return f'"{name}: ${"PICJOBS_TMP_TOKEN" if temporary else "PICJOBS_TOKEN"}"'

    def _length_is_curls(self, value: str) -> bool:
        """Whether curl itself sends this Content-Length."""
        body = self.request.body
        short = len(body) <= _BODY_LIMIT or bool(self.body_file)
        return bool(body) and value == str(len(body)) and short

    @cached_property
    def _date_is_fresh(self) -> bool:
        """Whether Date was the moment of sending, as opposed to a value chosen by the scenario."""
        date = parse_http_date(self.request.headers.get("Date"))
        return date is not None and abs(date - self.exchange.started) < 60

    # ---- the signature ----

    @cached_property
    def _signed(self) -> Request:
        """The request as it was before it was signed: without what signing added or took away."""
        request = self.request
        headers = request.headers.without("Authorization")
        for name in TOKEN_HEADERS:
            headers = headers.without(name)
        target = without_signature(request.target)
        if self.call is None:
            return replace(request, headers=headers, target=target)
        asked = self.call.request
        gone = tuple(pair for pair in asked.headers if pair[0] not in headers)
        return Request(asked.method, asked.target, Headers((*headers.items, *gone)))

    @cached_property
    def _signed_names(self) -> frozenset[str]:
        """The headers, in lower case, that signing has to know the values of."""
        signing = self.signing
        if signing is None:
            return frozenset()
        if signing.headers == ALL_HEADERS:
            return frozenset(name.lower() for name, _ in self._signed.headers)
        return frozenset(name.lower() for name in (*signing.headers, signing.at) if name)

    def _sign(self, form: str) -> str:
        """The command that prints the signature, as ``form`` (``authorization``, ``target``)."""
        assert self.signing is not None
        request = self._signed
        words = [COMMAND, "sign", self.quote(request.method), self.quote(request.target)]
        for name, value in request.headers:
            if name.lower() not in self._signed_names:
                continue
            if name.lower() == "date" and self._date_is_fresh:
                words.append(f'--header "{name}: $DATE"')
            else:
                words.append(f"--header {self.quote(f'{name}: {value}', 'latin-1')}")
        if self.signing.tamper == "drop-header" and self.signing.at.lower() == "date":
            words.append(f'--header "Date: {_NOW}"')  # signed, and left out of what is sent
        recipe = recipe_json(self.signing)
        if recipe != "{}":
            words.append(f"--recipe {self.quote(recipe)}")
        if form != "authorization":
            words.append(f"--as {form}")
        return " ".join(words)

    # ---- the body ----

    def _body(self) -> tuple[str, list[str]]:
        """What has to come before the line, and the words in it, for the body to be sent."""
        body = self.request.body
        if not body:
            return "", ["--data-raw ''"] if self.request.method == "POST" else []
        if self.body_file:
            return "", [f'--data-binary "@{self.body_file}"']
        if len(body) > _BODY_LIMIT:
            note = f"# put the {len(body)} bytes of the body into body.bin first\n"
            return note, ["--data-binary @body.bin"]
        if b"\0" in body:
            coded = base64.b64encode(body).decode("ascii")
            return f"echo {coded} | base64 -d | ", ["--data-binary @-"]
        return "", [f"--data-raw {self.quote(body.decode('utf-8', 'surrogateescape'))}"]


# ---- recipes ------------------------------------------------------------------------------------


def recipe_json(signing: Signing) -> str:
    """What differs from the plain recipe, as a JSON object; :func:`recipe_from` reads it."""
    differing: dict[str, Any] = {}
    for each in fields(Signing):
        value = getattr(signing, each.name)
        if each.default is MISSING or value != each.default:
            differing[each.name] = value
    return json.dumps(differing)


def recipe_from(text: str) -> Signing:
    """The recipe that :func:`recipe_json` wrote. Raises ValueError with what is wrong."""
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError("is not JSON") from None
    if not isinstance(given, dict):
        raise TypeError("is not a JSON object")
    kinds: dict[str, type | tuple[type, ...]] = {
        each.name: type(each.default) if each.default is not None else tuple
        for each in fields(GOOD)
    }
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in kinds:
            raise ValueError(f"has the unknown key {name!r}")
        typed = tuple(value) if isinstance(value, list) else value
        if typed is not None and not isinstance(typed, kinds[name]):
            raise ValueError(f"has a {name} of the wrong type")
        found[name] = typed
    signing = replace(GOOD, **found)
    if len(signing.window) != 2 or not all(isinstance(each, int) for each in signing.window):
        raise ValueError("has a window that is not two whole numbers")
    return signing


def recipe_of(request: Request) -> Signing | None:
    """The recipe that a signature shows: its lists and its carrier; None when there is none."""
    value = request.headers.get("Authorization")
    try:
        auth = parse_authorization(value) if value else authorization_in_url(request)
    except NotAnAuthorization:
        return None
    if auth is None:
        return None
    carriers = [*(name for name, _ in request.headers), *(name for name, _ in request.params)]
    tokens = [name for name in carriers if name.lower() in TOKEN_HEADERS]
    params = tuple(name for name, _ in request.params if name not in PARAMETERS)
    return Signing(
        who="temporary" if tokens else "permanent",
        headers=auth.header_names,
        params=None if len(auth.param_names) == len(params) else auth.param_names,
        carrier=auth.carrier,
        token_header=tokens[0] if tokens else GOOD.token_header,
    )


def without_signature(target: str) -> str:
    """``target`` without the parameters of a signature and the token."""
    path, _, query = target.partition("?")
    ours = (*PARAMETERS, *TOKEN_HEADERS)
    kept = [piece for piece in query.split("&") if piece.partition("=")[0].lower() not in ours]
    return f"{path}?{'&'.join(kept)}" if any(kept) else path


# ---- quoting ------------------------------------------------------------------------------------


def quoted(text: str, encoding: str = "utf-8") -> str:
    """``text`` as one word of a shell that has ``$'...'`` (bash, zsh, ksh, POSIX 2024).

    ``encoding`` is how its characters travel; what UTF-8 cannot show is written as octal bytes.
    """
    if _PLAIN.fullmatch(text):
        return shlex.quote(text)
    if encoding == "utf-8" and _MARKED.fullmatch(text) and not _has_surrogates(text):
        return shlex.quote(text)
    data = text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    return "$'" + "".join(map(_escaped, data)) + "'"


def in_single_quotes(text: str, encoding: str = "utf-8") -> str:
    """``text`` as one word of any POSIX shell; bytes that are not UTF-8 become surrogates."""
    data = text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    held = data.decode("utf-8", "surrogateescape").replace("'", "'\\''")
    return f"'{held}'"


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _escaped(byte: int) -> str:
    named = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x27: "\\'", 0x5C: "\\\\"}
    if byte in named:
        return named[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
