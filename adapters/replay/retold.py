"""What a line says under the name of an earlier one: the same again, or something else that must not be lost."""

from dataclasses import dataclass, field

import msgspec

from adapters.replay.lately import Lately
from adapters.replay.lines import (
    AnswerLine,
    AnyLine,
    AppealLine,
    DecideLine,
    EditLine,
    OrderLine,
    PostLine,
    what_it_says,
)
from adapters.replay.names import named
from bot.platform import Answer, Appeal, Decision, Heard, Report


@dataclass(slots=True)
class Retold:
    """Knows the lines that were told lately: a hash of what each is called, and one of what it said."""

    told: Lately[int, int] = field(default_factory=Lately)

    def is_again(self, line: AnyLine, heard: Heard) -> bool:
        """Say whether a line, that tells what is heard, only tells again what an earlier one did, be it another time.

        Raises:
            ValueError: it tells something else under the same name, so nobody would hear of it.
        """
        name = _name(line, heard)
        if name is None:
            return False
        known, says = self.told.get(hash(name)), hash(what_it_says(_elsewhere(line)))
        if known is None:
            self.told.put(hash(name), says)
        elif known != says:
            raise ValueError(_how_to_mend(line))
        return known is not None


def _elsewhere(line: AnyLine) -> AnyLine:
    """Leave out the place of a post that a line speaks of: it is in the line's name, and need not be said."""
    return msgspec.structs.replace(line, place="") if isinstance(line, AppealLine | DecideLine | AnswerLine) else line


def _name(line: AnyLine, heard: Heard) -> tuple[str, ...] | None:
    """Name a line by what nothing else may be called; None for what is told anew each time."""
    match heard:
        case Report() | Appeal() | Decision():
            return type(heard).__name__, heard.post or "", heard.id
        case Answer():
            return type(heard).__name__, heard.about, heard.id
    match line:
        case PostLine():
            return named(line.place, line.id), ""
        case OrderLine():
            return named(line.to, line.id), ""
        case EditLine() if line.revision:
            return named(line.place, line.post), line.revision
        case _:
            return None


def _how_to_mend(line: AnyLine) -> str:
    match line:
        case PostLine():
            return (
                "another post of this id was told in this place; give this one an id of its own, or make it an `edit`"
                " of that post"
            )
        case EditLine():
            return "this revision of the post was told with other content; give this one a revision of its own"
        case OrderLine():
            return "another line of this id was told; give this `order` an id of its own"
        case _:
            tag = line.__struct_config__.tag
            return f"another line of this id was told about this post; give this `{tag}` an id of its own"
