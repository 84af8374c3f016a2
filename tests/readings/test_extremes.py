from collections.abc import Iterable
from time import perf_counter, thread_time

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

import rules
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import Post, Readers
from bot.readings.labels import Listeners, Setting, Speaker
from bot.rule import Rule, Subject
from tests import district
from tests.readings.texts import read
from tests.rules.test_examples import examples, recognised, settings

SETTINGS = st.builds(Setting, st.sampled_from(Speaker), st.sampled_from(Listeners))
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
WORDS = st.lists(
    st.sampled_from(
        (
            "my knee",
            "hurts",
            "kys",
            "f*ck",
            "send",
            "nudes",
            "978-555-0142",
            "bit.ly/a",
            "\u200b",
            "k y s",
            "😭",
            "\ud800",
            "Maya",
            ".",
        )
    ),
    max_size=12,
).map(" ".join)


@given(ANY_TEXT | WORDS, SETTINGS)
@hypothesis.settings(deadline=None)  # the first text takes as long as building what reads it
def test_any_text_is_read_and_every_clue_stands_in_it(text: str, setting: Setting) -> None:
    """Half characters, marks and noise are typed too; a clue has to be shown where it stands."""
    topic = read(text, setting)

    assert all(0 <= score <= 1 for score in topic.scores.values)
    assert all(0 <= clue.start <= clue.end <= len(text) for clue in topic.scores.clues)
    assert all(0 < clue.strength <= 1 for clue in topic.scores.clues)


@given(WORDS, SETTINGS)
@hypothesis.settings(deadline=None)
def test_reading_twice_is_reading_once(text: str, setting: Setting) -> None:
    """A verdict can be repeated."""
    assert read(text, setting) == read(text, setting)


EXTREMES = {
    "100 KB of words": "you should text me on snap and dont tell anyone my knee hurts " * 1_650,
    "100 KB of one letter": "a" * 100_000,
    "100 KB of spaced letters": "k y s " * 17_000,
    "100 KB without a blank": "sendnudes" * 11_000,
    "10,000 emoji": "😭🔪" * 5_000,
    "bidi overrides": "\u202ekys\u202c" * 2_000,
    "zalgo": "k" + "\u0335\u0321\u034f" * 700 + "ys",
    "half characters": "\ud800\udc00\ud800" * 5_000,
    "signs": "*_~`|" * 20_000,
    "digits": "978 555 0142 " * 8_000,
    "streets": "14 maple st " * 8_000,
    "numbers of houses": "84-12 " * 16_000,
    "homes without a number": "my house is at the " * 5_000,
    "leet": "$h1t 4nd m0r3 " * 7_000,
    "signs beside a word": "x1 " + "@" * 100_000,
    "nothing": "",
    "blanks": " \n\t" * 10_000,
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_texts_are_read_in_time(name: str) -> None:
    """One hostile post must not hold up the others: a message has a second from hearing on."""
    start = perf_counter()

    read(EXTREMES[name], Setting(Speaker.STUDENT, Listeners.GROUP))

    assert perf_counter() - start < 3  # a busy machine has its say; 1 is the aim


PART = 8
"""The whole takes 8 times as long as an eighth of it where time grows with the length; 64 where with its square."""
BETWEEN = 20
"""A number between the two that neither comes near."""
SHORT = 0.01
"""Seconds in which the whole is no trouble, and too little to compare."""


def seconds(rule: Rule, subject: Subject) -> float:
    """Measure how long a rule looks at a subject, whatever else the machine does; the first look warms up."""
    took: list[float] = []
    for _ in range(3):
        start = thread_time()
        for _ in rule.check(subject):
            pass
        took.append(thread_time() - start)
    return min(took)


def too_long(built: Iterable[Rule], whole: Subject, part: Subject) -> list[str]:
    """Name the rules for which a whole text takes far more than its parts."""
    took = ((each.name, seconds(each, whole), seconds(each, part)) for each in built if type(whole) in each.looks_at)
    return [name for name, all_of_it, one in took if all_of_it > max(SHORT, BETWEEN * one)]


def said_by(author: str, readers: tuple[str, ...], text: str) -> Subject:
    """Let somebody write a text to others, and read it."""
    accounts = frozenset(map(AccountId, readers))
    words = (Words(Where.BODY, text),)
    post = Post(
        "replay", PlaceId("p"), PostId("1"), AccountId(author), district.NOON, Readers(accounts, accounts), words
    )
    return district.reader().read(district.roster().recognise(post))


@pytest.mark.parametrize(("author", "readers"), [("coach", ("s1",)), ("s4", ("s1", "s2", "coach"))])
@pytest.mark.parametrize("name", EXTREMES)
def test_no_rule_is_held_up_by_an_extreme_text(name: str, author: str, readers: tuple[str, ...]) -> None:
    """Rules are asked where nothing else runs meanwhile: their time may grow with the length of a text only."""
    built, text = [TypeAdapter(each).validate_python({}) for each in rules.every()], EXTREMES[name]

    assert too_long(built, said_by(author, readers, text), said_by(author, readers, text[: len(text) // PART])) == []


HITS = {rule: row for rule, row in reversed(examples()) if row["text"] and row["found"]}
"""For each rule that has a page of words, the first in which it finds something."""


@pytest.mark.parametrize("rule", HITS, ids=lambda each: each.name)
def test_a_rule_is_not_held_up_by_its_own_words_said_again_and_again(rule: type[Rule]) -> None:
    """Each hit may take its time, but not look at all that was said before it."""
    built, text = TypeAdapter(rule).validate_python(settings(HITS[rule]["settings"])), f"{HITS[rule]['text']} "

    def again(length: int) -> Subject:
        return recognised(HITS[rule] | {"text": text * (length // len(text))}, rule)

    assert too_long([built], again(100_000), again(100_000 // PART)) == []
