"""What a line says under the name of an earlier one: the same again, or something else that must not be lost."""

from dataclasses import dataclass, field

from adapters.replay.lately import Lately
from adapters.replay.lines import (
    AnswerLine,
    AnyLine,
    AppealLine,
    DecideLine,
    EditLine,
    OrderLine,
    PostLine,
    ReportLine,
    what_it_says,
)
from adapters.replay.names import named


@dataclass(slots=True)
class Retold:
    """Knows the lines that were told lately: a hash of what each is called, and one of what it said."""

    told: Lately[int, int] = field(default_factory=Lately)

    def is_again(self, line: AnyLine) -> bool:
        """Say whether a line only tells again what an earlier one told, be it at another time.

        Raises:
            ValueError: it tells something else under the same name, so nobody would hear of it.
        """
        name = _name(line)
        if name is None:
            return False
        known, says = self.told.get(hash(name)), hash(what_it_says(line))
        if known is None:
            self.told.put(hash(name), says)
        elif known != says:
            raise ValueError(_how_to_mend(line))
        return known is not None


def _name(line: AnyLine) -> tuple[str, str] | None:
    """Name a line by what nothing else may be called; None for what is told anew each time."""
    match line:
        case PostLine():
            return named(line.place, line.id), ""
        case OrderLine():
            return named(line.to, line.id), ""
        case EditLine() if line.revision:
            return named(line.place, line.post), line.revision
        case ReportLine() | AppealLine() | DecideLine() | AnswerLine():
            return type(line).__name__, line.id
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
        case _:
            return f"another line of this id was told; give this `{line.__struct_config__.tag}` an id of its own"
