"""What a new set of lists would change, and that nobody is ever lost by it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.census import Change, Changes, Tally, compare, merge, refuse_large_drop
from bot.errors import ConfigurationError
from bot.lists import Belonging, Consent, LinkedAccount, Listed, Lists
from bot.people import Absence, AccountId, AgeBand, Office, Part, PersonId, Role, SchoolId, TeamId, Tenure

SCHOOL = SchoolId("s1")
STUDENT = frozenset({Role.STUDENT})


def listed(person: str, given: str = "Kim", *, active: bool = True, band: AgeBand | None = None) -> Listed:
    return Listed(PersonId(person), STUDENT, frozenset({SCHOOL}), band, given, "Vale", active)


def crowd(number: int) -> Lists:
    """So many active students, each with an account."""
    people = tuple(listed(f"k{each:03}") for each in range(number))
    return Lists(people, tuple(LinkedAccount("slack", AccountId(f"U-{each.id}"), each.id) for each in people))


KNOWN = Lists(
    people=(listed("k1"), listed("k2"), listed("k3", active=False)),
    accounts=(LinkedAccount("slack", AccountId("U1"), PersonId("k1")),),
    offices=(Tenure(SCHOOL, Office.PRINCIPAL, PersonId("p1")),),
    teams=(Belonging(TeamId("rowing"), SCHOOL, "fall", PersonId("k1"), Part.MEMBER),),
    consents=(Consent(PersonId("k1"), "website", allowed=True),),
    absences=(Absence(PersonId("p1"), date(2026, 11, 18), date(2026, 11, 20)),),
)


def test_who_is_new_who_differs_and_who_is_missing_is_told() -> None:
    """Somebody reads this before anything is applied."""
    new = Lists((listed("k9"), listed("k1", "Kit", band=AgeBand.UNDER_13), listed("k3")), KNOWN.accounts)
    changes = compare(KNOWN, new)

    assert changes.additions == (PersonId("k9"),)
    assert changes.changes == (
        Change(PersonId("k1"), ("band", "given_name")),
        Change(PersonId("k3"), ("active",)),
    )
    assert changes.departures == (PersonId("k2"),)


def test_who_becomes_inactive_departs() -> None:
    """To be marked as gone and to be missing come to the same."""
    changes = compare(KNOWN, Lists((listed("k1"), listed("k2", active=False), listed("k3", active=False))))

    assert changes.departures == (PersonId("k2"),)
    assert changes.changes == ()


def test_who_departed_before_does_not_depart_again() -> None:
    """A bulk file lists nobody of years ago; only the active can leave."""
    changes = compare(KNOWN, Lists((listed("k1"), listed("k2"))))

    assert changes.departures == ()


def test_lines_of_the_other_lists_are_counted() -> None:
    """A line that reads otherwise is one removed and one added."""
    ended = Belonging(TeamId("rowing"), SCHOOL, "fall", PersonId("k1"), Part.MEMBER, date(2026, 11, 30))
    changes = compare(KNOWN, Lists(KNOWN.people, (), KNOWN.offices, (ended,), KNOWN.consents, KNOWN.absences))

    assert changes.tallies == (
        Tally("accounts", before=1, added=0, removed=1),
        Tally("offices", before=1, added=0, removed=0),
        Tally("teams", before=1, added=1, removed=1),
        Tally("consents", before=1, added=0, removed=0),
        Tally("absences", before=1, added=0, removed=0),
    )


def test_what_is_printed_has_ids_and_field_names_but_no_names() -> None:
    """A terminal is read over shoulders, and its scroll-back is kept."""
    new = Lists((listed("k9", "Ann"), listed("k1", "Kit")), KNOWN.accounts)

    assert list(compare(KNOWN, new).lines()) == [
        "added: k9",
        "changed: k1 (given_name)",
        "departed: k2",
        "people: 1 added, 1 changed, 1 departed",
        "accounts: 0 added, 0 removed",
        "offices: 0 added, 1 removed",
        "teams: 0 added, 1 removed",
        "consents: 0 added, 1 removed",
        "absences: 0 added, 1 removed",
    ]


def test_a_merge_keeps_who_is_missing_as_inactive() -> None:
    """A person is never deleted: records of years ago still name them."""
    merged = merge(KNOWN, Lists((listed("k1", "Kit"),)))

    assert merged.people == (listed("k1", "Kit"), listed("k2", active=False), listed("k3", active=False))


def test_a_merge_takes_the_other_lists_as_they_are_now() -> None:
    """An office that takes a line out means it."""
    new = Lists(KNOWN.people, (LinkedAccount("slack", AccountId("U2"), PersonId("k2")),))

    assert merge(KNOWN, new) == new


@pytest.mark.parametrize("departing", [0, 5, 6, 50])
def test_the_drop_is_a_share_of_the_active_people(departing: int) -> None:
    """The inactive were lost long ago and count on neither side."""
    gone = tuple(listed(f"x{each}", active=False) for each in range(30))
    changes = compare(Lists((*crowd(50).people, *gone)), Lists(crowd(50 - departing).people))

    assert (len(changes.departures), changes.active_before) == (departing, 50)


def test_a_first_import_drops_nobody() -> None:
    """There is nobody yet to be a share of."""
    refuse_large_drop(compare(Lists(), crowd(3)), allowed=False)


def test_a_drop_of_a_tenth_passes() -> None:
    """The limit itself is allowed: a graduating class is smaller than it sounds."""
    old = Lists(crowd(50).people)

    refuse_large_drop(compare(old, Lists(crowd(45).people)), allowed=False)


def test_a_drop_over_a_tenth_is_refused_with_counts_and_the_flag() -> None:
    """It is more often a filtered export than an exodus."""
    changes = compare(Lists(crowd(50).people), Lists(crowd(44).people))
    with pytest.raises(ConfigurationError) as refused:
        refuse_large_drop(changes, allowed=False)

    assert str(refused.value).splitlines() == [
        "6 of 50 active people would depart, which is over 10 %.",
        "Check the files. If this is right: chaperone roster import PATH --allow-large-change.",
    ]


def test_a_large_drop_passes_when_somebody_says_so() -> None:
    """In June a school may really close."""
    refuse_large_drop(compare(crowd(50), Lists()), allowed=True)


def test_a_drop_of_accounts_over_a_tenth_is_refused() -> None:
    """Without their accounts everybody is a stranger, though no person departs."""
    old = crowd(50)
    with pytest.raises(ConfigurationError) as refused:
        refuse_large_drop(compare(old, Lists(old.people, old.accounts[:40])), allowed=False)

    assert "10 of 50 lines of accounts would go, which is over 10 %." in str(refused.value)


def refusal(old: Lists, new: Lists, day: date = date(2026, 11, 18)) -> str:
    """Say how one list after the other is refused; empty when it is not."""
    try:
        refuse_large_drop(compare(old, merge(old, new), day), allowed=False)
    except ConfigurationError as error:
        return str(error).splitlines()[0]
    return ""


def team(crowd: Lists, number: int = 50, season: str = "fall", until: date | None = None) -> tuple[Belonging, ...]:
    """Let so many of a crowd be on a team."""
    members = crowd.people[:number]
    return tuple(Belonging(TeamId(f"{season} run"), SCHOOL, season, each.id, Part.MEMBER, until) for each in members)


CROWD = crowd(50)
IN_TEAMS = replace(CROWD, teams=team(CROWD))
OFFICES = tuple(Tenure(SchoolId(f"s{each}"), Office.PRINCIPAL, PersonId(f"k{each:03}")) for each in range(12))


def test_as_many_accounts_that_come_make_up_for_none_that_go() -> None:
    """A spreadsheet rounds every number, or an office writes a platform otherwise: no line is one of before."""
    mangled = tuple(replace(each, account=AccountId(f"{each.account}.0")) for each in CROWD.accounts)

    assert refusal(CROWD, replace(CROWD, accounts=mangled)) == (
        "50 of 50 lines of accounts would go, which is over 10 %."
    )


def test_accounts_that_change_their_owners_go() -> None:
    """A column that was sorted by itself gives everybody the account of somebody else."""
    sorted_ = tuple(
        replace(each, person=other.id) for each, other in zip(CROWD.accounts, reversed(CROWD.people), strict=True)
    )

    assert refusal(CROWD, replace(CROWD, accounts=sorted_)).startswith("50 of 50 lines of accounts")


def test_a_line_that_says_more_of_the_same_stays() -> None:
    """An office fills in ages, or names deputies: nothing is lost by that."""
    aged = tuple(replace(each, band=AgeBand.ADULT) for each in CROWD.accounts)
    old, promoted = replace(CROWD, offices=OFFICES), tuple(replace(each, part=Part.CAPTAIN) for each in IN_TEAMS.teams)
    deputies = tuple(replace(each, deputy=PersonId("k049"), until=date(2027, 6, 30)) for each in OFFICES)

    assert not refusal(CROWD, replace(CROWD, accounts=aged))
    assert not refusal(old, replace(old, offices=deputies))
    assert not refusal(IN_TEAMS, replace(IN_TEAMS, teams=promoted))


def test_coaches_that_become_members_go() -> None:
    """Who leads no team is looked at by no rule about coaches."""
    led = tuple(replace(each, part=Part.COACH) for each in IN_TEAMS.teams)

    assert refusal(replace(CROWD, teams=led), IN_TEAMS).startswith("50 of 50 lines of teams would go")


@pytest.mark.parametrize(
    ("name", "left", "told"),
    [
        ("teams", IN_TEAMS.teams[:1], "49 of 50 lines of teams would go, which is over 10 %."),
        ("teams", IN_TEAMS.teams[:45], ""),
        ("offices", OFFICES[:1], "11 of 12 lines of offices would go, which is over 10 %."),
        ("offices", OFFICES[:9], "3 of 12 lines of offices would go, which is over 10 %."),
        ("offices", OFFICES[:10], ""),
        ("consents", KNOWN.consents, "3 of 4 lines of consents would go, which is over 10 %."),
    ],
)
def test_a_list_cut_short_is_refused(name: str, left: tuple[Any, ...], told: str) -> None:
    """Also one that is not empty. Two lines may always go: in a small district that is a change of principals."""
    scopes = tuple(replace(each, scope=f"{number}") for each in KNOWN.consents for number in range(3))
    old = replace(CROWD, teams=IN_TEAMS.teams, offices=OFFICES, consents=KNOWN.consents + scopes)
    old = replace(old, people=(*old.people, *KNOWN.people))

    assert refusal(old, replace(old, **{name: left})) == told


def test_what_has_ended_by_its_date_is_no_loss() -> None:
    """An office takes out last season's lines when it comes to it. What runs to the end of today still runs."""
    day = date(2026, 11, 30)
    goes_on, ends = IN_TEAMS.teams[:10], IN_TEAMS.teams[10:]
    old = replace(CROWD, teams=goes_on + tuple(replace(each, until=day) for each in ends))
    new = replace(CROWD, teams=goes_on)

    assert not refusal(old, new, date(2026, 12, 1))
    assert refusal(old, new, day) == "40 of 50 lines of teams would go, which is over 10 %."


def test_what_has_ended_is_counted_on_neither_side() -> None:
    """Lines of years ago, kept for the record, must not make the loss of all that runs look small."""
    long_ago = team(CROWD, 50, "2019", date(2019, 11, 30)) + team(CROWD, 50, "2020", date(2020, 11, 30))
    old = replace(CROWD, teams=long_ago + team(CROWD, 10))

    assert refusal(old, replace(CROWD, teams=long_ago)) == "10 of 10 lines of teams would go, which is over 10 %."


CLUBS = team(CROWD, 16, "all year")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), team(CROWD, 30, "winter")),
        ((), team(CROWD, 5, "winter")),
        (CLUBS, CLUBS),
        (CLUBS, CLUBS + team(CROWD, 10, "winter")),
        (CLUBS + team(CROWD, 13, "winter"), CLUBS + team(CROWD, 13, "winter")),
        (CLUBS, CLUBS[1:] + team(CROWD, 10, "winter")),
    ],
)
def test_a_season_of_which_nothing_is_left_is_no_loss(
    before: tuple[Belonging, ...], after: tuple[Belonging, ...]
) -> None:
    """Its lines may have no end, and what comes after it may be smaller, or be there already."""
    assert not refusal(replace(CROWD, teams=IN_TEAMS.teams + before), replace(CROWD, teams=after))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((), team(CROWD, 4, "winter"), "50 of 50"),  # one line of the winter does not end the fall
        (CLUBS, IN_TEAMS.teams[:1], "65 of 66"),
        (CLUBS, IN_TEAMS.teams[:48], "18 of 66"),
        (CLUBS, CLUBS[:-1], "51 of 66"),
        (CLUBS, CLUBS[:4] + team(CROWD, 1, "winter"), "12 of 16"),
        (team(CROWD, 16, "2025", date(2025, 11, 30)), team(CROWD, 16, "2025", date(2025, 11, 30)), "50 of 50"),
    ],
)
def test_a_file_that_was_cut_short_ends_no_season(
    before: tuple[Belonging, ...], after: tuple[Belonging, ...], told: str
) -> None:
    """It ends amid a season, and brings nothing new. Nor does a season go on that was over long ago."""
    refused = refusal(replace(CROWD, teams=IN_TEAMS.teams + before), replace(CROWD, teams=after))

    assert refused == f"{told} lines of teams would go, which is over 10 %."


def handed_on(lines: tuple[Any, ...], number: int, first: int) -> tuple[Any, ...]:
    """Let others come in the place of so many people."""
    others = (PersonId(f"k{first + each:03}") for each in range(number))
    return tuple(replace(each, person=other) for each, other in zip(lines, others, strict=False)) + lines[number:]


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("teams", IN_TEAMS.teams[:37], handed_on(IN_TEAMS.teams[:37], 4, 40), ""),
        ("teams", IN_TEAMS.teams[:37], handed_on(IN_TEAMS.teams[:37], 9, 40), ""),
        ("teams", IN_TEAMS.teams[:37], handed_on(IN_TEAMS.teams[:37], 10, 40), "10 of 37"),
        ("teams", IN_TEAMS.teams[:37], IN_TEAMS.teams[4:37], "4 of 37"),
        ("offices", OFFICES[:4], handed_on(OFFICES[:4], 4, 40), ""),
        ("offices", OFFICES[:5], handed_on(OFFICES[:5], 5, 40), "5 of 5"),
        ("accounts", CROWD.accounts[:20], handed_on(CROWD.accounts[:20], 3, 40), "3 of 20"),
    ],
)
def test_a_few_lines_change_hands(name: str, before: tuple[Any, ...], after: tuple[Any, ...], told: str) -> None:
    """In a club that is a quarter of it. An account is nobody else's."""
    refused = refusal(replace(CROWD, **{name: before}), replace(CROWD, **{name: after}))

    assert refused.startswith(f"{told} lines of {name} would go" if told else "")
    assert bool(refused) == bool(told)


def named(name: str, lines: tuple[Belonging, ...]) -> tuple[Belonging, ...]:
    """Call the team of some lines otherwise."""
    return tuple(replace(each, team=TeamId(name)) for each in lines)


HALVES = named("soccer", IN_TEAMS.teams[:25]) + named("rowing", IN_TEAMS.teams[25:])


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (named("varsity", HALVES[:25]) + HALVES[25:], ""),
        (named("varsity", HALVES[:25]) + named("crew", HALVES[25:]), ""),
        (named("varsity", HALVES[:20]) + HALVES[25:], ""),
        (named("varsity", HALVES[:19]) + HALVES[25:], "25 of 50"),  # under four fifths
        (named("varsity", HALVES), "50 of 50"),  # a column of which every line says the same
        (named("rowing", HALVES[:25]) + named("soccer", HALVES[25:]), "50 of 50"),  # a column sorted by itself
        (tuple(replace(each, part=Part.COACH) for each in named("varsity", HALVES[:25])) + HALVES[25:], "25 of 50"),
    ],
)
def test_a_team_whose_people_reappear_under_a_new_name_goes_on(after: tuple[Belonging, ...], told: str) -> None:
    """What it is called is no loss; who leads it would be one."""
    refused = refusal(replace(CROWD, teams=HALVES), replace(CROWD, teams=after))

    assert refused == (told and f"{told} lines of teams would go, which is over 10 %.")


def test_who_departs_takes_their_lines_along() -> None:
    """The seniors leave in June: nearly all of those who have accounts, and few of all the district's people."""
    old = replace(CROWD, accounts=CROWD.accounts[:5])

    assert not refusal(old, Lists(CROWD.people[4:], CROWD.accounts[4:5]))


@pytest.mark.parametrize("name", ["accounts", "offices", "teams", "consents"])
def test_a_list_that_becomes_empty_is_refused(name: str) -> None:
    """A file somebody forgot to put beside the others must not undo a year of work."""
    kept = {
        each: getattr(KNOWN, each) for each in ("accounts", "offices", "teams", "consents", "absences") if each != name
    }
    with pytest.raises(ConfigurationError) as refused:
        refuse_large_drop(compare(KNOWN, Lists(KNOWN.people, **kept)), allowed=False)

    assert f"Every line of {name} would go (1 of 1)." in str(refused.value)


def test_a_list_of_which_all_is_over_may_become_empty() -> None:
    """An office clears a season that has ended, and the one consent beside it. What still runs is another thing."""
    day = date(2026, 11, 30)
    consents = (Consent(PersonId("k001"), "website", allowed=True, until=day),)
    old = replace(CROWD, teams=team(CROWD, 13, until=day), consents=consents)

    assert not refusal(old, CROWD, date(2026, 12, 1))
    assert refusal(old, CROWD, day) == "Every line of teams would go (13 of 13)."


def test_a_list_is_weighed_against_itself_in_whatever_order_the_lists_are_told() -> None:
    """Or that nobody is away any more, told first, would be taken for the loss of another list."""
    changes = compare(KNOWN, replace(KNOWN, absences=()))

    refuse_large_drop(replace(changes, tallies=tuple(reversed(changes.tallies))), allowed=False)


STAFF = frozenset({Role.EMPLOYEE})


def class_of(number: int) -> Lists:
    """So many students, each of another name."""
    return Lists(
        tuple(replace(listed(f"k{each:02}", f"Kim{each}"), family_name=f"Vale{each}") for each in range(number))
    )


@pytest.mark.parametrize("shifted", [2, 3])
def test_names_that_went_to_others_are_refused(shifted: int) -> None:
    """One column of a spreadsheet was sorted by itself: an alert would name another child."""
    old = class_of(20)
    moved = zip(old.people[:shifted], old.people[1 : shifted + 1], strict=True)
    shift = [replace(each, given_name=other.given_name, family_name=other.family_name) for each, other in moved]
    changes = compare(old, Lists((*shift, *old.people[shifted:])))

    if shifted < 3:
        refuse_large_drop(changes, allowed=False)
        return
    with pytest.raises(ConfigurationError, match=r"^3 of 20 active people would have another given and family name"):
        refuse_large_drop(changes, allowed=False)
    refuse_large_drop(changes, allowed=True)


def test_half_a_name_and_another_way_to_write_it_are_no_other_name() -> None:
    old = class_of(20)
    married = Lists(tuple(replace(each, family_name="Ortiz") for each in old.people))
    shouted = Lists(
        tuple(
            replace(each, given_name=each.given_name.upper(), family_name=each.family_name.upper())
            for each in old.people
        )
    )

    assert [compare(old, each).renamed for each in (married, shouted)] == [0, 0]


def test_students_that_become_staff_are_refused() -> None:
    """Nobody would be counted any more, and every word to one of them would pass."""
    old = crowd(20)
    taught = Lists(tuple(replace(each, roles=STAFF) for each in old.people), old.accounts)

    with pytest.raises(
        ConfigurationError, match=r"^20 of 20 active people would become students or staff, or stop being so"
    ):
        refuse_large_drop(compare(old, taught), allowed=False)


def test_a_teacher_who_becomes_an_administrator_stays_on_the_staff() -> None:
    old = Lists(tuple(employed(f"t{each}", f"Dana{each}") for each in range(9)))
    risen = Lists(tuple(replace(each, roles=STAFF | {Role.ADMINISTRATOR}) for each in old.people))

    assert compare(old, risen).recast == 0


def employed(person: str, given: str = "Dana", mail: str = "", roles: frozenset[Role] = STAFF) -> Listed:
    """Somebody named Ortiz."""
    return Listed(PersonId(person), roles, frozenset({SCHOOL}), None, given, "Ortiz", mail_address=mail)


@pytest.mark.parametrize(
    ("before", "after", "accounts", "told"),
    [
        pytest.param(employed("t1"), employed("e1"), (), True, id="the same name"),
        pytest.param(employed("t1"), employed("e1", "Dána"), (), True, id="a name that reads alike"),
        pytest.param(employed("t1"), employed("e1", "Kit"), ("U1", "U1"), True, id="the same account"),
        pytest.param(employed("t1", "Kit", "k@x.org"), employed("e1", mail="K@x.org"), (), True, id="the same address"),
        pytest.param(employed("t1"), employed("e1", "Kit"), ("U1", "U2"), False, id="somebody else"),
        pytest.param(employed("t1"), employed("e1", roles=STUDENT), (), False, id="a student"),
        pytest.param(employed("t1", roles=STUDENT), employed("e1"), (), False, id="who was a student"),
        pytest.param(
            employed("t1"), employed("e1", roles=frozenset({Role.GUARDIAN})), (), False, id="a guardian, numbered anew"
        ),
        pytest.param(
            employed("t1", roles=frozenset({Role.GUARDIAN, *STAFF})),
            employed("e1"),
            (),
            True,
            id="a parent who teaches",
        ),
    ],
)
def test_somebody_on_the_staff_with_a_new_id_is_refused(
    before: Listed, after: Listed, accounts: tuple[str, ...], told: bool
) -> None:
    """Under it they could read the case about them, and copies that a student kept from them."""
    linked = [
        LinkedAccount("slack", AccountId(each), who.id) for each, who in zip(accounts, (before, after), strict=False)
    ]
    others = crowd(20)
    old = Lists((before, *others.people), (*linked[:1], *others.accounts))
    new = merge(old, Lists((after, *others.people), (*linked[1:], *others.accounts)))

    changes = compare(old, new)

    assert changes.renumbered == ((("t1", "e1"),) if told else ())
    if told:
        with pytest.raises(
            ConfigurationError, match=r"^'e1' is new and has the name, an account or the mail .* of 't1'"
        ):
            refuse_large_drop(changes, allowed=False)
        refuse_large_drop(changes, allowed=True)


def test_who_left_long_ago_and_comes_back_under_another_id_is_refused() -> None:
    """An export that lost somebody over the summer gives them a new one in August."""
    old = Lists((replace(employed("t1"), active=False), *crowd(20).people))

    assert compare(old, merge(old, Lists((employed("e1"), *crowd(20).people)))).renumbered == (("t1", "e1"),)


def test_who_stays_beside_a_namesake_has_no_new_id() -> None:
    old = Lists((employed("t1"),))

    assert compare(old, merge(old, Lists((employed("t1"), employed("e1"))))).renumbered == ()


def test_a_deputy_who_is_no_employee_is_looked_at_too() -> None:
    """Whoever holds an office or stands in reads copies."""
    nobody: frozenset[Role] = frozenset()
    offices = (Tenure(SCHOOL, Office.PRINCIPAL, PersonId("p1"), PersonId("e1")),)
    old = Lists((employed("t1"),))

    assert compare(old, merge(old, Lists((employed("e1", roles=nobody),), offices=offices))).renumbered


def test_of_many_new_ids_a_few_are_named() -> None:
    """Where the whole staff is numbered anew, the terminal is not flooded."""
    old = Lists(tuple(employed(f"t{each}", f"Dana{each}") for each in range(9)))
    new = merge(old, Lists(tuple(employed(f"e{each}", f"Dana{each}") for each in range(9))))

    with pytest.raises(ConfigurationError) as refused:
        refuse_large_drop(compare(old, new), allowed=False)

    assert str(refused.value).count("is new and has") == 5
    assert "4 more" in str(refused.value)


def test_people_come_back() -> None:
    """That nobody is away any more is no mistake."""
    refuse_large_drop(compare(KNOWN, replace(KNOWN, absences=())), allowed=False)


PEOPLE = st.lists(
    st.builds(
        Listed,
        st.sampled_from([PersonId(f"k{number}") for number in range(6)]),
        st.sampled_from([STUDENT, frozenset({Role.EMPLOYEE})]),
        band=st.sampled_from([None, AgeBand.UNDER_13]),
        given_name=st.sampled_from(["Kim", "Lee"]),
        active=st.booleans(),
    ),
    unique_by=lambda each: each.id,
)
ACCOUNTS = st.lists(
    st.builds(
        LinkedAccount, st.just("slack"), st.sampled_from([AccountId("U1"), AccountId("U2")]), st.just(PersonId("k1"))
    ),
    unique=True,
)
LISTS = st.builds(Lists, PEOPLE.map(tuple), ACCOUNTS.map(tuple))


def nothing(changes: Changes) -> bool:
    moved = (changes.additions, changes.changes, changes.departures)
    return not any(moved) and not any(each.added or each.removed for each in changes.tallies)


@given(LISTS, LISTS)
def test_after_a_merge_nothing_is_left_to_do_and_nobody_is_lost(old: Lists, new: Lists) -> None:
    """What was shown is what happens, once; and a second import of the same files does nothing."""
    merged = merge(old, new)

    assert compare(old, merged) == compare(old, new)
    assert nothing(compare(merged, merge(merged, new)))
    assert merge(merged, new) == merged
    assert {each.id for each in merged.people} == {each.id for each in (*old.people, *new.people)}
    assert {each.id for each in merged.people if each.active} == {each.id for each in new.people if each.active}
