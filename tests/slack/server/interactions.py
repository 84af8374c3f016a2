"""What one person did with the app, and what the app answered."""

from dataclasses import dataclass, field
from secrets import token_hex

from tests.slack.server.channels import Channel
from tests.slack.server.deliveries import Delivery
from tests.slack.server.messages import Message
from tests.slack.server.people import User
from tests.slack.server.views import View
from tests.slack.server.world import Body, World

USES = 5
"""How often a response_url can be used …"""
MINUTES = 30
"""… and for how long."""


@dataclass(slots=True, eq=False)
class Interaction:
    """One thing that somebody did, and every answer to it."""

    user: User
    delivery: Delivery
    trigger_id: str
    begun: float
    """By the loop's clock."""
    channel: Channel | None = None
    message: Message | None = None
    """The message that it was done with."""
    form: View | None = None
    """The view that it was done with."""
    traded: bool = False
    """Whether the trigger was used."""
    view: View | None = None
    """The view that the app opened."""
    messages: list[Message] = field(default_factory=list)
    """What the app wrote by the response_url, or with its acknowledgement."""
    uses: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    """What the app found wrong in a form, by block."""
    refused: list[str] = field(default_factory=list)
    """Why Slack would not show the view that came with the acknowledgement."""

    @property
    def acked(self) -> bool:
        """Whether the app acknowledged it in time; if not, the person saw that something went wrong."""
        return self.delivery.acked

    @property
    def failed(self) -> bool:
        """Whether the person saw that something went wrong."""
        return self.delivery.given_up

    @property
    def answer(self) -> Body:
        """What came with the acknowledgement."""
        return self.delivery.answer or {}

    @property
    def seconds(self) -> float:
        """How long the app took to acknowledge it."""
        return self.delivery.tries[-1].seconds

    @property
    def options(self) -> list[Body]:
        """What the app offered to choose from."""
        offered: list[Body] = self.answer.get("options", [])
        return offered


@dataclass(slots=True, eq=False)
class Interactions:
    """Everything that people did."""

    world: World
    trigger_seconds: float = 3.0
    """How long a trigger can be used."""
    by_trigger: dict[str, Interaction] = field(default_factory=dict)
    by_token: dict[str, Interaction] = field(default_factory=dict)
    """By the last part of the response_url."""

    def new_trigger(self) -> str:
        """Make what a view can be opened with."""
        return f"{self.world.new_id('')}.{self.world.new_id('')}.{token_hex(8)}"

    def new_response_url(self, token: str) -> str:
        """Give the address at which the app can answer."""
        return f"{self.world.base}/actions/{self.world.team.id}/{token}"

    def respond(self, interaction: Interaction, body: Body) -> None:
        """Do what the app asks for at a response_url."""
        if body.get("delete_original") and interaction.message is not None:
            interaction.message.delete(self.world.bot)
        elif body.get("replace_original") and interaction.message is not None:
            interaction.message.edit(
                body.get("text", ""),
                by=self.world.bot,
                blocks=body.get("blocks", []),
                attachments=body.get("attachments", []),
            )
        else:
            interaction.messages.append(self._write(interaction, body))

    def _write(self, interaction: Interaction, body: Body) -> Message:
        channel = interaction.channel
        assert channel is not None
        alone = body.get("response_type", "ephemeral") == "ephemeral"
        thread = channel.messages.get(body.get("thread_ts", ""))
        return channel.say(
            self.world.bot,
            body.get("text", ""),
            blocks=body.get("blocks", ()),
            attachments=body.get("attachments", ()),
            by_app=True,
            thread=thread,
            seen_by=interaction.user if alone else None,
        )
