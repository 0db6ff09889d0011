"""The table of settings: each option of ``run`` once, for command line, environment and file.

A setting called ``max-requests`` is the option ``--max-requests``, the variable
``PICJOBS_MAX_REQUESTS`` and the key ``max-requests`` of ``picjobs.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conformance.spec.names import BUCKET, REGION, one_line

#: The endpoint that stands for the vendor's own service.
VENDOR = "vendor"

TARGET, STEERING, REPORTS = "The target", "The run", "Reports and output"

Parse = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``parse`` turns text or a TOML value into the typed value.

    It raises ValueError with what the value should be ("a whole number, 1 or more").
    """

    name: str
    parse: Parse
    help: str
    group: str
    metavar: str = "TEXT"
    secret: bool = False
    multiple: bool = False
    flag: bool = False

    @property
    def variable(self) -> str:
        return f"PICJOBS_{self.name.replace('-', '_').upper()}"

    @property
    def field(self) -> str:
        """The attribute of :class:`conformance.config.RunConfig`."""
        return self.name.replace("-", "_")


# ---- values -------------------------------------------------------------------------------------


def truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False}
    if not isinstance(value, str) or value.lower() not in known:
        raise ValueError("true or false")
    return known[value.lower()]


def whole(least: int, most: int = 2**31 - 1) -> Parse:
    """A parser of whole numbers from ``least`` to ``most``."""

    def parse(value: Any) -> int:
        text_form = re.fullmatch(r"\d{1,19}", value.strip()) if isinstance(value, str) else None
        number = int(text_form[0]) if text_form else value
        is_whole = isinstance(number, int) and not isinstance(number, bool)
        if not is_whole or not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(number)

    return parse


def positive(value: Any) -> float:
    """A number above zero and no more than a day has seconds."""
    try:
        number = float(value) if isinstance(value, str | int | float) else 0.0
    except (ValueError, OverflowError):
        number = 0.0
    if isinstance(value, bool) or not 0 < number <= 86_400:
        raise ValueError("a number above 0 and at most 86400")
    return number


def endpoint(value: Any) -> str:
    """Where to connect: scheme, host and port and nothing more, or ``vendor``."""
    form = "http[s]://HOST[:PORT], with nothing after it, or the word vendor"
    if not isinstance(value, str):
        raise TypeError(form)
    if value == VENDOR:
        return value
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(form) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError(form)
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(form)
    if re.search(r"[\s\x00-\x1f]", value):
        raise ValueError(form)
    return f"{parts.scheme}://{parts.netloc}"


def bucket(value: Any) -> str:
    if not isinstance(value, str) or not BUCKET.fullmatch(value):
        raise ValueError("<BucketName-APPID>, as in examplebucket-1250000000")
    return value


def region(value: Any) -> str:
    if not isinstance(value, str) or not REGION.fullmatch(value):
        raise ValueError("a region's name, as in ap-chongqing")
    return value


# ---- the table ----------------------------------------------------------------------------------


def _target() -> tuple[Setting, ...]:
    def row(name: str, parse: Parse, words: str, metavar: str = "TEXT", **more: Any) -> Setting:
        return Setting(name, parse, words, TARGET, metavar, **more)

    return (
        row(
            "endpoint",
            endpoint,
            "Where to connect; 'vendor' is the real service. Without it the embedded emulator.",
            "URL",
        ),
        row("bucket", bucket, "The bucket, <BucketName-APPID>.", "NAME"),
        row("region", region, "The region, as in ap-chongqing.", "NAME"),
        row("secret-id", one_line, "The SecretId that requests are signed with.", "ID"),
        row(
            "secret-key",
            one_line,
            "Its SecretKey; better given as PICJOBS_SECRET_KEY.",
            secret=True,
        ),
        row("token", one_line, "The session token, when that pair is temporary.", secret=True),
        row("tmp-secret-id", one_line, "A temporary SecretId, for the clauses about them.", "ID"),
        row("tmp-secret-key", one_line, "Its SecretKey.", secret=True),
        row("tmp-token", one_line, "Its session token.", secret=True),
        row("queue-id", one_line, "The queue that jobs are sent to.", "ID"),
        row("paused-queue-id", one_line, "A paused queue, if there is one.", "ID"),
        row("template-id", one_line, "A template of the account, if there is one.", "ID"),
        row("input-object", one_line, "The key of an image that exists in the bucket.", "KEY"),
        row(
            "callback-host",
            one_line,
            "The address at which the target reaches this machine, for callbacks.",
            "HOST",
        ),
        row("ca-bundle", one_line, "PEM file of the authorities to trust for https.", "FILE"),
    )


def _steering() -> tuple[Setting, ...]:
    def row(name: str, parse: Parse, words: str, metavar: str = "TEXT", **more: Any) -> Setting:
        return Setting(name, parse, words, STEERING, metavar, **more)

    return (
        row("replay", one_line, "Judge a recording in place of a live target.", "PATH"),
        row("record", one_line, "Write a recording of the run.", "PATH"),
        row("resume", one_line, "Go on with the run that this recording is of.", "PATH"),
        row("clause", one_line, "Judge only this clause or family.", "ID|FAMILY", multiple=True),
        row("skip", one_line, "Leave out this clause or family.", "ID|FAMILY", multiple=True),
        row("case", one_line, "Run only this case, as a finding names it.", "ID", multiple=True),
        row("strict", truth, "A broken SHOULD fails, too.", flag=True),
        row("seed", whole(0, 2**63 - 1), "Choose the generated cases by this number.", "N"),
        row("max-examples", whole(0, 1_000_000), "How many cases are generated.", "N"),
        row("max-requests", whole(1), "End the run after this many requests.", "N"),
        row("max-jobs", whole(0), "Create at most this many jobs.", "N"),
        row("max-failures", whole(1), "End the run after this many failed clauses.", "N"),
        row("no-shrink", truth, "Leave generated cases that fail as they are.", flag=True),
        row("rate", positive, "Send at most this many requests a second.", "N"),
        row("workers", whole(1, 256), "How many requests are under way at once.", "N"),
        row("timeout", positive, "Time limit of one request.", "SECONDS"),
        row("job-timeout", positive, "Time limit of a job from creation to its end.", "SECONDS"),
        row("expectations", one_line, "Known failures and the conformance statement.", "FILE"),
        row(
            "write-expectations", one_line, "Write the failures of this run as known ones.", "FILE"
        ),
        row("dry-run", truth, "Say what would be sent; send nothing.", flag=True),
        row("yes", truth, "Create jobs on the vendor's service without a budget.", flag=True),
    )


def _reports() -> tuple[Setting, ...]:
    def row(name: str, parse: Parse, words: str, metavar: str = "TEXT", **more: Any) -> Setting:
        return Setting(name, parse, words, REPORTS, metavar, **more)

    return (
        row("report-json", one_line, "Write the result as JSON.", "FILE"),
        row("report-html", one_line, "Write an HTML page.", "FILE"),
        row("report-junit", one_line, "Write JUnit XML.", "FILE"),
        row("report-markdown", one_line, "Write Markdown.", "FILE"),
        row("save-failures", one_line, "Write a request and a script for each failure.", "DIR"),
        row("quiet", truth, "Print nothing but failures and errors.", flag=True),
        row("verbose", truth, "Print every clause, and keep every exchange.", flag=True),
        row("no-color", truth, "Print without colours.", flag=True),
    )


SETTINGS: tuple[Setting, ...] = _target() + _steering() + _reports()

BY_NAME: dict[str, Setting] = {each.name: each for each in SETTINGS}
