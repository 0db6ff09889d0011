"""The adapter protocol: every way in which an adapter can fail is told, and the next call works."""

import json
import sys
from pathlib import Path

import pytest

from conformance.checks.client_case import Keys, Said
from conformance.clients import adapter as adapters
from conformance.clients import calls
from conformance.clients.adapter import Adapter, Address, question, read_reply
from conformance.problems import Problem
from conformance.spec.reading import Operation

KEYS = Keys("AKIDexample", "secret", "token")
ADDRESS = Address("127.0.0.1", 9)

#: An adapter that does what the QueueId of a job says.
PROGRAM = """
import json, os, sys, time
for line in sys.stdin:
    question = json.loads(line)
    op, number = question["op"], question["id"]
    def say(**answer):
        print(json.dumps({"id": number, **answer}), flush=True)
    if op == "hello":
        say(result={"name": "test", "version": "1", "language": "python", "ops": OPS})
    elif op == "shutdown":
        break
    else:
        what = question["job"]["QueueId"]
        if what == "exit": print("last words", file=sys.stderr, flush=True); os._exit(7)
        elif what == "sleep": time.sleep(60)
        elif what == "text": print("not JSON", flush=True)
        elif what == "list": print("[1]", flush=True)
        elif what == "id": print(json.dumps({"id": number + 1, "result": {}}), flush=True)
        elif what == "long": print("x" * (9 << 20), flush=True)
        elif what == "both": say(result={"jobs": []}, error={"kind": "client"})
        elif what == "neither": say()
        elif what == "kind": say(error={"kind": "other"})
        elif what == "nan": say(result={"jobs": [{"JobId": float("nan")}]})
        elif what == "jobs": say(result={"jobs": {}})
        elif what == "full":
            begin = '{"id": %d, "result": {"jobs": [{"JobId": "' % number
            print(begin + "x" * ((8 << 20) - len(begin) - 5) + '"}]}}', flush=True)
        elif what == "talk": print("by the way", file=sys.stderr, flush=True); say(result={})
        else: say(result={"jobs": [{"JobId": what}]}, error=None)
"""


@pytest.fixture
def command(tmp_path: Path) -> tuple[str, ...]:
    path = tmp_path / "adapter.py"
    path.write_text(PROGRAM.replace("OPS", '["create_pic_job"]'))
    return (sys.executable, str(path))


def ask(what: str, timeout: float = 10.0) -> calls.Call:
    return calls.create(KEYS, {**calls.sample_job(), "QueueId": what}, timeout=timeout)


def test_hello_and_a_call(command: tuple[str, ...]) -> None:
    adapter = Adapter(command, ADDRESS)
    hello = adapter.hello()
    reply = adapter.call(ask("j1"))
    adapter.close()

    assert (hello.name, hello.version, hello.language) == ("test", "1", "python")
    assert hello.offers(Operation.CREATE)
    assert not hello.offers(Operation.LIST)
    assert reply.said is Said.RESULT
    assert reply.jobs == ({"JobId": "j1"},)
    assert adapter.starts == 1


@pytest.mark.parametrize(
    ("what", "said", "message"),
    [
        ("exit", Said.DIED, "ended with status 7"),
        ("text", Said.GARBLED, "not one line of JSON"),
        ("list", Said.GARBLED, "no JSON object"),
        ("id", Said.GARBLED, "carries the id"),
        ("nan", Said.GARBLED, "NaN is no number in JSON"),
        ("long", Said.GARBLED, "longer than 8388608 bytes"),
        ("both", Said.GARBLED, "exactly one"),
        ("neither", Said.GARBLED, "exactly one"),
        ("kind", Said.GARBLED, "service or client"),
        ("jobs", Said.GARBLED, "not a list"),
    ],
)
def test_a_failure_is_told_and_the_adapter_starts_again(
    command: tuple[str, ...], what: str, said: Said, message: str
) -> None:
    adapter = Adapter(command, ADDRESS)
    failed = adapter.call(ask(what))
    again = adapter.call(ask("j2"))
    adapter.close()

    assert failed.said is said
    assert message in failed.message
    assert again.jobs == ({"JobId": "j2"},)
    assert adapter.starts == 2


def test_stderr_is_kept(command: tuple[str, ...]) -> None:
    adapter = Adapter(command, ADDRESS)

    assert "last words" in adapter.call(ask("exit")).stderr
    assert "last words" in adapter.stderr


def test_what_an_adapter_that_does_well_says_on_stderr_is_kept(command: tuple[str, ...]) -> None:
    adapter = Adapter(command, ADDRESS)
    assert adapter.call(ask("talk")).said is Said.RESULT
    adapter.close()

    assert adapter.stderr == "by the way\n"


def test_a_line_may_be_of_8_mib(command: tuple[str, ...]) -> None:
    adapter = Adapter(command, ADDRESS)
    reply = adapter.call(ask("full"))
    adapter.close()

    assert reply.said is Said.RESULT
    assert len(str(reply.jobs[0]["JobId"])) > 8_000_000


@pytest.mark.parametrize(("timeout", "told"), [(10.0, "10"), (0.5, "0.5")])
def test_a_whole_number_of_seconds_is_written_as_one(timeout: float, told: str) -> None:
    written = json.dumps(question(ask("j1", timeout), ADDRESS))

    assert f'"timeout_s": {told},' in written


@pytest.mark.parametrize("status", [404, 404.0, "404"])
def test_a_status_may_be_written_as_any_number(status: object) -> None:
    error = {"kind": "service", "status": status}

    assert read_reply(Operation.CREATE, {"error": error}).status == 404


def test_an_adapter_that_hangs_is_ended(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "GRACE", 0.2)
    adapter = Adapter(command, ADDRESS)
    failed = adapter.call(ask("sleep", timeout=0.1))
    again = adapter.call(ask("j2"))
    adapter.close()

    assert failed.said is Said.SILENT
    assert again.said is Said.RESULT


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("/no/such/program",), "cannot be started: No such file"),
        ((sys.executable, "-c", "raise SystemExit('no library')"), "no library"),
        ((sys.executable, "-c", ""), "ended before it answered hello"),
    ],
)
def test_a_command_that_does_not_run_is_one_line(command: tuple[str, ...], message: str) -> None:
    with pytest.raises(Problem, match=message) as problem:
        Adapter(command, ADDRESS).hello()

    assert "\n" not in str(problem.value)


def test_an_adapter_that_never_answers_hello_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "START", 0.5)
    silent = "import sys\nfor line in sys.stdin: print('what?', file=sys.stderr)"
    with pytest.raises(Problem, match=r"does not answer hello: no answer within 0.5 s") as problem:
        Adapter((sys.executable, "-c", silent), ADDRESS).hello()

    assert "\n" not in str(problem.value)


def test_an_adapter_that_answers_without_reading_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it is asked fills its pipe, and then nothing more can be written."""
    monkeypatch.setattr(adapters, "_TAKING", 0.5)
    program = (
        "import json, time\n"
        "for n in range(1, 1000): print(json.dumps({'id': n, 'result': {'ops': []}}), flush=True)\n"
        "time.sleep(100)"
    )
    adapter = Adapter((sys.executable, "-c", program), ADDRESS)
    adapter.hello()
    replies = (adapter.call(ask("ok")) for _ in range(999))
    silent = next(reply for reply in replies if reply.said is Said.SILENT)
    adapter.close()

    assert silent.message == "it does not read its standard input"


def test_a_hello_that_says_nothing_is_a_problem_of_the_adapter() -> None:
    program = 'import sys\nfor line in sys.stdin: print(\'{"id": 1, "result": {}}\', flush=True)'
    adapter = Adapter((sys.executable, "-c", program), ADDRESS)
    hello = adapter.hello()
    adapter.close()

    assert "no list of ops" in hello.problem
    assert hello.offers(Operation.LIST)


def test_a_question_is_as_the_protocol_has_it() -> None:
    asked = question(calls.listing(KEYS, ("size", "7")), ADDRESS)

    assert asked == {
        "op": "list_pic_jobs",
        "endpoint": {"host": "127.0.0.1", "port": 9, "proxy": "http://127.0.0.1:9"},
        "credentials": {"secret_id": "AKIDexample", "secret_key": "secret", "token": "token"},
        "bucket": calls.BUCKET,
        "region": calls.REGION,
        "timeout_s": 10.0,
        "query": {"queueId": calls.QUEUE, "tag": "PicProcess", "size": "7"},
    }


def test_an_error_may_give_its_status_as_text() -> None:
    line = {"error": {"kind": "service", "status": "404", "code": "X", "message": None}}
    reply = read_reply(Operation.CREATE, line)

    assert (reply.said, reply.status, reply.code, reply.message) == (Said.SERVICE, 404, "X", "")


def test_a_cancel_needs_no_jobs() -> None:
    assert read_reply(Operation.CANCEL, {"result": {}}).said is Said.RESULT
