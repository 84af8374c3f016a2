"""Methods about modals and Home tabs."""

import asyncio

from tests.slack.server.calls import Call, Refusal, method
from tests.slack.server.interactions import Interaction
from tests.slack.server.views import DEPTH, View
from tests.slack.server.world import Body


@method("views.open")
def open_view(call: Call) -> Body:
    """Show a modal to whoever did what the trigger stands for."""
    given = _modal(call)
    interaction = _trade_trigger(call)
    interaction.view = call.desk.views.open(interaction.user, given)
    return {"view": interaction.view.body}


@method("views.push")
def push_view(call: Call) -> Body:
    """Lay a modal on the one in which something was done."""
    given = _modal(call)
    interaction = _trade_trigger(call)
    if len(call.desk.views.modals(interaction.user)) >= DEPTH:
        raise Refusal("push_limit_reached")
    interaction.view = call.desk.views.push(interaction.user, given)
    return {"view": interaction.view.body}


@method("views.update")
def update_view(call: Call) -> Body:
    """Show something else in a modal that is still open."""
    given = call.view()
    view = call.desk.views.find(call.args.get("view_id"), call.args.get("external_id"))
    if view is None:
        raise Refusal("not_found")
    _must_be_the_last(call, view)
    view.show(given)
    return {"view": view.body}


@method("views.publish")
def publish_view(call: Call) -> Body:
    """Show somebody's Home tab."""
    user, given = call.user(call.text("user_id")), call.view()
    if not call.desk.installation.setup.home_tab or user.bot or user.deleted:
        raise Refusal("not_enabled")
    known = call.desk.views.homes.get(user)
    if known is not None:
        _must_be_the_last(call, known)
    return {"view": call.desk.views.publish(user, given).body}


def _modal(call: Call) -> Body:
    given = call.view()
    if given["type"] != "modal":
        raise Refusal("invalid_arguments")
    external = given.get("external_id")
    if external and call.desk.views.find(None, external) is not None:
        raise Refusal("duplicate_external_id")
    return given


def _trade_trigger(call: Call) -> Interaction:
    """Use a trigger: once, and soon after what it stands for."""
    desk = call.desk.interactions
    found = desk.by_trigger.get(call.text("trigger_id"))
    if found is None:
        raise Refusal("invalid_trigger_id")
    if found.traded:
        raise Refusal("exchanged_trigger_id")
    if asyncio.get_running_loop().time() - found.begun > desk.trigger_seconds:
        raise Refusal("expired_trigger_id")
    found.traded = True
    return found


def _must_be_the_last(call: Call, view: View) -> None:
    if call.args.get("hash") not in {None, "", view.hash}:
        raise Refusal("hash_conflict")
