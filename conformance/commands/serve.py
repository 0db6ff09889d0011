"""``serve``: the reference emulator in the foreground."""

from __future__ import annotations

import shlex
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.commands import completing
from conformance.commands.options import (
    check_writable,
    settings_options,
    wants_color,
    warn,
    with_secrets_asked_for,
)
from conformance.commands.outputs import REPORTS, write_reports
from conformance.config import gather
from conformance.problems import Problem, did_you_mean
from conformance.settings import SETTINGS

if TYPE_CHECKING:  # the emulator's framework takes its time to import
    from conformance.emulator import Behaviour, EmulatorSettings
    from conformance.emulator.deviation import Fault, Variant

#: The settings of `run` that say who the target is; an emulator takes them as who to be.
_SHARED = (
    "bucket",
    "region",
    "secret-id",
    "secret-key",
    "tmp-secret-id",
    "tmp-secret-key",
    "tmp-token",
    "queue-id",
    "paused-queue-id",
    "template-id",
    "input-object",
)

#: Where a report on clients goes.
_REPORTS = tuple(f"report-{form}" for form in REPORTS)


@click.command(short_help="Run the reference emulator in the foreground.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port to listen on; 0, the default, takes a free one.",
)
@click.option("--tls-cert", metavar="FILE", help="PEM certificate: serve https.")
@click.option("--tls-key", metavar="FILE", help="PEM key of the certificate, when not beside it.")
@click.option("--start-delay", type=click.FloatRange(0, 3600), help="Seconds that a job waits.")
@click.option("--run-time", type=click.FloatRange(0, 3600), help="Seconds that a job runs.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME",
    help="Break one rule on purpose.",
    shell_complete=completing.faults,
)
@click.option(
    "--variant",
    "variants",
    multiple=True,
    metavar="NAME",
    help="Conform in an unusual way.",
    shell_complete=completing.variants,
)
@click.option("--list-faults", is_flag=True, help="List the faults and variants, and end.")
@click.option("--judge", is_flag=True, help="Judge what clients send, and report on it at the end.")
@settings_options(each for each in SETTINGS if each.name in (*_SHARED, *_REPORTS))
def command(list_faults: bool, judge: bool, config: str | None, **given: Any) -> int:
    """Run the reference emulator until it is interrupted.

    It prints where it listens and what to paste in order to run the suite against it. Its
    credentials are throwaway demonstration values unless others are given.

    With --judge each new finding on a client's requests is printed as it is made, a report at the
    end; the exit status is then 1 when a clause failed, and 3 when no request came.
    """
    if list_faults:
        click.echo("\n".join(_catalogue()))
        return 0
    for form in REPORTS:
        path = given[f"report_{form}"]
        if path is not None and not judge:
            raise Problem(f"--report-{form}: there is nothing to report without --judge")
        check_writable(path)
    settings, behaviour, deviations = _emulator(given, config)
    greet = partial(_greet, settings=settings, deviations=deviations)
    if judge:
        return _judged(settings, behaviour, given, greet)
    _serve(settings, behaviour, greet)
    return 0


def _serve(
    settings: EmulatorSettings, behaviour: type[Behaviour], ready: Callable[[str], None]
) -> str:
    """Serve until interrupted; returns where."""
    from conformance.emulator import Emulator  # noqa: PLC0415

    emulator = Emulator(settings, behaviour)
    try:
        emulator.serve_forever(ready)
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        raise Problem(f"{place}: cannot listen here: {error.strerror or error}") from None
    return emulator.endpoint


def _judged(
    settings: EmulatorSettings,
    behaviour: type[Behaviour],
    given: Mapping[str, Any],
    ready: Callable[[str], None],
) -> int:
    """Serve, judging what comes; then report."""
    from conformance.commands.bystander import Bystander  # noqa: PLC0415
    from conformance.emulator import compose  # noqa: PLC0415
    from conformance.report.console import make_console, print_result  # noqa: PLC0415
    from conformance.report.result import exit_status  # noqa: PLC0415

    with Bystander(settings) as bystander:
        endpoint = _serve(settings, compose(bystander.behaviour, behaviour), ready)
    result = bystander.result(endpoint)
    print_result(result, make_console(sys.stdout, color=wants_color(sys.stdout, no_color=False)))
    write_reports(result, {form: given[f"report_{form}"] for form in REPORTS})
    return exit_status(result)


# ---- who it is ----------------------------------------------------------------------------------


def _emulator(
    given: Mapping[str, Any], config: str | None
) -> tuple[EmulatorSettings, type[Behaviour], list[Fault | Variant]]:
    """Settings and behaviour from the options, the environment and the file."""
    from conformance.emulator import Behaviour, EmulatorSettings, compose  # noqa: PLC0415

    deviations = [*_named("fault", given["faults"]), *_named("variant", given["variants"])]
    behaviour = compose(*(each.behaviour for each in deviations)) if deviations else Behaviour
    changes: dict[str, Any] = {
        name: given[name] for name in ("start_delay", "run_time") if given[name] is not None
    }
    for each in deviations:
        changes |= each.settings
    changes |= identity(given, config)
    changes |= {"host": given["host"], "port": given["port"]}
    changes["ssl_context"] = _tls(given["tls_cert"], given["tls_key"])
    try:
        return replace(EmulatorSettings(), **changes), behaviour, deviations
    except ValueError as wrong:
        raise Problem(str(wrong)) from None


def identity(given: Mapping[str, Any], config: str | None) -> dict[str, Any]:
    """Who the emulator is to be, as far as options, environment and file say: its settings."""
    options = {each.name: given.get(each.field) for each in SETTINGS if each.name in _SHARED}
    environ = with_secrets_asked_for(options)
    gathered = gather(options, environ, Path.cwd(), config)
    for warning in gathered.warnings:
        warn(warning)
    known = {
        name.replace("-", "_"): value for name, value in gathered.values.items() if name in _SHARED
    }
    if "input_object" in known:
        known["input_objects"] = frozenset({known.pop("input_object")})
    return known


def _tls(cert: str | None, key: str | None) -> ssl.SSLContext | None:
    if cert is None:
        if key is not None:
            raise Problem("--tls-key needs --tls-cert beside it")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise Problem(f"{cert}: not a usable PEM certificate: {error.strerror or error}") from None
    return context


# ---- deviations ---------------------------------------------------------------------------------


def _all(kind: str) -> Mapping[str, Fault | Variant]:
    """The catalogue of faults or of variants."""
    if kind == "fault":
        from conformance.emulator.faults import all_faults  # noqa: PLC0415

        return all_faults()
    from conformance.emulator.variants import all_variants  # noqa: PLC0415

    return all_variants()


def _named(kind: str, names: tuple[str, ...]) -> Iterator[Fault | Variant]:
    for name in names:
        known = _all(kind)
        if name not in known:
            hint = did_you_mean(name, known) or "; --list-faults lists them"
            raise Problem(f"there is no {kind} {name!r}{hint}")
        yield known[name]


def _catalogue() -> Iterator[str]:
    faults = _all("fault")
    yield f"{len(faults)} faults (--fault NAME):"
    for name, each in faults.items():
        clauses = ", ".join(getattr(each, "clauses", ()))
        yield f"  {name:<36} {clauses:<18} {each.says}"
    variants = _all("variant")
    yield f"\n{len(variants)} conforming variants (--variant NAME):"
    for name, each in variants.items():
        yield f"  {name:<36} {'':<18} {each.says}"


# ---- what it says -------------------------------------------------------------------------------


def _greet(endpoint: str, settings: EmulatorSettings, deviations: list[Fault | Variant]) -> None:
    click.echo("\n".join(_greeting(endpoint, settings, deviations)))


def _greeting(
    endpoint: str, settings: EmulatorSettings, deviations: list[Fault | Variant]
) -> Iterator[str]:
    from conformance.emulator import EmulatorSettings as Defaults  # noqa: PLC0415

    yield f"# reference emulator on {endpoint} (Host: {settings.service_host}); Ctrl-C ends it"
    for each in deviations:
        yield f"# deviates: {each.name}: {each.says}"
    plain = Defaults()
    values = {
        "ENDPOINT": endpoint,
        "BUCKET": settings.bucket,
        "REGION": settings.region,
        "QUEUE_ID": settings.queue_id,
        "PAUSED_QUEUE_ID": settings.paused_queue_id,
        "TEMPLATE_ID": settings.template_id,
        "INPUT_OBJECT": min(settings.input_objects),
    }
    secrets = ("secret_id", "secret_key", "tmp_secret_id", "tmp_secret_key", "tmp_token")
    hidden = [name for name in secrets if getattr(settings, name) != getattr(plain, name)]
    if len(hidden) < len(secrets):
        yield "# the credentials below are throwaway demonstration values"
    values |= {name.upper(): getattr(settings, name) for name in secrets if name not in hidden}
    for name, value in values.items():
        yield f"export PICJOBS_{name}={shlex.quote(value)}"
    for name in hidden:
        yield f"# PICJOBS_{name.upper()}: as you gave it"
    yield "picjobs-conformance run"
