"""Faults of UserData and JobLevel on their way back (RSP-24, RSP-25)."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import drop, rewrite
from conformance.emulator.values import Operation
from conformance.spec.clauses import Level
from conformance.spec.xml import Node

FAULTS = Faults()

SHOULD = Level.SHOULD


class _Data(Behaviour):
    """Another echo of UserData; where there is none, nothing is made up."""

    def user_data_of(self, job: StoredJob) -> str | None:
        given = super().user_data_of(job)
        return given and self._changed(given)

    def _changed(self, text: str) -> str:
        raise NotImplementedError


@FAULTS.add("data-missing", "RSP-24", says="UserData is not repeated.")
class DataMissing(_Data):
    def user_data_of(self, job: StoredJob) -> str | None:
        return None


@FAULTS.add("data-none", "RSP-24", says="A job without UserData shows None.")
class DataNone(_Data):
    def user_data_of(self, job: StoredJob) -> str | None:
        return str(job.request.user_data)


@FAULTS.add("data-null", "RSP-24", says="An empty UserData comes back as null.")
class DataNull(_Data):
    def user_data_of(self, job: StoredJob) -> str | None:
        return "null" if job.request.user_data == "" else job.request.user_data


@FAULTS.add("data-cut-at-1023", "RSP-24", says="UserData loses its 1,024th character.")
class DataCutAt1023(_Data):
    def _changed(self, text: str) -> str:
        return text[:1023]


@FAULTS.add("data-cut-at-1000", "RSP-24", says="UserData is cut at 1,000 characters.")
class DataCutAt1000(_Data):
    def _changed(self, text: str) -> str:
        return text[:1000]


@FAULTS.add("data-cut-at-255", "RSP-24", says="UserData is cut at 255 characters.")
class DataCutAt255(_Data):
    def _changed(self, text: str) -> str:
        return text[:255]


@FAULTS.add("data-last-of-1024", "RSP-24", says="The 1,024th character of UserData becomes a dot.")
class DataLastOf1024(_Data):
    def _changed(self, text: str) -> str:
        return text[:1023] + "." if len(text) == 1024 else text


@FAULTS.add("data-trimmed", "RSP-24", says="UserData loses the spaces at its ends.")
class DataTrimmed(_Data):
    def _changed(self, text: str) -> str:
        return text.strip()


@FAULTS.add("data-spaces-joined", "RSP-24", says="Several spaces in UserData become one.")
class DataSpacesJoined(_Data):
    def _changed(self, text: str) -> str:
        return re.sub(" +", " ", text)


@FAULTS.add("data-blank-lost", "RSP-24", says="UserData of nothing but spaces is lost.")
class DataBlankLost(_Data):
    def _changed(self, text: str) -> str:
        return text if text.strip() else ""


@FAULTS.add("data-unescaped-twice", "RSP-24", says="UserData is unescaped two times.")
class DataUnescapedTwice(_Data):
    def _changed(self, text: str) -> str:
        return html.unescape(text)


@FAULTS.add("data-escaped-twice", "RSP-24", says="An ampersand in UserData is escaped two times.")
class DataEscapedTwice(_Data):
    def _changed(self, text: str) -> str:
        return text.replace("&", "&amp;")


@FAULTS.add("data-quotes-escaped", "RSP-24", says="Quotation marks in UserData come back escaped.")
class DataQuotesEscaped(_Data):
    def _changed(self, text: str) -> str:
        return text.replace('"', "&quot;").replace("'", "&#39;")


@FAULTS.add("data-tags-stripped", "RSP-24", says="What looks like a tag in UserData is removed.")
class DataTagsStripped(_Data):
    def _changed(self, text: str) -> str:
        return re.sub("<[^>]*>", "", text)


@FAULTS.add("data-to-cdata-end", "RSP-24", says="UserData ends where ]]> stands in it.")
class DataToCdataEnd(_Data):
    def _changed(self, text: str) -> str:
        return text.partition("]]>")[0]


@FAULTS.add("data-cdata-end-split", "RSP-24", says="A space appears inside ]]> in UserData.")
class DataCdataEndSplit(_Data):
    def _changed(self, text: str) -> str:
        return text.replace("]]>", "]] >")


@FAULTS.add("data-plus", "RSP-24", says="A plus in UserData becomes a space.")
class DataPlus(_Data):
    def _changed(self, text: str) -> str:
        return text.replace("+", " ")


@FAULTS.add("data-percent", "RSP-24", says="%41 in UserData is decoded.")
class DataPercent(_Data):
    def _changed(self, text: str) -> str:
        return unquote(text)


@FAULTS.add(
    "data-percent-strictly",
    "RSP-24",
    says="UserData is percent-decoded, unless some percent sign stands for itself.",
)
class DataPercentStrictly(_Data):
    def _changed(self, text: str) -> str:
        return text if re.search("%(?![0-9A-Fa-f]{2})", text) else unquote(text)


@FAULTS.add("data-backslash", "RSP-24", says="A backslash in UserData is doubled.")
class DataBackslash(_Data):
    def _changed(self, text: str) -> str:
        return text.replace("\\", "\\\\")


@FAULTS.add("data-tilde", "RSP-24", says="A tilde, the last printable character, is dropped.")
class DataTilde(_Data):
    def _changed(self, text: str) -> str:
        return text.replace("~", "")


@FAULTS.add("data-number", "RSP-24", says="UserData of digits is read as a number.")
class DataNumber(_Data):
    def _changed(self, text: str) -> str:
        return str(int(text)) if text.isdigit() else text


@FAULTS.add("data-case", "RSP-24", says="UserData comes back in lower case.")
class DataCase(_Data):
    def _changed(self, text: str) -> str:
        return text.lower()


@FAULTS.add("data-sometimes-lost", "RSP-24", says="One answer in twenty forgets UserData.")
class DataSometimesLost(_Data):
    def _changed(self, text: str) -> str:
        return "" if self.every(20, "lost data") else text


@FAULTS.add(
    "data-lost-in-describe", "RSP-24", "STA-08", "QRY-01", says="Describe leaves UserData out."
)
class DataLostInDescribe(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        made = super().render_job(job, operation)
        return drop(made, "Operation/UserData") if operation is Operation.DESCRIBE else made


@FAULTS.add(
    "data-cut-in-lists", "RSP-24", "QRY-10", says="Lists show 64 characters of UserData at most."
)
class DataCutInLists(Behaviour):
    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        made = super().render_job(job, operation)
        if operation is not Operation.LIST:
            return made
        return rewrite(made, "Operation/UserData", lambda text: text[:64])


# ---- RSP-25: JobLevel ----


@FAULTS.add("level-always-0", "RSP-25", says="JobLevel is always 0.", level=SHOULD)
class LevelAlways0(Behaviour):
    def job_level_of(self, job: StoredJob) -> str | None:
        return "0"


@FAULTS.add("level-2-is-1", "RSP-25", says="JobLevel 2 comes back as 1.", level=SHOULD)
class Level2Is1(Behaviour):
    def job_level_of(self, job: StoredJob) -> str | None:
        return "1" if job.request.job_level == "2" else super().job_level_of(job)


@FAULTS.add("level-word", "RSP-25", says="JobLevel is Normal, High or Highest.", level=SHOULD)
class LevelWord(Behaviour):
    def job_level_of(self, job: StoredJob) -> str | None:
        return ("Normal", "High", "Highest")[min(job.level, 2)]


@FAULTS.add("level-default-1", "RSP-25", says="JobLevel is 1 when none was given.", level=SHOULD)
class LevelDefault1(Behaviour):
    def job_level_of(self, job: StoredJob) -> str | None:
        return job.request.job_level or "1"
