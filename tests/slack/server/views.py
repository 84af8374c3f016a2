"""Views: the modals and Home tabs that the app shows to people."""

from dataclasses import dataclass, field
from secrets import token_hex

from tests.slack.server.composing import numbered
from tests.slack.server.elements import first_state
from tests.slack.server.people import User
from tests.slack.server.world import Body, World

DEPTH = 3
"""How many modals can lie on each other."""


@dataclass(slots=True, eq=False)
class View:
    """One modal or Home tab, as somebody sees it."""

    id: str
    world: World = field(repr=False)
    user: User
    given: Body
    """What the app sent."""
    blocks: list[Body]
    state: dict[str, Body]
    """What is filled in, by block and action."""
    previous: "View | None" = None
    hash: str = field(default_factory=lambda: token_hex(6))
    gone: bool = False
    versions: list[Body] = field(default_factory=list)
    """Everything the app ever sent for it."""
    offered: dict[str, list[Body]] = field(default_factory=dict)
    """What the app offered to what somebody typed into a field, by its action."""

    @property
    def callback_id(self) -> str:
        """Its name for the app."""
        return str(self.given.get("callback_id", ""))

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.given.get("title", {}).get("text", ""))

    @property
    def root(self) -> "View":
        """The modal that lies at the bottom."""
        return self if self.previous is None else self.previous.root

    @property
    def body(self) -> Body:
        """Write it as Slack gives it back."""
        world = self.world
        shown: Body = {
            "id": self.id,
            "team_id": world.team.id,
            "app_id": world.app_id,
            "app_installed_team_id": world.team.id,
            "bot_id": world.bot_id,
            "type": self.given["type"],
            "blocks": self.blocks,
            "callback_id": self.callback_id,
            "private_metadata": self.given.get("private_metadata", ""),
            "external_id": self.given.get("external_id", ""),
            "state": {"values": self.state},
            "hash": self.hash,
            "clear_on_close": self.given.get("clear_on_close", False),
            "notify_on_close": self.given.get("notify_on_close", False),
            "title": self.given.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "close": self.given.get("close"),
            "submit": self.given.get("submit"),
            "root_view_id": self.root.id,
            "previous_view_id": None if self.previous is None else self.previous.id,
        }
        return shown

    def show(self, given: Body) -> None:
        """Show something else in its place; what was filled in stays where names stay."""
        before = self.state
        self.given, self.blocks = given, numbered(self.world, given["blocks"])
        self.state = first_state(self.blocks)
        for block, actions in self.state.items():
            kept = before.get(block, {})
            actions |= {
                name: kept[name] for name in actions if name in kept and kept[name]["type"] == actions[name]["type"]
            }
        self.hash = token_hex(6)
        self.versions.append(given)


@dataclass(slots=True, eq=False)
class Views:
    """Every view that the app ever showed."""

    world: World
    by_id: dict[str, View] = field(default_factory=dict)
    stacks: dict[User, list[View]] = field(default_factory=dict)
    """The modals that each person sees, the topmost last."""
    homes: dict[User, View] = field(default_factory=dict)

    def modals(self, user: User) -> list[View]:
        """Give the modals that somebody sees, the topmost last."""
        return self.stacks.setdefault(user, [])

    def find(self, view_id: str | None, external_id: str | None) -> View | None:
        """Find a view that is still shown."""
        for view in self.by_id.values():
            if not view.gone and (view.id == view_id or (external_id and view.given.get("external_id") == external_id)):
                return view
        return None

    def open(self, user: User, given: Body) -> View:
        """Open a modal in place of all that somebody sees."""
        self.close_all(user)
        return self.push(user, given)

    def push(self, user: User, given: Body) -> View:
        """Lay a modal on the others."""
        stack = self.modals(user)
        made = self._make(user, given, stack[-1] if stack else None)
        stack.append(made)
        return made

    def publish(self, user: User, given: Body) -> View:
        """Show somebody's Home tab."""
        known = self.homes.get(user)
        if known is None:
            known = self.homes[user] = self._make(user, given, None)
        else:
            known.show(given)
        return known

    def close(self, view: View) -> None:
        """Take the topmost modal away."""
        view.gone = True
        self.modals(view.user).remove(view)

    def close_all(self, user: User) -> None:
        """Take every modal away."""
        for view in self.modals(user):
            view.gone = True
        self.modals(user).clear()

    def _make(self, user: User, given: Body, previous: View | None) -> View:
        blocks = numbered(self.world, given["blocks"])
        made = View(self.world.new_id("V"), self.world, user, given, blocks, first_state(blocks), previous)
        made.versions.append(given)
        self.by_id[made.id] = made
        return made
