"""What the pure core costs, each beside its floor: signature, schema, generation."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from lxml import etree

from benchmarks.measuring import Figure, in_turn
from benchmarks.requesting import reference
from conformance.drivers.recording import load_recording
from conformance.emulator import EmulatorSettings
from conformance.engine.session import Options, embedded_target
from conformance.generate.bodies import VALID_PLANS
from conformance.generate.cases import valid_cases
from conformance.generate.provider import draw
from conformance.resources import resource_path
from conformance.spec.schema import validate_full
from conformance.spec.signature import (
    Authorization,
    authorization_text,
    compute,
    parse_authorization,
    sign_key,
    verifies,
)
from conformance.spec.wire import Headers, Request

KEY_TIME = "1557989151;1557996351"
HOST = "examplebucket-1250000000.ci.ap-chongqing.myqcloud.com"
DATE = "Thu, 16 May 2019 06:45:51 GMT"
HEADERS = (("host", HOST), ("date", DATE), ("content-type", "application/xml"))


# ---- the signature ------------------------------------------------------------------------------


def signature(rounds: int, count: int = 4000) -> Iterator[Figure]:
    """Build and verify, against the bare calls of hmac, and against the signer of the SDK."""
    secret = EmulatorSettings().secret_key
    request, authorization = _signed(secret)

    def build() -> None:
        for _ in range(count):
            _build(secret)

    def verify() -> None:
        for _ in range(count):
            assert verifies(request, authorization, secret)

    def floor() -> None:
        for _ in range(count):
            _bare(secret)

    built, verified, bare = in_turn(rounds, build, verify, floor)

    def against(name: str, taken: float, reach: float | None = None) -> Figure:
        ours, theirs = (f"{each / count * 1e6:.1f} us" for each in (taken, bare))
        return Figure(name, taken / bare, "times", ours, theirs, reach, more=False)

    yield against("signature: build / bare hmac", built, 2.0)
    yield against("signature: verify a request / bare hmac", verified)
    sdk = _sdk(secret, count)
    if sdk is not None:
        built, theirs = in_turn(rounds, build, sdk)
        yield Figure(
            "signature: signer of cos-python-sdk-v5 / build",
            theirs / built,
            "times",
            f"{built / count * 1e6:.1f} us",
            f"{theirs / count * 1e6:.1f} us",
        )


def _signed(secret: str) -> tuple[Request, Authorization]:
    """A signed create, as a receiver has it."""
    window = f"{int(time.time())};{int(time.time()) + 3600}"
    made = compute(
        key=sign_key(secret, window),
        key_time=window,
        method="post",
        path="/pic_jobs",
        headers=HEADERS,
    )
    text = authorization_text("AKIDEXAMPLE", window, made)
    headers = Headers.of((*HEADERS, ("Authorization", text)))
    return Request("POST", "/pic_jobs", headers), parse_authorization(text)


def _build(secret: str) -> str:
    key = sign_key(secret, KEY_TIME)
    return compute(
        key=key, key_time=KEY_TIME, method="post", path="/pic_jobs", headers=HEADERS
    ).signature


def _bare(secret: str) -> str:
    """The two HMACs and the hash that any signature takes, over the same bytes."""
    key = hmac.new(secret.encode(), KEY_TIME.encode(), hashlib.sha1).hexdigest()
    text = (
        "post\n/pic_jobs\n\ncontent-type=application%2Fxml&"
        f"date=Thu%2C%2016%20May%202019%2006%3A45%3A51%20GMT&host={HOST}\n"
    )
    hashed = hashlib.sha1(text.encode()).hexdigest()
    return hmac.new(
        key.encode(), f"sha1\n{KEY_TIME}\n{hashed}\n".encode(), hashlib.sha1
    ).hexdigest()


def _sdk(secret: str, count: int) -> Callable[[], None] | None:
    """The signer of the vendor's Python SDK; None where it is not installed."""
    try:
        from qcloud_cos.cos_auth import CosS3Auth
        from qcloud_cos.cos_client import CosConfig
    except ImportError:
        return None
    import requests

    conf = CosConfig(Region="ap-chongqing", SecretId="AKID", SecretKey=secret, Scheme="http")
    auth = CosS3Auth(conf, key="/pic_jobs", params={})
    prepared = requests.Request(
        "POST", f"http://{HOST}/pic_jobs", headers={"Host": HOST, "Date": DATE}
    ).prepare()

    def sign() -> None:
        for _ in range(count):
            auth(prepared)

    return sign


# ---- schemas ------------------------------------------------------------------------------------


def schema(rounds: int, count: int = 300) -> Iterator[Figure]:
    """The fast path (structure, lxml) against XSD 1.1 with assertions (xmlschema)."""
    from xmlschema import XMLSchema11

    from conformance.spec.schema import _fast_schema

    bodies = [each.request.body for each in reference().facts.sent if each.request.body]
    wanted = [body for body in bodies if not validate_full("request", body)][:count]
    full = XMLSchema11(str(resource_path("schemas") / "request.xsd"), allow="local")
    fast = _fast_schema("request")
    trees = [etree.fromstring(body) for body in wanted]

    def quick() -> None:
        assert all(fast.validate(tree) for tree in trees)

    def slow() -> None:
        assert all(full.is_valid(tree) for tree in trees)

    ours, theirs = in_turn(rounds, quick, slow)
    yield Figure(
        "schema: xmlschema / fast path",
        theirs / ours,
        "times",
        f"{ours / len(trees) * 1e6:.1f} us",
        f"{theirs / len(trees) * 1e6:.1f} us",
        reach=20.0,
    )


# ---- generation ---------------------------------------------------------------------------------


def generation(rounds: int, count: int = 100) -> Iterator[Figure]:
    """Requests a second, against the floor of hypothesis drawing the same number of values."""
    target = embedded_target(EmulatorSettings(), Options(), "http://127.0.0.1:9")
    seeds = iter(range(1_000_000))

    def requests() -> None:
        valid_cases(target, next(seeds), count)

    def drawing() -> None:
        draw(VALID_PLANS, seed=next(seeds), stream="floor", count=count)

    ours, floor = in_turn(rounds, requests, drawing)
    yield Figure(
        "generation: hypothesis drawing / requests",
        floor / ours,
        "of the floor's speed",
        f"{count / ours:.0f} requests/s",
        f"{count / floor:.0f} draws/s",
    )


# ---- judging: its floor -------------------------------------------------------------------------


def parse_floor(bodies: list[bytes], rounds: int) -> float:
    """Seconds that lxml takes to parse the same bodies and do nothing with them."""

    def parse() -> None:
        for body in bodies:
            with suppress(etree.XMLSyntaxError):
                etree.fromstring(body)

    return in_turn(rounds, parse)[0]


def bodies_of(recording: Path) -> list[bytes]:
    """Every body of a recording, of requests and of responses."""
    exchanges = load_recording(recording).exchanges
    found = [each.request.body for each in exchanges]
    found += [each.response.body for each in exchanges if each.response is not None]
    return [body for body in found if body]
