"""The texts, the people and the school day that everything is measured with: made up, seeded, alike everywhere.

There is an ordinary day, of whose posts one in a hundred is flagged, and a hard one, with one in ten; half of them by
Employee 4 and half by General 9.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

SEED: Final = 20261118
MORNING: Final = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
BETWEEN: Final = timedelta(milliseconds=20)

TEAMS: Final = 40
STUDENTS: Final = 14
"""In each team; a coach of its own comes to them."""

HARD: Final = {"chat": 0.66, "coach": 0.24, "alone": 0.045, "matter": 0.005, "link": 0.05}
"""What is posted: students and coaches in their team's place; a coach to one student, without and with a privacy
matter (both flagged by Employee 4); a student's shortened link (flagged by General 9)."""

ORDINARY: Final = {"chat": 0.73, "coach": 0.26, "alone": 0.004, "matter": 0.001, "link": 0.005}
"""The same, as often as a district would see it."""

HOSTS: Final = ("bit.ly", "tinyurl.com", "is.gd", "t.co")

RARE: Final = 2_000
"""Made-up words in use, beside the common ones."""


def _words(table: str) -> tuple[str, ...]:
    return tuple(table.split())


_ONSETS: Final = _words("b br c cl cr d dr f fl fr g gr h j k l m n p pl pr r s sh sl st t th tr v w z")
_VOWELS: Final = _words("a e i o u ai ea oo")
_CODAS: Final = ("", "", *_words("b d g k l m n nd ng p r rn s sk st t x"))
_COMMON: Final = _words(
    """
    the to and a of you is in on we it for at be that this have are not can will with i my me your so just if but
    what when who how do did get got go going come see know need bring practice game bus team today tomorrow after
    before school class coach home room gym field late early time please thanks ok yes no everyone all out up there
    """
)
_FOREIGN: Final = ("\N{SOCCER BALL}", "\N{FACE WITH TEARS OF JOY}", "caf\u00e9", "ma\u00f1ana", "it\u2019s", "\u2014")
LEET: Final = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}


def rare_words(chance: Random, count: int) -> tuple[str, ...]:
    """Make up words of two or three syllables, each once."""
    made: dict[str, None] = {}
    while len(made) < count:
        word = "".join(_syllable(chance) for _ in range(chance.choice((2, 2, 3))))
        if word not in _COMMON and len(word) > 3:
            made[word] = None
    return tuple(made)


def _syllable(chance: Random) -> str:
    return chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS)


def sentence(chance: Random, rare: tuple[str, ...], length: float = 11.0) -> str:
    """Write about sixty characters, as people chat; one sentence in sixteen is not plain ASCII."""
    count = max(1, int(chance.gauss(length, length / 2.5)))
    words = [chance.choice(_COMMON) if chance.random() < 0.75 else chance.choice(rare) for _ in range(count)]
    if chance.random() < 0.06:
        words.append(chance.choice(_FOREIGN))
    return " ".join(words).capitalize() + chance.choice(("", "", ".", "!", "?"))


def day(posts: int, seed: int = SEED, shares: Mapping[str, float] = HARD) -> Iterator[bytes]:
    """Write a school day in Chaperone's own history format: a line for each place, then so many posts."""
    chance = Random(seed)
    rare = rare_words(chance, RARE)
    for team in range(TEAMS):
        place = {"place": f"team-{team}", "team": f"team-{team}", "readers": readers(team)}
        yield _line({"type": "space", "at": _at(0), **place})
    for number in range(1, posts + 1):
        kind = chance.choices([*shares], [*shares.values()])[0]
        yield _line(_post(number, kind, sentence(chance, rare), chance))


def readers(team: int) -> list[str]:
    """Name the accounts that read a team's place, its coach first."""
    return [f"coach-{team}", *(f"student-{team}-{each}" for each in range(STUDENTS))]


def _post(number: int, kind: str, text: str, chance: Random) -> dict[str, object]:
    team, each = chance.randrange(TEAMS), chance.randrange(STUDENTS)
    coach, student = f"coach-{team}", f"student-{team}-{each}"
    post: dict[str, object] = {"type": "post", "id": f"p{number}", "at": _at(number), "place": f"team-{team}"}
    match kind:
        case "chat":
            return {**post, "by": student, "text": text}
        case "coach":
            return {**post, "by": coach, "text": text}
        case "link":
            path = "".join(chance.choices("abcdefghkmnpqrstuvwxyz23456789", k=7))
            return {**post, "by": student, "text": f"{text} https://{chance.choice(HOSTS)}/{path}"}
        case _:
            matter = {"matter": chance.choice(("medical", "academic"))} if kind == "matter" else {}
            return {
                **post,
                "by": coach,
                "place": f"private-{team}-{each}",
                "readers": [student],
                "text": text,
                **matter,
            }


def _at(number: int) -> str:
    return (MORNING + BETWEEN * number).isoformat()


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def checksum(lines: Iterable[bytes]) -> str:
    """Sum up what was measured with, so that two runs can be seen to have had the same: twelve hexadecimal digits."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()[:12]


def texts(listed: tuple[str, ...], count: int, seed: int = SEED) -> tuple[str, ...]:
    """Write texts to scan: mostly clean, some with a listed word, plain or disguised, a few long, a few hostile."""
    chance = Random(seed)
    rare = rare_words(chance, RARE)
    return tuple(_text(chance, rare, listed) for _ in range(count))


def _text(chance: Random, rare: tuple[str, ...], listed: tuple[str, ...]) -> str:
    text = sentence(chance, rare)
    match chance.choices(("clean", "hit", "disguised", "long", "hostile"), (0.86, 0.08, 0.04, 0.01, 0.01))[0]:
        case "hit":
            return f"{text} {chance.choice(listed)}"
        case "disguised":
            return f"{text} {disguised(chance.choice(listed), chance)}"
        case "long":
            return " ".join(sentence(chance, rare) for _ in range(40))[:2_000]
        case "hostile":
            return noise(chance, 60)
        case _:
            return text


def disguised(word: str, chance: Random) -> str:
    """Write a word with digits and signs in place of letters."""
    return "".join(chance.choice(LEET.get(letter, letter)) for letter in word)


def noise(chance: Random, length: int) -> str:
    """Write what fits the beginning of many patterns and the end of few."""
    return "".join(chance.choices("abcdeghiklmnoprst0134578@$! ", k=length))


def listed_words(count: int, seed: int = SEED + 1) -> tuple[str, ...]:
    """Make up the words a district might list."""
    return rare_words(Random(seed), count)


def roster() -> dict[str, str]:
    """Write the district's roster files, by name: one school, its two offices, and forty teams."""
    accounts = [each for team in range(TEAMS) for each in readers(team)]
    people = [*accounts, "principal", "director"]
    teams = (f"team-{team},high,fall,{each},{_part(each)}," for team in range(TEAMS) for each in readers(team))
    return {
        "manifest.csv": _table(
            "propertyName,value",
            ("manifest.version,1.0", "oneroster.version,1.2", "file.orgs,bulk", "file.users,bulk", "file.roles,bulk"),
        ),
        "orgs.csv": _table("sourcedId,name,type,parentSourcedId", ("d,District,district,", "high,High,school,d")),
        "users.csv": _table(
            "sourcedId,enabledUser,username,givenName,familyName",
            (f"{each},true,{each},{each},Made-Up" for each in people),
        ),
        "roles.csv": _table(
            "sourcedId,userSourcedId,roleType,role,orgSourcedId",
            (f"r-{each},{each},primary,{_role(each)},high" for each in people),
        ),
        "accounts.csv": _table("platform,account,person,age_band", (f"replay,{each},{each}," for each in accounts)),
        "teams.csv": _table("team,school,season,person,role,until", teams),
        "offices.csv": _table(
            "school,office,person,deputy,from,until",
            ("high,principal,principal,,,", "high,athletic_director,director,,,"),
        ),
    }


def _part(account: str) -> str:
    return "coach" if account.startswith("coach") else "member"


def _role(account: str) -> str:
    if account.startswith("student"):
        return "student"
    return "teacher" if account.startswith("coach") else "siteAdministrator"


def _table(header: str, lines: Iterable[str]) -> str:
    return "\n".join((header, *lines, ""))


def write_roster(folder: Path) -> Path:
    """Write the roster files into a new folder."""
    folder.mkdir()
    for name, text in roster().items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
