"""A platform with the district's mail beside it: the notes of copies go by both ways, as the ladder says."""

from collections.abc import Callable, Iterator
from typing import Final

import structlog

from adapters.front import Front
from adapters.mail import Mail
from bot.actions import Alert, Ask, Copy, Deed, Tell
from bot.ladder import Way, ladder
from bot.letter import Letter
from bot.platform import Outcome, Platform, Receipt

LOG: Final = structlog.get_logger("chaperone.postal")

NOTES = (Copy, Tell, Ask, Alert)
"""What is told to somebody."""

SETTLED = (Outcome.DONE, Outcome.UNKNOWN)
"""What ends the climb: it was accepted, or it may have been."""


class Postal(Front):
    """Stands in front of a platform, and carries by mail what is better told so."""

    def __init__(
        self, platform: Platform, mail: Mail, write: Callable[[Deed], Letter | None], *, notes: bool = True
    ) -> None:
        """Take the platform, the way to the mail server, and who writes the letter; None where there is no address.

        `notes` says whether the platform can give people private notes.
        """
        super().__init__(platform)
        self._mail = mail
        self._write = write
        self._notes = notes

    async def perform(self, deed: Deed) -> Receipt:
        """Climb the ladder until a way accepts. What may be taken later is not refused."""
        if not isinstance(deed.action, NOTES):
            return await self._platform.perform(deed)
        letter = self._write(deed)
        receipts = [Receipt(Outcome.NOT_DONE, "no way there")]
        for way in ladder(deed.action, {*self._ways(deed, letter)}):
            by_mail = letter if way is Way.MAIL else None
            receipts.append(await (self._platform.perform(deed) if by_mail is None else self._send(by_mail)))
            if receipts[-1].outcome in SETTLED:
                return receipts[-1]
        tried = receipts[1:] or receipts
        return next((each for each in tried if each.outcome is Outcome.NOT_DONE), tried[-1])

    async def _send(self, letter: Letter) -> Receipt:
        """Hand a letter over. Why one was not taken stands in the log, for a note may reach them all the same."""
        receipt = await self._mail.send(letter)
        if receipt.outcome is not Outcome.DONE:
            LOG.warning("the mail server took no letter", outcome=receipt.outcome, reason=receipt.reason)
        return receipt

    def _ways(self, deed: Deed, letter: Letter | None) -> Iterator[Way]:
        """Say by which ways somebody can be reached: a replay's board takes notes, but reaches nobody with a copy."""
        if self._notes or not isinstance(deed.action, Copy):
            yield Way.NOTE
        if letter is not None:
            yield Way.MAIL

    async def find(self, deed: Deed) -> Receipt:
        """Look a deed up. Mail cannot be asked: the same letter goes again, known by its Message-ID."""
        found = await self._platform.find(deed)
        if isinstance(deed.action, Copy) and self._write(deed) is not None and found.outcome is not Outcome.DONE:
            return Receipt(Outcome.NOT_DONE, "mail cannot be looked up")
        return found
