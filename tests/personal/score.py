"""How well personal data is found: `python -m tests.personal.score` prints the figures with their counts.

Both lists were written by hand, with no look at what the program does with them: the first before it was written and
while it was, the second when it was done. Only the second says how well it does on what it has not seen.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bot.readings.found import Kind
from bot.readings.personal import Known, PersonalData
from bot.text import fold

FOLDER: Final = Path(__file__).parent
LISTS: Final = ("first", "second", "third")
YEAR: Final = 2026
KNOWN: Final = Known(
    people=frozenset(
        {
            ("Maddie", "Kowalski"),
            ("Jordan", "Rice"),
            ("Jae", "Park"),
            ("Ava", "Young"),
            ("Kim", "Nguyen"),
            ("Tess", "O'Connor"),
            ("Teo", "V\u00e1squez"),
            ("Chidi", "Okoye"),
            ("June", "Brooks"),
            ("Eli", "Hill"),
            ("Danny", "Lam"),
            ("Max", "Petrov"),
            ("Noor", "Green"),
            ("Sofia", "de la Cruz"),
            ("Will", "King"),
            ("Mei", "Price"),
        }
    ),
    mail_domains=("alderbrook.example",),
    phone_numbers=("978-555-0100", "(978) 555-0101"),
    venues=("Lowell Stadium, 450 Aiken Street", "Veterans Field"),
)


class Line(NamedTuple):
    """A text, and whether it holds data of this kind."""

    kind: Kind
    holds: bool
    text: str


class Score(NamedTuple):
    """What was missed and what was found where nothing is."""

    lines: tuple[Line, ...]
    missed: tuple[Line, ...]
    false_alarms: tuple[Line, ...]

    @property
    def held(self) -> int:
        """How many of the texts hold data."""
        return sum(line.holds for line in self.lines)

    @property
    def baits(self) -> int:
        """How many only look so."""
        return len(self.lines) - self.held


def read(name: str) -> Iterator[Line]:
    """Read one list: kind, + or -, text."""
    for row in (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines():
        kind, sign, text = row.split("\t")
        yield Line(Kind(kind), sign == "+", text)


def scores(name: str) -> dict[Kind, Score]:
    """Look for every kind in its own lines of a list."""
    personal = PersonalData(KNOWN)
    lines = tuple(read(name))
    found = {line for line in lines if any(spot.kind is line.kind for spot in personal.find(fold(line.text), YEAR))}
    return {kind: _score(tuple(line for line in lines if line.kind is kind), found) for kind in Kind}


def _score(lines: tuple[Line, ...], found: set[Line]) -> Score:
    missed = tuple(line for line in lines if line.holds and line not in found)
    return Score(lines, missed, tuple(line for line in lines if not line.holds and line in found))


def main() -> int:
    """Print a table for each list, and with `--show` the lines that went wrong."""
    for name in LISTS:
        sys.stdout.write(f"{name:16}found        false alarms\n")
        for kind, score in scores(name).items():
            found, false_alarms = score.held - len(score.missed), len(score.false_alarms)
            sys.stdout.write(f"{kind:16}{found:4} of {score.held:<4} {false_alarms:4} of {score.baits}\n")
            if "--show" in sys.argv:
                wrong = [f"  missed: {line.text}" for line in score.missed]
                wrong += [f"  false alarm: {line.text}" for line in score.false_alarms]
                sys.stdout.write("".join(f"{each}\n" for each in wrong))
        sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
