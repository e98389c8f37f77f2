"""Source files of a forum in, threads out: members, posts and the text that an extractor should give of each post.

A thread file is a head of `key: value` lines and posts, divided by lines `----`. A post is a head, an empty line and
lines, one a paragraph. In the lines: `{smile}` and `{laugh}`, `@name` of a member, `[code]` … `[/code]`, and `[hide]`
for what only those who replied may see. members.tsv holds uid, name, group and signature.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SMILEY = re.compile(r"\s*\{(smile|laugh)\}")
MARKS = ("[code]", "[/code]", "[hide]")
POST_KEYS = {"author", "time", "edited", "quote", "signature", "attach", "blocked", "comment"}


@dataclass(frozen=True)
class Member:
    uid: int
    name: str
    group: str
    signature: str


@dataclass(frozen=True)
class Post:
    pid: int
    floor: int
    author: Member
    time: datetime
    edited: datetime | None
    quote: int | None
    """The floor of an earlier post."""
    head: dict[str, str]
    lines: tuple[str, ...]

    @property
    def blocked(self) -> bool:
        """Its author is banned: the page holds a notice in place of the lines."""
        return "blocked" in self.head

    def text(self, names: "re.Pattern[str]") -> str:
        lines = [SMILEY.sub("", line) for line in self.lines if line not in MARKS]
        return "\n".join(names.sub("@…", line) for line in lines)


@dataclass(frozen=True)
class Thread:
    tid: int
    fid: int
    title: str
    head: dict[str, str]
    posts: tuple[Post, ...]

    def pages(self, size: int) -> list[tuple[Post, ...]]:
        return [self.posts[start : start + size] for start in range(0, len(self.posts), size)]


def at_names(members: dict[str, Member]) -> "re.Pattern[str]":
    """Matches @name of a member, the longest name first."""
    return re.compile("@(" + "|".join(sorted(map(re.escape, members), key=len, reverse=True)) + ")")


def read_members(folder: Path) -> dict[str, Member]:
    rows = [line.split("\t") for line in (folder / "members.tsv").read_text(encoding="utf-8").splitlines()]
    return {name: Member(int(uid), name, group, signature) for uid, name, group, signature in rows}


def read_head(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.strip().split("\n"))


def read_post(text: str, floor: int, tid: int, members: dict[str, Member]) -> Post:
    start, _, body = text.partition("\n\n")
    head = read_head(start)
    if unknown := head.keys() - POST_KEYS:
        raise ValueError(f"floor {floor}: unknown keys {sorted(unknown)}")
    quote = int(head["quote"]) if "quote" in head else None
    if quote is not None and not 0 < quote < floor:
        raise ValueError(f"floor {floor} quotes floor {quote}")
    return Post(
        pid=tid * 100 + floor,
        floor=floor,
        author=members[head["author"]],
        time=datetime.fromisoformat(head["time"]),
        edited=datetime.fromisoformat(head["edited"]) if "edited" in head else None,
        quote=quote,
        head=head,
        lines=tuple(line for line in body.split("\n") if line.strip()),
    )


def read_thread(path: Path, members: dict[str, Member]) -> Thread:
    """ValueError with the file's name if times go back, a floor quotes a later one or a key is unknown."""
    try:
        first, *others = path.read_text(encoding="utf-8").split("\n----\n")
        head = read_head(first)
        tid = int(head["tid"])
        posts = tuple(read_post(text, floor, tid, members) for floor, text in enumerate(others, 1))
        times = [post.time for post in posts]
        if times != sorted(times) or any(post.edited and post.edited < post.time for post in posts):
            raise ValueError("a time before its forerunner")
        return Thread(tid, int(head["fid"]), head["title"], head, posts)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def read_threads(folder: Path, members: dict[str, Member]) -> list[Thread]:
    threads = sorted((read_thread(path, members) for path in folder.glob("*.txt")), key=lambda thread: thread.tid)
    if len({thread.tid for thread in threads}) != len(threads):
        raise ValueError(f"{folder}: a tid stands twice")
    return threads


def expected_row(
    thread: Thread, urls: list[str], names: "re.Pattern[str]", source: str, variant: str
) -> dict[str, object]:
    """The row of expected.jsonl: what the thread's pages should become."""
    shown = "%Y-%m-%dT%H:%M:%S" if "relative" in thread.head else "%Y-%m-%dT%H:%M"
    posts = [
        {"floor": post.floor, "created": f"{post.time:{shown}}", "text": post.text(names)}
        for post in thread.posts
        if not post.blocked
    ]
    return {
        "url": urls[0],
        "source": source,
        "kind": "thread",
        "title": thread.title,
        "created": posts[0]["created"],
        "variant": variant,
        "licence": "CC-BY-SA-4.0",
        "text": "\n\n".join(str(post["text"]) for post in posts),
        "posts": posts,
        "pages": urls,
    }
