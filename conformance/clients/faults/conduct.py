"""Faults of LIB-07, 08, 09, 13, 14 and 15: what is sent for a call, how often, and where."""

from __future__ import annotations

import copy
import http.client
import posixpath
import re
import time
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from conformance.clients.adapters.plain.adapter import Client, ServiceError
from conformance.clients.faults.catalogue import fault

Job = dict[str, Any]
Answer = tuple[int, str | None, bytes]


# ---- how often ----


@fault("create-twice", "LIB-07", says="Every create is sent twice.")
class _Twice(Client):
    def create(self, job: Job) -> Job:
        super().create(job)
        return super().create(job)


@fault("create-again-when-slow", "LIB-07", says="A create whose answer is slow is sent again.")
class _AgainWhenSlow(Client):
    def create(self, job: Job) -> Job:
        begun = time.monotonic()
        result = super().create(job)
        return super().create(job) if time.monotonic() - begun > 0.35 else result


@fault("create-again-when-unread", "LIB-07", says="A create whose answer is unread is sent again.")
class _AgainWhenUnread(Client):
    def create(self, job: Job) -> Job:
        try:
            return super().create(job)
        except ServiceError:
            raise
        except Exception:  # noqa: BLE001 - the fault is to take every failure alike
            return super().create(job)


class _Retrying(Client):
    """Sends a request again when ``again`` says so."""

    def again(self, status: int) -> bool:
        raise NotImplementedError

    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        try:
            return super().exchange(method, path, query, body)
        except ServiceError as error:
            if self.again(error.status):
                return super().exchange(method, path, query, body)
            raise


@fault("retries-4xx", "LIB-08", says="A 4xx is tried again.")
class _Retries4xx(_Retrying):
    def again(self, status: int) -> bool:
        return 400 <= status <= 499


@fault("retries-403", "LIB-08", says="A 403 is tried again.")
class _Retries403(_Retrying):
    def again(self, status: int) -> bool:
        return status == 403


@fault(
    "retries-with-ended-signature",
    "LIB-08",
    says="What is tried again after a pause carries the first signature, which has ended.",
    also=("SIG-04",),
)
class _StaleRetry(Client):
    def window(self) -> str:
        now = int(time.time())
        return f"{now - 1};{now + 1}"

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        answer = super().send(method, target, headers, body)
        if answer[0] == 503 and method == "GET":
            time.sleep(4.6)
            return super().send(method, target, headers, body)
        return answer


# ---- what was set ----


@fault(
    "escapes-nothing",
    "LIB-09",
    "REQ-01",
    says="Values are written unescaped.",
    also=("LIB-13", "REQ-24", "REQ-23", "REQ-19"),
)
class _Unescaped(Client):
    def write_text(self, text: str) -> str:
        super().write_text(text)
        return text


@fault(
    "escapes-twice", "LIB-09", says="Values are escaped twice.", also=("LIB-13", "REQ-19", "REQ-18")
)
class _EscapesTwice(Client):
    def write_text(self, text: str) -> str:
        return super().write_text(super().write_text(text))


@fault(
    "cdata-unsplit",
    "LIB-09",
    says="Values are CDATA sections, ]]> in them too.",
    also=("REQ-01", "LIB-13", "REQ-19"),
)
class _Cdata(Client):
    def write_text(self, text: str) -> str:
        super().write_text(text)
        return f"<![CDATA[{text}]]>"


@fault("ascii-only", "LIB-09", says="What is not ASCII becomes a question mark.", also=("LIB-13",))
class _AsciiOnly(Client):
    def write_text(self, text: str) -> str:
        return super().write_text(text.encode("ascii", "replace").decode())


@fault(
    "keys-normalised", "LIB-09", says="Object keys are put into composed form.", also=("LIB-13",)
)
class _Normalised(Client):
    def write_text(self, text: str) -> str:
        return super().write_text(unicodedata.normalize("NFC", text))


@fault(
    "astral-as-surrogates",
    "LIB-09",
    says="Characters beyond U+FFFF are written as two.",
    also=("LIB-13", "REQ-01"),
)
class _Surrogates(Client):
    def write_text(self, text: str) -> str:
        written = super().write_text(text)
        return re.sub("[\U00010000-\U0010ffff]", _as_two, written)


def _as_two(match: re.Match[str]) -> str:
    high, low = divmod(ord(match[0]) - 0x10000, 0x400)
    return f"&#x{0xD800 + high:X};&#x{0xDC00 + low:X};"


class _Dropping(Client):
    """Changes the job before it is written."""

    def change(self, job: Job) -> None:
        raise NotImplementedError

    def write_job(self, job: Job) -> bytes:
        job = copy.deepcopy(job)
        self.change(job)
        return super().write_job(job)


@fault("drops-callback-no", "LIB-13", says="CallBack = no is dropped.")
class _DropsNo(_Dropping):
    def change(self, job: Job) -> None:
        if job.get("CallBack") == "no":
            del job["CallBack"]


@fault("drops-job-level-0", "LIB-13", says="JobLevel = 0 is dropped, being false.")
class _DropsZero(_Dropping):
    def change(self, job: Job) -> None:
        if job["Operation"].get("JobLevel") == "0":
            del job["Operation"]["JobLevel"]


@fault("drops-job-level-2", "LIB-13", says="JobLevel 2 is sent as 1.")
class _CapsLevel(_Dropping):
    def change(self, job: Job) -> None:
        if job["Operation"].get("JobLevel") == "2":
            job["Operation"]["JobLevel"] = "1"


@fault("callback-lower-case", "LIB-13", says="CallBack is put into lower case, path and all.")
class _LowerCallBack(_Dropping):
    def change(self, job: Job) -> None:
        if "CallBack" in job:
            job["CallBack"] = job["CallBack"].lower()


@fault("drops-format-xml", "LIB-13", says="CallBackFormat XML is dropped, being the default.")
class _DropsXml(_Dropping):
    def change(self, job: Job) -> None:
        if job.get("CallBackFormat") == "XML":
            del job["CallBackFormat"]


@fault("drops-inline-beside-template", "LIB-13", says="PicProcess is dropped beside a TemplateId.")
class _DropsInline(_Dropping):
    def change(self, job: Job) -> None:
        if "TemplateId" in job["Operation"]:
            job["Operation"].pop("PicProcess", None)


@fault("queue-mode-always", "LIB-13", says="MqMode is always sent as Queue.")
class _QueueMode(_Dropping):
    def change(self, job: Job) -> None:
        if "CallBackMqConfig" in job:
            job["CallBackMqConfig"]["MqMode"] = "Queue"


class _Data(_Dropping):
    """Changes UserData, where there is any."""

    def data(self, text: str) -> str:
        raise NotImplementedError

    def change(self, job: Job) -> None:
        if job["Operation"].get("UserData"):
            job["Operation"]["UserData"] = self.data(job["Operation"]["UserData"])


@fault("user-data-trimmed", "LIB-13", says="UserData loses white space at its ends.")
class _Trimmed(_Data):
    def data(self, text: str) -> str:
        return text.strip()


@fault("user-data-collapsed", "LIB-13", says="Runs of white space in UserData become one space.")
class _Collapsed(_Data):
    def data(self, text: str) -> str:
        return re.sub(" +", " ", text)


@fault(
    "user-data-cut-at-1000",
    "LIB-13",
    says="UserData is cut after 1,000 characters.",
    also=("LIB-09",),
)
class _Cut1000(_Data):
    def data(self, text: str) -> str:
        return text[:1000]


@fault(
    "user-data-last-character",
    "LIB-13",
    says="The 1,024th character of UserData is lost.",
    also=("LIB-09",),
)
class _LastLost(_Data):
    def data(self, text: str) -> str:
        return text[:1023]


@fault("user-data-as-number", "LIB-13", says="UserData that looks like a number is sent as one.")
class _AsNumber(_Data):
    def data(self, text: str) -> str:
        return str(int(text)) if text.isdigit() and len(text) < 9 else text


@fault("key-percent-decoded", "LIB-13", says="Object keys are percent-decoded.", also=("LIB-09",))
class _Decoded(_Dropping):
    def change(self, job: Job) -> None:
        output = job["Operation"]["Output"]
        output["Object"] = output["Object"].replace("%20", " ").replace("%2B", "+")


@fault(
    "key-plus-as-space",
    "LIB-13",
    says="A plus in Input.Object is sent as a space.",
    also=("LIB-09",),
)
class _PlusKey(_Dropping):
    def change(self, job: Job) -> None:
        job["Input"]["Object"] = job["Input"]["Object"].replace("+", " ")


class _Keys(_Dropping):
    """Changes both object keys."""

    def key(self, text: str) -> str:
        raise NotImplementedError

    def change(self, job: Job) -> None:
        for place in (job["Input"], job["Operation"]["Output"]):
            place["Object"] = self.key(place["Object"])


@fault("keys-trimmed", "LIB-13", says="Object keys lose white space at their ends.")
class _TrimmedKeys(_Keys):
    def key(self, text: str) -> str:
        return text.strip()


@fault("keys-as-paths", "LIB-13", says="Object keys are resolved as paths are: // and .. go.")
class _Paths(_Keys):
    def key(self, text: str) -> str:
        return posixpath.normpath(text)


@fault("keys-with-slash", "LIB-13", says="Object keys get a slash before them.", also=("LIB-09",))
class _Slash(_Keys):
    def key(self, text: str) -> str:
        return f"/{text.lstrip('/')}"


@fault("output-bucket-of-the-call", "LIB-13", says="Output.Bucket is always the call's bucket.")
class _SameBucket(_Dropping):
    def change(self, job: Job) -> None:
        job["Operation"]["Output"]["Bucket"] = self.host.partition(".ci.")[0]


@fault("control-written-raw", "LIB-14", says="A control character is written as it is.")
class _RawControl(Client):
    def write_text(self, text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@fault("control-as-reference", "LIB-14", says="A control character is written as a reference.")
class _Reference(Client):
    def write_text(self, text: str) -> str:
        written = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub("[\x00-\x08\x0b-\x1f]", lambda at: f"&#{ord(at[0])};", written)


# ---- where to ----


class _Following(Client):
    """Follows redirects to wherever they lead."""

    def kept(self, headers: dict[str, str]) -> dict[str, str]:
        raise NotImplementedError

    def connect(self) -> http.client.HTTPConnection:
        self.connection = super().connect()
        return self.connection

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            status, location = answer.status, answer.getheader("Location")
            told = status, answer.getheader("x-ci-request-id"), answer.read()
        except (OSError, http.client.HTTPException):
            return super().send(method, target, headers, body)
        finally:
            connection.close()
        if status not in (301, 307) or not location:
            return told
        place = urlsplit(location)
        if not place.netloc:
            return super().send(method, location, headers, body)
        self.address = (place.hostname or "", place.port or 80)
        return super().send(method, place.path, {**self.kept(headers), "Host": place.netloc}, body)


@fault("redirect-with-signature", "LIB-15", says="A redirect is followed with all headers.")
class _FollowsSigned(_Following):
    def kept(self, headers: dict[str, str]) -> dict[str, str]:
        return headers


@fault("redirect-with-token", "LIB-15", says="A redirect is followed with the token.")
class _FollowsToken(_Following):
    def kept(self, headers: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in headers.items() if name != "Authorization"}


@fault(
    "switches-domain",
    "LIB-15",
    says="After a 503 the request is sent to another domain, as some clients do.",
    also=("HTTP-02", "LIB-08", "LIB-07"),
)
class _Switches(Client):
    def exchange(self, method: str, path: str, query: dict[str, str], body: bytes) -> bytes:
        try:
            return super().exchange(method, path, query, body)
        except ServiceError as error:
            if error.status != 503:
                raise
            self.host = self.host.replace("myqcloud.com", "tencentcos.cn")
            return super().exchange(method, path, query, body)
