"""One export, or several in one folder, heard in time order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby, pairwise
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

from adapters.archive import Archive, Source, begin, open_archive
from adapters.replay.merging import merged
from adapters.replay.slack.archive import LIMITS, whole
from adapters.replay.slack.audience import Glance, Membership, Place, Traces
from adapters.replay.slack.others import refused, told_by_start
from adapters.replay.slack.places import Layout, count_unread, file_of, layouts_of
from adapters.replay.slack.records import moment_of, narrowed, records
from adapters.replay.slack.telling import PLATFORM, Telling, new_tally
from adapters.replay.slack.together import Beginning, Told, together
from adapters.replay.tally import Tally
from adapters.slack.versions import is_id
from bot.errors import ConfigurationError
from bot.message import PlaceId
from bot.platform import Heard

__all__ = ["PLATFORM", "SlackExport", "open_export"]

NAMELESS = "a place without an id"
"""What a place is called whose id is not known: any other name of it may be words of people."""

OF_NO_EXPORT = (
    "Files that may hold messages and were not read: {number}. They belong to no Slack export whose users.json is here."
    " Replay each export by itself."
)

MOST_FILES_NAMED = 50
"""Further unreadable files are counted only."""


class Day(NamedTuple):
    """One day file of one place."""

    begins: float
    """The time of its earliest record; infinite when none has a time."""
    name: str
    place: Place
    ordered: bool


@dataclass(slots=True)
class SlackExport:
    """A workspace's history. `hear` may be called again; it starts anew each time."""

    _archive: Archive = field(repr=False)
    _layouts: tuple[Layout, ...] = field(repr=False)
    _unread: int = 0
    """How many files in it may hold messages and are of no export of Slack."""
    tally: Tally = field(default_factory=new_tally)
    bytes_read: int = 0
    """How many of `bytes_total` are behind us."""
    _unreadable: list[str] = field(default_factory=list, repr=False)

    @property
    def bytes_total(self) -> int:
        """Give the size of all day files, unpacked, twice: they are read twice."""
        days = (names for layout in self._layouts for names in layout.days.values())
        return 2 * sum(self._archive.sizes[name] for names in days for name in names)

    @property
    def skipped(self) -> int:
        """Count the records and files that could not be read."""
        return self.tally.skipped.total() + len(self._unreadable) + self._unread

    @property
    def notes(self) -> tuple[str, ...]:
        """Say, for a person, what was left out or could not be told so far. Names no words and nobody."""
        more, unread = len(self._unreadable) - MOST_FILES_NAMED, self._unread
        beside = sum(layout.beside for layout in self._layouts)
        return (
            *self._unreadable[:MOST_FILES_NAMED],
            *([f"{more} further files cannot be read and are left out"] if more > 0 else []),
            *([f"{beside} files in channels' folders are not named after a day and are not read"] if beside else []),
            *([OF_NO_EXPORT.format(number=unread)] if unread else []),
            *self.tally.notes(),
        )

    def hear(self) -> Iterator[Heard]:
        """Bring everything in the order of its time; in one place, records of one time as they stand in the file."""
        return together(self.told())

    def told(self) -> list[Told]:
        """Begin anew to tell what each export in it holds, to be heard together with others."""
        self.tally, self.bytes_read, self._unreadable = new_tally(), 0, []
        beginnings: list[dict[PlaceId, Beginning]] = [{} for _ in self._layouts]
        return [Told(self._heard(*each), each[1]) for each in zip(self._layouts, beginnings, strict=True)]

    def _heard(self, layout: Layout, beginnings: dict[PlaceId, Beginning]) -> Iterator[Heard]:
        with self._archive.opened() as source:
            days, tellings = self._first_reading(layout, source)
            for day in days:
                if day.begins < inf and day.place.id not in beginnings:
                    beginnings[day.place.id] = tellings[day.place.id].beginning(day.begins)
            begun = ((day.begins, day) for day in days)
            for moment, day, record in merged(begun, lambda day: self._timed(day, source)):
                yield from tellings[day.place.id].heard(moment, record)

    def _first_reading(self, layout: Layout, source: Source) -> tuple[list[Day], dict[PlaceId, Telling]]:
        """Learn when each file begins, who joined and left each place, and how places were renamed."""
        days: list[Day] = []
        tellings: dict[PlaceId, Telling] = {}
        for place, names in layout.days.items():
            traces = Traces()
            for _, of_one_date in groupby(sorted(names, key=file_of), key=file_of):
                glanced = list(self._glanced(source, place, of_one_date))
                days += [_day(name, place, glances) for name, glances in glanced]
                for each in sorted(chain.from_iterable(glances for _, glances in glanced), key=_moment):
                    traces.note(each)
            shown = tuple(words for words in place.shown if words not in traces.told)
            tellings[place.id] = Telling(place.id, shown, Membership(place, traces, layout.accounts), self.tally)
        return sorted(days, key=lambda day: (day.begins, day.name)), tellings

    def _glanced(self, source: Source, place: Place, names: Iterable[str]) -> Iterator[tuple[str, list[Glance]]]:
        """Look through some files of a place; one that cannot be read is told of and left out."""
        for name in names:
            try:
                yield name, [each or Glance() for each in narrowed(self._bytes(source, name), Glance)]
            except ValueError as error:
                self._unreadable.append(_told(place, name, error))
                self.bytes_read += self._archive.sizes[name]

    def _bytes(self, source: Source, name: str) -> bytes:
        self.bytes_read += self._archive.sizes[name]
        return whole(self._archive, source, name)

    def _timed(self, day: Day, source: Source) -> Iterator[tuple[float, dict[str, Any]]]:
        """Read one file's records by time."""
        timed = self._with_times(day, source)
        return timed if day.ordered else iter(sorted(timed, key=lambda pair: pair[0]))

    def _with_times(self, day: Day, source: Source) -> Iterator[tuple[float, dict[str, Any]]]:
        """Read one file's records as they stand, counting what is no record."""
        try:
            for record in records(self._bytes(source, day.name)):
                if not isinstance(record, dict):
                    self.tally.skipped["are no record"] += 1
                elif (moment := moment_of(record.get("ts"))) is None:
                    self.tally.skipped["have no time"] += 1
                else:
                    yield moment, record
        except ValueError as error:
            self._unreadable.append(_told(day.place, day.name, error))


def open_export(path: Path) -> SlackExport:
    """Open an export and read its lists of people and places; its messages are read by `SlackExport.hear`.

    Raises `ConfigurationError` for what is no export of a Slack workspace or must not be opened.
    """
    if not path.exists():
        raise ConfigurationError(f"{path} does not exist.")
    if not path.is_dir():
        start = begin(path)
        if not start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            raise refused(path, told_by_start(start), "it is neither a zip nor a folder")
    archive = open_archive(path, LIMITS)
    layouts = layouts_of(path, archive)
    return SlackExport(archive, layouts, count_unread(archive, layouts))


def _moment(glance: Glance) -> float:
    """Give the time of a record for a sorting: some tools write the newest first."""
    return moment_of(glance.ts) or 0.0


def _day(name: str, place: Place, glances: list[Glance]) -> Day:
    moments = [moment for each in glances if (moment := moment_of(each.ts)) is not None]
    ordered = all(earlier <= later for earlier, later in pairwise(moments))
    return Day(min(moments, default=inf), name, place, ordered)


def _told(place: Place, name: str, error: ValueError) -> str:
    """Name a file by its place's id. A folder in no list may be called after people, a group message always is."""
    where = place.id if is_id(place.id) else NAMELESS
    return f"{where}/{file_of(name)}: {error}; this file is left out"
