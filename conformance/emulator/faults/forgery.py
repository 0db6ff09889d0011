"""Faults of the signature's refusal: who signed, when, how named (SIG-30 to SIG-37, SIG-45)."""

from __future__ import annotations

from conformance.emulator.auth import Account
from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.values import Answer, Incoming, Operation, Refusal
from conformance.spec.clauses import Level
from conformance.spec.signature import (
    Authorization,
    parse_window,
)

FAULTS = Faults()

SHOULD = Level.SHOULD
Pairs = tuple[tuple[str, str], ...]


# ---- SIG-30, SIG-31: no signature, no form ----


class _Unsigned(Behaviour):
    """Lets some requests pass although they carry no signature."""

    def authorise(self, incoming: Incoming) -> None:
        try:
            super().authorise(incoming)
        except Refusal as refusal:
            if refusal.code != "MissingAuthorization" or not self._lets(incoming):
                raise

    def _lets(self, incoming: Incoming) -> bool:
        return True


@FAULTS.add("unsigned-taken", "SIG-30", says="A request without signature is served.")
class UnsignedTaken(_Unsigned):
    pass


@FAULTS.add("unsigned-reads", "SIG-30", says="Describe and list need no signature.")
class UnsignedReads(_Unsigned):
    def _lets(self, incoming: Incoming) -> bool:
        return incoming.request.method == "GET"


@FAULTS.add("unsigned-cancels", "SIG-30", says="Cancel needs no signature.")
class UnsignedCancels(_Unsigned):
    def _lets(self, incoming: Incoming) -> bool:
        return incoming.operation is Operation.CANCEL


class _Otherwise(Behaviour):
    """Refuses with another documented code and status than the one that fits."""

    _code = ""
    _instead = (400, "InvalidArgument")

    def fail(self, incoming: Incoming, refusal: Refusal) -> Answer:
        if refusal.code == self._code:
            refusal = Refusal(*self._instead, refusal.message)
        return super().fail(incoming, refusal)


@FAULTS.add("unsigned-other-code", "SIG-30", says="No signature is InvalidArgument.", level=SHOULD)
class UnsignedOtherCode(_Otherwise):
    _code = "MissingAuthorization"


@FAULTS.add("malformed-taken", "SIG-31", says="Any text will do as Authorization.")
class MalformedTaken(Behaviour):
    def authorise(self, incoming: Incoming) -> None:
        given = incoming.request.headers.get("Authorization")
        if given is None or "q-signature=" in given:
            super().authorise(incoming)


@FAULTS.add("basic-taken", "SIG-31", says="Authorization: Basic is served unchecked.")
class BasicTaken(Behaviour):
    def authorise(self, incoming: Incoming) -> None:
        given = incoming.request.headers.get("Authorization") or ""
        if not given.startswith(("Basic ", "Bearer ")):
            super().authorise(incoming)


@FAULTS.add("malformed-other-code", "SIG-31", says="Bad form is InvalidArgument.", level=SHOULD)
class MalformedOtherCode(_Otherwise):
    _code = "InvalidAuthorization"


# ---- SIG-32: each parameter ----


class _Defaults(Behaviour):
    """Fills one missing parameter in."""

    _name = ""

    def read_authorization(self, text: str) -> Authorization:
        auth = super().read_authorization(text)
        if auth.count(self._name):
            return auth
        return Authorization((*auth.pairs, (self._name, self._default(auth))), auth.carrier)

    def _default(self, auth: Authorization) -> str:
        return ""


@FAULTS.add("algorithm-by-default", "SIG-32", says="A missing q-sign-algorithm is sha1.")
class AlgorithmByDefault(_Defaults):
    _name = "q-sign-algorithm"

    def _default(self, auth: Authorization) -> str:
        return "sha1"


@FAULTS.add("secret-id-by-default", "SIG-32", says="A missing q-ak is the first account's.")
class SecretIdByDefault(_Defaults):
    _name = "q-ak"

    def _default(self, auth: Authorization) -> str:
        return self.settings.secret_id


@FAULTS.add("sign-time-by-default", "SIG-32", says="A missing q-sign-time is q-key-time.")
class SignTimeByDefault(_Defaults):
    _name = "q-sign-time"

    def _default(self, auth: Authorization) -> str:
        return auth.get("q-key-time")


@FAULTS.add("key-time-by-default", "SIG-32", says="A missing q-key-time is q-sign-time.")
class KeyTimeByDefault(_Defaults):
    _name = "q-key-time"

    def _default(self, auth: Authorization) -> str:
        return auth.get("q-sign-time")


@FAULTS.add("header-list-by-default", "SIG-32", says="A missing q-header-list is host.")
class HeaderListByDefault(_Defaults):
    _name = "q-header-list"

    def _default(self, auth: Authorization) -> str:
        return "host"


@FAULTS.add("header-list-empty-by-default", "SIG-32", says="A missing q-header-list is empty.")
class HeaderListEmptyByDefault(_Defaults):
    _name = "q-header-list"


@FAULTS.add("param-list-by-default", "SIG-32", says="A missing q-url-param-list is empty.")
class ParamListByDefault(_Defaults):
    _name = "q-url-param-list"


@FAULTS.add("signature-missing-taken", "SIG-32", says="Without q-signature nothing is checked.")
class SignatureMissingTaken(Behaviour):
    def check_parameter(self, auth: Authorization, name: str) -> None:
        if name != "q-signature" or auth.count(name) > 1:
            super().check_parameter(auth, name)

    def check_signature_form(self, auth: Authorization) -> None:
        if auth.count("q-signature"):
            super().check_signature_form(auth)

    def compare(self, given: str, expected: str) -> bool:
        return not given or super().compare(given, expected)


# ---- SIG-33, SIG-34: who ----

_UNVERIFIED = ("SIG-33", "SIG-38", "SIG-39", "SIG-40", "SIG-42", "SIG-43")


@FAULTS.add("any-signature", *_UNVERIFIED, says="The signature is never recomputed.")
class AnySignature(Behaviour):
    def compare(self, given: str, expected: str) -> bool:
        return True


class _TrustedOperation(Behaviour):
    """Does not look at the signature of one operation."""

    _operation = Operation.CREATE

    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        if incoming.operation is not self._operation:
            super().check_signature(incoming, auth, account)


@FAULTS.add("any-signature-create", *_UNVERIFIED, says="Create takes any signature.")
class AnySignatureCreate(_TrustedOperation):
    pass


@FAULTS.add("any-signature-list", *_UNVERIFIED, says="List takes any signature.")
class AnySignatureList(_TrustedOperation):
    _operation = Operation.LIST


@FAULTS.add("any-signature-describe", *_UNVERIFIED, says="Describe takes any signature.")
class AnySignatureDescribe(_TrustedOperation):
    _operation = Operation.DESCRIBE


@FAULTS.add("any-signature-cancel", *_UNVERIFIED, says="Cancel takes any signature.")
class AnySignatureCancel(_TrustedOperation):
    _operation = Operation.CANCEL


@FAULTS.add("mismatch-400", "SIG-33", says="A signature that does not match gives 400.")
class Mismatch400(Behaviour):
    def check_signature(self, incoming: Incoming, auth: Authorization, account: Account) -> None:
        try:
            super().check_signature(incoming, auth, account)
        except Refusal as refusal:
            raise Refusal(400, "InvalidArgument", refusal.message) from None


@FAULTS.add("any-secret-id", "SIG-34", says="An unknown q-ak counts as the first account's.")
class AnySecretId(Behaviour):
    def find_account(self, auth: Authorization) -> Account:
        known = {account.secret_id: account for account in self.accounts()}
        return known.get(auth.get("q-ak"), self.accounts()[0])


@FAULTS.add("unknown-id-unchecked", "SIG-34", says="The signature of an unknown q-ak is unchecked.")
class UnknownIdUnchecked(Behaviour):
    def authorise(self, incoming: Incoming) -> None:
        try:
            super().authorise(incoming)
        except Refusal as refusal:
            if refusal.code != "SecretidNotExist":
                raise


@FAULTS.add("secret-id-any-case", "SIG-34", says="q-ak is compared without letter case.")
class SecretIdAnyCase(Behaviour):
    def find_account(self, auth: Authorization) -> Account:
        for account in self.accounts():
            if account.secret_id.casefold() == auth.get("q-ak").casefold():
                return account
        return super().find_account(auth)


@FAULTS.add(
    "unknown-id-other-code", "SIG-34", says="Unknown q-ak is InvalidArgument.", level=SHOULD
)
class UnknownIdOtherCode(_Otherwise):
    _code = "SecretidNotExist"


# ---- SIG-35, SIG-36, SIG-45: when ----


class _Grace(Behaviour):
    """Moves the moment against which windows are held."""

    def _late(self) -> float:
        """Seconds for which an ended window is still good."""
        return 0.0

    def _early(self) -> float:
        """Seconds for which a window is good before it begins."""
        return 0.0

    def check_window(self, incoming: Incoming, auth: Authorization, name: str) -> None:
        arrived = incoming.arrived
        start, end = parse_window(auth.get(name)) or (0, 0)
        if arrived > end:
            incoming.arrived = max(end, arrived - self._late())
        elif arrived < start:
            incoming.arrived = min(start, arrived + self._early())
        try:
            super().check_window(incoming, auth, name)
        finally:
            incoming.arrived = arrived


@FAULTS.add("expired-taken", "SIG-35", "SIG-45", says="A window that has ended is good for ever.")
class ExpiredTaken(Behaviour):
    def check_window(self, incoming: Incoming, auth: Authorization, name: str) -> None:
        try:
            super().check_window(incoming, auth, name)
        except Refusal as refusal:
            if refusal.code != "SignatureExpired":
                raise


@FAULTS.add("expired-half-an-hour", "SIG-35", says="A window is good for half an hour more.")
class ExpiredHalfAnHour(_Grace):
    def _late(self) -> float:
        return 1800.0


@FAULTS.add("expired-a-day", "SIG-35", "SIG-45", says="A window is good for a day after its end.")
class ExpiredADay(_Grace):
    def _late(self) -> float:
        return 86_400.0


@FAULTS.add("expired-taken-by-list", "SIG-35", says="A list takes a window that has ended.")
class ExpiredTakenByList(Behaviour):
    def check_window(self, incoming: Incoming, auth: Authorization, name: str) -> None:
        try:
            super().check_window(incoming, auth, name)
        except Refusal as refusal:
            expired = refusal.code == "SignatureExpired"
            if not expired or incoming.operation is not Operation.LIST:
                raise


@FAULTS.add("expired-other-code", "SIG-35", says="Expired is InvalidAuthorization.", level=SHOULD)
class ExpiredOtherCode(_Otherwise):
    _code = "SignatureExpired"
    _instead = (401, "InvalidAuthorization")


@FAULTS.add("future-taken", "SIG-36", says="A window that has not begun is good.")
class FutureTaken(_Grace):
    def _early(self) -> float:
        return 10.0**7


@FAULTS.add("future-two-hours", "SIG-36", says="A window is good two hours before it begins.")
class FutureTwoHours(_Grace):
    def _early(self) -> float:
        return 7200.0


@FAULTS.add("sign-time-unchecked", "SIG-45", says="q-sign-time may have ended.")
class SignTimeUnchecked(Behaviour):
    def check_sign_time(self, incoming: Incoming, auth: Authorization) -> None:
        return


@FAULTS.add("key-time-unchecked", "SIG-45", says="q-key-time may have ended.")
class KeyTimeUnchecked(Behaviour):
    def check_key_time(self, incoming: Incoming, auth: Authorization) -> None:
        return


# ---- SIG-37: algorithm ----


@FAULTS.add("algorithm-any", "SIG-37", says="q-sign-algorithm is not looked at.")
class AlgorithmAny(Behaviour):
    def check_algorithm(self, auth: Authorization) -> None:
        return


@FAULTS.add("algorithm-prefix", "SIG-37", says="q-sign-algorithm need only begin with sha.")
class AlgorithmPrefix(Behaviour):
    def check_algorithm(self, auth: Authorization) -> None:
        if not auth.get("q-sign-algorithm").startswith("sha"):
            super().check_algorithm(auth)


@FAULTS.add("algorithm-any-case", "SIG-37", says="q-sign-algorithm may be SHA1.")
class AlgorithmAnyCase(Behaviour):
    def check_algorithm(self, auth: Authorization) -> None:
        if auth.get("q-sign-algorithm").lower() != "sha1":
            super().check_algorithm(auth)
