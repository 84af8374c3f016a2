"""What the heads learn from, and how it is kept apart from what they are judged by."""

import json
import pickle
import re
from collections import Counter
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.readings.artefacts import manifest
from bot.readings.labels import Label, Listeners, Setting, Speaker
from bot.readings.networks import Networks
from bot.readings.session import open_session
from models import abuse, hands
from models.expand import expand, read_slots
from models.families import FOLDER, read_families
from models.labelled import read
from models.points import EVEN, point
from models.public import SOURCES, read_public, yardstick
from models.samples import HEADS, LEARNED, Kind, Sample, fold_of
from tests.journeys import ROOT
from tests.readings.test_networks import ABUSE, MEANING

FAMILIES = read_families()
DEV = list(read(sorted((ROOT / "models" / "dev").glob("*.jsonl"))))
WORD = re.compile(r"[a-z0-9]+")


def test_every_head_has_hits_and_near_misses() -> None:
    """A head that saw no near miss would take the topic for the matter."""
    hits = Counter(head for family in FAMILIES for head in family.holds for _ in family.lines)
    baits = sum(len(family.lines) for family in FAMILIES if family.kind is Kind.BAIT)

    assert all(hits[head] >= 70 for head in HEADS)
    assert baits > 1_000


def test_the_same_seed_makes_the_same_texts() -> None:
    """Whoever builds the models gets the same heads."""
    assert list(expand(FAMILIES[:20], 7, 3)) == list(expand(FAMILIES[:20], 7, 3))
    assert list(expand(FAMILIES[:20], 7, 3)) != list(expand(FAMILIES[:20], 8, 3))


def test_every_slot_of_every_template_is_filled() -> None:
    """A text with a hole would teach the heads about holes."""
    left = [each.family for each in expand(FAMILIES, 7, 4) if re.search(r"\{\w+\}", each.text)]

    assert left == []


def test_the_variants_of_a_family_stay_in_one_fold() -> None:
    """Judged by a variant of what it learned from, a head looks better than it is."""
    folds = {each.family: {fold_of(each.family)} for each in expand(FAMILIES, 7, 2)}

    assert all(len(each) == 1 for each in folds.values())
    assert len(set.union(*folds.values())) == 5


def test_no_template_echoes_a_message_of_the_dev_set() -> None:
    """Figures on messages that were learned from, in other words, would be worth nothing."""
    rows = [(each.id, rare(each.text)) for each in DEV]
    echoes = [
        (family.name, line, name)
        for family in FAMILIES
        for line in family.lines
        for name, words in rows
        if is_echo(rare(line), words)
    ]

    assert echoes == []


def rare(text: str) -> frozenset[str]:
    """Give the words of a text that say something: those of four letters and more."""
    return frozenset(word for word in WORD.findall(re.sub(r"\{\w+\}", "", text.lower())) if len(word) > 3)


def is_echo(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two texts share four telling words or more, and most of those of the shorter."""
    shared = len(one & other)
    return shared >= 4 and shared >= 0.7 * min(len(one), len(other))


def test_an_echo_is_known_when_it_is_one() -> None:
    """A test that cannot fail shows nothing."""
    assert is_echo(
        rare("You have until Monday, my friends know your truck"), rare("my friends know your truck, until Monday")
    )
    assert not is_echo(rare("the bus leaves at four today"), rare("your ankle needs some ice today"))


def test_the_models_were_built_from_the_data_that_stands_here() -> None:
    """A template that was changed after `make models` would not be in the heads."""
    built = manifest()["data"]
    here = {name: sha256((ROOT / "models" / name).read_bytes()).hexdigest() for name in built}
    templates = {f"templates/{path.name}" for path in FOLDER.glob("*.toml")}

    assert built == here
    assert templates <= set(built)


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
    view = Networks.of(ABUSE, MEANING).view

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


def test_an_operating_point_keeps_under_its_ceilings() -> None:
    """Of everyday texts .3 % and of baits 3 % may be held, and nothing less likely than not."""
    chance = np.random.default_rng(4)
    sure = chance.random(20_000).astype(np.float32)
    answers = np.zeros(20_000, bool)
    kinds = np.array([Kind.EVERYDAY] * 10_000 + [Kind.BAIT] * 10_000)

    review, act = point(Label.SEXUAL, sure, answers, kinds)

    assert (sure[:10_000] > review).mean() <= 0.0031
    assert EVEN <= review <= act <= 1
    assert point(Label.MEDICAL, sure, answers, kinds) == (0.25, 0.5)


def test_what_is_learned_is_said_of_every_sample_in_its_heads() -> None:
    """A label without a head in a template would silently be dropped; those are read by patterns alone."""
    sample = Sample("words", Setting(Speaker.COACH, Listeners.GROUP), frozenset(), frozenset(), Kind.BAIT, "a/b")

    assert sample.weight == 1.0
    assert set(HEADS) == {*map(str, LEARNED), "confidential"}
    assert json.loads(json.dumps(manifest()["heads"])) == list(HEADS)
