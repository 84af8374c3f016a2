"""Whole words only, every pattern in one pass, and an error that says what to change."""

import re
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.patterns import MOST_SPANS, Asked, Hit, Literals, PatternError, Patterns, Pieces
from bot.text import Folded, fold

WORDS = ("hell", "ass", "cunt", "kill yourself", "#7", "Piñata", "sex", "cum")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("go to hell", ["hell"]),
        ("HELL!", ["hell"]),
        ("hell's bells, hell_yes, (hell)", ["hell", "hell", "hell"]),
        ("he\u200bll and h**el**l and \u041dell", ["hell", "hell", "hell"]),
        ("just kill yourself, ass", ["kill yourself", "ass"]),
        ("pinata, PIÑATA", ["Piñata", "Piñata"]),
        ("number #7 scored", ["#7"]),
    ],
)
def test_a_word_is_found_in_every_dress(text: str, found: list[str]) -> None:
    """A list is written once, as a person would write it."""
    assert [hit.name for hit in Literals(WORDS).scan(fold(text))] == found


@pytest.mark.parametrize(
    "text",
    [
        "hello from the shell",
        "Scunthorpe",
        "class exercises in Essex, Sussex and Middlesex",
        "a compass, the bass and an assistant",
        "cumulative cucumber document",
        "kill yourselfie",
        "#77 is taken, #70 too",
        "21-14 in the last quarter",
        "Arsenic and Old Lace, Damn Yankees, Cat on a Hot Tin Roof",
        "",
    ],
)
def test_a_word_inside_another_is_none(text: str) -> None:
    """Scunthorpe is a town."""
    assert Literals(WORDS).scan(fold(text)) == ()


def test_words_that_lie_in_one_another_are_all_found() -> None:
    """Each may stand for another rule."""
    hits = Literals(["kill", "kill yourself", "yourself"]).scan(fold("kill yourself"))

    assert set(hits) == {Hit("kill", 0, 4), Hit("kill yourself", 0, 13), Hit("yourself", 5, 13)}


def test_words_that_fold_alike_are_all_named() -> None:
    """Two lists may hold one word."""
    hits = Literals(["Café", "cafe", "cafe"]).scan(fold("the CAFE"))

    assert [hit.name for hit in hits] == ["Café", "cafe"]


def test_a_hit_leads_back_to_what_was_typed() -> None:
    """The place is in the folded text; the folded text knows the way."""
    folded = fold("oh h**e\u200bl**l no")
    (hit,) = Literals(["hell"]).scan(folded)
    begins, ends = folded.span(hit.start, hit.end)

    assert folded.raw[begins:ends] == "h**e\u200bl**l"


@pytest.mark.parametrize("unseen", ["", " ", "\u200b"])
def test_a_word_of_nothing_is_refused(unseen: str) -> None:
    """It would hit every message, or none."""
    with pytest.raises(PatternError, match="no character that can be seen"):
        Literals(["fine", unseen])


def test_no_words_and_no_patterns_find_nothing() -> None:
    """A district may begin with empty lists."""
    found = Literals([]).scan(fold("anything")) + Patterns({}).scan(fold("anything"))

    assert (len(Literals([])), len(Patterns({})), found) == (0, 0, ())


def test_pieces_are_found_inside_words_and_say_whose_they_are() -> None:
    """A first look: what it lets go, nobody looks at again."""
    pieces = Pieces({"link": ["/", "slash"], "odd": ["Slash", "VPN"]})

    assert pieces.scan(fold("a Backslash / vpns")) == ["link", "odd", "link", "odd"]
    assert pieces.scan(fold("nothing")) == Pieces[str]({}).scan(fold("a / b")) == []


def test_patterns_can_be_named_without_their_places() -> None:
    """In the order given, also beside half a character."""
    assert Patterns(PATTERNS).named(Folded("kys haha\ud800", "kys haha\ud800")) == ("laugh", "shout")
    assert Patterns(PATTERNS).named(fold("")) == Patterns({}).named(fold("kys")) == ()


PATTERNS = {"threat": r"\bbring (?:a|the) (?:gun|knife)\b", "laugh": "ha(?:ha)+", "shout": "KYS"}


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("I will Bring a GUN", [Hit("threat", 7, 18)]),
        ("haha kys hahaha", [Hit("laugh", 0, 4), Hit("laugh", 9, 15), Hit("shout", 5, 8)]),
        ("\u4e2d\u6587 haha", [Hit("laugh", 3, 7)]),
        ("bring a gunner", []),
        ("", []),
    ],
)
def test_every_pattern_is_found_with_its_places(text: str, hits: list[Hit]) -> None:
    """By pattern, then by place."""
    assert list(Patterns(PATTERNS).scan(fold(text))) == hits


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        ("kys(?! lol)", "looks ahead or behind"),
        ("(?<=no )kys", "looks ahead or behind"),
        (r"(\w)\1", "refers back"),
        (r"(?P<x>a)(?P=x)", "refers back"),
        ("(kys", "missing"),
        ("[z-a]", "z-a"),
        ("a{1001}", "repetition"),
        ("\ud800", "half a character"),
        ("(?:kys)?", "matches an empty text"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern: str, advice: str) -> None:
    """Word lists are written by staff: the message names the pattern and what to change."""
    with pytest.raises(PatternError, match=f"'slurs' .*{advice}"):
        Patterns({"fine": "a", "slurs": pattern})


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_patterns_in_parts_are_found_as_in_one(parts: int) -> None:
    """Parts only change how soon it is known."""
    many = {str(number): word for number, word in enumerate(["a", "b+", "ab", "c", "cab"])}

    assert Patterns(many, parts).scan(fold("abba cab")) == Patterns(many).scan(fold("abba cab"))
    assert Patterns(many, parts).named(fold("cab")) == ("0", "1", "2", "3", "4")
    assert Patterns(many, parts).any(fold("b"))
    assert not Patterns(many, parts).any(fold("d"))


def test_half_a_character_does_no_harm() -> None:
    """A view made by other code may hold one."""
    broken = Folded("\ud800 kys", "\ud800 kys")

    assert Patterns(PATTERNS).scan(broken) == (Hit("shout", 2, 5),)
    assert Literals(["kys"]).scan(broken) == (Hit("kys", 2, 5),)


@settings(max_examples=100, deadline=None, database=None)
@given(st.text(max_size=60))
def test_places_of_hits_lie_in_the_text(raw: str) -> None:
    """Also beside characters of several bytes, which the engine counts differently."""
    folded = fold(f"{raw} haha {raw} kys")
    hits = Patterns(PATTERNS).scan(folded)

    assert {folded.text[hit.start : hit.end] for hit in hits if hit.name == "shout"} == {"kys"}
    assert all(set(folded.text[hit.start : hit.end]) == {"h", "a"} for hit in hits if hit.name == "laugh")


def test_places_of_one_pattern_are_bounded() -> None:
    """A wall of one word says nothing that fifty of it do not."""
    assert len(Patterns({"a": "a"}).scan(fold("a" * 1_000))) == MOST_SPANS


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(a|aa)+b", "a.*a.*a.*b", "b.*c|b"])
def test_no_pattern_makes_the_bot_slow(pattern: str) -> None:
    """These take other engines hours."""
    folded = fold("a" * 50_000 + "b" * 50_000 + "!")
    patterns = Patterns({"bad": pattern})
    started = perf_counter()
    patterns.scan(folded)

    assert perf_counter() - started < 2


def test_ten_thousand_patterns_fit_one_set() -> None:
    """A state may share its lists."""
    many = Patterns({f"p{number}": rf"\bw[o0]+rd{number}\b" for number in range(10_000)})

    assert [hit.name for hit in many.scan(fold("w0ord9999 word12 word"))] == ["p12", "p9999"]


@given(st.text("no té\ud800", max_size=12))
@example("né")
def test_what_is_asked_for_is_found_as_python_would(text: str) -> None:
    """RE2 takes an accented letter for the edge of a word, so it is asked about plain text only."""
    pattern = r"\b(?:no|net? )\b"

    assert Asked(pattern).search(text) == (re.search(pattern, text) is not None)
