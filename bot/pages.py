"""The policy page, printed from the rules themselves so that it cannot drift from them."""

import dataclasses
import inspect
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated, Any, Final, get_args, get_origin

import rules
from bot.rule import SAFETY, Rule

SECTIONS: Final = ("General Guidelines", "Employee Guidelines", "Student Guidelines")
CLAUSES: Final = {"General Guidelines": 11, "Employee Guidelines": 18, "Student Guidelines": 7}
"""How many clauses each section of the policy has: 36 in all."""

HEAD: Final = """# The policy, clause by clause

This page is printed from the rules by `chaperone policy`. A rule says what it looks at, in its own words and the
district's; beside it stand its settings and their defaults. What no rule keeps is listed with the reason.
"""

BEYOND: Final = "The policy has no clause for these. Every school needs them, and they come before every other rule."


def policy_page() -> str:
    """Print the whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def unruled() -> dict[str, list[dict[str, Any]]]:
    """Read the clauses and duties that no rule keeps."""
    return tomllib.loads((rules.FOLDER / "unruled.toml").read_text("utf-8"))


def settings_of(kind: type[Any], prefix: str = "") -> Iterator[tuple[str, object, str]]:
    """List a rule's settings, nested ones with a dot: name, default and sentence."""
    defaults = kind()
    for field in dataclasses.fields(kind):
        base, *notes = get_args(field.type) if get_origin(field.type) is Annotated else (field.type,)
        sentence = next((note for note in notes if isinstance(note, str)), "")
        default = getattr(defaults, field.name)
        if dataclasses.is_dataclass(base) and isinstance(base, type):
            yield from settings_of(base, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}", default, sentence


def _lines() -> Iterator[str]:
    yield HEAD
    ruled = defaultdict[tuple[str, int], list[type[Rule]]](list)
    for rule in rules.every():
        ruled[rule.clause.section, rule.clause.number].append(rule)
    told = {(each["section"], each["number"]): each for each in unruled()["clause"]}
    for section in SECTIONS:
        yield f"## {section}\n"
        for number in range(1, CLAUSES[section] + 1):
            for rule in ruled[section, number]:
                yield from _ruled(rule)
            if not ruled[section, number]:
                yield from _excused(number, told[section, number])
    yield f"## Beyond the policy\n\n{BEYOND}\n"
    for rule in (each for each in rules.every() if each.clause == SAFETY):
        yield f"### {rule.name}\n"
        yield from _page(rule)
    yield "## Duties in the policy's prose\n"
    for duty in unruled()["duty"]:
        yield f"- **{duty['name']}**{_to_come(duty)}: {duty['reason']}"


def _ruled(rule: type[Rule]) -> Iterator[str]:
    yield f"### {rule.clause.number}. {rule.name}\n"
    yield f"> {rule.clause.quote}\n"
    yield from _page(rule)


def _page(rule: type[Rule]) -> Iterator[str]:
    yield f"{inspect.getdoc(rule)}\n"
    settings = [f"| `{name}` | `{_toml(default)}` | {sentence} |" for name, default, sentence in settings_of(rule)]
    if settings:
        yield from ("| setting | default | what it does |", "| --- | --- | --- |", *settings, "")


def _excused(number: int, told: dict[str, Any]) -> Iterator[str]:
    yield f"**{number}.**{_to_come(told)} {told['reason']}\n"


def _to_come(told: dict[str, Any]) -> str:
    return " *(to come)*" if told["to_come"] else ""


def _toml(value: object) -> str:
    """Write a default as the settings file would."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(_toml(each) for each in value)}]"
        case _:
            return str(value)
