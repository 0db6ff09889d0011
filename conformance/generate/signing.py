"""How a request is to be signed, well or badly, as plain data; and the pure function that does it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """One pair of keys; ``token`` is there for temporary ones. Never shown, never recorded."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The credentials of a run: the permanent pair, and the temporary one when there is one."""

    permanent: Credentials = field(repr=False)
    temporary: Credentials | None = field(default=None, repr=False)


#: Sign every header that is sent.
ALL_HEADERS = ("*",)


@dataclass(frozen=True, slots=True)
class Signing:
    """A recipe for the signature of one request.

    ``headers`` names what q-header-list holds (``ALL_HEADERS``: every header sent); ``params``
    likewise for the query (None: every URL parameter). ``window`` is start and end in seconds
    relative to the moment of sending. ``carrier`` is ``header`` or ``url``. ``who`` picks the keys:
    ``permanent``, ``temporary``, or ``none`` (send no signature at all). ``token_header`` is the
    header that carries the token of temporary credentials (E8). ``tamper`` names one way of
    spoiling the result (see ``generate.tamper``), ``at`` its place (a digit, a header's name, a
    parameter's name).
    """

    who: str = "permanent"
    headers: tuple[str, ...] = ("host",)
    params: tuple[str, ...] | None = None
    window: tuple[int, int] = (-60, 3600)
    carrier: str = "header"
    token_header: str = "x-ci-security-token"
    tamper: str = ""
    at: str = ""


GOOD = Signing()
