"""Rows of the tables beside the documents: a row a page that the crawl kept, a row a post of a thread."""

from collections.abc import Sequence

import pyarrow as pa

from crawler.extraction.page_contents import Article, Post
from crawler.platforms.reading import Reading
from pipeline.contract.document import Document

Row = dict[str, object]
PAGE_SCHEMA = pa.schema(
    [
        pa.field("url", pa.string(), nullable=False),
        pa.field("document", pa.string()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("declared", pa.string()),
        pa.field("encoding", pa.string(), nullable=False),
        pa.field("replaced", pa.int64(), nullable=False),
        pa.field("author", pa.string()),
    ]
)
"""`document` is null for a page that gave none, `author` unless `extract.authors` is set."""
POST_SCHEMA = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("floor", pa.int64(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("created", pa.string()),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("author", pa.string()),
    ]
)
"""In the order of the document's text; `author` is null unless `extract.authors` is set."""


def page_row(url: str, reading: Reading, document: str | None, authors: bool) -> Row:
    decoded, found = reading.decoded, reading.found
    return {
        "url": url,
        "document": document,
        "kind": reading.kind,
        "declared": decoded.declared,
        "encoding": decoded.used,
        "replaced": decoded.replaced,
        "author": found.author if authors and isinstance(found, Article) else None,
    }


def post_rows(document: Document, posts: Sequence[Post], authors: bool) -> list[Row]:
    return [
        {
            "document": document.id,
            "floor": post.floor,
            "url": document.url,
            "created": post.created,
            "text": post.text,
            "author": post.author if authors else None,
        }
        for post in posts
    ]
