from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from bot.message import Where
from bot.people import Person, Role
from bot.profile import Profile
from bot.readings.found import Likeness, Title, Trace
from bot.rule import Clause, Evidence, Finding, LooksAt, Measure
from bot.texts import N_

ANOTHERS_NAME = N_("This account shows a name like that of somebody else. A person will look at it.")
A_TITLE = N_("This account shows a title that staff have. A person will look at it.")


@dataclass(frozen=True, slots=True)
class Impersonation:
    """An account shows the name of somebody else on the roster, or a title that only staff have.

    Names are compared as people see them: look-alike letters, digits for letters, glued and turned-round names count,
    and so does one wrong letter in a long name. Whoever is called so too is fine, in full or in part. Coach, principal
    and the like are for staff alone; Mr., Ms. or Dr. is no name for a student. A person looks; nothing is changed, and
    nobody is told anything before a person has decided. People do share names, and a nickname may be a joke.
    """

    name: ClassVar[str] = "impersonation"
    clause: ClassVar[Clause] = Clause(
        "Student Guidelines", 4, "Do not misrepresent yourself by using someone else's identity."
    )
    looks_at: ClassVar[LooksAt] = (Profile,)
    trace: ClassVar[Trace | None] = None

    unlinked: Annotated[
        bool, "Whether an account that nobody is linked to is looked at too. It may be its owner, not linked yet."
    ] = True

    def check(self, profile: Profile) -> Iterator[Finding]:
        """Find at most once, with every such name as evidence."""
        owner, found = profile.owner, profile.readings.likenesses
        if not found or (owner.has(Role.STRANGER) and not self.unlinked):
            return
        others = [each for each in found if each.of_another]
        claimed = [each for each in found if _claims(owner, each)]
        if others or claimed:
            evidence = tuple(Evidence(Where.DISPLAY_NAME, each.text) for each in others or claimed)
            because = ANOTHERS_NAME if others else A_TITLE
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), because, evidence=evidence)


def _claims(owner: Person, likeness: Likeness) -> bool:
    """Say whether a title is not its bearer's. A student who coaches is a coach; any guardian may be a doctor."""
    if owner.is_staff or owner.has(Role.ADVISOR):
        return False
    return likeness.title is Title.SCHOOL or (likeness.title is Title.CIVIL and owner.has(Role.STUDENT))
