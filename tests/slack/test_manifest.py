"""The manifest of the district's own app asks for what the code uses, and for nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from adapters.slack import doctor
from adapters.slack.doctor import MANIFEST, SCOPES, SUBSCRIPTIONS
from adapters.slack.granting import REDIRECT, TO_READ, TO_REMOVE
from tests.slack.server.scopes import EVENT_SCOPES, METHODS

TEXT: Final = MANIFEST.read_text("utf-8")
CODE: Final = [each.read_text("utf-8") for each in Path(doctor.__file__).parent.glob("*.py")]

PLACES: Final = {
    "conversations.open": ("mpim", "im"),
    "conversations.create": ("groups",),
    "conversations.invite": ("groups",),
    "conversations.kick": ("groups",),
    "conversations.archive": ("groups",),
    "conversations.list": ("channels", "groups"),
}
"""The kinds of places for which a method is asked; any other is asked for all that we are in."""


def listed(name: str) -> dict[str, str]:
    """Read a list of the manifest: each entry with the remark beside it."""
    _, _, rest = TEXT.partition(f"\n{name}:\n")
    indent = len(name) - len(name.lstrip())
    found = {}
    for line in rest.splitlines():
        if not line.startswith(" " * (indent + 2) + "- "):
            break
        entry, _, remark = line.strip().removeprefix("- ").partition(" # ")
        found[entry] = remark
    return found


def methods() -> set[str]:
    """Name the methods of the Web API that the code asks for."""
    found = {each for text in CODE for each in re.findall(r'"([a-z]+(?:\.[a-z]+)*\.[a-zA-Z]+)"', text)}
    return found & METHODS.keys() - {"apps.connections.open"}


def needed() -> Iterator[str]:
    """Name the scopes that the methods and the subscribed events need."""
    for method in methods():
        scope = METHODS[method].bot or ""
        for kind in PLACES.get(method, ("channels", "groups", "mpim", "im")):
            manage = {"channels": "", "groups": "groups:write", "mpim": "mpim:write", "im": "im:write"}[kind]
            yield scope.replace("{place}", kind).replace("{manage}", manage)
    for event in listed("    bot_events"):
        for kind in ("channels", "groups", "mpim"):
            yield EVENT_SCOPES[event].replace("{place}", kind)


def test_it_asks_for_the_scopes_that_the_methods_and_events_need_and_no_others() -> None:
    needs = {each for each in needed() if each} | {"commands"}

    assert set(listed("    bot")) == needs


def test_each_scope_has_its_reason() -> None:
    assert all(listed("    bot").values())
    assert all(listed("    user").values())


def test_the_doctor_asks_for_the_same_scopes() -> None:
    assert set(listed("    bot")) == set(SCOPES)
    assert set(SUBSCRIPTIONS) <= set(listed("    bot_events"))


def test_what_people_grant_is_what_the_manifest_offers() -> None:
    assert set(listed("    user")) == {*TO_READ, *TO_REMOVE}
    assert REDIRECT in listed("  redirect_urls")
    assert set(listed("    user_events")) == {"message.im"}


def test_every_event_that_is_subscribed_to_is_heard() -> None:
    """And none is subscribed to that nobody hears."""
    code = "\n".join(CODE)
    for event in listed("    bot_events"):
        kind = event.partition(".")[0]
        assert f'"{kind}"' in code or kind.endswith("_rename"), event
