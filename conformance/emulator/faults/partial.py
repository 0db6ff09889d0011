"""Faults of signatures that are verified in most cases, and not in one (SIG-23 to SIG-44)."""

from __future__ import annotations

from conformance.emulator.auth import Account, same
from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.values import Incoming, Operation, Refusal
from conformance.spec.clauses import Level
from conformance.spec.names import JOBS, PIC_JOBS
from conformance.spec.signature import Authorization, sign_key, unsigned_params
from conformance.spec.wire import Request

FAULTS = Faults()

SHOULD = Level.SHOULD


# ---- SIG-33, SIG-38, SIG-39: some signatures are not recomputed ----


class _Trusting(Behaviour):
    """Does not look at some signatures."""

    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        if self._trusts(incoming, auth, account):
            incoming.params = unsigned_params(incoming.request)
        else:
            super().check_signature(incoming, auth, account)

    def _trusts(self, incoming: Incoming, auth: Authorization, account: Account) -> bool:
        raise NotImplementedError


@FAULTS.add("temporary-trusted", "SIG-33", says="A right token stands for any signature.")
class TemporaryTrusted(_Trusting):
    def _trusts(self, incoming: Incoming, auth: Authorization, account: Account) -> bool:
        return account.token is not None


@FAULTS.add("temporary-cancel-trusted", "SIG-33", says="A right token is enough for a cancel.")
class TemporaryCancelTrusted(_Trusting):
    def _trusts(self, incoming: Incoming, auth: Authorization, account: Account) -> bool:
        return account.token is not None and incoming.operation is Operation.CANCEL


@FAULTS.add("bare-lists-trusted", "SIG-33", says="Two empty lists leave nothing to verify.")
class BareListsTrusted(_Trusting):
    def _trusts(self, incoming: Incoming, auth: Authorization, account: Account) -> bool:
        return not auth.header_names and not auth.param_names


@FAULTS.add("several-trusted", "SIG-33", says="A describe of several jobs is not verified.")
class SeveralTrusted(_Trusting):
    def _trusts(self, incoming: Incoming, auth: Authorization, account: Account) -> bool:
        return incoming.operation is Operation.DESCRIBE and "," in incoming.request.path


@FAULTS.add("header-many-trusted", "SIG-38", says="More than four headers are not verified.")
class HeaderManyTrusted(_Trusting):
    def _trusts(self, incoming: Incoming, auth: Authorization, account: Account) -> bool:
        return len(auth.header_names) > 4


@FAULTS.add("param-states-trusted", "SIG-39", says="A list with states is not verified.")
class ParamStatesTrusted(_Trusting):
    def _trusts(self, incoming: Incoming, auth: Authorization, account: Account) -> bool:
        return incoming.request.param("states") is not None


class _OtherAccounts(Behaviour):
    """Tries other accounts when the signature does not match."""

    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        try:
            super().check_signature(incoming, auth, account)
        except Refusal:
            super().check_signature(incoming, auth, self._other(account))

    def _other(self, account: Account) -> Account:
        raise NotImplementedError


@FAULTS.add("key-empty-taken", "SIG-33", says="A signature made with an empty SecretKey is good.")
class KeyEmptyTaken(_OtherAccounts):
    def _other(self, account: Account) -> Account:
        return Account(account.secret_id, "", account.token)


# ---- SIG-40: the path of another job ----


class _PathOfAnyJob(Behaviour):
    """Takes a signature that was made for another job of its own."""

    _operation = Operation.DESCRIBE
    _beneath = PIC_JOBS
    _signed: str | None = None

    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        try:
            super().check_signature(incoming, auth, account)
        except Refusal:
            if incoming.operation is not self._operation or not self._fits(incoming, auth, account):
                raise

    def _fits(self, incoming: Incoming, auth: Authorization, account: Account) -> bool:
        key = sign_key(account.secret_key, auth.get("q-key-time"))
        for job in self.store.jobs():
            self._signed = f"{self._beneath}/{job.job_id}"
            made = self.recompute(incoming.request, incoming, auth, key)
            self._signed = None
            if same(auth.get("q-signature"), made.signature):
                incoming.params = unsigned_params(incoming.request)
                return True
        return False

    def signed_path(self, incoming: Incoming) -> str:
        return self._signed or super().signed_path(incoming)


@FAULTS.add("path-of-any-job", "SIG-40", says="A signature to describe one job is good for all.")
class PathOfAnyJob(_PathOfAnyJob):
    pass


@FAULTS.add("path-of-any-cancel", "SIG-40", says="A signature to cancel one job is good for all.")
class PathOfAnyCancel(_PathOfAnyJob):
    _operation = Operation.CANCEL
    _beneath = JOBS


# ---- SIG-35, SIG-36, SIG-44: temporary credentials ----


class _TokenForWindow(Behaviour):
    """With temporary credentials one end of the window is not looked at."""

    _code = ""

    def check_window(self, incoming: Incoming, auth: Authorization, name: str) -> None:
        try:
            super().check_window(incoming, auth, name)
        except Refusal as refusal:
            if refusal.code != self._code or self.find_account(auth).token is None:
                raise


@FAULTS.add("expired-taken-temporary", "SIG-35", says="A token's own end stands for the window's.")
class ExpiredTakenTemporary(_TokenForWindow):
    _code = "SignatureExpired"


@FAULTS.add("future-taken-temporary", "SIG-36", says="A token may be used before its window.")
class FutureTakenTemporary(_TokenForWindow):
    _code = "AccessDenied"


@FAULTS.add("token-empty", "SIG-44", says="An empty token is not compared.")
class TokenEmpty(Behaviour):
    def check_token(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        if "" not in self.tokens(incoming, auth):
            super().check_token(incoming, auth, account)


# ---- SIG-30, SIG-37 ----


@FAULTS.add("unsigned-pages", "SIG-30", says="With a nextToken a list needs no signature.")
class UnsignedPages(Behaviour):
    def authorise(self, incoming: Incoming) -> None:
        try:
            super().authorise(incoming)
        except Refusal as refusal:
            paged = incoming.request.param("nextToken") is not None
            if refusal.code != "MissingAuthorization" or not paged:
                raise


@FAULTS.add("algorithm-empty", "SIG-37", says="An empty q-sign-algorithm is sha1.")
class AlgorithmEmpty(Behaviour):
    def check_algorithm(self, auth: Authorization) -> None:
        if auth.get("q-sign-algorithm"):
            super().check_algorithm(auth)


# ---- SIG-32, SIG-34, SIG-42: in the URL ----


class _DefaultsInUrl(Behaviour):
    """Fills one parameter in that is missing in the URL."""

    _name = ""

    def find_authorization_in_url(self, request: Request) -> Authorization | None:
        found = super().find_authorization_in_url(request)
        if found is None or found.count(self._name):
            return found
        return Authorization((*found.pairs, (self._name, self._default(found))), found.carrier)

    def _default(self, auth: Authorization) -> str:
        raise NotImplementedError


@FAULTS.add("secret-id-by-default-url", "SIG-32", says="In the URL q-ak may be missing.")
class SecretIdByDefaultUrl(_DefaultsInUrl):
    _name = "q-ak"

    def _default(self, auth: Authorization) -> str:
        return self.settings.secret_id


@FAULTS.add("sign-time-by-default-url", "SIG-32", says="In the URL q-sign-time may be missing.")
class SignTimeByDefaultUrl(_DefaultsInUrl):
    _name = "q-sign-time"

    def _default(self, auth: Authorization) -> str:
        return auth.get("q-key-time")


@FAULTS.add("signature-missing-url", "SIG-32", says="Without q-signature the URL is not verified.")
class SignatureMissingUrl(Behaviour):
    def authorise(self, incoming: Incoming) -> None:
        in_url = self.find_authorization_in_url(incoming.request)
        in_header = "Authorization" in incoming.request.headers
        if in_header or in_url is None or in_url.count("q-signature"):
            super().authorise(incoming)
        else:
            incoming.params = unsigned_params(incoming.request)


@FAULTS.add("unknown-id-url", "SIG-34", says="In the URL an unknown q-ak is not verified.")
class UnknownIdUrl(Behaviour):
    def authorise(self, incoming: Incoming) -> None:
        try:
            super().authorise(incoming)
        except Refusal as refusal:
            in_header = "Authorization" in incoming.request.headers
            if refusal.code != "SecretidNotExist" or in_header:
                raise


@FAULTS.add(
    "signature-any-case-url", "SIG-42", says="In the URL letter case is ignored.", level=SHOULD
)
class SignatureAnyCaseUrl(Behaviour):
    def find_authorization_in_url(self, request: Request) -> Authorization | None:
        found = super().find_authorization_in_url(request)
        if found is None:
            return None
        lowered = ((n, v.lower() if n == "q-signature" else v) for n, v in found.pairs)
        return Authorization(tuple(lowered), found.carrier)
