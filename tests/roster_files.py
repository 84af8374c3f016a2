"""A small invented district's roster files, for tests to bend."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

MANIFEST = """\
propertyName,value
manifest.version,1.0
oneroster.version,1.1
file.orgs,bulk
file.users,bulk
file.classes,absent
"""
ORGS = """\
sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,,,Alder District,district,,
s1,,,Alder High,school,,d1
s2,,,Birch High,school,,d1
"""
USERS_1_1_HEADER = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
)
USERS_1_1 = USERS_1_1_HEADER + (
    'c1,,,true,"s1,s2",teacher,cora,,Cora,Quill,,,,,,,,swordfish\n'
    "p1,,,true,s1,administrator,pia,,Pia,Rowan,,,,,,,,\n"
    "g1,,,true,s1,parent,gus,,Gus,Vale,,,,555-0100,,,,\n"
    "k1,,,true,s1,student,kim,,Kim,Vale,,,,,,g1,09,\n"
    "k2,,,true,s1,student,lee,,Lee,Wren,,,,,,,07,\n"
    "k3,,,false,s1,student,mo,,Mo,Yarrow,,,,,,,12,\n"
)
USERS_1_2_HEADER = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,"
    "email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,"
    "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n"
)
USERS_1_2 = USERS_1_2_HEADER + (
    "c1,,,true,cora,,Cora,Quill,,,,,,,,swordfish,,,,,,s1,\n"
    "k1,,,true,kim,,Kim,Vale,,,,,,,09,,,,,,,s1,\n"
    "k2,,,true,lee,,Lee,Wren,,,,,,,07,,,,,,,s1,\n"
)
ROLES_1_2 = """\
sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
r1,,,c1,primary,teacher,,,s1,
r2,,,c1,secondary,siteAdministrator,2025-08-01,2026-06-30,s2,
r3,,,k1,primary,student,,,s1,
r4,,,k2,primary,student,,,s1,
"""
ACCOUNTS = """\
platform,account,person,age_band
discord,118000000000000100,c1,adult
slack,U1,k1,
discord,118000000000000101,k1,
"""
OFFICES = """\
school,office,person,deputy,from,until
s1,principal,p1,c1,2026-07-01,2027-06-30
"""
TEAMS = """\
team,school,season,person,role,until
rowing,s1,fall,c1,coach,
rowing,s1,fall,k1,captain,2026-11-30
"""
CONSENTS = """\
student,scope,allowed,until,evidence
k1,website,yes,2027-06-30,folder 12
k2,website,no,,
"""

OWN = {"accounts.csv": ACCOUNTS, "offices.csv": OFFICES, "teams.csv": TEAMS, "consent.csv": CONSENTS}
V1_1 = {"manifest.csv": MANIFEST, "orgs.csv": ORGS, "users.csv": USERS_1_1, **OWN}
V1_2 = {
    "manifest.csv": MANIFEST.replace(",1.1", ",1.2") + "file.roles,bulk\n",
    "orgs.csv": ORGS,
    "users.csv": USERS_1_2,
    "roles.csv": ROLES_1_2,
    "accounts.csv": ACCOUNTS,
    "teams.csv": TEAMS,
}


def changed(files: Mapping[str, str], **texts: str | None) -> dict[str, str]:
    """Put other texts into some files, named without `.csv`; None takes the file away."""
    named = {f"{file}.csv": text for file, text in texts.items()}
    return {file: text for file, text in {**files, **named}.items() if text is not None}


def folder(path: Path, files: Mapping[str, str]) -> Path:
    """Write the files into a new folder."""
    bundle = path / "roster"
    bundle.mkdir()
    for file, text in files.items():
        (bundle / file).write_bytes(text.encode())
    return bundle


def zipped(path: Path, files: Mapping[str, str], inside: str = "") -> Path:
    """Write the files into a new zip, `inside` some folder of it."""
    bundle = path / "roster.zip"
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in files.items():
            archive.writestr(f"{inside}{file}", text)
    return bundle
