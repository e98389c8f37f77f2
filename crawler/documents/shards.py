"""Cut a snapshot's pages into shards: whole threads, in the order of their addresses, of one site each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from crawler.platforms.registry import thread_of
from crawler.warc.format import Capture


@dataclass(frozen=True)
class Shard:
    """Pages that one worker reads."""

    site: str
    number: int
    groups: tuple[tuple[Capture, ...], ...]
    """Pages that may show one thread or one article in parts, or a single page each."""

    @property
    def name(self) -> str:
        return f"{self.site}-{self.number:05d}.parquet"


def cut(captures: Sequence[Capture], shard_pages: int) -> list[Shard]:
    """Shards of about `shard_pages` pages of one site. All pages of a thread are in one shard."""
    placed = sorted(
        ((capture.site, thread_of(capture.platform, capture.url), capture.url, capture) for capture in captures),
        key=lambda item: item[:3],
    )
    shards = []
    for site, of_site in groupby(placed, key=lambda item: item[0]):
        number, pages, groups = 0, 0, list[tuple[Capture, ...]]()
        for _, group in groupby(of_site, key=lambda item: item[1]):
            groups.append(tuple(item[3] for item in group))
            pages += len(groups[-1])
            if pages >= shard_pages:
                shards.append(Shard(site, number, tuple(groups)))
                number, pages, groups = number + 1, 0, []
        if groups:
            shards.append(Shard(site, number, tuple(groups)))
    return shards
