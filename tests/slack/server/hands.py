"""What people do with the app: commands, buttons, forms, shortcuts and its Home tab."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex

from tests.slack.server.channels import Channel, open_conversation
from tests.slack.server.checks import faults_of_options, faults_of_view
from tests.slack.server.deliveries import COMMAND, INTERACTION, Courier, Delivery
from tests.slack.server.elements import Element, Given, check_filled, fill, find
from tests.slack.server.interactions import Interaction, Interactions
from tests.slack.server.messages import Message
from tests.slack.server.people import User
from tests.slack.server.tokens import Setup
from tests.slack.server.views import View, Views
from tests.slack.server.world import Body, Event, World


@dataclass(slots=True, eq=False)
class Hands:
    """The hands of everybody in the workspace."""

    world: World
    setup: Setup
    courier: Courier
    views: Views
    interactions: Interactions

    def command(self, user: User, channel: Channel, command: str, text: str = "") -> Interaction:
        """Give a slash command where somebody is."""
        if self.setup.commands is not None and command not in self.setup.commands:
            raise LookupError(f"The app has no command {command}.")
        self._must_be_in(user, channel)
        told = {"command": command, "text": text, "api_app_id": self.world.app_id, "token": "a-token"}
        told |= {"team_id": self.world.team.id, "team_domain": self.world.team.domain, "is_enterprise_install": "false"}
        told |= {"channel_id": channel.id, "channel_name": _name(channel), "user_id": user.id, "user_name": user.name}
        return self._begin(COMMAND, user, told, channel=channel)

    def press(
        self,
        user: User,
        where: Message | View,
        action_id: str,
        chosen: Given = None,
        *,
        block_id: str | None = None,
    ) -> Interaction:
        """Press a button, or choose something, in a message or in a view."""
        self._must_see(user, where)
        offered = where.offered if isinstance(where, View) else {}
        element = find(where.blocks, action_id, block_id, offered)
        action = self._action(element, chosen)
        if isinstance(where, View):
            if element.kind != "button":
                fill(where.blocks, where.state, {action_id: chosen}, offered)
            told = {"actions": [action], "view": where.body, "container": {"type": "view", "view_id": where.id}}
            return self._begin(INTERACTION, user, {"type": "block_actions", **told}, form=where)
        state = {} if element.kind == "button" else {element.block_id: {action_id: _state(element, action)}}
        told = {"actions": [action], "state": {"values": state}, **self._about(where)}
        return self._begin(INTERACTION, user, {"type": "block_actions", **told}, channel=where.channel, message=where)

    def submit(self, user: User, view: View, values: Mapping[str, Given] | None = None) -> Interaction:
        """Fill in a form and send it; it must be the topmost, and one that Slack would send."""
        self._must_see(user, view)
        fill(view.blocks, view.state, values or {}, view.offered)
        check_filled(view.blocks, view.state)
        told = {"type": "view_submission", "view": view.body, "response_urls": []}
        return self._begin(INTERACTION, user, told, form=view)

    def dismiss(self, user: User, view: View) -> Interaction | None:
        """Close a form unsent; the app hears of it where it asked to."""
        self._must_see(user, view)
        self.views.close(view)
        if not view.given.get("notify_on_close"):
            return None
        return self._begin(
            INTERACTION, user, {"type": "view_closed", "view": view.body, "is_cleared": False}, form=view
        )

    def shortcut(self, user: User, callback_id: str) -> Interaction:
        """Use a shortcut that works anywhere."""
        self._must_be_offered(callback_id, "global")
        return self._begin(INTERACTION, user, {"type": "shortcut", "callback_id": callback_id, **self._stamp()})

    def message_shortcut(self, user: User, message: Message, callback_id: str) -> Interaction:
        """Use a shortcut on a message that somebody sees."""
        self._must_be_offered(callback_id, "message")
        self._must_see(user, message)
        told = {"type": "message_action", "callback_id": callback_id, **self._stamp(), "message": message.body}
        told |= {"message_ts": message.ts, "channel": {"id": message.channel.id, "name": _name(message.channel)}}
        return self._begin(INTERACTION, user, told, channel=message.channel, message=message)

    def options(self, user: User, where: Message | View, action_id: str, query: str) -> Interaction:
        """Type into a field that asks the app what it offers."""
        self._must_see(user, where)
        element = find(where.blocks, action_id)
        told: Body = {"type": "block_suggestion", "action_id": action_id, "block_id": element.block_id, "value": query}
        if isinstance(where, View):
            told |= {"view": where.body, "container": {"type": "view", "view_id": where.id}}
            return self._begin(INTERACTION, user, told, form=where)
        return self._begin(INTERACTION, user, told | self._about(where), channel=where.channel, message=where)

    def open_home(self, user: User, tab: str = "home") -> None:
        """Open the app's page."""
        direct = open_conversation(self.world, [user, self.world.bot])
        told: Body = {"type": "app_home_opened", "user": user.id, "channel": direct.id, "tab": tab}
        known = self.views.homes.get(user)
        told |= {"view": known.body} if known is not None and tab == "home" else {}
        self.world.emit(Event(told | {"event_ts": self.world.new_ts()}, "app_home_opened"))

    async def answered(self, interaction: Interaction) -> Interaction:
        """Wait until the app has acknowledged something, or the person has seen that it did not."""
        while not (interaction.acked or interaction.failed):  # noqa: ASYNC110 (no event of its own)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)
        return interaction

    def _begin(
        self,
        kind: str,
        user: User,
        told: Body,
        *,
        channel: Channel | None = None,
        message: Message | None = None,
        form: View | None = None,
    ) -> Interaction:
        if not self.setup.interactive and kind == INTERACTION:
            raise LookupError("The app is not set up for interactivity.")
        trigger, token = self.interactions.new_trigger(), token_hex(8)
        body = told | {"trigger_id": trigger}
        body |= {} if channel is None else {"response_url": self.interactions.new_response_url(token)}
        if kind == INTERACTION:
            world = self.world
            body |= {"user": user.mention, "team": world.team.body, "api_app_id": world.app_id, "token": "a-token"}
            body |= {"enterprise": None, "is_enterprise_install": False}
        begun = asyncio.get_running_loop().time()
        made = Interaction(user, Delivery(kind, body), trigger, begun, channel, message, form)
        self.interactions.by_trigger[trigger] = self.interactions.by_token[token] = made
        self.courier.send(made.delivery, then=lambda: self._take_in(made))
        return made

    def _take_in(self, made: Interaction) -> None:
        """Do what an acknowledgement asks for."""
        if not made.acked:
            return
        kind = made.delivery.body.get("type")
        if made.delivery.kind == COMMAND and (made.answer.get("text") or made.answer.get("blocks")):
            self.interactions.respond(made, made.answer)
        if kind == "view_submission" and made.form is not None:
            self._after_sending(made, made.form)
        if kind == "block_suggestion":
            made.refused = faults_of_options(made.answer)
            if made.form is not None and not made.refused:
                made.form.offered[made.delivery.body["action_id"]] = made.options

    def _after_sending(self, made: Interaction, form: View) -> None:
        made.refused = faults_of_view(made.answer["view"]) if "view" in made.answer else []
        if made.refused:
            return
        match made.answer.get("response_action"):
            case "errors":
                made.errors = made.answer["errors"]
            case "update":
                form.show(made.answer["view"])
                made.view = form
            case "push":
                made.view = self.views.push(made.user, made.answer["view"])
            case "clear":
                self.views.close_all(made.user)
            case _ if not form.gone:
                self.views.close(form)
            case _:
                pass

    def _action(self, element: Element, chosen: Given) -> Body:
        action = {"type": element.kind, "action_id": element.action_id, "block_id": element.block_id}
        action |= {"action_ts": self.world.new_ts()}
        if element.kind == "button":
            kept = {key: element.body[key] for key in ("text", "value", "style") if key in element.body}
            return action | kept
        return action | {element.key: element.said(chosen)}

    def _about(self, message: Message) -> Body:
        """Write which message something was done with; one that a single person sees is not shown again."""
        channel = message.channel
        container = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
        told: Body = {"container": container | {"is_ephemeral": message.ephemeral}}
        told |= {"channel": {"id": channel.id, "name": _name(channel)}}
        return told if message.ephemeral else told | {"message": message.body}

    def _stamp(self) -> Body:
        return {"action_ts": self.world.new_ts()}

    def _must_be_in(self, user: User, channel: Channel) -> None:
        if not channel.visible_to(user):
            raise LookupError(f"{user.name} does not see {channel.name or channel.id}.")

    def _must_be_offered(self, callback_id: str, kind: str) -> None:
        offered = self.setup.shortcuts
        if offered is not None and offered.get(callback_id) != kind:
            raise LookupError(f"The app has no {kind} shortcut {callback_id!r}.")

    def _must_see(self, user: User, where: Message | View) -> None:
        if isinstance(where, Message):
            if not where.visible_to(user):
                raise LookupError(f"{user.name} does not see that message.")
        elif where.user is not user or where.gone:
            raise LookupError(f"{user.name} does not see that view.")


def _state(element: Element, action: Body) -> Body:
    return {"type": element.kind, element.key: action[element.key]}


def _name(channel: Channel) -> str:
    """Name a place as interactions do."""
    return {"im": "directmessage", "mpim": channel.name, "group": "privategroup"}.get(channel.kind.value, channel.name)
