"""Ways of spoiling a signature, one for each thing that SIG-30 to SIG-45 ask a server to notice.

A way works at one of four moments: on what is about to be signed, on the seven parameters, on the
text of the Authorization header, or on the request as it leaves. What is *sent* stays a sound
request wherever possible (the true Host, a true Date), so that only the signature can be the
reason for a refusal: instead of changing a header after signing, another value of it is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from conformance.generate.parts import Pairs, Parts, put
from conformance.spec.signature import TOKEN_HEADERS, parse_window, url_encode
from conformance.spec.wire import Request, parse_query

#: A secret id of the usual form that nobody has.
UNKNOWN_ID = "AKIDpicjobsConformanceNobodyHasThis0"

#: A token that no service has issued.
OTHER_TOKEN = "picjobs-conformance-no-such-session-token"  # noqa: S105 - nobody's


def _keep_parts(parts: Parts, _at: str) -> Parts:
    return parts


def _keep_pairs(pairs: Pairs, _at: str) -> Pairs:
    return pairs


def _keep_text(text: str, _at: str) -> str:
    return text


def _keep_request(request: Request, _at: str) -> Request:
    return request


@dataclass(frozen=True, slots=True)
class Tamper:
    """One way of spoiling a signature; each step is told the recipe's ``at``."""

    parts: Callable[[Parts, str], Parts] = _keep_parts
    pairs: Callable[[Pairs, str], Pairs] = _keep_pairs
    text: Callable[[str, str], str] = _keep_text
    sent: Callable[[Request, str], Request] = _keep_request


HONEST = Tamper()


# ---- before signing: the signature speaks of something else than what is sent ----


def _other_key(parts: Parts, _at: str) -> Parts:
    return replace(parts, secret_key=f"x{parts.secret_key}")


def _empty_key(parts: Parts, _at: str) -> Parts:
    return replace(parts, secret_key="")


def _unknown_id(parts: Parts, _at: str) -> Parts:
    return replace(parts, secret_id=UNKNOWN_ID)


def _other_case_id(parts: Parts, _at: str) -> Parts:
    return replace(parts, secret_id=parts.secret_id.swapcase())


def _reorder(pairs: Pairs, _at: str) -> Pairs:
    return tuple(reversed(pairs))


def _algorithm(parts: Parts, at: str) -> Parts:
    return replace(parts, label=at, digest=at)


def _algorithm_label(parts: Parts, at: str) -> Parts:
    return replace(parts, label=at)


def _sign_other_header(parts: Parts, at: str) -> Parts:
    headers = parts.request.headers
    changed = headers.set(at, f"x{headers.get(at) or ''}")
    return _naming(replace(parts, request=parts.request.with_headers(changed)), at)


def _sign_absent_header(parts: Parts, at: str) -> Parts:
    changed = parts.request.headers.set(at, "")
    return _naming(replace(parts, request=parts.request.with_headers(changed)), at)


def _naming(parts: Parts, header: str) -> Parts:
    return replace(parts, headers=tuple(dict.fromkeys((*parts.headers, header.lower()))))


def _sign_other_param(parts: Parts, at: str) -> Parts:
    pairs = tuple(
        (name, f"x{value}" if name == at else value) for name, value in parts.request.params
    )
    return replace(parts, request=_with_params(parts.request, pairs))


def _sign_absent_param(parts: Parts, at: str) -> Parts:
    return replace(parts, request=_with_params(parts.request, (*parts.request.params, (at, ""))))


def _sign_method(parts: Parts, at: str) -> Parts:
    return replace(parts, method=at)


def _sign_path(parts: Parts, at: str) -> Parts:
    return replace(parts, path=at)


def _sign_time_ended(parts: Parts, at: str) -> Parts:
    ended = _ended(parts)
    return replace(parts, sign_time=ended, string_time=ended if at == "sign" else parts.key_time)


def _key_time_ended(parts: Parts, at: str) -> Parts:
    ended = _ended(parts)
    return replace(parts, key_time=ended, string_time=parts.sign_time if at == "sign" else ended)


def _ended(parts: Parts) -> str:
    return f"{parts.now - 7200};{parts.now - 3600}"


def _with_params(request: Request, pairs: Iterable[tuple[str, str]]) -> Request:
    query = "&".join(f"{url_encode(name)}={url_encode(value)}" for name, value in pairs)
    return replace(request, target=f"{request.raw_path}?{query}")


# ---- the seven parameters, after signing ----


def _drop(pairs: Pairs, at: str) -> Pairs:
    return tuple(pair for pair in pairs if pair[0] != at)


def _value(pairs: Pairs, name: str) -> str:
    return dict(pairs).get(name, "")


def _rename_algorithm(pairs: Pairs, at: str) -> Pairs:
    return put(pairs, "q-sign-algorithm", at)


def _list_header(pairs: Pairs, at: str) -> Pairs:
    return _list(pairs, "q-header-list", at)


def _list_param(pairs: Pairs, at: str) -> Pairs:
    return _list(pairs, "q-url-param-list", at)


def _list(pairs: Pairs, name: str, added: str) -> Pairs:
    held = [each for each in _value(pairs, name).split(";") if each]
    return put(pairs, name, ";".join(sorted({*held, url_encode(added).lower()})))


def _unlist_param(pairs: Pairs, at: str) -> Pairs:
    gone = url_encode(at).lower()
    kept = (each for each in _value(pairs, "q-url-param-list").split(";") if each != gone)
    return put(pairs, "q-url-param-list", ";".join(kept))


def _digit(pairs: Pairs, at: str) -> Pairs:
    old = _value(pairs, "q-signature")
    place = int(at)
    other = f"{(int(old[place], 16) + 1) % 16:x}"
    return put(pairs, "q-signature", f"{old[:place]}{other}{old[place + 1 :]}")


def _truncate(pairs: Pairs, at: str) -> Pairs:
    return put(pairs, "q-signature", _value(pairs, "q-signature")[: int(at)])


def _append(pairs: Pairs, at: str) -> Pairs:
    return put(pairs, "q-signature", _value(pairs, "q-signature") + at)


def _upper(pairs: Pairs, _at: str) -> Pairs:
    return put(pairs, "q-signature", _value(pairs, "q-signature").upper())


def _stretch_key_time(pairs: Pairs, at: str) -> Pairs:
    return _stretch(pairs, "q-key-time", int(at))


def _stretch_both(pairs: Pairs, at: str) -> Pairs:
    return _stretch(_stretch(pairs, "q-key-time", int(at)), "q-sign-time", int(at))


def _stretch(pairs: Pairs, name: str, seconds: int) -> Pairs:
    window = parse_window(_value(pairs, name))
    assert window is not None
    return put(pairs, name, f"{window[0]};{window[1] + seconds}")


# ---- the Authorization header as a whole ----

#: What stands in Authorization in place of a signature (SIG-31).
MALFORMED: dict[str, str] = {
    "empty": "",
    "word": "signature",
    "basic": "Basic cGljam9iczpjb25mb3JtYW5jZQ==",
    "bearer": "Bearer cGljam9icy1jb25mb3JtYW5jZQ",
    "aws4": (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20220718/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=28e9a4986df11bed0255e97ff90500557e0ea057"
    ),
    "json": '{"q-sign-algorithm":"sha1"}',
    "no-equals": "q-sign-algorithm&q-ak&q-sign-time&q-key-time&q-header-list&q-signature",
    "ampersands": "&&&&&&",
}


def _malformed(_text: str, at: str) -> str:
    return MALFORMED[at]


def _comma_joined(text: str, _at: str) -> str:
    return text.replace("&", ", ")


def _halved(text: str, _at: str) -> str:
    return text[: text.index("q-key-time")]


# ---- the request as it leaves ----


def _drop_header(request: Request, at: str) -> Request:
    return request.with_headers(request.headers.without(at))


def _drop_param(request: Request, at: str) -> Request:
    kept = (piece for piece in request.query.split("&") if piece and parse_query(piece)[0][0] != at)
    query = "&".join(kept)
    return replace(request, target=f"{request.raw_path}?{query}" if query else request.raw_path)


def _no_token(request: Request, _at: str) -> Request:
    headers = request.headers
    for name in TOKEN_HEADERS:
        headers = headers.without(name)
    return request.with_headers(headers)


def _other_token(request: Request, _at: str) -> Request:
    headers = request.headers
    for name in TOKEN_HEADERS:
        if name in headers:
            headers = headers.set(name, OTHER_TOKEN)
    return request.with_headers(headers)


def _touched_token(request: Request, _at: str) -> Request:
    """The token with its last character changed: a comparison of beginnings would not see it."""
    return _with_token(request, lambda held: held[:-1] + ("x" if held[-1] != "x" else "y"))


def _with_token(request: Request, edit: Callable[[str], str]) -> Request:
    """Another token in whichever header carries it."""
    headers = request.headers
    for name in TOKEN_HEADERS:
        token = headers.get(name)
        if token:
            headers = headers.set(name, edit(token))
    return request.with_headers(headers)


def _send_other_param(request: Request, at: str) -> Request:
    """A URL parameter gets another value after it was signed."""
    name = at.partition("=")[0]
    pieces = [
        at if piece.partition("=")[0] == name else piece for piece in request.query.split("&")
    ]
    target = f"{request.raw_path}?{'&'.join(pieces)}"
    return Request(request.method, target, request.headers, request.body)


def _pad_length(request: Request, _at: str) -> Request:
    """The same length, written with a zero before it: the header is not as it was signed."""
    length = request.headers.get("Content-Length") or "0"
    return request.with_headers(request.headers.set("Content-Length", f"0{length}"))


def _send_other_header(request: Request, at: str) -> Request:
    name, _, value = at.partition("=")
    return request.with_headers(request.headers.set(name, value))


#: Every way by its name; what ``at`` means stands behind it.
TAMPERS: dict[str, Tamper] = {
    "other-key": Tamper(parts=_other_key),
    "empty-key": Tamper(parts=_empty_key),
    "unknown-id": Tamper(parts=_unknown_id),
    "algorithm": Tamper(parts=_algorithm),  # its name; hashes, string and parameter agree
    "algorithm-label": Tamper(parts=_algorithm_label),  # its name, in string and parameter only
    "rename-algorithm": Tamper(pairs=_rename_algorithm),  # its name, after signing
    "sign-other-header": Tamper(parts=_sign_other_header),  # header
    "sign-absent-header": Tamper(parts=_sign_absent_header),  # header that is not sent
    "sign-other-param": Tamper(parts=_sign_other_param),  # URL parameter
    "sign-absent-param": Tamper(parts=_sign_absent_param),  # URL parameter that is not sent
    "sign-method": Tamper(parts=_sign_method),  # method
    "sign-path": Tamper(parts=_sign_path),  # path
    "sign-time-ended": Tamper(parts=_sign_time_ended),  # sign or key: which is in the string
    "key-time-ended": Tamper(parts=_key_time_ended),  # likewise
    "drop": Tamper(pairs=_drop),  # one of the seven parameters
    "list-header": Tamper(pairs=_list_header),  # header
    "list-param": Tamper(pairs=_list_param),  # URL parameter
    "unlist-param": Tamper(pairs=_unlist_param),  # URL parameter
    "digit": Tamper(pairs=_digit),  # 0 to 39
    "truncate": Tamper(pairs=_truncate),  # characters that stay
    "append": Tamper(pairs=_append),  # what is appended
    "upper": Tamper(pairs=_upper),
    "stretch-key-time": Tamper(pairs=_stretch_key_time),  # seconds
    "stretch-both": Tamper(pairs=_stretch_both),  # seconds
    "malformed": Tamper(text=_malformed),  # a key of MALFORMED
    "comma-joined": Tamper(text=_comma_joined),
    "halved": Tamper(text=_halved),
    "drop-header": Tamper(sent=_drop_header),  # header
    "drop-param": Tamper(sent=_drop_param),  # URL parameter
    "no-token": Tamper(sent=_no_token),
    "other-token": Tamper(sent=_other_token),
    "touched-token": Tamper(sent=_touched_token),
    "empty-token": Tamper(sent=lambda request, _: _with_token(request, lambda _held: "")),
    "longer-token": Tamper(sent=lambda request, _: _with_token(request, lambda held: f"{held}x")),
    "shorter-token": Tamper(
        sent=lambda request, _: _with_token(request, lambda held: held[: len(held) // 2])
    ),
    "send-other-header": Tamper(sent=_send_other_header),  # name=value, sent after signing
    "send-other-param": Tamper(sent=_send_other_param),  # name=value, sent after signing
    "pad-length": Tamper(sent=_pad_length),
    "other-case-id": Tamper(parts=_other_case_id),
    "reorder": Tamper(pairs=_reorder),  # the seven parameters backwards: no spoiling at all
}
