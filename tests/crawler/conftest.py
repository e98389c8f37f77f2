"""Fixtures of the crawl tests."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.builds import built_once
from tests.crawler.support.crawl_run import Crawler
from tests.crawler.support.http_server import Handler, Server
from tests.crawler.support.sample_site import ROOT, crawl_sample


@pytest.fixture
def crawl(tmp_path: Path) -> Crawler:
    """`crawl({"sites": …})` runs the stage with these changes to crawl=sample and gives a `Crawl`."""
    return Crawler(tmp_path / "run")


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """`serve({host: handler})` gives a server that is closed after the test."""
    servers = []

    def start(sites: Mapping[str, Handler]) -> Server:
        servers.append(Server(sites))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def _crawl_twice(folder: Path) -> None:
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("PYTHONPATH", str(ROOT))
        crawl_sample(folder / "first")
        crawl_sample(folder / "second")


@pytest.fixture(scope="session")
def sample_crawls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample site crawled twice."""
    folder = built_once(tmp_path_factory, "sample", _crawl_twice)
    return folder / "first" / "crawl", folder / "second" / "crawl"
