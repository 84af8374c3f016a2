"""The one letter that leaves the house: it says that a copy waits, and nothing of what is in it. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.address import is_address, is_domain
from bot.notice import HEADINGS, Notice, write
from bot.people import Office, PersonId
from bot.rule import Clause
from bot.texts import ENGLISH, N_, Text

OF_COPIES: Final = Clause(
    "Employee Guidelines", 4, "the messages will be copied to the school principal and/or the athletic director"
)
"""What the policy says of every copy. Its words before that would name two kinds, and one may be guessed."""

YOU_GET_A_COPY = N_("A coach or advisor sent a message. You get a copy of it: {copy}.")
IT_WAS_SENT = N_("It was sent on {day}, {year}, at {time}.")
ASK_FOR_IT = N_("Ask whoever runs Chaperone in your district to show you {copy}.")
IF_IT_WORRIES_YOU = N_("You can leave it at that, unless it worries you.")
READING_IS_KEPT = N_("It is on record who reads it, and when.")
NOT_FOR_YOU = N_("If this copy should not be yours, do not read it. Tell whoever runs Chaperone in your district.")
A_NOTE_WAITS = N_("There is a private note for you, and we could not hand it to you in the chat.")
LOOK_TODAY = N_("It asks you to look at something today.")
SHOW_THE_NOTE = N_("Ask whoever runs Chaperone in your district what waits for you.")
OPEN_THE_CHAT = N_("Let the district's account write to you in the chat, so that the next note reaches you there.")
NO_OTHER_MAIL = N_("You get no other mail about it.")
NO_NOTE_FOR_YOU = N_("If this note should not be yours, do not read it. Tell whoever runs Chaperone in your district.")
YOUR_CODE = N_("Your code is {code}.")
TYPE_IT = N_("Type it in the chat, where you asked for it, within ten minutes. Give it to nobody.")
NOT_YOU = N_("If you did not ask for a code, you need to do nothing.")
WHY_YOU = N_("Why you")
YOU_ARE_LISTED = N_("You are listed as {office}.")
YOU_STAND_IN = N_("You are listed as deputy of the {office}.")
LEFT_OUT = N_("This mail leaves out the message, the names and the school. That is on purpose.")
MORNING = N_("{hour}:{minute} am")
AFTERNOON = N_("{hour}:{minute} pm")
OFFICES: Final = {
    Office.PRINCIPAL: N_("principal"),
    Office.ATHLETIC_DIRECTOR: N_("athletic director"),
    Office.SUPERINTENDENT_DESIGNEE: N_("superintendent designee"),
    Office.COUNSELOR: N_("counselor"),
}

LINE: Final = re.compile(r"[ -~]+")
OF_BEFORE: Final = "0" * 8
"""With this began the ids of deeds that were a bare number, and begins no other. Their letters were named without them,
and what was under way in an upgrade goes again as the same letter."""
MESSAGE_ID: Final = re.compile(r"<([a-z0-9]+)@([^@<>]+)>")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address. Raises `ValueError` for what could break out of a header or of an envelope."""

    to: str = field(repr=False)
    subject: str
    message_id: str
    """Stays the same however often the letter is sent, so that whoever receives it twice can tell."""
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        """Hold that each part is one plain line; the text may have several."""
        identity = MESSAGE_ID.fullmatch(self.message_id)
        if not is_address(self.to):
            raise ValueError("a letter goes to one plain mail address")
        if not LINE.fullmatch(self.subject):
            raise ValueError("the subject of a letter is one line of plain characters")
        if identity is None or not is_domain(identity[2]):
            raise ValueError("the Message-ID of a letter is <letters and digits@domain>")


@dataclass(frozen=True, slots=True)
class CopyNotice:
    """All that a letter may know of a copy. There is no place here for a word, a student, a kind or a school."""

    number: int
    """CP-0042 is number 42."""
    sent_at: datetime
    """When the message was sent; with a time zone."""
    reader: PersonId
    office: Office
    """The office for which the reader gets the copy."""
    stands_in: bool = False
    """True for the deputy of whoever holds the office."""
    deed: str = ""
    """The id of the deed that tells of it, for a letter: a restored backup gives a number again, and no id."""

    @property
    def name(self) -> str:
        """How the copy is called on paper and in mail: CP-0042."""
        return f"CP-{self.number:04}"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all letters of one district share."""

    domain: str
    """The domain that ends each Message-ID."""
    zone: ZoneInfo


def write_letter(head: Letterhead, copy: CopyNotice, to: str, index: Callable[..., bytes]) -> Letter:
    """Write the letter that tells a reader of a copy.

    `index` is the district's keyed hash, `MasterKey.index`: the Message-ID is the same for the same copy's note
    after any restart, also when their address has changed, and says nothing to who has no key.
    """
    deed = () if copy.deed.startswith(OF_BEFORE) else (copy.deed,)
    identity = index("letter", copy.name, copy.reader, *deed).hex()
    return Letter(to, f"Copy for you: {copy.name}", f"<{identity}@{head.domain}>", _text(head, copy))


def write_waiting(
    head: Letterhead,
    note: str,
    to: str,
    index: Callable[..., bytes],
    *,
    alerts: bool = False,
) -> Letter:
    """Write the letter that says a note waits, which could not be handed over where its reader writes.

    `note` is the deed's id: the Message-ID is the same however often the letter is sent. `alerts`: it asks its reader
    to look at something, so subject and text ask to look today; they say nothing of what it is.
    """
    notice = write(
        OF_COPIES,
        saw=(A_NOTE_WAITS, LOOK_TODAY) if alerts else (A_NOTE_WAITS,),
        now=(SHOW_THE_NOTE, OPEN_THE_CHAT),
        next_=(NO_OTHER_MAIL,),
        disagree=(NO_NOTE_FOR_YOU,),
    )
    parts = [part for part in str(notice).splitlines() if not part.startswith(f"{ENGLISH.say(HEADINGS[0])}:")]
    identity = index("letter", "note", note).hex()
    text = "\n\n".join([*parts, ENGLISH.say(LEFT_OUT)]) + "\n"
    subject = "Please look today" if alerts else "A note for you"
    return Letter(to, subject, f"<{identity}@{head.domain}>", text)


def write_code(head: Letterhead, code: str, to: str, identity: str) -> Letter:
    """Write the letter with a code that links an account. `identity` is new for each: letters and digits."""
    text = "\n\n".join(ENGLISH.say(each) for each in (YOUR_CODE.filled(code=code), TYPE_IT, NOT_YOU)) + "\n"
    return Letter(to, "Your code", f"<{identity}@{head.domain}>", text)


def note_of_copy(head: Letterhead, copy: CopyNotice) -> Notice:
    """Write what tells a reader of a copy, by mail or where they chat: the same, and nothing of the message."""
    return write(
        OF_COPIES,
        saw=(YOU_GET_A_COPY.filled(copy=copy.name), _sent(copy.sent_at.astimezone(head.zone))),
        now=(ASK_FOR_IT.filled(copy=copy.name),),
        next_=(IF_IT_WORRIES_YOU, READING_IS_KEPT),
        disagree=(NOT_FOR_YOU,),
    )


def _text(head: Letterhead, copy: CopyNotice) -> str:
    notice = note_of_copy(head, copy)
    why = f"{ENGLISH.say(WHY_YOU)}: {ENGLISH.say(_why(copy))}"
    return "\n\n".join([*str(notice).splitlines(), why, ENGLISH.say(LEFT_OUT)]) + "\n"


def _why(copy: CopyNotice) -> Text:
    listed = YOU_STAND_IN if copy.stands_in else YOU_ARE_LISTED
    return listed.filled(office=ENGLISH.say(OFFICES[copy.office]))


def _sent(local: datetime) -> Text:
    """Name the minute by the district's clock. Seconds could be matched with what was seen elsewhere."""
    half = MORNING if local.hour < 12 else AFTERNOON
    time = ENGLISH.say(half.filled(hour=str(local.hour % 12 or 12), minute=f"{local.minute:02}"))
    return IT_WAS_SENT.filled(day=ENGLISH.say_day(local.date()), year=str(local.year), time=time)
