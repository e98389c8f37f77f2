"""The main text of an unknown page: the element whose running text outweighs its furniture the most.

Running text is what has Chinese punctuation and few links; all else weighs against the elements that hold it. Inside
the chosen element furniture goes by its name (share, related, comment …), by its links and by its words.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from crawler.extraction.furniture import is_comments_name, is_furniture_line, is_furniture_name, trimmed
from crawler.extraction.render import Block, blocks

_PUNCTUATION = re.compile("[，。、；：！？…“”「」『』《》（）]|[,.;!?](?=\\s|$)")
FURNITURE_WEIGHT = 0.5
"""A character of furniture takes this much from the score of the elements around it."""
NAMED_SHARE = 0.4
"""An element with more of the page's running text than this is no furniture, whatever its name."""
COMMENTS_SHARE = 0.95
"""The same for comments, of which there may be many."""
NAMED_WEIGHT = 0.3
"""What is furniture by its name goes anyway, so it weighs less."""
LINK_SHARE = 0.5
"""A line with more of its characters in links is no running text."""
LIST_LINES = 3
"""So many lines of links one after another are a list of links."""
_SKIPPED = frozenset(("nav", "footer", "aside", "select", "button", "menu"))


@dataclass(slots=True, eq=False)
class Weight:
    """What lies below one element, in characters."""

    node: LexborNode
    parent: "Weight | None"
    named: bool
    """Its class or id names furniture."""
    running: float = 0.0
    """Running text, wherever it stands."""
    good: float = 0.0
    """Running text outside furniture."""
    bad: float = 0.0
    links: int = 0
    chars: int = 0
    first: int = 0
    last: int = -1
    """Its lines, which follow each other."""
    lines: int = 0
    inside: bool = False
    """It is furniture, or stands in such."""

    @property
    def score(self) -> float:
        return self.good - FURNITURE_WEIGHT * self.bad


def main_blocks(body: LexborNode) -> list[Block]:
    """The lines of the main text, in order; none where the page has no running text."""
    lines = blocks(body, _skip)
    holders, weights = _weigh(lines)
    if not weights:
        return []
    # Of equal scores the innermost, which has fewest characters.
    best = max(weights, key=lambda weight: (weight.score, -weight.chars))
    if best.good <= 0:
        return []
    return trimmed(_without_link_lists(_within(best, holders, weights, lines)))


def _skip(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:  # noqa: ARG001
    return tag in _SKIPPED or attributes.get("role") in ("navigation", "contentinfo", "search", "complementary")


def goodness(block: Block) -> float:
    """How many characters of the line are running text."""
    own = len(block.text) - block.links
    if own <= 0 or block.links > LINK_SHARE * len(block.text):
        return 0.0
    marks = len(_PUNCTUATION.findall(block.text))
    if marks == 0:
        return own * 0.3 if own >= 30 else 0.0
    if is_furniture_line(block.text):
        return 0.0
    return float(own) if own >= 15 else own * 0.5


def _weigh(lines: list[Block]) -> tuple[list[Weight], list[Weight]]:
    """The weight of each line's element, and those of all elements above lines, outer ones before inner ones."""
    holders, weights = _collect(lines)
    for weight in reversed(weights):
        if weight.parent is not None:
            _add(weight.parent, weight)
    total = max((weight.running for weight in weights), default=0.0)
    for weight in weights:  # a template may call its text `side`, but furniture is never most of the page
        if weight.named:
            share = COMMENTS_SHARE if is_comments_name(weight.node) else NAMED_SHARE
            weight.named = weight.running < share * total
        weight.inside = weight.named or (weight.parent is not None and weight.parent.inside)
    for block, holder in zip(lines, holders, strict=True):
        good, chars = goodness(block), len(block.text)
        holder.good += 0.0 if holder.inside else good
        holder.bad += NAMED_WEIGHT * chars if holder.inside else chars - good
    for weight in reversed(weights):
        if weight.parent is not None:
            weight.parent.good += weight.good
            weight.parent.bad += weight.bad
    return holders, weights


def _collect(lines: list[Block]) -> tuple[list[Weight], list[Weight]]:
    """Each element once, so that time does not grow with depth times lines."""
    known: dict[int, Weight] = {}
    holders, weights = [], []
    for number, block in enumerate(lines):
        new: list[LexborNode] = []
        node: LexborNode | None = block.node
        while node is not None and node.tag not in ("html", "-document") and node.mem_id not in known:
            new.append(node)
            node = node.parent
        parent = known.get(node.mem_id) if node is not None else None
        for inner in reversed(new):
            parent = known[inner.mem_id] = Weight(inner, parent, is_furniture_name(inner), first=number)
            weights.append(parent)
        holder = known[block.node.mem_id]
        _add(
            holder, Weight(block.node, None, False, goodness(block), 0, 0, block.links, len(block.text), 0, number, 1)
        )
        holders.append(holder)
    return holders, weights


def _add(outer: Weight, inner: Weight) -> None:
    outer.running += inner.running
    outer.links += inner.links
    outer.chars += inner.chars
    outer.lines += inner.lines
    outer.last = max(outer.last, inner.last)


def _within(best: Weight, holders: list[Weight], weights: list[Weight], lines: list[Block]) -> list[Block]:
    """The lines of an element without those of furniture and boxes of links in it."""
    out: dict[int, bool] = {}
    for weight in weights[weights.index(best) + 1 :]:
        above = weight.parent is not None and out.get(weight.parent.node.mem_id, False)
        out[weight.node.mem_id] = above or weight.named or _is_link_box(weight)
    out[best.node.mem_id] = False
    span = range(best.first, best.last + 1)
    return [lines[number] for number in span if not out.get(holders[number].node.mem_id, False)]


def _is_link_box(weight: Weight) -> bool:
    return weight.lines >= LIST_LINES and weight.links > LINK_SHARE * weight.chars


def _without_link_lists(lines: list[Block]) -> list[Block]:
    """Runs of lines that are mostly links go; a single one in the text stays."""
    kept: list[Block] = []
    run: list[Block] = []
    for block in lines:
        if block.links > LINK_SHARE * len(block.text):
            run.append(block)
            continue
        if len(run) < LIST_LINES:
            kept += run
        run = []
        kept.append(block)
    return kept
