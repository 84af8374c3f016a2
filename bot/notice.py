"""What a person is told, always in the same five parts."""

from dataclasses import dataclass, field
from datetime import date

from bot.rule import Finding

A_PERSON_DECIDES = "Only you see this note. A person looks if you ask for it, and nobody has decided anything yet."
IT_IS_TAKEN_AWAY = "Your message is taken away. Any text you wrote is given back to you here. "
HOW_TO_DISAGREE = "If this is wrong, answer “I think this is wrong”. A person who was not part of it will look."


@dataclass(frozen=True, slots=True)
class Notice:
    """One private note. Its parts stand in the order people need them."""

    saw: str = field(repr=False)
    rule: str
    """The clause, in the district's own words."""
    now: str
    next: str = A_PERSON_DECIDES
    disagree: str = HOW_TO_DISAGREE
    returned: str = field(default="", repr=False)
    """The author's own text, given back when it was taken away."""

    def __str__(self) -> str:
        """Lay the note out as plain text, the returned text last."""
        parts = [
            self.saw,
            f"The rule: {self.rule}",
            f"What to do now: {self.now}",
            f"What happens next: {self.next}",
            f"How to disagree: {self.disagree}",
        ]
        if self.returned:
            parts.append(f"Your text: {self.returned}")
        return "\n".join(parts)


def write_alert(finding: Finding, where: str) -> Notice:
    """Turn a finding into the note an office reads: it has no author to speak to."""
    return Notice(
        saw=f"{finding.because}{f' The place: {where}.' if where else ''}",
        rule=f"{finding.clause}: “{finding.clause.quote}”",
        now=finding.remedy,
        next="It waits among the cases for a person, and nobody has decided anything yet.",
        disagree="If there is nothing to it, say so in the case, and it is closed.",
    )


def write_notice(finding: Finding, returned: str | None = None, due: date | None = None) -> Notice:
    """Turn a finding into the note its author reads. `returned` is their text, when it is taken away."""
    return Notice(
        saw=finding.because,
        rule=f"{finding.clause}: “{finding.clause.quote}”",
        now=finding.remedy if due is None else f"{finding.remedy} Please answer by {due:%A, %B} {due.day}.",
        next=f"{'' if returned is None else IT_IS_TAKEN_AWAY}{A_PERSON_DECIDES}",
        returned=returned or "",
    )
