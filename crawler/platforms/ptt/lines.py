"""The lines of an article that its writer wrote: no quotes, no signature, no notes of the system.

A page of PTT is a terminal's screen: line breaks count, what a line is only its first characters say.
"""

import re

from crawler.extraction.post_text import MASK, masked

_STATION = re.compile(r"※ (?:發信站|Origin)\s*[:：]|◆ From\s*[:：]")
"""The line that ends an article; the signature stands before it."""
_SYSTEM = re.compile(
    r"※ (?:文章網址|文章代碼|編輯|轉錄者|轉寄者|引述)|※ ?\[?本文(?:轉錄|轉寄)自|※ [A-Za-z]\w{1,12}\s*[:：]轉錄至"
    r"|==> .{1,60}(?:提到|之銘言)|Sent from \w"
)
_QUOTED = re.compile(r"[:>](?:[ :>]|$)")
_FORWARDED = re.compile(
    r"^[ \t]*作者[:： ].{0,80}(?:看板|站內)[:： ].{0,80}\n(?:[ \t]*標題[:： ].*\n)?(?:[ \t]*時間[:： ].*\n)?",
    re.MULTILINE,
)
"""The head of an article that was forwarded from another board."""
_DELETED = re.compile(r"[(（][A-Za-z]\w{1,12} 刪除 [A-Za-z]\w{1,12} 的推文")
_RULE = "--"
SIGNATURE_LINES = 7
"""A signature has six lines at most, and an empty one below them."""
_MAIL = re.compile(r"\[email\sprotected\]")
_SPACES = re.compile(r"[ \t]{2,}")


def said_in(text: str) -> str:
    """An article's own words, a line a line."""
    kept: list[str] = []
    ended = False
    for line in _lines(text):
        if _STATION.match(line):
            if not ended:
                _cut_signature(kept)
            ended = True
        else:
            kept.append(line)
    if not ended:
        _cut_signature(kept)
    return _own(kept)


def added_in(text: str) -> str:
    """The same of what the writer put between the pushes later."""
    return _own([line for line in _lines(text) if not _STATION.match(line)])


def deleted_in(text: str) -> int:
    """How many pushes were taken out, each with a line that says so."""
    return sum(_DELETED.match(line) is not None for line in _lines(text))


def one(text: str) -> str:
    """A line as it stands in a text: names masked, no addresses of mailboxes."""
    return masked(_MAIL.sub(MASK, _SPACES.sub(" ", text.strip())))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in _FORWARDED.sub("", text).split("\n")]


def _cut_signature(lines: list[str]) -> None:
    """Takes away the rule that ends the article, and the signature with the rule above it."""
    while lines and lines[-1] in ("", _RULE):
        lines.pop()
    first = max(len(lines) - 1 - SIGNATURE_LINES, 0)
    rules = [place for place in range(first, len(lines)) if lines[place] == _RULE]
    if rules:
        del lines[rules[-1] :]


def _own(lines: list[str]) -> str:
    own = (one(line) for line in lines if not any(rule.match(line) for rule in (_QUOTED, _SYSTEM, _DELETED)))
    return "\n".join(line for line in own if line.strip("-"))
