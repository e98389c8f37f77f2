"""Dates as Chinese pages write them to ISO 8601: 2024年3月5日 14:30, 民國113年, 二〇二四年, 3天前, Mon, 04 Mar 2024 …

A date without a year, and what is relative (昨天, 3小时前), is counted from a given day; without one it is no date.
Times are those of the page: an offset stays if the page gives one, none is invented.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_DIGITS = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "两": 2}
_CHINESE = "〇零○一二三四五六七八九十廿卅"
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_TIME = (
    r"(?:[\sT,，]*(?:[(（]?(?:星期|周|週)[一二三四五六日天][)）]?)?[\s(（]*(?P<half>上午|下午|凌晨|早上|中午"
    r"|晚上|AM|PM)?\s*"
    r"(?P<hour>\d{1,2})\s*[:：时時点點]\s*(?P<minute>\d{2})(?:\s*[:：分]\s*(?P<second>\d{2})(?:\.\d+)?秒?)?"
    r"\s*(?P<after>[AaPp]\.?[Mm]\b\.?)?\s*(?P<zone>Z\b|[+-]\d{2}:?\d{2}\b)?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})(?:\s*[日号號]|(?!\d))",
        r"民[國国]\s*(?P<roc>\d{2,3}|["
        + _CHINESE
        + r"]{1,5})\s*年\s*(?P<month>\d{1,2}|["
        + _CHINESE
        + r"]{1,3})\s*月"
        r"\s*(?P<day>\d{1,2}|[" + _CHINESE + r"]{1,3})\s*日",
        r"(?P<year>[一二][〇零○一二三四五六七八九]{3})\s*年\s*(?P<month>[" + _CHINESE + r"]{1,3})\s*月"
        r"\s*(?P<day>[" + _CHINESE + r"]{1,3})\s*[日号號]",
        r"\b(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?"
        r",?\s+(?P<year>(?:19|20)\d{2})",
        # phpBB's Chinese language packs
        r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月\s*(?P<day>\d{1,2}),\s*(?P<year>(?:19|20)\d{2})",
        r"(?<!\d)(?P<day>\d{1,2})\s+(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+"
        r"(?P<year>(?:19|20)\d{2})",
    )
)
_NO_YEAR = re.compile(r"(?<!\d)(?P<month>\d{1,2})\s*(?:[-/]|月)\s*(?P<day>\d{1,2})(?!\d)日?" + _TIME)
_RELATIVE = re.compile(
    r"(?P<now>刚刚|剛剛|just now)"
    r"|(?P<amount>\d+|半|[一二两三四五六七八九十]+)\s*"
    r"(?P<unit>秒钟?|秒鐘|分钟|分鐘|个?小时|個?小時|天|日|周|週|星期|个月|個月|年)"
    r"[以之]?前"
    r"|(?P<word>今天|昨天|前天)" + _TIME
)
_SECONDS = {"秒": 1, "分": 60, "小": 3600, "天": 86400, "日": 86400, "周": 604800, "週": 604800, "星": 604800}
SHORT_CHARS = 12
"""A month and day without year or time is a date only if hardly anything else is said."""
_WORDS = {"今天": 0, "昨天": 1, "前天": 2}
_IN_URL = re.compile(
    r"/(?P<year>(?:19|20)\d{2})[/_-]?(?P<month>0[1-9]|1[0-2])[/_-]?(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
    r"|/(?P<year2>(?:19|20)\d{2})[/_-](?P<month2>\d{1,2})[/_-](?P<day2>\d{1,2})(?=[/_.-]|$)"
)


def find(text: str, today: str | None = None) -> str | None:
    """The first date of a short text (a byline, a post's head), as ISO 8601; None if there is none.

    `today` is the day that relative dates are counted from, itself ISO 8601.
    """
    found = min(_absolute(text), default=None)
    relative = _relative(text, today) if today else None
    candidates = [candidate for candidate in (found, relative) if candidate]
    return min(candidates)[1] if candidates else None


def from_epoch(seconds: float) -> str | None:
    """A JSON API's seconds or milliseconds since 1970, as UTC."""
    if seconds > 1e11:
        seconds /= 1000
    if not 0 < seconds < 4_102_444_800:  # up to 2100
        return None
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_url(url: str) -> str | None:
    """/2024/03/05/, /20240305/, /2024-03/05/ … in a path."""
    for found in _IN_URL.finditer(url):
        parts = [found[name] or found[f"{name}2"] for name in ("year", "month", "day")]
        date = _iso(int(parts[0]), int(parts[1]), int(parts[2]), None)
        if date:
            return date
    return None


def _absolute(text: str) -> Iterator[tuple[int, str]]:
    """Place and ISO form of the first date of every form."""
    for form in _FORMS:
        for found in form.finditer(text):
            groups = found.groupdict()
            year = _number(groups["roc"]) + 1911 if groups.get("roc") else _number(groups["year"])
            month = _MONTHS.get(groups["month"][:3].lower()) or _number(groups["month"])
            date = _iso(year, month, _number(groups["day"]), found)
            if date:
                yield found.start(), date
                break


def _number(digits: str) -> int:
    """113, 一一三, 十二, 二十三 or 廿三."""
    if digits.isdecimal():
        return int(digits)
    digits = digits.replace("廿", "二十").replace("卅", "三十")
    if "十" in digits:
        tens, _, ones = digits.partition("十")
        return (_DIGITS.get(tens, 1)) * 10 + (_DIGITS.get(ones, 0))
    return int("".join(str(_DIGITS[digit]) for digit in digits))


def _iso(year: int, month: int, day: int, found: re.Match[str] | None) -> str | None:
    """None where there is no such day; a time that does not exist is left out."""
    try:
        date = datetime(year, month, day)
    except ValueError:
        return None
    if not 1990 <= year <= 2100:
        return None
    return date.strftime("%Y-%m-%d") + (_time(found) if found else "")


def _time(found: re.Match[str]) -> str:
    if not found["hour"]:
        return ""
    hour, minute = int(found["hour"]), int(found["minute"])
    seconds = found["second"]  # where the page shows none, none are invented
    half = (found["half"] or found["after"] or "").upper().replace(".", "")
    if half in ("下午", "晚上", "PM", "中午") and hour < 12 and not (half == "中午" and hour >= 11):
        hour += 12
    elif half in ("AM", "凌晨", "上午") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or int(seconds or 0) > 59:
        return ""
    zone = (found["zone"] or "").upper()
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"T{hour:02d}:{minute:02d}{f':{seconds}' if seconds else ''}{zone}"


def _relative(text: str, today: str) -> tuple[int, str] | None:
    day = datetime.fromisoformat(today.replace("Z", "+00:00"))
    found = _RELATIVE.search(text)
    if found is None:
        without = _NO_YEAR.search(text)
        if without is None or not (without["hour"] or len(text) <= SHORT_CHARS):
            return None
        month, date = int(without["month"]), int(without["day"])
        year = day.year - (1 if (month, date) > (day.month, day.day) else 0)
        iso = _iso(year, month, date, without)
        return (without.start(), iso) if iso else None
    if found["word"]:
        date_of = day - timedelta(days=_WORDS[found["word"]])
        return found.start(), date_of.strftime("%Y-%m-%d") + _time(found)
    if found["now"]:
        return found.start(), day.strftime("%Y-%m-%d")
    amount = 0.5 if found["amount"] == "半" else _number(found["amount"].replace("两", "二"))
    unit = found["unit"].replace("个", "").replace("個", "")
    seconds = _SECONDS.get(unit[0])
    if seconds is None:
        days = 365 if unit[0] == "年" else 30
        return found.start(), (day - timedelta(days=days * amount)).strftime("%Y-%m-%d")
    return found.start(), (day - timedelta(seconds=seconds * amount)).strftime("%Y-%m-%d")
