"""Tell the lines of a plain text that are program code: no clean-up rule edits them.

Importers write code as it stands in its source, with its indentation. A line is code between ``` or ~~~ fences, or
if it is indented by two blanks or a tab and begins and reads like code; lines at the margin (`def f(x):`, `}`) only
beside such ones or three in a row. Indented prose, lists and verse are no code.
"""

import re
from itertools import chain

_MAY_HAVE_CODE = re.compile(r"\A(?: |\t|```|~~~)|\n(?: [ \t]|\t|```|~~~)|[;{}:=)>]\n")
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
EAST_ASIAN = "\u2e80"
MIN_AT_MARGIN = 3
"""Lines in a row that are code without an indented one among them."""


def code_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each run of code lines, without the last line break and blank lines at its edges."""
    if _MAY_HAVE_CODE.search(text) is None:
        return []
    run = _Run()
    after = 0
    starts = chain((0,) if _LINE.match(text) else (), map(re.Match.end, _NEXT_LINE.finditer(text)))
    for start in starts:
        if start < after:
            continue
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if start > after and not text[after:start].isspace():
            run.close()
        line, after = text[start:end], end
        if line[0] in " \t`~" and (mark := _FENCE.match(line)):
            fence = mark[1]
            closing = re.compile(rf"\n[ \t]*{fence}{fence[0]}*[ \t]*(?=\n|\Z)").search(text, end)
            after = end = len(text) if closing is None else closing.end()
            run.add(start, end, indented=True)
        elif line.isspace():
            continue
        elif line[0] in " \t" and _is_indented_code(line):
            run.add(start, end, indented=True)
        elif (line[-1] < EAST_ASIAN or line[0] in "#/" or "=" in line) and _AT_MARGIN.fullmatch(line.rstrip()):
            run.add(start, end, indented=False)
        else:
            run.close()
    run.close()
    return run.spans


class _Run:
    """Lines in a row that may be code."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self.start = self.end = -1
        self.lines = self.indented = 0

    def add(self, start: int, end: int, indented: bool) -> None:
        if not self.lines:
            self.start = start
        self.end = end
        self.lines += 1
        self.indented += indented

    def close(self) -> None:
        if self.indented or self.lines >= MIN_AT_MARGIN:
            self.spans.append((self.start, self.end))
        self.lines = self.indented = 0


def _is_indented_code(line: str) -> bool:
    indent = _INDENT.match(line)
    if indent is None:
        return False
    content = line.strip()
    if _KEYWORD.fullmatch(content):
        return True
    if not _BEGINS.match(content) or _LIST_ITEM.match(content) or _WORDS.fullmatch(content):
        return False
    signs = len(_SIGNS.findall(content))
    chinese = len(_HAN.findall(content))
    is_comment = content.startswith(("#", "//", "/*", "-- ", "<!--", ";;"))
    return is_comment or (signs > 0 and 3 * chinese <= len(content)) or (not chinese and " " not in content)
