"""Faults of refused requests that leave a job behind (ERR-10), each for one kind of refusal."""

from __future__ import annotations

from dataclasses import replace

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.values import Incoming, Refusal
from conformance.spec.messages import JobRequest
from conformance.spec.names import PIC_JOBS
from conformance.spec.xml import XmlProblem, read_xml

FAULTS = Faults()


class _Leaves(Behaviour):
    """Stores the job first and judges afterwards: the refused request's job can be listed."""

    def refused(self, incoming: Incoming, refusal: Refusal) -> None:
        super().refused(incoming, refusal)
        request = incoming.request
        if request.method != "POST" or request.path != PIC_JOBS:
            return
        if self._leaves(incoming, refusal):
            wanted = incoming.job_request or self._guess(incoming)
            if wanted.queue_id not in self.store.queues:
                wanted = replace(wanted, queue_id=self.settings.queue_id)
            self.store.add(self.make_job(incoming, wanted, None))

    def _guess(self, incoming: Incoming) -> JobRequest:
        """What can be made of the body; nothing when it cannot be read."""
        try:
            return JobRequest.from_node(read_xml(incoming.request.body))
        except XmlProblem:
            return JobRequest()

    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        raise NotImplementedError


def _was_read(incoming: Incoming) -> bool:
    """The body could be read, so that what is wrong is inside it."""
    return incoming.document is not None


@FAULTS.add("job-left-always", "ERR-10", says="Every refused create leaves its job.")
class JobLeftAlways(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return True


@FAULTS.add(
    "job-left-by-signature",
    "ERR-10",
    "SIG-33",
    "SIG-38",
    "SIG-40",
    "SIG-42",
    "SIG-43",
    says="A create whose signature does not match is refused and leaves its job.",
)
class JobLeftBySignature(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "AccessDenied" and "signature" in refusal.message


@FAULTS.add(
    "job-left-by-stranger",
    "ERR-10",
    "SIG-34",
    says="A create with an unknown q-ak is refused and leaves its job.",
)
class JobLeftByStranger(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "SecretidNotExist"


@FAULTS.add(
    "job-left-by-expired",
    "ERR-10",
    "SIG-35",
    says="A create with an expired signature is refused and leaves its job.",
)
class JobLeftByExpired(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "SignatureExpired"


@FAULTS.add(
    "job-left-unsigned",
    "ERR-10",
    "SIG-30",
    says="A create without a signature is refused and leaves its job.",
)
class JobLeftUnsigned(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "MissingAuthorization"


@FAULTS.add(
    "job-left-by-queue",
    "ERR-10",
    "REQ-40",
    says="A create for an unknown queue is refused and leaves its job in the default queue.",
)
class JobLeftByQueue(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "QueueNotFound"


@FAULTS.add(
    "job-left-by-user-data",
    "ERR-10",
    "REQ-19",
    "REQ-20",
    says="A create with bad UserData is refused and leaves its job.",
)
class JobLeftByUserData(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return _was_read(incoming) and "UserData" in refusal.message


@FAULTS.add(
    "job-left-by-level",
    "ERR-10",
    "REQ-21",
    says="A create with a bad JobLevel is refused and leaves its job.",
)
class JobLeftByLevel(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return _was_read(incoming) and "JobLevel" in refusal.message


@FAULTS.add(
    "job-left-by-callback",
    "ERR-10",
    "REQ-13",
    "REQ-14",
    says="A create with a bad callback node is refused and leaves its job.",
)
class JobLeftByCallback(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return _was_read(incoming) and "CallBack" in refusal.message


@FAULTS.add(
    "job-left-by-md5",
    "ERR-10",
    "REQ-42",
    says="A create whose Content-MD5 does not match is refused and leaves its job.",
)
class JobLeftByMd5(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return "Content-MD5" in refusal.message


@FAULTS.add(
    "job-left-by-host",
    "ERR-10",
    "REQ-46",
    says="A create for another's bucket is refused and leaves its job.",
)
class JobLeftByHost(_Leaves):
    def _leaves(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "AccessDenied" and "bucket" in refusal.message
