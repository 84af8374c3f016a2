"""Who receives the copy of a message that owes one, and from whom it is kept. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import msgspec

from bot.actions import Copy
from bot.judge import Verdict
from bot.message import Message
from bot.people import Office, Offices, PersonId, Role, SchoolId
from bot.reach import reach_overseers, schools_of
from bot.rule import Choice, Finding, Measure
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
    return tuple(_addressed(finding, message, offices, _kept_from(finding, message, offices)))


def told_of_copies(finding: Finding, copied: tuple[Copy, ...]) -> Finding:
    """Give a finding as its author reads it: it says who gets the copy, if one is owed.

    They can say that it concerns who gets it, as long as there is somebody else. Where nobody gets it, a person looks;
    what the author could do for a copy next time would lead nowhere, either.
    """
    if Measure.COPY not in finding.measures:
        return finding
    if not copied:
        measures = finding.measures - {Measure.COPY} | {Measure.REVIEW}
        remedy = finding.remedy if finding.safety or Measure.ASK in measures else CALL_THE_DISTRICT
        return replace(finding, measures=measures, copied=NOBODY_IS_COPIED, remedy=remedy)
    if {each.office for each in copied} == {Office.SUPERINTENDENT_DESIGNEE}:
        return replace(finding, copied=ONE_ABOVE_IS_COPIED)
    return replace(finding, copied=OFFICE_IS_COPIED, choices=(*finding.choices, Choice.CONCERNS_COPIED))


def concerned_in(verdict: Verdict, offices: Offices) -> frozenset[PersonId]:
    """Name everybody from whom a message, and every case about it, is kept."""
    message = verdict.subject
    if not isinstance(message, Message) or not message.concerns_copied:
        return frozenset()
    owed = (each for each in verdict.standing if Measure.COPY in each.measures)
    return frozenset().union(*(_concerned(each, message, offices) for each in (*owed, *verdict.spared)))


def _concerned(finding: Finding, message: Message, offices: Offices) -> frozenset[PersonId]:
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
        concerned = _would_be_copied(finding, message, offices, passed)
        if any(each.to == message.author.id for each in _addressed(finding, message, offices, passed | concerned)):
            return True
    return False


def _kept_from(finding: Finding, message: Message, offices: Offices) -> frozenset[PersonId]:
    """Name who is told nothing: who takes part, and who would be copied where it concerns somebody who would be."""
    return _concerned(finding, message, offices) | _taking_part(message)


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


def _addressed(finding: Finding, message: Message, offices: Offices, kept_from: frozenset[PersonId]) -> Iterator[Copy]:
    addressed: set[PersonId] = set()
    for school in schools_of(message):
        for office, person in reach_overseers(school, finding.copy_to, kept_from, message.day, offices):
            if person not in addressed:
                addressed.add(person)
                in_place = person in message.audience.members
                stands_in = not offices.holds(person, school, office, message.day)
                out = tuple(sorted(kept_from))
                yield Copy(str(finding.clause), person, office, in_place, message.sent_at, stands_in, school, out)


def is_theirs(copy: Copy, day: date, offices: Offices) -> bool:
    """Say whether what the office of a copy gets on a day still comes to whom the copy is addressed to."""
    if copy.school is None:
        return True
    return offices.reached(copy.school, copy.office, day, frozenset(copy.kept_from)) == copy.to


def readdressed(
    copied: Sequence[Copy], concerned: frozenset[PersonId], day: date, offices: Offices
) -> tuple[Copy, ...]:
    """Address the copies of one message as on another day: to whoever holds their offices then, or stands in.

    `concerned` are those whom it turned out to concern since: what was theirs goes to nobody, for another office has a
    copy of its own. Where nobody can be reached, copies stay with who had them.
    """
    left = [each for each in copied if each.to not in concerned]
    schools = {each.school: [every for every in left if every.school == each.school] for each in left}
    today = (copy for school, own in schools.items() for copy in _at(school, own, day, offices))
    return tuple(each for each in today if each.to not in concerned)


def _at(school: SchoolId | None, copied: Sequence[Copy], day: date, offices: Offices) -> Iterator[Copy]:
    kept_from = frozenset().union(*(each.kept_from for each in copied))
    wanted = frozenset(each.office for each in copied)
    reached = [] if school is None else reach_overseers(school, wanted, kept_from, day, offices)
    if not reached:
        yield from copied
    for office, person in reached:
        before = next((each for each in copied if (each.to, each.office) == (person, office)), None)
        stands_in = school is not None and not offices.holds(person, school, office, day)
        yield before or replace(copied[0], to=person, office=office, read_in_place=False, stands_in=stands_in)


def heirs(
    copy: Copy, beside: Sequence[Copy], concerned: frozenset[PersonId], day: date, offices: Offices
) -> tuple[Copy, ...] | None:
    """Say who gets a copy instead of whom it is addressed to; None while it is theirs, nothing while it is nobody's.

    `beside` are the other copies of the same message: what comes to their offices is for them to hand on.
    """
    today = readdressed((copy, *beside), concerned, day, offices)
    if copy in today:
        return None
    others = {(each.school, each.office) for each in beside}
    own = (each for each in today if each.school == copy.school)
    return tuple(each for each in own if each.office == copy.office or (each.school, each.office) not in others)


def may_open(
    person: PersonId, copied: Sequence[Copy], concerned: frozenset[PersonId], day: date, offices: Offices
) -> bool:
    """Say whether somebody gets the copies of a message on a day: by office, not because they once did.

    Who was told of it may go on reading while somebody else is back in charge, as long as they belong to that office.
    """
    if person in concerned:
        return False
    today = readdressed(copied, concerned, day, offices)
    own = (each for each in copied if each.to == person)
    return any(each.to == person for each in today) or any(_serves(each, day, offices) for each in own)


def _serves(copy: Copy, day: date, offices: Offices) -> bool:
    """Say whether whom a copy is addressed to holds its office, or is listed as who stands in."""
    if copy.school is None:
        return True
    running, deputies = offices.filled(copy.school, copy.office, day)
    return copy.to in {*(each.person for each in running), *deputies}
