"""What Discord lets end by itself, and we do not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest

from adapters.discord.renewing import LONGEST_TIMEOUT, renew
from adapters.discord.setup import Setup
from bot.actions import Deed, DeedId, Resume, Suspend
from bot.people import AccountId
from tests.discord.live import campus, connected
from tests.discord.server import Server, until
from tests.discord.stage import open_school


async def test_a_pause_longer_than_discord_allows_is_renewed(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        client = stage.discord.client
        now, account = datetime.now(UTC), str(stage.people["s1"].id)
        client.notebook.paused[account] = (now + timedelta(days=90)).isoformat()
        await renew(client, now)
        await stage.env.settle()
        member = client.guilds[0].get_member(stage.people["s1"].id)
        assert member is not None
        first = member.timed_out_until
        await renew(client, now + timedelta(days=1))
        await stage.env.settle()
        untouched = member.timed_out_until
        await renew(client, now + LONGEST_TIMEOUT - timedelta(hours=1))
        await stage.env.settle()

        assert first is not None
        assert first - now < LONGEST_TIMEOUT
        assert untouched == first
        assert member.timed_out_until is not None
        assert member.timed_out_until > first


async def test_a_pause_that_a_person_ends_is_not_renewed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renewing may come between the steps of ending it: nobody stays shut out by that."""
    async with open_school(tmp_path) as stage:
        client, now, account = stage.discord.client, datetime.now(UTC), AccountId(str(stage.people["s1"].id))
        client.notebook.paused[account] = (now + timedelta(days=90)).isoformat()
        await renew(client, now)
        await stage.env.settle()
        member = client.guilds[0].get_member(stage.people["s1"].id)
        assert member is not None
        before, timeout = member.timed_out_until, discord.Member.timeout

        async def timed_out(who: discord.Member, until: datetime | None, /, *, reason: str | None = None) -> None:
            await timeout(who, until, reason=reason)
            await stage.env.settle()
            if until is None:
                await renew(client, now)

        monkeypatch.setattr(discord.Member, "timeout", timed_out)
        await stage.discord.perform(Deed(DeedId("1"), "discord", Resume("c", account)))
        await stage.env.settle()

        assert before is not None
        assert member.timed_out_until is None


@pytest.mark.parametrize("days", [3, 60])
async def test_whoever_left_before_their_pause_was_ended_is_free_when_they_come_back(
    tmp_path: Path, server: Server, days: int
) -> None:
    """Discord keeps a timeout for whoever leaves, of a longer pause one that was to be renewed.

    What a person sets by hand afterwards is not ours to end.
    """
    place = campus(server)
    user = place.people["s1"]
    account = AccountId(str(user.id))
    async with connected(place, tmp_path) as live:
        client, now = live.discord.client, datetime.now(UTC)
        suspend = Suspend("c", account, now.date() + timedelta(days=days))
        await live.discord.perform(Deed(DeedId("1"), "discord", suspend))
        held = place.guild.members[user.id].timed_out_until
        place.guild.members[user.id].leave()
        await until(lambda: not client.members(account))
        await live.discord.perform(Deed(DeedId("2"), "discord", Resume("c", account)))
        back = place.guild.member(user)
        back.timed_out_until = held
        back.tell()
        await until(lambda: any(each.timed_out_until for each in client.members(account)))
        await renew(client, now)
        freed = back.timed_out_until
        await until(lambda: not any(each.timed_out_until for each in client.members(account)))
        back.timed_out_until = by_hand = (now + timedelta(days=1)).isoformat()
        back.tell()
        await until(lambda: any(each.timed_out_until for each in client.members(account)))
        await renew(client, now)

    assert held is not None
    assert freed is None
    assert back.timed_out_until == by_hand


async def test_a_pause_that_has_ended_is_left_alone(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        client, now = stage.discord.client, datetime.now(UTC)
        client.notebook.paused[str(stage.people["s1"].id)] = (now - timedelta(days=1)).isoformat()
        before = len(stage.env.http_requests)
        await renew(client, now)

        assert len(stage.env.http_requests) == before


async def test_direct_messages_are_kept_paused_where_the_district_asks_for_it(tmp_path: Path, server: Server) -> None:
    place = campus(server)
    async with connected(place, tmp_path) as live:
        client, now = live.discord.client, datetime.now(UTC)
        await renew(client, now)
        unasked = server.calls("PUT", "/guilds/*/incident-actions")
        client.setup = Setup(client.setup.servers, pause_direct_messages=True)
        await renew(client, now)
        asked = server.calls("PUT", "/guilds/*/incident-actions")

    assert unasked == []
    assert len(asked) == 1


async def test_nobody_but_us_opens_private_threads_where_the_district_asks_for_it(tmp_path: Path) -> None:
    """In a team's channel; and in the channel for private matters nobody but us writes at all."""
    async with open_school(tmp_path) as stage:
        client, now = stage.discord.client, datetime.now(UTC)
        guild = client.guilds[0]
        team, private = guild.get_channel(stage.team.id), guild.get_channel(stage.private.id)
        coach = guild.get_member(stage.people["coach"].id)
        assert team is not None
        assert private is not None
        assert coach is not None
        await renew(client, now)
        before = private.permissions_for(coach).send_messages
        client.setup = replace(client.setup, denies_threads=True)
        await renew(client, now)
        await stage.env.settle()
        requests = len(stage.env.http_requests)
        await renew(client, now)

        assert before
        assert not team.permissions_for(coach).create_private_threads
        assert team.permissions_for(coach).send_messages
        assert not private.permissions_for(coach).send_messages
        assert not private.permissions_for(coach).create_private_threads
        assert private.permissions_for(coach).view_channel
        assert private.permissions_for(guild.me).create_private_threads
        assert len(stage.env.http_requests) == requests, "what is denied already is not denied again"
