"""What people press, fill in and ask for on Slack: the command, the shortcuts, the forms, the buttons under notes.

Slack waits three seconds for each. A form is opened at once; what was filled in is written down before Slack is told
that we have it, so nobody has to type anything twice.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond

from adapters.slack import forms
from adapters.slack.author import author_of
from adapters.slack.buttons import APPEAL, NOTE, kinds, pictured
from adapters.slack.door import Reply
from adapters.slack.failures import FAILURES
from adapters.slack.forms import Form, Options, about, chosen_adult, filled
from adapters.slack.hearing import Ears
from adapters.slack.note import section
from adapters.slack.orders import to_student, to_team
from adapters.slack.telling import Told
from adapters.slack.versions import PLATFORM
from adapters.slack.web import Web
from adapters.wording import (
    NO_CHANNEL,
    NONE_CHOSEN,
    NOT_YOUR_TEAM,
    NOT_YOURS,
    REASONS,
    WE_FAILED,
    WE_HAVE_IT,
    WHICH_KIND,
    WHO_IS_IN_IT,
    WHOSE,
)
from bot.directory import Choosable, Directory
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.people import AccountId, TeamId
from bot.platform import Answer, Appeal, Heard, Order, OrderKind, Post, Report
from bot.registrar import NO_MAIL
from bot.rule import Choice
from bot.texts import ENGLISH, N_, Text

if TYPE_CHECKING:
    from bot.registrar import Registrar

LOG: Final = structlog.get_logger("chaperone.slack")

FOR_COACHES: Final = N_("Only coaches and advisors can send this way. You can always tell an adult: /chaperone report.")
NO_STUDENTS: Final = N_("We know no student of your teams here. Ask the office to link their accounts.")
WORDS: Final = N_(
    "Write one word after /chaperone. To send: private (to one student, copied), team or emergency. To tell an adult: "
    "report. To read the rules: policy. To link your account: link."
)

SECTIONS: Final = {
    "general": "General Guidelines",
    "employee": "Employee Guidelines",
    "student": "Student Guidelines",
}

A_MOMENT: Final = 0.5
"""Seconds that Slack has to say who reads what is urgent: whoever sends it waits three for us to take it."""

MOST_POINTED_AT: Final = 500
"""So many messages that somebody opened a form about are held, for as long as the form may be open."""

Say = Callable[[Heard], Awaitable[None]]
"""Hands on what somebody said; awaiting it waits until it is durable."""


class Reception:
    """Answers whoever presses, fills in or asks for something."""

    def __init__(self, web: Web, ears: Ears, directory: Directory, say: Say, now: Callable[[], datetime]) -> None:
        """Take the way to Slack, who is who and where, and whom to tell what was said."""
        self._web = web
        self._ears = ears
        self._directory = directory
        self._say = say
        self._now = now
        self.copied: Callable[[Order], tuple[str, ...]] = lambda _: ()
        """Names who would receive a copy of an order."""
        self.registrar: Registrar | None = None
        """Links accounts to people."""
        self.policy: Mapping[str, tuple[str, ...]] = {}
        """The district's words by section, in pieces that fit."""
        self.when_linked: Callable[[], None] | None = None
        """Told that people may be others now."""
        self._pointed_at: OrderedDict[str, tuple[str, Told]] = OrderedDict()
        """For each form about a message: its channel, and the message."""
        self._tasks: set[asyncio.Task[object]] = set()

    async def take(self, body: Told) -> Reply:
        """Take what somebody did. A fault is told to them, and no words of it are written down."""
        try:
            return await self._take(body)
        except Exception as error:
            LOG.error("what somebody asked for failed", fault=type(error).__name__)  # noqa: TRY400 (it may hold words)
            if "response_url" in body and "command" not in body:
                self.later(_respond(body, ENGLISH.say(WE_FAILED)))
                return None
            reply = _sorry(body)
            if reply is None:
                raise  # Slack tells whoever pressed that it did not work
            return reply

    async def _take(self, body: Told) -> Reply:
        if "command" in body:
            return await self._command(body)
        match body.get("type"):
            case "shortcut":
                return await self._open(body, self._private_form(_who(body)))
            case "message_action":
                await self._point_at(body)
            case "block_actions":
                await self._pressed(body)
            case "view_submission":
                return await self._submitted(body)
            case "block_suggestion":
                offered = self._offered(str(body.get("action_id")), _who(body))
                return forms.fitting(str(body.get("value") or ""), offered)
            case _:
                pass
        return None

    def close(self) -> None:
        """Give up whatever is not answered yet."""
        for each in self._tasks:
            each.cancel()

    # The command

    async def _command(self, body: Told) -> Reply:
        by, (word, *rest) = AccountId(str(body["user_id"])), [*str(body.get("text") or "").lower().split(), ""]
        match word:
            case "private":
                return await self._open(body, self._private_form(by))
            case "team":
                return await self._open(body, self._team_form(by))
            case "emergency":
                return await self._open(body, self._emergency_form(by))
            case "report":
                return await self._open(body, self._report_form(by, {"channel": str(body.get("channel_id") or "")}))
            case "policy":
                return self._policy(rest[0])
            case "link":
                return await self._open(body, NO_MAIL if self.registrar is None else forms.link())
            case _:
                return say(WORDS)

    def _policy(self, part: str) -> Reply:
        named = SECTIONS.get(part, SECTIONS["general"])
        text = "\n".join(self.policy.get(named, ())).replace("**", "*")
        return {"response_type": "ephemeral", "text": text, "blocks": [*section(text)]}

    async def _open(self, body: Told, drawn: Form | Text) -> Reply:
        """Open a form, or say why not: in the channel where there is one, else in a form that only says it."""
        if isinstance(drawn, Text):
            if "command" in body:
                return say(drawn)
            drawn = forms.message(drawn)
        await self._web.ask("views.open", trigger_id=body["trigger_id"], view=drawn)
        return None

    def _private_form(self, by: AccountId) -> Form | Text:
        students = self._directory.students_of(by)
        if not self._directory.leads(by):
            return FOR_COACHES
        return forms.private(students, None) if students else NO_STUDENTS

    def _team_form(self, by: AccountId) -> Form | Text:
        teams = self._teams_of(by)
        if not self._directory.leads(by):
            return FOR_COACHES
        return forms.team(teams) if teams else NO_CHANNEL

    def _emergency_form(self, by: AccountId) -> Form | Text:
        choices = self._offered("to", by)
        if not self._directory.leads(by):
            return FOR_COACHES
        return forms.emergency(choices) if choices else NO_CHANNEL

    def _report_form(self, by: AccountId, pointed_at: Mapping[str, str]) -> Form:
        return forms.report(self._directory.adults(by), pointed_at)

    def _offered(self, field: str, by: AccountId) -> Options:
        """Give whom somebody may choose in a field: what they typed is looked for among these alone."""
        match field:
            case "student":
                return forms.people(self._directory.students_of(by))
            case "pictured":
                return forms.people(self._may_be_in_a_picture(by))
            case "to":
                return forms.teams_and_students(self._teams_of(by), self._directory.students_of(by))
            case "team":
                return [(each, each) for each in self._teams_of(by)]
            case "adult":
                return forms.whoever(self._directory.adults(by))
            case _:
                return ()

    def _may_be_in_a_picture(self, by: AccountId) -> tuple[Choosable, ...]:
        """List the students of somebody's teams, then who leads them too."""
        return tuple(dict.fromkeys((*self._directory.students_of(by), *self._directory.colleagues_of(by))))

    def _teams_of(self, by: AccountId) -> list[TeamId]:
        return [each for each in self._directory.teams_of(by) if self._channel_of(each)]

    def _channel_of(self, team: TeamId) -> str:
        """Find the channel of a team: the first that is registered."""
        return next((channel for channel, its in self._ears.setup.teams.items() if its == team), "")

    async def _point_at(self, body: Told) -> None:
        """Open the form about a message. What it says is held until the form comes back, for an adult has to see it."""
        message, channel = body.get("message") or {}, str((body.get("channel") or {}).get("id") or "")
        pointed_at = {"channel": channel, "ts": str(message.get("ts") or ""), "author": author_of(message)[0]}
        drawn = self._report_form(_who(body), pointed_at)
        opened = await self._web.ask("views.open", trigger_id=body["trigger_id"], view=drawn)
        self._pointed_at[str(opened["view"]["id"])] = channel, message
        if len(self._pointed_at) > MOST_POINTED_AT:
            self._pointed_at.popitem(last=False)

    # Buttons

    async def _pressed(self, body: Told) -> None:
        for action in body.get("actions") or ():
            name = str(action.get("action_id") or "")
            if name.startswith(NOTE):
                await self._answer_note(body, action, name.removeprefix(NOTE))
            elif name == "student":
                await self._name_copied(body, action)
            elif name.startswith("open:"):
                await self._open_from_page(body, name.removeprefix("open:"))

    async def _open_from_page(self, body: Told, what: str) -> None:
        by = _who(body)
        drawn: Form | Text | None = {
            "private": self._private_form,
            "team": self._team_form,
            "emergency": self._emergency_form,
            "report": lambda who: self._report_form(who, {}),
            "link": lambda _: NO_MAIL if self.registrar is None else forms.link(),
        }.get(what, lambda _: None)(by)
        if drawn is not None:
            await self._open(body, drawn)

    async def _name_copied(self, body: Told, action: Told) -> None:
        """Say in a form, once the student is chosen, who gets the copies: afterwards would be too late."""
        by, student = _who(body), AccountId(str((action.get("selected_option") or {}).get("value") or ""))
        order = to_student("", by, student, OrderKind.PRIVATE, "", self._now(), matter=MatterKind.MEDICAL)
        drawn, view = forms.private(self._directory.students_of(by), self.copied(order)), body["view"]
        await self._web.ask("views.update", view_id=view["id"], hash=view.get("hash"), view=drawn)

    async def _answer_note(self, body: Told, action: Told, what: str) -> None:
        """Take an answer to a note, or ask for what it still needs."""
        post, (what, _, kind) = PostId(str(action.get("value") or "")), what.partition(".")
        if what == APPEAL:
            await self._open(body, forms.appeal(post))
            return
        choice, by = Choice[what.upper()], _who(body)
        match choice:
            case Choice.REASON | Choice.SOURCE:
                await self._open(body, forms.in_words(post, choice))
            case Choice.PRIVATE if not kind:
                question = ENGLISH.say(WHICH_KIND, WHOSE)
                self.later(_respond(body, question, kinds(post, question)))
            case Choice.PRIVATE if kind == "student":
                students = self._directory.students_of(by)
                await self._open(body, forms.whose(post, students) if students else NO_STUDENTS)
            case Choice.PICTURED if not kind:
                question = ENGLISH.say(WHO_IS_IN_IT)
                self.later(_respond(body, question, pictured(post, question)))
            case Choice.PICTURED if kind == "students":
                offered = self._may_be_in_a_picture(by)
                await self._open(body, forms.pictured(post, offered) if offered else NO_STUDENTS)
            case _:
                id_ = f"{action.get('action_ts')}:{by}"
                matter = MatterKind(kind) if choice is Choice.PRIVATE else None
                await self._say(Answer(PLATFORM, id_, by, self._now(), post, choice, matter))
                self.later(_respond(body, ENGLISH.say(WE_HAVE_IT)))

    def later(self, doing: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Do something beside everything else."""
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # Forms

    async def _submitted(self, body: Told) -> Reply:
        view = body["view"]
        name, told, by, id_ = view["callback_id"].removeprefix("form:"), filled(view), _who(body), str(view["id"])
        match name:
            case "private" | "team" | "emergency":
                order = await self._order(name, id_, by, told)
                return await self._take_down(order) if isinstance(order, Order) else wrong(*order)
            case "report":
                return await self._report(id_, by, told, about(view))
            case "whose":
                return await self._whose(id_, by, told, PostId(about(view)["post"]))
            case "pictured":
                return await self._pictured(id_, by, told, PostId(about(view)["post"]))
            case "reason" | "source":
                post, choice = PostId(about(view)["post"]), Choice[name.upper()]
                return await self._take_down(Answer(PLATFORM, id_, by, self._now(), post, choice, text=told[name]))
            case "appeal":
                words = (Words(Where.BODY, told["why"]),) if told.get("why") else ()
                post = PostId(about(view)["post"])
                return await self._take_down(Appeal(PLATFORM, id_, post, by, self._now(), words))
            case _:
                return await self._link(name, by, told)

    async def _whose(self, id_: str, by: AccountId, told: Mapping[str, Any], post: PostId) -> Reply:
        """Take whose private matter a post is, and of which kind."""
        student, matter = AccountId(str(told.get("student"))), MatterKind(str(told.get("kind")))
        if not any(each.account == student for each in self._directory.students_of(by)):
            return wrong("student", NOT_YOURS)
        return await self._take_down(
            Answer(PLATFORM, id_, by, self._now(), post, Choice.PRIVATE, matter, student=student)
        )

    async def _pictured(self, id_: str, by: AccountId, told: Mapping[str, Any], post: PostId) -> Reply:
        """Take who is in a picture. That nobody was chosen is no answer: nobody is in it is another button."""
        chosen = tuple(AccountId(str(each)) for each in told.get("pictured") or ())
        offered = {each.account for each in self._may_be_in_a_picture(by)}
        if not chosen or not offered.issuperset(chosen):
            return wrong("pictured", NONE_CHOSEN if not chosen else NOT_YOURS)
        return await self._take_down(Answer(PLATFORM, id_, by, self._now(), post, Choice.PICTURED, pictured=chosen))

    async def _take_down(self, said: Heard) -> Reply:
        await self._say(said)
        return update(forms.message(WE_HAVE_IT))

    async def _order(self, name: str, id_: str, by: AccountId, told: Mapping[str, Any]) -> Order | tuple[str, Text]:
        """Write the order that a form asks for; or name the field that is wrong, and why."""
        text, kind = str(told["message"]), OrderKind(name)
        field, chosen = ("student", f"student:{told.get('student')}") if name == "private" else ("to", told.get("to"))
        field, chosen = ("team", f"team:{told.get('team')}") if name == "team" else (field, chosen)
        to, _, which = str(chosen or "").partition(":")
        if not self._directory.leads(by):
            return field, FOR_COACHES
        if to == "student":
            if not any(each.account == which for each in self._directory.students_of(by)):
                return field, NOT_YOURS
            matter = MatterKind(told["kind"]) if told.get("kind") else None
            concerns = bool(told.get("concerns"))
            student = AccountId(which)
            return to_student(id_, by, student, kind, text, self._now(), matter=matter, concerns_copied=concerns)
        team, channel = TeamId(which), self._channel_of(TeamId(which))
        if team not in self._directory.teams_of(by):
            return field, NOT_YOUR_TEAM
        if not channel:
            return field, NO_CHANNEL
        within = A_MOMENT if kind is OrderKind.EMERGENCY else None
        readers = await self._ears.audiences.readers(channel, within)
        return to_team(id_, by, self._ears.place(channel), team, readers, kind, text, self._now())

    async def _report(self, id_: str, by: AccountId, told: Mapping[str, Any], pointed_at: Mapping[str, str]) -> Reply:
        """Hand on what somebody tells an adult; first, the message it is about, which may never have been heard."""
        reason = ENGLISH.say(REASONS[int(told.get("reason") or len(REASONS) - 1)])
        text = f"{reason}. {told['more']}" if told.get("more") else reason
        channel, message = self._pointed_at.pop(id_, (pointed_at.get("channel", ""), {}))
        post, author, about = PostId(f"report:{id_}"), None, None
        if pointed_at.get("ts"):
            post, author = self._ears.origin(channel, pointed_at["ts"])
            author = author or (AccountId(pointed_at["author"]) if pointed_at.get("author") else None)
            about = await self._post_of(message, channel)
        report = Report(
            PLATFORM,
            id_,
            post,
            self._ears.place(channel) if channel else PlaceId(id_),
            by,
            self._now(),
            (Words(Where.BODY, text),),
            author,
            self._ears.team_of(channel),
            chosen_adult(told.get("adult")),
            skip_coach=bool(told.get("skip")),
        )
        await asyncio.gather(*[self._say(each) for each in (about, report) if each is not None])
        return update(forms.message(WE_HAVE_IT))

    async def _post_of(self, message: Told, channel: str) -> Post | None:
        """Read a message that was written before we came, or where we are not. A report hardly waits for it."""
        try:
            post = await self._ears.post_of(message, channel, late=True, within=A_MOMENT) if message else None
        except Exception as error:  # noqa: BLE001 (whatever it is, the report counts)
            LOG.warning("a message that somebody told of could not be heard", fault=type(error).__name__)
            return None
        return None if post is None else replace(post, late=True)

    async def _link(self, name: str, by: AccountId, told: Mapping[str, Any]) -> Reply:
        if self.registrar is None:
            return update(forms.message(NO_MAIL))
        if name == "link":
            return update(forms.code(await self.registrar.ask(by, str(told["address"]))))
        if name == "code":
            said = await self.registrar.confirm(by, str(told["code"]))
            if self.when_linked is not None:
                self.when_linked()
            return update(forms.message(said))
        return None


def _who(body: Told) -> AccountId:
    return AccountId(str(body["user"]["id"]))


def say(text: Text) -> Reply:
    """Answer a command, for whoever gave it alone."""
    return {"response_type": "ephemeral", "text": ENGLISH.say(text)}


def update(view: Form) -> Reply:
    """Put another form in place of the one that was filled in."""
    return {"response_action": "update", "view": view}


def wrong(field: str, why: Text) -> Reply:
    """Say under a field what is wrong with it; whatever was typed stays."""
    return {"response_action": "errors", "errors": {field: ENGLISH.say(why)}}


def _sorry(body: Told) -> Reply:
    if "command" in body:
        return say(WE_FAILED)
    if body.get("type") == "view_submission":
        blocks = (body.get("view") or {}).get("blocks") or ()
        fields = [str(each["block_id"]) for each in blocks if each.get("type") == "input"]
        return wrong(fields[-1], WE_FAILED) if fields else update(forms.message(WE_FAILED))
    return None


async def _respond(body: Told, text: str, blocks: list[dict[str, Any]] | None = None) -> None:
    """Answer whoever pressed a button, alone, where they pressed it."""
    url = body.get("response_url")
    if not isinstance(url, str):
        return
    respond = AsyncRespond(response_url=url, proxy=None, ssl=None)
    with suppress(*FAILURES):
        await respond(text=text, blocks=blocks, response_type="ephemeral", replace_original=False)
