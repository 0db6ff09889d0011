"""From a configuration to what a run is told."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from conformance.config import RunConfig
from conformance.engine.session import Options
from conformance.generate.signing import Credentials, Keyring
from conformance.spec.target import Target

#: How long a job may take to its end, in seconds, when nobody says.
JOB_TIMEOUT = 60.0

#: How long to wait for a callback after the job has ended.
CALLBACK_TIMEOUT = 10.0

#: The page's own sample, when nobody says which image exists.
SAMPLE_OBJECT = "input/deer.jpg"


def options_of(
    config: RunConfig,
    clauses: Collection[str] | None,
    disclaimed: Collection[str] = (),
) -> Options:
    """What to run: ``clauses`` None means all; ``disclaimed`` are parts that are not claimed."""
    return Options(
        endpoint=config.endpoint,
        target=_target(config, frozenset(disclaimed)) if config.endpoint else None,
        keyring=_keyring(config) if config.endpoint else None,
        replay=Path(config.replay) if config.replay else None,
        record=Path(config.record) if config.record else None,
        clauses=None if clauses is None else frozenset(clauses),
        disclaimed=frozenset(disclaimed),
        job_timeout=config.job_timeout,
        seed=config.seed,
        examples=config.max_examples,
        max_requests=config.max_requests,
        max_jobs=config.max_jobs,
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
