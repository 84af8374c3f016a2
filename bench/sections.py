"""What is measured, section by section, and the targets that each decides."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import quantiles

from bench import chat, corpus, mail, matters, process, reading, scan, verify, workspace
from bench.journey import Day, Depth, every_rule, journey, open_loop, reading_alone
from bench.references import naive_pipeline, raw_sqlite
from bench.scorecard import Bound, Result, Target
from bench.section import Measured, Section, Spread, measure
from bot.judge import judge

JOURNEY, HARD, CLUES, GROUPS, SINGLE, NAIVE = (
    "Chaperone, rules only, 100 in flight",
    "the same, a tenth flagged",
    "the same, an ordinary day, clues read too",
    "bare SQLite, groups of 100",
    "bare SQLite, one by one",
    "a SQLAlchemy transaction a message",
)
T1 = Target("T1", "journey by rules alone, beside bare SQLite in groups of 100", Bound.AT_LEAST, 0.20)
T1_HARD = Target("T1", "the same, with a tenth of the posts flagged", Bound.AT_LEAST, 0.20)
T1_CLUES = Target("T1", "the same, an ordinary day, with clues read too", Bound.AT_LEAST, 0.20)
T1_SINGLE = Target("T1", "journey by rules alone, beside bare SQLite one by one", Bound.AT_LEAST, 4.0)
T2 = Target("T2", "journey by rules alone, beside a SQLAlchemy transaction a message", Bound.AT_LEAST, 50.0)
T3 = Target("T3", "p99 at 500 posts a second, from when each was due", Bound.AT_MOST, 25.0, "ms")
T4 = Target("T4", f"fold and scan of {scan.LISTED} patterns beside Red's filter", Bound.AT_LEAST, 15.0)
T4_MISSED = Target("T4", "hits of Red's filter that ours misses", Bound.AT_MOST, 0.0, "hits")
T5_COLD = Target("T5", "scan of 10,000 patterns, cold", Bound.AT_MOST, 25.0, "us a text")
T5_HOSTILE = Target("T5", "scan of 10,000 patterns, hostile texts", Bound.AT_MOST, 200.0, "us a text")
T5_LOAD = Target("T5", "load 10,000 patterns anew", Bound.AT_MOST, 1.0, "s")
T6 = Target("T6", "hearing on Discord beside the bare library (0.5: as much again)", Bound.AT_LEAST, 0.5)
T6_SLACK = Target("T6", "hearing on Slack beside bare Bolt (0.77: 0.3 as much again)", Bound.AT_LEAST, 1 / 1.3)
T6_MEMORY = Target("T6", "memory for each member of a server", Bound.AT_MOST, 2_000.0, "bytes")
T7 = Target("T7", "reading all there is in a text, beside the shipped encoder alone", Bound.AT_LEAST, 2.0)
T7_FULL = Target("T7", "reading everything by models too", Bound.AT_LEAST, 600.0, "texts/s")
T7_GATED = Target("T7", "reading with a fifth by models", Bound.AT_LEAST, 2_500.0, "texts/s")
T7_FAST = Target("T7", "reading by clues alone", Bound.AT_LEAST, 8_000.0, "texts/s")
T7_MEDIAN = Target("T7", "one text by itself, median", Bound.AT_MOST, 2.0, "ms")
T7_SLOWEST = Target("T7", "one text by itself, p99", Bound.AT_MOST, 5.0, "ms")
T7_WHOLE = Target("T7", "the whole journey, models too, beside reading alone", Bound.AT_LEAST, 0.85)
T7_MEMORY = Target("T7", "memory of the models", Bound.AT_MOST, 300.0, "MB")
T9_START = Target("T9", "start to first verdict", Bound.AT_MOST, 3.0, "s")
T9_MEMORY = Target("T9", "memory of a replay at most", Bound.AT_MOST, 300.0, "MB")
T10 = Target("T10", "`audit verify`", Bound.AT_LEAST, 200_000.0, "entries/s")
MAIL = Target("Mail", "letters beside bare smtplib one by one", Bound.AT_LEAST, 1.5)
MAIL_MINUTE = Target("Mail", "letters through a server on this machine", Bound.AT_LEAST, 1_000 / 60, "a second")

MATTERS = Target("Copies", "private matters, copied by mail and shown", Bound.AT_LEAST, 1_000.0, "a minute")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    passes: int
    posts: int
    singles: int
    naive: int
    texts: int
    letters: int = 1_000
    replayed: int = 0
    """Posts of the replay whose memory is watched, and whether there is an open loop at all."""


QUICK = Size(passes=3, posts=10_000, singles=1_000, naive=400, texts=4_000)
USUAL = replace(QUICK, passes=5, texts=10_000)
FULL = Size(passes=7, posts=20_000, singles=2_000, naive=1_000, texts=10_000, replayed=1_000_000)

Outcome = tuple[Measured, list[Result]]


def every(day: Day, size: Size, folder: Path) -> Iterator[Outcome]:
    """Measure one section after the other. `day` is a hard one; the journey is measured on an ordinary one too."""
    yield commit(day, size, folder)
    yield words(size, folder)
    yield many_patterns(size, folder)
    yield meaning(size, folder)
    yield whole(size, folder)
    yield hearing(size, folder)
    yield hearing_on_slack(size, folder)
    yield start(size, folder)
    yield proof(day, size, folder)
    yield letters(size, folder)
    yield private_matters(day, size, folder)
    if size.replayed:
        yield steady(day, size, folder)
        yield memory(size, folder)


def shares(day: Day) -> str:
    """Say how many posts are flagged, by the rules that flag them."""
    roster, rules = day.roster(), every_rule()
    counts: dict[str, int] = {}
    for post in day.posts:
        for clause in {str(each.clause) for each in judge(roster.recognise(post), rules).standing}:
            counts[clause] = counts.get(clause, 0) + 1
    told = (f"{count / len(day.posts):.1%} by {clause}" for clause, count in sorted(counts.items()))
    return f"Of the hard day's {len(day.posts):,} posts are flagged: {', '.join(told)}; of the ordinary day's a tenth."


def commit(day: Day, size: Size, folder: Path) -> Outcome:
    """Compare the whole journey with what the disk and the obvious way would do."""
    ordinary = Day.of(size.posts, folder, corpus.ORDINARY)
    section = Section(
        "Journey",
        "posts a second",
        {
            JOURNEY: partial(journey, ordinary, folder, Depth.RULES),
            HARD: partial(journey, day, folder, Depth.RULES),
            CLUES: partial(journey, ordinary, folder),
            GROUPS: partial(raw_sqlite, ordinary, folder, 100),
            SINGLE: partial(raw_sqlite, _first(ordinary, size.singles), folder, 1),
            NAIVE: partial(naive_pipeline, _first(ordinary, size.naive), folder),
        },
    )
    measured = measure(section, size.passes, folder)
    return measured, [
        Result(T1, measured.ratio(JOURNEY, GROUPS)),
        Result(T1_HARD, measured.ratio(HARD, GROUPS)),
        Result(T1_CLUES, measured.ratio(CLUES, GROUPS)),
        Result(T1_SINGLE, measured.ratio(JOURNEY, SINGLE)),
        Result(T2, measured.ratio(JOURNEY, NAIVE)),
    ]


def _first(day: Day, posts: int) -> Day:
    return Day(day.lines[:posts], day.posts[:posts], day.lists)


def words(size: Size, folder: Path) -> Outcome:
    """Compare folding and scanning with Red's filter, over the same words and texts."""
    listed = corpus.listed_words(scan.LISTED)
    texts = scan.Texts(corpus.texts(listed, size.texts))
    ours, red = scan.whole_words(listed), scan.red_filter(listed)
    section = Section(
        f"{scan.LISTED} words",
        "texts a second",
        {"Chaperone: fold and scan": partial(texts.ours, ours), "Red-DiscordBot's approach": partial(texts.red, red)},
    )
    measured = measure(section, size.passes, folder)
    missed = float(scan.missed(texts.all, ours, red))
    ratio = measured.ratio("Chaperone: fold and scan", "Red-DiscordBot's approach")
    return measured, [Result(T4, ratio), Result(T4_MISSED, Spread.of([missed]))]


def many_patterns(size: Size, folder: Path) -> Outcome:
    """Scan texts never seen before, and hostile ones, for ten thousand patterns."""
    listed = corpus.listed_words(scan.MANY)
    patterns = scan.disguises(listed)
    texts, hostile = corpus.texts(listed, size.texts), scan.hostile(size.texts // 4)
    cold, noise = "a text, cold", "a hostile text"
    section = Section(
        f"{scan.MANY:,} patterns",
        "us",
        {cold: partial(scan.cold, patterns, texts), noise: partial(scan.cold, patterns, hostile)},
    )
    measured = measure(section, size.passes, folder)
    loads = Spread.of([scan.load(patterns) for _ in range(size.passes)])
    return measured, [
        Result(T5_COLD, measured.spread(cold)),
        Result(T5_HOSTILE, measured.spread(noise)),
        Result(T5_LOAD, loads),
    ]


def meaning(size: Size, folder: Path) -> Outcome:
    """Read what texts are about, beside the encoder as its package brings it."""
    readers = reading.Readers.over(reading.DEV, size.singles)
    shipped = reading.Shipped.over(readers.texts)
    full, gated, fast, alone = "all, models too", "a fifth by models", "clues alone", "the shipped encoder alone"
    ways = {full: readers.full, gated: readers.gated, fast: readers.fast, alone: shipped.speed}
    measured = measure(Section("Reading", "texts a second", ways), size.passes, folder)
    medians, slowest = zip(*(readers.alone() for _ in range(size.passes)), strict=True)
    return measured, [
        Result(T7, measured.ratio(full, alone)),
        Result(T7_FULL, measured.spread(full)),
        Result(T7_GATED, measured.spread(gated)),
        Result(T7_FAST, measured.spread(fast)),
        Result(T7_MEDIAN, Spread.of(medians)),
        Result(T7_SLOWEST, Spread.of(slowest)),
        Result(T7_MEMORY, Spread.of([reading.memory()])),
    ]


def whole(size: Size, folder: Path) -> Outcome:
    """Carry posts through the whole journey with everything read on the way, beside reading them and nothing else."""
    ordinary = Day.of(size.singles, folder, corpus.ORDINARY)
    carried, read = "the whole journey, models too", "reading alone"
    ways = {carried: partial(journey, ordinary, folder, Depth.MODELS), read: partial(reading_alone, ordinary)}
    measured = measure(Section("Journey with models", "posts a second", ways), size.passes, folder)
    return measured, [Result(T7_WHOLE, measured.ratio(carried, read))]


def hearing(size: Size, folder: Path) -> Outcome:
    """Hear messages on Discord, beside the library alone with a listener that does nothing."""
    ours, bare = "Chaperone's adapter", "discord.py alone"
    some = chat.frames(corpus.texts(corpus.listed_words(scan.LISTED), size.texts))
    section = Section("Discord", "messages a second", {ours: partial(chat.ours, some), bare: partial(chat.bare, some)})
    measured = measure(section, size.passes, folder)
    members = Spread.of([chat.bytes_a_member(20_000)])
    return measured, [Result(T6, measured.ratio(ours, bare)), Result(T6_MEMORY, members)]


def hearing_on_slack(size: Size, folder: Path) -> Outcome:
    """Hear twenty kinds of events on Slack, beside Bolt alone with one listener that does nothing."""
    ours, bare, empty = "Chaperone's door", "Bolt alone", "a door that hears nothing"
    some = workspace.envelopes(corpus.texts(corpus.listed_words(scan.LISTED), size.texts))
    speeds = {ours: partial(workspace.ours, some), bare: partial(workspace.bare, some)}
    speeds[empty] = partial(workspace.empty, some)
    measured = measure(Section("Slack", "events a second", speeds), size.passes, folder)
    return measured, [Result(T6_SLACK, measured.ratio(ours, bare))]


def proof(day: Day, size: Size, folder: Path) -> Outcome:
    """Prove a ledger, beside the bare hashing of its chain."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        database = verify.write_ledger(day, Path(name) / "ledger")
        section = Section(
            "Proof",
            "entries a second",
            {
                "audit verify": partial(verify.ours, database),
                "reading and hashing alone": partial(verify.bare_chain, database),
            },
        )
        measured = measure(section, size.passes, folder)
    return measured, [Result(T10, measured.spread("audit verify"))]


def letters(size: Size, folder: Path) -> Outcome:
    """Send letters through a real server, beside the ways one would write first."""
    ours, single, kept = "Chaperone", "smtplib, one by one", "smtplib, over one connection"
    some = mail.letters(size.letters)
    with mail.sink() as port:
        section = Section(
            "Mail",
            "letters a second",
            {
                ours: partial(mail.ours, port, some),
                single: partial(mail.one_by_one, port, some),
                kept: partial(mail.over_one_connection, port, some),
            },
        )
        measured = measure(section, size.passes, folder)
    return measured, [
        Result(MAIL, measured.ratio(ours, single)),
        Result(MAIL_MINUTE, measured.spread(ours)),
    ]


def private_matters(day: Day, size: Size, folder: Path) -> Outcome:
    """Carry private matters from the order to the student's eyes, their copies told through a real mail server."""
    name = "private matters, two copies each"
    with mail.sink() as port:
        carried = partial(matters.a_minute, day, port, size.letters, folder)
        measured = measure(Section("Copies", "a minute", {name: carried}), size.passes, folder)
    return measured, [Result(MATTERS, measured.spread(name))]


def start(size: Size, folder: Path) -> Outcome:
    """Start the real command on a history of one post."""
    name = "start to first verdict"
    section = Section("Start", "s", {name: partial(process.start_to_first_verdict, folder)})
    measured = measure(section, size.passes, folder)
    return measured, [Result(T9_START, measured.spread(name))]


def steady(day: Day, size: Size, folder: Path) -> Outcome:
    """Post at a steady rate, and count from the moment each post was due."""
    name = "p99 at 500 posts a second"
    some = _first(day, 5_000)

    def p99() -> float:
        with tempfile.TemporaryDirectory(dir=folder) as inside:
            return quantiles(asyncio.run(open_loop(some, Path(inside), 500)), n=100)[98]

    measured = measure(Section("Open loop", "ms", {name: p99}), size.passes, folder)
    return measured, [Result(T3, measured.spread(name))]


def memory(size: Size, folder: Path) -> Outcome:
    """Replay a long history with the real command and watch its memory; once, because it takes minutes."""
    name = f"memory over {size.replayed:,} posts"

    def most() -> float:
        _, megabytes = process.replay(size.replayed, folder)
        return megabytes

    measured = measure(Section("Memory", "MB", {name: most}), 1, folder)
    return measured, [Result(T9_MEMORY, measured.spread(name))]
