"""Read who wrote a post of any Chinese forum, when and on which floor, and tell the lines that say just this."""

import re

from selectolax.lexbor import LexborNode

from crawler.extraction.dates import find
from crawler.extraction.furniture import is_furniture_line
from crawler.html.class_names import naming

_PROFILE = re.compile(r"u(?:ser|id)|member|p(?:rofile|eople/)|space[.-]|author|nick|/(?:u|home)/|[?&](?:un|name)=")
"""In addresses in lower case; no two words begin alike, which is what makes a search quick."""
_WRITER = naming(r"author|creator|user|user-?name|nick|nick-?name|poster|writer")
_MAYBE_DATE = re.compile(r"\d\s*[-/.:年月时時]|[前天]|刚刚|剛剛")
_OF_WRITER = re.compile(r"注[册冊]|註冊|加入|登[录錄]|在线|在線|生日|joined", re.IGNORECASE)
"""A date beside it tells of the writer, not of the post."""
_FLOOR = re.compile(r"^(?:第\s*)?(\d{1,6})\s*[楼樓层層#]$|^[#＃]\s*(\d{1,6})$")
_SENTENCE = re.compile("[，。！？；]")
_NOTICE = re.compile(
    r"^[\[【(（※]?\s*((本|此)[帖贴文](子|章)?.{0,50}(编辑|編輯|修改)(过|過)?\W*$|由 .{1,40}(编辑|編輯|修改)\W*$"
    r"|(最后|最後)?(由.{1,30})?(编辑|編輯|修改)(于|於|时间|時間))"
)
_BUTTONS = re.compile(
    r"回[复覆帖应應]|引用|举报|舉報|报告|支持|反对|反對|收藏|分享|编辑|編輯|删除|刪除|返回|顶部|TOP|使用道具|评分"
    r"|只看(该作者|楼主|TA|他)|发(短)?消息|加(为)?好友|楼主|樓主|沙发|板凳|地板|\d"
)
STAMP_CHARS = 80
BARE_CHARS = 24
"""A date without a time of day is a post's stamp only if hardly anything else is said."""
NAME_CHARS = 30
MAX_NODES = 12
"""Below a link that shows a name or a title; one that holds more shows something else."""


def writer_of(link: LexborNode) -> str:
    """The name that a link to a profile shows, or an element called author; empty for others."""
    if not _is_of_writer(link):
        return ""
    name = words_of(link)
    if not 0 < len(name) <= NAME_CHARS or name.startswith("@"):
        return ""
    return name if not is_furniture_line(name) and _BUTTONS.sub("", name).strip() else ""


def _is_of_writer(link: LexborNode) -> bool:
    attributes = link.attributes
    if _PROFILE.search((attributes.get("href") or "").lower()) or _WRITER.search(_class_of(attributes)):
        return True
    return link.parent is not None and _WRITER.search(_class_of(link.parent.attributes)) is not None


def _class_of(attributes: dict[str, str | None]) -> str:
    return (attributes.get("class") or "").lower()


def words_of(link: LexborNode) -> str:
    """What a link says, of its first nodes only: spans may stand in each other, each with the page's whole text."""
    pieces, stack = list[str](), [link]
    for _ in range(MAX_NODES):
        if not stack:
            break
        node = stack.pop()
        if node.is_text_node:
            pieces.append(node.text_content or "")
        stack += [after for after in (node.next if node is not link else None, node.first_child) if after is not None]
    return "".join(pieces).strip() if not stack else ""


def stamp_of(text: str, fetched: str | None) -> str | None:
    """The date of a line that says when something was written."""
    if len(text) > STAMP_CHARS or not _MAYBE_DATE.search(text) or _SENTENCE.search(text) or _OF_WRITER.search(text):
        return None
    date = find(text, fetched)
    return date if date and ("T" in date or len(text) <= BARE_CHARS) else None


def floor_of(text: str) -> int | None:
    """3楼, 第3楼, 3# or #3 among the words of a short line."""
    found = next(filter(None, map(_FLOOR.match, text.split()[:8])), None) if len(text) <= STAMP_CHARS else None
    return int(found[1] or found[2]) if found else None


def is_head(line: str, fetched: str | None) -> bool:
    """Whether it is a post's head, its buttons or its edit notice, and no part of what is said."""
    if len(line) > STAMP_CHARS:
        return False
    bare = len(line) <= BARE_CHARS and not re.search(r"\w", _BUTTONS.sub("", line)) and _BUTTONS.search(line)
    return bool(bare) or any((_NOTICE.search(line), stamp_of(line, fetched), _FLOOR.match(line)))
