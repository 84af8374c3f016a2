"""The app's own page: what somebody has to do, what was said to them, the copies they get; and ways to begin."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from adapters.slack.buttons import plain
from adapters.slack.forms import line
from adapters.slack.note import Block
from adapters.slack.web import Web
from bot.directory import Directory
from bot.people import AccountId, PersonId
from bot.texts import ENGLISH, N_, Text

TO_DO: Final = N_("What you have to do")
RECORD: Final = N_("Your record")
COPIES: Final = N_("Your copies")
BEGIN: Final = N_("What you can do here")
NOTHING: Final = N_("There is none now.")
AND_MORE: Final = N_("and {number} more")
NOT_LINKED: Final = N_("We do not know who you are yet. Link your account with your district address.")

COACHES: Final = (
    ("private", N_("Private message")),
    ("team", N_("Message to a team")),
    ("emergency", N_("Emergency")),
)
EVERYBODY: Final = (("report", N_("Tell an adult")), ("link", N_("Link your account")))

MOST_LINES: Final = 20
"""So many lines stand under one heading."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows somebody. Short names and days, the newest first, never words of a message."""

    to_do: tuple[str, ...] = ()
    record: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


Look = Callable[[PersonId], Awaitable[Page]]
"""Looks up what the page shows somebody."""


class Home:
    """Draws the page whenever somebody opens it."""

    def __init__(self, web: Web, directory: Directory) -> None:
        """Take the way to Slack, and who is who."""
        self._web = web
        self._directory = directory
        self.look: Look | None = None
        """Knows what stands in the record; None: the page shows the ways to begin alone."""

    async def opened(self, account: str) -> None:
        """Draw the page for whoever opened it."""
        person = self._directory.person(AccountId(account))
        page = await self.look(person) if person is not None and self.look is not None else None
        blocks = self._blocks(AccountId(account), page)
        await self._web.ask("views.publish", user_id=account, view={"type": "home", "blocks": blocks})

    def _blocks(self, account: AccountId, page: Page | None) -> list[Block]:
        ways = (*(COACHES if self._directory.leads(account) else ()), *EVERYBODY)
        blocks: list[Block] = [header(BEGIN), {"type": "actions", "elements": [_way(*each) for each in ways]}]
        if page is None:
            return [*blocks, line(ENGLISH.say(NOT_LINKED))] if self._directory.person(account) is None else blocks
        for title, lines in ((TO_DO, page.to_do), (RECORD, page.record), (COPIES, page.copies)):
            blocks += [header(title), line("\n".join(_shown(lines)) or ENGLISH.say(NOTHING))]
        return blocks


def _shown(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Show as many as fit, and say how many more there are."""
    left = len(lines) - MOST_LINES
    return lines if left <= 0 else (*lines[:MOST_LINES], ENGLISH.say(AND_MORE.filled(number=str(left))))


def header(text: Text) -> Block:
    """Draw a heading."""
    return {"type": "header", "text": plain(ENGLISH.say(text), 150)}


def _way(what: str, label: Text) -> Block:
    return {"type": "button", "action_id": f"open:{what}", "text": plain(ENGLISH.say(label))}
