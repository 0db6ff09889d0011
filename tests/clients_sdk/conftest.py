import os
from collections.abc import Iterator

import pytest

from tests.clients_sdk.adapters import SDKS, Adapter, installed


def require(sdk: str) -> None:
    """Skip, with the reason, where the SDK is not installed; fail where it has to be."""
    if installed(sdk):
        return
    reason = f"the {sdk} SDK is not installed: run scripts/install-sdks"
    if os.environ.get("PICJOBS_REQUIRE_SDKS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module", params=SDKS)
def adapter(request: pytest.FixtureRequest) -> Iterator[Adapter]:
    require(request.param)
    running = Adapter(request.param)
    yield running
    running.kill()
