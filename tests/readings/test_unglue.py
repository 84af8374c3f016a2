"""Words glued together to slip past a filter are parted; compounds, names and words of other languages stay whole."""

import json

import pytest

from bot.readings.artefacts import artefact
from bot.readings.clues import Clues
from bot.readings.labels import Label, Listeners, Setting, Speaker
from bot.readings.likeness import Bearer
from bot.readings.personal import Known
from bot.readings.unglue import words_of_chat
from bot.text import fold
from models import private, words
from models.expand import read_slots
from models.families import read_families
from models.public import read_public

GROUP = Setting(Speaker.STUDENT, Listeners.GROUP)


def parted(text: str) -> str:
    """Give a text with its glued words apart."""
    return words_of_chat().part(fold(text)).text


@pytest.mark.parametrize(
    ("glued", "apart"),
    [
        ("addmeonsnap later", "add me on snap later"),
        ("iwannakillmyself", "i wanna kill myself"),
        ("nobodylikesyou", "nobody likes you"),
        ("killyourself", "kill yourself"),
        ("dontcometomorrow", "dont come tomorrow"),
        ("sellingcartsout here, got avape", "selling carts out here, got a vape"),
        *(("killurself", "kill urself"), ("gonnakms", "gonna kms"), ("sellingvapes", "selling vapes")),
        ("theresabomb", "theres a bomb"),
        ("she said 'addmeonsnap'", "she said 'add me on snap'"),
        ("like 5minlate in room204", "like 5 min late in room 204"),
    ],
)
def test_glued_words_are_parted(glued: str, apart: str) -> None:
    """What a person reads at once, the readings should too."""
    assert parted(glued) == apart


@pytest.mark.parametrize(
    ("glued", "apart"),
    [
        ("iwanttokillmyselffr", "i want to kill myself fr"),
        ("gokillyourselfbrxnden", "go kill yourself brxnden"),
        ("addmeonsnapjxyz", "add me on snap jxyz"),
        ("nobodylikesyouzaiden", "nobody likes you zaiden"),
    ],
)
def test_a_rest_that_is_no_word_hides_nothing(glued: str, apart: str) -> None:
    """A name or a slip at the end would be the easiest way round."""
    assert parted(glued) == apart


@pytest.mark.parametrize(
    "word",
    [
        *("cockpit", "sunscreen", "superintendent", "amoxicillin", "pinecrest", "compasses", "numb3r", "pigweed"),
        *("fagan", "vandyke", "woodcock", "cockburn", "titsworth", "takeshita", "okonkwo", "okafor", "mikayla"),
        *("assim", "assistir", "assinatura", "entonces", "tambien", "sexto", "assabet", "scituate", "templeton"),
        *("addyson", "theresa", "hangout", "teamsnap", "plugin", "diehardfan@mail.example", "@weedlover"),
    ],
)
def test_a_word_that_is_one_stays_whole(word: str) -> None:
    """Parted, a harmless compound, a name or a word of another language could read as something else."""
    assert parted(word) == word


def test_a_name_of_the_roster_stays_whole() -> None:
    """Nobody is accused for how they are called."""
    weedborn = Known(bearers=(Bearer("s1", "Tess", "Weedfan"),))

    assert [each.label for each in Clues(Known()).read(fold("go weedfan"), GROUP, 2026)] == [Label.SUBSTANCES]
    assert Clues(weedborn).read(fold("go weedfan"), GROUP, 2026) == ()


def test_a_long_run_is_parted_as_a_whole() -> None:
    """No word is cut in two because a sentence is long."""
    sentence = "you should kill yourself and your family also your dog and cat because you stink so much"

    assert parted(sentence.replace(" ", "")) == sentence


def test_a_blank_leads_back_to_where_it_is_missing() -> None:
    """What is found in the parted text is shown as it was typed."""
    folded = words_of_chat().part(fold("lol textmeonsnap ok"))
    start = folded.text.index("text me")

    assert folded.raw[slice(*folded.span(start, start + len("text me on snap")))] == "textmeonsnap"


def test_words_of_the_districts_own_are_parts_too() -> None:
    """A nickname that nobody else knows is found glued to other words."""
    knowing = words_of_chat().knowing(["grizwald", "snork"])

    assert parted("grizwaldsnork") == "grizwaldsnork"
    assert knowing.part(fold("grizwaldsnork")).text == "grizwald snork"


def test_a_text_of_nothing_but_glued_words_keeps_nobody_waiting() -> None:
    """To look into a word takes its time, so of one text only so many letters are looked into."""
    assert 0 < parted("addmeonsnap " * 3_000).count("add me on snap") < 300


def test_the_words_are_those_that_are_learned_from() -> None:
    """Who adds templates and builds the models writes the list anew; what one kind of heads alone learns, adds none."""
    pieces = json.loads(artefact("tokenizer.json"))["model"]["vocab"]
    written, _ = private.parted(read_families())
    own = words.texts_of(written, read_slots().values())
    known = (*pieces, *artefact("abuse.txt").decode().split())

    assert artefact("words.txt").decode().splitlines() == words.ranked(
        own, (each.text for each in read_public()), known
    )
