"""A platform in rehearsal: everything is heard and written, and only what people count on is done."""

from adapters.front import Front
from bot.actions import Deed
from bot.platform import Outcome, Receipt


class Rehearsal(Front):
    """Stands in front of a real platform and answers for it that a deed was rehearsed.

    What a person ordered, answered, reported or decided is done all the same: they count on it. So does whoever may be
    in danger: an alert about that reaches its people.
    """

    async def perform(self, deed: Deed) -> Receipt:
        """Do what people count on; else do nothing, and say so."""
        return await self._platform.perform(deed) if deed.is_owed else Receipt(Outcome.REHEARSED)

    async def find(self, deed: Deed) -> Receipt:
        """Answer the same for a deed that a crash left open."""
        return await self._platform.find(deed) if deed.is_owed else Receipt(Outcome.REHEARSED)
