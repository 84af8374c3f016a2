"""Linking an account with a code that was sent to a district address."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.oneroster import who_has
from bot.census import merge
from bot.lists import LinkedAccount, Listed, Lists
from bot.people import AccountId, AgeBand, PersonId
from bot.registrar import (
    LIFETIME,
    LINKED,
    MOST_AN_HOUR,
    NO_ADDRESS,
    NO_MAIL,
    NOT_OURS,
    SENT,
    TAKEN,
    TOO_OFTEN,
    TOO_YOUNG,
    TRIES,
    WRONG,
    Registrar,
)
from bot.roster import Roster
from bot.store.people import link, load_lists, save_lists
from bot.texts import Text
from tests.district import NOON, ZONE, lists
from tests.store.house import audited, house

ADDRESSES = {"s1@alderbrook.example": "s1", "coach@alderbrook.example": "coach"}
NEW = AccountId("new-account")


class Counter:
    """Where a registrar sits in a test: what it sent, what it linked, and what time it is."""

    def __init__(self, *, mail: bool = True, band: AgeBand | None = AgeBand.TEEN_16_TO_17) -> None:
        base = lists()
        people = tuple(
            Listed(each.id, each.roles, each.schools, band if each.id == "s1" else each.band) for each in base.people
        )
        self.roster = Roster(Lists(people, base.accounts, base.offices, base.teams), ZONE)
        self.sent: list[tuple[str, str]] = []
        self.linked: list[LinkedAccount] = []
        self.time: datetime = NOON
        send = self._send if mail else None
        self.registrar = Registrar(
            "replay", self.roster, ("alderbrook.example",), self._owner, send, self._link, lambda: "123456", self._now
        )

    def _now(self) -> datetime:
        return self.time

    async def _owner(self, address: str) -> PersonId | None:
        found = ADDRESSES.get(address)
        return None if found is None else PersonId(found)

    def _send(self, address: str, code: str) -> None:
        self.sent.append((address, code))

    async def _link(self, line: LinkedAccount) -> None:
        self.linked.append(line)


async def test_who_types_the_code_is_linked() -> None:
    counter = Counter()

    assert await counter.registrar.ask(NEW, " S1@AlderBrook.example ") == SENT
    assert counter.sent == [("s1@alderbrook.example", "123456")]
    assert await counter.registrar.confirm(NEW, " 123456 ") == LINKED
    assert counter.linked == [LinkedAccount("replay", NEW, PersonId("s1"), confirmed=True)]
    assert await counter.registrar.confirm(NEW, "123456") == WRONG, "a code is good once"


async def test_nobody_learns_whether_an_address_is_on_the_roster() -> None:
    counter = Counter()

    assert await counter.registrar.ask(NEW, "nobody@alderbrook.example") == SENT
    assert counter.sent == []
    assert await counter.registrar.confirm(NEW, "123456") == WRONG


@pytest.mark.parametrize(
    ("address", "answer"), [("s1@mail.example", NOT_OURS), ("s1", NO_ADDRESS), ("", NO_ADDRESS), ("a@b@c", NO_ADDRESS)]
)
async def test_only_a_district_address_counts(address: str, answer: Text) -> None:
    counter = Counter()

    assert await counter.registrar.ask(NEW, address) == answer
    assert counter.sent == []


async def test_without_mail_the_office_links() -> None:
    assert await Counter(mail=False).registrar.ask(NEW, "s1@alderbrook.example") == NO_MAIL


@pytest.mark.parametrize("band", [AgeBand.UNDER_13, None])
async def test_who_is_under_13_or_of_unknown_age_is_not_linked(band: AgeBand | None) -> None:
    """What is not known fails closed."""
    counter = Counter(band=band)
    await counter.registrar.ask(NEW, "s1@alderbrook.example")

    assert await counter.registrar.confirm(NEW, "123456") == TOO_YOUNG
    assert counter.linked == []


async def test_a_code_is_too_old_after_ten_minutes() -> None:
    counter = Counter()
    await counter.registrar.ask(NEW, "s1@alderbrook.example")
    counter.time += LIFETIME + timedelta(seconds=1)

    assert await counter.registrar.confirm(NEW, "123456") == WRONG


async def test_a_code_cannot_be_guessed() -> None:
    counter = Counter()
    await counter.registrar.ask(NEW, "s1@alderbrook.example")
    for number in range(TRIES):
        assert await counter.registrar.confirm(NEW, f"{number:06}") == WRONG

    assert await counter.registrar.confirm(NEW, "123456") == WRONG


async def test_nobody_is_flooded_with_codes() -> None:
    """Neither from one account nor, from many, at one address."""
    counter = Counter()
    for number in range(MOST_AN_HOUR):
        assert await counter.registrar.ask(AccountId(f"a{number}"), "s1@alderbrook.example") == SENT

    assert await counter.registrar.ask(AccountId("another"), "s1@alderbrook.example") == TOO_OFTEN
    counter.time += timedelta(hours=2)
    assert await counter.registrar.ask(AccountId("another"), "s1@alderbrook.example") == SENT


async def test_an_account_of_somebody_else_stays_theirs() -> None:
    counter = Counter()
    await counter.registrar.ask(AccountId("s2"), "s1@alderbrook.example")

    assert await counter.registrar.confirm(AccountId("s2"), "123456") == TAKEN
    assert counter.linked == []


async def test_a_link_outlives_the_next_import(tmp_path: Path) -> None:
    """The roster's file knows nothing of it, and must not take it away; the ledger says that there is one."""
    line = LinkedAccount("discord", NEW, PersonId("s1"), confirmed=True)
    async with house(tmp_path) as opened:
        master = opened.database.master
        async with opened.database.engine.begin() as connection:
            await connection.run_sync(save_lists, master, lists())
        async with opened.database.engine.begin() as connection:
            await connection.run_sync(link, master, line, NOON)
        kept = await opened.ledger.read(load_lists)
    audit = await audited(tmp_path)

    assert line in kept.accounts
    assert line in merge(kept, lists()).accounts
    given = LinkedAccount("discord", NEW, PersonId("s2"))
    assert merge(kept, replace(lists(), accounts=(given,))).accounts == (given,), "the office has the last word"
    assert audit.faults == []
    assert audit.entries == 2


async def test_an_address_is_found_in_the_files_and_kept_nowhere(tmp_path: Path) -> None:
    """A student's address is on the roster's own files alone."""
    header = "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email\n"
    rows = "s1,true,high,student,a,Ann,Bell,Ann@alderbrook.example\ns2,true,high,student,b,Ben,Bell,twins@x.example\n"
    (tmp_path / "users.csv").write_text(header + rows + "s3,true,high,student,c,Cy,Bell,twins@x.example\n")

    assert who_has(tmp_path, "ann@alderbrook.example") == "s1"
    assert who_has(tmp_path, "twins@x.example") is None
    assert who_has(tmp_path, "") is None
