"""What can be answered to a note, as buttons. Everything a button needs is in its id, so it outlives a restart."""

import re
from datetime import UTC, datetime
from typing import Any, Final, Self

import discord
import structlog

from adapters.discord.answering import Asked, guarded
from adapters.discord.forms import Form
from adapters.discord.orders import account
from adapters.discord.versions import PLATFORM
from adapters.wording import (
    CHOOSE,
    CHOOSE_ONE,
    DISAGREE,
    KINDS,
    NOBODY,
    NONE_CHOSEN,
    PRIVATE,
    SAY_WHAT,
    SAY_WHOSE,
    SAY_WHY,
    SOMEBODY_ELSE,
    WHICH_KIND,
    WHO,
    WHO_IS_IN_IT,
    WHOSE,
    invites_to_disagree,
)
from bot.directory import Choosable
from bot.message import MatterKind, PostId, Where, Words
from bot.notice import LABELS, Notice
from bot.people import AccountId
from bot.platform import Answer, Appeal
from bot.rule import Choice
from bot.texts import ENGLISH, N_, Text

LOG: Final = structlog.get_logger("chaperone.discord")

ONE_ALONE: Final = N_("Choose one student. Nothing is sent yet.")
PEOPLE: Final = N_("Students and colleagues, list {number}")

LONGEST_ID: Final = 100
"""Characters of a button's id."""

APPEAL: Final = "appeal"
MOST_IN_A_MENU: Final = 25
MOST_MENUS: Final = 4
"""Discord lets a form have five parts; the last says what to do about everybody else."""


def buttons(notice: Notice, post: PostId) -> discord.ui.View | None:
    """Draw what can be answered to a note about a post; nothing where it is about none."""
    if not post:
        return None
    view = discord.ui.View(timeout=None)
    for choice, label in zip(notice.choices, notice.labels, strict=True):
        _put(view, NoteButton(choice.name.lower(), post, label))
    if invites_to_disagree(notice):
        _put(view, NoteButton(APPEAL, post, ENGLISH.say(DISAGREE)))
    return view if view.children else None


def concern(post: PostId) -> discord.ui.View:
    """Draw the one button under a private matter: whoever reads it can say that a copy would go to the wrong person."""
    view = discord.ui.View(timeout=None)
    choice = Choice.CONCERNS_COPIED
    _put(view, NoteButton(choice.name.lower(), post, ENGLISH.say(LABELS[choice])))
    return view


def _put(view: discord.ui.View, button: "NoteButton") -> None:
    if len(button.custom_id) <= LONGEST_ID:
        view.add_item(button)
    else:
        LOG.warning("a button's id is too long, so it is not drawn", what=button.what, length=len(button.custom_id))


class NoteButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"note:(?P<what>[a-z_.]+):(?P<post>.+)"
):
    """One way to answer one note."""

    def __init__(self, what: str, post: PostId, label: str) -> None:
        """Name what it answers, and to a note about which post."""
        super().__init__(discord.ui.Button(label=label, custom_id=f"note:{what}:{post}"))
        self.what = what
        self.post = post

    @classmethod
    async def from_custom_id(cls, _: Asked, item: discord.ui.Item[discord.ui.View], match: re.Match[str]) -> Self:
        """Know a button again that an earlier run drew."""
        label = item.label if isinstance(item, discord.ui.Button) else None
        return cls(match["what"], PostId(match["post"]), label or "")

    @guarded
    async def callback(self, interaction: Asked) -> None:
        """Take the answer, or ask for what it still needs."""
        what, _, kind = self.what.partition(".")
        if what == APPEAL:
            await interaction.response.send_modal(AppealForm(self.post))
            return
        choice = Choice[what.upper()]
        match choice:
            case Choice.PRIVATE if not kind:
                await _ask(interaction, (WHICH_KIND, WHOSE), _kinds(self.post))
            case Choice.PRIVATE if kind == "student":
                students = interaction.client.directory.students_of(account(interaction))
                await interaction.response.send_modal(WhoseForm(self.post, students))
            case Choice.REASON | Choice.SOURCE:
                await interaction.response.send_modal(SayForm(self.post, choice))
            case Choice.PICTURED if not kind:
                await _ask(interaction, (WHO_IS_IN_IT,), _pictured(self.post))
            case Choice.PICTURED if kind == "students":
                directory, by = interaction.client.directory, account(interaction)
                people = (*directory.students_of(by), *directory.colleagues_of(by))
                await interaction.response.send_modal(PicturedForm(self.post, people))
            case _:
                matter = MatterKind(kind) if choice is Choice.PRIVATE else None
                await take(interaction, answer(interaction, self.post, choice, matter=matter))


def answer(
    interaction: Asked,
    post: PostId,
    choice: Choice,
    *,
    matter: MatterKind | None = None,
    pictured: tuple[AccountId, ...] = (),
    text: str = "",
    student: AccountId | None = None,
) -> Answer:
    """Write down what somebody answered."""
    by = account(interaction)
    return Answer(PLATFORM, str(interaction.id), by, datetime.now(UTC), post, choice, matter, pictured, text, student)


async def take(interaction: Asked, said: Answer | Appeal) -> None:
    """Hand on what somebody said; they are told that we have it once it is written."""
    await interaction.client.take(interaction, said.id, said)


async def _ask(interaction: Asked, question: tuple[Text, ...], view: discord.ui.View) -> None:
    await interaction.response.send_message(ENGLISH.say(*question), view=view, ephemeral=True)


def _kinds(post: PostId) -> discord.ui.View:
    """Offer both kinds of matter, and to choose whose it is; neither kind is chosen beforehand."""
    view = discord.ui.View(timeout=None)
    for kind, label in KINDS.items():
        _put(view, NoteButton(f"private.{kind}", post, ENGLISH.say(label)))
    _put(view, NoteButton("private.student", post, ENGLISH.say(CHOOSE_ONE)))
    return view


def _pictured(post: PostId) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    _put(view, NoteButton("pictured.students", post, ENGLISH.say(CHOOSE)))
    _put(view, NoteButton("pictured.nobody", post, ENGLISH.say(NOBODY)))
    return view


class PeopleForm(Form):
    """A form in which people of a coach's own teams are offered by name, in as many menus as it takes.

    Discord's own list of people would offer but the two of us, for a note is a direct message.
    """

    def __init__(self, title: Text, post: PostId) -> None:
        """Name the post or order that is answered about."""
        super().__init__(title)
        self.post = post
        self.menus: list[discord.ui.Select[Any]] = []

    def offer(self, people: tuple[Choosable, ...], *, most: int) -> None:
        """Offer people, of whom so many may be chosen in each menu; whoever fits no menu is for the office."""
        for first in range(0, min(len(people), MOST_MENUS * MOST_IN_A_MENU), MOST_IN_A_MENU):
            part = people[first : first + MOST_IN_A_MENU]
            number = len(self.menus) + 1
            options = [discord.SelectOption(label=each.name[:100], value=each.account) for each in part]
            menu: discord.ui.Select[Any] = discord.ui.Select(
                custom_id=f"students{number}",
                options=options,
                min_values=0,
                max_values=min(most, len(options)),
                required=False,
            )
            self.menus.append(menu)
            self.ask(PEOPLE.filled(number=str(number)), menu)

    @property
    def chosen(self) -> tuple[AccountId, ...]:
        """Name who was chosen."""
        return tuple(AccountId(each) for menu in self.menus for each in menu.values)


class PicturedForm(PeopleForm):
    """Who is in a picture: the students of a coach's own teams, then who leads them too."""

    def __init__(self, post: PostId, people: tuple[Choosable, ...]) -> None:
        """Name the post or order whose picture it is, and offer people."""
        super().__init__(WHO, post)
        self.offer(people, most=MOST_IN_A_MENU)
        self.add_item(discord.ui.TextDisplay(ENGLISH.say(SOMEBODY_ELSE)))

    async def on_submit(self, interaction: Asked) -> None:
        """Take who was chosen. That nobody was is no answer: nobody is in it is another button."""
        if self.chosen:
            await take(interaction, answer(interaction, self.post, Choice.PICTURED, pictured=self.chosen))
        else:
            await interaction.response.send_message(ENGLISH.say(NONE_CHOSEN), ephemeral=True)


class WhoseForm(PeopleForm):
    """Whose private matter it is, and of which kind: for what more than one student could read."""

    def __init__(self, post: PostId, students: tuple[Choosable, ...]) -> None:
        """Name the post that is moved, and offer the students; neither kind is chosen beforehand."""
        super().__init__(PRIVATE, post)
        self.kind = self.ask_for_kind()
        self.offer(students, most=1)

    async def on_submit(self, interaction: Asked) -> None:
        """Take whose it is; one student, or it would be no private matter."""
        matter = MatterKind(self.kind.value) if self.kind.value else None
        if len(self.chosen) == 1:
            (student,) = self.chosen
            said = answer(interaction, self.post, Choice.PRIVATE, matter=matter, student=student)
            await take(interaction, said)
        else:
            await interaction.response.send_message(ENGLISH.say(ONE_ALONE), ephemeral=True)


class SayForm(Form):
    """What is answered in words: what an emergency was, or where a picture is from."""

    def __init__(self, post: PostId, choice: Choice) -> None:
        """Name the post it is about, and what is answered."""
        super().__init__(LABELS[choice])
        self.post = post
        self.choice = choice
        self.said = self.ask_for_text(SAY_WHAT if choice is Choice.REASON else SAY_WHOSE, "reason")

    async def on_submit(self, interaction: Asked) -> None:
        """Take what was said."""
        await take(interaction, answer(interaction, self.post, self.choice, text=self.said.value))


class AppealForm(Form):
    """Why somebody thinks that we are wrong."""

    def __init__(self, post: PostId) -> None:
        """Name the post it is about."""
        super().__init__(DISAGREE)
        self.post = post
        self.why = self.ask_for_text(SAY_WHY, "why", required=False)

    async def on_submit(self, interaction: Asked) -> None:
        """Take the objection."""
        words = (Words(Where.BODY, self.why.value),) if self.why.value else ()
        by = account(interaction)
        await take(interaction, Appeal(PLATFORM, str(interaction.id), self.post, by, datetime.now(UTC), words))
