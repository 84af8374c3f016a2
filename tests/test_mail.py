"""The door to mail, against a real server that behaves in every way servers do."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.mail import CONNECTIONS, LETTERS_A_CONNECTION, Mail, Server, open_mail
from bot.errors import ConfigurationError
from bot.letter import Letter
from bot.platform import Outcome, Receipt
from tests.postbox import LOGIN, PASSWORD, Postbox, answers, certificate, hangs_up, open_mute, open_postbox, waits

NOW = datetime(2026, 11, 24, 15, 12, tzinfo=UTC)
SENDER = "chaperone@example.org"
DONE = Receipt(Outcome.DONE)


def letter(number: int = 42) -> Letter:
    return Letter(
        f"reader{number}@example.org",
        f"Copy for you: CP-{number:04}",
        f"<{number:032x}@mail.example.org>",
        f"A copy waits: CP-{number:04}.\n.\nWhy you: you are listed as “principal”.\n",
    )


def server(port: int, **settings: object) -> Server:
    """Name a server on this machine, without TLS unless the settings say so."""
    usual: dict[str, object] = {"security": "none", "timeout": 5.0}
    return Server("127.0.0.1", port, SENDER, **{**usual, **settings})  # type: ignore[arg-type]


@asynccontextmanager
async def mail_to(port: int, tls: ssl.SSLContext | None = None, **settings: object) -> AsyncIterator[Mail]:
    async with open_mail(server(port, **settings), lambda: NOW, tls) as mail:
        yield mail


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    """A server without TLS, as it may stand on the same machine."""
    async with open_postbox() as started:
        yield started


async def test_an_accepted_letter_arrives_whole(box: Postbox) -> None:
    """One receiver, the headers we mean, and the text with its dots and quotation marks."""
    async with mail_to(box.port) as mail:
        receipt = await mail.send(letter())
    (kept,) = box.arrived
    message = kept.message

    assert receipt == DONE
    assert (kept.sender, kept.receivers) == (SENDER, ("reader42@example.org",))
    assert dict(message.items()) == {
        "From": SENDER,
        "To": "reader42@example.org",
        "Subject": "Copy for you: CP-0042",
        "Date": "Tue, 24 Nov 2026 15:12:00 +0000",
        "Message-ID": letter().message_id,
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
    }
    assert kept.text == letter().text


async def test_no_header_of_a_letter_is_folded(box: Postbox) -> None:
    """Some servers lose a Message-ID that stands on a second line, and it is what a repeated letter is known by."""
    long = Letter(letter().to, letter().subject, f"<{42:032x}@{'district.' * 9}example.org>", "text\n")
    async with mail_to(box.port) as mail:
        await mail.send(long)

    assert f"Message-ID: {long.message_id}\r\n".encode() in box.arrived[0].raw


@pytest.mark.parametrize("step", ["RCPT", "GO", "DATA"])
@pytest.mark.parametrize("code", [550, 551, 552, 554])
async def test_a_refusal_for_good_is_told_as_one(step: str, code: int, box: Postbox) -> None:
    """An address that is none will be none in five minutes; a person has to look."""
    box.steps[step] = answers(f"{code} 5.1.1 <reader42@example.org> is nobody")
    async with mail_to(box.port) as mail:
        receipt = await mail.send(letter())

    assert receipt == Receipt(Outcome.REFUSED, f"answered {code}")
    assert not box.arrived


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("code", [421, 450, 451, 452])
async def test_a_refusal_for_now_may_be_tried_again(step: str, code: int, box: Postbox) -> None:
    """Greylisting: the second time the very same letter is taken, by its Message-ID."""
    box.steps[step] = answers(f"{code} 4.7.1 come back later", times=1)
    async with mail_to(box.port) as mail:
        receipts = [await mail.send(letter()) for _ in range(2)]

    assert receipts == [Receipt(Outcome.NOT_DONE, f"answered {code}"), DONE]
    assert box.by_id.keys() == {letter().message_id}
    assert len(box.arrived) == 1


@pytest.mark.parametrize(("step", "code"), [("MAIL", 550), ("MAIL", 530), ("RCPT", 530)])
async def test_what_is_wrong_with_us_may_be_mended(step: str, code: int, box: Postbox) -> None:
    """A sender that is not allowed yet, or a login that is wanted, says nothing of the receiver."""
    box.steps[step] = answers(f"{code} not from you")
    async with mail_to(box.port) as mail:
        receipt = await mail.send(letter())

    assert receipt == Receipt(Outcome.NOT_DONE, f"answered {code}")


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
@pytest.mark.parametrize("said", [b"", b"25", b"250-one\r\n", b"250-one\r\n25"], ids=repr)
async def test_a_connection_lost_before_the_letter_is_certain(step: str, said: bytes, box: Postbox) -> None:
    """Nothing was handed over, wherever in a line the server stopped."""
    box.steps[step] = hangs_up(said)
    async with mail_to(box.port) as mail:
        receipts = [await mail.send(letter()) for _ in range(2)]

    assert receipts == [Receipt(Outcome.NOT_DONE, "connection lost"), DONE]
    assert len(box.arrived) == 1


@pytest.mark.parametrize("said", [b"", b"25", b"250 O", b"250-one\r\n"], ids=repr)
async def test_after_an_unknown_outcome_there_is_still_one_letter(said: bytes, box: Postbox) -> None:
    """The server kept it and its answer was lost. Sent again it has the same Message-ID, so there is one."""
    box.steps["ANSWER"] = hangs_up(said)
    async with mail_to(box.port) as mail:
        receipts = [await mail.send(letter()) for _ in range(2)]

    assert receipts == [Receipt(Outcome.UNKNOWN, "connection lost"), DONE]
    assert len(box.arrived) == 2
    assert list(box.by_id) == [letter().message_id]


async def test_a_letter_lost_with_its_connection_is_unknown_too(box: Postbox) -> None:
    """From here it looks as if it had been kept. The sender cannot tell, and must not guess."""
    box.steps["DATA"] = hangs_up()
    async with mail_to(box.port) as mail:
        receipts = [await mail.send(letter()) for _ in range(2)]

    assert receipts == [Receipt(Outcome.UNKNOWN, "connection lost"), DONE]
    assert len(box.arrived) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("554 no", Outcome.REFUSED), ("452 full", Outcome.NOT_DONE), ("250 what", Outcome.UNKNOWN)],
)
async def test_a_letter_that_is_not_asked_for_is_not_sent(answer: str, outcome: Outcome, box: Postbox) -> None:
    """Some servers refuse only once the letter is announced. An answer that makes no sense settles nothing."""
    box.steps["GO"] = answers(answer, times=1)
    async with mail_to(box.port) as mail:
        receipts = [await mail.send(letter()) for _ in range(2)]

    assert receipts == [Receipt(outcome, f"answered {answer[:3]}"), DONE]
    assert len(box.arrived) == 1


async def test_a_connection_lost_once_a_letter_is_announced_is_unknown(box: Postbox) -> None:
    """From DATA on nobody can tell for certain what the other side has."""
    box.steps["GO"] = hangs_up()
    async with mail_to(box.port) as mail:
        receipts = [await mail.send(letter()) for _ in range(2)]

    assert receipts == [Receipt(Outcome.UNKNOWN, "connection lost"), DONE]
    assert len(box.arrived) == 1


@pytest.mark.parametrize("answer", ["nonsense", "299 well", "354 go on"])
async def test_an_answer_that_is_none_leaves_it_unknown(answer: str, box: Postbox) -> None:
    """Only 250 is an acceptance, only 4 and 5 are refusals."""
    box.steps["ANSWER"] = answers(answer)
    async with mail_to(box.port) as mail:
        receipt = await mail.send(letter())

    assert receipt.outcome is Outcome.UNKNOWN


async def test_a_slow_server_is_waited_for(box: Postbox) -> None:
    """Virus scanners take their time; within the limit that is no failure."""
    box.steps |= {"RCPT": waits(0.1), "ANSWER": waits(0.1)}
    async with mail_to(box.port) as mail:
        receipt = await mail.send(letter())

    assert receipt == DONE


@pytest.mark.parametrize(("step", "outcome"), [("RCPT", Outcome.NOT_DONE), ("ANSWER", Outcome.UNKNOWN)])
async def test_a_server_too_slow_is_let_go(step: str, outcome: Outcome, box: Postbox) -> None:
    """Before the letter it is certain that nothing was taken; after it, nobody can tell."""
    box.steps[step] = waits(60)
    async with mail_to(box.port, timeout=0.5) as mail:
        receipt = await mail.send(letter())

    assert receipt == Receipt(outcome, "no answer in time")


@pytest.mark.parametrize("greeting", [b"", b"220-wait\r\n"], ids=["silent", "greets without end"])
async def test_a_server_that_never_greets_is_let_go(greeting: bytes) -> None:
    """A telephone line that is open and dead must not hold up the next letter."""
    async with open_mute(greeting) as port, mail_to(port, timeout=0.2) as mail:
        receipt = await mail.send(letter())

    assert receipt == Receipt(Outcome.NOT_DONE, "no answer in time")


@pytest.mark.parametrize(
    ("greeting", "reason"), [(b"554 go away\r\n", "answered 554"), (b"SSH-2.0-x\r\n", "answered nonsense")]
)
async def test_a_server_that_does_not_want_us_may_be_tried_again(greeting: bytes, reason: str) -> None:
    """It is about us, or about a wrong port; no receiver was named."""
    async with open_mute(greeting) as port, mail_to(port) as mail:
        receipt = await mail.send(letter())

    assert receipt == Receipt(Outcome.NOT_DONE, reason)


async def test_where_nobody_listens_nothing_was_done(unused_port: int) -> None:
    """The server is down for the night."""
    async with mail_to(unused_port) as mail:
        receipt = await mail.send(letter())

    assert receipt == Receipt(Outcome.NOT_DONE, "connection lost")


@pytest.fixture
async def unused_port() -> int:
    """A port that was free a moment ago."""
    async with open_mute() as port:
        return port


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_letter_goes_sealed(security: str, tmp_path: Path) -> None:
    """Both ways that school servers offer, with a certificate that is checked and a login after it."""
    made = certificate(tmp_path)
    async with open_postbox(made.server, implicit=security == "tls", login=security == "starttls") as box:
        login = {"username": LOGIN, "password": PASSWORD} if security == "starttls" else {}
        async with mail_to(box.port, made.client, security=security, **login) as mail:
            receipt = await mail.send(letter())

    assert receipt == DONE
    assert len(box.arrived) == 1
    assert box.logins == len(login) // 2


async def test_without_tls_not_even_the_envelope_is_sent(box: Postbox) -> None:
    """Whoever cuts STARTTLS out of the conversation learns nothing, not even whom we write to."""
    async with mail_to(box.port, security="starttls", username=LOGIN, password=PASSWORD) as mail:
        receipt = await mail.send(letter())

    assert receipt == Receipt(Outcome.NOT_DONE, "no TLS or login offered")
    assert (box.envelopes, box.logins, box.arrived) == ([], 0, [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["another name", "nobody we trust"])
async def test_a_wrong_certificate_ends_it(security: str, wrong: str, tmp_path: Path) -> None:
    """A server that cannot show who it is gets no login and no envelope."""
    made = certificate(tmp_path, "other.example.org" if wrong == "another name" else "127.0.0.1")
    trusted = made.client if wrong == "another name" else None
    login = {"username": LOGIN, "password": PASSWORD}
    async with (
        open_postbox(made.server, implicit=security == "tls") as box,
        mail_to(box.port, trusted, security=security, **login) as mail,
    ):
        asyncio.get_running_loop().set_exception_handler(
            lambda *_: None
        )  # the server's own failure is no fault of ours
        receipt = await mail.send(letter())

    assert receipt == Receipt(Outcome.NOT_DONE, "certificate refused")
    assert (box.envelopes, box.logins, box.arrived) == ([], 0, [])


async def test_a_refused_login_may_be_mended(tmp_path: Path) -> None:
    """Passwords end. The letter waits until somebody puts in the new one."""
    made = certificate(tmp_path)
    login = {"username": LOGIN, "password": "wrong"}
    async with (
        open_postbox(made.server, login=True) as box,
        mail_to(box.port, made.client, security="starttls", **login) as mail,
    ):
        receipt = await mail.send(letter())

    assert receipt == Receipt(Outcome.NOT_DONE, "login refused (535)")
    assert not box.envelopes


async def test_a_thousand_letters_share_a_few_connections(box: Postbox) -> None:
    """Each arrives once, for its own reader, with its own number in every part: no two are ever mixed."""
    async with mail_to(box.port) as mail:
        receipts = await asyncio.gather(*(mail.send(letter(number)) for number in range(1000)))

    assert receipts == [DONE] * 1000
    assert len(box.by_id) == len(box.arrived) == 1000
    assert 1000 // LETTERS_A_CONNECTION <= box.connections <= 1000 // LETTERS_A_CONNECTION + CONNECTIONS
    for kept in box.arrived:
        number = int(str(kept.message["Message-ID"])[1:33], 16)
        told = letter(number)
        assert kept.receivers == (told.to,)
        assert (kept.message["To"], kept.message["Subject"]) == (told.to, told.subject)
        assert kept.text == told.text


async def test_refusals_in_between_mix_no_letters(box: Postbox) -> None:
    """A refused letter leaves nothing behind on a connection that the next one is sent over."""
    outcomes = {0: None, 1: "550 nobody", 2: "450 later"}

    async def by_number(_: object, address: str) -> str | None:
        return outcomes[int(address.removeprefix("reader").partition("@")[0]) % 3]

    box.steps["RCPT"] = by_number
    async with mail_to(box.port) as mail:
        receipts = await asyncio.gather(*(mail.send(letter(number)) for number in range(60)))

    assert [each.outcome for each in receipts] == [Outcome.DONE, Outcome.REFUSED, Outcome.NOT_DONE] * 20
    assert sorted(kept.receivers for kept in box.arrived) == sorted((letter(n).to,) for n in range(0, 60, 3))
    assert all(kept.receivers == (kept.message["To"],) for kept in box.arrived)


async def test_a_connection_the_server_closed_is_made_anew(box: Postbox) -> None:
    """Servers close what is idle. The next letter must not pay for it."""
    async with mail_to(box.port) as mail:
        first = await mail.send(letter(1))
        box.steps["RSET"] = hangs_up()
        second = await mail.send(letter(2))

    assert [first, second] == [DONE, DONE]
    assert box.connections == 2


async def test_a_letter_that_is_given_up_leaves_no_half_open_connection(box: Postbox) -> None:
    """Whoever stops the house in the middle of a letter must not find its end in the next one."""
    reached = asyncio.Event()

    async def keeps_waiting(_: object, address: str) -> None:
        reached.set()
        await asyncio.sleep(60)

    box.steps["ANSWER"] = keeps_waiting
    async with mail_to(box.port) as mail:
        given_up = asyncio.create_task(mail.send(letter(1)))
        await reached.wait()
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        del box.steps["ANSWER"]
        receipt = await mail.send(letter(2))

    assert receipt == DONE
    assert box.connections == 2
    assert box.arrived[-1].receivers == (letter(2).to,)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
async def test_no_receipt_repeats_what_a_server_says(step: str, box: Postbox) -> None:
    """Servers repeat addresses and more in their sentences; a reason is kept and shown."""
    box.steps[step] = answers(f"550 {PASSWORD} <reader42@example.org> {letter().message_id}")
    async with mail_to(box.port) as mail:
        receipt = await mail.send(letter())

    assert receipt.reason == "answered 550"


async def test_nothing_is_logged(box: Postbox, caplog: pytest.LogCaptureFixture) -> None:
    """Not by us, and not by the library at any level: an address is a person."""
    box.steps["RCPT"] = answers("550 no", times=1)
    with caplog.at_level("DEBUG"):
        async with mail_to(box.port) as mail:
            await mail.send(letter())
            await mail.send(letter())
    ours = [each.getMessage() for each in caplog.records if each.name != "mail.log"]  # which is the test's own server

    assert not [line for line in ours if "example.org" in line or "reader" in line]


def test_a_server_prints_no_address_and_no_password() -> None:
    """A value may land in a traceback."""
    told = repr(server(25, username=LOGIN, password=PASSWORD))

    assert not [secret for secret in (SENDER, LOGIN, PASSWORD) if secret in told]


@pytest.mark.parametrize("host", ["10.0.0.1", "mail.example.org", "localhost.example.org"])
def test_mail_without_tls_stays_on_the_machine(host: str) -> None:
    """The last place before the network holds it, whatever the settings were."""
    with pytest.raises(ConfigurationError, match="without TLS only to this very machine"):
        Server(host, 25, SENDER, "none")


def test_mail_comes_from_a_plain_address() -> None:
    """It stands in a header and in the envelope."""
    with pytest.raises(ConfigurationError) as refusal:
        Server("127.0.0.1", 25, "Chaperone <chaperone@example.org>\r\n")

    assert "example.org" not in str(refusal.value)
