"""Judge pages that named another address as their own: believed only if that page is kept and says the same.

Many sites give every page the home page as rel=canonical, or a story's second page its first: what stands there
would be lost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crawler.html.links import BOUNDS, visible
from crawler.html.tree import TooComplex, parse
from pipeline.text.encoding import decode

SHINGLE = 8
CONTAINED = 0.8
"""Share of an alias's shingles that the other page must hold. A print version or a tracked link has above .95; the
second page of a story shares the furniture alone."""
CHARS = 20_000
CHAIN = 5


@dataclass(frozen=True, slots=True)
class Alias:
    url: str
    names: str
    """The address it names as its own."""


def settle(
    aliases: Sequence[Alias],
    kept: Callable[[str], bool],
    sent_on: Callable[[str], str | None],
    text: Callable[[str], str],
) -> set[str]:
    """The addresses that are pages of their own after all.

    `kept(url)`, `sent_on(url)`: the target of a redirect or alias, `text(url)`: what a reader of the page sees.
    """
    own: set[str] = set()
    for alias in sorted(aliases, key=lambda item: item.url):
        target = _end(alias, sent_on, stops=lambda url: kept(url) or url in own)
        if target is None or not _same(text(alias.url), text(target)):
            own.add(alias.url)
    return own


def _end(alias: Alias, sent_on: Callable[[str], str | None], stops: Callable[[str], bool]) -> str | None:
    """Where the named address leads within some steps, if that is a page that `stops`; None if it leads back."""
    target: str | None = alias.names
    for _ in range(CHAIN + 1):
        if target is None or target == alias.url:
            return None
        if stops(target):
            return target
        target = sent_on(target)
    return None


def _same(alias: str, page: str) -> bool:
    parts = _shingles(alias)
    return len(parts & _shingles(page)) >= CONTAINED * len(parts)


def _shingles(text: str) -> set[str]:
    return {text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))}


def seen_text(body: bytes, content_type: str | None) -> str:
    """What a reader of the page sees, without spaces."""
    try:
        root = parse(decode(body, content_type).text, BOUNDS).body
    except TooComplex:
        return ""
    return "".join(visible(root, CHARS).split()) if root is not None else ""
