"""What a person is told, always in the same five parts, in a language they read."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Final

from bot.rule import Choice, Clause, Finding, Measure
from bot.texts import ENGLISH, N_, Language, Text

A_PERSON_DECIDES = N_("Only you see this note. Nobody has decided anything yet. A person looks if you ask for it.")
A_PERSON_LOOKS = N_("A person will look at it. Nobody has decided anything yet.")
IT_IS_LOOKED_AT = N_("A person will look at it.")
IT_IS_TAKEN_AWAY = N_("Your message is taken away. Any text you wrote is given back to you here.")
HOW_TO_DISAGREE = N_("If this is wrong, answer “I think this is wrong”. A person who was not part of it will look.")
NOBODY_LOOKS = N_("It is on record. We know nobody yet who may look at it.")
NOBODY_HAS_DECIDED = N_("Only you can see this note. Nobody has decided anything yet.")
CALL_THE_DISTRICT_OFFICE = N_("If this is wrong, call the district office.")
ONLY_CALL = N_("If this is wrong, call the office.")
PLEASE_DELETE = N_("It is still there, and we cannot take it away. Please delete it.")
GONE_ALREADY = N_("It is gone already. If this note asks you to delete it, you do not need to.")
ONLY_YOU = N_("Only you see this note.")
HOURS_TO_ANSWER = N_("Hours to answer: {hours}.")
COUNTED_BEFORE = N_("If we asked you about an earlier version, they may count from then.")
COPY_IS_READ = N_("Whoever gets the copy can read your message.")
IF_ANSWERED = N_("If you answer in time, nobody else hears of it unless you ask.")
IF_DELETED = N_("Delete the message or answer in time. Then nobody else hears of it unless you ask.")
AN_OFFICE_ASKS = N_(
    "If you have not answered by then, an office is asked to look at it with you. Nobody has decided anything yet."
)
AN_OFFICE_REMINDS = N_(
    "If you have not answered by then, an office is asked to remind you of it. Nobody has decided anything yet."
)
AN_OFFICE_IS_ASKED = N_("We now ask an office to look at it with you. Nobody has decided anything yet.")
AN_OFFICE_IS_TO_REMIND = N_("We now ask an office to remind you of it. Nobody has decided anything yet.")
NOTHING_TO_DO = N_("You do not need to do anything.")
ANSWER_BY = N_("Please answer by {day}.")
THE_PLACE = N_("The place: {where}.")
THE_PROFILE = N_("It is what {who} shows in a profile.")
IT_IS_CLOSED = N_("This place is closed.")
COULD_NOT_CLOSE = N_("We could not close this place. Please do not write here any more.")
IT_WAITS = N_("It waits for a person to look at. Nobody has decided anything yet.")
CLOSE_THE_CASE = N_("If there is nothing to it, say so in the case. Then it is closed.")
NOT_IN_THE_POLICY = N_("Safety comes first. The policy has no clause of its own for it.")
NOT_SETTLED = N_("We asked about a message, and it is not settled yet.")
IT_WAS_THEIRS = N_("{who} wrote it on {day}.")
LOOK_WITH_THEM = N_("Look at it with them today.")
REMIND_THEM = N_("Remind them kindly: a note from us waits for their answer.")
IT_STAYS = N_("It stays as it is for now. Nobody has decided anything yet.")
IT_WAS_TAKEN_AWAY = N_("It is gone: we took it away. Nobody has decided anything yet.")
IT_IS_GONE = N_("The message is gone. Who took it away is not known. Nobody has decided anything yet.")
ASK_WHAT_IT_WAS = N_("Ask them today what it was about.")
ANSWERED_ELSEWHERE = N_("If they have answered you in person, nothing more is needed.")

LONGEST_REASON: Final = 4_000
"""Characters of a reason that somebody gives. More is no reason, and nobody would read it."""

HEADINGS: Final = (
    N_("The rule"),
    N_("What to do now"),
    N_("What happens next"),
    N_("How to disagree"),
    N_("You can answer"),
    N_("Your text"),
)
"""What stands before each part but the first, before the choices, and before the text given back."""

LABELS: Final = {
    Choice.TEAM: N_("Send it to the team"),
    Choice.CAPTAIN: N_("Add a captain"),
    Choice.PRIVATE: N_("It is private (copy the office)"),
    Choice.EMERGENCY: N_("It was an emergency"),
    Choice.REASON: N_("Say what it was"),
    Choice.TAKE_BACK: N_("Take it back"),
    Choice.DELETE: N_("Delete it for me"),
    Choice.PICTURED: N_("Say who is in it"),
    Choice.SOURCE: N_("Say where it is from"),
    Choice.CONCERNS_COPIED: N_("This concerns someone who would be copied"),
    Choice.SEEN: N_("I have read it"),
}
"""What stands on each button."""


@cache
def _headings(language: Language) -> tuple[str, ...]:
    return tuple(language.say(each) for each in HEADINGS)


@dataclass(frozen=True, slots=True)
class Notice:
    """One private note, in the words it is shown in. Its parts stand in the order people need them."""

    saw: str = field(repr=False)
    rule: str
    """The clause, in the district's own words, whatever the language."""
    now: str = field(repr=False)
    next: str = field(repr=False)
    disagree: str
    returned: str = field(default="", repr=False)
    """The author's own text, given back when it was taken away."""
    headings: tuple[str, ...] = _headings(ENGLISH)
    choices: tuple[Choice, ...] = ()
    """What can be answered."""
    labels: tuple[str, ...] = ()
    """What stands on the button of each choice."""

    def __str__(self) -> str:
        """Lay the note out as plain text, the returned text last."""
        parts = (self.rule, self.now, self.next, self.disagree, " · ".join(self.labels), self.returned)
        headed = zip(self.headings, parts, strict=True)
        return "\n".join([self.saw, *(f"{heading}: {part}" for heading, part in headed if part)])


@dataclass(frozen=True, slots=True)
class Silence:
    """How an author's silence ends: an office is asked to look at the message with them, or to remind a student."""

    of_student: bool = False
    """Whether the author is a student: nobody whom they did not ask looks at something with them."""
    hours: int | None = None
    """How many hours they have from the note on; None where it says so elsewhere."""
    of_edit: bool = False
    """Whether the message was changed: then a wait for an answer about an earlier version may go on."""
    others_hear: bool = False
    """Whether somebody else hears of the message anyway, by what else was found in it: no note promises otherwise."""
    is_over: bool = False
    """Whether the time is up."""


def write_alert(finding: Finding, where: str) -> Notice:
    """Turn a finding about a place into the note an office reads: it has no author to speak to."""
    return _alert(finding, (THE_PLACE.filled(where=where),) if where else ())


def write_alert_by(finding: Finding, who: str, day: date) -> Notice:
    """Turn a finding about a message into the note an office reads: who wrote it by name, and on which day."""
    return _alert(finding, (IT_WAS_THEIRS.filled(who=who, day=ENGLISH.say_day(day)),))


def write_alert_of(finding: Finding, who: str) -> Notice:
    """Turn a finding about a profile into the note an office reads: whose it is by name."""
    return _alert(finding, (THE_PROFILE.filled(who=who),))


def _alert(finding: Finding, more: tuple[Text, ...]) -> Notice:
    return write(
        finding.clause,
        saw=(finding.because, *more),
        now=(finding.remedy or NOTHING_TO_DO,),
        next_=(IT_WAITS,),
        disagree=(CLOSE_THE_CASE,),
    )


def write_unanswered(
    finding: Finding,
    who: str,
    day: date,
    *,
    of_student: bool = False,
    taken: bool = False,
) -> Notice:
    """Tell an office that nothing an author answered settled it: who it is by name, and on which day they wrote.

    It is asked to look at it with them, but only to remind a student, who did not ask for anybody. What is `taken` away
    by then cannot be looked at.
    """
    look = ASK_WHAT_IT_WAS if taken else LOOK_WITH_THEM
    return write(
        finding.clause,
        saw=(NOT_SETTLED, IT_WAS_THEIRS.filled(who=who, day=ENGLISH.say_day(day))),
        now=(REMIND_THEM if of_student else look,),
        next_=(IT_WAS_TAKEN_AWAY if taken else IT_STAYS,),
        disagree=(ANSWERED_ELSEWHERE,),
    )


def write_notice(
    finding: Finding,
    returned: str | None = None,
    due: date | None = None,
    language: Language = ENGLISH,
    silence: Silence | None = None,
    *,
    looked_at: bool = False,
    disagree: Text = HOW_TO_DISAGREE,
) -> Notice:
    """Turn a finding into the note its author reads. `returned` is their text, when it is taken away.

    `looked_at` says that a person looks by another finding of the same rule. Only an author can be told to answer that
    we are wrong; to anybody else `disagree` says what else they can do.
    """
    remedy, hears = finding.remedy or NOTHING_TO_DO, _who_hears(finding, silence, IF_ANSWERED, looked_at=looked_at)
    return write(
        finding.clause,
        saw=_saw(finding),
        now=(remedy,) if due is None else (remedy, ANSWER_BY.filled(day=language.say_day(due))),
        next_=hears if returned is None else (IT_IS_TAKEN_AWAY, *hears),
        disagree=(disagree,),
        returned=returned or "",
        choices=finding.choices,
        language=language,
    )


def write_request(finding: Finding, silence: Silence | None = None, *, looked_at: bool = False) -> Notice:
    """Turn a finding into the note that asks its author to delete what we cannot take away."""
    return write(
        finding.clause,
        saw=_saw(finding),
        now=(PLEASE_DELETE, *((finding.remedy,) if finding.remedy else ())),
        next_=_who_hears(finding, silence, IF_DELETED, looked_at=looked_at),
        disagree=(HOW_TO_DISAGREE,),
        choices=(Choice.DELETE, *(each for each in finding.choices if each is not Choice.DELETE)),
    )


def still_there(notice: Notice) -> Notice:
    """Turn a note that says that a message is taken away into the request to delete it: the platform refused.

    Any other note stays as it is. No office is promised that the note does not name: nothing was planned for it.
    """
    taken = ENGLISH.say(IT_IS_TAKEN_AWAY)
    if taken not in notice.next:
        return notice
    remedy = "" if notice.now == ENGLISH.say(NOTHING_TO_DO) else notice.now
    choices = (Choice.DELETE, *(each for each in notice.choices if each is not Choice.DELETE))
    return replace(
        notice,
        now=f"{ENGLISH.say(PLEASE_DELETE)} {remedy}".strip(),
        next=notice.next.replace(taken, "").strip(),
        returned="",
        choices=choices,
        labels=tuple(ENGLISH.say(LABELS[each]) for each in choices),
    )


def gone_already(notice: Notice) -> Notice:
    """Turn a request to delete a message into a note that says that it is gone. Any other note stays as it is.

    Nobody is asked about the silence of its author any more, so the note names neither hours nor an office.
    """
    asked = ENGLISH.say(PLEASE_DELETE)
    if not notice.now.startswith(asked):
        return notice
    hours = HOURS_TO_ANSWER.english.partition("{")[0]
    silence = (hours, *(ENGLISH.say(each) for each in (IF_DELETED, AN_OFFICE_ASKS, AN_OFFICE_REMINDS)))
    until = min((notice.next.index(each) for each in silence if each in notice.next), default=len(notice.next))
    choices = tuple(each for each in notice.choices if each is not Choice.DELETE)
    return replace(
        notice,
        now=notice.now.replace(asked, ENGLISH.say(GONE_ALREADY), 1),
        next=notice.next[:until].strip(),
        choices=choices,
        labels=tuple(ENGLISH.say(LABELS[each]) for each in choices),
    )


def closed(notice: Notice) -> Notice:
    """Let a note begin what to do now with that the place is closed."""
    return replace(notice, now=f"{ENGLISH.say(IT_IS_CLOSED)} {notice.now}")


def not_closed(notice: Notice) -> Notice:
    """Turn a note that says that a place is closed into one that says that it is not: the platform refused.

    That is a case, so a person looks. Any other note stays as it is.
    """
    said = ENGLISH.say(IT_IS_CLOSED)
    if not notice.now.startswith(said):
        return notice
    looked_at = notice.next.replace(ENGLISH.say(A_PERSON_DECIDES), ENGLISH.say(A_PERSON_LOOKS))
    return replace(notice, now=notice.now.replace(said, ENGLISH.say(COULD_NOT_CLOSE), 1), next=looked_at)


def as_it_is(notice: Notice, *, by_us: bool | None) -> Notice:
    """Let a note about a silence say what became of the message. Any other note stays as it is.

    `by_us` says whether we took it away or it is gone in some other way; None where it is still there, for instance
    because the platform refused. Who was to look at it asks what it was where it is gone; who was to remind a student
    still does no more than that.
    """
    stays, taken, is_gone = (ENGLISH.say(each) for each in (IT_STAYS, IT_WAS_TAKEN_AWAY, IT_IS_GONE))
    planned = next((each for each in (stays, taken) if each in notice.next), None)
    if planned is None:
        return notice
    look, ask = ENGLISH.say(LOOK_WITH_THEM), ENGLISH.say(ASK_WHAT_IT_WAS)
    now = notice.now.replace(ask, look) if by_us is None else notice.now.replace(look, ask)
    truth = stays if by_us is None else taken if by_us else is_gone
    return replace(notice, now=now, next=notice.next.replace(planned, truth))


def decided(notice: Notice) -> Notice:
    """Take out of a note about a silence that somebody is to look, or that nobody has decided: a person has.

    It does not say so itself: of some decisions nobody is told.
    """
    untrue = (
        *(A_PERSON_LOOKS, IT_IS_LOOKED_AT, A_PERSON_DECIDES, NOBODY_HAS_DECIDED, NOBODY_LOOKS),
        *(AN_OFFICE_IS_ASKED, AN_OFFICE_IS_TO_REMIND),
    )
    next_ = notice.next
    for each in untrue:
        next_ = next_.replace(ENGLISH.say(each), "")
    return replace(notice, next=" ".join(next_.split()) or ENGLISH.say(ONLY_YOU))


def with_nobody_above(notice: Notice) -> Notice:
    """Let a note not promise that a person looks, be it because its reader asks for it: nobody stands above them."""
    instead = {A_PERSON_DECIDES: NOBODY_HAS_DECIDED, IT_IS_LOOKED_AT: NOBODY_LOOKS}
    next_ = notice.next
    for untrue, true in instead.items():
        next_ = next_.replace(ENGLISH.say(untrue), ENGLISH.say(true))
    promises = notice.disagree == ENGLISH.say(HOW_TO_DISAGREE)
    disagree = ENGLISH.say(CALL_THE_DISTRICT_OFFICE) if promises else notice.disagree
    return replace(notice, next=next_, disagree=disagree)


def write(
    clause: Clause,
    *,
    saw: tuple[Text, ...],
    now: tuple[Text, ...],
    next_: tuple[Text, ...],
    disagree: tuple[Text, ...],
    returned: str = "",
    choices: tuple[Choice, ...] = (),
    language: Language = ENGLISH,
) -> Notice:
    """Say the parts of a note in a language; a part holds one text or more.

    Raises ValueError where nothing fills a placeholder, TypeError for a part without a text.
    """
    return Notice(
        saw=language.say(*saw),
        rule=clause.in_full if clause.quote else language.say(NOT_IN_THE_POLICY),
        now=language.say(*now),
        next=language.say(*next_),
        disagree=language.say(*disagree),
        returned=returned,
        headings=_headings(language),
        choices=choices,
        labels=tuple(language.say(LABELS[each]) for each in choices),
    )


def _saw(finding: Finding) -> tuple[Text, ...]:
    """Say what was found, and who gets the copy that is owed."""
    return (finding.because,) if finding.copied is None else (finding.because, finding.copied)


def _who_hears(finding: Finding, silence: Silence | None, if_they_act: Text, *, looked_at: bool) -> tuple[Text, ...]:
    """Say truly whether somebody else hears of it, and what an author can do about that."""
    looked_at = looked_at or Measure.REVIEW in finding.measures
    if silence is None:
        return (A_PERSON_LOOKS if looked_at else A_PERSON_DECIDES,)
    if silence.is_over:
        office = AN_OFFICE_IS_TO_REMIND if silence.of_student else AN_OFFICE_IS_ASKED
        return (IT_IS_LOOKED_AT, office) if looked_at else (office,)
    first: tuple[Text, ...] = (IT_IS_LOOKED_AT,) if looked_at else (ONLY_YOU,)
    if Measure.COPY in finding.measures:
        first += (COPY_IS_READ,)
    promise = () if looked_at or silence.others_hear else (if_they_act,)
    return (*first, *_hours(silence), *promise, AN_OFFICE_REMINDS if silence.of_student else AN_OFFICE_ASKS)


def _hours(silence: Silence) -> tuple[Text, ...]:
    if silence.hours is None:
        return ()
    named = HOURS_TO_ANSWER.filled(hours=str(silence.hours))
    return (named, COUNTED_BEFORE) if silence.of_edit else (named,)
