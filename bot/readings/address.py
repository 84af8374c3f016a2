"""Street addresses: a house number, a street and what it is called. Pure.

A parser of addresses is no help in chat: it reads "69 yard run" and "2 way street" as addresses too. What tells them
apart are the words between, so they are looked at here.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.readings.found import Kind, Spot
from bot.readings.tables import one_of, words
from bot.text import Folded

_SURE: Final = (
    "street|str|st|avenue|ave|av|road|rd|lane|ln|blvd|boulevard|terrace|terr|ter|pkwy|parkway|turnpike|tpke|circle"
    "|cir|ct|dr|drive|court|crossing|xing|hwy|highway|aly|alley|causeway|expy|rdwy|mews"
    "|stret|streat|steet|srteet|strt|avn|aven|avenu|aveue|avanue|avenew|raod|lne|lanne|drv|blv|bvld|blvrd|boulevrd|boulavard"
    "|bolevard|crt|cort|crcle|circel|terrance|hiway"
)
"""What a street is called, and how that is shortened and mistyped."""
_UNSURE: Final = (
    "way|place|pl|run|row|path|square|sq|park|trail|trl|loop|hill|pass|view|point|ridge|hollow|glen|grove|green|common"
    "|commons|landing|manor|heights|walk|bend|cove|pike|estates|meadow|meadows|knoll|farm|farms|broadway|plaza"
    "|plc|trace|trce|cv|crescent|cres|gardens|gdns|wy|hts"
)
_STATE: Final = (
    "ma|mass|massachusetts|nh|new hampshire|maine|ri|rhode island|ct|connecticut|vt|vermont|ny|new york|nj|pa|fl|ca"
    "|tx|il|oh|mi|ga|nc|va|md|wa|az|mn|mo|wi|tn"
)
_SPELLED: Final = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_NUMBER: Final = (
    r"(?:[nsew][0-9]{2,3} ?)?[nsew]?[1-9][0-9]{0,4}(?:-[0-9]{1,4})?(?: ?1/2| and a half)?(?:-?[a-h]\b| [b-d]\b)?"
)
"""Numbers of houses: 14, 84-12, 12 1/2, 7b, n412, w180 n8085."""
_NAME: Final = r"[a-z0-9][a-z0-9'.-]*"

_MARK: Final = r"(?:number|no\.?|#|nr\.?|(?:and )?(?:the |our )?(?:house )?number (?:is|'s))"
_NUMBER_LATER: Final = (
    rf"\b(?:live|lives|living|house|home|address|addy|stay|stays|staying|moved|my street) [^.!?\n]{{0,16}}?"
    rf"\b{_NAME} (?:{_SURE})\b,? *{_MARK}? *#?{_NUMBER}"
)

_LIKE_A_STREET: Final = (
    "(?:acacia|alder|amber|arbor|ash|aspen|azalea|balsam|bayberry|beech|birch|bluebird|bluebell|bramble|briar|buckeye"
    "|canterbury|cedar|cherry|chestnut|clover|cottonwood|cypress|daffodil|dogwood|egret|elder|elm|evergreen|fern|fir"
    "|finch|garnet|hawthorne?|hazel|heather|hemlock|heron|hickory|holly|honeysuckle|ivy|jasmine|juniper|kestrel|larch"
    "|larkspur|laurel|lilac|linden|locust|magnolia|main|mallard|maple|marigold|meadowlark|mimosa|mockingbird|mulberry"
    "|myrtle|oak|olive|orchard|osprey|palm|palmetto|partridge|pear|pecan|pelican|peregrine|pheasant|pine|plum|plover"
    "|poplar|primrose|quail|quarry|redbud|sagebrush|sandpiper|sequoia|sorrel|sparrow|spruce|starling|sumac|swallow"
    "|sycamore|tamarack|tanager|teal|thistle|thrush|tulip|walnut|whippoorwill|willow|wisteria|wren|yarrow|yew"
    "|[a-z]{2,10}(?:wood|crest|field|view|ridge|dale|brook|shore|hurst|mont|haven|lawn|croft|moor|mere|wick|worth|side"
    "|vale|bluff|creek|glen|cliff|meadow|thorn|berry|tree|land|stone)"
    "|(?:oak|pine|elm|maple|cedar|birch|lake|river|forest|fox|deer|mill|spring|rock|stone|sand|silver|green|white|black"
    "|sun|sunny|pleasant|briar|willow|fair|high|long|cherry|walnut) ?"
    "(?:hill|run|hollow|glen|grove|ridge|view|brook|creek|crest|side|shore|bend|knoll|mont|leaf|stone))"
)
"""Words that streets are named after, for those who leave out what the street is called: "we're at 516 pinecrest"."""
_SIDE: Final = r"(?:(?:[nsew]|[ns][ew]|north|south|east|west|old|upper|lower)\.? +)?"
_BARE: Final = (
    rf"{_NUMBER} +(?:{_SIDE}{_LIKE_A_STREET}|(?:[nsew]|[ns][ew]|north|south|east|west)\.? +[0-9]{{1,3}}(?:st|nd|rd|th))"
)
_AT_OURS: Final = (
    r"\b(?:(?:im|i'm|were|we're|we are|we r|i am|mine|mine is|mine's|my|our|(?:mom|dad|gma|grandma)'?s)(?: new| own)?"
    r"(?: home| house| place| crib| apt| spot| addy)?(?: is|'s)?|crib|home|come thru|pull up|slide)"
    r"(?: over)?(?: at| to| @|[:,.!]{1,2})? +"
)
_STAYING: Final = (
    r"\b(?:lives?|living|stays?|staying|sleeps|sleeping|crashing|babysits?|babysitting) "
    r"(?:(?:over|here|there|rn|now|still|back|alone|together|weekends?|summers?|mostly) )?"
    r"(?:(?:with|w|w/) (?:[a-z']+ )?(?:mom|mum|mother|dad|father|parents?|family|folks|g?ma|gpa|nana|abuel[ao]"
    r"|ti[ao]|grand(?:ma|pa|parents|mother|father)|aunt(?:ie|y)?|uncle|cousins?|sister|brother|sis|bro|step(?:dad|mom)"
    r"|friends?|foster (?:mom|dad|parents|family))(?: (?:rn|now))? )?(?:over )?at +"
)
"""Whoever stays "for", "on", "late" or "after" stays at school, until the hour that follows."""
_DOORED: Final = (
    # Ending in anything but "s" (here and below): what is counted is a plural, and a street without its suffix is not.
    rf"(?:^|[.!?\n,:;(]) *[1-9][0-9]{{1,4}}[a-h]? +{_SIDE}[a-z][a-z'-]{{2,20}}[a-rt-z],? +(?:the )?"
    r"(?:[a-z]+ (?:house|door)"
    r"|buzz|ring|knock|honk|basement|upstairs|gate code|duplex)\b"
)
_STREET_FIRST: Final = (
    rf"\b(?:{_NAME} +(?:{_SURE}),? *{_MARK} *#?{_NUMBER}|{_LIKE_A_STREET},? *{_MARK} *#?{_NUMBER}"
    rf"|(?:street|avenue|road|lane|calle|rua|rue)(?: of| called| named| is| de| da)? +{_NAME},? *{_MARK} *#?{_NUMBER}"
    rf"|{_NAME} +(?:{_SURE}),? *{_NUMBER}(?: *$|[,.!?;\n]))"
)
_LINES: Final = (
    rf"(?:^|\n) *{_NUMBER},? *\n *(?:{_NAME} +){{1,3}}(?:{_SURE})\b|\b(?:street|str|calle)(?: name)? *[:=] *{_NAME}"
    rf"(?: +{_NAME}){{0,2}}[ ,;\n]+(?:house )?(?:number|num|no|nr|numero)\b\.? *[:=]? *#?{_NUMBER}"
    rf"|\bhouse (?:number|num|no|nr|#)\b\.?(?: is)? *[:=]? *#?{_NUMBER}[ ,;\n]+(?:and )?(?:the |my )?(?:street|on)\b"
    rf"(?: name)?(?: is)? *[:=]? *{_NAME}"
)
"""An address over two lines, or given as a form is filled in."""

PATTERN: Final = (
    rf"{_BARE}\b|(?:{_AT_OURS}|{_STAYING}){_NUMBER} +{_NAME}|{_DOORED}|{_STREET_FIRST}|{_LINES}|"
    rf"\b(?:{_NUMBER}|{_SPELLED}),? +(?:{_NAME} +){{1,5}}(?:{_SURE}|{_UNSURE})\b"
    rf"|\b{_NUMBER} +(?:the )?(?:broadway|fenway)\b"
    rf"|\b{_NUMBER} +(?:old )?(?:us|rt|rte|route|state route|highway|hwy)[ -]?[0-9]{{1,3}}[a-z]?\b"
    r"|\bp\.? ?o\.? ?box +[0-9]+"
    rf"|\b{_NUMBER} +(?:{_NAME} +){{0,3}}{_NAME}, *[a-z .]{{3,24}},? +(?:{_STATE})\b"
    rf"|\b(?:calle|avenida|avda|rua|carrera) +(?:{_NAME} +){{1,4}}(?:#|no\.?|n\.?|numero)? ?[0-9]{{1,5}}\b"
    rf"|\b(?:live|lives|living|stay|staying|vivo|moro|moved|address|addy|house|come) +(?:is|at|on|en|na|to|over|:"
    rf"|at:|is:"
    rf"|,|=)* *(?:at +)?{_NUMBER} +{_NAME}"
    rf"|\b(?:address|addy|direccion|endereco)(?: is)?:? *{_NUMBER} +{_NAME}|{_NUMBER_LATER}"
)
"""For RE2: whatever could be an address. The words decide."""

_ADDRESS: Final = re.compile(
    rf"(?P<number>\b(?:{_NUMBER}|(?:{_SPELLED})(?:[ -](?:{_SPELLED})){{0,2}})),? +"
    rf"(?P<names>(?:{_NAME} +){{0,4}}?{_NAME}) +(?P<suffix>{_SURE}|{_UNSURE})\b\.?"
    r"(?P<unit>,? *(?:apt|apartment|unit|suite|ste|floor|fl|#)\.? *#?[a-z0-9-]{1,5}\b)?"
    rf"(?P<city>,? +(?:in +)?[a-z][a-z. ]{{2,24}}?,? +(?:{_STATE})\b\.?)?(?P<zip>,? *[0-9]{{5}}(?:-[0-9]{{4}})?\b)?"
)
_PLAIN: Final = re.compile(
    rf"\bp\.? ?o\.? ?box +[0-9]+|\b{_NUMBER} +(?:the )?(?:broadway|fenway)\b"
    rf"|\b{_NUMBER} +(?:old )?(?:us|rt|rte|route|state route|highway|hwy)[ -]?[0-9]{{1,3}}[a-z]?\b"
    r"|\b(?:calle|avenida|avda|rua|carrera) +(?:[a-z'.-]+ +){1,4}(?:#|no\.?|n\.?|numero)? ?[0-9]{1,5}\b"
)
_WITH_CITY: Final = re.compile(
    rf"\b{_NUMBER} +(?P<names>(?:{_NAME} +){{0,3}}?{_NAME}), *[a-z .]{{3,24}},? +(?:{_STATE})\b(?: +[0-9]{{5}})?"
)
_AT_HOME: Final = re.compile(
    r"\b(?:(?:my|our|his|her|their|home|the|s) (?:home |house )?(?:address|addy|house)|address|addy|direccion|endereco"
    r"|i live|we live|lives|i'm living|vivo|moro|we moved|i moved|i'm staying)"
    rf"\W*(?:(?:is|at|on|en|na|no|to|over|es|e)\W+){{0,3}}(?P<spot>{_NUMBER} +(?P<names>{_NAME}))"
)
_LATER: Final = re.compile(
    rf"\b(?:live|lives|living|house|home|address|addy|stay|stays|staying|moved|my street)\b[^.!?\n0-9]{{0,16}}? "
    rf"(?P<spot>(?P<names>[a-z][a-z'-]*) (?:{_SURE})\b,? *"
    rf"(?:{_MARK} *#?{_NUMBER}(?![0-9a-z:/%])|{_NUMBER}(?= *(?:$|[,.!?;\n]))))"
)
"""A street whose number stands behind it, where somebody speaks of a home."""
_ENDS: Final = (
    r"(?= *(?:$|[,.;!?\n()<]|- |(?:and|ask|its|it's|is\b(?! [0-9])|thats|that's|come|with|w|the|right|last|next|near|by"
    r"|past|off|at|after|before|around|if|cuz|bc|lol|btw|pls|plz|knock|ring|buzz|this|rn|now|tonight|today|til|until"
    r"|[0-9]{1,2}(?::[0-9]{2})? ?(?:am|pm))\b))"
)
_BARE_UNIT: Final = r"(?P<unit>,? *(?:(?:apt|apartment|unit|#)\.? *#?[a-z0-9-]{1,5}))?"
_BARE_STREET: Final = re.compile(rf"(?<![$#.:/0-9a-z-])(?P<spot>(?:{_BARE}){_BARE_UNIT}){_ENDS}")
"""A number and a word that streets are named after, with nothing that says it is a street."""
_OURS: Final = re.compile(
    rf"(?:(?P<ours>{_AT_OURS})|{_STAYING})"
    rf"(?P<spot>{_NUMBER} +{_SIDE}(?P<names>[a-z][a-z'-]{{2,24}}[a-rt-z])){_BARE_UNIT}{_ENDS}"
)
"""The same with any other word, where somebody says "we're at"."""
_BEFORE_A_DOOR: Final = re.compile(
    rf"(?:^|[.!?\n,:;(]) *(?P<spot>[1-9][0-9]{{1,4}}[a-h]? +{_SIDE}"
    rf"(?P<names>[a-z][a-z'-]{{2,20}}[a-rt-z])),? +(?:the )?"
)
"""The same, where a door stands right behind it: "62 wexford, knock twice"."""
_NAMED_FIRST: Final = re.compile(
    rf"\b(?P<spot>(?:(?P<names>[a-z][a-z'-]{{0,24}}) (?:{_SURE})|{_LIKE_A_STREET}),? *{_MARK} *#?{_NUMBER})"
    r"(?![0-9a-z:/%])"
    rf"|\b(?P<plain>(?P<name>[a-z][a-z'-]{{0,24}}) (?:{_SURE}),? *{_NUMBER}(?= *(?:$|[,.!?;\n])))"
    rf"|\b(?P<called>(?:street|avenue|road|lane|calle|rua|rue)(?: of| called| named| is| de| da)? +{_NAME},? *{_MARK}"
    rf" *#?{_NUMBER})(?![0-9a-z:/%])"
)
_OVER_LINES: Final = re.compile(
    rf"(?:^|\n) *(?P<spot>[1-9][0-9]{{1,4}}[a-h]?,? *\n *(?P<names>(?:{_NAME} +){{1,3}})(?:{_SURE})\b)"
    rf"|\b(?P<form>(?:street|str|calle)(?: name)? *[:=] *{_NAME}(?: +{_NAME}){{0,2}}[ ,;\n]+(?:house )?"
    rf"(?:number|num|no|nr|numero)\b\.? *[:=]? *#?{_NUMBER}"
    rf"|house (?:number|num|no|nr|#)\b\.?(?: is)? *[:=]? *#?{_NUMBER}[ ,;\n]+(?:and )?(?:the |my )?(?:street|on)\b"
    rf"(?: name)?(?: is)? *[:=]? *{_NAME})"
)
_CUE: Final = re.compile(
    r"\b"
    + one_of(
        """
        live, lives, living, address, addy, house, home, come over, come to, pick (?:me|us|him|her) up,
        drop (?:me|us|it|him|her), ship, mail, send, stay, staying, located, moved, my place, party, sleepover,
        meet (?:me |us )?at, vivo, moro, casa, direccion, over at, it'?s at, i'?m at, gps, uber, crib, come thru,
        pull up, swing by, mine, we'?re at
        """
    )
    + r"\b"
)
_HOME: Final = re.compile(
    r"\b"
    + one_of(
        """
        live(?! stream), lives, living(?! history), house(?! (?:rule|plant|colou?r|mate|has|of cards)),
        home(?! (?:game|meet|match|opener|team|side|run|field|court)),
        (?:my|our|his|her|their) (?:addy|address|place|spot|crib|street), casa, crib, come over, come thru, pull up,
        swing by, slide (?:to|thru), stay(?:s|ing)?(?! (?:after|late|for|on)\b), sleepover, moved, apts?,
        apartments?, bldg, building, condo, duplex, carpool, (?:pick|get|grab|drop) (?:me|us),
        we(?:'?re| r| are) over, i'?m (?:over|home), movie night,
        babysit(?:ting)?, at mine, byo[a-z]?, bonfire, cookout, vivo, moro, after ?party, kickback,
        (?:drive|ride|take) (?:me|us|home), drop [a-z]+ (?:off )?at,
        drop (?:it|them|(?:the|my|her|his) [a-z]+)(?: off)?,
        (?:mom|dad|aunt|uncle|grandma|gma|grandpa|cousin|nana|abuela)'?s, uber, door ?dash, garage sale, yard sale
        """
    )
    + r"\b"
)
_DOOR: Final = re.compile(
    r"[ ,.:;!(]{0,4}(?:-+ )?(?:\n *)?(?:the |its the |it's the |and |so |just |on the )?"
    r"(?:(?:(?:red|blue|gr[ae]y|green|white|yellow|brown|brick|pink|tan|black|corner|last|first|second|third"
    r"|[0-9](?:st|nd|rd|th)) (?:house|door|bell|duplex)|(?:basement|side|back|front|screen|garage) door)"
    r"(?= *(?:$|[,.!?;\n()]|(?:with|w|on|next|by|near|behind|in|at|and|is|across|after|past|before|its|it's)\b))"
    r"|(?P<floor>(?:[0-9](?:st|nd|rd|th)|first|second|third|top) floor\b)|door ?bell\b"
    r"|ring (?:the (?:door ?)?bell|twice|it|bell)\b"
    r"|(?:knock|honk)(?= *(?:$|[,.!?;\n)]|(?:loud|hard|there|twice|first|when (?:you|u)(?:'?re| r| are| get)|pls|plz)\b"
    r"|on the))|buzz [0-9]|buzz (?:me|us)\b|gate code\b|duplex\b|porch\b|drive ?way\b|townhouse\b|(?:up|down)stairs\b"
    r"|let yourself in\b|under the mat\b|basement\b|that'?s (?:my|our|where|the) (?:house|home|place|crib|i|we)\b"
    r"|(?P<us>(?:that'?s|is) (?:us|me|mine|ours)(?= *(?:$|[,.!?;\n)])))"
    r"|(?:is )?(?:my|our) (?:house|home|place|crib|bldg|building|apt)\b|where (?:i|we) (?:live|sleep|stay)\b|mi casa\b"
    r"|come (?:in|around|thru|through) the\b)"
)
"""What is said, right behind a street, of a house one is asked to come to. "Knock on wood" is none of it."""
_WHOSE: Final = re.compile(
    r"\b(?:(?:my|our|his|her|their|[a-z]+'s) (?:house|home|place|crib|apt|addy|address|building|bldg)"
    r"|(?:i|we|he|she|they) lives?|i'?m (?:staying|living))(?:'s|[ ,:.]+(?:is|at|on|over))*[ ,:.]+$"
)
"""Whose house it is, said right before an address."""
_HOUSE_BEFORE: Final = re.compile(
    r"\b(?:house|home|place|crib|apt|addy|address|building|bldg|lives?|living)"
    r"(?:'s|[ ,:.]+(?:is|at|on|in|over))*[ ,:.]+$"
)
"""A word for a home right before a street that goes without its suffix."""
_LINKED: Final = re.compile(
    r"(?:'s|[ ,.:;!]+(?:is|at|on|to|in|from|near|now|rn|over|here|off|up|the|its|it's|we're|i'm|im|me|us))*[ ,.:;!\n]+"
)
"""What may stand between such a word and a small number: "at home i did 20 cherry" is none."""
_GIRLS: Final = re.compile(r"\b(?:holly|ivy|heather|hazel|olive|jasmine|juniper|laurel|amber)\b")
"""Streets that are called like people: "holly #22" plays volleyball."""
_A_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}\b")
"""Numbers that tell a year more often than a house, where no street is called one: "my 2012 corolla"."""
_A_CLOCK: Final = re.compile(r"(?:0?[1-9]|1[0-2])[0-5][0-9]\b")
"""Numbers that can tell an hour: "at 245 monday"."""
_TALLIED: Final = re.compile(
    r"\b(?:score|final|finals|halftime|quarter|lunch|breakfast|dinner|snacks?|servings?|rooms?|check ?in|schedule"
    r"|vs|versus|against|beat|beats|lost to|won|table|lab|tree|survey|booth|bus|locker|seat|team|class|game|match"
    r"|(?:track|swim|away|home|the|our) meet)\b[^\n]{0,20}$"
)
"""Words before a number that make it a score, a portion or a room."""
_PRACTICE: Final = re.compile(
    r"\b(?:examples?|samples?|worksheets?|workbook|textbook|exercises?|homework|hw|quiz|vocab|fill in"
    r"|(?:english|spanish) unit)\b"
)
"""What makes a form one of a lesson."""
_VENUE: Final = re.compile(
    r"\b"
    + one_of(
        """
        hs, high school, middle school, academy, university, college, playhouse, auditions?, tryouts?, stadium,
        away (?:meet|game|match), game (?:is )?at, games at, invitational, regionals, banquet, gala, recital, concert,
        fundraisers?, boosters?, car ?wash, bake sale, blood drive, food drive, inn, diner, cafe, bakery, chapel,
        temple,
        (?:art|dance|yoga|photo|music) studio, auditorium, mosque, synagogue, fairgrounds?, headquarters, salon,
        dentist,
        barber ?shop, orthodontist, mall, arcade, works? at, working at, library, playground, shelter, courthouse,
        city hall, town hall, bus route, ymca, the y, parish, boathouse, regatta, spectators, canned goods
        """
    )
    + r"\b"
)
"""Words beside an address that make it a place of business or of play."""
_NAMED_FOR_A_VENUE: Final = re.compile(r" (?:stadium|airport|arena|campus|fairgrounds?)\b")
_SOMEBODYS: Final = re.compile(
    r"\b(?:my|our|his|her|their|ur|your)(?: [a-z']+)? (?:house|home|place|crib|addy|address|porch|driveway|apartment"
    r"|apt|basement|backyard|garage|residence)\b|\b[a-z]+'?s (?:house|place|crib|home)\b"
    r"|\b(?:i|we) (?:live|stay|moved)\b"
    r"|\blives\b|\bthat'?s (?:us|me|my|where)\b|\bat mine\b"
)
_NOT_A_STREET: Final = words(
    """
    a about across against all along am an and any are around as at away be because been before behind block blocks
    both boys bucks bus buses but by can car cars chapters coaches court-side day days different dollar dollars
    doors down each error errors every extra feet foot for from ft game games get girls go goal goals goes going got
    guys he her his hit hits home hour hours houses how hr hrs i i'm if im in inch inches into is it it's its
    juniors just k keep kid kids km lane lanes lap laps last left less loss losses man me men meter meters metre
    mile miles min mins minus minute minutes month months more my near need needs new next no not of off on only
    onto or other our out over page pages parents past pct people per percent person player players plus pm pm's
    point points problems pt pts questions rbi rbis rep reps run runs seats sec second seconds secs seniors set sets
    she should so some star stars step steps straight student students take taken takes than that the their then
    there these they things this those through tickets time times to took toward until up us vans versus vs was way
    ways we week weeks went were what when where which who why will win wins with women would yard yards yd yds year
    years you your
    """
)
"""Words that stand between a number and a street only in other talk: "5 minutes down the road"."""
_WELL_KNOWN: Final = re.compile(
    one_of(
        """
        2[12] jump st, 221 ?b? baker, 123 sesame, 42 wallaby, 4 privet, 10 cloverfield, 12 grimmauld, 77 sunset strip,
        1313 mockingbird, 742 evergreen, 10 downing, 1600 pennsylvania, 34th st, 42nd st, 1428 elm, 124 conch, 8 mile,
        4 yawkey, 1 patriot pl
        """
    )
)
"""Addresses of films, books and sights."""

_COUNTABLE: Final = words(
    """
    absent again ahead already away band bench bpm cal call calories center chapter class correct credit credits defense
    deep degree dollar done early episode event fever final free freshman game goalie grade guard half heat here hundred
    inning jersey junior kg late lbs level likes locker match meet mill million minimum missed new number offense
    online overall page paper percent period pick piece player point practice question quiz ranked rank room row score
    seat senior seed set short shot sophomore squad start stop strong table team text third thousand tie tied total
    track unread varsity version view volume vote winner work wrong zip
    """
) | words("midfield infield outfield hollywood plywood hardwood softwood island england afford interview review")
"""What stands behind a number or a player and is no street."""

_WHEN: Final = words(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thur thurs fri sat sun today tomorrow tmrw
    tmr tonight tonite morning afternoon evening noon sharp please pls plz downtown uptown dismissal weekend weekdays
    """
)
"""What stands behind an hour."""
_SCHOOL: Final = words(
    """
    algebra art band biology bio breakfast brunch calculus calc ceramics chem chemistry chorus civics computer debate
    dinner drama econ economics english french geo geography geometry german gym health history homeroom journalism
    latin library literature lunch math maths meal music orchestra photography physics pizza reading robotics science
    snack spanish statistics stats studies supper theater theatre trig veggie vegan writing banquet homecoming prom
    split deadlift bench squat sat act
    """
)
"""Subjects, meals and feats that stand behind a number of a room, of servings or of pounds."""
_NO_STREET: Final = _COUNTABLE | _WHEN | _SCHOOL

_STREET_NAME: Final = re.compile(_LIKE_A_STREET)
_DOUBTFUL: Final = words("drive court circle lane crossing terrace highway alley") | frozenset(_UNSURE.split("|"))
"""What a street can be called that means something else as often."""

_SPORT: Final = words(
    """
    amusement base basketball bike blood bonus book bowl break bus car center charity clothing coat cool country cross
    disk district dog easy express fast flash food free full fun fund gym half hard hole home line long national open
    parking pass passing play pledge point practice quick recovery running scoring shooting short skate ski slow
    squash state supreme swim tempo tennis test theme throw tip touchdown toy track traffic trail trailer training
    truck turf volleyball warm water
    """
)
"""Words that make a drive, a run or a court a matter of sport: a scoring drive, a tempo run."""

_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_FOLLOWED_BY: Final = re.compile(
    r" *-?"
    + one_of(
        """
        field, school, elementary, middle school, exit, games?, trips?, signs?, lights?, drills?, shoes, team, bridge,
        race, relay, order, fair, band, dance, ball, hockey, smarts, test, kill, play, rage, runner, clothes, cred,
        map, rules, times?, wins?
        """
    )
    + r"\b"
)
"""What makes a street a part of something else: road games, Main Street field."""

_LISTED: Final = re.compile(
    r"\b(?:table|lab|row|aisle|section|seat|locker|bus|team|heat|group|grp|booth|period"
    r"|route|site|cabin|platform|gate|bib|jersey)s? +$"
)
_COUNTED: Final = re.compile(
    r"(?:\b(?:exit|lane|page|pg|chapter|room|number|#|\$|under|(?<!come )over|top|score|won|lost|by)\W*|[$#.:/-])$"
)
_LIVES_THERE: Final = re.compile(
    r"\W*(?:is |'?s )?(?:where|my|our) (?:i|we|he|she|they|house|home|place|address|addy)\b"
)
_POINTED: Final = re.compile(r"\b(?:at|to|is|home)\b|[@:.]")
_NEAR: Final = 40
_BESIDE: Final = 48
"""How far around an address the words are looked at that say whose it is."""


def find_addresses(folded: Folded) -> Iterator[Spot]:
    """Find the addresses of a folded text that `PATTERN` matches, in order."""
    text = folded.text
    found = [*_streets(folded), *(match.span() for match in _PLAIN.finditer(text))]
    found += [match.span() for match in _WITH_CITY.finditer(text) if _is_street(match["names"])]
    found += [match.span("spot") for match in _AT_HOME.finditer(text) if _can_be_home(match)]
    found += [match.span("spot") for match in _LATER.finditer(text) if _is_street(match["names"])]
    found += [*_without_suffix(text), *_street_first(text), *_over_lines(text)]
    done = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= done and not _WELL_KNOWN.match(text, start) and not _is_a_venue(text, start, end):
            begins, ends = folded.span(start, end)
            yield Spot(Kind.ADDRESS, begins, ends, folded.raw[begins:ends], text[start:end])
            done = end


def _streets(folded: Folded) -> Iterator[tuple[int, int]]:
    text, place = folded.text, 0
    while match := _ADDRESS.search(text, place):
        if _is_address(folded, match):
            yield match.span()
            place = match.end()
        else:
            place = match.end("number")


def _without_suffix(text: str) -> Iterator[tuple[int, int]]:
    """Find "516 pinecrest", where the words around it say that somebody is at home there."""
    for match in _BARE_STREET.finditer(text):
        start, end = match.span("spot")
        at_home = match["unit"] or _is_at_home(text, start, end)
        is_listed = any(each.search(text, max(0, start - _NEAR), start) for each in (_LISTED, _TALLIED))
        if at_home and not is_listed and _is_large(match["spot"], 2) and _can_be_a_street(match["spot"]):
            yield start, end
    for match in _OURS.finditer(text):
        start, end = match.span("spot")
        ours = match["ours"]
        at_home = ours is None or (_POINTED.search(ours) and (match["unit"] or _DOOR.match(text, end)))
        is_hour = _A_CLOCK.match(text, start) or _A_YEAR.match(text, start)
        is_age = ours is None and text[start] == "1" and not text[start + 2].isdigit()
        if at_home and not is_hour and not is_age and _is_large(match["spot"], 2) and _can_be_a_street(match["names"]):
            yield start, end
    for match in _BEFORE_A_DOOR.finditer(text):
        start, end = match.span("spot")
        is_counted = _A_YEAR.match(text, start) or _TALLIED.search(text, max(0, start - _NEAR), start)
        door = _DOOR.match(text, end)
        is_door = door and not door["floor"] and not door["us"] and not _GIRLS.search(text, start, end)
        if is_door and not is_counted and _can_be_a_street(match["names"]):
            yield start, end


def _is_large(spot: str, digits: int) -> bool:
    """Say whether a house number has so many digits: the small numbers of a chat count something else."""
    return spot[:digits].isdigit()


def _can_be_a_street(names: str) -> bool:
    """Say whether words can name a street by themselves: "45 percent" and "16 midfield" name none."""
    return _is_street(names) and _NO_STREET.isdisjoint(names.split())


def _can_be_home(match: re.Match[str]) -> bool:
    """Say whether what somebody is said to live at can be a house: "we live at 730 tonight" is a show."""
    spot, names = match["spot"], match["names"]
    if names in _WHEN or spot.startswith("911 ") or _A_YEAR.match(spot):
        return False
    return _is_street(names) and not (match[0].startswith("we live") and _A_CLOCK.match(spot))


def _street_first(text: str) -> Iterator[tuple[int, int]]:
    """Find "Birchwood Dr, number 88", where the words around it say that somebody is at home there."""
    for match in _NAMED_FIRST.finditer(text):
        start, end = match.span()
        name = match["names"] or match["name"]
        if match["plain"]:
            at_home = bool(_DOOR.match(text, end)) and text[end - 2 : end].isdigit()
        elif name or match["called"]:
            before = _HOME.search(text, max(0, start - _NEAR), start)
            at_home = bool(before or _DOOR.match(text, end))
        else:
            before = _HOUSE_BEFORE.search(text, max(0, start - _NEAR), start)
            at_home = not _GIRLS.match(text, start) and bool(before or _DOOR.match(text, end))
        if at_home and _is_street(name or "any-name") and (name not in _SPORT):
            yield start, end


def _over_lines(text: str) -> Iterator[tuple[int, int]]:
    """Find a number with its street on the next line, and a form: "street: maple, number: 12"."""
    for match in _OVER_LINES.finditer(text):
        start, end = match.span()
        if match["form"]:
            if not _PRACTICE.search(text, max(0, start - 2 * _NEAR), end + 2 * _NEAR):
                yield match.span("form")
        elif _is_street(match["names"]):
            yield match.span("spot")


def _is_at_home(text: str, start: int, end: int) -> bool:
    """Say whether the words before a bare number and street speak of a home, or those right behind of its door."""
    if _A_YEAR.match(text, start):
        return False
    is_large = _is_large(text[start:end], 3)
    door = _DOOR.match(text, end)
    is_door = door is not None and (is_large or not door["us"])
    if _GIRLS.search(text, start, end):
        return _WHOSE.search(text, max(0, start - _NEAR), start) is not None or (is_large and is_door)
    if is_door:
        return True
    cues = _HOME.finditer(text, max(0, start - _NEAR), start)
    return any(is_large or _LINKED.fullmatch(text, cue.end(), start) for cue in cues)


def _is_a_venue(text: str, start: int, end: int) -> bool:
    """Say whether the words around make an address a place of play or business, and nobody's home."""
    around = f"{text[max(0, start - _BESIDE) : start]} \n {text[end : end + _NEAR]}"
    if not _NAMED_FOR_A_VENUE.search(text, start, end) and not _VENUE.search(around):
        return False
    return _SOMEBODYS.search(around) is None


def _is_named_like_one(match: re.Match[str]) -> bool:
    """Say whether the word before "lane" or "court" is one that streets are named after."""
    return _STREET_NAME.fullmatch(match["names"].strip()) is not None


def _is_address(folded: Folded, match: re.Match[str]) -> bool:
    text = folded.text
    if not _is_street(match["names"]) or _COUNTED.search(text, max(0, match.start() - 12), match.start()):
        return False
    located = bool(match["unit"] or match["city"] or match["zip"])
    if not located and _FOLLOWED_BY.match(text, match.end("suffix")):
        return False
    cued = located or _is_cued(text, match)
    if not any(map(str.isdigit, match["number"])):
        return cued
    if match["suffix"] in _DOUBTFUL:
        surely = cued or _is_the_whole(text, match) or _is_written_large(folded, match) or _is_named_like_one(match)
        return surely and match["names"].partition(" ")[0] not in _SPORT
    return True


def _is_cued(text: str, match: re.Match[str]) -> bool:
    """Say whether the words before or after speak of a home."""
    before = _CUE.search(text, max(0, match.start() - _NEAR), match.start())
    behind = _LIVES_THERE.match(text, match.end()) or _DOOR.match(text, match.end())
    return before is not None or behind is not None


def _is_written_large(folded: Folded, match: re.Match[str]) -> bool:
    """Say whether every word of the street was typed with a capital, as names are."""
    begins, ends = folded.span(match.start("names"), match.end("suffix"))
    parts = folded.raw[begins:ends].split()
    return all(part[0].isupper() or part[0].isdigit() for part in parts) and not folded.raw.isupper()


def _is_the_whole(text: str, match: re.Match[str]) -> bool:
    """Say whether the whole text is nothing but the address."""
    return len(text) - (match.end() - match.start()) <= 4


def _is_street(names: str) -> bool:
    """Say whether words can name a street: "69 yard run" and "5 minutes down the road" name none."""
    parts = names.split()
    if any(part.strip(".'-") in _NOT_A_STREET for part in parts):
        return False
    return any(part[0].isalpha() or _ORDINAL.fullmatch(part) for part in parts)
