"""Discuz! X2.5 to X3.5: boards, threads and their pages, portal articles and blogs, each once.

A thread page has many addresses: forum.php?mod=viewthread&tid=12&page=2 with extra, highlight and more; where a site
rewrites them also thread-12-2-1.html, whose last number is only the board's page to go back to. All share a key; the
form that the site's own pages use is the one that is asked for, and the plain one where that is not there. Lists that
show the same threads once more (collections, tags, orders, filters) are left out, and so is all that is a member's.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.addresses.urls import origin
from crawler.platforms.address_parts import number, page_of, query_of, skip
from crawler.platforms.platform import Address, Traits

_THREAD = re.compile(r"/thread-([0-9]{1,9})-([0-9]{1,9})-[0-9]+\.html$")
_BOARD = re.compile(r"/forum-([0-9a-z_]+)-([0-9]{1,9})\.html$", re.I)
_PLAIN = re.compile(r"mod=(?:viewthread|forumdisplay)\b")
_SEVERAL = 3
_OTHER = re.compile(r"/(article|blog|group)-([0-9]{1,9})-([0-9]{1,9})\.html$")
_FUNCTIONS = re.compile(
    r"/(?:member|misc|search|plugin|connect|admin|uc_server|api|userapp|cp|space|home|space-\w+-\w+)"
    r"(?:\.php|\.html|/|$)|"
    r"/archiver/|/space-(?:uid|username)-"
)
_NOT_HOME = re.compile(r"^[0-9]+$|\b(?:mobile|simpletype)=")
"""Beside the home page: a member's space, /?12, and the page for a telephone."""
_GUIDES = frozenset(("", "index", "new", "newthread", "hot", "digest"))
_BLOG_LIST = frozenset(("mod", "do", "view", "order", "page"))
"""What may be asked of the list of all blogs; anything else is a member's own, or another order."""


def place(url: str, traits: Traits) -> Address:
    path = urlsplit(url).path
    folder, _, script = path.rpartition("/")
    base = f"{origin(url)}{folder}"
    if (found := _rewritten(path, base, in_this_form=traits.get("rewritten") != "no")) is not None:
        return found
    if script in _SCRIPTS:
        query = query_of(url)
        asked = Asked(url, base, query, page_of(query), rewritten=traits.get("rewritten") == "yes")
        return _read_query(script, asked) or skip(url)
    if script in ("", "index.php") and _NOT_HOME.search(urlsplit(url).query):
        return skip(url)
    return skip(url) if _FUNCTIONS.search(path) else Address(url, url)


def learn(links: Sequence[str], traits: Traits) -> None:
    """A page with several rewritten links is of a site that rewrites, though some of its own may be plain; one
    without any is not. A single one says nothing: any member can write it into a post."""
    rewritten = sum(bool(_THREAD.search(link) or _BOARD.search(link)) for link in links)
    plain = sum(bool(_PLAIN.search(link)) for link in links)
    if rewritten >= _SEVERAL:
        traits["rewritten"] = "yes"
    elif not rewritten and plain >= _SEVERAL:
        traits.setdefault("rewritten", "no")


def instead(url: str) -> str | None:
    """The unrewritten form: any member can write a rewritten link where the site knows none."""
    path = urlsplit(url).path
    base = f"{origin(url)}{path.rpartition('/')[0]}"
    found = _thread_or_board(path, base, in_this_form=False)
    return found.url if found is not None else None


def _rewritten(path: str, base: str, *, in_this_form: bool) -> Address | None:
    """The page of an address without parameters; None for other addresses."""
    if match := _OTHER.search(path):
        kind, first, second = match.groups()
        return _other(f"{base}{match[0]}", base, kind, first, second)
    return _thread_or_board(path, base, in_this_form=in_this_form)


def _thread_or_board(path: str, base: str, *, in_this_form: bool) -> Address | None:
    for pattern, address in ((_THREAD, _thread), (_BOARD, _board)):
        if match := pattern.search(path):
            return address(base, match[1], int(match[2]) or 1, in_this_form)
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """An address of one of the scripts, taken apart."""

    url: str
    base: str
    """The forum's own address, without a slash at its end."""
    query: dict[str, str]
    page: int
    rewritten: bool
    """Whether the site is known to rewrite addresses."""

    def number_of(self, name: str) -> int | None:
        """The number of a thread or an article; None if the query has no such parameter, or 0."""
        return number(self.query.get(name, "")) or None

    @property
    def page_tail(self) -> str:
        return f"&page={self.page}" if self.page > 1 else ""


def _a_thread(asked: Asked) -> Address | None:
    tid, query = asked.number_of("tid"), asked.query
    if not tid or query.get("authorid") or query.get("action") == "printable" or query.get("ordertype") == "1":
        return None  # the same posts: one author's, for printing, in reverse
    return _thread(asked.base, str(tid), asked.page, asked.rewritten)


def _way_to_a_post(asked: Asked) -> Address | None:
    """To a thread's last post or to one of its posts, as quotes of Discuz! 7 have it, too: its pages hold them."""
    tid = asked.number_of("tid") or asked.number_of("ptid")
    return _thread(asked.base, str(tid), 1, asked.rewritten) if tid else None


def _a_board(asked: Asked) -> Address | None:
    query, base = asked.query, asked.base
    fid = query.get("fid")
    if not fid:
        return None
    if query.get("action") == "list":  # all threads of a group, whose own page shows the newest
        series = f"{base}|topics|{fid}"
        clean = f"{base}/forum.php?mod=forumdisplay&action=list&fid={fid}{asked.page_tail}"
        return Address(clean, f"{series}|{asked.page}", series)
    if asked.page == 1 and any(query.get(name) for name in ("filter", "orderby", "typeid", "sortid")):
        return None  # the same threads in another order; a later page tells that the board has one, too
    return _board(base, fid, asked.page, asked.rewritten)


def _a_group(asked: Asked) -> Address | None:
    fid = asked.query.get("fid")
    if not fid or asked.query.get("action"):
        return None
    return _other(f"{asked.base}/forum.php?mod=group&fid={fid}", asked.base, "group", fid, "1")


def _the_announcements(asked: Asked) -> Address:
    """All on one page."""
    return Address(f"{asked.base}/forum.php?mod=announcement", f"{asked.base}|announcement")


def _a_guide(asked: Asked) -> Address | None:
    view = asked.query.get("view", "")
    if view not in _GUIDES or asked.query.get("rss"):
        return None
    clean = f"{asked.base}/forum.php?mod=guide" + (f"&view={view}" if view else "") + asked.page_tail
    return Address(clean, clean, f"{asked.base}|guide|{view}")


def _boards(asked: Asked) -> Address | None:
    """The list of all boards, or of one group of them."""
    return Address(asked.url, asked.url) if set(asked.query) <= {"gid"} else None


def _groups(asked: Asked) -> Address | None:
    return Address(asked.url, asked.url) if set(asked.query) <= {"gid", "sgid", "page"} else None


def _an_article(asked: Asked) -> Address | None:
    aid = asked.number_of("aid")
    url = f"{asked.base}/portal.php?mod=view&aid={aid}{asked.page_tail}"
    return _other(url, asked.base, "article", str(aid), str(asked.page)) if aid else None


def _a_list_of_articles(asked: Asked) -> Address | None:
    return Address(asked.url, asked.url) if "mobile" not in asked.query else None


def _a_blog(asked: Asked) -> Address | None:
    """A blog's text, or the list of all blogs; all else there is a member's own."""
    query, base = asked.query, asked.base
    if query.get("do") != "blog" or query.get("mod", "space") != "space":
        return None
    if blog := asked.number_of("id"):
        clean = f"{base}/home.php?mod=space&uid={query.get('uid', '')}&do=blog&id={blog}"
        return _other(clean, base, "blog", query.get("uid", ""), str(blog))
    if set(query) - _BLOG_LIST or (query.get("view", "all"), query.get("order", "dateline")) != ("all", "dateline"):
        return None
    series = f"{base}|blogs"
    clean = f"{base}/home.php?mod=space&do=blog&view=all&order=dateline{asked.page_tail}"
    return Address(clean, f"{series}|{asked.page}", series)


Meaning = Callable[[Asked], Address | None]
"""What an address shows; None for a function of the software."""
ANY = "*"
_FORUM: dict[str, Meaning] = {"viewthread": _a_thread, "forumdisplay": _a_board}
"""By `mod`: what each of the scripts of the forum, the portal and the groups can show."""
_SCRIPTS: dict[str, dict[str, Meaning]] = {
    "forum.php": {
        **_FORUM,
        "": _boards,
        "announcement": _the_announcements,
        "group": _a_group,
        "guide": _a_guide,
        "redirect": _way_to_a_post,
    },
    "portal.php": {
        **_FORUM,
        "": _a_list_of_articles,
        "index": _a_list_of_articles,
        "list": _a_list_of_articles,
        "topic": _a_list_of_articles,
        "view": _an_article,
    },
    "group.php": {**_FORUM, "": _groups},
    "viewthread.php": {**_FORUM, "": _a_thread},
    "forumdisplay.php": {**_FORUM, "": _a_board},
    "home.php": {ANY: _a_blog},
    "redirect.php": {ANY: _way_to_a_post},
}
"""By script and `mod`, which may be empty or not there. Whatever is not here is a function of the software."""


def _read_query(script: str, asked: Asked) -> Address | None:
    meanings = _SCRIPTS[script]
    meaning = meanings.get(ANY) or meanings.get(asked.query.get("mod", ""))
    return meaning(asked) if meaning is not None else None


def _other(url: str, base: str, kind: str, first: str, second: str) -> Address:
    """article-<id>-<page>, blog-<uid>-<id> or group-<id>-<page>, asked for in the form in which it was found."""
    if kind == "blog":
        return Address(url, f"{base}|blog|{second}")
    series = f"{base}|{kind}|{first}"
    return Address(url, f"{series}|{second}", series if kind == "article" else "")


def _thread(base: str, tid: str, page: int, rewritten: bool) -> Address:
    series = f"{base}|thread|{tid}"
    if rewritten:
        return Address(f"{base}/thread-{tid}-{page}-1.html", f"{series}|{page}", series)
    tail = f"&page={page}" if page > 1 else ""
    return Address(f"{base}/forum.php?mod=viewthread&tid={tid}{tail}", f"{series}|{page}", series)


def _board(base: str, fid: str, page: int, rewritten: bool) -> Address:
    series = f"{base}|forum|{fid}"
    if rewritten:
        return Address(f"{base}/forum-{fid}-{page}.html", f"{series}|{page}", series)
    tail = f"&page={page}" if page > 1 else ""
    return Address(f"{base}/forum.php?mod=forumdisplay&fid={fid}{tail}", f"{series}|{page}", series)
