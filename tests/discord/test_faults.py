"""What goes wrong at the peer, and what discord.py makes of it."""

import asyncio

import aiohttp
import discord
import pytest

from tests.discord.channels import Kind
from tests.discord.school import Listener, School, text_channel
from tests.discord.server import TOKEN, Server, running, until


async def test_a_429_is_waited_out_and_nothing_is_called_meanwhile(server: Server, school: School) -> None:
    """A global one holds back other routes, too."""
    async with running(Listener(), server) as client:
        channel = text_channel(client, school.team)
        server.faults.limit("POST", "/channels/*/messages", 2.0, globally=True)
        first = asyncio.create_task(channel.send("one"))
        await until(lambda: not client.http._global_over.is_set())
        await asyncio.gather(first, channel.send("two"), client.fetch_user(school.ana.id))

        assert [request.status for request in server.calls("POST", "/channels/*/messages")] == [429, 200, 200]
        assert server.impatient_calls() == []
        assert server.requests[-1].at >= server.faults.waits[0].until
        assert len(server.seen(author=server.bot)) == 2


async def test_a_quota_that_is_told_is_never_exceeded(server: Server, school: School) -> None:
    """discord.py reads how many calls are left, and waits before Discord has to say so."""
    server.faults.ration("POST", "/channels/*/messages", limit=3, per=2.0)
    async with running(Listener(), server) as client:
        channel = text_channel(client, school.team)
        for number in range(8):
            await channel.send(f"line {number}")

    called = server.calls("POST", "/channels/*/messages")
    assert [request.status for request in called] == [200] * 8
    assert called[-1].at - called[0].at > 4.0


async def test_a_quota_that_is_not_minded_ends_in_429(server: Server, school: School) -> None:
    server.faults.ration("POST", "/channels/*/messages", limit=1, per=60.0)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as session:
        for _ in range(2):
            await session.post(f"{server.rest}/channels/{school.team.id}/messages", json={"content": "hello"})

    assert [request.status for request in server.requests] == [200, 429]
    assert len(server.impatient_calls()) == 0
    assert len(server.seen(text="hello")) == 1


async def test_the_peer_notices_a_call_during_a_wait(server: Server) -> None:
    """Or the test above would hold of any client."""
    server.faults.limit("GET", "/users/@me", 5.0)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as session:
        for _ in range(2):
            await session.get(f"{server.rest}/users/@me")

    assert [request.status for request in server.impatient_calls()] == [200]


async def test_what_was_done_before_a_502_is_sent_again_with_the_same_nonce(server: Server, school: School) -> None:
    """`send` makes up a nonce where it is given none, and keeps it while it tries again."""
    async with running(Listener(), server) as client:
        server.faults.refuse("POST", "/channels/*/messages", 502, times=2, applied=True)
        await text_channel(client, school.team).send("A copy.")

        assert len(server.calls("POST", "/channels/*/messages")) == 3
        assert len(server.seen(text="A copy.")) == 1


async def test_without_a_nonce_what_was_done_before_a_502_is_done_three_times(server: Server, school: School) -> None:
    """Nothing but `send` has one: not a forum post, not what follows up on an interaction."""
    forum = school.guild.channel(Kind.FORUM, "questions")
    async with running(Listener(), server) as client:
        found = client.get_channel(forum.id)
        assert isinstance(found, discord.ForumChannel)
        server.faults.refuse("POST", "/channels/*/threads", 502, times=2, applied=True)
        await found.create_thread(name="A copy", content="A copy.")

        assert len(server.seen(text="A copy.")) == 3


@pytest.mark.parametrize(("nonces", "expected"), [(("copy-1", "copy-1"), 1), (("copy-1", "copy-2"), 2)])
async def test_after_a_reset_only_a_nonce_of_ones_own_makes_another_try_safe(
    server: Server, school: School, nonces: tuple[str, str], expected: int
) -> None:
    """The library does not try again after a reset; whoever does has to bring the first nonce back."""
    async with running(Listener(), server) as client:
        channel = text_channel(client, school.team)
        server.faults.cut("POST", "/channels/*/messages", applied=True)
        with pytest.raises(aiohttp.ClientError):
            await channel.send("A copy.", nonce=nonces[0])
        await channel.send("A copy.", nonce=nonces[1])

        assert len(server.seen(text="A copy.")) == expected


async def test_two_502s_before_anything_was_done_leave_one_message(server: Server, school: School) -> None:
    async with running(Listener(), server) as client:
        server.faults.refuse("POST", "/channels/*/messages", 502, times=2)
        await text_channel(client, school.team).send("A copy.", nonce="copy-1")

        assert len(server.seen(text="A copy.")) == 1


async def test_a_nonce_counts_for_a_few_minutes_only(server: Server, school: School) -> None:
    async with running(Listener(), server) as client:
        channel = text_channel(client, school.team)
        first = await channel.send("A copy.", nonce="copy-1")
        again = await channel.send("A copy.", nonce="copy-1")
        school.team.messages[first.id].id -= 10 * 60 * 1000 << 22
        later = await channel.send("A copy.", nonce="copy-1")

        assert again.id == first.id
        assert later.id != first.id


@pytest.mark.parametrize("applied", [True, False])
async def test_a_reset_leaves_the_caller_in_doubt(server: Server, school: School, applied: bool) -> None:
    """discord.py does not try again, and cannot know whether it was done."""
    async with running(Listener(), server) as client:
        server.faults.cut("POST", "/channels/*/messages", applied=applied)
        with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
            await text_channel(client, school.team).send("A copy.", nonce="copy-1")

        assert len(server.calls("POST", "/channels/*/messages")) == 1
        assert len(server.seen(text="A copy.")) == applied


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (403, 50007), (404, 10008)])
async def test_a_refusal_carries_its_code(server: Server, school: School, status: int, code: int) -> None:
    async with running(Listener(), server) as client:
        server.faults.refuse("DELETE", "/channels/*/messages/*", status, code)
        message = school.team.say(school.coach, "Stay after class.")
        with pytest.raises(discord.HTTPException) as refused:
            await text_channel(client, school.team).get_partial_message(message.id).delete()

        assert (refused.value.status, refused.value.code) == (status, code)
        assert message.visible


async def test_a_delay_is_a_delay(server: Server, school: School) -> None:
    async with running(Listener(), server) as client:
        server.faults.delay("POST", "/channels/*/messages", 5.0)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(text_channel(client, school.team).send("late"), 1.0)

        assert len(server.seen(text="late")) == 1
