"""AutoMod stops links that hide something, keeps within Discord's caps, and leaves people's own rules alone."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

import discord
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.automod import (
    HIDING,
    LEADS_HOME,
    LONGEST_KEYWORD,
    LONGEST_REGEX,
    LONGEST_SAID,
    MOST_ALLOWED,
    MOST_KEYWORDS,
    MOST_REGEXES,
    MOST_RULES,
    PREFIX,
    Doing,
    Hosts,
    KeywordRule,
    Step,
    Wanted,
    keep_in_step,
    steps,
    to_blocked,
    wanted,
)
from bot.links import host_matches
from bot.message import PlaceId, Where
from bot.platform import Readers
from bot.readings.hosts import known_anonymizers, known_shorteners
from tests.discord.stage import School, open_school
from tests.district import NOON, SOCCER

LABEL: Final = st.text(st.sampled_from("abcxyz019-"), min_size=1, max_size=24).map(lambda each: f"a{each}z")
HOST: Final = st.lists(LABEL, min_size=1, max_size=3).map(lambda labels: ".".join((*labels, "com")))
LISTS: Final = st.lists(HOST, max_size=60)
ANY: Final = st.builds(Hosts, LISTS, st.lists(HOST, max_size=4), st.lists(HOST, max_size=4))
OUR_OWN: Final = (
    *("crisistextline.org", "988lifeline.org", "thetrevorproject.org", "narcoticsanonymous.example"),
    *("reddit.com", "microsoft.com", "alderbrook.example", "docs.google.com", "anonymoustips.example"),
)
"""Sites that nothing may stop: lines for help, and those whose names contain a short host."""


def from_the_lists(allowed: tuple[str, ...] = ()) -> Wanted:
    """Plan with the two public lists that the rules read."""
    return wanted(Hosts(known_shorteners(), (), allowed), Hosts(known_anonymizers(), (), allowed))


def stops(rules: Iterable[KeywordRule], text: str) -> bool:
    """Say whether a text would be stopped, as Discord describes keywords, patterns and what is excepted."""
    return any(_stops(each, text) for each in rules)


def _stops(rule: KeywordRule, text: str) -> bool:
    words = text.lower().split()
    if any(each.strip("*") in text.lower() for each in rule.allowed):
        return False
    for each in rule.keywords:
        bare, anywhere = each.strip("*"), each.endswith("*")
        if bare in text.lower() if anywhere else any(word.endswith(bare) for word in words):
            return True
    return any(re2.search(each, text) for each in rule.regexes)


def within_the_caps(plan: Wanted) -> None:
    """Hold everything that Discord would refuse otherwise."""
    keyword_rules = [each for each in plan.rules if not each.slurs]
    assert len(keyword_rules) <= MOST_RULES
    assert len({each.name for each in plan.rules}) == len(plan.rules)
    for each in plan.rules:
        assert each.name.startswith(PREFIX)
        assert 0 < len(each.says) <= LONGEST_SAID
        assert len(each.keywords) <= MOST_KEYWORDS
        assert all(len(keyword) <= LONGEST_KEYWORD for keyword in (*each.keywords, *each.allowed))
        assert len(each.regexes) <= MOST_REGEXES
        assert all(len(regex) <= LONGEST_REGEX for regex in each.regexes)
        assert len(each.allowed) <= MOST_ALLOWED
        assert each.slurs or each.keywords or each.regexes


@settings(max_examples=150, deadline=None)
@given(ANY, ANY, st.integers(0, MOST_RULES))
def test_a_plan_keeps_within_the_caps(shorteners: Hosts, anonymizers: Hosts, places: int) -> None:
    plan = wanted(shorteners, anonymizers, places)

    within_the_caps(plan)
    assert sum(not each.slurs for each in plan.rules) <= places


@settings(max_examples=150, deadline=None)
@given(ANY, ANY)
def test_what_the_district_allows_is_never_stopped(shorteners: Hosts, anonymizers: Hosts) -> None:
    """Each kind of host has its own allowed ones, as the two rules have."""
    for plan, allowed in (
        (wanted(shorteners, Hosts()), shorteners.allowed),
        (wanted(Hosts(), anonymizers), anonymizers.allowed),
    ):
        assert not any(stops(plan.rules, f"see https://{each}/abc now") for each in allowed)
        assert not any(stops(plan.rules, f"see https://{each}") for each in allowed)


def test_the_public_lists_fit_and_what_does_not_is_named() -> None:
    plan = from_the_lists()

    within_the_caps(plan)
    assert [each.name.removeprefix(PREFIX) for each in plan.rules] == [
        "short links 1",
        "sites that hide people 1",
        *(f"short links {number}" for number in (2, 3, 4, 5)),
        "slurs",
    ]
    assert plan.left_out
    assert not any(stops(plan.rules, f"https://{each}/abc") for each in plan.left_out)


@pytest.mark.parametrize(
    "link",
    [
        "https://bit.ly/3abc",
        "HTTPS://BIT.LY/3abc",
        "http://tinyurl.com/abc",
        "https://nordvpn.com",
        "https://www.hidden-vpn.example/try",
        "https://hide.me",
        "https://hide.me/en",
        "https://myproxy.example/",
    ],
)
def test_a_link_that_hides_something_is_stopped(link: str) -> None:
    assert stops(from_the_lists().rules, f"look {link} now")


@pytest.mark.parametrize("host", OUR_OWN)
def test_an_ordinary_link_is_not(host: str) -> None:
    """`t.co` stands in reddit.com and microsoft.com; lines for help call themselves anonymous."""
    plan = from_the_lists()

    assert not stops(plan.rules, f"look https://{host}/abc now")
    assert not stops(plan.rules, f"look https://{host}")


@pytest.mark.parametrize("host", sorted(LEADS_HOME))
def test_a_short_address_of_one_site_is_told_but_not_stopped(host: str) -> None:
    """A coach's form or video goes out. Who wants it stopped says so."""
    assert not stops(from_the_lists().rules, f"https://{host}/abc")
    assert stops(wanted(Hosts((), (host,)), Hosts()).rules, f"https://{host}/abc")


def test_talk_is_never_stopped() -> None:
    """Only links are: words for what hurts somebody are how they ask for help."""
    plan = from_the_lists()
    said = "I want to die. He gave me pills and took pictures of me. My vpn is slow, and bit.ly is a site."

    assert not stops(plan.rules, said)
    assert all(each.startswith("*/") for rule in plan.rules for each in rule.keywords)


def test_a_pattern_means_the_same_in_linear_time() -> None:
    """Discord reads patterns as Rust does; RE2 refuses what Rust refuses: looking around, and back references."""
    for each in HIDING:
        assert re2.compile(each).search("see https://free-proxy.example/")


def test_the_districts_own_way_in_is_spared_by_name() -> None:
    plan = from_the_lists(("vpn.alderbrook.example",))

    assert not stops(plan.rules, "https://vpn.alderbrook.example/login")
    assert stops(plan.rules, "https://vpn.elsewhere.example/login")


def test_without_room_to_spare_what_is_allowed_there_is_no_pattern() -> None:
    allowed = tuple(f"vpn{number}.example" for number in range(MOST_ALLOWED + 1))
    plan = from_the_lists(allowed)

    within_the_caps(plan)
    assert not any(each.regexes for each in plan.rules)
    assert all(host_matches(each, frozenset(allowed)) is None for each in plan.left_out)


# Keeping in step

FEW: Final = wanted(Hosts(("bit.ly",)), Hosts(("hide.me",))).rules


def ready(stage: School) -> discord.Guild:
    """Give the server as the bot sees it. There it may manage everything, without being an administrator."""
    return stage.discord.client.guilds[0]


def changes(stage: School) -> list[str]:
    """Name the requests about AutoMod that changed something."""
    sent = [each for each in stage.env.http_requests if "auto-moderation" in each.path]
    return [each.method for each in sent if each.method != "GET"]


async def test_the_rules_are_made_once(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        guild = ready(stage)
        first = await keep_in_step(guild, FEW)
        made = await guild.fetch_automod_rules()
        second = await keep_in_step(guild, FEW)

        assert changes(stage) == ["POST"] * 3
    assert [each.doing for each in first] == [Doing.MAKE] * 3
    assert second == []
    assert all(each.enabled for each in made)
    assert {each.name for each in made} == {each.name for each in FEW}
    slurs = next(each for each in made if each.trigger.type is discord.AutoModRuleTriggerType.keyword_preset)
    assert (slurs.trigger.presets.slurs, slurs.trigger.presets.value) == (True, discord.AutoModPresets.slurs.flag)


async def test_what_has_drifted_is_mended(tmp_path: Path) -> None:
    """Switched off, with other words, with another message, or not wanted any more."""
    async with open_school(tmp_path) as stage:
        guild = ready(stage)
        await keep_in_step(guild, FEW)
        short, hiding, slurs = await guild.fetch_automod_rules()
        await short.edit(enabled=False)
        await hiding.edit(trigger=discord.AutoModTrigger(keyword_filter=["*hello*"]))
        await slurs.edit(actions=[discord.AutoModRuleAction(custom_message="No.")])
        mended = await keep_in_step(guild, FEW)
        gone = await keep_in_step(guild, FEW[1:])
        after = await keep_in_step(guild, FEW[1:])
        left = await guild.fetch_automod_rules()

    assert [each.doing for each in mended] == [Doing.MEND] * 3
    assert [(each.doing, each.name) for each in gone] == [(Doing.DELETE, FEW[0].name)]
    assert after == []
    assert {each.name for each in left} == {each.name for each in FEW[1:]}


async def test_a_strangers_rule_is_left_alone(tmp_path: Path) -> None:
    """Also one that is called like ours, and one of ours that is called otherwise."""
    async with open_school(tmp_path) as stage:
        guild = ready(stage)
        body = {"name": FEW[0].name, "event_type": 1, "trigger_type": 1, "trigger_metadata": {"keyword_filter": ["x"]}}
        theirs = stage.env.backend.create_auto_mod_rule(guild.id, stage.guild.owner.id, body)
        before = repr(theirs)
        await keep_in_step(guild, FEW)
        renamed = next(each for each in await guild.fetch_automod_rules() if each.name == FEW[1].name)
        await renamed.edit(name="Links we do not like")
        again = await keep_in_step(guild, FEW)

        assert repr(theirs) == before
        assert "Links we do not like" in {each.name for each in await guild.fetch_automod_rules()}
    assert [(each.doing, each.name) for each in again] == [(Doing.MAKE, FEW[1].name)]


async def test_where_people_take_every_place_it_is_said(tmp_path: Path) -> None:
    """The most useful rule gets the last place; theirs are never touched to make room."""
    async with open_school(tmp_path) as stage:
        guild = ready(stage)
        for number in range(5):
            body = {"name": f"Their own {number}", "event_type": 1, "trigger_type": 1}
            stage.env.backend.create_auto_mod_rule(guild.id, stage.guild.owner.id, body)
        preset = {"name": "Theirs", "event_type": 1, "trigger_type": 4, "trigger_metadata": {"presets": [3]}}
        stage.env.backend.create_auto_mod_rule(guild.id, stage.guild.owner.id, preset)
        done = await keep_in_step(guild, FEW)
        names = {each.name for each in await guild.fetch_automod_rules()}

    assert [(each.doing, each.name) for each in done] == [
        (Doing.MAKE, FEW[0].name),
        (Doing.NO_ROOM, FEW[1].name),
        (Doing.NO_ROOM, FEW[2].name),
    ]
    assert len(names) == 7
    assert "take all of them" in str(done[1])


async def test_without_the_permission_nothing_is_asked(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        own = ready(stage).me.top_role
        stage.env.backend.edit_role(stage.guild.id, own.id, {"permissions": 0})
        await stage.env.settle()
        done = await keep_in_step(ready(stage), FEW)

        assert changes(stage) == []
    assert done == [Step(Doing.NOT_ALLOWED, "")]


async def test_a_rule_that_discord_refuses_does_not_stop_the_others(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        guild = ready(stage)
        stage.env.inject_error("POST", "/guilds/*/auto-moderation/rules", status=400, code=50035)
        done = await keep_in_step(guild, FEW)

    assert [each.doing for each in done] == [Doing.FAILED, Doing.MAKE, Doing.MAKE]


async def test_who_people_except_is_theirs_to_say(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        guild = ready(stage)
        await keep_in_step(guild, FEW)
        rule = next(iter(await guild.fetch_automod_rules()))
        await rule.edit(exempt_roles=[discord.Object(stage.roles["Office"].id)])

        assert await keep_in_step(guild, FEW) == []


async def test_a_rule_of_another_kind_is_made_anew(tmp_path: Path) -> None:
    """Discord does not let a rule change its kind."""
    async with open_school(tmp_path) as stage:
        guild = ready(stage)
        await keep_in_step(guild, FEW[:1])
        found = await guild.fetch_automod_rules()

    other = replace(FEW[2], name=FEW[0].name)
    assert [each.doing for each in steps(found, [other], guild.me.id)] == [Doing.DELETE, Doing.MAKE]


# What AutoMod stopped


async def test_a_blocked_try_is_told_once(tmp_path: Path) -> None:
    """Discord tells of each action by itself: a rule that also alerts a channel is two events, and one post."""
    async with open_school(tmp_path) as stage:
        guild = ready(stage)
        await keep_in_step(guild, FEW)
        short = next(each for each in await guild.fetch_automod_rules() if each.name == FEW[0].name)
        alert = discord.AutoModRuleAction(channel_id=stage.private.id)
        await short.edit(actions=[*short.actions, alert])
        heard: list[discord.AutoModAction] = []

        async def on_automod_action(execution: discord.AutoModAction) -> None:
            heard.append(execution)

        stage.discord.client.event(on_automod_action)
        await stage.heard()
        await stage.people["s1"].send(stage.team, "he will hurt me https://bit.ly/3abc")
        await stage.env.settle()
        delivered = await stage.heard()
        posts = [to_blocked(each, PlaceId("1"), Readers(), SOCCER, NOON) for each in heard]

    assert len(heard) == 2
    assert delivered == [], "nobody read it"
    (post,) = [each for each in posts if each is not None]
    (words,) = post.words
    assert (words.where, words.text.strip()) == (Where.BODY, "he will hurt me https://bit.ly/3abc")
    assert (post.author, post.team, post.revision) == (str(stage.people["s1"].id), SOCCER, "")
    assert post.id.startswith(f"blocked:{stage.people['s1'].id}:")
    assert "bit.ly" not in post.id


async def test_a_link_that_hides_nothing_goes_through(tmp_path: Path) -> None:
    async with open_school(tmp_path) as stage:
        await keep_in_step(ready(stage), from_the_lists().rules)
        await stage.people["s1"].send(stage.team, "https://www.reddit.com/r/soccer https://youtu.be/abc")

        assert len(await stage.heard()) == 1
