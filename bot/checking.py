"""Reads the settings and everything they name, and says what has to be mended. Changes nothing, and asks nobody."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import rules
from adapters.oneroster import Reading, edition_of, read_lists
from adapters.replay import open_history
from bot.census import compare, merge, refuse_large_drop
from bot.checkup import Remark, Weight
from bot.config import Configuration, read_settings
from bot.disk import is_empty, is_there
from bot.errors import ConfigurationError
from bot.house import HouseFiles, live_files, refuse_emptied, refuse_other_purpose
from bot.lists import Lists
from bot.people import PersonId
from bot.readings.labels import Label
from bot.slack_secrets import sealed_secrets
from bot.store.checkpoint import Checkpoint
from bot.store.database import is_older, people_of, refuse_what_is_no_record
from bot.store.forgetting import Tombstones
from bot.store.vault import read_master_key
from bot.strangers import strange_exceptions, strange_places, void_exceptions
from bot.vacancies import vacancies
from bot.what_reads import open_scorer
from bot.wiring import OF_UNKNOWN_AGE, kept_lists

READ_ELSEWHERE: Final = frozenset(
    {
        *(Label.PII_PHONE, Label.PII_EMAIL, Label.PII_LASTNAME, Label.LINK_SHORTENER),
    }
)
"""Labels that no rule asks for: the rules about personal data and links look at the words themselves."""


def check(path: Path, now: datetime) -> list[Remark]:
    """Read the settings of a file to the end. What keeps them from being understood at all is found alone."""
    try:
        configuration = read_settings(path)
    except ConfigurationError as error:
        return [*_broken(error)]
    return [*_all(configuration, now)]


def _all(configuration: Configuration, now: datetime) -> Iterator[Remark]:
    settings = configuration.settings
    yield from _refusals(lambda: configuration.refuse_mistakes(rules.every()))
    wrong = (*configuration.refused_files(), *configuration.refused_words())
    yield from (Remark(Weight.BROKEN, each) for each in wrong)
    yield from _without_effect(configuration)
    yield from _refusals(configuration.refuse_to_run)
    yield from _refusals(lambda: open_scorer(configuration))
    yield from _store(configuration)
    yield from _roster(configuration, now)
    yield from configuration.exposed()
    yield from _refusals(configuration.mail_password)
    if settings.discord.servers:
        yield from _refusals(configuration.discord_token)
    if settings.slack.workspace:
        yield from _slack(configuration)
    for each in settings.replay.files:
        yield from _refusals(partial(open_history, configuration.resolve(each)))


def _refusals(doing: Callable[[], object]) -> Iterator[Remark]:
    """Try something, and say why it cannot be."""
    try:
        doing()
    except ConfigurationError as error:
        yield from _broken(error)


def _broken(error: ConfigurationError) -> Iterator[Remark]:
    """Make a remark of each mistake."""
    yield from (Remark(Weight.BROKEN, each) for each in error.args)


def _without_effect(configuration: Configuration) -> Iterator[Remark]:
    """Say which exceptions set nothing aside, and which of the district's own words no rule would ever look at."""
    yield from void_exceptions(configuration)
    for place, each in enumerate(configuration.settings.reading.patterns, start=1):
        if each.label in READ_ELSEWHERE:
            yield Remark(
                Weight.WEAK,
                f"reading.patterns, entry {place}: no rule asks whether a text is about {each.label.value}, so nothing "
                "follows from it.",
                "Take another label. Hosts of links stand in `also` under [rules.link-shorteners] and "
                "[rules.anonymizers].",
            )


def _slack(configuration: Configuration) -> Iterator[Remark]:
    try:
        sealed = sealed_secrets(live_files(configuration))
    except ConfigurationError as error:
        yield from _broken(error)
        return
    for secret in (configuration.slack_token, configuration.slack_app_token, configuration.slack_signing_secret):
        yield from _refusals(partial(secret, sealed))


def _store(configuration: Configuration) -> Iterator[Remark]:
    place = live_files(configuration)
    yield from _database(place)
    yield from _refusals(lambda: Checkpoint.read(place.checkpoint))
    yield from _refusals(Tombstones(place.tombstones).read)


def _database(place: HouseFiles) -> Iterator[Remark]:
    try:
        if not is_there(place.database):
            return
    except ConfigurationError as error:
        yield from _broken(error)
        return
    if is_empty(place.database):
        begins = f"{place.database} is empty: a start begins a new record."
        refused = [*_refusals(lambda: refuse_emptied(place))]
        yield from refused or [Remark(Weight.WEAK, begins, "Put a record that was there back first.")]
        yield from _refusals(lambda: read_master_key(place.key_file, place.database))
        return
    strange = [*_refusals(lambda: refuse_what_is_no_record(place.database))]
    if strange:
        yield from strange
        return
    yield from _refusals(lambda: refuse_other_purpose(place))
    yield from _refusals(lambda: _kept(place))


def _kept(place: HouseFiles) -> Lists:
    """Read the people whom an earlier start has kept; nobody where a start would first bring the record forward."""
    if is_older(place.database):
        read_master_key(place.key_file, place.database)
        return Lists()
    return kept_lists(place) or Lists()


def _roster(configuration: Configuration, now: datetime) -> Iterator[Remark]:
    told = configuration.settings.roster
    if told.path is None:
        if configuration.is_live:
            what = f"roster.path names no files. {OF_UNKNOWN_AGE.format('the roster')}"
            yield Remark(Weight.WEAK, what, "Name there the folder or zip that is exported.")
        return
    path, day = configuration.resolve(told.path), now.astimezone(configuration.settings.zone).date()
    place = live_files(configuration)
    try:
        known = people_of(place.database)
        reading = _read(configuration, path, day, known)
    except ConfigurationError as error:
        yield from _broken(error)
        return
    yield from (Remark(Weight.FINE, f"Roster: {note}") for note in reading.notes)
    yield from strange_places(configuration, reading.lists, day)
    yield from strange_exceptions(configuration, reading.lists, day, known)
    yield from vacancies(reading.lists, day)
    yield from _refusals(lambda: _refuse_large_drop(place, reading.lists, day))
    read_at, days = edition_of(path).as_of, told.stale_after_days
    if read_at is not None and now - read_at > timedelta(days=days):
        yield Remark(
            Weight.WEAK,
            f"{path} is over {days} days old: on a live platform a person is asked where a message would be removed.",
            "Export the roster anew.",
        )


def _read(configuration: Configuration, path: Path, day: date, known: frozenset[PersonId]) -> Reading:
    if not is_there(path):
        wrong = f"roster.path: there is no {path}. Name a OneRoster export, a folder or a zip."
        raise ConfigurationError(configuration.told(("roster", "path"), wrong))
    return read_lists(path, day, known)


def _refuse_large_drop(place: HouseFiles, lists: Lists, day: date) -> None:
    """Refuse what a start would refuse, because too much of what is kept would go."""
    try:
        kept = _kept(place)
    except ConfigurationError:
        return  # `_store` has told it
    refuse_large_drop(compare(kept, merge(kept, lists), day), allowed=False)
