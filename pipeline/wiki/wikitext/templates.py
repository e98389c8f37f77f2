"""Where a template's text comes from: the configuration first, then the dump's own page if it is simple enough."""

import re
from collections.abc import Callable, Mapping, Sequence

from pipeline.text.script import converter
from pipeline.wiki.wikitext.preprocessor import Nodes, parse

MAX_FOUND = 2_000
"""Parsed templates in memory; what is asked for again after that is parsed again."""
_NO_RUNNING_TEXT = re.compile(r"\{\||<(?:table|div|gallery|ol|ul|dl)\b|\{\{\s*#(?:invoke|tag)", re.IGNORECASE)


class TemplateTexts:
    """Where a template's text comes from: conf first, then the dump."""

    def __init__(
        self,
        table: Mapping[str, str],
        dropped: Sequence[str],
        notes: Sequence[str],
        languages: Mapping[str, str],
        dump: Callable[[str], str | None],
        max_chars: int,
    ) -> None:
        """table: names joined by `|` -> text; a name may end in `*`. dump: canonical name -> source of the page."""
        self.languages, self.dump, self.max_chars = languages, dump, max_chars
        self.notes = frozenset(map(canonical, notes))
        self.dropped = frozenset(map(canonical, dropped))
        self.exact: dict[str, Nodes] = {}
        self.prefixes: list[tuple[str, Nodes]] = []
        for names, text in table.items():
            tree = parse(text)
            for name in names.split("|"):
                if name.strip().endswith("*"):
                    self.prefixes.append((canonical(name.strip()[:-1]), tree))
                else:
                    self.exact[canonical(name)] = tree
        self.found: dict[str, tuple[Nodes, str] | None] = {}

    def find(self, name: str) -> tuple[Nodes, str] | None:
        """The template's tree, and what a `*` in the name of its entry stood for; None: the template is dropped."""
        if name not in self.found:
            if len(self.found) >= MAX_FOUND:
                self.found.clear()
            found = self._find(name)
            if found is None and name not in self.dropped:
                # MediaWiki also finds a page whose title is written in the other script ({{年號}} is {{年号}}).
                for other in other_scripts(name):
                    found = found or self._find(other)
            self.found[name] = found
        return self.found[name]

    def _find(self, name: str) -> tuple[Nodes, str] | None:
        if name in self.exact:
            return self.exact[name], ""
        for prefix, tree in self.prefixes:
            if name.startswith(prefix) and len(name) > len(prefix):
                return tree, name[len(prefix) :]
        if name in self.dropped:
            return None
        source = self.dump(name)
        if source is None or not simple_template(source, self.max_chars):
            return None
        return parse(source, transcluded=True), ""


def other_scripts(name: str) -> list[str]:
    """The name in Simplified and in Traditional, where they differ from it."""
    if name.isascii():
        return []
    return [other for other in (converter("t2s").convert(name), converter("s2t").convert(name)) if other != name]


def simple_template(source: str, max_chars: int) -> bool:
    """Whether a template's page is running text with parameters: short, no table, no block, no Lua."""
    return len(source) <= max_chars and not _NO_RUNNING_TEXT.search(source)


def canonical(name: str) -> str:
    """A template's name as its page has it: first letter upper case, blanks for underscores, no namespace."""
    name = " ".join(name.replace("_", " ").split())
    head, colon, rest = name.partition(":")
    if colon and head.strip().lower() in ("template", "t", "模板", "样板", "樣板"):
        name = rest.strip()
    return name[:1].upper() + name[1:]
