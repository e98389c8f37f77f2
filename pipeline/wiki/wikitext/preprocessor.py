"""Wikitext to a tree of templates, parameters and extension tags: the first half of MediaWiki's parser.

Follows MediaWiki 1.39's Preprocessor_Hash: braces match from the inside, `[[…]]` and `-{…}-` inside a template keep
their `|`, what is unclosed stays text. One pass, linear in the length of the text whatever it holds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

EXTENSIONS = [
    "nowiki", "pre", "ref", "references", "math", "chem", "ce", "gallery", "timeline", "imagemap", "inputbox",
    "syntaxhighlight", "source", "poem", "graph", "score", "categorytree", "charinsert", "hiero", "indicator",
    "langconvert", "mapframe", "maplink", "page-collection", "phonos", "quiz", "section", "templatedata",
    "templatestyles",
]  # fmt: skip
"""zh.wikipedia's extension tags (its siteinfo, 2026): their content is no wikitext, or wikitext of its own."""

Nodes = list["str | Template | Parameter | Tag"]


@dataclass(slots=True)
class Template:
    """`{{name|part|key=part}}`; also parser functions and magic words."""

    parts: list[Nodes]
    """The name, then the arguments; shape [1 + arguments]."""
    equals: list[int]
    """For each part: index of the node that is its first `=`, or -1."""
    start: int
    end: int
    """Where it stands in the source, in characters."""


@dataclass(slots=True)
class Parameter:
    """`{{{name|default}}}`."""

    parts: list[Nodes]


@dataclass(slots=True)
class Tag:
    """`<name attributes>inner</name>` of an extension."""

    name: str
    attributes: str
    inner: str


_EXTENSION = rf"(?P<extension>(?i:{'|'.join(EXTENSIONS)}))(?=[\s/>])"
_INCLUSION = r"(?P<slash>/?)(?P<inclusion>(?i:noinclude|includeonly|onlyinclude))\s*(?P<empty>/?)>"
_HEAD = rf"\{{\{{+|<(?:(?P<comment>!--)|{_EXTENSION}|{_INCLUSION})"
_INSIDE = _HEAD + r"|\[\[|-\{(?!\{)"
_TOKENS = {
    "": re.compile(_HEAD),
    "[": re.compile(_INSIDE + r"|\]\]"),
    "-": re.compile(_INSIDE + r"|\}-"),
    "{": re.compile(_INSIDE + r"|\}\}+|[|=]"),
}
"""What matters inside each kind of frame; at the top only what opens something."""


@dataclass(slots=True)
class _Frame:
    opening: str
    """`{`, `[` or `-`; "" at the bottom."""
    count: int
    start: int
    parts: list[Nodes]
    equals: list[int]


def parse(text: str, transcluded: bool = False) -> Nodes:
    """The tree. transcluded: as a template's page is read (without <noinclude>), not as the page itself."""
    return _Parser(text, transcluded).run()


class _Parser:
    def __init__(self, text: str, transcluded: bool) -> None:
        self.text = _only_included(text) if transcluded else text
        self.dropped_tag = "noinclude" if transcluded else "includeonly"
        self.bottom = _Frame("", 0, 0, [[]], [-1])
        self.stack = [self.bottom]
        self.closers_missing: set[str] = set()
        self.angles_ahead = True
        """Whether a `>` may still come."""

    def run(self) -> Nodes:
        text, position = self.text, 0
        while match := _TOKENS[self.stack[-1].opening].search(text, position):
            start = match.start()
            if start > position:
                self.stack[-1].parts[-1].append(text[position:start])
            position = _BY_FIRST_CHARACTER[text[start]](self, match)
        self.stack[-1].parts[-1].append(text[position:])
        return self.flatten()

    def flatten(self) -> Nodes:
        """What was never closed is text; in one pass, bottom up, so that deep stacks cost no more than flat ones."""
        nodes: Nodes = []
        for frame in self.stack:
            if frame.opening in ("[", "-"):
                continue
            nodes.append("{" * frame.count)
            for index, part in enumerate(frame.parts):
                if index:
                    nodes.append("|")
                nodes += part
        return nodes

    # Each of these reads one token and returns where to go on.

    def open_braces(self, match: re.Match[str]) -> int:
        start, end = match.span()
        self.stack.append(_Frame("{", end - start, start, [[]], [-1]))
        return end

    def closing_run(self, match: re.Match[str]) -> int:
        """`}}…`, as many as the frames on top take; or `}-`."""
        position, end = match.span()
        if match.group() == "}-":
            return self.close_bracket(match)
        while self.stack[-1].opening == "{" and position < end:
            position += self.close_braces(end - position, position)
        return position

    def bar(self, match: re.Match[str]) -> int:
        frame = self.stack[-1]
        frame.parts.append([])
        frame.equals.append(-1)
        return match.end()

    def equals_sign(self, match: re.Match[str]) -> int:
        frame = self.stack[-1]
        if frame.equals[-1] < 0 and len(frame.parts) > 1:
            frame.equals[-1] = len(frame.parts[-1])
        frame.parts[-1].append("=")
        return match.end()

    def open_bracket(self, match: re.Match[str]) -> int:
        """[[ and -{ only change what matters until they are closed: their nodes go where they stand."""
        token, nodes = match.group(), self.stack[-1].parts[-1]
        nodes.append(token)
        self.stack.append(_Frame(token[0], 2, match.start(), [nodes], [-1]))
        return match.end()

    def close_bracket(self, match: re.Match[str]) -> int:
        self.stack[-1].parts[-1].append(match.group())
        self.stack.pop()
        return match.end()

    def close_braces(self, length: int, start: int) -> int:
        """Match a run of `}` with the frame on top; how many of them were taken."""
        frame = self.stack[-1]
        count = min(length, frame.count, 3)
        if count < 2:
            frame.parts[-1].append("}")
            return 1
        self.stack.pop()
        frame.count -= count
        element: Template | Parameter
        if count == 3:
            element = Parameter(frame.parts)
        else:
            element = Template(frame.parts, frame.equals, frame.start + frame.count, start + count)
        if frame.count >= 2:
            self.stack.append(_Frame("{", frame.count, frame.start, [[element]], [-1]))
        else:
            self.stack[-1].parts[-1] += ["{" * frame.count, element] if frame.count else [element]
        return count

    def angle(self, match: re.Match[str]) -> int:
        """A comment, a mark of inclusion or an extension's tag."""
        if match.group("comment"):
            return self.comment(match.start())
        if match.group("inclusion"):
            return self.inclusion(match)
        end = self.text.find(">", match.end()) if self.angles_ahead else -1
        if end >= 0:
            return self.extension(match.group("extension").lower(), match.end(), end)
        self.angles_ahead = False
        self.stack[-1].parts[-1].append(match.group())
        return match.end()

    def comment(self, start: int) -> int:
        """Comments go; one that has a line for itself takes the line with it."""
        text = self.text
        end = text.find("-->", start + 4)
        if end < 0:
            return len(text)
        end += 3
        nodes = self.stack[-1].parts[-1]
        before = nodes[-1] if nodes and isinstance(nodes[-1], str) else ""
        stripped = before.rstrip(" \t")
        if stripped.endswith("\n") or (not nodes and start == 0):
            after = end
            while after < len(text) and text[after] in " \t":
                after += 1
            if text.startswith("\n", after):
                if stripped != before:
                    nodes[-1] = stripped
                return after + 1
        return end

    def extension(self, name: str, begin: int, end: int) -> int:
        """An extension's tag whose attributes lie from `begin` to `end`."""
        attributes = self.text[begin:end]
        if attributes.endswith("/"):
            self.stack[-1].parts[-1].append(Tag(name, attributes[:-1], ""))
            return end + 1
        close, after = self.closing(name, end + 1)
        if close < 0:  # MediaWiki shows the tag as text; what follows is ordinary wikitext
            return end + 1
        self.stack[-1].parts[-1].append(Tag(name, attributes, self.text[end + 1 : close]))
        return after

    def inclusion(self, match: re.Match[str]) -> int:
        slash, name, empty = match.group("slash"), match.group("inclusion").lower(), match.group("empty")
        if name != self.dropped_tag or slash or empty:
            return match.end()
        end, after = self.closing(name, match.end())
        return len(self.text) if end < 0 else after

    def closing(self, name: str, position: int) -> tuple[int, int]:
        """Begin and end of the closing tag, or (-1, -1); a tag that has none ahead is looked for only once."""
        if name in self.closers_missing:
            return -1, -1
        match = closing_tag(name).search(self.text, position)
        if match is None:
            self.closers_missing.add(name)
            return -1, -1
        return match.start(), match.end()


_BY_FIRST_CHARACTER: dict[str, Callable[[_Parser, re.Match[str]], int]] = {
    "<": _Parser.angle,
    "{": _Parser.open_braces,
    "}": _Parser.closing_run,
    "|": _Parser.bar,
    "=": _Parser.equals_sign,
    "[": _Parser.open_bracket,
    "-": _Parser.open_bracket,
    "]": _Parser.close_bracket,
}
_CLOSING: dict[str, re.Pattern[str]] = {}


def closing_tag(name: str) -> re.Pattern[str]:
    if name not in _CLOSING:
        letters = "".join(f"[{c}{c.upper()}]" if c.isalpha() else re.escape(c) for c in name)
        _CLOSING[name] = re.compile(rf"</{letters}\s*>")
    return _CLOSING[name]


def _only_included(text: str) -> str:
    """With <onlyinclude> only what stands inside is transcluded."""
    lowered = text.lower() if "onlyinclude" in text.lower() else ""
    if "<onlyinclude>" not in lowered or len(lowered) != len(text):
        return text
    pieces, position = [], 0
    while (begin := lowered.find("<onlyinclude>", position)) >= 0:
        begin += len("<onlyinclude>")
        end = lowered.find("</onlyinclude>", begin)
        if end < 0:
            break
        pieces.append(text[begin:end])
        position = end
    return "".join(pieces)
