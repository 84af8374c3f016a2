"""From verdict to actions: what shall be done, and whom it is addressed to. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import msgspec

from bot.actions import Action, Actions, Alert, Ask, Close, Copy, Disconnect, Lift, Remove, Restrict, Tell, Waiting
from bot.alerting import NO_NAMES, Names, alerts, alerts_of_a_profile, alerts_of_a_space, as_promised
from bot.copying import copies, told_of_copies
from bot.judge import Verdict
from bot.message import Message, PlaceId
from bot.notice import HOW_TO_DISAGREE, ONLY_CALL, Notice, Silence, closed, write_notice, write_request
from bot.people import AccountId, Offices, PersonId, Role
from bot.profile import Profile
from bot.rule import Choice, Finding, Measure
from bot.silence import answer_within, asked, is_left_to_author, is_looked_at, later, silence_of
from bot.space import Space
from bot.texts import N_

NOT_SETTLED = N_("We asked you about a message to one student, and it is not settled yet.")
CHOOSE_NOW = N_("Choose how to send it, or take it back.")
NOBODY_LEFT = N_("Nobody is left who could get the copies of what is written here.")
CALL_THE_OFFICE = N_("Call the office about it.")


def plan(
    verdict: Verdict, offices: Offices, restricted: frozenset[PlaceId] = frozenset(), names: Names = NO_NAMES
) -> Actions:
    """Say what shall be done about a verdict.

    `restricted` names the places of this platform that stand restricted by an earlier deed of ours.
    """
    match verdict.subject:
        case Message() as message if verdict.standing:
            return as_promised(tuple(_for_message(verdict, message, offices, names)), verdict, offices)
        case Space() as space:
            return as_promised(tuple(_for_space(verdict, space, offices, restricted)), verdict, offices)
        case Profile() as profile:
            return tuple(alerts_of_a_profile(verdict, profile, offices, names))
        case _:
            return ()


def needs_a_person(verdict: Verdict, actions: Actions) -> bool:
    """Say whether a person has to look: a rule asks for it, or no office could be reached with what it is owed."""
    if not verdict.standing:
        return False
    reached = {type(each) for each in actions}
    owed = {Measure.COPY: Copy, Measure.ALERT: Alert}
    return Measure.REVIEW in verdict.measures or any(
        owed[each] not in reached for each in verdict.measures & owed.keys()
    )


def without_readers(verdict: Verdict) -> Verdict:
    """Leave out what a person would look at only for who could read it: nobody could."""
    found = (each for each in verdict.standing if not (each.of_readers and Measure.REVIEW in each.measures))
    return msgspec.structs.replace(verdict, standing=tuple(found))


def _for_message(verdict: Verdict, message: Message, offices: Offices, names: Names) -> Iterator[Action | Waiting]:
    if Measure.REMOVE in verdict.measures and message.removable and not verdict.taken_before:
        first = next(each for each in verdict.standing if Measure.REMOVE in each.measures)
        yield Remove(str(first.clause), message.place, message.id.post, message.attached)
    yield from alerts(verdict, message, offices, names)
    giving_back, is_gone = _giving_back(verdict), verdict.takes_away and message.removable
    for finding in verdict.standing:
        if is_gone and finding.answer_within is not None and Measure.REMOVE not in finding.measures:
            continue  # nobody is asked about what is taken away, by whichever round
        clause = str(finding.clause)
        copied = copies(finding, message, offices)
        yield from copied
        owed_to_nobody = Measure.COPY in finding.measures and not copied
        if owed_to_nobody and _may_end(message) and not verdict.is_about_safety:
            yield from _close(
                replace(finding, because=NOBODY_LEFT, remedy=CALL_THE_OFFICE),
                message.place,
                _present(message),
                {message.author.id},
                looked_at=True,
            )
        unanswered = tuple(later(finding, verdict, message, offices, names))
        if Measure.TELL in finding.measures:
            silence = silence_of(finding, verdict, message, unanswered, answer_within(finding, message))
            returned = message.text if finding is giving_back else None
            said = told_of_copies(finding, copied)
            yield Tell(clause, message.author.id, message.account, _note(said, verdict, message, silence, returned))
        if Measure.ASK in finding.measures and finding.answer_within is None:
            yield from asked(finding, verdict, message, offices, names, taken=is_gone)
        elif Measure.ASK in finding.measures and finding.answer_within is not None:
            yield from _asked_what_it_is(finding, verdict, message, finding.answer_within, unanswered)
        yield from unanswered  # after what is due at the same moment: the note says what has become of the message


def _may_end(message: Message) -> bool:
    """Say whether its private place is closed when nobody gets the copy.

    Not over a word of who only came to it, nor over the answer to a call for help, which would be cut off by that.
    """
    takes_part = message.is_by_its_student or message.is_led_by(message.author)
    return message.opens_matter and takes_part and not message.answers_help


def _note(
    finding: Finding, verdict: Verdict, message: Message, silence: Silence | None, returned: str | None
) -> Notice:
    """Write what an author reads. Nobody is offered to delete what is gone."""
    looked_at = is_looked_at(finding, verdict)
    if is_left_to_author(finding, message):
        return write_request(finding, silence=silence, looked_at=looked_at)
    if not (message.removable and verdict.takes_away):
        return write_notice(finding, silence=silence, looked_at=looked_at)
    left = replace(finding, choices=tuple(each for each in finding.choices if each is not Choice.DELETE))
    return write_notice(left, returned, silence=silence, looked_at=looked_at)


def _giving_back(verdict: Verdict) -> Finding | None:
    """Pick the finding whose note gives the text back: the first that takes it away itself, else the first told.

    What takes it away is new in this verdict; another note may have been told of an earlier version, and is not told
    again. None where nothing is taken away, or an earlier round gave the text back: one may only have taken it away,
    and left the note to this one.
    """
    if Measure.REMOVE not in verdict.measures or verdict.told_it_is_taken:
        return None
    told = [each for each in verdict.standing if Measure.TELL in each.measures]
    return next((each for each in told if Measure.REMOVE in each.measures), next(iter(told), None))


def _asked_what_it_is(
    finding: Finding, verdict: Verdict, message: Message, within: timedelta, unanswered: tuple[Waiting, ...]
) -> Iterator[Ask | Waiting]:
    """Ask what a message is while it stands; without an answer it is taken away then, and its author told.

    What nobody but its author can take away, they are asked to.
    """
    clause, until = str(finding.clause), message.sent_at + within
    due = message.day + timedelta(days=-(-within // timedelta(days=1)))
    silence, looked_at = silence_of(finding, verdict, message, unanswered), is_looked_at(finding, verdict)
    asking = write_notice(finding, silence=silence, looked_at=looked_at)  # what to do now names the hours
    yield Ask(clause, message.author.id, message.account, asking, due)
    late = replace(finding, because=NOT_SETTLED, remedy=CHOOSE_NOW)
    over = None if silence is None else replace(silence, is_over=True)
    notice = write_request(late, silence=over, looked_at=looked_at)
    if message.removable:
        yield Waiting(Remove(clause, message.place, message.id.post, message.attached), until)
        notice = write_notice(late, returned=message.text, silence=over, looked_at=looked_at)
    yield Waiting(Tell(clause, message.author.id, message.account, notice), until)


def _present(message: Message) -> Iterator[PersonId]:
    """Name everybody in a place: the writer, then who reads."""
    yield message.author.id
    yield from (person.id for person in message.audience.readers)


def _close(
    finding: Finding,
    place: PlaceId,
    people: Iterable[PersonId],
    authors: Collection[PersonId],
    *,
    looked_at: bool = False,
) -> Iterator[Close | Tell]:
    """Close a private place for good, and tell everybody in it; the platform finds their accounts.

    Only its authors can say that we are wrong; a space has for its authors the coaches and advisors in it. `looked_at`
    says that a person looks: where nobody could get the copy of a message, that is a case.
    """
    yield Close(str(finding.clause), place)
    for person in sorted(people):
        disagree = HOW_TO_DISAGREE if person in authors else ONLY_CALL
        note = closed(write_notice(finding, looked_at=looked_at, disagree=disagree))
        yield Tell(str(finding.clause), person, AccountId(""), note)


def _for_space(
    verdict: Verdict, space: Space, offices: Offices, restricted: frozenset[PlaceId]
) -> Iterator[Restrict | Lift | Alert | Close | Disconnect | Tell]:
    coaches = frozenset(person.id for person in (space.connected or space.audience).of(Role.ADVISOR))
    for finding in verdict.standing:
        done_to = sorted(finding.done_to or coaches)
        if Measure.DISCONNECT in finding.measures:
            yield from (Disconnect(str(finding.clause), space.place, each) for each in done_to)
        if Measure.TELL in finding.measures:
            notice = write_notice(finding, looked_at=is_looked_at(finding, verdict))
            yield from (Tell(str(finding.clause), each, AccountId(""), notice) for each in done_to)
        if Measure.ALERT in finding.measures:
            yield from alerts_of_a_space(finding, space, offices)
        if Measure.CLOSE in finding.measures:
            readers = space.audience.readers
            yield from _close(
                finding,
                space.place,
                (person.id for person in readers),
                {each.id for each in readers if each.has(Role.ADVISOR)},
            )
    short = next((each for each in verdict.standing if Measure.RESTRICT in each.measures), None)
    if short is not None and space.advisor_may_speak and (space.slips or space.place not in restricted):
        yield Restrict(str(short.clause), space.place)
    if space.place in restricted and not verdict.measures & {Measure.RESTRICT, Measure.REVIEW}:
        yield Lift("", space.place)
