"""Unusual clients that conform all the same: the suite must stay silent on them."""

from __future__ import annotations

import http.client
import json
import re
import socket
import sys
import time
import xml.etree.ElementTree as ET
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from conformance.clients.adapters.plain.adapter import (
    Client,
    ClientError,
    ServiceError,
    canonical,
    hello,
    reply,
    url_encode,
)
from conformance.clients.faults.catalogue import variant, variant_program

Job = dict[str, Any]
Answer = tuple[int, str | None, bytes]


class _Subset(Client):
    """Signs only these headers."""

    names: ClassVar[tuple[str, ...]] = ("Host",)

    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        kept = {name: value for name, value in headers.items() if name in self.names}
        return super().sign(method, target, kept)


@variant("signs-host-only", says="Only the Host is signed.")
class _HostOnly(_Subset):
    names = ("Host",)


@variant("signs-host-and-date", says="Host and Date are signed.")
class _HostAndDate(_Subset):
    names = ("Host", "Date")


@variant("signature-in-url", says="Signature and token travel in URL parameters.")
class _InUrl(Client):
    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        if self.token:
            query = {**query, "x-cos-security-token": self.token}
        headers = self.headers(method, body)
        headers.pop("x-ci-security-token", None)
        target = self.target(path, query)
        pairs = (each.split("=", 1) for each in self.sign(method, target, headers).split("&"))
        joint = "&" if "?" in target else "?"
        target += joint + "&".join(f"{name}={url_encode(value)}" for name, value in pairs)
        status, request_id, answer = self.send(method, target, headers, body)
        if status != 200:
            raise self.read_error(status, request_id, answer)
        return answer


@variant("token-of-cos", says="The token travels as x-cos-security-token.", errata=("E8",))
class _CosToken(Client):
    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        if "x-ci-security-token" in headers:
            headers["x-cos-security-token"] = headers.pop("x-ci-security-token")
        return headers


@variant("parameters-reordered", says="The parameters of the signature are in another order.")
class _Reordered(Client):
    def authorization(
        self, key_time: str, header_list: str, param_list: str, signature: str
    ) -> str:
        text = super().authorization(key_time, header_list, param_list, signature)
        return "&".join(reversed(text.split("&"))) + "  "


@variant("window-of-a-day", says="A signature is valid for 24 hours to the second.")
class _Day(Client):
    def window(self) -> str:
        now = int(time.time())
        return f"{now};{now + 86400}"


@variant("window-of-ten-seconds", says="A signature is valid for ten seconds from now on.")
class _TenSeconds(Client):
    def window(self) -> str:
        now = int(time.time())
        return f"{now};{now + 10}"


@variant("headers-lower-case", says="Header names are in lower case, in another order.")
class _Lower(Client):
    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        return {name.lower(): headers[name] for name in reversed(headers)}


@variant("headers-spaced", says="Header values have white space around them.")
class _Spaced(Client):
    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        spaced = {name: f" {value}\t" for name, value in headers.items()}
        return super().send(method, target, spaced, body)


@variant("headers-many", says="Many more headers are sent, and signed.")
class _Many(Client):
    def headers(self, method: str, body: bytes) -> dict[str, str]:
        return {
            **super().headers(method, body),
            "User-Agent": "picjobs/1.0 (Linux; a=b; \u00e9)".encode().decode("latin-1"),
            "Accept": "*/*",
            "x-cos-meta-words": 'a "quoted" = word',
            "Accept-Encoding": "identity",
        }

    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        seen = {name: value.encode("latin-1").decode() for name, value in headers.items()}
        return super().sign(method, target, seen)


@variant("type-with-charset", says="Content-Type has a charset parameter.")
class _Charset(Client):
    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        if "Content-Type" in headers:
            headers["Content-Type"] = "Application/XML; charset=utf-8"
        return headers


@variant("no-optional-headers", says="There is neither Date nor Content-MD5.")
class _NoOptional(Client):
    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        return {name: headers[name] for name in headers if name not in ("Date", "Content-MD5")}


class _Body(Client):
    """Writes the same document in another way."""

    def written(self, text: str) -> bytes:
        raise NotImplementedError

    def write_job(self, job: Job) -> bytes:
        return self.written(super().write_job(job).decode())


@variant("body-declared", says="The body has an XML declaration and a comment.")
class _Declared(_Body):
    def written(self, text: str) -> bytes:
        return f"<?xml version='1.0' encoding='utf-8'?>\n<!-- job -->\n{text}\n".encode()


@variant("body-prefixes", says="Prefixes are declared that no name uses, and tags have spaces.")
class _Prefixes(_Body):
    def written(self, text: str) -> bytes:
        known = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="urn:none"'
        text = text.replace("<Request>", f"<Request {known} xmlns=''>")
        text = text.replace("<Input>", '<Input xml:space="preserve">')
        return re.sub(r"<(/?\w+)>", r"<\1 >", text).encode()


@variant("body-utf-16", says="The body is in UTF-16, and says so.")
class _Utf16(_Body):
    def written(self, text: str) -> bytes:
        return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")


@variant("body-bom", says="The body begins with a byte order mark.")
class _Bom(_Body):
    def written(self, text: str) -> bytes:
        return text.encode("utf-8-sig")


@variant("body-pretty", says="The body has white space between its nodes.")
class _Pretty(_Body):
    def written(self, text: str) -> bytes:
        return re.sub(r"(<(\w+)></\2>)|(?<=>)(?=<)", lambda at: at[1] or "\n  ", text).encode()


@variant("body-cdata", says="Values are CDATA sections, ]]> split between two.")
class _Cdata(Client):
    def write_text(self, text: str) -> str:
        super().write_text(text)
        return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


@variant("body-references", says="Everything but letters is a character reference.")
class _References(Client):
    def write_text(self, text: str) -> str:
        super().write_text(text)
        return "".join(each if each.isalnum() else f"&#x{ord(each):x};" for each in text)


@variant("body-reversed", says="The nodes are written in reverse order.")
class _Reversed(Client):
    def write_node(self, name: str, value: Any) -> str:
        if isinstance(value, dict):
            value = dict(reversed(list(value.items())))
        return super().write_node(name, value)


@variant("empty-left-out", says="An empty UserData is left out.", errata=("E16",))
class _EmptyLeftOut(Client):
    def write_node(self, name: str, value: Any) -> str:
        return super().write_node(name, value) if value != "" else ""


@variant("empty-nodes", says="Optional nodes that were not set are written empty.", errata=("E26",))
class _EmptyNodes(Client):
    def write_job(self, job: Job) -> bytes:
        job = {"CallBack": "", "CallBackFormat": "", "CallBackType": "", **job}
        job["Operation"] = {"JobLevel": "", "UserData": "", **job["Operation"]}
        return super().write_job(job)


@variant("drift", says="QueueType is sent, as later clients do.", errata=("E9",))
class _Drift(Client):
    def write_job(self, job: Job) -> bytes:
        return super().write_job({**job, "QueueType": "PicProcess"})


@variant("controls-taken-out", says="Control characters are taken out.", errata=("E19",))
class _TakenOut(Client):
    def write_text(self, text: str) -> str:
        return super().write_text(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\uffff]", "", text))


@variant("plus-for-space", says="A space in a query is sent as a plus.", errata=("E15",))
class _PlusForSpace(Client):
    def target(self, path: str, query: dict[str, str]) -> str:
        return super().target(path, query).replace("%20", "+")

    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        return super().sign(method, target.replace("+", "%20"), headers)


@variant("query-lower-case-hex", says="The query is percent-encoded with lower-case hex.")
class _LowerHex(Client):
    def target(self, path: str, query: dict[str, str]) -> str:
        return re.sub("%..", lambda at: at[0].lower(), super().target(path, query))


@variant("query-barely-encoded", says="Only what must be is encoded in the query.")
class _Barely(Client):
    def target(self, path: str, query: dict[str, str]) -> str:
        pairs = (f"{name}={quote(value, safe=_SAFE)}" for name, value in query.items())
        return path + ("?" + "&".join(pairs) if query else "")


_SAFE = "/:;,~!'()*$-_.@"


@variant("commas-encoded", says="The commas between ids are percent-encoded.")
class _Commas(Client):
    def target(self, path: str, query: dict[str, str]) -> str:
        return super().target(path, query).replace(",", "%2C")


@variant("describe-one-by-one", says="One request is sent for each id.", errata=("E18",))
class _OneByOne(Client):
    def describe(self, job_ids: list[str]) -> Job:
        found = [super(_OneByOne, self).describe([each]) for each in job_ids]
        return {"jobs": [job for each in found for job in each["jobs"]]}


@variant("cancel-bare", says="?cancel stands without an equals sign.", errata=("E17",))
class _Bare(Client):
    def target(self, path: str, query: dict[str, str]) -> str:
        return super().target(path, query).replace("cancel=", "cancel")


@variant("cancel-without-length", says="A PUT without a body has no Content-Length.")
class _NoLength(Client):
    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = super().headers(method, body)
        if method == "PUT":
            del headers["Content-Length"]
        return headers


@variant("list-with-defaults", says="A list says the defaults of what its caller left out.")
class _Defaults(Client):
    def list_jobs(self, query: dict[str, str]) -> Job:
        defaults = {"orderByTime": "Desc", "size": "10", "states": "All", "nextToken": ""}
        return super().list_jobs({**defaults, **query})


@variant("absolute-form", says="The endpoint is used as a proxy: targets are in absolute form.")
class _Absolute(Client):
    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        return super().send(method, f"http://{self.host}{target}", headers, body)


@variant("small-segments", says="A request travels in many small segments.")
class _Small(Client):
    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
        data = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body
        try:
            with socket.create_connection(self.address, self.timeout) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for at in range(0, len(data), 211):
                    connection.sendall(data[at : at + 211])
                answer = http.client.HTTPResponse(connection, method=method)
                answer.begin()
                return answer.status, answer.getheader("x-ci-request-id"), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ClientError(f"no whole answer: {error}") from None


@variant("expects-continue", says="The body waits for 100 Continue.")
class _Expects(Client):
    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        if not body:
            return super().send(method, target, headers, body)
        lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
        head = "\r\n".join([*lines, "Expect: 100-continue", "", ""]).encode("latin-1")
        try:
            with socket.create_connection(self.address, self.timeout) as connection:
                connection.sendall(head)
                if not connection.recv(4096).startswith(b"HTTP/1.1 100"):
                    raise ClientError("no leave to go on")
                connection.sendall(body)
                answer = http.client.HTTPResponse(connection, method=method)
                answer.begin()
                return answer.status, answer.getheader("x-ci-request-id"), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ClientError(f"no whole answer: {error}") from None


@variant("connection-kept", says="One connection is used for every call.")
class _Kept(Client):
    pool: ClassVar[dict[tuple[str, int], http.client.HTTPConnection]] = {}

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = self.pool.setdefault(self.address, super().connect())
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("x-ci-request-id"), answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.pool.pop(self.address).close()
            raise ClientError(f"no whole answer: {error}") from None


@variant("view-typed", says="Numbers of a result reach the caller as numbers, absent ones as null.")
class _Typed(Client):
    def read_node(self, node: ET.Element) -> Any:
        read = super().read_node(node)
        numbers = {"Width", "Height", "Size", "Quality", "Orientation"}
        return int(read) if node.tag in numbers and str(read).isdigit() else read

    def read_jobs(self, body: bytes) -> list[Job]:
        return [{"Code": None, "Message": None, **job} for job in super().read_jobs(body)]


@variant("no-time-as-null", says="A time of '-' reaches the caller as null.", errata=("E16",))
class _Null(Client):
    def read_jobs(self, body: bytes) -> list[Job]:
        jobs = super().read_jobs(body)
        for job in jobs:
            for name in ("StartTime", "EndTime"):
                job[name] = None if job.get(name) == "-" else job.get(name)
        return jobs


@variant(
    "bucket-by-one-name",
    says="BucketId and Bucket reach the caller as Bucket.",
    errata=("E1", "E16"),
)
class _OneName(Client):
    def read_jobs(self, body: bytes) -> list[Job]:
        jobs = super().read_jobs(body)
        for job in jobs:
            place = job.get("Input", {})
            if isinstance(place, dict) and "BucketId" in place:
                place["Bucket"] = place.pop("BucketId")
        return jobs


@variant("retries-5xx", says="A 5xx and a broken connection are tried again, signed anew.")
class _Retries(Client):
    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        try:
            return super().exchange(method, path, query, body)
        except ServiceError as error:
            if error.status < 500:
                raise
        except ClientError as error:
            if "no whole answer" not in str(error):
                raise
        return super().exchange(method, path, query, body)


class _Redirected(Exception):
    """Where a redirect leads."""


@variant(
    "redirect-inside", says="A redirect without a host is followed, signed anew.", errata=("E21",)
)
class _Inside(Client):
    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        try:
            return super().exchange(method, path, query, body)
        except _Redirected as redirected:
            return super().exchange(method, unquote(str(redirected)), query, body)

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            location = answer.getheader("Location") or ""
            told = answer.status, answer.getheader("x-ci-request-id"), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ClientError(f"no whole answer: {error}") from None
        finally:
            connection.close()
        if told[0] == 307 and location.startswith("/"):
            raise _Redirected(location)
        return told


@variant("redirect-bare", says="A redirect is followed without signature and token.")
class _FollowsBare(Client):
    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            location = answer.getheader("Location") or ""
            told = answer.status, answer.getheader("x-ci-request-id"), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ClientError(f"no whole answer: {error}") from None
        finally:
            connection.close()
        if told[0] not in (301, 307) or not location.startswith("http://127.0.0.1:"):
            return told
        authority, _, path = location.removeprefix("http://").partition("/")
        self.address = ("127.0.0.1", int(authority.rpartition(":")[2]))
        bare = {name: value for name, value in headers.items() if name.startswith("Content")}
        return super().send(method, f"/{path}", {"Host": authority, **bare}, body)


# ---- whole programs ----


def _serve(answer_to: Any) -> None:
    for line in sys.stdin.buffer:
        question = json.loads(line)
        if question["op"] == "shutdown":
            break
        answer = {"id": question["id"], **answer_to(question)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


@variant_program("creates-only", says="The library can create jobs and nothing else.")
def _creates_only() -> None:
    def answer(question: Job) -> Job:
        if question["op"] == "hello":
            return {"result": {**hello(), "ops": ["create_pic_job"]}}
        return reply(question)

    _serve(answer)


@variant_program("creates-not", says="The library can ask for jobs, and cannot create them.")
def _creates_not() -> None:
    def answer(question: Job) -> Job:
        if question["op"] == "hello":
            return {"result": {**hello(), "ops": ["describe_pic_job", "list_pic_jobs"]}}
        return reply(question)

    _serve(answer)


@variant_program("no-queue-messages", says="The library has no CallBackMqConfig, and says so.")
def _no_tdmq() -> None:
    def answer(question: Job) -> Job:
        if "CallBackMqConfig" in question.get("job", {}):
            return {"unsupported": "the library has no CallBackMqConfig"}
        return reply(question)

    _serve(answer)


@variant_program("talks-on-stderr", says="The library logs a great deal on stderr.")
def _talks() -> None:
    def answer(question: Job) -> Job:
        print("debug:", question["op"], "x" * 3000, file=sys.stderr)  # noqa: T201 - its log
        return reply(question)

    _serve(answer)


# ---- several readings of a signed list ----


@variant(
    "params-signed-decoded-plus",
    says="A plus in a query is signed as the plus it is.",
    errata=("E15",),
)
class _PlusAsPlus(Client):
    def target(self, path: str, query: dict[str, str]) -> str:
        return super().target(path, query).replace("%2B", "+")

    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        path, _, query = target.partition("?")
        pairs = [piece.partition("=") for piece in query.split("&") if piece]
        params = {unquote(name): unquote(value) for name, _, value in pairs}
        key_time = self.window()
        http_headers, header_list = canonical(headers)
        http_parameters, param_list = canonical(params)
        string = f"{method.lower()}\n{unquote(path)}\n{http_parameters}\n{http_headers}\n"
        signature = self.signature(key_time, string)
        return self.authorization(key_time, header_list, param_list, signature)
