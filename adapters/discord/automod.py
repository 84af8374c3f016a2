"""Discord's own AutoMod, told to stop what no cry for help needs before anybody reads it: links that hide something.

Never words about sex, violence, self-harm or substances: somebody may be asking for help with them. What AutoMod stops
is judged like any message all the same, so that help in it reaches people.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

import discord
import structlog

from adapters.discord.failures import FAILURES
from adapters.discord.versions import PLATFORM
from bot.links import host_matches
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId, TeamId
from bot.platform import Post, Readers
from bot.texts import ENGLISH, N_, Text

LOG: Final = structlog.get_logger("chaperone.discord")

PREFIX: Final = "Chaperone: "
"""How the rules we made are called, so that a person can tell them from their own."""

MOST_RULES: Final = 6
MOST_KEYWORDS: Final = 1_000
MOST_REGEXES: Final = 10
MOST_ALLOWED: Final = 100
LONGEST_KEYWORD: Final = 60
LONGEST_REGEX: Final = 260
LONGEST_SAID: Final = 150
"""Discord's caps: rules of keywords a server, what one of them holds, and the message to whoever wrote."""

POST_THE_FULL_LINK = N_("Please post the full link. Nobody can see where a short link leads.")
IT_MAY_HIDE = N_("This site may hide who or where a person is. If you need a site for school, ask a teacher.")
IT_MAY_HURT = N_("A word in this can hurt people. Please say it in another way.")
TELL_AN_ADULT = N_("Need help? Tell an adult you trust.")

COMMON: Final = (
    *("bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "v.gd", "ow.ly", "buff.ly", "rb.gy", "cutt.ly", "t.ly"),
    *("shorturl.at", "rebrand.ly", "tiny.cc", "bl.ink", "s.id", "adf.ly", "lnkd.in", "dlvr.it", "shorte.st", "bc.vc"),
    *("linkvertise.com", "ouo.io", "soo.gd", "clck.ru", "qr.ae", "j.mp", "trib.al", "x.co", "u.to", "tr.im"),
)
"""Shorteners that are met most, so that they are never what has to be left out."""

LEADS_HOME: Final = frozenset({"forms.gle", "1drv.ms", "aka.ms", "db.tt", "wp.me", "tmblr.co"})
"""Short addresses of big services, which may open anybody's page. The rule tells their author; nothing stops them."""

HIDING: Final = (
    r"(?i)https?://[^\s/?#]*(?:vpn|unblock|anonymi[sz]e|proxysite|(?:web|free|best|my|croxy|k)-?prox(?:y|ies))",
)
"""What sites that hide somebody call themselves. Not "anonymous": lines for help and for tips are called so, too."""

_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hosts of one kind: those of public lists, those the district adds, and those it allows."""

    listed: Collection[str] = field(default=(), repr=False)
    also: Collection[str] = ()
    allowed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class KeywordRule:
    """One rule of AutoMod as we want it. It stops the message and tells its author why; it does nothing else."""

    name: str
    says: str
    keywords: tuple[str, ...] = field(default=(), repr=False)
    regexes: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    slurs: bool = False
    """Whether it is Discord's own list of slurs, in place of keywords. Discord keeps one such rule a server."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rules we want, the most useful first, and the hosts for which there was no room."""

    rules: tuple[KeywordRule, ...]
    left_out: tuple[str, ...] = field(default=(), repr=False)


def wanted(shorteners: Hosts, anonymizers: Hosts, places: int = MOST_RULES) -> Wanted:
    """Pack both kinds of hosts into as many rules as there are places, and add Discord's own list of slurs.

    What matters most has room first: the shorteners that are met most, the sites that hide somebody, then further
    shorteners. What is left out is told by our own rules once it is posted.
    """
    short, hiding = _packed_short(shorteners), _packed_hiding(anonymizers)
    packed = [*short[:1], *hiding[:1], *short[1:], *hiding[1:]]
    slurs = KeywordRule(f"{PREFIX}slurs", _say(IT_MAY_HURT), slurs=True)
    left_out = tuple(host for _, hosts in packed[places:] for host in hosts)
    return Wanted((*(rule for rule, _ in packed[:places]), slurs), left_out)


Packed = list[tuple[KeywordRule, tuple[str, ...]]]
"""Rules, and the hosts in each."""


def _packed_short(hosts: Hosts) -> Packed:
    """Pack shorteners. Their links have a path, and Discord opens only links with a scheme."""
    stopped = [each for each in _ordered(hosts, COMMON) if each not in LEADS_HOME or each in hosts.also]
    return [
        (KeywordRule(f"{PREFIX}short links {number}", _say(POST_THE_FULL_LINK), tuple(map(_with_path, part))), part)
        for number, part in enumerate(_parts(stopped, MOST_KEYWORDS), 1)
    ]


def _packed_hiding(hosts: Hosts) -> Packed:
    """Pack sites that hide people: those that no pattern meets by name, with a path and without one."""
    regexes, allowed = _patterns(hosts)
    stopped = [each for each in _ordered(hosts) if not _is_covered(each, regexes)]
    parts = _parts(stopped, MOST_KEYWORDS // 2) or ([()] if regexes else [])
    packed: Packed = []
    for number, part in enumerate(parts, 1):
        keywords = tuple(keyword for each in part for keyword in (_with_path(each), f"*/{each}"))
        name = f"{PREFIX}sites that hide people {number}"
        patterns, spared = (regexes, allowed) if number == 1 else ((), ())
        packed.append((KeywordRule(name, _say(IT_MAY_HIDE), keywords, patterns, spared), part))
    return packed


def _with_path(host: str) -> str:
    """Write the keyword for a link to a host: between its two slashes, for `t.co` also stands in `reddit.com`."""
    return f"*/{host}/*"


def _say(text: Text) -> str:
    return ENGLISH.say(text, TELL_AN_ADULT)


def _ordered(hosts: Hosts, common: Sequence[str] = ()) -> list[str]:
    """Order hosts by use: the district's own, those met most, then those with few labels, the short ones first."""
    listed = {each.strip().lower() for each in hosts.listed}
    first = [each.strip().lower() for each in hosts.also] + [each for each in common if each in listed]
    rest = sorted(listed, key=lambda host: (host.count("."), len(host), host))
    fits = LONGEST_KEYWORD - len("*//*")
    return [
        each
        for each in dict.fromkeys((*first, *rest))
        if len(each) <= fits and _HOST.fullmatch(each) and host_matches(each, _lower(hosts.allowed)) is None
    ]


def _lower(hosts: Iterable[str]) -> frozenset[str]:
    return frozenset(each.strip().lower() for each in hosts)


def _patterns(hosts: Hosts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the patterns, and what is excepted from them; no pattern at all where it cannot spare what is allowed."""
    met = sorted(each for each in _lower(hosts.allowed) if _is_covered(each, HIDING))
    excepted = tuple(f"*{each}*" for each in met)
    if len(excepted) > MOST_ALLOWED or any(len(each) > LONGEST_KEYWORD for each in excepted):
        return (), ()
    return HIDING, excepted


def _is_covered(host: str, regexes: Iterable[str]) -> bool:
    return any(re.search(each, f"https://{host}/") for each in regexes)


def _parts(hosts: list[str], most: int) -> list[tuple[str, ...]]:
    return [tuple(hosts[at : at + most]) for at in range(0, len(hosts), most)]


# Keeping in step


class Doing(StrEnum):
    """What is to be done about a rule, or why it cannot be."""

    DELETE = "delete"
    MAKE = "make"
    MEND = "mend"
    NO_ROOM = "no room"
    """The rules of people here take every place. Theirs are left alone."""
    NOT_ALLOWED = "not allowed"
    FAILED = "failed"


SAID: Final = {
    Doing.DELETE: "AutoMod has the rule '{name}', which is not needed any more.",
    Doing.MAKE: "AutoMod does not have the rule '{name}'.",
    Doing.MEND: "AutoMod's rule '{name}' is switched off, or was changed.",
    Doing.NO_ROOM: "AutoMod has no place for the rule '{name}': rules that people here made take all of them.",
    Doing.NOT_ALLOWED: "AutoMod's rules can be neither seen nor kept.",
    Doing.FAILED: "Discord did not take the rule '{name}' for AutoMod.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do so that AutoMod is as we want it, or one that cannot be done."""

    doing: Doing
    name: str
    rule: KeywordRule | None = field(default=None, repr=False)
    found: discord.AutoModRule | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Say in a sentence what is not as it should be."""
        return SAID[self.doing].format(name=self.name)


def steps(found: Iterable[discord.AutoModRule], rules: Iterable[KeywordRule], ours: int) -> list[Step]:
    """Compare the rules of a server with those we want. `ours` is our account's id.

    Only a rule that we made, and that is called as ours are, is ever changed or deleted. Deleting comes first: it
    makes room.
    """
    everybodys, wants = list(found), {each.name: each for each in rules}
    made = [each for each in everybodys if each.creator_id == ours and each.name.startswith(PREFIX)]
    kept: dict[str, discord.AutoModRule] = {}
    for each in made:
        want = wants.get(each.name)
        if want is not None and each.trigger.type is _type(want):
            kept.setdefault(each.name, each)
    planned = [Step(Doing.DELETE, each.name, found=each) for each in made if kept.get(each.name) is not each]
    others = [each.trigger.type for each in everybodys if each not in made]
    room = {
        discord.AutoModRuleTriggerType.keyword: MOST_RULES,
        discord.AutoModRuleTriggerType.keyword_preset: 1,
    }
    left = {kind: most - others.count(kind) for kind, most in room.items()}
    for want in wants.values():
        left[_type(want)] -= 1
        planned += _step(want, kept.get(want.name), fits=left[_type(want)] >= 0)
    return planned


def _step(want: KeywordRule, found: discord.AutoModRule | None, *, fits: bool) -> Iterator[Step]:
    if found is not None:
        if not _is_as(found, want):
            yield Step(Doing.MEND, want.name, want, found)
    elif fits:
        yield Step(Doing.MAKE, want.name, want)
    else:
        yield Step(Doing.NO_ROOM, want.name, want)


def _type(rule: KeywordRule) -> discord.AutoModRuleTriggerType:
    types = discord.AutoModRuleTriggerType
    return types.keyword_preset if rule.slurs else types.keyword


def _trigger(rule: KeywordRule) -> discord.AutoModTrigger:
    if rule.slurs:
        return discord.AutoModTrigger(type=_type(rule), presets=discord.AutoModPresets(slurs=True))
    return discord.AutoModTrigger(
        type=_type(rule),
        keyword_filter=[*rule.keywords],
        regex_patterns=[*rule.regexes],
        allow_list=[*rule.allowed],
    )


def _actions(rule: KeywordRule) -> list[discord.AutoModRuleAction]:
    return [discord.AutoModRuleAction(custom_message=rule.says)]


def _is_as(found: discord.AutoModRule, want: KeywordRule) -> bool:
    """Say whether a rule does what we want. Whom or where people except from it is theirs to say."""
    has, ours = found.trigger, _trigger(want)
    return (
        found.enabled
        and found.event_type is discord.AutoModRuleEventType.message_send
        and _values(has) == _values(ours)
        and [each.to_dict() for each in found.actions] == [each.to_dict() for each in _actions(want)]
    )


def _values(trigger: discord.AutoModTrigger) -> tuple[object, ...]:
    lists = (trigger.keyword_filter, trigger.regex_patterns, trigger.allow_list)
    return (*(frozenset(each) for each in lists), trigger.presets.value)


async def keep_in_step(guild: discord.Guild, rules: Iterable[KeywordRule]) -> list[Step]:
    """Make, mend, enable and delete our own rules on a server. Give what was done, and what could not be.

    Where nothing has drifted, one request reads the rules and none follows. Needs the permission Manage Server.
    """
    return [await _do(guild, each) for each in await compare(guild, rules)]


async def compare(guild: discord.Guild, rules: Iterable[KeywordRule]) -> list[Step]:
    """Ask for the rules of a server, and say what there is to do about ours, or why it cannot be. Nothing is done."""
    if not guild.me.guild_permissions.manage_guild:
        return [Step(Doing.NOT_ALLOWED, "")]
    wants = [*rules]
    try:
        found = await guild.fetch_automod_rules()
    except discord.Forbidden:
        return [Step(Doing.NOT_ALLOWED, "")]
    except FAILURES as error:
        LOG.warning("the rules of AutoMod could not be read", server=guild.id, fault=type(error).__name__)
        return [Step(Doing.FAILED, each.name, each) for each in wants]
    return steps(found, wants, guild.me.id)


async def _do(guild: discord.Guild, step: Step) -> Step:
    try:
        match step:
            case Step(Doing.DELETE, found=discord.AutoModRule() as found):
                await found.delete(reason="not needed any more")
            case Step(Doing.MEND, rule=KeywordRule() as rule, found=discord.AutoModRule() as found):
                await found.edit(
                    trigger=_trigger(rule),
                    actions=_actions(rule),
                    event_type=discord.AutoModRuleEventType.message_send,
                    enabled=True,
                    reason="as the district wants it",
                )
            case Step(Doing.MAKE, rule=KeywordRule() as rule):
                await guild.create_automod_rule(
                    name=rule.name,
                    event_type=discord.AutoModRuleEventType.message_send,
                    trigger=_trigger(rule),
                    actions=_actions(rule),
                    enabled=True,
                    reason="as the district wants it",
                )
            case _:
                pass
    except FAILURES as error:
        LOG.warning("a rule of AutoMod could not be kept", server=guild.id, fault=type(error).__name__)
        return Step(Doing.FAILED, step.name, step.rule, step.found)
    return step


# What AutoMod stopped


def to_blocked(
    execution: discord.AutoModAction, place: PlaceId, readers: Readers, team: TeamId | None, at: datetime
) -> Post | None:
    """Tell of a message that AutoMod stopped, whoever made the rule; None for anything else it did.

    Discord tells of each action of a rule by itself, without an id and without a time. Only the one that stops the
    message counts, so a try is told once; `at` is when we heard of it, and is part of its id.
    """
    if execution.action.type is not discord.AutoModRuleActionType.block_message or not execution.content:
        return None
    moment = int(at.timestamp() * 1_000_000)
    post = PostId(f"blocked:{execution.user_id}:{moment}")
    author = AccountId(str(execution.user_id))
    return Post(PLATFORM, place, post, author, at, readers, (Words(Where.BODY, execution.content),), team=team)
