"""What a person is told, always in the same five parts."""

from dataclasses import dataclass, field

from bot.rule import Finding

A_PERSON_DECIDES = "Only you see this note. A person looks if you ask for it, and nobody has decided anything yet."
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


def write_notice(finding: Finding, returned: str = "") -> Notice:
    """Turn a finding into the note its author reads."""
    rule = f"{finding.clause}: “{finding.clause.quote}”"
    return Notice(saw=finding.because, rule=rule, now=finding.remedy, returned=returned)
