"""One `<page>` of an export, from its bytes: by a few searches in MediaWiki's form, by an XML parser in any other."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from xml.parsers.expat import ErrorString

import numpy as np

_HEAD = re.compile(
    rb"<page>\s*<title>([^<]*)</title>\s*<ns>(-?\d+)</ns>\s*<id>(\d+)</id>\s*"
    rb'(?:<redirect title="([^"<>]*)"\s*/>\s*)?(?=<(?:revision|restrictions)>)'
)
_TIMESTAMP = re.compile(rb"<timestamp>([^<]*)</timestamp>")
_MODEL = re.compile(rb"<model>([^<]*)</model>")
_TEXT = re.compile(rb"<text\b([^<>]*)>")
_TAIL = re.compile(rb"\s*(?:<sha1>[^<]*</sha1>|<sha1\s*/>)?\s*</revision>\s*</page>")
_SIZE = re.compile(rb'\bbytes="0*[1-9]')
_SHORT_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
"""Those that MediaWiki writes; &amp; last, so that &amp;lt; becomes &lt;."""
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|quot|apos|amp));|&")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
DEFAULT_MODEL = "wikitext"


class Unreadable(Exception):
    """A page that is no XML: the cause, and the byte inside the page where that is known."""

    def __init__(self, cause: str, inside: int = 0) -> None:
        super().__init__(cause)
        self.cause, self.inside = cause, inside


@dataclass(frozen=True, slots=True)
class Fields:
    """What a page's XML says; of several revisions the last."""

    id: int
    title: str
    namespace: int
    redirect: str | None
    timestamp: str | None
    model: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A page of a namespace that was not asked for."""

    id: int
    title: str


def parse_page(raw: bytes, prefix: str, namespaces: frozenset[int] | None) -> Fields | Skipped:
    """From `<page>` to `</page>`; Unreadable where it is no XML or lacks title, namespace or id."""
    head = _HEAD.match(raw)
    if head:
        namespace = int(head[2])
        if namespaces is not None and namespace not in namespaces:
            return Skipped(int(head[3]), head[1].decode(errors="replace"))
        fields = _canonical(raw, head)
        if fields is not None:
            return fields
    fields = _parsed(raw, prefix)
    if namespaces is not None and fields.namespace not in namespaces:
        return Skipped(fields.id, fields.title)
    return fields


def _canonical(raw: bytes, head: re.Match[bytes]) -> Fields | None:
    """The page if it has MediaWiki's form, in which no `<` is left in the text; None: let the parser judge."""
    revision = raw.rfind(b"<revision>")
    opening = _TEXT.search(raw, max(revision, 0))
    if revision < 0 or not opening or raw.find(b"<!", 0, opening.end()) >= 0:
        return None
    empty = opening[1].endswith(b"/")
    close = opening.end() if empty else _text_end(raw, opening.end())
    if close is None or not _TAIL.fullmatch(raw, close + (0 if empty else len(b"</text>"))):
        return None
    timestamp = _TIMESTAMP.search(raw, revision, opening.start())
    model = _MODEL.search(raw, revision, opening.start())
    return Fields(
        int(head[3]),
        _text(raw, *head.span(1)),
        int(head[2]),
        _optional_text(raw, head, 4),
        _optional_text(raw, timestamp, 1),
        DEFAULT_MODEL if model is None else _text(raw, *model.span(1)),
        None if _is_absent(opening[1]) and empty else _text(raw, opening.end(), close),
    )


def _text_end(raw: bytes, start: int) -> int | None:
    """Where the `</text>` stands that ends the text from `start`; None if another tag comes first, or none."""
    close = raw.find(b"</text>", start)
    return None if close < 0 or raw.find(b"<", start, close) >= 0 else close


def _is_absent(attributes: bytes) -> bool:
    """Of an empty <text/>: the revision is deleted, or this is a dump without texts."""
    return b"deleted=" in attributes or _SIZE.search(attributes) is not None


def _optional_text(raw: bytes, match: re.Match[bytes] | None, group: int) -> str | None:
    return None if match is None or match[group] is None else _text(raw, *match.span(group))


def _text(raw: bytes, start: int, end: int) -> str:
    """Bytes of the page as text: line ends as XML has them, entities resolved."""
    data = raw[start:end]
    if _has_forbidden(data):
        match = _FORBIDDEN.search(data)
        assert match
        raise Unreadable(f"XML forbids the character U+{match[0][0]:04X}", start + match.start())
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        bad = data[error.start : error.end]
        raise Unreadable(f"the bytes {bad.hex(' ')} are no UTF-8", start + _undecodable(raw[start:end])) from error
    return _resolved(text, raw, start) if "&" in text else text


def _undecodable(data: bytes) -> int:
    """The byte at which decoding fails."""
    try:
        return len(data.decode())
    except UnicodeDecodeError as error:
        return error.start


def _has_forbidden(data: bytes) -> bool:
    """Whether a control character stands in it that is no tab or line end."""
    controls = np.count_nonzero(np.frombuffer(data, np.uint8) < 32)
    lines = data.count(b"\n")
    return bool(controls != lines) and controls != lines + data.count(b"\t") + data.count(b"\r")


def _resolved(text: str, raw: bytes, start: int) -> str:
    """All five named and the numeric references; nothing else is an entity here."""
    left, short = text.count("&"), text
    for entity, replacement in _SHORT_ENTITIES:
        before = len(short)
        short = short.replace(entity, replacement)
        left -= (before - len(short)) // (len(entity) - 1)
    if not left:
        return short

    def character(match: re.Match[str]) -> str:
        if match[3]:
            return _NAMED[match[3]]
        if match[0] != "&":
            code = int(match[1]) if match[1] else int(match[2], 16)
            if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
                return chr(code)
        shown = text[match.start() : match.start() + 20]
        inside = start + raw[start:].find(shown.partition("\n")[0].encode())
        raise Unreadable(f"undefined entity or bare &: {shown!r}", inside)

    return _REFERENCE.sub(character, text).replace("\r\n", "\n")


def _parsed(raw: bytes, prefix: str) -> Fields:
    """The page by an XML parser."""
    page = _tree(raw, prefix)
    id, namespace, title = (page.findtext(name) for name in ("id", "ns", "title"))
    if title is None or id is None or namespace is None:
        raise Unreadable("the page lacks title, ns or id")
    try:
        key, number = int(namespace), int(id)
    except ValueError as error:
        raise Unreadable(f"the page's ns or id is no number: {error}") from error
    redirect, revisions = page.find("redirect"), page.findall("revision")
    target = None if redirect is None else redirect.get("title")
    last = revisions[-1] if revisions else ElementTree.Element("revision")
    model = last.findtext("model") or DEFAULT_MODEL
    return Fields(number, title, key, target, last.findtext("timestamp"), model, _content(last))


def _tree(raw: bytes, prefix: str) -> ElementTree.Element:
    """The page's element, names without prefix. No DTD can stand inside a page, so no entity can be defined."""
    root = f'<mediawiki xmlns:{prefix[:-1]}="mw">'.encode() if prefix else b"<mediawiki>"
    parser = ElementTree.XMLParser()
    try:
        parser.feed(root + raw + b"</mediawiki>")
        page = parser.close()[0]
    except ElementTree.ParseError as error:
        raise Unreadable(f"no XML: {ErrorString(error.code)}", _offset(raw, error.position, len(root))) from error
    except (IndexError, ValueError) as error:
        raise Unreadable(f"no XML: {error}") from error
    for element in page.iter():
        element.tag = element.tag.rpartition("}")[2]
    return page


def _content(revision: ElementTree.Element) -> str | None:
    element = revision.find("text")
    if element is None:
        return None
    if len(element):
        raise Unreadable(f"a <{element[0].tag}> stands in the page's text: the dump's writer did not escape its `<`")
    if not element.text:
        attributes = " ".join(f'{name}="{value}"' for name, value in element.attrib.items())
        return None if _is_absent(attributes.encode()) else ""
    return element.text.replace("\r\n", "\n")


def _offset(raw: bytes, position: tuple[int, int], root_chars: int) -> int:
    """The byte inside the page, of a parser's line (from 1) and column in characters."""
    line, column = position
    begin = 0
    for _ in range(line - 1):
        begin = raw.find(b"\n", begin) + 1
    before = raw[begin:].decode(errors="surrogateescape")[: max(column - (root_chars if line == 1 else 0), 0)]
    return begin + len(before.encode(errors="surrogateescape"))
