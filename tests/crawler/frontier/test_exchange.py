"""Workers: every site has one, and all hosts of a site, and all sites of a host, go together."""

from omegaconf import OmegaConf

from crawler.addresses.roles import Role
from crawler.addresses.scope import Scope
from crawler.frontier.entries import Found
from crawler.frontier.exchange import Alone, owners
from crawler.frontier.redis_exchange import decode, encode
from pipeline.contract.drop import DropReason
from pipeline.core.compose import compose_params
from pipeline.core.config import load_section
from pipeline.schema.crawl import CrawlConfig


def scope(sites: dict[str, list[str]]) -> Scope:
    params = OmegaConf.create(OmegaConf.to_yaml(compose_params(["crawl=sample"])))
    values = {name: {"seeds": [f"{allow[0]}/"], "allow": allow} for name, allow in sites.items()}
    OmegaConf.update(params, "crawl.sites", values, merge=False)
    return Scope(load_section(params, "crawl", CrawlConfig))


def test_many_sites_are_spread_over_all_workers_the_same_way_each_time():
    sites = {f"s{n}": [f"http://s{n}.test"] for n in range(100)}
    found = owners(scope(sites), 4)
    assert found == owners(scope(dict(reversed(sites.items()))), 4)
    counts = [list(found.values()).count(worker) for worker in range(4)]
    assert sum(counts) == 100 and min(counts) >= 15


def test_sites_that_share_a_host_have_one_worker():
    sites = {f"s{n}": [f"http://shared.test:{8000 + n}", f"http://own{n}.test"] for n in range(20)}
    assert len(set(owners(scope(sites), 7).values())) == 1


def test_an_address_comes_out_as_it_went_in():
    item = Found("k", "http://b.test/页", "b", Role.PAGE, 3, 1, "http://a.test/", DropReason.TOO_DEEP)
    assert decode(encode(item).encode()) == item
    plain = Found("k", "http://b.test/", "b", Role.PAGE, 0)
    assert decode(encode(plain).encode()) == plain


def test_a_single_worker_keeps_everything():
    item = Found("k", "http://b.test/", "b", Role.PAGE, 0)
    assert Alone().split([item]) == ([item], [])
    assert Alone().over(busy=False) is True and Alone().over(busy=True) is False
