"""What is missing on a server is said, with how to mend it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import discord
import pytest
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from adapters.discord.automod import Doing, Step
from adapters.discord.commands import FOR_COACHES
from adapters.discord.doctor import (
    NAMES,
    NEVER_SHOWN,
    PERMISSIONS,
    Around,
    cover,
    examine,
    invitation,
    overall,
)
from adapters.discord.restricting import CLOSED, OPENS_BY_ITSELF, TAKEN
from adapters.wording import NO_CHANNEL, NOBODY_YET, NOT_YOURS
from bot.checkup import Remark, Weight, is_sound, lines
from bot.config import read_configuration
from bot.lists import LinkedAccount
from bot.people import AccountId, PersonId, SchoolId, TeamId
from bot.registrar import NO_MAIL
from bot.texts import Text
from tests.discord.stage import School, open_school
from tests.district import HIGH, SOCCER, SWIM
from tests.journeys import ROOT

NOW: Final = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
AROUND: Final = Around(NOW, NOW - timedelta(days=2), last_event=NOW - timedelta(minutes=5))
GRANTED: Final = discord.ApplicationFlags(gateway_guild_members_limited=True, gateway_message_content=True)
GUIDE: Final = (ROOT / "docs" / "discord.md").read_text("utf-8")


def said(remarks: Iterable[Remark]) -> str:
    """Give everything that is not fine, each with how to mend it."""
    return "\n".join(f"{each.what} {each.mend}" for each in remarks if each.weight is not Weight.FINE)


def found(stage: School, around: Around = AROUND) -> str:
    """Examine the school's server."""
    client = stage.discord.client
    return said(examine(client, client.guilds[0], around))


def change(stage: School, role: int, permissions: discord.Permissions) -> None:
    """Give a role other permissions, as somebody would in the server's settings."""
    stage.env.backend.edit_role(stage.guild.id, role, {"permissions": permissions.value})


def own_role(stage: School) -> int:
    """Name the role that came with the invitation."""
    return stage.discord.client.guilds[0].me.top_role.id


def overwrite(stage: School, channel: int, role: int, *, allow: int = 0, deny: int = 0) -> None:
    """Say in one channel what a role may do there."""
    stage.env.backend.set_overwrite(channel, Overwrite(role, OverwriteType.ROLE, allow, deny))


@asynccontextmanager
async def sound(folder: Path) -> AsyncIterator[School]:
    """Open a school whose server is set up as the guide says."""
    async with open_school(folder) as stage:
        client = stage.discord.client
        client._connection.application_flags = GRANTED
        guild = client.guilds[0]
        change(stage, own_role(stage), PERMISSIONS)
        everyone = discord.Permissions(guild.default_role.permissions.value)
        everyone.update(create_private_threads=False)
        change(stage, guild.id, everyone)
        roles = stage.env.backend.get_guild(stage.guild.id).roles
        stage.env.backend.reorder_roles(guild.id, [{"id": own_role(stage), "position": len(roles) + 1}])
        deny = discord.Permissions(
            view_channel=True, send_messages=True, create_public_threads=True, create_private_threads=True
        )
        overwrite(stage, stage.private.id, guild.id, deny=deny.value)
        opened = discord.Permissions(
            view_channel=True, send_messages=True, create_public_threads=True, create_private_threads=True
        )
        overwrite(stage, stage.private.id, own_role(stage), allow=opened.value)
        setup = client.setup
        client.setup = replace(setup, advisor_roles=frozenset({"Coach"}))
        advisor = guild.get_member(stage.people["advisor"].id)
        coach = guild.get_role(stage.roles["Coach"].id)
        soccer = guild.get_role(stage.roles["Soccer"].id)
        assert advisor is not None
        assert coach is not None
        assert soccer is not None
        await advisor.add_roles(coach, soccer)
        stage.guild.remove_member(stage.people["stranger"])
        await stage.env.settle()
        yield stage


# The application


def test_the_invitation_asks_for_what_is_taken_from_others() -> None:
    """Discord lets nobody deny what they do not hold."""
    assert TAKEN <= PERMISSIONS
    assert not PERMISSIONS.administrator
    assert all(name in NAMES for name, held in PERMISSIONS if held and name != "read_messages")


def test_the_guide_shows_the_invitation_as_it_is() -> None:
    link = invitation(1180000000000000000)

    assert f"permissions={PERMISSIONS.value}" in link
    assert "scope=bot+applications.commands" in link
    assert link.replace("1180000000000000000", "APPLICATION_ID") in GUIDE


def test_the_guide_names_every_permission_as_discord_does() -> None:
    asked = {"view_channel" if name == "read_messages" else name for name, held in PERMISSIONS if held}

    assert [NAMES[each] for each in sorted(asked) if f"| {NAMES[each]} |" not in GUIDE] == []


def test_the_settings_that_the_guide_shows_are_understood(tmp_path: Path) -> None:
    told = GUIDE.partition("```toml\n")[2].partition("\n```")[0]
    (tmp_path / "config.toml").write_text(told, "utf-8")
    settings = read_configuration(tmp_path / "config.toml").settings.discord

    assert settings.servers
    assert settings.teams.keys() == {"girls-soccer", "robotics"}
    assert settings.private.keys() == {"high"}
    assert settings.rehearse


@pytest.mark.parametrize("text", [CLOSED, OPENS_BY_ITSELF, FOR_COACHES, NOT_YOURS, NO_CHANNEL, NOBODY_YET, NO_MAIL])
def test_the_guide_quotes_what_people_read(text: Text) -> None:
    """The first sentence, at least."""
    first = text.english.partition(". ")[0]

    assert first in " ".join(GUIDE.split())


async def test_what_discord_does_not_grant_is_said(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        remarks = list(overall(stage.discord.client, AROUND))
        stage.discord.client._connection.application_flags = GRANTED
        granted = said(overall(stage.discord.client, AROUND))

    assert "Server Members Intent" in said(remarks)
    assert "Message Content Intent" in said(remarks)
    assert not is_sound(remarks)
    assert "Intent" not in granted


async def test_servers_and_channels_that_are_not_there_are_said(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        client = stage.discord.client
        client._connection.application_flags = GRANTED
        other = stage.env.create_guild("Elsewhere")
        await stage.env.settle()
        setup = client.setup
        client.setup = replace(
            setup,
            servers=setup.servers | {1180000000000000009},
            teams={**setup.teams, 1180000000000000008: TeamId("sailing")},
            private={SchoolId("middle"): 1180000000000000007},
        )
        told = said(overall(client, AROUND))

    assert "not on the server 1180000000000000009" in told
    assert f"is on Elsewhere, which is not configured: it hears nothing. Add {other.id}" in told
    assert "1180000000000000008 (sailing) is on none" in told
    assert "1180000000000000007 (private matters of middle) is on none" in told
    assert "has no team sailing" in told
    assert "nothing can be sent to them: chess, robotics, swim." in told
    assert "The school high has no channel for private matters" in told


async def test_a_category_that_is_registered_for_a_team_is_said(tmp_path: Path) -> None:
    """Its id is as easily copied as a channel's; nothing in it would be closed, and nothing can be sent there."""
    async with open_school(tmp_path) as stage:
        client, category = stage.discord.client, stage.guild.create_category("fall sports")
        await stage.env.settle()
        client.setup = replace(client.setup, teams={**client.setup.teams, category.id: SWIM})
        told = said(overall(client, AROUND))

    assert f"{category.id} (swim) is a category, so none of its channels is registered. Register the channels" in told


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        (replace(AROUND, roster_as_of=NOW - timedelta(days=8)), "8 days old"),
        (replace(AROUND, roster_as_of=None), "Nobody knows how old the roster is"),
        (replace(AROUND, last_event=NOW - timedelta(days=2)), "The last message was heard on November 16"),
        (replace(AROUND, minutes_down=45), "down for 45 minutes"),
    ],
)
async def test_what_is_old_or_silent_is_said(tmp_path: Path, around: Around, expected: str) -> None:
    async with open_school(tmp_path) as stage:
        assert expected not in said(overall(stage.discord.client, AROUND))
        assert expected in said(overall(stage.discord.client, around))


# One server


async def test_a_server_that_is_set_up_well_has_nothing_broken(tmp_path: Path) -> None:
    """What stays is who has no account: people, not settings."""
    async with sound(tmp_path) as stage:
        client = stage.discord.client
        remarks = [each for each in examine(client, client.guilds[0], AROUND) if each.weight is not Weight.FINE]

    assert is_sound(remarks), said(remarks)
    assert [each.what for each in remarks] == [
        "1 of 9 members are linked to nobody: they count as no student.",
        "1 of 4 members of soccer have no linked account: they are not counted.",
    ]


async def test_a_permission_that_is_missing_everywhere_is_one_remark(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        change(stage, own_role(stage), PERMISSIONS & ~discord.Permissions(manage_threads=True, manage_guild=True))
        await stage.env.settle()
        told = found(stage)

    assert told.count("Manage Threads on this server") == 1
    assert "does not have the permission Manage Server on this server" in told
    assert "allow Manage Threads" in told


async def test_a_permission_that_a_channel_denies_names_the_channel(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        overwrite(stage, stage.team.id, own_role(stage), allow=1024, deny=discord.Permissions(manage_roles=True).value)
        await stage.env.settle()
        told = found(stage)

    assert "does not have the permission Manage Roles in #soccer. " in told
    assert "allow Manage Permissions" in told


async def test_a_channel_we_cannot_see_is_told_as_that_alone(tmp_path: Path) -> None:
    """What else is missing there shows once it is seen."""
    async with sound(tmp_path) as stage:
        overwrite(stage, stage.team.id, own_role(stage), deny=discord.Permissions(view_channel=True).value)
        stage.env.backend.delete_overwrite(stage.team.id, stage.discord.client.guilds[0].me.id)
        await stage.env.settle()
        told = found(stage)
        covered = [str(each) for each in cover(stage.discord.client, stage.discord.client.guilds[0])]

    (line,) = [each for each in told.splitlines() if "permission" in each and "#soccer" in each]
    assert line.startswith("Chaperone does not have the permission View Channels in #soccer.")
    assert "#soccer: not seen. Nothing written there is heard." in covered


async def test_roles_above_our_own_are_said(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        stage.env.backend.reorder_roles(stage.guild.id, [{"id": own_role(stage), "position": 1}])
        roles = [stage.roles[each].id for each in ("Coach", "Soccer", "Office")]
        stage.env.backend.reorder_roles(stage.guild.id, [{"id": each, "position": 5} for each in roles])
        await stage.env.settle()
        told = found(stage)

    assert "The role Coach stands above Chaperone's own." in told
    assert "The role Soccer stands above Chaperone's own: its coaches and students cannot be timed out." in told
    assert "The role Office stands" not in told


@pytest.mark.parametrize("name", ["kick_members", "manage_guild", "manage_threads", "manage_webhooks", "manage_roles"])
async def test_a_coach_who_holds_too_much_is_named(tmp_path: Path, name: str) -> None:
    async with sound(tmp_path) as stage:
        before = found(stage)
        change(stage, stage.roles["Coach"].id, discord.Permissions(**{name: True}))
        await stage.env.settle()
        told = found(stage)

    assert "leads a team and holds" not in before
    assert f"coach leads a team and holds {NAMES[name]}, and so gets around" in told


async def test_a_coach_who_is_an_administrator_is_named_as_broken(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        change(stage, stage.roles["Coach"].id, discord.Permissions(administrator=True))
        await stage.env.settle()
        client = stage.discord.client
        remarks = list(examine(client, client.guilds[0], AROUND))

    assert not is_sound(remarks)
    assert "coach leads a team and is an administrator" in said(remarks)


async def test_a_power_in_one_channel_counts(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        allow = discord.Permissions(view_channel=True, manage_messages=True)
        overwrite(stage, stage.team.id, stage.roles["Coach"].id, allow=allow.value)
        await stage.env.settle()

        assert "coach leads a team and holds Manage Messages" in found(stage)


async def test_roles_that_are_not_there_and_coaches_without_one_are_said(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        client = stage.discord.client
        client.setup = replace(client.setup, advisor_roles=frozenset({"Trainer"}))
        told = found(stage)

    assert "There is no role called Trainer here." in told
    assert "These lead a team and hold no role of coaches and advisors: advisor, coach." in told


# Private matters


async def test_a_channel_for_private_matters_where_people_can_write_is_said(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        told = found(stage)

    assert "People can write or open threads in #private-matters themselves: Office, Soccer." in told


async def test_nobody_who_gets_the_copies_is_said(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        stage.guild.remove_member(stage.people["principal"])
        await stage.env.settle()
        one = found(stage)
        stage.guild.remove_member(stage.people["director"])
        await stage.env.settle()
        both = found(stage)

    assert "The principal of high, or who stands in, cannot be let into #private-matters" in one
    assert "private matters are refused" not in one
    assert "Neither the principal nor the athletic director of high can be let into #private-matters" in both


async def test_who_gets_the_copies_may_have_another_account_elsewhere(tmp_path: Path) -> None:
    """They are let in with the account that is here; nobody has to mend anything."""
    async with sound(tmp_path) as stage:
        lists = stage.roster.lists
        elsewhere = tuple(
            LinkedAccount("discord", AccountId("1"), PersonId(each)) for each in ("principal", "director")
        )
        stage.roster.renew(replace(lists, accounts=(*lists.accounts, *elsewhere)))
        remarks = found(stage)

    assert "be let into" not in remarks


async def test_who_would_not_see_a_private_matter_is_counted(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        stage.env.backend.delete_overwrite(stage.private.id, stage.roles["Soccer"].id)
        await stage.env.settle()

        assert "5 of 5 coaches and students of high here cannot see #private-matters" in found(stage)


async def test_who_could_not_answer_in_a_private_matter_is_counted(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        deny = discord.Permissions(send_messages_in_threads=True).value
        overwrite(stage, stage.private.id, stage.roles["Soccer"].id, allow=1024, deny=deny)
        await stage.env.settle()

        assert "5 who see #private-matters could not answer" in found(stage)


async def test_private_matters_in_a_voice_room_are_said(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        room = stage.guild.create_voice_channel("talks")
        await stage.env.settle()
        stage.discord.client.setup = replace(stage.discord.client.setup, private={HIGH: room.id})

        assert "#talks, for the private matters of high, is no text channel." in found(stage)


# People


async def test_who_can_talk_apart_is_said(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        allow = discord.Permissions(view_channel=True, create_private_threads=True).value
        overwrite(stage, stage.team.id, stage.roles["Soccer"].id, allow=allow)
        await stage.env.settle()

        assert "5 coaches and students can open private threads, in #soccer." in found(stage)


async def test_a_coach_whom_nobody_knows_is_named(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        stage.guild.add_member(stage.env.create_user("mr-smith"), roles=[stage.roles["Coach"]])
        await stage.env.settle()
        told = found(stage)

    assert "These hold a role of coaches, and nobody knows who they are: mr-smith." in told
    assert "2 of 10 members are linked to nobody" in told


async def test_a_member_of_the_team_who_is_not_here_is_counted(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        stage.guild.remove_member(stage.people["s3"])
        await stage.env.settle()

        assert "1 of 4 members of soccer are not here. Invite them." in found(stage)


async def test_a_server_whose_members_are_not_known_is_said(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        guild = stage.discord.client.guilds[0]
        guild._member_count = 500
        told = found(stage)
        stage.discord.client.audiences.forget(guild.id)
        covered = [str(each) for each in cover(stage.discord.client, guild)]

    assert "Not all members are known" in told
    assert "linked to nobody" not in told
    assert "#soccer: watched, of the team soccer; nobody can say how many students read it." in covered


# What is kept in step


async def test_a_pause_that_was_asked_for_and_is_not_there_is_said(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        client, unasked = stage.discord.client, found(stage)
        client.setup = replace(client.setup, pause_direct_messages=True)
        asked = found(stage)
        ends = (NOW + timedelta(hours=20)).isoformat()
        client.guilds[0]._incidents_data = {"dms_disabled_until": ends, "invites_disabled_until": None}
        paused = found(stage)
        fine = [each.what for each in examine(client, client.guilds[0], AROUND) if each.weight is Weight.FINE]

    assert "are not paused" not in unasked
    assert "Direct messages between people are not paused, though the settings ask for it." in asked
    assert "are not paused" not in paused
    assert fine[1:] == ["Direct messages between people are paused until November 19 at 13:00 UTC."]


async def test_what_there_is_to_do_about_automod_is_said(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        steps = (Step(Doing.MAKE, "Chaperone: one"), Step(Doing.NO_ROOM, "Chaperone: two"))
        told = found(stage, replace(AROUND, automod=steps))

    assert "AutoMod has no place for the rule 'Chaperone: two'" in told
    assert "AutoMod does not have the rule 'Chaperone: one'. Leave Chaperone running" in told


async def test_what_could_not_be_read_is_said_where_it_is(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        stage.discord.client.notebook.unread |= {str(stage.team.id): "answered 403 (50001)", "17": "elsewhere"}
        told = found(stage)

    assert "What was written in #soccer meanwhile could not be read (answered 403 (50001))." in told
    assert "elsewhere" not in told


# Coverage


async def test_every_channel_is_told_with_who_can_read_it(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        stage.guild.create_text_channel("lounge")
        await stage.env.settle()
        client = stage.discord.client
        covered = list(cover(client, client.guilds[0]))

    assert [(each.name, each.team, each.students) for each in covered[:1]] == [("soccer", SOCCER, 3)]
    assert [str(each) for each in covered] == [
        "#soccer: watched, of the team soccer; 3 students can read it.",
        "#private-matters: private matters of high; 3 students can read it.",
        "#lounge: heard, but of no team, so never closed to coaches; 3 students can read it.",
    ]


def test_what_is_never_shown_is_said_plainly() -> None:
    told = " ".join(NEVER_SHOWN)

    assert all(each in told for each in ("Direct messages", "Other servers", "friends lists", "administrators"))


# How it is printed


def remarks() -> Iterator[Remark]:
    """Give one of each weight, in no order."""
    yield Remark(Weight.FINE, "All is well.")
    yield Remark(Weight.WEAK, "It creaks.", "Oil it.")
    yield Remark(Weight.BROKEN, "It fell off.", "Put it back.")


def test_the_worst_comes_first_with_how_to_mend_it() -> None:
    assert [*lines(remarks())] == [
        "broken  It fell off.",
        "        To mend it: Put it back.",
        "weak    It creaks.",
        "        To mend it: Oil it.",
        "fine    All is well.",
    ]
    assert not is_sound(remarks())


def test_a_remark_shows_nobody_in_a_log() -> None:
    """It may name a coach."""
    assert "Marino" not in repr(Remark(Weight.WEAK, "Marino holds too much.", "Ask Marino."))


async def test_moving_members_is_asked_for_only_where_the_district_wants_it(tmp_path: Path) -> None:
    async with sound(tmp_path) as stage:
        before = found(stage)
        stage.discord.client.setup = replace(stage.discord.client.setup, takes_out_of_voice=True)
        after = found(stage)

    assert "Move Members" not in before
    assert "does not have the permission Move Members on this server" in after
