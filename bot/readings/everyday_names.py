"""Last names that mean something else as well: which words of a roster need more than their letters. Data only."""

from typing import Final

from bot.readings.tables import words

EVERYDAY_NAMES: Final = words(
    """
    adams alexander allen alvarado an andrews archer armstrong art austin baker ball bang banks barber barnes bass bay
    beach bean bear beck bell bender bennett benson berry best bird bishop black blood bloom blue bolt bond booker
    boone booth bowman boyd branch brand bridges bright brook brooks brother brown buck bui bull burns bush butcher
    butler byrd camp carpenter carter case cash chambers chance chandler chapman charity chase cherry child chin
    church clark clay cliff close cobb coffee cole cook cooper corn cotton court cox crane creek cross crow curry dale
    daly daniel day dean diamond dick do dollar drake driver duke dunn dyer eagle early east elder english falls field
    farmer fields finch fine fish fisher fleming fletcher flood flowers flynn ford foreman forest foster fountain
    fowler fox francis franklin free freeman french frost gage gale gamble garden gardener gates gay gentry george
    gibbs gold good grace grant graves gray green grey gross grove guest gunn hail hall ham hand hang hardy harley
    harper hart harvest haven hawk hawkins hay hayes head heart heath henry herring hill hills ho holiday holland
    holly hood hook hope horn house howe hung hunt hunter hurst ivory ivy jack james jay jewel jordan joseph joy judge
    justice keen kelly key keys kid kidd kim king kirk knight knots lake lam lamb lance land lane law lawless lawrence
    le leach leaf lee lemon lewis light lin lincoln little lo lock long lord love low lowe loyal lucas lucky luna ly
    ma mai man marks marsh marshall martin mason master masters may mays mcdonald meadows mercer miles mill miller
    mills min mint mitchell monday money monroe moon moore morgan morning moss mouse music nash newman nice
    nightingale noble noon norman north oak oakley olive oliver pace page painter palmer pan park parker parks parsons
    patience paul pearl pena penny pepper perez perry peters phillips pierce pike pine piper place plant platt pond
    pool pope porter post potter potts powers pratt price pride prince proctor pryor rain ramsey ray read reed reese
    reeves rice rich rivera rivers roach robin rock rockwell rose ross rowe rush russell ryan sage salas salt sanders
    sandy sang sar savage sawyer self shade sharp shepherd short silver simon singer singh skinner sky slaughter small
    smith snow so song south spear speed spencer spring springer spurs stable star stark starling steel stephens stern
    stevens stewart stone storm story street strong summer summers sun sung swan sweet swift taft tan tanner taylor
    temple terry thomas thorn tree trout true tu tucker turner tyler valentine van vance viola vo voss vu wade waiter
    walker wall wallace ward warner warren wash washington waters watts way weaver webb weeks welch wells west wheeler
    white wilde will williams wilson winter winters wise wolf wong wood woods word workman works worth wright yang
    york young yu
    """
)
"""Last names that are English words, first names or places as well: alone they say nothing."""
