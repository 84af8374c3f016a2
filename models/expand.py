"""Makes texts from templates: slots filled, and typed the way different people type. Seeded: the same texts again."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Final

from bot.readings.labels import Setting, Speaker
from models.families import Family
from models.hands import disguised, typed
from models.samples import Kind, Sample

SLOTS: Final = Path(__file__).parent / "slots.toml"
_SLOT: Final = re.compile(r"\{(\w+)\}")
DISGUISED_SHARE: Final = 0.2
LENGTHENED_SHARE: Final = 0.25
HIDDEN: Final = frozenset({"harassment", "profanity", "sexual", "substances", "self_harm", "threat", "offplatform"})
"""What people hide from a filter. Nobody disguises a sprained ankle."""


def read_slots(path: Path = SLOTS) -> dict[str, tuple[str, ...]]:
    """Read what each slot can be filled with."""
    slots = {name: tuple(values) for name, values in tomllib.loads(path.read_text("utf-8")).items()}
    lasts = slots.pop("last")
    full = tuple(f"{first} {lasts[place % len(lasts)]}" for place, first in enumerate(slots["first"]))
    return {**slots, "full": full}


def expand(families: Sequence[Family], seed: int, variants: int) -> Iterator[Sample]:
    """Make so many texts from each line: the first as it stands, the others typed in other ways."""
    slots = read_slots()
    fillers = [line for family in families if family.kind is Kind.EVERYDAY for line in family.lines]
    for family in families:
        for line in family.lines:
            # A line's chance depends on the line alone: a template that is added moves no other.
            chance = Random(sha256(f"{seed}/{family.name}/{line}".encode()).digest())
            for number in range(variants):
                yield _sample(family, line, slots, fillers, chance, as_written=number == 0)


def _sample(
    family: Family,
    line: str,
    slots: Mapping[str, Sequence[str]],
    fillers: Sequence[str],
    chance: Random,
    *,
    as_written: bool,
) -> Sample:
    setting = Setting(chance.choice(family.authors), chance.choice(family.audiences))
    text, kind = line, family.kind
    if not as_written:
        if fillers and chance.random() < LENGTHENED_SHARE:
            text = _beside(text, chance.choice(fillers), chance)
        text = typed(text, chance, young=setting.role is Speaker.STUDENT)
    text = fill(text, slots, chance)
    if not as_written and HIDDEN & family.holds and chance.random() < DISGUISED_SHARE:
        text, kind = disguised(text, chance), Kind.DISGUISED
    return Sample(text, setting, family.holds, frozenset(), kind, family.name)


def _beside(text: str, other: str, chance: Random) -> str:
    """Put other talk before or after: what matters often stands in the middle of other things."""
    parts = [text, other]
    chance.shuffle(parts)
    return chance.choice((" ", "\n", ". ")).join(parts)


def fill(text: str, slots: Mapping[str, Sequence[str]], chance: Random) -> str:
    """Fill every slot. Raises `KeyError` where a template names a slot that there is not."""
    return _SLOT.sub(lambda slot: chance.choice(slots[slot[1].lower()]), text)
