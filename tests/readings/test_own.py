"""The district's own phrases and patterns: found as ours are, under the district's name, and a floor under all else."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bot.message import PlaceId, Where, Words
from bot.platform import UNKNOWN_READERS, SpaceSeen
from bot.readings.clues import Clues
from bot.readings.clues.meant import Names
from bot.readings.clues.own import Own, OwnCues, too_much, wrong_in
from bot.readings.labels import Clue, Floor, Label, Listeners, Setting, Speaker
from bot.readings.personal import Known
from bot.readings.reader import Reader
from bot.readings.setting import closeness
from bot.readings.signs import POINTS, Point
from bot.readings.topics import Topics
from bot.readings.unglue import Parting
from bot.rule import Evidence, traces, words_of
from bot.space import Space
from bot.text import fold
from rules.general_08_tags import Tags
from rules.student_01_respect import Respect
from tests.district import KNOWN, NOON, roster
from tests.store.history import EVERYBODY, SETTINGS, at, settle
from tests.store.house import chat, post

GROUP = Setting(Speaker.STUDENT, Listeners.GROUP)
TO_STAFF = Setting(Speaker.STUDENT, Listeners.DM_TO_STAFF)
FULL_WIDTH = "\uff4d\uff4f\uff50 \uff48\uff45\uff41\uff44"
NICKNAME = Own(Label.HARASSMENT, "the nickname", ("mop head", "Don't be a Walrus"), (r"gr[ae]y\s+goose",), Floor.ACT)
APP = Own(Label.OFFPLATFORM, "the other app", ("zinggo",))
OWN = (NICKNAME, APP)


def found(text: str, own: Sequence[Own] = OWN, setting: Setting = GROUP) -> list[Clue]:
    """Find what the district's own words find."""
    return [each for each in Clues(Known(), own=own).read(fold(text), setting, 2026) if each.floor is not None]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello mop head", "mop head"),
        ("MOP-HEAD!", "MOP-HEAD"),
        ("you m0p h3ad", "m0p h3ad"),
        (FULL_WIDTH, FULL_WIDTH),
        ("dont be a walrus", "dont be a walrus"),
        ("don\u2019t be a walrus", "don\u2019t be a walrus"),
        ("so dontbeawalrus now", "dontbeawalrus"),
        ("a grey  goose", "grey  goose"),
        ("come to zinggo", "zinggo"),
    ],
)
def test_it_is_found_as_ours_are(text: str, words: str) -> None:
    """In capitals, disguised, without its apostrophe, glued together."""
    assert [each.text for each in found(text)] == [words]


@pytest.mark.parametrize("text", ["zinggoing", "mop and head", "a goose", "be a walrus", "amop heads"])
def test_what_only_looks_like_it_is_not_found(text: str) -> None:
    """Whole words, and the whole phrase."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("phrase", "text"),
    [("$5 fee", "a $5 fee"), ("4:20", "at 4:20 ok"), ("e-cig", "an e cig"), ("🍃", "got 🍃?"), ("a+b (c)", "a+b (c)")],
)
def test_a_phrase_is_taken_literally(phrase: str, text: str) -> None:
    """A sign that means something in a pattern means itself in a phrase."""
    assert len(found(text, [Own(Label.SUBSTANCES, "own", (phrase,))])) == 1
    assert found("nothing of it", [Own(Label.SUBSTANCES, "own", (phrase,))]) == []


def test_several_under_one_name_are_all_found() -> None:
    """One entry makes a cue of its phrases and one of each pattern; two entries may share label and name, too."""
    more = Own(Label.HARASSMENT, "the nickname", patterns=(r"\bhonk\b", r"\bbeep\b"), floor=Floor.REVIEW)

    clues = found("grey goose, mop head, honk, beep", [NICKNAME, more])

    assert sorted(each.text for each in clues) == ["beep", "grey goose", "honk", "mop head"]
    assert {each.text: each.floor for each in clues}["honk"] is Floor.REVIEW
    assert {each.text: each.floor for each in clues}["mop head"] is Floor.ACT


class Sure:
    """Stands in for the models: as sure of harassment as it is told, whatever is written."""

    points: Mapping[Label, Point] = {**POINTS, Label.HARASSMENT: Point(0.35, 0.75)}

    def __init__(self, sure: float) -> None:
        self.sure = sure
        self.seen: list[tuple[Clue, ...]] = []

    def __call__(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> list[dict[str, float]]:
        self.seen += clues
        return [{Label.HARASSMENT: self.sure} for _ in texts]


@pytest.mark.parametrize(
    ("floor", "models", "score"),
    [(Floor.ACT, 0.1, 0.75), (Floor.REVIEW, 0.1, 0.35), (Floor.ACT, 0.9, 0.9), (Floor.REVIEW, 0.6, 0.6)],
)
def test_it_is_a_floor_under_the_models(floor: Floor, models: float, score: float) -> None:
    """At the points that were measured with them: they may be surer, never less."""
    topics = Topics(Clues(Known(), own=[NICKNAME._replace(floor=floor)]), Sure(models))

    (scores,) = topics.read(["mop head"], [GROUP], 2026)

    assert scores.of(Label.HARASSMENT) == score


def test_without_models_it_is_a_floor_all_the_same() -> None:
    """Where they are turned off or broken, and for names and topics, which they never see."""
    reader = Reader(KNOWN, traces([Respect(), Tags()]), OWN)
    message, space = reader.read(roster().recognise(chat(text="mop head"))), reader.read(named("mop-head-fans"))

    assert message.readings.is_sure(Label.HARASSMENT)
    assert space.readings.is_sure(Label.HARASSMENT)


def named(name: str) -> Space:
    """Give a place of that name."""
    words = (Words(Where.CHANNEL_NAME, name),)
    return roster().recognise_space(SpaceSeen("replay", PlaceId("p"), "1", NOON, UNKNOWN_READERS, words))


def test_evidence_shows_the_districts_name_for_it() -> None:
    """Whoever decides sees that the district added it; what ours found bears none."""
    message = Reader(KNOWN, (), OWN).read(roster().recognise(chat(text="mop head, come to zinggo")))

    evidence = words_of(message, *message.readings.signs)

    assert Evidence(Where.BODY, "mop head", "the nickname") in evidence
    assert Evidence(Where.BODY, "zinggo", "the other app") in evidence


def test_the_models_see_nothing_of_it() -> None:
    """They were taught with our clues: another district's words must not make them surer of anything else."""
    plain, own = Topics(Clues(Known())), Topics(Clues(Known(), own=[NICKNAME._replace(label=Label.SUBSTANCES)]))

    (before,), (after,) = (each.read(["mop head"], [GROUP], 2026) for each in (plain, own))

    assert after.of(Label.SUBSTANCES) == POINTS[Label.SUBSTANCES].act
    assert [after.of(each) for each in Label if each is not Label.SUBSTANCES] == [
        before.of(each) for each in Label if each is not Label.SUBSTANCES
    ]


def test_what_is_quoted_where_harm_is_told_is_not_held_against_who_tells() -> None:
    """As with ours: help is never blocked."""
    telling = Own(Label.REPORT, "our word for it", ("told the owl",), floor=Floor.ACT)

    clues = found("told the owl: he said mop head", [NICKNAME, telling], TO_STAFF)

    assert {each.label for each in clues} == {Label.REPORT}


def test_its_name_is_no_kind_of_closeness() -> None:
    """Kinds of signs are counted outside the seal, and a name the district gave may be a person's."""
    own = Own(Label.BOUNDARY, "Dana's rides", ("sunset drive",), floor=Floor.REVIEW)
    message = Reader(KNOWN, (), [own]).read(roster().recognise(post(text="Sunset drive?")))

    assert message.readings.sign(Label.BOUNDARY) is not None
    assert closeness(message) == ("of the district's own",)


@pytest.mark.parametrize(
    ("own", "wrong"),
    [
        (Own(Label.THREAT, "x", ("\u200b",)), "no character that can be seen"),
        (Own(Label.THREAT, "x", patterns=("(?=a)b",)), "looks ahead or behind"),
        (Own(Label.THREAT, "x", patterns=("(?<!a)b",)), "looks ahead or behind"),
        (Own(Label.THREAT, "x", patterns=(r"(a)\1",)), "refers back"),
        (Own(Label.THREAT, "x", patterns=("a{5000}",)), "too large"),
        (Own(Label.THREAT, "x", patterns=("((a{30}){30}){30}",)), "too large"),
        (Own(Label.THREAT, "x", patterns=(r"(?:\pL{1,30}x){1,30}",)), "too large"),
        (Own(Label.THREAT, "x", patterns=("(",)), "missing"),
        (Own(Label.THREAT, "x", patterns=("x*",)), "matches an empty text"),
        (Own(Label.THREAT, "x", patterns=(r"\b",)), "without a single sign"),
        (Own(Label.THREAT, "x", patterns=("\ud83d",)), "half a character"),
    ],
)
def test_what_cannot_be_looked_for_is_told(own: Own, wrong: str) -> None:
    """With what to do instead."""
    (told,) = wrong_in(own)

    assert wrong in told.why
    assert told.number == 1


def test_what_is_too_much_together_is_told() -> None:
    """Each may be fine by itself."""
    large = Own(Label.THREAT, "x", patterns=tuple(rf"(?:[a-z ]{{1,30}}x){{1,20}}{number}" for number in range(30)))

    assert list(wrong_in(large)) == []
    assert "too large to be looked for at once" in too_much([large])
    assert too_much(OWN) == ""


def test_none_find_nothing() -> None:
    """The default costs nothing."""
    assert list(OwnCues([], Names(), Parting(())).find(fold("mop head"), GROUP)) == []


PATTERNS = """
[[reading.patterns]]
label = "harassment"
name = "the nickname"
phrases = ["mop head"]
strength = "act"
"""


def test_a_case_names_it(tmp_path: Path) -> None:
    """From the settings to what a principal reads; the ledger itself holds no name."""
    written = {"type": "post", "at": at(2), "id": "p1", "place": "boathouse", "by": "kim", "text": "hello mop head"}
    district = settle(tmp_path, [{**written, "readers": EVERYBODY}])
    (tmp_path / "config.toml").write_text(f"{SETTINGS}[reading]\nmodels = false\n{PATTERNS}", "utf-8")

    assert district.run().returncode == 0
    listed = district.run(command=("case", "list", "--as", "p1")).stdout
    name = listed[listed.index("F-") :].split()[0]
    shown = district.run(command=("case", "show", name, "--as", "p1", "--purpose", "I decide it")).stdout

    assert "seen in it: “mop head”" in shown
    assert "found by what the district added itself: the nickname" in shown
    assert b"the nickname" not in (tmp_path / "c.sqlite").read_bytes()
