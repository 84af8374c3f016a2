"""What a reading tells: values only, so that a message can carry them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from bot.readings.labels import Label, Scores
from bot.readings.landing import Landing
from bot.readings.picture import Band, PictureSeen, PictureUnread
from bot.readings.signs import Point, Sign, Slow, signs_of


class Kind(StrEnum):
    """What somebody's personal data can be."""

    PHONE = "phone"
    ADDRESS = "address"
    EMAIL = "e-mail"
    BIRTH_DATE = "birth date"
    PASSWORD = "password"  # noqa: S105 (the name of a kind, not a password)
    PASSWORD_ASKED = "password asked"  # noqa: S105
    LAST_NAME = "last name"


class Spot(NamedTuple):
    """One place where personal data stands: half-open, in what was typed."""

    kind: Kind
    start: int
    end: int
    text: str
    """What was typed there."""
    value: str = ""
    """The same in its one form: the ten digits of a phone number, an e-mail address in small letters."""
    part: int = 0
    """Which of the subject's `words` it stands in."""
    of_others: bool = False
    """Whether the words say that it is somebody else's: her number, the hotel's number."""
    by_looks: bool = False
    """Whether nothing but its looks says so, and they may deceive: seven digits are also the number of a part."""

    def __repr__(self) -> str:
        """Show the kind and place only: words stay out of logs and tracebacks."""
        return f"Spot({self.kind.value}, {self.start}, {self.end})"


class Title(StrEnum):
    """What a title says of whoever bears it."""

    SCHOOL = "school"
    """That they work here: coach, principal."""
    CIVIL = "civil"
    """That they are an adult: Mr., Dr."""


class Likeness(NamedTuple):
    """What a display name is like."""

    text: str
    """The name as it is shown."""
    of_another: bool = False
    """Whether it is, or nearly is, the name of somebody on the roster who is not the account's owner."""
    title: Title | None = None
    """The title that it claims."""
    part: int = 0
    """Which of the subject's `words` it is."""

    def __repr__(self) -> str:
        """Show no name: names stay out of logs and tracebacks."""
        return f"Likeness(of_another={self.of_another}, title={self.title})"


class Landed(NamedTuple):
    """Where one shortened link of a message leads."""

    link: str
    """The link, as `Link.target` gives it."""
    landing: Landing

    def __repr__(self) -> str:
        """Show no link: words stay out of logs and tracebacks."""
        return "Landed()"


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What stands in every text in which some rule could find something. Most texts lack it: the rule is not asked."""

    pieces: tuple[str, ...] = ()
    """One of them stands in the folded text, be it inside a word. None: it is something else that is read."""
    labels: tuple[Label, ...] = ()
    """One of these labels may hold."""


PERSONAL: Final = Trace()
"""The trace of personal data: some was read."""

FILE: Final = Trace()
"""The trace of a picture or another file: one is attached."""

PICTURE: Final = Trace()
"""The trace of a picture that may be sexual, or could not be looked at."""

LEAK: Final = Trace()
"""The trace of a leak: something confidential about a student may be told to a group."""


class Readings(NamedTuple):
    """Everything that was read in one message, space or profile."""

    personal: tuple[Spot, ...] = ()
    lacks: frozenset[Trace] = frozenset()
    """What was looked for, and stands nowhere in the words."""
    scores: Scores = Scores()
    """How sure each label is, with every clue that was found."""
    signs: tuple[Sign, ...] = ()
    """The labels that may hold, at most one sign each."""
    leak: bool = False
    """Whether it may tell a group what is confidential about a student (`confidential_leak` in docs/labelling.md)."""
    landings: tuple[Landed, ...] = ()
    """Where shortened links lead, as far as that is known."""
    pictures: tuple[PictureSeen | PictureUnread, ...] = ()
    """What was seen in the pictures that are attached; empty while nobody has looked."""
    unread: frozenset[Slow] = frozenset()
    """What is still to be read, in a later round."""
    likenesses: tuple[Likeness, ...] = ()
    """What the display names of a profile are like, where they are like anything."""
    pair: int = 0
    """How many signs of closeness came between the author and the one student who reads, within 14 days."""

    def of(self, *kinds: Kind) -> tuple[Spot, ...]:
        """Pick the personal data of some kinds."""
        return tuple(spot for spot in self.personal if spot.kind in kinds)

    def scored(self, scores: Scores, points: Mapping[Label, Point], *, leak: bool) -> "Readings":
        """Add how sure each label is, and the signs that follow."""
        return self._replace(scores=scores).seeing(signs_of(scores, points), leak=leak)

    def seeing(self, signs: tuple[Sign, ...], *, leak: bool = False) -> "Readings":
        """Add what the words may be about. A rule that looks for one of it is asked from now on."""
        labels = {each.label for each in signs}
        lacks = frozenset(each for each in self.lacks if labels.isdisjoint(each.labels) and not (leak and each is LEAK))
        return self._replace(lacks=lacks, signs=signs, leak=leak)

    def led(self, landings: tuple[Landed, ...]) -> "Readings":
        """Add where shortened links lead."""
        return self._replace(landings=landings)

    def showing(self, pictures: tuple[PictureSeen | PictureUnread, ...]) -> "Readings":
        """Add what was seen in pictures. A rule that looks for it is asked where one of them is not harmless."""
        silent = all(isinstance(each, PictureSeen) and each.band is Band.SILENT for each in pictures)
        return self._replace(pictures=pictures, lacks=self.lacks if silent else self.lacks - {PICTURE})

    def sign(self, label: Label) -> Sign | None:
        """Give the sign that a label may hold; None where it does not seem so."""
        return next((each for each in self.signs if each.label is label), None)

    def is_sure(self, label: Label) -> bool:
        """Say whether a label is taken to hold."""
        found = self.sign(label)
        return found is not None and found.sure


NOTHING_READ = Readings()
