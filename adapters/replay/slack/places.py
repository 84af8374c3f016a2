"""The lists of an export: its people, and its channels and conversations with their folders."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
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

    root: str
    """The folder of its lists, with `/` at its end; empty at the top."""
    accounts: Accounts
    days: dict[Place, list[str]] = field(repr=False)
    """The day files of each place, by name."""
    beside: int = 0
    """How many other files stand among them: Slack lists canvases and the like there."""


def layouts_of(path: Path, archive: Archive) -> tuple[Layout, ...]:
    """Read the lists and find the day files of each export that is in it: an export of an organization holds several.

    Raises `ConfigurationError` for what is no Slack export.
    """
    with archive.opened() as source:
        roots = _roots(archive)
        if not roots:
            raise refused(path, _told(archive, source), "there is no users.json in it")
        layouts = tuple(_layout(path, root, roots, archive, source) for root in sorted(roots))
        if not any(each.days for each in layouts) and not any(file_of(name) in LISTS for name in archive.sizes):
            lacks = "it has users.json, but neither channels.json nor a folder of days"
            raise refused(path, _told(archive, source), lacks)
        return layouts


def count_unread(archive: Archive, layouts: Iterable[Layout]) -> int:
    """Count the files that may hold messages and are of no export here: of another tool, packed, or in no list."""
    read = {name for each in layouts for names in each.days.values() for name in names}
    roots = tuple(each.root for each in layouts)

    def may_hold_messages(name: str) -> bool:
        is_packed = name.endswith(".zip")
        is_outside = not name.startswith(roots) or (is_packed and _folder(name) in roots)
        return (is_packed or name.endswith(".json")) and (is_outside or bool(DAY.fullmatch(file_of(name))))

    return sum(may_hold_messages(name) for name in archive.sizes if name not in read and not _is_aside(name))


def _layout(path: Path, root: str, roots: Mapping[str, str], archive: Archive, source: Source) -> Layout:
    def listed(name: str, narrow: type[Narrow]) -> list[Narrow]:
        if name not in archive.sizes:
            return []
        try:
            found = narrowed(whole(archive, source, name), narrow)
        except ValueError as error:
            raise ConfigurationError(
                f"{path}: {file_of(name)} in it is {error}. Export again, or unpack it again."
            ) from error
        return [each for each in found if each is not None]

    accounts = _accounts([person for name in PEOPLE for person in listed(roots[root] + name, Person)])
    place_of = _directory({name: listed(root + name, Listed) for name in LISTS})
    days: dict[Place, list[str]] = {}
    beside = 0
    for name in archive.sizes:
        parts = name.removeprefix(root).split("/")
        if not name.startswith(root) or len(parts) != 2 or _folder(name) in roots or not _is_of_a_place(*parts):
            continue
        if DAY.fullmatch(parts[1]):
            days.setdefault(place_of(parts[0]), []).append(name)
        else:
            beside += 1
    return Layout(root, accounts, days, beside)


def _roots(archive: Archive) -> dict[str, str]:
    """Find the folders where lists are, and for each the one that lists its people: itself, or the nearest around it.

    The lists are at the top, or in the one folder that somebody packed along. Further ones count where days are beside
    them: several exports that were unpacked into one folder, or the workspaces of an organization.
    """
    names = [name for name in archive.sizes if not _is_aside(name)]
    people = {_folder(name) for name in names if file_of(name) in PEOPLE}
    lists = {_folder(name) for name in names if file_of(name) in LISTS}
    with_days = {_folder(_folder(name)[:-1]) for name in names if DAY.fullmatch(file_of(name))}
    first = sorted(people, key=lambda folder: (folder.count("/"), folder))[:1]
    found = {*first, *((people | lists) & with_days)}
    around = {root: [each for each in people if root.startswith(each)] for root in found}
    return {root: max(each, key=len) for root, each in around.items() if each}


def _folder(name: str) -> str:
    return name[: name.rfind("/") + 1]


def file_of(name: str) -> str:
    """Give a file's own name. That of a file of messages is its date."""
    return name.rpartition("/")[2]


def _told(archive: Archive, source: Source) -> str:
    told = told_by_names(archive.sizes)
    for name in [] if told else lone_files(archive.sizes):
        try:
            told = told or told_by_start(beginning(source, name, 4096))
        except ValueError:
            continue
    return told


def _is_of_a_place(folder: str, file: str) -> bool:
    return file.endswith(".json") and not _is_aside(f"{folder}/{file}")


def _is_aside(name: str) -> bool:
    """Say whether a file is what a system or a tool put there: notes of its own, or what people attached."""
    return name.startswith(("__", ".")) or "/__" in name or "/." in name


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
