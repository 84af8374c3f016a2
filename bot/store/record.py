"""How what the house decides is put down: which entry, which words sealed with which key, which deeds. Pure.

The ledger holds no words: an entry carries random ids, clauses, measures and counts. Who could read a message, what it
said and what a rule saw in it stand in the excerpt.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import msgspec

from bot.actions import Action, Actions, Copy, Deed, ReadLater, Remove, Resume, Tell, Waiting
from bot.case import Case, Said
from bot.desk import Declined, Filed
from bot.exhibit import Exhibit
from bot.judge import Exemption, Verdict
from bot.message import Message, MessageId, PrivacyMatter
from bot.people import Audience, PersonId, Role
from bot.plan import needs_a_person, without_readers
from bot.platform import (
    CONSOLE,
    Answer,
    Appeal,
    Decision,
    Deletion,
    Heard,
    Order,
    Outcome,
    Post,
    Receipt,
    Report,
    Ruling,
)
from bot.readings.setting import closeness, pair_of
from bot.rule import Finding, Subject
from bot.space import Space
from bot.standing import Lasting
from bot.store.deeds import deeds_of, is_judged_anew, judged_anew
from bot.store.draft import Draft, PairSignals, Planned, Step, undelivered
from bot.store.excerpt import View, excerpt_of, scope_of
from bot.store.sealed import encode
from bot.store.vault import MasterKey, Scope, timed
from bot.texts import ENGLISH, N_

DOUBTED = N_("Somebody said before that it shows others.")
"""Why a person looks at a picture in which no rule asks for one."""


class Recorder:
    """Turns verdicts, receipts, deletions and reports into drafts, with ids hashed under the district's key."""

    def __init__(self, master: MasterKey) -> None:
        """Take the key that hashes ids."""
        self._master = master

    def judged(
        self,
        verdict: Verdict,
        actions: Actions,
        concerned: frozenset[PersonId] = frozenset(),
        lasting: Lasting | None = None,
    ) -> Draft:
        """Put down what was found in one subject in one round, and what shall be done about it.

        No case about it ever reaches those who are `concerned`. `lasting` is the private matter that its place is about
        from now on.
        """
        subject, moment = verdict.subject, _moment(verdict.subject)
        about = self.about(subject.id.platform, subject.id.post)
        return Draft(
            "judged",
            moment,
            self._facts(verdict, about),
            key=timed(moment, self._judgement(subject.id, verdict.round, about)),
            words=encode(excerpt_of(verdict, concerned)),
            scope=scope_of(
                subject, flagged=bool(verdict.standing) or not all(isinstance(each, ReadLater) for each in actions)
            ),
            deeds=tuple(deeds_of(verdict, actions, about)) if actions else (),
            case=self.case(verdict) if needs_a_person(verdict, actions) else None,
            matter=self._matter(subject, *lasting) if lasting is not None and isinstance(subject, Message) else None,
            signals=self._signals(subject, about),
            anew=judged_anew(verdict, about) if is_judged_anew(verdict) else None,
        )

    def _facts(self, verdict: Verdict, about: bytes) -> dict[str, object]:
        """Say what the summary counts. What is usual is left out, so that an entry stays small: see `bot.summary`."""
        facts: dict[str, object] = {"about": about.hex()}
        match verdict.subject:
            case Message() as message:
                facts["by"], facts["subject"] = _by(message.author.roles), "message"
                facts |= _counts(message.audience)
                if message.late:
                    facts["late"] = True
            case Space() as space:
                facts["subject"] = "space"
                facts |= _counts(space.audience)
            case _:
                facts["subject"] = "profile"
        if verdict.round:
            facts["round"] = verdict.round
        if verdict.standing or verdict.excused:
            excused = [
                {**_found(each.finding), "excused": self._exemption(each.exemption).hex()} for each in verdict.excused
            ]
            facts["found"] = [*map(_found, verdict.standing), *excused]
        return facts

    def ordered(
        self,
        order: Order,
        verdict: Verdict,
        actions: Actions,
        reached: Actions = (),
        concerned: frozenset[PersonId] = frozenset(),
        once: bytes | None = None,
        lasting: Lasting | None = None,
        *,
        unseen: bool = False,
    ) -> Draft:
        """Put down what somebody asked us to send, what the rules found in it, and what follows.

        What is not sent owes no copy: it is for a person only when nobody could have been `reached` with one, or where
        it is doubted who is in a picture. `once` is a key for what may be ordered once only, however often it is asked
        for. What is `unseen` was given back: of that no person looks at what is only about who could read it, and a
        case says that nobody could.
        """
        drafted = self.judged(verdict, actions, concerned, lasting)
        asks = without_readers(verdict) if unseen else verdict
        is_for_a_person = order.doubted or needs_a_person(asks, (*actions, *reached))
        case = self.case(asks) if is_for_a_person else None
        key = once or self.order(order.at, order.platform, order.post.id)
        facts = {**drafted.facts, "order": str(order.kind)}
        private = isinstance(verdict.subject, Message) and verdict.subject.matter is not None
        scope = drafted.scope if private else Scope(f"case {order.platform} {order.post.id}")
        excerpt = excerpt_of(verdict, concerned, unseen=unseen)
        if order.doubted:
            excerpt = msgspec.structs.replace(excerpt, because=(*excerpt.because, ENGLISH.say(DOUBTED)))
        return msgspec.structs.replace(
            drafted, kind="ordered", key=key, facts=facts, words=encode(excerpt), scope=scope, case=case
        )

    def order(self, moment: datetime, platform: str, id_: str) -> bytes:
        """Hash which order was given: it is carried out once."""
        return timed(moment, self._master.index("ordered", platform, id_))

    def sent_on_answer(self, platform: str, post: str, again: int) -> bytes:
        """Hash that a post was sent on, as one of its notices offered: once, whatever is answered after it.

        `again` counts how often that was tried before and could not be posted.
        """
        return self._master.index("sent on answer", platform, post, *([str(again)] if again else []))

    def refused_picture(self, answer: Answer) -> bytes:
        """Hash that somebody was said to be in a picture who may not be shown: what is said after it is doubted."""
        return self._master.index("refused picture", answer.platform, answer.about)

    def copied_elsewhere(self, answer: Answer) -> bytes:
        """Hash that another office gets the copies of a post: once, whoever says that it concerns somebody copied."""
        return self._master.index("copied elsewhere", answer.platform, answer.about)

    def awaiting(self, answer: Answer, draft: Draft) -> Draft:
        """Let what is planned for later be about the post that was answered: whoever answers, answers about that."""
        about = self.about(answer.platform, answer.about)
        named = (replace(each, about=about, post=answer.about) if each.until else each for each in draft.deeds)
        return msgspec.structs.replace(draft, deeds=tuple(named))

    def answered(
        self, answer: Answer, tells: Sequence[Action] = (), *, settled: bool = False, revoked: bool = False
    ) -> Draft:
        """Put down that somebody answered a notice; what was written is sealed.

        What waits for it is `settled`. Copies whose notes are still tried, and what is held for them, are `revoked`.
        """
        about = self.about(answer.platform, answer.about)
        words = {
            "by": answer.by,
            "choice": str(answer.choice),
            "matter": answer.matter,
            "pictured": answer.pictured,
            "text": answer.text,
        }
        return Draft(
            "answered",
            answer.at,
            {"about": about.hex(), "choice": str(answer.choice)},
            key=self.answer(answer),
            words=encode(words),
            scope=Scope(f"answer {answer.platform} {answer.about} {answer.id}"),
            deeds=tuple(self._addressed(each, answer, about) for each in tells),
            settles=about if settled else None,
            revokes=about if revoked else None,
        )

    def answer(self, answer: Answer) -> bytes:
        """Hash which answer was given: it is followed once."""
        return self._master.index("answered", answer.platform, answer.about, answer.id)

    def _addressed(self, action: Action, answer: Answer, about: bytes) -> Planned:
        """Name a note that follows from an answer."""
        identity = (answer.platform, "answer", answer.about, answer.id, action.kind)
        return Planned(action, answer.platform, about, identity, post=answer.about)

    def granted(self, exemption: Exemption, at: datetime, account: str = "") -> Draft:
        """Put down once that an exception stands; whose it is, who granted it and why are sealed.

        `account` is the operating system's, where somebody granted it at the command line.
        """
        key = self._exemption(exemption)
        facts: dict[str, object] = {
            "exemption": key.hex(),
            "rule": exemption.rule,
            "until": exemption.until.isoformat(),
        }
        words = encode(exemption)
        if account:
            facts["through"] = CONSOLE
            words = encode({**msgspec.to_builtins(exemption), "account": account})
        return Draft("granted", at, facts, key=key, words=words, scope=Scope(f"exemption {exemption.id}"))

    def ended(self, exemption: Exemption, look: View, at: datetime) -> Draft:
        """Put down once that somebody ended an exception before its time; who, and why, is sealed."""
        return Draft(
            "ended",
            at,
            {"exemption": self._exemption(exemption).hex()},
            key=self._master.index("ended", exemption.id),
            words=encode(look),
            scope=Scope(f"exemption {exemption.id}"),
        )

    def _exemption(self, exemption: Exemption) -> bytes:
        return self._master.index("exemption", exemption.id)

    def stood(self, platform: str, at: datetime) -> Draft:
        """Put down once that a live platform is heard here."""
        return Draft("stood", at, {"platform": platform}, key=self._master.index("stood", platform))

    def begun(self, deed: Deed, at: datetime) -> Draft:
        """Put down, before the network is touched, that a deed is being tried.

        Not if its post is gone already, nor if it would end a suspension while another of the same account runs.
        """
        gone = self.deletion(deed.platform, deed.action.post) if isinstance(deed.action, Remove) else None
        frees = (deed.platform, deed.action.account) if isinstance(deed.action, Resume) else None
        return Draft("begun", at, {"deed": deed.id}, step=Step(deed.id, "begun"), unless=gone, frees=frees)

    def closed(self, deed: Deed, receipt: Receipt, at: datetime) -> Draft:
        """Put down how a deed ended. What was refused, or cannot be told, waits for a person."""
        facts: dict[str, object] = {"deed": deed.id, "outcome": str(receipt.outcome), "reason": receipt.reason}
        open_ended = receipt.outcome in {Outcome.REFUSED, Outcome.UNKNOWN}
        case = self.case_of_deed(deed.id) if open_ended else None
        accepted = isinstance(deed.action, Copy) and receipt.outcome is Outcome.DONE
        over = undelivered(self._master, deed.cause) if accepted else None
        step = Step(deed.id, "closed", str(receipt.outcome))
        return Draft("closed", at, facts, step=step, case=case, decides=over)

    def delayed(self, copy: Deed, tells: Sequence[Tell], at: datetime) -> Draft:
        """Put down, once for all copies of one thing, that a note was not accepted, and who is told that they wait.

        It opens a case, which ends by itself when a note is accepted, or when another office gets the copies.
        """
        name = self._master.index("delayed", str(copy.cause))
        identity = ("delayed", str(copy.cause))
        planned = (Planned(each, copy.platform, name, (*identity, each.kind), post=copy.post) for each in tells)
        return Draft(
            "delayed",
            at,
            {"deed": copy.id},
            key=name,
            awaits=copy.id,
            scope=Scope(f"delayed {copy.cause}"),
            deeds=tuple(planned),
            case=undelivered(self._master, copy.cause),
        )

    def handed_on(self, copy: Deed, heirs: Sequence[Copy], at: datetime) -> Draft:
        """Put down that the note of a copy goes to whoever holds its office by now, instead of whom it was for."""
        about = self.about(copy.platform, copy.post)
        planned = (
            Planned(each, copy.platform, about, (copy.id, each.kind, each.to), office=str(each.office), post=copy.post)
            for each in heirs
        )
        drafted = self.closed(copy, Receipt(Outcome.MOOT, "somebody else holds the office"), at)
        scope = Scope(f"handed on {copy.id}")
        return msgspec.structs.replace(drafted, scope=scope, deeds=tuple(planned), instead=copy)

    def deleted(self, deletion: Deletion) -> Draft:
        """Put down that a post is gone."""
        about = self.about(deletion.platform, deletion.id)
        key, settles = self.deletion(deletion.platform, deletion.id), about if deletion.as_asked else None
        return Draft("deleted", deletion.at, {"about": about.hex()}, key=key, settles=settles)

    def kept(self, removal: Deed, exhibit: Exhibit, at: datetime) -> Draft:
        """Put down what became of a file of a post before it was taken away. It is sealed with the case.

        What could not be kept may be after all when the removal is tried again; each is written once.
        """
        is_kept, of = exhibit.content is not None, (removal.platform, removal.post)
        facts: dict[str, object] = {"about": self.about(*of).hex()}
        facts |= {"bytes": len(exhibit.content)} if exhibit.content is not None else {"not_kept": str(exhibit.why_not)}
        return Draft(
            "kept",
            at,
            facts,
            key=self.file(*of, exhibit.attached.file, is_kept=is_kept),
            words=encode(exhibit),
            scope=Scope(f"case {removal.platform} {removal.post}"),
        )

    def file(self, platform: str, post: str, file: str, *, is_kept: bool) -> bytes:
        """Hash which file of which post is kept, or is not."""
        return self._master.index("kept" if is_kept else "not kept", platform, post, file)

    def reported(self, report: Report) -> Draft:
        """Put down that somebody told an adult. All of it is sealed, so that it reaches its case after a crash, too."""
        about = self.about(report.platform, report.post)
        return Draft(
            "reported",
            report.at,
            {"about": about.hex()},
            key=self.report(report),
            words=encode(report),
            scope=Scope(f"report {report.platform} {report.id}"),
            case=self.case_of(report.platform, report.post),
        )

    def report(self, report: Report) -> bytes:
        """Hash that somebody told an adult."""
        return self._master.index("reported", report.platform, report.id)

    def filed(self, filed: Filed, case: Case, seen: Sequence[object] = ()) -> Draft:
        """Put down what somebody said about a case, and what follows. `seen` is what the post said, to be kept with it.

        It is the case's n-th paper: whoever writes the same number second has not seen what was said meanwhile.
        """
        paper, number = filed.paper, len(case.papers) + 1
        facts: dict[str, object] = {"of": case.id.hex(), "paper": number}
        if case.number:
            facts["number"] = case.number
        if paper.ruling is not None:
            facts |= self._outcome(filed, case)
        if paper.said is Said.REPORT:
            facts["versions"] = len(seen)
        return Draft(
            str(paper.said),
            paper.at,
            facts,
            key=self.paper(case.id, number),
            words=encode({"paper": paper, "seen": list(seen)}),
            scope=Scope(f"case {case.about.platform} {case.about.post or case.id.hex()}"),
            deeds=tuple(self._following(filed, case, number)),
            case=case.id if filed.opens else None,
            decides=case.id if filed.closes else None,
            settles=self._settled(filed, case),
            undoes=self._undone(filed, case),
        )

    def _settled(self, filed: Filed, case: Case) -> bytes | None:
        """Say what no longer waits: of a paper that was taken back; to disagree is an answer to the note, too."""
        if filed.paper.said is Said.APPEAL:
            return self.about(case.about.platform, case.about.post)
        return None if filed.takes_back is None else self.paper(case.id, filed.takes_back)

    def _undone(self, filed: Filed, case: Case) -> bytes | None:
        """Say which paper is undone, if it is; one that is changed may be under way."""
        if filed.paper.ruling is not Ruling.UNDO or filed.takes_back is None:
            return None
        return self.paper(case.id, filed.takes_back)

    def _outcome(self, filed: Filed, case: Case) -> dict[str, object]:
        """Say what the summary counts: the ruling, what was in force before it and what is after, and which rules."""
        after = replace(case, papers=(*case.papers, filed.paper))
        facts: dict[str, object] = {
            "ruling": str(filed.paper.ruling),
            "rules": list(case.about.rules),
            "stood": case.stands,
            "stands": after.stands,
            "through": CONSOLE if filed.paper.platform == CONSOLE else "",
        }
        return {name: value for name, value in facts.items() if value}

    def _following(self, filed: Filed, case: Case, number: int) -> Iterator[Planned]:
        """Name each deed by the paper it follows from: another decision is news, whatever it says."""
        paper = self.paper(case.id, number)
        for each in filed.actions:
            action = each.action if isinstance(each, Waiting) else each
            whose = getattr(action, "to", "") or getattr(action, "account", "")
            identity = (paper.hex(), action.kind, whose)
            office = str(getattr(action, "office", None) or "")
            until = each.until if isinstance(each, Waiting) else None
            post = case.about.post
            yield Planned(action, case.about.platform, paper, identity, office=office, until=until, post=post)

    def paper(self, case: bytes, number: int) -> bytes:
        """Hash which paper of which case."""
        return self._master.index("paper", case.hex(), str(number))

    def case_of(self, platform: str, post: str) -> bytes:
        """Hash which case, by the post it is about."""
        return self._master.index("case", platform, post)

    def case_of_deed(self, deed: str) -> bytes:
        """Hash which case waits because of a deed that could not be done."""
        return self._master.index("case", "deed", deed)

    def returned(self, show: Deed, tell: Tell, at: datetime) -> Draft:
        """Put down that what could not be posted for somebody is given back to them."""
        name = self._master.index("returned", show.id)
        planned = Planned(tell, show.platform, name, ("returned", show.id), post=show.post)
        return Draft("returned", at, {"deed": show.id}, key=name, scope=Scope(f"returned {show.id}"), deeds=(planned,))

    def declined(self, heard: Appeal | Decision, why: Declined, to: Tell | None) -> Draft:
        """Put down once that something was not taken; who made it is told why."""
        what = type(heard).__name__.lower()
        name = self._master.index("declined", what, heard.platform, heard.id)
        told = () if to is None else (Planned(to, heard.platform, name, (name.hex(), to.kind, to.to)),)
        words, scope = encode({"because": ENGLISH.say(why.because)}), Scope(f"declined {name.hex()}")
        return Draft("declined", heard.at, {"what": what}, key=name, words=words, scope=scope, deeds=told)

    def stumbled(self, heard: Heard, at: datetime, tells: Sequence[Tell] = ()) -> Draft:
        """Put down what was heard but could not be judged, so that a person looks at it; its sender is told."""
        what = type(heard).__name__
        sealed = encode(msgspec.to_builtins(heard, order="deterministic"))
        name = self._master.index("stumbled", what, sealed.decode())
        return Draft(
            "stumbled",
            at,
            {"heard": what},
            key=name,
            words=sealed,
            scope=Scope(f"stumbled {name.hex()}"),
            deeds=tuple(Planned(each, heard.platform, name, ("stumbled", name.hex(), each.kind)) for each in tells),
            case=self._master.index("case", "stumbled", name.hex()),
        )

    def viewed(self, what: str, look: View, at: datetime) -> Draft:
        """Put down that somebody looks at private words. Who, and why, is sealed (rule 10)."""
        name = secrets.token_hex(8)
        words = encode(look)
        return Draft("viewed", at, {"what": what}, words=words, scope=Scope(f"viewed {name}"))

    def once_heard(self, heard: Heard) -> bytes | None:
        """Hash what is judged as it is heard, and once only; None for what is looked at anew each time it is told."""
        match heard:
            case Post():
                return self.judgement(heard.sent_at, MessageId(heard.platform, heard.id, heard.revision))
            case Order():
                return self.order(heard.at, heard.platform, heard.post.id)
            case _:
                return None

    def judgement(self, moment: datetime, id_: MessageId, in_round: int = 0) -> bytes:
        """Hash which version of which post was judged in which round: a delivery and a judgement happen once."""
        return timed(moment, self._judgement(id_, in_round, self.about(id_.platform, id_.post)))

    def _judgement(self, id_: MessageId, in_round: int, about: bytes) -> bytes:
        """As first written, and judged at once, a post is named by itself: most are, and hashing is not free."""
        if not id_.revision and not in_round:
            return about
        return self._master.index("judged", id_.platform, id_.post, id_.revision, str(in_round))

    def about(self, platform: str, post: str) -> bytes:
        """Hash which post, whatever its revision."""
        return self._master.index("about", platform, post)

    def deletion(self, platform: str, post: str) -> bytes:
        """Hash that this post is gone."""
        return self._master.index("deleted", platform, post)

    def place(self, platform: str, place: str) -> bytes:
        """Hash which place."""
        return self._master.index("place", platform, place)

    def case(self, verdict: Verdict) -> bytes:
        """Hash which case: the post's, or the account's when the finding is about who wrote."""
        subject = verdict.subject
        by_author = bool(verdict.standing) and all(each.about_author for each in verdict.standing)
        if by_author and isinstance(subject, Message):
            return self._master.index("case", "account", subject.id.platform, subject.account)
        return self.case_of(subject.id.platform, subject.id.post)

    def _signals(self, subject: Subject, about: bytes) -> PairSignals | None:
        """Name the signs of closeness in a message, to be counted."""
        pair = pair_of(subject) if isinstance(subject, Message) and subject.readings.signs else None
        if pair is None or not isinstance(subject, Message):
            return None
        kinds = closeness(subject)
        return PairSignals(self.pair(pair), about, kinds, subject.day) if kinds else None

    def pair(self, people: tuple[PersonId, PersonId]) -> bytes:
        """Hash which two people."""
        return self._master.index("pair", *people)

    def _matter(self, message: Message, matter: PrivacyMatter, at: datetime) -> tuple[bytes, bytes]:
        """Hash which place a message stands in, and put down the matter that it is about from now on."""
        state = {
            "id": matter.id,
            "kind": str(matter.kind),
            "concerns_copied": matter.concerns_copied,
            "opened_by": matter.opened_by,
            "team": matter.team,
            "of_student": matter.of_student,
            "schools": list(matter.schools),
            "at": at.isoformat(),
            "platform": message.id.platform,
            "place": message.place,
        }
        return self.place(message.id.platform, message.place), encode(state)


def _found(finding: Finding) -> dict[str, object]:
    found: dict[str, object] = {
        "clause": str(finding.clause),
        "measures": sorted(str(each) for each in finding.measures),
        "rule": finding.rule,
    }
    marks = {
        "safety": finding.safety,
        "discreet": finding.discreet,
        "sure": finding.safety and finding.sure,
        "meeting": finding.of_meeting,
    }
    return found | {name: True for name, holds in marks.items() if holds}


def _counts(audience: Audience) -> dict[str, object]:
    if not audience.known:
        return {"readers": "unknown"}
    counts: dict[str, object] = {"students": len(audience.students)}
    return {**counts, "unlinked": audience.unlinked} if audience.unlinked else counts


@lru_cache(maxsize=256)
def _by(roles: frozenset[Role]) -> str:
    """Say what the author is, as far as the summary counts it."""
    counted = (Role.ADVISOR, Role.STUDENT, Role.EMPLOYEE, Role.STRANGER)
    return next((str(role) for role in counted if role in roles), "other")


def _moment(subject: Subject) -> datetime:
    return subject.sent_at if isinstance(subject, Message) else subject.seen_at
