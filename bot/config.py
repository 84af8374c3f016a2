"""The district's one file of settings, read strictly: an unknown word is refused with the nearest right one."""

import dataclasses
import os
import re
import tomllib
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import (
    BaseModel,
    SecretStr,
    TypeAdapter,
    ValidationError,
)
from pydantic_settings import SettingsError

from bot.checkup import Remark, Weight
from bot.complaints import (
    PREFIX,
    Source,
    by_place,
    fields_of,
    nearest,
    notes_in,
    unknown,
    variable_beside,
    variable_of,
    variable_set,
    why_not,
)
from bot.disk import others_may_read, quoted, unreadable
from bot.errors import ConfigurationError
from bot.judge import Exemption
from bot.people import PersonId, TeamId
from bot.rule import Rule
from bot.settings import ExemptionLine, Settings

if TYPE_CHECKING:
    from bot.readings.clues.own import Own

OURS: Final = types.MappingProxyType(
    {
        "database": re.compile(
            r"-(journal|shm|wal)|\.(asking|board|lock|running)|\.(checkpoint|discord)(\.new)?|\.before-\d+-\d{8}(\.part)?"
            r"|\.slack((\.(grants|secrets))?(\.new)?|\.key|\.inbox(-(journal|shm|wal))?)"
        ),
        "key_file": re.compile(r"\.(forgotten|new)"),
    }
)
"""What follows the names under [store] in those of the files that Chaperone makes beside them."""

ONLY_READ: Final = (("roster", "path"), ("replay", "files"))
"""Settings that name what is never written: two of them may name one file."""

Built = TypeVar("Built")

NOTHING_SEALED: Final[Mapping[str, str]] = types.MappingProxyType({})


@dataclasses.dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, with the file they stand in, so that an error can name its line."""

    settings: Settings
    path: Path
    text: str = dataclasses.field(repr=False)

    def resolve(self, path: Path) -> Path:
        """Take a path of the file as seen from the file's own folder."""
        return self.path.parent / path.expanduser()

    @property
    def is_live(self) -> bool:
        """Whether a live platform is named."""
        return bool(self.settings.discord.servers or self.settings.slack.workspace)

    def refuse_to_run(self) -> None:
        """Raise `ConfigurationError` where there is nothing to run, or a history beside a live platform."""
        if not self.is_live and not self.settings.replay.files:
            raise ConfigurationError(
                f"{self.path} names nothing to run: list servers under [discord], name the workspace under [slack], or "
                "list files under [replay]."
            )
        if self.is_live and self.settings.replay.files:
            raise ConfigurationError(
                f"{self.path} names a live platform, under [discord] or [slack], and files under [replay]. A live "
                "record is no place for a history: take one of them out, or use `chaperone replay`."
            )

    def refused_files(self) -> Iterator[str]:
        """Say which settings name a file that is for something else: one would be written over the other."""
        named = [*dict.fromkeys(self._files())]
        yield from self._named_twice(named)
        for owner, ours in OURS.items():
            first = os.path.realpath(self._named_by("store", owner))
            for where, file in named:
                if file.startswith(first) and ours.fullmatch(file.removeprefix(first)):
                    wrong = f"{'.'.join(where)} names a file that Chaperone makes beside store.{owner}. Name another."
                    yield self.told(where, wrong)

    def _files(self) -> Iterator[tuple[tuple[str, str], str]]:
        """Give each setting that names a file, and the file: those that are only read come last."""
        for table, name in (*_named_as(Path), *ONLY_READ):
            told = getattr(getattr(self.settings, table), name)
            for path in told if isinstance(told, tuple) else (told,):
                if path is not None:
                    yield (table, name), os.path.realpath(self.resolve(path))

    def _named_twice(self, named: Iterable[tuple[tuple[str, str], str]]) -> Iterator[str]:
        seen: dict[str, tuple[str, str]] = {}
        settings = os.path.realpath(self.path)
        for here, file in named:
            first = seen.setdefault(file, here)
            if file == settings and here not in ONLY_READ:
                yield self.told(here, f"{'.'.join(here)} names the file of the settings itself. Name another.")
            elif first != here and first not in ONLY_READ:
                told = here[1] in getattr(self.settings, here[0]).model_fields_set
                blamed, other = (here, first) if told else (first, here)
                wrong = f"{'.'.join(blamed)} names the same file as {'.'.join(other)}. Give each a file of its own."
                yield self.told(blamed, wrong)

    def _named_by(self, table: str, name: str) -> Path:
        return self.resolve(getattr(getattr(self.settings, table), name))

    def exposed(self) -> Iterator[Remark]:
        """Say which keys and secrets other accounts of this machine may read, or the record itself."""
        for table, name in _named_as(Path):
            file = self._named_by(table, name)
            if (name.endswith("_file") or name == "database") and others_may_read(file):
                what = f"{table}.{name}: other accounts of this machine may read {file}, or write it."
                yield Remark(Weight.WEAK, what, f"chmod 600 {quoted(file)}")

    def mail_password(self) -> str:
        """Read the mail server's password: from the environment, else from its file. Empty where there is no login."""
        mail = self.settings.mail
        if not mail.username:
            return ""
        told = mail.password.get_secret_value()
        return told or self._secret(mail.password_file, "password", "mail.username", "CHAPERONE_MAIL__PASSWORD")

    def discord_token(self) -> str:
        """Read the bot's token: from the environment, else from its file."""
        discord = self.settings.discord
        told = discord.token.get_secret_value()
        return told or self._secret(discord.token_file, "token", "the Discord application", "CHAPERONE_DISCORD__TOKEN")

    def slack_token(self, sealed: Mapping[str, str] = NOTHING_SEALED) -> str:
        """Read the bot's token: from the environment, else from what is sealed, else from its file."""
        return self._of_slack("token", "token", "the Slack app's bot", sealed)

    def slack_app_token(self, sealed: Mapping[str, str] = NOTHING_SEALED) -> str:
        """Read the app-level token; empty where events come by HTTP."""
        if self.settings.slack.transport != "socket":
            return ""
        return self._of_slack("app_token", "token", "the Slack app (under App-Level Tokens)", sealed)

    def slack_signing_secret(self, sealed: Mapping[str, str] = NOTHING_SEALED) -> str:
        """Read the signing secret; empty where events come by Socket Mode."""
        if self.settings.slack.transport != "http":
            return ""
        return self._of_slack("signing_secret", "signing secret", "the Slack app", sealed)

    def slack_client_secret(self, sealed: Mapping[str, str] = NOTHING_SEALED) -> str:
        """Read the client secret, by which what somebody grants is turned into their token."""
        return self._of_slack("client_secret", "client secret", "the Slack app", sealed)

    def slack_source(self, name: str) -> tuple[str, Path]:
        """Say where else a secret of the Slack app comes from: the variable that holds it, if one does; its file."""
        slack = self.settings.slack
        told: SecretStr = getattr(slack, name)
        variable = variable_of("slack", name) if told.get_secret_value() else ""
        return variable, self.resolve(getattr(slack, f"{name}_file"))

    def _of_slack(self, name: str, what: str, whose: str, sealed: Mapping[str, str]) -> str:
        told: SecretStr = getattr(self.settings.slack, name)
        file: Path = getattr(self.settings.slack, f"{name}_file")
        return (
            told.get_secret_value()
            or sealed.get(name, "")
            or self._secret(file, what, whose, variable_of("slack", name), "Run `chaperone slack-install`, or write")
        )

    def _secret(self, file: Path, what: str, whose: str, variable: str, write: str = "Write") -> str:
        path = self.resolve(file)
        mend = f"{write} the {what} of {whose} there, on one line, or set {variable}."
        try:
            secret = path.read_text(encoding="utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            secret = ""
        except OSError as error:
            raise ConfigurationError(f"{path} could not be read ({error.strerror}). {mend}") from None
        if not secret.isprintable() or not secret:
            raise ConfigurationError(f"{path} holds no {what} of one line. {mend}")
        return secret

    def refuse_mistakes(self, every: tuple[type[Rule], ...]) -> None:
        """Raise `ConfigurationError` with every mistake in the settings of the rules and the standing exceptions."""
        _all_of((partial(self.rules, every), partial(self.exemptions, every)))

    def rules(self, every: tuple[type[Rule], ...]) -> tuple[Rule, ...]:
        """Build each rule with its settings. Raises `ConfigurationError` with every mistake in them."""
        names = [each.name for each in every]
        wrong = [
            self.told(("rules", name), f"there is no rule '{name}'.{nearest(name, names)}")
            for name in self.settings.rules
            if name not in names
        ]
        return _all_of((partial(self._rule, each) for each in every), wrong)

    def _rule(self, rule: type[Rule]) -> Rule:
        where, settings = ("rules", rule.name), self.settings.rules.get(rule.name, {})
        wrong = []
        for path, allowed in unknown(rule, settings):
            named = ".".join((*where, *path[:-1]))
            strange = f"{named} has no setting '{path[-1]}'.{nearest(path[-1], allowed)}"
            wrong.append(self.told((*where, *path), strange))
        try:
            built = TypeAdapter(rule).validate_python(settings)
        except ValidationError as error:
            found = {(*where, *path): each for path, each in by_place(error).items()}
            said = {path: why_not(path[-1], each, notes_in(rule, path[len(where) :])) for path, each in found.items()}
            more = (self.told(path, f"{'.'.join(path)}: {why}") for path, why in said.items())
            raise ConfigurationError(*wrong, *more) from None
        _refuse(wrong)
        return built

    def exemptions(self, every: tuple[type[Rule], ...]) -> tuple[Exemption, ...]:
        """Read the standing exceptions. Each names a team, a person or both: one for everybody is no exception.

        Raises `ConfigurationError` with every mistake in them.
        """
        lines = enumerate(self.settings.exemptions)
        return _all_of(partial(self._exemption, number, line, every) for number, line in lines)

    def _exemption(self, number: int, line: ExemptionLine, every: tuple[type[Rule], ...]) -> Exemption:
        _refuse([*self._mistakes(("exemptions", str(number)), line, [each.name for each in every])])
        team = TeamId(line.team) if line.team else None
        person = PersonId(line.person) if line.person else None
        name = f"{line.rule} {line.team} {line.person} {line.since or ''} {line.until}"
        return Exemption(name, line.rule, line.until, line.since, team, person, line.approved_by, line.reason)

    def _mistakes(self, where: tuple[str, ...], line: ExemptionLine, names: list[str]) -> Iterator[str]:
        if line.rule not in names:
            yield self.told((*where, "rule"), f"there is no rule '{line.rule}'.{nearest(line.rule, names)}")
        if not line.team and not line.person:
            yield self.told(where, "an exemption names a team, a person or both.")
        if line.since is not None and line.since > line.until:
            yield self.told((*where, "until"), "the exemption ends before it begins. Exchange or mend the two dates.")

    def own_words(self) -> "tuple[Own, ...]":
        """Give the district's own phrases and patterns."""
        return tuple(each.own for each in self.settings.reading.patterns)

    def refused_words(self) -> Iterator[str]:
        """Say which of the district's own phrases and patterns cannot be looked for, each with how to mend it."""
        every = self.own_words()
        if not every:
            return
        from bot.readings.clues.own import too_much, wrong_in  # noqa: PLC0415 (slow to load, and most have none)

        refused = False
        for place, own in enumerate(every):
            for key, number, text, why in wrong_in(own):
                refused = True
                wrong = f"reading.patterns, entry {place + 1}: of its {key}, number {number} {why}"
                yield self.told(("reading", "patterns", str(place), key), wrong, text)
        if not refused and (why := too_much(every)):
            yield self.told(("reading", "patterns", "0"), f"reading.patterns: {why}")

    def told(self, where: tuple[str, ...], wrong: str, text: str = "") -> str:
        """Say what is wrong with a setting, and on which line it stands: if it is a list, with this text in it."""
        return Source(self.path, self.text).told(where, wrong, text)


def read_configuration(path: Path) -> Configuration:
    """Read the file and what the environment overrides.

    Raises:
        ConfigurationError: the file is missing, is not TOML, or says something that is not understood or cannot be
            looked for.
    """
    return _sound(read_settings(path))


def read_settings(path: Path) -> Configuration:
    """Read the same, but leave it to whoever asks to look at the files that are named and the district's own words."""
    text = _text(path)
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {_plain(error)}.") from error
    source = Source(path, text)
    wrong = [*_strange(told, source), *_secrets_in(told, source)]
    ours = {name: each for name, each in told.items() if name in Settings.model_fields}
    return Configuration(_settings(ours, source, wrong), path, text)


def _text(path: Path) -> str:
    try:
        held = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"There is no {path}. Copy config.example.toml to it and change what differs."
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = held.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}, line {line}: it is not UTF-8. Save the file as UTF-8.") from error


def _plain(error: tomllib.TOMLDecodeError) -> str:
    """Say what the library calls a declaration, or to overwrite, as it looks in the file."""
    said = str(error).replace("Cannot overwrite a value", "a setting stands twice; keep one of the two")
    named = re.search(r"Cannot declare \((.*)\) twice", said)
    if named is None:
        return said
    table = ".".join(re.findall(r"'([^']*)'", named[1]))
    return said.replace(named[0], f"the table [{table}] stands twice; keep one of the two")


def default_configuration() -> Configuration:
    """Take the defaults and what the environment overrides.

    Raises:
        ConfigurationError: the environment says something that is not understood.
    """
    path = Path("config.toml")
    return _sound(Configuration(_settings({}, Source(path, "")), path, ""))


def _sound(configuration: Configuration) -> Configuration:
    _refuse([*configuration.refused_files(), *configuration.refused_words()])
    return configuration


def secrets() -> Iterator[tuple[str, str]]:
    """Name every setting that is a secret: its table, and its own name."""
    return _named_as(SecretStr)


def _named_as(kind: type[object]) -> Iterator[tuple[str, str]]:
    """Name every setting of one kind: its table, and its own name."""
    for table, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            inner = field.annotation.model_fields.items()
            yield from ((table, name) for name, each in inner if each.annotation is kind)


def _strange(told: Mapping[str, Any], source: Source) -> Iterator[str]:
    """Name each word that is none of ours. The library never sees one: some, with a line below in front, steer it."""
    for name in told:
        if name not in Settings.model_fields:
            near = nearest(name, [*Settings.model_fields])
            yield source.told((name,), f"the file has no setting '{name}'.{near}")


def _strange_variables() -> Iterator[str]:
    """Name each variable that is meant for a setting and reaches none. The library passes over it in silence."""
    for each in sorted(os.environ):
        table, apart, _ = each.upper().removeprefix(PREFIX).lower().partition("__")
        if not each.upper().startswith(PREFIX) or table in Settings.model_fields:
            continue
        meant = next((where for where in _all_named() if "_".join(where) == table), None)
        if meant is not None:
            yield f"{each} in the environment sets nothing. Did you mean {variable_of(*meant)}, with two underscores?"
        elif apart:
            near = nearest(table, [*Settings.model_fields])
            yield f"{each} in the environment: the file has no setting '{table}'.{near}"


def _all_named() -> Iterator[tuple[str, str]]:
    """Name every setting: its table, and its own name."""
    yield from ((table, name) for table in Settings.model_fields for name in fields_of((table,)))


def _secrets_in(told: Mapping[str, Any], source: Source) -> Iterator[str]:
    """Name each secret in the file: it is copied, shown and mailed around, as settings are."""
    for table, name in secrets():
        if isinstance(told.get(table), Mapping) and name in told[table]:
            wrong = (
                f"{table}.{name} is a secret, so not for this file. Take it out. Set {variable_of(table, name)}, or "
                f"write it to the file that {table}.{name}_file names."
            )
            yield f"{source.place((table, name))}: {wrong}"


def _refuse(wrong: Sequence[str]) -> None:
    """Raise what is wrong; do nothing when nothing is."""
    if wrong:
        raise ConfigurationError(*wrong)


def _all_of(parts: Iterable[Callable[[], Built]], wrong: Sequence[str] = ()) -> tuple[Built, ...]:
    """Build every part. Raises `ConfigurationError` with every mistake, those first that are `wrong` already."""
    built, mistakes = [], [*wrong]
    for part in parts:
        try:
            built.append(part())
        except ConfigurationError as error:
            mistakes += error.args
    _refuse(mistakes)
    return tuple(built)


def _settings(told: Mapping[str, Any], source: Source, wrong: Sequence[str] = ()) -> Settings:
    """Build the settings. Raises `ConfigurationError` with every mistake, those first that are `wrong` already."""
    wrong = (*wrong, *_strange_variables())
    try:
        built = Settings(**told)
    except SettingsError as error:
        found = re.search(r'field "(\w+)"', str(error))
        where = (found[1],) if found else ()
        named = variable_set(where) or (variable_beside(where) if where else None) or "A variable"
        raise ConfigurationError(f"{named} in the environment is not understood; write it as JSON.") from None
    except ValidationError as error:
        more = (source.complaint(where, each) for where, each in by_place(error).items())
        raise ConfigurationError(*wrong, *more) from error
    _refuse(wrong)
    return built
