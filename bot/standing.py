"""What stands: which places we have restricted, which are about a private matter, who was told, who asked for help."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from bot.actions import Action, Deed, Lift, Restrict, Resume, Show, Suspend, Tell, Waiting
from bot.judge import Verdict
from bot.message import Message, MessageId, PlaceId, PostId, PrivacyMatter, Told
from bot.people import AccountId, PersonId, TeamId
from bot.platform import Outcome, Post, SpaceSeen
from bot.rule import Finding, Measure, Subject
from bot.space import Space

IDLE: Final = timedelta(days=14)
"""How long a private matter stays with its place after the last word there."""

REMEMBERED: Final = timedelta(days=120)
"""How long it is remembered that somebody was told: a term, so that what is asked once a term is."""

ANSWERED_ALONE: Final = timedelta(days=3)
"""How long what an adult writes to a student alone may be the answer to a call for help: over a weekend."""

CALLS_REMEMBERED: Final = 2 * ANSWERED_ALONE
"""How long a call is known beside a later one: what answered it may be judged, or judged again, only after that."""

ANSWERED_AMONG_OTHERS: Final = timedelta(hours=1)
"""How long it may be in the very place where the student asked, with others reading."""

EDITED: Final = 10_000
"""Of so many edited posts it is remembered which version is the newest."""

PlaceKey = tuple[str, PlaceId]
"""A place, with its platform."""

Lasting = tuple[PrivacyMatter, datetime]
"""A private matter, and when the last word of it was written."""

HEARD: Final = frozenset({Measure.REVIEW, Measure.TELL})
"""What somebody hears of. A place is looked at again and again, and they shall hear of it once."""


class Sought(NamedTuple):
    """Somebody asked for help, or may be in danger: when and where it was seen."""

    at: datetime
    place: PlaceKey


NOT_IN_FORCE: Final = (Outcome.REFUSED, Outcome.NOT_DONE, Outcome.MOOT)

COUNTS_AS_DONE: Final = (Outcome.DONE, Outcome.REFUSED, Outcome.UNKNOWN)
"""How suspending or freeing an account ends when it counts here: a person decided it, whatever a platform can."""

NOT_SHOWN: Final = (Outcome.REFUSED, Outcome.UNKNOWN)
"""How posting for somebody ends when they have to hear of it."""


@dataclass(slots=True)
class Standing:
    """The one thing the journey remembers between messages.

    The store rebuilds it at a start, but for what a platform tells anew when it connects: places and who oversees them;
    and for which posts were edited, which matters only while a version of them is still to be read.
    """

    restrictions: set[PlaceKey] = field(default_factory=set)
    matters: dict[PlaceKey, Lasting] = field(default_factory=dict, repr=False)
    places: dict[PlaceKey, tuple[TeamId, tuple[PersonId, ...]]] = field(default_factory=dict)
    """The registered places of teams, and who could read each; a platform tells them anew at each start."""
    suspended: set[tuple[str, AccountId]] = field(default_factory=set)
    """Accounts that a person has paused."""
    overseen: set[PlaceKey] = field(default_factory=set)
    """Places of private matters that somebody was let into to watch, or watched over when they were last looked at."""
    looked: dict[PlaceKey, datetime] = field(default_factory=dict)
    """When each place was last looked at: a look that is told again, late, changes nothing."""
    found: dict[PlaceKey, frozenset[str]] = field(default_factory=dict, repr=False)
    """What people heard of a place by its last look: the rules that found it, and the words it rests on."""
    told: dict[PersonId, tuple[Told, ...]] = field(default_factory=dict)
    """What each person was told, oldest first."""
    concerned: dict[PlaceKey, datetime] = field(default_factory=dict)
    """Where and when it was said that a copy concerns somebody who would get it."""
    sought: dict[PersonId, tuple[Sought, ...]] = field(default_factory=dict, repr=False)
    """Who asked for help, each time of late, the oldest first."""
    edited: dict[tuple[str, PostId], tuple[datetime, str]] = field(default_factory=dict, compare=False)
    """The newest version that was heard of each post that was edited lately, oldest first."""

    def restricted(self, platform: str) -> frozenset[PlaceId]:
        """Name the places of a platform that stand restricted by us."""
        return frozenset(place for on, place in self.restrictions if on == platform)

    def inherited(self, post: Post, *, however_idle: bool = False) -> PrivacyMatter | None:
        """Find the matter that a post's place is already about, unless it has been idle too long."""
        found = self.matters.get((post.platform, post.place))
        if found is None or (post.sent_at - found[1] > IDLE and not however_idle):
            return None
        return found[0]

    def as_known_now(self, message: Message) -> Message:
        """Add to a message that its matter concerns somebody, if that was said since: they are alerted of nothing."""
        matter, known = message.matter, self.matters.get((message.id.platform, message.place))
        if matter is None or known is None or known[0].id != matter.id or not known[0].concerns_copied:
            return message
        return msgspec.structs.replace(message, matter=replace(matter, concerns_copied=True), concerns_copied=True)

    def lasting(self, subject: Subject) -> Lasting | None:
        """Give the matter of a message as it stands in its place, to be kept; None where it stands nowhere."""
        if not isinstance(subject, Message) or subject.matter is None or not subject.opens_matter:
            return None
        found = self.matters.get((subject.id.platform, subject.place))
        return found if found is not None and found[0].id == subject.matter.id else None

    def hear_version(self, post: Post) -> bool:
        """Remember which version of a post is the newest, and say whether it is another than this one."""
        if post.revision:
            self._remember_version(post)
        return self.is_outdated(post)

    def _remember_version(self, post: Post) -> None:
        """Know of the newest version of a post; of two of one moment, the one that is told last."""
        key, version = (post.platform, post.id), (post.sent_at, post.revision)
        known = self.edited.pop(key, version)
        self.edited[key] = known if known[0] > version[0] else version
        if len(self.edited) > EDITED:
            del self.edited[next(iter(self.edited))]

    def was_edited(self, platform: str, post: PostId) -> bool:
        """Say whether a post was edited lately, as far as this run has heard of it."""
        return (platform, post) in self.edited

    def is_outdated(self, post: Post) -> bool:
        """Say whether a post was edited since: then another version of it stands."""
        newest = self.edited.get((post.platform, post.id))
        return newest is not None and newest[1] != post.revision

    def team_places(self, platform: str) -> dict[TeamId, tuple[PlaceId, tuple[PersonId, ...]]]:
        """Name each team's own place on a platform, and who could read it when it was last looked at.

        A team may have threads and rooms beside its channel: its own place is the one that most can read.
        """
        found: dict[TeamId, tuple[PlaceId, tuple[PersonId, ...]]] = {}
        for (on, place), (team, readers) in self.places.items():
            if on == platform and (team not in found or len(readers) > len(found[team][1])):
                found[team] = (place, readers)
        return found

    def remind(self, message: Message) -> Message:
        """Add to a message what its author was told, whether it answers help, and whether copies go elsewhere.

        Most messages stay as they are.
        """
        told, answers = self.told.get(message.author.id, ()), self._answers_help(message)
        concerns = message.concerns_copied or self._concerns_copied(message)
        if not told and not answers and not concerns:
            return message
        matter = message.matter if message.matter is None else replace(message.matter, concerns_copied=concerns)
        return msgspec.structs.replace(
            message, told=told, answers_help=answers, concerns_copied=concerns, matter=matter
        )

    def concern(self, message: Message) -> None:
        """Remember, with its place, that a copy concerns somebody who would get it: no matter may hold it yet."""
        if message.concerns_copied and not message.team_place:
            self.concerned[message.id.platform, message.place] = message.sent_at

    def _concerns_copied(self, message: Message) -> bool:
        said = self.concerned.get((message.id.platform, message.place)) if self.concerned else None
        return said is not None and not message.team_place and timedelta(0) <= message.sent_at - said <= IDLE

    def _answers_help(self, message: Message) -> bool:
        if not self.sought or not message.author.is_staff:
            return False
        students, where = message.audience.students, (message.id.platform, message.place)
        sought = (each for student in students for each in self.sought.get(student.id, ()))
        if len(students) == 1:
            return any(timedelta(0) <= message.sent_at - each.at <= ANSWERED_ALONE for each in sought)
        here = (each for each in sought if each.place == where)
        return any(timedelta(0) <= message.sent_at - each.at <= ANSWERED_AMONG_OTHERS for each in here)

    def seek(self, person: PersonId, sought: Sought) -> None:
        """Remember that somebody asked for help, and when they did before: the answer to that is one still."""
        known = {*self.sought.get(person, ()), sought}
        newest = max(known)
        self.sought[person] = tuple(sorted(each for each in known if newest.at - each.at <= CALLS_REMEMBERED))

    def tell(
        self,
        person: PersonId,
        clause: str,
        id_: MessageId,
        at: datetime,
        *,
        taken: bool = False,
        safety: bool = False,
    ) -> None:
        """Remember that somebody was told; of one post and its edits the first time, and what was ever said of it."""
        known, post = self.told.get(person, ()), (clause, id_.platform, id_.post)
        before = [each for each in known if each[1:4] == post]
        first = min([at, *(each.at for each in before)])
        taken, safety = taken or any(each.taken for each in before), safety or any(each.safety for each in before)
        told = Told(first, *post, taken, safety)
        others = (each for each in known if each[1:4] != post and at - each.at <= REMEMBERED)
        self.told[person] = tuple(sorted([*others, told]))

    def _tell(self, message: Message, told: Tell, standing: Iterable[Finding]) -> None:
        """Remember a note with what its clause found."""
        under = [each for each in standing if str(each.clause) == told.clause]
        taken, safety = any(Measure.REMOVE in each.measures for each in under), any(each.safety for each in under)
        self.tell(told.to, told.clause, message.id, message.sent_at, taken=taken, safety=safety)

    def note(self, subject: Subject, actions: Iterable[Action | Waiting], verdict: Verdict | None = None) -> None:
        """Remember what a judgement changes, before the next post is judged."""
        match subject:
            case Message():
                where = (subject.id.platform, subject.place)
                if verdict is not None and verdict.calls_for_help:
                    self.seek(subject.author.id, Sought(subject.sent_at, where))
                for each in actions:
                    if isinstance(each, Tell):
                        self._tell(subject, each, () if verdict is None else verdict.standing)
                if subject.matter is not None and subject.opens_matter:
                    told = (subject.matter, subject.sent_at)
                    self.matters[where] = _later(self.matters.get(where, told), told)
            case Space() if not self.is_late(subject):
                self._note_look(subject, (subject.id.platform, subject.place), actions)
            case _:
                pass

    def _note_look(self, space: Space, where: PlaceKey, actions: Iterable[Action | Waiting]) -> None:
        """Remember a place as it was seen, and what it stands under from now on."""
        self.looked[where] = space.seen_at
        if where in self.matters and space.is_overseen:
            self.overseen.add(where)
        elif space.audience.known:
            self.overseen.discard(where)
        if space.team is not None:
            self.places[where] = (space.team.id, space.audience.names)
        else:
            self.places.pop(where, None)
        decided = {type(each) for each in actions}
        if Restrict in decided:
            self.restrictions.add(where)
        elif Lift in decided:
            self.restrictions.discard(where)

    def found_before(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Pick what the last look at the same place found too, and remember what this one finds.

        Who meets in a room is another matter: each meeting is news, and so is all that the same rule finds beside it.
        While it is not known what is pinned somewhere, nothing that was found there counts as mended.
        """
        subject = verdict.subject
        if not isinstance(subject, Space):
            return ()
        where = (subject.id.platform, subject.place)
        known, heard = self.found.get(where, frozenset()), _heard_of(verdict)
        if not self.is_late(subject):
            kept = frozenset() if subject.pins_known else known
            self.found[where] = kept.union(*map(_named, heard))
        return tuple(each for each in heard if _named(each) <= known)

    def is_late(self, subject: Space) -> bool:
        """Say whether this place was looked at later already: then what stands is not changed."""
        return subject.seen_at < self.looked.get((subject.id.platform, subject.place), subject.seen_at)

    def was_overseen(self, seen: SpaceSeen) -> bool:
        """Say whether somebody watched over a place until now. A look told late says nothing of who does so by now."""
        where = (seen.platform, seen.place)
        return where in self.overseen and seen.at >= self.looked.get(where, seen.at)

    def ended(self, deed: Deed, outcome: Outcome) -> None:
        """Know who is paused, and where somebody was let in who gets the copies.

        What a platform did not do is taken back, so that the next look plans it again. What it refused is for a person:
        it counts as in force, so that nothing is asked for again and again. Who is suspended where a platform can keep
        nobody from writing sends nothing through us all the same.
        """
        done, undone = outcome is Outcome.DONE, outcome in NOT_IN_FORCE
        match deed.action:
            case Suspend(account=account) if outcome in COUNTS_AS_DONE:
                self.suspended.add((deed.platform, account))
            case Resume(account=account) if outcome in COUNTS_AS_DONE:
                self.suspended.discard((deed.platform, account))
            case Show(place=place, readers=readers, overseers=overseers) if done and readers and overseers:
                self.overseen.add((deed.platform, place))
            case Restrict(place=place) if undone and outcome is not Outcome.REFUSED:
                self.restrictions.discard((deed.platform, place))
            case Lift(place=place) if undone:
                self.restrictions.add((deed.platform, place))
            case _:
                pass


def _later(known: Lasting, told: Lasting) -> Lasting:
    """Let what was written last stand. That a matter concerns somebody is said for good, whenever it is heard."""
    (before, _), (matter, at) = sorted([known, told], key=lambda each: each[1])
    concerns = matter.concerns_copied or (before.id == matter.id and before.concerns_copied)
    return replace(matter, concerns_copied=concerns), at


def _heard_of(verdict: Verdict) -> list[Finding]:
    meeting = {each.rule for each in verdict.standing if each.of_meeting}
    return [each for each in verdict.standing if each.measures & HEARD and each.rule not in meeting]


def news_of(rule: str, measures: Collection[str]) -> frozenset[str]:
    """Name what people heard by a rule. That they were alerted is more than that somebody is to look."""
    return frozenset({rule, f"{rule} {Measure.ALERT}"} if Measure.ALERT in measures else {rule})


def _named(finding: Finding) -> frozenset[str]:
    return news_of(finding.rule, finding.measures).union(each.text for each in finding.evidence)
