"""The reference emulator: a conforming server of the documented API, and the means to deviate.

:class:`Emulator` runs it, :class:`EmulatorSettings` says what it is, :class:`Behaviour` holds every
decision as a hook. The hooks do no I/O, so that they can be driven without a socket or a clock.
"""

from conformance.emulator.behaviour import Behaviour, compose, hook, hook_names
from conformance.emulator.server import Emulator
from conformance.emulator.settings import EmulatorSettings

__all__ = ["Behaviour", "Emulator", "EmulatorSettings", "compose", "hook", "hook_names"]
