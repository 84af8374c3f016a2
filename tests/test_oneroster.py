"""The district's roster files: what they say, and what is refused."""

import os
import random
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.oneroster import Edition, Reading, edition_of, read_lists
from adapters.oneroster.people import band_of
from bot.errors import ConfigurationError
from bot.lists import Belonging, Consent, LinkedAccount, Listed
from bot.people import Absence, AccountId, AgeBand, Office, Part, PersonId, Role, SchoolId, TeamId, Tenure
from tests.journeys import DISTRICT
from tests.roster_files import (
    ACCOUNTS,
    CONSENTS,
    MANIFEST,
    OFFICES,
    ORGS,
    OWN,
    ROLES_1_2,
    TEAMS,
    USERS_1_1,
    USERS_1_1_HEADER,
    USERS_1_2,
    V1_1,
    V1_2,
    changed,
    folder,
    zipped,
)

C1, G1, K1, K2, K3, P1 = map(PersonId, ("c1", "g1", "k1", "k2", "k3", "p1"))
S1, S2 = SchoolId("s1"), SchoolId("s2")
ROWING = TeamId("rowing")
ADDRESS = "ann.sedge@example.org"
ROUNDED = "discord,756247381085762000,k2,\ndiscord,1180000000000012000,k2,\n"


def person(reading: Reading, sourced_id: str) -> Listed:
    return next(each for each in reading.lists.people if each.id == sourced_id)


def refusal(path: Path) -> str:
    """Read a bundle that must be refused, and give what a person is told."""
    with pytest.raises(ConfigurationError) as refused:
        read_lists(path)
    return str(refused.value)


def student(sourced_id: str, grades: str = "09", **cells: str) -> str:
    """One more line of a 1.1 users.csv."""
    usual = {"status": "", "enabled": "true", "role": "student", "email": "", **cells}
    start = f"{sourced_id},{usual['status']},,{usual['enabled']},s1,{usual['role']}"
    return f'{start},name,,Ann,Sedge,,,{usual["email"]},,,,"{grades}",\n'


# What the files say


def test_a_1_1_folder_says_who_is_what_and_where(tmp_path: Path) -> None:
    """In 1.1, users.csv alone holds roles, schools and grades."""
    reading = read_lists(folder(tmp_path, V1_1))

    assert reading.lists.people == (
        Listed(C1, frozenset({Role.EMPLOYEE}), frozenset({S1, S2}), None, "Cora", "Quill"),
        Listed(P1, frozenset({Role.EMPLOYEE, Role.ADMINISTRATOR}), frozenset({S1}), None, "Pia", "Rowan"),
        Listed(G1, frozenset({Role.GUARDIAN}), frozenset({S1}), None, "Gus", "Vale"),
        Listed(K1, frozenset({Role.STUDENT}), frozenset({S1}), AgeBand.TEEN_13_TO_15, "Kim", "Vale"),
        Listed(K2, frozenset({Role.STUDENT}), frozenset({S1}), AgeBand.UNDER_13, "Lee", "Wren"),
        Listed(K3, frozenset({Role.STUDENT}), frozenset({S1}), AgeBand.TEEN_16_TO_17, "Mo", "Yarrow", active=False),
    )
    assert reading.notes == ()


def test_our_own_files_say_accounts_offices_teams_and_consents(tmp_path: Path) -> None:
    """A student information system rarely knows these, so the office keeps them."""
    lists = read_lists(folder(tmp_path, V1_1)).lists

    assert lists.accounts == (
        LinkedAccount("discord", AccountId("118000000000000100"), C1, AgeBand.ADULT),
        LinkedAccount("slack", AccountId("U1"), K1),
        LinkedAccount("discord", AccountId("118000000000000101"), K1),
    )
    assert lists.offices == (Tenure(S1, Office.PRINCIPAL, P1, C1, date(2026, 7, 1), date(2027, 6, 30)),)
    assert lists.teams == (
        Belonging(ROWING, S1, "fall", C1, Part.COACH),
        Belonging(ROWING, S1, "fall", K1, Part.CAPTAIN, date(2026, 11, 30)),
    )
    assert lists.consents == (
        Consent(K1, "website", allowed=True, until=date(2027, 6, 30), evidence="folder 12"),
        Consent(K2, "website", allowed=False),
    )


def test_a_1_2_bundle_takes_every_role_from_roles_csv(tmp_path: Path) -> None:
    """From 1.2 on somebody may be several things at several schools."""
    reading = read_lists(folder(tmp_path, V1_2))

    assert person(reading, "c1").roles == {Role.EMPLOYEE, Role.ADMINISTRATOR}
    assert person(reading, "c1").schools == {S1, S2}
    assert person(reading, "k2").band is AgeBand.UNDER_13
    assert not [note for note in reading.notes if note.startswith(("manifest", "orgs", "users", "roles"))]


def test_a_1_2_role_that_has_ended_does_not_count_today(tmp_path: Path) -> None:
    """Who was an administrator last year must not satisfy a rule that asks for one."""
    reading = read_lists(folder(tmp_path, V1_2), on=date(2026, 9, 1))

    assert person(reading, "c1").roles == {Role.EMPLOYEE}
    assert person(reading, "c1").schools == {S1}


def test_a_1_2_role_runs_through_both_its_days(tmp_path: Path) -> None:
    """Dates are whole days, both ends included."""
    path = folder(tmp_path, V1_2)
    days = (date(2025, 7, 31), date(2025, 8, 1), date(2026, 6, 30), date(2026, 7, 1))
    held = [Role.ADMINISTRATOR in person(read_lists(path, on=day), "c1").roles for day in days]

    assert held == [False, True, True, False]


def test_who_has_no_role_in_1_2_is_inactive_and_noted(tmp_path: Path) -> None:
    """An unknown part must not make a child count as staff; unlinked, a person is asked about them."""
    roles = ROLES_1_2.replace("r4,,,k2", "r4,tobedeleted,,k2")
    reading = read_lists(folder(tmp_path, changed(V1_2, roles=roles)))

    assert not person(reading, "k2").active
    assert (
        "users.csv, line 4: roles.csv gives this person no role that runs today, so they count as inactive."
        in reading.notes
    )


def test_roles_of_nobody_are_passed_over_with_a_note(tmp_path: Path) -> None:
    """Exports are often filtered by file; a role of nobody changes nothing."""
    reading = read_lists(folder(tmp_path, changed(V1_2, roles=ROLES_1_2 + "r9,,,k9,primary,student,,,s1,\n")))

    assert "roles.csv: people who are not in users.csv were passed over: 1." in reading.notes


@pytest.mark.parametrize("files_", [V1_1, V1_2], ids=["1.1", "1.2"])
@pytest.mark.parametrize("inside", ["", "export 2026/"], ids=["flat", "in a folder"])
def test_a_zip_says_what_the_folder_says(tmp_path: Path, files_: dict[str, str], inside: str) -> None:
    """Many systems zip the folder instead of the files in it."""
    from_zip = read_lists(zipped(tmp_path, files_, inside))
    from_folder = read_lists(folder(tmp_path, files_))

    assert from_zip == from_folder


def test_what_a_mac_adds_to_a_zip_is_passed_over(tmp_path: Path) -> None:
    """Macs put a second folder and hidden files into every zip."""
    path = zipped(tmp_path, V1_1, "export/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/export/._users.csv", "x")
        archive.writestr("export/.DS_Store", "x")

    assert len(read_lists(path).lists.people) == 6


def test_a_folder_within_a_folder_is_not_looked_into(tmp_path: Path) -> None:
    """Last year's files often lie beside this year's."""
    path = folder(tmp_path, V1_1)
    (path / "2025").mkdir()
    (path / "2025" / "users.csv").write_bytes(b"not a roster")

    assert len(read_lists(path).lists.people) == 6


@pytest.mark.parametrize(("files_", "roles"), [(V1_1, 1), (V1_2, 2)], ids=["1.1", "1.2"])
def test_without_a_manifest_the_columns_tell_the_version(tmp_path: Path, files_: dict[str, str], roles: int) -> None:
    """Hand-made bundles rarely have a manifest."""
    reading = read_lists(folder(tmp_path, changed(files_, manifest=None)))

    assert len(person(reading, "c1").roles) == roles
    assert "manifest.csv: there is no such file. The version was told from the columns of users.csv." in reading.notes


@pytest.mark.parametrize(
    ("status", "enabled", "active"),
    [
        ("", "true", True),
        ("active", "TRUE", True),
        ("", "false", False),
        ("tobedeleted", "true", False),
        ("inactive", "true", False),
    ],
)
def test_status_and_enabled_user_say_who_is_active(tmp_path: Path, status: str, enabled: str, active: bool) -> None:
    """Who is marked to be deleted departs; nobody is deleted."""
    users = USERS_1_1 + student("k9", status=status, enabled=enabled)
    reading = read_lists(folder(tmp_path, changed(V1_1, users=users)))

    assert person(reading, "k9").active is active


@pytest.mark.parametrize(
    ("word", "roles"),
    [
        ("student", {Role.STUDENT}),
        ("guardian", {Role.GUARDIAN}),
        ("parent", {Role.GUARDIAN}),
        ("relative", {Role.GUARDIAN}),
        ("teacher", {Role.EMPLOYEE}),
        ("aide", {Role.EMPLOYEE}),
        ("proctor", {Role.EMPLOYEE}),
        ("counselor", {Role.EMPLOYEE}),
        ("administrator", {Role.EMPLOYEE, Role.ADMINISTRATOR}),
        ("principal", {Role.EMPLOYEE, Role.ADMINISTRATOR}),
        ("siteAdministrator", {Role.EMPLOYEE, Role.ADMINISTRATOR}),
        ("districtAdministrator", {Role.EMPLOYEE, Role.ADMINISTRATOR}),
        ("systemAdministrator", {Role.EMPLOYEE, Role.ADMINISTRATOR}),
    ],
)
def test_each_role_of_the_standard_has_a_place(tmp_path: Path, word: str, roles: set[Role]) -> None:
    """The principal's office, which receives copies, comes from offices.csv alone."""
    reading = read_lists(folder(tmp_path, changed(V1_1, users=USERS_1_1 + student("x9", role=word))))

    assert person(reading, "x9").roles == roles


@pytest.mark.parametrize(
    ("grades", "band"),
    [
        ("KG", AgeBand.UNDER_13),
        ("kg", AgeBand.UNDER_13),
        ("01", AgeBand.UNDER_13),
        ("7", AgeBand.UNDER_13),
        ("08", AgeBand.UNDER_13),
        ("09", AgeBand.TEEN_13_TO_15),
        ("9", AgeBand.TEEN_13_TO_15),
        ("10", AgeBand.TEEN_13_TO_15),
        ("11", AgeBand.TEEN_16_TO_17),
        ("12", AgeBand.TEEN_16_TO_17),
        ("11, 10", AgeBand.TEEN_13_TO_15),
        ("09,08", AgeBand.UNDER_13),
        ("12,Other", None),
        ("Other,03", AgeBand.UNDER_13),
        ("13", None),
        ("UG", None),
        ("PS", None),
        ("²", None),
        ("", None),
    ],
)
def test_a_grade_counts_as_its_youngest_pupils(grades: str, band: AgeBand | None) -> None:
    """Somebody who may be under 13 counts as such, and an unknown grade tells nothing."""
    assert band_of(grades) is band


def test_only_a_student_has_a_grade(tmp_path: Path) -> None:
    """Some systems write the grades a teacher teaches into the same column."""
    reading = read_lists(folder(tmp_path, changed(V1_1, users=USERS_1_1 + student("t9", "03", role="teacher"))))

    assert person(reading, "t9").band is None


def test_passwords_demographics_and_telephones_are_kept_nowhere(tmp_path: Path) -> None:
    """What is never held cannot leak. demographics.csv would not even decode, so it was not opened."""
    path = folder(tmp_path, V1_1)
    (path / "demographics.csv").write_bytes(b"\xff\xfe birthDate 2011-02-03")
    reading = read_lists(path)
    kept = [value for each in reading.lists.people for value in (each.id, each.given_name, each.family_name)]

    assert not {"swordfish", "555-0100"} & set(kept)
    assert reading.notes == (
        "demographics.csv: it was not opened, since nothing here may know it. Leave it out next time.",
    )


def in_office(who: str, column: str) -> str:
    """Write a line of offices.csv that names somebody as holder or deputy."""
    return {"person": f"s1,counselor,{who},,,\n", "deputy": f"s1,counselor,p1,{who},,\n"}[column]


@pytest.mark.parametrize(
    ("role", "kept"),
    [("teacher", True), ("administrator", True), ("student", False), ("parent", False), ("relative", False)],
)
def test_only_staff_have_a_mail_address(tmp_path: Path, role: str, kept: bool) -> None:
    """Letters go to offices. What is not needed of a child or a parent is not held."""
    users = USERS_1_1 + student("x9", role=role, email=ADDRESS)
    reading = read_lists(folder(tmp_path, changed(V1_1, users=users)))

    assert person(reading, "x9").mail_address == (ADDRESS if kept else "")


@pytest.mark.parametrize("column", ["person", "deputy"])
def test_who_holds_an_office_has_one_whatever_else_they_are(tmp_path: Path, column: str) -> None:
    """A designee may come from outside."""
    users = USERS_1_1 + student("x9", role="parent", email=ADDRESS)
    reading = read_lists(folder(tmp_path, changed(V1_1, users=users, offices=OFFICES + in_office("x9", column))))

    assert person(reading, "x9").mail_address == ADDRESS


@pytest.mark.parametrize("column", ["person", "deputy"])
def test_a_student_holds_no_office(tmp_path: Path, column: str) -> None:
    """By a slip of the pen they would read what others are copied in, and hear who may want to hurt themselves."""
    path = folder(tmp_path, changed(V1_1, offices=OFFICES + in_office("k1", column)))

    assert f"offices.csv, line 3: its {column} is a student, who may not read of others." in refusal(path)


@pytest.mark.parametrize("cells", [{"enabled": "false"}, {"status": "tobedeleted"}], ids=str)
def test_who_is_not_active_has_no_mail_address(tmp_path: Path, cells: dict[str, str]) -> None:
    """Nothing is sent to who has left, so nothing is held."""
    users = USERS_1_1 + student("x9", role="teacher", email=ADDRESS, **cells)

    assert person(read_lists(folder(tmp_path, changed(V1_1, users=users))), "x9").mail_address == ""


def test_in_1_2_the_roles_say_who_is_staff(tmp_path: Path) -> None:
    """A captain who also coaches is a student first."""
    users = USERS_1_2.replace("Quill,,,", f"Quill,,,{ADDRESS}").replace("Kim,Vale,,,", f"Kim,Vale,,,{ADDRESS}")
    roles = ROLES_1_2 + "r9,,,k1,secondary,teacher,,,s1,\n"
    reading = read_lists(folder(tmp_path, changed(V1_2, users=users, roles=roles)))

    assert [each.mail_address for each in reading.lists.people] == [ADDRESS, "", ""]


@pytest.mark.parametrize("cell", ["ann", "ann@sedge", "Ann <ann@example.org>", '"ann@example.org\nBcc: b@example.org"'])
def test_an_address_that_is_none_is_left_out_with_a_note(tmp_path: Path, cell: str) -> None:
    """One mistyped cell must not stop a roster, nor break out of a letter. The note repeats no cell."""
    users = USERS_1_1 + student("x9", role="teacher", email=cell)
    reading = read_lists(folder(tmp_path, changed(V1_1, users=users)))

    assert person(reading, "x9").mail_address == ""
    assert reading.notes == (
        "users.csv, line 8: its email is not one plain mail address, so it was left out and no letter goes there.",
    )


def test_an_export_without_the_column_is_read_all_the_same(tmp_path: Path) -> None:
    """Then nobody has an address, and a note says which columns are missing."""
    users = USERS_1_1.replace("identifier,email", "identifier,mail")
    reading = read_lists(folder(tmp_path, changed(V1_1, users=users)))

    assert not [each for each in reading.lists.people if each.mail_address]
    assert "users.csv: it can be read without these columns, which it usually has: email." in reading.notes


def test_every_office_of_the_sample_has_an_address() -> None:
    """The sample shows what a district needs for its copies to reach anybody."""
    lists = read_lists(DISTRICT / "roster").lists
    reached = {each.id for each in lists.people if each.mail_address.endswith("@alderbrook.example")}
    named = {person for each in lists.offices for person in (each.person, each.deputy) if person is not None}
    departed = {each.id for each in lists.people if not each.active}

    assert named - departed <= reached
    assert not [each for each in lists.people if each.mail_address and Role.EMPLOYEE not in each.roles]


def test_names_and_addresses_stay_out_of_what_a_list_prints(tmp_path: Path) -> None:
    """A value may land in a log; a name must not."""
    users = USERS_1_1 + student("x9", role="teacher", email=ADDRESS)
    told = repr(read_lists(folder(tmp_path, changed(V1_1, users=users))))

    assert "Quill" not in told
    assert ADDRESS not in told


# What is tolerated, with a note


def test_our_own_files_may_be_absent(tmp_path: Path) -> None:
    """A district starts with its export alone. A note says what is not known."""
    files_ = {file: text for file, text in V1_1.items() if file not in OWN}
    reading = read_lists(folder(tmp_path, files_))

    assert reading.lists == replace(reading.lists, accounts=(), offices=(), teams=(), consents=())
    assert reading.notes == tuple(
        f"{file}: there is no such file, so nothing is known of what it would say." for file in OWN
    )


@pytest.mark.parametrize(
    ("texts", "note"),
    [
        (
            {"users": "\ufeff" + USERS_1_1},
            "users.csv: it starts with a byte order mark, which the standard leaves out. It was passed over.",
        ),
        (
            {"consent": "scope,student,allowed,until,evidence\nwebsite,k1,yes,,\n"},
            "consent.csv: its columns stand in an unusual order. They were found by name.",
        ),
        (
            {"consent": "student,scope,allowed,until,evidence,ext_desk,note\nk1,website,yes,,,7,\n"},
            "consent.csv: columns nobody here reads were passed over: ext_desk, note.",
        ),
        (
            {"orgs": "sourcedId,name\ns1,Alder\ns2,Birch\n"},
            "orgs.csv: it can be read without these columns, which it usually has: "
            "status, dateLastModified, type, identifier, parentSourcedId.",
        ),
        (
            {"teams": TEAMS + "chess,s1,,c1,advisor,\nchess,s1,,k3,member,\n"},
            "teams.csv: the team 'chess' has nobody active on it but those who lead it.",
        ),
        (
            {"users": USERS_1_1.replace('"s1,s2"', '"s1,s7"')},
            "users.csv, line 2: its orgSourcedIds names a school that orgs.csv does not list. "
            "That school was passed over.",
        ),
        (
            {"users": USERS_1_1 + student("k8", "eleven") + student("k9", "09,11th") + student("k10", "UG,13")},
            "users.csv, line 8 and 1 more: its grades name one that is not OneRoster's, which writes 09, 11 or KG. "
            "It tells no age band.",
        ),
        (
            {"accounts": ACCOUNTS + "discord,756247381085762000,k2,\n"},
            "accounts.csv, line 5: its account ends in zeros, as a spreadsheet leaves a long number. "
            "Compare it with Discord's.",
        ),
        (
            {"accounts": ACCOUNTS + "slack,U2,k2,16_to_17\n"},
            "accounts.csv, line 5: its age_band differs from what the grade in users.csv says. The grade counts.",
        ),
        (
            {"offices": OFFICES + "d1,superintendent_designee,c1,,,\n"},
            "offices.csv, line 3: its school is not of type school. Offices are looked up by a team's school: "
            "name that one too.",
        ),
    ],
)
def test_an_oddity_is_tolerated_with_a_note(tmp_path: Path, texts: dict[str, str], note: str) -> None:
    """A harmless deviation must not stop a school day, nor pass unsaid."""
    assert read_lists(folder(tmp_path, changed(V1_1, **texts))).notes == (note,)


def test_the_same_oddity_on_many_lines_is_one_note(tmp_path: Path) -> None:
    """A thousand notes of one kind would hide the one that matters."""
    reading = read_lists(folder(tmp_path, changed(V1_1, orgs=ORGS.replace("s1,", "s9,"), offices=None, teams=None)))

    assert sum(note.startswith("users.csv, line 2 and 5 more: its orgSourcedIds") for note in reading.notes) == 1


def test_a_quoted_cell_may_hold_commas_quotes_and_line_breaks(tmp_path: Path) -> None:
    """Evidence is free text; the line told afterwards is still the right one."""
    consents = CONSENTS.replace("folder 12", '"folder 12,\nthe ""blue"" one"') + "k9,website,no,,\n"
    path = folder(tmp_path, changed(V1_1, consent=consents))

    assert refusal(path).startswith("consent.csv, line 5: its student is not in users.csv.")
    assert read_lists(path, known={PersonId("k9")}).lists.consents[0].evidence == 'folder 12,\nthe "blue" one'


def test_blank_lines_and_windows_line_ends_say_nothing(tmp_path: Path) -> None:
    """Spreadsheets leave both behind."""
    texts = {file: text.replace("\n", "\r\n") + "\r\n" for file, text in V1_1.items()}
    texts["consent.csv"] += ",,,,\r\n"
    reading = read_lists(folder(tmp_path, texts))

    assert reading.lists.people[0].id == C1
    assert len(reading.lists.consents) == 2


def test_blanks_around_a_cell_say_nothing(tmp_path: Path) -> None:
    """Nobody sees them in a spreadsheet."""
    reading = read_lists(
        folder(tmp_path, changed(V1_1, accounts="platform,account,person,age_band\nslack, U1 ,k1 ,\n"))
    )

    assert reading.lists.accounts == (LinkedAccount("slack", AccountId("U1"), K1),)


def test_a_history_of_our_own_may_call_accounts_as_it_likes(tmp_path: Path) -> None:
    """Only where a platform writes ids of one form can a name be told from one."""
    accounts = "platform,account,person,age_band\nreplay,luz.reyes#1234,k1,\nslack,W0123ABCD,k2,\n"
    reading = read_lists(folder(tmp_path, changed(V1_1, accounts=accounts)))

    assert [each.account for each in reading.lists.accounts] == ["luz.reyes#1234", "W0123ABCD"]


def test_our_files_may_still_name_who_departed(tmp_path: Path) -> None:
    """Who left is gone from the export before the office tidies its files; the import must not stop for that."""
    path = folder(tmp_path, changed(V1_1, accounts=ACCOUNTS + "slack,U9,k9,\n"))
    reading = read_lists(path, known={PersonId("k9")})

    assert reading.notes == ("accounts.csv, line 5: its person has departed. The line can be taken out.",)


# What is refused in a row


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (
            {"users": USERS_1_1.replace("teacher", "techer")},
            "users.csv, line 2: there is no role 'techer'. Did you mean 'teacher'?",
        ),
        (
            {"users": USERS_1_1.replace("student", "Student", 1)},
            "users.csv, line 5: there is no role 'Student'. Did you mean 'student'?",
        ),
        (
            {"users": USERS_1_1 + student("k9", enabled="maybe")},
            "users.csv, line 8: its enabledUser is neither true nor false. Write one of the two.",
        ),
        (
            {"users": USERS_1_1 + student("k9", status="tobedelete")},
            "users.csv, line 8: there is no status 'tobedelete'. Did you mean 'tobedeleted'?",
        ),
        (
            {"users": USERS_1_1 + student("k1")},
            "users.csv, line 8: this sourcedId stands on line 5 already. Keep one of the two lines.",
        ),
        ({"users": USERS_1_1 + student("")}, "users.csv, line 8: it has no sourcedId. Fill it in."),
        (
            {"users": USERS_1_1 + student("k\u200b9")},
            "users.csv, line 8: its sourcedId holds a line break or an invisible character. Type it again.",
        ),
        (
            {"orgs": ORGS + "s1,,,Again,school,,\n"},
            "orgs.csv, line 5: this sourcedId stands on line 3 already. Keep one of the two lines.",
        ),
        (
            {"accounts": ACCOUNTS + "slack,U9,k9,\n"},
            "accounts.csv, line 5: its person is not in users.csv. Write the sourcedId of somebody listed there.",
        ),
        (
            {"accounts": ACCOUNTS + "slack,U1,k2,\n"},
            "accounts.csv, line 5: this account stands on line 3 already. Keep one of the two lines.",
        ),
        ({"accounts": ACCOUNTS + "slack,,k2,\n"}, "accounts.csv, line 5: it has no account. Fill it in."),
        (
            {"accounts": ACCOUNTS + "discord,1.23457E+17,k2,\n"},
            "accounts.csv, line 5: its account was rounded by a spreadsheet. "
            "Make the column text, then write the account again.",
        ),
        (
            {"accounts": ACCOUNTS + "Discord,102,k2,\n"},
            "accounts.csv, line 5: there is no platform 'Discord'. Did you mean 'discord'?",
        ),
        (
            {"accounts": ACCOUNTS + "discord,luz.reyes#1234,k2,\n"},
            "accounts.csv, line 5: its account is no id of Discord's, which has 17 to 20 figures. "
            "Switch on Developer Mode there, then Copy User ID.",
        ),
        (
            {"accounts": ACCOUNTS + "slack,luz,k2,\n"},
            "accounts.csv, line 5: its account is no id of Slack's, which begins with U or W. "
            "Choose Copy member ID there.",
        ),
        (
            {"accounts": ACCOUNTS + "teams,U2,k2,\n"},
            "accounts.csv, line 5: its platform is unknown. Write one of: discord, slack, replay.",
        ),
        ({"accounts": ACCOUNTS + ",U2,k2,\n"}, "accounts.csv, line 5: it has no platform. Fill it in."),
        (
            {"accounts": ACCOUNTS + "discord,756247381085762037,k2,\n" + ROUNDED},
            "accounts.csv, line 6: its account ends in zeros, as 2 of the 5 long ones do: a spreadsheet has rounded "
            "them. Make the column text, then write the accounts again.",
        ),
        (
            {"accounts": ACCOUNTS + "slack,U2,k2,under13\n"},
            "accounts.csv, line 5: there is no age_band 'under13'. Did you mean 'under_13'?",
        ),
        (
            {"accounts": ACCOUNTS + "slack,U2,g1,adult\nslack,U3,g1,16_to_17\n"},
            "accounts.csv, line 6: its age_band differs from the one of the person's other account. "
            "Give both the same.",
        ),
        (
            {"offices": OFFICES.replace("principal", "princpal")},
            "offices.csv, line 2: there is no office 'princpal'. Did you mean 'principal'?",
        ),
        (
            {"offices": OFFICES.replace("principal", "janitor")},
            "offices.csv, line 2: its office is unknown. "
            "Write one of: principal, athletic_director, superintendent_designee, counselor.",
        ),
        (
            {"offices": OFFICES.replace(",c1,", ",c9,")},
            "offices.csv, line 2: its deputy is not in users.csv. Write the sourcedId of somebody listed there.",
        ),
        (
            {"offices": OFFICES.replace("s1,", "s9,")},
            "offices.csv, line 2: its school is not in orgs.csv. Write the sourcedId of a school listed there.",
        ),
        (
            {"offices": OFFICES.replace("2027-06-30", "2026-06-30")},
            "offices.csv, line 2: its until lies before its from. Exchange or mend the two dates.",
        ),
        (
            {"offices": OFFICES + "s1,principal,p1,,2026-07-01,\n"},
            "offices.csv, line 3: this term of office stands on line 2 already. Keep one of the two lines.",
        ),
        (
            {"teams": TEAMS.replace("coach", "couch")},
            "teams.csv, line 2: there is no role 'couch'. Did you mean 'coach'?",
        ),
        (
            {"teams": TEAMS + "rowing,s2,fall,k2,member,\n"},
            "teams.csv, line 4: another line puts its team at another school. "
            "Give each team one school, whose offices see copies.",
        ),
        (
            {"teams": TEAMS + "rowing,s1,fall,c1,coach,\n"},
            "teams.csv, line 4: this person's part on this team stands on line 2 already. Keep one of the two lines.",
        ),
        (
            {"consent": CONSENTS + "k3,website,maybe,,\n"},
            "consent.csv, line 4: its allowed is unknown. Write one of: yes, no.",
        ),
        (
            {"consent": CONSENTS + "k1,website,no,,\n"},
            "consent.csv, line 4: an answer to this stands on line 2 already. Keep one of the two lines.",
        ),
        ({"consent": CONSENTS + "k3,,yes,,\n"}, "consent.csv, line 4: it has no scope. Fill it in."),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_in_one_sentence(
    tmp_path: Path, texts: dict[str, str], told: str
) -> None:
    """It names the file and the line, and says how to mend it."""
    assert refusal(folder(tmp_path, changed(V1_1, **texts))) == told


@pytest.mark.parametrize("day", ["30.6.2027", "6/30/2027", "20270630", "2027-W26-3", "2027-02-30", "soon"])
def test_a_date_is_written_one_way_only(tmp_path: Path, day: str) -> None:
    """6/7 is June to one office and July to another."""
    told = refusal(folder(tmp_path, changed(V1_1, teams=TEAMS.replace("2026-11-30", day))))

    assert told == "teams.csv, line 3: its until is no date. Write it like 2027-06-30."


def test_several_problems_are_told_at_once(tmp_path: Path) -> None:
    """Nobody should have to import five times to find five slips."""
    texts = changed(
        V1_1,
        users=USERS_1_1.replace("teacher", "techer"),
        accounts=ACCOUNTS + "slack,U9,k9,\n",
        teams=TEAMS.replace("coach", "couch"),
    )
    told = refusal(folder(tmp_path, texts)).splitlines()

    assert [line.split(":")[0] for line in told] == ["users.csv, line 2", "accounts.csv, line 5", "teams.csv, line 2"]


def test_a_flood_of_problems_is_cut_with_its_number(tmp_path: Path) -> None:
    """One wrong column makes ten thousand wrong rows."""
    accounts = ACCOUNTS + "".join(f"slack,U9{number},nobody,\n" for number in range(70))
    told = refusal(folder(tmp_path, changed(V1_1, accounts=accounts))).splitlines()

    assert len(told) == 51
    assert told[-1] == "And 20 more. Mend these first, then read the files again."


def test_a_cell_in_the_wrong_column_is_not_repeated(tmp_path: Path) -> None:
    """What stands where a role or an id should be may be a child's name."""
    texts = changed(V1_1, teams=TEAMS.replace("coach", "Cora Quill"), accounts=ACCOUNTS + "slack,U9,Cora Quill,\n")

    assert "Quill" not in refusal(folder(tmp_path, texts))


def test_rows_that_could_not_be_read_are_not_held_against_other_files(tmp_path: Path) -> None:
    """Else one ragged row would bring a misleading line about every account of its person."""
    users = USERS_1_1.replace("k1,,,true", "k1,,true")
    told = refusal(folder(tmp_path, changed(V1_1, users=users)))

    assert told == ("users.csv, line 5: it has 17 cells and the header line 18. Mend its commas or quotation marks.")


# What is refused in a file


@pytest.mark.parametrize("mode", ["users", "enrollments"])
def test_a_delta_export_is_refused(tmp_path: Path, mode: str) -> None:
    """A list of changes taken for the whole list would depart nearly everybody."""
    manifest = MANIFEST.replace("file.users,bulk\n", "") + f"file.{mode},bulk\nfile.{mode},delta\n"
    told = refusal(folder(tmp_path, changed(V1_1, manifest=manifest)))

    assert told == (
        "manifest.csv, line 7: this is a delta export, a list of changes only. Export in bulk, which lists everybody."
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("file.users,absent", "manifest.csv, line 7: it calls users.csv absent, which is needed. Export it in bulk."),
        ("file.terms,bluk", "manifest.csv, line 7: there is no value 'bluk'. Did you mean 'bulk'?"),
        ("oneroster.version,2.0", "manifest.csv, line 7: its value is unknown. Write one of: 1.1, 1.2."),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(tmp_path: Path, line: str, told: str) -> None:
    """We read what we know, and guess nothing."""
    assert refusal(folder(tmp_path, changed(V1_1, manifest=MANIFEST + line + "\n"))) == told


@pytest.mark.parametrize(
    ("files_", "file"), [(V1_1, "users"), (V1_1, "orgs"), (V1_2, "users"), (V1_2, "orgs"), (V1_2, "roles")]
)
def test_a_missing_file_is_named(tmp_path: Path, files_: dict[str, str], file: str) -> None:
    """Without one of these nobody can say who is a student where."""
    told = refusal(folder(tmp_path, changed(files_, **{file: None})))

    assert told.startswith(f"{file}.csv: OneRoster 1.")
    assert "is missing. Export it" in told


def test_a_file_name_in_capitals_is_recognised(tmp_path: Path) -> None:
    """On some disks the two names are one file, on ours they are not."""
    path = folder(tmp_path, V1_1)
    (path / "users.csv").rename(path / "Users.csv")

    assert refusal(path) == "users.csv: OneRoster 1.1 needs this file, and it is missing. Rename 'Users.csv' to that."


def test_users_without_roles_need_roles_csv(tmp_path: Path) -> None:
    """Without a manifest, a users.csv that names no role can only be 1.2."""
    told = refusal(folder(tmp_path, changed(V1_2, manifest=None, roles=None)))

    assert told.startswith("roles.csv: OneRoster 1.2 needs this file")


@pytest.mark.parametrize("file", ["users", "orgs", "manifest", "accounts", "consent"])
def test_an_empty_file_is_refused(tmp_path: Path, file: str) -> None:
    """An export that broke off leaves one; it must not pass for a list of nobody."""
    told = refusal(folder(tmp_path, changed(V1_1, **{file: ""})))

    assert told.startswith(f"{file}.csv: it is empty. Give it the header line ")


def test_a_list_of_nobody_is_refused(tmp_path: Path) -> None:
    """A header alone would depart the whole district."""
    told = refusal(folder(tmp_path, {**changed(V1_1, users=USERS_1_1_HEADER), **dict.fromkeys(OWN, "")}))

    assert told.splitlines()[0] == "users.csv: it lists nobody. Export it again, in bulk."


def test_a_missing_column_is_named_with_what_is_there(tmp_path: Path) -> None:
    """The person mending it sees both sides without opening the file."""
    told = refusal(folder(tmp_path, changed(V1_1, teams=TEAMS.replace("until", "end").replace("role", "Role"))))

    assert told.splitlines() == [
        "teams.csv, line 1: the column 'role' is missing. Did you mean 'role' by 'Role'? "
        "The header line has: team, school, season, person, Role, end.",
        "teams.csv, line 1: the column 'until' is missing. Add it. "
        "The header line has: team, school, season, person, Role, end.",
    ]


def test_a_file_without_header_line_is_not_repeated(tmp_path: Path) -> None:
    """Its first line is then somebody's own, with name and password."""
    told = refusal(folder(tmp_path, changed(V1_1, users=USERS_1_1.removeprefix(USERS_1_1_HEADER))))

    assert told.startswith("users.csv, line 1: this is no header line. Name the columns there")
    assert "Quill" not in told
    assert "swordfish" not in told


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    """Nobody can say which of the two counts."""
    told = refusal(folder(tmp_path, changed(V1_1, teams=TEAMS.replace("until", "role"))))

    assert told == "teams.csv, line 1: the column 'role' stands in the header line twice. Keep one of the two."


def test_columns_that_a_spreadsheet_leaves_empty_say_nothing(tmp_path: Path) -> None:
    """Excel writes commas after every line once a cell there was touched; nobody sees a column then."""
    bare = folder(tmp_path, V1_1)
    (tmp_path / "excel").mkdir()
    wide = folder(tmp_path / "excel", changed(V1_1, teams=TEAMS.replace("\n", ",,\n")))

    assert read_lists(wide) == read_lists(bare)


def test_a_cell_in_a_column_without_a_name_is_passed_over_with_a_note(tmp_path: Path) -> None:
    """A comma too many may have moved it there."""
    teams = TEAMS.replace("until\n", "until,,\n").replace("coach,\n", "coach,,,x\n").replace("30\n", "30,,\n")
    reading = read_lists(folder(tmp_path, changed(V1_1, teams=teams)))

    assert reading.notes == ("teams.csv, line 2: a cell stands in a column without a name. It was passed over.",)


def test_a_wrong_encoding_is_told_with_line_and_byte(tmp_path: Path) -> None:
    """Old spreadsheets save in the encoding of their country."""
    path = folder(tmp_path, V1_1)
    (path / "orgs.csv").write_bytes(ORGS.replace("Birch", "Bärch").encode("latin-1"))
    byte = ORGS.index("Birch") + 2

    assert refusal(path) == f"orgs.csv, line 4: byte {byte} is not UTF-8. Save the file as UTF-8."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_spreadsheets_unicode_text_is_refused(tmp_path: Path, encoding: str) -> None:
    """Two-byte text is what some programs call Unicode."""
    path = folder(tmp_path, V1_1)
    (path / "teams.csv").write_bytes(TEAMS.encode(encoding))

    assert refusal(path).startswith("teams.csv, line 1: byte ")


def test_a_zero_byte_is_refused(tmp_path: Path) -> None:
    """A disk that lost power leaves such files."""
    told = refusal(folder(tmp_path, changed(V1_1, teams=TEAMS + "chess\0")))

    assert told == f"teams.csv, line 4: byte {len(TEAMS) + 6} is a zero byte. Save the file as CSV in UTF-8."


@pytest.mark.parametrize("cells", [5, 7])
def test_a_ragged_row_is_refused(tmp_path: Path, cells: int) -> None:
    """A lost comma moves every later cell one column on."""
    told = refusal(folder(tmp_path, changed(V1_1, teams=TEAMS + "chess" + "," * (cells - 1) + "\n")))

    assert told == (
        f"teams.csv, line 4: it has {cells} cells and the header line 6. Mend its commas or quotation marks."
    )


@pytest.mark.parametrize(
    "row",
    ['"chess,s1,,c1,advisor,\n', 'chess,s1,,"c1" x,advisor,\n', "chess,s1,,c1,advisor,\rchess,s1,,c1,advisor,\n"],
    ids=["never closed", "closed too early", "odd line end"],
)
def test_wrong_quotation_is_refused(tmp_path: Path, row: str) -> None:
    """A quotation mark that is never closed would swallow the rest of the file."""
    told = refusal(folder(tmp_path, changed(V1_1, teams=TEAMS + row)))

    assert told.startswith("teams.csv, line 4: a quotation mark is wrong or never closed")


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (9_000, "consent.csv, line 4: a cell is over 8192 characters. Shorten it."),
        (200_000, "consent.csv, line 4: a quotation mark is wrong or never closed"),
        (2_000_000, "consent.csv, line 4: the line is over 1 MiB."),
    ],
)
def test_a_cell_far_too_long_is_refused(tmp_path: Path, length: int, told: str) -> None:
    """No memory is filled by one cell."""
    consents = CONSENTS + f"k3,website,yes,,{'x' * length}\n"

    assert refusal(folder(tmp_path, changed(V1_1, consent=consents))).startswith(told)


# Zips


def test_a_zip_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    """It is judged by what it claims, before any of it is read."""
    path = zipped(tmp_path, {**V1_1, "classes.csv": "0" * 3_000_000})

    assert refusal(path) == (
        "roster.zip: it would swell as only a zip bomb does when unpacked, so it is not read. Export it again."
    )


def test_a_damaged_zip_is_always_refused_in_words(tmp_path: Path) -> None:
    """Whatever a broken disk or line makes of a zip, what comes out is a sentence or the right lists."""
    path = zipped(tmp_path, V1_1)
    whole, right = path.read_bytes(), read_lists(path)
    chance = random.Random(36)
    for _ in range(300):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        try:
            found = read_lists(path)
        except ConfigurationError:
            continue

        assert set(found.lists.people) == set(right.lists.people)


def test_who_is_away_is_read_and_needs_both_days(tmp_path: Path) -> None:
    """Without the file nobody is away, and no note is needed."""
    away = {"absences.csv": "person,from,until\np1,2026-11-18,2026-11-20\n"}
    (tmp_path / "away").mkdir()
    lists = read_lists(folder(tmp_path / "away", V1_1 | away), None, frozenset()).lists

    assert lists.absences == (Absence(PersonId("p1"), date(2026, 11, 18), date(2026, 11, 20)),)
    assert read_lists(folder(tmp_path, V1_1), None, frozenset()).lists.absences == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("p1,2026-11-18,", "absences.csv, line 2: it needs the first and the last day, in from and until."),
        ("p1,2026-11-18,2026-11-17", "absences.csv, line 2: its until lies before its from."),
        ("nobody,2026-11-18,2026-11-20", "absences.csv, line 2: its person is not in users.csv."),
    ],
)
def test_an_absence_that_cannot_be_is_refused(tmp_path: Path, line: str, told: str) -> None:
    """With its line, and how to mend it."""
    path = folder(tmp_path, V1_1 | {"absences.csv": f"person,from,until\n{line}\n"})

    assert told in refusal(path)


def test_nobody_is_their_own_deputy(tmp_path: Path) -> None:
    """A copy would go round in a circle of one."""
    offices = "school,office,person,deputy,from,until\ns1,principal,p1,p1,,\n"

    assert "offices.csv, line 2: its deputy is its own person." in refusal(
        folder(tmp_path, V1_1 | {"offices.csv": offices})
    )


# How old it is


LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)


def old(path: Path) -> Path:
    """Let every file of a roster be written long ago."""
    for each in (path, *path.glob("*")):
        os.utime(each, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    return path


def test_what_else_lies_in_the_folder_makes_a_roster_no_newer(tmp_path: Path) -> None:
    """A spreadsheet leaves a lock file, a Mac its own, and an office its notes."""
    path = old(folder(tmp_path, V1_1))
    before = edition_of(path)
    (path / ".~lock.accounts.csv#").write_text("x")
    (path / "notes").mkdir()
    (path / "notes" / "users.csv").write_text("x")

    assert before.as_of == LONG_AGO
    assert edition_of(path) == before


def test_a_new_list_of_accounts_is_another_edition_and_makes_the_people_no_newer(tmp_path: Path) -> None:
    """It is read at once; but who has come and gone since, only users.csv tells."""
    path = old(folder(tmp_path, V1_1))
    before = edition_of(path)
    (path / "accounts.csv").write_text(ACCOUNTS + "slack,U2,k2,\n")

    assert edition_of(path) != before
    assert edition_of(path).as_of == LONG_AGO


def test_a_roster_is_as_old_as_its_list_of_people(tmp_path: Path) -> None:
    """Our own files may rightly be older; a zip is written whole."""
    path = old(folder(tmp_path, V1_1))
    os.utime(path / "users.csv", (LONG_AGO.timestamp(), LONG_AGO.timestamp() + 60))
    (tmp_path / "other").mkdir()

    assert edition_of(path).as_of == LONG_AGO + timedelta(minutes=1)
    assert edition_of(old(zipped(tmp_path, V1_1))).as_of == LONG_AGO


@pytest.mark.parametrize("moment", [2**32 + 2**28, 10**12, -(10**12)])
def test_no_age_is_taken_from_the_future(tmp_path: Path, moment: int) -> None:
    """A clock that was wrong, or a zip that was unpacked badly, must not make people fresh for a hundred years."""
    path = zipped(tmp_path, V1_1)
    os.utime(path, (moment, moment))
    as_of = edition_of(path).as_of

    assert as_of is not None
    assert as_of <= datetime.now(UTC)


def test_a_date_in_the_future_is_as_old_as_its_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So it grows old all the same, and no new start makes it young."""
    path = zipped(tmp_path, V1_1)
    os.utime(path, (4 * 10**9, 4 * 10**9))
    before = edition_of(path).as_of
    monkeypatch.setattr("time.time", lambda: 5 * 10**9)

    assert edition_of(path).as_of == before


def test_of_a_roster_that_is_gone_nothing_is_known(tmp_path: Path) -> None:
    """It may be back the next moment. Without its people a folder has no age either."""
    path = folder(tmp_path, changed(V1_1, users=None))

    assert edition_of(path).as_of is None
    assert edition_of(tmp_path / "none") == edition_of(tmp_path / ("n" * 300)) == edition_of(None) == Edition()


def test_one_account_in_a_thousand_ends_in_zeros_by_itself(tmp_path: Path) -> None:
    """In a large district there are some, and they are no fault of anybody's."""
    others = "".join(f"discord,{756247381085762037 + number},k2,\n" for number in range(20))
    notes = read_lists(folder(tmp_path, changed(V1_1, accounts=ACCOUNTS + ROUNDED + others))).notes

    assert [each.partition(": its account ends in zeros")[0] for each in notes] == ["accounts.csv, line 5 and 1 more"]
