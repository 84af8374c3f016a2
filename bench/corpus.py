"""The texts, the people and the school day that everything is measured with: made up, seeded, the same on every machine.

Of the posts of a day, about one in ten is flagged, half by Employee 4 and half by General 9:
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

SEED: Final = 20261118
MORNING: Final = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)

TEAMS: Final = 40
STUDENTS: Final = 14
"""In a team. Each team has a coach of its own besides."""

SHARES: Final = {"chat": 0.66, "coach": 0.24, "alone": 0.045, "matter": 0.005, "link": 0.05}
"""Kinds of posts: students and coaches in their team's place; a coach to one student, without and with a privacy
matter (both flagged by Employee 4); a student's shortened link (flagged by General 9)."""

HOSTS: Final = ("bit.ly", "tinyurl.com", "is.gd", "t.co")
"""Well-known link shorteners."""

_ONSETS: Final = "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sh sl st str t th tr v w z".split()
_VOWELS: Final = "a e i o u ai ea ee oa oo".split()
_CODAS: Final = ["", "", "", *"b ck d g k l ll m n nd ng nt p r rn s sh sk st t th x".split()]
_COMMON: Final = (
    "the to and a of you is in on we it for at be that this have are not can will with i my me your so just if but "
    "what when who how do did get got go going come see know need bring practice game bus team today tomorrow after "
    "before school class coach home room gym field late early time please thanks ok yes no everyone all out up there"
).split()
_MARKS: Final = ("\N{SOCCER BALL}", "\N{FIRE}", "\N{FACE WITH TEARS OF JOY}", "caf\u00e9", "ma\u00f1ana", "\u2019", "\u2014")
_LEET: Final = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "$"}


@dataclass(frozen=True, slots=True)
class Words:
    """A made-up vocabulary: common words, and as many rare ones as are asked for."""

    rare: tuple[str, ...]

    @classmethod
    def make(cls, chance: Random, count: int) -> "Words":
        """Make rare words of two or three syllables, each once."""
        made: dict[str, None] = {}
        while len(made) < count:
            word = "".join(_syllable(chance) for _ in range(chance.choice((2, 2, 3))))
            if word not in _COMMON:
                made[word] = None
        return cls(tuple(made))

    def sentence(self, chance: Random) -> str:
        """Write about sixty characters, as people chat."""
        count = max(1, int(chance.gauss(12, 5)))
        words = [chance.choice(_COMMON) if chance.random() < 0.7 else chance.choice(self.rare) for _ in range(count)]
        if chance.random() < 0.06:
            words.append(chance.choice(_MARKS))
        return " ".join(words).capitalize() + chance.choice(("", "", ".", "!", "?"))


def _syllable(chance: Random) -> str:
    return chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS)


def day(posts: int, seed: int = SEED) -> Iterator[bytes]:
    """Write a school day in Chaperone's own history format: first the places, then so many posts."""
    chance = Random(seed)
    words = Words.make(chance, 2_000)
    for team in range(TEAMS):
        yield _line({"type": "space", "at": _at(0), "place": f"team-{team}", "team": f"team-{team}", "readers": readers(team)})
    kinds = chance.choices(list(SHARES), list(SHARES.values()), k=posts)
    for number, kind in enumerate(kinds, 1):
        yield _line(_post(number, kind, words.sentence(chance), chance))


def readers(team: int) -> list[str]:
    """Name the accounts that read a team's place."""
    return [f"coach-{team}", *(f"student-{team}-{each}" for each in range(STUDENTS))]


def _post(number: int, kind: str, text: str, chance: Random) -> dict[str, object]:
    team, each = chance.randrange(TEAMS), chance.randrange(STUDENTS)
    coach, student = f"coach-{team}", f"student-{team}-{each}"
    post: dict[str, object] = {"type": "post", "id": f"p{number}", "at": _at(number), "place": f"team-{team}"}
    match kind:
        case "chat":
            return post | {"by": student, "text": text}
        case "coach":
            return post | {"by": coach, "text": text}
        case "link":
            path = "".join(chance.choices("abcdefghkmnpqrstuvwxyz23456789", k=7))
            return post | {"by": student, "text": f"{text} https://{chance.choice(HOSTS)}/{path}"}
        case _:
            alone = post | {"by": coach, "place": f"private-{team}-{each}", "readers": [student], "text": text}
            return alone | ({"matter": "medical"} if kind == "matter" else {})


def _at(second: int) -> str:
    return (MORNING + timedelta(milliseconds=20 * second)).isoformat()


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def checksum(lines: Iterable[bytes]) -> str:
    """Sum up what was measured with, so that two runs can be told to have had the same: 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()[:12]


def roster() -> dict[str, str]:
    """Write the district's roster files, by name: one school, its offices, a coach and fourteen students a team."""
    users, accounts, teams, roles = [], [], [], []
    for team in range(TEAMS):
        for account in readers(team):
            leads = account.startswith("coach")
            users.append(f"{account},true,{account},{account},Sample")
            roles.append(f"r-{account},{account},primary,{'teacher' if leads else 'student'},high")
            accounts.append(f"replay,{account},{account},")
            teams.append(f"team-{team},high,fall,{account},{'coach' if leads else 'member'},")
    for office in ("principal", "director"):
        users.append(f"{office},true,{office},{office},Sample")
        roles.append(f"r-{office},{office},primary,siteAdministrator,high")
    return {
        "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"
        "file.orgs,bulk\nfile.users,bulk\nfile.roles,bulk\n",
        "orgs.csv": "sourcedId,name,type,parentSourcedId\ndistrict,District,district,\nhigh,High School,school,district\n",
        "users.csv": _table("sourcedId,enabledUser,username,givenName,familyName", users),
        "roles.csv": _table("sourcedId,userSourcedId,roleType,role,orgSourcedId", roles),
        "accounts.csv": _table("platform,account,person,age_band", accounts),
        "teams.csv": _table("team,school,season,person,role,until", teams),
        "offices.csv": "school,office,person,deputy,from,until\n"
        "high,principal,principal,,,\nhigh,athletic_director,director,,,\n",
    }


def _table(header: str, lines: list[str]) -> str:
    return "\n".join((header, *lines, ""))


def write_roster(folder: Path) -> Path:
    """Write the roster files into a new folder."""
    folder.mkdir()
    for name, text in roster().items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
