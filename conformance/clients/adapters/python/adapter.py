#!/usr/bin/env python3
"""Drives cos-python-sdk-v5 by the adapter protocol: one JSON object a line on stdin and on stdout.

It runs in the SDK's own virtual environment (see `run`), so it imports nothing of the suite. What
the library gives is passed on as it is; what it throws becomes an error of kind service or client.
"""

import importlib
import importlib.metadata
import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any

PACKAGE = "cos-python-sdk-v5"

# What the SDK's list call takes, by the page's parameter names.
LIST_ARGUMENTS = {
    "queueId": "QueueId",
    "tag": "Tag",
    "orderByTime": "OrderByTime",
    "nextToken": "NextToken",
    "size": "Size",
    "states": "States",
    "startCreationTime": "StartCreationTime",
    "endCreationTime": "EndCreationTime",
}
# The SDK tries four times and sleeps 1, 2 and 3 seconds in between; its time-out is one of a try.
TRIES = 4
PAUSES_S = 6.0
SHORTEST_TRY_S = 0.5

SETTINGS = {
    "Scheme": "http, because the judging endpoint is reached without TLS",
    "Proxies": "the call's endpoint.proxy, so that the SDK builds its own documented Host",
    "ContentType": "application/xml on create, as in the vendor's demo (else it sends none)",
    "Timeout": "(timeout_s - 6) / 4 a try: four tries and their pauses fit into timeout_s",
    "retry": "the SDK's default, 3",
}

sdk: Any = importlib.import_module("qcloud_cos")
sdk_errors: Any = importlib.import_module("qcloud_cos.cos_exception")

clients: dict[str, Any] = {}


class Unsupported(Exception):
    """The library has no such call or argument."""


def client_for(call: dict[str, Any]) -> Any:
    """A client object of the SDK for the call's credentials and endpoint, made once."""
    fields = ("credentials", "region", "endpoint", "timeout_s")
    key = json.dumps([call.get(field) for field in fields], sort_keys=True)
    if key not in clients:
        credentials, endpoint = call["credentials"], call["endpoint"]
        proxy = endpoint.get("proxy") or f"http://{endpoint['host']}:{endpoint['port']}"
        options: dict[str, Any] = {}
        if call.get("timeout_s"):
            a_try = (float(call["timeout_s"]) - PAUSES_S) / TRIES
            options["Timeout"] = max(SHORTEST_TRY_S, a_try)
        config = sdk.CosConfig(
            Region=call["region"],
            SecretId=credentials["secret_id"],
            SecretKey=credentials["secret_key"],
            Token=credentials.get("token") or None,
            Scheme="http",
            Proxies={"http": proxy},
            **options,
        )
        clients[key] = sdk.CosS3Client(config)
    return clients[key]


def jobs_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The jobs of the dictionary that the SDK returned; it makes a single job a list itself."""
    jobs = answer.get("JobsDetail", [])
    result: dict[str, Any] = {"jobs": jobs if isinstance(jobs, list) else [jobs]}
    missing = answer.get("NonExistJobIds")
    if missing is not None:
        result["non_exist_job_ids"] = missing if isinstance(missing, list) else [missing]
    if answer.get("NextToken") is not None:
        result["next_token"] = answer["NextToken"]
    return result


def create_pic_job(call: dict[str, Any]) -> dict[str, Any]:
    answer = client_for(call).ci_create_media_pic_jobs(
        Bucket=call["bucket"], Jobs=call["job"], Lst={}, ContentType="application/xml"
    )
    return jobs_of(answer)


def describe_pic_job(call: dict[str, Any]) -> dict[str, Any]:
    answer = client_for(call).ci_get_media_pic_jobs(
        Bucket=call["bucket"], JobIDs=",".join(call["job_ids"])
    )
    return jobs_of(answer)


def list_pic_jobs(call: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(call["query"]) - set(LIST_ARGUMENTS))
    if unknown:
        raise Unsupported(f"ci_list_media_pic_jobs takes no {', '.join(unknown)}")
    arguments = {LIST_ARGUMENTS[name]: value for name, value in call["query"].items()}
    return jobs_of(client_for(call).ci_list_media_pic_jobs(Bucket=call["bucket"], **arguments))


def cancel_pic_job(call: dict[str, Any]) -> dict[str, Any]:
    for job_id in call["job_ids"]:
        client_for(call).ci_cancel_jobs(Bucket=call["bucket"], JobID=job_id)
    return {}


OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "create_pic_job": create_pic_job,
    "describe_pic_job": describe_pic_job,
    "list_pic_jobs": list_pic_jobs,
    "cancel_pic_job": cancel_pic_job,
}


def hello(_call: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": PACKAGE,
        "version": importlib.metadata.version(PACKAGE),
        "language": "python",
        "ops": list(OPERATIONS),
        "settings": SETTINGS,
    }


def service_error(error: Any) -> dict[str, Any]:
    """What the SDK's accessors say of a service error; an accessor that fails says nothing."""

    def said(accessor: Callable[[], Any]) -> Any:
        try:
            return accessor()
        except Exception:  # noqa: BLE001 - the accessor's own bug must not hide the error
            return None

    return {
        "kind": "service",
        "status": said(error.get_status_code),
        "code": said(error.get_error_code),
        "message": said(error.get_error_msg),
        "request_id": said(error.get_request_id),
    }


def without_secrets(text: str, call: dict[str, Any]) -> str:
    credentials = call.get("credentials") or {}
    for name in ("secret_key", "token"):
        if credentials.get(name):
            text = text.replace(credentials[name], "***")
    return re.sub(r"(q-signature=)[0-9a-f]{40}", r"\1***", text)


def answer_to(call: dict[str, Any]) -> dict[str, Any]:
    operation = {"hello": hello, **OPERATIONS}.get(call["op"])
    if operation is None:
        return {"unsupported": f"the adapter has no operation {call['op']}"}
    try:
        return {"result": operation(call)}
    except Unsupported as reason:
        return {"unsupported": str(reason)}
    except sdk_errors.CosServiceError as error:
        answer = service_error(error)
        if isinstance(answer["message"], str):
            answer["message"] = without_secrets(answer["message"], call)
        return {"error": answer}
    except Exception as error:  # noqa: BLE001 - whatever the library throws is its answer
        message = without_secrets(f"{type(error).__name__}: {error}", call)
        return {"error": {"kind": "client", "message": message}}


def main() -> None:
    # Whatever the library prints goes to stderr: stdout carries the protocol only.
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        call = json.loads(line)
        if call["op"] == "shutdown":
            return
        answer = {"id": call["id"], **answer_to(call)}
        protocol.write(json.dumps(answer, ensure_ascii=True, default=str) + "\n")
        protocol.flush()


if __name__ == "__main__":
    main()
