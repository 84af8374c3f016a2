"""From subject to verdict: every rule asked, every exception weighed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import msgspec

from bot.message import Message
from bot.people import PersonId, TeamId
from bot.rule import Finding, Measure, Rule, Subject
from bot.space import Space
from bot.texts import N_

FOR_PEOPLE: Final = frozenset({Measure.REVIEW, Measure.ALERT, Measure.COPY})
"""What never stands in the way of help: somebody else hears of it, and whoever wrote notices nothing."""

NOT_CHECKED = N_("We could not check this by itself. A person will look at it.")


@dataclass(frozen=True, slots=True)
class Exemption:
    """A standing exception from one rule, granted by somebody, with an end.

    It names a team, a person or both; what both match is excused. Dates include both ends.
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
        return isinstance(subject, Message | Space) and subject.team is not None and subject.team.id == self.team

    def _matches_person(self, subject: Subject) -> bool:
        if self.person is None:
            return True
        return isinstance(subject, Message) and subject.author.id == self.person


@dataclass(frozen=True, slots=True)
class Excused:
    """A finding that a standing exception sets aside."""

    finding: Finding
    exemption: Exemption


class Verdict(msgspec.Struct, frozen=True):
    """What was found in one subject in one round. It only describes; `plan` says what follows."""

    subject: Subject
    standing: tuple[Finding, ...] = ()
    excused: tuple[Excused, ...] = ()
    round: int = 0
    """0 at once; a later round when a slow reading has arrived. A later round only adds."""

    @property
    def measures(self) -> frozenset[Measure]:
        """Join the measures of all standing findings."""
        return frozenset().union(*(each.measures for each in self.standing))

    @property
    def is_about_safety(self) -> bool:
        """Say whether somebody may be in danger, asks for help or answers that."""
        return any(each.safety for each in self.standing)


def judge(subject: Subject, rules: Iterable[Rule], exemptions: Iterable[Exemption] = (), in_round: int = 0) -> Verdict:
    """Ask every rule that could find something in this subject. Never raises: a broken rule asks for a person."""
    found: list[Finding] = []
    kind, lacks = type(subject), subject.readings.lacks
    if isinstance(subject, Message) and subject.relayed:
        lacks = frozenset()  # who posted it may be found wanting, whatever the words are
    for rule in rules:
        if kind in rule.looks_at and rule.trace not in lacks:
            found += _ask(rule, subject)
    if not found:
        return Verdict(subject, round=in_round)
    found = _shielded(subject, found)
    granted = tuple(exemptions)
    standing: list[Finding] = []
    excused: list[Excused] = []
    for finding in found:
        exemption = next((each for each in granted if each.covers(finding, subject)), None)
        if exemption is None:
            standing.append(finding)
        else:
            excused.append(Excused(finding, exemption))
    return Verdict(subject, tuple(standing), tuple(excused), in_round)


def _shielded(subject: Subject, found: list[Finding]) -> list[Finding]:
    """Put safety first, and let nothing else that was found stand in its way (docs/decisions/0017)."""
    first = [each for each in found if each.safety]
    answers_help = isinstance(subject, Message) and subject.answers_help
    if not first and not answers_help:
        return found
    kept = FOR_PEOPLE
    if isinstance(subject, Message) and subject.emergency:
        kept |= {Measure.ASK}  # who declared it knows that the reason is asked for
    return first + [_let_be(each, kept) for each in found if not each.safety]


def _let_be(finding: Finding, kept: frozenset[Measure]) -> Finding:
    """Leave of a finding what only other people notice; where nothing is left of it, a person looks."""
    measures = finding.measures & kept or frozenset({Measure.REVIEW})
    if measures == finding.measures:
        return finding
    return replace(finding, measures=measures, choices=(), answer_within=None)


def _ask(rule: Rule, subject: Subject) -> tuple[Finding, ...]:
    try:
        return tuple(rule.check(subject))
    except Exception:  # noqa: BLE001 (a fault in our own code must end before a person, not in silence)
        return (Finding(rule.name, rule.clause, frozenset({Measure.REVIEW}), NOT_CHECKED, excusable=False),)
