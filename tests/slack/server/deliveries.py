"""How something is brought to the app: one try after another, until it is acknowledged or given up."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.slack.server.world import Body

EVENT, INTERACTION, COMMAND = "events_api", "interactive", "slash_commands"


@dataclass(slots=True, eq=False)
class Try:
    """One attempt to bring something."""

    at: float
    """By the loop's clock."""
    retry: int = 0
    """0 for the first; the number of the retry after that."""
    reason: str = ""
    """Why it was brought again."""
    acked: bool = False
    failure: str = ""
    """Why it was not acknowledged: "timeout", "closed", "http_error" …"""
    status: int | None = None
    """What the app answered over HTTP."""
    seconds: float = 0.0
    """How long the app took."""
    no_retry: bool = False
    """Whether the app asked for no other try, or nobody was there to take it."""
    answer: Any = None
    """What came with the acknowledgement."""

    def end(self, *, acked: bool = False, failure: str = "") -> "Try":
        """Write down how it ended, and when."""
        self.acked, self.failure = acked, failure
        self.seconds = asyncio.get_running_loop().time() - self.at
        return self


@dataclass(slots=True, eq=False)
class Delivery:
    """One thing for the app: an event in its envelope, an interaction, or a command."""

    kind: str
    body: Body
    tries: list[Try] = field(default_factory=list)
    given_up: bool = False

    @property
    def event(self) -> Body:
        """The event in its envelope; what has none is its own."""
        inner: Body = self.body.get("event", self.body)
        return inner

    @property
    def event_id(self) -> str:
        """The id by which duplicates can be told."""
        return str(self.body["event_id"])

    @property
    def acked(self) -> bool:
        """Whether the app acknowledged it, at any try."""
        return any(each.acked for each in self.tries)

    @property
    def answer(self) -> Any:  # noqa: ANN401 (whatever an app may answer)
        """What came with the acknowledgement."""
        return next((each.answer for each in self.tries if each.acked), None)


class Route(Protocol):
    """A way to the app: its sockets, or its address."""

    async def carry(self, delivery: Delivery, attempt: Try) -> Try:
        """Bring something once, and wait for the acknowledgement."""
        ...


@dataclass(slots=True, eq=False)
class Courier:
    """Brings everything to the app, and tries again what was not acknowledged."""

    route: Route
    retries: Sequence[float] = (0.0, 60.0, 300.0)
    """How many seconds after a failed try the next one comes: at once, after a minute, after five."""
    tasks: "set[asyncio.Task[None]]" = field(default_factory=set)
    broken: list[Exception] = field(default_factory=list)
    """Errors in the peer itself."""

    def send(
        self,
        delivery: Delivery,
        *,
        delay: float = 0.0,
        retry: int = 0,
        reason: str = "",
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Bring something soon, `then` do something; `retry` and `reason` mark it as brought before."""
        task = asyncio.create_task(self._bring(delivery, delay, retry, reason, then))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def settle(self) -> None:
        """Wait until everything is acknowledged or given up."""
        while self.tasks:
            await asyncio.wait(set(self.tasks))

    async def stop(self) -> None:
        """Bring nothing any more."""
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _bring(self, delivery: Delivery, delay: float, retry: int, reason: str, then: Callable[[], None]) -> None:
        try:
            await self._carry(delivery, delay, retry, reason)
            then()
        except Exception as error:  # noqa: BLE001 (kept, and raised when the server stops)
            self.broken.append(error)

    async def _carry(self, delivery: Delivery, delay: float, retry: int, reason: str) -> None:
        waits = self.retries if delivery.kind == EVENT else ()
        for number, wait in enumerate((delay, *waits), start=retry):
            await asyncio.sleep(wait)
            attempt = Try(asyncio.get_running_loop().time(), number, reason)
            delivery.tries.append(attempt)
            await self.route.carry(delivery, attempt)
            if attempt.acked:
                return
            if attempt.no_retry:
                break
            reason = attempt.failure
        delivery.given_up = not delivery.acked
