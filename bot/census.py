"""What a new set of lists would change: said before anything is applied, and then applied without losing anybody."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from datetime import date

from bot.errors import ConfigurationError
from bot.lists import Belonging, Consent, LinkedAccount, Listed, Lists, alike
from bot.people import PersonId, Role, TeamId, Tenure

LARGEST_DROP = 10
"""Per cent. A larger drop is more often a wrong file than a real departure."""
FEWEST_LOST = 3
"""Lines of a list. Fewer may always go: a change of one principal of two is half of them."""
LARGEST_TURNOVER = 25
"""Per cent. A list may lose so much where somebody else comes in the same place: offices and clubs change hands."""
FEWEST_TURNED = 5
"""Lines of a list. Fewer may always change hands."""
LEAST_RENAMED = 80
"""Per cent of a team's people. With so many under a new name, it is the same team."""
LEAST_LEFT = 10
"""Per cent of the lines of seasons that are gone. With fewer lines of others left, it is a file that was cut short."""
MOST_NAMED = 5
"""So many people with a new id are named one by one."""
IF_RIGHT = "If this is right: chaperone roster import PATH --allow-large-change."
IF_RIGHT_IN_AUDIT = "If this is right, begin a new audit: name another file with --database."
"""An audit judges a history by one roster; it has no import of its own."""

COMPARED = tuple(each.name for each in fields(Listed) if each.name != "id")
GUARDED = ("accounts", "offices", "teams", "consents")
"""Lists that do not become empty by themselves. Nobody being away is good news."""
CHANGING_HANDS = frozenset({"offices", "teams"})
"""Lists in which one may come in the place of another. An account or a consent is one person's alone."""
ATTACHED = (*GUARDED, "absences")

ON_THE_ROLLS = frozenset({Role.STUDENT, Role.EMPLOYEE})
"""Roles by which it is judged whose words reach whom. Few change between them."""
NEVER_ON_THE_STAFF = ({Role.STUDENT}, {Role.GUARDIAN})
"""What people were who are no staff: when one of them leaves, a new employee of that name is mostly another."""

Line = LinkedAccount | Tenure | Belonging | Consent
"""One line of a guarded list."""
Trait = tuple[str, str]
"""What somebody is known again by: an account with its platform, a name, a mail address."""
Gist = tuple[PersonId, *tuple[object, ...]]
"""Whom and what a line is about."""


@dataclass(frozen=True, slots=True)
class Change:
    """A person who stays, and the names of what differs. The values stay out of it: they may be names."""

    person: PersonId
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines of one list there were and will be. A line that reads otherwise is one removed and one added."""

    list: str
    before: int
    added: int
    removed: int

    @property
    def after(self) -> int:
        """How many lines there will be."""
        return self.before + self.added - self.removed


@dataclass(frozen=True, slots=True)
class Loss:
    """How many lines of one list still say something, and how many of those would go.

    Whoever departs takes their lines along, and what has ended is over: neither counts. A line stays that is still
    about the same, whatever else it says now.
    """

    list: str
    standing: int
    lost: int
    turned: int
    """How many of the lost have somebody else in their place: the same office, or the same side of a team."""
    running: int
    """How many lines no date has ended, whomever they are about."""

    @property
    def large(self) -> bool:
        """Whether it is more often a wrong file than meant."""
        bare = self.lost - self.turned
        shrinks = bare >= FEWEST_LOST and bare * 100 > self.standing * LARGEST_DROP
        turns = self.lost >= FEWEST_TURNED and self.lost * 100 > self.standing * LARGEST_TURNOVER
        return shrinks or turns


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two sets of lists. People are in the order of their ids."""

    additions: tuple[PersonId, ...]
    changes: tuple[Change, ...]
    """People known before and after. Who comes back has `active` among the fields."""
    departures: tuple[PersonId, ...]
    """People who were active and will not be. They stay on record."""
    active_before: int
    tallies: tuple[Tally, ...]
    """Accounts, offices, teams, consents and absences."""
    losses: tuple[Loss, ...]
    """Accounts, offices, teams and consents."""
    renumbered: tuple[tuple[PersonId, PersonId], ...] = ()
    """Who is not here any more, and who comes on the staff and seems to be the same person under another id."""
    renamed: int = 0
    """How many who stay active have neither their given nor their family name any more."""
    recast: int = 0
    """How many who stay active become students or staff, or stop being so."""

    @property
    def any(self) -> bool:
        """Whether anything differs at all."""
        people = self.additions or self.changes or self.departures
        return bool(people) or any(tally.added or tally.removed for tally in self.tallies)

    def lines(self) -> Iterator[str]:
        """Write what differs for somebody to read before it is applied: ids and counts, never a name."""
        yield from (f"added: {person}" for person in self.additions)
        yield from (f"changed: {change.person} ({', '.join(change.fields)})" for change in self.changes)
        yield from (f"departed: {person}" for person in self.departures)
        yield f"people: {len(self.additions)} added, {len(self.changes)} changed, {len(self.departures)} departed"
        yield from (f"{tally.list}: {tally.added} added, {tally.removed} removed" for tally in self.tallies)


def compare(old: Lists, new: Lists, day: date | None = None) -> Changes:
    """Find what differs when `new` follows `old`. `day` is today: a term that has ended by then is no loss."""
    before = {each.id: each for each in old.people}
    after = {each.id: each for each in new.people}
    both = sorted(before.keys() & after.keys())
    changes = (Change(person, _differing(before[person], after[person])) for person in both)
    stay = [(before[each], after[each]) for each in both if before[each].active and after[each].active]
    return Changes(
        tuple(sorted(after.keys() - before.keys())),
        tuple(change for change in changes if change.fields),
        tuple(sorted(_active(old) - _active(new))),
        len(_active(old)),
        tuple(_tally(name, getattr(old, name), getattr(new, name)) for name in ATTACHED),
        tuple(_loss(name, old, new, day) for name in GUARDED),
        tuple(_renumbered(old, new)),
        sum(_is_renamed(was, now) for was, now in stay),
        sum((was.roles ^ now.roles) & ON_THE_ROLLS != frozenset() for was, now in stay),
    )


def _is_renamed(was: Listed, now: Listed) -> bool:
    """Say whether nothing is left of a name: who marries, or goes by another first name, keeps the other half."""
    pairs = ((was.given_name, now.given_name), (was.family_name, now.family_name))
    return all(before and alike(before) != alike(after) for before, after in pairs)


def _renumbered(old: Lists, new: Lists) -> Iterator[tuple[PersonId, PersonId]]:
    """Pair who comes on the staff with who is not here any more and had the same name, account or mail address.

    Only staff look into cases and copies. Guardians are numbered anew each year, and students look into nothing.
    """
    stays, known = _active(new), {each.id for each in old.people}
    offices = {person for each in new.offices for person in (each.person, each.deputy)}
    gone = [each for each in old.people if each.id not in stays and each.roles not in NEVER_ON_THE_STAFF]
    earlier, now = _accounts(old), _accounts(new)
    had = {trait: each.id for each in gone for trait in _traits(each, earlier)}
    for each in new.people:
        comes = each.active and each.id not in known and Role.STUDENT not in each.roles
        if comes and (Role.EMPLOYEE in each.roles or each.id in offices):
            before = {had[trait] for trait in _traits(each, now) if trait in had}
            yield from ((was, each.id) for was in sorted(before))


def _accounts(lists: Lists) -> Mapping[PersonId, list[Trait]]:
    found: defaultdict[PersonId, list[Trait]] = defaultdict(list)
    for each in lists.accounts:
        found[each.person].append((each.platform, each.account))
    return found


def _traits(person: Listed, accounts: Mapping[PersonId, list[Trait]]) -> Iterator[Trait]:
    """Give what somebody keeps when their id changes."""
    name = alike(f"{person.given_name} {person.family_name}")
    yield from ((what, told) for what, told in (("name", name), ("mail", person.mail_address.casefold())) if told)
    yield from accounts.get(person.id, ())


def _active(lists: Lists) -> frozenset[PersonId]:
    return frozenset(each.id for each in lists.people if each.active)


def _differing(before: Listed, after: Listed) -> tuple[str, ...]:
    """Name the fields that differ. Becoming inactive is told as a departure instead."""
    departs = before.active and not after.active
    names = (name for name in COMPARED if getattr(before, name) != getattr(after, name))
    return tuple(name for name in names if not (departs and name == "active"))


def _tally(name: str, old: Sequence[object], new: Sequence[object]) -> Tally:
    before, after = frozenset(old), frozenset(new)
    return Tally(name, len(before), len(after - before), len(before - after))


def _loss(name: str, old: Lists, new: Lists, day: date | None) -> Loss:
    active, running = _active(new), [line for line in getattr(old, name) if _runs(line, day)]
    lines = [line for line in running if _gist(line)[0] in active]
    if name == "teams":
        over = _seasons_over(lines, [line for line in new.teams if _runs(line, day)], old.teams)
        lines = _renamed([line for line in lines if line.season not in over], old.teams, new.teams)
    standing = {_gist(line) for line in lines}
    after = {_gist(line) for line in getattr(new, name)}
    lost, come = standing - after, after - standing
    turned = _turned(lost, come) if name in CHANGING_HANDS else 0
    return Loss(name, len(standing), len(lost), turned, len(running))


def _gist(line: Line) -> Gist:
    """Say whom and what a line is about. A band, a deputy, a season or a date may change in it."""
    match line:
        case LinkedAccount(platform=platform, account=account, person=person):
            return person, platform, account
        case Tenure(school=school, office=office, person=person):
            return person, school, office
        case Belonging(team=team, person=person, part=part):
            return person, team, part.leads
        case Consent(student=student, scope=scope):
            return student, scope


def _turned(lost: AbstractSet[Gist], come: AbstractSet[Gist]) -> int:
    """Count the lost lines in whose place somebody else comes."""
    left, taken = (Counter(gist[1:] for gist in each) for each in (lost, come))
    return (left & taken).total()


def _runs(line: Line, day: date | None) -> bool:
    """Say whether no date has ended a line."""
    return isinstance(line, LinkedAccount) or day is None or line.until is None or line.until >= day


def _seasons_over(old: Sequence[Belonging], new: Sequence[Belonging], known: Sequence[Belonging]) -> frozenset[str]:
    """Name the seasons of which nothing is left while others go on or begin; `known` are all lines of before.

    A file that was cut short mostly ends amid a season: that one has lost lines, and nothing in the file is new. Where
    it is so, no season is over.
    """
    before, after = (Counter(each.season for each in lines) for lines in (old, new))
    gone = before.keys() - after.keys()
    come = set(map(_gist, new))
    whole = all(_gist(each) in come for each in old if each.season not in gone)
    left_enough = after.total() * 100 >= sum(before[each] for each in gone) * LEAST_LEFT
    sound = after and left_enough and (whole or come - set(map(_gist, known)))
    return frozenset(gone) if sound else frozenset()


def _renamed(lines: list[Belonging], old: Sequence[Belonging], new: Sequence[Belonging]) -> list[Belonging]:
    """Call teams by their new names. One that several teams would have is nobody's: there a column went wrong."""
    people = _people(lines)
    known, after = {each.team for each in old}, _people(new)
    names = {
        team: name
        for team in people.keys() - after.keys()
        for name in sorted(after.keys() - known)
        if len(people[team] & after[name]) * 100 >= len(people[team]) * LEAST_RENAMED
    }
    claims = Counter(names.values())
    sole = {team: name for team, name in names.items() if claims[name] == 1}
    return [replace(line, team=sole.get(line.team, line.team)) for line in lines]


def _people(lines: Sequence[Belonging]) -> dict[TeamId, set[PersonId]]:
    people: defaultdict[TeamId, set[PersonId]] = defaultdict(set)
    for each in lines:
        people[each.team].add(each.person)
    return people


def merge(old: Lists, new: Lists) -> Lists:
    """Let `new` follow `old`: whoever it no longer lists stays as inactive, and the other lists are the new ones.

    Accounts that their owners linked stay, too, unless the new list gives them to somebody.
    """
    listed = {each.id for each in new.people}
    departed = (replace(each, active=False) for each in old.people if each.id not in listed)
    told = {(each.platform, each.account) for each in new.accounts}
    confirmed = (each for each in old.accounts if each.confirmed and (each.platform, each.account) not in told)
    return replace(new, people=(*new.people, *departed), accounts=(*new.accounts, *confirmed))


def refuse_large_drop(changes: Changes, allowed: bool, if_right: str = IF_RIGHT) -> None:
    """Raise `ConfigurationError` when the files look like the wrong ones, unless the person importing allows it.

    `if_right` says what to do if they are not.

    They do when over a tenth of the active people would go, or be called or be something else, or of the lines of a
    list that are about people who stay; or when a whole list would become empty that still says something; or when
    somebody on the staff has a new id. What comes instead makes up for a part of an office's or a team's lines at most:
    where a spreadsheet has changed every line, as many come as go.
    """
    reasons = [] if allowed else list(_drops(changes))
    if not reasons:
        return
    raise ConfigurationError("\n".join([*reasons, f"Check the files. {if_right}"]))


def _drops(changes: Changes) -> Iterator[str]:
    gone = len(changes.departures)
    if gone * 100 > changes.active_before * LARGEST_DROP:
        yield f"{gone} of {changes.active_before} active people would depart, which is over {LARGEST_DROP} %."
    yield from _mixed_up(changes)
    after = {each.list: each.after for each in changes.tallies}
    for loss in changes.losses:  # nobody being away any more is no loss
        if loss.running and not after[loss.list]:
            yield f"Every line of {loss.list} would go ({loss.running} of {loss.running})."
        elif loss.large:
            yield f"{loss.lost} of {loss.standing} lines of {loss.list} would go, which is over {LARGEST_DROP} %."
    yield from _told_of_new_ids(changes.renumbered)


def _mixed_up(changes: Changes) -> Iterator[str]:
    """Say where a column of the people went wrong: each line is there, and says what is another's."""
    columns = (
        (changes.renamed, "would have another given and family name"),
        (changes.recast, "would become students or staff, or stop being so"),
    )
    for number, what in columns:
        if number >= FEWEST_LOST and number * 100 > changes.active_before * LARGEST_DROP:
            yield f"{number} of {changes.active_before} active people {what}, which is over {LARGEST_DROP} %."


def _told_of_new_ids(renumbered: Sequence[tuple[PersonId, PersonId]]) -> Iterator[str]:
    """Say who seems to have a new id. Whoever looks is known by it alone, and so is whom something is about."""
    for before, after in renumbered[:MOST_NAMED]:
        yield f"'{after}' is new and has the name, an account or the mail address of '{before}', who is gone."
    if len(renumbered) > MOST_NAMED:
        yield f"So it is with {len(renumbered) - MOST_NAMED} more."
    if renumbered:
        yield (
            "If they are one person, write the old id in users.csv and in every other file that names them. Otherwise "
            "they could open cases about themselves, and copies that were kept from them."
        )
