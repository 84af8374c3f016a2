"""What people can press, choose and fill in: the elements in blocks, and what each says when it has been used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tests.slack.server.channels import Channel
from tests.slack.server.people import User
from tests.slack.server.world import Body

Given = str | int | User | Channel | list[str] | list[User] | list[Channel] | None
"""What somebody fills in or chooses; None clears it."""

WITHOUT_STATE = frozenset({"button", "overflow", "image", "workflow_button", "icon_button", "feedback_buttons"})
CHOICE = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
"""Under which key each kind of element says what was chosen; all others say `value`."""
INITIAL = {"value": "initial_value"} | {key: key.replace("selected", "initial") for key in CHOICE.values()}
OPTIONS = frozenset({"selected_option", "selected_options"})


@dataclass(frozen=True, slots=True)
class Element:
    """One element, and the block it stands in."""

    block: Body
    body: Body
    offered: Sequence[Body] = ()
    """What the app answered when somebody typed into it."""

    @property
    def kind(self) -> str:
        """Its type, as Slack names it."""
        return str(self.body["type"])

    @property
    def action_id(self) -> str:
        """Its name for the app."""
        return str(self.body["action_id"])

    @property
    def block_id(self) -> str:
        """Its block's name for the app."""
        return str(self.block["block_id"])

    @property
    def key(self) -> str:
        """Under which key it says what was filled in."""
        return CHOICE.get(self.kind, "value")

    @property
    def is_input(self) -> bool:
        """Whether its block asks for it when a form is sent."""
        return bool(self.block["type"] == "input")

    @property
    def required(self) -> bool:
        """Whether a form cannot be sent without it."""
        return self.is_input and not bool(self.block.get("optional"))

    @property
    def initial(self) -> object:
        """What it says before anybody used it."""
        return self.body.get(INITIAL[self.key])

    def said(self, given: Given) -> object:
        """Write what somebody filled in as the element says it."""
        plain = [_plain(each) for each in given] if isinstance(given, list) else _plain(given)
        if self.key not in OPTIONS or plain is None:
            return plain
        if isinstance(plain, list):
            return [self._option(each) for each in plain]
        return self._option(plain)

    def _option(self, value: str | int | None) -> Body:
        options = [*self.body.get("options", ()), *self.offered]
        options += [option for group in self.body.get("option_groups", ()) for option in group["options"]]
        for option in options:
            if option.get("value") == value:
                return {key: option[key] for key in ("text", "value", "description") if key in option}
        raise LookupError(f"{self.action_id} offers no {value!r}.")


Offered = Mapping[str, Sequence[Body]]
"""What the app offered to what somebody typed into a field, by the field's action."""


def elements(blocks: list[Body], offered: Offered = MappingProxyType({})) -> Iterator[Element]:
    """Go through all that can be used in blocks."""
    for block in blocks:
        inner = [*block.get("elements", ())] if block["type"] in {"actions", "context_actions"} else []
        inner += [block[key] for key in ("element", "accessory") if key in block]
        named = (each for each in inner if "action_id" in each)
        yield from (Element(block, each, offered.get(each["action_id"], ())) for each in named)


def find(
    blocks: list[Body], action_id: str, block_id: str | None = None, offered: Offered = MappingProxyType({})
) -> Element:
    """Find the element of one name."""
    for element in elements(blocks, offered):
        if element.action_id == action_id and block_id in {None, element.block_id}:
            return element
    shown = sorted(element.action_id for element in elements(blocks))
    raise LookupError(f"There is no {action_id!r} to be used; there are {shown}.")


def first_state(blocks: list[Body]) -> dict[str, Body]:
    """Write what all elements say before anybody used them."""
    state: dict[str, Body] = {}
    for element in elements(blocks):
        if element.kind not in WITHOUT_STATE:
            said = {"type": element.kind, element.key: element.initial}
            state.setdefault(element.block_id, {})[element.action_id] = said
    return state


def fill(blocks: list[Body], state: dict[str, Body], values: Mapping[str, Given], offered: Offered) -> None:
    """Fill in elements, each by its action or its block."""
    for name, given in values.items():
        element = _named(blocks, name, offered)
        said = {"type": element.kind, element.key: element.said(given)}
        state.setdefault(element.block_id, {})[element.action_id] = said


def check_filled(blocks: list[Body], state: dict[str, Body]) -> None:
    """Raise where Slack would not let a form be sent: something is missing, too short or too long."""
    for element in elements(blocks):
        if not element.is_input:
            continue
        said = state[element.block_id][element.action_id][element.key]
        if element.required and said in (None, "", []):
            raise ValueError(f"{element.action_id} is empty, and Slack sends no form without it.")
        if isinstance(said, str) and not _fits(element.body, said):
            raise ValueError(f"{element.action_id} is too short or too long, and Slack sends no such form.")


def _fits(element: Body, said: str) -> bool:
    return not said or int(element.get("min_length", 0)) <= len(said) <= int(element.get("max_length", 3000))


def _named(blocks: list[Body], name: str, offered: Offered) -> Element:
    for element in elements(blocks, offered):
        if name in {element.action_id, element.block_id}:
            return element
    raise LookupError(f"There is nothing named {name!r} to fill in.")


def _plain(given: str | int | User | Channel | None) -> str | int | None:
    return given.id if isinstance(given, User | Channel) else given
