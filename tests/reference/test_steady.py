"""What passes from run to run is replaced, what tells something is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.reference.steady import Steady

#: A run that began at 21:37:52.5 on 24 November 2026.
STARTED = datetime(2026, 11, 24, 21, 37, 52, tzinfo=UTC).timestamp() + 0.5


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        ("Date: Tue, 24 Nov 2026 21:37:52 GMT", "Date: Tue, 27 Feb 2024 04:00:00 GMT"),
        ("Date: Tue, 24 Nov 2026 21:38:40 GMT", "Date: Tue, 27 Feb 2024 04:00:00 GMT"),
        ("Date: Wed, 24 Nov 2026 21:37:52 GMT", "Date: Wed, 27 Feb 2024 04:00:00 GMT"),
        (
            "date=Tue%2C%2024%20Nov%202026%2021%3A37%3A52%20GMT",
            "date=Tue%2C%2027%20Feb%202024%2004%3A00%3A00%20GMT",
        ),
        ("startTime=2026-11-25T05%3A37%3A53%2B0800", "startTime=2024-02-27T12%3A00%3A00%2B0800"),
        ("2026-11-25T05:37:53+0800", "2024-02-27T12:00:00+0800"),
        ("2026-11-24T20:37:52Z", "2024-02-27T03:00:00Z"),
        ("q-sign-time=1795556272;1795559872", "q-sign-time=1709006400;1709010000"),
        ("1795556272000", "1709006400000"),
        ("job c3e7667798fda432995b0d0675d8553de", "job c00000000000000000000000000000001"),
        ("http://127.0.0.1:38465/callback", "http://127.0.0.1:18080/callback"),
    ],
)
def test_what_passes_is_replaced(seen, shown):
    assert Steady(STARTED).text(seen) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Date: Wed, 29 May 2019 04:10:12 GMT",
        "2022-07-18T15:16:43+0800",
        "2026-13-24T21:37:52+0800",
        "examplebucket-1250000000",
        "p2911917386e148639319e13c285cc774",
    ],
)
def test_what_tells_something_is_kept(text):
    assert Steady(STARTED).text(text) == text


def test_what_was_equal_stays_equal_and_what_differed_differs():
    steady = Steady(STARTED)
    one, other = "c" + "1" * 32, "c" + "2" * 32
    first, second, third = steady.text(f"{one} {other} {one}").split()
    assert first == third != second


def test_a_signature_keeps_its_letter_case_and_hides_its_value():
    lower, upper = "f1" * 20, "F1" * 20
    steady = Steady(STARTED)
    assert steady.text(lower).islower()
    assert steady.text(upper).isupper()
    assert lower not in steady.text(lower)


def test_ids_of_requests_are_replaced_in_headers_xml_and_json():
    steady = Steady(STARTED)
    value = "NmIwNjAzYjBfNDFiYjY3YWZfZTQyXzNj"
    exchange = {
        "headers": [["x-ci-request-id", value]],
        "body": f"<RequestId>{value}</RequestId>",
        "n": 1,
    }
    shown = steady.exchange(exchange)
    made = shown["headers"][0][1]
    assert made != value
    assert shown["body"] == f"<RequestId>{made}</RequestId>"
    assert steady.text(f'{{"RequestId": "{value}"}}') == f'{{"RequestId": "{made}"}}'
