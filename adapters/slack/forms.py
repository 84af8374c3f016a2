"""The forms people fill in, as Slack draws them, and what was filled in. Plain values in, plain values out."""

import json
from collections.abc import Mapping, Sequence
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
    SAY_WHY,
    TELL,
    TO_THE_TEAM,
    WHAT,
    WHOEVER,
    WHOM,
)
from bot.directory import Choosable
from bot.people import AccountId, TeamId
from bot.texts import ENGLISH, N_, Text

SEND_AND_COPY: Final = N_("Send and copy")
SEND: Final = N_("Send")
CLOSE: Final = N_("Close")
CANCEL: Final = N_("Cancel")
STUDENT: Final = N_("Student")
TEAM: Final = N_("Team or club")
TO_WHOM: Final = N_("To whom?")
CHAPERONE: Final = N_("Chaperone")
CHOOSE_FIRST: Final = N_("Choose the student, and you see who gets a copy.")

LONGEST: Final = 3_000
"""Characters that a field takes."""

MOST_IN_A_MENU: Final = 100
"""Slack takes no more in one menu."""

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


def menu(options: Sequence[tuple[str, str]], *, first: bool = False) -> Block:
    """Draw a menu of values and what stands for each; with the first chosen beforehand, if wanted."""
    drawn = [{"text": plain(shown), "value": value} for value, shown in options[:MOST_IN_A_MENU]]
    chosen = {"initial_option": drawn[0]} if first else {}
    return {"type": "static_select", "options": drawn, **chosen}


def radio(options: Sequence[tuple[str, str]]) -> Block:
    """Draw options of which one is chosen; none is beforehand."""
    return {"type": "radio_buttons", "options": [{"text": plain(shown), "value": value} for value, shown in options]}


def tick(label: Text) -> Block:
    """Draw one box to tick."""
    return {"type": "checkboxes", "options": [{"text": plain(ENGLISH.say(label)), "value": "yes"}]}


def filled(view: Mapping[str, Any]) -> dict[str, Any]:
    """Read what was filled in: a text, the value chosen, or whether a box is ticked."""
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
        case "static_select" | "radio_buttons":
            return (field.get("selected_option") or {}).get("value")
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


def emergency(teams: Sequence[TeamId], students: Sequence[Choosable]) -> Form:
    """Draw an emergency, to a team or to one student."""
    choices = [(f"team:{each}", each) for each in teams] + [(f"student:{who}", name) for who, name in people(students)]
    return form(
        "emergency", EMERGENCY, SEND, [ask("to", TO_WHOM, menu(choices)), ask("message", MESSAGE, text_field())]
    )


def report(adults: Sequence[Choosable], pointed_at: Mapping[str, str]) -> Form:
    """Draw what somebody tells an adult, about a message or about anything. Which adult is theirs to choose."""
    reasons = [(str(number), ENGLISH.say(each)) for number, each in enumerate(REASONS)]
    whom = [(ANYBODY, ENGLISH.say(WHOEVER)), *people(adults)]
    blocks = [
        ask("reason", WHAT, radio(reasons)),
        ask("adult", WHOM, menu(whom, first=True)),
        ask("more", MORE, text_field(), optional=True),
        ask("skip", NOT_MY_COACH, tick(NOT_MY_COACH), optional=True),
    ]
    return form("report", TELL, SEND, blocks, pointed_at)


def whose(post: str, students: Sequence[Choosable]) -> Form:
    """Ask whose private matter it is, and of which kind: for what more than one student could read."""
    kinds = [(str(kind), ENGLISH.say(each)) for kind, each in KINDS.items()]
    blocks = [ask("student", STUDENT, menu(people(students))), ask("kind", KIND, radio(kinds))]
    return form("whose", PRIVATE, SEND_AND_COPY, blocks, {"post": post})


def reason(post: str) -> Form:
    """Ask what an emergency was."""
    return form("reason", EMERGENCY, SEND, [ask("reason", SAY_WHAT, text_field())], {"post": post})


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
