"""Digits as people write them: in figures, in English, Spanish or Portuguese words, or both run together. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bot.readings.tables import one_of


def _table(text: str) -> dict[str, str]:
    pairs = (entry.split("=", 1) for entry in text.split())
    return {word: digits for digits, words in pairs for word in words.split(",")}


_UNITS: Final = _table(
    """
    0=zero,oh,o,nought,cero 1=one,wun,uno,una,uma 2=two,dos,dois,duas 3=three,tres 4=four,fower,cuatro,quatro
    5=five,cinco,fife 6=six,sicks,seis,meia 7=seven,siete,sete 8=eight,ocho,oito 9=nine,niner,nueve,nove
    """
)
_SOUNDS_LIKE: Final = _table("1=won,l 2=to,too 3=tree 4=for,fore 8=ate")
_ONLY_PORTUGUESE: Final = {"um": "1"}
_TEENS: Final = _table(
    """
    10=ten,diez,dez 11=eleven,onze 12=twelve,doce,doze 13=thirteen,trece,treze 14=fourteen,catorce,quatorze
    15=fifteen,quince,quinze 16=sixteen,dieciseis 17=seventeen,diecisiete 18=eighteen,dieciocho
    19=nineteen,diecinueve 21=veintiuno 22=veintidos 23=veintitres 24=veinticuatro 25=veinticinco 26=veintiseis
    27=veintisiete 28=veintiocho 29=veintinueve
    """
)
_TENS: Final = _table(
    """
    20=twenty,veinte,vinte 30=thirty,treinta,trinta 40=forty,fourty,cuarenta,quarenta
    50=fifty,cincuenta,cinquenta 60=sixty,sesenta,sessenta 70=seventy,setenta 80=eighty,ochenta,oitenta
    90=ninety,noventa
    """
)
_HUNDREDS: Final = _table(
    """
    200=doscientos,duzentos 300=trescientos,trezentos 400=cuatrocientos,quatrocentos 500=quinientos,quinhentos
    600=seiscientos,seiscentos 700=setecientos,setecentos 800=ochocientos,oitocentos 900=novecientos,novecentos
    """
)
_HUNDRED: Final = _table("00=hundred")
_TIMES: Final = _table("2=double,doble,dobro 3=triple,treble")

_LEET: Final = str.maketrans("013457@$!", "oieastasi")
_WRITTEN: Final = {"a": "a4@", "e": "e3", "i": "i1!", "o": "o0", "s": "s5$", "t": "t7"}
_LOOKS_LIKE: Final = str.maketrans("olisbz", "011582")


def _plain(word: str) -> str:
    """Read stretched and leet words alike: "niiin3" as "nine"."""
    return re.sub(r"(.)\1+", r"\1", word.translate(_LEET))


def _pattern(word: str, end: str = "") -> str:
    """Match a word however it is stretched or sprinkled with digits."""
    if len(word) < 3:
        return word.replace("oh", "[o0]h")
    first, *rest, last = (f"[{_WRITTEN.get(letter, letter)}]" for letter in word)
    return f"{first}{''.join(f'{letter}+' for letter in rest)}{last}{end}"


def _alternatives(*tables: dict[str, str], end: str = "") -> str:
    words = sorted({word for table in tables for word in table if len(word) > 1}, key=len, reverse=True)
    return "|".join(_pattern(word, end) for word in words)


_TABLES: Final = (_UNITS, _SOUNDS_LIKE, _TEENS, _TENS, _HUNDREDS, _HUNDRED, _TIMES)
_LONG: Final = _alternatives(*_TABLES)
WORD: Final = rf"{_alternatives(*_TABLES, _ONLY_PORTUGUESE, end='+')}|[ol]"
_FILLERS: Final = one_of(
    """
    (?:last|final) (?:four|4)(?: digits| numbers)?, area code, followed by, after that, and then, dash, dot, hyphen,
    space, point, period, comma, minus, plus, slash,
    underscore, star, numbers?, then, and, the, rest, part, first, last, next, is, luego, despues, guion, guiao,
    punto, ponto, coma, virgula, raya, menos, um+, uh+, x, lol, haha, second, third, finally, middle, colon,
    (?:start|end|finish)(?:s|ing|es)? (?:with|in), ending
    """
)
FIGURES: Final = r"[olisbz]{0,2}[0-9](?:[olisbz]{0,2}[0-9])*[olisbz]{0,2}"
SEPARATOR: Final = rf"[^a-z0-9]{{0,5}}(?:(?:{_FILLERS}|y|e)[^a-z0-9]{{0,5}}){{0,4}}"
RUN: Final = rf"(?:{FIGURES}|{WORD})(?:{SEPARATOR}(?:[0-9]|{FIGURES}|{WORD})){{5,}}"
"""For RE2: six numbers or more beside each other. Ordinary sentences hardly have that."""


def _hints(word: str) -> Iterator[str]:
    """Give pieces of which one stands wherever a word does: itself, or its beginning as far as it is stretched."""
    yield word
    for place in range(1, len(word) - 1):
        stretched = word[: place + 1] + word[place]
        yield from (stretched + word[place], stretched + word[place + 1])


HINTS: Final = frozenset(
    hint
    for table in (_UNITS, _TEENS, _TENS, _HUNDREDS, _HUNDRED, _TIMES, _ONLY_PORTUGUESE)
    for word in table
    if word not in {"o", "oh"}
    for hint in _hints(word)
)
"""Pieces of the words that mean a number and hardly anything else."""

FIGURES_OR_OH: Final = r"[0-9@$]|![a-z]|(?s:(?:o(?:h|[^a-z0-9]|$).*){4})"
"""For RE2: a figure, a sign that stands for a letter, or four times what may be said for a nought."""

_TOKEN: Final = re.compile(
    rf"(?P<filler>(?:{_FILLERS})(?![a-z]|(?<=4)[0-9])|[ye](?![a-z0-9]))"
    rf"|(?P<word>(?![ol][a-z0-9])(?:[ol])|(?:{_LONG})(?:(?<=(?P<last>[a-z]))(?P=last)+(?![a-z]))?)"
    r"|(?P<figures>[olisbz]{0,2}[0-9](?:[olisbz]{0,2}[0-9])*(?:(?!lb|oz)[olisbz]{1,2}(?![a-z]))?)|(?P<gap>[^a-z0-9]+)"
    r"|(?P<other>[a-z])"
)
_LETTERS: Final = re.compile("[a-z]*")
_PORTUGUESE: Final = re.compile(r"\b(?:dois|duas|quatro|sete|oito|nove|meia)\b")
_MOST_FILLERS: Final = 6
_LONGEST_GAP: Final = 5


class Piece(NamedTuple):
    """A number in a run of them."""

    digits: str
    start: int
    end: int
    before: str
    """What stands between it and the piece before it."""
    written: bool
    """In words rather than in figures."""
    soft: bool
    """A word that more often means something else: to, for, won."""


@dataclass(slots=True)
class _Run:
    """Numbers beside each other, and what has come since the last of them."""

    pieces: list[Piece] = field(default_factory=list)
    before: str = ""
    fillers: int = 0
    times: int = 1

    def reaches_over(self, token: re.Match[str]) -> bool:
        """Take in what parts numbers; False when it parts them for good."""
        filler = token.lastgroup == "filler"
        self.before += token[0]
        self.fillers += filler
        return self.fillers <= _MOST_FILLERS and (filler or len(token[0]) <= _LONGEST_GAP)

    def add(self, token: re.Match[str], digits: str) -> None:
        """Add a number. "Double" waits for the next, "seventy eight" is 78, "nine hundred fifty five" is 955."""
        written = token.lastgroup != "figures"
        plain = _plain(token[0]) if written else ""
        if plain in _TIMES_PLAIN:
            self.times = int(digits)
            return
        digits *= self.times
        filled = _filled(self.pieces[-1], digits, plain) if self.pieces and written else None
        if filled is None:
            self.pieces.append(Piece(digits, *token.span(), self.before, written, plain in _SOFT))
        else:
            self.pieces[-1] = self.pieces[-1]._replace(digits=filled, end=token.end())
        self.before, self.fillers, self.times = "", 0, 1


def read_runs(text: str) -> Iterator[list[Piece]]:
    """Read folded text as runs of numbers that nothing but separators and filling words parts."""
    portuguese = _PORTUGUESE.search(text) is not None
    run, place, glued = _Run(), 0, False
    while place < len(text) and (token := _TOKEN.match(text, place)):
        place = token.end()
        digits = _digits(token, text, portuguese=portuguese, glued=glued)
        parts = digits is None and token.lastgroup in {"gap", "filler"}
        glued = digits is None and not parts
        if digits is not None:
            run.add(token, digits)
        elif not (parts and run.reaches_over(token)):
            yield run.pieces
            run = _Run()
            place = place if parts else _end_of_letters(text, place)
    yield run.pieces


def _end_of_letters(text: str, place: int) -> int:
    letters = _LETTERS.match(text, place)
    return place if letters is None else letters.end()


def _digits(token: re.Match[str], text: str, *, portuguese: bool, glued: bool) -> str | None:
    """Read one token; None for what is no number: a unit (7pm), a word that only begins like one (often)."""
    match token.lastgroup:
        case "figures":
            led_in = not glued or _LEADS_IN.search(text, max(0, token.start() - 8), token.start())
            return token[0].translate(_LOOKS_LIKE) if led_in and not _UNIT.match(text, token.end()) else None
        case "word":
            runs_on = text[token.end() : token.end() + 1].isalpha() and not _TOKEN_NUMBER.match(text, token.end())
            return None if glued or runs_on else _READ.get(_plain(token[0]))
        case "filler" if portuguese and not glued:
            return _ONLY_PORTUGUESE.get(token[0])
        case _:
            return None


_READ: Final = {_plain(word): digits for table in _TABLES for word, digits in table.items()}
_TIMES_PLAIN: Final = frozenset(map(_plain, _TIMES))
_SOFT: Final = frozenset(map(_plain, _SOUNDS_LIKE))
_HUNDRED_PLAIN: Final = frozenset(map(_plain, _HUNDRED))
_TOKEN_NUMBER: Final = re.compile(rf"(?:{WORD}|(?:{_FILLERS})(?:{WORD}|[0-9])|[0-9])")
_LEADS_IN: Final = re.compile(r"(?:tel|call|text|txt|phone|cell|num|number|ph|at|me|is)$")
_UNIT: Final = re.compile(
    r"(?:am|pm|a|p|st|nd|rd|th|k|m|mm|cm|km|ft|in|lbs?|kg|g|sec|secs|min|mins|hrs?|px|mb|gb|pts?|yds?|v|d)(?![a-z])|%"
)


def _filled(last: Piece, digits: str, plain: str) -> str | None:
    """Fill the noughts that a hundred or a ten left free; None when the number stands for itself."""
    if plain in _HUNDRED_PLAIN and len(last.digits) == 1:
        return last.digits + "00"
    free = len(last.digits) - len(last.digits.rstrip("0"))
    if last.written and 0 < len(digits) <= free < len(last.digits) and digits[0] != "0":
        return last.digits[: -len(digits)] + digits
    return None
