from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bot.profile import Profile
from bot.readings.found import Trace
from bot.rule import Clause, Finding, LooksAt, Measure
from bot.texts import N_

QUOTE = "When uploading digital pics or avatars that represent yourself make sure you select an appropriate image."
A_NEW_PICTURE = N_("There is a new picture on a staff account. A person will look at it.")


@dataclass(frozen=True, slots=True)
class Avatars:
    """Somebody on staff shows up with another picture than before.

    A person looks at it where it is shown. The program does not judge it, keep it or send it on, and nobody is told
    anything before a person has decided. Pictures of students and of accounts that nobody is linked to are let be.
    """

    name: ClassVar[str] = "avatars"
    clause: ClassVar[Clause] = Clause("Employee Guidelines", 16, QUOTE)
    looks_at: ClassVar[LooksAt] = (Profile,)
    trace: ClassVar[Trace | None] = None

    def check(self, profile: Profile) -> Iterator[Finding]:
        """Ask a person to look, each time the picture is another one."""
        if profile.new_picture and profile.owner.is_staff:
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), A_NEW_PICTURE)
