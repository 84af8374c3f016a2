from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rules
from bot.message import Message, PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import Post, ProfileSeen, Readers, SpaceSeen
from bot.readings.found import FILE, LEAK, NOTHING_READ, PICTURE, Kind
from bot.readings.found import PERSONAL as PERSONAL_TRACE
from bot.readings.personal import Known, PersonalData
from bot.readings.reader import Reader
from bot.rule import Evidence, evidence_of, traces
from bot.text import fold
from rules.general_09_link_shorteners import LinkShorteners
from tests import district

YEAR = 2026
PERSONAL = PersonalData(district.KNOWN)

PIECES = st.sampled_from(
    (
        *(
            "978-555-0134",
            "nine seven eight",
            "five five five",
            "oh one",
            "9️⃣",
            "\u200b7",
            "**8**",
            "14 maple st",
            "(",
            "at",
        ),
        *(
            "jane dot doe",
            "@",
            "gmail",
            "dot com",
            "born",
            "4/12/2010",
            "my password is",
            "waffle99",
            "Kowalski",
            "Park",
        ),
        *("\n", " ", ", ", "+52", "🔥", "İ", "ﬁ", "\ud800", "x" * 40),
    )
)


def message(*words: Words) -> Message:
    """Let a student write words to the team."""
    readers = Readers(frozenset(map(AccountId, ("s1", "s2"))))
    post = Post("replay", PlaceId("p"), PostId("1"), AccountId("s4"), district.NOON, readers, words)
    return district.roster().recognise(post)


def kinds(text: str, known: Known = district.KNOWN) -> list[Kind]:
    """List the kinds that are found in a text, in order."""
    return [spot.kind for spot in PersonalData(known).find(fold(text), YEAR)]


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=80))
def test_a_spot_shows_what_was_typed_there(text: str) -> None:
    """Whoever reviews it sees the author's own characters; nothing that anybody types may raise."""
    for spot in PERSONAL.find(fold(text), YEAR):
        assert 0 <= spot.start < spot.end <= len(text)
        assert text[spot.start : spot.end] == spot.text


@pytest.mark.parametrize(
    ("text", "typed", "value"),
    [
        ("call 978-555-0134!", "978-555-0134", "9785550134"),
        ("it is 9️⃣7️⃣8️⃣ 555 0134 ok", "9️⃣7️⃣8️⃣ 555 0134", "9785550134"),
        ("so nine seven eight, triple five, 0134 yes", "nine seven eight, triple five, 0134", "9785550134"),
        ("mine: +1 (978) 555-0134", "1 (978) 555-0134", "9785550134"),
        ("+52 978 555 0134", "+52 978 555 0134", "+529785550134"),
        ("write Jane dot Doe at gmail dot com", "Jane dot Doe at gmail dot com", "jane.doe@gmail.com"),
    ],
)
def test_a_spot_has_what_was_typed_and_its_one_form(text: str, typed: str, value: str) -> None:
    """The first is evidence, the second is what a list of the district's own numbers is compared with."""
    (spot,) = PERSONAL.find(fold(text), YEAR)

    assert (spot.text, spot.value) == (typed, value)


def test_every_kind_is_found_in_one_text() -> None:
    """A message can give out everything at once."""
    text = "978-555-0134, 14 maple st, j.d@gmail.com, born 4/12/2010, tell maddie kowalski. my password is waffle99"

    assert kinds(text) == [Kind.PHONE, Kind.ADDRESS, Kind.EMAIL, Kind.BIRTH_DATE, Kind.LAST_NAME, Kind.PASSWORD]


@pytest.mark.parametrize("own", ["978-555-0134", "(978) 555-0134", "+1 978 555 0134"])
def test_the_districts_own_number_is_nobodys_private_data(own: str) -> None:
    """However it is written here or there."""
    known = Known(phone_numbers=(own,))

    assert kinds("nine seven eight 555 0134", known) == []
    assert kinds("nine seven eight 555 0135", known) == [Kind.PHONE]


def test_a_number_that_is_free_to_call_is_nobodys_private_data() -> None:
    """A helpline must never be taken away."""
    assert kinds("call 1-800-555-0199, somebody listens") == []


@pytest.mark.parametrize(
    "text", ["a@alderbrook.example", "a@mail.alderbrook.example", "a dot b at alderbrook dot example"]
)
def test_the_districts_own_mail_is_nobodys_private_data(text: str) -> None:
    """It is what people ought to use."""
    assert kinds(text) == []
    assert kinds(text, Known()) == [Kind.EMAIL]


@pytest.mark.parametrize(
    "text",
    ["we play at 40 weir st", "40 Weir Street, gate B", "Millpond Field is at 42 Weir Street"],
)
def test_a_venue_of_the_schedule_is_nobodys_home(text: str) -> None:
    """Sports chat is full of addresses."""
    assert kinds(text) == []
    assert kinds(text, Known()) == [Kind.ADDRESS]


@pytest.mark.parametrize(
    ("text", "of_others"),
    [
        ("My cell is 978-555-0134.", False),
        ("978-555-0134", False),
        ("It's 978-555-0134", False),
        ("call me at 978-555-0134", False),
        ("Her number is 978-555-0134.", True),
        ("Tess's mom is at 978-555-0134", True),
        ("call the hotel at 978-555-0134", True),
    ],
)
def test_a_number_is_somebody_elses_only_where_the_words_say_so(text: str, of_others: bool) -> None:
    """An approval is for one's own number, so in doubt it is the author's."""
    (spot,) = PERSONAL.find(fold(text), YEAR)

    assert spot.of_others is of_others


def test_what_is_read_names_the_part_it_stands_in() -> None:
    """A picture's description counts like the text beside it."""
    words = (Words(Where.BODY, "see the picture"), Words(Where.ALT_TEXT, "a card with 978-555-0134"))

    read = district.reader().read(message(*words))

    assert evidence_of(read, read.readings.of(Kind.PHONE)) == (Evidence(Where.ALT_TEXT, "978-555-0134"),)


def test_what_was_looked_for_in_vain_is_known() -> None:
    """A rule that needs it is not even asked."""
    plain, link = message(Words(Where.BODY, "bus at 4, white tops")), message(Words(Where.BODY, "see a.example/b"))

    assert district.reader().read(plain).readings.lacks >= {PERSONAL_TRACE, *traces(rules.every())}
    assert LinkShorteners.trace not in district.reader().read(link).readings.lacks
    assert (
        Reader(district.KNOWN)
        .read(link)
        .readings.lacks.isdisjoint(traces(rules.every()) - {PERSONAL_TRACE, LEAK, FILE, PICTURE})
    )
    assert FILE not in district.reader().read(message(Words(Where.FILE_NAME, "cat.gif"))).readings.lacks
    assert plain.readings.lacks == NOTHING_READ.lacks == frozenset()


SAID = st.sampled_from(
    (
        *("one", "two", "five", "seven", "nine", "eight", "hundred", "twenty", "double", "sete", "veintinueve", "um"),
        *("o", "oh", "l", "to", "for", "won", "tree", "dash", "and", "area code", "5", "0", "f!ve", "$even", "n1ne"),
        *("niiine", "niinne", "threee", "OH", "see", "one's", "phone", "call", "my number is"),
    )
)


@settings(max_examples=400, deadline=None, database=None)
@given(st.lists(SAID, min_size=4, max_size=14), st.sampled_from((" ", "", "-", ", ")))
def test_no_number_is_missed_by_looking_for_a_trace_of_it_first(said: list[str], between: str) -> None:
    """The first look must let everything through that the second would find."""
    text = between.join(said)

    assert district.reader().read(message(Words(Where.BODY, text))).readings.personal == PERSONAL.find(fold(text), YEAR)


def test_spaces_and_profiles_are_read_too() -> None:
    """A number in a topic stands there for longer than one in a message."""
    words = (Words(Where.TOPIC, "978-555-0134"),)
    space = district.roster().recognise_space(
        SpaceSeen("replay", PlaceId("p"), "1", district.NOON, Readers(frozenset()), words)
    )
    profile = district.roster().recognise_profile(ProfileSeen("replay", AccountId("s1"), "1", district.NOON, words))

    for subject in (space, profile):
        assert [spot.value for spot in district.reader().read(subject).readings.personal] == ["9785550134"]


def test_no_words_are_printed() -> None:
    """Values end in logs and tracebacks."""
    (spot,) = PERSONAL.find(fold("978-555-0134"), YEAR)

    assert "555" not in repr(spot)
    assert "Kowalski" not in repr(district.KNOWN)
    assert "555" not in repr(district.reader().read(message(Words(Where.BODY, "978-555-0134"))))


def test_a_birth_date_is_told_from_history_and_from_the_next_party_by_its_year() -> None:
    """Only somebody in the chat can have been born on it."""
    personal = PersonalData(Known())

    assert [spot.kind for spot in personal.find(fold("born 4/12/2010"), 2026)] == [Kind.BIRTH_DATE]
    assert personal.find(fold("born 4/12/2010"), 2050) == ()
    assert personal.find(fold("born 4/12/1850"), 2026) == ()
    assert personal.find(fold("birthday: 4/12/2026"), 2026) == ()


def test_no_disguise_of_an_address_reaches_over_a_line() -> None:
    """A guess reads a new line as a blank, so that a score and the next line would be a street."""
    personal = PersonalData(Known())

    assert [spot.text for spot in personal.find(fold("be here\n27 3lmwood ave"), YEAR)] == ["27 3lmwood ave"]
    assert personal.find(fold("we won 45\nelm street cheered l0ud"), YEAR) == ()


def test_a_venue_takes_the_address_beside_it_and_no_other() -> None:
    """One post may name several places: only what stands near the field is the field's."""
    personal = PersonalData(Known(venues=("Veterans Field",)))
    far = "and " * 20
    text = f"veterans field, 12 oak street {far} 27 elmwood ave {far} 88 elm street at veterans field {far} 9 birch ln"

    assert [spot.text for spot in personal.find(fold(text), YEAR)] == ["27 elmwood ave", "9 birch ln"]


def test_a_last_name_is_part_of_no_handle_and_no_host() -> None:
    """An account's name is how one writes to somebody."""
    assert kinds("@maddie_kowalski see kowalski.example and kowalski-cup") == []


@pytest.mark.parametrize(
    ("head", "piece", "tail"),
    [
        *(("my password is ", piece, "") for piece in (" ", "\n", "\t", "/", "is ", "password ", ": ")),
        *(("login:", piece, " pass") for piece in ("/,", "/", ",", " ", "\n", "login:", "account/")),
        *(("my gmail is ", piece, "") for piece in (" ", "a", "a.", "a_", "my gmail is ")),
        *(("use ", piece, " for password") for piece in (" ", "a ", "use ")),
    ],
)
def test_a_run_of_blanks_or_slashes_takes_little_time(head: str, piece: str, tail: str) -> None:
    """A pattern that splits such a run in every way took seconds for one message of 8,000 characters."""
    text = fold(head + piece * (40_000 // len(piece)) + tail)

    start = perf_counter()
    PERSONAL.find(text, YEAR)

    assert perf_counter() - start < 2


def test_last_names_are_those_of_the_roster() -> None:
    """Without a roster there are none."""
    assert kinds("maddie kowalski is driving", Known()) == []


@pytest.mark.parametrize(
    ("given", "family", "text", "found"),
    [
        ("Jake", "St. John", "jake st john is here", ["st john"]),
        ("Jake", "St. John", "st. john is here", ["st. john"]),
        ("Jake", "St. John", "stjohn scored", ["stjohn"]),
        ("Jake St.", "John", "stjohn scored", ["stjohn"]),
        ("Jake", "St. John", "john scored", []),
        ("Jake", "St. John", "we play on st john street", []),
        ("Zoe du", "Pont", "zoe dupont is here", ["dupont"]),
        ("Zoe Ada", "Pont", "zoe adapont is here", []),
        ("Zoe", "Al.", "al is here", []),
        ("Zoe", "St.", "elm st is closed", []),
        ("Zoe", "Al.", "zoe al. is here", ["al."]),
    ],
)
def test_a_last_name_is_found_however_its_parts_are_joined(
    given: str, family: str, text: str, found: list[str]
) -> None:
    """Nobody types the dot that the roster has."""
    known = Known(people=frozenset({(given, family)}))

    assert [spot.text for spot in PersonalData(known).find(fold(text), YEAR)] == found


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "1 ",
            "1,",
            "one ",
            "9",
            "12 main ",
            "14 maple st ",
            "@ ",
            "a@",
            "a at b dot ",
            "a.",
            "born 1/1/2010 ",
            "born 031410 ",
            "home is 12 oak ",
            "my ",
        ),
        *(
            "password is ",
            "what's your ",
            "Kowalski's ",
            "calle a ",
            "po box ",
            "9️⃣",
            "a b ",
            "978-555-",
            "\u200b",
            "* ",
        ),
    ],
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    """Nobody can stop the house with one long message. Twenty times the usual limit, read in a second or two."""
    text = piece * (40_000 // len(piece))

    start = perf_counter()
    PERSONAL.find(fold(text), YEAR)

    assert perf_counter() - start < 5
