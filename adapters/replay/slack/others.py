"""Tells, in plain words, what somebody handed us when it is not an export of a Slack workspace."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.errors import ConfigurationError

WANTED = (
    "Wanted is the zip that Slack itself makes under Settings & administration, Workspace settings,"
    " Import/Export Data, Export; or the folder it unpacks to, with users.json and channels.json in it."
    " From Discord, what DiscordChatExporter writes with --format Json is read."
)

DISCORD = "a Discord export of a kind we do not read"
TEAMS = "a Microsoft Teams export"
SLACKDUMP = "an archive of slackdump in its own form (its `convert -f export` makes one in Slack's form)"
MAIL = "a mailbox"
UTF_16 = "text in UTF-16, as Windows PowerShell writes it: save it as UTF-8 first (`iconv -f UTF-16 -t UTF-8` does)"

_STARTS = (
    (b"From ", MAIL),
    (b"!BDN", f"{MAIL} of Outlook"),
    (b"SQLite format 3\0", "a database (slackdump writes such)"),
    (b"\x1f\x8b", "a packed .gz file: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file: unpack it first"),
    (b"Rar!", "a rar file: unpack it first"),
    (b"BZh", "a packed .bz2 file: unpack it first"),
    (b"\xfd7zXZ\0", "a packed .xz file: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a packed .zst file: unpack it first"),
    (b"%PDF", "a PDF"),
    *((sign, UTF_16) for sign in (BOM_UTF16_LE, BOM_UTF16_BE, b"{\0", b"\0{")),
)
_INSIDE = (
    (b'"guild"', DISCORD),
    (b"Guild:", DISCORD),
    (b"discordapp", DISCORD),
    (b'"conversations"', TEAMS),
    (b"microsoft.graph", TEAMS),
    (b"Delivered-To:", MAIL),
)


def told_by_start(start: bytes) -> str:
    """Name a file by how it begins; empty for what we do not know."""
    if start[257:262] == b"ustar":
        return "a tar file: unpack it first"
    begun = (name for sign, name in _STARTS if start.startswith(sign))
    inside = (name for sign, name in _INSIDE if sign in start)
    return next(begun, "") or next(inside, "")


def told_by_names(names: Iterable[str]) -> str:
    """Name an archive by the files in it; empty for what we do not know."""
    for name in names:
        parts = name.lower().split("/")
        match parts[-1]:
            case "slackdump.sqlite" | "workspace.json.gz" | "channels.json.gz" | "users.json.gz":
                return SLACKDUMP
            case "index.json" if "messages" in parts:
                return DISCORD
            case "endpoints.json":
                return TEAMS
            case last if last.endswith((".mbox", ".eml", ".pst")):
                return MAIL
            case last if last.endswith(".json.gz"):
                return SLACKDUMP
    return ""


def refused(path: Path, told: str, lacks: str = "") -> ConfigurationError:
    """Say what it is, or what it lacks, and what is wanted."""
    what = f"{path} looks like {told}." if told else f"{path} is no Slack export{lacks and f': {lacks}'}."
    return ConfigurationError(f"{what} {WANTED}")


def lone_files(sizes: Mapping[str, int]) -> list[str]:
    """Name the files worth a look when nothing else tells: the first few JSON files, and what has no known ending."""
    return [name for name in sizes if name.endswith((".json", ".html", ".txt"))][:5]
