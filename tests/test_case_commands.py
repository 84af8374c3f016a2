"""The desk at the command line, as somebody would type it."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.history import DAY, District, Line, at, settle

UNDECIDED = tuple(each for each in DAY if each["type"] not in {"decide", "appeal"})
PRINCIPAL = ("--as", "p1")


@pytest.fixture
def district(tmp_path: Path) -> District:
    """Run a day on which something is left for people."""
    district = settle(tmp_path, UNDECIDED)
    assert district.run().returncode == 0
    return district


def asked(district: District, *words: str) -> tuple[int, str, str]:
    """Type a command, and give how it ended and what it said."""
    ended = district.run(command=("case", *words))
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended.returncode, ended.stdout, ended.stderr


def reported(district: District) -> str:
    """Find the name of the case that the report opened."""
    with closing(sqlite3.connect(district.place.database)) as connection:
        ((seq,),) = connection.execute("SELECT seq FROM entry WHERE kind = 'reported'").fetchall()
    return f"F-{seq:04}"


def bodies(district: District, kind: str) -> list[dict[str, object]]:
    """Read the entries of a kind."""
    with closing(sqlite3.connect(district.place.database)) as connection:
        found = connection.execute("SELECT body FROM entry WHERE kind = ? ORDER BY seq", (kind,)).fetchall()
    return [json.loads(body) for (body,) in found]


def test_the_list_shows_what_somebody_may_see_and_no_words(district: District) -> None:
    """It is read over shoulders."""
    code, out, _ = asked(district, "list", *PRINCIPAL)

    assert code == 0
    assert reported(district) in out
    assert "not kind" not in out
    assert "see you at the dock" not in out


@pytest.mark.parametrize("person", ["k1", "k2"])
def test_whom_a_case_concerns_there_is_none_for(person: str, district: District) -> None:
    """Its subject and its reporter are told the same as about a case that never was."""
    listed = asked(district, "list", "--as", person)
    shown = asked(district, "show", reported(district), "--as", person, "--purpose", "to know")
    decided = asked(district, "decide", reported(district), "not-a-problem", "--as", person)

    assert "No case waits that you may see." in listed[1]
    assert [shown[0], decided[0]] == [2, 2]
    assert f"There is no case {reported(district)} for you." in shown[2]
    assert bodies(district, "decided") == bodies(district, "viewed") == []


def test_showing_a_case_is_written_down_first(district: District) -> None:
    """Which case, sealed who and why, also the account of the operating system."""
    code, out, _ = asked(district, "show", reported(district), *PRINCIPAL, "--purpose", "I decide it")

    assert code == 0
    assert "see you at the dock" in out
    assert "[body]" not in out
    assert "not kind" in out
    assert re.search(r"^Written by .* on \w{3} \d{2} \w{3} \d{4}, \d{2}:\d{2}, in ", out, re.MULTILINE)
    assert re.search(r"^Could be read by .*\(k\d\)", out, re.MULTILINE)
    (look,) = bodies(district, "viewed")
    assert look["what"] == reported(district)
    assert "I decide it" not in json.dumps(look)


def test_of_what_was_given_back_only_what_it_says_is_a_case_and_that_says_that_nobody_read_it(tmp_path: Path) -> None:
    """A coach who names the team's place by mistake has told nobody anything; a threat is one all the same."""
    given: Line = {"type": "order", "by": "cora", "order": "private", "to": "boathouse", "matter": "medical"}
    texts = ("Her concussion: two weeks off.", "I will kill you all tomorrow, I have a gun.")
    orders = (given | {"at": at(each), "id": f"o{each}", "text": text} for each, text in enumerate(texts, 1))
    district = settle(tmp_path, (DAY[0], *orders))
    assert district.run().returncode == 0

    listed = asked(district, "list", *PRINCIPAL)[1]
    (name,) = re.findall(r"F-\d+", listed)
    shown = asked(district, "show", name, *PRINCIPAL, "--purpose", "I decide it")[1]

    assert "I will kill you all" in shown
    assert "It was given back and not sent, so nobody else could read it there" in shown
    assert "Could be read by" not in shown


@pytest.mark.parametrize("purpose", [" ", "x" * 100_000])
def test_a_look_needs_a_purpose(purpose: str, district: District) -> None:
    """Curiosity is none, nor is what was pasted by mistake; it is not repeated."""
    code, _, error = asked(district, "show", reported(district), *PRINCIPAL, "--purpose", purpose)

    assert code == 2
    assert error.startswith("Say why, in 4,000 characters or fewer: --purpose 'I decide it'")
    assert "x" * 100 not in error
    assert bodies(district, "viewed") == []


def test_a_decision_is_written_and_its_end_is_done_by_the_next_run(district: District) -> None:
    """The command line has no platform. What was decided there waits by the clock on the wall."""
    code, out, _ = asked(district, "decide", reported(district), "uphold", *PRINCIPAL, "--reason", "canary")
    again = asked(district, "decide", reported(district), "not-a-problem", *PRINCIPAL)
    with closing(sqlite3.connect(district.place.database)) as connection, connection:
        connection.execute(
            "UPDATE deed SET until = '2025-11-18T23:59:59+00:00' WHERE until > '2026' AND until <> 'copied'"
        )
        waiting = connection.execute("SELECT count(*) FROM deed WHERE until LIKE '2025-11-18T23:59%'").fetchone()[0]
    district.run()
    with closing(sqlite3.connect(district.place.database)) as connection:
        done = connection.execute("SELECT outcome FROM deed WHERE until LIKE '2025-11-18T23:59%'").fetchall()

    assert code == 0
    assert f"case decide {reported(district)} undo --as p1\n" in out
    assert "After that, what follows is done: by the Chaperone that runs, or else by the next run." in out
    assert again[0] == 2
    assert "is decided: uphold" in again[2]
    assert waiting == 1
    assert done == [("done",)]
    assert "canary" not in json.dumps(bodies(district, "decided"))


def test_what_is_typed_wrongly_is_a_sentence(district: District) -> None:
    """With the nearest right word."""
    wrong = asked(district, "decide", reported(district), "uphild", *PRINCIPAL)
    nobody = asked(district, "list", "--as", "p9")
    late = asked(district, "decide", reported(district), "uphold", *PRINCIPAL, "--suspend-until", "2031-01-01")
    long = asked(district, "decide", reported(district), "uphold", *PRINCIPAL, "--reason", "x" * 100_000)
    none = asked(district, "show", "F-1", *PRINCIPAL, "--purpose", "look")

    assert [each[0] for each in (wrong, nobody, late, long, none)] == [2, 2, 2, 2, 2]
    assert "Did you mean 'uphold'?" in wrong[2]
    assert "has no 'p9' today" in nobody[2]
    assert "at the latest" in late[2]
    assert "The reason is 100,000 characters long." in long[2]
    assert "There is no case F-1 for you." in none[2]
    assert bodies(district, "decided") == []


def test_the_reason_of_a_replayed_decision_can_be_read_by_who_may_see_the_case(tmp_path: Path) -> None:
    """Whoever decides an appeal has to know why it was decided so."""
    lines: tuple[Line, ...] = (*DAY, {"type": "profile", "at": at(20), "account": "lee", "name": "Lee"})
    district = settle(tmp_path, lines)
    district.run()

    code, out, _ = asked(district, "show", reported(district), *PRINCIPAL, "--purpose", "the appeal")

    assert code == 0
    assert "decided: uphold\n  unkind" in out
    assert "disagrees\n  it was about the boat" in out
