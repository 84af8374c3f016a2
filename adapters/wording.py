"""What people read in forms and under notes, whichever platform draws them."""

from typing import Final

from bot.message import MatterKind
from bot.notice import Notice
from bot.texts import ENGLISH, N_

DISAGREE: Final = N_("I think this is wrong")
SAY_WHY: Final = N_("What is wrong? You can leave this empty.")
SAY_WHAT: Final = N_("What was it? One or two sentences will do.")
SAY_WHOSE: Final = N_("Who made it? If not you, why may you use it?")
WHO_IS_IN_IT: Final = N_("Who is in the picture? Choose everybody, or say that nobody is.")
NOBODY: Final = N_("Nobody is in it")
CHOOSE: Final = N_("Choose who is in it")
WHO: Final = N_("Who is in the picture?")
SOMEBODY_ELSE: Final = N_("If somebody in it is not listed, do not send this: ask the office.")
NONE_CHOSEN: Final = N_("You have chosen nobody. Choose who is in it, or answer that nobody is.")
WHICH_KIND: Final = N_("What kind of matter is it? The office gets a copy.")
WHOSE: Final = N_("If more than one student could read it, choose whose it is.")
CHOOSE_ONE: Final = N_("Choose the student")
PRIVATE: Final = N_("A private matter")
KIND: Final = N_("What kind of matter is it?")
KINDS: Final = {MatterKind.MEDICAL: N_("Medical"), MatterKind.ACADEMIC: N_("Academic")}
MESSAGE: Final = N_("Your message")
CONCERNS: Final = N_("It concerns someone who would be copied")
COPIES_GO_TO: Final = N_("Copies go to: {who}.")
NOBODY_YET: Final = N_("Nobody could get the copy now, so it will not be sent.")
NEITHER: Final = N_("If neither kind fits, write to the team.")
TO_THE_TEAM: Final = N_("A message to the team")
EMERGENCY: Final = N_("An emergency")
TELL: Final = N_("Tell an adult")
WHOM: Final = N_("Whom do you want to tell?")
WHOEVER: Final = N_("Whoever is right")
WHAT: Final = N_("What is it?")
MORE: Final = N_("Say more, if you want to")
NOT_MY_COACH: Final = N_("Leave my coach out of it")
LINK: Final = N_("Link your account")
ADDRESS: Final = N_("Your district mail address")
I_HAVE_IT: Final = N_("I have the code")
CODE: Final = N_("The code from your mail")
REASONS: Final = (
    N_("It made me uncomfortable"),
    N_("It is not respectful"),
    N_("It has private information"),
    N_("Somebody pretends to be someone else"),
    N_("Something else"),
)
ANYBODY: Final = "anybody"
NOT_YOURS: Final = N_("Choose a student of your own teams from the list.")
NOT_YOUR_TEAM: Final = N_("Choose one of your own teams from the list.")
NO_CHANNEL: Final = N_("We know no channel of this team here. Ask the office.")
WE_HAVE_IT: Final = N_("We have it. If something follows from it, you get a note.")
WE_FAILED: Final = N_("This did not work, because of a fault of ours. Try it again, or tell the office.")


def invites_to_disagree(notice: Notice) -> bool:
    """Say whether a note tells its reader to answer with the button that disagrees: then it has that button."""
    return ENGLISH.say(DISAGREE) in notice.disagree
