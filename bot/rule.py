"""What a rule is, what it can find, and what it may ask to be done."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, NamedTuple, Protocol

from pydantic import AfterValidator

from bot.message import Message, Where
from bot.people import Office, PersonId
from bot.profile import Profile
from bot.readings.found import Spot, Trace
from bot.readings.labels import Floor, weigh
from bot.readings.signs import POINTS, Sign, Slow
from bot.space import Space
from bot.texts import Text

Subject = Message | Space | Profile
"""The three things a rule can look at."""

LooksAt = tuple[type[Subject], ...]
"""Which of them a rule is handed."""

HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*")


def _alone(host: str) -> str:
    """Take a host in any case. Anything more would be held against hosts and match none, so nothing came of it."""
    if not HOST.fullmatch(host):
        raise ValueError("write the host alone, like links.example.org; what stands before it counts, too")
    return host.lower()


Host = Annotated[str, AfterValidator(_alone)]
"""A host as a setting of a rule."""

NAMES: Final = frozenset(
    {
        *(Where.CHANNEL_NAME, Where.THREAD_NAME, Where.TOPIC, Where.TAG, Where.EVENT_NAME),
        *(Where.DISPLAY_NAME, Where.ABOUT),
    }
)
"""Where a place or a person is named or described: no message carries it, and all see it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause of the district's policy, with the words a rule rests on."""

    section: str
    number: int = 0
    quote: str = ""

    def __str__(self) -> str:
        """Name the clause as people do: Employee Guidelines 4."""
        return f"{self.section} {self.number}" if self.number else self.section

    @property
    def in_full(self) -> str:
        """Name it and quote it, in the district's own words."""
        return f"{self}: “{self.quote}”" if self.quote else str(self)


SAFETY: Final = Clause("Safety")
"""Stands where somebody may be in danger and the policy has no clause: it has neither number nor words to quote."""


class Measure(StrEnum):
    """What may follow from a finding. Measures join by set union, so order never matters."""

    REVIEW = "review"
    TELL = "tell"
    ASK = "ask"
    ALERT = "alert"
    COPY = "copy"
    REMOVE = "remove"
    RESTRICT = "restrict"
    CLOSE = "close"
    DISCONNECT = "disconnect"
    LIST = "list"
    """Mark the copy for the weekly look of who receives it. It opens no case and tells nobody anything."""


class Choice(StrEnum):
    """What a person can answer to a notice. Each is a button, or a word in a history."""

    TEAM = "team"
    """Send it to the team."""
    CAPTAIN = "captain"
    """Send it to the student and a captain."""
    PRIVATE = "private"
    """It is medical or academic: send it as a private message, and copy the office."""
    EMERGENCY = "emergency"
    """It was an emergency: send it now, and copy it."""
    REASON = "reason"
    """What the emergency was."""
    TAKE_BACK = "take back"
    """Leave it unsent."""
    DELETE = "delete"
    """Delete it for me."""
    PICTURED = "pictured"
    """Who is in the picture."""
    SOURCE = "source"
    """Where a picture or a file is from, and by what leave it is used."""
    CONCERNS_COPIED = "concerns copied"
    """This concerns somebody who would be copied."""
    SEEN = "seen"
    """I have read it; nothing more."""


class Evidence(NamedTuple):
    """The words a finding rests on."""

    where: Where
    text: str
    """What was written there; empty where it is the whole message that a scorer was heard about."""
    by: str = ""
    """What of the district's own found it or was heard about it: a pattern by its name, or a scorer."""

    def __repr__(self) -> str:
        """Show the place only: words stay out of logs and tracebacks."""
        return f"Evidence({self.where.value})"


def evidence_of(subject: Subject, spots: Iterable[Spot]) -> tuple[Evidence, ...]:
    """Give the words that were read as evidence, each with the place it stands in."""
    return tuple(Evidence(Where(subject.words[each.part].where), each.text) for each in spots)


def words_of(subject: Subject, *signs: Sign | None) -> tuple[Evidence, ...]:
    """Give what speaks for some signs as evidence: the words of their clues, each once, in the order they stand.

    What the district's own patterns found bears their name; a scorer of its own that was heard is named at the end.
    """
    given = [sign for sign in signs if sign is not None]
    every = sorted((each for sign in given for each in sign.clues), key=lambda clue: clue.floor is not None)
    clues = {(each.part, each.start, each.end): each for each in every}
    scorers = dict.fromkeys(sign.scorer for sign in given if sign.scorer)
    return (
        *(
            Evidence(Where(subject.words[part].where), each.text, each.name if each.floor is not None else "")
            for (part, *_), each in sorted(clues.items())
        ),
        *(Evidence(Where.BODY, "", each) for each in scorers),
    )


def words_in(subject: Subject, places: Container[Where], *signs: Sign | None) -> tuple[Evidence, ...]:
    """Give what speaks for some signs in some places only, as `words_of` does.

    A sign that no clue speaks for is one of the whole subject: then every word in those places is given.
    """
    found = [each for each in words_of(subject, *signs) if each.where in places]
    if any(sign is not None and not sign.clues for sign in signs):
        found += [Evidence(Where(where), text) for where, text in subject.words if where in places and text]
    return tuple(dict.fromkeys(found))


def is_sure_in(subject: Subject, places: Container[Where], sign: Sign) -> bool:
    """Say whether what stands in some places is enough for a sign to be sure.

    A sign is one of the whole subject. Where something speaks for it elsewhere, that may be what made it sure: then
    what stands here has to be enough without it.
    """
    here = [each for each in sign.clues if subject.words[each.part].where in places]
    if not sign.sure or len(here) == len(sign.clues):
        return sign.sure
    if any(each.floor is Floor.ACT for each in here):
        return True
    return weigh(here).of(sign.label) >= POINTS[sign.label].act


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found in one subject."""

    rule: str
    clause: Clause
    measures: frozenset[Measure]
    """What is asked for. Nothing, where it only says whose offices look after a private matter: see `copy_to`."""
    because: Text
    """What we saw, in words for the author; where `measures` holds ALERT, for the office that is alerted. Who both
    tells and alerts finds twice."""
    remedy: Text | None = None
    """What to do now, in words for whoever reads it; None where there is nothing to do."""
    evidence: tuple[Evidence, ...] = ()
    copy_to: frozenset[Office] = frozenset()
    """The offices that are owed a copy, where `measures` holds COPY; that are alerted, where it holds ALERT; that would
    be copied, where it holds nothing."""
    excusable: bool = True
    """Whether a standing exception can set the finding aside. A copy that is owed is owed whatever else is excused."""
    choices: tuple[Choice, ...] = ()
    """What the author can answer."""
    answer_within: timedelta | None = None
    """When an office is asked to look, if the author has not answered by then."""
    safety: bool = False
    """Whether somebody may be in danger or asks for help: nothing else that is found may stand in the way of that, and
    no standing exception excuses from it."""
    sure: bool = False
    """Whether its author surely calls for help: then what an adult answers to them is let stand, too."""
    discreet: bool = False
    """Whether nobody it is about may learn of it by a note: the alert goes out in rehearsal, too, and when a person has
    decided, a person says so."""
    gives_way: bool = False
    """Whether it is a mere nudge: left out where its author is told or asked anything else of the message, where that
    is taken away, and where they may not learn of something."""
    about_author: bool = False
    """True when the finding is about who wrote rather than what: one case for the account, not one for each message."""
    of_readers: bool = False
    """Whether it is about who could read: in what was given back before anybody could, no person has to look at it."""
    also_about: frozenset[PersonId] = frozenset()
    """Who else it may be about: like the author, they are alerted of nothing, and see no case about it."""
    done_to: frozenset[PersonId] = frozenset()
    """Who of a place is told, or taken out of it: a place has no author. Empty: every coach and advisor there."""
    of_meeting: bool = False
    """Whether it is about who meets in a room now: the next meeting is news, while a place is found wanting once."""
    fewest_alerted: int = 1
    """How many people are alerted at the least, where `measures` holds ALERT and there are so many to be reached."""
    awaits: Slow | None = None
    """The slow reading that has more to say of it: it is asked for, and where it is to come the author is told then."""
    copied: Text | None = None
    """Who gets the copy that is owed, in words for the author. `plan` knows that, and no rule does."""


def given_away(message: Message, spots: Iterable[Spot]) -> frozenset[Measure]:
    """Say what follows where staff give numbers or addresses away: a person looks first where only looks say so."""
    if all(spot.by_looks for spot in spots):
        return frozenset({Measure.REVIEW})
    return frozenset({Measure.TELL} if message.emergency else {Measure.TELL, Measure.REMOVE})


class Rule(Protocol):
    """The policy's clause as a pure function. One file each in `rules/`."""

    name: ClassVar[str]
    clause: ClassVar[Clause]
    looks_at: ClassVar[LooksAt]
    trace: ClassVar[Trace | None]
    """What stands in the words wherever it could find something; None where it looks at more than words."""

    def check(self, subject: Any, /) -> Iterator[Finding]:
        """Look at one subject and yield what is found. The judge hands over only what `looks_at` names."""
        ...


def traces(rules: Iterable[Rule | type[Rule]]) -> frozenset[Trace]:
    """Say what is to be looked for on behalf of these rules."""
    return frozenset(each.trace for each in rules if each.trace is not None)
