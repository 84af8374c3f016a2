"""The forms people fill in. Whoever has typed something loses nothing: what cannot be sent is given back by a note."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, Self

import discord
import structlog
from discord.abc import GuildChannel

from adapters.discord.answering import Asked, apologise, begin_answer, guarded
from adapters.discord.orders import account, in_channel, to_student
from adapters.discord.versions import PLATFORM
from adapters.wording import (
    ADDRESS,
    ANYBODY,
    CODE,
    CONCERNS,
    COPIES_GO_TO,
    EMERGENCY,
    I_HAVE_IT,
    KIND,
    KINDS,
    LINK,
    MESSAGE,
    MORE,
    NEITHER,
    NOBODY_YET,
    NOT_MY_COACH,
    PRIVATE,
    REASONS,
    TELL,
    TO_THE_TEAM,
    WHAT,
    WHOEVER,
    WHOM,
)
from bot.directory import Choosable
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import OrderKind, Report
from bot.texts import ENGLISH, Text

LOG: Final = structlog.get_logger("chaperone.discord")

PATIENCE: Final = 5.0
"""Seconds that a report waits for the message it is about."""

LONGEST: Final = 4_000
"""Characters that a field takes."""


class Form(discord.ui.Modal):
    """A form whose fields are named, so that a test can fill them in."""

    def __init__(self, title: Text) -> None:
        """Give it a title."""
        super().__init__(title=ENGLISH.say(title))

    async def on_error(  # type: ignore[override]  # the library's own forms have another signature than its views
        self, interaction: Asked, error: Exception, /
    ) -> None:
        """Say that it failed; no words of it are written down."""
        await apologise(interaction, error)

    def ask(self, question: Text, field: discord.ui.Item[Any]) -> None:
        """Put a field under its question."""
        self.add_item(discord.ui.Label(text=ENGLISH.say(question), component=field))

    def ask_for_text(self, question: Text, name: str, *, required: bool = True) -> discord.ui.TextInput[Self]:
        """Put a field for a text of several lines."""
        field: discord.ui.TextInput[Self] = discord.ui.TextInput(
            custom_id=name, style=discord.TextStyle.paragraph, required=required, max_length=LONGEST
        )
        self.ask(question, field)
        return field

    def ask_for_kind(self) -> discord.ui.RadioGroup[Self]:
        """Put both kinds of private matter, of which neither is chosen beforehand."""
        options = [discord.RadioGroupOption(label=ENGLISH.say(text), value=kind) for kind, text in KINDS.items()]
        field: discord.ui.RadioGroup[Self] = discord.ui.RadioGroup(custom_id="kind", options=options)
        self.ask(KIND, field)
        return field


class PrivateForm(Form):
    """A private matter to one student. Neither kind is chosen beforehand."""

    def __init__(self, student: AccountId, copied: tuple[str, ...]) -> None:
        """Take the student, and who receives copies."""
        super().__init__(PRIVATE)
        self.student = student
        self.kind = self.ask_for_kind()
        self.message = self.ask_for_text(MESSAGE, "message")
        self.concerns: discord.ui.Checkbox[Self] = discord.ui.Checkbox(custom_id="concerns")
        self.ask(CONCERNS, self.concerns)
        line = COPIES_GO_TO.filled(who=", ".join(copied)) if copied else NOBODY_YET
        self.add_item(discord.ui.TextDisplay(ENGLISH.say(line, NEITHER)))

    async def on_submit(self, interaction: Asked) -> None:
        """Hand on the order."""
        matter = MatterKind(self.kind.value) if self.kind.value else None
        order = to_student(interaction, self.student, OrderKind.PRIVATE, self.message.value)
        order = replace(order, post=replace(order.post, matter=matter, concerns_copied=self.concerns.value))
        await interaction.client.take(interaction, order.post.id, order)


class TeamForm(Form):
    """A message to a team, in its own channel."""

    def __init__(self, channel: GuildChannel) -> None:
        """Take the channel."""
        super().__init__(TO_THE_TEAM)
        self.channel = channel
        self.message = self.ask_for_text(MESSAGE, "message")

    async def on_submit(self, interaction: Asked) -> None:
        """Hand on the order."""
        words = (Words(Where.BODY, self.message.value),)
        order = await in_channel(interaction, self.channel, OrderKind.TEAM, words)
        await interaction.client.take(interaction, order.post.id, order)


class EmergencyForm(Form):
    """An emergency, to a team or to one student."""

    def __init__(self, to: GuildChannel | AccountId) -> None:
        """Take the channel of the team, or the student."""
        super().__init__(EMERGENCY)
        self.to = to
        self.message = self.ask_for_text(MESSAGE, "message")

    async def on_submit(self, interaction: Asked) -> None:
        """Hand on the order."""
        text = self.message.value
        if isinstance(self.to, GuildChannel):
            words = (Words(Where.BODY, text),)
            order = await in_channel(interaction, self.to, OrderKind.EMERGENCY, words)
        else:
            order = to_student(interaction, self.to, OrderKind.EMERGENCY, text)
        await interaction.client.take(interaction, order.post.id, order)


class LinkForm(Form):
    """Which address a code is sent to."""

    def __init__(self) -> None:
        """Ask for it."""
        super().__init__(LINK)
        self.address: discord.ui.TextInput[Self] = discord.ui.TextInput(custom_id="address", max_length=254)
        self.ask(ADDRESS, self.address)

    async def on_submit(self, interaction: Asked) -> None:
        """Let the code be sent, and offer to type it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        answer = await interaction.client.registrar.ask(account(interaction), self.address.value)
        view = discord.ui.View(timeout=None)
        view.add_item(CodeButton())
        await interaction.edit_original_response(content=ENGLISH.say(answer), view=view)


class CodeButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template="link:code"):
    """Opens the form for the code; an earlier run may have drawn it."""

    def __init__(self) -> None:
        """Say what it does."""
        super().__init__(discord.ui.Button(label=ENGLISH.say(I_HAVE_IT), custom_id="link:code"))

    @classmethod
    async def from_custom_id(cls, _: Asked, __: discord.ui.Item[discord.ui.View], ___: re.Match[str]) -> Self:
        """Know it again."""
        return cls()

    @guarded
    async def callback(self, interaction: Asked) -> None:
        """Ask for the code."""
        await interaction.response.send_modal(CodeForm())


class CodeForm(Form):
    """The code that was sent."""

    def __init__(self) -> None:
        """Ask for it."""
        super().__init__(LINK)
        self.code: discord.ui.TextInput[Self] = discord.ui.TextInput(custom_id="code", max_length=20)
        self.ask(CODE, self.code)

    async def on_submit(self, interaction: Asked) -> None:
        """Take the code, and say what came of it."""
        client = interaction.client
        await interaction.response.defer(ephemeral=True, thinking=True)
        answer = await client.registrar.confirm(account(interaction), self.code.value)
        client.look_at_servers_again()
        await interaction.edit_original_response(content=ENGLISH.say(answer))


class ReportForm(Form):
    """Somebody tells an adult, about a message or about anything. Which adult is theirs to choose."""

    def __init__(self, adults: tuple[Choosable, ...], message: discord.Message | None) -> None:
        """Take whom they can choose, and the message they point at."""
        super().__init__(TELL)
        self.message = message
        self.reason: discord.ui.RadioGroup[Self] = discord.ui.RadioGroup(
            custom_id="reason",
            options=[
                discord.RadioGroupOption(label=ENGLISH.say(each), value=str(number))
                for number, each in enumerate(REASONS)
            ],
        )
        self.ask(WHAT, self.reason)
        anybody = discord.SelectOption(label=ENGLISH.say(WHOEVER), value=ANYBODY, default=True)
        people = [discord.SelectOption(label=each.name[:100], value=each.account) for each in adults[:24]]
        self.adult: discord.ui.Select[Any] = discord.ui.Select(custom_id="adult", options=[anybody, *people])
        self.ask(WHOM, self.adult)
        self.more = self.ask_for_text(MORE, "more", required=False)
        self.skip_coach: discord.ui.Checkbox[Self] = discord.ui.Checkbox(custom_id="skip")
        self.ask(NOT_MY_COACH, self.skip_coach)

    async def on_submit(self, interaction: Asked) -> None:
        """Hand on the report."""
        client, message = interaction.client, self.message
        id_, channel = str(interaction.id), interaction.channel
        chosen = next((each for each in self.adult.values if each != ANYBODY), None)
        reason = ENGLISH.say(REASONS[int(self.reason.value or len(REASONS) - 1)])
        text = f"{reason}. {self.more.value}" if self.more.value else reason
        place = client.place(channel) if isinstance(channel, GuildChannel | discord.Thread) else PlaceId(id_)
        team = client.team_of(channel) if isinstance(channel, GuildChannel | discord.Thread) else None
        if message is not None and message.guild is not None:
            await begin_answer(interaction)
            await _hear(interaction, message)
        post, author = client.origin(message) if message is not None else (PostId(f"report:{id_}"), None)
        report = Report(
            PLATFORM,
            id_,
            post,
            place,
            account(interaction),
            datetime.now(UTC),
            (Words(Where.BODY, text),),
            author,
            team,
            AccountId(chosen) if chosen is not None else None,
            skip_coach=self.skip_coach.value,
        )
        await client.take(interaction, id_, report)


async def _hear(interaction: Asked, message: discord.Message) -> None:
    """Tell of a message that was written before we came, or was never told: an adult has to see what it said.

    The report does not wait for long: Discord may have to be asked who is in a thread.
    """
    hearing = interaction.client.waiting.begin(interaction.client.hear(message, late=True))
    await asyncio.wait({hearing}, timeout=PATIENCE)
    if hearing.done() and not hearing.cancelled() and (fault := hearing.exception()) is not None:
        LOG.error("a message that somebody told of could not be heard", fault=type(fault).__name__)
