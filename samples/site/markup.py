"""A source file in, an article out: its head, and its blocks as HTML and as the text that an extractor should give.

A file is a head of `key: value` lines, an empty line and blocks divided by empty lines: paragraphs, `## ` headings,
`- ` and `1. ` lists, `> ` quotes, fenced code, `| a | b |` tables (first row = heads). Inline: `code`, **bold** and
[text](address).
"""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

_FENCE = "```"
_INLINE = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\[(?P<text>[^]]+)\]\((?P<href>[^)]+)\)")
_MARKS = {"heading": "## ", "list": "- ", "quote": "> ", "table": "| "}


@dataclass(frozen=True)
class Block:
    kind: str
    """heading, list, steps (a numbered list), quote, table, code or paragraph."""
    lines: tuple[str, ...]
    """Without their marks; table rows have cells divided by " | "."""
    language: str = ""

    def text(self) -> list[str]:
        if self.kind == "code":
            return [line.rstrip() for line in self.lines if line.strip()]
        if self.kind == "table":
            return [plain(line.replace(" | ", " ")) for line in self.lines]
        return [plain(line) for line in self.lines]


@dataclass(frozen=True)
class Article:
    head: dict[str, str]
    blocks: tuple[Block, ...]

    def __getitem__(self, key: str) -> str:
        return self.head[key]

    def get(self, key: str) -> str:
        return self.head.get(key, "")

    def text(self) -> str:
        """One line a paragraph, heading, list item, table row or line of code; no empty lines, no title."""
        return "\n".join(line for block in self.blocks for line in block.text())


def plain(line: str) -> str:
    return _INLINE.sub(lambda found: found["code"] or found["bold"] or found["text"], line)


def inline(line: str) -> str:
    def tag(found: re.Match[str]) -> str:
        if found["code"]:
            return f"<code>{escape(found['code'])}</code>"
        if found["bold"]:
            return f"<strong>{escape(found['bold'])}</strong>"
        return f'<a href="{escape(found["href"])}">{escape(found["text"])}</a>'

    parts, end = [], 0
    for found in _INLINE.finditer(line):
        parts += [escape(line[end : found.start()], quote=False), tag(found)]
        end = found.end()
    return "".join([*parts, escape(line[end:], quote=False)])


def to_block(lines: list[str]) -> Block:
    """ValueError if a block mixes kinds: an empty line is missing then."""
    for kind, mark in _MARKS.items():
        marked = [line.startswith(mark) for line in lines]
        if all(marked):
            rows = [line.removeprefix(mark).removesuffix(" |").strip() for line in lines]
            return Block(kind, tuple(rows))
        if any(marked):
            raise ValueError(f"a block that is only partly {kind}: {lines[0]!r}")
    if all(re.match(r"\d+\. ", line) for line in lines):
        return Block("steps", tuple(line.split(". ", 1)[1] for line in lines))
    if len(lines) > 1:
        raise ValueError(f"a paragraph of two lines: {lines[0]!r}")
    return Block("paragraph", tuple(lines))


def to_blocks(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    lines: list[str] = []
    code: list[str] | None = None
    language = ""
    for line in [*text.split("\n"), ""]:
        if line.startswith(_FENCE):
            if code is None:
                code, language = [], line.removeprefix(_FENCE) or "plain"
            else:
                blocks.append(Block("code", tuple(code), language))
                code = None
        elif code is not None:
            code.append(line)
        elif line.strip():
            lines.append(line.strip())
        elif lines:
            blocks.append(to_block(lines))
            lines = []
    if code is not None:
        raise ValueError("a fence of code without an end")
    return tuple(blocks)


def read_article(path: Path) -> Article:
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    try:
        return Article(dict(line.split(": ", 1) for line in head.split("\n")), to_blocks(text))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def read_articles(folder: Path) -> list[Article]:
    """By date, oldest first."""
    articles = [read_article(path) for path in sorted(folder.glob("*.md"))]
    return sorted(articles, key=lambda article: article["date"])
