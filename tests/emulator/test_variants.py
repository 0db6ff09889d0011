"""Every variant shows, and what it shows is HTTP and XML; whether it conforms, selftest says."""

from __future__ import annotations

import itertools
import re
import secrets
import uuid
from dataclasses import dataclass, field, fields, replace
from functools import cache

import h11
import pytest

from conformance.emulator import Behaviour, EmulatorSettings, compose
from conformance.emulator.deviation import Variants
from conformance.emulator.values import CallbackMessage, Delivery, Incoming
from conformance.emulator.variants import all_variants, wire
from conformance.spec.errata import ERRATA
from conformance.spec.messages import Output, PicProcess, read_json
from conformance.spec.wire import Headers
from conformance.spec.xml import read_xml

from .driving import SETTINGS, Desk, Said, Sign, a_job, document, in_url, request_of, sign

VARIANTS = all_variants()

#: What these change is beyond the hooks: the server reads it from its settings.
SETTINGS_ONLY = {"idle-connections-end", "large-bodies-unread"}

INLINE = {"template_id": None, "pic_process": PicProcess("true", "imageMogr2/rotate/90")}
OWN = Output(SETTINGS.region, SETTINGS.bucket, "output/a&b.jpg")
LISTENER = "http://127.0.0.1:9/"
JSON = {"call_back": LISTENER, "call_back_format": "JSON"}


@dataclass
class Play:
    """One emulator put through everything that any variant varies."""

    desk: Desk
    told: list[tuple[Said, Delivery]] = field(default_factory=list)
    announced: list[CallbackMessage] = field(default_factory=list)
    seen: list[object] = field(default_factory=list)

    def run(self) -> Play:
        self.jobs()
        self.lists()
        self.cancels()
        self.signatures()
        self.outsides()
        self.bodies()
        self.callbacks()
        return self

    def note(self, said: Said) -> Said:
        delivery = self.desk.behaviour.deliver(said.incoming, said.answer)
        self.told.append((said, delivery))
        self.seen.append(delivery)
        return said

    def call(self, *args: object, **kwargs: object) -> Said:
        return self.note(self.desk.call(*args, **kwargs))  # type: ignore[arg-type]

    def create(self, **changes: object) -> str:
        """A job's id; empty when it was refused."""
        said = self.note(self.desk.create(a_job(**changes)))
        return "" if said.answer.refused else said.value("JobsDetail/JobId") or ""

    def look(self, *job_ids: str) -> None:
        self.note(self.desk.describe(*(each for each in job_ids if each)))

    def jobs(self) -> None:
        ids = [
            self.create(user_data=""),
            self.create(**INLINE, user_data=None, job_level=None, output=OWN),
            self.create(**{**INLINE, "template_id": SETTINGS.template_id}, job_level="2"),
            self.create(input_object="no/such.jpg"),
            self.create(queue_id=SETTINGS.paused_queue_id),
            self.create(template_id="t-unknown"),
            self.create(pic_process=PicProcess("true", "none"), template_id=None),
        ]
        ids += [self.create(output=OWN) for _ in range(13)]
        for _ in range(24):
            self.look(*ids[:8], ids[-1])
            self.desk.later(0.05)
        self.desk.later(2)
        self.look(*ids)
        self.look("no-such-1", ids[0], "no-such-2")
        self.look("no-such-1", "no-such-2")

    def lists(self) -> None:
        for size in ("", "2", "20", "0", "101", "x"):
            self.note(self.desk.list(size=size))
        for order in ("Asc", "Desc"):
            self.page(orderByTime=order, size="6")
        self.note(self.desk.list(queueId="no-such-queue"))
        created = self.note(self.desk.list(size="1")).value("JobsDetail/CreationTime") or ""
        self.note(self.desk.list(startCreationTime=created))

    def page(self, **params: str) -> None:
        token: str | None = None
        for _ in range(100):
            said = self.note(self.desk.list(nextToken=token or "", **params))
            token = said.value("NextToken")
            if not token:
                return
        pytest.fail("the list has no end")

    def cancels(self) -> None:
        waiting = self.create(call_back=LISTENER, queue_id=SETTINGS.paused_queue_id)
        waiting = waiting or self.create(call_back=LISTENER)
        for job_id in (waiting, waiting, "no-such-job"):
            self.note(self.desk.cancel(job_id))
            self.look(waiting)
        done = self.create()
        self.desk.later(5)
        self.note(self.desk.cancel(done))

    def signatures(self) -> None:
        target = f"/pic_jobs?queueId={SETTINGS.queue_id}&tag=PicProcess"
        for how in (
            Sign(secret_key="another"),
            Sign(secret_id="another"),
            Sign(window=(-60, -1)),
            Sign(window=(300, 900)),
            Sign(sign_window=(-30, 300)),
        ):
            self.call("GET", target, how=how)
        self.call("GET", f"{target}&states=All,Success")
        request = request_of("GET", target)
        good = sign(request, self.desk.clock.now, Sign())
        for given in (f"{good}&q-ak=again", "nonsense"):
            self.note(
                self.desk.send(request.with_headers(request.headers.set("Authorization", given)))
            )
        both = replace(request, target=f"{target}&{in_url(good)}")
        self.note(self.desk.send(both.with_headers(both.headers.set("Authorization", good))))
        for sent, signed in (("a+b", "a%2Bb"), ("a+b", "a%20b")):
            asked = request_of("GET", f"{target}&inputObject={sent}")
            meant = replace(asked, target=f"{target}&inputObject={signed}")
            made = sign(meant, self.desk.clock.now, Sign())
            self.note(self.desk.send(asked.with_headers(asked.headers.set("Authorization", made))))

    def outsides(self) -> None:
        body = document(a_job())
        self.note(self.desk.send(request_of("POST", "/other", body)))
        self.call("POST", "/other", body)
        self.call("DELETE", "/pic_jobs")
        self.call("POST", "/pic_jobs/", body)
        region = SETTINGS.service_host.replace(SETTINGS.region, "ap-guangzhou")
        for host in ("localhost", region, SETTINGS.service_host.replace("example", "other")):
            self.call("POST", "/pic_jobs", body, headers=[("Host", host)])
        self.call("POST", "/pic_jobs", body, headers=[("Content-Type", "application/json")])
        self.call("POST", "/pic_jobs", body, headers=[("Accept-Encoding", "gzip")])
        request = request_of("POST", "/pic_jobs", body)
        chunked = request.headers.without("Content-Length").set("Transfer-Encoding", "chunked")
        signed = chunked.set("Authorization", sign(request, self.desk.clock.now, Sign()))
        self.note(self.desk.send(request.with_headers(signed)))

    def bodies(self) -> None:
        plain = document(a_job())
        doctype = b'<!DOCTYPE Request [<!ENTITY e "x">]>'
        for body in (b"<Request", doctype + plain.replace(b"This", b"&e;This")):
            self.note(self.desk.create(body))
        self.call("POST", "/pic_jobs", b"<Request/>", how=Sign(secret_key="another"))
        for changes in (
            {"job_level": "7"},
            {"call_back": ""},
            {"queue_id": "no-such-queue"},
            {"template_id": None, "pic_process": PicProcess("true", "")},
        ):
            self.create(**changes)

    def callbacks(self) -> None:
        for changes in (JSON, {"call_back": LISTENER}):
            self.create(**changes, output=OWN)
            self.create(**changes, input_object="no/such.jpg")
        self.desk.later(5)
        behaviour = self.desk.behaviour
        behaviour.advance(self.desk.clock.now)
        for notice in behaviour.store.outbox:
            self.announced.append(behaviour.callback_message(notice))
            self.seen.append((notice.delay, self.announced[-1]))
            self.seen.append([behaviour.retry_delay(notice, attempt, 503) for attempt in (1, 2, 9)])


@cache
def play(name: str = "") -> Play:
    """What the plain emulator, or a variant, says to it all; ids are the same from play to play."""
    variant = VARIANTS.get(name)
    kind = variant.behaviour if variant else Behaviour
    changes = dict(variant.settings) if variant else {}
    numbers = itertools.count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers) * 7919))
        patch.setattr(secrets, "randbits", lambda _: 7)
        patch.setattr(secrets, "token_hex", lambda size: f"{next(numbers):0{2 * size}x}")
        return Play(Desk(kind, replace(SETTINGS, **changes))).run()


def over_http(data: bytes, incoming: Incoming, *, ends: bool) -> tuple[int, Headers, bytes]:
    """An answer as an HTTP library reads it from the bytes; nothing may be left over."""
    reader = h11.Connection(h11.CLIENT)
    headers = [("Host", "ci"), ("Content-Length", "0")]
    request = h11.Request(method=incoming.request.method, target="/", headers=headers)
    reader.send(request)
    reader.send(h11.EndOfMessage())
    reader.receive_data(data)
    if ends:
        reader.receive_data(b"")
    status, got, body = 0, Headers(), b""
    while not isinstance(event := reader.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Response):
            status = event.status_code
            got = Headers.of((k.decode(), v.decode("latin-1")) for k, v in event.headers)
        elif isinstance(event, h11.Data):
            body += event.data
        else:
            assert isinstance(event, h11.InformationalResponse), event
    assert reader.trailing_data[0] == b""
    return status, got, body


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_described(name: str) -> None:
    variant = VARIANTS[name]
    assert re.fullmatch(r"[a-z0-9.]+(-[a-z0-9.]+)*", name)
    assert variant.says.endswith(".")
    assert variant.says[0].isupper()
    assert set(variant.errata) <= {each.id for each in ERRATA}
    assert set(variant.settings) <= {each.name for each in fields(EmulatorSettings)}


@pytest.mark.parametrize("name", sorted(set(VARIANTS) - SETTINGS_ONLY))
def test_a_variant_shows(name: str) -> None:
    differs = play(name).seen != play().seen
    assert differs


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_well_formed(name: str) -> None:
    played = play(name)
    for said, _ in played.told:
        if said.answer.body and "Content-Encoding" not in said.answer.headers:
            assert read_xml(said.answer.body).name == (
                "Error" if said.answer.refused else "Response"
            )
    for message in played.announced:
        kind = dict(message.headers).get("Content-Type") or dict(message.headers)["content-type"]
        if "json" in kind.lower():
            assert isinstance(read_json(message.body)["JobsDetail"], list)
        else:
            assert read_xml(message.body).name == "Response"


@pytest.mark.parametrize("name", wire.VARIANTS)
def test_a_variant_of_the_wire_is_http(name: str) -> None:
    for said, delivery in play(name).told:
        data = b"".join(segment.data for segment in delivery.segments)
        status, headers, body = over_http(data, said.incoming, ends=delivery.close)
        assert (status, body) == (said.status, said.answer.body)
        assert headers.get("x-ci-request-id") == said.incoming.request_id


def test_a_name_twice_is_an_error() -> None:
    catalogue = Variants()
    catalogue.add("one", says="One.")(Behaviour)
    with pytest.raises(ValueError, match="there is a variant 'one' already"):
        catalogue.add("one", says="Two.")(Behaviour)


def test_variants_stack() -> None:
    stacked = compose(*(VARIANTS[name].behaviour for name in ("chunked", "cdata", "utf-16")))
    said = Desk(stacked).create()
    data = Desk(stacked).behaviour.deliver(said.incoming, said.answer).segments[0].data
    _, headers, body = over_http(data, said.incoming, ends=False)
    assert headers.get("Transfer-Encoding") == "chunked"
    assert read_xml(body).value("JobsDetail/State") == "Submitted"
