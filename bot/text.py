"""Views of a text that undo its dressing up, with a way back to what was typed. Pure.

`fold` is the strict view: it reads what a person sees, so a rule may act on it. `loosen` guesses further, and what is
found only there is a suggestion. Words of other scripts are folded to Latin look-alikes too: a view is never shown.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from string import ascii_lowercase
from typing import NamedTuple


class Folded(NamedTuple):
    """A view of a text. `offsets` names, for each character of `text`, the place in `raw` it came from."""

    raw: str
    text: str
    offsets: tuple[int, ...] | None = None
    """Never falling, one a character of `text`; None where both texts have the same places."""

    def __repr__(self) -> str:
        """Show the length only: words stay out of logs and tracebacks."""
        return f"Folded({len(self.raw)} characters)"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the half-open range of `raw` that was typed for the half-open range of `text`.

        Invisible characters and closing marks that follow the range belong to it, so that hiding it leaves no rest.
        """
        if self.offsets is None:
            return start, end
        if start >= end:
            place = self.offsets[start] if start < len(self.offsets) else len(self.raw)
            return place, place
        following = bisect_right(self.offsets, self.offsets[end - 1])
        return self.offsets[start], self.offsets[following] if following < len(self.offsets) else len(self.raw)


class _Edit(NamedTuple):
    start: int
    end: int
    text: str = ""


ROUNDS = 8
"""How often a dressing inside a dressing is taken off before every mark that could hide one is dropped."""

_MARKS = "*_~|`%&"
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_DRESSING = _MARKS.encode() + _CONTROLS


@lru_cache(maxsize=64)
def fold(raw: str) -> Folded:
    """Read a text as a person sees it: lower case, plain letters, no marks of emphasis, nothing invisible.

    Percent signs and the entities that Slack writes are decoded. Never raises; time grows with the length only.
    Folding a folded text changes nothing. What was folded last is remembered, because several look at one text.
    """
    if _is_ascii_without(_DRESSING, raw):
        return Folded(raw, raw.lower())
    folded = _fold_letters(Folded(raw, raw))
    for _ in range(ROUNDS):
        undressed = _undress(folded)
        if undressed is folded:
            return folded
        folded = undressed
    marks = (place for place, letter in enumerate(folded.text) if letter in _MARKS)
    return _edited(folded, (_Edit(place, place + 1) for place in marks))


def _is_ascii_without(signs: bytes, text: str) -> bool:
    # Twice as fast as a search, and nearly every message passes here.
    return text.isascii() and len(text.encode().translate(None, signs)) == len(text)


def loosen(folded: Folded) -> Folded:
    """Guess further: spaced letters joined, digits read as letters, repeated letters and blanks reduced.

    Only suggests. A letter typed three times or more becomes one; l, s and g, which many words double, become two.
    """
    for guess in (_gaps, _leet, _blanks, _repeats):
        folded = _edited(folded, guess(folded.text))
    return folded


def _edited(folded: Folded, edits: Iterator[_Edit]) -> Folded:
    """Apply edits that are in order and do not overlap; the same object when there are none."""
    pieces: list[str] = []
    places: list[int] = []
    offsets = range(len(folded.text)) if folded.offsets is None else folded.offsets
    done = 0
    for start, end, text in edits:
        pieces += folded.text[done:start], text
        places += offsets[done:start]
        places += [offsets[start]] * len(text)
        done = end
    if not pieces:
        return folded
    pieces.append(folded.text[done:])
    places += offsets[done:]
    return Folded(folded.raw, "".join(pieces), tuple(places))


# Letters


def _alike(table: str) -> dict[str, str]:
    """Read a table of 'plain=look-alikes' entries."""
    pairs = (entry.split("=", 1) for entry in table.split())
    return {each: plain for plain, group in pairs for each in group}


# A Greek capital eta is like H and a small one like n, so capitals have their own place. Not here is what a name or a
# decomposition tells already: mathematical, circled, accented and small capital letters.
_ALIKE = _alike(
    """
    a=аαΑɑΛΔДдѦաᎪꓮᗩʌ b=вВъьЬбБβΒᏴᏏꓐᗷ c=сСϲцᏟꓚᑕႠɔ d=ԁԀδᎠꓓᗪժ e=еЕєЄэЭεΕΣΞɛɜǝҽӘәᎬꓰ℮ f=ғҒꓝᖴƒϝք g=ԌԍցᏀꓖɢɡǥ
    h=нНһҺΗհҺᎻꓧᕼђћ i=іІιΙɩӏӀıᎥꓲוիւ j=јЈϳյᎫꓙᒍ k=кКκΚᏦꓗᛕ l=ⅼᏞꓡᒪԼլ m=мМΜᎷꓟᗰ n=пПиИηΝπΠոռղᏁꓠᑎ
    o=оОοΟσөѳօՕᎾꓳθ p=рРρΡϱᏢꓑᑭþ q=ԛԚզգᑫ r=гГяЯᏒꓣᖇ s=ѕЅςᏚꓢᔕՏ t=тТτΤᎢꓔե u=υսՍԱᑌꓴմ v=νѵѴᏙꓦᐯ
    w=ѡѠԝԜωΩшШщЩᎳꓪᗯ x=хХχΧӿꓫ᙭ж y=уУүҮγΥϒᎩꓬყ z=ΖζᏃꓜ ae=æÆӕӔ oe=œŒ th=ð
    '=‘’‛ʼʹ′´＇ "=“”„‟″ -=‐‑‒–—―−⁃ /=⁄∕⧸ :=ː˸։∶꞉ .=。｡․۔ ,=،、
    """  # noqa: RUF001 (look-alikes are what this table is made of)
)
_SEEN_BLANK = {"\u2800": " ", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"}
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")
_UNSEEN_CATEGORIES = frozenset({"Cf", "Cs", "Mn", "Me"})
_LATIN_NAME = re.compile(
    r"(?:LATIN (?:SMALL|CAPITAL) LETTER|LATIN LETTER SMALL CAPITAL"
    r"|(?:PARENTHESIZED |(?:CROSSED )?NEGATIVE (?:CIRCLED |SQUARED ))LATIN (?:SMALL|CAPITAL) LETTER"
    r"|MODIFIER LETTER (?:SMALL|CAPITAL)|REGIONAL INDICATOR SYMBOL LETTER)"
    r"(?: (?:TURNED|REVERSED|SCRIPT|OPEN|DOTLESS|BARRED))? ([A-Z])(?: WITH .+)?"
)


_RUNS = re.compile(r"[\t\n\r -~]+|[^\t\n\r -~]")
"""Plain letters in a run, as most are, and every other one by itself."""


def _fold_letters(folded: Folded) -> Folded:
    if _is_ascii_without(_CONTROLS, folded.text):
        return Folded(folded.raw, folded.text.lower(), folded.offsets)
    runs = _RUNS.findall(folded.text)
    pieces = [_fold_letter(run) if len(run) == 1 else run.lower() for run in runs]
    text = "".join(pieces)
    if len(text) == len(folded.text) and "" not in pieces:
        return Folded(folded.raw, text, folded.offsets)
    offsets = range(len(folded.text)) if folded.offsets is None else folded.offsets
    places: list[int] = []
    done = 0
    for run, piece in zip(runs, pieces, strict=True):
        places += offsets[done : done + len(run)] if len(run) > 1 else [offsets[done]] * len(piece)
        done += len(run)
    return Folded(folded.raw, text, tuple(places))


@lru_cache(maxsize=16_384)
def _fold_letter(letter: str) -> str:
    """Fold one character until nothing changes, so that folding twice is folding once."""
    folded = _fold_once(letter)
    while folded != letter:
        letter = folded
        folded = "".join(map(_fold_once, letter))
    return folded


def _fold_once(letter: str) -> str:
    if letter.isascii():
        return letter.lower() if letter.isprintable() or letter in "\t\n\r" else ""
    if (plain := _ALIKE.get(letter) or _SEEN_BLANK.get(letter)) is not None:
        return plain
    if _is_unseen(letter):
        return ""
    if (digit := unicodedata.digit(letter, None)) is not None:
        return str(digit)
    name = unicodedata.name(letter, "")
    if latin := _LATIN_NAME.fullmatch(name):
        return latin[1].lower()
    return _without_stroke(name) or _without_accents(letter)


def _is_unseen(letter: str) -> bool:
    category = unicodedata.category(letter)
    if category == "Cc" or category in _UNSEEN_CATEGORIES or letter in _UNSEEN:
        return True
    # Code points that no version of Unicode shows, given or not yet given away.
    return category == "Cn" and (letter == "\u2065" or "\ufff0" <= letter <= "\ufff8" or letter >= "\U000e0000")


def _without_stroke(name: str) -> str:
    """Find the letter that one 'WITH STROKE', 'WITH DESCENDER' or the like is made from; '' if there is none."""
    script, _, _ = name.partition(" ")
    base, made, _ = name.partition(" WITH ")
    if not made or script not in {"CYRILLIC", "GREEK"}:
        return ""
    try:
        return unicodedata.lookup(base)
    except KeyError:
        return ""


def _without_accents(letter: str) -> str:
    marked = unicodedata.normalize("NFKD", letter)
    bare = "".join(each for each in marked if unicodedata.category(each) not in _UNSEEN_CATEGORIES)
    if bare == " " and marked != " ":
        return ""  # an accent that stands alone
    return unicodedata.normalize("NFKC", bare).casefold()


# Dressing

_ENTITY = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_CODED = re.compile(r"&(?:amp|lt|gt);|%[0-9a-f]{2}(?:%[0-9a-f]{2})*")
_EMPHASIS = re.compile(r"([*_~`|])\1*")
_CAN_STAND_INSIDE = frozenset({"*", "**", "***", "~~", "||", "`", "``", "```"})
_NEEDS_AN_EDGE = frozenset({"_", "__", "___", "~"})


def _undress(folded: Folded) -> Folded:
    """Take one layer off; the same object when there is none."""
    if ("%" in folded.text or "&" in folded.text) and _CODED.search(folded.text):
        decoded = _edited(folded, _coded(folded.text))
        if decoded is not folded:
            return _fold_letters(decoded)
    if not _EMPHASIS.search(folded.text):
        return folded
    return _edited(folded, iter(sorted(_emphasis(folded.text))))


def _coded(text: str) -> Iterator[_Edit]:
    for match in _CODED.finditer(text):
        if entity := _ENTITY.get(match[0]):
            yield _Edit(*match.span(), entity)
        else:
            yield from _percent(match[0], match.start())


def _percent(code: str, start: int) -> Iterator[_Edit]:
    """Decode a run of percent signs if it is valid UTF-8, one edit a character."""
    try:
        letters = bytes.fromhex(code.replace("%", " ")).decode()
    except UnicodeDecodeError:
        return
    for letter in letters:
        end = start + 3 * len(letter.encode())
        yield _Edit(start, end, letter)
        start = end


def _emphasis(text: str) -> Iterator[_Edit]:
    """Find pairs of marks. One pass: each mark is weighed against the last open one of its kind."""
    opened: dict[str, re.Match[str]] = {}
    for mark in _EMPHASIS.finditer(text):
        kind = mark[0]
        if kind not in _CAN_STAND_INSIDE and kind not in _NEEDS_AN_EDGE:
            continue
        opening = opened.get(kind)
        if opening is not None and _closes(text, opening, mark):
            del opened[kind]
            yield _Edit(*opening.span())
            yield _Edit(*mark.span())
        elif text[mark.end() : mark.end() + 1].strip():
            opened[kind] = mark


def _closes(text: str, opening: re.Match[str], closing: re.Match[str]) -> bool:
    """Say whether two marks make a pair: `**bit**`, `b**i**t`, but not `f**k you b**ch` nor `snake_case_name`."""
    if text[closing.start() - 1].isspace():
        return False
    begins = not text[opening.start() - 1 : opening.start()].isalnum()
    ends = not text[closing.end() : closing.end() + 1].isalnum()
    if closing[0] in _NEEDS_AN_EDGE:
        return begins and ends
    return begins or ends or not any(map(str.isspace, text[opening.end() : closing.start()]))


# Guesses

_SPACED = re.compile(  # a letter and what follows it first, what stands before it last: most places fail at once
    r"[a-z0-9@$!](?=[-\s.*_~|/\\+=])(?<![^\W_].)(?P<gap>[ \t]{1,3}|\n|[-.*_~|/\\+=])"
    r"[a-z0-9@$!./:](?:(?P=gap)[a-z0-9@$!./:])+(?![^\W_])"
)
_ANSWERS = frozenset("abcde")
_TOKEN = re.compile(r"[a-z0-9@$!]+")
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i"}
_SHORT_LEET = frozenset({"a$$", "@ss", "@$$", "4ss"})
_LEET_SIGN = re.compile(r"[0134578@$!]")
_COUNTED = re.compile(r"\d+[a-z]{1,2}|[a-z]{1,2}\d+|[a-z]+\d{2,}|\d{2,}[a-z]+|.*\d{3}.*|.*\$\d.*|[a-z]\d[a-z]\d")
_BLANKS = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
_REPEATED = re.compile(r"([a-z])\1\1+")
_DOUBLED = frozenset("lsg")


def join_spaced(folded: Folded) -> Folded:
    """Join letters spelled out one by one ("k y s", "b i t . l y"): three or more with one and the same gap.

    Left apart are lists: letters in alphabetical order ("x y z") and nothing but a to e ("a c d b", answers, grades).
    """
    return _edited(folded, _gaps(folded.text))


_LETTERS_APART = re.compile(r"(?<![^\s])\S(?: \S(?!\S))+(?![^\s])")
_FEWEST_APART = 6


def join_letters(folded: Folded) -> Folded:
    """Guess at a text whose letters all stand apart: "g o   h o m e". Where two blanks or more stand, a word ends."""
    apart = sum(len(run[0]) + 1 for run in _LETTERS_APART.finditer(folded.text)) // 2
    if apart < _FEWEST_APART or 3 * apart < len(folded.text) - folded.text.count(" "):
        return folded
    single = (
        _Edit(place, place + 1)
        for run in _LETTERS_APART.finditer(folded.text)
        for place in range(run.start() + 1, run.end(), 2)
    )
    return _edited(folded, single)


_ANY_SIGNS = re.compile(r"[a-z0-9@$!|+]+")
_MIXED = re.compile(  # whole or not at all: thousands of signs without a letter are looked at once
    r"(?<![a-z0-9@$!|+])(?:[a-z]++(?:[0-9@$|+]|!++[a-z0-9@$|+])|[0-9@$!|+]++[a-z])[a-z0-9@$!|+]*+"
)


def read_signs(folded: Folded, one: str) -> Folded:
    """Guess furthest: read every sign beside a letter as a letter ("kn33", "m3"), a 1 as `one`; not the call in "go!".

    Words and numbers that stand together honestly ("4pm") become nonsense: only for looking up what no nonsense can be.
    """
    if not _LEET_SIGN.search(folded.text):
        return folded
    signs = str.maketrans({**_LEET, "1": one, "|": one, "+": "t", "9": "g", "6": "g", "2": "z"})
    several = len(_MIXED.findall(folded.text)) > 1
    words = _ANY_SIGNS if several else _MIXED  # who writes "l0$3r" and "$uch" means an a by a lone 4
    return folded._replace(text=words.sub(lambda word: _signs_as_letters(word[0], signs), folded.text))


def _signs_as_letters(word: str, signs: dict[int, str]) -> str:
    """Read the signs of a word as letters, but not the exclamation marks that it ends with: "go!" is no "goi"."""
    called = word.rstrip("!")
    return called.translate(signs) + word[len(called) :]


_CONTRACTIONS = """
    don't can't won't didn't doesn't isn't aren't wasn't weren't haven't hasn't hadn't couldn't wouldn't shouldn't ain't
    mustn't i'm i've you're you've you'll they're they've they'll we've it'll that'll she's he's how's what's who's
    where's that's here's let's it's there's when's y'all
    """
_PARTED = {word.replace("'", ""): word.index("'") for word in _CONTRACTIONS.split()}
_WORD = re.compile(r"\w+")


def part_contractions(folded: Folded) -> Folded:
    """Part what was typed without its apostrophe: "dont" becomes "don t", "hows" becomes "how s"."""
    if _PARTED.keys().isdisjoint(_WORD.findall(folded.text)):
        return folded
    words = (word for word in _WORD.finditer(folded.text) if word[0] in _PARTED)
    return with_blanks(folded, (word.start() + _PARTED[word[0]] for word in words))


def with_blanks(folded: Folded, places: Iterator[int]) -> Folded:
    """Put a blank before each of some places of the text, in order; the same object when there are none."""
    return _edited(folded, (_Edit(place, place, " ") for place in places))


_SIGN = r"[0-9@$!|+]"
_SIGN_WITHIN = r"[0-9@$|+]"
_GAP = r"(?:[ \t]{1,3}|[\n.*_~|/\\+=-])"
GUESSABLE = "|".join(
    (
        rf"\b(?:{'|'.join(_PARTED)})\b",
        rf"[a-z]!*{_SIGN_WITHIN}|{_SIGN}[a-z]",
        r"  |[\t\n]",
        *(f"{letter}{{3}}" for letter in ascii_lowercase),
        rf"(?:^|[^a-z0-9])[a-z0-9@$!]{_GAP}[a-z0-9@$!./:]{_GAP}[a-z0-9@$!./:](?:[^a-z0-9]|$)",
        r"(?:^|[^!-~])[^ ] [^ ](?:[^!-~]|$)",
    )
)
"""For RE2: where this does not match, no guess reads a folded text otherwise, and contractions are parted already."""


def _gaps(text: str) -> Iterator[_Edit]:
    for run in _SPACED.finditer(text):
        gap = run["gap"]
        letters = "".join(filter(str.isalpha, run[0]))
        if len(letters) < 3 or _is_list(letters):
            continue
        for start in range(run.start() + 1, run.end(), 1 + len(gap)):
            yield _Edit(start, start + len(gap))


def _is_list(letters: str) -> bool:
    if _ANSWERS.issuperset(letters):
        return True
    steps = {ord(later) - ord(earlier) for earlier, later in pairwise(letters)}
    return steps in ({1}, {0})


def _leet(text: str) -> Iterator[_Edit]:
    if not _LEET_SIGN.search(text):
        return
    for token in _TOKEN.finditer(text):
        word = token[0].rstrip("!")
        if word.isalpha() or _is_plain_mixture(word, text[token.end() : token.end() + 2]):
            continue
        for sign in _LEET_SIGN.finditer(text, token.start(), token.start() + len(word)):
            yield _Edit(*sign.span(), _read_sign(text, sign))


def _is_plain_mixture(word: str, after: str) -> bool:
    """Say whether letters and digits meet honestly: 4pm, 2nd, u19, b4, room204, $5off, name@host.org."""
    if word in _SHORT_LEET:
        return False
    if sum(map(str.isalpha, word)) < 2:
        return True
    is_address = "@" in word[1:] and after[:1] == "." and after[1:].isalpha()
    return is_address or _COUNTED.fullmatch(word) is not None


def _read_sign(text: str, sign: re.Match[str]) -> str:
    """Read 11 as ll (he11o) and a single 1 as i (sh1t)."""
    if sign[0] == "1" and "1" in {text[sign.start() - 1 : sign.start()], text[sign.end() : sign.end() + 1]}:
        return "l"
    return _LEET[sign[0]]


def _blanks(text: str) -> Iterator[_Edit]:
    if "  " in text or "\n" in text or "\t" in text:
        yield from (_Edit(*blanks.span(), " ") for blanks in _BLANKS.finditer(text))


def _repeats(text: str) -> Iterator[_Edit]:
    for run in _REPEATED.finditer(text):
        if run[0] not in {"www", "xxx"}:
            yield _Edit(run.start() + (2 if run[1] in _DOUBLED else 1), run.end())
