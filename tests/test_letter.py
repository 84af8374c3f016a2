"""The letter that says a copy waits: what stands in it, and what never can."""

import inspect
import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.address import is_address, is_domain, is_loopback
from bot.letter import OF_COPIES, OFFICES, CopyNotice, Letterhead, write_letter
from bot.people import Office, PersonId
from bot.store.vault import MasterKey

MASTER = MasterKey(bytes(32))
HEAD = Letterhead("mail.example.org", ZoneInfo("America/New_York"))
COPY = CopyNotice(42, datetime(2026, 11, 24, 20, 12, 48, tzinfo=UTC), PersonId("p1"), Office.PRINCIPAL)
TO = "pia.rowan@example.org"
LETTER = write_letter(HEAD, COPY, TO, MASTER.index)
BREAKS = ["\n", "\r", "\r\n", "\r\nBcc: other@example.org", "\v", "\f", "\x85", "\u2028", "\0"]


def test_a_letter_tells_of_a_copy_in_five_parts_and_says_why() -> None:
    """The whole text, as a principal reads it on a telephone."""
    told = LETTER.text.split("\n\n")

    assert LETTER.subject == "Copy for you: CP-0042"
    assert told == [
        "A coach or advisor sent a message. You get a copy of it: CP-0042. "
        "It was sent on Tuesday, November 24, 2026, at 3:12 pm.",
        f"The rule: Employee Guidelines 4: “{OF_COPIES.quote}”",
        "What to do now: Ask whoever runs Chaperone in your district to show you CP-0042.",
        "What happens next: You can leave it at that, unless it worries you. It is on record who reads it, and when.",
        "How to disagree: If this copy should not be yours, do not read it. "
        "Tell whoever runs Chaperone in your district.",
        "Why you: You are listed as principal.",
        "This mail leaves out the message, the names and the school. That is on purpose.\n",
    ]


def test_a_letter_knows_nothing_that_it_must_not_tell() -> None:
    """What is not handed over cannot slip into a text: medical and academic look alike, to the letter."""
    given = {each.name for each in fields(CopyNotice)} | {each.name for each in fields(Letterhead)}

    assert given == {"number", "sent_at", "reader", "office", "stands_in", "deed", "domain", "zone"}
    assert set(inspect.signature(write_letter).parameters) == {"head", "copy", "to", "index"}
    assert not re.search(r"medical|academic|emergency|private", LETTER.text, re.IGNORECASE)


def test_letters_of_one_minute_are_equally_long() -> None:
    """Only the number differs from one copy to the next; seconds could be matched with what was seen elsewhere."""
    later = replace(COPY, number=43, sent_at=COPY.sent_at.replace(second=3))
    other = write_letter(HEAD, later, TO, MASTER.index)

    assert other.text == LETTER.text.replace("CP-0042", "CP-0043")
    assert len(other.message_id) == len(LETTER.message_id)


@pytest.mark.parametrize(
    ("office", "stands_in", "why"),
    [
        (Office.PRINCIPAL, True, "You are listed as deputy of the principal."),
        (Office.ATHLETIC_DIRECTOR, False, "You are listed as athletic director."),
        (Office.SUPERINTENDENT_DESIGNEE, False, "You are listed as superintendent designee."),
    ],
)
def test_a_letter_says_by_which_office_it_came(office: Office, stands_in: bool, why: str) -> None:
    """Whoever is surprised by it can have the list mended."""
    letter = write_letter(HEAD, replace(COPY, office=office, stands_in=stands_in), TO, MASTER.index)

    assert f"\n\nWhy you: {why}\n\n" in letter.text


@pytest.mark.parametrize(
    ("hour", "told"), [(5, "at 12:12 am"), (13, "at 8:12 am"), (17, "at 12:12 pm"), (18, "at 1:12 pm")]
)
def test_a_moment_is_told_by_the_districts_clock(hour: int, told: str) -> None:
    """Midnight and noon are twelve."""
    letter = write_letter(HEAD, replace(COPY, sent_at=COPY.sent_at.replace(hour=hour)), TO, MASTER.index)

    assert told in letter.text


def test_the_message_id_is_the_same_after_a_restart_and_for_nobody_else() -> None:
    """A letter that is sent again is known by it; another copy, reader or district has another."""
    again = write_letter(HEAD, COPY, "pia@other.example.org", MasterKey(bytes(32)).index)
    others = {
        write_letter(HEAD, replace(COPY, number=43), TO, MASTER.index).message_id,
        write_letter(HEAD, replace(COPY, reader=PersonId("p2")), TO, MASTER.index).message_id,
        write_letter(HEAD, replace(COPY, deed="2a"), TO, MASTER.index).message_id,
        write_letter(HEAD, COPY, TO, MasterKey(bytes(31) + b"\1").index).message_id,
    }

    assert again.message_id == LETTER.message_id
    assert re.fullmatch(r"<[0-9a-f]{32}@mail\.example\.org>", LETTER.message_id)
    assert len(others | {LETTER.message_id}) == 5


def test_a_letter_under_way_in_an_upgrade_goes_again_as_the_same() -> None:
    """A release before named letters without the deed, whose id was a bare number then."""
    letter = write_letter(HEAD, replace(COPY, deed="000000000000002a"), TO, MASTER.index)

    assert letter.message_id == f"<{MASTER.index('letter', 'CP-0042', 'p1').hex()}@{HEAD.domain}>"


def test_a_letter_prints_no_address_and_no_text() -> None:
    """A value may land in a log."""
    assert TO not in repr(LETTER)
    assert LETTER.text not in repr(LETTER)


@pytest.mark.parametrize("broken", BREAKS)
def test_no_part_of_a_letter_can_hold_a_line_break(broken: str) -> None:
    """A second header would be a second receiver."""
    for part in ("to", "subject", "message_id"):
        for text in (getattr(LETTER, part) + broken, broken + getattr(LETTER, part)):
            with pytest.raises(ValueError, match="letter") as refusal:
                replace(LETTER, **{part: text})
            assert "example.org" not in str(refusal.value).replace("<letters and digits@domain>", "")


def test_every_office_has_a_name() -> None:
    """A new office must not be found missing at its first copy."""
    assert set(OFFICES) == set(Office)


@given(st.text())
def test_what_is_an_address_has_no_blank_bracket_or_comma(text: str) -> None:
    """Whatever a roster holds, one letter goes to one mailbox."""
    if is_address(text):
        assert not re.search(r"[\s<>,;:\"()\[\]\\]", text)
        assert text.isascii()


@pytest.mark.parametrize("text", [TO, "o'neil+copies@k12.example.org", "a@b.c", f"{'a' * 64}@example.org"])
def test_an_address_is_recognised(text: str) -> None:
    """As schools give them out."""
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "pia", "@example.org", "pia@", "pia@example", "pia@@example.org", "pia rowan@example.org"),
        *("Pia <pia@example.org>", "pia@example.org, kim@example.org", "pia@-example.org", "pia@example..org"),
        *(".pia@example.org", "pia.@example.org", '"pia"@example.org', "pia@[127.0.0.1]", "piá@example.org"),
        *("mailto:pia@example.org", "pia@example.org.", f"{'a' * 65}@example.org", f"a@{'b.' * 125}example"),
    ],
)
def test_what_is_no_address_is_recognised(text: str) -> None:
    """A cell of a roster may hold anything."""
    assert not is_address(text)


def test_a_domain_has_a_dot() -> None:
    """A Message-ID under a bare name may be another machine's too."""
    assert is_domain("k12.example.org")
    assert not is_domain("localhost")
    assert not is_domain("example.org\n")


@pytest.mark.parametrize(
    ("host", "here"),
    [
        *(("localhost", True), ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True)),
        *(("10.0.0.1", False), ("mail.example.org", False), ("localhost.example.org", False), ("", False)),
    ],
)
def test_only_loopback_stays_on_the_machine(host: str, here: bool) -> None:
    """Only there may mail go unsealed."""
    assert is_loopback(host) is here
