"""One long visit to an emulator, the same each time: whatever a deviation changes shows in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from conformance.emulator import Behaviour, EmulatorSettings, compose
from conformance.emulator.store import StoredJob
from conformance.emulator.values import Notice
from conformance.spec.messages import MqConfig, Output, PicProcess
from conformance.spec.signature import PARAMETERS, header_text, url_encode
from conformance.spec.times import format_job_time
from conformance.spec.wire import Headers, Request
from conformance.spec.xml import XmlProblem

from .driving import SETTINGS, START, Clock, Desk, Said, Sign, a_job, document, request_of, sign

CALLBACK = "http://127.0.0.1:9/announce"
PAUSED = SETTINGS.paused_queue_id
TOUGH = " <a&amp;b> \"c\" 'd'  ]]> %41+~\\ "
INLINE = PicProcess("false", "imageMogr2/rotate/90")
MQ = MqConfig("sh", "Queue", "topic")

OUTPUT_ELSEWHERE = Output("ap-beijing", "other-1250000001", "a//b+c d/é&<x>.jpg")
#: Requests that break no rule.
SOUND: tuple[dict[str, object], ...] = (
    {},
    {"job_level": "2", "user_data": TOUGH},
    {"template_id": None, "pic_process": INLINE, "call_back": CALLBACK},
    {"template_id": None, "pic_process": PicProcess("true", "imageView2/1/w/9|imageInfo")},
    {"pic_process": INLINE, "user_data": None, "job_level": None},
    {"input_object": " in/ä+b %20&<c>\U0001f98c.jpg ", "output": OUTPUT_ELSEWHERE},
    {"input_object": "no/deer.jpg", "call_back": CALLBACK, "user_data": "<a> & b"},
    {"user_data": "~" * 1024, "call_back": CALLBACK, "call_back_format": "JSON"},
    {"user_data": "&" * 1024, "job_level": "1"},
    {"user_data": "007"},
    {"user_data": "x"},
    {"user_data": ""},
    {"user_data": "   "},
    {"user_data": "Ab  c", "call_back": "no", "call_back_format": "XML"},
    {"call_back": f"{CALLBACK}?a=b", "job_level": "2", "call_back_format": "XML"},
    {"call_back": "no", "call_back_format": "JSON"},
    {"call_back_type": "TDMQ", "mq_config": MQ},
    {"call_back_type": "Url", "call_back": CALLBACK, "mq_config": MQ},
    {"queue_id": PAUSED, "call_back": CALLBACK},
    {"queue_id": PAUSED, "job_level": "2"},
    {"call_back": CALLBACK, "input_object": "no/deer.jpg", "call_back_format": "JSON"},
    {"call_back": CALLBACK, "input_object": "no/<&>.jpg", "call_back_format": "JSON"},
    {"call_back": CALLBACK, "user_data": " a  b "},
    {"call_back": CALLBACK, "user_data": None},
)

#: Requests that break one rule each.
BROKEN: tuple[dict[str, object], ...] = (
    {"tag": None},
    {"tag": "Other"},
    {"tag": "picprocess"},
    {"tag": "PicProcessX"},
    {"input_object": None},
    {"input_object": ""},
    {"output": None},
    {"template_id": None, "pic_process": INLINE, "output": None},
    {"output": Output(None, "b-1", "o")},
    {"output": Output("", "b-1", "o")},
    {"output": Output("ap-beijing", None, "o")},
    {"output": Output("ap-beijing", "", "o")},
    {"output": Output("ap-beijing", "b-1", None)},
    {"output": Output("ap-beijing", "b-1", "")},
    {"queue_id": None},
    {"queue_id": ""},
    {"queue_id": "unknown"},
    {"queue_id": EmulatorSettings().queue_id[:-1]},
    {"template_id": f"{EmulatorSettings().template_id}0"},
    {"template_id": "unknown"},
    {"template_id": None},
    {"template_id": ""},
    {"call_back_format": "YAML"},
    {"call_back_format": "json"},
    {"call_back_type": "Kafka"},
    {"call_back_type": "tdmq", "mq_config": MQ},
    {"call_back_type": "TDMQ"},
    {"call_back_type": "TDMQ", "call_back": CALLBACK},
    {"call_back_type": "TDMQ", "mq_config": replace(MQ, mq_region=None)},
    {"call_back_type": "TDMQ", "mq_config": replace(MQ, mq_mode=None)},
    {"call_back_type": "TDMQ", "mq_config": replace(MQ, mq_name=None)},
    {"call_back_type": "TDMQ", "mq_config": replace(MQ, mq_region="ap-beijing")},
    {"call_back_type": "TDMQ", "mq_config": replace(MQ, mq_region="mars")},
    {"call_back_type": "TDMQ", "mq_config": replace(MQ, mq_mode="Both")},
    {"call_back_type": "TDMQ", "mq_config": replace(MQ, mq_mode="queue")},
    {"call_back": "ftp://127.0.0.1/"},
    {"call_back": "nowhere"},
    {"user_data": "x" * 1025},
    {"user_data": "x" * 2000},
    {"user_data": "x" * 3000},
    {"user_data": "a\tb"},
    {"user_data": "a\nb"},
    {"user_data": "a\x7fb"},
    {"user_data": "é"},
    {"user_data": "图"},
    {"job_level": "3"},
    {"job_level": "-1"},
    {"job_level": "01"},
    {"job_level": "high"},
)

WHOLE = document(a_job())
_NO_INPUT = b"<Input><Object>input/deer.jpg</Object></Input>"
_DATA = b"This is my data."
_ENTITY = b"<!DOCTYPE Request [<!ENTITY e %b>]>" + WHOLE.replace(_DATA, b"&e;")

#: Bodies as bytes: broken ones, then unusual ones.
BODIES = (
    b"",
    b"{}",
    b"<Request>",
    WHOLE.removesuffix(b"</Request>"),
    WHOLE + b"<x/>",
    WHOLE.replace(_DATA, b"a & b"),
    WHOLE.replace(_DATA, b"a\x01b"),
    WHOLE.replace(_DATA, b"&nbsp;"),
    WHOLE.replace(b"input/deer.jpg", b"input/\xff.jpg"),
    b'<?xml version="1.0" encoding="UTF-16"?>' + WHOLE,
    WHOLE.replace(b"Request>", b"Requests>"),
    WHOLE.replace(b"Request>", b"request>"),
    WHOLE.replace(b"<Request>", b'<Request xmlns="urn:x">'),
    WHOLE.replace(_NO_INPUT, b""),
    WHOLE.replace(_NO_INPUT, b"<Input/>"),
    b"<Request><Tag>PicProcess</Tag>" + _NO_INPUT + b"</Request>",
    WHOLE.replace(b"<Tag>", b"<Tag>PicProcess</Tag><Tag>"),
    WHOLE.replace(b"<UserData>", b"<UserData>first</UserData><UserData>"),
    _ENTITY % b'"expanded"',
    _ENTITY % b'SYSTEM "file:///nowhere"',
    WHOLE.replace(b"<Tag>", b"<!-- c --><Tag>"),
    WHOLE.replace(b"><", b">\n<"),
    b'<?xml version="1.0"?>' + WHOLE,
    WHOLE.replace(_DATA, b"<![CDATA[<data>]]>"),
    WHOLE.replace(_DATA, b"&#65;&#x42;"),
    WHOLE.replace(b"<Tag>PicProcess</Tag>", b"").replace(
        b"</Request>", b"<Tag>PicProcess</Tag></Request>"
    ),
    WHOLE.replace(b"<Output><Region>ap-chongqing</Region>", b"<Output>").replace(
        b"</Output>", b"<Region>ap-chongqing</Region></Output>"
    ),
    WHOLE.replace(b"<Tag>", b"<New>1</New><Tag>"),
    WHOLE.replace(b"<UserData>", b"<New>1</New><UserData>"),
    WHOLE.replace(b"input/deer.jpg", b"a/b/c.jpg"),
    b" " * (1024 * 1024) + WHOLE,
)


class Steady(Behaviour):
    """Everything that chance decides, counted instead."""

    def new_job_id(self) -> str:
        return f"c{self.count('steady job'):032x}"

    def new_request_id(self, now: float) -> str:
        return base64.b64encode(b"request %06d" % self.count("steady request")).decode()

    def new_trace_id(self) -> str:
        return base64.b64encode(b"trace %06d" % self.count("steady trace")).decode()


class Visit:
    """A tour under way: what was seen, as text."""

    def __init__(self, kind: type[Behaviour], settings: EmulatorSettings) -> None:
        self.desk = Desk(compose(kind, Steady), settings, Clock(START))
        self.seen: list[str] = []

    def saw(self, said: Said) -> Said:
        behaviour = self.desk.behaviour
        sent = behaviour.deliver(said.incoming, said.answer)
        self.seen.append(repr(sent))
        self.announce()
        return said

    def announce(self) -> None:
        """Everything that is due to be called back, and what a receiver's troubles lead to."""
        behaviour = self.desk.behaviour
        behaviour.advance(behaviour.now())
        while behaviour.store.outbox:
            notice: Notice = behaviour.store.outbox.popleft()
            self.seen.append(f"{notice.delay} {behaviour.callback_message(notice)!r}")
            tries = ((1, 200), (1, 503), (2, None))
            self.seen.append(repr([behaviour.retry_delay(notice, *each) for each in tries]))

    def call(self, *args: object, **more: object) -> Said:
        return self.saw(self.desk.call(*args, **more))  # type: ignore[arg-type]  # passed through

    def create(self, body: bytes, **more: object) -> str:
        said = self.call("POST", "/pic_jobs", body, **more)
        jobs = self.desk.behaviour.store.jobs()
        return jobs[-1].job_id if said.status < 300 and jobs else ""

    def look(self, *ids: str) -> None:
        self.call("GET", f"/pic_jobs/{','.join(ids)}")

    def list(self, **params: str) -> Said:
        asked = {"queueId": SETTINGS.queue_id, "tag": "PicProcess", **params}
        query = "&".join(f"{name}={url_encode(value)}" for name, value in asked.items() if value)
        return self.call("GET", f"/pic_jobs?{query}")

    def raw(self, request: Request) -> None:
        self.saw(self.desk.send(request))

    def later(self, seconds: float) -> None:
        self.desk.later(seconds)
        self.announce()


Part = Callable[[Visit], None]


def see(part: Part, kind: type[Behaviour], settings: EmulatorSettings = SETTINGS) -> list[str]:
    """What one part of the tour shows of an emulator that behaves as ``kind``."""
    visit = Visit(kind, settings)
    part(visit)
    return visit.seen


def lives(visit: Visit) -> None:
    """Every sound job from its creation to its end, looked at in between."""
    ids = []
    for changes in SOUND:
        ids.append(visit.create(document(a_job(**changes))))
        visit.later(0.02)
    for _ in range(9):
        visit.look(*filter(None, ids))
        visit.later(0.09)
    visit.later(1.5)
    for _ in range(3):
        visit.look(*filter(None, ids), "unknown", "unknown too")
    known = [*filter(None, ids[:3])]
    for job_id in (*known, "unknown", f"{known[0]}x", known[0][:-1]) if known else ():
        visit.look(job_id)


def levels(visit: Visit) -> None:
    """More jobs than workers, the urgent ones last."""
    levels = ("0",) * 12 + ("1", "2", "0", "2")
    ids = [visit.create(document(a_job(job_level=level))) for level in levels]
    for _ in range(24):
        visit.later(0.1)
        visit.look(*ids[10:])


def cancels(visit: Visit) -> None:
    for changes in ({}, {"queue_id": PAUSED, "job_level": "2"}):
        waiting = visit.create(document(a_job(**changes)))
        visit.call("PUT", f"/jobs/{waiting}?cancel")
        visit.look(waiting)
        visit.later(0.6)
        for _ in range(3):
            visit.look(waiting)
    running = visit.create(document(a_job()))
    visit.later(visit.desk.settings.start_delay + 0.05)
    visit.call("PUT", f"/jobs/{running}?cancel")
    visit.later(2.0)
    failed = visit.create(document(a_job(input_object="no/deer.jpg")))
    ended = visit.create(document(a_job()))
    visit.later(2.5)
    for job_id in (ended, failed, "unknown"):
        visit.call("PUT", f"/jobs/{job_id}?cancel")
        visit.call("PUT", f"/jobs/{job_id}?cancel=yes")
        visit.look(job_id)


def bodies(visit: Visit) -> None:
    for changes in BROKEN:
        visit.create(document(a_job(**changes)))
    for body in BODIES:
        visit.create(body)
    md5 = base64.b64encode(hashlib.md5(WHOLE).digest()).decode()
    near = base64.b64encode(hashlib.md5(WHOLE).digest()[:-1] + b"x").decode()
    for given in (md5, near, base64.b64encode(b"x" * 16).decode(), "nonsense"):
        visit.create(WHOLE, headers=(("Content-MD5", given),))
    for kind in ("application/json", "text/plain", "text/xml"):
        visit.create(WHOLE, headers=(("Content-Type", kind),))
    visit.later(1.0)
    jobs: tuple[StoredJob, ...] = visit.desk.behaviour.store.jobs()
    visit.seen.append(f"{len(jobs)} jobs")
    for job in jobs[-8:]:
        visit.look(job.job_id)


def signatures(visit: Visit) -> None:
    """Each way of signing well, then badly, on each operation."""
    job_id = visit.create(document(a_job(queue_id=PAUSED)))
    query = f"queueId={SETTINGS.queue_id}&tag=PicProcess&inputObject=input%2Fa%20b%21"
    targets = (
        ("POST", "/pic_jobs", WHOLE),
        ("GET", f"/pic_jobs/{job_id}", None),
        ("GET", "/pic_jobs/no%20such", None),
        ("GET", f"/pic_jobs?{query}&size=3", None),
        ("PUT", f"/jobs/{job_id}?cancel", None),
    )
    for method, target, body in targets:
        headers = (("Date", "Mon, 23 Nov 2026 00:00:00 GMT"), ("X-Odd", 'a b="c" \xc3\xa9'))
        request = request_of(method, target, body, headers)
        for made in _signed(request, visit.desk.clock.now):
            visit.raw(made)


def _signed(request: Request, now: float) -> Iterator[Request]:
    every = tuple(name.lower() for name, _ in request.headers)
    good = _sign(request, now, Sign())
    for names in ((), ("host",), ("host", "date"), ("host", "content-length"), ("x-odd",), every):
        if set(names) <= set(every):
            yield _with(request, _sign(request, now, Sign(headers=names)))
    yield request
    for text in ("", "nonsense", "Basic YTpi", f"{good}&q-more=1"):
        yield _with(request, text)
    yield from _spoiled(request, good, now)
    yield from _temporary(request, now)
    yield _in_url(request, good)
    own = Sign(secret_id=SETTINGS.tmp_secret_id, secret_key=SETTINGS.tmp_secret_key)
    yield _in_url(request, _sign(request, now, own))


def corners(visit: Visit) -> None:
    """Bad signatures in requests that are seldom made."""
    now = visit.desk.clock.now
    one, two = (visit.create(document(a_job(queue_id=PAUSED))) for _ in range(2))
    listing = f"/pic_jobs?queueId={SETTINGS.queue_id}&tag=PicProcess"
    states = request_of("GET", f"{listing}&states=Success")
    cancel = request_of("PUT", f"/jobs/{one}?cancel")
    headers = (("Date", "Mon, 23 Nov 2026 00:00:00 GMT"), ("X-Odd", "a"))
    create = request_of("POST", "/pic_jobs", WHOLE, headers)
    every = tuple(name.lower() for name, _ in create.headers)
    visit.raw(request_of("GET", f"{listing}&size=1&nextToken=x"))
    for request, how in (
        (states, Sign(secret_key="another")),
        (request_of("GET", f"/pic_jobs/{one},{two}"), Sign(secret_key="another")),
        (request_of("GET", f"/pic_jobs/{one}"), Sign(path=f"/pic_jobs/{two}")),
        (cancel, Sign(path=f"/jobs/{two}")),
        (create, Sign(secret_key="another", headers=every)),
        (create, Sign(secret_key="another", headers=())),
        (create, Sign(secret_key="")),
    ):
        visit.raw(_with(request, _sign(request, now, how)))
    good = _sign(create, now, Sign())
    visit.raw(_with(create, good.replace("algorithm=sha1", "algorithm=")))
    for name in PARAMETERS:
        kept = (each for each in good.split("&") if not each.startswith(f"{name}="))
        visit.raw(_in_url(create, "&".join(kept)))
    visit.raw(_in_url(create, _sign(create, now, Sign(secret_id="unknown"))))
    visit.raw(_in_url(create, good[:-40] + good[-40:].upper()))
    keys = Sign(secret_id=SETTINGS.tmp_secret_id, secret_key=SETTINGS.tmp_secret_key)
    for how, token in (
        (replace(keys, secret_key="another"), SETTINGS.tmp_token),
        (replace(keys, window=(-9000, -8000)), SETTINGS.tmp_token),
        (replace(keys, window=(8000, 9000)), SETTINGS.tmp_token),
        (keys, ""),
    ):
        made = cancel.with_headers(cancel.headers.set("x-ci-security-token", token))
        visit.raw(_with(made, _sign(made, now, how)))


def _in_url(request: Request, authorization: str) -> Request:
    joint = "&" if request.query else "?"
    pairs = (piece.partition("=") for piece in authorization.split("&"))
    query = "&".join(f"{name}={url_encode(value)}" for name, _, value in pairs)
    return replace(request, target=f"{request.target}{joint}{query}")


def _spoiled(request: Request, good: str, now: float) -> Iterator[Request]:
    pieces = good.split("&")
    for name in PARAMETERS:
        yield _with(request, "&".join(each for each in pieces if not each.startswith(f"{name}=")))
    bare = _sign(request, now, Sign(headers=())).split("&")
    yield _with(request, "&".join(each for each in bare if "q-header-list" not in each))
    yield _with(request, "&".join(pieces[::-1]))
    for how in (
        Sign(secret_key="another"),
        Sign(secret_id="unknown"),
        Sign(secret_id="unknown", secret_key="another"),
        Sign(secret_id=SETTINGS.secret_id.lower()),
        Sign(window=(-900, -300)),
        Sign(window=(-9000, -8000)),
        Sign(window=(-(10**6), -(10**5) * 3)),
        Sign(window=(3600, 7200)),
        Sign(window=(10**5, 10**6)),
        Sign(sign_window=(-900, -300)),
        Sign(window=(-900, -300), sign_window=(-60, 600)),
        Sign(method="HEAD"),
        Sign(path="/"),
        Sign(path="/pic_jobs"),
        Sign(path="/PIC_JOBS"),
        Sign(path=request.path.upper()),
        Sign(path=f"{request.path}/"),
    ):
        yield _with(request, _sign(request, now, how))
    for old, new in (
        ("sign-algorithm=sha1", "sign-algorithm=sha256"),
        ("sign-algorithm=sha1", "sign-algorithm=SHA1"),
        ("sign-algorithm=sha1", "sign-algorithm=md5"),
        ("header-list=host", "header-list=host;x-absent"),
        ("url-param-list=", "url-param-list=absent;"),
        (f"q-key-time={int(now) - 60};{int(now) + 600}", f"q-key-time={int(now) - 60};{int(now)}9"),
    ):
        yield _with(request, good.replace(old, new))
    yield from _retouched(request, good)
    empty = request.with_headers(request.headers.set("X-Absent", ""))
    yield _with(request, _sign(empty, now, Sign(headers=("host", "x-absent"))))
    for name, value in (("Date", "now"), ("Content-Type", "text/xml"), ("Content-Length", "7")):
        if name in request.headers:
            text = _sign(request, now, Sign(headers=("host", name.lower())))
            yield _with(request.with_headers(request.headers.set(name, value)), text)
    foreign = "other-1250000001.ci.ap-chongqing.myqcloud.com"
    yield _with(request.with_headers(request.headers.set("Host", foreign)), good)
    for target in (f"{request.target}=1", request.target.replace("size=3", "size=4")):
        yield _with(replace(request, target=target), good)


def _retouched(request: Request, good: str) -> Iterator[Request]:
    """The signature with a digit changed, cut short, and in capitals."""
    head, signature = good[:-40], good[-40:]
    for place in (0, 16, 25, 39):
        other = "0" if signature[place] != "0" else "1"
        yield _with(request, head + signature[:place] + other + signature[place + 1 :])
    yield _with(request, head + signature[:30])
    yield _with(request, head + signature.upper())


def _temporary(request: Request, now: float) -> Iterator[Request]:
    own = SETTINGS
    how = Sign(secret_id=own.tmp_secret_id, secret_key=own.tmp_secret_key)
    right = own.tmp_token
    for token in (right, right[:20] + "other", f"{right}x", right[:9], "other", None):
        made = request
        if token is not None:
            made = made.with_headers(made.headers.set("x-ci-security-token", token))
        yield _with(made, _sign(made, now, how))


def _sign(request: Request, now: float, how: Sign) -> str:
    """The signature of a request, header values as the bytes that are sent (E29)."""
    texts = Headers.of((name, header_text(value)) for name, value in request.headers)
    return sign(request.with_headers(texts), now, how)


def _with(request: Request, authorization: str) -> Request:
    return request.with_headers(request.headers.set("Authorization", authorization))


def doors(visit: Visit) -> None:
    """Hosts, paths, methods, and headers written otherwise."""
    own, now = SETTINGS, visit.desk.clock.now
    hosts = (
        "localhost",
        "other-1250000001.ci.ap-chongqing.myqcloud.com",
        own.service_host.replace("1250000000", "1250000001"),
        own.service_host.replace(".ci.", ".cos."),
        f"{own.service_host}.example.com",
        f"x-{own.service_host}",
    )
    for host in hosts:
        request = request_of("POST", "/pic_jobs", WHOLE, host=host)
        visit.raw(_with(request, _sign(request, now, Sign())))
    for target in ("/pic_job", "/PIC_JOBS", "/pic_jobs2", "/pic-jobs", "/jobs", "/"):
        visit.call("POST", target, WHOLE)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        visit.call(method, "/pic_jobs", WHOLE)
    request = request_of("POST", "/pic_jobs", WHOLE)
    whole = _with(request, _sign(request, now, Sign()))
    for items in _spellings(whole.headers):
        visit.raw(whole.with_headers(Headers.of(items)))
    keys = Sign(secret_id=own.tmp_secret_id, secret_key=own.tmp_secret_key)
    token = ("x-ci-security-token", own.tmp_token)
    for request, how in (
        (request_of("GET", "/pic_jobs/unknown"), Sign()),
        (request_of("PUT", "/jobs/unknown?cancel"), Sign()),
        (request_of("POST", "/pic_jobs", WHOLE, (token,)), keys),
        (request_of("POST", "/pic_jobs", WHOLE, (token,), host=hosts[1]), keys),
    ):
        written = _with(request, _sign(request, now, how))
        visit.raw(written)
        for items in _spellings(written.headers):
            visit.raw(written.with_headers(Headers.of(items)))
    large = visit.desk.behaviour.receive(whole, body_size=5 * 1024 * 1024)
    visit.saw(Said(visit.desk.behaviour.handle(large), large))


def _spellings(headers: Headers) -> Iterable[list[tuple[str, str]]]:
    pairs = list(headers)
    yield [(name.lower(), value) for name, value in pairs]
    yield [(name.upper(), value) for name, value in pairs]
    yield pairs[::-1]
    yield [pair for pair in pairs if pair[0] != "Content-Type"] + [
        pair for pair in pairs if pair[0] == "Content-Type"
    ]


def lists(visit: Visit) -> None:
    """Every parameter, and every page."""
    keys = ("input/deer.jpg", "INPUT/deer.jpg", "no/deer.jpg", "input/deer.jpg.bak")
    for number in range(14):
        key = keys[number % 4] if number % 2 else keys[0]
        job_id = visit.create(document(a_job(input_object=key, user_data="x" * 100)))
        if number == 3:
            visit.call("PUT", f"/jobs/{job_id}?cancel")
        visit.later(0.6)
    visit.create(document(a_job(queue_id=PAUSED)))
    visit.later(0.05)
    visit.call("GET", "/pic_jobs?tag=PicProcess")
    visit.call("GET", f"/pic_jobs?queueId={SETTINGS.queue_id}")
    for size in ("1", "3", "99", "100", "101", ""):
        visit.list(size=size)
    visit.list(queueId=PAUSED)
    for states in (
        "All",
        "Success",
        "Failed,Success",
        "Submitted",
        "Cancel,Pause",
        "S",
        "x",
        "success",
    ):
        visit.list(states=states)
    visit.list(queueId=PAUSED, states="Pause", size="2")
    for states in ("Submitted", "All,Success"):
        visit.list(queueId=PAUSED, states=states)
    _near_keys(visit)
    _bounds(visit)
    for key in (*keys, "input/deer", "deer.jpg", "other/deer.jpg"):
        visit.list(inputObject=key, size="5")
    visit.list(inputObject=keys[0], states="Cancel")
    later = format_job_time(START + 3600)
    visit.list(startCreationTime=later, states="Success")
    visit.list(startCreationTime=later, inputObject=keys[0])
    _pages(visit, inputObject=keys[0])
    for order in ("Asc", "Desc", ""):
        _pages(visit, orderByTime=order, states="Success")
        _pages(visit, orderByTime=order)
    visit.list(inputObject=keys[0])


def _near_keys(visit: Visit) -> None:
    """Keys that nearly are one another's, just created: none of the jobs runs yet."""
    for key in ("no/a b.jpg", "no/a+b.jpg", "no/a&b.jpg", "no/a%20b.jpg", "no/\u56fe.jpg"):
        visit.create(document(a_job(input_object=key)))
        visit.list(inputObject=key)
    visit.list(states="Running")
    for key in ("no", "no/a?b.jpg", "no/a_b.jpg", "no/a.b.jpg", "no/a b.jpg/", "no/\u50cf.jpg"):
        visit.list(inputObject=key)


def _bounds(visit: Visit) -> None:
    for seconds in (2, 4, 3600):
        for hours in (8, 0):
            moment = format_job_time(START + seconds, hours)
            visit.list(startCreationTime=moment)
            visit.list(endCreationTime=moment)
    visit.list(endCreationTime=format_job_time(START + 3600), queueId=PAUSED)
    for bad in ("yesterday", "2023-11-15", "1600000000"):
        visit.list(startCreationTime=bad)
        visit.list(endCreationTime=bad)


def _pages(visit: Visit, **params: str) -> None:
    """The pages of a list, a dozen at most, with a job created after the first."""
    token = ""
    for number in range(12):
        said = visit.list(**params, size="4", nextToken=token)
        if said.status != 200:
            return
        try:
            token = said.value("NextToken") or ""
        except XmlProblem:
            return
        if not token:
            return
        if number == 0:
            visit.create(WHOLE)


def crowd(visit: Visit) -> None:
    """More jobs than the largest page holds."""
    for _ in range(103):
        visit.create(WHOLE)
    for size in ("100", "300"):
        visit.list(size=size)


PARTS: tuple[Part, ...] = (
    *(lives, cancels, bodies, signatures, corners),
    *(doors, lists, levels, crowd),
)
