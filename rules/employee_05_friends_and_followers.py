import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from annotated_types import Ge, Le

from bot.message import Message
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.readings.setting import pair_of
from bot.rule import Choice, Clause, Evidence, Finding, LooksAt, Measure
from bot.text import fold
from bot.texts import N_

NETWORKS: Final = (
    *("instagram", "insta", "snapchat", "snap", "tiktok", "tik tok", "facebook", "twitter", "discord", "steam"),
    *("bereal", "be real", "youtube", "twitch", "pinterest", "linkedin", "strava", "on ig", "on fb", "on sc", "en ig"),
)
"""Where people follow and befriend each other. Two letters alone are other words, too."""

WORDS: Final = ("follow", "friend", "sigueme", "agregame", "te sigo", "me segue", "te agrego")

A_NETWORK: Final = Trace((*NETWORKS, *WORDS))

_SNAPPED: Final = (
    r"(?<=\bsnap)(?<!\bon snap)"
    r"(?= (?:the|a|an|some|it|this|that|these|his|her|your|pics?|pictures?|photos?|back|out)\b)"
)
"""Behind "snap" where it is what people do with a ball or a camera."""
_NETWORK: Final = rf"(?:{'|'.join(NETWORKS)})\b(?!{_SNAPPED})"
_NO_PAGE: Final = (
    r"(?!(?:[a-z]+ )?(?:count|instructions?|lead|videos?|directions?|steps?|pace|advice|example|team|class|school)\b)"
)
"""Behind "follow my": what is no page of one's own."""
_NEAR: Final = r"[^.!?\n]{0,40}?\b"
_YOU: Final = r"(?:follow|add|friend)(?:ed)? (?:you|u|ya)"
_BEFRIENDS: Final = re.compile(
    rf"\b(?:follow|add|friend) me{_NEAR}{_NETWORK}"
    rf"|\b(?:follow|add|friend) my {_NO_PAGE}{_NEAR}{_NETWORK}"
    rf"|\b(?:i(?:'?ll|'?m gonna| will| can| could| just)?|let me|gonna) {_YOU}{_NEAR}{_NETWORK}"
    r"|\b(?:i(?:'?ll| will)?|will you|can you|do you|just) follow(?:ed)? (?:me|you|u) back\b"
    r"(?! (?:to|into|in|inside|up|down|through|from|home|outside|here|there|at)\b)"
    rf"|\b(?:accept|sen[dt]|take|got|saw){_NEAR}(?:friend|follow(?:er)?) request\b"
    rf"|\b(?:what'?s|what is|send me|give me|drop) (?:your|ur|yr) (?P<asked>{_NETWORK})"
    r"|\bfriend me\b"
    rf"|\b(?:sigueme|agregame|te sigo|te agrego|me segue){_NEAR}{_NETWORK}"
)
_REFUSES: Final = re.compile(r"\b(?:don'?t|do not|never|not|cannot|can'?t|won'?t|no|nunca|nao)\b")
_SENTENCE: Final = re.compile(r"[.!?\n]")
_FAR: Final = 200
"""How many characters of a sentence are looked back: a hostile text has no full stop."""

BEFRIENDS = N_("Your message asks or offers to follow or friend somebody. Students may read it, so it may not fit.")
STAY_HERE = N_("Take it out. Keep in touch here, or share the page of the team instead of your own.")


@dataclass(frozen=True, slots=True)
class FriendsAndFollowers:
    """Somebody on staff asks a student to follow or friend them on a network, or offers to follow or friend a student.

    The author is told, alone. Who was told before and does it again is for a person; where one student alone reads,
    that person looks before anybody is told, the first time already where the words may be too close. The page of a
    team or a school is fine, and so is to say no. What a student asks is never found here. Lists of friends cannot be
    read. Where the words are surely too close besides, General Guidelines 1 alone has them, and nobody is told.
    """

    name: ClassVar[str] = "friends-and-followers"
    clause: ClassVar[Clause] = Clause(
        "Employee Guidelines",
        5,
        'Employees may not list current students as "friends/followers" on networking sites.',
    )
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = A_NETWORK

    repeated_within_days: Annotated[
        Annotated[int, Ge(0), Le(90)],
        "Somebody told within so many days before is for a person when it happens again.",
    ] = 30

    def check(self, message: Message) -> Iterator[Finding]:
        """Find at most once, with every such offer as evidence."""
        if not _may_befriend(message):
            return
        evidence = tuple(_offers(message))
        if evidence:
            again = message.was_told(str(self.clause), timedelta(days=self.repeated_within_days))
            measures = measures_for(message, again=again)
            choices = (Choice.DELETE,)
            yield Finding(self.name, self.clause, measures, BEFRIENDS, STAY_HERE, evidence, choices=choices)


def measures_for(message: Message, *, again: bool) -> frozenset[Measure]:
    """Say what follows: a note; the second time a person looks, with one student alone before there is any note.

    Who may be too close to that student is not warned the first time either, before anybody has looked.
    """
    alone = pair_of(message) is not None
    if alone and (again or message.readings.sign(Label.BOUNDARY) is not None):
        return frozenset({Measure.REVIEW})
    return frozenset({Measure.REVIEW, Measure.TELL} if again else {Measure.TELL})


def befriends(message: Message) -> bool:
    """Say whether this rule is the one for a message: nobody wants two notes about one offer."""
    return _may_befriend(message) and next(_offers(message), None) is not None


def _may_befriend(message: Message) -> bool:
    audience = message.audience
    reaches = bool(audience.students or audience.unlinked or not audience.known)
    return message.author.is_staff and reaches and not message.readings.is_sure(Label.BOUNDARY)


def _offers(message: Message) -> Iterator[Evidence]:
    """Find what is asked or offered; in a sentence that says no it is neither."""
    for where, text in message.words:
        folded = fold(text)
        for match in _BEFRIENDS.finditer(folded.text):
            first = max(0, match.start() - _FAR)
            begins = max((each.end() for each in _SENTENCE.finditer(folded.text, first, match.start())), default=first)
            here = match["asked"] == message.id.platform  # an account of this platform may have to be linked
            if not here and _REFUSES.search(folded.text, begins, match.end()) is None:
                start, end = folded.span(*match.span())
                yield Evidence(where, folded.raw[start:end])
