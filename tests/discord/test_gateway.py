"""The gateway of the peer, met by a bare discord.Client: what it shows, and how connections end and go on."""

import asyncio
import time

import discord
import pytest

from tests.discord.channels import SEND
from tests.discord.gateway import MEMBERS, MESSAGE_CONTENT, PRIVILEGED, Op
from tests.discord.school import Listener, School, started, text_channel
from tests.discord.server import Server, open_server, point_at, running, until


@pytest.mark.parametrize("presences", [False, True])
async def test_a_client_becomes_ready_and_knows_all_members(server: Server, school: School, presences: bool) -> None:
    """Without presences they come in chunks, and only on request."""
    intents, server.gateway.chunk = discord.Intents.all(), 2
    intents.presences = presences
    async with running(Listener(intents), server) as client:
        guild = client.get_guild(school.guild.id)

        assert guild is not None
        assert guild.chunked
        assert {member.name for member in guild.members} == {user.user.name for user in school.guild.members.values()}
        assert server.gateway.counted["REQUEST_MEMBERS"] == (not presences)


async def test_members_who_are_never_told_leave_the_audience_unknown(server: Server, school: School) -> None:
    """The client is ready all the same: only `chunked` tells that it does not know who is there."""
    server.gateway.answers_chunks = False
    async with running(Listener(), server) as client:
        guild = client.get_guild(school.guild.id)

        assert guild is not None
        assert not guild.chunked


async def test_without_the_members_intent_the_bot_sees_itself_alone(server: Server, school: School) -> None:
    intents = discord.Intents.all()
    intents.members = False
    async with running(Listener(intents), server) as client:
        guild = client.get_guild(school.guild.id)

        assert guild is not None
        assert not guild.chunked
        assert [member.name for member in guild.members] == ["chaperone"]


async def test_without_the_content_intent_texts_are_empty_but_for_those_to_the_bot(
    server: Server, school: School
) -> None:
    intents = discord.Intents.all()
    intents.message_content = False
    async with running(client := Listener(intents), server):
        school.team.say(school.coach, "Bus leaves at 4.")
        school.team.say(school.coach, f"<@{server.bot.id}> help")
        server.direct(school.coach).say(school.coach, "hello")
        await until(lambda: client.count("message") == 3)

        assert client.texts() == ["", f"<@{server.bot.id}> help", "hello"]


async def test_creating_editing_and_deleting_is_heard(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        message = school.team.say(school.coach, "Bus leaves at 4.")
        await until(lambda: client.texts() == ["Bus leaves at 4."])
        message.edit("Bus leaves at 5.")
        message.delete()
        await until(lambda: client.count("raw_message_delete"))

    assert [each.message.content for name, each in client.heard if name == "raw_message_edit"] == ["Bus leaves at 5."]
    assert not server.seen(author=school.coach)
    assert message.versions == ["Bus leaves at 4.", "Bus leaves at 5."]


async def test_a_resume_brings_what_was_missed(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        with server.gateway.losing():
            school.team.say(school.coach, "while away")
        await until(lambda: client.count("resumed"))
        school.team.say(school.coach, "back again")
        await until(lambda: client.count("message") == 2)

    assert client.texts() == ["while away", "back again"]
    assert (server.gateway.counted["IDENTIFY"], server.gateway.counted["RESUME"]) == (1, 1)


async def test_a_request_to_reconnect_is_followed_by_a_resume(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        server.gateway.reconnect()
        await until(lambda: client.count("resumed"))

    assert server.gateway.counted["IDENTIFY"] == 1


@pytest.mark.parametrize("said", ["at once", "to a resume"])
async def test_an_invalid_session_leads_to_a_new_identify(server: Server, school: School, said: str) -> None:
    """What happened in between is lost: nobody is told of it again."""
    async with running(client := Listener(), server):
        if said == "at once":
            server.gateway.invalidate()
            school.team.say(school.coach, "lost")
        else:
            server.gateway.resumes = False
            with server.gateway.losing():
                school.team.say(school.coach, "lost")
        await until(lambda: client.count("ready") == 2)

    assert server.gateway.counted["IDENTIFY"] == 2
    assert client.texts() == []


async def test_a_resume_may_bring_twice_what_was_heard(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        school.team.say(school.coach, "once")
        await until(lambda: client.count("message"))
        server.gateway.overlap = 1
        server.gateway.drop()
        await until(lambda: client.count("resumed"))

    assert client.texts() == ["once", "once"]


async def test_an_outage_of_the_gateway_is_sat_out(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        server.gateway.takes_connections = False
        server.gateway.drop()
        await until(lambda: client.count("disconnect") >= 2)
        server.gateway.takes_connections = True
        await until(lambda: client.count("resumed"))

    assert server.gateway.counted["RESUME"] == 1


async def test_heartbeats_are_answered() -> None:
    async with open_server(heartbeat=0.05) as server, running(Listener(), server) as client:
        await until(lambda: server.gateway.counted["HEARTBEAT"] > 2)

        assert client.latency < 1


@pytest.mark.parametrize(
    ("data", "error"), [({"id": "12"}, KeyError), ({"id": "12", "channel_id": "x", "author": 3}, ValueError)]
)
async def test_a_malformed_message_ends_the_client(server: Server, data: object, error: type[Exception]) -> None:
    """What fails while the library parses escapes from `start`: whoever runs it must start it again."""
    async with started(Listener(), server) as task:
        server.gateway.dispatch("MESSAGE_CREATE", data)
        with pytest.raises(error):
            await task


async def test_a_frame_that_is_not_json_ends_the_client(server: Server) -> None:
    async with started(Listener(), server) as task:
        server.gateway.send_text("{")
        with pytest.raises(ValueError, match="Expecting property name"):
            await task


@pytest.mark.parametrize("missing", [MEMBERS, MESSAGE_CONTENT])
async def test_an_unapproved_intent_is_refused(missing: int) -> None:
    async with open_server(approved=PRIVILEGED & ~missing) as server:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with running(Listener(), server):
                pass


async def test_a_wrong_token_is_refused(server: Server) -> None:
    with pytest.raises(discord.LoginFailure):
        async with running(Listener(), server, "another-token"):
            pass


async def test_a_token_withdrawn_later_closes_the_gateway_with_4004(server: Server) -> None:
    async with started(Listener(), server) as task:
        server.gateway.close(4004)
        with pytest.raises(discord.ConnectionClosed) as closed:
            await task

    assert closed.value.code == 4004


async def test_roles_rules_and_the_bot_itself_can_go(server: Server, school: School) -> None:
    school.guild.rules[7] = {"trigger_type": 1}
    async with running(client := Listener(), server):
        school.guild.change_role(school.coaches, SEND)
        school.guild.delete_role(school.coaches)
        school.guild.block(school.ana, school.team, "You blockhead.", 7, "blockhead")
        school.guild.expel_bot()
        await until(lambda: client.count("guild_remove"))
        with pytest.raises(discord.NotFound):
            await client.fetch_channel(school.team.id)

    names = [name for name, _ in client.heard if name.startswith(("guild_role", "automod"))]
    assert names == ["guild_role_update", "guild_role_delete", "automod_action"]
    assert school.guild.members[school.coach.id].roles == []


async def test_a_second_client_finds_what_was_said_while_none_was_there(server: Server, school: School) -> None:
    async with running(Listener(), server):
        pass
    school.team.say(school.coach, "Nobody listens.")
    async with running(client := Listener(), server):
        found = [message.content async for message in text_channel(client, school.team).history()]

    assert client.texts() == []
    assert found == ["Nobody listens."]


async def test_the_client_is_pointed_back_afterwards(server: Server) -> None:
    before = discord.http.Route.BASE
    with point_at(server.address):
        assert server.rest == discord.http.Route.BASE

    assert before == discord.http.Route.BASE
    assert Op.HELLO == discord.gateway.DiscordWebSocket.HELLO


async def test_the_loop_of_these_tests_is_hasty() -> None:
    """Two seconds of a library's waiting are over well before one has passed."""
    began, loop_began = time.monotonic(), asyncio.get_running_loop().time()
    await asyncio.sleep(2.0)

    assert asyncio.get_running_loop().time() - loop_began >= 2.0
    assert time.monotonic() - began < 1.0
