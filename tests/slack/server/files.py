"""Files, which are shared to places and lie on Slack's own server."""

from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import TYPE_CHECKING

from tests.slack.server.world import Body, World

if TYPE_CHECKING:
    from tests.slack.server.channels import Channel
    from tests.slack.server.people import User


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody attaches to a message."""

    data: bytes
    title: str = ""
    alt: str = ""
    """The description that somebody gave a picture."""
    mimetype: str = ""


@dataclass(slots=True, eq=False)
class File:
    """One file and where it was shared."""

    id: str
    name: str
    owner: "User"
    world: World
    upload: Upload
    created: int
    channels: "list[Channel]" = field(default_factory=list)
    needs_a_look: bool = False
    """Whether events give its id alone, as with files from another workspace: files.info has the rest."""
    deleted: bool = False

    @property
    def mimetype(self) -> str:
        """What kind of file it is, by what was said or by its name."""
        return self.upload.mimetype or guess_type(self.name)[0] or "application/octet-stream"

    @property
    def path(self) -> str:
        """Where it can be fetched by whoever may see it."""
        return f"/files-pri/{self.world.team.id}-{self.id}/{self.name}"

    @property
    def body(self) -> Body:
        """Write it as files.info gives it."""
        if self.deleted:
            return {"id": self.id, "mode": "tombstone"}
        address, kind = self.world.base + self.path, self.name.rpartition(".")[2] or "text"
        shown: Body = {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.upload.title or self.name,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.owner.id,
            "user_team": self.owner.team.id,
            "editable": False,
            "size": len(self.upload.data),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(channel.public for channel in self.channels),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": address,
            "url_private_download": address.replace("/files-pri/", "/files-pri/download/"),
            "permalink": f"https://{self.world.team.domain}.slack.example/files/{self.owner.id}/{self.id}/{self.name}",
            "channels": [channel.id for channel in self.channels if channel.public],
            "groups": [channel.id for channel in self.channels if not channel.public],
            "file_access": "visible",
        }
        return shown | ({"alt_txt": self.upload.alt} if self.upload.alt else {})

    @property
    def in_a_message(self) -> Body:
        """Write it as messages and events carry it."""
        if self.needs_a_look and not self.deleted:
            return {"id": self.id, "mode": "file_access", "file_access": "check_file_info"}
        return {key: value for key, value in self.body.items() if key not in {"channels", "groups"}}

    def seen_by(self, user: "User") -> bool:
        """Tell whether somebody may fetch it."""
        return user is self.owner or any(channel.visible_to(user) for channel in self.channels)


def store(world: World, owner: "User", name: str, upload: Upload | bytes, known_id: str | None = None) -> File:
    """Put a file on the server; nobody but its owner sees it until it is shared."""
    given = upload if isinstance(upload, Upload) else Upload(upload)
    made = File(known_id or world.new_id("F"), name, owner, world, given, world.seconds())
    world.files[made.id] = made
    return made
