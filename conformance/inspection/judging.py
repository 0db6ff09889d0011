"""Judging what was captured: answers by role S, callbacks by role K, requests by role C."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.checks import callbacks, errors, headers, lists, response, states
from conformance.checks.base import Mark, Outcome, unmet
from conformance.checks.client_case import Keys, Sent
from conformance.checks.client_judge import judge_request
from conformance.checks.facts import Facts
from conformance.generate.signing import Credentials, Keyring
from conformance.inspection import describes
from conformance.inspection.capture import Captured, Source
from conformance.inspection.doubts import settle
from conformance.inspection.sorting import Kind, operation_sought, place_of
from conformance.spec.names import service_host
from conformance.spec.reading import job_id_of
from conformance.spec.signature import claimed_id
from conformance.spec.target import Target
from conformance.spec.wire import Exchange
from conformance.spec.xml import Node

#: The checks that need nothing but what crossed the wire.
CHECKS: tuple[Callable[[Facts], Iterator[Outcome]], ...] = (
    headers.check,
    response.check,
    states.check,
    describes.check,
    lists.check,
    errors.check,
    callbacks.check,
)


@dataclass(frozen=True)
class Item:
    """A captured exchange and what it is."""

    captured: Captured
    kind: Kind

    @property
    def exchange(self) -> Exchange:
        return self.captured.exchange


@dataclass(frozen=True)
class KnownKeys:
    """The keys that the requests may have been signed with.

    ``by_id`` finds them by SecretId; ``any_id`` is the one to try where the SecretId that belongs
    to it was not told.
    """

    by_id: dict[str, Keys] = field(default_factory=dict, repr=False)
    any_id: Keys | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return bool(self.by_id) or self.any_id is not None

    def of(self, secret_id: str) -> Keys | None:
        """The keys of ``secret_id``, or None when they are not known."""
        known = self.by_id.get(secret_id)
        if known is None and self.any_id is not None and secret_id:
            return Keys(secret_id, self.any_id.secret_key, self.any_id.token)
        return known


def known_keys(credentials: Sequence[Credentials]) -> KnownKeys:
    """The keys of pairs, of which a SecretId that was not told is ``""``."""
    keys = [Keys(each.secret_id, each.secret_key, each.token) for each in credentials]
    return KnownKeys(
        {each.secret_id: each for each in keys if each.secret_id},
        next((each for each in keys if not each.secret_id), None),
    )


def keyring_of(credentials: Sequence[Credentials]) -> Keyring:
    """What to take out of everything; without keys there still are the signatures."""
    first = credentials[0] if credentials else Credentials("", "")
    return Keyring(first, credentials[1] if len(credentials) > 1 else None)


def judge(batch: Sequence[Item], keys: KnownKeys) -> Iterator[Outcome]:
    """Every outcome for what was captured together; exchanges are numbered."""
    by_number = {each.exchange.n: each.captured for each in batch}
    for facts in _by_target(batch):
        for check in CHECKS:
            for outcome in check(facts):
                captured = by_number[outcome.exchanges[0]]
                if _cannot_tell_secrets(outcome, captured, keys):
                    yield unmet("ERR-11", captured.exchange, reason=NO_KEY)
                else:
                    yield settle(outcome, captured)
    for each in batch:
        if each.kind is Kind.REQUEST and each.captured.source is not Source.OWN:
            yield from _request(each.captured, keys)


NO_KEY = "no secret key was given: set PICJOBS_SECRET_KEY, or give --secret-key"

#: Equals no bucket and no region that a job can name.
_NOWHERE = ("?", "?")


def _cannot_tell_secrets(outcome: Outcome, captured: Captured, keys: KnownKeys) -> bool:
    """ERR-11: whether a message holds a secret takes the secret, or a recording without them."""
    if outcome.clause != "ERR-11" or outcome.mark is not Mark.OK:
        return False
    return not keys and captured.source is not Source.OWN


# ---- the server ----


def _by_target(batch: Sequence[Item]) -> Iterator[Facts]:
    """One set of facts for each Host; callbacks go with the Host that their job was created at."""
    groups: defaultdict[str, list[Exchange]] = defaultdict(list)
    makers: dict[str, str] = {}
    apart: list[list[Exchange]] = []
    for each in batch:
        if each.kind is not Kind.REQUEST:
            continue
        exchange = each.exchange
        host = (exchange.request.headers.get("Host") or "").strip().lower()
        if each.captured.source is Source.PRINTED:
            apart.append([exchange])  # examples that belong to no common run
            continue
        groups[host].append(exchange)
        job_id = job_id_of(exchange)
        if job_id is not None:
            makers.setdefault(job_id, host)
    for each in batch:
        if each.kind is Kind.CALLBACK:
            groups[_announced_by(each.exchange, makers)].append(each.exchange)
    for exchanges in (*groups.values(), *apart):
        exchanges.sort(key=lambda one: one.n)
        yield Facts(_target(exchanges), tuple(exchanges))


def _announced_by(callback: Exchange, makers: dict[str, str]) -> str:
    for job_id in callbacks.job_ids(callback):
        if job_id in makers:
            return makers[job_id]
    return next((_home(job) for job in callbacks.jobs_of(callback)), "")


def _home(job: Node) -> str:
    """The Host that a job says it belongs to."""
    bucket = job.value("Input/BucketId") or job.value("Input/Bucket") or ""
    return service_host(bucket, job.value("Input/Region") or "").lower()


def _target(exchanges: Sequence[Exchange]) -> Target:
    """What Host tells of the target; a capture tells no more."""
    place = next((found for each in exchanges if (found := place_of(each.request))), _NOWHERE)
    return Target(*place, queue_id="")


# ---- the client ----


def sent_by(exchange: Exchange, keys: KnownKeys, *, complete: bool = True) -> Sent:
    """A request as the checks of clients take it, with the keys of the SecretId that it names."""
    own = keys.of(claimed_id(exchange.request))
    return Sent(exchange, operation_sought(exchange.request), keys=own, complete=complete)


def _request(captured: Captured, keys: KnownKeys) -> Iterator[Outcome]:
    """HTTP, SIG and REQ for one request."""
    exchange = captured.exchange
    sent = sent_by(exchange, keys)
    for outcome in judge_request(sent):
        if outcome.clause == "SIG-08" and outcome.mark is Mark.UNCLEAR and sent.keys is None:
            reason = NO_KEY if not keys else "the key that was given belongs to another SecretId"
            yield unmet("SIG-08", exchange, reason=reason)
        else:
            yield settle(outcome, captured)
