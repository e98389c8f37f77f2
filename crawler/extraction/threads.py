"""Pages of one thread to its posts: each once, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.extraction.page import Post, ThreadPage


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
    posts: dict[str, Post] = {}
    seen: set[tuple[str, ...]] = set()
    aliases = []
    order = sorted(range(len(pages)), key=lambda place: (pages[place].number, place))
    for place in order:
        keys = tuple(post.key for post in pages[place].posts)
        if keys in seen:
            aliases.append(place)
            continue
        seen.add(keys)
        for post in pages[place].posts:
            # The first post, which some show above every page, stays where it stood; a reply shown on top of the
            # first page goes where it stands again.
            if post.key in posts and post.key != next(iter(posts)):
                post = posts.pop(post.key)
            posts.setdefault(post.key, post)
    ordered = list(posts.values())
    if all(post.floor is not None for post in ordered):
        ordered.sort(key=lambda post: post.floor or 0)
    numbered = [replace(post, floor=post.floor or place) for place, post in enumerate(ordered, start=1)]
    title = next((pages[place].title for place in order if pages[place].title), None)
    return Thread(title, tuple(post for post in numbered if post.text), tuple(sorted(aliases)))
