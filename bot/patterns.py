"""Many words and many patterns looked for in one pass. They are built once and never change; `scan` is pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

import ahocorasick
import re2

from bot.text import Folded, fold

MOST_SPANS = 50
"""How many places of one pattern in one text are told; one more would say nothing new."""

MEMORY = 128 * 1024 * 1024
"""What one set may use, in bytes. Ten thousand patterns need more than 64 MiB."""


T = TypeVar("T")

_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")


class PatternError(ValueError):
    """A word or pattern that cannot be looked for. The message says which one, and how to mend it."""


class Hit(NamedTuple):
    """One place where a word or pattern was found: half-open, in the folded text (`Folded.span` leads back)."""

    name: str
    start: int
    end: int


class Literals:
    """Words and phrases, found as whole words only: "hell" is not in "hello", nor in "shell".

    They are folded as texts are, so case, accents and look-alikes do not matter. An underscore parts words.
    """

    __slots__ = ("_automaton", "_count")

    def __init__(self, literals: Iterable[str]) -> None:
        names: dict[str, tuple[str, ...]] = {}
        for literal in dict.fromkeys(literals):
            text = fold(literal).text.strip()
            if not text:
                raise PatternError(f"The word {literal!r} has no character that can be seen. Leave it out.")
            names[text] = (*names.get(text, ()), literal)
        self._count = sum(map(len, names.values()))
        self._automaton: Any = ahocorasick.Automaton()
        for text, alike in names.items():
            self._automaton.add_word(text, (len(text), alike))
        self._automaton.make_automaton()

    def __len__(self) -> int:
        return self._count

    def scan(self, folded: Folded) -> tuple[Hit, ...]:
        """Find every word, overlapping ones too, in the order in which they end."""
        if not self._count:
            return ()
        ends = list(self._automaton.iter(folded.text))
        return tuple(_whole(folded.text, ends)) if ends else ()


def _whole(text: str, ends: Iterable[tuple[int, tuple[int, tuple[str, ...]]]]) -> Iterator[Hit]:
    """Keep what is no part of a longer word."""
    for last, (length, alike) in ends:
        start, end = last + 1 - length, last + 1
        if _is_whole(text, start, end):
            yield from (Hit(name, start, end) for name in alike)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Say whether no word runs on across either edge. An edge that is no letter or digit ("#7") always holds."""
    runs_in = text[start].isalnum() and text[start - 1 : start].isalnum()
    return not runs_in and not (text[end - 1].isalnum() and text[end : end + 1].isalnum())


class Pieces(Generic[T]):
    """Short texts found anywhere, also inside words: the quickest way to see that a text has none of them."""

    __slots__ = ("_automaton",)

    def __init__(self, pieces: Mapping[T, Iterable[str]]) -> None:
        """Take the pieces of each thing that is looked for. Two things may share a piece."""
        owners: dict[str, tuple[T, ...]] = {}
        for owner, own in pieces.items():
            for text in {fold(piece).text for piece in own}:
                owners[text] = (*owners.get(text, ()), owner)
        self._automaton: Any = ahocorasick.Automaton()
        for text, alike in owners.items():
            self._automaton.add_word(text, alike)
        self._automaton.make_automaton()

    def scan(self, folded: Folded) -> list[T]:
        """Say whose pieces stand in a text, once for every place."""
        if not self._automaton:
            return []
        return [owner for _, alike in self._automaton.iter(folded.text) for owner in alike]


class Patterns:
    r"""Named regular expressions, all tried in one pass whose time grows with the length of the text only.

    Case does not matter. The syntax is RE2's, which has no look-around and no back-references. Ask for whole
    words with `\b` where a pattern needs them.
    """

    __slots__ = ("_names", "_sets", "_single", "_written")

    def __init__(self, patterns: Mapping[str, str], parts: int = 1) -> None:
        """Take the patterns. Long ones read a new kind of text sooner in several `parts`, each looked for by itself.

        What may be found is learnt from the texts, and in one set what each pattern has seen multiplies.
        """
        options = _options()
        self._names, self._written = tuple(patterns), tuple(patterns.values())
        for name, pattern in patterns.items():
            _compile(name, pattern, options)  # it is refused here; built again where it is found, for few ever are
        self._single: dict[int, Any] = {}
        size = -(-len(patterns) // parts)
        places = range(0, len(patterns), max(1, size))
        self._sets = tuple((first, _set([*patterns.values()][first : first + size], options)) for first in places)

    def __len__(self) -> int:
        return len(self._names)

    def scan(self, folded: Folded) -> tuple[Hit, ...]:
        """Find every pattern, and where: by pattern in the order given, then by place."""
        encoded = _encoded(folded.text)
        found = self._found(encoded)
        if not found:
            return ()
        text = encoded if folded.text.isascii() else encoded.decode()  # in ASCII a byte is a character
        return tuple(hit for index in found for hit in self._places(index, text))

    def named(self, folded: Folded) -> tuple[str, ...]:
        """Say which patterns are found, in the order given, but not where."""
        return tuple([self._names[index] for index in self._found(_encoded(folded.text))])

    def any(self, folded: Folded) -> bool:
        """Say whether a pattern is found."""
        encoded = _encoded(folded.text)
        return any(each.Match(encoded) for _, each in self._sets)

    def _found(self, encoded: bytes) -> Sequence[int]:
        if len(self._sets) == 1:
            return sorted(self._sets[0][1].Match(encoded) or ())
        return sorted([first + index for first, each in self._sets for index in each.Match(encoded) or ()])

    def _places(self, index: int, text: str | bytes) -> Iterator[Hit]:
        name, single = self._names[index], self._single.get(index)
        if single is None:
            single = self._single[index] = _compile(name, self._written[index], _options())
        for match in islice(single.finditer(text), MOST_SPANS):
            yield Hit(name, *match.span())


class Asked:
    """A pattern that is only asked for: does it stand in a text?

    A long list of phrases takes RE2 a tenth of the time of `re`, but only `re` knows where a word of other letters
    ends. So plain text goes to one and the rest to the other; both read plain text alike.
    """

    __slots__ = ("_any", "_plain")

    def __init__(self, pattern: str) -> None:
        """Take a pattern that both read alike: words, groups and their edges; no `$`, no look-around."""
        self._any = re.compile(pattern)
        self._plain: Any = re2.Set.SearchSet()
        self._plain.Add(pattern)
        self._plain.Compile()

    def search(self, text: str) -> bool:
        """Say whether it stands there."""
        if text.isascii():
            return self._plain.Match(text.encode()) is not None
        return self._any.search(text) is not None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """List where it stands, half-open."""
        return [each.span() for each in self._any.finditer(text)]


def _options() -> Any:  # noqa: ANN401 (the library has no types)
    options = re2.Options()
    options.max_mem = MEMORY
    options.case_sensitive = False
    options.never_capture = True  # nobody asks for groups, and without them it is quicker
    options.log_errors = False  # the error is raised instead, and a pattern may hold what is private
    return options


def _set(patterns: Sequence[str], options: Any) -> Any:  # noqa: ANN401 (the library has no types)
    made = re2.Set.SearchSet(options)
    for pattern in patterns:
        made.Add(pattern)
    try:
        made.Compile()
    except re2.error as error:
        raise PatternError(f"These {len(patterns)} patterns are too much for one set. Leave some out.") from error
    return made


def _compile(name: str, pattern: str, options: Any) -> Any:  # noqa: ANN401 (the library has no types)
    try:
        single = re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternError(f"The pattern {name!r} cannot be used: {advice(pattern, error)}") from error
    if single.search(""):
        raise PatternError(
            f"The pattern {name!r} matches an empty text, so it would hit everything. Make a part needed."
        )
    return single


def advice(pattern: str, error: Exception) -> str:
    """Say what to change, in words for somebody who writes word lists."""
    if any(look in pattern for look in ("(?=", "(?!", "(?<=", "(?<!")):
        return "it looks ahead or behind. Write what must be there, or use \\b for the edge of a word."
    if _BACK_REFERENCE.search(pattern):
        return "it refers back to a group. Write the repeated part out."
    if isinstance(error, UnicodeEncodeError):
        return "it holds half a character. Type it anew."
    if "repetition size" in str(error) or "too large" in str(error):
        return "it is too large. A repetition goes up to 1,000, and repetitions within each other multiply: use less."
    reason = error.args[0]
    told = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return f"{told}. Correct it there."


def _encoded(text: str) -> bytes:
    """Put a question mark for each lone surrogate, which cannot be encoded; places stay the same."""
    return text.encode("utf-8", "replace")
