"""What networks, heads and clues make of a text together."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_info

from bot.checkup import Weight
from bot.message import Where, Words
from bot.readings.artefacts import FOLDER, manifest
from bot.readings.clues import Clues
from bot.readings.labels import CONFIDENTIAL, Clue, Label, Listeners, Setting, Speaker
from bot.readings.models import open_models
from bot.readings.personal import Known
from bot.readings.reader import Reader
from bot.readings.topics import Topics
from bot.study import Study
from bot.text import fold
from bot.what_reads import without_models
from tests.district import KNOWN, roster
from tests.readings.networks import IN_GROUP, TO_ONE, TO_STAFF, models, sure
from tests.store.house import post

PLAIN = (
    ("Your ankle is still swollen, so the trainer wants you to sit out until Thursday.", Label.MEDICAL, TO_ONE),
    ("You are failing chemistry and you are not eligible until the grade comes up.", Label.ACADEMIC, TO_ONE),
    ("you're a pathetic loser and nobody on this team wants you here", Label.HARASSMENT, IN_GROUP),
    ("Delete these messages. Nobody needs to know I bought you that necklace.", Label.BOUNDARY, TO_ONE),
    ("i don't want to be alive anymore", Label.SELF_HARM, TO_STAFF),
    ("i'm bringing a gun to school tomorrow and they will all pay", Label.THREAT, IN_GROUP),
    ("the older boys keep hitting me in the locker room and i am scared to come back", Label.REPORT, TO_STAFF),
)
STAFF_TO_GROUP = Setting(Speaker.COACH, Listeners.GROUP)
CLEAN = "Practice is at four on the turf today, bring water."


@pytest.mark.parametrize(("text", "label", "setting"), PLAIN, ids=[label.value for _, label, _ in PLAIN])
def test_a_plain_text_is_far_surer_than_a_clean_one(text: str, label: Label, setting: Setting) -> None:
    """Numbers differ a little between processors: a wide margin stands for them all."""
    assert sure(text, label, setting) > sure(CLEAN, label, setting) + 0.3


async def test_the_name_of_a_file_is_never_sure_by_itself() -> None:
    """No model reads it, with words beside it or without."""
    reader, study = Reader(KNOWN), Study(Topics(Clues(KNOWN), models()), None)
    named = replace(post(by="s4", to=("s1", "s2")), words=(Words(Where.FILE_NAME, "fuck this.png"),))
    (read,) = await study.read([reader.read(roster().recognise(named))])
    study.close()

    assert read.readings.sign(Label.PROFANITY) is not None
    assert not read.readings.is_sure(Label.PROFANITY)


def test_words_that_mean_something_else_speak_against_a_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """They veto a clue; a head that has none has stumbled over them. One that is sure is believed.

    In a long text they may stand far from what the head is about.
    """
    letter = f"we meet by the coke machine. {'The bus leaves at four and the band plays at five. ' * 4}"
    texts = ("we meet by the coke machine after the bell", "he sells vapes behind the coke machine", letter)
    doubted = [sure(text, Label.SUBSTANCES, IN_GROUP) for text in texts]
    monkeypatch.setattr("bot.readings.models.DOUBTS", {})
    plain = [sure(text, Label.SUBSTANCES, IN_GROUP) for text in texts]

    assert doubted == [pytest.approx(plain[0] / 2), *plain[1:]]
    assert doubted[1] > doubted[0] + 0.3


@pytest.mark.parametrize(
    ("text", "label", "setting", "holds"),
    [
        ("gonna hit the gym", Label.THREAT, IN_GROUP, False),
        ("gonna swing by the office after school", Label.THREAT, IN_GROUP, False),
        ("gonna swing by the office w a gun", Label.THREAT, IN_GROUP, True),
        ("gonna hit the cafeteria first then the office, ammo is ready", Label.THREAT, IN_GROUP, True),
        ("no one wants you to fail", Label.HARASSMENT, IN_GROUP, False),
        ("no one wants you to play with us", Label.HARASSMENT, IN_GROUP, True),
        ("How is your grandmother's knee?", Label.MEDICAL, TO_ONE, False),
        ("Your mom told me about your knee. Did the doctor say how long?", Label.MEDICAL, TO_ONE, True),
    ],
)
def test_what_looks_like_a_label_and_means_something_else_does_not_hold(
    text: str, label: Label, setting: Setting, *, holds: bool
) -> None:
    """Errands, kind words and a grandmother's health; not beside what means it."""
    assert (sure(text, label, setting) >= models().points[label].review) is holds


def test_what_is_no_leak_to_the_models_is_none_by_a_single_word() -> None:
    """Jada stole the ball. Without models the word has to do."""
    people = frozenset({("jada", "okafor")})
    texts = ("Jada stole the ball at half court", "Jada stole from the snack bar, so she runs")

    def leaks(with_models: Topics) -> list[bool]:
        scores = with_models.read(texts, [STAFF_TO_GROUP] * 2, 2026)
        return [
            with_models.judge(text, score, STAFF_TO_GROUP).confidential_leak
            for text, score in zip(texts, scores, strict=True)
        ]

    assert leaks(Topics(Clues(Known(people)), models())) == [False, True]
    assert leaks(Topics(Clues(Known(people)), None)) == [True, True]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("my dog was born 3/14/2020", False),
        ("my cat luna turned 16 yesterday", False),
        ("i was born first, our dog was just born 3/14/2020", False),
        ("our club was finally born 3/14/2009", False),
        ("my dog was born 3/14/2020 and me 3/14/2010", True),
        ("my dog is 3 today and i turn 16 today", True),
        ("i got a dog when i was born 3/14/2010", True),
    ],
)
def test_the_birth_of_a_pet_or_a_thing_speaks_against_a_head(text: str, *, is_found: bool) -> None:
    """A head knows dates of birth by their looks. Beside another date or number somebody's own is read all the same."""
    (scores,) = Topics(Clues(Known()), models()).read([text], [IN_GROUP], 2026)

    assert (scores.of(Label.PII_BIRTHDATE) >= models().points[Label.PII_BIRTHDATE].review) is is_found


@pytest.mark.parametrize(("text", "label", "setting"), PLAIN, ids=[label.value for _, label, _ in PLAIN])
def test_a_matter_is_found_in_the_midst_of_a_long_letter(text: str, label: Label, setting: Setting) -> None:
    """A long text is read in parts, and is as sure as its surest part: it holds as when it stood alone."""
    talk = "The bus leaves at four and the band plays at five. Bring the white shirt and a snack. " * 12
    texts = (text, f"{talk}\n{text}\n{talk}", talk)
    topics = Topics(Clues(Known()), models())

    alone, within, without = (score.of(label) for score in topics.read(texts, [setting] * 3, 2026))

    assert min(alone, within) >= models().points[label].review > without


SENTENCES, RUN_ON = (
    "The bus leaves at four. Bring the white shirt and a snack. ",
    "and then the bus was late and we sang ",
)
DECOYS = "This homework makes me want to die lol. " * 9
DROWNED = (
    ("i want to kill myself tonight", Label.SELF_HARM, IN_GROUP),
    ("i want to k!ll myself", Label.SELF_HARM, IN_GROUP),
    ("i am going to k.i.l.l m.y.s.e.l.f tonight", Label.SELF_HARM, IN_GROUP),
    ("he brought a gun to school in his bag", Label.THREAT, IN_GROUP),
    ("my stepdad hits me every night", Label.REPORT, TO_STAFF),
)


@pytest.mark.parametrize(("said", "label", "setting"), DROWNED, ids=[said for said, _, _ in DROWNED])
def test_what_cannot_wait_is_found_in_however_long_a_text(said: str, label: Label, setting: Setting) -> None:
    """Talk before and after must not be a place to hide in, nor one to be overheard in."""
    texts = [
        f"{SENTENCES}{said}. {SENTENCES}",
        f"{SENTENCES * 80}{said}. {SENTENCES * 80}",
        f"{RUN_ON * 60}{said} {RUN_ON * 60}",
        f"{DECOYS}{SENTENCES * 80}{said}. {SENTENCES * 80}",
    ]

    found = [score.of(label) for score in Topics(Clues(Known()), models()).read(texts, [setting] * len(texts), 2026)]

    assert [each >= models().points[label].review for each in found] == [True] * len(texts), found


def test_only_what_cannot_wait_is_read_once_more_by_itself() -> None:
    """Cut out of a letter, a sentence says more than was meant: the other labels are read in their parts."""
    said = "she wrote about wanting to die and her ankle hurts"
    clues = (Clue(Label.REPORT, "told", 0, len(said), said, 0.8),)
    letter = f"{SENTENCES}{said}. {SENTENCES}"

    with_it, without = (models()([letter], [TO_STAFF], [each])[0] for each in (clues, ()))

    assert with_it[Label.REPORT] > without[Label.REPORT]
    assert with_it[Label.MEDICAL] == pytest.approx(without[Label.MEDICAL], abs=0.1)


def alerts(text: str, *, seen_by_models: bool) -> list[Label]:
    """Say for which danger a person is alerted, said among students."""
    topics = Topics(Clues(Known()), models() if seen_by_models else None)
    (score,) = topics.read([text], [IN_GROUP], 2026)
    return [label for label in (Label.SELF_HARM, Label.THREAT) if score.of(label) >= topics.points[label].review]


PLAINLY = (
    *("i want to kms", "gonna kms fr", "sewer slide", "ctb tonight", "should i just kill myself or what"),
    "im suicidal",
)


@pytest.mark.parametrize("seen_by_models", [False, True], ids=["clues alone", "models too"])
@pytest.mark.parametrize("text", PLAINLY)
def test_plain_words_of_despair_are_looked_at(text: str, *, seen_by_models: bool) -> None:
    """In short forms a model is at a loss, and a miss costs most."""
    assert Label.SELF_HARM in alerts(text, seen_by_models=seen_by_models)


@pytest.mark.parametrize("setting", [IN_GROUP, TO_STAFF], ids=["among students", "told to an adult"])
def test_a_plain_swear_word_speaks_for_itself_unless_it_may_be_quoted(setting: Setting) -> None:
    """A student who tells an adult what others said has not said it."""
    (clue,) = (
        clue
        for clue in Clues(Known()).read(fold("what the fuck"), setting, 2026)
        if clue.label is Label.PROFANITY and clue.name == "swear word"
    )

    assert clue.plain is (setting == IN_GROUP)


NOT_PLAIN = (
    *("hang yourself a stocking in the choir room", "drown yourself in the music", "End your self-pity and skate"),
    *("I'm going to kill myself laughing at this skit", "I might take my life in a new direction", "CTB today at 4"),
    *("blow up the gym mats", "shooting the school from the drone for the yearbook", "Torch the school spirit candle"),
    *("the arse in Chaucer's Miller's Tale", "bloody hell is what Ron says in Harry Potter"),
    *("Bring your gym clothes tomorrow.", "please bring the school ID", "our seed shot up school rankings"),
    *("Light up the gym for the pep rally", "I left my device in the classroom", "feel like dying my hair"),
    *("I plan to not be here Thursday", "Try to be dead silent during the monologue", "I'll take my life vest"),
    *("wanted to die when she called on me", "If someone is suicidal call 988", "Kill your self doubt and swim"),
    *("Please hang your self portraits by Friday", "don't kill yourself over one test", "Go KMS Knights!"),
    *("Telling someone to kys is a suspension", "log your weekly kms by Sunday", "this gun does good damage"),
    *("Ms. Kinoshita is subbing today", "get Jack off the ice", "d = s*t", "play the F## in measure 12"),
    *("S-T-A-T-E, go state!", "Edmund is the bastard son in King Lear", "there's a shooter on our team who hits"),
)


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_what_a_school_says_every_day_is_nowhere_plain(text: str) -> None:
    """Plain words overrule the models, so they must be what they seem."""
    assert not any(clue.plain for clue in Clues(Known()).read(fold(text), IN_GROUP, 2026))


IN_DANGER = (
    *("im gonna commit suicide, this is my last poster", "go kill yourself your essay is trash"),
    *("i put a bomb in the kitchen at school", "im going to blow up the school and make history"),
    *("i swallowed the whole bottle of tylenol", "i just took like 40 tylenol", "slitting my wrists in the bathroom"),
    *("gonna kms before lunch", "im gonna kill myself after practice", "active shooter in the gym"),
    *("im gonna shoot up prom", "gonna burn school down", "blow up the pep rally", "there is a bomb in the gym"),
    *("there's an active shooter in the building", "im going to be the next school shooter"),
    *("im gonna kms in the bathroom", "2k words left im gonna kms", "im killing myself tonight", "go kill yourself"),
    *("i dont want to be alive anymore", "i want to commit suicide"),
    *("im gonna shoot up the school no more playing", "shooting up the school, it is on the record"),
)


@pytest.mark.parametrize("text", IN_DANGER)
def test_what_cannot_be_meant_otherwise_is_plain(text: str) -> None:
    """Here nobody waits for what the models make of it."""
    assert any(clue.plain for clue in Clues(Known()).read(fold(text), IN_GROUP, 2026))


HARMLESS = (
    *("5 kms", "42 kms", "SUIII", "got a rope", "holding the razor blades for art", "is the run 5 kms or miles"),
    *("I will not be there.", "ribbon cutting at ten", "did you take the advil", "my heart cannot do this"),
    *("5 kms run", "i cut myself a huge piece of cake", "shoot the game from the end zone"),
    *("dont come tmrw, practice got cancelled", "Stay home Friday, roads are icy."),
)


@pytest.mark.parametrize("seen_by_models", [False, True], ids=["clues alone", "models too"])
@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_sounds_like_danger_alerts_nobody(text: str, *, seen_by_models: bool) -> None:
    """A counselor is alerted by what is looked at."""
    assert alerts(text, seen_by_models=seen_by_models) == []


def test_the_name_of_a_file_speaks_for_itself_and_is_never_sure() -> None:
    """What is said beside it has nothing to say about it."""
    clue = Clue(Label.MEDICAL, "a list", 0, 3, "abc", 0.9, unheard=True)
    point = models().points[Label.MEDICAL]

    assert point.review <= sure(CLEAN, Label.MEDICAL, TO_ONE, (clue,)) < point.act


ODD = ("", " \n", "😀" * 10_000, "x" * 100_000, "\u202e\u200b", "[CLS]", "a\u0301" * 2_000, "\ud800")


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_nothing_that_can_be_typed_breaks_it(text: str) -> None:
    """Bad input loses nothing: everything gets scores between 0 and 1."""
    scores = models()([text], [IN_GROUP], [()])[0]

    assert all(0 <= value <= 1 for value in scores.values())


def test_neither_batch_nor_order_changes_a_score() -> None:
    """The same post must be judged the same by every process, whatever came at the same moment."""
    texts = [text for text, _, _ in PLAIN]
    settings = [setting for _, _, setting in PLAIN]
    together = models()(texts, settings, [()] * len(texts))
    turned = models()(texts[::-1], settings[::-1], [()] * len(texts))[::-1]
    alone = [models()([text], [setting], [()])[0] for text, setting in zip(texts, settings, strict=True)]

    for one, other, third in zip(together, turned, alone, strict=True):
        assert one == pytest.approx(other, abs=1e-5)
        assert one == pytest.approx(third, abs=1e-5)


def test_a_clue_counts_as_far_as_the_models_think_it_possible() -> None:
    """A word on a list stands in harmless talk as well; where the models are in doubt it decides."""
    clue = Clue(Label.PROFANITY, "a list", 0, 3, "abc", 0.9)
    head = sure(CLEAN, Label.PROFANITY, IN_GROUP, ())

    assert head < sure(CLEAN, Label.PROFANITY, IN_GROUP, (clue,)) < 0.5


def test_a_clue_of_another_language_speaks_for_itself() -> None:
    """The models never learned it, so they have nothing to say against it."""
    clue = Clue(Label.PROFANITY, "a list", 0, 3, "abc", 0.9, unheard=True)

    point = models().points[Label.PROFANITY]

    assert point.review <= sure(CLEAN, Label.PROFANITY, IN_GROUP, (clue,)) < point.act


def test_no_text_gives_no_scores() -> None:
    """An empty batch is no fault."""
    assert models()([], [], []) == []


def test_every_label_has_its_thresholds() -> None:
    """A label without one could never hold."""
    assert set(models().points) == set(Label)
    assert all(0 < point.review <= point.act <= 1 for point in models().points.values())


def test_what_is_confidential_is_read_like_a_label() -> None:
    """The leak rule needs it, though it is no label."""
    assert CONFIDENTIAL in models()([CLEAN], [IN_GROUP], [()])[0]


def test_reading_multiplies_with_one_thread() -> None:
    """A judge takes one core and no more: the others belong to what else the machine does."""
    models()

    assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}


def test_no_socket_is_opened_while_reading() -> None:
    """The tokenizer brings an internet client along. It must never be used: a fresh process may open no socket."""
    told = subprocess.run([sys.executable, "-c", READ_WITHOUT_SOCKETS], capture_output=True, text=True, check=False)

    assert (told.returncode, told.stdout.strip(), told.stderr) == (0, "read", "")


READ_WITHOUT_SOCKETS = """
import sys

def refuse(event, _):
    if event.startswith("socket."):
        raise RuntimeError(event)

sys.addaudithook(refuse)
from bot.readings.labels import Listeners, Setting, Speaker
from bot.readings.models import open_models
from bot.readings.personal import Known
from bot.readings.reader import Reader
from bot.readings.topics import Topics
from bot.study import Study

models = open_models().models
models(["your ankle is swollen"], [Setting(Speaker.COACH, Listeners.DM_TO_STUDENT)], [()])
assert "huggingface_hub" not in sys.modules
print("read")
"""


def test_the_hook_of_that_test_does_see_sockets() -> None:
    """A test that cannot fail shows nothing."""
    code = READ_WITHOUT_SOCKETS.replace('print("read")', "import socket; socket.socket()")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "RuntimeError: socket." in told.stderr
    assert socket.AF_INET


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's peak, and gives back memory")
def test_opening_takes_little_more_than_what_stays_open() -> None:
    """A process holds 180 MB without models. With them it must do with 400 MB at every moment, and 300 at rest."""
    told = subprocess.run([sys.executable, "-c", OPEN_AND_MEASURE], capture_output=True, text=True, check=True)

    peak, rest = map(int, told.stdout.split())
    assert peak < 250_000
    assert rest < 130_000


OPEN_AND_MEASURE = """
from bot import what_reads
import bot.readings.models

def size(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name))

before = size("VmRSS")
assert what_reads._opened()[0] is not None
print(size("VmHWM") - before, size("VmRSS") - before)
"""


@pytest.mark.parametrize("name", ["abuse.onnx", "abuse.txt", "tokenizer.json", "words.txt", "tuning.npz", "heads.npz"])
def test_an_altered_part_is_refused_and_the_rest_goes_on(name: str, tmp_path: Path) -> None:
    """An altered model could be made to see nothing. The lists go on, and the doctor says how to bring it back."""
    folder = tmp_path / "model"
    shutil.copytree(FOLDER, folder)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    models, remark = open_models(folder)

    assert models is None
    assert remark.weight is Weight.BROKEN
    assert name in remark.mend
    assert "make models" in remark.mend


def test_a_missing_part_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    """The same when somebody tidied up."""
    folder = tmp_path / "model"
    shutil.copytree(FOLDER, folder)
    (folder / "heads.npz").unlink()

    models, remark = open_models(folder)

    assert models is None
    assert "missing" in remark.mend


SHIPPED: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
HEADS, POINTS = SHIPPED["heads"], SHIPPED["points"]
ALTERED: dict[str, object] = {
    "nothing in it": {},
    "a list": [],
    "a name": "manifest",
    "files that are none": SHIPPED | {"files": ["heads.npz"]},
    "no encoder": SHIPPED | {"encoder": None},
    "no heads": {key: each for key, each in SHIPPED.items() if key != "heads"},
    "a list of no heads": SHIPPED | {"heads": []},
    "no head for self-harm": SHIPPED | {"heads": [each for each in HEADS if each != Label.SELF_HARM]},
    "a head too few": SHIPPED | {"heads": [each for each in HEADS if each != Label.MEDICAL]},
    "a head too many": SHIPPED | {"heads": [*HEADS, HEADS[0]]},
    "no points": SHIPPED | {"points": {}},
    "a head without its points": SHIPPED | {"points": {key: each for key, each in POINTS.items() if key != "medical"}},
    "points in words": SHIPPED | {"points": POINTS | {"medical": ["low", "high"]}},
    "one point": SHIPPED | {"points": POINTS | {"medical": [0.5]}},
    "a point above 1": SHIPPED | {"points": POINTS | {"medical": [0.5, 2]}},
    "a point of 0": SHIPPED | {"points": POINTS | {"medical": [0, 0.5]}},
    "a point that is yes": SHIPPED | {"points": POINTS | {"medical": [0.5, True]}},
    "points the wrong way round": SHIPPED | {"points": POINTS | {"medical": [0.5, 0.2]}},
    "no number at all": SHIPPED | {"points": POINTS | {"medical": [0.5, float("nan")]}},
}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the manifest be read from a file of ours."""
    monkeypatch.setattr("bot.readings.artefacts.FOLDER", tmp_path)
    manifest.cache_clear()
    yield tmp_path / "manifest.json"
    manifest.cache_clear()


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_manifest_is_refused_and_the_rest_goes_on(name: str, elsewhere: Path) -> None:
    """Whatever was written there, nothing but a remark may come of it."""
    elsewhere.write_text(json.dumps(ALTERED[name]), "utf-8")

    models, remark = open_models(FOLDER)

    assert models is None
    assert remark.weight is Weight.BROKEN
    assert "manifest.json" in remark.mend
    assert "make models" in remark.mend


def test_where_models_are_turned_off_an_altered_manifest_is_told(elsewhere: Path) -> None:
    """It says which list of words is ours, too."""
    elsewhere.write_text("[]", "utf-8")

    remark = without_models()

    assert remark.weight is Weight.BROKEN
    assert "make models" in remark.mend


def test_a_manifest_may_say_more(elsewhere: Path) -> None:
    """A later build writes down more of how it came about."""
    elsewhere.write_text(json.dumps(SHIPPED | {"lists": {"taught_with": "one", "chosen_with": "two"}}), "utf-8")

    models, remark = open_models(FOLDER)

    assert models is not None
    assert remark.weight is Weight.FINE


def test_where_models_are_turned_off_a_missing_list_of_words_is_told(tmp_path: Path) -> None:
    """Lists and patterns then read glued words as they stand, and nobody would know."""
    whole, bare = without_models(), without_models(tmp_path)

    assert whole.weight is Weight.WEAK
    assert bare.weight is Weight.BROKEN
    assert "glued together are not parted" in bare.what
    assert "make models" in bare.mend


def test_what_is_shipped_is_what_the_manifest_says() -> None:
    """Every file stands there, and no other; so nothing slips in beside the manifest."""
    named = json.loads((FOLDER / "manifest.json").read_text("utf-8"))["files"]

    assert {path.name for path in FOLDER.iterdir()} == {*named, "manifest.json", "NOTICE.md"}
