"""Readers of wikitext as conf/wiki sets them, over templates and groups that a test writes itself."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from pipeline.core.config import load_section
from pipeline.schema.wiki import Math, Superscripts, Tables, Variant, WikiConfig
from pipeline.wiki.dump.siteinfo import SiteInfo
from pipeline.wiki.page_reader import page_reader
from pipeline.wiki.wikitext.article import Reader
from pipeline.wiki.wikitext.template_store import StoreWriter

ROOT = Path(__file__).resolve().parents[2]
SITE = SiteInfo(
    "文渊百科",
    "testwiki",
    "https://zh.wenyuan.test/wiki/首页",
    "zh",
    "first-letter",
    {0: "", 1: "Talk", 6: "File", 10: "Template", 14: "Category", 828: "Module"},
)
NUMBERS = {"Template": 10, "Module": 828}


@cache
def default_config() -> WikiConfig:
    params = OmegaConf.load(ROOT / "conf" / "wiki" / "sample.yaml")
    return load_section(OmegaConf.create({"wiki": params}), "wiki", WikiConfig)


def wiki_config(**changes: Any) -> WikiConfig:
    """conf/wiki/sample.yaml with changes; enums by the names of their members."""
    enums = {"variant": Variant, "tables": Tables, "math": Math, "superscripts": Superscripts}
    values = {key: enums[key][value] if key in enums else value for key, value in changes.items()}
    return replace(default_config(), **values)


def wiki_reader(store: Path, pages: Mapping[str, str], language: str, **changes: Any) -> Reader:
    """A reader over these template and module pages (full title -> source)."""
    config = wiki_config(**changes)
    writer = StoreWriter(store, config.template_max_chars)
    for name, source in pages.items():
        target = source.partition("[[")[2].partition("]]")[0] if source.startswith("#重定向") else None
        writer.add(NUMBERS[name.partition(":")[0]], name, target, source)
    writer.close()
    site = SiteInfo(SITE.name, SITE.database, SITE.base, language, SITE.case, SITE.namespaces)
    return page_reader(config, site, store)
