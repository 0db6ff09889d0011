"""Hooks that verify the request signature, from the request as it was received (SIG-20 to SIG-45).

Each check is a method of its own and raises :class:`Refusal`; ``authorise`` calls them in order.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field

from conformance.emulator.hooks import Hooks
from conformance.emulator.values import Incoming, Refusal, shown
from conformance.spec.signature import (
    ALGORITHM,
    PARAMETERS,
    TOKEN_HEADERS,
    Authorization,
    Computation,
    NotAnAuthorization,
    authorization_in_url,
    compute,
    header_text,
    parse_authorization,
    parse_window,
    select,
    sign_key,
    unsigned_params,
)
from conformance.spec.wire import Request

_SIGNATURE = re.compile("[0-9a-f]{40}")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A pair of keys that the emulator knows; ``token`` is there for temporary ones."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


class SignatureRules(Hooks):
    """The decisions that make a request authorised or not."""

    def authorise(self, incoming: Incoming) -> None:
        """Let the request pass, or raise the refusal that fits."""
        auth = self.find_authorization(incoming)
        self.check_parameters(auth)
        self.check_algorithm(auth)
        self.check_signature_form(auth)
        account = self.find_account(auth)
        self.check_token(incoming, auth, account)
        self.check_key_time(incoming, auth)
        self.check_sign_time(incoming, auth)
        self.check_header_list(incoming, auth)
        self.check_param_list(incoming, auth)
        self.check_signature(incoming, auth, account)

    def find_authorization(self, incoming: Incoming) -> Authorization:
        """SIG-30, SIG-31: from the Authorization header or, without one, from the URL (SIG-24)."""
        given = incoming.request.headers.all("Authorization")
        if len(given) > 1:
            raise invalid("the Authorization header is there more than once")
        if given:
            return self.read_authorization(given[0])
        in_url = self.find_authorization_in_url(incoming.request)
        if in_url is None:
            raise Refusal(401, "MissingAuthorization", "the request carries no signature")
        return in_url

    def read_authorization(self, text: str) -> Authorization:
        try:
            return parse_authorization(text)
        except NotAnAuthorization:
            raise invalid("the Authorization header is not q- parameters joined by &") from None

    def find_authorization_in_url(self, request: Request) -> Authorization | None:
        return authorization_in_url(request)

    def check_parameters(self, auth: Authorization) -> None:
        """SIG-32: the seven parameters are all there, once, and none else."""
        for name in PARAMETERS:
            self.check_parameter(auth, name)
        for name, _ in auth.pairs:
            if name not in PARAMETERS:
                raise invalid(f"{shown(name)} is not a parameter of a signature")

    def check_parameter(self, auth: Authorization, name: str) -> None:
        found = auth.count(name)
        if found != 1:
            raise invalid(f"{name} is {'missing' if not found else 'there more than once'}")

    def check_algorithm(self, auth: Authorization) -> None:
        """SIG-37."""
        if auth.get("q-sign-algorithm") != ALGORITHM:
            raise invalid(f"q-sign-algorithm is not {ALGORITHM}")

    def check_signature_form(self, auth: Authorization) -> None:
        """SIG-42: 40 lower-case hex digits."""
        if not _SIGNATURE.fullmatch(auth.get("q-signature")):
            raise invalid("q-signature is not 40 lower-case hex digits")

    def accounts(self) -> tuple[Account, ...]:
        """Whose signatures are taken."""
        own = self.settings
        permanent = Account(own.secret_id, own.secret_key)
        if not own.tmp_secret_id:
            return (permanent,)
        return (permanent, Account(own.tmp_secret_id, own.tmp_secret_key, own.tmp_token))

    def find_account(self, auth: Authorization) -> Account:
        """SIG-34."""
        for account in self.accounts():
            if account.secret_id == auth.get("q-ak"):
                return account
        raise Refusal(401, "SecretidNotExist", "q-ak is not a known SecretId")

    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        """SIG-26, SIG-44: temporary credentials come with their token, and with no other."""
        if account.token is None:
            return
        given = self.tokens(incoming, auth)
        if not given:
            raise denied("temporary credentials need their session token")
        if any(not same(token, account.token) for token in given):
            raise denied("the session token is not that of the credentials")

    def tokens(self, incoming: Incoming, auth: Authorization) -> tuple[str, ...]:
        """Every token that came: in a header of either name (E8), or beside the URL's signature."""
        request = incoming.request
        given = [value for name in TOKEN_HEADERS for value in request.headers.all(name)]
        if auth.carrier == "url":
            given += [value for name, value in request.params if name.lower() in TOKEN_HEADERS]
        return tuple(given)

    def check_key_time(self, incoming: Incoming, auth: Authorization) -> None:
        """SIG-35, SIG-36 for the window that the key is made for."""
        self.check_window(incoming, auth, "q-key-time")

    def check_sign_time(self, incoming: Incoming, auth: Authorization) -> None:
        """SIG-45: the window of the signature itself must hold as well."""
        self.check_window(incoming, auth, "q-sign-time")

    def check_window(self, incoming: Incoming, auth: Authorization, name: str) -> None:
        window = parse_window(auth.get(name))
        if window is None or window[0] >= window[1]:
            raise invalid(f"{name} is not start;end in Unix seconds, start before end")
        if incoming.arrived > window[1]:
            raise Refusal(401, "SignatureExpired", f"{name} has ended")
        if incoming.arrived < window[0]:
            raise denied(f"{name} has not begun")

    def check_header_list(self, incoming: Incoming, auth: Authorization) -> None:
        """SIG-41: q-header-list names only headers that the request has."""
        _, absent = select(self.signable_headers(incoming), auth.header_names)
        if absent:
            raise denied(f"q-header-list names {shown(absent[0])}, which the request lacks")

    def check_param_list(self, incoming: Incoming, auth: Authorization) -> None:
        """SIG-39: q-url-param-list names only URL parameters that the request has."""
        _, absent = select(unsigned_params(incoming.request), auth.param_names)
        if absent:
            raise denied(f"q-url-param-list names {shown(absent[0])}, which the request lacks")

    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        """SIG-33, SIG-38 to SIG-43: the signature is the one recomputed, in a permitted reading."""
        key = self.key_for(account, auth)
        for reading in self.readings(incoming.request):
            expected = self.recompute(reading, incoming, auth, key)
            if self.compare(auth.get("q-signature"), expected.signature):
                incoming.params = unsigned_params(reading)
                return
        raise denied("the signature does not match the request")

    def key_for(self, account: Account, auth: Authorization) -> str:
        """SIG-33, SIG-43: the SignKey as its hex text."""
        return sign_key(account.secret_key, auth.get("q-key-time"))

    def readings(self, request: Request) -> tuple[Request, ...]:
        """E15: a ``+`` in the query is a plus or, failing that, a space."""
        if "+" not in request.query:
            return (request,)
        spaced = f"{request.raw_path}?{request.query.replace('+', '%20')}"
        return (request, Request(request.method, spaced, request.headers, request.body))

    def recompute(
        self, reading: Request, incoming: Incoming, auth: Authorization, key: str
    ) -> Computation:
        return compute(
            key=key,
            key_time=auth.get("q-key-time"),
            sign_time=self.signed_time(auth),
            method=self.signed_method(incoming),
            path=self.signed_path(incoming),
            params=self.signed_params(reading, auth),
            headers=self.signed_headers(incoming, auth),
        )

    def signed_time(self, auth: Authorization) -> str:
        return auth.get("q-sign-time")

    def signed_method(self, incoming: Incoming) -> str:
        """SIG-40."""
        return incoming.request.method

    def signed_path(self, incoming: Incoming) -> str:
        """SIG-40: the decoded path."""
        return incoming.request.path

    def signed_params(self, reading: Request, auth: Authorization) -> Pairs:
        """SIG-23, SIG-39: the parameters that q-url-param-list picks."""
        return select(unsigned_params(reading), auth.param_names)[0]

    def signed_headers(self, incoming: Incoming, auth: Authorization) -> Pairs:
        """SIG-21, SIG-38: the headers that q-header-list picks."""
        return select(self.signable_headers(incoming), auth.header_names)[0]

    def signable_headers(self, incoming: Incoming) -> Pairs:
        """SIG-25, E29: every header of the request, values as the text of the bytes sent."""
        return tuple((name, header_text(value)) for name, value in incoming.request.headers)

    def compare(self, given: str, expected: str) -> bool:
        """SIG-42."""
        return same(given, expected)


def same(given: str, expected: str) -> bool:
    """Compare in constant time, whatever characters came."""
    encoded = given.encode("utf-8", "surrogateescape")
    return hmac.compare_digest(encoded, expected.encode("utf-8", "surrogateescape"))


def invalid(message: str) -> Refusal:
    return Refusal(401, "InvalidAuthorization", message)


def denied(message: str) -> Refusal:
    return Refusal(403, "AccessDenied", message)
