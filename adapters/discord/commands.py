"""What people can ask for on Discord: the commands, and the menu *Tell a teacher* on every message."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

import discord
from discord import app_commands
from discord.abc import GuildChannel

from adapters.discord.answering import Asked, apologise, begin_answer
from adapters.discord.forms import EmergencyForm, LinkForm, PrivateForm, ReportForm, TeamForm
from adapters.discord.orders import account, in_channel, to_student
from adapters.discord.pictures import Picture
from adapters.pictures.anatomy import UnreadableError, take_apart
from adapters.wording import NO_CHANNEL, NOT_YOUR_TEAM, NOT_YOURS
from bot.directory import Choosable
from bot.message import Attached, MatterKind, Where, Words
from bot.people import AccountId, TeamId
from bot.platform import OrderKind
from bot.readings.picture import LARGEST, put_together
from bot.registrar import NO_MAIL
from bot.texts import ENGLISH, N_, Text

MOST_CHOICES: Final = 25
"""Discord shows no more."""

FOR_COACHES: Final = N_("Only coaches and advisors can send this way. You can always tell an adult: use /report.")
NOT_YOUR_PLACE: Final = N_("A picture goes to a place of your own team, where you may write. Use the command there.")
NOT_A_PICTURE: Final = N_("This is no picture, or it is too large. Pictures of up to 10 MB can be posted.")
WE_WILL_ASK: Final = N_("We have your picture, and hold it for one day. You get a note that asks who is in it.")
NOT_HERE: Final = N_("This works on the district's servers only.")


class Tree(app_commands.CommandTree[Any]):
    """The commands. What fails in one is told to whoever gave it, and no words of it are written down."""

    async def on_error(self, interaction: Asked, error: app_commands.AppCommandError, /) -> None:
        """Say that it failed."""
        await apologise(interaction, error)


Section = Literal["General Guidelines", "Employee Guidelines", "Student Guidelines"]


async def say(interaction: Asked, text: Text) -> None:
    """Answer somebody alone, at once."""
    await interaction.response.send_message(ENGLISH.say(text), ephemeral=True)


async def suggest_student(interaction: Asked, typed: str) -> list[app_commands.Choice[str]]:
    """Offer a coach the students of their own teams."""
    return _choices(interaction.client.directory.students_of(account(interaction)), typed)


async def suggest_team(interaction: Asked, typed: str) -> list[app_commands.Choice[str]]:
    """Offer a coach their own teams."""
    teams = interaction.client.directory.teams_of(account(interaction))
    found = [each for each in teams if typed.lower() in each.lower()]
    return [app_commands.Choice(name=each[:100], value=each) for each in found[:MOST_CHOICES]]


def _choices(people: tuple[Choosable, ...], typed: str) -> list[app_commands.Choice[str]]:
    found = [each for each in people if typed.lower() in each.name.lower()]
    return [app_commands.Choice(name=each.name[:100], value=each.account) for each in found[:MOST_CHOICES]]


@app_commands.command(name="private", description="Write to one student: medical or academic, copied.")
@app_commands.describe(student="A student of your own teams")
@app_commands.autocomplete(student=suggest_student)
@app_commands.guild_only()
async def private(interaction: Asked, student: str) -> None:
    """Ask for a private matter: what kind, and what to say. Both kinds are copied to the same people."""
    client = interaction.client
    if not client.directory.leads(account(interaction)):
        await say(interaction, FOR_COACHES)
    elif not any(each.account == student for each in client.directory.students_of(account(interaction))):
        await say(interaction, NOT_YOURS)
    else:
        order = to_student(interaction, AccountId(student), OrderKind.PRIVATE, "")
        copied = client.copied(replace(order, post=replace(order.post, matter=MatterKind.MEDICAL)))
        await interaction.response.send_modal(PrivateForm(AccountId(student), copied))


@app_commands.command(name="team", description="Send one message to a whole team, in its own channel.")
@app_commands.describe(team="One of your teams")
@app_commands.autocomplete(team=suggest_team)
@app_commands.guild_only()
async def team(interaction: Asked, team: str) -> None:
    """Ask for a message to a team."""
    directory, by, channel = interaction.client.directory, account(interaction), _channel_of(interaction, TeamId(team))
    if not directory.leads(by):
        await say(interaction, FOR_COACHES)
    elif team not in directory.teams_of(by):
        await say(interaction, NOT_YOUR_TEAM)
    elif channel is None:
        await say(interaction, NO_CHANNEL)
    else:
        await interaction.response.send_modal(TeamForm(channel))


@app_commands.command(name="emergency", description="Send it now. It is copied, and you say later what it was.")
@app_commands.describe(student="Only where it is for one student; else it goes to your team", team="One of your teams")
@app_commands.autocomplete(student=suggest_student, team=suggest_team)
@app_commands.guild_only()
async def emergency(interaction: Asked, student: str = "", team: str = "") -> None:
    """Ask for an emergency: to one student, or to a team."""
    directory, by = interaction.client.directory, account(interaction)
    if not directory.leads(by):
        await say(interaction, FOR_COACHES)
        return
    if student:
        known = any(each.account == student for each in directory.students_of(by))
        form = EmergencyForm(AccountId(student))
        await (interaction.response.send_modal(form) if known else say(interaction, NOT_YOURS))
        return
    if team and team not in directory.teams_of(by):
        await say(interaction, NOT_YOUR_TEAM)
        return
    teams = (TeamId(team),) if team else directory.teams_of(by)
    channels = [found for each in teams if (found := _channel_of(interaction, each)) is not None]
    meant = _meant(interaction, channels)
    if meant is None:
        await say(interaction, NOT_YOUR_TEAM if channels else NO_CHANNEL)
    else:
        await interaction.response.send_modal(EmergencyForm(meant))


@app_commands.command(name="photo", description="Post a picture once it is known that everybody in it may be shown.")
@app_commands.describe(picture="The picture", text="What to say with it")
@app_commands.guild_only()
async def photo(interaction: Asked, picture: discord.Attachment, text: str = "") -> None:
    """Take a picture and hold it until somebody has said who is in it."""
    client, channel = interaction.client, interaction.channel
    if not client.directory.leads(account(interaction)):
        await say(interaction, FOR_COACHES)
        return
    if not (picture.content_type or "").startswith("image/") or picture.size > LARGEST:
        await say(interaction, NOT_A_PICTURE)
        return
    if not isinstance(channel, GuildChannel | discord.Thread):
        await say(interaction, NOT_HERE)
        return
    if not _is_theirs(interaction, channel):
        await say(interaction, NOT_YOUR_PLACE)
        return
    await begin_answer(interaction)
    content = await _without_place(picture)
    if content is None:
        await interaction.followup.send(ENGLISH.say(NOT_A_PICTURE), ephemeral=True)
        return
    held = Picture(picture.filename, content, datetime.now(UTC))
    client.pictures.keep(str(interaction.id), held)
    shown = ((Where.BODY, text), (Where.FILE_NAME, picture.filename), (Where.ALT_TEXT, picture.description or ""))
    words = tuple(Words(where, each) for where, each in shown if each)
    order = await in_channel(interaction, channel, OrderKind.PHOTO, words)
    attached = (Attached(order.post.id, picture.size),)
    order = replace(order, post=replace(order.post, attached=attached))
    client.expect(interaction, order.post.id, WE_WILL_ASK)
    client.tell(order)


async def _without_place(picture: discord.Attachment) -> bytes | None:
    """Fetch a picture, and leave out where it was taken and by whom. None: it is no picture that we can read."""
    content = await picture.read()
    try:
        return put_together(take_apart(content).pieces, content)
    except UnreadableError:
        return None


@app_commands.command(
    name="report", description="Tell an adult about something that is not right. Nobody else sees it."
)
async def report(interaction: Asked) -> None:
    """Tell an adult, without pointing at a message."""
    await interaction.response.send_modal(ReportForm(interaction.client.directory.adults(account(interaction)), None))


@app_commands.context_menu(name="Tell a teacher")
async def tell_a_teacher(interaction: Asked, message: discord.Message) -> None:
    """Tell an adult about one message."""
    await interaction.response.send_modal(
        ReportForm(interaction.client.directory.adults(account(interaction)), message)
    )


@app_commands.command(name="policy", description="Read the district's rules, in its own words.")
@app_commands.describe(section="Which part")
async def policy(interaction: Asked, section: Section = "General Guidelines") -> None:
    """Show a part of the policy to whoever asks, alone."""
    first, *rest = interaction.client.policy[section]
    await interaction.response.send_message(first, ephemeral=True)
    for each in rest:
        await interaction.followup.send(each, ephemeral=True)


@app_commands.command(name="link", description="Link your account, with a code sent to your district address.")
async def link(interaction: Asked) -> None:
    """Ask for the address to which the code goes."""
    if interaction.client.registrar is None:
        await say(interaction, NO_MAIL)
    else:
        await interaction.response.send_modal(LinkForm())


COMMANDS: Final[tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...]] = (
    private,
    team,
    emergency,
    photo,
    report,
    policy,
    link,
    tell_a_teacher,
)


def _is_theirs(interaction: Asked, place: GuildChannel | discord.Thread) -> bool:
    """Say whether a place is one of a team that somebody leads, and they may write there."""
    client, user = interaction.client, interaction.user
    if not isinstance(user, discord.Member) or client.team_of(place) not in client.directory.teams_of(
        account(interaction)
    ):
        return False
    allowed = place.permissions_for(user)
    return allowed.send_messages_in_threads if isinstance(place, discord.Thread) else allowed.send_messages


def _meant(interaction: Asked, channels: list[GuildChannel]) -> GuildChannel | None:
    """Pick whose channel somebody means: of the team in whose place they ask, or the only one. Else nobody can tell."""
    client, here = interaction.client, interaction.channel
    team = client.team_of(here) if isinstance(here, GuildChannel | discord.Thread) else None
    meant = [each for each in channels if client.team_of(each) == team] or channels
    return meant[0] if len(meant) == 1 else None


def _channel_of(interaction: Asked, team: TeamId) -> GuildChannel | None:
    """Find the channel of a team on the server where somebody asks: the first that takes messages; no forum does."""
    ids = [channel for channel, registered in interaction.client.setup.teams.items() if registered == team]
    found = (interaction.guild.get_channel(each) for each in ids if interaction.guild is not None)
    return next((each for each in found if isinstance(each, discord.abc.Messageable)), None)
