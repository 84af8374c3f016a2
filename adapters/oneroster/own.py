"""Our own files: accounts.csv, offices.csv, teams.csv, consent.csv and absences.csv. Each of them may be left out."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from adapters.oneroster.files import Bundle
from adapters.oneroster.remarks import Once, Remarks, Row
from adapters.oneroster.tables import Layout, rows
from bot.lists import Belonging, Consent, LinkedAccount, Listed
from bot.people import Absence, AccountId, AgeBand, Office, Part, PersonId, Role, SchoolId, TeamId, Tenure

ACCOUNT_COLUMNS = ("platform", "account", "person", "age_band")
OFFICE_COLUMNS = ("school", "office", "person", "deputy", "from", "until")
TEAM_COLUMNS = ("team", "school", "season", "person", "role", "until")
CONSENT_COLUMNS = ("student", "scope", "allowed", "until", "evidence")
ACCOUNTS = Layout("accounts.csv", ACCOUNT_COLUMNS, ACCOUNT_COLUMNS)
OFFICES = Layout("offices.csv", OFFICE_COLUMNS, OFFICE_COLUMNS)
TEAMS = Layout("teams.csv", TEAM_COLUMNS, TEAM_COLUMNS)
ABSENCE_COLUMNS = ("person", "from", "until")
ABSENCES = Layout("absences.csv", ABSENCE_COLUMNS, ABSENCE_COLUMNS)
CONSENTS = Layout("consent.csv", CONSENT_COLUMNS, CONSENT_COLUMNS)

PLATFORMS = {each: each for each in ("discord", "slack", "replay")}
ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
LONG = re.compile(r"\d{17,20}", re.ASCII)
"""Discord's ids. A spreadsheet keeps fifteen digits of a number, and puts zeros for the rest."""
IDS = {
    "discord": (
        LONG,
        "no id of Discord's, which has 17 to 20 figures. Switch on Developer Mode there, then Copy User ID.",
    ),
    "slack": (re.compile(r"[UW][A-Z0-9]+"), "no id of Slack's, which begins with U or W. Choose Copy member ID there."),
}
"""How a platform writes its ids, and where to find one. By the name that people show no account is ever known."""

BANDS = {each.value: each for each in AgeBand}
OFFICE_WORDS = {each.value: each for each in Office}
PARTS = {each.value: each for each in Part}


@dataclass(frozen=True, slots=True)
class District:
    """Whom and what our own files may name."""

    people: Mapping[PersonId, Listed]
    schools: Mapping[SchoolId, str]
    known: Collection[PersonId] = ()
    """People of earlier imports. Who left is gone from users.csv before an office has tidied its own files."""

    def person(self, row: Row, column: str) -> PersonId:
        """Read somebody's sourcedId; remark when users.csv has nobody of that id."""
        person = PersonId(row.needed(column))
        if person in self.people or not person:
            return person
        if person in self.known:
            row.odd(f"its {column} has departed. The line can be taken out.")
        else:
            row.wrong(f"its {column} is not in users.csv. Write the sourcedId of somebody listed there.")
        return person

    def holder(self, row: Row, column: str) -> PersonId:
        """Read who holds an office or stands in; remark on a student, who would be shown what is others'."""
        person = self.person(row, column)
        listed = self.people.get(person)
        if listed is not None and Role.STUDENT in listed.roles:
            row.wrong(f"its {column} is a student, who may not read of others. Name somebody on staff.")
        return person

    def school(self, row: Row) -> SchoolId:
        """Read a school's sourcedId; remark when orgs.csv has none of that id."""
        school = SchoolId(row.needed("school"))
        if school and school not in self.schools:
            row.wrong("its school is not in orgs.csv. Write the sourcedId of a school listed there.")
        return school


def read_accounts(bundle: Bundle, district: District, remarks: Remarks) -> tuple[LinkedAccount, ...]:
    """Read which account belongs to whom."""
    once = Once("this account")
    accounts: list[LinkedAccount] = []
    answers: dict[PersonId, AgeBand] = {}
    long: list[Row] = []
    for row in _rows(bundle, ACCOUNTS, remarks):
        account = LinkedAccount(
            row.needed("platform"),
            AccountId(row.needed("account")),
            district.person(row, "person"),
            row.choice("age_band", BANDS) if row.get("age_band") else None,
        )
        _check_account(row, account)
        _check_band(row, account, district, answers)
        if LONG.fullmatch(account.account):
            long.append(row)
        if not once.repeats(row, (account.platform, account.account)):
            accounts.append(account)
    _check_long(long)
    return tuple(accounts)


def _check_account(row: Row, account: LinkedAccount) -> None:
    if account.platform:
        row.choice("platform", PLATFORMS)
    if ROUNDED.fullmatch(account.account):
        row.wrong("its account was rounded by a spreadsheet. Make the column text, then write the account again.")
    elif account.platform in IDS and account.account:
        form, mend = IDS[account.platform]
        if not form.fullmatch(account.account):
            row.wrong(f"its account is {mend}")


def _check_long(long: list[Row]) -> None:
    """Look for a spreadsheet's zeros. One account in a thousand ends so by itself; two in a tenth of them do not."""
    zeros = [row for row in long if row.get("account").endswith("000")]
    if len(zeros) > 1 and len(zeros) * 10 > len(long):
        zeros[0].wrong(
            f"its account ends in zeros, as {len(zeros)} of the {len(long)} long ones do: a spreadsheet has rounded "
            "them. Make the column text, then write the accounts again."
        )
        return
    for row in zeros:
        row.odd("its account ends in zeros, as a spreadsheet leaves a long number. Compare it with Discord's.")


def _check_band(row: Row, account: LinkedAccount, district: District, answers: dict[PersonId, AgeBand]) -> None:
    if account.band is None:
        return
    if answers.setdefault(account.person, account.band) is not account.band:
        row.wrong("its age_band differs from the one of the person's other account. Give both the same.")
    listed = district.people.get(account.person)
    if listed is not None and listed.band not in {None, account.band}:
        row.odd("its age_band differs from what the grade in users.csv says. The grade counts.")


def read_holders(bundle: Bundle) -> frozenset[PersonId]:
    """Look ahead for whoever holds an office or stands in. What is wrong with the file is told when it is read."""
    if OFFICES.file not in bundle:
        return frozenset()
    named = (row.get(column) for row in rows(bundle, OFFICES, Remarks()) for column in ("person", "deputy"))
    return frozenset(PersonId(each) for each in named if each)


def read_offices(bundle: Bundle, district: District, remarks: Remarks) -> tuple[Tenure, ...]:
    """Read who holds which office, and who stands in."""
    once = Once("this term of office")
    tenures = []
    for row in _rows(bundle, OFFICES, remarks):
        office = row.choice("office", OFFICE_WORDS)
        tenure = Tenure(
            district.school(row),
            office or Office.PRINCIPAL,
            district.holder(row, "person"),
            district.holder(row, "deputy") if row.get("deputy") else None,
            row.day("from"),
            row.day("until"),
        )
        if tenure.deputy == tenure.person and tenure.person:
            row.wrong("its deputy is its own person. Name somebody else, or leave the deputy out.")
        if tenure.since is not None and tenure.until is not None and tenure.until < tenure.since:
            row.wrong("its until lies before its from. Exchange or mend the two dates.")
        if district.schools.get(tenure.school, "school") not in {"", "school"}:
            row.odd("its school is not of type school. Offices are looked up by a team's school: name that one too.")
        if not once.repeats(row, (tenure.school, office, tenure.person, tenure.since)):
            tenures.append(tenure)
    return tuple(tenures)


def read_teams(bundle: Bundle, district: District, remarks: Remarks) -> tuple[Belonging, ...]:
    """Read who is on which team, and as what."""
    once = Once("this person's part on this team")
    homes: dict[TeamId, SchoolId] = {}
    belongings = []
    for row in _rows(bundle, TEAMS, remarks):
        part = row.choice("role", PARTS)
        belonging = Belonging(
            TeamId(row.needed("team")),
            district.school(row),
            row.get("season"),
            district.person(row, "person"),
            part or Part.MEMBER,
            row.day("until"),
        )
        if homes.setdefault(belonging.team, belonging.school) != belonging.school:
            row.wrong(
                "another line puts its team at another school. Give each team one school, whose offices see copies."
            )
        if not once.repeats(row, (belonging.team, belonging.season, belonging.person, part)):
            belongings.append(belonging)
    _remark_on_empty_teams(belongings, district, remarks)
    return tuple(belongings)


def _remark_on_empty_teams(belongings: list[Belonging], district: District, remarks: Remarks) -> None:
    filled = {
        each.team
        for each in belongings
        if not each.part.leads and each.person in district.people and district.people[each.person].active
    }
    for team in sorted({each.team for each in belongings} - filled):
        remarks.odd("teams.csv", f"the team {team!r} has nobody active on it but those who lead it.")


def read_consents(bundle: Bundle, district: District, remarks: Remarks) -> tuple[Consent, ...]:
    """Read for what pictures of whom may be used."""
    once = Once("an answer to this")
    consents = []
    for row in _rows(bundle, CONSENTS, remarks):
        allowed = row.choice("allowed", {"yes": True, "no": False})
        consent = Consent(
            district.person(row, "student"),
            row.needed("scope"),
            bool(allowed),
            row.day("until"),
            row.get("evidence"),
        )
        if not once.repeats(row, (consent.student, consent.scope)):
            consents.append(consent)
    return tuple(consents)


def read_absences(bundle: Bundle, district: District, remarks: Remarks) -> tuple[Absence, ...]:
    """Read who is away from when until when. Without the file nobody is."""
    if ABSENCES.file not in bundle:
        return ()
    absences = []
    for row in rows(bundle, ABSENCES, remarks):
        person, since, until = district.person(row, "person"), row.day("from"), row.day("until")
        if since is None or until is None:
            row.wrong("it needs the first and the last day, in from and until.")
        elif until < since:
            row.wrong("its until lies before its from. Exchange or mend the two dates.")
        else:
            absences.append(Absence(person, since, until))
    return tuple(absences)


def _rows(bundle: Bundle, layout: Layout, remarks: Remarks) -> Iterator[Row]:
    if layout.file in bundle:
        return rows(bundle, layout, remarks)
    remarks.odd(layout.file, "there is no such file, so nothing is known of what it would say.")
    return iter(())
