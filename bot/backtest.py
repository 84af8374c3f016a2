"""What one rule would have done on past messages, among all others: counts and a list. Nothing is written or told."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

import rules
from adapters.oneroster import read_lists
from adapters.replay import History, as_one, open_history
from adapters.replay.lately import Lately
from bot.clerk import Read, recognise
from bot.complaints import nearest
from bot.config import Configuration
from bot.copying import relieved
from bot.errors import ConfigurationError
from bot.judge import Exemption, Rulebook, Verdict, judge, outdated
from bot.lists import Lists
from bot.message import Message
from bot.plan import plan
from bot.platform import Heard, Post, ProfileSeen, SpaceSeen
from bot.readings.found import PICTURE
from bot.readings.reader import Reader
from bot.roster import Roster
from bot.rule import Finding, Measure, Rule, Subject
from bot.standing import Standing
from bot.store.database import people_of
from bot.study import Study, studied
from bot.texts import ENGLISH
from bot.what_reads import build_reader, open_study, worth_telling
from bot.wiring import build_roster

NO_PICTURES: Final = "A history holds no pictures, so this rule could find nothing."

AT_ONCE: Final = 64
"""How many are read by the models together."""


@dataclass(frozen=True, slots=True)
class Would:
    """One thing the rule would have found."""

    at: datetime
    what: str
    """The platform's own id of the message, place or account."""
    measures: tuple[Measure, ...]
    because: str
    excused: bool = False


@dataclass(slots=True)
class Tried:
    """What came of trying a rule."""

    rule: str
    looked_at: Counter[str] = field(default_factory=Counter)
    """Messages, spaces and profiles that the rule could look at."""
    found: int = 0
    """How many of them it would have found something in, excused ones left out."""
    measures: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    skipped: int = 0
    """Lines and records of the files that could not be read."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule as the settings build it, and what it is tried on."""

    rule: Rule
    rulebook: Rulebook
    """Every rule, this one among them: what another finds may shield a message from it."""
    histories: Sequence[History]
    roster: Roster
    reader: Reader
    exemptions: Sequence[Exemption]
    study: Study | None = None
    """What reads meaning; without it only what can be told without models is read."""

    async def run(self, tried: Tried, show: Callable[[Would], None]) -> None:
        """Go through the histories in the order of their time, and show each thing that would have been found."""
        standing = Standing()
        for group in _groups(as_one(self.histories)):
            read = await self._read(each for each in group if isinstance(each, Post))
            for heard in group:
                subject = recognise(heard, read, self.roster, self.reader, standing)
                verdict = _by_rule(self.rule.name, self._judge(heard, subject, standing))
                tried.looked_at[type(subject).__name__.lower()] += isinstance(subject, self.rule.looks_at)
                tried.found += bool(verdict.standing)
                tried.measures.update(str(each) for each in verdict.measures)
                for each in _would(verdict):
                    show(each)
        tried.notes += [note for each in self.histories for note in each.notes]
        tried.skipped = sum(each.skipped for each in self.histories)

    async def _read(self, posts: Iterable[Post]) -> Read:
        """Recognise and read posts together, before the first of them is judged."""
        read = {id(each): self.reader.read(self.roster.recognise(each)) for each in posts}
        return await studied(read, self.study)

    def _judge(self, heard: Post | SpaceSeen | ProfileSeen, subject: Subject, standing: Standing) -> Verdict:
        """Judge by every rule, with who was told and who asked for help in this history, as the journey does.

        A version that is told after the one that stands is let be, too.
        """
        offices = self.roster.on(subject.day).offices
        verdict = relieved(judge(subject, self.rulebook, self.exemptions), offices)
        if isinstance(heard, Post) and standing.hear_version(heard):
            verdict = outdated(verdict)
        actions = plan(verdict, offices)
        standing.note(subject, actions, verdict)
        return verdict


def _by_rule(name: str, verdict: Verdict) -> Verdict:
    """Keep of a verdict what one rule found."""
    standing = tuple(each for each in verdict.standing if each.rule == name)
    excused = tuple(each for each in verdict.excused if each.finding.rule == name)
    return msgspec.structs.replace(verdict, standing=standing, excused=excused)


def _groups(heard: Iterator[Heard]) -> Iterator[list[Post | SpaceSeen | ProfileSeen]]:
    """Give what can be judged, many at once: each version and each look once, though two files may tell it."""
    group: list[Post | SpaceSeen | ProfileSeen] = []
    told: Lately[int, bool] = Lately()
    for each in heard:
        if isinstance(each, Post | SpaceSeen | ProfileSeen) and not told.get(hash(_version(each))):
            told.put(hash(_version(each)), thing=True)
            group.append(each)
        if len(group) >= AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _version(heard: Post | SpaceSeen | ProfileSeen) -> tuple[str, ...]:
    match heard:
        case Post():
            return "post", heard.platform, heard.id, heard.revision
        case SpaceSeen():
            return "space", heard.platform, heard.place, heard.change
        case ProfileSeen():
            return "profile", heard.platform, heard.account, heard.change


def _would(verdict: Verdict) -> Iterator[Would]:
    for finding in verdict.standing:
        yield _one(verdict.subject, finding, excused=False)
    for each in verdict.excused:
        yield _one(verdict.subject, each.finding, excused=True)


def _one(subject: Subject, finding: Finding, *, excused: bool) -> Would:
    at = subject.sent_at if isinstance(subject, Message) else subject.seen_at
    return Would(at, subject.id.post, tuple(sorted(finding.measures)), ENGLISH.say(finding.because), excused)


async def try_rule(
    configuration: Configuration,
    name: str,
    files: Sequence[Path],
    roster: Path | None,
    show: Callable[[Would], None],
) -> Tried:
    """Try a rule as the settings build it on histories, with the roster of a folder or zip.

    Raises:
        ConfigurationError: there is no such rule, file or roster.
    """
    built = {each.name: each for each in configuration.rules(rules.every())}
    if name not in built:
        raise ConfigurationError(f"There is no rule '{name}'.{nearest(name, [*built])}")
    histories = [open_history(each) for each in files]
    known = people_of(configuration.resolve(configuration.settings.store.database))
    reading = None if roster is None else read_lists(roster, None, known)
    lists = Lists() if reading is None else reading.lists
    tried = Tried(name, notes=["No roster was named, so every author is a stranger."] if reading is None else [])
    reader = build_reader(lists, configuration)
    study, told = await asyncio.to_thread(open_study, reader, configuration, None)
    tried.notes += [NO_PICTURES] if built[name].trace is PICTURE else []
    tried.notes += worth_telling(told)
    exemptions = configuration.exemptions(rules.every())
    who = build_roster(lists, configuration, None)
    trial = Trial(built[name], Rulebook(built.values()), histories, who, reader, exemptions, study)
    await trial.run(tried, show)
    if study is not None:
        study.close()
    return tried
