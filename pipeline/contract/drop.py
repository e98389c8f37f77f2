"""Why a unit was dropped: the enum, and the row written to every `dropped/` folder."""

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

EXCERPT_CHARS = 80


class DropReason(Enum):
    """A reason's value is the sentence that the report prints for it."""

    BLANK = "The record holds nothing but white space."
    BROKEN_ENCODING = "The record's bytes are not text in the declared encoding."
    MALFORMED_ROW = "The row cannot be parsed in the source's format."
    MISSING_TEXT = "The row has no text field, or the field is not text."
    ROBOTS = "The site's robots.txt disallows the address."
    EXCLUDED = "The site's include and exclude patterns leave the address out."
    NOT_CONTENT = "The address is a function of the site's software (login, search, profile, reply), no page of text."
    TOO_DEEP = "The page is more links away from a seed than the limit."
    OVER_BUDGET = "The site's budget of pages, bytes or time was used up before the address's turn."
    TEMPLATE_BUDGET = "The host has more addresses of this form than the limit."
    TEMPLATE_TRAP = "Pages of this form differ in digits only."
    ALIAS = "The page names another address as its own, and that one is kept."
    IDENTICAL_BODY = "The same bytes are kept under another address."
    TOO_MANY_REDIRECTS = "More redirects in a row than the limit."
    HTTP_ERROR = "The server answered with an error."
    SOFT_404 = "The page says that there is no such page, though its status is 200."
    NOINDEX = "The page asks not to be archived (meta robots or X-Robots-Tag)."
    NOT_A_PAGE = "The bytes are no page: an image, an archive, a PDF, a program."
    EMPTY_BODY = "The server sent no bytes."
    BROKEN_BODY = "The bytes are not in the encoding that the server names, or cannot be read as a page."
    TOO_LARGE = "The response is larger than the limit, as sent or unpacked."
    TIMED_OUT = "The response did not end within the limit."
    UNREACHABLE = "No connection, or it was lost, at every attempt."
    UNSAFE_ADDRESS = "The host's name leads to a private, loopback or otherwise not global address."
    DISCOVERY_ONLY = "The file only helps to find pages: robots.txt, a sitemap, a feed, an index of an API."
    INDEX_PAGE = "The page only leads to others: a home page, a board, a list of tags, a search."
    LOGIN_WALL = "The page asks to log in, or denies access, and shows no text."
    NO_MAIN_TEXT = "The page has less running text than the importer's minimum."
    TOO_COMPLEX = "The page has more characters, elements or nesting than the importer's limits."
    UNREADABLE = "The page is not built as pages of its kind are, and broke the code that reads them."
    DAMAGED = "The page lies where the dump is damaged and could not be read whole."
    OTHER_NAMESPACE = "The page lies in a namespace that was not asked for (templates, talk, categories)."
    REDIRECT = "The page only leads to another."
    NOT_WIKITEXT = "The page is no wikitext but code or data."
    DISAMBIGUATION = "The page only lists what a word can mean."
    LIST_PAGE = "The page is a list, by its title."
    STUB = "The page's text is shorter than the importer's minimum."
    CONFLICTING_LABEL = "The same text stands under two labels, so neither can be trusted."
    EMPTY_AFTER_CLEANING = "Nothing was left after Unicode clean-up."
    TOO_SHORT = "Fewer characters than the kind's minimum."
    TOO_LONG = "More characters than the kind's maximum."
    NOT_CHINESE = "Too small a share of Chinese characters."
    REPETITIVE = "Too large a share of the text repeats what it already said."
    TOO_MUCH_PUNCTUATION = "Too large a share of punctuation."
    GARBLED = "Too large a share of characters that a wrong decoding left (U+FFFD, 锟斤拷)."
    TOO_MANY_SYMBOLS = "Too large a share of symbols, emoji or private-use characters."
    TOO_MANY_DIGITS = "Too large a share of digits."
    EXACT_DUPLICATE = "The same text, punctuation and case aside, is kept elsewhere."
    NEAR_DUPLICATE = "A text at least as similar as the threshold is kept elsewhere."
    WRONG_SCRIPT = "Its characters are of the other script, Simplified or Traditional, than the one asked for."
    UNLIKELY = "The model that wrote the text finds it less likely than the limit."
    UNKNOWN_LABEL = "The task has no word for this document's label."
    NOT_ASKED = "The task's sample was full before this document was drawn."
    NOT_SAMPLED = "The sample that the tokenizer learns from was full before this document was drawn."
    BEYOND_BUDGET = "The training budget ended before this block's first turn, or no phase draws from its source."


@dataclass(frozen=True, slots=True)
class Dropped:
    """One unit that went no further."""

    id: str
    reason: DropReason
    measured: float | None
    """The value that broke the rule, in the rule's own unit."""
    excerpt: str
    """The first EXCERPT_CHARS characters."""
    kept_id: str | None
    """For duplicates: the document that stays."""


DROPPED_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("measured", pa.float64()),
        pa.field("excerpt", pa.string(), nullable=False),
        pa.field("kept_id", pa.string()),
    ]
)


def excerpt(text: str) -> str:
    """The start of a text on one line, at most EXCERPT_CHARS characters."""
    return " ".join(text[: EXCERPT_CHARS * 2].split())[:EXCERPT_CHARS]
