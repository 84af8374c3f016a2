"""Who receives the copy of a message that owes one, and from whom it is kept. Pure."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from bot.actions import Copy
from bot.judge import Verdict
from bot.message import Message
from bot.people import Office, Offices, PersonId, Role
from bot.reach import reach_overseers, schools_of
from bot.rule import Finding, Measure
from bot.texts import N_

OFFICE_IS_COPIED = N_("The office the policy names gets a copy of it.")
ONE_ABOVE_IS_COPIED = N_("Not the school's own office but one above it gets a copy of it.")
NOBODY_IS_COPIED = N_("We know nobody who could get a copy of it.")
CALL_THE_DISTRICT = N_("Call the district office about it.")


def copies(finding: Finding, message: Message, offices: Offices) -> tuple[Copy, ...]:
    """Say who receives a copy of a message, if the finding owes one.

    What concerns somebody who would be copied goes to another office, and that person is told nothing.
    """
    if Measure.COPY not in finding.measures:
        return ()
    return tuple(_addressed(finding, message, offices, _concerned(finding, message, offices)))


def told_of_copies(finding: Finding, copied: tuple[Copy, ...]) -> Finding:
    """Give a finding as its author reads it: it says who gets the copy, if one is owed.

    Where nobody does, a person looks; what the author could do for a copy next time would lead nowhere, either.
    """
    if Measure.COPY not in finding.measures:
        return finding
    if not copied:
        measures = finding.measures - {Measure.COPY} | {Measure.REVIEW}
        remedy = finding.remedy if finding.safety or Measure.ASK in measures else CALL_THE_DISTRICT
        return replace(finding, measures=measures, copied=NOBODY_IS_COPIED, remedy=remedy)
    is_diverted = {each.office for each in copied} == {Office.SUPERINTENDENT_DESIGNEE}
    return replace(finding, copied=ONE_ABOVE_IS_COPIED if is_diverted else OFFICE_IS_COPIED)


def concerned_in(verdict: Verdict, offices: Offices) -> frozenset[PersonId]:
    """Name everybody from whom a message, and every case about it, is kept."""
    message = verdict.subject
    if not isinstance(message, Message) or not message.concerns_copied:
        return frozenset()
    owed = (each for each in verdict.standing if Measure.COPY in each.measures)
    return frozenset().union(*(_kept_from(each, message, offices) for each in (*owed, *verdict.spared)))


def _kept_from(finding: Finding, message: Message, offices: Offices) -> frozenset[PersonId]:
    """Name those who would be copied and must not be, because it concerns one of them.

    Of what owes no copy, it is who would be copied when somebody leads the matter.
    """
    passed = _taking_part(message) if Measure.COPY in finding.measures else _leading(message)
    return _would_be_copied(finding, message, offices, passed)


def _would_be_copied(
    finding: Finding, message: Message, offices: Offices, passed: frozenset[PersonId]
) -> frozenset[PersonId]:
    """Name who would be copied, did it not concern one of them: whom an office comes to, and its holder if away."""
    if not message.concerns_copied:
        return frozenset()
    day, reached = message.day, set[PersonId]()
    for school in schools_of(message):
        for office, person in reach_overseers(school, finding.copy_to, passed, day, offices):
            reached |= {person, *(each.person for each in offices.filled(school, office, day)[0])}
    return frozenset(reached)


def relieved(verdict: Verdict, offices: Offices) -> Verdict:
    """Set aside the copy of what somebody wrote who gets the copies of that private matter, and coaches nothing.

    They look after it. A copy would go to further eyes, or to nobody, and then one word of theirs would end it.
    """
    message = verdict.subject
    if not isinstance(message, Message) or not _may_look_after(message):
        return verdict
    spared = [each for each in verdict.standing if _gets_copies(each, message, offices)]
    standing = tuple(each for each in verdict.standing if each not in spared)
    return msgspec.structs.replace(verdict, standing=standing, spared=(*verdict.spared, *spared))


def _may_look_after(message: Message) -> bool:
    """Say whether staff who neither coach anything nor lead the private matter write in it, and in no emergency."""
    author = message.author
    comes_to_it = author.is_staff and not author.has(Role.ADVISOR) and not message.is_led_by(author)
    return message.matter is not None and comes_to_it and not message.emergency


def _gets_copies(finding: Finding, message: Message, offices: Offices) -> bool:
    """Say whether its author is owed the copy of what others write in its matter: of any answer, or of its student's.

    Who leads it gets none of what the student answers, so that may go to another office.
    """
    if Measure.COPY not in finding.measures:
        return False
    for passed in (frozenset[PersonId](), _leading(message)):
        kept = _would_be_copied(finding, message, offices, passed)
        if any(each.to == message.author.id for each in _addressed(finding, message, offices, passed.union(kept))):
            return True
    return False


def _concerned(finding: Finding, message: Message, offices: Offices) -> frozenset[PersonId]:
    """Name who is told nothing: who takes part, and who would be copied where it concerns somebody who would be."""
    return _kept_from(finding, message, offices) | _taking_part(message)


def _taking_part(message: Message) -> frozenset[PersonId]:
    """Name the author; of what a student answers in a private matter, also the adults who lead it.

    They have read the answer there, so a copy that went to them alone would show it to nobody else.
    """
    author = frozenset({message.author.id})
    return author | _leading(message) if message.is_by_its_student else author


def _leading(message: Message) -> frozenset[PersonId]:
    """Name who of a place leads its private matter; where nobody is known to, whoever coaches anything may."""
    present = [each for each in message.audience.readers if each.id in message.audience.members]
    leading = [each for each in present if message.is_led_by(each)]
    return frozenset(each.id for each in leading or present if leading or each.has(Role.ADVISOR))


def _addressed(finding: Finding, message: Message, offices: Offices, concerned: frozenset[PersonId]) -> Iterator[Copy]:
    addressed: set[PersonId] = set()
    for school in schools_of(message):
        for office, person in reach_overseers(school, finding.copy_to, concerned, message.day, offices):
            if person not in addressed:
                addressed.add(person)
                in_place = person in message.audience.members
                stands_in = not offices.holds(person, school, office, message.day)
                yield Copy(str(finding.clause), person, office, in_place, message.sent_at, stands_in)
