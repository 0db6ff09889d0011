"""The conforming server as one class of hooks, and the means to deviate from it.

A deviation is a subclass of :class:`Behaviour` that overrides a hook, most often one line around
``super()``; or a function turned into such a subclass by :func:`hook`. Deviations are stacked by
:func:`compose`, the first one outermost::

    @hook("signed_path")
    def forgets_the_path(behaviour, inner, incoming):
        return "/pic_jobs"

    class TrimsUserData(Behaviour):
        def user_data_of(self, job):
            return (super().user_data_of(job) or "").strip()

    Emulator(behaviour=compose(forgets_the_path, TrimsUserData))
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from conformance.emulator.operations import Operations


class Behaviour(Operations):
    """Every decision and transformation of the conforming server, each a method of its own.

    Subclasses may define only names that are hooks already, or that begin with an underscore: a
    deviation whose hook was renamed is an error at once rather than a deviation that does nothing.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        known = hook_names()
        for name, value in vars(cls).items():
            if callable(value) and not name.startswith("_") and name not in known:
                raise TypeError(f"{cls.__name__}.{name}: the emulator has no such hook")


@functools.cache
def hook_names() -> frozenset[str]:
    """The names that a deviation may override."""
    names = (name for name in dir(Behaviour) if not name.startswith("_"))
    return frozenset(name for name in names if callable(getattr(Behaviour, name)))


def overridden(behaviour: type[Behaviour]) -> frozenset[str]:
    """The hooks that a deviation overrides."""
    own = (each for each in behaviour.__mro__ if each not in Behaviour.__mro__)
    return frozenset(name for each in own for name in vars(each)) & hook_names()


def hook(name: str) -> Callable[[Callable[..., Any]], type[Behaviour]]:
    """Turn ``function(behaviour, inner, *arguments)`` into a subclass that overrides ``name``.

    ``inner`` is the hook as it would be without this deviation; calling it is up to the function.
    Raises TypeError when there is no such hook.
    """

    def make(function: Callable[..., Any]) -> type[Behaviour]:
        def method(self: Behaviour, *args: Any, **kwargs: Any) -> Any:
            return function(self, getattr(super(made, self), name), *args, **kwargs)

        about = {"__doc__": function.__doc__, "__module__": function.__module__}
        made = type(function.__name__, (Behaviour,), {name: method, **about})
        return made

    return make


def compose(*deviations: type[Behaviour]) -> type[Behaviour]:
    """One behaviour with all of the deviations; without any, the plain one.

    The first is asked first, and ``inner`` or ``super()`` leads to the next. Repeated ones count
    once.
    """
    distinct = tuple(dict.fromkeys(each for each in deviations if each is not Behaviour))
    if len(distinct) <= 1:
        return distinct[0] if distinct else Behaviour
    return type("+".join(each.__name__ for each in distinct), distinct, {})
