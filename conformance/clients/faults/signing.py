"""Faults of SIG-01 to 11: the signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import ClassVar
from urllib.parse import quote, quote_plus, unquote

from conformance.clients.adapters.plain.adapter import Client, canonical, hmac_sha1, url_encode
from conformance.clients.faults.catalogue import fault


class _Parameter(Client):
    """Changes the parameters of the finished signature."""

    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        raise NotImplementedError

    def authorization(
        self, key_time: str, header_list: str, param_list: str, signature: str
    ) -> str:
        text = super().authorization(key_time, header_list, param_list, signature)
        pairs = dict(piece.split("=", 1) for piece in text.split("&"))
        return "&".join(f"{name}={value}" for name, value in self.changed(pairs))


@fault("param-list-missing", "SIG-01", says="q-url-param-list is left out when it is empty.")
class _NoParamList(_Parameter):
    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        return [(name, value) for name, value in pairs.items() if value]


@fault("key-time-missing", "SIG-01", says="There is no q-key-time.", also=("SIG-08",))
class _NoKeyTime(_Parameter):
    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        return [(name, value) for name, value in pairs.items() if name != "q-key-time"]


@fault("parameter-repeated", "SIG-01", says="q-ak is there twice.")
class _Repeated(_Parameter):
    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        return [*pairs.items(), ("q-ak", pairs["q-ak"])]


@fault("parameter-foreign", "SIG-01", says="There is a parameter q-token.")
class _Foreign(_Parameter):
    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        return [*pairs.items(), ("q-token", self.token or "none")]


@fault("parameters-by-commas", "SIG-01", says="The parameters are joined by commas.")
class _Commas(Client):
    def authorization(
        self, key_time: str, header_list: str, param_list: str, signature: str
    ) -> str:
        text = super().authorization(key_time, header_list, param_list, signature)
        return text.replace("&", ", ")


@fault("algorithm-upper-case", "SIG-02", says="q-sign-algorithm is SHA1.")
class _UpperAlgorithm(_Parameter):
    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        return [*{**pairs, "q-sign-algorithm": "SHA1"}.items()]


@fault(
    "algorithm-sha256",
    "SIG-02",
    says="The signature is made with SHA-256.",
    also=("SIG-07", "SIG-08"),
)
class _Sha256(_Parameter):
    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        return [*{**pairs, "q-sign-algorithm": "sha256"}.items()]

    def signature(self, key_time: str, http_string: str) -> str:
        def keyed(key: str, text: str) -> str:
            return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()

        digest = hashlib.sha256(http_string.encode()).hexdigest()
        return keyed(keyed(self.secret_key, key_time), f"sha256\n{key_time}\n{digest}\n")


@fault("times-differ", "SIG-03", says="q-sign-time is narrower than q-key-time.", also=("SIG-08",))
class _TimesDiffer(_Parameter):
    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        start, end = pairs["q-key-time"].split(";")
        return [*{**pairs, "q-sign-time": f"{start};{int(end) - 600}"}.items()]


class _Window(Client):
    """Signs for another window."""

    def of(self, now: int) -> str:
        raise NotImplementedError

    def window(self) -> str:
        return self.of(int(time.time()))


@fault("times-by-comma", "SIG-03", says="Start and end are joined by a comma.")
class _CommaTimes(_Window):
    def of(self, now: int) -> str:
        return f"{now - 60},{now + 3600}"


@fault("times-reversed", "SIG-03", says="The window ends before it starts.")
class _Reversed(_Window):
    def of(self, now: int) -> str:
        return f"{now + 3600};{now - 60}"


@fault("times-one-moment", "SIG-03", says="Start and end are the same second.", also=("SIG-04",))
class _OneMoment(_Window):
    def of(self, now: int) -> str:
        return f"{now};{now}"


@fault("times-fractions", "SIG-03", says="The times have fractions of a second.")
class _Fractions(_Window):
    def of(self, now: int) -> str:
        return f"{now - 60}.5;{now + 3600}.5"


@fault("window-ended", "SIG-04", says="The window has ended an hour ago.")
class _Ended(_Window):
    def of(self, now: int) -> str:
        return f"{now - 7200};{now - 3600}"


@fault("window-ahead", "SIG-04", says="The window begins in a minute.")
class _Ahead(_Window):
    def of(self, now: int) -> str:
        return f"{now + 60};{now + 3600}"


@fault(
    "window-milliseconds",
    *("SIG-03", "SIG-04"),
    says="The times are in milliseconds.",
    also=("SIG-10",),
)
class _Milliseconds(_Window):
    def of(self, now: int) -> str:
        return f"{now * 1000};{(now + 3600) * 1000}"


@fault("window-long", "SIG-10", says="A signature is valid for a week.")
class _Week(_Window):
    def of(self, now: int) -> str:
        return f"{now};{now + 7 * 86400}"


@fault("window-a-day-and-a-bit", "SIG-10", says="A signature is valid for 24 hours and a minute.")
class _DayAndABit(_Window):
    def of(self, now: int) -> str:
        return f"{now - 60};{now + 86400}"


class _Lists(Client):
    """Announces other lists than what was signed."""

    def header_list(self, text: str) -> str:
        return text

    def param_list(self, text: str) -> str:
        return text

    def authorization(
        self, key_time: str, header_list: str, param_list: str, signature: str
    ) -> str:
        return super().authorization(
            key_time, self.header_list(header_list), self.param_list(param_list), signature
        )


@fault("header-list-upper-case", "SIG-05", says="q-header-list has the names as they are sent.")
class _UpperHeaders(_Lists):
    def header_list(self, text: str) -> str:
        return text.title()


@fault("header-list-unsorted", "SIG-05", says="q-header-list is not sorted.")
class _UnsortedHeaders(_Lists):
    def header_list(self, text: str) -> str:
        return ";".join(reversed(text.split(";")))


@fault("header-list-twice", "SIG-05", says="q-header-list names host twice.")
class _HostTwice(_Lists):
    def header_list(self, text: str) -> str:
        return text.replace("host", "host;host")


@fault("header-list-absent", "SIG-05", says="q-header-list names a header that is not sent.")
class _AbsentHeader(_Lists):
    def header_list(self, text: str) -> str:
        return ";".join(sorted([*text.split(";"), "x-cos-acl"]))


@fault(
    "header-list-commas",
    "SIG-05",
    says="q-header-list is joined by commas.",
    also=("SIG-08", "SIG-09"),
)
class _CommaHeaders(_Lists):
    def header_list(self, text: str) -> str:
        return text.replace(";", ",")


@fault("param-list-camel-case", "SIG-06", says="q-url-param-list has the names as they are sent.")
class _CamelParams(_Lists):
    def param_list(self, text: str) -> str:
        return text.replace("queueid", "queueId")


@fault("param-list-unsorted", "SIG-06", says="q-url-param-list is not sorted.")
class _UnsortedParams(_Lists):
    def param_list(self, text: str) -> str:
        return ";".join(reversed(text.split(";")))


@fault("param-list-absent", "SIG-06", says="q-url-param-list names a parameter that is not sent.")
class _AbsentParam(_Lists):
    def param_list(self, text: str) -> str:
        return ";".join(sorted([*filter(None, text.split(";")), "acl"]))


class _Digits(Client):
    """Writes the signature in another way."""

    def written(self, digits: str) -> str:
        raise NotImplementedError

    def signature(self, key_time: str, http_string: str) -> str:
        return self.written(super().signature(key_time, http_string))


@fault("signature-upper-case", "SIG-07", says="q-signature is in upper case.", also=("SIG-08",))
class _UpperSignature(_Digits):
    def written(self, digits: str) -> str:
        return digits.upper()


@fault("signature-base64", "SIG-07", says="q-signature is in Base64.", also=("SIG-08",))
class _Base64Signature(_Digits):
    def written(self, digits: str) -> str:
        return base64.b64encode(bytes.fromhex(digits)).decode()


@fault("signature-cut", "SIG-07", says="q-signature has 32 digits.", also=("SIG-08",))
class _CutSignature(_Digits):
    def written(self, digits: str) -> str:
        return digits[:32]


@fault("sign-key-skipped", "SIG-08", says="The string is signed with the secret key itself.")
class _NoSignKey(Client):
    def signature(self, key_time: str, http_string: str) -> str:
        digest = hashlib.sha1(http_string.encode()).hexdigest()
        return hmac_sha1(self.secret_key, f"sha1\n{key_time}\n{digest}\n")


@fault("sign-key-bytes", "SIG-08", says="The sign key is used as bytes, not as its hex text.")
class _SignKeyBytes(Client):
    def signature(self, key_time: str, http_string: str) -> str:
        key = bytes.fromhex(hmac_sha1(self.secret_key, key_time))
        digest = hashlib.sha1(http_string.encode()).hexdigest()
        return hmac.new(key, f"sha1\n{key_time}\n{digest}\n".encode(), hashlib.sha1).hexdigest()


class _HttpString(Client):
    """Signs another http string."""

    def changed(self, lines: list[str]) -> list[str]:
        raise NotImplementedError

    def signature(self, key_time: str, http_string: str) -> str:
        return super().signature(key_time, "\n".join(self.changed(http_string.split("\n"))))


@fault("method-upper-case", "SIG-08", says="The method is signed in upper case.")
class _UpperMethod(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [lines[0].upper(), *lines[1:]]


@fault("path-with-query", "SIG-08", says="The path is signed with its query.")
class _PathWithQuery(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [lines[0], f"{lines[1]}?{lines[2]}" if lines[2] else lines[1], *lines[2:]]


@fault("path-encoded", "SIG-08", says="The path is signed percent-encoded (a comma as %2C).")
class _PathEncoded(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [lines[0], quote(lines[1], safe="/"), *lines[2:]]


@fault("end-of-string-missing", "SIG-08", says="The http string lacks its last line end.")
class _NoLineEnd(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return lines[:-1]


@fault("values-lower-case", "SIG-08", says="Values are percent-encoded with lower-case hex.")
class _LowerHex(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        pieces = lines[3].split("%")
        headers = "%".join([pieces[0], *(each[:2].lower() + each[2:] for each in pieces[1:])])
        return [*lines[:3], headers, *lines[4:]]


@fault("values-unencoded", "SIG-08", says="Header values are signed without encoding.")
class _Unencoded(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [*lines[:3], unquote(lines[3]), *lines[4:]]


@fault("params-unencoded", "SIG-08", says="Parameter values are signed without encoding.")
class _ParamsUnencoded(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [*lines[:2], unquote(lines[2]), *lines[3:]]


@fault(
    "values-as-in-javascript",
    "SIG-08",
    says="Values are encoded as JavaScript does, which leaves ! ' ( ) * as they are.",
)
class _JavaScript(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        for mark in "!'()*":
            lines = [line.replace(url_encode(mark), mark) for line in lines]
        return lines


@fault("tilde-encoded", "SIG-08", says="A tilde is encoded in what is signed.")
class _Tilde(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [lines[0], lines[1], lines[2].replace("~", "%7E"), *lines[3:]]


@fault("spaces-as-plus", "SIG-08", says="A space is signed as a plus.")
class _Plus(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [*lines[:3], lines[3].replace("%20", "+"), *lines[4:]]


@fault("missing-value-signed-bare", "SIG-08", says="A parameter without value is signed bare.")
class _Bare(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [*lines[:2], lines[2].replace("cancel=", "cancel"), *lines[3:]]


@fault("headers-unsorted", "SIG-08", says="The headers are signed in the order of sending.")
class _SendingOrder(Client):
    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        text = super().sign(method, target, headers)
        names = dict(piece.split("=", 1) for piece in text.split("&"))
        pairs = "&".join(f"{url_encode(k).lower()}={url_encode(v)}" for k, v in headers.items())
        path, _, query = target.partition("?")
        params = dict(piece.partition("=")[::2] for piece in query.split("&") if piece)
        http_parameters, _ = canonical({unquote(k): unquote(v) for k, v in params.items()})
        string = f"{method.lower()}\n{unquote(path)}\n{http_parameters}\n{pairs}\n"
        good, bad = names["q-signature"], self.signature(names["q-key-time"], string)
        return text.replace(good, bad)


@fault("host-signed-before-port", "SIG-08", says="The Host that is signed is another one.")
class _OtherHost(Client):
    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        return super().sign(method, target, {**headers, "Host": f"{self.host}:80"})


@fault(
    "token-signed-empty",
    "SIG-08",
    says="With temporary credentials the token is signed as if it were empty.",
)
class _EmptyToken(Client):
    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        if self.token:
            headers = {**headers, "x-ci-security-token": ""}
        return super().sign(method, target, headers)


@fault("length-signed-before-body", "SIG-08", says="The Content-Length is signed as 0.")
class _ZeroLength(Client):
    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        if "Content-Length" in headers:
            headers = {**headers, "Content-Length": "0"}
        return super().sign(method, target, headers)


@fault("credentials-kept", "SIG-08", says="The credentials of the first call are kept for all.")
class _Kept(Client):
    kept: ClassVar[list[tuple[str, str]]] = []

    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        self.kept.append((self.secret_id, self.secret_key))
        self.secret_id, self.secret_key = self.kept[0]
        return super().sign(method, target, headers)


@fault("secret-id-cut", "SIG-08", says="q-ak is cut after 32 characters.")
class _CutId(_Parameter):
    def changed(self, pairs: dict[str, str]) -> list[tuple[str, str]]:
        return [*{**pairs, "q-ak": pairs["q-ak"][:32]}.items()]


@fault("signature-rarely-wrong", "SIG-08", says="One signature in twenty is wrong.")
class _Rarely(Client):
    count = 0

    def signature(self, key_time: str, http_string: str) -> str:
        _Rarely.count += 1
        wrong = _Rarely.count % 20 == 0
        return super().signature(key_time, http_string + " " if wrong else http_string)


@fault("plus-signed-as-is", "SIG-08", says="A plus in a parameter is signed unencoded.")
class _PlusAsIs(_HttpString):
    def changed(self, lines: list[str]) -> list[str]:
        return [*lines[:2], quote_plus(unquote(lines[2]), safe="&=%+"), *lines[3:]]


class _Subset(Client):
    """Signs only some of the headers or parameters."""

    def signs_header(self, name: str) -> bool:
        return bool(name)

    def signs_params(self) -> bool:
        return True

    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        kept = {name: value for name, value in headers.items() if self.signs_header(name)}
        return super().sign(
            method, target if self.signs_params() else target.split("?", maxsplit=1)[0], kept
        )


@fault("host-unsigned", "SIG-09", says="Everything is signed but the Host.")
class _HostUnsigned(_Subset):
    def signs_header(self, name: str) -> bool:
        return name != "Host"


@fault("nothing-listed", "SIG-09", says="No header is signed, as in the page's samples.")
class _NothingListed(_Subset):
    def signs_header(self, name: str) -> bool:
        return not name


@fault("params-unsigned", "SIG-11", says="URL parameters are not signed.")
class _ParamsUnsigned(_Subset):
    def signs_params(self) -> bool:
        return False
