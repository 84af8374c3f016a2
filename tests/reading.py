"""Measures how hard a text is to read: the grade of Flesch and Kincaid, with syllables counted by rules of thumb."""

import re
from typing import Final

WORD: Final = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")  # noqa: RUF001 (people type either)
SENTENCE_END: Final = re.compile(r"[.!?]+[”’\")]*(?=\s|$)")  # noqa: RUF001 (a sentence may end in a quotation)
SILENT: Final = re.compile(
    r"(?<=[aeiouy][^aeiouy])e(?=ment|ful|less|ly$|body|thing|times)"  # statement, safely, somebody
    r"|(?<![td])ed$|(?<![csxzg])(?<!ch)(?<!sh)es$"  # looked, names; but decided, pages
    r"|(?<![^aeiouy]l)(?<!e)e$"  # rule, message; but people, agree
)
VOWELS: Final = re.compile(r"[aeiouy]+")


def sentences(text: str) -> list[str]:
    """Part a text into sentences."""
    return [each for each in map(str.strip, SENTENCE_END.split(text)) if each]


def words(text: str) -> list[str]:
    """List the words. A placeholder counts as the word it is called by."""
    return WORD.findall(text)


def syllables(word: str) -> int:
    """Count the syllables of a word, at least one."""
    return max(1, len(VOWELS.findall(SILENT.sub("", word.lower()))))


def grade(text: str) -> float:
    """Give the school grade that a text asks for."""
    spoken = words(text)
    return 0.39 * len(spoken) / len(sentences(text)) + 11.8 * sum(map(syllables, spoken)) / len(spoken) - 15.59
