"""What the heads learn from, and how it is kept apart from what they are judged by."""

import json
import pickle
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.readings import artefacts
from bot.readings.artefacts import manifest
from bot.readings.heads import Arrays, margins
from bot.readings.labels import Clue, Label, Listeners, Scores, Setting, Speaker
from bot.readings.networks import Networks
from bot.readings.session import open_session
from bot.readings.unglue import words_of_chat
from models import abuse, choosing, hands, private, talk
from models.expand import expand, read_slots
from models.families import FOLDER, read_families
from models.labelled import Labelled, read
from models.learn import Lesson, stretched, teach
from models.points import TRIED, Aim, Ceiling, Tried, balanced, point, where_a_miss_costs_most
from models.public import SOURCES, read_public, yardstick
from models.samples import HEADS, LEARNED, Kind, Sample
from models.talk import read_talk
from tests.journeys import ROOT
from tests.readings.test_networks import ABUSE, MEANING

FAMILIES = read_families()
SETS = ROOT / "models" / "dev"
DEV = list(read(sorted((*SETS.glob("*.jsonl"), *(SETS / "personal").glob("*.jsonl")))))
WORD = re.compile(r"[a-z0-9]+")
SHARED = 4


def test_every_head_has_hits_and_near_misses() -> None:
    """A head that saw no near miss would take the topic for the matter."""
    hits = Counter(head for family in FAMILIES for head in family.holds for _ in family.lines)
    baits = sum(len(family.lines) for family in FAMILIES if family.kind is Kind.BAIT)

    assert all(hits[head] >= 70 for head in HEADS)
    assert baits > 1_000


def test_what_private_facts_are_taught_by_changes_nothing_else() -> None:
    """Their heads stand beside the others, on lines of their own, and none has a part in another's hidden layer."""
    chance = np.random.default_rng(7)
    one, other = (
        Arrays(
            *(chance.standard_normal(size).astype(np.float32) for size in ((hidden, 9), hidden, (heads, hidden), heads))
        )
        for hidden, heads in ((5, 3), (4, 2))
    )
    rows = chance.standard_normal((6, 9)).astype(np.float32)
    others, own = private.parted(FAMILIES)

    said = margins(private.beside(one, other), rows)

    assert said == pytest.approx(np.concatenate([margins(one, rows), margins(other, rows)], axis=1), abs=1e-5)
    assert {each.name.partition("/")[0] for each in own} == {
        *("given_addresses", "given_birthdates", "given_passwords", "round_the_filter")
    }
    assert len(others) + len(own) == len(FAMILIES)


def test_the_same_seed_makes_the_same_texts() -> None:
    """Whoever builds the models gets the same heads."""
    assert list(expand(FAMILIES[:20], 7, 3)) == list(expand(FAMILIES[:20], 7, 3))
    assert list(expand(FAMILIES[:20], 7, 3)) != list(expand(FAMILIES[:20], 8, 3))


def test_every_slot_of_every_template_is_filled() -> None:
    """A text with a hole would teach the heads about holes."""
    left = [each.family for each in expand(FAMILIES, 7, 4) if re.search(r"\{\w+\}", each.text)]

    assert left == []


def test_nothing_that_is_learned_from_echoes_a_message_of_the_dev_set() -> None:
    """Figures on messages that were learned from, in other words, would be worth nothing."""
    lines = ((family.name, line) for family in FAMILIES for line in family.lines)
    talk = ((each.family, each.text) for each in read_talk())

    assert [*echoes([*lines, *talk], DEV)] == []


def echoes(lines: Iterable[tuple[str, str]], dev: Iterable[Labelled]) -> Iterator[tuple[str, str, str]]:
    """Name each line, whence it is, and the message that it is like. Only messages that share a word are compared."""
    told = {each.id: rare(each.text) for each in dev}
    having = defaultdict[str, list[str]](list)
    for name, words in told.items():
        for word in words:
            having[word].append(name)
    for whence, line in lines:
        words = rare(line)
        shared = Counter(name for word in words for name in having.get(word, ()))
        alike = (name for name, count in shared.items() if count >= SHARED and is_echo(words, told[name]))
        yield from ((whence, line, name) for name in alike)


def rare(text: str) -> frozenset[str]:
    """Give the words of a text that say something: those of four letters and more."""
    return frozenset(word for word in WORD.findall(re.sub(r"\{\w+\}", "", text.lower())) if len(word) > 3)


def is_echo(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two texts share four telling words or more, and most of those of the shorter."""
    shared = len(one & other)
    return shared >= SHARED and shared >= 0.7 * min(len(one), len(other))


def test_an_echo_is_known_when_it_is_one() -> None:
    """A test that cannot fail shows nothing."""
    assert is_echo(
        rare("You have until Monday, my friends know your truck"), rare("my friends know your truck, until Monday")
    )
    assert not is_echo(rare("the bus leaves at four today"), rare("your ankle needs some ice today"))


def test_the_models_were_built_from_the_data_that_stands_here() -> None:
    """A template that was changed after `make models`, or talk after `make talk`, would not be in the heads."""
    built = manifest()["data"]
    here = {name: sha256((ROOT / "models" / name).read_bytes()).hexdigest() for name in built}
    templates = {f"templates/{path.name}" for path in FOLDER.glob("*.toml")}
    spoken = {f"talk/{path.name}" for path in talk.FOLDER.glob("*.jsonl")}

    assert built == here
    assert templates | spoken <= set(built)


def test_the_points_were_chosen_with_the_lists_that_stand_here() -> None:
    """What a list says decides beside a head; figures would be of lists that are no more. `make points` mends it."""
    assert manifest()["lists"]["chosen_with"] == choosing.lists()


def test_points_are_chosen_anew_and_nothing_else_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On few messages, so that it is quick; the rest of the manifest stays."""
    before = manifest()
    monkeypatch.setattr(choosing, "CHOSEN_ON", choosing.CHOSEN_ON[::20])
    monkeypatch.setattr(artefacts, "FOLDER", tmp_path)

    choosing.main()

    after = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert after.keys() == before.keys()
    assert {key for key in after if after[key] != before[key]} == {"points"}
    assert after["points"].keys() == before["points"].keys()


def test_a_change_of_the_manifest_leaves_what_it_does_not_name() -> None:
    """Who builds a part anew does not vouch for the others."""
    told = {"files": {"one": 1, "other": 2}, "seed": 7}

    changed = choosing.changed(told, {"files": {"other": 3}, "lists": {"taught_with": "x"}})

    assert changed == {"files": {"one": 1, "other": 3}, "seed": 7, "lists": {"taught_with": "x"}}


def test_every_public_set_is_named_with_its_licence() -> None:
    """Data of others keeps its notice."""
    notice = (ROOT / "models" / "public" / "NOTICE.md").read_text("utf-8")

    assert all(f"`{source.file}`" in notice for source in SOURCES)
    assert {path.name for path in (ROOT / "models" / "public").glob("*.gz")} == {
        f"{each.file}.jsonl.gz" for each in SOURCES
    }


def test_a_public_row_says_nothing_of_what_its_set_does_not_rate() -> None:
    """A tweet that nobody rated for health is no proof that it is not about health."""
    public = list(read_public())

    assert all("medical" in each.silent for each in public)
    assert all(not each.holds & each.silent for each in public)
    assert {yardstick(each) for each in public} == {"", Kind.EVERYDAY}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('labels = ["medicine"]', "medicine"),
        ('authors = ["pupil"]', "pupil"),
        ('kind = "maybe"', "maybe"),
        ('lines = [""]', "a line is empty"),
    ],
)
def test_a_family_that_does_not_fit_is_told(line: str, wrong: str, tmp_path: Path) -> None:
    """With its file and name, so that whoever wrote it can mend it."""
    fields = [
        'name = "odd"',
        "labels = []",
        'authors = ["coach"]',
        'audiences = ["group"]',
        'kind = "bait"',
        'lines = ["a"]',
    ]
    kept = [each for each in fields if each.split()[0] != line.split(maxsplit=1)[0]]
    (tmp_path / "new.toml").write_text("\n".join(["[[family]]", *kept, line]), "utf-8")

    with pytest.raises(ConfigurationError, match=wrong) as refused:
        read_families(tmp_path)

    assert "new/odd" in str(refused.value)


@pytest.mark.parametrize(
    "way", [hands.look_alikes, hands.unseen, hands.spaced, hands.marked], ids=lambda way: way.__name__
)
def test_what_a_disguise_does_the_view_undoes(way: object) -> None:
    """The networks read the text as a person sees it."""
    assert callable(way)
    text = "meet behind the stadium"
    hidden = [way(text, Random(seed)) for seed in range(20)]

    assert sum(each != text for each in hidden) >= 18
    view = Networks(ABUSE, MEANING, words_of_chat()).view

    assert sum(view(each) == text for each in hidden) >= 16


def test_typing_leaves_slots_alone() -> None:
    """They are filled afterwards."""
    typed = [
        hands.typed("Bring {first} to {place} because practice is early", Random(seed), young=True)
        for seed in range(200)
    ]

    assert all("{first}" in each and "{place}" in each for each in typed)
    assert len(set(typed)) > 50


def test_slots_hold_nobody_real() -> None:
    """Telephone numbers are 555-01xx, addresses end in .example."""
    slots = read_slots()

    assert all("55501" in re.sub(r"\D", "", each) for each in slots["phone"])
    assert all(each.endswith(".example") for each in slots["email"])
    assert all(".example" in each for each in slots["link"])


def test_a_pickle_that_would_run_something_runs_nothing() -> None:
    """The vocabulary comes as a pickle of others: only plain values are taken from it."""

    class Harm:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return exec, ("raise SystemError('it ran')",)

    content = BytesIO()
    with ZipFile(content, "w") as wheel:
        wheel.writestr("tox_block/trained_models/encoder_0.1.2.pkl", pickle.dumps(Harm()))

    with ZipFile(content) as wheel, pytest.raises(KeyError, match="tokenizer"):
        abuse.read_words(wheel)


def test_the_built_network_is_what_plain_arrays_reckon() -> None:
    """The order of an LSTM's gates differs between Keras and ONNX: here with weights by chance."""
    chance = np.random.default_rng(3)
    shapes = {"embedding/embeddings": (abuse.WORDS, 50), "dense/kernel": (100, 50), "dense/bias": (50,)}
    shapes |= {"dense_1/kernel": (50, 6), "dense_1/bias": (6,)}
    for way in ("forward", "backward"):
        shapes |= {f"{way}/kernel": (50, 200), f"{way}/recurrent_kernel": (50, 200), f"{way}/bias": (200,)}
    weights = {name: chance.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    words = chance.integers(0, abuse.WORDS, (5, 100)).astype(np.int32)
    built = open_session(abuse.build(weights)).run(None, {"words": words})[0]

    assert np.abs(built - abuse.reckon(weights, words)).max() < 1e-5


def row(kind: Kind, *labels: Label, number: int = 0) -> Labelled:
    """Make up a labelled row."""
    place = Setting(Speaker.STUDENT, Listeners.GROUP)
    return Labelled(f"row-{number}", "words", place, frozenset(labels), False, False, kind)


def scored(label: Label, sure: float) -> Scores:
    """Make up what is read of it: one clue speaks for the label."""
    values = tuple(sure if each is label else 0.0 for each in Label)
    return Scores(values, (Clue(label, "made up", 0, 5, "words", 0.1),))


def test_an_operating_point_keeps_under_its_ceilings() -> None:
    """Of everyday texts .1 % and of baits 1 % may be held, and nothing less likely than not."""
    hits = [(row(Kind.HIT, Label.SEXUAL), scored(Label.SEXUAL, 0.97)) for _ in range(900)]
    clean = [
        (row(kind), scored(Label.SEXUAL, each / 1_000)) for kind in (Kind.EVERYDAY, Kind.BAIT) for each in range(1_000)
    ]

    review, act = point(Label.SEXUAL, hits + clean)

    held = [found for found, scores in clean if scores.of(Label.SEXUAL) >= review]
    assert TRIED[-1] == review < act  # none of those tried keeps so few of the everyday texts
    assert point(Label.SEXUAL, hits + clean[:100]) == (0.9, 0.901)
    assert len(held) < 110


def test_what_is_copied_is_asked_about_from_two_thirds_of_the_point_on() -> None:
    """Between the two the author is asked. Of the points that find all, .2 to .3, the middle one is taken."""
    hits = [(row(Kind.HIT, Label.MEDICAL), scored(Label.MEDICAL, 0.3)) for _ in range(10)]

    assert point(Label.MEDICAL, hits) == (0.167, 0.25)


@pytest.mark.parametrize(("label", "least"), [(Label.BOUNDARY, 0.8), (Label.HARASSMENT, 0.8), (Label.SUBSTANCES, 0.6)])
def test_nothing_is_taken_to_hold_too_soon(label: Label, least: float) -> None:
    """However well the dev set is told apart: people are alerted by it."""
    hits = [(row(Kind.HIT, label), scored(label, 0.55)) for _ in range(10)]

    assert point(label, hits).act == least


def test_what_only_its_author_hears_of_holds_or_does_not() -> None:
    """Between two points a person would look, and nobody looks at a birth date. A floor is not sure."""
    hits = [(row(Kind.HIT, Label.PII_BIRTHDATE), scored(Label.PII_BIRTHDATE, 0.7)) for _ in range(10)]

    review, act = point(Label.PII_BIRTHDATE, hits)

    assert (review, act) == (0.65, 0.651)


def tried(at: float, precision: float, recall: float, everyday: float = 0.0) -> Tried:
    """Make up what comes of one probability."""
    return Tried(at, precision, recall, everyday, 0.0)


def test_a_point_lies_where_precision_and_recall_come_nearest_to_the_aims() -> None:
    """The worse of both counts, and of several that are alike the middle one: an edge holds for these texts alone."""
    aim, ceiling = Aim(0.8, 0.75), Ceiling(0.01, 0.05)
    alike = [tried(at, 0.82, 0.7) for at in (0.55, 0.6, 0.65)]

    assert balanced([tried(0.5, 0.6, 0.95), *alike, tried(0.7, 0.95, 0.5)], aim, ceiling) == 0.6


def test_where_both_aims_are_reached_the_rest_goes_to_fewer_false_alarms() -> None:
    """The highest probability with something to spare; what would alarm too often is left out."""
    aim, ceiling = Aim(0.8, 0.75), Ceiling(0.01, 0.05)
    alarming, lower, higher, beyond = (
        tried(0.5, 0.9, 0.9, everyday=0.02),
        tried(0.55, 0.89, 0.87),
        tried(0.6, 0.92, 0.83),
        tried(0.65, 0.95, 0.78),
    )

    assert balanced([alarming, lower, higher, beyond], aim, ceiling) == 0.6
    assert balanced([alarming], aim, ceiling) == TRIED[-1]


def test_where_a_miss_costs_most_half_of_what_is_to_spare_goes_to_fewer_misses() -> None:
    """A missed copy breaks the policy, and other texts have more misses than those that chose."""
    reached = [tried(at, 0.9, 0.95) for at in (0.3, 0.35, 0.4, 0.45)]

    assert where_a_miss_costs_most(reached, Aim(0.85, 0.9)) == 0.35


def test_danger_that_is_likely_is_looked_at_however_many_false_alarms_come() -> None:
    """To be blind to it is no way to be quiet."""
    alarming = [tried(at, 0.3, 0.9, everyday=0.5) for at in TRIED]

    assert where_a_miss_costs_most(alarming, Aim(0.6, 0.9)) == 0.5


def test_danger_is_looked_at_though_it_is_less_likely_than_not() -> None:
    """Of the points that find all, .2 to .45, the middle one; what can wait has to be likely."""
    urgent, other = (
        point(label, [(row(Kind.HIT, label), scored(label, 0.45)) for _ in range(10)]).review
        for label in (Label.SELF_HARM, Label.SUBSTANCES)
    )

    assert urgent == 0.3
    assert other >= 0.5


def test_a_head_learns_what_its_texts_show_and_nothing_where_the_answer_is_unknown() -> None:
    """Half of the texts say nothing of the second head, and would teach it the opposite."""
    chance = np.random.default_rng(3)
    rows = chance.standard_normal((30_000, 4)).astype(np.float32)
    answers = (rows[:, :2] > 0).astype(np.float32)
    weights = np.ones_like(answers)
    answers[15_000:, 1], weights[15_000:, 1] = 1 - answers[15_000:, 1], 0

    arrays = teach(Lesson(rows, answers, weights), 1)

    new = chance.standard_normal((1_000, 4)).astype(np.float32)
    assert ((margins(arrays, new) > 0) == (new[:, :2] > 0)).mean() > 0.95
    again = teach(Lesson(rows, answers, weights), 1)
    assert all(np.array_equal(*each) for each in zip(arrays, again, strict=True))


def test_margins_are_stretched_to_how_often_it_is_so() -> None:
    """Whatever a head is sure of, of the texts at .8 four in five hold."""
    chance = np.random.default_rng(5)
    rows = chance.standard_normal((20_000, 1)).astype(np.float32)
    answers = (chance.random(20_000) < 1 / (1 + np.exp(-3 * rows[:, 0]))).astype(np.float32)[:, None]
    one = np.ones(1, np.float32)
    both = Arrays(np.array([[1], [-1]], np.float32), np.zeros(2, np.float32), np.array([[9, -9]], np.float32), one)

    sure = 1 / (1 + np.exp(-margins(stretched(both, rows, answers), rows)[:, 0]))

    near = np.abs(sure - 0.8) < 0.05
    assert abs(answers[near].mean() - 0.8) < 0.04


def test_what_is_learned_is_said_of_every_sample_in_its_heads() -> None:
    """A label without a head in a template would silently be dropped; those are read by patterns alone."""
    sample = Sample("words", Setting(Speaker.COACH, Listeners.GROUP), frozenset(), frozenset(), Kind.BAIT, "a/b")

    assert sample.weight == 1.0
    assert set(HEADS) == {*map(str, LEARNED), "confidential"}
    assert json.loads(json.dumps(manifest()["heads"])) == list(HEADS)
