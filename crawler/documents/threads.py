"""Put the pages of one thread together: each post once, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.extraction.page_contents import Post, ThreadPage


@dataclass(frozen=True, slots=True)
class Thread:
    title: str | None
    posts: tuple[Post, ...]
    """Those with words of their own."""
    aliases: tuple[int, ...]
    """Places in the input of pages that hold the posts of another page and nothing else."""

    @property
    def text(self) -> str:
        return "\n\n".join(post.text for post in self.posts)

    @property
    def created(self) -> str | None:
        return self.posts[0].created if self.posts else None


def merge(pages: Sequence[ThreadPage]) -> Thread:
    """Posts in the order of their floors where all have one, else of pages and places on them."""
    order = sorted(range(len(pages)), key=lambda place: (pages[place].number, place))
    aliases = _aliases(pages, order)
    posts = _in_order([post for place in order if place not in aliases for post in pages[place].posts])
    numbered = [replace(post, floor=post.floor or place) for place, post in enumerate(posts, start=1)]
    title = next((pages[place].title for place in order if pages[place].title), None)
    return Thread(title, tuple(post for post in numbered if post.text), tuple(sorted(aliases)))


def _aliases(pages: Sequence[ThreadPage], order: Sequence[int]) -> frozenset[int]:
    """Pages whose posts are those of an earlier one."""
    seen: set[tuple[str, ...]] = set()
    aliases = []
    for place in order:
        keys = tuple(post.key for post in pages[place].posts)
        if keys in seen:
            aliases.append(place)
        seen.add(keys)
    return frozenset(aliases)


def _in_order(found: Sequence[Post]) -> list[Post]:
    """Each post once.

    The first post, which some forums show above every page, stays where it stood; a reply shown on top of the first
    page goes where it stands again.
    """
    posts: dict[str, Post] = {}
    for post in found:
        if post.key in posts and post.key != next(iter(posts)):
            posts[post.key] = posts.pop(post.key)
        posts.setdefault(post.key, post)
    ordered = list(posts.values())
    if all(post.floor is not None for post in ordered):
        ordered.sort(key=lambda post: post.floor or 0)
    return ordered
