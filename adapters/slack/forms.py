"""The forms people fill in, as Slack draws them, and what was filled in. Plain values in, plain values out."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from adapters.slack.buttons import plain
from adapters.slack.note import Block, escaped
from adapters.wording import (
    ADDRESS,
    ANYBODY,
    CODE,
    CONCERNS,
    COPIES_GO_TO,
    EMERGENCY,
    KIND,
    KINDS,
    LINK,
    MESSAGE,
    MORE,
    NEITHER,
    NOBODY_YET,
    NOT_MY_COACH,
    PRIVATE,
    REASONS,
    SAY_WHAT,
    SAY_WHOSE,
    SAY_WHY,
    SOMEBODY_ELSE,
    TELL,
    TO_THE_TEAM,
    WHAT,
    WHO,
    WHOEVER,
    WHOM,
)
from bot.directory import Choosable
from bot.notice import LABELS
from bot.people import AccountId, TeamId
from bot.rule import Choice
from bot.texts import ENGLISH, N_, Text

SEND_AND_COPY: Final = N_("Send and copy")
SEND: Final = N_("Send")
CLOSE: Final = N_("Close")
CANCEL: Final = N_("Cancel")
STUDENT: Final = N_("Student")
TEAM: Final = N_("Team or club")
TO_WHOM: Final = N_("To whom?")
CHAPERONE: Final = N_("Chaperone")
TYPE_A_NAME: Final = N_("Type a part of the name")
CHOOSE_FIRST: Final = N_("Choose the student, and you see who gets a copy.")

LONGEST: Final = 3_000
"""Characters that a field takes."""

MOST_IN_A_MENU: Final = 100
"""Slack takes no more in one menu, nor in one answer to what somebody types."""

Options = Sequence[tuple[str, str]]
"""Values that can be chosen, and what stands for each."""

Form = dict[str, Any]
"""A form, as Slack takes it."""


def form(name: str, title: Text, submit: Text, blocks: Sequence[Block], about: Mapping[str, str] | None = None) -> Form:
    """Draw a form. `about` is what it is about; nobody sees it, and it comes back with the form."""
    return {
        "type": "modal",
        "callback_id": f"form:{name}",
        "title": plain(ENGLISH.say(title), 24),
        "submit": plain(ENGLISH.say(submit), 24),
        "close": plain(ENGLISH.say(CANCEL), 24),
        "private_metadata": json.dumps(about or {}),
        "blocks": list(blocks),
    }


def message(text: Text | str) -> Form:
    """Draw a form that only says something."""
    said = text if isinstance(text, str) else ENGLISH.say(text)
    return {
        "type": "modal",
        "callback_id": "form:said",
        "title": plain(ENGLISH.say(CHAPERONE), 24),
        "close": plain(ENGLISH.say(CLOSE), 24),
        "blocks": [line(said)],
    }


def line(text: str) -> Block:
    """Say something in a form."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": escaped(text)[:3_000]}}


def ask(name: str, question: Text, element: Block, *, optional: bool = False) -> Block:
    """Put a field under its question."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain(ENGLISH.say(question), 2_000),
        "element": {**element, "action_id": name},
        "optional": optional,
    }


def text_field(*, several_lines: bool = True, most: int = LONGEST) -> Block:
    """Draw a field for a text."""
    return {"type": "plain_text_input", "multiline": several_lines, "max_length": most}


def menu(options: Options, *, first: bool = False, several: bool = False) -> Block:
    """Draw a menu in which one is chosen, or several; with the first chosen beforehand, if wanted.

    Where they are too many for a menu, Slack asks us for those that fit what somebody types.
    """
    drawn, kind = _drawn(options), "multi_" if several else ""
    chosen = {"initial_option": drawn[0]} if first else {}
    if len(options) <= MOST_IN_A_MENU:
        return {"type": f"{kind}static_select", "options": drawn, **chosen}
    hint = plain(ENGLISH.say(TYPE_A_NAME), 150)
    return {"type": f"{kind}external_select", "min_query_length": 0, "placeholder": hint, **chosen}


def radio(options: Options) -> Block:
    """Draw options of which one is chosen; none is beforehand."""
    return {"type": "radio_buttons", "options": _drawn(options)}


def fitting(typed: str, options: Options) -> dict[str, Any]:
    """Answer what somebody types into a menu with the options that fit: those where it begins a word come first.

    Accents, capitals, hyphens and apostrophes need not be typed.
    """
    parts = bare(typed).split()
    named = [(option, f" {bare(option[1])}") for option in options]
    fit = [(option, name) for option, name in named if all(part in name or part in _joined(name) for part in parts)]
    fit.sort(key=lambda each: not all(f" {part}" in each[1] for part in parts))
    return {"options": _drawn([option for option, _ in fit[:MOST_IN_A_MENU]])}


@lru_cache(maxsize=20_000)
def bare(name: str) -> str:
    """Leave of a name its letters and figures, small and without accents, with a blank between words."""
    letters = [each for each in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(each)]
    return " ".join("".join(each if each.isalnum() else " " for each in letters).split())


def _joined(name: str) -> str:
    return name.replace(" ", "")


def _drawn(options: Options) -> list[Block]:
    return [{"text": plain(shown), "value": value} for value, shown in options]


def tick(label: Text) -> Block:
    """Draw one box to tick."""
    return {"type": "checkboxes", "options": [{"text": plain(ENGLISH.say(label)), "value": "yes"}]}


def filled(view: Mapping[str, Any]) -> dict[str, Any]:
    """Read what was filled in: a text, the value or values chosen, or whether a box is ticked."""
    state = view.get("state") or {}
    found: dict[str, Any] = {}
    for fields in (state.get("values") or {}).values():
        for name, field in fields.items():
            found[name] = _value(field)
    return found


def _value(field: Mapping[str, Any]) -> object:
    match field.get("type"):
        case "checkboxes":
            return bool(field.get("selected_options"))
        case "static_select" | "external_select" | "radio_buttons":
            return (field.get("selected_option") or {}).get("value")
        case "multi_static_select" | "multi_external_select":
            return [each.get("value") for each in field.get("selected_options") or ()]
        case _:
            return field.get("value") or ""


def about(view: Mapping[str, Any]) -> dict[str, str]:
    """Read what a form is about."""
    told = json.loads(view.get("private_metadata") or "{}")
    return {str(name): str(value) for name, value in told.items()}


def people(choosable: Sequence[Choosable]) -> list[tuple[str, str]]:
    """List people as a menu does."""
    return [(each.account, each.name) for each in choosable]


# The forms


def private(students: Sequence[Choosable], copied: tuple[str, ...] | None) -> Form:
    """Draw a private matter to one student. Neither kind is chosen beforehand.

    `copied` names who gets the copies; None before the student is chosen, on whom it hangs.
    """
    kinds = [(str(kind), ENGLISH.say(each)) for kind, each in KINDS.items()]
    named = COPIES_GO_TO.filled(who=", ".join(copied)) if copied else NOBODY_YET
    who = CHOOSE_FIRST if copied is None else named
    blocks = [
        {**ask("student", STUDENT, menu(people(students))), "dispatch_action": True},
        ask("kind", KIND, radio(kinds)),
        ask("message", MESSAGE, text_field()),
        ask("concerns", CONCERNS, tick(CONCERNS), optional=True),
        line(ENGLISH.say(who, NEITHER)),
    ]
    return form("private", PRIVATE, SEND_AND_COPY, blocks)


def team(teams: Sequence[TeamId]) -> Form:
    """Draw a message to a team, in its own channel."""
    choices = menu([(each, each) for each in teams], first=True)
    return form("team", TO_THE_TEAM, SEND, [ask("team", TEAM, choices), ask("message", MESSAGE, text_field())])


def teams_and_students(teams: Sequence[TeamId], students: Sequence[Choosable]) -> list[tuple[str, str]]:
    """List to whom an emergency can be sent."""
    return [*((f"team:{each}", each) for each in teams), *((f"student:{who}", name) for who, name in people(students))]


def emergency(choices: Options) -> Form:
    """Draw an emergency, to a team or to one student."""
    return form(
        "emergency", EMERGENCY, SEND, [ask("to", TO_WHOM, menu(choices)), ask("message", MESSAGE, text_field())]
    )


def whoever(adults: Sequence[Choosable]) -> list[tuple[str, str]]:
    """List whom somebody can tell something."""
    return [(ANYBODY, ENGLISH.say(WHOEVER)), *people(adults)]


def report(adults: Sequence[Choosable], pointed_at: Mapping[str, str]) -> Form:
    """Draw what somebody tells an adult, about a message or about anything. Which adult is theirs to choose."""
    reasons = [(str(number), ENGLISH.say(each)) for number, each in enumerate(REASONS)]
    blocks = [
        ask("reason", WHAT, radio(reasons)),
        ask("adult", WHOM, menu(whoever(adults), first=True)),
        ask("more", MORE, text_field(), optional=True),
        ask("skip", NOT_MY_COACH, tick(NOT_MY_COACH), optional=True),
    ]
    return form("report", TELL, SEND, blocks, pointed_at)


def whose(post: str, students: Sequence[Choosable]) -> Form:
    """Ask whose private matter it is, and of which kind: for what more than one student could read."""
    kinds = [(str(kind), ENGLISH.say(each)) for kind, each in KINDS.items()]
    blocks = [ask("student", STUDENT, menu(people(students))), ask("kind", KIND, radio(kinds))]
    return form("whose", PRIVATE, SEND_AND_COPY, blocks, {"post": post})


def pictured(post: str, offered: Sequence[Choosable]) -> Form:
    """Ask who is in a picture; that nobody is, another button says."""
    blocks = [ask("pictured", WHO, menu(people(offered), several=True)), line(ENGLISH.say(SOMEBODY_ELSE))]
    return form("pictured", WHO, SEND, blocks, {"post": post})


def in_words(post: str, choice: Choice) -> Form:
    """Ask what is answered in words: what an emergency was, or where a picture is from."""
    name, question = choice.name.lower(), SAY_WHAT if choice is Choice.REASON else SAY_WHOSE
    return form(name, LABELS[choice], SEND, [ask(name, question, text_field())], {"post": post})


def appeal(post: str) -> Form:
    """Ask why somebody thinks that we are wrong."""
    blocks = [ask("why", SAY_WHY, text_field(), optional=True)]
    return form("appeal", CHAPERONE, SEND, blocks, {"post": post})


def link() -> Form:
    """Ask for the address that a code is sent to."""
    return form("link", LINK, SEND, [ask("address", ADDRESS, text_field(several_lines=False, most=254))])


def code(said: Text) -> Form:
    """Say what came of it, and ask for the code."""
    field = ask("code", CODE, text_field(several_lines=False, most=20))
    return form("code", LINK, SEND, [line(ENGLISH.say(said)), field])


def chosen_adult(value: object) -> AccountId | None:
    """Read whom a reporter chose; None: whoever is right."""
    return AccountId(value) if isinstance(value, str) and value != ANYBODY else None
