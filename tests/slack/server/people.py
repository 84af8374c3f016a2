"""Accounts of a workspace: people, guests, bots, and strangers from another workspace."""

from dataclasses import dataclass, field

from tests.slack.server.world import Body, Event, Team, World

PICTURE_SIZES = (24, 32, 48, 72, 192, 512)


@dataclass(slots=True, eq=False)
class User:
    """One account."""

    id: str
    name: str
    world: World = field(repr=False)
    team: Team
    email: str
    real_name: str
    display_name: str = ""
    title: str = ""
    phone: str = ""
    status: str = ""
    admin: bool = False
    owner: bool = False
    restricted: bool = False
    """A guest."""
    ultra_restricted: bool = False
    """A guest of a single channel."""
    bot: bool = False
    deleted: bool = False
    """Deactivated."""
    picture: str = "0"
    """The hash of the picture."""
    locale: str = "en-US"
    updated: int = 0

    @property
    def stranger(self) -> bool:
        """Whether they belong to another workspace."""
        return self.team is not self.world.team

    @property
    def runs_the_workspace(self) -> bool:
        """Whether they may do what admins and owners may."""
        return self.admin or self.owner

    @property
    def profile(self) -> Body:
        shown: Body = {
            "title": self.title,
            "phone": self.phone,
            "skype": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.display_name,
            "display_name_normalized": self.display_name,
            "fields": None,
            "status_text": self.status,
            "status_text_canonical": "",
            "status_emoji": "",
            "status_emoji_display_info": [],
            "status_expiration": 0,
            "avatar_hash": self.picture,
            "first_name": self.real_name.split(" ")[0],
            "last_name": " ".join(self.real_name.split(" ")[1:]),
            "team": self.team.id,
        }
        shown |= {
            f"image_{size}": f"https://avatars.example/{self.id}-{self.picture}_{size}.png" for size in PICTURE_SIZES
        }
        return shown | ({"api_app_id": self.world.app_id, "bot_id": self.world.bot_id} if self.bot else {})

    @property
    def body(self) -> Body:
        """Write it as users.info gives it to somebody who may know the mail address."""
        shown: Body = {
            "id": self.id,
            "team_id": self.team.id,
            "name": self.name,
            "deleted": self.deleted,
            "color": "9f69e7",
            "real_name": self.real_name,
            "tz": "America/New_York",
            "tz_label": "Eastern Standard Time",
            "tz_offset": -18000,
            "profile": self.profile | ({"email": self.email} if self.email else {}),
            "is_admin": self.admin,
            "is_owner": self.owner,
            "is_primary_owner": False,
            "is_restricted": self.restricted,
            "is_ultra_restricted": self.ultra_restricted,
            "is_bot": self.bot,
            "is_app_user": False,
            "is_email_confirmed": True,
            "locale": self.locale,
            "updated": self.updated,
            "who_can_share_contact_card": "EVERYONE",
        }
        if self.deleted:
            gone = ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted", "tz", "color")
            shown = {key: value for key, value in shown.items() if key not in (*gone, "tz_label", "tz_offset")}
        return shown | ({"is_stranger": True} if self.stranger else {})

    @property
    def public(self) -> Body:
        """Write it for a token without users:read.email."""
        return self.body | {"profile": {key: value for key, value in self.body["profile"].items() if key != "email"}}

    @property
    def mention(self) -> Body:
        """Write it as interactions name whoever acted."""
        return {"id": self.id, "username": self.name, "name": self.name, "team_id": self.team.id}

    def change(self, **changed: str) -> None:
        """Change the profile: display_name, real_name, title, phone, status, picture, email."""
        for name, value in changed.items():
            if not hasattr(self, name):
                raise LookupError(f"A profile has no {name!r}.")
            setattr(self, name, value)
        self.tell()

    def become(self, *, admin: bool = False, owner: bool = False, guest: bool = False, single: bool = False) -> None:
        """Set what they are in the workspace: a full member, unless something else is said."""
        self.admin, self.owner = admin, owner
        self.restricted, self.ultra_restricted = guest or single, single
        self.tell()

    def deactivate(self) -> None:
        """Close the account: it stays a member of its places, as Slack keeps it."""
        self.deleted = True
        self.tell()

    def reactivate(self) -> None:
        """Open the account again."""
        self.deleted = False
        self.tell()

    def tell(self, kind: str = "user_change") -> None:
        """Tell that they changed, or joined the workspace."""
        self.updated = self.world.seconds()
        told = {"type": kind, "user": self.body, "cache_ts": self.updated, "event_ts": self.world.new_ts()}
        self.world.emit(Event(told, kind))


def open_account(world: World, name: str, *, team: Team | None = None, email: str | None = None) -> User:
    """Open an account; the mail address is made from the name unless one is given."""
    address = f"{name.lower().replace(' ', '.')}@riverside.example" if email is None else email
    made = User(
        world.new_id("U"),
        name.lower().replace(" ", "."),
        world,
        team or world.team,
        address,
        name.title(),
        name.title(),
    )
    made.updated = world.seconds()
    world.users[made.id] = made
    return made
