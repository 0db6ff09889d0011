"""A whole run: target and driver put together, scenarios run, everything judged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance import REVISION, __version__
from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.checks.verdicts import ClauseVerdict, fold
from conformance.engine.plan import choose, every
from conformance.engine.schedule import Replay, Schedule, Track, in_order
from conformance.generate.signing import Keyring
from conformance.scenarios.base import Env, Scenario
from conformance.spec.target import Target
from conformance.spec.wire import Exchange
