"""Who may write and who may stay, and what is left of a request that was given up."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.store.turn import STOPPED_WITHIN, Turn

IN_USE = "is in use by another Chaperone"


def test_who_waits_no_longer_asks_no_longer(tmp_path: Path) -> None:
    """Whoever writes would otherwise lend its turn to nobody, and everything would wait for seconds."""
    path = tmp_path / "a.db"
    first, second = Turn(path), Turn(path)
    first.take()
    with pytest.raises(ConfigurationError, match=IN_USE):
        second.take(patience=0.2)

    assert not first.is_asked_for
    first.give_up()
    second.take()
    second.give_up()


async def test_nobody_else_stays_while_the_turn_is_lent(tmp_path: Path) -> None:
    """A second `chaperone run` would do again what the first has begun; a command takes up nothing."""
    path = tmp_path / "a.db"
    first, second, command = Turn(path), Turn(path), Turn(path)
    first.stay()
    (tmp_path / "a.db.asking").touch()
    lending = asyncio.create_task(first.lend(asyncio.Event()))
    await asyncio.sleep(0)

    with pytest.raises(ConfigurationError, match=IN_USE):
        second.stay()
    assert Turn(path).is_stayed_at
    command.take()
    (tmp_path / "a.db.asking").unlink()
    command.give_up()
    await lending
    first.give_up()
    assert not Turn(path).is_stayed_at
    second.stay()
    second.give_up()


async def test_nobody_stays_where_a_command_has_the_turn(tmp_path: Path) -> None:
    """Nor is anything left of trying: the next may stay at once."""
    path = tmp_path / "a.db"
    command, first, second = Turn(path), Turn(path), Turn(path)
    command.take()
    with pytest.raises(ConfigurationError, match=IN_USE):
        first.stay()
    command.give_up()

    second.stay()
    second.give_up()


async def test_a_stop_ends_the_wait_for_a_turn_that_does_not_come_back(tmp_path: Path) -> None:
    """Whoever runs us waits five seconds before the process is killed."""
    path, stop = tmp_path / "a.db", asyncio.Event()
    first, command = Turn(path), Turn(path)
    first.stay()
    (tmp_path / "a.db.asking").touch()
    lending = asyncio.create_task(first.lend(stop))
    await asyncio.sleep(0)
    command.take()
    stop.set()
    began = time.monotonic()

    with pytest.raises(ConfigurationError, match="was told to stop meanwhile and wrote nothing more"):
        await asyncio.wait_for(lending, 10)
    assert time.monotonic() - began < STOPPED_WITHIN + 1
    command.give_up()
    first.give_up()


async def test_a_turn_that_nobody_takes_comes_back_at_once_when_we_are_told_to_stop(tmp_path: Path) -> None:
    """Somebody asked for it and is gone."""
    path, stop = tmp_path / "a.db", asyncio.Event()
    turn = Turn(path)
    turn.stay()
    (tmp_path / "a.db.asking").touch()
    stop.set()

    await asyncio.wait_for(turn.lend(stop), 1)

    assert not turn.is_asked_for
    with pytest.raises(ConfigurationError, match=IN_USE):
        Turn(path).take()


def test_a_link_to_a_database_has_no_turn_of_its_own(tmp_path: Path) -> None:
    """Two would write to one file, each sure to be alone."""
    path, link = tmp_path / "a.db", tmp_path / "elsewhere" / "b.db"
    link.parent.mkdir()
    link.symlink_to(path)
    turn = Turn(path)
    turn.stay()

    with pytest.raises(ConfigurationError, match=IN_USE):
        Turn(link).take()
    assert Turn(link).is_stayed_at
    turn.give_up()
