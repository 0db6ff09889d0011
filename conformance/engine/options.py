"""What a run is told, and how that comes from a configuration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from conformance.config import RunConfig
from conformance.emulator import Behaviour, EmulatorSettings
from conformance.generate.signing import Credentials, Keyring
from conformance.spec.target import Target

#: How long a job may take to its end, in seconds, when nobody says.
JOB_TIMEOUT = 60.0

#: How long to wait for a callback after the job has ended.
CALLBACK_TIMEOUT = 10.0

#: The page's own sample, when nobody says which image exists.
SAMPLE_OBJECT = "input/deer.jpg"


@dataclass(frozen=True)
class Options:
    """What a run is told. Times are in seconds, ``rate`` in requests a second.

    ``endpoint`` None means the embedded emulator, ``vendor`` the real service. ``clauses`` are the
    ids to judge (None: all), ``cases`` the scenarios to run (empty: all that the clauses need).
    ``resume`` is a recording to go on from. The run ends after ``max_failures`` failed clauses,
    those in ``known`` not counted; ``strict`` has a broken SHOULD fail. ``clean_up`` None cleans up
    after runs on endpoints only. ``behaviour`` lets the embedded emulator deviate (self-test),
    ``alike`` has a run take only so many of the requests that differ in little (None: all).
    """

    endpoint: str | None = None
    target: Target | None = None
    keyring: Keyring | None = field(default=None, repr=False)
    replay: Path | None = None
    record: Path | None = None
    resume: Path | None = None
    clauses: frozenset[str] | None = None
    cases: tuple[str, ...] = ()
    seed: int = 0
    examples: int = 100
    shrink: bool = True
    max_requests: int | None = None
    max_jobs: int | None = None
    max_failures: int | None = None
    strict: bool = False
    known: frozenset[str] = frozenset()
    rate: float | None = None
    workers: int = 12
    timeout: float = 10.0
    ca_bundle: str | None = None
    callback_host: str | None = None
    disclaimed: frozenset[str] = frozenset()
    job_timeout: float | None = None
    clean_up: bool | None = None
    emulator: EmulatorSettings | None = None
    behaviour: type[Behaviour] = Behaviour
    alike: int | None = None

    @property
    def cleans_up(self) -> bool:
        """Whether jobs that wait are cancelled at the end; the embedded emulator ends with them."""
        return self.endpoint is not None if self.clean_up is None else self.clean_up


def options_of(
    config: RunConfig,
    clauses: Collection[str] | None,
    disclaimed: Collection[str] = (),
    known: Collection[str] = (),
) -> Options:
    """What to run: ``clauses`` None means all; ``disclaimed`` are parts that are not claimed.

    ``known`` are the clauses whose failure is expected.
    """
    return Options(
        endpoint=config.endpoint,
        target=_target(config, frozenset(disclaimed)) if config.endpoint else None,
        keyring=_keyring(config) if config.endpoint else None,
        replay=Path(config.replay) if config.replay else None,
        record=Path(config.record) if config.record else None,
        resume=Path(config.resume) if config.resume else None,
        clauses=None if clauses is None else frozenset(clauses),
        cases=config.case,
        disclaimed=frozenset(disclaimed),
        known=frozenset(known),
        strict=config.strict,
        job_timeout=config.job_timeout,
        seed=config.seed,
        examples=config.max_examples,
        max_requests=config.max_requests,
        max_jobs=config.max_jobs,
        max_failures=config.max_failures,
        shrink=not config.no_shrink,
        rate=config.rate,
        workers=config.workers,
        timeout=config.timeout,
        ca_bundle=config.ca_bundle,
        callback_host=config.callback_host,
    )


def _target(config: RunConfig, disclaimed: frozenset[str]) -> Target:
    assert config.bucket is not None
    assert config.region is not None
    assert config.queue_id is not None
    return Target(
        config.bucket,
        config.region,
        config.queue_id,
        paused_queue_id=config.paused_queue_id,
        template_id=config.template_id,
        input_object=config.input_object or SAMPLE_OBJECT,
        has_temporary=config.tmp_secret_id is not None,
        job_timeout=config.job_timeout or JOB_TIMEOUT,
        callback_timeout=CALLBACK_TIMEOUT,
        disclaimed=disclaimed,
    )


def _keyring(config: RunConfig) -> Keyring:
    assert config.secret_id is not None
    assert config.secret_key is not None
    temporary = None
    if config.tmp_secret_id is not None and config.tmp_secret_key is not None:
        temporary = Credentials(config.tmp_secret_id, config.tmp_secret_key, config.tmp_token)
    return Keyring(Credentials(config.secret_id, config.secret_key, config.token), temporary)
