"""Which code decides which clause: the ``DECIDES`` of every module of checks, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

from conformance.checks import (
    announced,
    body,
    callbacks,
    client_answers,
    client_body,
    client_conduct,
    client_http,
    client_signing,
    errors,
    headers,
    jobs,
    leftovers,
    lists,
    outcome,
    queries,
    response,
    results,
    signing,
    states,
)

#: Modules that judge a server and its callbacks, in the order of ``judge.CHECKS``.
OF_SERVERS: tuple[ModuleType, ...] = (
    outcome,
    signing,
    body,
    headers,
    response,
    jobs,
    results,
    states,
    queries,
    lists,
    errors,
    leftovers,
    callbacks,
    announced,
)

#: Modules that judge a client.
OF_CLIENTS: tuple[ModuleType, ...] = (
    client_http,
    client_signing,
    client_body,
    client_conduct,
    client_answers,
)


def deciding(*modules: ModuleType) -> Iterator[tuple[str, Callable[..., object], tuple[str, ...]]]:
    """For each function that decides something: its name, itself, and the clauses it decides.

    A name is ``module.function``, the module within ``conformance.checks``.
    """
    for module in modules or (*OF_SERVERS, *OF_CLIENTS):
        short = module.__name__.rpartition(".")[2]
        for function, clauses in module.DECIDES.items():
            yield f"{short}.{function.__name__}", function, clauses
