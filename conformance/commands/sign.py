"""``sign``: print the signature for one request, for the curl lines of reports."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import click

from conformance.generate.signing import Credentials, Keyring, seal
from conformance.problems import Problem
from conformance.report.curl import recipe_from
from conformance.spec.wire import Headers, Request


@click.command(short_help="Print the signature for one request.")
@click.argument("method")
@click.argument("target")
@click.option(
    "--header", "headers", metavar="'NAME: VALUE'", multiple=True, help="A header to sign."
)
@click.option("--recipe", metavar="JSON", default="{}", help="How to sign; reports print it.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["authorization", "target"]),
    default="authorization",
    show_default=True,
    help="Print the value of Authorization, or the target with the signature in its query.",
)
def command(method: str, target: str, headers: tuple[str, ...], recipe: str, form: str) -> None:
    """Print the signature of METHOD TARGET.

    The keys are taken from PICJOBS_SECRET_ID and PICJOBS_SECRET_KEY (temporary ones from
    PICJOBS_TMP_SECRET_ID, PICJOBS_TMP_SECRET_KEY and PICJOBS_TMP_TOKEN).
    """
    try:
        signing = replace(recipe_from(recipe), date=False)
    except (TypeError, ValueError) as wrong:
        raise Problem(f"--recipe {wrong}") from None
    if signing.carrier != ("url" if form == "target" else "header"):
        raise Problem(f"--as {form} does not go with a recipe whose carrier is {signing.carrier}")
    request = Request(method, target, Headers(tuple(map(_header, headers))))
    try:
        sealed = seal(request, signing, _keyring(signing.who), time.time())
    except (ValueError, AssertionError) as wrong:
        raise Problem(f"--recipe cannot be followed: {wrong}") from None
    printed = sealed.target if form == "target" else sealed.headers.get("Authorization") or ""
    click.echo(printed, nl=True)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise Problem(f"--header {text[:40]!r} is not of the form 'NAME: VALUE'")
    data = value.strip().encode("utf-8", "surrogateescape")
    return name.strip(), data.decode("latin-1")


def _keyring(who: str) -> Keyring:
    permanent = Credentials(
        _secret("PICJOBS_SECRET_ID", needed=who == "permanent"),
        _secret("PICJOBS_SECRET_KEY", needed=who == "permanent"),
        os.environ.get("PICJOBS_TOKEN") or None,
    )
    if who != "temporary":
        return Keyring(permanent)
    names = ("PICJOBS_TMP_SECRET_ID", "PICJOBS_TMP_SECRET_KEY", "PICJOBS_TMP_TOKEN")
    secret_id, secret_key, token = (_secret(name, needed=True) for name in names)
    return Keyring(permanent, Credentials(secret_id, secret_key, token))


def _secret(name: str, *, needed: bool) -> str:
    value = os.environ.get(name, "")
    if needed and not value:
        raise Problem(f"{name} is not set; the signature needs it from the environment")
    return value
