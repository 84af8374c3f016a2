"""How a message on Discord is told from its own earlier versions, live and in an export alike. Needs no library."""

from datetime import datetime
from hashlib import blake2b
from typing import Final

from bot.message import Where, Words

PLATFORM: Final = "discord"

SHOWN_LATER: Final = frozenset({Where.EMBED, Where.LINK_TARGET})
"""Where words stand that may change although no time of an edit says so: what an app embeds, its buttons, and what is
embedded in a forward. The preview of a link under what people write is no words at all."""


def revision_of(edited_at: datetime | None, words: tuple[Words, ...]) -> str:
    """Tell one version of a message from the next, the same whenever it is read: as first written, it is empty.

    An edit is told by its time. What may come without one is told by a digest.
    """
    edited = "" if edited_at is None else edited_at.isoformat()
    shown = "\n".join(each.text for each in words if each.where in SHOWN_LATER)
    if not shown:
        return edited
    return f"{edited}+{blake2b(shown.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
