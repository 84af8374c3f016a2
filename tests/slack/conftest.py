"""Run the tests of this folder on the hasty loop: the libraries' own waits are over sooner."""

import asyncio
from collections.abc import Callable, Mapping

from tests.haste import LOOPS


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return LOOPS
