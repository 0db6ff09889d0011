"""Faults of REQ-01 to 26: the body of a create."""

from __future__ import annotations

import copy
import re
from typing import Any
from urllib.parse import quote

from conformance.clients.adapters.plain.adapter import Client
from conformance.clients.faults.catalogue import fault

Job = dict[str, Any]


class _Job(Client):
    """Changes the job before it is written."""

    def change(self, job: Job) -> None:
        raise NotImplementedError

    def write_job(self, job: Job) -> bytes:
        job = copy.deepcopy(job)
        self.change(job)
        return super().write_job(job)


class _Text(Client):
    """Changes the text of the body."""

    def changed(self, text: str) -> str:
        raise NotImplementedError

    def write_job(self, job: Job) -> bytes:
        return self.changed(super().write_job(job).decode()).encode()


# ---- the document ----


@fault(
    "body-unclosed",
    "REQ-01",
    says="Input is never closed, as the page prints it.",
    also=("LIB-09",),
)
class _Unclosed(_Text):
    def changed(self, text: str) -> str:
        return text.replace("</Input>", "")


@fault("body-two-roots", "REQ-01", says="An empty second root follows the first.", also=("LIB-09",))
class _TwoRoots(_Text):
    def changed(self, text: str) -> str:
        return text + "<Request/>"


@fault(
    "body-latin-1",
    "REQ-01",
    says="The body is in Latin-1 where it can be, and says nothing of it.",
    also=("LIB-09",),
)
class _Latin1(Client):
    def write_job(self, job: Job) -> bytes:
        body = super().write_job(job)
        try:
            return body.decode().encode("latin-1")
        except UnicodeEncodeError:
            return body


@fault(
    "body-declares-utf-16", "REQ-01", says="The body says UTF-16 and is UTF-8.", also=("LIB-09",)
)
class _Utf16(_Text):
    def changed(self, text: str) -> str:
        return '<?xml version="1.0" encoding="UTF-16"?>' + text


@fault("root-lower-case", "REQ-02", says="The root is request.")
class _LowerRoot(_Text):
    def changed(self, text: str) -> str:
        return re.sub("(</?)Request>", r"\1request>", text)


@fault("root-namespace", "REQ-02", says="The root is in the namespace of the storage service.")
class _Namespace(_Text):
    def changed(self, text: str) -> str:
        return text.replace("<Request>", '<Request xmlns="http://doc.s3.amazonaws.com">', 1)


@fault("root-jobs", "REQ-02", says="The root is Jobs.")
class _JobsRoot(_Text):
    def changed(self, text: str) -> str:
        return re.sub("(</?)Request>", r"\1Jobs>", text)


# ---- required nodes ----


@fault("tag-missing", "REQ-04", says="There is no Tag.", also=("LIB-13",))
class _NoTag(_Job):
    def change(self, job: Job) -> None:
        del job["Tag"]


@fault("tag-of-another-job", "REQ-04", says="Tag is Transcode.", also=("LIB-13",))
class _OtherTag(_Job):
    def change(self, job: Job) -> None:
        job["Tag"] = "Transcode"


@fault(
    "input-flattened",
    "REQ-05",
    says="Object stands in the root, without Input.",
    also=("LIB-13", "REQ-24"),
)
class _FlatInput(_Job):
    def change(self, job: Job) -> None:
        job.update(job.pop("Input"))


@fault(
    "input-object-renamed", "REQ-06", says="Input holds Key for Object.", also=("LIB-13", "REQ-24")
)
class _InputKey(_Job):
    def change(self, job: Job) -> None:
        job["Input"] = {"Key": job["Input"]["Object"]}


@fault("input-object-empty", "REQ-06", says="Input.Object is empty.", also=("LIB-13", "LIB-09"))
class _EmptyInput(_Job):
    def change(self, job: Job) -> None:
        job["Input"]["Object"] = ""


@fault(
    "operation-flattened",
    "REQ-07",
    says="The nodes of Operation stand in the root.",
    also=("LIB-13", "REQ-24"),
)
class _FlatOperation(_Job):
    def change(self, job: Job) -> None:
        job.update(job.pop("Operation"))


@fault(
    "output-flattened",
    "REQ-08",
    says="The nodes of Output stand in Operation.",
    also=("LIB-13", "REQ-24"),
)
class _FlatOutput(_Job):
    def change(self, job: Job) -> None:
        job["Operation"].update(job["Operation"].pop("Output"))


class _Output(_Job):
    """Changes Operation.Output."""

    name = ""
    value: str | None = None

    def change(self, job: Job) -> None:
        output = job["Operation"]["Output"]
        if self.value is None:
            del output[self.name]
        else:
            output[self.name] = self.value


@fault("output-region-missing", "REQ-09", says="Output has no Region.", also=("LIB-13",))
class _NoRegion(_Output):
    name = "Region"


@fault("output-region-empty", "REQ-09", says="Output.Region is empty.", also=("LIB-13",))
class _EmptyRegion(_Output):
    name, value = "Region", ""


@fault("output-bucket-missing", "REQ-10", says="Output has no Bucket.", also=("LIB-13",))
class _NoBucket(_Output):
    name = "Bucket"


@fault("output-object-missing", "REQ-11", says="Output has no Object.", also=("LIB-13",))
class _NoObject(_Output):
    name = "Object"


@fault("output-object-empty", "REQ-11", says="Output.Object is empty.", also=("LIB-13", "LIB-09"))
class _EmptyObject(_Output):
    name, value = "Object", ""


@fault(
    "queue-id-missing", "REQ-12", says="There is no QueueId, as in later clients.", also=("LIB-13",)
)
class _NoQueue(_Job):
    def change(self, job: Job) -> None:
        del job["QueueId"]


@fault("queue-id-empty", "REQ-12", says="QueueId is sent empty.", also=("LIB-13",))
class _EmptyQueue(_Job):
    def change(self, job: Job) -> None:
        job["QueueId"] = ""


# ---- values ----


@fault(
    "format-lower-case", "REQ-13", says="CallBackFormat is sent in lower case.", also=("LIB-13",)
)
class _LowerFormat(_Job):
    def change(self, job: Job) -> None:
        if "CallBackFormat" in job:
            job["CallBackFormat"] = job["CallBackFormat"].lower()


@fault("type-upper-case", "REQ-14", says="CallBackType is sent in upper case.", also=("LIB-13",))
class _UpperType(_Job):
    def change(self, job: Job) -> None:
        if "CallBackType" in job:
            job["CallBackType"] = job["CallBackType"].upper()


@fault("mq-config-dropped", "REQ-15", "LIB-13", says="CallBackMqConfig is dropped.")
class _NoMq(_Job):
    def change(self, job: Job) -> None:
        job.pop("CallBackMqConfig", None)


class _Mq(_Job):
    """Changes CallBackMqConfig, where there is one."""

    def config(self, config: Job) -> None:
        raise NotImplementedError

    def change(self, job: Job) -> None:
        if "CallBackMqConfig" in job:
            self.config(job["CallBackMqConfig"])


@fault(
    "mq-mode-default-left-out",
    "REQ-16",
    says="MqMode is left out when it is Queue.",
    also=("LIB-13",),
)
class _NoMode(_Mq):
    def config(self, config: Job) -> None:
        if config["MqMode"] == "Queue":
            del config["MqMode"]


@fault(
    "mq-name-renamed",
    "REQ-16",
    says="CallBackMqConfig says Name for MqName.",
    also=("LIB-13", "REQ-24"),
)
class _MqName(_Mq):
    def config(self, config: Job) -> None:
        config["Name"] = config.pop("MqName")


@fault("mq-mode-lower-case", "REQ-17", says="MqMode is sent in lower case.", also=("LIB-13",))
class _LowerMode(_Mq):
    def config(self, config: Job) -> None:
        config["MqMode"] = config["MqMode"].lower()


@fault(
    "mq-region-long", "REQ-17", says="MqRegion is sent as ap-guangzhou for gz.", also=("LIB-13",)
)
class _LongRegion(_Mq):
    def config(self, config: Job) -> None:
        if config["MqRegion"] == "gz":
            config["MqRegion"] = "ap-guangzhou"


@fault("callback-without-scheme", "REQ-18", says="CallBack loses its scheme.", also=("LIB-13",))
class _NoScheme(_Job):
    def change(self, job: Job) -> None:
        if "CallBack" in job:
            job["CallBack"] = job["CallBack"].partition("://")[2] or job["CallBack"]


@fault(
    "user-data-percent-encoded",
    "REQ-19",
    says="UserData is percent-encoded, so that a permitted one becomes too long.",
    also=("LIB-13", "LIB-09"),
)
class _Percent(_Job):
    def change(self, job: Job) -> None:
        if job["Operation"].get("UserData"):
            job["Operation"]["UserData"] = quote(job["Operation"]["UserData"])


@fault(
    "user-data-padded",
    "REQ-19",
    says="UserData gets a line end at its end.",
    also=("LIB-13", "LIB-09", "REQ-20"),
)
class _Padded(_Job):
    def change(self, job: Job) -> None:
        if job["Operation"].get("UserData"):
            job["Operation"]["UserData"] += "\n"


@fault(
    "user-data-typographic",
    "REQ-20",
    says="Quotes in UserData become typographic.",
    also=("LIB-13", "LIB-09"),
)
class _Smart(_Job):
    def change(self, job: Job) -> None:
        data = job["Operation"].get("UserData")
        if data:
            job["Operation"]["UserData"] = data.replace("'", "\u2019").replace('"', "\u201d")


@fault(
    "job-level-counted-from-one", "REQ-21", says="JobLevel is sent one higher.", also=("LIB-13",)
)
class _OneHigher(_Job):
    def change(self, job: Job) -> None:
        if "JobLevel" in job["Operation"]:
            job["Operation"]["JobLevel"] = str(int(job["Operation"]["JobLevel"]) + 1)


@fault(
    "job-level-in-words",
    "REQ-21",
    says="JobLevel is sent as Low, Normal or High.",
    also=("LIB-13",),
)
class _Words(_Job):
    def change(self, job: Job) -> None:
        level = job["Operation"].get("JobLevel")
        if level:
            job["Operation"]["JobLevel"] = ("Low", "Normal", "High")[int(level)]


@fault("template-dropped", "REQ-22", "LIB-13", says="TemplateId is dropped.")
class _NoTemplate(_Job):
    def change(self, job: Job) -> None:
        job["Operation"].pop("TemplateId", None)


@fault("user-data-repeated", "REQ-23", says="UserData is written twice.")
class _DataTwice(_Text):
    def changed(self, text: str) -> str:
        return re.sub("(<UserData>.*?</UserData>)", r"\1\1", text, flags=re.DOTALL)


@fault(
    "operation-per-node",
    "REQ-23",
    says="Output stands in an Operation of its own.",
    also=("LIB-13", "LIB-09", "REQ-08"),
)
class _OperationTwice(_Text):
    def changed(self, text: str) -> str:
        return re.sub("(<Output>)", r"</Operation><Operation>\1", text)


@fault("foreign-node", "REQ-24", says="The library writes its own version into the body.")
class _ForeignNode(_Job):
    def change(self, job: Job) -> None:
        job["ClientVersion"] = "1.0"


@fault("foreign-node-deep", "REQ-24", says="Operation holds a node Type.")
class _ForeignDeep(_Job):
    def change(self, job: Job) -> None:
        job["Operation"]["Type"] = "Template"


@fault(
    "output-bucket-without-appid", "REQ-25", says="Output.Bucket loses its APPID.", also=("LIB-13",)
)
class _ShortBucket(_Job):
    def change(self, job: Job) -> None:
        output = job["Operation"]["Output"]
        output["Bucket"] = output["Bucket"].rpartition("-")[0]


@fault(
    "output-region-upper-case", "REQ-25", says="Output.Region is in upper case.", also=("LIB-13",)
)
class _UpperRegion(_Job):
    def change(self, job: Job) -> None:
        output = job["Operation"]["Output"]
        output["Region"] = output["Region"].upper()


class _Pic(_Job):
    """Changes PicProcess, where there is one."""

    def pic(self, pic: Job) -> None:
        raise NotImplementedError

    def change(self, job: Job) -> None:
        if "PicProcess" in job["Operation"]:
            self.pic(job["Operation"]["PicProcess"])


@fault("pic-info-python", "REQ-26", says="IsPicInfo is sent as True or False.", also=("LIB-13",))
class _PythonBool(_Pic):
    def pic(self, pic: Job) -> None:
        pic["IsPicInfo"] = pic["IsPicInfo"].title()


@fault("pic-rule-missing", "REQ-26", says="PicProcess has no ProcessRule.", also=("LIB-13",))
class _NoRule(_Pic):
    def pic(self, pic: Job) -> None:
        del pic["ProcessRule"]
