"""Faults of the signature's acceptance: what is right is refused (SIG-20 to SIG-26)."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, quote_plus

from conformance.emulator.auth import Account, denied
from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.values import Incoming, Operation, Refusal
from conformance.spec.clauses import Level
from conformance.spec.names import PIC_JOBS
from conformance.spec.signature import (
    PARAMETERS,
    TOKEN_HEADERS,
    Authorization,
    Computation,
    hmac_sha1_hex,
    parse_window,
    sha1_hex,
    url_encode,
)
from conformance.spec.wire import Request

FAULTS = Faults()

SHOULD = Level.SHOULD
Pairs = tuple[tuple[str, str], ...]


# ---- SIG-20: host signed ----


@FAULTS.add(
    "sign-key-bytes",
    "SIG-20",
    "SIG-21",
    says="The SignKey is used as bytes, not as its hex text: every signature is refused.",
)
class SignKeyBytes(Behaviour):
    def recompute(
        self, reading: Request, incoming: Incoming, auth: Authorization, key: str
    ) -> Computation:
        made = super().recompute(reading, incoming, auth, key)
        raw = hmac.new(bytes.fromhex(key), made.string_to_sign.encode(), hashlib.sha1).hexdigest()
        return _signed(made, raw)


@FAULTS.add(
    "sign-host-of-the-socket",
    "SIG-20",
    "SIG-21",
    says="host is signed as the address listened on, not as the Host that was sent.",
)
class SignHostOfTheSocket(Behaviour):
    def signable_headers(self, incoming: Incoming) -> Pairs:
        own = f"{self.settings.host}:{self.settings.port}"
        pairs = super().signable_headers(incoming)
        return tuple((name, own if name.lower() == "host" else value) for name, value in pairs)


@FAULTS.add("sign-path-constant", "SIG-20", "SIG-40", says="The path is always taken as /pic_jobs.")
class SignPathConstant(Behaviour):
    def signed_path(self, incoming: Incoming) -> str:
        return PIC_JOBS


@FAULTS.add(
    "sign-path-with-query", "SIG-20", "SIG-23", says="The query is taken for a part of the path."
)
class SignPathWithQuery(Behaviour):
    def signed_path(self, incoming: Incoming) -> str:
        return incoming.request.target


@FAULTS.add("sign-path-encoded", "SIG-20", says="The path is signed as sent, not decoded.")
class SignPathEncoded(Behaviour):
    def signed_path(self, incoming: Incoming) -> str:
        return incoming.request.raw_path.replace(",", "%2C")


@FAULTS.add("sign-path-raw", "SIG-20", says="The path is signed with its percent signs.")
class SignPathRaw(Behaviour):
    def signed_path(self, incoming: Incoming) -> str:
        return incoming.request.raw_path


@FAULTS.add("sign-method-upper", "SIG-20", "SIG-22", says="The method is signed in upper case.")
class SignMethodUpper(Behaviour):
    def recompute(
        self, reading: Request, incoming: Incoming, auth: Authorization, key: str
    ) -> Computation:
        made = super().recompute(reading, incoming, auth, key)
        method = incoming.request.method
        return _again(made, method.upper() + made.http_string[len(method) :], auth, key)


@FAULTS.add("sign-window-short", "SIG-20", says="A window longer than a quarter hour is refused.")
class SignWindowShort(Behaviour):
    def check_key_time(self, incoming: Incoming, auth: Authorization) -> None:
        super().check_key_time(incoming, auth)
        window = parse_window(auth.get("q-key-time"))
        if window is not None and window[1] - window[0] > 900:
            raise denied("the window is longer than 15 minutes")


@FAULTS.add(
    "sign-order-fixed", "SIG-20", says="The q- parameters must come in the order of the page."
)
class SignOrderFixed(Behaviour):
    def check_parameters(self, auth: Authorization) -> None:
        super().check_parameters(auth)
        if tuple(name for name, _ in auth.pairs) != PARAMETERS:
            raise Refusal(401, "InvalidAuthorization", "the parameters are out of order")


# ---- SIG-21: every header signed ----


@FAULTS.add("sign-few-headers", "SIG-21", says="Only host and date may be signed.")
class SignFewHeaders(Behaviour):
    def check_header_list(self, incoming: Incoming, auth: Authorization) -> None:
        super().check_header_list(incoming, auth)
        if not {"host", "date"}.issuperset(auth.header_names):
            raise denied("q-header-list names a header that is not signed here")


@FAULTS.add(
    "sign-no-length",
    "SIG-21",
    says="Content-Length is not among the headers, and cannot be signed.",
)
class SignNoLength(Behaviour):
    def signable_headers(self, incoming: Incoming) -> Pairs:
        pairs = super().signable_headers(incoming)
        return tuple(pair for pair in pairs if pair[0].lower() != "content-length")


@FAULTS.add("sign-type-charset", "SIG-21", says="Content-Type is signed with a charset added.")
class SignTypeCharset(Behaviour):
    def signable_headers(self, incoming: Incoming) -> Pairs:
        pairs = super().signable_headers(incoming)
        return tuple(
            (name, f"{value}; charset=utf-8" if name.lower() == "content-type" else value)
            for name, value in pairs
        )


@FAULTS.add(
    "sign-unsorted", "SIG-21", says="Signed headers are not sorted, but taken as they came."
)
class SignUnsorted(Behaviour):
    def recompute(
        self, reading: Request, incoming: Incoming, auth: Authorization, key: str
    ) -> Computation:
        made = super().recompute(reading, incoming, auth, key)
        joined = "&".join(
            f"{url_encode(name).lower()}={url_encode(value)}"
            for name, value in self.signable_headers(incoming)
            if url_encode(name).lower() in auth.header_names
        )
        head = made.http_string.split("\n")[:3]
        return _again(made, "\n".join((*head, joined, "")), auth, key)


# ---- SIG-22: nothing signed ----


@FAULTS.add(
    "sign-list-empty-refused", "SIG-22", says="An empty q-header-list is refused.", level=SHOULD
)
class SignListEmptyRefused(Behaviour):
    def check_header_list(self, incoming: Incoming, auth: Authorization) -> None:
        super().check_header_list(incoming, auth)
        if not auth.header_names:
            raise denied("q-header-list is empty")


@FAULTS.add("sign-list-empty-missing", "SIG-22", says="Empty counts as missing.", level=SHOULD)
class SignListEmptyMissing(Behaviour):
    def check_parameter(self, auth: Authorization, name: str) -> None:
        super().check_parameter(auth, name)
        if name == "q-header-list" and not auth.get(name):
            raise Refusal(401, "InvalidAuthorization", f"{name} has no value")


# ---- SIG-23: URL parameters ----


class _Values(Behaviour):
    """Writes the signed URL parameters in its own way."""

    def recompute(
        self, reading: Request, incoming: Incoming, auth: Authorization, key: str
    ) -> Computation:
        made = super().recompute(reading, incoming, auth, key)
        params = sorted(
            (url_encode(name).lower(), value) for name, value in self.signed_params(reading, auth)
        )
        parts = made.http_string.split("\n")
        parts[2] = "&".join(self._pair(name, value) for name, value in params)
        return _again(made, "\n".join(parts), auth, key)

    def _pair(self, name: str, value: str) -> str:
        return f"{name}={self._value(value)}"

    def _value(self, value: str) -> str:
        return url_encode(value)


@FAULTS.add("sign-values-plus", "SIG-23", says="A space in a URL parameter is signed as a plus.")
class SignValuesPlus(_Values):
    def _value(self, value: str) -> str:
        return quote_plus(value, safe="-_.~")


@FAULTS.add("sign-values-raw", "SIG-23", says="URL parameters are signed without UrlEncode.")
class SignValuesRaw(_Values):
    def _value(self, value: str) -> str:
        return value


@FAULTS.add("sign-values-slash", "SIG-23", says="A slash in a URL parameter is not encoded.")
class SignValuesSlash(_Values):
    def _value(self, value: str) -> str:
        return url_encode(value).replace("%2F", "/")


@FAULTS.add("sign-values-marks", "SIG-23", says="Of a URL parameter !'()* are not encoded.")
class SignValuesMarks(_Values):
    def _value(self, value: str) -> str:
        return quote(value, safe="-_.~!'()*", errors="surrogateescape")


@FAULTS.add("sign-values-lower-hex", "SIG-23", says="UrlEncode writes lower-case hex.")
class SignValuesLowerHex(_Values):
    def _value(self, value: str) -> str:
        return "".join(
            c if c.isascii() and (c.isalnum() or c in "-_.~") else _hex(c) for c in value
        )


@FAULTS.add("sign-value-missing", "SIG-23", says="A parameter without value is signed without =.")
class SignValueMissing(_Values):
    def _pair(self, name: str, value: str) -> str:
        return super()._pair(name, value) if value else name


@FAULTS.add("sign-valueless-skipped", "SIG-23", says="A parameter without value is not signed.")
class SignValuelessSkipped(Behaviour):
    def signed_params(self, reading: Request, auth: Authorization) -> Pairs:
        return tuple(pair for pair in super().signed_params(reading, auth) if pair[1])


@FAULTS.add("sign-keys-as-sent", "SIG-23", says="Keys of URL parameters keep their letter case.")
class SignKeysAsSent(Behaviour):
    def recompute(
        self, reading: Request, incoming: Incoming, auth: Authorization, key: str
    ) -> Computation:
        made = super().recompute(reading, incoming, auth, key)
        params = sorted(self.signed_params(reading, auth))
        parts = made.http_string.split("\n")
        parts[2] = "&".join(f"{url_encode(name)}={url_encode(value)}" for name, value in params)
        return _again(made, "\n".join(parts), auth, key)


@FAULTS.add("sign-params-never", "SIG-23", says="URL parameters are left out of what is signed.")
class SignParamsNever(Behaviour):
    def signed_params(self, reading: Request, auth: Authorization) -> Pairs:
        return ()


# ---- SIG-24: the signature in the URL ----


@FAULTS.add("url-signature-refused", "SIG-24", says="URL signatures are not seen.", level=SHOULD)
class UrlSignatureRefused(Behaviour):
    def find_authorization_in_url(self, request: Request) -> Authorization | None:
        return None


@FAULTS.add(
    "url-signature-for-reading",
    "SIG-24",
    says="A signature in the URL is seen on GET only.",
    level=SHOULD,
)
class UrlSignatureForReading(Behaviour):
    def find_authorization_in_url(self, request: Request) -> Authorization | None:
        return super().find_authorization_in_url(request) if request.method == "GET" else None


@FAULTS.add(
    "url-signature-undecoded",
    "SIG-24",
    says="A signature in the URL is read without decoding its values.",
    level=SHOULD,
)
class UrlSignatureUndecoded(Behaviour):
    def find_authorization_in_url(self, request: Request) -> Authorization | None:
        found = super().find_authorization_in_url(request)
        if found is None:
            return None
        return Authorization(tuple((n, url_encode(v)) for n, v in found.pairs), found.carrier)


# ---- SIG-25: header values that need encoding ----


class _HeaderValues(Behaviour):
    """Writes the values of signed headers in its own way."""

    def recompute(
        self, reading: Request, incoming: Incoming, auth: Authorization, key: str
    ) -> Computation:
        made = super().recompute(reading, incoming, auth, key)
        headers = sorted(
            (url_encode(name).lower(), value) for name, value in self.signed_headers(incoming, auth)
        )
        parts = made.http_string.split("\n")
        parts[3] = "&".join(f"{name}={self._value(value)}" for name, value in headers)
        return _again(made, "\n".join(parts), auth, key)

    def _value(self, value: str) -> str:
        raise NotImplementedError


@FAULTS.add("sign-headers-plus", "SIG-25", "SIG-21", says="A space in a header is signed as plus.")
class SignHeadersPlus(_HeaderValues):
    def _value(self, value: str) -> str:
        return quote_plus(value, safe="-_.~", errors="surrogateescape")


@FAULTS.add("sign-headers-raw", "SIG-25", "SIG-21", says="Header values are signed as they are.")
class SignHeadersRaw(_HeaderValues):
    def _value(self, value: str) -> str:
        return value


@FAULTS.add("sign-headers-equals", "SIG-25", says="An equals sign in a header is not encoded.")
class SignHeadersEquals(_HeaderValues):
    def _value(self, value: str) -> str:
        return url_encode(value).replace("%3D", "=")


@FAULTS.add("sign-headers-quote", "SIG-25", says="A quotation mark in a header is not encoded.")
class SignHeadersQuote(_HeaderValues):
    def _value(self, value: str) -> str:
        return url_encode(value).replace("%22", '"')


@FAULTS.add(
    "sign-headers-latin-1", "SIG-25", says="Header bytes beyond ASCII are encoded two times."
)
class SignHeadersLatin1(_HeaderValues):
    def _value(self, value: str) -> str:
        return url_encode(value.encode("utf-8", "surrogateescape").decode("latin-1"))


# ---- SIG-26: temporary credentials ----


@FAULTS.add("temporary-unknown", "SIG-26", says="Temporary credentials are not known.")
class TemporaryUnknown(Behaviour):
    def accounts(self) -> tuple[Account, ...]:
        return super().accounts()[:1]


@FAULTS.add("temporary-not-for-create", "SIG-26", says="Temporary credentials cannot create.")
class TemporaryNotForCreate(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        super().check_token(incoming, auth, account)
        if account.token is not None and incoming.operation is Operation.CREATE:
            raise denied("temporary credentials may not create jobs")


@FAULTS.add("temporary-token-signed", "SIG-26", says="A token must be signed.")
class TemporaryTokenSigned(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        super().check_token(incoming, auth, account)
        signed = {*auth.header_names, *auth.param_names}
        if account.token is not None and not signed.intersection(TOKEN_HEADERS):
            raise denied("the token is not signed")


def _signed(made: Computation, signature: str) -> Computation:
    return Computation(
        made.key_time,
        made.http_string,
        made.string_to_sign,
        made.header_list,
        made.param_list,
        signature,
    )


def _again(made: Computation, http_string: str, auth: Authorization, key: str) -> Computation:
    """The computation from another HttpString on (steps 6 and 7)."""
    text = f"sha1\n{auth.get('q-sign-time')}\n{sha1_hex(http_string)}\n"
    return _signed(made, hmac_sha1_hex(key, text))


def _hex(character: str) -> str:
    data = character.encode("utf-8", "surrogateescape")
    return "".join(f"%{byte:02x}" for byte in data)
