"""All sites that the hostile server plays."""

from tests.crawler.support.played import Site
from tests.crawler.support.played_links import haoye, tiaozhuan
from tests.crawler.support.played_rules import ditu, jinzhi, robots_sites
from tests.crawler.support.played_traps import migong, xianjing, yiwan
from tests.crawler.support.played_wire import huai, jumo, manman, xianliu


def hostile_sites(trap: int) -> list[Site]:
    """All of them; `trap` is the port of the server that must not see a connection."""
    makers = (haoye, tiaozhuan, migong, xianjing, yiwan, jumo, huai, manman, xianliu, jinzhi, ditu)
    return [*(make(trap) for make in makers), *robots_sites(trap)]
