"""A client of CreatePicJobs in the Python standard library, behind the adapter protocol.

It obeys every clause, and is meant to be read and copied: an adapter for a library of your own
keeps the second half (:func:`serve` and what it calls) and replaces the first by calls of the
library. Run it with ``picjobs-conformance client -- python adapter.py``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import re
import ssl
import sys
import time
import xml.etree.ElementTree as ET
from email.utils import formatdate
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

NAME, VERSION = "plain", "1.0"

# ---- the client: what a library does ------------------------------------------------------------


class ServiceError(Exception):
    """The service answered with an error response; the attributes are what it said."""

    def __init__(
        self, status: int, code: str | None, message: str | None, request_id: str | None
    ) -> None:
        super().__init__(message or f"HTTP status {status}")
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id


class ClientError(Exception):
    """The call cannot be made, or what came back is no answer of the service."""


class Client:
    """The four operations on jobs, over one connection a call.

    ``address`` is where to connect; the Host header is always the documented one.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        endpoint = settings["endpoint"]
        keys = settings["credentials"]
        self.address: tuple[str, int] = (endpoint["host"], endpoint["port"])
        self.ca_file: str | None = endpoint.get("ca_file")
        self.secret_id: str = keys["secret_id"]
        self.secret_key: str = keys["secret_key"]
        self.token: str | None = keys.get("token")
        self.host = f"{settings['bucket']}.ci.{settings['region']}.myqcloud.com"
        self.timeout: float = settings.get("timeout_s", 10)

    # -- the operations --

    def create(self, job: dict[str, Any]) -> dict[str, Any]:
        """Submit one job; returns what the service says of it."""
        body = self.write_job(job)
        answer = self.exchange("POST", "/pic_jobs", {}, body)
        return {"jobs": self.read_jobs(answer)}

    def describe(self, job_ids: list[str]) -> dict[str, Any]:
        answer = self.exchange("GET", "/pic_jobs/" + ",".join(job_ids), {}, b"")
        return self.read_list(answer)

    def list_jobs(self, query: dict[str, str]) -> dict[str, Any]:
        answer = self.exchange("GET", "/pic_jobs", query, b"")
        return self.read_list(answer)

    def cancel(self, job_id: str) -> dict[str, Any]:
        answer = self.exchange("PUT", f"/jobs/{job_id}", {"cancel": ""}, b"")
        if answer.strip():
            self.read_response(answer)
        return {}

    # -- writing a request --

    def write_job(self, job: dict[str, Any]) -> bytes:
        """The body of a create: every node that the caller set, in the caller's order."""
        return self.write_node("Request", job).encode("utf-8")

    def write_node(self, name: str, value: Any) -> str:
        if isinstance(value, dict):
            inside = "".join(self.write_node(key, member) for key, member in value.items())
        else:
            inside = self.write_text(str(value))
        return f"<{name}>{inside}</{name}>"

    def write_text(self, text: str) -> str:
        if _NOT_XML.search(text):
            raise ClientError("a value holds a character that XML cannot carry")
        return escape(text, {"\r": "&#13;"})

    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        """Send one signed request; the body of a 200, or an error."""
        headers = self.headers(method, body)
        target = self.target(path, query)
        headers["Authorization"] = self.sign(method, target, headers)
        status, request_id, answer = self.send(method, target, headers, body)
        if status != 200:
            raise self.read_error(status, request_id, answer)
        return answer

    def headers(self, method: str, body: bytes) -> dict[str, str]:
        headers = {"Host": self.host, "Date": formatdate(usegmt=True)}
        if method == "POST":
            headers["Content-Type"] = "application/xml"
            headers["Content-MD5"] = base64.b64encode(hashlib.md5(body).digest()).decode()
        if method in ("POST", "PUT"):
            headers["Content-Length"] = str(len(body))
        if self.token:
            headers["x-ci-security-token"] = self.token
        return headers

    def target(self, path: str, query: dict[str, str]) -> str:
        encoded = quote(path, safe="/,")
        if not query:
            return encoded
        pairs = (f"{url_encode(name)}={url_encode(value)}" for name, value in query.items())
        return f"{encoded}?{'&'.join(pairs)}"

    # -- the signature (Request Signature, 436/7778) --

    def window(self) -> str:
        now = int(time.time())
        return f"{now - 60};{now + 3600}"

    def sign(self, method: str, target: str, headers: dict[str, str]) -> str:
        """The value of the Authorization header; every header and URL parameter is signed."""
        path, _, query = target.partition("?")
        pairs = [piece.partition("=") for piece in query.split("&") if piece]
        params = {unquote(name): unquote(value) for name, _, value in pairs}
        key_time = self.window()
        http_headers, header_list = canonical(headers)
        http_parameters, param_list = canonical(params)
        http_string = f"{method.lower()}\n{unquote(path)}\n{http_parameters}\n{http_headers}\n"
        signature = self.signature(key_time, http_string)
        return self.authorization(key_time, header_list, param_list, signature)

    def signature(self, key_time: str, http_string: str) -> str:
        sign_key = hmac_sha1(self.secret_key, key_time)
        digest = hashlib.sha1(http_string.encode()).hexdigest()
        return hmac_sha1(sign_key, f"sha1\n{key_time}\n{digest}\n")

    def authorization(
        self, key_time: str, header_list: str, param_list: str, signature: str
    ) -> str:
        return "&".join(
            (
                "q-sign-algorithm=sha1",
                f"q-ak={self.secret_id}",
                f"q-sign-time={key_time}",
                f"q-key-time={key_time}",
                f"q-header-list={header_list}",
                f"q-url-param-list={param_list}",
                f"q-signature={signature}",
            )
        )

    # -- sending and receiving --

    def connect(self) -> http.client.HTTPConnection:
        host, port = self.address
        if self.ca_file:
            context = ssl.create_default_context(cafile=self.ca_file)
            return http.client.HTTPSConnection(host, port, timeout=self.timeout, context=context)
        return http.client.HTTPConnection(host, port, timeout=self.timeout)

    def send(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str | None, bytes]:
        """Status, request id and body of the answer. Nothing is repeated and nothing followed."""
        connection = self.connect()
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return answer.status, answer.getheader("x-ci-request-id"), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ClientError(f"no whole answer: {type(error).__name__}: {error}") from None
        finally:
            connection.close()

    # -- reading an answer --

    def parse(self, body: bytes) -> ET.Element:
        if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
            raise ClientError("the answer has a document type, which no answer of the service has")
        try:
            return ET.fromstring(body)  # noqa: S314 - see the line above
        except (ET.ParseError, ValueError, LookupError) as error:
            raise ClientError(f"the answer is not XML: {error}") from None

    def read_response(self, body: bytes) -> ET.Element:
        root = self.parse(body)
        if root.tag == "Error":
            raise self.read_error(200, None, body)
        if root.tag != "Response":
            raise ClientError(f"the answer is no Response but {root.tag}")
        return root

    def read_jobs(self, body: bytes) -> list[dict[str, Any]]:
        return [self.read_node(each) for each in self.read_response(body).findall("JobsDetail")]

    def read_list(self, body: bytes) -> dict[str, Any]:
        root = self.read_response(body)
        missing = [each.text or "" for each in root.findall("NonExistJobIds")]
        ids = [part for each in missing for part in each.split(",") if part]
        answer: dict[str, Any] = {"jobs": self.read_jobs(body)}
        if ids:
            answer["non_exist_job_ids"] = ids
        if root.findtext("NextToken"):
            answer["next_token"] = root.findtext("NextToken")
        return answer

    def read_node(self, node: ET.Element) -> Any:
        """A node as text, or as an object of its children; repeated children as a list."""
        if len(node) == 0:
            return node.text or ""
        members: dict[str, Any] = {}
        for child in node:
            value = self.read_node(child)
            if child.tag in members:
                held = members[child.tag]
                members[child.tag] = [*held, value] if isinstance(held, list) else [held, value]
            else:
                members[child.tag] = value
        return members

    def read_error(self, status: int, request_id: str | None, body: bytes) -> ServiceError:
        try:
            root = self.parse(body)
        except ClientError:
            return ServiceError(status, None, None, request_id)
        return ServiceError(
            status,
            root.findtext("Code"),
            root.findtext("Message"),
            root.findtext("RequestId") or request_id,
        )


#: What XML 1.0 cannot hold (production 2, Char).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def url_encode(text: str) -> str:
    """Percent-encode every byte but ``A-Z a-z 0-9 - _ . ~``."""
    return quote(text, safe="-_.~")


def hmac_sha1(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha1).hexdigest()


def canonical(pairs: dict[str, str]) -> tuple[str, str]:
    """Steps 3 and 4: ``key=value`` joined by ``&``, and the keys joined by ``;``, both sorted."""
    encoded = sorted((url_encode(key).lower(), url_encode(value)) for key, value in pairs.items())
    joined = "&".join(f"{key}={value}" for key, value in encoded)
    return joined, ";".join(key for key, _ in encoded)


# ---- the adapter: JSON lines in and out ---------------------------------------------------------


def hello() -> dict[str, Any]:
    return {
        "name": NAME,
        "version": VERSION,
        "language": "python",
        "ops": ["create_pic_job", "describe_pic_job", "list_pic_jobs", "cancel_pic_job"],
    }


def perform(client: Client, question: dict[str, Any]) -> dict[str, Any]:
    """Make the call that ``question`` asks for."""
    op = question["op"]
    if op == "create_pic_job":
        return client.create(question["job"])
    if op == "describe_pic_job":
        return client.describe(question["job_ids"])
    if op == "list_pic_jobs":
        return client.list_jobs(question.get("query", {}))
    if op == "cancel_pic_job":
        return client.cancel(question["job_ids"][0])
    raise NotImplementedError(f"no operation {op}")


def reply(question: dict[str, Any], client_type: type[Client] = Client) -> dict[str, Any]:
    """The answer to one question, whatever happens on the way."""
    if question["op"] == "hello":
        return {"result": hello()}
    try:
        return {"result": perform(client_type(question), question)}
    except ServiceError as error:
        told = {
            "kind": "service",
            "status": error.status,
            "code": error.code,
            "message": error.message,
            "request_id": error.request_id,
        }
        return {"error": told}
    except NotImplementedError as error:
        return {"unsupported": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever the library throws is what its caller sees
        return {"error": {"kind": "client", "message": f"{type(error).__name__}: {error}"}}


def serve(client_type: type[Client] = Client) -> None:
    """Answer questions until ``shutdown`` or the end of stdin."""
    for line in sys.stdin.buffer:
        question = json.loads(line)
        if question["op"] == "shutdown":
            break
        answer = {"id": question["id"], **reply(question, client_type)}
        sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
