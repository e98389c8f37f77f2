"""Character references of HTML (&#183; &ldquo; &nbsp;) that were left in Chinese text, to their characters."""

import re
from html.entities import name2codepoint

from pipeline.text.characters import HAN
from pipeline.text.cleaning import invisible, line_breaks, spaces
from pipeline.text.stand_ins import HALF_WIDTH_PUNCTUATION, PRIVATE_USE, RADICALS, SMALL_AND_VERTICAL

_BLANK = {"nbsp", "ensp", "emsp", "thinsp"}
_NOTHING = {"zwnj", "zwj", "lrm", "rlm", "shy"}
_NAMES = {
    **{name: chr(code) for name, code in name2codepoint.items()},
    **dict.fromkeys(_BLANK, " "),
    **dict.fromkeys(_NOTHING, ""),
    "apos": "'",
}
_NUMERIC = re.compile(r"&#(?:(\d{2,7})|[xX]([0-9a-fA-F]{2,6}));")
_ONE = r"&(?:amp;)*(?:(?:#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6})|" + "|".join(sorted(_NAMES, reverse=True)) + r");|nbsp)"
_REFERENCE = re.compile(_ONE)
_RUN = re.compile(f"(?:{_ONE})+")
_TO_CHINESE = (*RADICALS, *PRIVATE_USE, *SMALL_AND_VERTICAL, *HALF_WIDTH_PUNCTUATION)
_CHINESE = re.compile(f"[{HAN}，。！？：；、（）《》【】{re.escape(''.join(_TO_CHINESE))}]")
"""With what later rules turn into such a character."""
_SPEAKS_OF_MARKUP = re.compile(
    "&(?:amp;)*lt;/?[A-Za-z!]|[Hh][Tt][Mm][Ll]|XML|xml|实体|實體|转义|轉義|跳脫|标签|標籤|[编編][码碼]|字符|字元|</?[a-z]"
)
"""A line that names references does not mean their characters."""


def character_references(text: str) -> tuple[str, int]:
    """References to their characters: numeric ones beyond ASCII anywhere, 128-159 by Windows' code page, as browsers
    read them; named and ASCII ones on lines where one stands right beside a Chinese character (他说&ldquo;OK&rdquo;),
    unless the line speaks of HTML. In a text on programming they are what it speaks of.
    """
    changed = 0
    for resolve in (_numeric, _named_references):
        text, count = resolve(text)
        changed += count
        if count:  # to a zero-width space, a line separator, a joiner, which earlier rules would have changed
            for rule in (line_breaks, invisible, spaces):
                text, _ = rule(text)
    return text, changed


def _named_references(text: str) -> tuple[str, int]:
    if _REFERENCE.search(text) is None:
        return text, 0
    lines, named = text.split("\n"), 0
    for number, line in enumerate(lines):
        if "&" in line:
            lines[number], count = _line(line)
            named += count
    return "\n".join(lines), named


def _numeric(text: str) -> tuple[str, int]:
    resolved = 0

    def resolve(match: re.Match[str]) -> str:
        nonlocal resolved
        character = _character(match)
        if character is None or character.isascii():
            return match[0]
        resolved += 1
        return character

    return _NUMERIC.sub(resolve, text), resolved


def _character(match: re.Match[str]) -> str | None:
    code = int(match[1]) if match[1] else int(match[2], 16)
    if 0x80 <= code < 0xA0:
        return bytes((code,)).decode("cp1252", "ignore") or None
    if code < 0x20 or code > 0x10FFFF or 0xD800 <= code < 0xE000 or code == 0x7F:
        return None
    return " " if code == 0xA0 else chr(code)


def _line(line: str) -> tuple[str, int]:
    runs = list(_RUN.finditer(line))
    beside = [_CHINESE.match(line[run.start() - 1 : run.start()]) or _CHINESE.match(line, run.end()) for run in runs]
    if not any(beside) or _SPEAKS_OF_MARKUP.search(line):
        return line, 0
    pieces, after, count = [], 0, 0
    for run, is_beside in zip(runs, beside, strict=True):
        pieces.append(line[after : run.start()])
        for reference in _REFERENCE.findall(run[0]):
            character = _named(reference)
            if character is None or (character.isascii() and character != " " and not is_beside):
                pieces.append(reference)
            else:
                pieces.append(character)
                count += 1
        after = run.end()
    pieces.append(line[after:])
    return "".join(pieces), count


def _named(reference: str) -> str | None:
    name = reference.removeprefix("&").removesuffix(";")
    while name.startswith("amp;"):
        name = name.removeprefix("amp;")
    number = _NUMERIC.fullmatch(f"&{name};")
    return _character(number) if number else _NAMES.get(name)
