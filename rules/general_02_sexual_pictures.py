from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.message import Message, Where
from bot.people import Office
from bot.readings.found import PICTURE, Trace
from bot.readings.labels import Label, Listeners
from bot.readings.picture import Band, PictureSeen, PictureUnread
from bot.readings.setting import setting_of
from bot.rule import Clause, Evidence, Finding, LooksAt, Measure
from bot.texts import N_

MAY_NOT_FIT = N_("A program looked at your picture. It may not fit. Nobody here has seen it, and we do not keep it.")
POST_ANOTHER = N_("You can post another picture. If you think that yours is fine, tell us: a person decides.")
TAKE_CARE = N_("A picture may be sexual. It was taken away where that can be done. No copy of it was kept.")
TALK_TODAY = N_("Do not look for the picture, and do not pass it on. Talk with whoever posted it today.")


@dataclass(frozen=True, slots=True)
class SexualPictures:
    """Somebody posts a picture that may be sexual.

    A program scores each picture in memory; a low score says nothing. From .2 on a person is asked, without the
    picture, and so they are where it could not be looked at. From .8 on the message is also taken away where the
    platform can do so, its author is told, and the principal is alerted. In an emergency, a private matter and what is
    surely medical nothing is taken away and nobody is told: an injured knee is skin, too. The picture itself is never
    kept, shown or mailed; its SHA-256 is.
    """

    name: ClassVar[str] = "sexual-pictures"
    clause: ClassVar[Clause] = Clause("General Guidelines", 2, "It is inappropriate to post items with sexual content.")
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = PICTURE

    def check(self, message: Message) -> Iterator[Finding]:
        """Find by the picture that is scored the worst."""
        doubtful = [each for each in message.readings.pictures if not _says_nothing(each)]
        if not doubtful:
            return
        evidence = tuple(Evidence(Where.PICTURE, _named(each)) for each in doubtful)
        found = Finding(self.name, self.clause, frozenset({Measure.REVIEW}), MAY_NOT_FIT, POST_ANOTHER, evidence)
        if not any(isinstance(each, PictureSeen) and each.band is Band.HIDE for each in doubtful):
            yield found
            return
        yield found if _may_be_needed(message) else replace(found, measures=TAKEN_AWAY)
        offices = frozenset({Office.PRINCIPAL})
        yield replace(found, measures=frozenset({Measure.ALERT}), because=TAKE_CARE, remedy=TALK_TODAY, copy_to=offices)


TAKEN_AWAY = frozenset({Measure.REVIEW, Measure.REMOVE, Measure.TELL})


def _says_nothing(picture: PictureSeen | PictureUnread) -> bool:
    return isinstance(picture, PictureSeen) and picture.band is Band.SILENT


def _named(picture: PictureSeen | PictureUnread) -> str:
    """Say what was found of a picture, and which it was, so that the same can be known again."""
    why = picture.band if isinstance(picture, PictureSeen) else picture.reason
    return f"{why} (SHA-256 {picture.sha256})" if picture.sha256 else str(why)


def _may_be_needed(message: Message) -> bool:
    """Say whether it may be shown for somebody's health: to one other person, never to a group."""
    alone = setting_of(message).audience is not Listeners.GROUP
    return message.emergency or message.matter is not None or (alone and message.readings.is_sure(Label.MEDICAL))
