"""Faults of what is refused: values, repeats, unknown names (REQ-13 to REQ-23, REQ-40, REQ-41)."""

from __future__ import annotations

from dataclasses import replace

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.life import End
from conformance.emulator.store import Queue, StoredJob, Template
from conformance.emulator.values import Incoming
from conformance.spec.clauses import Level
from conformance.spec.messages import JobRequest
from conformance.spec.names import USER_DATA_MAX
from conformance.spec.states import State
from conformance.spec.xml import Node

FAULTS = Faults()

SHOULD = Level.SHOULD


# ---- REQ-13, REQ-14, REQ-17, REQ-21: enumerations ----


class _AnyOf(Behaviour):
    """Takes any value of one enumeration."""

    _path = ""

    def require_choice(self, root: Node, path: str, choices: tuple[str, ...]) -> None:
        if path != self._path or not self._takes(root.value(path) or "", choices):
            super().require_choice(root, path, choices)

    def _takes(self, given: str, choices: tuple[str, ...]) -> bool:
        return True


class _AnyCase(_AnyOf):
    """Takes the values of one enumeration in any letter case."""

    def _takes(self, given: str, choices: tuple[str, ...]) -> bool:
        return given.casefold() in {each.casefold() for each in choices}


@FAULTS.add("callback-format-any", "REQ-13", says="CallBackFormat may have any value.")
class CallbackFormatAny(_AnyOf):
    _path = "CallBackFormat"


@FAULTS.add("callback-format-any-case", "REQ-13", says="CallBackFormat may be json.")
class CallbackFormatAnyCase(_AnyCase):
    _path = "CallBackFormat"


@FAULTS.add("callback-type-any", "REQ-14", says="CallBackType may have any value.")
class CallbackTypeAny(_AnyOf):
    _path = "CallBackType"


@FAULTS.add("callback-type-any-case", "REQ-14", says="CallBackType may be URL or tdmq.")
class CallbackTypeAnyCase(_AnyCase):
    _path = "CallBackType"


@FAULTS.add("mq-region-any", "REQ-17", says="MqRegion may have any value.")
class MqRegionAny(_AnyOf):
    _path = "CallBackMqConfig/MqRegion"


@FAULTS.add("mq-region-long", "REQ-17", says="MqRegion may be a full region, ap-beijing.")
class MqRegionLong(_AnyOf):
    _path = "CallBackMqConfig/MqRegion"

    def _takes(self, given: str, choices: tuple[str, ...]) -> bool:
        return given.startswith("ap-")


@FAULTS.add("mq-mode-any", "REQ-17", says="MqMode may have any value.")
class MqModeAny(_AnyOf):
    _path = "CallBackMqConfig/MqMode"


@FAULTS.add("mq-mode-any-case", "REQ-17", says="MqMode may be queue.")
class MqModeAnyCase(_AnyCase):
    _path = "CallBackMqConfig/MqMode"


@FAULTS.add("level-any", "REQ-21", says="JobLevel may have any value.")
class LevelAny(_AnyOf):
    _path = "Operation/JobLevel"


@FAULTS.add("level-3", "REQ-21", says="JobLevel may be 3.")
class Level3(_AnyOf):
    _path = "Operation/JobLevel"

    def _takes(self, given: str, choices: tuple[str, ...]) -> bool:
        return given == "3"


@FAULTS.add("level-negative", "REQ-21", says="JobLevel need only be at most 2: -1 is taken.")
class LevelNegative(_AnyOf):
    _path = "Operation/JobLevel"

    def _takes(self, given: str, choices: tuple[str, ...]) -> bool:
        return given.startswith("-") and given[1:].isdigit()


# ---- REQ-15, REQ-16: TDMQ ----


@FAULTS.add("mq-config-optional", "REQ-15", says="TDMQ needs no CallBackMqConfig.")
class MqConfigOptional(Behaviour):
    def check_mq_config(self, root: Node) -> None:
        if root.at("CallBackMqConfig") is not None:
            super().check_mq_config(root)


@FAULTS.add("mq-config-or-callback", "REQ-15", says="CallBack will do for CallBackMqConfig.")
class MqConfigOrCallback(Behaviour):
    def check_mq_config(self, root: Node) -> None:
        if root.at("CallBackMqConfig") is not None or not root.value("CallBack"):
            super().check_mq_config(root)


@FAULTS.add("mq-config-unread", "REQ-16", "REQ-17", says="CallBackMqConfig is not looked into.")
class MqConfigUnread(Behaviour):
    def check_mq_region(self, root: Node) -> None:
        return

    def check_mq_mode(self, root: Node) -> None:
        return

    def check_mq_name(self, root: Node) -> None:
        return


@FAULTS.add("mq-region-optional", "REQ-16", says="MqRegion may be missing.")
class MqRegionOptional(Behaviour):
    def check_mq_region(self, root: Node) -> None:
        if root.at("CallBackMqConfig/MqRegion") is not None:
            super().check_mq_region(root)


@FAULTS.add("mq-mode-optional", "REQ-16", says="MqMode may be missing, it has a default.")
class MqModeOptional(Behaviour):
    def check_mq_mode(self, root: Node) -> None:
        if root.at("CallBackMqConfig/MqMode") is not None:
            super().check_mq_mode(root)


@FAULTS.add("mq-name-optional", "REQ-16", says="MqName may be missing.")
class MqNameOptional(Behaviour):
    def check_mq_name(self, root: Node) -> None:
        return


# ---- REQ-18: CallBack ----


@FAULTS.add("callback-any", "REQ-18", says="CallBack may be any text.", level=SHOULD)
class CallbackAny(Behaviour):
    def check_callback(self, root: Node) -> None:
        return


@FAULTS.add("callback-any-scheme", "REQ-18", says="CallBack may be ftp://.", level=SHOULD)
class CallbackAnyScheme(Behaviour):
    def check_callback(self, root: Node) -> None:
        if "://" not in (root.value("CallBack") or ""):
            super().check_callback(root)


# ---- REQ-19, REQ-20: UserData ----


@FAULTS.add("data-unlimited", "REQ-19", says="UserData may be of any length.")
class DataUnlimited(Behaviour):
    def check_user_data_length(self, root: Node) -> None:
        return


@FAULTS.add("data-1025", "REQ-19", says="UserData may have 1,025 characters.")
class Data1025(Behaviour):
    def check_user_data_length(self, root: Node) -> None:
        if len(root.value("Operation/UserData") or "") != USER_DATA_MAX + 1:
            super().check_user_data_length(root)


@FAULTS.add("data-2048", "REQ-19", says="UserData may have 2,048 characters.")
class Data2048(Behaviour):
    def check_user_data_length(self, root: Node) -> None:
        if len(root.value("Operation/UserData") or "") > 2 * USER_DATA_MAX:
            super().check_user_data_length(root)


@FAULTS.add("data-cut-silently", "REQ-19", says="UserData is cut to 1,024 characters in silence.")
class DataCutSilently(Behaviour):
    def check_user_data_length(self, root: Node) -> None:
        return

    def user_data_of(self, job: StoredJob) -> str | None:
        given = super().user_data_of(job)
        return given and given[:USER_DATA_MAX]


class _MoreCharacters(Behaviour):
    """Takes characters in UserData that are not printable ASCII."""

    def check_user_data_characters(self, root: Node) -> None:
        text = root.value("Operation/UserData") or ""
        if not all(" " <= each <= "~" or self._takes(each) for each in text):
            super().check_user_data_characters(root)

    def _takes(self, character: str) -> bool:
        raise NotImplementedError


@FAULTS.add("data-any-character", "REQ-20", says="UserData may hold any character.")
class DataAnyCharacter(_MoreCharacters):
    def _takes(self, character: str) -> bool:
        return True


@FAULTS.add("data-any-ascii", "REQ-20", says="UserData may hold line ends, tabs and DEL.")
class DataAnyAscii(_MoreCharacters):
    def _takes(self, character: str) -> bool:
        return character.isascii()


@FAULTS.add("data-tab", "REQ-20", says="UserData may hold tabs.")
class DataTab(_MoreCharacters):
    def _takes(self, character: str) -> bool:
        return character == "\t"


@FAULTS.add("data-delete", "REQ-20", says="UserData may hold 0x7F, one beyond the last.")
class DataDelete(_MoreCharacters):
    def _takes(self, character: str) -> bool:
        return character == "\x7f"


@FAULTS.add("data-latin-1", "REQ-20", says="UserData may hold Latin-1.")
class DataLatin1(_MoreCharacters):
    def _takes(self, character: str) -> bool:
        return "\xa0" <= character <= "\xff"


@FAULTS.add("data-unicode", "REQ-20", says="UserData may hold non-ASCII letters.")
class DataUnicode(_MoreCharacters):
    def _takes(self, character: str) -> bool:
        return character.isprintable()


# ---- REQ-22, REQ-23: shape ----


@FAULTS.add("no-job-type", "REQ-22", says="Neither template nor rule is needed.", level=SHOULD)
class NoJobType(Behaviour):
    def check_job_type(self, root: Node) -> None:
        return


@FAULTS.add("repeats-first", "REQ-23", says="Of repeated nodes the first counts.", level=SHOULD)
class RepeatsFirst(Behaviour):
    def check_repeats(self, root: Node) -> None:
        return


@FAULTS.add("repeats-last", "REQ-23", says="Of repeated nodes the last counts.", level=SHOULD)
class RepeatsLast(Behaviour):
    def check_repeats(self, root: Node) -> None:
        return

    def read_job_request(self, root: Node) -> JobRequest:
        return super().read_job_request(_last_of_each(root))


@FAULTS.add("repeats-inside", "REQ-23", says="Operation's nodes may be repeated.", level=SHOULD)
class RepeatsInside(Behaviour):
    def check_single(self, container: Node, name: str) -> None:
        if container.name != "Operation":
            super().check_single(container, name)


def _last_of_each(node: Node) -> Node:
    kept = {child.name: _last_of_each(child) for child in node.children}
    return replace(node, children=tuple(kept.values()))


# ---- REQ-40, REQ-41: names that are not known ----


class _AnyQueue(Behaviour):
    """Makes a queue of every name that it meets."""

    def find_queue(self, wanted: JobRequest) -> Queue:
        queues = self.store.queues
        name = wanted.queue_id or ""
        return queues.setdefault(name, Queue(name))


@FAULTS.add("unknown-queue-taken", "REQ-40", says="A job for an unknown queue is taken.")
class UnknownQueueTaken(_AnyQueue):
    pass


@FAULTS.add("queue-by-beginning", "REQ-40", says="The beginning of a QueueId is enough.")
class QueueByBeginning(Behaviour):
    def find_queue(self, wanted: JobRequest) -> Queue:
        begun = wanted.queue_id or ""
        if any(begun and name.startswith(begun) for name in self.store.queues):
            return self.store.queues.setdefault(begun, Queue(begun))
        return super().find_queue(wanted)


@FAULTS.add(
    "unknown-queue-fails-later", "REQ-40", says="A job for an unknown queue is taken, and fails."
)
class UnknownQueueFailsLater(_AnyQueue):
    def outcome(self, job: StoredJob) -> End:
        if job.request.queue_id in {self.settings.queue_id, self.settings.paused_queue_id}:
            return super().outcome(job)
        return State.FAILED, "QueueNotFound", "there is no such queue"


class _AnyTemplate(Behaviour):
    """Does without a template that is not known."""

    def find_template(self, wanted: JobRequest) -> Template | None:
        return self.store.templates.get(wanted.template_id or "")


@FAULTS.add("unknown-template-taken", "REQ-41", says="A job with an unknown template succeeds.")
class UnknownTemplateTaken(_AnyTemplate):
    pass


@FAULTS.add(
    "unknown-template-hangs", "REQ-41", says="A job with an unknown template runs for ever."
)
class UnknownTemplateHangs(_AnyTemplate):
    def run_time(self, job: StoredJob) -> float:
        known = not job.request.template_id or job.request.template_id in self.store.templates
        return super().run_time(job) if known else 10.0**6


@FAULTS.add(
    "template-by-form", "REQ-41", says="A TemplateId of the form of a known one is taken for it."
)
class TemplateByForm(Behaviour):
    def find_template(self, wanted: JobRequest) -> Template | None:
        asked = wanted.template_id or ""
        near = (each for name, each in self.store.templates.items() if name[:5] == asked[:5])
        return next(near, None) if asked else None


@FAULTS.add(
    "unknown-template-becomes-first",
    "REQ-41",
    says="A job with an unknown template is done with the first template.",
)
class UnknownTemplateBecomesFirst(Behaviour):
    def find_template(self, wanted: JobRequest) -> Template | None:
        if not wanted.template_id:
            return None
        first = next(iter(self.store.templates.values()))
        return self.store.templates.get(wanted.template_id, first)

    def make_job(
        self, incoming: Incoming, wanted: JobRequest, template: Template | None
    ) -> StoredJob:
        if template is not None:
            wanted = replace(wanted, template_id=template.template_id)
        return super().make_job(incoming, wanted, template)
