"""Faults of HTTP-01 to 13: what is put on the wire before the body."""

from __future__ import annotations

import hashlib
import time
from email.utils import formatdate
from typing import Any, ClassVar

from conformance.clients.adapters.plain.adapter import Client, url_encode
from conformance.clients.faults.catalogue import fault


class _Path(Client):
    """Sends a create to another path."""

    path = "/pic_jobs"

    def target(self, path: str, query: dict[str, str]) -> str:
        return super().target(self.path if path == "/pic_jobs" and not query else path, query)


@fault("create-trailing-slash", "HTTP-01", says="A create goes to /pic_jobs/.")
class _TrailingSlash(_Path):
    path = "/pic_jobs/"


@fault("create-other-path", "HTTP-01", says="A create goes to /jobs, as other kinds of jobs do.")
class _OtherPath(_Path):
    path = "/jobs"


@fault("create-encoded-path", "HTTP-01", says="A create goes to /pic%5Fjobs.")
class _EncodedPath(_Path):
    def target(self, path: str, query: dict[str, str]) -> str:
        return (
            super()
            .target(path, query)
            .replace("pic_jobs", "pic%5Fjobs", path == "/pic_jobs" and not query)
        )


@fault("create-with-query", "HTTP-01", says="A create has a URL parameter of the library's own.")
class _WithQuery(Client):
    def create(self, job: dict[str, Any]) -> dict[str, Any]:
        body = self.write_job(job)
        return {"jobs": self.read_jobs(self.exchange("POST", "/pic_jobs", {"v": "2"}, body))}


@fault("create-by-put", "HTTP-01", says="A create is sent as PUT.", also=("LIB-07",))
class _ByPut(Client):
    def headers(self, method: str, body: bytes) -> dict[str, str]:
        return super().headers("POST" if body else method, body)

    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        return super().exchange("PUT" if method == "POST" else method, path, query, body)


class _Header(Client):
    """Changes one header of every request, before it is signed."""

    name = ""
    only: ClassVar[tuple[str, ...]] = ("POST", "GET", "PUT")

    def value(self, old: str, body: bytes) -> str | None:
        raise NotImplementedError

    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        if method in self.only and self.name in headers:
            new = self.value(headers[self.name], body)
            if new is None:
                del headers[self.name]
            else:
                headers[self.name] = new
        return headers


@fault("host-with-port", "HTTP-02", says="The Host header has the port of the connection.")
class _HostWithPort(_Header):
    name = "Host"

    def value(self, old: str, body: bytes) -> str:
        return f"{old}:{self.address[1]}"


@fault("host-of-cos", "HTTP-02", says="The Host is that of the storage service.")
class _HostOfCos(_Header):
    name = "Host"

    def value(self, old: str, body: bytes) -> str:
        return old.replace(".ci.", ".cos.")


@fault("host-address", "HTTP-02", says="The Host is the address that was connected to.")
class _HostAddress(_Header):
    name = "Host"

    def value(self, old: str, body: bytes) -> str:
        return f"{self.address[0]}:{self.address[1]}"


@fault("host-upper-case", "HTTP-02", says="The bucket stands in the Host in upper case.")
class _HostUpper(_Header):
    name = "Host"

    def value(self, old: str, body: bytes) -> str:
        return old.replace("examplebucket", "ExampleBucket")


@fault("host-without-appid", "HTTP-02", says="The Host lacks the APPID.")
class _HostShort(_Header):
    name = "Host"

    def value(self, old: str, body: bytes) -> str:
        bucket, _, rest = old.partition(".ci.")
        return f"{bucket.rpartition('-')[0]}.ci.{rest}"


@fault("host-of-the-first-call", "HTTP-02", says="The Host of the first call is kept for all.")
class _HostKept(_Header):
    name = "Host"
    kept: ClassVar[list[str]] = []

    def value(self, old: str, body: bytes) -> str:
        self.kept.append(old)
        return self.kept[0]


@fault("length-too-large", "HTTP-03", says="Content-Length counts one byte too many.")
class _TooLong(_Header):
    name = "Content-Length"
    only: ClassVar[tuple[str, ...]] = ("POST",)

    def value(self, old: str, body: bytes) -> str:
        return str(int(old) + 1)


@fault(
    "length-of-characters",
    "HTTP-03",
    says="Content-Length counts characters, so it is short where a key is not ASCII.",
)
class _Characters(_Header):
    name = "Content-Length"
    only: ClassVar[tuple[str, ...]] = ("POST",)

    def value(self, old: str, body: bytes) -> str:
        return str(len(body.decode()))


@fault("length-missing", "HTTP-03", says="A create has no Content-Length.")
class _NoLength(_Header):
    name = "Content-Length"
    only: ClassVar[tuple[str, ...]] = ("POST",)

    def value(self, old: str, body: bytes) -> None:
        return None


class _Resent(Client):
    """Changes headers and body after signing."""

    def send(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str | None, bytes]:
        if method == "POST":
            headers, body = self.changed(headers, body)
        return super().send(method, target, headers, body)

    def changed(self, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
        raise NotImplementedError


@fault("length-twice", "HTTP-03", says="A create has two Content-Length headers.")
class _LengthTwice(_Resent):
    def changed(self, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
        return {**headers, "content-length": headers["Content-Length"]}, body


@fault("body-chunked", "HTTP-03", says="A create is sent chunked.")
class _Chunked(_Header):
    name = "Content-Length"
    only: ClassVar[tuple[str, ...]] = ("POST",)

    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        return {**headers, "Transfer-Encoding": "chunked"} if method == "POST" else headers

    def value(self, old: str, body: bytes) -> None:
        return None

    def send(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str | None, bytes]:
        if method == "POST":
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        return super().send(method, target, headers, body)


@fault("type-text-xml", "HTTP-04", says="Content-Type is text/xml.")
class _TextXml(_Header):
    name = "Content-Type"

    def value(self, old: str, body: bytes) -> str:
        return "text/xml"


@fault("type-form", "HTTP-04", says="Content-Type is that of a form, as HTTP libraries have it.")
class _Form(_Header):
    name = "Content-Type"

    def value(self, old: str, body: bytes) -> str:
        return "application/x-www-form-urlencoded"


@fault("type-missing", "HTTP-04", says="A create has no Content-Type.")
class _NoType(_Header):
    name = "Content-Type"

    def value(self, old: str, body: bytes) -> None:
        return None


@fault("date-iso", "HTTP-05", says="Date has the form of ISO 8601.")
class _IsoDate(_Header):
    name = "Date"

    def value(self, old: str, body: bytes) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@fault("date-offset", "HTTP-05", says="Date says +0000 for GMT.")
class _OffsetDate(_Header):
    name = "Date"

    def value(self, old: str, body: bytes) -> str:
        return old.replace("GMT", "+0000")


@fault("date-one-digit", "HTTP-05", says="The day of the month in Date has no leading zero.")
class _ShortDate(_Header):
    name = "Date"

    def value(self, old: str, body: bytes) -> str:
        day = old.split()[1]
        return old.replace(f" {day} ", f" {int(day)}  " if day.startswith("0") else f" 0{day} ")


@fault("md5-hex", "HTTP-06", says="Content-MD5 is written in hex.")
class _HexMd5(_Header):
    name = "Content-MD5"

    def value(self, old: str, body: bytes) -> str:
        return hashlib.md5(body).hexdigest()


@fault("md5-of-nothing", "HTTP-06", says="Content-MD5 is that of an empty body.")
class _EmptyMd5(_Header):
    name = "Content-MD5"

    def value(self, old: str, body: bytes) -> str:
        return "1B2M2Y8AsgTpgAmY7PhCfg=="


@fault("unsigned", "HTTP-07", "SIG-01", says="Nothing is signed.", also=("LIB-08",))
class _Unsigned(Client):
    def send(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str | None, bytes]:
        headers.pop("Authorization")
        return super().send(method, target, headers, body)


@fault("signed-twice", "HTTP-07", says="A create carries its Authorization header twice.")
class _SignedTwice(_Resent):
    def changed(self, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
        return {**headers, "authorization": headers["Authorization"]}, body


@fault("token-dropped", "HTTP-08", says="The token of temporary credentials is not sent.")
class _NoToken(_Header):
    name = "x-ci-security-token"

    def value(self, old: str, body: bytes) -> None:
        return None


@fault("token-of-another-vendor", "HTTP-08", says="The token travels as x-amz-security-token.")
class _OtherToken(Client):
    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        if "x-ci-security-token" in headers:
            headers["x-amz-security-token"] = headers.pop("x-ci-security-token")
        return headers


@fault("token-cut", "HTTP-08", says="The token is cut after 64 characters.")
class _CutToken(_Header):
    name = "x-ci-security-token"

    def value(self, old: str, body: bytes) -> str:
        return old[:64]


@fault("token-percent-encoded", "HTTP-08", says="The token is percent-encoded in its header.")
class _EncodedToken(_Header):
    name = "x-ci-security-token"

    def value(self, old: str, body: bytes) -> str:
        return url_encode(old)


@fault("date-behind", "HTTP-09", says="Date is an hour behind.")
class _OldDate(_Header):
    name = "Date"

    def value(self, old: str, body: bytes) -> str:
        return formatdate(time.time() - 3600, usegmt=True)


@fault("date-local", "HTTP-09", says="Date gives the local time of Beijing and says GMT.")
class _LocalDate(_Header):
    name = "Date"

    def value(self, old: str, body: bytes) -> str:
        return formatdate(time.time() + 8 * 3600, usegmt=True)


# ---- the other operations ----


@fault("describe-by-query", "HTTP-11", says="A describe names its ids in the query.")
class _DescribeByQuery(Client):
    def describe(self, job_ids: list[str]) -> dict[str, Any]:
        query = {"jobIds": ",".join(job_ids)}
        return self.read_list(self.exchange("GET", "/pic_jobs", query, b""))


@fault(
    "describe-semicolons",
    "HTTP-11",
    says="A describe joins its ids by semicolons.",
    also=("LIB-11", "LIB-01"),
)
class _Semicolons(Client):
    def describe(self, job_ids: list[str]) -> dict[str, Any]:
        return self.read_list(self.exchange("GET", "/pic_jobs/" + ";".join(job_ids), {}, b""))


@fault("describe-posts", "HTTP-11", says="A describe is sent as POST.")
class _DescribePosts(Client):
    def describe(self, job_ids: list[str]) -> dict[str, Any]:
        path = "/pic_jobs/" + ",".join(job_ids)
        return self.read_list(self.exchange("POST", path, {}, b""))


@fault("describe-with-body", "HTTP-11", says="A describe has a body.")
class _DescribeBody(Client):
    def describe(self, job_ids: list[str]) -> dict[str, Any]:
        path = "/pic_jobs/" + ",".join(job_ids)
        return self.read_list(self.exchange("GET", path, {}, b"<Request/>"))

    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        return {**headers, "Content-Length": str(len(body))} if body else headers


@fault(
    "describe-first-id",
    "HTTP-11",
    says="Of several ids only the first is asked for.",
)
class _DescribeFirst(Client):
    def describe(self, job_ids: list[str]) -> dict[str, Any]:
        return super().describe(job_ids[:1])


class _Query(Client):
    """Changes the parameters of a list."""

    def changed(self, query: dict[str, str]) -> dict[str, str]:
        raise NotImplementedError

    def list_jobs(self, query: dict[str, str]) -> dict[str, Any]:
        return super().list_jobs(self.changed(query))


@fault("list-lower-case", "HTTP-12", says="The parameters of a list are named in lower case.")
class _LowerCase(_Query):
    def changed(self, query: dict[str, str]) -> dict[str, str]:
        return {name.lower(): value for name, value in query.items()}


@fault("list-without-tag", "HTTP-12", says="A list does not say tag.")
class _WithoutTag(_Query):
    def changed(self, query: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in query.items() if name != "tag"}


@fault("list-size-renamed", "HTTP-12", says="A list says maxKeys for size.")
class _MaxKeys(_Query):
    def changed(self, query: dict[str, str]) -> dict[str, str]:
        return {"maxKeys" if name == "size" else name: value for name, value in query.items()}


@fault("list-drops-token", "HTTP-12", says="A list forgets nextToken, so that no page follows.")
class _NoPages(_Query):
    def changed(self, query: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in query.items() if name != "nextToken"}


@fault("list-double-encoded", "HTTP-12", says="A list percent-encodes its values twice.")
class _DoubleEncoded(_Query):
    def changed(self, query: dict[str, str]) -> dict[str, str]:
        return {name: value.replace("%", "%25") for name, value in query.items()}


@fault("list-upper-case-order", "HTTP-12", says="A list says ASC and DESC.")
class _UpperOrder(_Query):
    def changed(self, query: dict[str, str]) -> dict[str, str]:
        order = "orderByTime"
        return {name: value.upper() if name == order else value for name, value in query.items()}


@fault("list-of-ten", "HTTP-12", says="A list always asks for ten jobs, whatever the caller said.")
class _AlwaysTen(_Query):
    def changed(self, query: dict[str, str]) -> dict[str, str]:
        return {**query, "size": "10"}


@fault("cancel-without-parameter", "HTTP-13", says="A cancel lacks the parameter cancel.")
class _PlainCancel(Client):
    def cancel(self, job_id: str) -> dict[str, Any]:
        answer = self.exchange("PUT", f"/jobs/{job_id}", {}, b"")
        if answer.strip():
            self.read_response(answer)
        return {}


@fault("cancel-true", "HTTP-13", says="A cancel says cancel=true.")
class _CancelTrue(Client):
    def target(self, path: str, query: dict[str, str]) -> str:
        return super().target(path, {"cancel": "true"} if "cancel" in query else query)


@fault("cancel-other-path", "HTTP-13", says="A cancel goes to /pic_jobs/<JobId>.")
class _CancelPath(Client):
    def target(self, path: str, query: dict[str, str]) -> str:
        return super().target(path.replace("/jobs/", "/pic_jobs/"), query)


@fault("cancel-posts", "HTTP-13", says="A cancel is sent as POST.")
class _CancelPosts(Client):
    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        return super().exchange("POST" if method == "PUT" else method, path, query, body)
