"""Which token may call which method, with which scope, and how often: one table, kept after Slack's method reference.

In a scope "{place}" stands for channels, groups, mpim or im by the kind of place that a call is about, and "{manage}"
for whatever lets a token of its kind change such a place.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FAMILIES = ("channels", "groups", "mpim", "im")

MANAGE: Mapping[str, Mapping[str, str]] = {
    "bot": {"channels": "channels:manage", "groups": "groups:write", "mpim": "mpim:write", "im": "im:write"},
    "user": {"channels": "channels:write", "groups": "groups:write", "mpim": "mpim:write", "im": "im:write"},
}
"""What "{manage}" stands for, by the kind of token and of place."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a method can be called. A kind of token that is None is refused; "" asks for no scope."""

    bot: str | None = None
    user: str | None = None
    app: str | None = None
    each_minute: int = 50
    """Slack's tier: 1, 20, 50 or 100 calls a minute."""

    def scope(self, kind: str) -> str | None:
        """Give the scope that a kind of token needs, its place still open."""
        return {"bot": self.bot, "user": self.user, "app": self.app}[kind]


def _both(scope: str, each_minute: int = 50) -> Terms:
    return Terms(scope, scope, None, each_minute)


METHODS: Mapping[str, Terms] = {
    "api.test": Terms("", "", "", 100),
    "apps.connections.open": Terms(app="connections:write", each_minute=1),
    "apps.event.authorizations.list": Terms(app="authorizations:read", each_minute=100),
    "auth.revoke": _both(""),
    "auth.test": Terms("", "", "", 100),
    "bookmarks.list": _both("bookmarks:read"),
    "bookmarks.remove": _both("bookmarks:write", 20),
    "bots.info": _both("users:read"),
    "chat.delete": _both("chat:write"),
    "chat.getPermalink": _both("", 100),
    "chat.postEphemeral": _both("chat:write", 100),
    "chat.postMessage": _both("chat:write", 100),
    "chat.update": _both("chat:write"),
    "conversations.archive": _both("{manage}", 20),
    "conversations.close": _both("{manage}", 20),
    "conversations.create": _both("{manage}", 20),
    "conversations.history": _both("{place}:history"),
    "conversations.info": _both("{place}:read"),
    "conversations.invite": _both("{manage}"),
    "conversations.join": Terms("channels:join", "channels:write"),
    "conversations.kick": _both("{manage}"),
    "conversations.leave": _both("{manage}"),
    "conversations.list": _both("{place}:read", 20),
    "conversations.members": _both("{place}:read", 100),
    "conversations.open": _both("{manage}"),
    "conversations.rename": _both("{manage}", 20),
    "conversations.replies": _both("{place}:history"),
    "conversations.setPurpose": _both("{manage}", 20),
    "conversations.setTopic": _both("{manage}", 20),
    "conversations.unarchive": _both("{manage}", 20),
    "emoji.list": _both("emoji:read", 20),
    "files.completeUploadExternal": _both("files:write", 100),
    "files.delete": _both("files:write"),
    "files.getUploadURLExternal": _both("files:write", 100),
    "files.info": _both("files:read", 100),
    "oauth.v2.access": Terms(each_minute=100),
    "pins.list": _both("pins:read", 20),
    "pins.remove": _both("pins:write", 20),
    "reactions.get": _both("reactions:read"),
    "team.info": _both("team:read"),
    "users.conversations": _both("{place}:read"),
    "users.info": _both("users:read", 100),
    "users.list": _both("users:read", 20),
    "users.lookupByEmail": _both("users:read.email"),
    "views.open": _both("", 100),
    "views.publish": _both("", 100),
    "views.push": _both("", 100),
    "views.update": _both("", 100),
}

BOT_SCOPES = frozenset(
    {
        "bookmarks:read",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "commands",
        "emoji:read",
        "files:read",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "pins:read",
        "reactions:read",
        "team:read",
        "users:read",
        "users:read.email",
    }
)
"""What the app's bot has unless a test says otherwise: enough to read and to write, nothing to change a workspace."""
COACH_SCOPES = frozenset({"im:history", "im:read"})
"""What a coach grants who lets their direct messages be watched."""
ADMIN_SCOPES = frozenset({"chat:write"})
"""What an administrator grants who lets others' messages be removed."""
APP_SCOPES = frozenset({"connections:write", "authorizations:read"})

MESSAGES: Mapping[str, str] = {f"message.{family}": f"{family}:history" for family in FAMILIES}
EVENT_SCOPES: Mapping[str, str] = {
    **MESSAGES,
    "app_home_opened": "",
    "app_rate_limited": "",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_created": "channels:read",
    "channel_id_changed": "{place}:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_shared": "{place}:read",
    "channel_unarchive": "channels:read",
    "emoji_changed": "emoji:read",
    "file_shared": "files:read",
    "group_archive": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "{place}:read",
    "member_left_channel": "{place}:read",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "team_join": "users:read",
    "tokens_revoked": "",
    "user_change": "users:read",
}
"""Every event that this peer can tell of, by what the app subscribes to, and the scope that it asks for."""
BOT_EVENTS = frozenset(EVENT_SCOPES)
"""What the app's bot subscribes to unless a test says otherwise."""
USER_EVENTS = frozenset(MESSAGES)
"""What is heard with the tokens of people who granted one."""


def needed(method: str, kind: str = "bot") -> frozenset[str]:
    """Give every scope that a method may ask of a kind of token, over all kinds of places."""
    scope = METHODS[method].scope(kind)
    if scope is None:
        raise LookupError(f"A {kind} token may not call {method}.")
    return frozenset(filter(None, (for_place(scope, kind, family) for family in FAMILIES)))


def for_place(scope: str, kind: str, family: str) -> str:
    """Write a scope for one kind of place."""
    return scope.format(place=family, manage=MANAGE.get(kind, {}).get(family, ""))
