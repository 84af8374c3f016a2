"""The people as they are kept: roles and schools in the clear; names, addresses and free text sealed by person."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select

from bot.census import Changes
from bot.lists import Belonging, Consent, LinkedAccount, Listed, Lists
from bot.people import Absence, AccountId, AgeBand, Office, Part, PersonId, Role, SchoolId, TeamId, Tenure
from bot.store.draft import Draft
from bot.store.page import Page
from bot.store.sealed import decode, encode
from bot.store.tables import ABSENCE, ACCOUNT, BELONGING, CONSENT, DATA_KEY, PERSON, TENURE
from bot.store.vault import DataKey, KeyRing, MasterKey


def load_lists(connection: Connection, master: MasterKey) -> Lists:
    """Read everything back, departed people included. Names that were forgotten come back empty."""
    keys = PersonKeys(connection, master)

    def rows(table: Table) -> list[RowMapping]:
        return list(connection.execute(select(table)).mappings())

    return Lists(
        tuple(_listed(row, keys) for row in rows(PERSON)),
        tuple(_account(row) for row in rows(ACCOUNT)),
        tuple(_tenure(row) for row in rows(TENURE)),
        tuple(_belonging(row) for row in rows(BELONGING)),
        tuple(_consent(row, keys) for row in rows(CONSENT)),
        tuple(Absence(PersonId(row["person"]), row["since"], row["until"]) for row in rows(ABSENCE)),
    )


def save_lists(connection: Connection, master: MasterKey, lists: Lists) -> None:
    """Put these lists in place of the ones before, within the caller's transaction. The caller merged departures in."""
    keys = PersonKeys(connection, master)
    people = [_person_row(each, keys) for each in lists.people]
    consents = [_consent_row(each, keys) for each in lists.consents]
    keys.save()
    _replace(connection, PERSON, people)
    _replace(connection, CONSENT, consents)
    _replace(connection, ACCOUNT, [_account_row(each) for each in lists.accounts])
    _replace(connection, TENURE, [asdict(each) for each in lists.offices])
    _replace(connection, BELONGING, [asdict(each) for each in lists.teams])
    _replace(connection, ABSENCE, [asdict(each) for each in lists.absences])


class PersonKeys:
    """The data key of each person, read once, and made where there is none."""

    def __init__(self, connection: Connection, master: MasterKey) -> None:
        """Read every key that a person's row is sealed with."""
        self._connection = connection
        self._master = master
        held = select(PERSON.c.id, DATA_KEY.c.id, DATA_KEY.c.wrapped).join(DATA_KEY, DATA_KEY.c.id == PERSON.c.data_key)
        self._of = {person: master.unwrap(name, wrapped) for person, name, wrapped in connection.execute(held)}
        self._by_id = {key.id: key for key in self._of.values()}
        self._new: list[dict[str, object]] = []

    def of(self, person: PersonId) -> DataKey:
        """Give a person's key."""
        if person not in self._of:
            key, wrapped = self._master.new_data_key()
            scope = self._master.index("scope", f"person {person}")
            self._new.append({"id": key.id, "scope": scope, "wrapped": wrapped})
            self._of[person] = self._by_id[key.id] = key
        return self._of[person]

    def open(self, row: RowMapping) -> Any:  # noqa: ANN401 (what it holds is whatever was written)
        """Open a row's sealed part; None when its key was dropped."""
        key = self._by_id.get(row["data_key"])
        return None if key is None else decode(key.open(row["sealed"], b"person"))

    def save(self) -> None:
        """Write the keys that were made."""
        if self._new:
            self._connection.execute(insert(DATA_KEY), self._new)


def _replace(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    connection.execute(delete(table))
    if rows:
        connection.execute(insert(table), rows)


def _listed(row: RowMapping, keys: PersonKeys) -> Listed:
    given, family, *rest = keys.open(row) or ("", "")  # a row sealed before addresses were read has two parts
    return Listed(
        PersonId(row["id"]),
        frozenset(Role(each) for each in row["roles"].split()),
        frozenset(SchoolId(each) for each in decode(row["schools"].encode())),
        _band(row),
        given,
        family,
        row["active"],
        rest[0] if rest else "",
    )


def _person_row(person: Listed, keys: PersonKeys) -> dict[str, object]:
    key = keys.of(person.id)
    return {
        "id": person.id,
        "roles": " ".join(sorted(person.roles)),
        "schools": encode(sorted(person.schools)).decode(),
        "band": person.band,
        "active": person.active,
        "data_key": key.id,
        "sealed": key.seal(encode([person.given_name, person.family_name, person.mail_address]), b"person"),
    }


def _account(row: RowMapping) -> LinkedAccount:
    account, person = AccountId(row["account"]), PersonId(row["person"])
    return LinkedAccount(row["platform"], account, person, _band(row), bool(row["confirmed"]))


def _account_row(line: LinkedAccount) -> dict[str, object]:
    return {**asdict(line), "confirmed": line.confirmed or None}


def _band(row: RowMapping) -> AgeBand | None:
    return AgeBand(row["band"]) if row["band"] else None


def _tenure(row: RowMapping) -> Tenure:
    deputy = PersonId(row["deputy"]) if row["deputy"] else None
    person, school = PersonId(row["person"]), SchoolId(row["school"])
    return Tenure(school, Office(row["office"]), person, deputy, row["since"], row["until"])


def _belonging(row: RowMapping) -> Belonging:
    team, school, person = TeamId(row["team"]), SchoolId(row["school"]), PersonId(row["person"])
    return Belonging(team, school, row["season"], person, Part(row["part"]), row["until"])


def _consent(row: RowMapping, keys: PersonKeys) -> Consent:
    return Consent(PersonId(row["student"]), row["scope"], row["allowed"], row["until"], keys.open(row) or "")


def _consent_row(line: Consent, keys: PersonKeys) -> dict[str, object]:
    key = keys.of(line.student)
    return {
        "student": line.student,
        "scope": line.scope,
        "allowed": line.allowed,
        "until": line.until,
        "data_key": key.id,
        "sealed": key.seal(encode(line.evidence), b"person"),
    }


def link(connection: Connection, master: MasterKey, line: LinkedAccount, at: datetime) -> None:
    """Keep an account that its owner has linked, and write an entry that one was, in the caller's transaction."""
    same = (ACCOUNT.c.platform == line.platform) & (ACCOUNT.c.account == line.account)
    connection.execute(delete(ACCOUNT).where(same))
    connection.execute(insert(ACCOUNT), [_account_row(line)])
    page = Page(connection, master, KeyRing())
    page.add(Draft("linked", at, {"account": master.index("account", line.platform, line.account).hex()}))
    page.write()


def import_lists(connection: Connection, master: MasterKey, lists: Lists, changes: Changes, at: datetime) -> None:
    """Put new lists in place of the old and write an entry that says how much changed, in the caller's transaction."""
    save_lists(connection, master, lists)
    facts: dict[str, object] = {
        "added": len(changes.additions),
        "changed": len(changes.changes),
        "departed": len(changes.departures),
    }
    page = Page(connection, master, KeyRing())
    page.add(Draft("roster", at, facts))
    page.write()
