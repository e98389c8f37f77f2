"""Parser functions of MediaWiki that give running text; those that would need the clock, the database or Lua give
nothing and are counted."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import quote, quote_plus

from pipeline.wiki.control_marks import LITERAL
from pipeline.wiki.wikitext.expressions import evaluate, shown
from pipeline.wiki.wikitext.unit_conversion import convert

Argument = Callable[[], str]
"""Gives the argument's text; a branch that is not taken is never worked out."""

ALIASES = {
    "非空式": "if", "若": "if", "如果": "if", "相同式": "ifeq", "匹配式": "ifeq", "若相等": "ifeq",
    "如果相等": "ifeq",
    "错误式": "iferror", "如果错误": "iferror", "如果錯誤": "iferror", "多选式": "switch", "多条件式": "switch",
    "双射式": "switch", "开关": "switch", "转换": "switch", "轉換": "switch", "计算式": "expr", "表达式": "expr",
    "表達式": "expr", "存在式": "ifexist", "若有": "ifexist", "如有": "ifexist",
}  # fmt: skip
"""zh.wikipedia's own names (its siteinfo, magicwords)."""


def first(arguments: Sequence[Argument], index: int) -> str:
    return arguments[index]().strip() if index < len(arguments) else ""


def _if(arguments: Sequence[Argument]) -> str:
    return first(arguments, 1 if first(arguments, 0) else 2)


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FIGURE = re.compile(rf"(?:-|(?<![{LITERAL}\d.]))[0-9]+(?:\.[0-9]*)?")  # the number of a literal is no figure
_CHEM = re.compile(r"^(?:(?P<count>[0-9.]+)|(?P<charge>[0-9]*[+\-−]))$")
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_ERROR = '<strong class="error"></strong>'
"""MediaWiki shows a message."""
_ERRORS = re.compile(r'<(?:strong|span|p|div)\s[^<>]*?class="([^"<>]*)"')


def _same(a: str, b: str) -> bool:
    """PHP's ==: strings that hold numbers are compared as numbers."""
    return a == b or bool(_NUMBER.fullmatch(a) and _NUMBER.fullmatch(b) and float(a) == float(b))


def _ifeq(arguments: Sequence[Argument]) -> str:
    return first(arguments, 2 if _same(first(arguments, 0), first(arguments, 1)) else 3)


def _value(text: str) -> str:
    try:
        return shown(evaluate(text)) if text else ""
    except ValueError:
        return _ERROR


def _expr(arguments: Sequence[Argument]) -> str:
    return _value(first(arguments, 0))


def _ifexpr(arguments: Sequence[Argument]) -> str:
    value = _value(first(arguments, 0))
    return value if value == _ERROR else first(arguments, 1 if value not in ("", "0", "-0") else 2)


def _iferror(arguments: Sequence[Argument]) -> str:
    tested = first(arguments, 0)
    if any("error" in match.group(1).split() for match in _ERRORS.finditer(tested)):
        return first(arguments, 1)
    return first(arguments, 2) if len(arguments) > 2 else tested


def _ifexist(arguments: Sequence[Argument]) -> str:
    """No page is looked up: what a link's template shows is the same either way."""
    return (first(arguments, 1) if first(arguments, 0) else "") or first(arguments, 2)


_DEFAULT_CASES = ("#default", "#默认", "#默認")


def switch(wanted: str, cases: Iterable[tuple[Argument | None, Argument]]) -> str:
    """#switch. cases: what stands before `=`, if there is one, and what after it."""
    default: Argument | None = None
    for names, value in _branches(cases):
        if value is None:
            return names[-1]
        if any(_same(name, wanted) for name in names):
            return value().strip()
        if any(name.lower() in _DEFAULT_CASES for name in names):
            default = value
    return default().strip() if default else ""


def _branches(cases: Iterable[tuple[Argument | None, Argument]]) -> Iterator[tuple[list[str], Argument | None]]:
    """The cases that lead to one value, and that value; last, without a value, those that no value follows.

    A branch's cases are worked out when it is asked for: none behind the branch that is taken.
    """
    names: list[str] = []
    for name, value in cases:
        names.append((name or value)().strip())
        if name is not None:
            yield names, value
            names = []
    if names:
        yield names, None


def _formatnum(arguments: Sequence[Argument]) -> str:
    text = first(arguments, 0)
    if first(arguments, 1) in ("R", "NOSEP"):
        return text.replace(",", "")
    return _FIGURE.sub(_grouped, text)


def _grouped(match: re.Match[str]) -> str:
    whole, point, rest = match.group().replace("-", "−").partition(".")
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", whole[:60]) + whole[60:] + point + rest


def _integer(text: str) -> int:
    """PHP's intval."""
    match = _INTEGER.match(text)
    return int(match.group()) if match else 0


def _pad(arguments: Sequence[Argument], left: bool) -> str:
    text, filler = first(arguments, 0), first(arguments, 2) if len(arguments) > 2 else "0"
    missing = min(_integer(first(arguments, 1)), 500) - len(text)
    if missing <= 0 or not filler:
        return text
    padding = (filler * missing)[:missing]
    return padding + text if left else text + padding


def _titleparts(arguments: Sequence[Argument]) -> str:
    title = first(arguments, 0).replace("_", " ")
    count, begin = _integer(first(arguments, 1)), _integer(first(arguments, 2))
    parts = (title[:1].upper() + title[1:]).split("/", 24)[begin - 1 if begin > 0 else begin :]
    return "/".join(parts[: count or None])


def _convert(arguments: Sequence[Argument]) -> str:
    value, unit = first(arguments, 0), first(arguments, 1)
    converted = convert(value, unit, first(arguments, 2))
    return f"{value} {unit}" if converted is None else converted


def _chem(arguments: Sequence[Argument]) -> str:
    """{{chem|S|O|4|2-}}: digits are subscripts, a sign and the digits before it a superscript."""
    return "".join(_CHEM.sub(_chem_part, first(arguments, index)) for index in range(len(arguments)))


def _chem_part(match: re.Match[str]) -> str:
    charge = f"<sup>{match['charge'].replace('-', '−')}</sup>" if match["charge"] else ""
    return (f"<sub>{match['count']}</sub>" if match["count"] else "") + charge


def _urlencode(arguments: Sequence[Argument]) -> str:
    text = first(arguments, 0)
    return quote(text, safe="") if first(arguments, 1) == "PATH" else quote_plus(text)


def _nothing(_: Sequence[Argument]) -> str:
    return ""


FUNCTIONS: dict[str, Callable[[Sequence[Argument]], str]] = {
    "#if": _if,
    "#ifeq": _ifeq,
    "#expr": _expr,
    "#ifexpr": _ifexpr,
    "#iferror": _iferror,
    "#ifexist": _ifexist,
    "#titleparts": _titleparts,
    "#convert": _convert,
    "#chem": _chem,
    "formatnum": _formatnum,
    "lc": lambda arguments: first(arguments, 0).lower(),
    "uc": lambda arguments: first(arguments, 0).upper(),
    "lcfirst": lambda arguments: first(arguments, 0)[:1].lower() + first(arguments, 0)[1:],
    "ucfirst": lambda arguments: first(arguments, 0)[:1].upper() + first(arguments, 0)[1:],
    "padleft": lambda arguments: _pad(arguments, True),
    "padright": lambda arguments: _pad(arguments, False),
    "urlencode": _urlencode,
    "anchorencode": lambda arguments: first(arguments, 0).replace(" ", "_"),
    "plural": lambda arguments: first(arguments, 1 if first(arguments, 0) == "1" else max(len(arguments) - 1, 1)),
    "gender": lambda arguments: first(arguments, 3 if len(arguments) > 3 else 1),
    "grammar": lambda arguments: first(arguments, 1),
    "defaultsort": _nothing,
    "默认排序": _nothing,
    "預設排序": _nothing,
}
"""Name -> function; `#switch`, `#language`, `#tag`, `#invoke` and `displaytitle` are the expander's own."""

UNSUPPORTED = frozenset([
    "#invoke", "#time", "#timel", "#property", "#statements", "#babel", "#lst", "#lsth", "#section",
    "#categorytree", "#related", "#coordinates", "#assessment", "#target", "#mapframe", "ns", "nse", "int",
    "localurl", "fullurl", "canonicalurl", "filepath", "special", "pagesincategory", "pagesize",
    "numberingroup", "protectionlevel", "protectionexpiry",
])  # fmt: skip
"""Need Lua, the clock, the database or another page."""
