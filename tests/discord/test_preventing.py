"""A place with too few students is closed to its coaches, and opens again by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord

from bot.message import PlaceId
from bot.platform import Outcome
from tests.discord.stage import School, moderated, open_school
from tests.discord.test_drawing import ask_privately
from tests.test_moderator import outcomes


def permissions(stage: School, name: str, channel: int | None = None) -> discord.Permissions:
    """Say what somebody may do in the team's channel, as the library knows it."""
    guild = stage.discord.client.guilds[0]
    found, member = guild.get_channel(channel or stage.team.id), guild.get_member(stage.people[name].id)
    assert found is not None
    assert member is not None
    return found.permissions_for(member)


async def look(stage: School) -> None:
    """Let what is due be looked at, as the tick does."""
    await stage.env.settle()
    for place in stage.discord.client.guard.take_due(datetime.now(UTC) + timedelta(minutes=5)):
        await stage.discord.client.look(place)


async def test_a_place_with_one_student_is_closed_to_coaches_and_opens_again(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        before = permissions(stage, "coach")
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        await look(stage)
        await stage.until(lambda: "restrict done" in outcomes(tmp_path))
        closed = permissions(stage, "coach")
        student = permissions(stage, "s1")
        (card,) = [each.content for each in stage.team.history()]
        for name in ("s2", "s3"):
            stage.guild.add_member(stage.env.create_user(f"{name}-again"), roles=[stage.roles["Soccer"]])
        stage.guild.add_member(stage.people["s2"].user, roles=[stage.roles["Soccer"]])
        await look(stage)
        await stage.until(lambda: "lift done" in outcomes(tmp_path))
        after = permissions(stage, "coach")
        cards = stage.team.history()

    assert before.send_messages
    assert not closed.send_messages
    assert not closed.send_messages_in_threads
    assert not closed.create_private_threads
    assert closed.view_channel
    assert student.send_messages
    assert "Too few students" in card
    assert after.value == before.value
    assert cards == []


async def test_a_thread_that_the_whole_team_reads_is_never_locked(tmp_path: Path) -> None:
    """Its channel is closed to coaches, and so is the thread; its students write on."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        thread = await channel.create_thread(name="bus", type=discord.ChannelType.public_thread)
        await look(stage)
        await stage.until(lambda: "restrict done" in outcomes(tmp_path))
        await look(stage)
        found = channel.guild.get_thread(thread.id)
        assert found is not None
        closed = permissions(stage, "coach")

    assert not found.locked
    assert not closed.send_messages_in_threads
    assert outcomes(tmp_path).count("restrict done") == 1


async def test_a_thread_that_an_earlier_run_locked_is_looked_at_again(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        client = stage.discord.client
        channel = client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await channel.create_thread(name="bus", type=discord.ChannelType.public_thread)
        await look(stage)
        client.notebook.taken[str(thread.id)] = {"lock": [0, 0]}
        stage.guild.add_member(stage.env.create_user("visitor"))
        await stage.env.settle()

        assert client.place(thread) in client.guard.take_due(datetime.now(UTC) + timedelta(minutes=5))


async def test_only_what_we_took_is_given_back(tmp_path: Path) -> None:
    """A person had denied coaches the right to open threads; that stays denied."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        role = channel.guild.get_role(stage.roles["Coach"].id)
        assert role is not None
        denied = discord.PermissionOverwrite(create_public_threads=False, send_messages=True)
        await channel.set_permissions(role, overwrite=denied)
        await stage.env.settle()
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        await look(stage)
        await stage.until(lambda: "restrict done" in outcomes(tmp_path))
        stage.guild.add_member(stage.people["s2"].user, roles=[stage.roles["Soccer"]])
        await look(stage)
        await stage.until(lambda: "lift done" in outcomes(tmp_path))
        left = channel.overwrites_for(role)

    assert left.pair() == denied.pair()


async def test_who_gives_the_right_back_by_hand_loses_it_again(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        await look(stage)
        await stage.until(lambda: "restrict done" in outcomes(tmp_path))
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        role = channel.guild.get_role(stage.roles["Coach"].id)
        assert role is not None
        await channel.set_permissions(role, overwrite=None)
        await look(stage)
        await stage.until(lambda: outcomes(tmp_path).count("restrict done") == 2)

        assert not permissions(stage, "coach").send_messages


async def shut_to_a_coach_by_name(stage: School, folder: Path) -> None:
    """Take the role of coaches from the coach, then all students but one, and wait until the place is closed."""
    member = stage.discord.client.guilds[0].get_member(stage.people["coach"].id)
    role = stage.discord.client.guilds[0].get_role(stage.roles["Coach"].id)
    assert member is not None
    assert role is not None
    await member.remove_roles(role)
    for name in ("s2", "s3"):
        stage.guild.remove_member(stage.people[name])
    await look(stage)
    await stage.until(lambda: "restrict done" in outcomes(folder))


async def test_a_coach_without_the_role_is_kept_from_writing_by_name(tmp_path: Path) -> None:
    """Who is a coach is known by the roster, not only by what they are called on the server."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await shut_to_a_coach_by_name(stage, tmp_path)

        assert not permissions(stage, "coach").send_messages


async def test_without_the_right_to_change_permissions_a_person_is_asked(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        stage.env.inject_error("PUT", "/channels/*/permissions/*", status=403, code=50013, times=None)
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        await look(stage)
        await stage.until(lambda: f"restrict {Outcome.REFUSED}" in outcomes(tmp_path))

    assert outcomes(tmp_path).count("restrict refused") == 1


async def test_what_was_refused_is_not_asked_for_at_every_look(tmp_path: Path) -> None:
    """One case, not a hundred; what could be taken is given back all the same when the students return."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        stage.env.inject_error("PUT", "/channels/*/permissions/*", status=403, code=50013, times=1)
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        await look(stage)
        await stage.until(lambda: "restrict refused" in outcomes(tmp_path))
        for number in range(3):
            stage.guild.add_member(stage.env.create_user(f"visitor{number}"))
            await look(stage)
        stage.guild.add_member(stage.people["s2"].user, roles=[stage.roles["Soccer"]])
        await look(stage)
        await stage.until(lambda: "lift done" in outcomes(tmp_path))

    assert outcomes(tmp_path).count("restrict refused") == 1


async def test_a_team_role_that_allows_writing_keeps_no_coach_writing(tmp_path: Path) -> None:
    """On Discord what one role is allowed counts for more than what another is denied."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        channel = stage.discord.client.get_channel(stage.team.id)
        assert isinstance(channel, discord.TextChannel)
        role = channel.guild.get_role(stage.roles["Soccer"].id)
        assert role is not None
        await channel.set_permissions(role, view_channel=True, send_messages=True)
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        await look(stage)
        await stage.until(lambda: "restrict done" in outcomes(tmp_path))
        closed, student = permissions(stage, "coach"), permissions(stage, "s1")

    assert not closed.send_messages
    assert student.send_messages


async def test_a_coach_who_is_an_administrator_is_for_a_person_once(tmp_path: Path) -> None:
    """Nothing on a channel holds them; nobody must believe that the place is closed."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        power = stage.guild.create_role("Boss", permissions=discord.Permissions(administrator=True))
        stage.guild.remove_member(stage.people["coach"])
        roles = [stage.roles["Soccer"], stage.roles["Coach"], power]
        stage.guild.add_member(stage.people["coach"].user, roles=roles)
        for name in ("s2", "s3"):
            stage.guild.remove_member(stage.people[name])
        await look(stage)
        await stage.until(lambda: "restrict refused" in outcomes(tmp_path))
        stage.guild.add_member(stage.env.create_user("visitor"))
        await look(stage)

    assert outcomes(tmp_path).count("restrict refused") == 1


async def test_a_coach_who_left_before_the_place_opened_is_not_shut_out_on_return(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await shut_to_a_coach_by_name(stage, tmp_path)
        stage.guild.remove_member(stage.people["coach"])
        stage.guild.add_member(stage.people["s2"].user, roles=[stage.roles["Soccer"]])
        await look(stage)
        await stage.until(lambda: "lift done" in outcomes(tmp_path))
        stage.guild.add_member(stage.people["coach"].user, roles=[stage.roles["Soccer"], stage.roles["Coach"]])
        await stage.env.settle()

        assert permissions(stage, "coach").send_messages


async def test_an_answer_that_failed_does_not_make_an_overseer_forgotten(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await ask_privately(stage)
        await stage.until(lambda: "show done" in outcomes(tmp_path) and "tell done" in outcomes(tmp_path))
        await look(stage)
        (handle,) = stage.private.threads
        thread = stage.discord.client.get_channel(handle.id)
        assert isinstance(thread, discord.Thread)
        stage.env.inject_error("GET", "/channels/*/thread-members", status=500, times=5)
        await stage.discord.client.look(stage.discord.client.place(thread))
        stage.env.backend.faults.clear()
        for name in ("principal", "director"):
            await thread.remove_user(discord.Object(stage.people[name].id))
        await look(stage)
        await stage.until(lambda: "close done" in outcomes(tmp_path))

        assert thread.locked


async def test_an_overseer_who_leaves_closes_the_private_matter(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        await ask_privately(stage)
        await stage.until(lambda: "show done" in outcomes(tmp_path) and "tell done" in outcomes(tmp_path))
        await look(stage)
        (handle,) = stage.private.threads
        thread = stage.discord.client.get_channel(handle.id)
        assert isinstance(thread, discord.Thread)
        for name in ("principal", "director"):
            await thread.remove_user(discord.Object(stage.people[name].id))
        await look(stage)
        await stage.until(lambda: "close done" in outcomes(tmp_path))

        assert thread.locked
        assert thread.archived
        told = ("coach", "s1")  # once it is closed
        await stage.until(
            lambda: all(any("Nobody from the office" in each for each in stage.notes(name)) for name in told)
        )


async def test_an_overseer_who_left_while_we_were_away_is_missed(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        async with moderated(stage, tmp_path):
            await ask_privately(stage)
            await stage.until(lambda: "show done" in outcomes(tmp_path) and "tell done" in outcomes(tmp_path))
        (handle,) = stage.private.threads
        thread = stage.discord.client.get_channel(handle.id)
        assert isinstance(thread, discord.Thread)
        for name in ("principal", "director"):
            await thread.remove_user(discord.Object(stage.people[name].id))
        async with moderated(stage, tmp_path):
            await look(stage)
            await stage.until(lambda: "close done" in outcomes(tmp_path))
        async with moderated(stage, tmp_path):  # what was told about a place is no hindrance to the next start
            assert thread.locked


async def test_a_coach_alone_with_one_student_in_a_voice_room_is_told_of(tmp_path: Path) -> None:
    """Two minutes of grace; who merely can see the room does not count."""
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        room = stage.guild.create_voice_channel("bus call")
        await look(stage)
        await stage.people["coach"].join_voice(room)
        await stage.people["s1"].join_voice(room)
        await stage.env.settle()
        early = stage.discord.client.guard.take_due(datetime.now(UTC) + timedelta(seconds=60))
        stage.discord.client.guard.gathered(
            PlaceId(str(room.id)), datetime.now(UTC) - timedelta(minutes=2), several=True
        )
        await look(stage)
        await stage.until(lambda: "alert done" in outcomes(tmp_path))

    assert str(room.id) not in early
    assert any("voice room" in each for each in stage.notes("principal") + stage.notes("director"))
    assert any("You were in a voice room" in each for each in stage.notes("coach"))


async def test_two_students_in_a_voice_room_are_let_be(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage, moderated(stage, tmp_path):
        room = stage.guild.create_voice_channel("bus call")
        for name in ("coach", "s1", "s2"):
            await stage.people[name].join_voice(room)
        stage.discord.client.guard.gathered(
            PlaceId(str(room.id)), datetime.now(UTC) - timedelta(minutes=2), several=True
        )
        await look(stage)
        await stage.env.settle()

    assert "alert done" not in outcomes(tmp_path)
