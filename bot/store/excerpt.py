"""What is sealed of something judged, and with what it is forgotten. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from bot.judge import Verdict
from bot.message import Attached, Message, PlaceId, Words
from bot.people import PersonId, Role, SchoolId, schools_of_people
from bot.rule import Evidence, Finding, Measure, Subject
from bot.space import Space
from bot.store.vault import Scope
from bot.texts import ENGLISH

CHAT_KEPT: Final = timedelta(days=7)
"""How long unflagged student chat stays sealed before it is forgotten (rule 15)."""


class Excerpt(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything private about a judgement, as it is sealed: ids, words, who could read, what a rule saw."""

    id: tuple[str, str, str]
    """Platform, post and revision."""
    words: tuple[Words, ...]
    evidence: tuple[Evidence, ...] = ()
    place: str = ""
    readers: tuple[str, ...] = ()
    """Who could read, by the roster's id."""
    apart: tuple[str, ...] = ()
    """Those of them who are no members of the place."""
    author: str = ""
    account: str = ""
    matter: str = ""
    emergency: bool = False
    concerned: tuple[str, ...] = ()
    """Those whom it concerns, by the roster's id: it is kept from them, though their office would see it."""
    also_about: tuple[str, ...] = ()
    """Who else it may be about, by the roster's id: no less subjects of a case than its author."""
    attached: tuple[Attached, ...] = ()
    """Its files, so that they can be kept when its author deletes it."""
    left_to_author: bool = False
    """Whether nobody but its author can take it away."""
    unseen: bool = False
    """Whether somebody asked us to send it and it was given back: those who could read are those who would have."""
    because: tuple[str, ...] = ()
    """Why a person is asked for, as the rules say it."""
    unknown: bool = False
    """Whether nobody could say who can read it."""
    schools: tuple[str, ...] = ()
    """The schools of whom it is about, by the roster of its day: a case stays there, whoever moves."""
    around: tuple[str, ...] = ()
    """The schools of who could read, in the same way."""
    met: tuple[str, ...] = ()
    """Who was together in a voice room, by the roster's id, where that is what was found."""

    def __repr__(self) -> str:
        """Show nothing: words stay out of logs and tracebacks."""
        return "Excerpt()"


class View(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who looked at private words, and why, as it is sealed."""

    account: str
    """The operating system's account."""
    purpose: str
    person: str = ""
    """The person of the roster who looked, where somebody said so."""

    def __repr__(self) -> str:
        """Show nothing: names and reasons stay out of logs and tracebacks."""
        return "View()"


def excerpt_of(verdict: Verdict, concerned: frozenset[PersonId], *, unseen: bool = False) -> Excerpt:
    """Say everything private about a judgement. It is kept from some people, for it concerns them."""
    subject = verdict.subject
    id_ = (subject.id.platform, subject.id.post, subject.id.revision)
    found = verdict.standing
    evidence = tuple(each for finding in found for each in finding.evidence) if found else ()
    because = tuple(ENGLISH.say(each.because) for each in found if Measure.REVIEW in each.measures)
    excerpt = Excerpt(id_, subject.words, evidence, unseen=unseen, because=because)
    match subject:
        case Message() as message:
            return _of_message(excerpt, message, found, concerned)
        case Space() as space:
            return _of_space(excerpt, space, found)
        case _:
            owner, schools = subject.owner.id, schools_of_people((subject.owner,))
            return msgspec.structs.replace(excerpt, author=owner, account=subject.account, schools=schools)


def _of_space(excerpt: Excerpt, space: Space, found: Sequence[Finding]) -> Excerpt:
    """Add who could read a place; where it is about who met there, who that was, and whose school is alerted of it."""
    audience, seen = space.audience, space.audience
    own: tuple[SchoolId, ...] = ()
    if space.connected is not None and any(each.of_meeting for each in found):
        seen = space.connected
        own = seen.schools if space.team is None else (space.team.school,)
    return msgspec.structs.replace(
        excerpt,
        place=space.place,
        readers=audience.names,
        apart=audience.apart,
        unknown=not audience.known,
        schools=tuple(sorted({*schools_of_people(seen.of(Role.ADVISOR)), *own})),
        around=seen.schools,
        met=() if seen is audience else seen.names,
    )


def _of_message(
    excerpt: Excerpt, message: Message, found: Sequence[Finding], concerned: frozenset[PersonId]
) -> Excerpt:
    """Add where a message stands, who wrote it and reads it, and whom it is about."""
    also_about = frozenset().union(*(each.also_about for each in found))
    others = [each for each in message.audience.readers if each.id in also_about] if also_about else []
    return msgspec.structs.replace(
        excerpt,
        place=message.place,
        readers=message.audience.names,
        apart=message.audience.apart,
        author=message.author.id,
        account=message.account,
        matter=str(message.matter.kind) if message.matter is not None else "",
        emergency=message.emergency,
        concerned=tuple(sorted(concerned)) if concerned else (),
        also_about=tuple(sorted(also_about)),
        attached=message.attached,
        left_to_author=not message.removable,
        unknown=not message.audience.known,
        schools=schools_of_people((message.author, *others)),
        around=message.audience.schools,
    )


def scope_of(subject: Subject, *, flagged: bool) -> Scope:
    """Choose what the words are forgotten with (rules 14 and 15)."""
    if isinstance(subject, Message) and subject.matter is not None:
        return Scope(f"matter {subject.matter.id}")
    if flagged:
        return Scope(f"case {subject.id.platform} {subject.id.post}")
    if not isinstance(subject, Message):
        return Scope(f"look {subject.id.platform} {subject.id.post} {subject.day}", subject.day + CHAT_KEPT)
    return _chat(subject.id.platform, subject.place, subject.day, subject.author.has(Role.ADVISOR))


@lru_cache(maxsize=4096)
def _chat(platform: str, place: PlaceId, day: date, by_advisor: bool) -> Scope:
    """One place's unflagged chat of one day; what coaches write is kept longer, so it is apart."""
    if by_advisor:
        return Scope(f"coaches {platform} {place} {day}")
    return Scope(f"chat {platform} {place} {day}", day + CHAT_KEPT)
