"""Text that was decoded with a wrong encoding: repaired where the right reading is certain, else measured.

Certain is what, encoded again, is valid in the other encoding throughout and reads as Chinese (or as the typographic
marks of UTF-8); chance gives that to no run of ordinary text. Bytes that were replaced are lost: 锟斤拷 and 烫烫烫
say that there was something, not what.
"""

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise

from pipeline.text.code_lines import code_spans

LATIN = (
    "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
)
"""What Windows' code page 1252 and Latin-1 have beyond ASCII."""
_LATIN_RUN = re.compile(f"[{LATIN}](?:[{LATIN} ]{{0,400}}[{LATIN}])?")
_LEAD = re.compile("[\u00c2-\u00f4]")
_SPEAKS_OF_IT = re.compile("乱码|亂碼|[编解]码|[編解]碼|[Uu][Tt][Ff]|GB[K2]|gbk|Latin|Unicode|字[符元]集")
_BIG5_RUN = re.compile("(?:[\u00a4-\u00f9][\x40-\x7e\u00a1-\u00fe]){3,}")
_GBK_RUN = re.compile("(?:[\u00a1-\u00f7][\u00a1-\u00fe]){3,}")
_EAST_ASIAN_RUN = re.compile("[\u00a4-\u00f7\u0101-\u02d9\u0391-\u0451\u2010-\u2642\u2e81-\ue864\uf92c-\uffe5]{3,}")
_KANA_OR_OWN = re.compile("[\u3041-\u3093\ue000-\ue765]")
"""What GBK has where Big5 has its most frequent characters: hiragana, code points of the user's own."""
LEAST_BYTES = 6
"""Two Chinese characters of UTF-8: less may be chance."""
_LOST = re.compile("\ufffd|锟斤拷|锟斤|斤拷|烫{3,}|屯{3,}|葺{3,}|锘縷|锘")
_TALKED_OF = re.compile("[“‘「『\"'《（(](?:锟斤拷|烫+|屯+|\ufffd+)[”’」』\"'》）)]")


@cache
def _marks_of_utf8_in_gbk() -> str:
    """Characters of GBK alone whose first byte begins a Chinese character in UTF-8 and whose second goes on with it,
    or the other way: rare ones, of which every such text is full (鐨勪竴 for 的一); 锘 begins a byte order mark."""
    begins = (bytes((lead, trail)) for lead in range(0xE4, 0xEA) for trail in range(0x80, 0xA1))
    ends = (bytes((lead, trail)) for lead in range(0x81, 0xA1) for trail in range(0xE4, 0xEA))
    return "锘" + "".join(pair.decode("gbk", "ignore") for pair in (*begins, *ends))


def marks() -> str:
    """The inside of a character class: text without any of these was decoded well."""
    return "\u00c2-\u00f4\u3041-\u3093\ue000-\ue765" + _marks_of_utf8_in_gbk()


@cache
def _common() -> frozenset[str]:
    """The common characters of GB 2312 (level 1) and of Big5, with their punctuation."""
    cells = [bytes((lead, trail)) for lead in (0xA1, 0xA3, *range(0xB0, 0xD8)) for trail in range(0xA1, 0xFF)]
    big5 = [
        bytes((lead, trail))
        for lead in (0xA1, *range(0xA4, 0xC7))
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    ]
    return frozenset(
        "".join([c.decode("gb2312", "ignore") for c in cells] + [c.decode("big5", "ignore") for c in big5])
    )


def repaired(text: str) -> tuple[str, int]:
    """The text with what was certainly decoded wrongly read again, and the number of such runs.

    UTF-8 read as Latin-1 or cp1252 is ftfy's to repair, also where a no-break space became a blank; UTF-8 and Big5
    read as GBK (浣犲ソ for 你好), GB 2312 and Big5 read as Latin-1 (ÄãºÃÂð) are told here. Lines that speak of
    encodings and lines of code stay: they show it.
    """
    if not _prose(text)[1]:
        return text, 0
    spans = code_spans(text)
    pieces, after, count = [], 0, 0
    for start, end in [*spans, (len(text), len(text))]:
        mended, changed = _prose(text[after:start])
        pieces += [mended, text[start:end]]
        after, count = end, count + changed
    return "".join(pieces), count


def _prose(text: str) -> tuple[str, int]:
    signs = re.compile(f"[{marks()}]")
    pieces, after, count = [], 0, 0
    for found in signs.finditer(text):
        if found.start() < after:
            continue
        start, end = text.rfind("\n", after, found.start()) + 1 or after, text.find("\n", found.end())
        end = len(text) if end < 0 else end
        line, changed = _line(text[start:end])
        pieces += [text[after:start], line]
        after, count = end, count + changed
    return "".join((*pieces, text[after:])), count


def _line(line: str) -> tuple[str, int]:
    in_gbk = re.compile(f"[{_marks_of_utf8_in_gbk()}]")
    count = 0
    if _SPEAKS_OF_IT.search(line):
        return line, 0
    for has_sign, run, mend in (
        (_LEAD, _LATIN_RUN, _utf8_in_latin),
        (_LEAD, _GBK_RUN, _gbk_in_latin),
        (_LEAD, _BIG5_RUN, _big5_in_latin),
        (in_gbk, _EAST_ASIAN_RUN, _utf8_in_gbk),
        (_KANA_OR_OWN, _EAST_ASIAN_RUN, _big5_in_gbk),
    ):
        if has_sign.search(line):
            line, changed = _each(run, mend, line)
            count += changed
    return line, count


def _each(run: re.Pattern[str], mend: Callable[[str], str], line: str) -> tuple[str, int]:
    changed = 0

    def again(match: re.Match[str]) -> str:
        nonlocal changed
        mended = mend(match[0])
        changed += mended != match[0]
        return mended

    return run.sub(again, line), changed


def _utf8_in_latin(run: str) -> str:
    from ftfy import fix_encoding

    if not _LEAD.search(run) or len(run) < 2:
        return run
    mended = fix_encoding(run)
    # é is a letter of its own; common Chinese and marks of typography (’ “ — …) are what UTF-8 meant.
    new = set(mended).difference(run, " \ufeff")
    if all(c in _common() or "\u2010" <= c < "\u3400" for c in new):
        return mended
    is_whole = len(run) >= LEAST_BYTES - 2 and not any(c > "\x7f" and c in mended for c in run)
    return mended if is_whole and all(c < "\u0530" for c in new) else run  # Russian, or French


def _gbk_in_latin(run: str) -> str:
    return _read_again(run, "latin-1", "gb2312")


def _big5_in_latin(run: str) -> str:
    return _read_again(run, "latin-1", "big5")


def _read_again(run: str, wrong: str, right: str) -> str:
    try:
        mended = run.encode(wrong).decode(right)
    except UnicodeError:
        return run
    in_order = all(ord(b) - ord(a) == 1 for a, b in pairwise(run))  # a list of the letters
    return run if in_order or not _common().issuperset(mended) else mended


def _utf8_in_gbk(run: str) -> str:
    try:
        # Windows' code page 936 reads the lone byte 80 as €, gb18030 writes another for it.
        raw = b"\x80".join(part.encode("gb18030") for part in run.split("€"))
        mended = raw.decode("utf-8")
    except UnicodeEncodeError:
        return run
    except UnicodeDecodeError as error:
        # The last character may have lost its end: browsers wrote ? for half a pair, and it was a mark of its own.
        if error.reason != "unexpected end of data" or error.end != len(raw):
            return run
        mended = raw[: error.start].decode("utf-8") + "\ufffd"
    whole = mended.rstrip("\ufffd").lstrip("\ufeff")
    return mended if len(raw) >= LEAST_BYTES and whole and _common().issuperset(whole) else run


def _big5_in_gbk(run: str) -> str:
    """硂琌絞闽逗┍ for 這是一篇關於飯店. Hiragana would all be frequent characters, so Japanese is left alone."""
    strange = sum(character not in _common() and not "\u3041" <= character <= "\u3093" for character in run)
    if len(run) < LEAST_BYTES or 4 * strange < len(run):
        return run
    return _read_again(run, "gb18030", "big5")


def damaged_characters(text: str) -> int:
    """Characters that stand where others were lost: U+FFFD, 锟斤拷, 烫烫烫, 屯屯屯, 锘; not in quotes."""
    if not any(mark in text for mark in ("\ufffd", "锟斤", "斤拷", "烫烫烫", "屯屯屯", "葺葺葺", "锘")):
        return 0
    return sum(len(found) for found in _LOST.findall(_TALKED_OF.sub("", text)))
