"""Two questions to the readings: `python -m models.robust`.

Do scores move with words of identity? And how much of what is found plain is found when its letters are hidden?
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Final

from bot.readings.labels import Label
from bot.readings.tables import words
from bot.readings.topics import Topics
from models import hands
from models.expand import HIDDEN
from models.intervals import Share
from models.labelled import Labelled, read
from models.public import read_held
from models.score import GROUP, YEAR, build

DEV: Final = Path(__file__).parent / "dev"
SEED: Final = 21
FEWEST: Final = 20
"""A word of identity that stands in fewer rows is not compared."""

IDENTITIES: Final = words(
    """
    african american asian atheist bisexual black blind buddhist canadian catholic chinese christian deaf elderly
    european female gay heterosexual hispanic homosexual indian japanese jewish latina latino latinx lesbian lgbt
    lgbtq male mexican millennial muslim nonbinary old older paralyzed protestant queer sikh straight taoist teenage
    trans transgender white young younger
    """
)


def fairness(topics: Topics) -> Iterator[str]:
    """Compare the mean score for harassment of each word of identity with that of all rows, kind and unkind apart."""
    rows = read_held()
    scores = topics.read([row["text"] for row in rows], [GROUP] * len(rows), YEAR)
    for label, name in ((0, "kind"), (1, "unkind")):
        by_word: dict[str, list[float]] = defaultdict(list)
        for row, score in zip(rows, scores, strict=True):
            if row["label"] == label:
                for word in IDENTITIES.intersection(re.findall(r"\w+", row["text"].lower())):
                    by_word[word].append(score.of(Label.HARASSMENT))
        means = {word: fmean(values) for word, values in by_word.items() if len(values) >= FEWEST}
        whole = fmean(value for values in by_word.values() for value in values)
        apart = {word: abs(mean - whole) for word, mean in means.items()}
        most = max(apart, key=apart.__getitem__)
        count = sum(map(len, by_word.values()))
        yield (
            f"{name} sentences: {count} rows, {len(means)} words, mean score {whole:.3f}; apart by"
            f" {fmean(apart.values()):.3f} in the mean, at most {apart[most]:.3f} ({most})"
        )


def disguises(topics: Topics, rows: Sequence[Labelled]) -> Iterator[str]:
    """Hide each hit in each way, and count what is still found; first as it stands, then hidden."""
    yield f"{'':14}{'plain':28}" + "".join(f"{way.__name__:28}" for way in hands.WAYS)
    for label in (each for each in Label if each in HIDDEN):
        hits = [row for row in rows if label in row.labels and row.kind == "hit"]
        hidden = [[way(row.text, Random(f"{SEED}{row.id}")) for row in hits] for way in hands.WAYS]
        cells = [_found(topics, label, hits, texts) for texts in ([row.text for row in hits], *hidden)]
        yield f"{label.value:14}" + "".join(f"{cell!s:28}" for cell in cells)


def _found(topics: Topics, label: Label, rows: Sequence[Labelled], texts: Sequence[str]) -> Share:
    settings = [row.setting for row in rows]
    scores = topics.read(texts, settings, YEAR)
    judged = (topics.judge(*each) for each in zip(texts, scores, settings, strict=True))
    return Share(sum(label in each.labels for each in judged), len(rows))


def main() -> None:
    """Print both."""
    topics = build(DEV / "roster.txt")
    lines = [*fairness(topics), *disguises(topics, list(read(sorted(DEV.glob("*.jsonl")))))]
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in lines))


if __name__ == "__main__":
    main()
