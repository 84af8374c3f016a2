"""What a look at a platform finds: what is broken, weak or fine, each with how to mend it. No platform of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Weight(StrEnum):
    """How much something matters, the worst first."""

    BROKEN = "broken"
    """Something that people rely on does not work."""
    WEAK = "weak"
    """It works, but somebody can get around it, or it will not for long."""
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was found. It may name people: it is for whoever looks after the servers, never for a log."""

    weight: Weight
    what: str = field(repr=False)
    mend: str = field(default="", repr=False)
    """How to mend it, as something to do. Empty where there is nothing to mend."""


def lines(remarks: Iterable[Remark]) -> Iterator[str]:
    """Write remarks for a terminal, the worst first, else in their own order."""
    order = list(Weight)
    for each in sorted(remarks, key=lambda remark: order.index(remark.weight)):
        yield f"{each.weight:<8}{each.what}"
        if each.mend:
            yield f"{'':8}To mend it: {each.mend}"


def is_sound(remarks: Iterable[Remark]) -> bool:
    """Say whether nothing is broken."""
    return all(each.weight is not Weight.BROKEN for each in remarks)
