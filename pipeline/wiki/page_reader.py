"""The reader of one wiki's pages, put together from the configuration: dictionaries, templates, names, sections."""

from pathlib import Path

from pipeline.schema.wiki import Math, Superscripts, Tables, Variant, WikiConfig
from pipeline.wiki.dump.siteinfo import SiteInfo
from pipeline.wiki.variants.conversion import Conversion
from pipeline.wiki.variants.dictionaries import source_tables
from pipeline.wiki.variants.trie import Trie
from pipeline.wiki.wikitext.article import Reader
from pipeline.wiki.wikitext.expansion import Expander
from pipeline.wiki.wikitext.links import LANGUAGE_CODES, Links
from pipeline.wiki.wikitext.template_store import Store
from pipeline.wiki.wikitext.templates import TemplateTexts

FILE, CATEGORY = 6, 14
"""MediaWiki's namespace numbers."""


def is_chinese(site: SiteInfo) -> bool:
    """Whether MediaWiki converts the wiki's language between the variants of Chinese; not zh-classical or zh-yue."""
    return site.language.lower() in Variant.__members__


def dictionaries(config: WikiConfig, site: SiteInfo) -> tuple[Trie, Trie] | None:
    """OpenCC's tables for sentences in Simplified and in Traditional, made once a process; None: no variants."""
    if not is_chinese(site):
        return None
    if config.variant is Variant.zh:
        return Trie(), Trie()
    scripts = config.opencc[config.variant.name]
    return source_tables(scripts.hans, scripts.hant, config.quotes)


def page_reader(config: WikiConfig, site: SiteInfo, store_path: Path) -> Reader:
    store = Store(store_path)
    texts = TemplateTexts(
        config.template_texts,
        config.template_drops,
        config.template_notes,
        config.languages,
        store.template,
        config.template_max_chars,
    )
    bases = dictionaries(config, site)
    conversion = None if bases is None else Conversion(config.variant.name, bases, store.group)
    return Reader(
        Expander(texts, config.max_expanded_chars, config.math is Math.latex),
        Links(
            _names(site, FILE, "File", config.file_names) | _names(site, CATEGORY, "Category", config.category_names),
            LANGUAGE_CODES,
        ),
        conversion,
        config.tables is Tables.text,
        config.superscripts is Superscripts.unicode,
        frozenset(config.end_sections),
    )


def _names(site: SiteInfo, number: int, english: str, more: list[str]) -> frozenset[str]:
    names = [site.namespaces.get(number, english), english, *more]
    return frozenset(name.replace("_", " ").lower() for name in names)
