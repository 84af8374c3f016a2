"""From verdict to actions: what shall be done, and whom it is addressed to. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from bot.actions import Action, Actions, Alert, Ask, Close, Copy, Disconnect, Lift, Remove, Restrict, Tell, Waiting
from bot.judge import FOR_PEOPLE, Verdict
from bot.message import Message, PlaceId
from bot.notice import (
    Notice,
    Silence,
    write_alert,
    write_alert_by,
    write_alert_of,
    write_notice,
    write_request,
    write_unanswered,
)
from bot.people import AccountId, Audience, Office, Offices, Person, PersonId, Role, SchoolId, TeamKind
from bot.profile import Profile
from bot.rule import Choice, Finding, Measure
from bot.space import Space
from bot.staff import Seat, rank_of
from bot.texts import N_

Names = Mapping[PersonId, str]
"""How people are called, for those who look after them; who has no name here is called by the roster's id."""

NO_NAMES: Final[Names] = MappingProxyType({})


def plan(
    verdict: Verdict, offices: Offices, restricted: frozenset[PlaceId] = frozenset(), names: Names = NO_NAMES
) -> Actions:
    """Say what shall be done about a verdict.

    `restricted` names the places of this platform that stand restricted by an earlier deed of ours.
    """
    verdict = relieved(verdict, offices)
    match verdict.subject:
        case Message() as message if verdict.standing:
            return tuple(_for_message(verdict, message, offices, names))
        case Space() as space:
            return tuple(_for_space(verdict, space, offices, restricted))
        case Profile() as profile:
            return tuple(_alerts_of_a_profile(verdict, profile, offices, names))
        case _:
            return ()


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


def needs_a_person(verdict: Verdict, actions: Actions) -> bool:
    """Say whether a person has to look: a rule asks for it, or no office could be reached with what it is owed."""
    if not verdict.standing:
        return False
    reached = {type(each) for each in actions}
    owed = {Measure.COPY: Copy, Measure.ALERT: Alert}
    return Measure.REVIEW in verdict.measures or any(
        owed[each] not in reached for each in verdict.measures & owed.keys()
    )


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
                replace(finding, because=NOBODY_LEFT, remedy=CALL_THE_OFFICE), message.place, _present(message)
            )
        unanswered = tuple(_later(finding, verdict, message, offices, names))
        if Measure.TELL in finding.measures:
            silence = _silence(finding, verdict, message, unanswered, _answer_within(finding, message))
            returned = message.text if finding is giving_back else None
            yield Tell(clause, message.author.id, message.account, _note(finding, verdict, message, silence, returned))
        if Measure.ASK in finding.measures and finding.answer_within is None:
            yield from asked(finding, verdict, message, offices, names)
        elif Measure.ASK in finding.measures and finding.answer_within is not None:
            yield from _asked_what_it_is(finding, verdict, message, finding.answer_within, unanswered)
        yield from unanswered  # after what is due at the same moment: the note says what has become of the message


def _is_looked_at(finding: Finding, verdict: Verdict) -> bool:
    """Say whether a note may say that a person looks: some finding of the same rule sees to that.

    Of what is discreet no note says anything.
    """
    same = (each for each in verdict.standing if each.rule == finding.rule and not each.discreet)
    return any(each.measures & {Measure.REVIEW, Measure.ALERT} for each in same)


def _others_hear(finding: Finding, verdict: Verdict) -> bool:
    """Say whether somebody hears of the message by anything else that was found in it, whatever its author answers."""
    others = (each.measures for each in verdict.standing if each is not finding)
    return not FOR_PEOPLE.isdisjoint(verdict.measures_before.union(*others))


def _may_end(message: Message) -> bool:
    """Say whether its private place is closed when nobody gets the copy: not over a word of who only came to it."""
    return message.opens_matter and (message.is_by_its_student or message.is_led_by(message.author))


def _is_left_to_author(finding: Finding, message: Message) -> bool:
    """Say whether its author is asked to take a message away, for nobody else can."""
    return finding.measures >= {Measure.REMOVE, Measure.TELL} and not message.removable


def _silence(
    finding: Finding,
    verdict: Verdict,
    message: Message,
    unanswered: tuple[Waiting, ...],
    within: timedelta | None = None,
) -> Silence | None:
    """Say how a silence of the author ends; None where nobody is asked then. Without `within` no hours are named."""
    if not unanswered:
        return None
    hours = None if within is None else -(-within // timedelta(hours=1))
    others_hear = _others_hear(finding, verdict)
    return Silence(message.author.has(Role.STUDENT), hours, bool(message.id.revision), others_hear)


def _note(
    finding: Finding, verdict: Verdict, message: Message, silence: Silence | None, returned: str | None
) -> Notice:
    """Write what an author reads. Nobody is offered to delete what is gone."""
    looked_at = _is_looked_at(finding, verdict)
    if _is_left_to_author(finding, message):
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
    silence, looked_at = _silence(finding, verdict, message, unanswered), _is_looked_at(finding, verdict)
    asking = write_notice(finding, silence=silence, looked_at=looked_at)  # what to do now names the hours
    yield Ask(clause, message.author.id, message.account, asking, due)
    late = replace(finding, because=NOT_ANSWERED, remedy=CHOOSE_NOW)
    over = None if silence is None else replace(silence, is_over=True)
    notice = write_request(late, silence=over, looked_at=looked_at)
    if message.removable:
        yield Waiting(Remove(clause, message.place, message.id.post, message.attached), until)
        notice = write_notice(late, returned=message.text, silence=over, looked_at=looked_at)
    yield Waiting(Tell(clause, message.author.id, message.account, notice), until)


NOT_ANSWERED = N_("We asked you about a message to one student, and you did not answer.")
CHOOSE_NOW = N_("Choose how to send it, or take it back.")


def _answer_within(finding: Finding, message: Message) -> timedelta | None:
    """Say how long its author has before somebody else is asked: always, where they alone can take it away."""
    return finding.answer_within or (TIME_TO_DELETE if _is_left_to_author(finding, message) else None)


def _later(finding: Finding, verdict: Verdict, message: Message, offices: Offices, names: Names) -> Iterator[Waiting]:
    """Ask an office later, if an answer is due. Where any rule alerts offices at once, nobody else is led to it."""
    within = _answer_within(finding, message)
    if within is not None and not verdict.alerts_offices:
        yield from _unanswered(finding, message, offices, names, within)


def _present(message: Message) -> Iterator[PersonId]:
    """Name everybody in a place: the writer, then who reads."""
    yield message.author.id
    yield from (person.id for person in message.audience.readers)


def _close(finding: Finding, place: PlaceId, people: Iterable[PersonId]) -> Iterator[Close | Tell]:
    """Close a private place for good, and tell everybody in it; the platform finds their accounts."""
    yield Close(str(finding.clause), place)
    for person in sorted(people):
        yield Tell(str(finding.clause), person, AccountId(""), write_notice(finding))


def copies(finding: Finding, message: Message, offices: Offices) -> tuple[Copy, ...]:
    """Say who receives a copy of a message, if the finding owes one.

    What concerns somebody who would be copied goes to another office, and that person is told nothing.
    """
    if Measure.COPY not in finding.measures:
        return ()
    return tuple(_addressed(finding, message, offices, _concerned(finding, message, offices)))


def _concerned(finding: Finding, message: Message, offices: Offices) -> frozenset[PersonId]:
    """Name who is told nothing: who takes part, and who would be copied where it concerns somebody who would be."""
    return kept_from(finding, message, offices) | _taking_part(message)


def kept_from(finding: Finding, message: Message, offices: Offices) -> frozenset[PersonId]:
    """Name those who would be copied and must not be, because it concerns one of them."""
    if not message.concerns_copied:
        return frozenset()
    return frozenset(each.to for each in _addressed(finding, message, offices, _taking_part(message)))


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
        kept = {each.to for each in _addressed(finding, message, offices, passed)} if message.concerns_copied else ()
        if any(each.to == message.author.id for each in _addressed(finding, message, offices, passed.union(kept))):
            return True
    return False


def concerned_in(verdict: Verdict, offices: Offices) -> frozenset[PersonId]:
    """Name everybody from whom a message, and every case about it, is kept."""
    message = verdict.subject
    if not isinstance(message, Message) or not message.concerns_copied:
        return frozenset()
    owed = (each for each in (*verdict.standing, *verdict.spared) if Measure.COPY in each.measures)
    return frozenset().union(*(kept_from(each, message, offices) for each in owed))


def _addressed(finding: Finding, message: Message, offices: Offices, concerned: frozenset[PersonId]) -> Iterator[Copy]:
    addressed: set[PersonId] = set()
    for school in _schools_of(message):
        for office, person in _overseers(school, finding.copy_to, concerned, message.day, offices):
            if person not in addressed:
                addressed.add(person)
                in_place = person in message.audience.members
                stands_in = not offices.holds(person, school, office, message.day)
                yield Copy(str(finding.clause), person, office, in_place, message.sent_at, stands_in)


TIME_TO_DELETE: Final = timedelta(hours=4)
"""How long an author has to delete what we cannot take away, before an office is asked to look."""


def alerts(verdict: Verdict, message: Message, offices: Offices, names: Names = NO_NAMES) -> Iterator[Alert]:
    """Alert the offices that findings in a message name: those of the author's school, where its case is decided.

    Nobody is alerted about what they wrote, what somebody above them wrote, or what is kept from them; where that
    leaves nobody, every overseer above the author is. What a stranger writes belongs to the school of whoever reads it.
    """
    author, kept = message.author, concerned_in(verdict, offices)
    schools = sorted(author.schools) or _schools_of(message) or _schools_around(message.audience, offices)
    for finding in _alerting(verdict):
        notice = write_alert_by(finding, names.get(author.id) or author.id, message.day)
        alerted = _alerted(finding, schools, _about(finding, message), kept, message.day, offices)
        yield from _alert_all(alerted, finding, notice)


def _alerting(verdict: Verdict) -> Iterator[Finding]:
    return (each for each in verdict.standing if Measure.ALERT in each.measures)


def _alert_all(alerted: Mapping[PersonId, Office], finding: Finding, notice: Notice) -> Iterator[Alert]:
    for person, office in alerted.items():
        yield Alert(str(finding.clause), person, office, notice, finding.safety or finding.discreet, finding.rule)


def _about(finding: Finding, message: Message) -> tuple[Person, ...]:
    """Name whom a finding is about: the author, and who else it may be."""
    return (message.author, *(each for each in message.audience.readers if each.id in finding.also_about))


def _alerted(
    finding: Finding,
    schools: Iterable[SchoolId],
    about: tuple[Person, ...],
    kept: frozenset[PersonId],
    day: date,
    offices: Offices,
) -> dict[PersonId, Office]:
    """Find who is alerted: the offices named; where they are too few people, others above whom it is about."""
    found: dict[PersonId, Office] = {}
    for school in schools:
        above = _above(school, finding.copy_to, about, kept, day, offices)
        others = _above(school, EVERY_OVERSEER, about, kept, day, offices)
        reached = above or others
        more = [each for each in others if each[1] not in {person for _, person in reached}]
        missing = max(0, finding.fewest_alerted - len({person for _, person in reached}))
        for office, person in reached + more[:missing]:
            found.setdefault(person, office)
    return found


def _above(
    school: SchoolId,
    wanted: frozenset[Office],
    about: tuple[Person, ...],
    kept: frozenset[PersonId],
    day: date,
    offices: Offices,
) -> list[tuple[Office, PersonId]]:
    """Reach the offices whose holders, or who stands in for them, stand above everybody something is about."""
    rank = max(rank_of(each, offices, day) for each in about)
    concerned = kept | {each.id for each in about}
    own = _held_by(concerned, school, day, offices)
    reached = _reach(school, wanted - own, concerned, day, offices)
    seats = [Seat(school, office, who, not offices.holds(who, school, office, day)) for office, who in reached]
    return [(seat.office, seat.person) for seat in seats if seat.rank > rank]


CLIMB = (Office.ATHLETIC_DIRECTOR, Office.PRINCIPAL, Office.SUPERINTENDENT_DESIGNEE)
"""Who is asked to look when an author does not answer, one after the other, about a message to an athletic team."""

FEWER_EYES = CLIMB[1:]
"""Who is asked about a message to a club, or to no team: whoever looks after athletics only where nobody else can."""


def _unanswered(
    finding: Finding, message: Message, offices: Offices, names: Names, within: timedelta, *, climbs: bool = False
) -> Iterator[Waiting]:
    """Ask an office to look with an author who does not answer; when it `climbs`, the next one after as long again.

    Only who stands above the author is asked: nobody looks into what their superior wrote. A student is reminded.
    """
    about, kept, asked_so_far = _about(finding, message), kept_from(finding, message, offices), set[PersonId]()
    for school in _schools_of(message):
        chain = [_above(school, frozenset({each}), about, kept, message.day, offices) for each in _climb(message)]
        if not any(chain):
            chain = [_above(school, frozenset(CLIMB), about, kept, message.day, offices)]
        people = {person: office for step in chain for office, person in step if person not in asked_so_far}
        for number, (person, office) in enumerate(list(people.items())[: None if climbs else 1], 1):
            who, of_student = names.get(message.author.id) or message.author.id, message.author.has(Role.STUDENT)
            notice = write_unanswered(finding, who, message.day, of_student=of_student)
            alert = Alert(str(finding.clause), person, office, notice, rule=finding.rule)
            yield Waiting(alert, message.sent_at + number * within)
        asked_so_far |= people.keys()


def _climb(message: Message) -> tuple[Office, ...]:
    """Say which offices are asked about a message, the first one first."""
    is_athletic = message.team is not None and message.team.kind is TeamKind.ATHLETICS
    return CLIMB if is_athletic else FEWER_EYES


def asked(
    finding: Finding, verdict: Verdict, message: Message, offices: Offices, names: Names
) -> Iterator[Ask | Waiting]:
    """Ask what an emergency was, by the next school day; a silence climbs from office to office.

    Where any rule alerts offices at once, it does not: nobody else is led to it.
    """
    due = next_school_day(message.day)
    climbing = _unanswered(finding, message, offices, names, due - message.day, climbs=True)
    unanswered = () if verdict.alerts_offices else tuple(climbing)
    silence = _silence(finding, verdict, message, unanswered)
    notice = write_notice(finding, due=due, silence=silence, looked_at=_is_looked_at(finding, verdict))
    yield Ask(str(finding.clause), message.author.id, message.account, notice, due)
    yield from unanswered


def _schools_of(message: Message) -> list[SchoolId]:
    """Find whose offices are copied: the students' own for a private matter or one student; else the team's."""
    students = message.audience.students
    if len(students) == 1 or (students and message.matter is not None):
        return sorted({school for student in students for school in student.schools})
    if message.team is not None:
        return [message.team.school]
    return sorted(message.author.schools)


def _schools_around(audience: Audience, offices: Offices) -> list[SchoolId]:
    """Take the schools of the students who read, else of the staff, else of anybody; last, every school there is.

    What belongs to no school is some school's all the same: an alert about it must reach somebody.
    """
    staff = [each for each in audience.readers if each.is_staff]
    for people in (audience.students, staff, audience.readers):
        schools = {school for person in people for school in person.schools}
        if schools:
            return sorted(schools)
    return sorted(offices.schools)


NOBODY_LEFT = N_("Nobody is left who could get the copies of what is written here.")
CALL_THE_OFFICE = N_("This place is closed. Call the office about it.")

EVERY_OVERSEER = frozenset({Office.PRINCIPAL, Office.ATHLETIC_DIRECTOR, Office.SUPERINTENDENT_DESIGNEE})


def _overseers(
    school: SchoolId, wanted: frozenset[Office], concerned: frozenset[PersonId], day: date, offices: Offices
) -> list[tuple[Office, PersonId]]:
    """Settle each office for itself; when none of them can be reached, try every office there is.

    `concerned` are those whom it is about: none of them is ever told, nor a deputy in place of an office they hold.
    """
    own = _held_by(concerned, school, day, offices)
    settled = _reach(school, _instead_of(own, wanted), concerned, day, offices)
    return settled or _reach(school, EVERY_OVERSEER - own, concerned, day, offices)


def _held_by(people: frozenset[PersonId], school: SchoolId, day: date, offices: Offices) -> set[Office]:
    return {office for office in Office for each in people if offices.holds(each, school, office, day)}


def _instead_of(own: set[Office], wanted: frozenset[Office]) -> frozenset[Office]:
    """Replace an office that somebody concerned holds: nobody receives the copy of what they wrote themselves."""
    instead = set(wanted)
    if Office.ATHLETIC_DIRECTOR in own:
        instead |= {Office.PRINCIPAL}
    if Office.PRINCIPAL in own:
        instead |= {Office.ATHLETIC_DIRECTOR, Office.SUPERINTENDENT_DESIGNEE}
    return frozenset(instead - own)


def _reach(
    school: SchoolId, wanted: frozenset[Office], concerned: frozenset[PersonId], day: date, offices: Offices
) -> list[tuple[Office, PersonId]]:
    reached = ((office, offices.reached(school, office, day, concerned)) for office in sorted(wanted))
    return [(office, person) for office, person in reached if person is not None]


def _for_space(
    verdict: Verdict, space: Space, offices: Offices, restricted: frozenset[PlaceId]
) -> Iterator[Restrict | Lift | Alert | Close | Disconnect | Tell]:
    coaches = frozenset(person.id for person in (space.connected or space.audience).of(Role.ADVISOR))
    for finding in verdict.standing:
        done_to = sorted(finding.done_to or coaches)
        if Measure.DISCONNECT in finding.measures:
            yield from (Disconnect(str(finding.clause), space.place, each) for each in done_to)
        if Measure.TELL in finding.measures:
            notice = write_notice(finding)
            yield from (Tell(str(finding.clause), each, AccountId(""), notice) for each in done_to)
        if Measure.ALERT in finding.measures:
            yield from _alerts_of_a_space(finding, space, offices)
        if Measure.CLOSE in finding.measures:
            yield from _close(finding, space.place, (person.id for person in space.audience.readers))
    short = next((each for each in verdict.standing if Measure.RESTRICT in each.measures), None)
    if short is not None and space.advisor_may_speak and (space.slips or space.place not in restricted):
        yield Restrict(str(short.clause), space.place)
    if space.place in restricted and not verdict.measures & {Measure.RESTRICT, Measure.REVIEW}:
        yield Lift("", space.place)


def _alerts_of_a_space(finding: Finding, space: Space, offices: Offices) -> Iterator[Alert]:
    """Alert the offices of the team's school; in a room of no team, those of the schools of whoever reads.

    A counselor decides nothing that may be about staff, so an overseer is alerted beside them: the principal, where no
    other is named.
    """
    seen = space.audience if finding.safety else space.connected or space.audience
    concerned = frozenset(person.id for person in seen.of(Role.ADVISOR))
    wanted = finding.copy_to - {Office.COUNSELOR} or frozenset({Office.PRINCIPAL})
    schools = [space.team.school] if space.team is not None else _schools_around(seen, offices)
    alerted: dict[PersonId, Office] = {}
    for school in schools:
        counselor = finding.copy_to & {Office.COUNSELOR} - _held_by(concerned, school, space.day, offices)
        reached = _reach(school, counselor, concerned, space.day, offices)
        overseers = _overseers(school, wanted, concerned, space.day, offices)
        for office, person in reached + overseers:
            alerted.setdefault(person, office)
    yield from _alert_all(alerted, finding, write_alert(finding, space.name))


def _alerts_of_a_profile(verdict: Verdict, profile: Profile, offices: Offices, names: Names) -> Iterator[Alert]:
    """Alert the offices of the owner's school; where nobody knows whose account it is, those of every school."""
    owner = profile.owner
    schools = sorted(owner.schools or offices.schools)
    for finding in _alerting(verdict):
        alerted = _alerted(finding, schools, (owner,), frozenset(), profile.day, offices)
        yield from _alert_all(alerted, finding, write_alert_of(finding, names.get(owner.id) or owner.id))


def next_school_day(day: date) -> date:
    """Give the next weekday. The district's holidays are not known here."""
    following = day + timedelta(days=1)
    while following.weekday() >= 5:
        following += timedelta(days=1)
    return following
