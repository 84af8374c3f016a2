"""What Chaperone sends on somebody's behalf: a private matter, a message to the team, an emergency, a picture. Pure.

An order is recognised and judged as the message it would become, and `compose` says what follows: what is posted, what
is copied first, what the writer is told. Nothing is posted that the rules would have removed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from bot.actions import Action, Actions, Ask, Copy, Relieve, Show, Tell, Waiting
from bot.alerting import alerts, as_promised
from bot.copying import concerned_in, copies
from bot.judge import Verdict
from bot.lists import Day
from bot.message import Message
from bot.notice import ONLY_CALL, Notice, write, write_notice
from bot.people import AccountId, Office, PersonId, Role, stranger
from bot.platform import Order, OrderKind
from bot.rule import Choice, Clause, Finding, Measure
from bot.silence import asked, next_school_day
from bot.texts import ENGLISH, N_, Text

EMPTY = N_("There is nothing in it to send.")
NOT_A_COACH = N_("Only coaches and advisors can send this way.")
NOT_ONE_STUDENT = N_("A private message goes to one student, and this one does not.")
NOT_YOUR_STUDENT = N_("You can write this way only to students of your own teams and clubs.")
NOT_YOUR_TEAM = N_("You can write this way only to your own teams and clubs.")
NO_KIND = N_("You have not said what kind of matter it is.")
NOBODY_TO_COPY = N_("Nobody could get the copy of it, so it was not sent.")
MAY_BE_A_MATTER = N_("Only one student would read this. It looks medical or academic, so it needs a copy.")
MAY_NOT_FIT = N_("It was not sent, because it may not fit.")
NOT_ALLOWED = N_("This picture cannot be used.")
SAID_OTHERWISE = N_("You said something else before about who is in this picture. A person will look at it.")

PAUSED = N_("You cannot send this way now. A person has paused your account.")
PAUSED_IN_NEED = N_("Somebody whose account is paused wants to tell one student of an emergency. It was not sent.")
READ_IT_NOW = N_("Read it in the case now, and see that the student hears what they have to know.")
AN_OFFICE_READS = N_("We ask an office to read it now.")
ASK_FOR_YOU = N_("Ask the office. It knows who can write there.")
WRITE_THERE = N_("Write to the team in its own place.")
CHOOSE_YOURS = N_("Choose a student of your own team, or write to the team.")
CHOOSE_YOUR_TEAM = N_("Choose a team or club that you lead.")
SEND_IT_PRIVATELY = N_("Send it as a private message. If it is neither, write to the team.")
CHOOSE_A_KIND = N_("Choose medical or academic. If neither fits, write to the team.")
WRITE_FIRST = N_("Write something, then send it again.")
CALL_THE_OFFICE = N_("Call the office. If it cannot wait, send it as an emergency.")
CALL_NOW = N_("Call the office now, or tell people in another way.")
EMERGENCY_TO_ALL = N_(
    "Call the office. If it cannot wait, send it to a team of yours as an emergency, where the chat still lets you."
)
ASK_THE_OFFICE = N_("Use another picture, or ask the office.")

NOT_SENT = N_("Nobody has seen it. Your text is given back to you here.")
IT_STANDS = N_("Your message stands where you wrote it, for now.")
SENT = N_("Your private message was sent, and the office has its copy.")
SENT_NOW = N_("Nothing. What you both write there is copied too.")
HELD = N_("It is not sent yet, because no copy could be handed over.")
HELD_NOW = N_("Nothing. We try again and again, and send it then.")
WHO_IS_IN_IT = N_("You want to post a picture. We do not look at faces, so we ask you.")
SAY_WHO = N_("Answer who is in it: nobody, or these students.")
NOT_POSTED_YET = N_("The picture is posted as soon as we know that it may be used.")

WE_FAILED = N_("It was not sent, because of a fault of ours. A person will look at it.")
NOT_POSTED = N_("It could not be posted.")
MAYBE_POSTED = N_("We cannot tell whether it was posted.")
LOOK_FIRST = N_("Look there before you send it again. A person looks into it, too.")
GIVEN_BACK = N_("Your text is given back to you here.")
NOT_SEEN = N_("The student has not seen it.")
THEY_GET_COPIES = N_("{offices} get a copy of what is written here.")
ONE_GETS_COPIES = N_("{office} gets a copy of what is written here.")
THEY_GET_THIS = N_("{offices} get a copy of this message.")
ONE_GETS_THIS = N_("{office} gets a copy of this message.")
AND = N_("{one} and {other}")
NOBODY_DECIDES = N_("It is on record. There is nothing to decide.")
TALK_TO_THE_OFFICE = N_("If this is wrong, answer “I think this is wrong”, or call the office.")

EMPLOYEE_4: Final = Clause(
    "Employee Guidelines",
    4,
    "All contact and messages by extra-curricular advisors and/or coaches with group/team members shall be sent to "
    "more than one member",
)
"""What every order serves."""
EMPLOYEE_8: Final = Clause(
    "Employee Guidelines",
    8,
    "Before posting photos and videos, parental authorization to utilize a student's image must be sought.",
)

PRIVATE_CHOICES: Final = (Choice.CONCERNS_COPIED, Choice.SEEN)


def is_for_one_in_need(order: Order) -> bool:
    """Say whether it is an emergency for one student, to whom nobody goes round a pause: the two would be alone.

    One for a place that is there no pause holds up, for it may be a fire.
    """
    return order.kind is OrderKind.EMERGENCY and order.opens


def read_by_an_office(verdict: Verdict) -> Verdict:
    """Add to an emergency that a pause keeps from one student that an office has to read it now."""
    measures, offices = frozenset({Measure.REVIEW, Measure.ALERT}), frozenset({Office.PRINCIPAL})
    found = Finding(
        "group-messages",
        EMPLOYEE_4,
        measures,
        PAUSED_IN_NEED,
        READ_IT_NOW,
        copy_to=offices,
        excusable=False,
        safety=True,
    )
    return msgspec.structs.replace(verdict, standing=(found, *verdict.standing))


def compose(order: Order, message: Message, verdict: Verdict, day: Day, *, suspended: bool = False) -> Actions:
    """Say what follows from an order, given the message it would become and what the rules find in it."""
    sheet = Sheet(order, message, verdict, day, suspended)
    refusal = sheet.refusal()
    alerted = alerts(verdict, message, day.offices, day.names)
    if refusal is not None:
        returned = "" if order.stands else message.text
        return (sheet.tell(replace(refusal, returned=returned)), *alerted)
    match order.kind:
        case OrderKind.PRIVATE:
            follows = sheet.private()
        case OrderKind.EMERGENCY:
            follows = sheet.emergency()
        case OrderKind.PHOTO:
            follows = sheet.photo()
        case _:
            follows = sheet.team()
    return as_promised((*follows, *alerted), verdict, day.offices)


@dataclass(frozen=True, slots=True)
class Sheet:
    """An order with all that is known about it."""

    order: Order
    message: Message
    verdict: Verdict
    day: Day
    suspended: bool = False
    """Whether a person has paused the writer's account."""

    @property
    def clause(self) -> str:
        """Name the clause that the order rests on: the first found, or the one that every order serves."""
        return str(self.verdict.standing[0].clause if self.verdict.standing else EMPLOYEE_4)

    @property
    def copies(self) -> tuple[Copy, ...]:
        """Say who receives a copy."""
        owed = (each for finding in self.verdict.standing for each in copies(finding, self.message, self.day.offices))
        return tuple({each.to: each for each in owed}.values())

    def refusal(self) -> Notice | None:
        """Say why it is not sent, or nothing."""
        for reason in self._reasons():
            return reason
        removed = next((each for each in self.verdict.standing if Measure.REMOVE in each.measures), None)
        if removed is None or self.order.kind is OrderKind.EMERGENCY:  # a false alarm costs less than a late one
            return None
        remedy = removed.remedy or WRITE_THERE
        return write_note((MAY_NOT_FIT, removed.because), remedy, self._then, clause=removed.clause)

    def _reasons(self) -> Iterator[Notice]:
        if self.suspended and is_for_one_in_need(self.order):
            yield self._refused_in_need()
        elif self.suspended and self.order.kind is not OrderKind.EMERGENCY:
            yield self._refused(PAUSED, EMERGENCY_TO_ALL)
        if not self.message.text.strip() and self.order.kind is not OrderKind.PHOTO:
            yield self._refused(EMPTY, WRITE_FIRST)
        if not self.message.author.has(Role.ADVISOR):
            is_urgent = self.order.kind is OrderKind.EMERGENCY
            yield self._refused(NOT_A_COACH, CALL_NOW if is_urgent else ASK_FOR_YOU)
        if self._is_of_another_team():
            yield self._refused(NOT_YOUR_TEAM, CHOOSE_YOUR_TEAM)
        if self.order.kind is OrderKind.PRIVATE:
            yield from self._reasons_of_private()
        if self._is_undeclared():
            yield self._refused(MAY_BE_A_MATTER, SEND_IT_PRIVATELY)
        if self.order.kind is OrderKind.PHOTO and not may_be_shown(self.order, self.day):
            clauses = (each.clause for each in self.verdict.standing if Measure.REMOVE in each.measures)
            why = SAID_OTHERWISE if self.order.doubted else NOT_ALLOWED
            yield write_note((why,), ASK_THE_OFFICE, NOT_SENT, clause=next(clauses, EMPLOYEE_4))

    def _refused_in_need(self) -> Notice:
        """Refuse an emergency for one student; an office that could be alerted reads it instead."""
        asked = any(alerts(self.verdict, self.message, self.day.offices))
        then = (self._then, AN_OFFICE_READS) if asked else (self._then,)
        return write(EMPLOYEE_4, saw=(PAUSED,), now=(CALL_NOW,), next_=then, disagree=(TALK_TO_THE_OFFICE,))

    def _is_undeclared(self) -> bool:
        """Say whether a copy may be owed of what nobody declared as private: there, a copy goes first."""
        if self.message.emergency or self.message.matter is not None:
            return False
        owed = (each.measures & {Measure.COPY, Measure.ASK} for each in self.verdict.standing if not each.safety)
        return any(owed)

    def _is_of_another_team(self) -> bool:
        """Say whether it would be posted in the place of a team that its writer does not lead."""
        team = self.message.team if self.message.team_place else None
        return team is not None and team.id not in self.day.led_by(self.message.author.id)

    def _reasons_of_private(self) -> Iterator[Notice]:
        audience, copied = self.message.audience, {each.to for each in self.copies}
        students = audience.students
        others = {each.id for each in audience.readers - students} - copied
        if len(students) != 1 or others or audience.unlinked:
            yield self._refused(NOT_ONE_STUDENT, CHOOSE_YOURS)
        if not any(student.teams & self.day.led_by(self.message.author.id) for student in students):
            yield self._refused(NOT_YOUR_STUDENT, CHOOSE_YOURS)
        if self.message.matter is None:
            yield self._refused(NO_KIND, CHOOSE_A_KIND)
        if not self.copies:
            yield self._refused(NOBODY_TO_COPY, CALL_THE_OFFICE)

    def _refused(self, saw: Text, now: Text) -> Notice:
        return write_note((saw,), now, self._then)

    @property
    def _then(self) -> Text:
        """Say what becomes of what is not sent."""
        return IT_STANDS if self.order.stands else NOT_SENT

    def private(self) -> Iterator[Action | Waiting]:
        """Copy first; once a copy is accepted the student sees it, and the writer is told."""
        yield from self.copies
        yield Waiting(self._show())
        yield Waiting(self.tell(write_note((SENT,), SENT_NOW, NOBODY_DECIDES, PRIVATE_CHOICES)))

    def relief(self) -> Iterator[Relieve]:
        """Let whoever gets the copies now watch over the place, instead of whom it concerns."""
        concerned = concerned_in(self.verdict, self.day.offices)
        if concerned and not self.message.team_place:
            into = tuple(each.to for each in self.copies)
            yield Relieve(self.clause, self.message.place, tuple(sorted(concerned)), into)

    def team(self) -> Iterator[Action | Waiting]:
        """Post it, copied where a student is answered who asked for help; the writer is told what was found."""
        yield self._show()
        yield from self.copies
        yield from self._told()

    def emergency(self) -> Iterator[Action | Waiting]:
        """Post it at once, copy it, ask what it was; whoever does not answer is asked about."""
        yield self._show()
        yield from self.copies
        for finding in self.verdict.standing:
            if Measure.ASK in finding.measures:
                yield from asked(finding, self.verdict, self.message, self.day.offices, self.day.names)
        yield from self._told()

    def photo(self) -> Iterator[Action | Waiting]:
        """Ask who is in it; post it once everybody in it may be shown."""
        if self.order.pictured is None:
            asked = write_note((WHO_IS_IN_IT,), SAY_WHO, NOT_POSTED_YET, (Choice.PICTURED,), EMPLOYEE_8)
            due = next_school_day(self.message.day)
            yield Ask(str(EMPLOYEE_8), *self._to, asked, due)
            return
        yield from self.team()

    def tell(self, notice: Notice) -> Tell:
        """Tell the writer."""
        return Tell(self.clause, *self._to, notice)

    def _told(self) -> Iterator[Tell]:
        """Tell of what was found and stops nothing, with no choices: what is posted has another name than the order."""
        for finding in self.verdict.standing:
            if Measure.TELL in finding.measures and Measure.COPY not in finding.measures:
                yield Tell(str(finding.clause), *self._to, write_notice(replace(finding, choices=())))

    @property
    def _to(self) -> tuple[PersonId, AccountId]:
        return self.message.author.id, self.message.account

    def _show(self) -> Show:
        readers = tuple(sorted(self.order.post.readers.accounts)) if self.order.opens else ()
        picture = self.order.post.id if self.order.kind is OrderKind.PHOTO else None
        text, urgent = self.message.text, self.order.kind is OrderKind.EMERGENCY
        show = Show(self.clause, *self._to, self.message.place, text, readers, picture=picture, urgent=urgent)
        return overseen_by(self.copies, show, self.day, of_all=self.message.matter is not None)


def owed_copies(order: Order, message: Message, verdict: Verdict, day: Day) -> tuple[Copy, ...]:
    """Say who receives a copy of an order's message, sent or not."""
    return Sheet(order, message, verdict, day).copies


def overseen_by(copied: Iterable[Copy], show: Show, day: Day, *, of_all: bool) -> Show:
    """Let in who receives the copies of what is shown, or of all that follows, and name them to all who read."""
    by_person = {each.to: each for each in copied}
    told = _who_gets_copies([day.title(each.to, each.office) for each in by_person.values()], of_all=of_all)
    return replace(show, overseers=tuple(by_person), told=told)


def may_be_shown(order: Order, day: Day) -> bool:
    """Look everybody in a picture up in the consent register; who is not there has not agreed.

    Nobody is in it as long as nobody has said so; where that is doubted, nobody knows who is.
    """
    people = [day.accounts.get((order.platform, account)) for account in order.pictured or ()]
    return not order.doubted and all(person is not None and day.may_be_pictured(person.id) for person in people)


def write_note(
    saw: tuple[Text, ...],
    now: Text,
    then: Text,
    choices: tuple[Choice, ...] = (),
    clause: Clause = EMPLOYEE_4,
    disagree: Text = TALK_TO_THE_OFFICE,
) -> Notice:
    """Write to a coach or advisor about what they asked us to send."""
    return write(clause, saw=saw, now=(now,), next_=(then,), disagree=(disagree,), choices=choices)


def _who_gets_copies(names: list[str], *, of_all: bool) -> str:
    """Say it to everybody who reads the place; empty when nobody gets one.

    `of_all` is said where what follows is copied, too: in a private matter alone.
    """
    if not names:
        return ""
    *most, last = names
    said = (ONE_GETS_COPIES if of_all else ONE_GETS_THIS).filled(office=last)
    if most:
        both = ENGLISH.say(AND.filled(one=", ".join(most), other=last))
        said = (THEY_GET_COPIES if of_all else THEY_GET_THIS).filled(offices=both)
    told = ENGLISH.say(said)
    return f"{told[0].upper()}{told[1:]}"


def held(show: Show) -> Tell:
    """Tell the writer that their message waits, because no copy was accepted yet."""
    return Tell(show.clause, show.by, show.account, write_note((HELD,), HELD_NOW, NOT_SEEN))


def not_shown(show: Show, *, certain: bool) -> Tell:
    """Tell the writer that their message could not be posted, or may not have been, and give it back."""
    call = CALL_NOW if show.urgent else CALL_THE_OFFICE
    saw, now, then = (NOT_POSTED, call, NOT_SENT) if certain else (MAYBE_POSTED, LOOK_FIRST, GIVEN_BACK)
    return Tell(show.clause, show.by, show.account, replace(write_note((saw,), now, then), returned=show.text))


def broken(order: Order) -> Tell:
    """Tell whoever gave an order that we failed over it. Who it is may be what failed, so only the account counts.

    A person looks anyway, and nothing is kept under its name that could be disagreed with.
    """
    text = "\n".join(words.text for words in order.post.words)
    call = CALL_NOW if order.kind is OrderKind.EMERGENCY else CALL_THE_OFFICE
    notice = replace(write_note((WE_FAILED,), call, NOT_SENT, disagree=ONLY_CALL), returned=text)
    return Tell(str(EMPLOYEE_4), stranger(order.platform, order.post.author).id, order.post.author, notice)
