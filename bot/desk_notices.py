"""What people are told about reports, appeals and decisions, in the five parts of every notice. Pure.

Nothing here says who told: a person who was reported must never be able to work that out.
"""

from dataclasses import replace
from datetime import date
from typing import Final

from bot.case import Case
from bot.copying import CALL_THE_DISTRICT
from bot.notice import NOTHING_TO_DO, Notice, write
from bot.rule import Clause
from bot.texts import ENGLISH, N_, Text

TELL_AN_ADULT: Final = Clause(
    "Student Guidelines",
    5,
    "If you run across inappropriate material that makes you feel uncomfortable, or is not respectful, "
    "tell your teacher right away.",
)
"""The clause under which anybody may tell an adult."""

SAME_STANDARDS: Final = Clause(
    "General Guidelines",
    10,
    "Your online behavior should reflect the same standards of character used in the school setting.",
)
"""The clause that a case rests on where no rule found anything."""

THANKS = N_("Thank you. {who} will look. We do not tell the other person who reported.")
A_PERSON = N_("A person")
NOBODY_YET = N_("Thank you. We do not tell the other person who reported. We know nobody yet who may look at it.")
CALL_THEM = N_("Please call the district office about it. If you are not safe now, go to an adult near you.")
NO_NEED = N_("You do not need to do more. If you are not safe now, go to an adult near you.")
WHO_READS = N_("Only the adults who look can read what you told us.")
ASK_AGAIN = N_("If it goes on, tell another adult. You can choose whom.")

SOMEBODY_TOLD = N_("Somebody told an adult about a message. You are asked to look.")
SOMEBODY_DISAGREES = N_("The author of a message thinks that we are wrong. You are asked to look.")
SOMEBODY_DISAGREES_THERE = N_("Somebody thinks that we are wrong about a place. You are asked to look.")
HANDED_ON = N_("A case was handed on to you.")
LOOK = N_("Please look at {case} today.")
LOOK_AT_NEW = N_("Please look at your new case today.")
IT_IS_OPEN = N_("It waits until you or somebody else decides. Nothing has been decided yet.")
ABOVE_DECIDES = N_(
    "You can read it, but you do not decide it. Somebody above the author does. Nothing has been decided yet."
)
IT_IS_NOT_YOURS = N_("If you should not be the one to read it, tell the office.")
TALK_WITH_THEM = N_("Talk with them about what comes of it. We send them no note, for it is about safety.")
HAND_ON = N_("If you should not be the one to look, hand it on.")

WILL_LOOK_AGAIN = N_("You told us that we are wrong. {who} will look, and did not decide it before.")
NOBODY_LOOKS_YET = N_("You told us that we are wrong. It is on record. We know nobody yet who may look at it.")
NO_NOTE = N_("We send no note about what comes of it.")
THEY_TALK_WITH_YOU = N_("The person who looks is asked to talk with you.")
YOU_ARE_TOLD = N_("You are told what comes of it.")
TALK = N_("You can talk with an adult at your school at any time.")

NOT_FITTING = N_("A person looked at your message. It does not fit the rule.")
STILL_NOT_FITTING = N_("Another person looked at your message. It does not fit the rule.")
NOT_FITTING_THERE = N_(
    "We wrote to you about a place. A person looked at it. What happened there does not fit the rule."
)
STILL_NOT_FITTING_THERE = N_(
    "We wrote to you about a place. Another person looked at it. What happened there does not fit the rule."
)
READ_THE_RULE = N_("Please read the rule, and keep to it from now on.")
NOTHING_MORE = N_("Nothing more follows from this.")
STILL_ASKED = N_("We asked you about this message. That still waits for your answer.")
SUSPENDED = N_("You can write here again after {day}. You can still tell an adult, or disagree.")
DISAGREE = N_("If this is wrong, answer “I think this is wrong”. A person who did not decide it will look.")
TWO_LOOKED = N_("Two people have looked now. You can still talk with an adult at your school.")

FINE = N_("A person looked at your message. It is fine.")
CHANGED = N_("A person looked at your message again. It is fine, and what was decided before is changed.")
FINE_THERE = N_("We wrote to you about a place. A person looked at it. It is fine.")
CHANGED_THERE = N_(
    "We wrote to you about a place. A person looked at it again. It is fine, so the decision is changed."
)
GIVEN_BACK = N_("What was taken away is given back. This helps us to mend the rule.")
MAYBE_NOT_BACK = N_("We tried to give back what was taken away. A person now looks whether that worked.")
SENT_ON = N_("Your message was sent on, as you asked, so it is not put back as well.")
IT_HELPS = N_("Nothing follows from this. It helps us to mend the rule.")

NOT_DONE = N_("What you asked for was not done. Nothing is changed.")
ASK_THE_OFFICE = N_("If this is wrong, ask the office that runs Chaperone.")

NO_SUCH_CASE = N_("There is no case {case} for you. The list shows those that wait.")
NO_CASE_ABOUT_IT = N_("There is no case about this for you. The list shows those that wait.")
NOT_KEPT = N_("We do not keep this message any more. Please tell an adult at your school.")
ONLY_THE_AUTHOR = N_("Only who wrote a message can say that we are wrong about it.")
TOO_LONG = N_("The reason is {length} characters long. Say it in {most} or fewer.")
IS_OPEN = N_("{case} is open, so there is nothing to reverse. Decide it.")
IS_CLOSED = N_("{case} is decided: {ruling}, by {who}. To change that, reverse it and say why.")
SOMEBODY_ELSE = N_("{case} is for somebody else, who stands above or did not decide before.")
SAY_WHY = N_("Say why. {case} is about staff, or you change what was decided.")
ONLY_WITH_UPHOLD = N_("Only with uphold can you name a last day without writing.")
WITHIN_A_YEAR = N_("The last day is {first} at the soonest, and {last} at the latest.")
NO_ACCOUNT = N_("We do not know which account {case} is about.")
NOBODY_ABOVE = N_("Nobody stands above you who could decide {case}. Decide it, or skip it.")
NOBODY_LEFT = N_(
    "Nobody is left who could look again and did not decide it before. You can still talk with an adult at your school."
)
NOT_YOURS = N_("The last word about {case} is no decision of yours, so you cannot undo it.")
TOO_LATE = N_("{case} was decided more than {seconds} seconds ago. Reverse it, and say why.")


def receipt(who: str) -> Notice:
    """Answer somebody who told an adult. `who` will look; empty where nobody could be asked yet."""
    return write(
        TELL_AN_ADULT,
        saw=(THANKS.filled(who=who) if who else NOBODY_YET,),
        now=(NO_NEED if who else CALL_THEM,),
        next_=(WHO_READS,),
        disagree=(ASK_AGAIN,),
    )


def ask_to_look(
    why: Text,
    case: Case,
    clause: Clause,
    *,
    decides: bool = True,
    in_person: bool = False,
) -> Notice:
    """Ask somebody to look at a case. It names nobody and quotes nothing.

    `decides` says whether they may decide it, `in_person` whether its author hears from a person alone.
    """
    look = LOOK.filled(case=case.name) if case.number else LOOK_AT_NEW
    next_, disagree = (IT_IS_OPEN, HAND_ON) if decides else (ABOVE_DECIDES, IT_IS_NOT_YOURS)
    now = (look, TALK_WITH_THEM) if in_person else (look,)
    return write(clause, saw=(why,), now=now, next_=(next_,), disagree=(disagree,))


def appeal_receipt(who: str, clause: Clause, *, in_person: bool = False) -> Notice:
    """Answer somebody who disagrees. `who` will look; empty where nobody could be asked yet.

    `in_person` says that it is about safety, so that who looks is asked to talk with them: no note follows.
    """
    return write(
        clause,
        saw=(WILL_LOOK_AGAIN.filled(who=who) if who else NOBODY_LOOKS_YET,),
        now=(NOTHING_TO_DO if who else CALL_THE_DISTRICT,),
        next_=((NO_NOTE, THEY_TALK_WITH_YOU) if who else (NO_NOTE,)) if in_person else (YOU_ARE_TOLD,),
        disagree=(TALK,),
    )


def upheld(case: Case, clause: Clause, until: date | None, *, last: bool = False) -> Notice:
    """Tell the author that the message does not fit, and what follows. `last`: nobody else could look at it again."""
    follows = () if until is None else (SUSPENDED.filled(day=ENGLISH.say_day(until)),)
    asked = (STILL_ASKED,) if case.awaits_answer else ()
    next_ = (*follows, *asked) or (NOTHING_MORE,)
    again = case.is_appealed and case.standing is not None  # an author may disagree before anybody has looked
    there = case.has_no_author
    if again:
        saw, disagree = STILL_NOT_FITTING_THERE if there else STILL_NOT_FITTING, TWO_LOOKED
    else:
        saw, disagree = NOT_FITTING_THERE if there else NOT_FITTING, TALK if last else DISAGREE
    return write(clause, saw=(saw,), now=(READ_THE_RULE,), next_=next_, disagree=(disagree,))


def cleared(case: Case, clause: Clause, *, given_back: bool, until: date | None = None) -> Notice:
    """Tell the author that the message is fine; that what was decided before is changed, if something was.

    `until` is the last day of another suspension, which runs on.
    """
    fine, changed = (FINE_THERE, CHANGED_THERE) if case.has_no_author else (FINE, CHANGED)
    saw = fine if case.standing is None else changed
    follows = GIVEN_BACK if given_back else IT_HELPS
    sent_on = (SENT_ON,) if case.is_hidden and case.sent_on else ()
    still = () if until is None else (SUSPENDED.filled(day=ENGLISH.say_day(until)),)
    next_ = (follows, *sent_on, *still)
    return write(clause, saw=(saw,), now=(NOTHING_TO_DO,), next_=next_, disagree=(TALK,))


def not_given_back(notice: Notice) -> Notice:
    """Turn a note that says that what was taken away is given back into one that does not; any other stays as it is."""
    said, instead = ENGLISH.say(GIVEN_BACK), ENGLISH.say(MAYBE_NOT_BACK)
    return replace(notice, next=notice.next.replace(said, instead))


def not_taken(because: Text) -> Notice:
    """Tell somebody that what they decided or disagreed with was not taken, and why."""
    return write(
        SAME_STANDARDS,
        saw=(NOT_DONE,),
        now=(because,),
        next_=(NOTHING_MORE,),
        disagree=(ASK_THE_OFFICE,),
    )
