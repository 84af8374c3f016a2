"""The readings that are made later, as the settings want them and as far as this machine can make them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from adapters.landing import AskedLandings
from adapters.pictures.examiner import Examiner, find_tesseract
from bot.checkup import Remark, Weight
from bot.config import Configuration
from bot.landed import read_landings
from bot.pictures import look_at_pictures
from bot.readings.picture import Pictures
from bot.readings.signs import Slow
from bot.rounds import ReadSlowly
from bot.what_reads import shorteners

OFF: Final = "Nothing looks at pictures: that is turned off."
BLIND: Final = "Nothing looks at pictures: what looks at them does not start, or its model is missing or was altered."
NO_WORDS: Final = "Pictures are looked at; words in them are not read, for tesseract is not installed."
LOOKED_AT: Final = "Pictures are looked at, and words in them are read."


@dataclass(frozen=True, slots=True)
class Opened:
    """What reads later, and what looks at pictures."""

    slow: Mapping[Slow, ReadSlowly]
    pictures: Pictures | None
    sight: Remark
    """How well pictures are seen."""


@asynccontextmanager
async def open_slow(configuration: Configuration) -> AsyncIterator[Opened]:
    """Open what asks where short links lead and what looks at pictures, as the settings want it."""
    wanted, slow = configuration.settings.reading, dict[Slow, ReadSlowly]()
    async with AsyncExitStack() as opened:
        if wanted.landings:
            known = shorteners(configuration)
            slow[Slow.LANDING] = read_landings(await opened.enter_async_context(AskedLandings(known)), known)
        if not wanted.pictures:
            yield Opened(slow, None, Remark(Weight.WEAK, OFF, "Set pictures = true under [reading]."))
            return
        tesseract = find_tesseract()
        examiner = await opened.enter_async_context(Examiner(tesseract))
        if not await examiner.can_look():
            yield Opened(slow, None, Remark(Weight.BROKEN, BLIND, "Set up anew: make run. Then run doctor again."))
            return
        slow[Slow.PICTURE] = look_at_pictures(examiner)
        yield Opened(slow, examiner, Remark(Weight.FINE, LOOKED_AT if tesseract else NO_WORDS))
