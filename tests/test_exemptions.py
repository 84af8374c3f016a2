"""Exceptions that people grant and end at the command line."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.judge import Exemption
from bot.people import TeamId
from bot.sheets import exemption_rows
from bot.store.exemptions import Granted
from tests.store.history import DAY, District, Line, at, settle
from tests.test_case_commands import bodies

GRANT = ("grant", "--rule", "group-messages", "--until", "2099-06-30", "--reason", "canary", "--as", "p1")
END = ("end", "--reason", "canary", "--as", "p1")


@pytest.fixture
def district(tmp_path: Path) -> District:
    """Let a short day pass."""
    district = settle(tmp_path, DAY[:3])
    assert district.run().returncode == 0
    return district


def typed(district: District, *words: str) -> tuple[int, str, str]:
    """Type a command, and give how it ended and what it said."""
    ended = district.run(command=("exemption", *words))
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended.returncode, ended.stdout, ended.stderr


def alone(minute: int, day: str) -> Line:
    """Let the coach write to one student, some day."""
    told = at(minute).replace("2025-11-18", day)
    place: Line = {"place": "dm", "by": "cora", "text": "Stay after.", "readers": ["cora", "kim"]}
    return {"type": "post", "at": told, "id": f"later {minute}", **place}


def test_granted_it_excuses_from_the_next_run_until_it_is_ended(district: District) -> None:
    """It is an entry, sealed, read back beside those of the settings; it never reaches back."""
    granted = typed(district, *GRANT, "--person", "c1")
    name = granted[1].split()[0]
    district.tell(*DAY[:3], alone(1, "2025-11-19"), alone(2, "2099-01-10"))
    district.run()
    excused = [each for each in bodies(district, "judged") if "excused" in str(each.get("found"))]
    listed = typed(district, "list", "--as", "p1")
    ended = typed(district, *END, name)
    district.tell(*DAY[:3], alone(1, "2025-11-19"), alone(2, "2099-01-10"), alone(3, "2099-01-11"))
    district.run()
    after = [each for each in bodies(district, "judged") if "excused" in str(each.get("found"))]

    assert granted[0] == ended[0] == 0
    assert all("at once where Chaperone stands on a live platform" in each[1] for each in (granted, ended))
    assert len(excused) == len(after) == 1
    assert "2099" in str(excused[0]["at"])
    assert name in listed[1]
    assert "canary" not in str(bodies(district, "granted") + bodies(district, "ended"))
    assert district.run(command=("audit", "verify")).returncode == 0


def test_its_names_are_listed_whole(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are typed again. What has no room beside the others goes on below."""
    monkeypatch.setenv("COLUMNS", "50")
    typed(district, *GRANT, "--rule", "confidential-information", "--team", "rowing", "--person", "c1")
    listed = typed(district, "list", "--as", "p1")

    assert "…" not in listed[1]


def test_it_has_ended_on_the_day_of_the_districts_clock() -> None:
    """As its last day is told."""
    exemption = Exemption("e", "group-messages", date(2026, 12, 18), team=TeamId("diving"))
    ended = Granted(9, exemption, datetime(2026, 11, 28, 2, 0, tzinfo=UTC))

    assert [*exemption_rows([ended], ZoneInfo("America/New_York"))] == [
        ("E-0009", "group-messages", "diving", "2026-12-18", "2026-11-27")
    ]


def test_it_is_ended_once(district: District) -> None:
    """The second is told so, and nothing is written."""
    name = typed(district, *GRANT, "--team", "rowing")[1].split()[0]
    first, second = (typed(district, *END, name) for _ in range(2))

    assert first[0] == 0
    assert second[0] == 2
    assert f"{name} has ended already" in second[2]
    assert len(bodies(district, "ended")) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*GRANT, "--rule", "group-mesages", "--team", "rowing"), "Did you mean 'group-messages'?"),
        (GRANT, "Name whom it is for"),
        ((*GRANT, "--rule", "self-harm", "--team", "rowing"), "Nothing that 'self-harm' finds can be excused so."),
        ((*GRANT, "--rule", "tell-an-adult", "--team", "rowing"), "Nothing that 'tell-an-adult' finds"),
        ((*GRANT, "--rule", "inappropriate-contact", "--person", "c1"), "Nothing that 'inappropriate-contact' finds"),
        ((*GRANT, "--rule", "disclaimers", "--person", "c1"), "Nothing that 'disclaimers' finds can be excused so."),
        ((*GRANT, "--rule", "avatars", "--team", "rowing"), "Nothing that 'avatars' finds can be excused so."),
        ((*GRANT, "--team", "chess"), "The roster has no team 'chess'"),
        ((*GRANT, "--person", "c9"), "The roster has no 'c9'"),
        ((*GRANT, "--person", "c1", "--until", "2020-01-01"), "It would have ended on 2020-01-01 already."),
        ((*GRANT, "--person", "c1", "--until", "12/18/2026"), "'12/18/2026' is no date. Write it like 2026-11-30."),
        ((*GRANT, "--person", "c1", "--until", "2026-02-30"), "'2026-02-30' is no date. Write it like 2026-11-30."),
        ((*GRANT, "--person", "c1", "--until", "20261218"), "'20261218' is no date. Write it like 2026-11-30."),
        ((*GRANT, "--person", "c1", "--reason", " "), "Say why, in 4,000 characters or fewer"),
        ((*GRANT, "--person", "c1", "--reason", "x" * 100_000), "Say why, in 4,000 characters or fewer"),
        ((*GRANT, "--person", "c1", "--as", "c1"), "Only who stands above"),
        ((*GRANT, "--person", "p1"), "Only who stands above"),
        ((*GRANT, "--team", "rowing", "--as", "k1"), "Only who stands above"),
        (("end", "E-0001", "--as", "p1", "--reason", " "), "Say why, in 4,000 characters or fewer"),
        (("end", "E-0001", "--as", "p1", "--reason", "x" * 100_000), "Say why, in 4,000 characters or fewer"),
        ((*END, "E-0001"), "There is no exception E-0001 that you can end."),
    ],
)
def test_what_cannot_be_granted_is_one_plain_sentence(words: tuple[str, ...], said: str, district: District) -> None:
    """Nobody excuses themselves or whom they do not stand above, and nothing is half done."""
    code, _, error = typed(district, *words)

    assert code == 2
    assert said in error
    assert "x" * 100 not in error
    assert bodies(district, "granted") == []
