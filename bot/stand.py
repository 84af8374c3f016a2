"""What every live platform stands on: the plan, the people, the notes; and what one looks like to the house."""

import asyncio
import re
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

import rules
from adapters.mail import Mail
from adapters.oneroster import edition_of, who_has
from bot.actions import Alert, Ask, Copy, Deed, Tell
from bot.config import Configuration
from bot.directory import Directory
from bot.house import House, HouseFiles
from bot.letter import CopyNotice, Letter, note_of_copy, write_code
from bot.lists import LinkedAccount, Lists
from bot.moderator import Moderator
from bot.notice import Notice
from bot.people import PersonId
from bot.platform import Outcome, Platform
from bot.registrar import Registrar
from bot.roster import Roster
from bot.slack_secrets import read_secrets
from bot.store import memory
from bot.store.people import link as keep_link
from bot.store.people import load_lists
from bot.store.whole import finish
from bot.what_reads import open_scorer
from bot.wiring import build_roster, letterhead, letters

LOG: Final = structlog.get_logger("chaperone.live")

PIECE: Final = 1_800
"""Characters of the policy in one message."""


@dataclass(frozen=True, slots=True)
class LivePlan:
    """Where to keep things, and what the settings say."""

    place: HouseFiles
    configuration: Configuration
    tell: Callable[[str], None]
    """Told, in a sentence, what is going on."""

    @property
    def roster(self) -> Path | None:
        """Name the district's roster files."""
        path = self.configuration.settings.roster.path
        return None if path is None else self.configuration.resolve(path)

    def directory(self, platform: str, lists: Lists) -> Directory:
        """Say who is who today, as seen from a platform, by lists that are as old as the roster's files."""
        roster = build_roster(lists, self.configuration, edition_of(self.roster).as_of)
        return directory_of(platform, roster, self.configuration)

    def check(self) -> None:
        """Refuse what cannot work, before anything is opened: a rule, an exception, a token that is not there."""
        settings = self.configuration.settings
        self.configuration.refuse_mistakes(rules.every())
        open_scorer(self.configuration)
        if settings.discord.servers:
            self.configuration.discord_token()
        if settings.slack.workspace:
            read_secrets(self.configuration, self.place)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a platform is put on: an open house, and all that stands in it."""

    house: House
    plan: LivePlan
    roster: Roster
    moderator: Moderator
    mail: Mail | None

    def directory(self, platform: str) -> Directory:
        """Say who is who today, as seen from a platform."""
        return directory_of(platform, self.roster, self.plan.configuration)

    def letters(self, platform: str) -> Callable[[Deed], Letter | None]:
        """Say who writes letters: to whom the roster in force knows, for offices change hands while a house stands."""
        directory, head = self.directory(platform), letterhead(self.plan.configuration)
        return letters(lambda: directory.day.mail_addresses, head, self.house.database.master)

    async def has_stood(self, platform: str) -> bool:
        """Say whether a platform was ever heard here."""
        return await self.house.ledger.read(memory.has_stood, platform)

    def mark(self, deed: Deed) -> str:
        """Tell a deed from every other, in a way that says nothing."""
        return self.house.database.master.index("note", deed.id).hex()[:16]


@dataclass(frozen=True, slots=True)
class Stand:
    """One live platform, as the house sees it."""

    platform: Platform
    rehearse: bool
    stay: Callable[[], Coroutine[Any, Any, None]]
    """Holds the connection until it is cancelled."""
    close: Callable[[], Coroutine[Any, Any, None]]
    changed: Callable[[], None]
    """Told that people may be others now."""
    caught_up: Callable[[], bool]
    """Says whether everything is read that happened before this connection."""


def now() -> datetime:
    """Read the clock on the wall."""
    return datetime.now(UTC)


def directory_of(platform: str, roster: Roster, configuration: Configuration) -> Directory:
    """Say who is who today, as seen from a platform."""
    zone = configuration.settings.zone
    return Directory(platform, roster, lambda: now().astimezone(zone).date())


def build_notice(plan: LivePlan) -> Callable[[Deed], Notice | None]:
    """Say what a deed tells somebody."""
    head = letterhead(plan.configuration)

    def notice_of(deed: Deed) -> Notice | None:
        match deed.action:
            case Tell(notice=notice) | Ask(notice=notice) | Alert(notice=notice):
                return notice
            case Copy(to=to, office=office, sent_at=datetime() as sent_at) as copy if deed.copy:
                return note_of_copy(head, CopyNotice(deed.copy, sent_at, to, office, copy.stands_in))
            case _:
                return None

    return notice_of


def policy_pieces() -> dict[str, tuple[str, ...]]:
    """Cut the district's words at their sections, and each section into pieces that a chat message holds."""
    sections: dict[str, tuple[str, ...]] = {}
    _, *parts = re.split(r"^(\w+ Guidelines):$", (rules.FOLDER / "policy.txt").read_text("utf-8"), flags=re.MULTILINE)
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        pieces = [f"**{name}**"]
        for line in filter(None, map(str.strip, text.splitlines())):
            if len(pieces[-1]) + len(line) > PIECE:
                pieces.append("")
            pieces[-1] = f"{pieces[-1]}\n{line}".strip()
        sections[name] = tuple(pieces)
    return sections


def build_registrar(ground: Ground, platform: str) -> Registrar:
    """Let people link their accounts on a platform, with codes by mail."""
    house, roster, plan, mail = ground.house, ground.roster, ground.plan, ground.mail
    head, path = letterhead(plan.configuration), plan.roster

    async def owner(address: str) -> PersonId | None:
        if path is not None:
            return await asyncio.to_thread(who_has, path, address)
        return next((each.id for each in roster.lists.people if each.active and each.mail_address == address), None)

    def send(address: str, code: str) -> None:
        if mail is not None:
            house.tasks.create_task(_deliver(mail, write_code(head, code, address, secrets.token_hex(16))))

    async def link(line: LinkedAccount) -> None:
        async with house.ledger.still():
            await finish(_keep(house, line))
        roster.renew(await house.ledger.read(load_lists))

    return Registrar(
        platform,
        roster,
        plan.configuration.settings.district.mail_domains,
        owner,
        send if mail is not None else None,
        link,
        lambda: f"{secrets.randbelow(1_000_000):06}",
        now,
    )


async def _deliver(mail: Mail, letter: Letter) -> None:
    """Send a code. What is lost is asked for again."""
    try:
        receipt = await mail.send(letter)
    except Exception as error:  # noqa: BLE001 (whatever fails, the house goes on standing)
        LOG.warning("a code could not be sent", fault=type(error).__name__)
        return
    if receipt.outcome is not Outcome.DONE:
        LOG.warning("a code was not sent", outcome=receipt.outcome)


async def _keep(house: House, line: LinkedAccount) -> None:
    async with house.database.engine.begin() as connection:
        await connection.run_sync(keep_link, house.database.master, line, now())
