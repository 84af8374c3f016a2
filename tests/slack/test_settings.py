"""What the settings say of Slack, read strictly; and the files that the adapter keeps."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.slack.grants import Grant
from bot.config import read_configuration
from bot.errors import ConfigurationError
from bot.house import HouseFiles
from bot.on_slack import page_of, slack_files, slack_setup
from bot.people import AccountId
from bot.store.copies import Kept as KeptCopy
from bot.store.vault import MasterKey
from tests.slack.stage import kept


def read(folder: Path, told: str) -> object:
    path = folder / "config.toml"
    path.write_text(f"[slack]\n{told}\n")
    return slack_setup(read_configuration(path))


@pytest.mark.parametrize(
    ("told", "line", "why"),
    [
        ('workspace = "our-school"', 2, "begin with T"),
        ('teams = { soccer = ["soccer"] }', 2, "begin with C or G"),
        ('alarms = ["principal"]', 2, "begin with U or W"),
        ('remover = "B0123ABCD"', 2, "begin with U or W"),
        ('trusted_apps = ["reminders"]', 2, "begin with A or B"),
        ('teams = { soccer = ["C0123ABCD"], swim = ["C0123ABCD"] }', 2, "registered for two teams, soccer and swim"),
        ("read_direct_messages = true", 1, "needs counsel_answer and counsel_date"),
        ('read_direct_messages = true\ncounsel_answer = "Yes."', 1, "needs counsel_answer and counsel_date"),
        ('token = "xoxb-1"', 2, "is a secret, so not for this file"),
        ('signing_secret = "1"', 2, "is a secret, so not for this file"),
        ('transport = "carrier pigeon"', 2, "'socket' or 'http'"),
        ('api_base = "slack.com"', 2, "write an address like"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_line(tmp_path: Path, told: str, line: int, why: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read(tmp_path, told)

    assert why in str(refusal.value)
    assert f"line {line}" in str(refusal.value)
    assert "xoxb-1" not in str(refusal.value)


def test_direct_messages_are_read_only_with_counsels_answer_on_record(tmp_path: Path) -> None:
    off = read(tmp_path, 'workspace = "T0123ABCD"')
    told = 'read_direct_messages = true\ncounsel_answer = "Allowed."\ncounsel_date = 2026-09-01'
    on = read(tmp_path, f"{told}\nrehearse = false")

    assert getattr(off, "counsel", "") is None
    assert "Allowed." in str(on)


@pytest.mark.parametrize("rehearse", ["", "rehearse = true"])
def test_in_rehearsal_no_direct_messages_are_read(tmp_path: Path, rehearse: str) -> None:
    """A student would have to be told, and in rehearsal nobody is told anything."""
    told = 'read_direct_messages = true\ncounsel_answer = "Allowed."\ncounsel_date = 2026-09-01'
    found = read(tmp_path, f"{told}\n{rehearse}")

    assert getattr(found, "counsel", "") is None


def test_what_is_kept_is_sealed_under_a_key_that_the_master_key_wraps(tmp_path: Path) -> None:
    place = HouseFiles(tmp_path / "c.sqlite", tmp_path / "c.key")
    first = slack_files(place, MasterKey(b"1" * 32))
    again = slack_files(place, MasterKey(b"1" * 32))
    sealed = first.grants._sealing.seal(b"words", b"row")
    key = tmp_path / "c.sqlite.slack.key"

    assert again.grants._sealing.open(sealed, b"row") == b"words"
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigurationError, match="master key does not fit"):
        slack_files(place, MasterKey(b"2" * 32))
    key.write_text("{}")
    with pytest.raises(ConfigurationError, match="holds no key"):
        slack_files(place, MasterKey(b"1" * 32))
    for each in (first, again):
        each.inbox.close()


def test_grants_that_were_altered_are_refused(tmp_path: Path) -> None:
    files = kept(tmp_path)
    (tmp_path / "slack.grants").write_bytes(b"not sealed by us, and long enough to be taken for it")
    with pytest.raises(ConfigurationError):
        kept(tmp_path)
    files.inbox.close()


def test_a_grant_that_another_run_kept_just_now_outlives_the_end_of_one(tmp_path: Path) -> None:
    """`slack-grant` may write beside a Chaperone that hears, in the same second, that somebody took theirs back."""
    running = kept(tmp_path).grants
    running.take(Grant(AccountId("U1"), "xoxp-1", frozenset({"chat:write"})))
    kept(tmp_path).grants.take(Grant(AccountId("U2"), "xoxp-2", frozenset({"chat:write"})))

    assert running.drop("U1")
    assert set(kept(tmp_path).grants.everybody()) == {"U2"}


def test_on_a_persons_page_the_newest_stands_first() -> None:
    copies = [KeptCopy(number, number, datetime(2026, 9, number, 12, tzinfo=UTC), ()) for number in (1, 2, 3)]
    page = page_of([], [], copies, ZoneInfo("UTC"))

    assert page.copies == ("CP-0003  03 Sep 2026", "CP-0002  02 Sep 2026", "CP-0001  01 Sep 2026")
