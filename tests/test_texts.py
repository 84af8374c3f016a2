"""What a person reads: marked, in the catalogue, easy, without blame, in five parts, and in a language they know."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

import rules
from bot.notice import (
    A_PERSON_DECIDES,
    HEADINGS,
    HOW_TO_DISAGREE,
    IT_IS_LOOKED_AT,
    NOT_IN_THE_POLICY,
    ONLY_YOU,
    Notice,
    decided,
    with_nobody_above,
    write,
    write_alert,
    write_notice,
)
from bot.rule import SAFETY, Finding, Measure, Rule
from bot.texts import DOMAIN, ENGLISH, N_, PLACEHOLDER, Language, Text, language
from rules.employee_04_group_messages import TOO_FEW, GroupMessages
from tests.catalogue import TRANSLATIONS, calls, faults, kept, marked
from tests.reading import grade, sentences, syllables, words

CATALOGUE = kept()
SPOKEN = sorted(text for text in CATALOGUE if text[-1] in ".?!")
"""The texts that are sentences; the others are headings and names of days."""

BANNED = re.compile(
    r"\b(violat\w*|guilt\w*|offen[ds]\w*|offence\w*|perpetrat\w*|culprit\w*|punish\w*|penalt\w*|disciplin\w*|illegal\w*"
    r"|blacklist\w*|bann?(ed|ing)?|users?|mods?|blam\w*|accus\w*|suspect\w*|misconduct|caught|must have|at fault"
    r"|your fault|(broke|broken|breaking|breaks) (the|a|this|our) rules?|you should (not )?have)\b",
    re.IGNORECASE,
)
LONGEST = 20
"""How many words a sentence may have."""

HARDEST = 6.0
"""The school grade a text may ask for."""

A_DAY = date(2026, 11, 19)


def test_the_catalogue_is_fresh() -> None:
    """`make texts` gathers it anew. What is not in it is never translated."""
    assert marked() == CATALOGUE, "Run `make texts`."


def test_what_is_marked_is_a_literal() -> None:
    """The catalogue is gathered by reading the source: what only running it would tell is not found."""
    marks = list(calls("bot/texts/__init__.py", "N_"))
    literals = [call.args[0] for _, call in marks if len(call.args) == 1 and isinstance(call.args[0], ast.Constant)]

    assert len(literals) == len(marks) > 0
    assert all(each.value for each in literals)


def test_nothing_reaches_a_person_unmarked() -> None:
    """Findings hold a Text, only the mark makes one, and only `bot.notice` writes notes, from nothing but texts."""
    for home, name in (("bot/texts/__init__.py", "Text"), ("bot/notice.py", "Notice")):
        assert {file for file, _ in calls(home, name)} == {home}
    assert Finding.__annotations__["because"] is Text


@pytest.mark.parametrize("text", SPOKEN)
def test_a_text_is_easy(text: str) -> None:
    """A sixth-grader reads it, and so does a tired coach, or a parent who learns English."""
    assert max(len(words(sentence)) for sentence in sentences(text)) <= LONGEST
    assert grade(text) <= HARDEST


@pytest.mark.parametrize("text", sorted(CATALOGUE))
def test_a_text_blames_nobody(text: str) -> None:
    """Nobody has decided anything when it is read."""
    assert BANNED.search(text) is None


@pytest.mark.parametrize(
    "text", ["This is a violation.", "You broke the rule.", "You must have known.", "You are banned.", "user"]
)
def test_words_of_blame_are_noticed(text: str) -> None:
    """The test above would otherwise hold of anything."""
    assert BANNED.search(text) is not None


def test_words_that_only_look_like_blame_are_let_be() -> None:
    """A band, a bandage and a model are school life."""
    assert BANNED.search("The band must play. Bring a bandage and a model of the offer.") is None


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("team", 1), ("looked", 1), ("names", 1), ("rule", 1), ("ask", 1), ("the", 1)),
        *(("people", 2), ("copied", 2), ("pages", 2), ("ended", 2), ("something", 2), ("agree", 2), ("you're", 1)),
        *(("medical", 3), ("decided", 3), ("principal", 3), ("academic", 4), ("administrator", 5)),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    """A measure that is off would pass hard texts or refuse easy ones."""
    assert syllables(word) == count


def test_a_hard_text_is_noticed() -> None:
    """The words of the policy itself are far above grade 6."""
    assert grade(f"{GroupMessages.clause.quote}.") > HARDEST
    assert grade("Send it to the team.") < 1


# Five parts


def texts_of(rule: type[Rule]) -> list[Text]:
    """Give the texts that stand in a rule's file, with something in each placeholder."""
    file = f"{rule.__module__.replace('.', '/')}.py"
    return [filled(text) for text, files in CATALOGUE.items() if file in files]


def filled(english: str) -> Text:
    """Put a word in each placeholder."""
    return Text(english).filled(**dict.fromkeys(PLACEHOLDER.findall(english), "x"))


def notices(rule: type[Rule]) -> Iterator[Notice]:
    """Write every note that a rule can lead to: whatever it saw, whatever it advises, whatever is planned."""
    advice: list[Text | None] = [None, *texts_of(rule)]
    for because in texts_of(rule):
        for remedy in advice:
            found = Finding(rule.name, rule.clause, frozenset({Measure.TELL}), because, remedy)
            yield write_notice(found)
            yield write_notice(found, returned="Stay after class.")
            yield write_notice(found, due=A_DAY)
            yield write_alert(found, "")
            yield write_alert(found, "#soccer")


@pytest.mark.parametrize("rule", rules.every(), ids=lambda rule: rule.name)
def test_a_note_has_five_parts_in_their_order(rule: type[Rule]) -> None:
    """What we saw, the rule, what to do now, what happens next, how to disagree: people learn where to look."""
    for notice in notices(rule):
        lines = str(notice).split("\n")

        parts = [notice.saw, notice.rule, notice.now, notice.next, notice.disagree]
        headings = ["", "The rule: ", "What to do now: ", "What happens next: ", "How to disagree: "]
        assert all(parts)
        assert lines[:5] == [f"{heading}{part}" for heading, part in zip(headings, parts, strict=True)]
        assert lines[5:] == ([f"Your text: {notice.returned}"] if notice.returned else [])


@pytest.mark.parametrize("rule", rules.every(), ids=lambda rule: rule.name)
def test_a_note_tells_the_rule_in_the_districts_words(rule: type[Rule]) -> None:
    """They are quoted, and never made easier. Where there are none, none are made up."""
    told = NOT_IN_THE_POLICY.english if rule.clause == SAFETY else f"{rule.clause}: “{rule.clause.quote}”"

    assert {each.rule for each in notices(rule)} == {told}


def test_a_note_is_kept_as_it_was_shown() -> None:
    """Another wording of a later release must not change what somebody has read, headings included."""
    told = Notice("saw", "rule", "now", "next", "disagree", headings=("A", "B", "C", "D", "E", "F"))

    kept_ = msgspec.convert(msgspec.json.decode(msgspec.json.encode(told)), Notice)

    assert str(kept_) == "saw\nA: rule\nB: now\nC: next\nD: disagree"


def test_a_note_without_one_of_its_parts_cannot_be_written() -> None:
    """Whoever writes a new kind of note learns of it at once."""
    with pytest.raises(TypeError, match="say"):
        write(GroupMessages.clause, saw=(TOO_FEW,), now=(), next_=(TOO_FEW,), disagree=(TOO_FEW,))


# Placeholders


@pytest.mark.parametrize("text", sorted(CATALOGUE))
def test_a_brace_belongs_to_a_placeholder(text: str) -> None:
    """A placeholder written otherwise, as {Day} or {}, would be shown as it stands."""
    assert not set("{}") & set(PLACEHOLDER.sub("", text))


def test_a_note_with_an_unfilled_placeholder_cannot_be_written() -> None:
    """Nobody should read braces; a developer is told which, and what to call."""
    found = Finding("any", GroupMessages.clause, frozenset({Measure.TELL}), Text("It has {number} links."))

    with pytest.raises(ValueError, match=r"Nothing fills \{number\} in 'It has \{number\} links\.'"):
        write_notice(found)


def test_a_placeholder_that_does_not_exist_cannot_be_filled() -> None:
    """A misspelling is noticed where it stands."""
    with pytest.raises(ValueError, match=r"no placeholder \{nubmer\}"):
        Text("It has {number} links.").filled(nubmer="2")


def test_braces_in_a_value_are_words() -> None:
    """A place may be called anything, and filling it in must not go on filling."""
    text = Text("The place: {where}. The day: {day}.").filled(where="{day} {0} {", day="Monday")

    assert ENGLISH.say(text) == "The place: {day} {0} {. The day: Monday."


def test_what_fills_a_placeholder_stays_out_of_logs() -> None:
    """It may be somebody's words."""
    text = Text("It says {word}.").filled(word="canary")

    notice = write_notice(Finding("any", GroupMessages.clause, frozenset({Measure.TELL}), text, text))

    assert "canary" in str(notice)
    assert "canary" not in repr((text, notice))


def test_a_day_is_named_in_full() -> None:
    """Nobody has to work out which day it is."""
    assert ENGLISH.say_day(A_DAY) == "Thursday, November 19"


# Languages


def translated(folder: Path, team: str, said: dict[str, str], compiled: dict[str, str] | None = None) -> Path:
    """Write a small Spanish catalogue, and compile it or an older state of it."""
    inner = folder / "es" / "LC_MESSAGES"
    inner.mkdir(parents=True)
    for name, put, strings in (("po", write_po, said), ("mo", write_mo, said if compiled is None else compiled)):
        catalogue = Catalog("es", language_team=team)
        for english, spanish in strings.items():
            catalogue.add(english, spanish)
        with (inner / f"{DOMAIN}.{name}").open("wb") as file:
            put(file, catalogue)
    return inner / f"{DOMAIN}.po"


SPANISH = {
    TOO_FEW.english: "Esto llegó a menos estudiantes de los que pide la regla.",
    "Please answer by {day}.": "Responda antes del {day}.",
    "{weekday}, {month} {day}": "{weekday} {day} de {month}",
    "Thursday": "jueves",
    "November": "noviembre",
    "The rule": "La regla",
}
REVIEWED = "Reviewed by Ines Example, teacher of Spanish"


def test_a_note_is_written_in_the_readers_language(tmp_path: Path) -> None:
    """All but the district's own words; a text that is not translated yet is told in English, rather than not."""
    translated(tmp_path, REVIEWED, SPANISH)
    found = Finding("any", GroupMessages.clause, frozenset({Measure.ASK}), TOO_FEW, N_("New."))

    lines = str(write_notice(found, due=A_DAY, language=language("es", tmp_path))).split("\n")

    assert lines[0] == "Esto llegó a menos estudiantes de los que pide la regla."
    assert lines[1].startswith("La regla: Employee Guidelines 4: “All contact")
    assert lines[2] == "What to do now: New. Responda antes del jueves 19 de noviembre."


@pytest.mark.parametrize("team", ["es <LL@li.org>", "", "Reviewed by "])
def test_a_language_that_no_person_reviewed_is_not_spoken(tmp_path: Path, team: str) -> None:
    """A wrong word in a note to a child is worse than English."""
    translated(tmp_path, team, SPANISH)

    assert language("es", tmp_path) is ENGLISH


@pytest.mark.parametrize("tag", ["en", "", "km", "pt-BR"])
def test_english_stands_in_for_a_language_without_a_catalogue(tag: str) -> None:
    """Only English ships, until a person has reviewed another."""
    assert language(tag) is ENGLISH


def test_a_region_is_looked_up_in_its_language(tmp_path: Path) -> None:
    """Whoever reads es-MX reads es."""
    translated(tmp_path, REVIEWED, SPANISH)

    assert isinstance(language("es-MX", tmp_path), Language)
    assert language("es-MX", tmp_path) is not ENGLISH


def test_the_translations_that_ship_have_no_fault() -> None:
    """A language ships only with a person who has read all of it."""
    assert [(each.parent.parent.name, fault) for each in TRANSLATIONS for fault in faults(each)] == []


def test_the_faults_of_a_translation_are_noticed(tmp_path: Path) -> None:
    """No translation ships yet, so the test above holds of nothing."""
    lost = {"Please answer by {day}.": "Responda pronto."}

    assert faults(translated(tmp_path / "good", REVIEWED, SPANISH)) == []
    assert faults(translated(tmp_path / "nobody", "es <LL@li.org>", SPANISH)) == ["no person has reviewed it"]
    assert faults(translated(tmp_path / "lost", REVIEWED, lost)) == ["placeholders differ: Please answer by {day}."]
    assert faults(translated(tmp_path / "old", REVIEWED, SPANISH, lost)) == ["it was not compiled anew"]


@pytest.mark.parametrize("nobody_above", [False, True])
@pytest.mark.parametrize("planned", [A_PERSON_DECIDES, IT_IS_LOOKED_AT])
def test_a_note_that_goes_after_a_decision_says_nothing_of_none(planned: Text, *, nobody_above: bool) -> None:
    """Nor that nobody may look: an office may have been filled since it was planned, and a person has looked."""
    note = Notice("saw", "rule", "now", ENGLISH.say(planned), ENGLISH.say(HOW_TO_DISAGREE))

    told = decided(with_nobody_above(note) if nobody_above else note)

    assert told.next == ENGLISH.say(ONLY_YOU)


def test_every_heading_is_told() -> None:
    """One for each part but the first, one for the choices, and one for the text given back."""
    assert len(HEADINGS) == 6
