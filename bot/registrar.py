"""Links an account to a person: whoever reads what is sent to a district address is its owner.

Nobody learns from an answer whether an address is on the roster. Codes stand in memory alone, for ten minutes.
"""

import hmac
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.address import is_address
from bot.lists import LinkedAccount
from bot.people import AccountId, AgeBand, PersonId, Role
from bot.roster import Roster
from bot.texts import N_, Text

LIFETIME: Final = timedelta(minutes=10)
TRIES: Final = 5
"""So often may a code be typed wrong."""

AN_HOUR: Final = timedelta(hours=1)
MOST_AN_HOUR: Final = 3
"""So many codes are sent for one account, and to one address, in an hour."""

SENT: Final = N_("If this is your district address, a code is on its way to it. Type it here within ten minutes.")
NOT_OURS: Final = N_("Use your district address. Others cannot be linked.")
NO_ADDRESS: Final = N_("This is not a mail address. Type it again.")
TOO_OFTEN: Final = N_("Codes were asked for too often. Wait an hour, then try again.")
NO_MAIL: Final = N_("Codes cannot be sent yet. Ask the office to link your account.")
WRONG: Final = N_("This code is not right, or it is too old. Ask for a new one.")
TOO_YOUNG: Final = N_("Your account cannot be linked here, because of your age. Ask the office.")
TAKEN: Final = N_("This account is linked to somebody else. Ask the office.")
LINKED: Final = N_("Your account is linked. Thank you.")


@dataclass(slots=True)
class Sent:
    """A code that was sent."""

    person: PersonId
    code: str = field(repr=False)
    until: datetime
    wrong: int = 0


class Registrar:
    """Sends codes for the accounts of one platform, and takes them."""

    def __init__(
        self,
        platform: str,
        roster: Roster,
        domains: tuple[str, ...],
        owner: Callable[[str], Awaitable[PersonId | None]],
        send: Callable[[str, str], None] | None,
        link: Callable[[LinkedAccount], Awaitable[None]],
        new_code: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        """Take who is who, whose an address is, how a code is sent (None: not at all), and how a link is kept.

        Sending must not wait for the mail: how long it takes would tell whose address it is.
        """
        self._platform = platform
        self._roster = roster
        self._domains = domains
        self._owner = owner
        self._send = send
        self._link = link
        self._new_code = new_code
        self._now = now
        self._sent: dict[AccountId, Sent] = {}
        self._asked: defaultdict[str, list[datetime]] = defaultdict(list)

    async def ask(self, account: AccountId, address: str) -> Text:
        """Send a code to an address, if it is a district address and somebody's; say what to do next."""
        address = address.strip().lower()
        if self._send is None:
            return NO_MAIL
        if not is_address(address):
            return NO_ADDRESS
        if address.rpartition("@")[2] not in self._domains:
            return NOT_OURS
        if self._too_often(account) or self._too_often(address):
            return TOO_OFTEN
        person = await self._owner(address)
        if person is not None:
            code = self._new_code()
            self._sent[account] = Sent(person, code, self._now() + LIFETIME)
            self._send(address, code)
        return SENT

    def _too_often(self, whose: str) -> bool:
        now = self._now()
        self._asked[whose] = [each for each in self._asked[whose] if now - each < AN_HOUR]
        self._asked[whose].append(now)
        return len(self._asked[whose]) > MOST_AN_HOUR

    async def confirm(self, account: AccountId, code: str) -> Text:
        """Link an account, if the code is the one that was sent for it."""
        sent = self._sent.get(account)
        if sent is None or self._now() > sent.until or sent.wrong >= TRIES:
            self._sent.pop(account, None)
            return WRONG
        if not hmac.compare_digest(sent.code.encode(), code.strip().encode("utf-8", "replace")):
            sent.wrong += 1
            return WRONG
        del self._sent[account]
        return await self._linked(account, sent.person)

    async def _linked(self, account: AccountId, id_: PersonId) -> Text:
        day = self._roster.on(self._roster.day_of(self._now()))
        person, owner = day.people.get(id_), day.accounts.get((self._platform, account))
        if person is None:
            return WRONG
        if person.has(Role.STUDENT) and person.band in {None, AgeBand.UNDER_13}:
            return TOO_YOUNG
        if owner is not None and owner.id != id_:
            return TAKEN
        if owner is None:
            await self._link(LinkedAccount(self._platform, account, id_, confirmed=True))
        return LINKED
