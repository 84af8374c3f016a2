"""How the deeds of a verdict are told apart, so that none is ever planned twice. Pure."""

from collections.abc import Iterator, Mapping

from bot.actions import Action, Actions, Alert, Copy, Disconnect, Lift, ReadLater, Remove, Restrict, Tell, Waiting
from bot.judge import Verdict
from bot.message import Message
from bot.rule import Finding, Measure, Subject
from bot.space import Space
from bot.store.draft import Anew, Planned
from bot.texts import ENGLISH


def deeds_of(verdict: Verdict, actions: Actions, about: bytes) -> Iterator[Planned]:
    """Name each deed by post, kind, recipient, clause and what it rests on (docs/decisions/0003)."""
    evidence = _evidence(verdict)
    for each in actions:
        action = each.action if isinstance(each, Waiting) else each
        yield Planned(
            action,
            verdict.subject.id.platform,
            about,
            _identity(verdict.subject, each, action),
            _rested_on(action, evidence).encode("utf-8", "surrogatepass"),
            str(getattr(action, "office", "")),
            each.until if isinstance(each, Waiting) else None,
            isinstance(each, Waiting) and each.until is None,
            verdict.subject.id.post,
        )


def _identity(subject: Subject, planned: Waiting | Action, action: Action) -> tuple[str, ...]:
    """Say what makes a deed the same if it is planned again. An alert names its rule: two may serve one clause."""
    id_ = subject.id
    to = str(action.what) if isinstance(action, ReadLater) else getattr(action, "to", "")
    again = _again(subject, planned, action)
    rule = (action.rule,) if isinstance(action, Alert) and action.rule else ()
    return (id_.platform, id_.post, action.kind, to, action.clause, again, *rule)


def _again(subject: Subject, planned: Waiting | Action, action: Action) -> str:
    """Say what makes a deed another one though all else is the same; mostly nothing does.

    A copy is another for each revision, as changed words are; so is what would only be removed for want of an answer,
    and the note of it. An alert and a note about a room are others for each meeting in it. What a name or a profile
    says stands there for long: that somebody may be in danger by it is told anew each day, at most.
    """
    revision = subject.id.revision
    if isinstance(planned, Waiting) and isinstance(action, Remove | Tell):
        return f"unanswered {revision}"
    if isinstance(action, Copy | Restrict | Lift | Disconnect | ReadLater):
        return revision
    if isinstance(action, Alert) and action.safety and not isinstance(subject, Message):
        return str(subject.day)
    return _gathering(subject) if isinstance(action, Alert | Tell) and isinstance(subject, Space) else ""


def _evidence(verdict: Verdict) -> Mapping[str, str]:
    """Join what was found under each clause, and by each rule."""
    evidence: dict[str, str] = {}
    for finding in verdict.standing:
        for name in (str(finding.clause), finding.rule):
            evidence[name] = "\n".join([evidence.get(name, ""), *_rests_on(finding)])
    return evidence


def _rested_on(action: Action, evidence: Mapping[str, str]) -> str:
    """Give the words that a deed rests on. What is removed is removed, and a copy is a copy, whatever it rests on."""
    if isinstance(action, Remove | Copy):
        return ""
    found_by = action.rule if isinstance(action, Alert) else ""
    return evidence.get(found_by or action.clause, "")


def _rests_on(finding: Finding) -> list[str]:
    """Name the matched words; where a rule matched none, the reason stands for them: another reason is news."""
    return [each.text for each in finding.evidence if each.text] or [ENGLISH.say(finding.because)]


def _gathering(subject: Subject) -> str:
    """Name a meeting in a room: a room is looked at again and again, and another meeting in it is news."""
    connected = subject.connected if isinstance(subject, Space) else None
    people = sorted(each.id for each in connected.readers) if connected is not None else []
    return "\n".join([str(subject.day), *people])


def is_judged_anew(verdict: Verdict) -> bool:
    """Say whether a message was judged before, so that it need not be taken away any more: edited, or copied after all.

    Who removes it now, or asks again, plans that anew. A later round only adds, so there it is a copy alone. What was
    found in a version that stands no more changes nothing for the one that does.
    """
    if not isinstance(verdict.subject, Message) or verdict.outdated:
        return False
    return Measure.COPY in verdict.measures if verdict.round else bool(verdict.subject.id.revision)


def judged_anew(verdict: Verdict, about: bytes) -> Anew:
    """Name the clauses under which it is found wanting, or may be once it is read; a later round only adds to those."""
    stands_under = None if verdict.round else verdict.awaited | {str(each.clause) for each in verdict.standing}
    return Anew(about, _copied_after_all(verdict), stands_under)


def _copied_after_all(verdict: Verdict) -> str:
    """Name the clause under which a message is copied that nobody declared; a declared emergency is asked about on."""
    subject = verdict.subject
    if not isinstance(subject, Message) or subject.emergency:
        return ""
    return next((str(each.clause) for each in verdict.standing if Measure.COPY in each.measures), "")
