"""Facts about the code itself: the layers, the purity of judgement, the completeness of rules."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

import rules
from bot.answers import STUDENT_3
from bot.compose import EMPLOYEE_4, EMPLOYEE_8
from bot.config import read_configuration, secrets
from bot.desk_notices import SAME_STANDARDS, TELL_AN_ADULT
from bot.letter import OF_COPIES
from bot.pages import CLAUSES, policy_page, settings_of, unruled
from bot.rule import SAFETY, Clause, Rule
from bot.settings import OwnScorer, OwnWords, Settings
from tests.journeys import ROOT
from tests.rules.tables import tables

EVERY = rules.every()
PURE_NAMES = (
    "judge",
    "actions",
    "rule",
    "notice",
    "message",
    "people",
    "staff",
    "standing",
    "case",
    "desk_notices",
    "desk",
)
OPTIONAL: dict[str, dict[str, tuple[type[BaseModel], str]]] = {
    "reading": {"scorer": (OwnScorer, "[reading.scorer]"), "patterns": (OwnWords, "[[reading.patterns]]")}
}
PURE = [ROOT / "bot" / f"{name}.py" for name in PURE_NAMES]
PURE += sorted((ROOT / "rules").glob("*.py"))


def test_every_rule_file_is_named_after_its_clause() -> None:
    """`ls rules` reads as the policy's table of contents."""
    sections = {"General Guidelines": "general", "Employee Guidelines": "employee", "Student Guidelines": "student"}

    for rule in EVERY:
        clause = rule.clause
        begins = "rules.safety_" if clause == SAFETY else f"rules.{sections[clause.section]}_{clause.number:02}_"
        assert rule.__module__ == f"{begins}{rule.name.replace('-', '_')}"


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_a_rule_quotes_the_policy(rule: type[Rule]) -> None:
    """A rule without the district's authority has no business here, unless somebody may be in danger.

    A rule about safety pretends no authority: it quotes nothing.
    """
    policy = " ".join((rules.FOLDER / "policy.txt").read_text("utf-8").split())

    assert rule.clause == SAFETY or len(rule.clause.quote) > 20
    assert rule.clause.quote in policy


@pytest.mark.parametrize(
    "clause", [OF_COPIES, TELL_AN_ADULT, SAME_STANDARDS, EMPLOYEE_4, EMPLOYEE_8, STUDENT_3], ids=str
)
def test_what_is_said_without_a_rule_quotes_the_policy_too(clause: Clause) -> None:
    """Letters, answers and orders rest on the district's own words, as rules do."""
    policy = " ".join((rules.FOLDER / "policy.txt").read_text("utf-8").split())

    assert clause.quote in policy


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_a_rule_has_a_page_with_a_hit_and_a_near_miss(rule: type[Rule]) -> None:
    """A page that only shows hits teaches nobody where the line runs."""
    page = ROOT / "tests" / "rules" / f"{rule.__module__.removeprefix('rules.')}.md"

    found = [row["found"] for table in tables(page) for row in table if "found" in row]

    assert any(found)
    assert not all(found)


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_a_rule_says_what_it_and_its_settings_do(rule: type[Rule]) -> None:
    """The docstring is the page, and a setting without a sentence cannot be chosen."""
    assert len(rule.__doc__ or "") > 80
    assert all(sentence for _, _, sentence in settings_of(rule))


def test_all_clauses_are_ruled_or_excused() -> None:
    """36 clauses and four duties: none is passed over in silence."""
    ruled = {(rule.clause.section, rule.clause.number) for rule in EVERY if rule.clause != SAFETY}
    excused = {(each["section"], each["number"]) for each in unruled()["clause"]}
    all_clauses = {(section, number) for section, most in CLAUSES.items() for number in range(1, most + 1)}

    assert len(all_clauses) == 36
    assert ruled | excused == all_clauses
    assert not ruled & excused
    assert len(unruled()["duty"]) == 4


def test_the_policy_page_is_fresh() -> None:
    """`make policy` prints it anew."""
    assert (ROOT / "docs" / "policy.md").read_text("utf-8") == policy_page()


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_the_example_shows_every_setting_of_a_rule_at_its_default(rule: type[Rule]) -> None:
    """Whoever copies the example must not change a rule by it."""
    told = tomllib.loads((ROOT / "config.example.toml").read_text("utf-8"))["rules"][rule.name]
    flat = {
        f"{name}.{inner}" if isinstance(value, dict) else name: inner_value
        for name, value in told.items()
        for inner, inner_value in (value.items() if isinstance(value, dict) else [(name, value)])
    }

    assert flat == {
        name: list(default) if isinstance(default, tuple) else default for name, default, _ in settings_of(rule)
    }


def test_the_example_shows_every_other_setting() -> None:
    """A setting that stands nowhere cannot be found. A secret stands nowhere."""
    told = tomllib.loads((ROOT / "config.example.toml").read_text("utf-8"))

    for name, field in Settings.model_fields.items():
        assert name in told
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            hidden = {secret for table, secret in secrets() if table == name}
            assert told[name].keys() == field.annotation.model_fields.keys() - hidden - OPTIONAL.get(name, {}).keys()


@pytest.mark.parametrize(("table", "name"), [(table, name) for table, each in OPTIONAL.items() for name in each])
def test_the_example_shows_what_is_not_there_by_default_behind_a_sign(table: str, name: str) -> None:
    """Whoever takes the signs away has a table that holds every setting."""
    example = (ROOT / "config.example.toml").read_text("utf-8")
    shown = example.partition(f"\n# {OPTIONAL[table][name][1]}\n")[2].partition("\n\n")[0]
    told = tomllib.loads(re.sub(r"(?m)^# ", "", shown))

    assert told.keys() == OPTIONAL[table][name][0].model_fields.keys()


def test_the_example_is_accepted() -> None:
    """It is the file that `make run` starts with."""
    configuration = read_configuration(ROOT / "config.example.toml")

    assert configuration.rules(EVERY) == tuple(rule() for rule in EVERY)
    assert len(configuration.exemptions(EVERY)) == 1


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.name)
def test_judgement_asks_no_clock(path: Path) -> None:
    """The same message under the same roster is judged alike at any time, or a replay could not be trusted."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = {call.attr for call in calls if isinstance(call, ast.Attribute)}

    assert not named & {"now", "today", "utcnow", "time", "monotonic"}
