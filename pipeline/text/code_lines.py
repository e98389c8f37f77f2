"""Tell the lines of a plain text that are program code: no clean-up rule edits them.

Importers write code as it stands in its source, with its indentation. A line is code between ``` or ~~~ fences, or
if it is indented by two blanks or a tab and begins and reads like code; lines at the margin (`def f(x):`, `}`) only
beside such ones or three in a row. Indented prose, lists and verse are no code.
"""

import re
from itertools import chain

_MAY_HAVE_CODE = re.compile(r"\A(?: |\t|```|~~~)|\n(?: [ \t]|\t|```|~~~)|[;{}=]\n")
_LINE = re.compile("[\t -~Ａ-Ｚａ-ｚ０-９]")
_NEXT_LINE = re.compile("\n(?=[\t -~Ａ-Ｚａ-ｚ０-９])")
"""Lines of another beginning are prose, or stand between fences."""
_FENCE = re.compile(r"[ \t]*(```+|~~~+)")
_INDENT = re.compile(r" {2}| ?\t")
_BEGINS = re.compile(r"[!-~Ａ-Ｚａ-ｚ０-９]")
_LIST_ITEM = re.compile(r"(?:[-*+·•]|[0-9a-zA-Z]{1,3}[.)、．])\s")
_KEYWORD = re.compile(
    r"(?:return|break|continue|pass|import|yield|raise|throw|fi|done|esac|endif|echo|sudo|exit|cd)\b[!-~ ]{0,60}"
)
_WORDS = re.compile(r"[A-Za-z][A-Za-z'’,.\- ]*[.,!?]?")
"""English prose, which poems and quotations indent."""
_SIGNS = re.compile(r"[{}()\[\];=<>$#@\\|&*+/%!:\"'`_~^]")
_AT_MARGIN = re.compile(
    r"[A-Za-z_$@#}\])<\"'/*.\-][!-~\s]*(?:[;{}:,)\]>\\]|\*/)"  # ends like code
    r"|[A-Za-z_$][\w.$\[\]]*\s*[-+*/:]?=\s*\S.*"  # assigns
    r"|(?:import|from|package|using|def|class|return|else|try|end|fi|done|then)\b[!-~ ]*"
    r"|#!?(?:include|define|if|ifdef|ifndef|endif|/)[!-~ ]*"
    r"|(?://|#) .*"  # a comment, in any language
    r"|[$>] [!-~ ]+|[}\])]+[;,]?"
)
_HAN = re.compile("[\u3400-\u9fff]")
_CODE_BEGINS = frozenset(" \t`~#$>/ifpucdret}")
_CODE_ENDS = frozenset(";{}:,)]>\\/ \t")
"""Most lines of prose begin and end otherwise, and are told by this alone."""
MIN_AT_MARGIN = 3
"""Lines in a row that are code without an indented one among them."""


def code_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each run of code lines, without the last line break and blank lines at its edges."""
    if _MAY_HAVE_CODE.search(text) is None:
        return []
    spans: list[tuple[int, int]] = []
    lines = indented = first = last = after = 0
    starts = chain((0,) if _LINE.match(text) else (), map(re.Match.end, _NEXT_LINE.finditer(text)))
    for start in starts:
        if start < after:  # within a fence
            continue
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if lines and start > after + 1 and not text[after:start].isspace():
            if indented or lines >= MIN_AT_MARGIN:
                spans.append((first, last))
            lines = indented = 0
        line, after = text[start:end], end
        is_plain = line[0] not in _CODE_BEGINS and line[-1] not in _CODE_ENDS and "=" not in line
        kind = _PROSE if is_plain else _kind_of(line)
        if kind == _FENCED:
            after = end = _end_of_fence(text, line, end)
        if kind >= _MARGIN:
            first = first if lines else start
            last = end
            lines += 1
            indented += kind > _MARGIN
        elif lines and kind == _PROSE:
            if indented or lines >= MIN_AT_MARGIN:
                spans.append((first, last))
            lines = indented = 0
    if indented or lines >= MIN_AT_MARGIN:
        spans.append((first, last))
    return spans


_PROSE, _EMPTY, _MARGIN, _INDENTED, _FENCED = range(5)


def _kind_of(line: str) -> int:
    beginning = line[0]
    if beginning in " \t`~":
        if _FENCE.match(line):
            return _FENCED
        if line.isspace():
            return _EMPTY
        if beginning in " \t" and _is_indented_code(line):
            return _INDENTED
    return _MARGIN if _AT_MARGIN.fullmatch(line.rstrip()) else _PROSE


def _end_of_fence(text: str, line: str, end: int) -> int:
    mark = _FENCE.match(line)
    assert mark is not None
    fence = mark[1]
    closing = re.compile(rf"\n[ \t]*{fence}{fence[0]}*[ \t]*(?=\n|\Z)").search(text, end)
    return len(text) if closing is None else closing.end()


def _is_indented_code(line: str) -> bool:
    indent = _INDENT.match(line)
    if indent is None:
        return False
    content = line.strip()
    if _KEYWORD.fullmatch(content):
        return True
    if not _BEGINS.match(content) or _LIST_ITEM.match(content) or _WORDS.fullmatch(content):
        return False
    chinese = 0 if content.isascii() else len(_HAN.findall(content))
    is_comment = content.startswith(("#", "//", "/*", "-- ", "<!--", ";;"))
    return (
        is_comment
        or (3 * chinese <= len(content) and _SIGNS.search(content) is not None)
        or (not chinese and " " not in content)
    )
