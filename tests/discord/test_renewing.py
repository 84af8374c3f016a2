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
from bot.platform import Outcome
from tests.discord.live import campus, connected
from tests.discord.server import Server, until
from tests.discord.stage import open_school


async def test_a_pause_longer_than_discord_allows_is_renewed(tmp_path: Path) -> None:
    """Each week, so that nobody can write again because we were away for some days when it would have ended."""
    async with open_school(tmp_path) as stage:
        client = stage.discord.client
        now, account = datetime.now(UTC), str(stage.people["s1"].id)
        client.notebook.paused[account] = (now + timedelta(days=90)).isoformat()
        await renew(client, now)
        await stage.env.settle()
        member = client.guilds[0].get_member(stage.people["s1"].id)
        assert member is not None
        first = member.timed_out_until
        await renew(client, now + timedelta(days=6))
        await stage.env.settle()
        untouched = member.timed_out_until
        await renew(client, now + timedelta(days=8))
        await stage.env.settle()

        assert first is not None
        assert first - now < LONGEST_TIMEOUT
        assert untouched == first
        assert member.timed_out_until is not None
        assert member.timed_out_until - first > timedelta(days=7)


async def test_what_a_person_set_by_hand_outlasts_a_pause(tmp_path: Path, server: Server) -> None:
    """Neither does beginning a shorter pause cut it short, nor does the end of one lift it; ours can become shorter."""
    place = campus(server)
    before, meanwhile, ours = (place.guild.members[place.people[each].id] for each in ("s1", "s2", "s3"))
    now = datetime.now(UTC)
    by_hand = before.timed_out_until = (now + timedelta(days=20)).isoformat()
    async with connected(place, tmp_path) as live:
        for number, (each, long) in enumerate([(before, 3), (meanwhile, 3), (ours, 10)]):
            suspend = Suspend("c", AccountId(str(each.user.id)), now.date() + timedelta(days=long))
            await live.discord.perform(Deed(DeedId(str(number)), "discord", suspend))
        begun, held = before.timed_out_until, ours.timed_out_until
        suspend = Suspend("c", AccountId(str(ours.user.id)), now.date() + timedelta(days=1))
        await until(lambda: live.discord.client.members(AccountId(str(ours.user.id)))[0].timed_out_until)
        await live.discord.perform(Deed(DeedId("3"), "discord", suspend))
        shorter = ours.timed_out_until
        meanwhile.timed_out_until = by_hand
        meanwhile.tell()
        members = [*live.discord.client.guilds[0].members]
        await until(
            lambda: [each.timed_out_until and each.timed_out_until.isoformat() for each in members].count(by_hand) == 2
        )
        for number, each in enumerate((before, meanwhile, ours)):
            await live.discord.perform(Deed(DeedId(f"r{number}"), "discord", Resume("c", AccountId(str(each.user.id)))))

    assert begun == by_hand
    assert held is not None
    assert shorter is not None
    assert shorter < held
    assert [each.timed_out_until for each in (before, meanwhile, ours)] == [by_hand, by_hand, None]


async def test_a_server_that_refuses_a_pause_keeps_it_from_no_other(tmp_path: Path, server: Server) -> None:
    """The person who decided hears that it is not done everywhere."""
    place = campus(server)
    other = server.guild("Alder Brook Middle")
    user, account = place.people["s1"], AccountId(str(place.people["s1"].id))
    there = other.member(user)
    async with connected(place, tmp_path, also=(other,)) as live:
        server.faults.refuse("PATCH", f"/guilds/{place.guild.id}/members/*", 403, 50013, times=None)
        suspend = Suspend("c", account, datetime.now(UTC).date() + timedelta(days=3))
        receipt = await live.discord.perform(Deed(DeedId("1"), "discord", suspend))

    assert receipt.outcome is Outcome.REFUSED
    assert there.timed_out_until is not None


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
