"""Discuz! X2.5 to X3.5: boards, threads and their pages, portal articles and blogs, each once.

A thread page has many addresses: forum.php?mod=viewthread&tid=12&page=2 with extra, highlight and more; where a site
rewrites them also thread-12-2-1.html, whose last number is only the board's page to go back to. All share a key; the
form that the site's own pages use is the one that is asked for, and the plain one where that is not there. Lists that
show the same threads once more (collections, tags, orders, filters) are left out, and so is all that is a member's.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.addresses.urls import origin
from crawler.platforms.platform import Address, Platform, number, page_of, query_of, skip

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
_SCRIPTS = ("/forum.php", "/viewthread.php", "/forumdisplay.php", "/portal.php", "/group.php")
_OLD_MODS = {"viewthread.php": "viewthread", "forumdisplay.php": "forumdisplay"}


class Discuz(Platform):
    name = "discuz"
    marks = "#nv_forum, #nv_portal, #nv_group, #append_parent, #postlist .plhin, #threadlisttableid"
    generator = "Discuz!"
    footer = r"Powered by\s*Discuz!"
    owns_addresses = True

    def place(self, url: str, traits: dict[str, str]) -> Address:
        path = urlsplit(url).path
        at, folder = origin(url), path.rpartition("/")[0]
        if match := _THREAD.search(path):
            return _thread(f"{at}{folder}", match[1], int(match[2]) or 1, traits.get("rewritten") != "no")
        if match := _BOARD.search(path):
            return _board(f"{at}{folder}", match[1], int(match[2]) or 1, traits.get("rewritten") != "no")
        if match := _OTHER.search(path):
            return _other(f"{at}{path}", f"{at}{folder}", match[1], match[2], match[3])
        if path.endswith(_SCRIPTS):
            return _dynamic(url, f"{at}{folder}", path.rpartition("/")[2], traits.get("rewritten") == "yes")
        if path.endswith("/home.php"):
            return _home(url, f"{at}{folder}")
        if path.endswith("/redirect.php"):  # of Discuz! 7, in quotes to this day
            query = query_of(url)
            thread = number(query.get("tid", "")) or number(query.get("ptid", ""))
            return _thread(f"{at}{folder}", str(thread), 1, traits.get("rewritten") == "yes") if thread else skip(url)
        if path.endswith(("/", "/index.php")) and _NOT_HOME.search(urlsplit(url).query):
            return skip(url)
        return skip(url) if _FUNCTIONS.search(path) else Address(url, url)

    def learn(self, links: Sequence[str], traits: dict[str, str]) -> None:
        """A page with several rewritten links is of a site that rewrites, though some of its own may be plain; one
        without any is not. A single one says nothing: any member can write it into a post."""
        rewritten = sum(bool(_THREAD.search(link) or _BOARD.search(link)) for link in links)
        plain = sum(bool(_PLAIN.search(link)) for link in links)
        if rewritten >= _SEVERAL:
            traits["rewritten"] = "yes"
        elif not rewritten and plain >= _SEVERAL:
            traits.setdefault("rewritten", "no")

    def instead(self, url: str) -> str | None:
        """The unrewritten form: any member can write a rewritten link where the site knows none."""
        path = urlsplit(url).path
        base = f"{origin(url)}{path.rpartition('/')[0]}"
        if match := _THREAD.search(path):
            return _thread(base, match[1], int(match[2]) or 1, rewritten=False).url
        if match := _BOARD.search(path):
            return _board(base, match[1], int(match[2]) or 1, rewritten=False).url
        return None


def _dynamic(url: str, base: str, script: str, rewritten: bool) -> Address:
    query = query_of(url)
    mod = query.get("mod") or _OLD_MODS.get(script, "")
    page, tid = page_of(query), number(query.get("tid", ""))
    if mod == "viewthread" and tid:
        if query.get("authorid") or query.get("action") == "printable" or query.get("ordertype") == "1":
            return skip(url)  # the same posts: one author's, for printing, in reverse
        return _thread(base, str(tid), page, rewritten)
    if mod == "forumdisplay" and query.get("fid"):
        if query.get("action") == "list":  # all threads of a group, whose own page shows the newest
            series, tail = f"{base}|topics|{query['fid']}", f"&page={page}" if page > 1 else ""
            clean = f"{base}/forum.php?mod=forumdisplay&action=list&fid={query['fid']}{tail}"
            return Address(clean, f"{series}|{page}", series)
        other = any(query.get(name) for name in ("filter", "orderby", "typeid", "sortid"))
        if other and page == 1:
            return skip(url)  # the same threads in another order; a later page tells that the board has one, too
        return _board(base, query["fid"], page, rewritten)
    if script == "portal.php":
        article = number(query.get("aid", ""))
        if mod == "view" and article:
            tail = f"?mod=view&aid={article}" + (f"&page={page}" if page > 1 else "")
            return _other(f"{base}/portal.php{tail}", base, "article", str(article), str(page))
        listed = mod in ("", "list", "index", "topic") and "mobile" not in query
        return Address(url, url) if listed else skip(url)
    if script == "forum.php" and mod == "group" and query.get("fid"):
        if query.get("action"):
            return skip(url)
        return _other(f"{base}/forum.php?mod=group&fid={query['fid']}", base, "group", query["fid"], "1")
    if script == "group.php":
        return Address(url, url) if set(query) <= {"gid", "sgid", "page"} else skip(url)
    if script == "forum.php" and mod == "redirect":
        thread = tid or number(query.get("ptid", ""))  # to its last post, or to one of its posts: its pages hold them
        return _thread(base, str(thread), 1, rewritten) if thread else skip(url)
    if script == "forum.php" and mod == "announcement":  # all on one page
        return Address(f"{base}/forum.php?mod=announcement", f"{base}|announcement")
    if script == "forum.php" and mod == "guide":
        view, tail = query.get("view", ""), f"&page={page}" if page > 1 else ""
        if view not in _GUIDES or query.get("rss"):
            return skip(url)
        clean = f"{base}/forum.php?mod=guide" + (f"&view={view}" if view else "") + tail
        return Address(clean, clean, f"{base}|guide|{view}")
    if script == "forum.php" and (not query or set(query) == {"gid"}):
        return Address(url, url)
    return skip(url)


def _home(url: str, base: str) -> Address:
    """Blogs, and the list of all of them; all else there is a member's own."""
    query = query_of(url)
    if query.get("do") != "blog" or query.get("mod", "space") != "space":
        return skip(url)
    if blog := number(query.get("id", "")):
        clean = f"{base}/home.php?mod=space&uid={query.get('uid', '')}&do=blog&id={blog}"
        return _other(clean, base, "blog", query.get("uid", ""), str(blog))
    known = {"mod", "do", "view", "order", "page"}
    if set(query) - known or query.get("view", "all") != "all" or query.get("order", "dateline") != "dateline":
        return skip(url)
    page = page_of(query)
    tail = f"&page={page}" if page > 1 else ""
    series = f"{base}|blogs"
    return Address(f"{base}/home.php?mod=space&do=blog&view=all&order=dateline{tail}", f"{series}|{page}", series)


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
