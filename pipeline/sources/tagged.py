"""Word-segmented text with tags (迈向/v  充满/v  希望/n) back to running text, cut into documents at titles.

The corpus of the People's Daily of January 1998 comes without article numbers: a document starts where
`starts_document` says so. Of 107 starts drawn at random and read by hand, 6 were false (four headings, a signature
and a row of a table inside an article); a start that is missed only joins two neighbouring articles.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.contract.drop import DropReason
from pipeline.sources.records import Record, Rejected

_TAG = re.compile(r"/[A-Za-z]+$")
_COMPOUND = re.compile(r"^\[|\][A-Za-z]*$")  # [中央/n  人民/n  电台/n]nt
_NOTE = re.compile(r"（[^（）]*）$")
_PICTURE = re.compile(r"（[^（）]*图[^（）]*）$")
_ENDS = re.compile(r"[。！？…；”’』」）)]$")
_DATELINE = re.compile(r"(?:据|本报|新华社|中新社|人民日报).{0,40}?[电讯]|本报记者|新华社记者|记者")
_NOT_TITLE = re.compile(
    r"[（—△●▲■·＊※]|[问答]：|记者：|[一二三四五六七八九十０-９\d]+[、．]|中华人民共和国(?:主席|国务院)|第[一二三四五六七八九十]+[章节条]"
    r"|(?:本报|新华社|中央)[^，]{0,12}(?:记者|评论员|通讯员)|.*（[０-９\d]+[人名]）$"
)
LONG_TITLE_CHARS = 13
"""Headings inside an article are seldom as long; titles mostly are."""


def running_text(line: str) -> str:
    """A tagged line as it was printed: tags off, tokens joined, a space kept between two Latin words."""
    text = ""
    for token in line.split():
        word = _TAG.sub("", _COMPOUND.sub("", token))
        if text and word and text[-1].isascii() and word[0].isascii() and text[-1].isalnum() and word[0].isalnum():
            text += " "
        text += word
    return text


def is_title(text: str, max_chars: int) -> bool:
    """Title-like: 5 to `max_chars` characters (a bracketed note at the end aside) and not a sentence.

    Out are lines in brackets, bylines, questions and answers, numbered headings, and whatever ends as a
    sentence does or holds a full stop or semicolon.
    """
    bare = _NOTE.sub("", text)
    if not 5 <= len(bare) <= max_chars or _NOT_TITLE.match(text):
        return False
    if bare[0] in "“‘『" and bare[-1] in "”’』":  # direct speech
        return False
    return bare[-1] not in "。！？；：，、…—" and not re.search("[。；]", bare)


def starts_document(before: str, line: str, after: str, title_max_chars: int) -> bool:
    """True if a title-like line opens an article rather than a part of one.

    The line before must end as text does: verse, tables, lists of names and titles do not. Then one sign of three
    is asked for: the line before closes an article (it ends with a credit in brackets); the
    line after is a dateline (本报北京１月１日讯), a byline or a second title line; or the title is long or
    announces a picture.
    """
    if not is_title(line, title_max_chars) or (before and not _ENDS.search(before)) or _PICTURE.search(before):
        return False
    closes = before.endswith(("）", ")"))
    opens = bool(_DATELINE.match(after)) or (0 < len(after) <= 20 and after[-1] not in "。！？；：”…）")
    return closes or opens or len(line) >= LONG_TITLE_CHARS or bool(_PICTURE.search(line))


def read_tagged(
    lines: Iterable[tuple[str, str | Rejected]], title_max_chars: int, document_min_chars: int
) -> Iterator[Record | Rejected]:
    """Documents of consecutive lines. A title of several lines stays together: a start needs a line before it that
    is no title. A document shorter than `document_min_chars` is no article (a stanza): the next one joins it. Text
    before the first title is a document too."""
    printed: list[tuple[str, str]] = []
    for key, line in lines:
        text = line if isinstance(line, Rejected) else running_text(line)
        if isinstance(text, Rejected):
            yield text
        elif not text:
            yield Rejected(key, DropReason.BLANK)
        else:
            printed.append((key, text))
    starts = _starts([text for _, text in printed], title_max_chars, document_min_chars)
    for first, end in pairwise([*starts, len(printed)]):
        yield _document(printed[first:end])


def _starts(lines: Sequence[str], title_max_chars: int, document_min_chars: int) -> list[int]:
    """Indices of the lines that begin a document."""
    starts, has_body, chars = [0] if lines else [], False, 0
    for index, (before, line, after) in enumerate(zip(["", *lines], lines, [*lines[1:], ""], strict=False)):
        if has_body and starts_document(before, line, after, title_max_chars):
            if chars >= document_min_chars:
                starts.append(index)
                chars = 0
            has_body = False
        chars += len(line)
        has_body = has_body or not is_title(line, title_max_chars)
    return starts


def _document(lines: list[tuple[str, str]]) -> Record:
    texts = [text for _, text in lines]
    return Record(lines[0][0], "\n".join(texts), title=texts[0], units=len(texts), chars=sum(map(len, texts)))
