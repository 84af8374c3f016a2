"""Run the tests of this folder on the hasty loop, each with a peer of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from tests.discord.school import School
from tests.discord.server import Server, open_server
from tests.haste import LOOPS


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return LOOPS


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with open_server() as made:
        yield made


@pytest.fixture
def school(server: Server) -> School:
    return School(server)
