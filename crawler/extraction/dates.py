"""Turn dates as Chinese pages write them into ISO 8601: 2024年3月5日 14:30, 民國113年, 二〇二四年, 24-3-5, 3天前 …

A date without a year, and what is relative (昨天, 3小时前, 上周三), is counted from a given day, as Chinese clocks
show it: the regions where pages are Chinese by rule all keep UTC+8. Without such a day it is no date, and with one,
what lies more than a day after it is none either. Times are those of the page: an offset stays if the page gives
one, none is invented; a time that can be read in two ways (晚上12:30) is left out.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from pipeline.text.characters import UNIFIED

_DIGITS = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "Ｏ": 0, "两": 2}
_CHINESE = "〇零○Ｏ一二三四五六七八九十廿卅"
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_NARROW = str.maketrans("０１２３４５６７８９：／－．　", "0123456789:/-. ")
_NAMED = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_DAY = r"(?P<day>\d{1,2}(?!\d)|\d{2}(?=\d{2}[:：]\d{2}))"
"""A page's cells often stand without a space: 2024-03-0514:20."""
_HAN_DAY = r"(?P<day>\d{1,2}|[" + _CHINESE + r"]{1,3})\s*[日号號]"
_HAN_MONTH = r"(?P<month>\d{1,2}|[" + _CHINESE + r"]{1,3})\s*月\s*"
_WEEKDAY = r"(?:[(（]?(?:星期|周|週)[一二三四五六日天][)）]?|[(（][一二三四五六日天][)）])?"
_TIME = (
    r"(?:[\sT,，]*" + _WEEKDAY + r"[\s(（]*(?P<half>上午|下午|凌晨|清晨|早晨|早上|中午|午后|午後|傍晚|晚上|晚间|晚間"
    r"|夜间|夜間|夜里|夜裡|深夜|AM|PM)?\s*"
    r"(?P<hour>\d{1,2})\s*[:：时時点點]\s*(?P<minute>\d{2})(?:\s*[:：分]\s*(?P<second>\d{2})(?:\.\d+)?秒?)?"
    r"\s*(?P<after>[AaPp]\.?[Mm]\b\.?|[上下]午(?![" + UNIFIED + r"]))?"
    r"\s*(?P<zone>Z\b|[+-]\d{2}:?\d{2}\b)?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?<!\d)" + _YEAR + r"\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*" + _DAY,
        r"(?<!\d)" + _YEAR + r"\s*年\s*(?P<month>\d{1,2}|[" + _CHINESE + r"]{1,3})\s*月\s*"
        r"(?P<day>\d{1,2}|[" + _CHINESE + r"]{1,3})(?:\s*[日号號]|(?![\d" + _CHINESE + r"]))",
        r"民[國国]\s*(?P<roc>\d{2,3}|[" + _CHINESE + r"]{1,5})\s*年\s*" + _HAN_MONTH + _HAN_DAY,
        r"(?P<year>[一二][〇零○Ｏ一二三四五六七八九]{3})\s*年\s*" + _HAN_MONTH + _HAN_DAY,
        r"\b" + _NAMED + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+" + _YEAR,
        # 3月 5, 2024 and 5 3月 2024: English patterns of forum software with their words translated
        r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月\s*(?P<day>\d{1,2})日?,\s*" + _YEAR,
        r"(?<!\d)(?P<day>\d{1,2})\s+(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月,?\s+" + _YEAR,
        r"(?<!\d)(?P<day>\d{1,2})\s+" + _NAMED + r",?\s+" + _YEAR,
        r"(?<![\d/])(?P<one>\d{1,2})/(?P<other>\d{1,2})/" + _YEAR + r"(?!\d)",
        r"(?<![\d/.-])(?P<short>\d{2})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)" + _DAY,
    )
)
_NO_YEAR = re.compile(
    r"(?<![\d年/.-])(?P<month>\d{1,2})\s*(?P<mark>[-/]|月)\s*(?P<day>\d{1,2}(?!\d)|\d{2}(?=\d{2}[:：]\d{2}))[日号號]?"
    + _TIME
)
_RELATIVE = re.compile(
    r"(?P<now>刚刚|剛剛|刚才|剛才|just now)"
    r"|(?P<amount>\d+|半|[几幾数數]|[一二两三四五六七八九十]+)\s*"
    r"(?P<unit>秒钟?|秒鐘|分钟|分鐘|个?半?小时|個?半?小時|天|日|周|週|星期|个?月|個月|年)"
    r"[以之]?前(?![后後])"
    r"|\b(?P<count>\d+|an?)\s*(?P<english>second|minute|hour|day|week|month|year)s?\s+ago\b"
    r"|(?:(?P<word>今天|今日|昨天|昨日|大前天|前天|前日)"
    r"|(?P<week>[上本这這])个?(?:周|週|星期)(?P<weekday>[一二三四五六日天]))" + _TIME,
    re.IGNORECASE,
)
_SECONDS = {
    "秒": 1,
    "分": 60,
    "小": 3600,
    "半": 3600,
    "天": 86400,
    "日": 86400,
    "周": 604800,
    "週": 604800,
    "星": 604800,
}
LONGEST_AGO = 50 * 366 * 86400
_ENGLISH = {"second": "秒", "minute": "分", "hour": "小", "day": "天", "week": "周", "month": "月", "year": "年"}
_NIGHT_FROM = {"晚": 0, "夜": 6, "深": 6}
"""First character of a word for the evening or the night -> the first hour that is surely before midnight."""
_AFTERNOON_BEFORE = {**dict.fromkeys(("下午", "午后", "午後", "傍晚", "PM"), 12), "中午": 11}
"""Word -> the hours before this one are counted from noon."""
_MORNING = ("AM", "凌晨", "上午")
SHORT_CHARS = 12
"""A month and day without year or time is a date only if hardly anything else is said."""
LONG_CHARS = 500
"""What is longer is read so far only, without its runs of white space: they would take the square of their length."""
_WORDS = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3}
_IN_URL = re.compile(
    r"/[at]?(?P<year>(?:19|20)\d{2})[/_-]?(?P<month>0[1-9]|1[0-2])[/_-]?(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-]|$|A\d)"
    r"|/(?P<year2>(?:19|20)\d{2})[/_-](?P<month2>\d{1,2})[/_-](?P<day2>\d{1,2})(?=[/_.-]|$)"
)
_YEAR_IN_URL = re.compile(r"/((?:19|20)\d{2})(?:/|[/_-]?(?:0[1-9]|1[0-2])[/_-])")
_SOME = re.compile(
    r"\d\s*[-/.年]\s*\d|[年月]|ago\b|just now"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[\s\d]"
    r"|前|[昨今]|[刚剛]|[上本这這]个?[周週星]",
    re.IGNORECASE,
)
NOW_CHARS = 40
"""A page's clock follows its words within so many characters."""
CHINA = timezone(timedelta(hours=8))
EARLIEST, LATEST = 1990, 2100
LATE_DAYS = 1
"""A page's clock may be this far ahead of the fetching one."""
_NOW = re.compile(r"GMT\s*([+-]\d{1,2})(?:\.5)?\s*,\s*((?:19|20)\d{2}-\d{1,2}-\d{1,2}\s+\d{1,2}:\d{2}(?:\s*[AP]M)?)")
_NOW_WORDS = (
    "现在的时间是",
    "现在时间是",
    "现在的時間是",
    "現在的時間是",
    "現在時間是",
    "目前的時間是",
    "当前时间",
    "當前時間",
)
_NOW_ENDS = ("间是", "間是", "前时间", "前時間")


def find(text: str, today: str | None = None) -> str | None:
    """The first date of a short text (a byline, a post's head), as ISO 8601; None if there is none.

    `today` is the day that relative dates are counted from, itself ISO 8601.
    """
    if len(text) > LONG_CHARS:
        text = " ".join(text.split())[:LONG_CHARS]
    text = text.translate(_NARROW)
    if not _SOME.search(text):
        return None
    day = _moment(today) if today else None
    found = min(_absolute(text, day), default=None)
    try:
        relative = _relative(text, day) if day else None
    except OverflowError:  # 99999999天前
        relative = None
    candidates = [candidate for candidate in (found, relative) if candidate]
    return min(candidates)[1] if candidates else None


def written(text: str, today: str | None = None) -> str | None:
    """The same for dates with day, month and year alone."""
    text = text.translate(_NARROW)
    if not _SOME.search(text):
        return None
    found = min(_absolute(text, _moment(today) if today else None), default=None)
    return found[1] if found else None


def from_epoch(seconds: float) -> str | None:
    """A JSON API's seconds or milliseconds since 1970, as UTC."""
    if seconds > 1e11:
        seconds /= 1000
    if not 0 < seconds < 4_102_444_800:  # up to 2100
        return None
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_url(url: str) -> str | None:
    """/2024/03/05/, /20240305/, /2024-03/05/, /202403/t20240305_1.html … in a path."""
    for found in _IN_URL.finditer(url):
        parts = [found[name] or found[f"{name}2"] for name in ("year", "month", "day")]
        date = _iso(int(parts[0]), int(parts[1]), int(parts[2]), None)
        if date:
            return date
    return None


def year_in_url(url: str) -> int | None:
    """The year of /2024/ or /202403/ in a path."""
    found = _YEAR_IN_URL.search(url)
    return int(found[1]) if found else None


def day_of(date: str) -> str:
    """The day that Chinese clocks show at a date and time."""
    if len(date) > 10 and (date.endswith("Z") or date[-6] in "+-"):
        return _moment(date).strftime("%Y-%m-%d")
    return date[:10]


def page_clock(html: str, fetched: str | None) -> str | None:
    """When the page itself says it was made, as forums do at its end; else when it was fetched.

    An archive's copy or a cache may be older than its fetching, never newer.
    """
    if "GMT" in html:
        for found in reversed(list(_NOW.finditer(html))):
            said = written(found[2], fetched)
            if said:
                return f"{said}{int(found[1]):+03d}:00" if "T" in said else said
    for words in _NOW_WORDS if any(end in html for end in _NOW_ENDS) else ():
        place = html.rfind(words)
        if place >= 0:
            after = html[place + len(words) : place + len(words) + NOW_CHARS].split("<")[0]
            said = written(after, fetched)
            if said:
                return said
    return fetched


def _moment(date: str) -> datetime:
    """An ISO date, with an offset or without, as Chinese clocks show it."""
    moment = datetime.fromisoformat(date.replace("Z", "+00:00"))
    return moment.astimezone(CHINA).replace(tzinfo=None) if moment.tzinfo else moment


def _absolute(text: str, today: datetime | None) -> Iterator[tuple[int, str]]:
    """Place and ISO form of the first date of every form."""
    for form in _FORMS:
        for found in form.finditer(text):
            date = _date(text, found)
            if date and not (today and datetime.fromisoformat(date[:10]) > today + timedelta(days=LATE_DAYS)):
                yield found.start(), date
                break


def _date(text: str, found: re.Match[str]) -> str | None:
    groups = found.groupdict()
    if groups.get("one"):
        return _slashed(found)
    if groups.get("short"):
        if not (found["hour"] or len(text.strip()) <= SHORT_CHARS):
            return None
        year = int(found["short"])
        year += 2000 if year < 70 else 1900
    elif groups.get("roc"):
        year = _number(groups["roc"]) + 1911
    else:
        year = _number(groups["year"])
    month = _MONTHS.get(groups["month"][:3].lower()) or _number(groups["month"])
    return _iso(year, month, _number(groups["day"]), found)


def _slashed(found: re.Match[str]) -> str | None:
    """12/25/2024, 25/12/2024; of 7/5/2005 the month is known only where the clock is an American one."""
    one, other = int(found["one"]), int(found["other"])
    if one > 12 >= other:
        one, other = other, one
    elif other <= 12 and one != other and not (found["after"] or (found["half"] or "").upper() in ("AM", "PM")):
        return None
    return _iso(int(found["year"]), one, other, found)


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
    if not EARLIEST <= year <= LATEST:
        return None
    return date.strftime("%Y-%m-%d") + (_time(found) if found else "")


def _time(found: re.Match[str]) -> str:
    if not found["hour"]:
        return ""
    half = (found["half"] or found["after"] or "").upper().replace(".", "")
    hour, minute = _hour_of_day(int(found["hour"]), half), int(found["minute"])
    second = int(found["second"] or 0)
    if hour is None or hour > 23 or minute > 59 or second > 59:
        return ""
    seconds = f":{second:02d}" if found["second"] else ""  # where the page shows none, none are invented
    return f"T{hour:02d}:{minute:02d}{seconds}{_zone(found['zone'])}"


def _zone(said: str | None) -> str:
    """+0800 has a colon in ISO 8601."""
    zone = (said or "").upper()
    return f"{zone[:3]}:{zone[3:]}" if len(zone) == 5 else zone


def _hour_of_day(hour: int, half: str) -> int | None:
    """By a clock of 24 hours; None where the words can be read in two ways."""
    if half[:1] in _NIGHT_FROM:
        if hour == 12 or hour < _NIGHT_FROM[half[:1]]:  # before or after midnight?
            return None
        return hour + 12 if hour < 12 else hour
    if hour < _AFTERNOON_BEFORE.get(half, 0):
        return hour + 12
    return 0 if half in _MORNING and hour == 12 else hour


def _relative(text: str, day: datetime) -> tuple[int, str] | None:
    """Place and ISO form of 昨天 14:20, 上周三, 刚刚, 三天前 …"""
    found = _RELATIVE.search(text)
    if found is None:
        return _without_year(text, day)
    if found["now"]:
        return found.start(), day.strftime("%Y-%m-%d")
    if found["word"] or found["week"]:
        back = _days_back(found, day)
        if back < 0:
            return None
        return found.start(), (day - timedelta(days=back)).strftime("%Y-%m-%d") + _time(found)
    seconds = _seconds_back(found)
    if seconds > LONGEST_AGO:
        return None
    return found.start(), (day - timedelta(seconds=seconds)).strftime("%Y-%m-%d")


def _days_back(found: re.Match[str], day: datetime) -> int:
    """Of 昨天 or 上周三; negative for a day to come."""
    if found["word"]:
        return _WORDS[found["word"]]
    weekday = "一二三四五六日".index(found["weekday"].replace("天", "日"))
    return day.weekday() - weekday + (7 if found["week"] == "上" else 0)


def _seconds_back(found: re.Match[str]) -> float:
    """Of 3小时前, 半年前, 一个半小时前 or 2 days ago."""
    if found["english"]:
        amount = 1.0 if found["count"].lower().startswith("a") else float(found["count"])
        unit = _ENGLISH[found["english"].lower()]
    else:
        amount = _amount(found["amount"])
        unit = found["unit"].replace("个", "").replace("個", "")
        amount += 0.5 if unit.startswith("半") else 0
    return (_SECONDS.get(unit[0]) or (365 if unit[0] == "年" else 30) * 86400) * amount


def _amount(said: str) -> float:
    if said == "半":
        return 0.5
    return 3.0 if said in "几幾数數" else float(_number(said.replace("两", "二")))


def _without_year(text: str, day: datetime) -> tuple[int, str] | None:
    """3月5日, 03-05 14:20: of the last year in which it is not to come."""
    found = _NO_YEAR.search(text)
    if found is None:
        return None
    bare = found["mark"] == "月" or (found["mark"] == "-" and len(found["month"]) == len(found["day"]) == 2)
    if not (found["hour"] or (bare and len(text) <= SHORT_CHARS)):
        return None
    month, date = int(found["month"]), int(found["day"])
    year = day.year - (1 if (month, date) > (day.month, day.day) else 0)
    iso = _iso(year, month, date, found)
    return (found.start(), iso) if iso else None
