"""A house that stands live: what is changed beside it is gone on with, and what is being done is not begun again."""

import asyncio
import errno
import gc
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.oneroster import edition_of
from bot.actions import Copy, Deed, DeedId
from bot.config import Configuration
from bot.errors import ConfigurationError
from bot.house import House, keep_checkpoint, open_house
from bot.judge import Exemption
from bot.live import InForce, LiveHouse, first_roster
from bot.people import Office, PersonId
from bot.platform import Heard, Receipt
from bot.settings import MailServer, RosterFiles, Settings
from bot.stand import Ground, LivePlan
from bot.store.record import Recorder
from bot.store.turn import Turn
from bot.wiring import PATIENCE, import_roster
from tests.district import NOON, roster
from tests.roster_files import USERS_1_1, V1_1, changed, folder, zipped
from tests.store.house import draft, faults, house, place, post, rows
from tests.test_moderator import Stage, entries, moderator_of

A_DEED = 0.25
"""Seconds that the network takes for a deed."""


@dataclass
class Busy(Stage):
    """A platform on which one post comes after the other, and every deed takes its time."""

    begun: Counter[DeedId] = field(default_factory=Counter)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something was changed beside us: then a last post comes."""

    async def hear(self) -> AsyncIterator[Heard]:
        number = 0
        while not self.changed.is_set():
            number += 1
            yield post(f"p{number}")
            await asyncio.sleep(0.06)
        yield post("last")

    async def perform(self, deed: Deed) -> Receipt:
        self.begun[deed.id] += 1
        await asyncio.sleep(A_DEED)
        return await super().perform(deed)


def live_house(
    opened: House, stage: Busy, files: Path | None = None, tell: Callable[[str], None] = lambda _: None
) -> LiveHouse:
    """Let a house stand live on one platform."""
    mail = MailServer(host="mail.example.org", from_address="bot@example.org")
    settings = Settings() if files is None else Settings(roster=RosterFiles(path=files), mail=mail)
    plan = LivePlan(opened.place, Configuration(settings, Path("config.toml"), ""), tell)
    ground = Ground(opened, plan, roster(), moderator_of(opened), None)
    return LiveHouse(ground, (stage,), stage.changed.set, InForce(edition_of(files)))


def nothing_is_begun_twice(folder: Path, stage: Busy) -> None:
    """Hold the platform against the ledger: each deed was asked for once, begun once and closed once."""
    begun, closed = (Counter(each["deed"] for each in entries(folder, kind)) for kind in ("begun", "closed"))

    assert set(stage.begun.values()) == {1}
    assert begun == closed == stage.begun


async def borrow(files: Path) -> None:
    """Take the turn, as a command does, keep it for a while, and plan something."""
    async with open_house(place(files), NOON, PATIENCE) as borrowed:
        await asyncio.sleep(0.3)
        await borrowed.ledger.write(draft(borrowed, post("borrowed")))


async def test_what_is_being_done_while_the_turn_is_lent_is_done_once(tmp_path: Path) -> None:
    """Posts come all the while. What the command has planned is done too, and nobody is told anything twice."""
    stage = Busy()
    async with house(tmp_path) as opened:
        live = live_house(opened, stage)
        lending = opened.tasks.create_task(live.lend_turns(asyncio.Event()))
        borrowing = opened.tasks.create_task(asyncio.to_thread(asyncio.run, borrow(tmp_path)))
        await live.ground.moderator.follow(stage, opened.tasks, asyncio.Event())
        await borrowing
        await asyncio.sleep(4 * A_DEED)
        lending.cancel()

    planned = [each["deed"] for each in entries(tmp_path, "planned") if "until" not in each]
    assert sorted(stage.begun) == sorted(planned)
    nothing_is_begun_twice(tmp_path, stage)
    assert await faults(tmp_path) == []


async def be_idle_and_stopped_without_the_turn(files: Path, command: Turn) -> None:
    """Lend the turn to a command that keeps it, have nothing to write, and be told to stop, as `run` ends then."""
    stop = asyncio.Event()
    async with house(files) as opened:
        lending = opened.tasks.create_task(live_house(opened, Busy()).lend_turns(stop))
        await asyncio.to_thread(command.take, PATIENCE)
        stop.set()
        await asyncio.sleep(0.1)
        lending.cancel()


async def test_a_stop_without_the_turn_is_told_of_though_nothing_waits(tmp_path: Path) -> None:
    """Lending is cancelled, which hides its fault; the house tells it, and leaves the checkpoint to the command."""
    command, unheard = Turn(place(tmp_path).database), []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context["message"]))

    with pytest.raises(ConfigurationError, match="is still in use by a command that asked for a turn"):
        await be_idle_and_stopped_without_the_turn(tmp_path, command)
    gc.collect()

    assert unheard == []
    assert not place(tmp_path).checkpoint.exists()


async def be_stopped_without_the_turn(files: Path, command: Turn, *, cancelled: bool) -> None:
    """Lend the turn to a command that keeps it, have something to write and to forget, and be told to stop."""
    stop = asyncio.Event()
    async with house(files) as opened:
        lending = opened.tasks.create_task(live_house(opened, Busy()).lend_turns(stop))
        await asyncio.to_thread(command.take, PATIENCE)
        opened.tasks.create_task(opened.ledger.write(draft(opened, post())))
        opened.tasks.create_task(opened.ledger.forget(NOON.date(), NOON))
        stop.set()
        await asyncio.sleep(0.1)
        if cancelled:
            lending.cancel()
        await asyncio.wait_for(asyncio.Event().wait(), 10)


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_stop_ends_us_though_a_command_keeps_the_turn(tmp_path: Path, *, cancelled: bool) -> None:
    """Without the turn nothing is written, not even on the way out: the command believes that it writes alone.

    Lending is cancelled where nothing else is on its way.
    """
    command = Turn(place(tmp_path).database)

    with pytest.raises(ExceptionGroup) as ended:
        await be_stopped_without_the_turn(tmp_path, command, cancelled=cancelled)

    assert ended.group_contains(ConfigurationError, match="was told to stop meanwhile and wrote nothing more")
    assert rows(place(tmp_path).database, "SELECT kind FROM entry") == [("opened",)]
    command.give_up()
    assert await faults(tmp_path) == []


async def test_what_is_being_done_while_a_new_roster_is_read_is_done_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is planned by reading it, so there is nothing to take up."""
    monkeypatch.setattr("bot.live.TIDY_EVERY", timedelta(seconds=0.3))
    stage, files = Busy(), folder(tmp_path, V1_1)
    async with house(tmp_path) as opened:
        live = live_house(opened, stage, files)
        keeping = opened.tasks.create_task(live.keep_house())
        await asyncio.sleep(0.1)
        os.utime(files / "users.csv", (NOON.timestamp(), NOON.timestamp() + 10**8))
        await live.ground.moderator.follow(stage, opened.tasks, asyncio.Event())
        keeping.cancel()

    assert len(stage.begun) > 2
    nothing_is_begun_twice(tmp_path, stage)
    assert await faults(tmp_path) == []


async def hours(live: LiveHouse, number: int) -> None:
    """Let so many looks at the roster go by, however long each takes: the checkpoint is kept before each."""
    kept = 0

    async def counted(house: House) -> None:
        nonlocal kept
        await keep_checkpoint(house)
        kept += 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.live.keep_checkpoint", counted)
        keeping = live.ground.house.tasks.create_task(live.keep_house())
        async with asyncio.timeout(60):
            while kept <= number:
                assert not keeping.done()
                await asyncio.sleep(0.01)
    keeping.cancel()


async def test_the_checkpoint_is_not_written_while_somebody_else_has_the_turn(tmp_path: Path) -> None:
    """A command writes the same file at its end, through the same draft."""
    async with house(tmp_path) as opened:
        async with opened.ledger.still():
            keeping = asyncio.create_task(keep_checkpoint(opened))
            await asyncio.sleep(0.1)
            assert not keeping.done()
        await keeping


async def test_a_roster_that_is_gone_for_a_moment_stays_in_force_and_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each night it is deleted, then uploaded anew. Who is who is known meanwhile, and nothing stops."""
    monkeypatch.setattr("bot.live.TIDY_EVERY", timedelta(seconds=0.1))
    told: list[str] = []
    files = zipped(tmp_path, V1_1)
    async with house(tmp_path) as opened:
        live = live_house(opened, Busy(), files, told.append)
        away = files.rename(tmp_path / "elsewhere.zip")
        await hours(live, 3)
        await live.refresh()

        assert told == [
            "The roster was not read anew, so the one before stays. roster.zip: it cannot be opened. Check that it is "
            "there and may be read."
        ]
        away.rename(files)
        await hours(live, 2)
        assert len(told) == 1

        files.unlink()
        zipped(tmp_path, changed(V1_1, consent=None))
        await hours(live, 2)
        assert told[1:] == ["Roster: consent.csv: there is no such file, so nothing is known of what it would say."]


async def test_a_disk_that_fails_while_the_roster_is_read_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a share of the network answers, the old lists stay."""
    monkeypatch.setattr("bot.live.TIDY_EVERY", timedelta(seconds=0.1))

    async def fails(*_: object) -> list[str]:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    told: list[str] = []
    files = folder(tmp_path, V1_1)
    async with house(tmp_path) as opened:
        live = live_house(opened, Busy(), files, told.append)
        os.utime(files / "users.csv", (NOON.timestamp(), NOON.timestamp() + 10**8))
        monkeypatch.setattr("bot.live.bring_roster", fails)
        await hours(live, 2)

    assert [each.partition("stays. ")[2] for each in told] == [
        f"{files} could not be read (Input/output error). Look whether it is a file, and whether this account may "
        "read it."
    ]


async def test_letters_go_to_whom_the_roster_in_force_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office changes hands while the house stands: who comes has a new address, who leaves gets nothing more."""
    monkeypatch.setattr("bot.live.TIDY_EVERY", timedelta(seconds=0.1))
    files = folder(tmp_path, V1_1)
    deed = Deed(DeedId("d1"), "replay", Copy("c", PersonId("p1"), Office.PRINCIPAL, sent_at=NOON), copy=1)
    async with house(tmp_path) as opened:
        live = live_house(opened, Busy(), files)
        write = live.ground.letters("replay")
        before = write(deed)
        (files / "users.csv").write_text(USERS_1_1.replace("Pia,Rowan,,,,", "Pia,Rowan,,,pia@example.org,"))
        await hours(live, 2)
        after = write(deed)

    assert before is None
    assert after is not None
    assert after.to == "pia@example.org"


async def allow(files: Path) -> None:
    """Import the roster at the command line, and let more than a tenth go."""
    async with open_house(place(files), NOON, PATIENCE) as borrowed:
        await import_roster(borrowed.database, files / "roster", NOON, NOON.date(), allow_large=True)


def is_stale(live: LiveHouse) -> bool:
    """Say whether the people are too old to remove by."""
    return live.ground.roster.recognise(post()).audience.stale


async def test_the_age_is_that_of_the_roster_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is refused makes nobody newer, whoever takes a turn meanwhile; once somebody allows it, it does."""
    monkeypatch.setattr("bot.live.TIDY_EVERY", timedelta(seconds=0.1))
    told: list[str] = []
    files = folder(tmp_path, V1_1)
    long_ago = (NOON - timedelta(days=60)).timestamp()
    os.utime(files / "users.csv", (long_ago, long_ago))
    async with house(tmp_path) as opened:
        await import_roster(opened.database, files, NOON, NOON.date(), allow_large=True)
        live = live_house(opened, Busy(), files, told.append)
        await live.refresh(live.in_force.edition.as_of)
        (files / "users.csv").write_text(USERS_1_1.replace("p1,,,true", "p1,,,false"))
        lending = opened.tasks.create_task(live.lend_turns(asyncio.Event()))

        await hours(live, 2)
        await asyncio.to_thread(asyncio.run, borrow(tmp_path))
        await asyncio.sleep(0.5)
        assert ["1 of 5 active people would depart" in each for each in told] == [True]
        assert is_stale(live)

        await asyncio.to_thread(asyncio.run, allow(tmp_path))
        async with asyncio.timeout(60):
            while is_stale(live):
                assert not lending.done()
                await asyncio.sleep(0.01)
        lending.cancel()


async def test_a_roster_that_is_refused_at_a_start_leaves_the_one_before_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not start watches nobody. It is told of, removes nothing, and is tried again each hour."""
    monkeypatch.setattr("bot.live.TIDY_EVERY", timedelta(seconds=0.1))
    told: list[str] = []
    files = folder(tmp_path, V1_1)
    async with house(tmp_path) as opened:
        live = live_house(opened, Busy(), files, told.append)
        assert (await first_roster(opened, live.ground.plan)).edition == edition_of(files)
        (files / "users.csv").write_text(USERS_1_1.replace("p1,,,true", "p1,,,false"))
        told.clear()

        live = replace(live, in_force=await first_roster(opened, live.ground.plan))
        await live.refresh(live.in_force.edition.as_of)
        await hours(live, 2)
        assert "1 of 5 active people would depart" in told[0]
        assert told[1:] == [
            "Nobody knows how old that one is, so a person is asked wherever a message would be removed."
        ]
        assert len([each for each in live.ground.roster.lists.people if each.active]) == 5
        assert is_stale(live)

        (files / "users.csv").write_text(USERS_1_1)
        await hours(live, 2)
        assert not is_stale(live)


async def test_an_exception_that_is_granted_beside_us_is_in_force_at_once(tmp_path: Path) -> None:
    """As the command says to whoever grants it."""
    exemption = Exemption("e", "group-messages", NOON.date(), person=PersonId("coach"), reason="One member.")
    async with house(tmp_path) as opened:
        live = live_house(opened, Busy())
        await live.refresh()
        before = [*live.ground.moderator._clerk._exemptions]
        await opened.ledger.write(Recorder(opened.database.master).granted(exemption, NOON, "it"))
        await live.refresh()

    assert before == []
    assert [each.rule for each in live.ground.moderator._clerk._exemptions] == ["group-messages"]


async def test_people_whose_files_the_settings_do_not_name_are_too_old_to_remove_by(tmp_path: Path) -> None:
    """They came by `roster import` once; nobody would ever learn that they are a year old."""
    told: list[str] = []
    async with house(tmp_path) as opened:
        await import_roster(opened.database, folder(tmp_path, V1_1), NOON, NOON.date(), allow_large=False)
        live = live_house(opened, Busy(), tell=told.append)
        live = replace(live, in_force=await first_roster(opened, live.ground.plan))
        await live.refresh(live.in_force.edition.as_of)

        assert is_stale(live)
        assert told == [
            "roster.path names no files. Nobody knows how old the roster is, so a person is asked wherever a message "
            "would be removed."
        ]


async def test_a_first_start_needs_a_roster_that_can_be_read(tmp_path: Path) -> None:
    """Where everybody would be a stranger, nothing is watched by starting."""
    async with house(tmp_path) as opened:
        plan = live_house(opened, Busy(), tmp_path / "nowhere").ground.plan
        with pytest.raises(ConfigurationError):
            await first_roster(opened, plan)
