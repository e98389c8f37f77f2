"""Fixtures: the text, or the article, of wikitext."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.wiki.wikitext.article import Article
from pipeline.wiki.wikitext.magic_words import PageName
from tests.wiki.readers import SITE, wiki_reader


@pytest.fixture
def article(tmp_path: Path) -> Callable[..., Article]:
    """`article("文", variant="zh-tw", pages={"Template:甲": "…"})`; further keywords change wiki's section."""

    def read(
        text: str,
        *,
        variant: str = "zh-cn",
        pages: Mapping[str, str] | None = None,
        title: str = "测试",
        language: str = "zh",
        **changes: Any,
    ) -> Article:
        made = wiki_reader(tmp_path / "store.db", pages or {}, language, variant=variant, **changes)
        return made.read(text, PageName(title, "", SITE.name))

    return read


@pytest.fixture
def text(article: Callable[..., Article]) -> Callable[..., str]:
    """The text alone."""
    return lambda source, **keywords: article(source, **keywords).text
