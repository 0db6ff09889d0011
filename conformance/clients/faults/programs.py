"""Faults of the adapter as a program: it crashes, hangs, or breaks the adapter protocol.

The suite has caught one when the case that caused it has a finding, whatever the library did.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from conformance.clients.adapters.plain.adapter import reply
from conformance.clients.faults.catalogue import fault_program

Message = dict[str, Any]

#: The job that each of these programs stumbles over: one with CallBack = no.
_STUMBLES = ("LIB-13",)


def _stumbles(question: Message) -> bool:
    return bool(question["op"] == "create_pic_job" and question["job"].get("CallBack") == "no")


def _serve(stumble: Callable[[Message, Message], None]) -> None:
    """The plain adapter, but for the answers to questions that it stumbles over."""
    for line in sys.stdin.buffer:
        question = json.loads(line)
        if question["op"] == "shutdown":
            break
        answer = {"id": question["id"], **reply(question)}
        if _stumbles(question):
            stumble(question, answer)
        else:
            _write(json.dumps(answer))


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@fault_program("adapter-crashes", *_STUMBLES, says="The process ends during one call.")
def _crashes() -> None:
    _serve(lambda _question, _answer: os._exit(134))


@fault_program("adapter-killed", *_STUMBLES, says="The process kills itself during one call.")
def _killed() -> None:
    _serve(lambda _question, _answer: os.abort())


@fault_program("adapter-hangs", *_STUMBLES, says="One call is never answered.")
def _hangs() -> None:
    _serve(lambda _question, _answer: time.sleep(3600))


@fault_program("adapter-says-no-json", *_STUMBLES, says="One answer is not JSON.")
def _no_json() -> None:
    _serve(lambda _question, _answer: _write("Segmentation fault (core dumped)"))


@fault_program("adapter-says-another-id", *_STUMBLES, says="One answer has another id.")
def _other_id() -> None:
    _serve(lambda _question, answer: _write(json.dumps({**answer, "id": answer["id"] + 1})))


@fault_program("adapter-says-too-much", *_STUMBLES, says="One answer is longer than 8 MiB.")
def _too_much() -> None:
    _serve(lambda _question, answer: _write(json.dumps({**answer, "note": "x" * (9 << 20)})))


@fault_program("adapter-says-both", *_STUMBLES, says="One answer has a result and an error.")
def _both() -> None:
    error = {"kind": "client", "message": "and yet"}
    _serve(lambda _question, answer: _write(json.dumps({**answer, "error": error})))


@fault_program("adapter-sends-nothing", *_STUMBLES, says="Success is claimed, and nothing is sent.")
def _claims() -> None:
    for line in sys.stdin.buffer:
        question = json.loads(line)
        if question["op"] == "shutdown":
            break
        claimed = {"result": {"jobs": [{"JobId": "c1", "State": "Submitted"}]}}
        answer = claimed if _stumbles(question) else reply(question)
        _write(json.dumps({"id": question["id"], **answer}))
