from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Le

from bot.message import Message
from bot.people import ADMINISTRATORS, Audience, Office, Person, Role, Team, TeamKind
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.readings.signs import Sign, Slow
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, words_of
from bot.space import Space
from bot.texts import N_, Text

CopyTo = Literal["principal", "athletic_director", "both"]

OFFICES: dict[CopyTo, frozenset[Office]] = {
    "principal": frozenset({Office.PRINCIPAL}),
    "athletic_director": frozenset({Office.ATHLETIC_DIRECTOR}),
    "both": frozenset({Office.PRINCIPAL, Office.ATHLETIC_DIRECTOR}),
}

QUOTE = (
    "All contact and messages by extra-curricular advisors and/or coaches with group/team members shall be sent to "
    "more than one member"
)
TOO_FEW = N_("Fewer students could read this than the rule asks for, so it may not fit.")
WRITE_TO_THE_GROUP = N_(
    "Send it to the team, or add a captain. Is it a medical or academic matter? Then send it as a private message. The "
    "office gets a copy."
)
WRITE_TO_THE_TEAM = N_(
    "Send it to the team. Is it a medical or academic matter? Then send it as a private message. The office gets a "
    "copy."
)
NO_ADMINISTRATOR = N_("No administrator is in this group, so it may not fit.")
ADD_AN_ADMINISTRATOR = N_("Add an administrator to the group. Then send it again.")
SENT_PRIVATELY = N_("You sent a private message to a student.")
NOTHING_TO_DO = N_("Nothing. If it was not a medical or academic matter, write to the team next time.")
LOOKED_PRIVATE = N_("This went to one student. It looks medical or academic.")
COPY_FIRST = N_("Nothing. Send such a thing as a private message next time, so that its copy goes first.")
MAY_BE_PRIVATE = N_("This went to one student. We cannot tell if it is a medical or academic matter.")
SAY_WHAT_IT_IS = N_("Say what it is. Hours to answer: {hours}. Then it is taken away, and you get your text back.")
LIKE_NEITHER = N_("This was sent as a private matter. We see neither a medical nor an academic one in it.")
EMERGENCY = N_("You sent this as an emergency. It went out at once.")
SAY_WHY = N_("What was the emergency? Write one or two sentences.")
HELP_ANSWERED = N_("You wrote to one student who may need help. It stands.")
BRING_HELP = N_("Bring in the counselor today, unless you are one. For all else, write to the team.")
TELL_THE_COUNSELOR = N_("Bring in the counselor today, unless you are one.")
AUDIENCE_UNKNOWN = N_("We could not tell who was able to read this. A person will look at it.")
NOT_A_STAFF_ROOM = N_("Somebody we do not know can read this place, and no student we know. A person will look at it.")
ROSTER_TOO_OLD = N_("The roster is too old to tell who could read this. A person will look at it.")
FOUND_LATE = N_("We were away when this was written, and cannot tell who read it then. A person will look at it.")
AUTHOR_UNKNOWN = N_("We do not know who writes from this account to one of our students. A person will look at it.")
NO_LONGER_LEADS = N_("The time as coach or advisor of this team has ended on the roster. A person will look at it.")
OVERSEER_GONE = N_("Nobody from the office can read this private place any more.")
WRITE_ANEW = N_("The coach can send a new private message.")
ASK_THEM = N_("Look into the room today, and ask what it was about.")
YOU_WERE_ALONE = N_("You were in a voice room with only one student. It may not fit.")
LET_SOMEBODY_IN = N_("Let another student in next time, or talk where the team can hear you.")
ALONE_IN_VOICE = N_("A coach or advisor has been in a voice room with only one student.")
PRIVATE_MATTERS = (Label.MEDICAL, Label.ACADEMIC)
WAYS_OUT = (Choice.TEAM, Choice.CAPTAIN, Choice.PRIVATE, Choice.EMERGENCY, Choice.TAKE_BACK)


@dataclass(frozen=True, slots=True)
class CopiesByTeam:
    """Which office gets the copy of a private matter, by kind of team."""

    athletics: Annotated[CopyTo, "Copied for an athletic team: principal, athletic_director or both."] = "both"
    clubs: Annotated[CopyTo, "Copied for a club: principal, athletic_director or both."] = "principal"

    def offices(self, team: Team | None) -> frozenset[Office]:
        """Pick the offices for a team; for no team at all, those of a club, which are the fewer eyes."""
        athletics = team is not None and team.kind is TeamKind.ATHLETICS
        return OFFICES[self.athletics if athletics else self.clubs]


@dataclass(frozen=True, slots=True)
class GroupMessages:
    """A coach or advisor writes to fewer team or club members than the policy allows.

    What counts is how many rostered students can read the place at that moment. Staff, parents, bots and accounts
    nobody is linked to count zero; a student with two accounts counts once. A medical or academic privacy matter may
    go to one student and is then copied to the principal or the athletic director. An emergency goes out at once, is
    copied, and its reason is due by the next school day. What goes to one student and is plainly about such a matter,
    though nobody declared it, stays and is copied, and its author is told. Where that is not sure the author is asked,
    and the message stays until they answer or the time is up. What the models have still to read stays until they have.
    What was declared as one and reads like neither is sent and copied all the same, and marked for the weekly look. For
    three days after a student asked for help, what is written to them alone stands and is copied, too. Whoever on staff
    coaches nothing owes the same copies, and nothing else here is for them. What administrators write in a private
    matter is not copied, since they are who looks after it. What was found only after an outage is for a person, since
    nobody knows who could read it then. A team's own place where too few students can read is closed to its coaches
    until more can.
    """

    name: ClassVar[str] = "group-messages"
    clause: ClassVar[Clause] = Clause("Employee Guidelines", 4, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message, Space)
    trace: ClassVar[Trace | None] = None

    fewest_students: Annotated[
        Annotated[int, Ge(2)] | Literal["all"],
        'How many students a message must reach; "all" means every linked member of the team.',
    ] = 2
    require_administrator: Annotated[bool, "Whether an administrator must be a member of every group."] = False
    copy_to: Annotated[CopiesByTeam, "Who gets the copy of a private matter or an emergency."] = field(
        default_factory=CopiesByTeam
    )
    answer_within_hours: Annotated[
        Annotated[int, Ge(1), Le(720)], "After how many hours without an answer an office is asked to look."
    ] = 4
    voice_grace_seconds: Annotated[
        Annotated[int, Ge(0), Le(86_400)], "How long a coach may be alone with one student in a voice room."
    ] = 120
    disconnect_voice: Annotated[
        bool, "Whether a coach who is longer alone with one student is taken out of the room."
    ] = False

    def check(self, subject: Message | Space) -> Iterator[Finding]:
        """Count the students who can read the message or the space."""
        return self._message(subject) if isinstance(subject, Message) else self._space(subject)

    def _message(self, message: Message) -> Iterator[Finding]:
        author, students = message.author, message.audience.students
        if _once_led(message):
            yield self._finds(NO_LONGER_LEADS, Measure.REVIEW, about_author=True)
        elif author.has(Role.STRANGER) and len(students) == 1:
            yield self._finds(AUTHOR_UNKNOWN, Measure.REVIEW, about_author=True)
        yield from self._copied(message)
        if author.has(Role.ADVISOR):
            yield from self._counted(message)

    def _copied(self, message: Message) -> Iterator[Finding]:
        """Find the copy that is owed, whoever on staff writes; what a student writes in a private matter is copied."""
        leads = message.author.has(Role.ADVISOR)
        if message.emergency and (leads or message.author.is_staff):
            emergency = self._owes_copy(EMERGENCY, SAY_WHY, message, Measure.ASK)
            yield replace(emergency, choices=(Choice.REASON,))
        elif message.is_by_its_student:
            yield self._owes_copy(SENT_PRIVATELY, NOTHING_TO_DO, message)
        elif _writes_in_matter(message):
            yield self._owes_copy(SENT_PRIVATELY, NOTHING_TO_DO if leads else None, message, Measure.TELL)
            if _reads_like_neither(message):
                yield replace(self._finds(LIKE_NEITHER, Measure.LIST), excusable=False)
        elif _is_help(message):
            yield self._answers_help(message, BRING_HELP if leads else TELL_THE_COUNSELOR)
        elif message.concerns_copied:  # a case about it must reach nobody whom it concerns, though no copy is owed
            yield replace(self._owes_copy(SENT_PRIVATELY, None, message), measures=frozenset())

    def _counted(self, message: Message) -> Iterator[Finding]:
        """Count the students who read what a coach or advisor writes, unless it may go to one."""
        if not message.audience.known:
            yield self._finds(AUDIENCE_UNKNOWN, Measure.REVIEW)
        elif _may_go_to_one(message):
            return
        elif message.audience.students:
            yield from self._group(message)
        elif message.audience.unlinked:
            yield self._finds(NOT_A_STAFF_ROOM, Measure.REVIEW)

    def _group(self, message: Message) -> Iterator[Finding]:
        team = message.team if message.team_place else None
        enough = self._reaches_enough(message.audience, team, message.author)
        overseen = self._is_overseen(message.audience, message.author)
        if enough and overseen:
            return
        private = None if enough else _private_sign(message)
        if private is not None and private.sure:
            copied = self._owes_copy(LOOKED_PRIVATE, COPY_FIRST, message, Measure.TELL)
            yield replace(copied, evidence=words_of(message, private))
        if message.audience.at_least:
            yield self._finds(AUDIENCE_UNKNOWN, Measure.REVIEW)
        elif message.audience.stale:
            yield self._finds(ROSTER_TOO_OLD, Measure.REVIEW)
        elif message.late:
            yield self._finds(FOUND_LATE, Measure.REVIEW)
        elif enough:
            yield self._finds(NO_ADMINISTRATOR, Measure.REMOVE, Measure.TELL, remedy=ADD_AN_ADMINISTRATOR)
        elif private is None or (not private.sure and message.was_taken(str(self.clause))):
            remedy = WRITE_TO_THE_GROUP if self._is_fine_with_one_more(message) else WRITE_TO_THE_TEAM
            yield self._waits_for_answer(self._finds(TOO_FEW, Measure.REMOVE, Measure.TELL, remedy=remedy), message)
        elif not private.sure:
            remedy = SAY_WHAT_IT_IS.filled(hours=str(self.answer_within_hours))
            asked = self._waits_for_answer(self._finds(MAY_BE_PRIVATE, Measure.ASK, remedy=remedy), message)
            yield replace(asked, evidence=words_of(message, private))

    def _waits_for_answer(self, finding: Finding, message: Message) -> Finding:
        """Offer every way out that would fit, and wait for an answer."""
        adds_one = self._is_fine_with_one_more(message)
        choices = tuple(each for each in WAYS_OUT if adds_one or each is not Choice.CAPTAIN)
        within = timedelta(hours=self.answer_within_hours)
        return replace(finding, choices=choices, answer_within=within, awaits=_awaits(message))

    def _is_fine_with_one_more(self, message: Message) -> bool:
        """Say whether it would fit with a captain among its readers, in a place of their own that is no team's."""
        fewest = 2 if self.fewest_students == "all" else self.fewest_students
        enough = len(message.audience.students) + 1 >= fewest
        return enough and self._is_overseen(message.audience, message.author)

    def _answers_help(self, message: Message, remedy: Text) -> Finding:
        """Find a copy that is owed; the author is told so once a day."""
        known = message.was_told(str(self.clause), timedelta(days=1), of_safety=True)
        also = () if known else (Measure.TELL,)
        finding = self._owes_copy(HELP_ANSWERED, remedy, message, *also)
        return replace(finding, safety=True)

    def _space(self, space: Space) -> Iterator[Finding]:
        yield from self._voice(space)
        if space.was_overseen and space.audience.known and not space.is_overseen:
            yield self._finds(OVERSEER_GONE, Measure.CLOSE, remedy=WRITE_ANEW)
        if space.team is None:
            return
        if not space.audience.known:
            yield self._finds(AUDIENCE_UNKNOWN, Measure.REVIEW)
        elif self._some_coach_reaches_enough(space.audience, space.team) and self._is_overseen(space.audience):
            return
        elif space.audience.stale:
            yield self._finds(ROSTER_TOO_OLD, Measure.REVIEW)
        else:
            yield self._finds(TOO_FEW, Measure.RESTRICT)

    def _voice(self, space: Space) -> Iterator[Finding]:
        if space.connected is None or space.connected_for < timedelta(seconds=self.voice_grace_seconds):
            return
        others = {each.id: len(space.connected.students - {each}) for each in space.connected.of(Role.ADVISOR)}
        if max(others.values(), default=0) == 1:
            alone = frozenset(coach for coach, students in others.items() if students == 1)
            offices = self.copy_to.offices(space.team)
            measures = {Measure.REVIEW, Measure.ALERT} | ({Measure.DISCONNECT} if self.disconnect_voice else set())
            found = self._finds(ALONE_IN_VOICE, *measures, remedy=ASK_THEM, copy_to=offices)
            told = self._finds(YOU_WERE_ALONE, Measure.TELL, remedy=LET_SOMEBODY_IN)
            yield replace(found, done_to=alone, of_meeting=True)
            yield replace(told, done_to=alone, of_meeting=True)

    def _reaches_enough(self, audience: Audience, team: Team | None, writer: Person | None = None) -> bool:
        """Compare with the setting. "All" never means fewer than two: a team of one needs its standing exception."""
        if self.fewest_students != "all":
            return len(audience.students) >= self.fewest_students
        everybody = team.members if team is not None else frozenset()
        if writer is not None:
            everybody -= {writer.id}
        return len(audience.students) >= 2 and everybody <= {reader.id for reader in audience.readers}

    def _some_coach_reaches_enough(self, audience: Audience, team: Team | None) -> bool:
        """Count as each coach of the place would: a student who coaches does not reach themselves."""
        coaches = audience.of(Role.ADVISOR) & audience.students
        if not coaches or audience.of(Role.ADVISOR) - coaches:
            return self._reaches_enough(audience, team)
        without = ((replace(audience, readers=audience.readers - {each}), each) for each in coaches)
        return any(self._reaches_enough(others, team, coach) for others, coach in without)

    def _is_overseen(self, audience: Audience, writer: Person | None = None) -> bool:
        """Look for an administrator among the members of the group; whoever writes there is one of them."""
        writes = writer is not None and not ADMINISTRATORS.isdisjoint(writer.roles)
        return writes or audience.is_overseen or not self.require_administrator

    def _owes_copy(self, because: Text, remedy: Text | None, message: Message, *also: Measure) -> Finding:
        """Find a copy that is owed. No exception excuses it, and `plan` spares whoever already reads the place."""
        measures = frozenset({Measure.COPY, *also})
        offices = self.copy_to.offices(message.team)
        if message.concerns_copied and message.team is None:
            offices |= OFFICES[self.copy_to.athletics]  # it may concern any of them, and then they are told nothing
        return Finding(self.name, self.clause, measures, because, remedy, copy_to=offices, excusable=False)

    def _finds(
        self,
        because: Text,
        *measures: Measure,
        remedy: Text | None = None,
        copy_to: frozenset[Office] = frozenset(),
        about_author: bool = False,
    ) -> Finding:
        return Finding(
            self.name,
            self.clause,
            frozenset(measures),
            because,
            remedy,
            copy_to=copy_to,
            about_author=about_author,
            of_readers=not about_author,
        )


def _awaits(message: Message) -> Slow | None:
    """Wait until the models have read what may be a private matter: what is taken away cannot be put back."""
    return Slow.MEANING if _reaches_one_alone(message.audience) else None


def _reaches_one_alone(audience: Audience) -> bool:
    """Say whether one student reads it, and at most who may be their family."""
    return len(audience.students) == 1 and not audience.is_crowd


def _private_sign(message: Message) -> Sign | None:
    """Give the sign of a medical or academic matter in what one student reads, a sure one first."""
    if not _reaches_one_alone(message.audience):
        return None
    signs = (message.readings.sign(label) for label in PRIVATE_MATTERS)
    return max((each for each in signs if each is not None), key=lambda each: (each.sure, each.score), default=None)


def _writes_in_matter(message: Message) -> bool:
    """Say whether somebody on staff writes in a student's private matter, as far as anybody can tell.

    It is so while the student is away: they may have read it before they went, or read on when they come back.
    Administrators who coach nothing do not count. They take part because they look after it: they are who receives its
    copies, and a copy of their own words would only bring further eyes to it. The rule cannot tell a deputy or designee
    whom the roster calls no administrator; `relieved` leaves out what they owe where they get the copies.
    """
    author, matter = message.author, message.matter
    owes = author.has(Role.ADVISOR) or (author.is_staff and ADMINISTRATORS.isdisjoint(author.roles))
    return owes and matter is not None and matter.of_student


def _may_go_to_one(message: Message) -> bool:
    """Say whether what somebody writes may go to one student, since it is copied."""
    in_matter = _writes_in_matter(message) or message.is_by_its_student
    return message.emergency or in_matter or _is_help(message)


def _is_help(message: Message) -> bool:
    """Say whether it answers a student who asked for help and reads it alone; a private matter is one all the same."""
    return message.answers_help and message.matter is None and len(message.audience.students) == 1


def _reads_like_neither(message: Message) -> bool:
    """Say whether a matter that begins here was read, and reads neither medical nor academic."""
    begins = message.matter is not None and message.matter.id == f"{message.id.platform} {message.id.post}"
    was_read = Slow.MEANING not in message.readings.unread
    return begins and was_read and not any(message.readings.sign(label) for label in PRIVATE_MATTERS)


def _once_led(message: Message) -> bool:
    """Say whether somebody writes to a team they led until a day that has passed, or to one student of it.

    A student who assisted a coach and is on that team still writes as one of its members.
    """
    author, team, students = message.author, message.team, message.audience.students
    left = author.once_led - author.teams if author.has(Role.STUDENT) else author.once_led
    if message.team_place and team is not None:
        return team.id in left
    return len(students) == 1 and any(student.teams & left for student in students)
