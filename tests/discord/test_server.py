"""The REST routes of the peer, met by a bare discord.Client."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from tests.discord.channels import SEND, VIEW, Kind
from tests.discord.school import Listener, School, text_channel
from tests.discord.server import Server, open_server, running, until


async def test_a_direct_message_is_opened_written_and_answered(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        person = await client.fetch_user(school.ana.id)
        sent = await person.send("Your message was taken away.")
        server.direct(school.ana).say(school.ana, "Why?")
        await until(lambda: client.count("message") == 2)

    assert server.seen(channel=server.direct(school.ana), author=server.bot)[0].id == sent.id
    assert client.texts() == ["Your message was taken away.", "Why?"]


async def test_somebody_who_takes_no_direct_messages_is_not_reached(server: Server, school: School) -> None:
    school.ana.takes_direct_messages = False
    async with running(Listener(), server) as client:
        person = await client.fetch_user(school.ana.id)
        with pytest.raises(discord.Forbidden) as refused:
            await person.send("Your message was taken away.")

        assert refused.value.code == 50007


async def test_a_private_thread_has_its_members(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        thread = await text_channel(client, school.team).create_thread(
            name="One matter", type=discord.ChannelType.private_thread, invitable=False
        )
        for user in (school.coach, school.ana):
            await thread.add_user(discord.Object(user.id))
        members = {member.id for member in await thread.fetch_members()}
        guild = client.get_guild(school.guild.id)
        assert guild is not None
        active = [each.id for each in await guild.active_threads()]
        await thread.remove_user(discord.Object(school.ana.id))
        await until(lambda: client.count("raw_thread_member_remove"))
        await thread.edit(archived=True, locked=True)
        archived = [each.id async for each in text_channel(client, school.team).archived_threads(private=True)]

    assert members == {server.bot.id, school.coach.id, school.ana.id}
    assert active == archived == [thread.id]
    assert client.count("thread_member_join") == 2


async def test_history_pages_from_a_watermark(server: Server, school: School) -> None:
    said = [school.team.say(school.coach, f"line {number}") for number in range(230)]
    said[20].delete()
    async with running(Listener(), server) as client:
        after = discord.Object(said[9].id)
        found = [
            message.content
            async for message in text_channel(client, school.team).history(after=after, oldest_first=True, limit=None)
        ]

    assert found == [f"line {number}" for number in range(10, 230) if number != 20]
    assert len(server.calls("GET", "/channels/*/messages")) == 3


async def test_overwrites_members_rules_and_the_audit_log_change(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        channel = text_channel(client, school.team)
        role, coach = channel.guild.get_role(school.coaches.id), channel.guild.get_member(school.coach.id)
        assert role is not None
        assert coach is not None
        await channel.set_permissions(role, view_channel=True, send_messages=False, reason="one student left")
        await coach.timeout(discord.utils.utcnow() + timedelta(hours=1), reason="asked to")
        await coach.edit(nick="Coach R.")
        rule = await channel.guild.create_automod_rule(
            name="words",
            event_type=discord.AutoModRuleEventType.message_send,
            trigger=discord.AutoModTrigger(keyword_filter=["blockhead"]),
            actions=[discord.AutoModRuleAction(custom_message="Mind your words.")],
            enabled=True,
        )
        await rule.edit(enabled=False)
        entries = [entry async for entry in channel.guild.audit_logs(oldest_first=True)]
        await until(lambda: client.count("audit_log_entry_create") == len(entries))

        assert channel.overwrites_for(role).send_messages is False
        assert coach.nick == "Coach R."
        assert coach.is_timed_out()

    overwrite = school.team.overwrites[school.coaches.id]
    assert (overwrite.allow, overwrite.deny) == (VIEW, SEND)
    assert [entry.reason for entry in entries[:2]] == ["one student left", "asked to"]
    assert [rule["enabled"] for rule in school.guild.rules.values()] == [False]


async def test_files_arrive_and_can_be_read(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        school.team.say(school.coach, files={"plan.txt": b"Bus at 4."})
        await until(lambda: client.count("message"))
        (received,) = [each for name, each in client.heard if name == "message"]
        read = await received.attachments[0].read()
        await received.channel.send("Here.", file=discord.File(__file__, filename="plan.py"))

    assert read == b"Bus at 4."
    assert server.seen(text="Here.")[0].attachments[0]["filename"] == "plan.py"


async def test_a_forward_has_its_words_in_the_snapshot_alone(server: Server, school: School) -> None:
    async with running(client := Listener(), server):
        first = server.direct(school.coach).say(school.coach, "Stay after class.")
        school.team.forward(school.coach, first)
        await until(lambda: client.count("message") == 2)

    forwarded = [each for name, each in client.heard if name == "message"][-1]
    assert forwarded.content == ""
    assert forwarded.message_snapshots[0].content == "Stay after class."


async def test_a_hidden_channel_is_neither_heard_nor_read(server: Server, school: School) -> None:
    school.team.hidden = True
    async with running(client := Listener(), server):
        school.team.say(school.coach, "unheard")
        with pytest.raises(discord.Forbidden) as refused:
            await text_channel(client, school.team).send("unsaid")

    assert refused.value.code == 50001
    assert client.texts() == []


async def test_commands_buttons_and_forms_are_answered(server: Server, school: School) -> None:
    """From a slash command to a form to a private answer, and what follows it."""
    client = Listener()

    class Form(discord.ui.Modal, title="Write to a student"):
        words: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Text", custom_id="words")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            await interaction.followup.send(f"Sent: {self.words.value}", ephemeral=True)
            await interaction.followup.send("It was copied to the principal.", ephemeral=True)

    class Buttons(discord.ui.View):
        @discord.ui.button(label="Write", custom_id="write")
        async def write(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
            await interaction.response.send_modal(Form())

    @client.tree.command(name="reach", description="Reach a student")
    async def reach(interaction: discord.Interaction, student: discord.Member) -> None:
        await interaction.response.send_message(f"Reach {student.name}?", view=Buttons(timeout=None))

    async with running(client, server):
        await client.tree.sync()
        asked = server.interactions.slash(school.coach, school.team, "reach", {"student": school.ana})
        await until(lambda: asked.answer)
        assert asked.message is not None
        pressed = server.interactions.press(school.coach, asked.message, "write")
        await until(lambda: pressed.answer)
        sent = server.interactions.submit(school.coach, pressed, {"words": "See me about the form."})
        await until(lambda: server.seen(text="It was copied"))

    assert server.seen(text="Reach ana?")[0].seen_by is None
    assert sent.message is not None
    assert (sent.message.content, sent.message.seen_by) == ("Sent: See me about the form.", school.coach)
    assert server.calls("PUT", "/applications/*/commands")[0].status == 200


async def test_context_menus_give_their_target(server: Server, school: School) -> None:
    client, met = Listener(), []

    @client.tree.context_menu(name="Write to", guild=discord.Object(school.guild.id))
    async def write_to(interaction: discord.Interaction, member: discord.Member) -> None:
        met.append(member.name)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content="Done.")

    @client.tree.context_menu(name="Report", guild=discord.Object(school.guild.id))
    async def report(interaction: discord.Interaction, message: discord.Message) -> None:
        met.append(message.content)
        await interaction.response.send_message("Thank you.", ephemeral=True)

    async with running(client, server):
        await client.tree.sync(guild=discord.Object(school.guild.id))
        server.interactions.on_user(school.coach, school.team, "Write to", school.ben)
        await until(lambda: server.seen(text="Done."))
        server.interactions.on_message(school.ana, "Report", school.team.say(school.coach, "Stay after class."))
        await until(lambda: server.seen(text="Thank you."))

    assert met == ["ben", "Stay after class."]
    assert client.texts() == ["Stay after class."]


async def test_bulk_deletes_take_many_and_voice_is_ended(server: Server, school: School) -> None:
    voice = school.guild.channel(Kind.VOICE, "practice")
    school.guild.members[school.coach.id].speak_in(voice)
    said = [school.team.say(school.coach, f"line {number}") for number in range(5)]
    said[0].react(school.ana, "\N{THUMBS UP SIGN}")
    async with running(client := Listener(), server):
        channel = text_channel(client, school.team)
        await channel.get_partial_message(said[0].id).clear_reactions()
        await channel.delete_messages([discord.Object(message.id) for message in said[1:]])
        coach = channel.guild.get_member(school.coach.id)
        assert coach is not None
        assert coach.voice is not None
        await coach.move_to(None)
        await until(lambda: client.count("voice_state_update") and client.count("raw_bulk_message_delete"))
        connected = list(coach.guild._voice_states)

    assert connected == []
    assert [message.content for message in server.seen()] == ["line 0"]
    assert said[0].reactions == {}


@pytest.mark.parametrize("patient", [True, False])
async def test_nothing_outlives_the_peer(patient: bool) -> None:
    """Not even where an answer is still due, to somebody who waits for it or to somebody who has left."""
    before = asyncio.all_tasks()
    async with aiohttp.ClientSession() as session, open_server() as server:
        server.faults.delay("GET", "/gateway", 60.0)
        waiting = asyncio.create_task(session.get(f"{server.rest}/gateway"))
        talking = await session.ws_connect(server.gateway.url)
        await until(lambda: server.requests and server.gateway.sockets)
        if not patient:
            waiting.cancel()
            await talking.close()
    await asyncio.wait({waiting}, timeout=1.0)
    left = asyncio.all_tasks() - before

    assert left == set()


async def test_a_route_that_is_missing_is_named() -> None:
    with pytest.raises(AssertionError, match="GET /stickers/1"):
        async with open_server() as server, aiohttp.ClientSession() as session:
            await session.get(f"{server.rest}/stickers/1")
