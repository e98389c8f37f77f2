"""Make one document of the pages of a thread or an article, or say why they give none."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.documents.grouping import Part, first_address
from crawler.documents.threads import merge
from crawler.extraction.page_contents import Article, Post, ThreadPage
from crawler.extraction.paging import join
from crawler.platforms.reading import Reading
from crawler.warc.format import Capture
from pipeline.contract.document import Document, document_id
from pipeline.contract.drop import DropReason
from pipeline.schema.extract import ExtractConfig
from pipeline.text.language import chinese_share
from pipeline.text.variant import variant_of

Pages = list[tuple[Capture, Reading]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why pages give no document."""

    reason: DropReason
    measured: float | None = None
    kept_id: str | None = None
    """The document that has the same text."""


@dataclass(frozen=True, slots=True)
class Assembled:
    document: Document
    used: Pages
    aliases: Pages
    """Pages that say nothing which the others do not."""
    posts: tuple[Post, ...] = ()
    """Of a thread."""


class Assembler:
    """Makes documents of one site. Of equal texts the first is kept: the assembler must be told what is."""

    def __init__(self, site: str, licence: str, config: ExtractConfig) -> None:
        self.site, self.licence, self.config = site, licence, config
        self.kept = dict[bytes, str]()
        """Digest of a text -> id of the document that has it."""

    def keep(self, document: Document) -> None:
        self.kept[_digest(document.text)] = document.id

    def article(self, parts: Sequence[Part[Article]]) -> Assembled | Refusal:
        """`parts` are its pages, the first one first."""
        first = parts[0]
        texts = join([part.found.text for part in parts])
        text = "\n".join(filter(None, texts))
        refusal = self._refusal(text, self.config.min_chars)
        if refusal is not None:
            return refusal
        pages = [(part.capture, part.reading) for part in parts]
        used = [page for page, own in zip(pages, texts, strict=True) if own]
        aliases = [page for page, own in zip(pages, texts, strict=True) if not own]
        article = first.found
        document = self._document(
            "article", first.capture.url, first.reading, article.title, text, article.created, len(used)
        )
        return Assembled(document, used, aliases)

    def thread(self, parts: list[Part[ThreadPage]]) -> Assembled | Refusal:
        merged = merge([part.found for part in parts])
        refusal = self._refusal(merged.text, self.config.min_post_chars)
        if refusal is not None:
            return refusal
        pages = [(part.capture, part.reading) for part in parts]
        used = [page for at, page in enumerate(pages) if at not in merged.aliases]
        document = self._document(
            "thread", first_address(parts), used[0][1], merged.title, merged.text, merged.created, len(used)
        )
        return Assembled(document, used, [pages[at] for at in merged.aliases], merged.posts)

    def _refusal(self, text: str, min_chars: int) -> Refusal | None:
        if len(text) < min_chars:
            return Refusal(DropReason.NO_MAIN_TEXT, len(text))
        share = chinese_share(text)
        if share < self.config.min_chinese:
            return Refusal(DropReason.NOT_CHINESE, share)
        same = self.kept.get(_digest(text))
        return Refusal(DropReason.EXACT_DUPLICATE, 1.0, same) if same else None

    def _document(
        self, kind: str, url: str, reading: Reading, title: str | None, text: str, created: str | None, parts: int
    ) -> Document:
        return Document(
            id=document_id(self.site, url),
            source=self.site,
            url=url,
            title=title,
            text=text,
            created=created,
            licence=reading.licence or self.licence,
            kind=kind,
            variant=variant_of(text, reading.lang, reading.decoded.used, reading.host),
            label=None,
            parts=parts,
        )


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
