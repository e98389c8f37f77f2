"""Creative Commons marks of a page to SPDX identifiers."""

import re

from selectolax.lexbor import LexborHTMLParser

_LICENCE = re.compile(
    r"creativecommons\.org/licenses/(by(?:-nc)?(?:-nd|-sa)?)/(\d\.\d)(?:/([a-z]{2})\b)?", re.IGNORECASE
)
_ZERO = re.compile(r"creativecommons\.org/publicdomain/zero/1\.0", re.IGNORECASE)
_PORTED = frozenset(
    ("CC-BY-NC-SA-2.0-DE", "CC-BY-NC-SA-2.0-FR", "CC-BY-SA-3.0-DE", "CC-BY-3.0-NL", "CC-BY-SA-3.0-IGO")
)


def licence_of(tree: LexborHTMLParser) -> str | None:
    """The licence that a rel=license link names, or the only one that the page links to; else None."""
    named = [
        licence for node in tree.css("[rel~=license][href]") if (licence := _spdx(node.attributes["href"] or ""))
    ]
    if named:
        return named[0]
    linked = {_spdx(node.attributes["href"] or "") for node in tree.css("a[href*='creativecommons.org/']")} - {None}
    return linked.pop() if len(linked) == 1 else None


def _spdx(address: str) -> str | None:
    if _ZERO.search(address):
        return "CC0-1.0"
    found = _LICENCE.search(address)
    if found is None:
        return None
    licence = f"CC-{found[1].upper()}-{found[2]}"
    ported = f"{licence}-{(found[3] or '').upper()}"
    return ported if ported in _PORTED else licence
