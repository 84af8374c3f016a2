from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from annotated_types import Ge, Le

from bot.message import Message
from bot.people import Role
from bot.readings.found import Kind, Readings, Spot, Trace
from bot.readings.labels import Label
from bot.readings.signs import Sign
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, evidence_of, words_of
from bot.texts import N_, Text

QUOTE = (
    "Never give out personal information, including, but not limited to, last names, phone numbers, addresses, exact "
    "birthdates, and pictures."
)
GIVEN: Final = {
    Kind.PHONE: N_("Your message has a phone number in it. It may not fit."),
    Kind.ADDRESS: N_("Your message has a street address in it. It may not fit."),
    Kind.EMAIL: N_("Your message has an e-mail address in it. It may not fit."),
    Kind.BIRTH_DATE: N_("Your message has a full birth date in it. It may not fit."),
    Kind.LAST_NAME: N_("Your message has a last name in it. It may not fit."),
    Kind.PASSWORD: N_("Your message has a password in it. It may not fit."),
    Kind.PASSWORD_ASKED: N_("Your message asks for a password. It may not fit."),
}
READ: Final = {
    Label.PII_ADDRESS: N_("Your message seems to say where a person lives. It may not fit."),
    Label.PII_BIRTHDATE: N_("Your message seems to have a full birth date in it. It may not fit."),
    Label.PII_PASSWORD: N_("Your message seems to give or ask for a password or a code. It may not fit."),
    Label.PII_SOLICIT: N_(
        "Your message asks somebody for a private fact, such as a phone number or an address. It may not fit."
    ),
}
"""What no place in the words shows, but the whole of them says."""
SHOWN_BY: Final = {
    Label.PII_ADDRESS: (Kind.ADDRESS,),
    Label.PII_BIRTHDATE: (Kind.BIRTH_DATE,),
    Label.PII_PASSWORD: (Kind.PASSWORD, Kind.PASSWORD_ASKED),
    Label.PII_SOLICIT: (),
}
"""Where one of these stands, it says more than the label."""
SEVERAL = N_("Your message has or asks for more than one private fact, such as a name or a number. It may not fit.")
DELETE_IT = N_("Delete your message, or take that part out. It keeps you and your friends safe.")
CHANGE_IT = N_("Delete your message. Then choose a new password.")
IF_GIVEN_CHANGE_IT = N_("Delete your message. If you gave a password away, choose a new one.")
ASK_IN_PERSON = N_("Delete your message. Ask a friend in person, where nobody else can read the answer.")
ASK_A_TEACHER = N_("Delete your message. If a friend can not log in, a teacher can help.")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A student gives out personal data: a phone number, an address, an e-mail address, a birth date, a last name.

    So does a student who gives a password away, or asks others for a password, a number or an address. Only the student
    is told, and nothing is taken away.
    Who was told before and does it again is for a person to look at. What a student writes where only staff and
    guardians read is let be: a student may always ask an adult for help, and passwords may go to teachers and parents.
    Last names are those of the roster's students; one that is an everyday word too, such as Park, counts only where
    its neighbours show that a name is meant. A birthday without its year is fine. An address, a birth date or a
    password that stands in no usual form is found where the words or the models are sure of it; where only the
    district's own words ask for a look, a person looks. Pictures are not looked at yet.
    """

    name: ClassVar[str] = "personal-data"
    clause: ClassVar[Clause] = Clause("Student Guidelines", 2, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = None

    repeated_within_days: Annotated[
        Annotated[int, Ge(0), Le(90)],
        "A student told within so many days before is for a person when it happens again.",
    ] = 30
    last_names_allowed_in: Annotated[
        tuple[str, ...], "Teams and places where last names are fine, for example because team lists stand there."
    ] = ()

    def check(self, message: Message) -> Iterator[Finding]:
        """Find all that was given out or asked for at once; what the district asks a look for is for a person."""
        readings = message.readings
        signs = [sign for sign in readings.signs if _says_more(sign, readings)]
        asked_for = [sign for sign in readings.signs if sign.label in READ and sign.asked_for]
        if not (readings.personal or signs or asked_for) or not message.author.has(Role.STUDENT):
            return
        if message.audience.is_adults_alone:
            return
        spots = [spot for spot in readings.personal if not self._is_allowed(message, spot)]
        if spots or signs:
            yield self._finds(message, spots, signs)
        if asked_for:
            kinds, labels = set[Kind](), [sign.label for sign in asked_for]
            yield Finding(
                self.name,
                self.clause,
                frozenset({Measure.REVIEW}),
                _because(kinds, labels),
                _remedy(kinds, labels),
                words_of(message, *asked_for),
            )

    def _finds(self, message: Message, spots: list[Spot], signs: list[Sign]) -> Finding:
        again = message.was_told(str(self.clause), timedelta(days=self.repeated_within_days))
        measures = {Measure.TELL, Measure.REVIEW} if again else {Measure.TELL}
        kinds, labels = {spot.kind for spot in spots}, [sign.label for sign in signs]
        return Finding(
            self.name,
            self.clause,
            frozenset(measures),
            _because(kinds, labels),
            _remedy(kinds, labels),
            evidence_of(message, spots) + words_of(message, *signs),
            choices=(Choice.DELETE,),
        )

    def _is_allowed(self, message: Message, spot: Spot) -> bool:
        """Say whether team lists are kept in this place."""
        allowed = self.last_names_allowed_in
        team = message.team.id if message.team_place and message.team is not None else ""
        return spot.kind is Kind.LAST_NAME and (message.place in allowed or team in allowed)


def _says_more(sign: Sign, readings: Readings) -> bool:
    """Say whether a label holds that tells of a private fact which stands in no one place."""
    return sign.sure and sign.label in READ and not readings.of(*SHOWN_BY[sign.label])


def _because(kinds: set[Kind], labels: list[Label]) -> Text:
    if len(kinds) + len(labels) > 1:
        return SEVERAL
    return READ[labels[0]] if labels else GIVEN[next(iter(kinds))]


def _remedy(kinds: set[Kind], labels: list[Label]) -> Text:
    if not kinds and labels == [Label.PII_SOLICIT]:
        return ASK_IN_PERSON
    if kinds == {Kind.PASSWORD_ASKED} and not labels:
        return ASK_A_TEACHER
    if Kind.PASSWORD in kinds:
        return CHANGE_IT
    return IF_GIVEN_CHANGE_IT if Label.PII_PASSWORD in labels else DELETE_IT
