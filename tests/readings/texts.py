"""What the tests of this folder read, built once."""

from functools import cache
from pathlib import Path

from bot.readings.clues import Clues
from bot.readings.labels import Listeners, Setting, Speaker
from bot.readings.personal import Known
from bot.readings.topics import Topic, Topics
from tests.readings.networks import models
from tests.rules.tables import Row, tables

YEAR = 2026
KNOWN = Known(
    people=frozenset(
        {("Maya", "Green"), ("Nadia", "Petrov"), ("Hannah", "Field"), ("Ben", "Park")}
        | {("Liam", "O'Connell"), ("Mia De", "Luca"), ("Ximena", "Garcia-Lopez"), ("Noah", "Goldberg")}
    ),
    mail_domains=("example.org",),
)
FOLDER = Path(__file__).parent


@cache
def topics(*, with_models: bool = False) -> Topics:
    """Build the readings."""
    return Topics(Clues(KNOWN), models() if with_models else None)


def read(text: str, setting: Setting, *, with_models: bool = False) -> Topic:
    """Read one text."""
    reading = topics(with_models=with_models)
    (scores,) = reading.read([text], [setting], YEAR)
    return reading.judge(text, scores, setting)


def setting_of(row: Row) -> Setting:
    """Read who speaks to whom from a row of a page."""
    return Setting(Speaker(row["author"]), Listeners(row["audience"]))


def rows(name: str) -> list[Row]:
    """Read the rows of a page."""
    (page,) = tables(FOLDER / name)
    return page
