"""The judging endpoint keeps what arrives byte for byte, and answers as the script says."""

import http.client
import socket
import ssl
from collections.abc import Iterator

import pytest

from conformance.checks.client_case import Call, Keys
from conformance.clients import answers, calls, documents
from conformance.clients.answers import Delivery
from conformance.clients.endpoint import BAIT, JudgingEndpoint, Sitting
from conformance.clients.tls import certificate

KEYS = Keys("AKIDexample", "secret")
GOOD = answers.success(documents.sample().to_node())


@pytest.fixture
def endpoint() -> Iterator[JudgingEndpoint]:
    with JudgingEndpoint() as running:
        yield running


def begin(endpoint: JudgingEndpoint, *script: answers.Answer, call: Call | None = None) -> Sitting:
    return endpoint.begin("test", call or calls.create(KEYS), script or (GOOD,))


def talk(port: int, *pieces: bytes, until_close: bool = False) -> bytes:
    """Send the pieces, one after the other, and read one answer (or until the end)."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for piece in pieces:
            connection.sendall(piece)
        received = b""
        while data := connection.recv(65536):
            received += data
            if not until_close and received.endswith(b"</Response>"):
                break
        return received


BODY = b"<Request>\xc3\xa9</Request>"
HEAD = (
    b"POST /pic_jobs HTTP/1.1\r\nhOST: a-1.ci.r.myqcloud.com\r\nX-A:  b \r\nContent-Length: 21\r\n"
)


def test_a_request_is_kept_as_it_came(endpoint: JudgingEndpoint) -> None:
    sitting = begin(endpoint)
    answer = talk(endpoint.port, HEAD + b"\r\n" + BODY)

    arrival = sitting.arrived[0]
    request = arrival.sent.exchange.request
    assert arrival.raw == HEAD + b"\r\n" + BODY
    assert request.headers.items[0] == ("hOST", "a-1.ci.r.myqcloud.com")
    assert request.body == BODY
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n")
    assert answer.endswith(GOOD.body)


def test_requests_in_single_bytes_are_read_too(endpoint: JudgingEndpoint) -> None:
    sitting = begin(endpoint)
    whole = HEAD + b"\r\n" + BODY
    talk(endpoint.port, *(whole[at : at + 1] for at in range(len(whole))))

    assert sitting.arrived[0].sent.exchange.request.body == BODY


def test_absolute_form_becomes_origin_form_and_keeps_its_host(endpoint: JudgingEndpoint) -> None:
    sitting = begin(endpoint)
    line = b"POST http://a-1.ci.r.myqcloud.com/pic_jobs?x=%20 HTTP/1.1\r\n"
    talk(endpoint.port, line + b"Host: a-1.ci.r.myqcloud.com\r\nContent-Length: 0\r\n\r\n")

    sent = sitting.arrived[0].sent
    assert sent.exchange.request.target == "/pic_jobs?x=%20"
    assert sent.host == "a-1.ci.r.myqcloud.com"


def test_a_body_that_nothing_announces_is_kept(endpoint: JudgingEndpoint) -> None:
    sitting = begin(endpoint)
    head = HEAD.replace(b"Content-Length: 21\r\n", b"")
    talk(endpoint.port, head + b"\r\n" + BODY)

    assert sitting.arrived[0].sent.exchange.request.body == BODY


def test_a_body_that_is_longer_than_announced_is_kept(endpoint: JudgingEndpoint) -> None:
    sitting = begin(endpoint)
    talk(endpoint.port, HEAD.replace(b"21", b"9") + b"\r\n" + BODY)

    assert sitting.arrived[0].sent.exchange.request.body == BODY


def test_a_body_that_never_comes_whole_is_answered_all_the_same(endpoint: JudgingEndpoint) -> None:
    endpoint._incomplete = 100  # it has seen this before, and does not wait long
    sitting = begin(endpoint)
    answer = talk(endpoint.port, HEAD.replace(b"21", b"99") + b"\r\n" + BODY)

    assert not sitting.arrived[0].sent.complete
    assert answer.startswith(b"HTTP/1.1 200")


def test_two_requests_on_one_connection(endpoint: JudgingEndpoint) -> None:
    failed = answers.failure(500, "InternalError", "Later.", 1)
    sitting = begin(endpoint, failed, GOOD)
    request = HEAD + b"\r\n" + BODY
    answer = talk(endpoint.port, request + request)

    statuses = [each.sent.exchange.response for each in sitting.arrived]
    assert [each.status for each in statuses if each is not None] == [500, 200]
    assert answer.endswith(GOOD.body)


def test_the_last_answer_stands_for_all_that_follow(endpoint: JudgingEndpoint) -> None:
    sitting = begin(endpoint, GOOD)
    for _ in range(3):
        talk(endpoint.port, HEAD + b"\r\n" + BODY)

    assert [each.answer for each in sitting.arrived] == [GOOD] * 3


@pytest.mark.parametrize(
    ("delivery", "whole"),
    [
        (Delivery.WHOLE, True),
        (Delivery.CHUNKED, True),
        (Delivery.SLOW, True),
        (Delivery.UNTIL_CLOSE, True),
        (Delivery.CUT, False),
        (Delivery.CUT_CHUNKED, False),
        (Delivery.BREAK, False),
    ],
)
def test_deliveries(endpoint: JudgingEndpoint, delivery: Delivery, whole: bool) -> None:
    sitting = begin(endpoint, answers.replace(GOOD, delivery=delivery))
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=5)
    connection.request("POST", "/pic_jobs", BODY)
    try:
        body = connection.getresponse().read()
    except (http.client.HTTPException, OSError):
        body = None
    connection.close()

    assert (body == GOOD.body) is whole
    assert sitting.arrived[0].sent.answered is whole


def _post(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("POST", "/pic_jobs", BODY)
    connection.getresponse()


def test_a_refused_connection_costs_one_answer_and_leaves_no_request(
    endpoint: JudgingEndpoint,
) -> None:
    sitting = begin(endpoint, answers.REFUSE, GOOD)
    with pytest.raises(ConnectionError):
        _post(endpoint.port)

    assert not sitting.arrived
    assert talk(endpoint.port, HEAD + b"\r\n" + BODY).endswith(GOOD.body)


def test_a_describe_is_answered_with_the_jobs_it_asks_for(endpoint: JudgingEndpoint) -> None:
    jobs = [documents.sample(number=n).to_node() for n in (1, 2)]
    call = calls.describe(KEYS, documents.job_id(1), documents.job_id(2))
    begin(endpoint, answers.described(*jobs), call=call)
    answer = talk(
        endpoint.port, f"GET /pic_jobs/{documents.job_id(2)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    )

    assert documents.job_id(2).encode() in answer
    assert documents.job_id(1).encode() not in answer


def test_the_bait_and_the_stranger_take_no_answer_of_the_script(endpoint: JudgingEndpoint) -> None:
    sitting = begin(endpoint)
    request = b"GET " + BAIT.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    for port in (endpoint.port, endpoint.stranger_port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", request.split()[1].decode())
        assert connection.getresponse().status == 403
        connection.close()

    assert [each.sent.stray for each in sitting.arrived] == [True, True]
    assert talk(endpoint.port, HEAD + b"\r\n" + BODY).endswith(GOOD.body)


def test_https_and_http_on_one_port() -> None:
    with certificate("a-1.ci.r.myqcloud.com") as (tls, ca_file), JudgingEndpoint(tls) as endpoint:
        sitting = begin(endpoint)
        context = ssl.create_default_context(cafile=ca_file)
        for scheme in ("http", "https"):
            connection = (
                http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=5)
                if scheme == "http"
                else http.client.HTTPSConnection(
                    "127.0.0.1", endpoint.port, timeout=5, context=context
                )
            )
            connection.request("POST", "/pic_jobs", BODY)
            assert connection.getresponse().read() == GOOD.body
            connection.close()

    assert len(sitting.arrived) == 2


def test_connect_as_a_proxy_gets_it() -> None:
    with certificate("a-1.ci.r.myqcloud.com") as (tls, ca_file), JudgingEndpoint(tls) as endpoint:
        sitting = begin(endpoint)
        context = ssl.create_default_context(cafile=ca_file)
        connection = http.client.HTTPSConnection(
            "127.0.0.1", endpoint.port, timeout=5, context=context
        )
        connection.set_tunnel("a-1.ci.r.myqcloud.com", 443)
        connection.request("POST", "/pic_jobs", BODY)
        assert connection.getresponse().read() == GOOD.body
        connection.close()

    assert sitting.arrived[0].sent.host == "a-1.ci.r.myqcloud.com"


def test_a_request_that_waits_for_leave(endpoint: JudgingEndpoint) -> None:
    sitting = begin(endpoint)
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 100 ")
        connection.sendall(BODY)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")

    assert sitting.arrived[0].sent.exchange.request.body == BODY
