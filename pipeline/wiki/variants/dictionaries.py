"""OpenCC's configurations as single longest-match tables, so that page rules and dictionaries run in one pass.

A configuration is a segmentation and a chain of dictionaries. Flattened, it is one table: every key of every
dictionary in it (and, since the later links of a chain see Traditional text, their keys in Simplified as well) with
what OpenCC itself makes of the key. See bench/wiki.py for how closely the two agree.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from pipeline.text.opencc_dictionaries import SHARE, dictionary_keys
from pipeline.text.script import CERTAIN, converter, evidence
from pipeline.wiki.variants.trie import Trie


def _dictionaries(node: Any) -> Iterator[str]:
    """Names of the dictionary files below a node of a configuration."""
    if isinstance(node, dict):
        if node.get("type") == "ocd2":
            yield node["file"]
        for value in node.values():
            yield from _dictionaries(value)
    elif isinstance(node, list):
        for value in node:
            yield from _dictionaries(value)


def flat_rules(name: str) -> dict[str, str]:
    """The configuration (t2s, s2twp …) as one table; ValueError if OpenCC has none of this name."""
    converter(name)
    config = json.loads((SHARE / f"{name}.json").read_text(encoding="utf-8"))
    chain = config["conversion_chain"]
    keys = {key for file in _dictionaries([config.get("segmentation"), chain]) for key in dictionary_keys(file)}
    later = {key for file in _dictionaries(chain[1:]) for key in dictionary_keys(file)}
    keys |= {simplified for simplified in _convert_all("t2s", sorted(later)) if name.startswith("s2")}
    ordered = sorted(keys)
    return dict(zip(ordered, _convert_all(name, ordered), strict=True))


def _convert_all(name: str, keys: list[str]) -> list[str]:
    """No key holds a line break, and OpenCC matches none across it."""
    return str(converter(name).convert("\n".join(keys))).split("\n") if keys else []


QUOTES_TO_SIMPLIFIED = dict(zip("「」『』｢｣", "“”‘’“”", strict=True))
QUOTES_TO_TRADITIONAL = dict(zip("“”‘’", "「」『』", strict=True))
"""As MediaWiki's ZhConversion has them (1.39)."""
_LATIN = [chr(code) for code in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x180))]


def quotes(traditional: bool) -> dict[str, str]:
    """Quotation marks of the other script to those of this one; an apostrophe before a Latin letter stays."""
    if not traditional:
        return QUOTES_TO_SIMPLIFIED
    return QUOTES_TO_TRADITIONAL | {f"’{letter}": f"’{letter}" for letter in _LATIN}


@cache
def source_tables(simplified: str, traditional: str, with_quotes: bool) -> tuple[Trie, Trie]:
    """Tables for Simplified and for Traditional sentences, from two configurations.

    A Traditional sentence that goes to Traditional may hold words in Simplified (pages mix both): to its table come
    those entries of the other that no Traditional text can mean, since they hold an exclusively Simplified character.
    """
    for_simplified, for_traditional = flat_rules(simplified), flat_rules(traditional)
    if simplified.startswith("s2"):
        only_simplified = set(map(chr, np.flatnonzero(evidence() == CERTAIN).tolist()))
        for key, value in for_simplified.items():
            if not only_simplified.isdisjoint(key):
                for_traditional.setdefault(key, value)
    marks = quotes(simplified.startswith("s2")) if with_quotes else {}
    return Trie(for_simplified | marks), Trie(for_traditional | marks)
