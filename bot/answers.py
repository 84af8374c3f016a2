"""What people are told about reports, appeals and decisions, in the five parts of every notice. Pure.

Nothing here says who told: a person who was reported must never be able to work that out.
"""

from datetime import date
from typing import Final

from bot.case import Case
from bot.notice import Notice

TELL_AN_ADULT: Final = (
    "Student Guidelines 5: “If you run across inappropriate material that makes you feel uncomfortable, or is not "
    "respectful, tell your teacher right away.”"
)
"""The clause under which anybody may tell an adult, in the district's words."""

RESPECT: Final = (
    "General Guidelines 10: “Your online behavior should reflect the same standards of character used in the school "
    "setting.”"
)
"""The clause that a report rests on where no rule found anything."""

THANKS: Final = "Thank you. {who} will look. We do not tell the other person who reported."
A_PERSON: Final = "A person"
NO_NEED: Final = "You do not need to do more. If you are not safe now, go to an adult near you."
NOBODY_IS_TOLD: Final = "Only the adults who look can read what you told us."
ASK_AGAIN: Final = "If nothing happens, or it goes on, tell another adult. You can choose whom."

SOMEBODY_TOLD: Final = "Somebody told an adult about a message. You are asked to look."
SOMEBODY_DISAGREES: Final = "The author of a message thinks that something about it is wrong. You are asked to look."
HANDED_ON: Final = "A case was handed on to you. Somebody could not decide it, or thought it should be you."
LOOK: Final = "Please look at {case} today."
IT_WAITS: Final = "It waits until you or somebody else decides. Nothing has been decided yet."
HAND_ON: Final = "If you should not be the one to look, hand it on."

WILL_LOOK_AGAIN: Final = (
    "You told us that something is wrong. {who} will look. It is not the person who decided before."
)
YOU_ARE_TOLD: Final = "You are told what comes of it."
TALK: Final = "You can talk with an adult at your school at any time."

NOT_FITTING: Final = "A person looked at your message. It does not fit the rule."
STILL_NOT_FITTING: Final = "Another person looked at your message again. It does not fit the rule."
READ_THE_RULE: Final = "Please read the rule, and keep to it from now on."
STAYS: Final = "Nothing more follows from this."
SUSPENDED: Final = (
    "You cannot write here until {day} has ended. It ends by itself. You can still tell an adult, or disagree."
)
DISAGREE: Final = "If this is wrong, answer “I think this is wrong”. A person who did not decide it will look."
ANSWERED: Final = "Two people have looked now. You can still talk with an adult at your school."

FINE: Final = "A person looked at your message. It is fine."
CHANGED: Final = "A person looked at your message again. It is fine, and what was decided before is changed."
NOTHING_TO_DO: Final = "You do not need to do anything."
GIVEN_BACK: Final = "What was taken away is given back. This helps us to mend the rule."
HELPS: Final = "Nothing follows from this. It helps us to mend the rule."

NOT_TAKEN: Final = "What you asked for was not done. Nothing is changed."
ASK_THE_OFFICE: Final = "If this is wrong, ask the office that keeps Chaperone."


def receipt(who: str) -> Notice:
    """Answer somebody who told an adult. `who` will look; empty where nobody could be asked yet."""
    return Notice(THANKS.format(who=who or A_PERSON), TELL_AN_ADULT, NO_NEED, NOBODY_IS_TOLD, ASK_AGAIN)


def report_alert(name: str) -> Notice:
    """Ask an adult to look at what was reported. It names nobody and quotes nothing."""
    return Notice(SOMEBODY_TOLD, TELL_AN_ADULT, LOOK.format(case=name), IT_WAITS, HAND_ON)


def appeal_receipt(who: str, rule: str) -> Notice:
    """Answer somebody who disagrees."""
    return Notice(WILL_LOOK_AGAIN.format(who=who or A_PERSON), rule, NOTHING_TO_DO, YOU_ARE_TOLD, TALK)


def appeal_alert(name: str, rule: str) -> Notice:
    """Ask somebody to look who did not decide."""
    return Notice(SOMEBODY_DISAGREES, rule, LOOK.format(case=name), IT_WAITS, HAND_ON)


def handed_on(name: str, rule: str) -> Notice:
    """Ask somebody who stands above to decide."""
    return Notice(HANDED_ON, rule, LOOK.format(case=name), IT_WAITS, HAND_ON)


def upheld(case: Case, rule: str, until: date | None) -> Notice:
    """Tell the author that the message does not fit, and what follows."""
    follows = STAYS if until is None else SUSPENDED.format(day=f"{until:%A, %B} {until.day}")
    if case.is_appealed:
        return Notice(STILL_NOT_FITTING, rule, READ_THE_RULE, follows, ANSWERED)
    return Notice(NOT_FITTING, rule, READ_THE_RULE, follows, DISAGREE)


def cleared(case: Case, rule: str) -> Notice:
    """Tell the author that the message is fine; that what was decided before is changed, if something was."""
    saw = FINE if case.standing is None else CHANGED
    follows = GIVEN_BACK if case.is_hidden or case.suspension is not None else HELPS
    return Notice(saw, rule, NOTHING_TO_DO, follows, TALK)


def not_taken(because: str) -> Notice:
    """Tell somebody that what they decided or disagreed with was not taken, and why."""
    return Notice(NOT_TAKEN, RESPECT, because, STAYS, ASK_THE_OFFICE)
