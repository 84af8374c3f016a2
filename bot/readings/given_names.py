"""Common given names, as a table."""

from typing import Final

from bot.readings.tables import words

GIVEN_NAMES: Final = words(
    """
    aaliyah aaron abby abigail adam addison adrian aiden aisha alana alejandro alex alexa alexis ali alice alicia
    alina allison alyssa amanda amber amelia amir amy ana andrea andrew angel angela anna annie anthony antonio aria
    ariana ashley ashton aubrey ava avery bella ben benjamin beth bianca blake brandon brayden brendan brianna brody
    bryan caleb cameron camila carlos carmen caroline cassie charlie charlotte chloe chris christian christina
    christopher claire cody cole connor daisy damian dan daniel daniela danielle david deja derek devin diego dylan ed
    eddie edward elena eli eliana elijah elizabeth ella ellie emily emma emmanuel eric erica erin ethan eva evan
    evelyn faith fatima felix fiona gabby gabe gabriel gavin gianna hailey hannah hassan hazel henry ian imani isaac
    isabel isabella isaiah ivan jackson jacob jada jake jalen jamal james jamie jared jasmine jason javier jayden
    jenna jennifer jenny jeremiah jeremy jess jesse jessica jesus jimmy joe joel john johnny jonah jonathan jordan
    jorge jose josh joshua josie juan julia julian justin kaitlyn kate katie kayla keith kelsey kenny kevin khalil
    kiara kyle kylie lauren layla leah leila leo leon leslie levi liam lila lily linda lisa logan lola lorenzo lucia
    lucy luis luke lydia mackenzie maddie madison makayla malik manny marco marcus maria mariah mario marissa mary
    mason mateo matt matthew maya megan mei melanie melissa mia micah michael michelle miguel mike mila molly morgan
    naomi natalie nate nathan nathaniel nick nicole noah noelle nora olivia omar oscar owen paige pat patrick paul
    paula peter peyton priya quinn rachel rafael raj rebecca riley rob robert rodrigo ronan rosa ryan sabrina sam
    samantha samuel sara sarah sasha sean sebastian serena shane sierra simone skylar sofia sophia sophie stella steph
    stephanie steve steven sydney talia tara tasha taylor thomas tiffany tim timmy tina toby tom tommy tony trevor
    tyler valeria vanessa veronica victor victoria vincent violet wes wyatt xavier yasmin yusuf zach zachary zara zoe
    zoey
    """
)
"""Given names that are common enough to be one wherever they stand."""
