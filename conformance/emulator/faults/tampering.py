"""Faults of the signature's refusal: what was changed after signing (SIG-38 to SIG-44)."""

from __future__ import annotations

from conformance.emulator.auth import Account, same
from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.values import Incoming, Refusal
from conformance.spec.clauses import Level
from conformance.spec.signature import (
    PARAMETERS,
    Authorization,
    Computation,
    sign_key,
)
from conformance.spec.wire import Request

FAULTS = Faults()

SHOULD = Level.SHOULD
Pairs = tuple[tuple[str, str], ...]

#: What a signature that is not verified leaves open.
_UNVERIFIED = ("SIG-33", "SIG-38", "SIG-39", "SIG-40", "SIG-42", "SIG-43")


# ---- SIG-38, SIG-41: headers ----


class _FixedHeader(Behaviour):
    """Signs with a value of its own in place of what was sent."""

    _name = ""

    def signable_headers(self, incoming: Incoming) -> Pairs:
        fixed = self._fixed(incoming)
        pairs = super().signable_headers(incoming)
        return tuple(
            (name, fixed if name.lower() == self._name else value) for name, value in pairs
        )

    def _fixed(self, incoming: Incoming) -> str:
        raise NotImplementedError


@FAULTS.add("header-host-own", "SIG-38", "REQ-46", says="host is signed as the settings have it.")
class HeaderHostOwn(_FixedHeader):
    _name = "host"

    def _fixed(self, incoming: Incoming) -> str:
        return self.settings.service_host

    def check_host(self, incoming: Incoming) -> None:
        return

    def check_bucket(self, incoming: Incoming) -> None:
        return


@FAULTS.add("header-type-fixed", "SIG-38", says="Content-Type is signed as application/xml.")
class HeaderTypeFixed(_FixedHeader):
    _name = "content-type"

    def _fixed(self, incoming: Incoming) -> str:
        return "application/xml"


@FAULTS.add("header-length-counted", "SIG-38", says="Content-Length is counted, not read.")
class HeaderLengthCounted(_FixedHeader):
    _name = "content-length"

    def _fixed(self, incoming: Incoming) -> str:
        return str(incoming.body_size)


@FAULTS.add("header-other-trusted", *_UNVERIFIED, says="Only a q-header-list of host is verified.")
class HeaderOtherTrusted(Behaviour):
    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        if auth.header_names in {(), ("host",)}:
            super().check_signature(incoming, auth, account)


@FAULTS.add("header-absent-skipped", "SIG-41", says="Absent headers in q-header-list are skipped.")
class HeaderAbsentSkipped(Behaviour):
    def check_header_list(self, incoming: Incoming, auth: Authorization) -> None:
        return


@FAULTS.add("header-absent-empty", "SIG-41", says="An absent header is signed as an empty one.")
class HeaderAbsentEmpty(Behaviour):
    def signable_headers(self, incoming: Incoming) -> Pairs:
        pairs = super().signable_headers(incoming)
        sent = {name.lower() for name, _ in pairs}
        named = self._auth.header_names if self._auth is not None else ()
        return (*pairs, *((name, "") for name in named if name not in sent))

    _auth: Authorization | None = None

    def check_header_list(self, incoming: Incoming, auth: Authorization) -> None:
        self._auth = auth
        super().check_header_list(incoming, auth)


# ---- SIG-39: URL parameters ----


@FAULTS.add("param-absent-skipped", "SIG-39", says="Absent names in q-url-param-list are skipped.")
class ParamAbsentSkipped(Behaviour):
    def check_param_list(self, incoming: Incoming, auth: Authorization) -> None:
        return


@FAULTS.add(
    "params-trusted", "SIG-39", "SIG-33", says="With signed parameters nothing is verified."
)
class ParamsTrusted(Behaviour):
    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        if not auth.param_names:
            super().check_signature(incoming, auth, account)
        else:
            incoming.params = tuple(p for p in incoming.params if p[0] not in PARAMETERS)


@FAULTS.add("param-of-cancel-ignored", "SIG-39", says="?cancel is signed as empty, whatever it is.")
class ParamOfCancelIgnored(Behaviour):
    def signed_params(self, reading: Request, auth: Authorization) -> Pairs:
        pairs = super().signed_params(reading, auth)
        return tuple((name, "" if name == "cancel" else value) for name, value in pairs)


@FAULTS.add("param-size-forgotten", "SIG-39", says="size may be changed after signing.")
class ParamSizeForgotten(Behaviour):
    def readings(self, request: Request) -> tuple[Request, ...]:
        usual = super().readings(request)
        size = request.param("size")
        if not size:
            return usual
        targets = (request.target.replace(f"size={size}", f"size={n}") for n in range(1, 101))
        made = (Request(request.method, t, request.headers, request.body) for t in targets)
        return (*usual, *made)


# ---- SIG-40: method and path ----


class _OtherTarget(Behaviour):
    """Tries other methods or paths when the signature does not match."""

    _tried: tuple[str, str] | None = None

    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        request = incoming.request
        for target in ((request.method, request.path), *self._targets(request)):
            self._tried = target
            try:
                super().check_signature(incoming, auth, account)
            except Refusal as refusal:
                problem = refusal
            else:
                return
            finally:
                self._tried = None
        raise problem

    def signed_method(self, incoming: Incoming) -> str:
        return self._tried[0] if self._tried else super().signed_method(incoming)

    def signed_path(self, incoming: Incoming) -> str:
        return self._tried[1] if self._tried else super().signed_path(incoming)

    def _targets(self, request: Request) -> Pairs:
        raise NotImplementedError


@FAULTS.add("method-forgotten", "SIG-40", says="A signature is good for every method.")
class MethodForgotten(_OtherTarget):
    def _targets(self, request: Request) -> Pairs:
        methods = ("GET", "PUT", "POST", "HEAD", "DELETE", "PATCH", "OPTIONS")
        return tuple((method, request.path) for method in methods)


@FAULTS.add("path-forgotten", "SIG-40", says="A signature for / is good for every path.")
class PathForgotten(_OtherTarget):
    def _targets(self, request: Request) -> Pairs:
        return ((request.method, "/"), (request.method, ""))


@FAULTS.add("path-first-part", "SIG-40", says="A signature for /pic_jobs is good for each job.")
class PathFirstPart(_OtherTarget):
    def _targets(self, request: Request) -> Pairs:
        return ((request.method, "/" + request.path.split("/")[1]),)


@FAULTS.add("path-any-case", "SIG-40", says="The path is signed without letter case.")
class PathAnyCase(_OtherTarget):
    def _targets(self, request: Request) -> Pairs:
        return ((request.method, request.path.lower()), (request.method, request.path.upper()))


@FAULTS.add("path-slashes", "SIG-40", says="A slash more at the end of the path is no matter.")
class PathSlashes(_OtherTarget):
    def _targets(self, request: Request) -> Pairs:
        bare = request.path.rstrip("/")
        return ((request.method, bare), (request.method, f"{bare}/"))


# ---- SIG-42, SIG-43: the signature itself ----


class _Loose(Behaviour):
    """Compares signatures in its own way, of any form."""

    def check_signature_form(self, auth: Authorization) -> None:
        return


@FAULTS.add("signature-first-half", "SIG-42", says="Only twenty digits are compared.")
class SignatureFirstHalf(_Loose):
    def compare(self, given: str, expected: str) -> bool:
        return same(given[:20], expected[:20])


@FAULTS.add("signature-first-eight", "SIG-42", says="Only eight digits are compared.")
class SignatureFirstEight(Behaviour):
    def compare(self, given: str, expected: str) -> bool:
        return same(given[:8], expected[:8])


@FAULTS.add("signature-last-digit", "SIG-42", says="The last digit is not compared.")
class SignatureLastDigit(Behaviour):
    def compare(self, given: str, expected: str) -> bool:
        return same(given[:-1], expected[:-1])


@FAULTS.add("signature-one-digit", "SIG-42", says="The seventeenth digit is not compared.")
class SignatureOneDigit(Behaviour):
    def compare(self, given: str, expected: str) -> bool:
        return same(given[:16] + given[17:], expected[:16] + expected[17:])


@FAULTS.add("signature-truncated", "SIG-42", says="A signature cut short is good so far.")
class SignatureTruncated(_Loose):
    def compare(self, given: str, expected: str) -> bool:
        return bool(given) and expected.startswith(given)


@FAULTS.add("signature-any-case", "SIG-42", says="Letter case is ignored.", level=SHOULD)
class SignatureAnyCase(_Loose):
    def compare(self, given: str, expected: str) -> bool:
        return same(given.lower(), expected)


@FAULTS.add("key-time-unsigned", "SIG-43", says="The SignKey is made from q-sign-time.")
class KeyTimeUnsigned(Behaviour):
    def key_for(self, account: Account, auth: Authorization) -> str:
        return sign_key(account.secret_key, auth.get("q-sign-time"))


@FAULTS.add("key-time-of-either", "SIG-43", says="The SignKey may be made from either time.")
class KeyTimeOfEither(Behaviour):
    def recompute(
        self, reading: Request, incoming: Incoming, auth: Authorization, key: str
    ) -> Computation:
        usual = super().recompute(reading, incoming, auth, key)
        if self.compare(auth.get("q-signature"), usual.signature):
            return usual
        other = sign_key(self.find_account(auth).secret_key, auth.get("q-sign-time"))
        return super().recompute(reading, incoming, auth, other)


# ---- SIG-44: tokens ----


@FAULTS.add("token-unchecked", "SIG-44", says="Temporary credentials need no token.")
class TokenUnchecked(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        return


@FAULTS.add("token-any", "SIG-44", says="Temporary credentials may come with any token.")
class TokenAny(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        if not self.tokens(incoming, auth):
            super().check_token(incoming, auth, account)


@FAULTS.add("token-optional", "SIG-44", says="A token is checked when it is there, only.")
class TokenOptional(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        if self.tokens(incoming, auth):
            super().check_token(incoming, auth, account)


@FAULTS.add("token-unread-in-url", "SIG-44", says="A signature in the URL needs no token.")
class TokenUnreadInUrl(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        if auth.carrier != "url":
            super().check_token(incoming, auth, account)


@FAULTS.add("token-longer", "SIG-44", says="What follows a token does not matter.")
class TokenLonger(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        right = account.token or ""
        if not any(token.startswith(right) for token in self.tokens(incoming, auth)):
            super().check_token(incoming, auth, account)


@FAULTS.add("token-beginning", "SIG-44", says="The first half of a token will do.")
class TokenBeginning(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        right, given = account.token or "", self.tokens(incoming, auth)
        if not any(right.startswith(token) and len(token) > 3 for token in given):
            super().check_token(incoming, auth, account)


@FAULTS.add("token-prefix", "SIG-44", says="Sixteen characters of a token are compared.")
class TokenPrefix(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        right = (account.token or "")[:16]
        if not any(token[:16] == right for token in self.tokens(incoming, auth)):
            super().check_token(incoming, auth, account)
