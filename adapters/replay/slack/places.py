"""The lists of an export: its people, and its channels and conversations with their folders."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from adapters.archive import Archive, Source
from adapters.mending import sound
from adapters.replay.slack.archive import beginning, whole
from adapters.replay.slack.audience import Accounts, Place, account_of, accounts_of
from adapters.replay.slack.others import lone_files, refused, told_by_names, told_by_start
from adapters.replay.slack.records import narrowed
from bot.errors import ConfigurationError
from bot.message import PlaceId, Where, Words

LISTS = {"channels.json": False, "groups.json": False, "dms.json": True, "mpims.json": True}
"""The lists of places, and whether a place in them is a direct message."""
PEOPLE = ("users.json", "org_users.json")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")
"""How a file of messages is called."""

Narrow = TypeVar("Narrow", bound=msgspec.Struct)


class Person(msgspec.Struct):
    """What we read of an entry of `users.json`: nothing about who it is."""

    id: Any = None
    is_bot: Any = None
    deleted: Any = None


class Listed(msgspec.Struct):
    """What we read of an entry of `channels.json` and its sisters."""

    id: Any = None
    name: Any = None
    members: Any = None
    topic: Any = None
    purpose: Any = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What an export holds and where."""

    accounts: Accounts
    days: dict[Place, list[str]] = field(repr=False)
    """The day files of each place, by name."""
    beside: int = 0
    """How many other files stand among them: Slack lists canvases and the like there."""


def layout_of(path: Path, archive: Archive) -> Layout:
    """Read the lists and find the day files. Raises `ConfigurationError` for what is no Slack export."""
    with archive.opened() as source:
        root = _root(archive)
        if root is None:
            raise refused(path, _told(archive, source), "there is no users.json in it")
        return _layout(path, root, archive, source)


def _layout(path: Path, root: str, archive: Archive, source: Source) -> Layout:
    def listed(name: str, narrow: type[Narrow]) -> list[Narrow]:
        if root + name not in archive.sizes:
            return []
        try:
            found = narrowed(whole(archive, source, root + name), narrow)
        except ValueError as error:
            raise ConfigurationError(f"{path}: {name} in it is {error}. Export again, or unpack it again.") from error
        return [each for each in found if each is not None]

    accounts = _accounts([person for name in PEOPLE for person in listed(name, Person)])
    place_of = _directory({name: listed(name, Listed) for name in LISTS})
    days: dict[Place, list[str]] = {}
    beside = 0
    for name in archive.sizes:
        parts = name.removeprefix(root).split("/")
        if not name.startswith(root) or len(parts) != 2 or not _is_of_a_place(*parts):
            continue
        if DAY.fullmatch(parts[1]):
            days.setdefault(place_of(parts[0]), []).append(name)
        else:
            beside += 1
    if not days and not any(root + name in archive.sizes for name in LISTS):
        raise refused(path, _told(archive, source), "it has users.json, but neither channels.json nor a folder of days")
    return Layout(accounts, days, beside)


def _root(archive: Archive) -> str | None:
    """Find where the lists are: at the top, or in the one folder that somebody packed along."""
    found = (name for name in archive.sizes if name.rpartition("/")[2] in PEOPLE and "__MACOSX" not in name)
    nearest = min(found, key=lambda name: (name.count("/"), name), default=None)
    return None if nearest is None else nearest[: nearest.rfind("/") + 1]


def _told(archive: Archive, source: Source) -> str:
    told = told_by_names(archive.sizes)
    for name in [] if told else lone_files(archive.sizes):
        try:
            told = told or told_by_start(beginning(source, name, 4096))
        except ValueError:
            continue
    return told


def _is_of_a_place(folder: str, file: str) -> bool:
    return file.endswith(".json") and not folder.startswith(("__", ".")) and not file.startswith(".")


def _accounts(people: list[Person]) -> Accounts:
    return Accounts(
        accounts_of(each.id for each in people if each.is_bot),
        accounts_of(each.id for each in people if each.deleted),
    )


def _directory(lists: dict[str, list[Listed]]) -> Callable[[str], Place]:
    """Tell the place of a folder: by id, else by a name that only one place has, else one of which nothing is known."""
    by_id: dict[str, Place] = {}
    by_name: dict[str, set[str]] = {}
    for direct, each in _every(lists):
        identity = account_of(each.id) or _named(each.name)
        if identity is None:
            continue
        before = by_id.get(identity, Place(PlaceId(identity)))
        members = accounts_of(each.members) if isinstance(each.members, list) else before.members
        shown = (*before.shown, *(() if direct else _shown(each)))
        by_id[identity] = Place(PlaceId(identity), members, tuple(dict.fromkeys(shown)))
        by_name.setdefault(_named(each.name) or identity, set()).add(identity)

    def place_of(folder: str) -> Place:
        identities = {folder} if folder in by_id else by_name.get(folder, set())
        return by_id[next(iter(identities))] if len(identities) == 1 else Place(PlaceId(sound(folder)))

    return place_of


def _shown(listed: Listed) -> Iterator[Words]:
    """Give what people wrote over a place. The name and purpose of a direct message are Slack's own."""
    inner = (each.get("value") for each in (listed.topic, listed.purpose) if isinstance(each, dict))
    texts = ((Where.CHANNEL_NAME, listed.name), *((Where.TOPIC, each) for each in inner))
    return (Words(where, text) for where, text in texts if isinstance(text, str))


def _every(lists: dict[str, list[Listed]]) -> Iterator[tuple[bool, Listed]]:
    return ((LISTS[name], each) for name, places in lists.items() for each in places)


def _named(name: object) -> str | None:
    return unicodedata.normalize("NFC", sound(name)) if isinstance(name, str) and name else None
