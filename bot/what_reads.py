"""Opens what reads the words, as the settings want it: lists, models, a scorer of the district's own."""

import ctypes
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

import rules
from bot.checkup import Remark, Weight
from bot.config import Configuration
from bot.errors import ConfigurationError
from bot.lists import Lists
from bot.people import Person, Role
from bot.readings.artefacts import FOLDER, artefact
from bot.readings.hosts import known_shorteners
from bot.readings.likeness import Bearer
from bot.readings.outside import Outside, Scorer
from bot.readings.personal import Known
from bot.readings.reader import Reader
from bot.readings.topics import Topics
from bot.rule import traces
from bot.settings import OwnScorer
from bot.study import Study
from rules.general_09_link_shorteners import LinkShorteners

if TYPE_CHECKING:
    from bot.readings.models import Models


NO_MODELS: Final = "The models are turned off: words are read by lists and patterns alone, which see much less."
NOT_PARTED: Final = "Words that are glued together are not parted."


def shorteners(configuration: Configuration) -> frozenset[str]:
    """Name the services that may be asked where their links lead: those whose links the rule knows."""
    built = configuration.rules(rules.every())
    rule = next(each for each in built if isinstance(each, LinkShorteners))
    return known_shorteners(rule.also) - frozenset(rule.allowed)


def open_study(
    reader: Reader, configuration: Configuration, patience: float | None
) -> tuple[Study | None, list[Remark]]:
    """Open the models and the district's own scorer as the settings want them.

    The first remark says what is blind where models cannot be opened; the second, if any, tells of the scorer.
    """
    models, remark = models_of(configuration)
    outside = open_scorer(configuration)
    remarks = [remark, *([] if outside is None else [outside.try_out()])]
    if models is None and outside is None:
        return None, remarks
    return Study(Topics(reader.clues, models), patience, outside), remarks


def how_it_reads(configuration: Configuration) -> list[Remark]:
    """Say what is blind, if anything is, and how it stands with the district's own scorer, if there is one."""
    outside = open_scorer(configuration)
    return [models_of(configuration)[1], *([] if outside is None else [outside.try_out()])]


def worth_telling(reading: Sequence[Remark]) -> list[str]:
    """Write down what is to be told of how words are read: what is blind, and always of a scorer of the district's."""
    return [each.what for place, each in enumerate(reading) if place or each.weight is not Weight.FINE]


def open_scorer(configuration: Configuration) -> Outside | None:
    """Open the district's own scorer, if the settings name one.

    Raises:
        ConfigurationError: a file of it is missing or altered, or texts must not go where it is.
    """
    told = configuration.settings.reading.scorer
    if told is None:
        return None
    folder = None if told.folder is None else configuration.resolve(told.folder).absolute()
    try:
        return Outside(_scorer(told, folder), monotonic, told.rehearse)
    except ConfigurationError as error:
        where = ("reading", "scorer", "url" if folder is None else "folder")
        raise ConfigurationError(configuration.told(where, str(error))) from error


@cache
def _scorer(told: OwnScorer, folder: Path | None) -> Scorer:
    """Open it once: it never changes while we run."""
    from adapters.scorers.folder import FolderScorer  # noqa: PLC0415 (slow to load, and most do without)
    from adapters.scorers.http import HttpScorer, Told  # noqa: PLC0415

    if folder is not None:
        return FolderScorer(folder, told.sha256)
    said = Told(told.name, told.version, told.licence, told.labels)
    return HttpScorer(told.url, said, may_leave=told.may_leave_premises)


def models_of(configuration: Configuration) -> "tuple[Models | None, Remark]":
    """Open the models, if the settings want them."""
    if not configuration.settings.reading.models:
        return None, without_models()
    return _opened()


def without_models(folder: Path = FOLDER) -> Remark:
    """Say what is blind where the models are turned off: more, where the list of words is missing too."""
    try:
        artefact("words.txt", folder)
    except ConfigurationError as error:
        return Remark(Weight.BROKEN, f"{NO_MODELS} {NOT_PARTED}", str(error))
    return Remark(Weight.WEAK, NO_MODELS, "Set models = true under [reading].")


@cache
def _opened() -> "tuple[Models | None, Remark]":
    """Open the models once: they never change while we run, and take a second and 90 MB, for a moment 200."""
    from bot.readings.models import open_models  # noqa: PLC0415 (slow to load, and some can do without)

    opened = open_models()
    give_memory_back()
    return opened


def build_reader(lists: Lists, configuration: Configuration) -> Reader:
    """Build what reads the words, from what the district knows of its people."""
    looked_for = traces(configuration.rules(rules.every()))
    reader = Reader(_known_to_all(lists, configuration), looked_for, configuration.own_words())
    give_memory_back()
    return reader


def give_memory_back() -> None:
    """Give back what compiling patterns and opening models took for a moment, which glibc would keep: 60 MB, 80 MB."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # not every Linux has glibc
            ctypes.CDLL(None).malloc_trim(0)


def _known_to_all(lists: Lists, configuration: Configuration) -> Known:
    """Gather what tells private data from public, and one name from another: the roster's, and the district's own."""
    own = configuration.settings.district
    people = [each for each in lists.people if each.active]
    names = frozenset((each.given_name, each.family_name) for each in people if Role.STUDENT in each.roles)
    bearers = tuple(
        Bearer(each.id, each.given_name, each.family_name, is_staff=Person(each.id, each.roles).is_staff)
        for each in people
    )
    return Known(names, own.mail_domains, own.phone_numbers, own.venues, bearers)
