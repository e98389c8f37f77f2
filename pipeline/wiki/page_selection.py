"""Which pages become documents: pure rules on a page's head and source."""

import re
from collections.abc import Iterable

from pipeline.contract.drop import DropReason
from pipeline.schema.wiki import WikiConfig
from pipeline.wiki.dump.pages import Page
from pipeline.wiki.wikitext.templates import canonical

_NEVER = re.compile("(?!)")


class PageSelection:
    """The rules of one configuration."""

    def __init__(self, config: WikiConfig) -> None:
        self.namespaces = frozenset(config.namespaces)
        self.redirect = _redirect(config.redirect_words)
        self.disambiguation = _NEVER if config.keep_disambiguations else _uses(config.disambiguation_templates)
        self.lists = _NEVER if config.keep_lists else _any_of(config.list_titles)

    def drop(self, page: Page) -> DropReason | None:
        """The first rule that the page breaks."""
        text = page.text or ""
        if page.namespace not in self.namespaces:
            return DropReason.OTHER_NAMESPACE
        if page.redirect is not None or self.redirect.match(text):
            return DropReason.REDIRECT
        if page.text is None:
            return DropReason.MISSING_TEXT
        if page.model != "wikitext":
            return DropReason.NOT_WIKITEXT
        if self.disambiguation.search(text):
            return DropReason.DISAMBIGUATION
        return DropReason.LIST_PAGE if self.lists.search(page.title) else None


def _redirect(words: Iterable[str]) -> re.Pattern[str]:
    """A text that begins with one of the words and a link."""
    listed = "|".join(map(re.escape, words))
    return re.compile(rf"\s*(?:{listed})\s*[:：]?\s*\[\[", re.IGNORECASE) if listed else _NEVER


def _uses(templates: Iterable[str]) -> re.Pattern[str]:
    """A text that uses one of the templates, or the magic word of disambiguations."""
    names = "|".join(map(_name_pattern, templates))
    return re.compile(rf"\{{\{{\s*(?:{names})\s*(?:\||\}}\}})|__DISAMBIG__|__消歧[义義]__") if names else _NEVER


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(joined) if joined else _NEVER


def _name_pattern(name: str) -> str:
    """A template's name in source: its first letter in either case, underscores for blanks."""
    name = canonical(name)
    first = (
        f"[{re.escape(name[0].lower())}{re.escape(name[0])}]" if name[0].lower() != name[0] else re.escape(name[0])
    )
    return first + re.escape(name[1:]).replace(r"\ ", "[ _]")
