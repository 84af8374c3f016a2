"""What holds while the connection to Discord is broken, begun anew, or only half there."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import discord
import pytest
import structlog

from adapters.discord.automod import Doing, KeywordRule, Step, keep_in_step
from adapters.discord.breaker import WINDOW
from adapters.discord.platform import Discord
from adapters.discord.setup import Setup
from bot.actions import Action, Deed, DeedId, Remove, Restrict, Suspend
from bot.message import PlaceId, PostId
from bot.people import AccountId
from bot.platform import Outcome, SpaceSeen
from tests.discord.live import Campus, Connected, campus, connected
from tests.discord.server import Server, until
from tests.discord.stage import School, moderated, open_school
from tests.discord.test_outages import alone, judged
from tests.test_moderator import outcomes


def act(action: Action) -> Deed:
    return Deed(DeedId("1"), "discord", action)


def served(stage: School) -> discord.Guild:
    return stage.discord.client.guilds[0]


def break_connection(place: Campus) -> None:
    """Send what the library cannot read: it gives up, and everything it knew is gone."""
    place.server.gateway.dispatch("MESSAGE_CREATE", {"id": "not a message", "channel_id": str(place.team.id)})


async def write_all(door: Discord) -> None:
    """Let everything that was heard count as written."""
    while not door._heard.empty():
        await door.acknowledge(door._heard.get_nowait())


@pytest.mark.parametrize("kind", ["remove", "restrict", "suspend"])
async def test_a_deed_that_falls_into_a_reconnect_is_done_after_it(tmp_path: Path, server: Server, kind: str) -> None:
    place = campus(server)
    async with connected(place, tmp_path) as live:
        posted = place.team.say(place.people["s1"], "one")
        team = PlaceId(str(place.team.id))
        actions: dict[str, Action] = {
            "remove": Remove("c", team, PostId(str(posted.id))),
            "restrict": Restrict("c", team),
            "suspend": Suspend("c", AccountId(str(place.people["s1"].id)), date(2100, 1, 1)),
        }
        break_connection(place)
        await until(lambda: not live.discord.client.guilds)
        receipt = await live.discord.perform(act(actions[kind]))

    assert receipt.outcome is Outcome.DONE


async def test_deeds_wait_while_a_session_is_not_valid(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    async with connected(place, tmp_path) as live:
        server.gateway.takes_connections = False
        server.gateway.invalidate()
        await until(lambda: not live.discord._known.is_set())
        waiting = asyncio.create_task(live.discord.perform(act(Restrict("c", PlaceId(str(place.team.id))))))
        await asyncio.sleep(1)
        waited = not waiting.done()
        server.gateway.takes_connections = True
        receipt = await asyncio.wait_for(waiting, 100)

    assert waited
    assert receipt.outcome is Outcome.DONE


async def test_a_resumed_connection_lets_deeds_go_on(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    async with connected(place, tmp_path) as live:
        server.gateway.reconnect()
        await until(lambda: server.gateway.counted["RESUME"] == 1)
        receipt = await asyncio.wait_for(live.discord.perform(act(Restrict("c", PlaceId(str(place.team.id))))), 100)

    assert receipt.outcome is Outcome.DONE
    assert server.gateway.counted["IDENTIFY"] == 1


async def test_a_place_whose_look_failed_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_school(tmp_path) as stage:
        client, team = stage.discord.client, PlaceId(str(stage.team.id))
        client.guard.changed(team, datetime.now(UTC) - timedelta(minutes=1))
        with monkeypatch.context() as broken:
            broken.setattr(client, "may_speak", None)
            await stage.discord.look_due()
        failed = await stage.heard()
        await stage.until(lambda: min(client.guard._due.values()) <= datetime.now(UTC))
        await stage.discord.look_due()
        looked = [each.place for each in await stage.heard() if isinstance(each, SpaceSeen)]

    assert failed == []
    assert looked == [team]


async def test_time_goes_on_whatever_cannot_be_noted_or_renewed(tmp_path: Path) -> None:
    """What cannot be renewed is tried again in a minute, not in an hour."""
    async with open_school(tmp_path) as stage:
        door, now = stage.discord, datetime.now(UTC)
        door._notebook.paused["1"] = "not a moment"
        door._notebook.marks[PlaceId(str(stage.team.id))] = "not a number"
        await stage.people["s1"].send(stage.team, "hi")
        await stage.env.settle()
        await write_all(door)
        door._renew_at = door._noted_at = now - timedelta(hours=1)
        await door.tick()
        await door.keep_up()

        assert not door._heard.empty()
        assert door._renew_at - now < timedelta(minutes=2)


async def test_a_place_is_closed_while_discord_lets_us_wait_for_something_else(tmp_path: Path, server: Server) -> None:
    """A pause of direct messages that has to wait for minutes holds up neither the clock nor a look."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        door, client = live.discord, live.discord.client
        client.setup = replace(client.setup, pause_direct_messages=True)
        server.faults.delay("*", "/guilds/*", 300, times=None)
        server.faults.delay("*", "/guilds/*/incident-actions", 300, times=None)
        door._renew_at = datetime.now(UTC)
        await until(lambda: bool(server.calls("*", "/guilds/*") + server.calls("*", "/guilds/*/incident-actions")))
        alone(place)
        await until(lambda: "restrict done" in outcomes(tmp_path), 100)


async def test_automod_that_cannot_be_asked_is_told_of(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    rule = KeywordRule("Chaperone: x", "no", ("*/bit.ly/*",))
    async with connected(place, tmp_path) as live:
        server.faults.cut("GET", "/guilds/*/auto-moderation/rules", times=None)
        steps = await keep_in_step(live.discord.client.guilds[0], [rule])

    assert steps == [Step(Doing.FAILED, rule.name, rule)]


async def test_what_was_missed_is_read_whatever_else_fails(tmp_path: Path, server: Server) -> None:
    """Neither commands that cannot be offered nor members that do not come leave a gap unread."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
    place.team.say(place.people["s1"], "two")
    server.faults.cut("PUT", "/applications/*/guilds/*/commands", times=None)
    server.gateway.answers_chunks = False
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        await until(lambda: len(judged(tmp_path)) == 2)


async def test_a_mark_waits_until_the_gap_before_it_is_written(tmp_path: Path) -> None:
    """What is heard live after a new connection says nothing of what was missed before it."""
    async with open_school(tmp_path) as stage:
        door, team = stage.discord, PlaceId(str(stage.team.id))
        first = await stage.people["s1"].send(stage.team, "one")
        before = door._notebook.marks[team] = str(first.id)
        door.catching_up.begin()
        said = await stage.people["s1"].send(stage.team, "hi")
        await stage.env.settle()
        await write_all(door)
        door.catching_up.note()
        meanwhile = door._notebook.marks[team]
        await door.catching_up.run(served(stage))
        door.catching_up.note()
        read = door._notebook.marks[team]
        await write_all(door)
        door.catching_up.note()

    assert (meanwhile, read) == (before, before)
    assert door._notebook.marks[team] == str(said.id)


async def test_a_mark_waits_for_its_own_server(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    other = server.guild("Birch Lane Middle")
    other.member(place.people["s1"], [])
    chess = other.text_channel("chess")
    async with connected(place, tmp_path) as live:
        door = live.discord
        door.client.setup = replace(door.client.setup, servers=frozenset({place.guild.id, other.id}))
        door.catching_up.begin()
        here = next(each for each in door.client.guilds if each.id == place.guild.id)
        await door.catching_up.run(here)
        said = chess.say(place.people["s1"], "e4"), place.team.say(place.people["s1"], "hi")
        await until(lambda: door.client.last_heard == said[1].id)
        await asyncio.sleep(1)
        await write_all(door)
        door.catching_up.note()

        assert str(chess.id) not in door._notebook.marks
        assert door._notebook.marks[str(place.team.id)] == str(said[1].id)


async def test_whoever_loses_the_notebook_loses_no_message(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
    place.team.say(place.people["s3"], "me too")
    (tmp_path / "discord.notebook").unlink()
    async with connected(place, tmp_path, first=False) as live, moderated(live, tmp_path):
        await until(lambda: len(judged(tmp_path)) == 2)


async def test_nothing_is_asked_while_discord_refuses_too_much(tmp_path: Path) -> None:
    """Neither what is due nor what was missed; both come once the breaker closes."""
    async with open_school(tmp_path, setup=Setup(frozenset(), pause_direct_messages=True)) as stage:
        door, now = stage.discord, datetime.now(UTC)
        for _ in range(1_000):
            door.breaker.note(403, now - WINDOW + timedelta(seconds=1))
        door._renew_at = now
        before = len(stage.env.http_requests)
        await door.keep_up()
        door.catching_up.begin()
        reading = asyncio.create_task(door.catching_up.run(served(stage)))
        await asyncio.sleep(1)
        meanwhile = len(stage.env.http_requests)
        await reading
        await door.keep_up()

        assert meanwhile == before
        assert len(stage.env.http_requests) > before


async def come(place: Campus, live: Connected) -> int:
    """Let a second server of the district come, in which something was said before. Give its id."""
    other, client = place.server.guild("Birch Lane Middle"), live.discord.client
    other.member(place.people["s1"], [])
    said = other.text_channel("chess").say(place.people["s1"], "e4")
    await until(lambda: client.last_heard == said.id)
    client.setup = replace(client.setup, servers=frozenset({place.guild.id, other.id}))
    place.server.gateway.dispatch("GUILD_CREATE", other.described_to(everybody=False))
    return other.id


async def test_a_server_that_comes_later_is_begun_on(tmp_path: Path, server: Server) -> None:
    """Everybody in it is known, it is read, and it has our commands."""
    place = campus(server)
    async with connected(place, tmp_path, first=False) as live, moderated(live, tmp_path):
        other = await come(place, live)
        await until(lambda: len(judged(tmp_path)) == 1)
        await until(lambda: server.calls("PUT", f"/applications/*/guilds/{other}/commands"))
        guild = live.discord.client.get_guild(other)

        assert guild is not None
        assert guild.chunked


async def test_a_server_that_we_are_not_on_is_said(tmp_path: Path, server: Server) -> None:
    """Whether its id is wrong or we were taken off it: else nothing is heard there, and nobody knows."""
    place = campus(server)
    with structlog.testing.capture_logs() as logs:
        async with connected(place, tmp_path) as live:
            before = [*logs]
            place.guild.expel_bot()
            await until(lambda: not live.discord.client.guilds)
        async with connected(place, tmp_path):
            pass
    said = [each["server"] for each in logs if each["event"] == "we are not on a server"]

    assert before == []
    assert said == [place.guild.id, place.guild.id]


async def test_a_server_that_discord_could_not_serve_is_read_anew(tmp_path: Path, server: Server) -> None:
    """What is said there meanwhile does not move its marks before it is read."""
    place = campus(server)
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        place.team.say(place.people["s1"], "one")
        await until(lambda: len(judged(tmp_path)) == 1)
        server.gateway.dispatch("GUILD_DELETE", {"id": str(place.guild.id), "unavailable": True})
        await until(lambda: not live.discord._begun)
        server.gateway._losing = True
        place.team.say(place.people["s1"], "two")
        server.gateway._losing = False
        server.gateway.dispatch("GUILD_CREATE", place.guild.described_to(everybody=False))
        await until(lambda: len(judged(tmp_path)) == 2)


async def test_whoever_is_told_to_stop_ends_though_every_deed_waits(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deeds that wait for Discord fill all the room there is; they are taken up at the next start."""
    monkeypatch.setattr("bot.moderator.IN_FLIGHT", 1)
    place = campus(server)
    alone(place)
    async with connected(place, tmp_path) as live:
        async with asyncio.timeout(100), moderated(live, tmp_path):
            await until(lambda: "restrict done" in outcomes(tmp_path))
            now = datetime.now(UTC)
            for _ in range(1_000):
                live.discord.breaker.note(403, now)
            for text in ("one", "two", "three"):
                place.team.say(place.people["coach"], text)
            await until(lambda: len(judged(tmp_path)) >= 1)
            await asyncio.sleep(1)
            left = asyncio.get_running_loop().time()
        took = asyncio.get_running_loop().time() - left

    assert took < 5
    assert "remove done" not in outcomes(tmp_path)


async def test_members_that_did_not_come_are_asked_for_again(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    server.gateway.answers_chunks = False
    async with connected(place, tmp_path) as live:
        door, guild = live.discord, live.discord.client.guilds[0]
        await until(lambda: guild.id in door._asked)
        unknown = not guild.chunked
        server.gateway.answers_chunks = True
        door._asked[guild.id] = datetime.now(UTC)
        await until(lambda: guild.chunked and guild.id not in door._asked)

    assert unknown


@pytest.mark.parametrize("returns", [False, True])
async def test_members_are_known_though_somebody_left_while_their_list_came(
    tmp_path: Path, server: Server, *, returns: bool
) -> None:
    """The library keeps whoever left before their piece of the list, and counts nobody who is back before it let go."""
    place = campus(server)
    gone = next(each for each in place.guild.members.values() if each.user is place.people["director"])

    server.gateway.chunk, server.gateway.between_chunks = 4, gone.leave
    async with connected(place, tmp_path) as live:
        door, guild = live.discord, live.discord.client.guilds[0]
        if returns:
            place.guild.member(gone.user)
        await until(lambda: guild.id in door._asked)
        unknown = not guild.chunked
        door._asked[guild.id] = datetime.now(UTC)
        await until(lambda: guild.chunked and guild.id not in door._asked)

    assert unknown
    assert {each.id for each in guild.members} == {*place.guild.members}


async def test_a_thread_that_comes_out_of_the_archive_is_looked_at(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        client = stage.discord.client
        channel = client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await channel.create_thread(name="captains", type=discord.ChannelType.private_thread)
        await thread.edit(archived=True)
        await stage.env.settle()
        client.guard.take_due(datetime.now(UTC) + timedelta(minutes=1))
        await thread.edit(archived=False)
        await stage.env.settle()

        assert PlaceId(str(thread.id)) in client.guard.take_due(datetime.now(UTC) + timedelta(minutes=1))


async def test_the_preview_of_a_link_is_no_version_of_what_somebody_wrote(tmp_path: Path, server: Server) -> None:
    """It comes as an edit that nobody made, and holds a stranger's words. What an app embeds are its own."""
    place = campus(server)
    page = {"type": "rich", "title": "Lanes", "description": "Call 978-555-0147", "url": "https://lanes.example"}
    async with connected(place, tmp_path) as live, moderated(live, tmp_path):
        posted = place.team.say(place.people["coach"], "Bowling at https://lanes.example")
        await until(lambda: len(judged(tmp_path)) == 1)
        posted.unfurl(page)
        told = place.team.say(server.world.user("reminders", bot=True), "Today")
        await until(lambda: len(judged(tmp_path)) == 2)
        told.unfurl(page)
        await until(lambda: len(judged(tmp_path)) == 3)

    first, second, third = (each["about"] for each in judged(tmp_path))
    assert first != second == third
