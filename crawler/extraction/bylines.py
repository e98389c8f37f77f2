"""Find when a text was published in the lines around it: after its title, among its first lines, after its end.

Dates of the text itself, of comments, of lists beside it and of copyright notices are none of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.dates import CHINA, day_of, find, from_epoch, in_url, written, year_in_url
from crawler.extraction.furniture import is_comments_name
from crawler.extraction.structured import StructuredData, in_scripts
from crawler.extraction.text_position import TextPosition
from crawler.html.render import Block, Element
from pipeline.text.folding import letters_only

_PUBLISHED = re.compile(
    r"发布|發布|發佈|发表|發表|发稿|發稿|刊登|刊发|刊出|播出|上传|上傳|时间|時間|日期|张贴|張貼|发帖|發帖|发文|發文"
    r"|[Pp]osted|[Pp]ublished|@"
)
_CHANGED = re.compile(
    r"更新|修改|编辑于|編輯於|修订|修訂|[Uu]pdated|[Mm]odified|最[后後]回[复覆應]|回[复覆]于|成文|生效|施行|有效"
)
_NAMED = re.compile(
    r"来源|來源|作者|编辑|編輯|责编|責編|記者|记者|阅读|閱讀|浏览|瀏覽|点击|點擊|评论|評論|字号|字號|原创|原創|出处|人气|楼主"
    r"|[1１]楼|分类|分類|标签|標籤|专栏|\b[Bb]y\b"
)
_LABEL = re.compile(f"{_PUBLISHED.pattern}|{_CHANGED.pattern}|{_NAMED.pattern}")
_ANOTHER_DATE = re.compile(
    r"©|GMT|[Cc]opyright|版权所有|版權所有|备案|備案|ICP|截[至止]|报名|今天是|今日[:：]|农历|農曆|注册|註冊|加入于|建立于|创建于"
    r"|上次|最后登录|生日|广告|廣告|活动时间|开始时间|结束时间|会议时间|查看旧版|（\w+时间）"
)
_SENTENCE = re.compile(r"[。！；]|[,，].*[,，].*[,，]")
_DATE = re.compile(
    r"[\d０-９〇零一二三四五六七八九十年月日号號:：/.\s-]{4,}|星期.|周[一二三四五六日]|[上下]午|\b[AP]M\b"
)
_AGO = re.compile(r"[前昨今刚剛]|[上本]周|ago\b")
_SOON = re.compile(r"[前昨今刚剛]|[上本]周|\d[-/月]\d|ago\b")
BYLINE_CHARS = 40
"""Longer lines may speak of 昨天 without telling when they were written."""
STAMP_CHARS = 160
"""No byline is longer, with its source, its author and its counters."""
BEFORE_CHARS, BEFORE_LINES = 500, 30
"""How far before the text a byline may stand."""
INSIDE_LINES = 8
"""So many of the text's lines may be its title, byline and summary."""
AFTER_LINES = 12
SIGNED_LINES = 3
"""Notices and letters end with their date."""
BARE_CHARS = 8
"""What a line says beside its date, if it says nothing."""
REST_CHARS = 32
"""What may stand beside a time: a source, names."""
SHORTEST_TIMED = 12
"""2024-3-5 9:01: where so much of a line is no link, the date is none."""
TITLE_LINES = 2
"""A date that stands higher above the title is the day of the visit."""
ENOUGH = 1.5
NO_BYLINE = -9.0
"""The score of a line that is a link or a sentence."""
SHOWN = 3
"""So many of the page's <time> elements are looked at; further ones are other posts'."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date in a line around the text."""

    score: float
    """How much speaks for it."""
    date: str


def created_of(
    facts: StructuredData, html: str, url: str, fetched: str | None, title: str | None, position: TextPosition
) -> str | None:
    """When the text was published, as ISO 8601.

    What the page tells machines comes first, then the byline, the scripts, the byline's 三天前 and the address. A day
    that is told without a time takes that of a byline of the same day.
    """
    told = _without_midnight(facts.published)
    if told and _has_time(told):
        return told
    heading = _heading(title, position)
    stamps = sorted(_stamps(url, fetched, heading, position), key=lambda stamp: -stamp.score)
    if told:
        return _with_time(told, stamps)
    return (
        _clear(stamps)
        or in_scripts(html, fetched)
        or _counted(fetched, _last_day(facts.changed, url, fetched), heading, position)
        or in_url(url)
        or _without_midnight(facts.changed)
        or _likeliest(stamps)
    )


def _with_time(day: str, stamps: list[Stamp]) -> str:
    return next((stamp.date for stamp in stamps if stamp.date[:10] == day and _has_time(stamp.date)), day)


def _likeliest(stamps: list[Stamp]) -> str | None:
    return stamps[0].date if stamps and stamps[0].score > 0 else None


def _clear(stamps: list[Stamp]) -> str | None:
    """The date for which enough speaks, with the time of another line of its day if it has none."""
    best = next((stamp.date for stamp in stamps if stamp.score >= ENOUGH), None)
    if best is None or _has_time(best):
        return best
    return next(stamp.date for stamp in stamps if stamp.date[:10] == best)


def _has_time(date: str) -> bool:
    return len(date) > len("2024-03-05")


def _last_day(changed: str | None, url: str, fetched: str | None) -> str | None:
    """The day that a date without its year is not after: that of the text's last change, else the end of the year
    in the page's address, else that of the visit."""
    year = year_in_url(url)
    if changed or not (year and fetched and year < int(fetched[:4])):
        return changed or fetched
    return f"{year}-12-31"


def as_shown(date: str | None, tree: LexborHTMLParser, url: str) -> str | None:
    """A date that a page tells machines in UTC, as its readers see it.

    2024-07-06T16:00:00Z is 2024-07-07T00:00:00+08:00 on a page that shows the 7th, or has it in its address: blogs
    tell other sites the one day and readers the other.
    """
    there = _in_china(date) if date is not None else None
    if there is None:
        return date
    shown = [in_url(urlsplit(url).path), *(find(node.text() or "") for node in tree.css("time")[:SHOWN])]
    return there if any(day is not None and day[:10] == there[:10] for day in shown) else date


def _in_china(date: str) -> str | None:
    """The moment by China's clocks; None where it is not in UTC, or on the same day."""
    if not date.endswith(("Z", "+00:00")):
        return None
    there = datetime.fromisoformat(date.replace("Z", "+00:00")).astimezone(CHINA).isoformat(timespec="seconds")
    return there if there[:10] != date[:10] else None


def _without_midnight(date: str | None) -> str | None:
    """A field for a time that holds a day alone."""
    return date[:10] if date and re.match(r"T00:00(:00)?(?![Z+-])|T00:00(:00)?\+08:00", date[10:]) else date


def _stamps(url: str, fetched: str | None, heading: int | None, position: TextPosition) -> Iterator[Stamp]:
    """Dates around the text, each with how much speaks for it."""
    day = in_url(url)
    for number, score in _places(position, heading):
        block = position.lines[number]
        if len(block.text) > STAMP_CHARS or _ANOTHER_DATE.search(block.text):
            continue
        date = written(block.text, fetched)
        if date is None:
            continue
        score += _likeness(block, date, is_inside=position.start <= number < position.end)
        if day and day_of(date) == day:
            score += 2
        if _is_far_above(number, heading):
            score -= 4
        if number >= position.end and not _is_labelled(block, _LABEL):
            score -= 4
        yield Stamp(score, date)


def _is_far_above(number: int, heading: int | None) -> bool:
    """Whether a line stands so high above the title that its date is the day of the visit."""
    return heading is not None and number < heading - TITLE_LINES


def _is_labelled(block: Block, label: re.Pattern[str]) -> bool:
    """Whether a line after the text's end names what its date is of, and does not stand among comments."""
    return label.search(block.text) is not None and not _in_comments(block)


def _places(position: TextPosition, heading: int | None) -> Iterator[tuple[int, float]]:
    """Places where a byline may stand, with how likely it is there."""
    start, end, lines = position.start, position.end, position.lines
    if not position.is_known:  # the text was put together by a page object
        if heading is None:
            return
        start = end = heading + 1
    yield from _places_above(start, lines)
    inside = min(start + INSIDE_LINES, end)
    yield from ((number, 1.5 - 0.2 * (number - start)) for number in range(start, inside))
    if heading is not None and heading > start:  # the text was found to begin with menus
        below = min(heading + INSIDE_LINES, end)
        yield from ((number, 1.5 - 0.2 * (number - heading)) for number in range(max(inside, heading), below))
        inside = max(inside, below)
    yield from ((number, 0.4 - 0.1 * (number - end)) for number in range(end, min(end + AFTER_LINES, len(lines))))
    yield from ((number, -1.0) for number in range(max(inside, end - SIGNED_LINES), end))


def _places_above(start: int, lines: list[Block]) -> Iterator[tuple[int, float]]:
    chars = 0
    for number in range(start - 1, max(-1, start - 1 - BEFORE_LINES), -1):
        yield number, 2 - chars / 300
        chars += len(lines[number].text)
        if chars > BEFORE_CHARS:
            break


@dataclass(frozen=True, slots=True)
class Features:
    """What a dated line says beside its date."""

    published: bool
    """发布, 时间 …"""
    named: bool
    """来源, 作者, a counter …"""
    changed: bool
    """更新, 修改 …"""
    timed: bool
    """Its date has a time of day."""
    rest: int
    """Letters and characters outside dates."""

    @property
    def bare(self) -> bool:
        return self.rest <= BARE_CHARS


def _features(text: str, date: str) -> Features:
    return Features(
        published=_PUBLISHED.search(text) is not None,
        named=_NAMED.search(text) is not None,
        changed=_CHANGED.search(text) is not None,
        timed=_has_time(date),
        rest=len(letters_only(_DATE.sub("", text))),
    )


def _likeness(block: Block, date: str, is_inside: bool) -> float:
    """How much a dated line is like a byline."""
    line = _features(block.text, date)
    if _is_link(block, line) or _is_running_text(block.text, line, is_inside):
        return NO_BYLINE
    score = 1.5 * line.published + line.named + line.bare + line.timed
    if line.changed:
        score -= 1 if line.named else 2.5
    return score


def _is_link(block: Block, line: Features) -> bool:
    """Whether it is another text's line in a list."""
    if block.links <= 0.5 * len(block.text) or line.bare or line.published:
        return False
    return not (line.timed and len(block.text) - block.links > SHORTEST_TIMED)


def _is_running_text(text: str, line: Features, is_inside: bool) -> bool:
    """Whether it says more than a byline without a label does."""
    if line.published or line.named:
        return False
    longest = REST_CHARS if line.timed or not is_inside else BARE_CHARS
    return line.rest > longest or _SENTENCE.search(text) is not None


def _counted(fetched: str | None, last: str | None, heading: int | None, position: TextPosition) -> str | None:
    """三天前, 昨天 14:20 or 3月5日 in a byline, from the element's own exact date where it has one. A day without its
    year is not after the day `last`."""
    for number, _ in _places(position, heading):
        block = position.lines[number]
        if not _may_be_counted(block.text, fetched):
            continue
        if number >= position.end and not _is_labelled(block, _PUBLISHED):
            continue
        today = fetched if _AGO.search(block.text) else last
        date = _exact(block, fetched) or (find(block.text, today) if today else None)
        if date:
            return date
    return None


def _may_be_counted(text: str, fetched: str | None) -> bool:
    """Whether a line is a byline with a date that is not written in full."""
    if len(text) > BYLINE_CHARS or not _SOON.search(text) or written(text, fetched):
        return False
    if _ANOTHER_DATE.search(text) or _SENTENCE.search(text):
        return False
    return len(text) <= 2 * BARE_CHARS or _PUBLISHED.search(text) is not None or _NAMED.search(text) is not None


def _exact(block: Block, fetched: str | None) -> str | None:
    """The date that the element of 三天前 holds in its attributes."""
    for node in [
        block.element.node,
        *block.element.node.css("[title], [datetime], [data-time], [data-timestamp]")[:6],
    ]:
        attributes = node.attributes
        for name in ("datetime", "title", "data-time", "data-timestamp"):
            said = attributes.get(name) or ""
            date = (
                from_epoch(float(said)) if said.isdecimal() and len(said) in (10, 13) else written(said[:60], fetched)
            )
            if date:
                return date
    return None


def _heading(title: str | None, position: TextPosition) -> int | None:
    """The place of the title nearest to the text's start."""
    plain = letters_only(title or "")
    if not plain:
        return None
    shown = [n for n, line in enumerate(position.lines) if len(line.text) < 3 * len(title or "") + 20]
    places = [n for n in shown if plain in letters_only(position.lines[n].text)]
    above = [n for n in places if n <= position.start]
    return above[-1] if above else next((n for n in places if n < position.end), None)


def _in_comments(block: Block) -> bool:
    element: Element | None = block.element
    while element is not None and element.tag not in ("body", "html"):
        if is_comments_name(element):
            return True
        element = element.parent
    return False
