"""What the two views of a text see, what they leave alone, and that every place leads back to what was typed."""

import unicodedata
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.patterns import Patterns
from bot.text import (
    GUESSABLE,
    Folded,
    fold,
    join_letters,
    join_spaced,
    loosen,
    part_contractions,
    read_signs,
)

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=("Cs", "Mn", "Cf", "Cc")),
        st.sampled_from("*_~|`%&;2560ampltg \n\x00aB"),
    ),
    max_size=60,
)
QUICK = settings(max_examples=150, deadline=None, database=None)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("Practice at 4PM", "practice at 4pm"),
        ("\uff42\uff49\uff54\uff0e\uff4c\uff59", "bit.ly"),
        ("\U0001d5ef\U0001d5f6\U0001d601", "bit"),
        ("\u24d1\u24d8\u24e3 \U0001f171\U0001f178\U0001f183 \u249d\u24a4\u24af", "bit bit bit"),
        ("\U0001f1f0\U0001f1fe\U0001f1f8", "kys"),
        ("\u1d0b\u028f\ua731", "kys"),
        ("\u041d\u0415ll\u043e", "hello"),
        ("\u0397\u0395LL\u039f", "hello"),
        ("\u0570ell\u0585 \u0578\u0585", "hello no"),
        ("\u13cf\u13bb\u13ac", "bhe"),
        ("\u15f7\u15e9\u15ea", "bad"),
        ("pi\u00f1ata \u0141\u00f3d\u017a \u00d8re stra\u00dfe", "pinata lodz ore strasse"),
        ("e\u0301t\u00e9", "ete"),
        ("z\u0337\u0335a\u0336l\u0334g\u0338o\u0335", "zalgo"),
        ("b\u200bi\u00adt\u2060 k\ufe0fy\U000e0061s \u202ehell\u202c", "bit kys hell"),
        ("b\x00i\x07t", "bit"),
        ("1\ufe0f\u20e3 \u2460 \u00b2 \u0663", "1 1 2 3"),
        ("don\u2019t \u201cgo\u201d 3\u20134", 'don\'t "go" 3-4'),
        ("\ufb01ve \u00bd", "five 1/2"),
        ("bit\u3002ly", "bit.ly"),
        ("two\nlines\r\n\tand a tab", "two\nlines\r\n\tand a tab"),
    ],
)
def test_letters_are_read_as_a_person_sees_them(typed: str, seen: str) -> None:
    """A rule is written once, in plain letters."""
    assert fold(typed).text == seen


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("**bit**.ly", "bit.ly"),
        ("b**i**t", "bit"),
        ("b*i*t b~~i~~t b||i||t b`i`t", "bit bit bit bit"),
        ("__under__ _slanted_ ***both*** ~slack~", "under slanted both slack"),
        ("||a spoiler|| and ```a block```", "a spoiler and a block"),
        ("**_nested_**", "nested"),
        ("k**ys now**", "kys now"),
        ("%62it.ly%2Fabc", "bit.ly/abc"),
        ("%2562it", "bit"),
        ("caf%C3%A9", "cafe"),
        ("&lt;b&gt; &amp;amp; c", "<b> & c"),
        ("\uff05\uff16\uff12it", "bit"),
    ],
)
def test_what_a_platform_does_not_show_is_taken_off(typed: str, seen: str) -> None:
    """Emphasis inside a word hides it from a filter and from nobody else."""
    assert fold(typed).text == seen


@pytest.mark.parametrize(
    "typed",
    [
        "f**k you b**ch",
        "sh*t",
        "snake_case_name and another_long_name",
        "2 * 3 * 4",
        "* one\n* two",
        "100% of us, 50%off, %zz, %ff%fe",
        "r&b & friends",
        "a||b and c||d",
        "~5 min, ~10 min",
        "\ud55c\uad6d\uc5b4",
        "\u7ec3\u4e60",
        "#7 won 21-14 :) <3",
    ],
)
def test_marks_that_dress_nothing_stay(typed: str) -> None:
    """A censored word must stay readable, and so must sums, names and scores."""
    assert fold(typed).text == typed


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        ("h3ll0", "hello"),
        ("he11o sh1t! s3x", "hello shit! sex"),
        ("a$$ @ss @$$ ca$h", "ass ass ass cash"),
        ("heeeello", "hello"),
        ("helllo fuckkkk killlll nigh\u200bt", "hello fuck kill night"),
        ("k y s", "kys"),
        ("K  Y  S now", "kys now"),
        ("k.y.s k-y-s k_y_s", "kys kys kys"),
        ("k\ny\ns", "kys"),
        ("b i t . l y / a b c", "bit.ly/abc"),
        ("h 3 l l 0", "hello"),
        ("kill\nyour  self", "kill your self"),
    ],
)
def test_the_loose_view_guesses(typed: str, guess: str) -> None:
    """A guess may lead to a question, never to a consequence."""
    assert loosen(fold(typed)).text == guess


@pytest.mark.parametrize(
    "typed",
    [
        "a b c",
        "a, b, c",
        "x y z",
        "a c d b e",
        "plan a or b",
        "1 2 3 4",
        "4pm 10am 2nd 19th 10k",
        "u19 b4 mp3 ps5 k12",
        "b2b 1v1 4x4 h2o",
        "covid19 room204 grade10 50mg",
        "#7 and #12, 21-14, 555-0100",
        "$5off and $20",
        "coach@school.org",
        "go team!",
        "www.dracut.org",
        "class exercises in scunthorpe",
        "book keeper, balloon, success",
        "i am a b student",
        "v1.2.3",
        "2026-11-24",
    ],
)
def test_the_loose_view_leaves_honest_text_alone(typed: str) -> None:
    """Lists, times, jerseys, scores and addresses are no disguise."""
    assert loosen(fold(typed)).text == typed


@pytest.mark.parametrize(
    ("typed", "word", "source"),
    [
        ("Say hello", "hello", "hello"),
        ("say b**i**t now", "bit", "b**i**t"),
        ("go %62it.ly now", "bit.ly", "%62it.ly"),
        ("a \ufb01ve", "five", "\ufb01ve"),
        ("so k\u200by\u0301s ok", "kys", "k\u200by\u0301s"),
        ("ok k y s ok", "kys", "k y s"),
        ("ok heeeello ok", "hello", "heeeello"),
        ("ok yess\u0301\u0302", "yess", "yess\u0301\u0302"),
        ("x &amp; y", "&", "&amp;"),
    ],
)
def test_a_place_leads_back_to_what_was_typed(typed: str, word: str, source: str) -> None:
    """A notice quotes, and a reviewer sees, the author's own letters."""
    view = loosen(fold(typed))
    start = view.text.index(word)

    begins, ends = view.span(start, start + len(word))

    assert typed[begins:ends] == source


def test_half_a_ligature_is_the_whole_ligature() -> None:
    """What cannot be cut is covered whole."""
    assert fold("\ufb01ve").span(0, 1) == (0, 1)


def test_an_empty_range_is_one_place() -> None:
    """The end of a text is a place too."""
    folded = fold("b**i**t")

    assert [folded.span(1, 1), folded.span(3, 3)] == [(3, 3), (7, 7)]


def test_plain_text_needs_no_table_of_places() -> None:
    """Nearly every message takes this path."""
    assert fold("Bring Water at 4, ok?\nBye") == Folded(
        "Bring Water at 4, ok?\nBye", "bring water at 4, ok?\nbye", None
    )


def test_a_folded_text_tells_nothing_of_itself() -> None:
    """Private text stays out of logs."""
    assert "secret" not in repr(fold("secret"))


@QUICK
@given(HOSTILE)
@example("\ud800")
@example("%" + "25" * 40 + "62")
@example("\x00" * 9)
@example("a" + "\u0301" * 2000)
@example("**" * 50 + "a" + "**" * 50)
def test_folding_twice_is_folding_once(raw: str) -> None:
    """Lists are folded like texts, so the two must meet."""
    once = fold(raw).text

    assert fold(once).text == once


@QUICK
@given(HOSTILE)
@example("k y s 1\u0301 h3llooo  \ufb01")
def test_places_never_fall_and_never_leave_the_text(raw: str) -> None:
    """Both views lead back, whatever was typed."""
    for view in (fold(raw), join_spaced(fold(raw)), loosen(fold(raw))):
        places = range(len(raw)) if view.offsets is None else view.offsets
        spans = [view.span(place, place + 1) for place in range(len(view.text))]

        assert view.raw == raw
        assert len(places) == len(view.text)
        assert list(places) == sorted(places)
        assert all(0 <= begins <= place < ends <= len(raw) for place, (begins, ends) in zip(places, spans, strict=True))
        assert all(view.span(0, end)[1] >= places[end - 1] for end in range(1, len(view.text) + 1))


@QUICK
@given(HOSTILE)
def test_a_folded_text_can_be_encoded_and_has_nothing_unseen(raw: str) -> None:
    """What comes after may count on it."""
    text = fold(raw).text

    assert text.encode().decode() == text
    assert not {unicodedata.category(letter) for letter in text} & {"Mn", "Me", "Cf", "Cs"}


def test_every_character_folds_once_and_for_all() -> None:
    """No entry of the table leads to another one, in the first two planes."""
    unstable = [code for code in range(0x20000) if fold(fold(chr(code)).text).text != fold(chr(code)).text]

    assert unstable == []


@pytest.mark.parametrize(
    "raw",
    [
        "practice at four " * 6_000,
        "a" + "\u0301" * 100_000,
        "%2525" * 20_000,
        "%" + "25" * 50_000,
        "**a b" * 20_000,
        "_a" + " b_c" * 25_000,
        "x_a" + " b_" * 33_000,
        "`a" * 50_000,
        "a b " * 25_000,
        "a1" * 50_000,
        "1" * 100_000,
        "ab" * 50_000,
    ],
    ids=lambda raw: raw[:6].encode("ascii", "backslashreplace").decode(),
)
def test_a_very_long_text_takes_little_time(raw: str) -> None:
    """No text makes the bot slow; a quadratic step would take minutes here."""
    started = perf_counter()
    loosen(fold(raw))

    assert perf_counter() - started < 3


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("dont", "don t"),
        ("yall hows it", "y all how s it"),
        ("donts, washes", "donts, washes"),
        ("im_ \u4e2dim im", "im_ \u4e2dim i m"),
    ],
)
def test_contractions_are_parted_where_their_apostrophe_belongs(text: str, parted: str) -> None:
    """Phrases are written down with a blank there."""
    assert part_contractions(fold(text)).text == parted


GUESSED = st.lists(
    st.sampled_from([*"aabk1$!+|. -_\n\t", "  ", " a", "dont", "é", "im", "aaa", "\u1680", "x y"]), max_size=9
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("kn33 m3", "knee me"),
        ("b!tch!", "bitch!"),
        ("let's go!!", "let's go!!"),
        ("nice! s0 n1ce!", "nice! so nice!"),
        ("h!!3", "hiie"),
    ],
)
def test_signs_are_read_as_letters_but_not_the_call_at_the_end(text: str, read: str) -> None:
    """Half of all cheerful texts end a word with an exclamation mark: that is no letter, and nothing to guess at."""
    assert read_signs(fold(text), "i").text == read


def test_an_exclamation_alone_is_nothing_to_guess_at() -> None:
    """A guess costs as much as the whole look at a plain text."""
    assert not Patterns({"guessable": GUESSABLE}).any(fold("Great game everyone! See you tomorrow!!"))
    assert Patterns({"guessable": GUESSABLE}).any(fold("what a b!tch"))


@given(GUESSED.map("".join) | st.text(max_size=20))
def test_what_is_not_guessable_reads_as_it_stands(text: str) -> None:
    """Most texts are let go before a guess is made, so no guess may be missed."""
    folded = fold(text)
    if Patterns({"guessable": GUESSABLE}).any(folded):
        return

    guesses = {part_contractions(folded), loosen(join_letters(folded))}
    guesses |= {loosen(read_signs(folded, one)) for one in "il"}

    assert {guess.text for guess in guesses} == {folded.text}
