"""What an answer to a notice asks for: a post is sent on, another office is copied, or nothing follows. Pure.

An answer that asks for something to be sent becomes an order, of which `bot.compose` says the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.actions import Actions, Remove, Tell, Waiting
from bot.compose import (
    ASK_THE_OFFICE,
    CALL_NOW,
    CALL_THE_OFFICE,
    CHOOSE_YOURS,
    EMPLOYEE_4,
    EMPLOYEE_8,
    IT_STANDS,
    NOBODY_DECIDES,
    NOBODY_TO_COPY,
    NOT_POSTED,
    NOT_SENT,
    SENT_NOW,
    TALK_TO_THE_OFFICE,
    WRITE_THERE,
    Sheet,
    write_note,
)
from bot.copying import CALL_THE_DISTRICT
from bot.judge import Verdict
from bot.lists import Day
from bot.message import Attached, MatterKind, Message, PlaceId, PostId, Words
from bot.notice import LONGEST_REASON, NOTHING_TO_DO, ONLY_CALL, Notice
from bot.people import AccountId, Part, Person, PersonId, Role, TeamId
from bot.platform import Answer, Order, OrderKind, Post, Readers
from bot.rule import Choice, Clause
from bot.texts import N_, Text

FORGOTTEN = N_("The message you answer about is not known here, or not kept any more.")
NO_PLACE = N_("We know no place where the whole team can read.")
WHICH_TEAM = N_("You lead more than one team or club, so we cannot tell which one you mean.")
NO_CAPTAIN = N_("We know no captain of the team who could be added.")
NO_REASON = N_("We could not take down what the emergency was.")
NO_SOURCE = N_("We could not take down where it is from.")
SAY_IT_SHORTLY = N_("Write one or two sentences.")
WRITE_ANEW = N_("Write a new message, if you want to.")
SENT_BEFORE = N_("Your text was sent on before, so it is not sent again.")
IT_WAS_SENT = N_("Your text was sent on before, so it is not taken back.")
NOTHING_WAS_DONE = N_("Nothing was sent or changed.")
WE_HEARD = N_("We heard you. From now on somebody else gets the copies.")
STILL_SAY_WHY = N_("Please still say what the emergency was, as the note about it asks.")
NOBODY_ELSE = N_("We heard you. We know nobody else who could get the copies.")
THEY_HEAR_NOTHING = N_("Whoever it concerns is told nothing.")
NOT_PRIVATE = N_("It could not be sent as a private message.")
TALK_TO_AN_ADULT = N_("If this is wrong, talk with an adult at your school.")

STUDENT_3: Final = Clause(
    "Student Guidelines",
    3,
    "Be aware that pictures may also be protected under copyright laws. Verify you have permission to use the image",
)
ASKED_UNDER: Final[Mapping[Choice, Clause]] = {Choice.PICTURED: EMPLOYEE_8, Choice.SOURCE: STUDENT_3}
"""The clause under which an answer was asked for, where it is another one."""

WHY_NOT: Final[Mapping[Choice, tuple[Text, Text]]] = {
    Choice.TEAM: (NO_PLACE, WRITE_THERE),
    Choice.CAPTAIN: (NO_CAPTAIN, WRITE_THERE),
    Choice.PRIVATE: (NOT_PRIVATE, CHOOSE_YOURS),
    Choice.EMERGENCY: (NOT_POSTED, CALL_NOW),
    Choice.PICTURED: (NOT_POSTED, ASK_THE_OFFICE),
    Choice.REASON: (NO_REASON, SAY_IT_SHORTLY),
    Choice.SOURCE: (NO_SOURCE, SAY_IT_SHORTLY),
}
"""What a writer is told when their answer could not be followed, by what they chose."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is kept of the post or order that is answered: who wrote what, and who could read it."""

    account: AccountId
    author: PersonId
    place: PlaceId
    readers: tuple[PersonId, ...] = ()
    words: tuple[Words, ...] = field(default=(), repr=False)
    matter: str = field(default="", repr=False)
    emergency: bool = False
    stands: bool = False
    """Whether it is a post that nobody has taken away yet. What is sent instead of it takes its place."""
    concerned: tuple[PersonId, ...] = ()
    """Those whom it concerns, and whom no copy of it reaches."""
    held: bool = False
    """Whether it is the order of a picture, which is not posted before it is known who is in it."""
    attached: tuple[Attached, ...] = ()
    """Its files."""
    left_to_author: bool = False
    """Whether nobody but its author can take it away, as its note has asked them to."""
    team: TeamId | None = None
    """The team whose place it was written in."""

    @property
    def kind(self) -> MatterKind | None:
        """Name the kind of matter it was, if it was one."""
        return MatterKind(self.matter) if self.matter else None


TeamPlaces = Mapping[TeamId, tuple[PlaceId, tuple[PersonId, ...]]]
"""Where each team's registered place is, and who could read it when it was last looked at."""


def reorder(answer: Answer, earlier: Earlier, day: Day, places: TeamPlaces) -> Order | None:
    """Turn an answer into the order it asks for; None when it asks for nothing to be sent, or cannot be done."""
    author = day.accounts.get((answer.platform, answer.by))
    if author is None or not _may_answer(author, answer, earlier):
        return None
    order = _asked_for(answer, earlier, author, day, places)
    return None if order is None else replace(order, stands=earlier.stands)


def _asked_for(answer: Answer, earlier: Earlier, author: Person, day: Day, places: TeamPlaces) -> Order | None:
    alone = _accounts(answer, earlier.readers, day)
    match answer.choice:
        case Choice.TEAM:
            return _to_team(answer, earlier, author, places, day)
        case Choice.CAPTAIN:
            return _with_captain(answer, earlier, author, day)
        case Choice.PRIVATE:
            to = _to_one(answer, earlier, day)
            post = _post(answer, earlier, _alone(to), _accounts(answer, to.readers, day))
            return Order(OrderKind.PRIVATE, replace(post, matter=answer.matter), opens=True)
        case Choice.CONCERNS_COPIED:
            post = _post(answer, earlier, earlier.place, alone)
            post = replace(post, matter=earlier.kind, emergency=earlier.emergency, concerns_copied=True)
            return Order(OrderKind.EMERGENCY if earlier.emergency else OrderKind.PRIVATE, post, opens=True)
        case Choice.EMERGENCY:
            post = _post(answer, earlier, _alone(earlier), alone)
            return Order(OrderKind.EMERGENCY, replace(post, emergency=True), opens=True)
        case Choice.PICTURED:
            post = replace(_post(answer, earlier, earlier.place, alone), attached=(Attached(answer.about),))
            return Order(OrderKind.PHOTO, post, pictured=answer.pictured)
        case _:
            return None


def says_who_is_shown(answer: Answer, earlier: Earlier, day: Day) -> bool:
    """Say whether the writer of a post that stands says who is in its pictures."""
    author = day.accounts.get((answer.platform, answer.by))
    is_asked = answer.choice is Choice.PICTURED and not earlier.held
    return is_asked and author is not None and author.id == earlier.author


def as_it_stands(answer: Answer, earlier: Earlier, day: Day) -> Post:
    """Give a post as it stands where it was written; the answer about it is its revision."""
    post = replace(_post(answer, earlier, earlier.place, _accounts(answer, earlier.readers, day)), id=answer.about)
    return replace(post, revision=answer.id, matter=earlier.kind, emergency=earlier.emergency)


def _may_answer(person: Person, answer: Answer, earlier: Earlier) -> bool:
    """Let the writer answer; that it concerns somebody who would be copied, the student may say too."""
    concerned = answer.choice is Choice.CONCERNS_COPIED and person.id in earlier.readers
    return person.id == earlier.author or concerned


def settles(answer: Answer, earlier: Earlier, day: Day) -> bool:
    """Say whether an answer that sends nothing ends the wait for one: the writer's own, and one that says enough."""
    author = day.accounts.get((answer.platform, answer.by))
    if author is None or author.id != earlier.author:
        return False
    if answer.choice in {Choice.REASON, Choice.SOURCE}:
        return 0 < len(answer.text.strip()) <= LONGEST_REASON
    return answer.choice in {Choice.TAKE_BACK, Choice.DELETE}


def is_about_sending(answer: Answer, earlier: Earlier, day: Day) -> bool:
    """Say whether the writer of a post that is gone wants it sent to others, or taken back.

    Once it was sent on it is too late for either, and untrue that nobody has seen it.
    """
    author = day.accounts.get((answer.platform, answer.by))
    is_writer = author is not None and author.id == earlier.author
    return is_writer and not earlier.stands and answer.choice in {Choice.TEAM, Choice.CAPTAIN, Choice.TAKE_BACK}


def copied_elsewhere(
    order: Order, message: Message, verdict: Verdict, day: Day, *, is_held: bool, is_asked: bool
) -> Actions:
    """Say who gets copies instead, now that it concerns somebody who would; what is held waits for theirs.

    `is_asked` says whether somebody is still to be asked about its writer's silence: then whom it does not concern is.
    When there is nobody else, what is held is given back; what was sent stays, and is for a person to look at.
    """
    sheet = Sheet(order, message, verdict, day)
    if is_held and not sheet.copies:
        return (sheet.tell(replace(write_note((NOBODY_TO_COPY,), CALL_THE_OFFICE, NOT_SENT), returned=message.text)),)
    if is_held:
        return tuple(sheet.private())
    follows = sheet.emergency() if message.emergency and is_asked else ()
    return (*sheet.relief(), *sheet.copies, *(each for each in follows if isinstance(each, Waiting)))


def we_heard(answer: Answer, earlier: Earlier, day: Day, *, is_copied: bool, is_asked: bool) -> tuple[Tell, ...]:
    """Tell whoever said that it concerns somebody copied that they were heard, and whether another office is copied.

    In a private matter all that follows is copied too. `is_asked` says whether its writer still owes a reason.
    A student who says so did not write it, and only who wrote something can say that we are wrong about it.
    """
    person = day.accounts.get((answer.platform, answer.by))
    if person is None:
        return ()
    owes_reason = is_asked and earlier.emergency and person.id == earlier.author
    left = STILL_SAY_WHY if owes_reason else NOTHING_TO_DO if earlier.kind is None else SENT_NOW
    saw, now = (WE_HEARD, left) if is_copied else (NOBODY_ELSE, CALL_THE_DISTRICT)
    disagree = TALK_TO_AN_ADULT if person.has(Role.STUDENT) else TALK_TO_THE_OFFICE
    notice = write_note((saw,), now, THEY_HEAR_NOTHING, disagree=disagree)
    return (Tell(str(EMPLOYEE_4), person.id, answer.by, notice),)


def sent_before(answer: Answer, earlier: Earlier) -> tuple[Tell, ...]:
    """Tell a writer who answers once more that their text was sent on already."""
    saw = IT_WAS_SENT if answer.choice is Choice.TAKE_BACK else SENT_BEFORE
    notice = write_note((saw,), WRITE_ANEW, NOBODY_DECIDES)
    return (Tell(str(EMPLOYEE_4), earlier.author, answer.by, notice),)


def unfulfilled(answer: Answer, earlier: Earlier | None, day: Day, places: TeamPlaces) -> tuple[Tell | Remove, ...]:
    """Say what follows from an answer that sends nothing: the post is deleted, or its writer is told why not."""
    person = day.accounts.get((answer.platform, answer.by))
    if person is None or (earlier is not None and not _may_answer(person, answer, earlier)):
        return ()
    if earlier is not None and (answer.choice is Choice.DELETE or _takes_back(answer, earlier)):
        return take_away(answer, earlier)
    why = _reason(answer, earlier, person, day, places)
    if why is None or (earlier is not None and settles(answer, earlier, day)):
        return ()
    clause = ASKED_UNDER.get(answer.choice, EMPLOYEE_4)
    return (Tell(str(clause), person.id, answer.by, _why_not(earlier, why, clause)),)


def _reason(
    answer: Answer, earlier: Earlier | None, person: Person, day: Day, places: TeamPlaces
) -> tuple[Text, Text] | None:
    """Say why an answer could not be followed, and what to do; None where there is nothing to say."""
    several: list[TeamId] | list[PersonId] = []
    if earlier is not None and answer.choice is Choice.TEAM:
        several = _places_meant(person, earlier, day, places)
    elif earlier is not None and answer.choice is Choice.CAPTAIN:
        several = _captains_meant(person, earlier, day)
    return (WHICH_TEAM, WRITE_THERE) if len(several) > 1 else WHY_NOT.get(answer.choice)


def _takes_back(answer: Answer, earlier: Earlier) -> bool:
    return answer.choice is Choice.TAKE_BACK and earlier.stands


def take_away(answer: Answer, earlier: Earlier) -> tuple[Remove]:
    """Take a post away because its writer wishes it; no clause asks for it."""
    return (Remove("", earlier.place, answer.about, earlier.attached),)


def _why_not(earlier: Earlier | None, why: tuple[Text, Text], clause: Clause) -> Notice:
    """Say why an answer could not be followed, and give back what stands nowhere."""
    if earlier is None:
        return write_note((FORGOTTEN,), WRITE_ANEW, NOTHING_WAS_DONE, clause=clause, disagree=ONLY_CALL)
    saw, now = why
    if earlier.stands:
        return write_note((saw,), now, IT_STANDS, clause=clause)
    return replace(
        write_note((saw,), now, NOT_SENT, clause=clause), returned="\n".join(words.text for words in earlier.words)
    )


def _meant(author: Person, earlier: Earlier, day: Day) -> list[TeamId]:
    """Name the teams that may be meant: that of the place, else those that the writer leads and a reader is on."""
    led = day.led_by(author.id)
    if earlier.team in led:
        return [earlier.team]
    shared = {team for each in earlier.readers if each in day.people for team in day.people[each].teams & led}
    return sorted(shared or led)


def _places_meant(author: Person, earlier: Earlier, day: Day, places: TeamPlaces) -> list[TeamId]:
    return [each for each in _meant(author, earlier, day) if each in places]


def _captains_meant(author: Person, earlier: Earlier, day: Day) -> list[PersonId]:
    """Name a captain or officer of each team that may be meant, who could not read it."""
    found: dict[PersonId, None] = {}
    for team in _meant(author, earlier, day):
        captains = day.playing(team, {Part.CAPTAIN, Part.OFFICER})
        found |= dict.fromkeys([each for each in captains if each not in earlier.readers][:1])
    return [*found]


def _to_team(answer: Answer, earlier: Earlier, author: Person, places: TeamPlaces, day: Day) -> Order | None:
    """Send it to the team; not where it may be one or another, for the wrong one must not read it."""
    match _places_meant(author, earlier, day, places):
        case [team]:
            place, readers = places[team]
            post = _post(answer, earlier, place, _accounts(answer, readers, day))
            return Order(OrderKind.TEAM, replace(post, team=team))
        case _:
            return None


def _with_captain(answer: Answer, earlier: Earlier, author: Person, day: Day) -> Order | None:
    """Send it to the student and a captain or officer of the team; not where several teams have one."""
    match _captains_meant(author, earlier, day):
        case [beside]:
            readers = _accounts(answer, (*earlier.readers, beside), day)
            place = PlaceId(f"{_alone(earlier)}:{beside}")
            return Order(OrderKind.TEAM, _post(answer, earlier, place, readers), opens=True)
        case _:
            return None


def _to_one(answer: Answer, earlier: Earlier, day: Day) -> Earlier:
    """Leave the one student whom a writer names, or who alone could read beside adults; else everybody who could."""
    students = tuple(each for each in earlier.readers if each in day.people and day.people[each].has(Role.STUDENT))
    named = None if answer.student is None else day.accounts.get((answer.platform, answer.student))
    if named is not None:
        return replace(earlier, readers=(named.id,))
    return replace(earlier, readers=students) if len(students) == 1 else earlier


def _alone(earlier: Earlier) -> PlaceId:
    """Name the place that is opened for the writer and whoever could read."""
    return PlaceId(f"private:{earlier.author}:{'+'.join(earlier.readers)}")


def _accounts(answer: Answer, people: tuple[PersonId, ...], day: Day) -> Readers:
    accounts = frozenset(
        account
        for (platform, account), person in day.accounts.items()
        if platform == answer.platform and person.id in people
    )
    return Readers(accounts, accounts)


def _post(answer: Answer, earlier: Earlier, place: PlaceId, readers: Readers) -> Post:
    id_ = PostId(f"{answer.about}:{answer.id}")
    return Post(answer.platform, place, id_, earlier.account, answer.at, readers, earlier.words)
