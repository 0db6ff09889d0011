"""What is known of a call, what was sent for it and what was told, as plain data."""

from dataclasses import replace

import pytest

from conformance.checks.client_case import (
    FAILED,
    LIST_PARAMETERS,
    OPS,
    Call,
    ClientCase,
    Keys,
    Reply,
    Said,
    Sent,
    Want,
    leaves,
)
from conformance.clients import calls
from conformance.spec.reading import Operation
from conformance.spec.rules import RULES
from conformance.spec.xml import element
from tests.checks.client_support import KEYS, TEMPORARY, body_of, sent, with_header

LIST_ROW = "L.request."


def test_operations_are_named_as_the_adapter_protocol_names_them() -> None:
    assert OPS == {
        Operation.CREATE: "create_pic_job",
        Operation.DESCRIBE: "describe_pic_job",
        Operation.LIST: "list_pic_jobs",
        Operation.CANCEL: "cancel_pic_job",
    }
    assert calls.describe(KEYS, "j1").op == "describe_pic_job"


def test_the_parameters_of_a_list_are_those_of_the_page() -> None:
    rows = (each.id.removeprefix(LIST_ROW) for each in RULES if each.id.startswith(LIST_ROW))
    assert list(LIST_PARAMETERS) == [name for name in rows if "." not in name and "=" not in name]


def test_no_key_is_ever_shown() -> None:
    one = sent(calls.create(TEMPORARY))
    request = one.exchange.request
    shown = repr(replace(one, exchange=replace(one.exchange, request=replace(request, headers=()))))
    for secret in (TEMPORARY.secret_id, TEMPORARY.secret_key, TEMPORARY.token):
        assert secret not in repr(TEMPORARY)
        assert secret not in repr(one.call)
        assert secret not in shown


def test_a_call_knows_where_it_goes_and_what_its_body_should_hold() -> None:
    call = Call(Operation.CREATE, KEYS, "b-1", "ap-x", {"Tag": "PicProcess"})
    assert call.host == "b-1.ci.ap-x.myqcloud.com"
    assert call.request_node == element("Request", element("Tag", "PicProcess"))
    assert call.timeout == 10.0
    assert replace(call, job=None).request_node is None


@pytest.mark.parametrize(
    ("job", "writable"), [(None, True), ({"Tag": "a"}, True), ({"Tag": "\x00"}, False)]
)
def test_what_xml_can_hold(job: dict[str, str] | None, writable: bool) -> None:
    assert Call(Operation.CREATE, KEYS, "b-1", "ap-x", job).writable is writable


def test_what_was_sent_is_whole_and_the_librarys_own_unless_it_is_said() -> None:
    one = sent()
    plain = Sent(one.exchange, Operation.CREATE)
    assert (plain.complete, plain.answered) == (True, True)
    assert (plain.stray, plain.follows) == (False, False)
    assert plain.host == calls.create(KEYS).host
    assert with_header("Host", None).host == ""
    assert body_of() == one.exchange.request.body


def test_answers_of_an_adapter_are_named_as_its_protocol_names_them() -> None:
    assert [str(each) for each in Said] == [
        *("result", "service", "client", "unsupported", "silent", "died", "garbled", "never")
    ]
    assert {Said.SILENT, Said.DIED, Said.GARBLED} == FAILED
    assert {each for each in Said if Reply(each).is_error} == {Said.SERVICE, Said.CLIENT}
    assert Reply(Said.RESULT) == Reply(Said.RESULT, (), "", None, None, None, 0.0, "")
    assert [str(each) for each in Want] == ["result", "error", "service", "either"]


def test_a_case_is_a_success_unless_it_says_more() -> None:
    own, stray, follows = sent(), sent(stray=True), sent(follows=True)
    one = ClientCase(
        "n", calls.create(KEYS), ("LIB-01",), (own, stray, follows), Reply(Said.RESULT)
    )
    assert (one.want, one.status, one.jobs, one.error, one.note) == (Want.RESULT, 200, (), None, "")
    assert one.own == (own,)
    assert one.exchanges == (own.exchange, stray.exchange, follows.exchange)


def test_leaves_are_those_below_by_their_path() -> None:
    tree = element("r", element("a", "1"), element("b", element("c", "2"), element("d")))
    assert list(leaves(tree)) == [("a", "1"), ("b/c", "2"), ("b/d", "")]


def test_credentials_may_do_without_a_token() -> None:
    assert Keys("a", "b").token is None
