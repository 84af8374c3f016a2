"""Holds what is opened of a folder or a zip that a stranger may have made, and what is refused."""

import os
import random
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.archive import BROKEN, GIB, MIB, Archive, Limits, open_archive
from bot.errors import ConfigurationError

LIMITS = Limits(files=10, file_bytes=4 * MIB, bytes=8 * MIB, swelling=50, small=MIB, depth=2)
FILES = {"users.csv": b"one,two\n" * 40, "track/monday.json": b"[1, 2, 3]"}

Write = Callable[[Path, Mapping[str, bytes]], Path]


def folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write the files into a new folder."""
    for name, data in files.items():
        target = path / "given" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return path / "given"


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write the files into a new zip."""
    target = path / "given.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


def flagged(path: Path, change: Callable[[int], int]) -> Path:
    """Change the flags of every file in a zip."""
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            place = slice(at + offset, at + offset + 2)
            data[place] = change(int.from_bytes(data[place], "little")).to_bytes(2, "little")
            at = data.find(signature, at + 4)
    path.write_bytes(data)
    return path


def contents(archive: Archive) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with archive.opened() as source:
        for name in archive.sizes:
            with source(name) as file:
                found[name] = file.read()
    return found


def refusal(path: Path, limits: Limits = LIMITS) -> str:
    """Open what must be refused, and give what a person is told."""
    with pytest.raises(ConfigurationError) as refused:
        open_archive(path, limits)
    return str(refused.value)


# What is opened


@pytest.mark.parametrize("write", [folder, zipped])
def test_files_are_found_by_name_and_read(tmp_path: Path, write: Write) -> None:
    """Some people unpack what they were sent."""
    archive = open_archive(write(tmp_path, FILES), LIMITS)

    assert archive.sizes == {name: len(data) for name, data in FILES.items()}
    assert contents(archive) == FILES


def test_an_archive_may_be_read_again(tmp_path: Path) -> None:
    """A history is read twice."""
    archive = open_archive(zipped(tmp_path, FILES), LIMITS)

    assert contents(archive) == contents(archive)


@pytest.mark.parametrize(
    "name", ["équipe/été.json", "e\u0301quipe/e\u0301te\u0301.json", "équipe\\été.json", "e\u0301quipe\\été.json"]
)
@pytest.mark.parametrize("marked", [True, False], ids=["marked as UTF-8", "not marked"])
def test_a_name_is_read_as_it_was_meant(tmp_path: Path, name: str, marked: bool) -> None:
    """Many programs write UTF-8 without saying so, a Mac writes letters and accents apart, Windows its own slash."""
    path = zipped(tmp_path, {name: b"[]"})
    archive = open_archive(path if marked else flagged(path, lambda flags: flags & ~0x800), LIMITS)

    assert contents(archive) == {"équipe/été.json": b"[]"}


def test_a_name_that_is_no_utf8_stays_as_it_is(tmp_path: Path) -> None:
    """Old programs meant cp437."""
    path = zipped(tmp_path, {"xy.csv": b""})
    path.write_bytes(path.read_bytes().replace(b"xy.csv", b"\x82t.csv"))

    assert list(open_archive(path, LIMITS).sizes) == ["ét.csv"]


def test_accents_in_a_folder_are_composed(tmp_path: Path) -> None:
    """A name is looked up as other files spell it."""
    archive = open_archive(folder(tmp_path, {"e\u0301te\u0301.json": b"[]"}), LIMITS)

    assert contents(archive) == {"été.json": b"[]"}


def test_a_folder_is_looked_into_as_deep_as_asked(tmp_path: Path) -> None:
    """A whole disk may lie below."""
    path = folder(tmp_path, {"a": b"", "b/c": b"", "b/d/e": b""})

    assert [list(open_archive(path, replace(LIMITS, depth=depth)).sizes) for depth in (1, 2, 3)] == [
        ["a"],
        ["a", "b/c"],
        ["a", "b/c", "b/d/e"],
    ]


@pytest.mark.parametrize("target", ["outside", "outside/secret.csv", "nowhere"])
def test_a_link_in_a_folder_is_left_alone(tmp_path: Path, target: str) -> None:
    """It may lead anywhere on this machine."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.csv").write_bytes(b"secret")
    path = folder(tmp_path, FILES)
    (path / "link").symlink_to(tmp_path / target)

    assert contents(open_archive(path, LIMITS)) == FILES


def test_a_damaged_file_breaks_when_it_is_read_and_spares_the_others(tmp_path: Path) -> None:
    """What becomes of the rest is for the reader to say."""
    path = tmp_path / "given.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("first", b"first")
        packed.writestr("second", b"2econd")
    path.write_bytes(path.read_bytes().replace(b"2econd", b"3econd"))
    archive = open_archive(path, LIMITS)

    with archive.opened() as source:
        assert source("first").read() == b"first"
        with pytest.raises(BROKEN):
            source("second").read()


def test_only_what_was_judged_is_read(tmp_path: Path) -> None:
    """A zip may be another one by the time it is read."""
    archive = open_archive(zipped(tmp_path, {"users.csv": b"1"}), LIMITS)
    zipped(tmp_path, {"other.csv": b"0" * 3 * MIB})

    with archive.opened() as source, pytest.raises(BROKEN):
        source("users.csv").read()


# What is too large


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (replace(LIMITS, files=3), "it holds over 3 files"),
        (replace(LIMITS, file_bytes=MIB), "a file in it is over 1 MiB"),
        (replace(LIMITS, bytes=2 * MIB), "it holds over 2 MiB"),
    ],
)
@pytest.mark.parametrize("write", [folder, zipped])
def test_what_is_too_large_is_refused(tmp_path: Path, write: Write, limits: Limits, told: str) -> None:
    """Folder and zip have the same limits."""
    path = write(tmp_path, {**FILES, **{each: random.Random(36).randbytes(MIB + 1) for each in ("a", "b")}})

    assert refusal(path, limits) == f"{path.name}: {told}. Keep only what was exported, or export a shorter period."


def test_a_large_limit_is_told_in_larger_units(tmp_path: Path) -> None:
    """Nobody counts in 262144 MiB."""
    path = folder(tmp_path, {"a": b""})
    os.truncate(path / "a", 3 * GIB)

    assert "it holds over 2 GiB." in refusal(path, replace(LIMITS, file_bytes=4 * GIB, bytes=2 * GIB))


@pytest.mark.parametrize("write", [folder, zipped])
def test_a_file_that_nobody_reads_may_be_large(tmp_path: Path, write: Write) -> None:
    """Some programs put films beside the records."""
    path = write(tmp_path, {**FILES, "film.mp4": random.Random(36).randbytes(MIB + 1)})
    limits = replace(LIMITS, file_bytes=MIB, endings=(".json", ".csv"))

    assert "film.mp4" in open_archive(path, limits).sizes


# What a zip may try


@pytest.mark.parametrize(
    "name",
    [
        *("../users.csv", "track/../../users.csv", "..\\users.csv", "track\\..\\..\\users.csv", "..", "a/.."),
        *("/users.csv", "\\users.csv", "//host/users.csv", "C:\\users.csv", "C:/users.csv", "C:users.csv", "disk:/x"),
        *("../", "/"),
    ],
)
def test_a_climbing_path_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is unpacked, so it could do no harm; but no honest program writes one."""
    path = zipped(tmp_path, {"users.csv": b"", name: b""})

    assert refusal(path) == (
        "given.zip: file 2 in it would climb out of the folder. Make the zip again from plain file names."
    )


def test_dots_within_a_name_are_no_path(tmp_path: Path) -> None:
    """A near miss."""
    names = {"..users.csv", "a../b", "week 1..2.json", "./c"}

    assert open_archive(zipped(tmp_path, dict.fromkeys(names, b"")), LIMITS).sizes.keys() == names


def locked(path: Path) -> None:
    flagged(zipped(path, {"users.csv": b"x"}), lambda flags: flags | 0x1)


def linked(path: Path) -> None:
    link = zipfile.ZipInfo("users.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path / "given.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")


def packed_by(method: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path / "given.zip", "w", method) as packed:
            packed.writestr("users.csv", b"x")

    return write


def swelling(path: Path) -> None:
    zipped(path, {"users.csv": b"0" * (MIB + 1)})


def overlapping(path: Path) -> None:
    with zipfile.ZipFile(path / "given.zip", "w") as packed:
        for name in ("a", "b"):
            packed.writestr(name, b"x" * 100)
        packed.filelist[1].header_offset = packed.filelist[0].header_offset


def quoting(path: Path) -> None:
    """Write a file that holds the next one, head and all, as in the bomb that needs no nesting."""
    with zipfile.ZipFile(path / "given.zip", "w") as packed:
        for name in ("a", "b"):
            packed.writestr(name, b"x" * 100)
        packed.filelist[0].compress_size = packed.filelist[0].file_size = 150


def twice(path: Path) -> None:
    with zipfile.ZipFile(path / "given.zip", "w") as packed, warnings.catch_warnings(action="ignore"):
        packed.writestr("users.csv", b"1")
        packed.writestr("users.csv", b"2")


def twice_but_for_the_accent(path: Path) -> None:
    zipped(path, {"été": b"1", "e\u0301te\u0301": b"2"})


SHARED = "files in it share the same bytes, as in a zip bomb or a damaged zip. Export it again."
TWICE = "two files in it have the same name, so nobody can say which one counts. Keep one."
UNUSUAL = "file 1 in it is packed in an unusual way. Make it again as an ordinary zip."


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (locked, "file 1 in it asks for a password. Export without one, or hand over the unpacked folder."),
        (linked, "file 1 in it is a link to another place. Make the zip again without it."),
        (packed_by(zipfile.ZIP_LZMA), UNUSUAL),
        (packed_by(zipfile.ZIP_BZIP2), UNUSUAL),
        (swelling, "it would swell as only a zip bomb does when unpacked, so it is not read. Export it again."),
        (overlapping, SHARED),
        (quoting, SHARED),
        (twice, TWICE),
        (twice_but_for_the_accent, TWICE),
    ],
)
def test_a_trick_is_refused_by_what_the_zip_claims(tmp_path: Path, write: Callable[[Path], None], told: str) -> None:
    """Before any of it is read. Fewer ways to unpack are fewer ways to be surprised."""
    write(tmp_path)

    assert refusal(tmp_path / "given.zip") == f"given.zip: {told}"


def test_a_small_file_may_swell(tmp_path: Path) -> None:
    """A megabyte of blanks fills no memory."""
    assert open_archive(zipped(tmp_path, {"users.csv": b"0" * MIB}), LIMITS).sizes == {"users.csv": MIB}


def test_no_refusal_repeats_a_name(tmp_path: Path) -> None:
    """The folder of a group message is made of people's names."""
    path = zipped(tmp_path, {"mina--tomas/../../a": b""})

    assert "mina" not in refusal(path)


# What is no archive


@pytest.mark.parametrize("kept", [3, 100, 0.5, -1])
def test_a_zip_that_was_cut_off_is_refused(tmp_path: Path, kept: float) -> None:
    """A download that broke off lacks its table of contents."""
    path = zipped(tmp_path, FILES)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept) if isinstance(kept, float) else kept])

    assert refusal(path) == "given.zip: the zip was cut short or is damaged. Export it or copy it again."


def damaged(whole: bytes) -> Iterator[bytes]:
    """Flip a bit, or put some other bytes into it."""
    chance = random.Random(36)
    for number in range(2000):
        data = bytearray(whole)
        at = chance.randrange(len(data))
        if number % 2:
            data[at] ^= 1 << chance.randrange(8)
        else:
            data[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, chance.randbytes(4)))
        yield bytes(data)


def test_a_damaged_zip_ends_in_words_or_in_what_it_held(tmp_path: Path) -> None:
    """Whatever a broken disk or line makes of a zip, no reader meets an error it does not know."""
    path = zipped(tmp_path, {**FILES, "été.json": b"[4, 5]"})
    for data in damaged(path.read_bytes()):
        path.write_bytes(data)
        try:
            found = contents(open_archive(path, LIMITS))
        except (ConfigurationError, *BROKEN):
            continue

        assert set(found.values()) <= {*FILES.values(), b"[4, 5]"}


def test_what_is_neither_folder_nor_zip_is_refused(tmp_path: Path) -> None:
    """Somebody names one of the files."""
    path = folder(tmp_path, FILES) / "users.csv"

    assert refusal(path) == (
        "users.csv: this is neither a folder nor a zip. Name the folder or the zip that you exported."
    )


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """It may never answer."""
    os.mkfifo(tmp_path / "pipe")

    assert "neither a folder nor a zip" in refusal(tmp_path / "pipe")


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The most usual slip of all."""
    assert refusal(tmp_path / "gone") == "gone: it cannot be opened. Check that it is there and may be read."
