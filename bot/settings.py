"""Everything that the district's file of settings can say, with what each table and key means. Values only."""

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.address import is_address, is_domain, is_loopback
from bot.readings.labels import Floor, Label

if TYPE_CHECKING:
    from bot.readings.clues.own import Own

HOST = re.compile(r"[A-Za-z0-9.:_-]+")
ADDRESS = re.compile(r"(?:https?|wss?)://[A-Za-z0-9.:_-]+(?:/[A-Za-z0-9._~/-]*)?")

SHA256 = re.compile(r"[0-9A-Fa-f]{64}")

SMALLEST_ID = 2**38
"""Discord's ids hold the time since 2015 in milliseconds, times 2**22; anything smaller is a slip of the pen."""


def _check_path(path: Path) -> None:
    if "\0" in str(path):
        raise ValueError("a zero byte stands in it, which no file has in its name; take it out")
    try:
        path.expanduser()
    except RuntimeError:
        raise ValueError(f"there is no home folder for {path.parts[0]}; write the whole path") from None


class Section(BaseModel):
    """A table of the file. It holds nothing but what is named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_empty_path(cls, told: object, info: ValidationInfo) -> object:
        """Refuse an empty path, which would be taken for the folder of the settings."""
        kind = cls.model_fields[info.field_name or ""].annotation
        if "" in (told if isinstance(told, list | tuple) else (told,)) and Path in {kind, *get_args(kind)}:
            raise ValueError("it names no file. Write a path, or take the line out")
        return told

    @field_validator("*")
    @classmethod
    def _can_be_a_path(cls, told: object) -> object:
        """Refuse a path that can lead to no file: the system would not even look."""
        for each in told if isinstance(told, tuple) else (told,):
            if isinstance(each, Path):
                _check_path(each)
        return told


class District(Section):
    """The district itself."""

    name: str = "Our district"
    """How the district is called in what people read."""
    time_zone: str = "America/New_York"
    """The district's clock: dates of exceptions and terms are whole days by it."""

    mail_domains: tuple[str, ...] = ()
    """Hosts of the district's own mail. Addresses there are nobody's private data."""
    phone_numbers: tuple[str, ...] = ()
    """The district's own telephone numbers."""
    venues: tuple[str, ...] = ()
    """Places of the schedule, by name, street address or both, where no private address is meant."""

    @field_validator("time_zone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone '{name}'; write one like America/New_York") from error
        return name


class Store(Section):
    """Where everything is kept."""

    database: Path = Path("var/chaperone.sqlite")
    """The SQLite database. Made if it is not there."""
    key_file: Path = Path("var/chaperone.key")
    """The master key that private words are sealed under. Made with the database; keep a copy elsewhere."""

    @field_validator("database", "key_file")
    @classmethod
    def _has_a_name(cls, path: Path) -> Path:
        if path.name in {"", ".."}:
            raise ValueError("it names a folder. Write the name of a file, like var/chaperone.sqlite")
        return path


class RosterFiles(Section):
    """Where the district's roster comes from."""

    path: Path | None = None
    """A OneRoster bulk export with our own lists beside it, a folder or a zip. Read at each start."""
    stale_after_days: int = Field(default=7, ge=1, le=3650)
    """A roster older than this warns, and a person is asked where a message would have been removed."""


class OwnScorer(Section):
    """A scorer of the district's own, asked about texts that ours are undecided about: a folder or a server."""

    folder: Path | None = None
    """A folder with model.onnx, tokenizer.json and labels.json."""
    sha256: str = ""
    """The SHA-256 of its model.onnx; with it another file is refused."""
    url: str = ""
    """Or a server: its address, like http://127.0.0.1:8100/score."""
    name: str = ""
    """What the server is called; for a folder, labels.json says so."""
    version: str = ""
    """Its version."""
    licence: str = ""
    """Its licence."""
    labels: tuple[Label, ...] = ()
    """The labels it knows; it is asked about nothing else."""
    may_leave_premises: bool = False
    """Whether texts may go to a server outside the district's own network."""
    rehearse: bool = True
    """Ask and count, but change nothing. Look at the counts in the log before you set false."""

    @field_validator("sha256")
    @classmethod
    def _is_a_hash(cls, sha256: str) -> str:
        if sha256 and not SHA256.fullmatch(sha256):
            raise ValueError("write 64 hexadecimal digits, as sha256sum prints them")
        return sha256

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.folder is None) == (not self.url):
            raise ValueError("name a folder or a url, exactly one of them")
        if self.url and not (self.name and self.licence and self.labels):
            raise ValueError("a server at a url needs name, licence and labels beside it: it cannot be asked for them")
        told = [name for name in ("name", "version", "licence", "labels", "may_leave_premises") if getattr(self, name)]
        if self.folder is not None and told:
            raise ValueError(f"{told[0]} is for a url. What a folder holds stands in its labels.json")
        if self.url and self.sha256:
            raise ValueError("sha256 is for a folder")
        return self


class OwnWords(Section):
    """Phrases and patterns of the district's own: `[[reading.patterns]]`. What they find is a floor."""

    label: Label
    """What a text with one of them is about."""
    name: str = Field(min_length=1, max_length=80)
    """What evidence calls it."""
    phrases: tuple[str, ...] = Field(default=(), max_length=10_000)
    """Plain phrases, whole words."""
    patterns: tuple[str, ...] = ()
    """Regular expressions, in the syntax of RE2."""
    strength: Floor = Floor.REVIEW
    """What the label reads at least: act, it is taken to hold; review, it may hold."""

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if not self.phrases and not self.patterns:
            raise ValueError("name phrases or patterns to look for")
        return self

    @property
    def own(self) -> "Own":
        """Say the same as those who look for it know it."""
        from bot.readings.clues.own import Own  # noqa: PLC0415 (slow to load, and most have none)

        return Own(self.label, self.name, self.phrases, self.patterns, self.strength)


class Reading(Section):
    """How what people write is read."""

    models: bool = True
    """Let the models read words, too. Without them lists and patterns go on alone, and see much less."""
    pictures: bool = True
    """Look at pictures: score them in memory, and keep none. A live platform only; a history has no files."""
    landings: bool = False
    """Ask shortening services where their links lead. A live platform only; a replay asks nobody."""
    scorer: OwnScorer | None = None
    """A scorer of the district's own, beside ours. None by default."""
    patterns: tuple[OwnWords, ...] = ()
    """Phrases and patterns of the district's own, beside our lists."""


class ReplayFiles(Section):
    """A history to replay, in place of a live platform."""

    files: tuple[Path, ...] = ()
    """JSON Lines of our own, or exports of Slack or DiscordChatExporter; merged by time."""
    roster_as_of: date | None = None
    """The day the roster is from, if its age is to count; left out, it fits the history at any time."""
    rehearse: bool = False
    """Write everything, do nothing. A replay touches nobody, so it need not be rehearsed."""
    mail: bool = False
    """Send the letters about copies all the same, to try out a mail server. `chaperone replay` never does."""


class MailServer(Section):
    """The district's mail server, through which offices are told that a copy waits."""

    host: str = ""
    """Its name. Empty: copies are kept, and nobody is told of them by mail."""
    port: int = Field(default=587, ge=1, le=65535)
    """587 for starttls and 465 for tls, as a rule."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way there is sealed. Nothing at all only for a server on this very machine."""
    from_address: str = Field(default="", validate_default=True)
    """The address that letters come from, and that failures are returned to."""
    message_id_domain: str = ""
    """The domain that ends each Message-ID; left out, the one of `from_address`. Once letters went out, keep it."""
    username: str = ""
    """Empty where the server asks for no login."""
    password: SecretStr = SecretStr("")
    """Never in the file: by the environment, or in `password_file`."""
    password_file: Path = Path("var/mail.password")
    """Where the password is read from, if there is a username and the environment has no password."""
    timeout_seconds: float = Field(default=30, gt=0, le=600)
    """How long each answer of the server may take."""

    @field_validator("host")
    @classmethod
    def _is_one_word(cls, host: str) -> str:
        if host and not HOST.fullmatch(host):
            raise ValueError("write the server's name alone, like mail.example.org")
        return host

    @field_validator("security")
    @classmethod
    def _stays_here(cls, security: str, told: ValidationInfo) -> str:
        host = told.data.get("host")
        if security == "none" and host and not is_loopback(host):
            raise ValueError("'none' is for a server on this very machine, like 127.0.0.1. Write 'starttls' or 'tls'")
        return security

    @field_validator("from_address")
    @classmethod
    def _is_address(cls, address: str, told: ValidationInfo) -> str:
        if (address or told.data.get("host")) and not is_address(address):
            raise ValueError("write the one plain address that letters come from, like chaperone@example.org")
        return address

    @field_validator("message_id_domain")
    @classmethod
    def _is_domain(cls, domain: str) -> str:
        if domain and not is_domain(domain):
            raise ValueError("write a domain of the district's own, like example.org")
        return domain

    @property
    def domain(self) -> str:
        """The domain that ends each Message-ID."""
        return self.message_id_domain or self.from_address.rpartition("@")[2]


class DiscordServers(Section):
    """The district's Discord servers, and what each place in them is for. Ids are Discord's own: Copy ID there."""

    servers: tuple[int, ...] = ()
    """The servers Chaperone stands in. None: it is not on Discord."""
    rehearse: bool = True
    """Write everything, do nothing but what a person orders. Look at what it would have done before it does it."""
    token: SecretStr = SecretStr("")
    """Never in the file: by the environment, or in `token_file`."""
    token_file: Path = Path("var/discord.token")
    """Where the bot's token is read from, if the environment has none."""
    advisor_roles: tuple[str, ...] = ("Coach", "Advisor")
    """The names of the roles that coaches and advisors hold there."""
    teams: dict[str, tuple[int, ...]] = {}
    """The channels of each team or club, by the name it has in teams.csv."""
    private: dict[str, int] = {}
    """Each school's channel for private matters, by sourcedId."""
    trusted_apps: tuple[int, ...] = ()
    """Bots and webhooks whose posts need no look."""
    pause_direct_messages: bool = False
    """Keep direct messages between people who are no friends paused on these servers."""
    deny_private_threads: bool = True
    """Deny everybody private threads in the teams' channels, and writing in the channels for private matters."""
    automod: bool = True
    """Let Discord itself stop links that hide where they lead, and slurs, before anybody sees them."""
    api_base: str = ""
    """Where Discord's REST API is, if not where Discord says: a proxy of the district."""
    gateway: str = ""
    """Where Discord's gateway is, if not where the API says."""

    @field_validator("servers", "trusted_apps")
    @classmethod
    def _are_ids(cls, ids: tuple[int, ...]) -> tuple[int, ...]:
        for each in ids:
            _check_id(each)
        return ids

    @field_validator("teams")
    @classmethod
    def _are_channels(cls, teams: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        seen: dict[int, str] = {}
        for team, channels in teams.items():
            for each in channels:
                _check_id(each)
                if seen.setdefault(each, team) != team:
                    raise ValueError(f"channel {each} is registered for two teams, {seen[each]} and {team}")
        return teams

    @field_validator("private")
    @classmethod
    def _are_private(cls, private: dict[str, int], told: ValidationInfo) -> dict[str, int]:
        team_of = {channel: team for team, channels in told.data.get("teams", {}).items() for channel in channels}
        for each in private.values():
            _check_id(each)
            if each in team_of:
                raise ValueError(f"channel {each} is one of {team_of[each]}'s. Make one for private matters alone")
        return private

    @field_validator("api_base", "gateway")
    @classmethod
    def _are_addresses(cls, address: str) -> str:
        if address and not ADDRESS.fullmatch(address):
            raise ValueError("write an address like https://discord.example.org/api/v10 or wss://gateway.example.org")
        return address


def _check_id(number: int) -> None:
    if not SMALLEST_ID <= number < 2**63:
        raise ValueError(f"{number} is no id of Discord's. Switch on Developer Mode there, then choose Copy ID")


class SlackWorkspace(Section):
    """The district's Slack workspace, and what each place in it is for. Ids are Slack's own: Copy ID there."""

    workspace: str = ""
    """Its id, T and what follows. Empty: Chaperone is not on Slack."""
    rehearse: bool = True
    """Write everything, do nothing but what a person orders. Look at what it would have done before it does it."""
    token: SecretStr = SecretStr("")
    """The bot's token. Never in the file: by the environment, or in `token_file`."""
    token_file: Path = Path("var/slack.token")
    """Where the bot's token is read from, if neither the environment has one nor `chaperone slack-install` kept one."""
    transport: Literal["socket", "http"] = "socket"
    """How events come: by Socket Mode, which needs no public address, or by HTTP to `host` and `port`."""
    app_token: SecretStr = SecretStr("")
    """The app-level token, for Socket Mode. Never in the file."""
    app_token_file: Path = Path("var/slack.app-token")
    """Where the app-level token is read from, if it is nowhere else."""
    signing_secret: SecretStr = SecretStr("")
    """The signing secret, for HTTP. Never in the file."""
    signing_secret_file: Path = Path("var/slack.signing-secret")
    """Where the signing secret is read from, if it is nowhere else."""
    host: str = "127.0.0.1"
    """Where HTTP is listened to; a proxy of the district brings what Slack sends."""
    port: int = Field(default=3000, ge=1, le=65535)
    """The port of it."""
    teams: dict[str, tuple[str, ...]] = {}
    """The channels of each team or club, by the name it has in teams.csv."""
    trusted_apps: tuple[str, ...] = ()
    """Apps whose posts need no look, by the id of the app or of its bot."""
    alarms: tuple[str, ...] = ()
    """The accounts that are told when somebody's grant ends, or Chaperone is put out of a channel."""
    remover: str = ""
    """The account of an administrator whose own token takes away what others wrote. Empty: authors are asked to."""
    client_id: str = ""
    """The app's client id, for `chaperone slack-grant`."""
    client_secret: SecretStr = SecretStr("")
    """The app's client secret, for `chaperone slack-grant`. Never in the file."""
    client_secret_file: Path = Path("var/slack.client-secret")
    """Where the client secret is read from, if it is nowhere else."""
    read_direct_messages: bool = False
    """Read the direct messages between coaches who have granted it and students. Ask the district's counsel first."""
    counsel_answer: str = ""
    """What counsel answered about it, in a sentence."""
    counsel_date: date | None = None
    """The day of the answer."""
    api_base: str = ""
    """Where Slack's Web API is, if not where Slack says: https://slack-gov.com/api, or a proxy of the district."""

    @field_validator("workspace", "remover")
    @classmethod
    def _is_id(cls, id_: str, told: ValidationInfo) -> str:
        if id_:
            _check_slack_id(id_, "T" if told.field_name == "workspace" else "UW")
        return id_

    @field_validator("alarms")
    @classmethod
    def _are_accounts(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        for each in ids:
            _check_slack_id(each, "UW")
        return ids

    @field_validator("trusted_apps")
    @classmethod
    def _are_apps(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        for each in ids:
            _check_slack_id(each, "AB")
        return ids

    @field_validator("teams")
    @classmethod
    def _are_channels(cls, teams: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        seen: dict[str, str] = {}
        for team, channels in teams.items():
            for each in channels:
                _check_slack_id(each, "CG")
                if seen.setdefault(each, team) != team:
                    raise ValueError(f"channel {each} is registered for two teams, {seen[each]} and {team}")
        return teams

    @model_validator(mode="after")
    def _has_counsel(self) -> Self:
        if self.read_direct_messages and (not self.counsel_answer.strip() or self.counsel_date is None):
            raise ValueError(
                "read_direct_messages needs counsel_answer and counsel_date: what the district's counsel said, and when"
            )
        return self

    @field_validator("api_base")
    @classmethod
    def _is_address(cls, address: str) -> str:
        if address and not ADDRESS.fullmatch(address):
            raise ValueError("write an address like https://slack-gov.com/api")
        return address


SLACK_ID = re.compile(r"[A-Z][A-Z0-9]{4,}")


def _check_slack_id(id_: str, kinds: str) -> None:
    if not SLACK_ID.fullmatch(id_) or id_[0] not in kinds:
        raise ValueError(
            f"{id_!r} is no such id of Slack's: those begin with {' or '.join(kinds)}, like {kinds[0]}0123ABCD"
        )


class ExemptionLine(Section):
    """A standing exception from one rule, with an end."""

    rule: str
    """The rule's name, for example group-messages."""
    until: date
    """Its last day."""
    since: date | None = None
    """Its first day; left out, it holds already."""
    team: str = ""
    """The team it is for."""
    person: str = ""
    """The coach or advisor it is for, by sourcedId."""
    approved_by: str
    """Who granted it, by sourcedId."""
    reason: str = Field(repr=False)
    """Why it was granted."""


class Settings(BaseSettings):
    """Everything the file can say. `CHAPERONE_STORE__DATABASE` overrides `database` under `[store]`."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix="CHAPERONE_",
        env_nested_delimiter="__",
        env_nested_max_split=1,
    )

    district: District = District()
    store: Store = Store()
    roster: RosterFiles = RosterFiles()
    reading: Reading = Reading()
    replay: ReplayFiles = ReplayFiles()
    discord: DiscordServers = DiscordServers()
    slack: SlackWorkspace = SlackWorkspace()
    mail: MailServer = MailServer()
    exemptions: tuple[ExemptionLine, ...] = ()
    rules: dict[str, dict[str, Any]] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (the signature is the library's)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings

    @property
    def zone(self) -> ZoneInfo:
        """The district's clock."""
        return ZoneInfo(self.district.time_zone)
