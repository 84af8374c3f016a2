"""Methods about files."""

from tests.slack.server.calls import Call, Refusal, method, next_page
from tests.slack.server.files import File, Upload, store
from tests.slack.server.messages import Message
from tests.slack.server.world import Body


@method("files.info")
def get_file(call: Call) -> Body:
    return {"file": _file(call).body, "comments": [], **next_page("")}


@method("files.delete")
def delete_file(call: Call) -> Body:
    """Take a file away: its owner, or an admin's or owner's token."""
    file, caller = _file(call), call.caller
    if file.owner is not caller and not (call.token.kind == "user" and caller.runs_the_workspace):
        raise Refusal("cant_delete_file")
    file.deleted = True
    return {}


@method("files.getUploadURLExternal")
def get_upload_url(call: Call) -> Body:
    """Give the address to which a file's bytes are posted."""
    name = call.text("filename")
    ticket = call.world.new_id("F")
    call.desk.uploads[ticket] = (name, None)
    return {"upload_url": f"{call.world.base}/upload/v1/{ticket}", "file_id": ticket}


@method("files.completeUploadExternal")
def complete_upload(call: Call) -> Body:
    """Make files of what was posted, and share them where it says."""
    files = [_uploaded(call, each) for each in call.args.get("files") or []]
    if call.args.get("channel_id"):
        _share(call, files, call.text("channel_id"))
    return {"files": [{"id": each.id, "title": each.body["title"]} for each in files]}


def _uploaded(call: Call, named: Body) -> File:
    name, data = call.desk.uploads.pop(named["id"], ("", None))
    if data is None:
        raise Refusal("file_not_found")
    return store(call.world, call.caller, name, Upload(data, named.get("title", "")), known_id=named["id"])


def _share(call: Call, files: list[File], channel_id: str) -> None:
    channel = call.world.channels.get(channel_id)
    if channel is None or call.caller not in channel.members:
        raise Refusal("channel_not_found")
    text = str(call.args.get("initial_comment") or "")
    root = channel.messages.get(str(call.args.get("thread_ts")))
    made = Message(call.world.new_ts(), channel, call.caller, text, files=files, by_app=True, root=root)
    made.subtype, made.versions = "file_share", [text]
    channel.publish(made)


def _file(call: Call) -> File:
    found = call.world.files.get(call.text("file"))
    if found is None or not found.seen_by(call.caller):
        raise Refusal("file_not_found")
    if found.deleted:
        raise Refusal("file_deleted")
    return found
