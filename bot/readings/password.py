"""Passwords that somebody gives or asks for, as against talk about passwords. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from bot.readings.found import Kind, Spot
from bot.readings.tables import one_of, words
from bot.text import Folded

_WORD: Final = one_of(
    """
    p[a@]?[s$5][s$5]?[s$5]?[ .-]?ww?(?:[eoiu0.]?ro?d|o?d)s?, passowrds?, passords?, pswo?r?ds?, pwo?r?ds?, pws?, psw,
    passcode, contrasena, senha, log ?ins?(?: info)?
    """
)
PATTERN: Final = rf"\b{_WORD}\b|\b(?:pass|clave) ?(?::|=|is\b|es\b)|\bpass\b.{{0,20}}\buser"
"""For RE2: the words for it."""

_SIGN: Final = "(?::|=|->|=>|[→➡👉🔑🗝🔐🔒👇⬇])"
"""What stands between the word and the secret, in place of "is"."""

_GIVEN: Final = re.compile(
    rf"\b(?P<whose>(?:my|his|her|their|our|the|mi|minha)\b[a-z0-9' ]{{0,24}}?)?\b(?P<word>{_WORD}|pass|clave)"
    r"(?: (?:for|4) (?:my |the |it)?[a-z0-9' ]{1,24}?| to (?:my|the|his|her|our) [a-z0-9' ]{1,24}?)?"
    r"(?P<how>(?:'?s| is| iz| was| are| es| e| will be)(?: still| now| just| literally| always| actually)?"
    r"\s{0,3}:?\s{1,3}"
    rf"| ?{_SIGN}(?! ?[)(]) ?| )"
    r"(?P<secret>\"[^\"]{3,40}\"|\S{3,40})"
)
_PAIR: Final = re.compile(
    r"\b(?:user(?:name)?|login|email|acct|account)\b ?(?:is|:|=)? ?\S{1,64}?[\s,;/]{1,4}(?:and {1,3})?"
    rf"(?:{_WORD}|pass)\b ?(?:is|:|=)? ?(?P<secret>\S{{3,40}})"
)
_USE: Final = re.compile(
    r"\b(?:use|try|type|enter|put in|its|it's) {1,3}(?:my |our |the )?(?P<secret>\S{4,40})"
    rf" {{1,3}}(?:as|for) {{1,3}}(?:the |my |your |ur )?{_WORD}\b"
)
_NO_SECRET: Final = words(
    """
    a about above accepted acting again all always an and as at back bad because been being below better between blank
    box broken but by can can't cant card cards case case-sensitive change changed changes changing checker compromised
    correct day definitely denied did didn't do does doesn't doesnt due due. each easy eight email emailed empty every
    everyone expired expires expiring field fine first for from generator gets going gone gonna good got great hacked
    had hard has have help her here hidden him hint hints his how hygiene if important in incorrect into invalid is
    isn't isnt it its just kept known later leaked least length like link literally lmao locked lol long longer
    manager managers maybe me mine must my needed needs never new next no nobody none not nothing now ok okay old on
    once one only or our out page personal please pls plz policies policy posted private probably prompt protected
    protection random ready recovery rejected required requirements reset resets right rules safe safety same saved
    screen secret secure security sensitive sent set shared sharing short shorter should showing so someone something
    soon still stolen stored strong stuck stuff stupid super supposed taped texted than that the their them then there
    these they thing things this those to today tomorrow too twice u unknown up us very visible was wasn't way we weak
    week weird well what whatever when where who why will with without won't wont working written wrong yet you your
    yours
    """
)
"""Words that go on in a sentence about a password instead of being one."""

_ENDS_THERE: Final = re.compile(
    r"(?:all|and|btw|but|don'?t|for|go|haha|if|in case|its|just|log|lol|ok|pls|same|so|u|with|you)\b|[^a-z]|$"
)
_MADE_UP: Final = re.compile(r"(?=.*[a-z])(?=.*[0-9@#$%^&_]).{5,}")
"""Letters with a figure or a sign among them. A star or a call is none: they stand for letters of a swear word."""
_TIME: Final = re.compile(r"[0-9]{1,2}(?::[0-9]{2})?(?:[ap]m|st|nd|rd|th)|[0-9]{1,3}%")
"""What has a digit and is no secret: "password reset at 10:30am"."""
_IS_SAID: Final = re.compile(r"(?:\b(?:is|iz|was|are|be|es|e|still|now|just|always|literally|actually|key)|'s)$")
_IS_SIGNED: Final = re.compile(r"[:=>→➡👉🔑🗝🔐🔒👇⬇]$")

_ARROW: Final = re.compile(r"[-=]>|[>→➡👉]")
_SIGNED: Final = re.compile(r"[:=]$")
_STEP: Final = re.compile(r"\s{0,3}(?:[-=]{1,2}>|[>→➡👉])")
_STEPPED: Final = re.compile(r"[>→➡👉]\s{0,3}$")
_TO_LOG_IN: Final = re.compile(r"\blog ?ins?\b[^\n]{0,40}[>→➡👉]$")
"""Arrows lead through the pages of a site: login → Clever → Math."""

_ASKED: Final = re.compile(
    r"\b(?:what(?:'?s| is| was)?|wats|wuts|cual es|qual e|qual) +(?:your|ur|yr|ya|u|his|her|their|tu|sua|a sua|la)\b"
    rf"[a-z0-9' ]{{0,24}}?{_WORD}(?! ?(?:policy|rules?|manager|requirements?|hint))"
    r"|\b(?:give|gimm(?:e|ie)|send|tell|dm|text|pm|drop|share|lend|slide|show|message|dame|manda(?:me)?|pasa(?:me)?"
    r"|me passa|comment)(?: (?:me|us|him|her|it))?(?: (?:w|with (?:me|us)))? +(?:your|ur|yr|tu|sua|the)\b"
    rf"[a-z0-9' ]{{0,24}}?{_WORD}"
    r"|\b(?:can|could|may|lemme|let) +(?:i|we|u|you|me|us)?\b ?(?:pls |please |just )?"
    r"(?:have|get|use|borrow|see|know|grab|share|send me|give me|tell me|dm me|log in with) +(?:your|ur|yr)\b"
    rf"[a-z0-9' ]{{0,24}}?{_WORD}"
    r"|\b(?:(?:reply|respond|answer|write back|get back|come back)(?: to (?:me|us|this))? w(?:ith)?"
    r"|(?:hand over|forward|supply|give up)(?: me| us)?|(?:provide|confirm|verify) (?:me|us)) +(?:your|ur|yr)\b"
    rf"[a-z0-9' ]{{0,24}}?{_WORD}"
    rf"|\bneed +(?:your|ur|yr) [a-z0-9' ]{{0,24}}?{_WORD}(?! ?(?:reset|changed|working|ready|set up|to work))"
    rf"|^\W*(?:your|ur) {_WORD} ?(?:is|pls|please|plz)? ?\?"
    rf"|\b{_WORD}(?: (?:pls|plz|please)\b|,? (?:pls|plz|please)\W*$)"
)
_AGAINST: Final = re.compile(
    r"\b"
    + one_of(
        """
        don'?t, do not, never, nobody should, no one should, shouldn'?t, should not, not supposed to, won'?t,
        wouldn'?t, stop, asked, asking (?:me )?for, ask (?:me |you )?for, asks, scam, phishing,
        forg[eo]ts? (?:my|your|ur|the|his|her|their|our|what|which|it), someone, somebody, anyone,
        (?:in|from) (?:the|our|a|this|that|act|scene) ?(?:(?:school|fall|spring) )?(?:play|skit|movie|film|book|novel),
        (?:in|from) (?:the|our|a|this|that) (?:story|musical|chapter|escape room), line is(?: just)?,
        (?:he|she|they|who|guard|thief|king|owl|character) (?:says?|said|wants?|wanted|goes), texted, messaged, dmed,
        emailed, emails? say
        """
    )
    + r"\b[^.!?\n]{0,48}$"
)
"""Words before that make it a warning, or a tale about somebody else who asked."""

_SUPPOSED: Final = re.compile(r"\b(?:if|when) (?:your|ur|the|a|somebody's|someone's) $")

_NOBODYS: Final = re.compile(
    r"\b"
    + one_of(
        """
        wi-?fi, zoom, meeting, kahoot, game, room, door, gate, class, classroom, webinar, guest, library, stream,
        livestream, locker, lock, the van, printer, blooket, gimkit, session, portal, projector, network, internet,
        shared
        """
    )
    + r"(?:'s)? *(?:has a )?$"
)
"""What has a password that is no person's, just before the word."""

_PLEASE: Final = ("pls", "plz", "please")
_MENDS: Final = re.compile(
    r"\b(?:(?:reset|change|update|fix|unlock|recover|find) (?:my|our|his|her|their|the|a|this)(?: [a-z]+){0,3}|own) ?$"
)
"""Before what is asked politely: that somebody mends a password, or uses their own."""

_OR_NOT: Final = ("pass", "clave")
"""Words for it that mean something else as often: "pass is open, shoot", "la clave es la defensa"."""
_ACCOUNT: Final = re.compile(
    r"\b(?:wi-?fi|login|account|acct|email|gmail|insta|ig|snap|discord|canvas|google|netflix|hulu|spotify|roblox|steam"
    r"|xbox|psn|chromebook|laptop|ipad|phone|school|student)\b[a-z0-9' ]{0,12}$"
)
_TICKET: Final = re.compile(
    r"\b(?:bus|hall|parking|boarding|bathroom|season|library|lunch|late|day|train|ski|smash or|touchdown|chest|bounce)"
    r"[ -]?$"
)
_ENDS_WITH_IT: Final = re.compile(rf"{_WORD}$")
_NEAR: Final = 64


def find_passwords(folded: Folded) -> Iterator[Spot]:
    """Find the first password that is given; if there is none, the first that is asked for."""
    text = folded.text
    for pattern in (_PAIR, _GIVEN, _USE):
        given = next((match for match in pattern.finditer(text) if _is_given(match)), None)
        if given is not None:
            yield _spot(folded, Kind.PASSWORD, given.span("secret"))
            return
    asked = next((match for match in _ASKED.finditer(text) if _is_asked(match)), None)
    if asked is not None:
        yield _spot(folded, Kind.PASSWORD_ASKED, asked.span())


def is_against(before: str) -> bool:
    """Say whether words before make it a warning, a tale about somebody else who asked, or a mere "if"."""
    return _AGAINST.search(before) is not None or _SUPPOSED.search(before) is not None


def is_secret(before: str, how: str, said: str, after: str) -> bool:
    """Say whether what is said of a password is one: after a sign always, and after "is" where no sentence goes on.

    With neither before it, only what looks made up counts.
    """
    secret = _bare(said)
    if not _can_be_secret(secret) or _is_a_page(before, how, said, after):
        return False
    if _MADE_UP.fullmatch(secret):
        return True
    ends = said != secret or _ENDS_THERE.match(after.lstrip()) is not None
    return _IS_SIGNED.search(how) is not None or (ends and _IS_SAID.search(how) is not None)


def _bare(said: str) -> str:
    """Take off the signs around a secret."""
    return said.lstrip("\"'(:=").rstrip("\"'.,!?)(:;")


def _can_be_secret(secret: str) -> bool:
    """Say whether a word is neither one with which a sentence goes on nor a time."""
    return len(secret) >= 3 and secret not in _NO_SECRET and _TIME.fullmatch(secret) is None


def _is_a_page(before: str, how: str, secret: str, after: str) -> bool:
    """Say whether arrows lead on from it, or lead to it from a page before or from the login."""
    arrows = sum(1 for _ in _ARROW.finditer(how + secret))
    if arrows > 1 or ((arrows or _SIGNED.search(how)) and _STEP.match(after)):
        return True
    led = _ARROW.search(how) is not None and (_STEPPED.search(before) is not None or _TO_LOG_IN.search(how) is not None)
    return led and not any(map(str.isdigit, secret))


def _is_given(match: re.Match[str]) -> bool:
    """Say whether it is a secret, of somebody rather than of a room, and no warning."""
    before, after = _before(match), match.string[match.end() : match.end() + _NEAR]
    if match.re is not _GIVEN:
        return _can_be_secret(_bare(match["secret"])) and not is_against(before) and not _NOBODYS.search(before)
    whose = match["whose"] or ""
    if is_against(f"{before}{whose}") or _NOBODYS.search(before) or _NOBODYS.search(whose):
        return False
    if match["word"] in _OR_NOT and not _opens_an_account(match, before + whose):
        return False
    how = match[0].removesuffix(match["secret"]).rstrip()
    return is_secret(before, how, match["secret"], after)


def _opens_an_account(match: re.Match[str], before: str) -> bool:
    """Say whether a "pass" is one to an account, by its name or looks, and not to a bus or a team mate."""
    if _TICKET.search(before):
        return False
    return _ACCOUNT.search(before) is not None or _MADE_UP.fullmatch(_bare(match["secret"])) is not None


def _is_asked(match: re.Match[str]) -> bool:
    """Leave out tales and warnings, and what belongs to a room rather than a person."""
    asked = match[0][-_NEAR:]
    word = _ENDS_WITH_IT.search(asked)
    nobodys = word is not None and _NOBODYS.search(asked[: word.start()]) is not None
    if asked.endswith(_PLEASE) and _MENDS.search(_before(match)):
        return False
    return not nobodys and not is_against(_before(match))


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _NEAR) : match.start()]


def _spot(folded: Folded, kind: Kind, span: tuple[int, int]) -> Spot:
    start, end = folded.span(*span)
    return Spot(kind, start, end, folded.raw[start:end])
