"""Who writes in a topic, and what of a post is therefore a quote: the line that says who, and the words after it."""

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborNode

from crawler.extraction.post_text import element_before, skipping

QUOTE_HEAD_CHARS = 400
"""`@某人 在 某主题 中说：`, with a title of at most 255 characters."""
_LINE_BREAK = re.compile(r"\s*\n\s*")
_SAID = re.compile(r"(说|說|写道|寫道|wrote|said( in .*)?)\s*[:：]$", re.IGNORECASE)
_LEFT_OUT = frozenset(("post-signature", "signature", "attachments", "deleted", "link-preview"))
_OF_FORUM = "a[href*='/topic/'], a[href*='/user/'], a[href*='/uid/']"


class Writers:
    """Who writes in a topic, and what of a post is therefore somebody else's."""

    def __init__(self, names: Iterable[str | None]) -> None:
        self.names = tuple(sorted({name for name in names if name and len(name) > 1}))
        self.skip = skipping(_LEFT_OUT, frozenset(), self.is_of_another)

    def is_of_another(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:  # noqa: ARG002
        """What somebody else wrote, and the line that says who: the composer of NodeBB 4 writes that line into the
        quote, those before it right above. Other blockquotes are the writer's own choice and stay."""
        if tag == "blockquote":
            first, before = _element(node.first_child), element_before(node)
            return self.is_head(first, 0) or self.is_head(before, -1)
        if tag != "p" or not self.is_head(node, 0) or not self.is_head(node, -1):
            return False
        after = _element(node.next)
        return after is not None and after.tag == "blockquote"

    def is_head(self, node: LexborNode | None, line: int) -> bool:
        """Whether this line of a paragraph (0: the first, -1: the last) names a member whose words follow: `某人 说:`
        with a link to the post, the member or the topic, `@某人 说：`, or the name of somebody who posts here.
        `孔子说：` does not: Confucius is no member."""
        if node is None or node.tag != "p":
            return False
        text = _LINE_BREAK.split((node.text() or "").strip())[line]
        if len(text) > QUOTE_HEAD_CHARS or not text.endswith((":", "：")):
            return False
        if node.css_first("a[href*='/post/']") is not None:
            return True
        if _SAID.search(text) is None:
            return False
        return text.startswith(("@", *self.names)) or node.css_first(_OF_FORUM) is not None


def _element(node: LexborNode | None) -> LexborNode | None:
    """The node itself or the next element after it, where no text stands between."""
    while node is not None and not node.is_element_node and not (node.text_content or "").strip():
        node = node.next
    return node if node is not None and node.is_element_node else None
