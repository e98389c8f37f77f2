"""The lines around a text that say when it was published: after its title, among its first lines, after its end.

Dates of the text itself, of comments, of lists beside it and of copyright notices are none of its own.
"""

import re
from collections.abc import Iterator

from crawler.extraction.around import Around
from crawler.extraction.dates import day_of, find, from_epoch, in_url, written, year_in_url
from crawler.extraction.furniture import is_comments_name
from crawler.extraction.letters import letters
from crawler.extraction.structured import Told, in_scripts
from crawler.html.render import Block, Element

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


def created_of(
    facts: Told, html: str, url: str, fetched: str | None, title: str | None, around: Around
) -> str | None:
    """When the text was published, as ISO 8601.

    What the page tells machines comes first, then the byline, the scripts, the byline's 三天前 and the address. A day
    that is told without a time takes that of a byline of the same day.
    """
    told = _without_midnight(facts.published)
    if told and len(told) > 10:
        return told
    stamps = sorted(_stamps(url, fetched, title, around), key=lambda stamp: -stamp[0])
    if told:
        return next((date for _, date in stamps if date[:10] == told and len(date) > 10), told)
    best = next((date for score, date in stamps if score >= ENOUGH), None)
    if best:
        return next((date for _, date in stamps if date[:10] == best), best) if len(best) == 10 else best
    return (
        in_scripts(html, fetched)
        or _counted(url, fetched, facts.changed, title, around)
        or in_url(url)
        or _without_midnight(facts.changed)
        or (stamps[0][1] if stamps and stamps[0][0] > 0 else None)
    )


def _without_midnight(date: str | None) -> str | None:
    """A field for a time that holds a day alone."""
    return date[:10] if date and re.match(r"T00:00(:00)?(?![Z+-])|T00:00(:00)?\+08:00", date[10:]) else date


def _stamps(url: str, fetched: str | None, title: str | None, around: Around) -> Iterator[tuple[float, str]]:
    """Dates around the text, each with how much speaks for it."""
    day = in_url(url)
    heading = _heading(title, around)
    for number, base in _places(around, heading):
        block = around.lines[number]
        if len(block.text) > STAMP_CHARS or _ANOTHER_DATE.search(block.text):
            continue
        date = written(block.text, fetched)
        if date is None:
            continue
        score = base + _likeness(block, date, inside=around.start <= number < around.end)
        if day and day_of(date) == day:
            score += 2
        if heading is not None and number < heading - TITLE_LINES:
            score -= 4
        if number >= around.end and (_in_comments(block) or not _LABEL.search(block.text)):
            score -= 4
        yield score, date


def _places(around: Around, heading: int | None) -> Iterator[tuple[int, float]]:
    """Places where a byline may stand, with how likely it is there."""
    start, end, lines = around.start, around.end, around.lines
    if start == len(lines):  # the text was put together by a page object
        start = end = (heading if heading is not None else -1) + 1
        if heading is None:
            return
    chars = 0
    for number in range(start - 1, max(-1, start - 1 - BEFORE_LINES), -1):
        yield number, 2 - chars / 300
        chars += len(lines[number].text)
        if chars > BEFORE_CHARS:
            break
    inside = min(start + INSIDE_LINES, end)
    for number in range(start, inside):
        yield number, 1.5 - 0.2 * (number - start)
    if heading is not None and heading > start:  # the text was found to begin with menus
        for number in range(max(inside, heading), min(heading + INSIDE_LINES, end)):
            yield number, 1.5 - 0.2 * (number - heading)
        inside = max(inside, min(heading + INSIDE_LINES, end))
    for number in range(end, min(end + AFTER_LINES, len(lines))):
        yield number, 0.4 - 0.1 * (number - end)
    for number in range(max(inside, end - SIGNED_LINES), end):
        yield number, -1.0


def _likeness(block: Block, date: str, inside: bool) -> float:
    """How much a dated line is like a byline."""
    text = block.text
    rest = len(letters(_DATE.sub("", text)))
    bare = rest <= BARE_CHARS
    published, named = _PUBLISHED.search(text) is not None, _NAMED.search(text) is not None
    timed = len(date) > 10
    if block.links > 0.5 * len(text) and not (
        bare or published or (timed and len(text) - block.links > SHORTEST_TIMED)
    ):
        return -9
    if not (published or named) and (
        _SENTENCE.search(text) or rest > (REST_CHARS if timed or not inside else BARE_CHARS)
    ):
        return -9
    score = 1.5 * published + named + bare + timed
    return score - (1 if named else 2.5) if _CHANGED.search(text) else score


def _counted(url: str, fetched: str | None, changed: str | None, title: str | None, around: Around) -> str | None:
    """三天前, 昨天 14:20 or 3月5日 in a byline, from the element's own exact date where it has one."""
    year = year_in_url(url)
    last = changed or (f"{year}-12-31" if year and fetched and year < int(fetched[:4]) else fetched)
    for number, _ in _places(around, _heading(title, around)):
        block = around.lines[number]
        text = block.text
        if (
            len(text) > BYLINE_CHARS
            or not _SOON.search(text)
            or written(text, fetched)
            or _ANOTHER_DATE.search(text)
            or _SENTENCE.search(text)
        ):
            continue
        known = _PUBLISHED.search(text) or _NAMED.search(text) or len(text) <= 2 * BARE_CHARS
        if not known or (number >= around.end and (_in_comments(block) or not _PUBLISHED.search(text))):
            continue
        today = fetched if _AGO.search(text) else last  # a day without its year is not after the text's last change
        date = _exact(block, fetched) or (find(text, today) if today else None)
        if date:
            return date
    return None


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


def _heading(title: str | None, around: Around) -> int | None:
    """The place of the title nearest to the text's start."""
    plain = letters(title or "")
    if not plain:
        return None
    shown = [n for n, line in enumerate(around.lines) if len(line.text) < 3 * len(title or "") + 20]
    places = [n for n in shown if plain in letters(around.lines[n].text)]
    above = [n for n in places if n <= around.start]
    return above[-1] if above else next((n for n in places if n < around.end), None)


def _in_comments(block: Block) -> bool:
    element: Element | None = block.element
    while element is not None and element.tag not in ("body", "html"):
        if is_comments_name(element):
            return True
        element = element.parent
    return False
