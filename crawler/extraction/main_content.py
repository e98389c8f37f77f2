"""Find the main text of an unknown page: the element whose running text outweighs its furniture the most.

Running text is what has Chinese punctuation and few links; all else weighs against the elements that hold it. Inside
the chosen element furniture goes by its name (share, related, comment …), by its links and by its words.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from crawler.extraction.ancestors import with_ancestors
from crawler.extraction.furniture import is_comments_name, is_furniture_line, is_furniture_name, trimmed
from crawler.html.render import Block, Element, links_elsewhere
from pipeline.text.folding import letters_only

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
CORE_SHARE = 0.9
"""An element that holds so much of the text is the text; what stands around it is its head and foot."""
OPENING_CHARS = 16
"""So many characters of the description are looked for."""
OPENINGS = 5
"""So many lines that hold them are tried."""
OPENING_SHARE = 0.3
"""The element around them must weigh at least so much of what the best element weighs."""
CARDS = 3
"""So many neighbours of one shape, each with a title that is a link, list other texts."""
CARD_CHARS = 300
"""They are as short as this on the mean, and none is over three times as long."""
CARD_TITLE = 8
"""A link of so many characters is a title."""
TITLE_SHARE = 0.8
"""Of a line's characters, those in links, if it is a title."""
BESIDE_CHARS = 60
"""With so much running text in paragraphs right beside it, a list is part of the text: 推荐书目."""
_RUNNING = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"))
_TABLES = frozenset(("table", "tbody", "td", "tr"))
"""Old pages are laid out with these: neighbours of one shape need not be alike."""
_SKIPPED = frozenset(("nav", "footer", "aside", "menu"))
_SKIPPED_ROLES = frozenset(("navigation", "contentinfo", "search", "complementary"))


@dataclass(slots=True, eq=False)
class Weight:
    """What lies below one element, in characters."""

    element: Element
    parent: "Weight | None"
    named: bool = False
    """Its class or id names furniture."""
    skipped: bool = False
    """It is a menu or a footer by its tag, or stands in one."""
    running: float = 0.0
    """Running text, wherever it stands."""
    good: float = 0.0
    """Running text outside furniture."""
    bad: float = 0.0
    links: int = 0
    chars: int = 0
    first: int = sys.maxsize
    last: int = -1
    """Its lines, which follow each other."""
    lines: int = 0
    titles: int = 0
    """Lines that are nothing but a link of a title's length."""
    card: bool = False
    """One of several neighbours of one shape that each link to another text."""
    named_inside: bool = False
    """Its name, or that of an element around it, is furniture's."""
    inside: bool = False
    """It is furniture or a card, or stands in such."""

    @property
    def score(self) -> float:
        return self.good - FURNITURE_WEIGHT * self.bad

    def add_line(self, number: int, block: Block) -> None:
        """A line of its own, which comes after all that were added before."""
        chars = len(block.text)
        self.links += block.links
        self.chars += chars
        self.first, self.last = min(self.first, number), number
        self.lines += 1
        self.titles += chars >= CARD_TITLE and block.links >= TITLE_SHARE * chars and links_elsewhere(block)

    def add(self, inner: "Weight") -> None:
        """What was counted in an element below it."""
        self.running += inner.running
        self.links += inner.links
        self.chars += inner.chars
        self.lines += inner.lines
        self.titles += inner.titles
        self.first = min(self.first, inner.first)
        self.last = max(self.last, inner.last)


def main_blocks(lines: Sequence[Block], opening: str = "", without: frozenset[Element] = frozenset()) -> list[Block]:
    """The lines of the main text, in order, of all lines of the page; none where it has no running text.

    `opening` is what the page's description says that its text begins with; the elements `without` are left
    out.
    """
    lines, holders, weights = _weigh(lines, without)
    if not weights:
        return []
    # Of equal scores the innermost, which has fewest characters.
    best = max(weights, key=lambda weight: (weight.score, -weight.chars))
    if best.good <= 0:
        return []
    best = _innermost(_anchored(best, opening, lines, holders), weights)
    return trimmed(_without_link_lists(_within(best, holders, weights, lines)))


def _anchored(best: Weight, opening: str, lines: list[Block], holders: list[Weight]) -> Weight:
    """The best element that holds the line with which the text opens, unless it is no match for the best of all."""
    start = letters_only(opening)[:OPENING_CHARS]
    if len(start) < OPENING_CHARS:
        return best
    found = (
        holder
        for block, holder in zip(lines, holders, strict=True)
        if len(block.text) >= OPENING_CHARS and start in letters_only(block.text)
    )
    for holder in islice(found, OPENINGS):
        chain = [holder]
        while chain[-1].parent is not None:
            chain.append(chain[-1].parent)
        if best in chain:
            return best
        near = max(chain, key=lambda weight: (weight.score, -weight.chars))
        if near.score >= OPENING_SHARE * best.score:
            return near
    return best


def _innermost(best: Weight, weights: list[Weight]) -> Weight:
    """Down to the element that holds nearly all of the text: what stands around it is head and foot."""
    for weight in weights:  # outer ones stand before inner ones
        if weight.parent is best and weight.good >= CORE_SHARE * best.good:
            best = weight
    return best


def _is_skipped(element: Element) -> bool:
    return element.tag in _SKIPPED or element.attributes.get("role") in _SKIPPED_ROLES


def goodness(block: Block) -> float:
    """How many characters of the line are running text."""
    own = len(block.text) - block.links
    if own <= 0 or block.links > LINK_SHARE * len(block.text):
        return 0.0
    if not _PUNCTUATION.search(block.text):
        return own * 0.3 if own >= 30 else 0.0
    if is_furniture_line(block.text):
        return 0.0
    return float(own) if own >= 15 else own * 0.5


def _weigh(lines: Sequence[Block], without: frozenset[Element]) -> tuple[list[Block], list[Weight], list[Weight]]:
    """The lines outside menus, the weight of each one's element, and of all elements above, outer before inner."""
    lines, holders, weights = _collect(lines, without)
    goods = [goodness(block) for block in lines]
    for good, holder in zip(goods, holders, strict=True):
        holder.running += good
    for weight in reversed(weights):
        if weight.parent is not None:
            weight.parent.add(weight)
    _mark_cards(weights)
    _mark_furniture(weights)
    _score(lines, goods, holders, weights)
    return lines, holders, weights


def _collect(lines: Sequence[Block], without: frozenset[Element]) -> tuple[list[Block], list[Weight], list[Weight]]:
    def weight_of(element: Element, around: Weight | None) -> Weight:
        if (around is not None and around.skipped) or element in without or _is_skipped(element):
            return Weight(element, around, skipped=True)
        return Weight(element, around, is_furniture_name(element))

    holders, weights = with_ancestors(lines, weight_of)
    kept = [(block, holder) for block, holder in zip(lines, holders, strict=True) if not holder.skipped]
    for number, (block, holder) in enumerate(kept):
        holder.add_line(number, block)
    weights = [weight for weight in weights if not weight.skipped]
    return [block for block, _ in kept], [holder for _, holder in kept], weights


def _mark_cards(weights: list[Weight]) -> None:
    """Marks lists of other texts: neighbours of one shape, each short and with a title that is a link."""
    groups: dict[tuple[Weight, str, str], list[Weight]] = defaultdict(list)
    paragraphs: dict[Weight | None, float] = defaultdict(float)
    """Running text in the paragraphs right below an element."""
    for weight in weights:
        if weight.parent is None:
            continue
        tag = weight.element.tag
        if tag == "p":
            paragraphs[weight.parent] += weight.running
        if _may_be_card(weight):
            groups[weight.parent, tag, weight.element.attributes.get("class") or ""].append(weight)
    for (inside, _, _), group in groups.items():
        if _are_cards(group, beside=max(paragraphs[inside], paragraphs[inside.parent])):
            for weight in group:
                weight.card = True


def _may_be_card(weight: Weight) -> bool:
    tag = weight.element.tag
    if not weight.titles or weight.chars > 3 * CARD_CHARS or tag in _RUNNING:
        return False
    return tag not in _TABLES or bool(weight.element.attributes.get("class"))


def _are_cards(group: list[Weight], beside: float) -> bool:
    chars = sum(weight.chars for weight in group)
    return len(group) >= CARDS and chars <= CARD_CHARS * len(group) and beside < BESIDE_CHARS


def _mark_furniture(weights: list[Weight]) -> None:
    """A template may call its text `side`, but furniture is never most of the page."""
    total = max((weight.running for weight in weights), default=0.0)
    for weight in weights:
        if weight.named:
            share = COMMENTS_SHARE if is_comments_name(weight.element) else NAMED_SHARE
            weight.named = weight.running < share * total
        around = weight.parent
        weight.inside = weight.named or weight.card or (around is not None and around.inside)
        weight.named_inside = weight.named or (around is not None and around.named_inside)


def _score(lines: list[Block], goods: list[float], holders: list[Weight], weights: list[Weight]) -> None:
    """What speaks for each element and what against it, its own lines first, then those below it."""
    for block, good, holder in zip(lines, goods, holders, strict=True):
        chars, kept = len(block.text), 0.0 if holder.inside else good
        holder.good += kept
        holder.bad += NAMED_WEIGHT * chars if holder.named_inside else chars - kept
    for weight in reversed(weights):
        if weight.parent is not None:
            weight.parent.good += weight.good
            weight.parent.bad += weight.bad


def _within(best: Weight, holders: list[Weight], weights: list[Weight], lines: list[Block]) -> list[Block]:
    """The lines of an element without those of furniture and boxes of links in it."""
    out = set[Weight]()
    for weight in weights[weights.index(best) + 1 :]:
        if weight.parent in out or weight.named or weight.card or _is_link_box(weight):
            out.add(weight)
    return [lines[number] for number in range(best.first, best.last + 1) if holders[number] not in out]


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
    return kept + [block for block in run if block.links < len(block.text)]  # 项目地址：…
