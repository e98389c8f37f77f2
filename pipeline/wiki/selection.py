"""Which pages become documents: pure rules on a page's head and source."""

import re
from collections.abc import Sequence

from pipeline.contract.drop import DropReason
from pipeline.wiki.expansion import canonical


class Selection:
    """The rules of one configuration."""

    def __init__(
        self,
        namespaces: Sequence[int],
        redirect_words: Sequence[str],
        disambiguation_templates: Sequence[str] | None,
        list_titles: Sequence[str] | None,
    ) -> None:
        """None: pages of this kind are kept."""
        self.namespaces = frozenset(namespaces)
        words = "|".join(map(re.escape, redirect_words))
        self.redirect = re.compile(rf"\s*(?:{words})\s*[:：]?\s*\[\[", re.IGNORECASE) if words else None
        self.disambiguation = None
        if disambiguation_templates:
            names = "|".join(_name_pattern(name) for name in disambiguation_templates)
            self.disambiguation = re.compile(rf"\{{\{{\s*(?:{names})\s*(?:\||\}}\}})|__DISAMBIG__|__消歧[义義]__")
        self.lists = re.compile("|".join(f"(?:{pattern})" for pattern in list_titles)) if list_titles else None

    def drop(
        self, namespace: int, title: str, redirect: str | None, model: str, text: str | None
    ) -> DropReason | None:
        """The first rule that the page breaks."""
        if namespace not in self.namespaces:
            return DropReason.OTHER_NAMESPACE
        if redirect is not None or (text and self.redirect and self.redirect.match(text)):
            return DropReason.REDIRECT
        if text is None:
            return DropReason.MISSING_TEXT
        if model != "wikitext":
            return DropReason.NOT_WIKITEXT
        if self.disambiguation and self.disambiguation.search(text):
            return DropReason.DISAMBIGUATION
        if self.lists and self.lists.search(title):
            return DropReason.LIST_PAGE
        return None


def _name_pattern(name: str) -> str:
    """A template's name in source: its first letter in either case, underscores for blanks."""
    name = canonical(name)
    first = (
        f"[{re.escape(name[0].lower())}{re.escape(name[0])}]" if name[0].lower() != name[0] else re.escape(name[0])
    )
    return first + re.escape(name[1:]).replace(r"\ ", "[ _]")
