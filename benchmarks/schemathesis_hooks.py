"""What schemathesis needs to speak to this API: the documented Host, and a signature made anew."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import schemathesis

from conformance.emulator import EmulatorSettings
from conformance.spec.signature import authorization_text, compute, sign_key
from conformance.spec.wire import Request

SETTINGS = EmulatorSettings()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    case.headers["Host"] = SETTINGS.service_host


@schemathesis.auth()
class Signature:
    """The request signature; a parameter of the case is signed as it is sent."""

    def get(self, case: Any, context: Any) -> str:
        return ""

    def set(self, case: Any, data: str, context: Any) -> None:
        prepared = case.as_transport_kwargs(base_url="http://127.0.0.1")
        import requests

        sent = requests.Request(
            prepared["method"], prepared["url"], params=prepared.get("params")
        ).prepare()
        parts = urlsplit(str(sent.url))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        request = Request(str(sent.method), target)
        window = f"{int(time.time()) - 60};{int(time.time()) + 3600}"
        made = compute(
            key=sign_key(SETTINGS.secret_key, window),
            key_time=window,
            method=request.method,
            path=request.path,
            headers=(("host", SETTINGS.service_host),),
        )
        case.headers["Host"] = SETTINGS.service_host
        case.headers["Authorization"] = authorization_text(SETTINGS.secret_id, window, made)
