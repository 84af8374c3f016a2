"""The district's roster files: OneRoster 1.1 or 1.2 in bulk, as CSV, and four files of our own beside them."""

import os
import stat
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from adapters.oneroster.files import Bundle, open_bundle
from adapters.oneroster.own import (
    ABSENCES,
    ACCOUNTS,
    CONSENTS,
    OFFICES,
    TEAMS,
    District,
    read_absences,
    read_accounts,
    read_consents,
    read_holders,
    read_offices,
    read_teams,
)
from adapters.oneroster.people import ROLES_1_2, read_people_1_1, read_people_1_2, read_schools
from adapters.oneroster.remarks import Remarks, Row
from adapters.oneroster.tables import Layout, header_of, rows
from bot.lists import Lists
from bot.people import PersonId

MANIFEST = Layout("manifest.csv", ("propertyName", "value"), ("propertyName", "value"))

ADDRESSES = Layout("users.csv", ("sourcedId", "email"), ("sourcedId", "email"), frozenset({"email"}))

NEEDED = ("users.csv", "orgs.csv")
OWN = (ACCOUNTS.file, OFFICES.file, TEAMS.file, CONSENTS.file, ABSENCES.file)
READ = (MANIFEST.file, *NEEDED, ROLES_1_2.file, *OWN)
"""Whatever else lies in the folder, a spreadsheet's lock file for one, says nothing."""
VERSIONS = {"1.1": "1.1", "1.2": "1.2"}
MODES = {mode: mode for mode in ("bulk", "delta", "absent")}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files say, and what was odd about them but tolerated."""

    lists: Lists
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of the roster's files: how it is told from the next, and how old its people are."""

    marks: frozenset[tuple[str, int, int]] = frozenset()
    """Name, moment of the last change and size of each file that is read."""
    as_of: datetime | None = None
    """When users.csv was written, or the zip. It alone lists everybody, and every export writes it anew. Our own files
    may rightly be old, and a new one of them says nothing of who has come and gone since."""


def edition_of(path: Path | None) -> Edition:
    """Look at a roster's files without reading them. What is not there, or is gone just now, is left out."""
    whole = None if path is None else _seen(path)
    if path is None or whole is None:
        return Edition()
    if stat.S_ISDIR(whole.st_mode):
        files = {name: seen for name in READ if (seen := _seen(path / name)) is not None}
    else:
        files = {ADDRESSES.file: whole}
    people = files.get(ADDRESSES.file)
    return Edition(
        frozenset((name, seen.st_mtime_ns, seen.st_size) for name, seen in files.items()),
        None if people is None else _written(people),
    )


def _written(seen: os.stat_result) -> datetime:
    """Say when a file was written. A date in the future was set by somebody: then it was when they set it, or now."""
    moment = min(seen.st_mtime, seen.st_ctime, time.time())
    return datetime.fromtimestamp(max(moment, 0), UTC)


def _seen(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None  # it may be back the next moment; whoever reads the lists says better what is wrong


def read_lists(path: Path, on: date | None = None, known: Collection[PersonId] = ()) -> Reading:
    """Read a folder or zip of roster files. Raises `ConfigurationError` with every problem met, a sentence a line.

    `on` is today, by the district's clock. OneRoster 1.2 dates its roles: with `on`, one that has ended or not begun
    does not count; without it, every role in the file does. `known` are the people of earlier imports: our own files
    may still name somebody who has departed.
    """
    remarks = Remarks()
    with open_bundle(path) as bundle:
        lists = _read(bundle, remarks, on, known)
    remarks.stop()
    return Reading(lists, remarks.notes())


def who_has(path: Path, address: str) -> PersonId | None:
    """Find whose mail address this is, in the files as they are now; None for nobody's, or for that of several.

    Addresses of students are looked up here and kept nowhere.
    """
    with open_bundle(path) as bundle:
        found = {
            PersonId(row.get("sourcedId"))
            for row in rows(bundle, ADDRESSES, Remarks())
            if row.get("email").strip().lower() == address
        }
    return found.pop() if len(found) == 1 else None


def _read(bundle: Bundle, remarks: Remarks, on: date | None, known: Collection[PersonId]) -> Lists:
    """Read the standard's files, then ours. Ours are not judged by people or schools that could not be read."""
    version = _version(bundle, remarks)
    _require(bundle, version, remarks)
    remarks.stop()
    schools, holders = read_schools(bundle, remarks), read_holders(bundle)
    if version == "1.1":
        people = read_people_1_1(bundle, schools, remarks, holders)
    else:
        people = read_people_1_2(bundle, schools, remarks, on, holders)
    if remarks.incomplete:
        remarks.stop()
    if not people:
        remarks.wrong("users.csv", "it lists nobody. Export it again, in bulk.")
    district = District({each.id: each for each in people}, schools, known)
    return Lists(
        people,
        read_accounts(bundle, district, remarks),
        read_offices(bundle, district, remarks),
        read_teams(bundle, district, remarks),
        read_consents(bundle, district, remarks),
        read_absences(bundle, district, remarks),
    )


def _version(bundle: Bundle, remarks: Remarks) -> str:
    """Take the manifest's word; without one, users.csv tells: only 1.1 has each person's role in it."""
    stated = _read_manifest(bundle, remarks)
    if stated is not None or "users.csv" not in bundle:
        return stated or "1.1"
    header = header_of(bundle, "users.csv")
    return "1.2" if "sourcedId" in header and "role" not in map(str.casefold, header) else "1.1"


def _read_manifest(bundle: Bundle, remarks: Remarks) -> str | None:
    if MANIFEST.file not in bundle:
        remarks.odd(MANIFEST.file, "there is no such file. The version was told from the columns of users.csv.")
        return None
    version = None
    for row in rows(bundle, MANIFEST, remarks):
        if row.get("propertyName") == "oneroster.version":
            version = row.choice("value", VERSIONS)
        elif row.get("propertyName").startswith("file."):
            _check_mode(row)
    return version


def _check_mode(row: Row) -> None:
    """Refuse what is no full export. Taking a list of changes for a whole list would depart nearly everybody."""
    file = f"{row.get('propertyName').removeprefix('file.')}.csv"
    mode = row.choice("value", MODES)
    if mode == "delta":
        row.wrong("this is a delta export, a list of changes only. Export in bulk, which lists everybody.")
    if mode == "absent" and file in NEEDED:
        row.wrong(f"it calls {file} absent, which is needed. Export it in bulk.")


def _require(bundle: Bundle, version: str, remarks: Remarks) -> None:
    needed = (*NEEDED, ROLES_1_2.file) if version == "1.2" else NEEDED
    for file in needed:
        if file in bundle:
            continue
        near = bundle.like(file)
        hint = f"Rename {near!r} to that." if near else "Export it, and put it beside the others."
        remarks.wrong(file, f"OneRoster {version} needs this file, and it is missing. {hint}")
    if "demographics.csv" in bundle:
        remarks.odd("demographics.csv", "it was not opened, since nothing here may know it. Leave it out next time.")
