"""The district's one file of settings, read strictly: an unknown word is refused with the nearest right one."""

import dataclasses
import difflib
import json
import os
import re
import tomllib
import types
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_args, get_origin

from pydantic import (
    BaseModel,
    SecretStr,
    TypeAdapter,
    ValidationError,
)
from pydantic_settings import SettingsError

from bot.checkup import Remark, Weight
from bot.disk import others_may_read, quoted, unreadable
from bot.errors import ConfigurationError
from bot.judge import Exemption
from bot.people import PersonId, TeamId
from bot.rule import Rule
from bot.settings import ExemptionLine, Settings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from bot.readings.clues.own import Own

MOST_NAMED: Final = 50
"""Words that there are. Of more, none is named."""

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

PREFIX: Final = "CHAPERONE_"
"""What the name of every variable begins with that tells a setting."""

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
        """Say which keys and secrets other accounts of this machine may read."""
        for table, name in _named_as(Path):
            file = self._named_by(table, name)
            if name.endswith("_file") and others_may_read(file):
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
        return _named("slack", name) if told.get_secret_value() else "", self.resolve(getattr(slack, f"{name}_file"))

    def _of_slack(self, name: str, what: str, whose: str, sealed: Mapping[str, str]) -> str:
        told: SecretStr = getattr(self.settings.slack, name)
        file: Path = getattr(self.settings.slack, f"{name}_file")
        return (
            told.get_secret_value()
            or sealed.get(name, "")
            or self._secret(file, what, whose, _named("slack", name), "Run `chaperone slack-install`, or write")
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
            found = {(*where, *path): each for path, each in _by_place(error).items()}
            said = {path: _why(path[-1], each, _notes_in(rule, path[len(where) :])) for path, each in found.items()}
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
        return _told(self.path, self.text, where, wrong, text)


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
    wrong = [*_strange(told, path, text), *_secrets_in(told, path, text)]
    ours = {name: each for name, each in told.items() if name in Settings.model_fields}
    return Configuration(_settings(ours, path, text, wrong), path, text)


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
    return _sound(Configuration(_settings({}, path, ""), path, ""))


def _sound(configuration: Configuration) -> Configuration:
    _refuse([*configuration.refused_files(), *configuration.refused_words()])
    return configuration


def _named(*where: str) -> str:
    """Name the environment variable that sets something."""
    return f"{PREFIX}{'__'.join(where)}".upper()


def secrets() -> Iterator[tuple[str, str]]:
    """Name every setting that is a secret: its table, and its own name."""
    return _named_as(SecretStr)


def _named_as(kind: type[object]) -> Iterator[tuple[str, str]]:
    """Name every setting of one kind: its table, and its own name."""
    for table, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            inner = field.annotation.model_fields.items()
            yield from ((table, name) for name, each in inner if each.annotation is kind)


def _strange(told: Mapping[str, Any], path: Path, text: str) -> Iterator[str]:
    """Name each word that is none of ours. The library never sees one: some, with a line below in front, steer it."""
    for name in told:
        if name not in Settings.model_fields:
            near = nearest(name, [*Settings.model_fields])
            yield _told(path, text, (name,), f"the file has no setting '{name}'.{near}")


def _strange_variables() -> Iterator[str]:
    """Name each variable that is meant for a setting and reaches none. The library passes over it in silence."""
    for each in sorted(os.environ):
        table, apart, _ = each.upper().removeprefix(PREFIX).lower().partition("__")
        if not each.upper().startswith(PREFIX) or table in Settings.model_fields:
            continue
        meant = next((where for where in _all_named() if "_".join(where) == table), None)
        if meant is not None:
            yield f"{each} in the environment sets nothing. Did you mean {_named(*meant)}, with two underscores?"
        elif apart:
            near = nearest(table, [*Settings.model_fields])
            yield f"{each} in the environment: the file has no setting '{table}'.{near}"


def _all_named() -> Iterator[tuple[str, str]]:
    """Name every setting: its table, and its own name."""
    yield from ((table, name) for table in Settings.model_fields for name in _fields((table,)))


def _secrets_in(told: Mapping[str, Any], path: Path, text: str) -> Iterator[str]:
    """Name each secret in the file: it is copied, shown and mailed around, as settings are."""
    for table, name in secrets():
        if isinstance(told.get(table), Mapping) and name in told[table]:
            wrong = (
                f"{table}.{name} is a secret, so not for this file. Take it out. Set {_named(table, name)}, or write "
                f"it to the file that {table}.{name}_file names."
            )
            yield f"{_place(path, text, (table, name))}: {wrong}"


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


def _settings(told: Mapping[str, Any], path: Path, text: str, wrong: Sequence[str] = ()) -> Settings:
    """Build the settings. Raises `ConfigurationError` with every mistake, those first that are `wrong` already."""
    wrong = (*wrong, *_strange_variables())
    try:
        built = Settings(**told)
    except SettingsError as error:
        found = re.search(r'field "(\w+)"', str(error))
        where = (found[1],) if found else ()
        named = _variable(where) or (_variable_beside(where) if where else None) or "A variable"
        raise ConfigurationError(f"{named} in the environment is not understood; write it as JSON.") from None
    except ValidationError as error:
        more = (_complaint(path, text, where, _mistake(where, each)) for where, each in _by_place(error).items())
        raise ConfigurationError(*wrong, *more) from error
    _refuse(wrong)
    return built


def _mistake(where: tuple[str, ...], found: "list[ErrorDetails]") -> str:
    if found[0]["type"] != "extra_forbidden":
        return f"{'.'.join(where)}: {_why(where[-1], found, _notes(where))}"
    named = ".".join(each for each in where[:-1] if not each.isdecimal())
    return f"{named} has no setting '{where[-1]}'.{nearest(where[-1], _fields(where[:-1]))}"


def _complaint(path: Path, text: str, where: tuple[str, ...], wrong: str) -> str:
    """Say what the library complains of: where nothing told the setting, of what was told beside it."""
    beside = _variable_beside(where)
    if beside is None or _variable(where) is not None or line_of(text, where) is not None:
        return _told(path, text, where, wrong)
    return f"{beside} in the environment: {wrong}"


def _told(path: Path, text: str, where: tuple[str, ...], wrong: str, word: str = "") -> str:
    """Say what is wrong with a setting, and where it was told: in a variable, or in the file."""
    variable = _variable(where)
    place = _place(path, text, where, word) if variable is None else f"{variable} in the environment"
    return f"{place}: {wrong}"


def _place(path: Path, text: str, where: tuple[str, ...], word: str = "") -> str:
    """Name the file and the line of a setting, if it has one: of a list over several lines, the one with this word."""
    line = line_of(text, where)
    if line is None:
        return str(path)
    forms = (f"'{word}'", f'"{word}"', json.dumps(word))
    rest = enumerate(text.splitlines()[line - 1 :], line) if word else ()
    line = next((number for number, each in rest if any(form in each for form in forms)), line)
    return f"{path}, line {line}"


def _variable(where: tuple[str, ...]) -> str | None:
    """Name the environment variable that a setting was taken from, if it was."""
    for length in (2, 1):
        for each in sorted(os.environ):
            told = len(where) >= length and each.upper() == _named(*where[:length])
            if told and _may_hold(os.environ[each], where[length:]):
                return each
    return None


def _may_hold(value: str, where: tuple[str, ...]) -> bool:
    """Say whether a variable's value may hold a setting: what a table there does not name comes from the file."""
    try:
        held = json.loads(value)
    except ValueError:
        return True
    return not where or not isinstance(held, dict) or where[0] in held


def _variable_beside(where: tuple[str, ...]) -> str | None:
    """Name an environment variable of the same table: of a table that the file has not, all is told by them."""
    return next((each for each in sorted(os.environ) if each.upper().startswith(f"{_named(where[0])}__")), None)


def nearest(word: str, words: list[str]) -> str:
    """Suggest the word that was probably meant, as the end of a sentence; without one name all, if they are few."""
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return f" Did you mean '{close[0]}'?"
    return f" There are: {', '.join(sorted(words))}." if 0 < len(words) <= MOST_NAMED else ""


def unknown(kind: type[Any], settings: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Find settings that a dataclass does not have, however deep: the path to each, and what there is instead."""
    fields = {field.name: field.type for field in dataclasses.fields(kind)}
    for name, value in settings.items():
        if name not in fields:
            yield (name,), list(fields)
            continue
        inner = get_args(fields[name])[0] if get_origin(fields[name]) is Annotated else fields[name]
        if dataclasses.is_dataclass(inner) and isinstance(inner, type) and isinstance(value, Mapping):
            for path, allowed in unknown(inner, value):
                yield (name, *path), allowed


HEADER = re.compile(r"\[\[?([^\]]+)\]")
"""A table's name, without the remark that may stand beside it."""

QUOTES = "\"'"
"""What may stand round a name."""


def line_of(text: str, where: tuple[str, ...]) -> int | None:
    """Find the line of a TOML file that a setting stands on, else that of its table; None where it has neither."""
    table: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    best, line_found = 0, None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        header = HEADER.match(stripped)
        if header and stripped.startswith("[["):
            name = header[1].strip().strip(QUOTES)
            counts[name] = counts.get(name, -1) + 1
            table = (*name.split("."), str(counts[name]))
            here = table
        elif header:
            here = table = tuple(part.strip().strip(QUOTES) for part in header[1].split("."))
        elif "=" in stripped and not stripped.startswith("#"):
            here = (*table, *(part.strip().strip(QUOTES) for part in stripped.partition("=")[0].split(".")))
        else:
            continue
        if where[: len(here)] == here and len(here) > best:
            best, line_found = len(here), number
    return line_found


def _by_place(error: ValidationError) -> "dict[tuple[str, ...], list[ErrorDetails]]":
    """Sort complaints by the setting they are about; pydantic adds the branch of a union, which is no part of it."""
    branches, found = {"int", "constrained-int"}, defaultdict(list)
    for each in error.errors():
        if each["type"] == "too_short" and len(each["input"]) >= each["ctx"]["min_length"]:
            continue  # those in it that are wrong are told, and were not counted
        found[tuple(str(part) for part in each["loc"] if "[" not in str(part) and part not in branches)].append(each)
    return found


def _why(name: str, found: "list[ErrorDetails]", notes: Iterable[object]) -> str:
    """Say in plain words why a setting of this name cannot be taken: in the library's own where those are plain.

    `notes` are those of its type: the library names only the end that a number is beyond.
    """
    first = found[0]
    match first["type"].partition("_")[0], first["type"]:
        case "date", _:
            said = "write a date like 2026-11-01"
        case "int", _:
            said = "write a whole number"
        case "float", _:
            said = "write a number"
        case "bool", _:
            said = "write true or false"
        case _, "greater_than" | "greater_than_equal" | "less_than_equal":
            ends = {end: getattr(each, end) for each in notes for end in ("gt", "ge", "le") if hasattr(each, end)}
            said = f"write a number {_within({**ends, **first['ctx']})}"
        case _, "missing":
            said = "it is missing"
        case _, "tuple_type":
            said = f"write a list, in square brackets: {name} = […]"
        case _, "too_short":
            said = f"it needs {first['ctx']['min_length']} at the least"
        case _:
            said = first["msg"].removeprefix("Value error, ").partition(", unable to ")[0]
    words = (each["ctx"]["expected"] for each in found[1:] if each["type"] == "literal_error")
    return f"{' or '.join([said, *words])}."


def _within(ends: Mapping[str, float]) -> str:
    """Say which numbers may be written, by the ends as the library calls them."""
    said = {end: f"{each:g}" if isinstance(each, float) else str(each) for end, each in ends.items()}
    match said:
        case {"ge": least, "le": most}:
            return f"from {least} to {most}"
        case {"gt": below, "le": most}:
            return f"above {below}, up to {most}"
        case {"ge": least}:
            return f"from {least} up"
        case {"gt": below}:
            return f"above {below}"
        case _:
            return f"up to {said['le']}"


def _notes_in(rule: type[Any], path: tuple[str, ...]) -> Iterator[object]:
    """Give what is noted beside the type of a rule's own setting."""
    for each in dataclasses.fields(rule):
        if path == (each.name,):
            yield from get_args(each.type)[1:]


def _notes(where: tuple[str, ...]) -> list[Any]:
    """Give what is noted beside the type of the setting a path leads to."""
    field = _table(where[:-1]).get(where[-1])
    return [] if field is None else field.metadata


def _fields(where: tuple[str, ...]) -> list[str]:
    """List the settings of the table a path leads to."""
    return [*_table(where)]


def _table(where: tuple[str, ...]) -> "dict[str, FieldInfo]":
    """Find the settings of the table a path leads to; none where it leads to no table."""
    model: type[BaseModel] = Settings
    for each in where:
        if each.isdecimal():
            continue
        annotation = model.model_fields[each].annotation
        inner = get_args(annotation)[0] if get_origin(annotation) in {tuple, types.UnionType} else annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return {}
        model = inner
    return model.model_fields
