"""From subject to verdict: every rule asked, every exception weighed. Pure."""

from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import msgspec

from bot.message import Message
from bot.people import PersonId, TeamId
from bot.readings.found import Trace
from bot.readings.signs import Slow
from bot.rule import SAFETY, Finding, Measure, Rule, Subject
from bot.space import Space
from bot.texts import N_

Lacking = tuple[type[Subject], frozenset[Trace]]
"""What kind of thing is looked at, and which traces it lacks."""

MOST_ASKED: Final = 4_096
"""So many combinations of what is lacking are remembered; there are as many as the rules have traces, at worst."""

FOR_PEOPLE: Final = frozenset({Measure.REVIEW, Measure.ALERT, Measure.COPY, Measure.LIST})
"""What never stands in the way of help: somebody else hears of it, and whoever wrote notices nothing."""

TO_THE_AUTHOR: Final = frozenset({Measure.REMOVE, Measure.TELL, Measure.ASK})
"""What is done to whoever wrote, and can hardly be taken back."""

NOT_CHECKED = N_("We could not check this by itself. A person will look at it.")


@dataclass(frozen=True, slots=True)
class Exemption:
    """A standing exception from one rule, granted by somebody, with an end.

    It names a team, a person or both; what both match is excused. A team matches in its own place, and elsewhere where
    every student who can read is on it. Dates include both ends.
    """

    id: str = field(repr=False)
    rule: str
    until: date
    since: date | None = None
    team: TeamId | None = None
    person: PersonId | None = None
    approved_by: str = ""
    reason: str = field(default="", repr=False)

    def covers(self, finding: Finding, subject: Subject) -> bool:
        """Say whether this exception sets the finding aside."""
        if finding.rule != self.rule or finding.safety or not finding.excusable:
            return False
        if subject.day > self.until or (self.since is not None and subject.day < self.since):
            return False
        return self._matches_team(subject) and self._matches_person(subject)

    def _matches_team(self, subject: Subject) -> bool:
        if self.team is None:
            return True
        if not isinstance(subject, Message | Space) or subject.team is None or subject.team.id != self.team:
            return False
        return isinstance(subject, Space) or subject.is_within_team

    def _matches_person(self, subject: Subject) -> bool:
        if self.person is None:
            return True
        return isinstance(subject, Message) and subject.author.id == self.person


NEVER_EXCUSED: Final = frozenset({"inappropriate-contact", "tell-an-adult"})
"""Rules of the policy whose findings no exception sets aside, beside those about safety."""


def excuses_nothing(rule: type[Rule], *, person: bool) -> bool:
    """Say whether an exception would set nothing aside: of safety none does, and for a person it covers messages."""
    covered = {Message} if person else {Message, Space}
    return rule.clause == SAFETY or rule.name in NEVER_EXCUSED or covered.isdisjoint(rule.looks_at)


@dataclass(frozen=True, slots=True)
class Excused:
    """A finding that a standing exception sets aside."""

    finding: Finding
    exemption: Exemption


Found = tuple[tuple[str, str], ...]
"""Each rule that found something, with each measure it asked for."""


class Verdict(msgspec.Struct, frozen=True):
    """What was found in one subject in one round. It only describes; `plan` says what follows."""

    subject: Subject
    standing: tuple[Finding, ...] = ()
    excused: tuple[Excused, ...] = ()
    round: int = 0
    """0 at once; a later round when a slow reading has arrived. A later round only adds."""
    awaited: frozenset[str] = frozenset()
    """The clauses of findings that are left to a further round, for it reads what may change them."""
    spared: tuple[Finding, ...] = ()
    """Findings by which no copy goes out, and that yet say from whom the matter is kept: what a rule finds that asks
    for nothing, what an earlier round found to be copied, and what somebody wrote who gets the copies themselves."""
    before: Found = ()
    """What earlier rounds found."""
    outdated: bool = False
    """Whether another version of the message stands by now, and was judged."""

    @property
    def measures(self) -> frozenset[Measure]:
        """Join the measures of all standing findings."""
        return frozenset().union(*(each.measures for each in self.standing))

    @property
    def measures_before(self) -> frozenset[str]:
        """Join the measures of all that earlier rounds found."""
        return frozenset(measure for _, measure in self.before)

    @property
    def taken_before(self) -> bool:
        """Say whether an earlier round asked for the message to be taken away."""
        return Measure.REMOVE in self.measures_before

    @property
    def told_it_is_taken(self) -> bool:
        """Say whether an earlier round told its author that it is taken away, and gave the text back."""
        told = {rule for rule, measure in self.before if measure == Measure.TELL}
        return any(rule in told for rule, measure in self.before if measure == Measure.REMOVE)

    @property
    def alerts_offices(self) -> bool:
        """Say whether this round or an earlier one alerts offices at once, by whichever rule."""
        return Measure.ALERT in self.measures | self.measures_before

    @property
    def takes_away(self) -> bool:
        """Say whether this round or an earlier one takes the message away, where the platform lets us."""
        return self.taken_before or Measure.REMOVE in self.measures

    @property
    def is_about_safety(self) -> bool:
        """Say whether somebody may be in danger, asks for help or answers that."""
        return any(each.safety for each in self.standing)

    @property
    def calls_for_help(self) -> bool:
        """Say whether that is sure, so that an adult's answer has to be let stand."""
        return any(each.safety and each.sure for each in self.standing)


class Rulebook:
    """All rules, and which of them are to be asked: most subjects lack the traces of most rules."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take every rule, in the order in which they are asked."""
        self._rules = tuple(rules)
        self._asked: dict[Lacking, tuple[Rule, ...]] = {}

    def __iter__(self) -> Iterator[Rule]:
        """Go through every rule."""
        return iter(self._rules)

    def asked_about(self, subject: Subject) -> tuple[Rule, ...]:
        """Pick the rules that look at such a thing and whose trace may be there. Remembered: few differ."""
        lacks = subject.readings.lacks
        if isinstance(subject, Message) and subject.relayed:
            lacks = frozenset()  # who posted it may be found wanting, whatever the words are
        found = self._asked.get((type(subject), lacks))
        if found is None:
            found = tuple(each for each in self._rules if type(subject) in each.looks_at and each.trace not in lacks)
            if len(self._asked) < MOST_ASKED:
                self._asked[type(subject), lacks] = found
        return found


def judge(
    subject: Subject, rules: Rulebook | Iterable[Rule], exemptions: Iterable[Exemption] = (), in_round: int = 0
) -> Verdict:
    """Ask every rule that could find something in this subject. Never raises: a broken rule asks for a person."""
    book = rules if isinstance(rules, Rulebook) else Rulebook(rules)
    found: list[Finding] = []
    for rule in book.asked_about(subject):
        found += _ask(rule, subject)
    if not found:
        return Verdict(subject, round=in_round)
    spared = tuple(each for each in found if not each.measures)
    found = _shielded(subject, [each for each in found if each.measures])
    granted = tuple(exemptions)
    standing: list[Finding] = []
    excused: list[Excused] = []
    for finding in found:
        exemption = next((each for each in granted if each.covers(finding, subject)), None)
        if exemption is None:
            standing.append(finding)
        else:
            excused.append(Excused(finding, exemption))
    return Verdict(subject, _without_nudges(_untold(subject, standing)), tuple(excused), in_round, spared=spared)


def found_in(verdict: Verdict) -> Found:
    """Say what was found, so that a later round can leave it out."""
    return tuple((each.rule, str(measure)) for each in verdict.standing for measure in sorted(each.measures))


def added_to(earlier: Found, verdict: Verdict) -> Verdict:
    """Keep of a later round what no round before has found. It takes nothing back, so it can only add.

    Whoever was told, asked or left without the message before is not nudged about it now.
    """
    known = frozenset(earlier)
    asked_for = {measure for _, measure in known}
    is_heard = not TO_THE_AUTHOR.isdisjoint(asked_for)
    new = tuple(
        each
        for each in verdict.standing
        if any((each.rule, str(measure)) not in known for measure in each.measures)
        and not (each.gives_way and is_heard)
    )
    copied = (each for each in verdict.standing if each not in new and Measure.COPY in each.measures)
    return msgspec.structs.replace(verdict, standing=new, spared=(*verdict.spared, *copied), before=earlier)


def _shielded(subject: Subject, found: list[Finding]) -> list[Finding]:
    """Put safety first, and let nothing else that was found stand in its way (docs/decisions/0017)."""
    first = [each for each in found if each.safety]
    answers_help = isinstance(subject, Message) and subject.answers_help
    if not first and not answers_help:
        return found
    if isinstance(subject, Space):  # or what a place is called would free its coaches from every rule
        return first + [each for each in found if not each.safety]
    kept = FOR_PEOPLE
    if isinstance(subject, Message) and subject.emergency:
        kept |= {Measure.ASK}  # who declared it knows that the reason is asked for
    return first + [_let_be(each, kept) for each in found if not each.safety and not each.gives_way]


def _let_be(finding: Finding, kept: frozenset[Measure]) -> Finding:
    """Leave of a finding what only other people notice; where nothing is left of it, a person looks."""
    measures = finding.measures & kept or frozenset({Measure.REVIEW})
    if measures == finding.measures:
        return finding
    return replace(finding, measures=measures, choices=(), answer_within=None)


def _untold(subject: Subject, standing: list[Finding]) -> list[Finding]:
    """Let no other rule tell or ask the author of what is taken away discreetly: the text is theirs, not the reason.

    The rule that takes it away alone says what they read of it, if anything (docs/decisions/0031).
    """
    if not isinstance(subject, Message) or not subject.removable:
        return standing
    by = {each.rule for each in standing if each.discreet and Measure.REMOVE in each.measures}
    return [each if each.rule in by or not by else _unsaid(each) for each in standing]


def _unsaid(finding: Finding) -> Finding:
    """Say nothing to an author; where nothing else is left of a finding, a person looks."""
    measures = finding.measures - {Measure.TELL, Measure.ASK} or frozenset({Measure.REVIEW})
    return finding if measures == finding.measures else replace(finding, measures=measures, answer_within=None)


def _without_nudges(standing: list[Finding]) -> tuple[Finding, ...]:
    """Leave out what gives way: to whatever else is done to an author, and to what nobody may warn them of.

    It is settled here, where all that a message holds is known: each later round plans only what it adds.
    """
    others = [each for each in standing if not each.gives_way]
    outweighed = any(each.discreet or each.measures & TO_THE_AUTHOR for each in others)
    return tuple(others if outweighed else standing)


def secondhand(verdict: Verdict, about_pictures: Container[str]) -> Verdict:
    """Take back what would follow for whoever shares a picture with words in it: they may be somebody else's.

    A bare hint to the author stays, for it accuses nobody. `about_pictures` names rules that look at what is shown.
    """
    standing = tuple(
        each if each.rule in about_pictures or each.measures <= {Measure.TELL} else _let_be(each, FOR_PEOPLE)
        for each in verdict.standing
    )
    return msgspec.structs.replace(verdict, standing=standing)


def outdated(verdict: Verdict) -> Verdict:
    """Do and say nothing to an author about a version that they have changed since: another judged what stands.

    Nor is anybody asked about their silence: they were asked nothing.
    """
    kept = (replace(each, measures=each.measures & FOR_PEOPLE, answer_within=None) for each in verdict.standing)
    return msgspec.structs.replace(verdict, standing=tuple(each for each in kept if each.measures), outdated=True)


def unhurried(verdict: Verdict, to_come: Collection[Slow]) -> Verdict:
    """Do and say nothing to an author that a reading to come may change.

    While the models have not read a student's words, they may be a call for help; and a finding may await a reading of
    its own. The further round finds it again, and does it then.
    """
    message = verdict.subject
    if not to_come or not isinstance(message, Message):
        return verdict
    may_call_for_help = Slow.MEANING in to_come and not message.author.is_staff
    awaited = frozenset(str(each.clause) for each in verdict.standing if each.awaits in to_come)
    always = frozenset({Measure.TELL}) if may_call_for_help else frozenset()
    held = ((each, TO_THE_AUTHOR if each.awaits in to_come else always) for each in verdict.standing)
    kept = (replace(each, measures=each.measures - later) for each, later in held)
    return msgspec.structs.replace(verdict, standing=tuple(each for each in kept if each.measures), awaited=awaited)


def _ask(rule: Rule, subject: Subject) -> tuple[Finding, ...]:
    try:
        return tuple(rule.check(subject))
    except Exception:  # noqa: BLE001 (a fault in our own code must end before a person, not in silence)
        return (Finding(rule.name, rule.clause, frozenset({Measure.REVIEW}), NOT_CHECKED, excusable=False),)
