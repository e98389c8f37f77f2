"""The embedding plan: for each token the base tokens of the same string, and how the rows of new tokens start."""

import pyarrow as pa

from pipeline.schema.tokenizer import Embeddings
from pipeline.vocab.assembly import Vocabulary, plain
from pipeline.vocab.base import Base

PLAN_SCHEMA = pa.schema(
    [
        pa.field("id", pa.int32(), nullable=False),
        pa.field("token", pa.string(), nullable=False),
        pa.field("base_ids", pa.list_(pa.field("element", pa.int32(), nullable=False)), nullable=False),
    ]
)


def embedding_plan(vocabulary: Vocabulary, base: Base, start: Embeddings) -> pa.Table:
    """One row a token, by id. A kept token has its one old id, a new one the base's pieces of its string.

    <nl> has the base's line break and bos the base's end of text; pad and further special tokens have no counterpart:
    an empty list. `start` stands in the table's metadata under `embeddings`, where train finds it.
    """
    model, text = base.model(), plain(base)
    rows: list[list[int]] = []
    for token in vocabulary.extension.kept:
        rows.append([base.ids[token]])
    rows += [model.encode(token).ids for token in vocabulary.extension.new]
    rows.append([] if base.end_of_text is None else [base.end_of_text])
    rows += [[] for _ in vocabulary.specials[1:]]
    rows.append(text.encode("\n").ids)
    rows += [text.encode(word).ids for word in vocabulary.words]
    columns = [range(len(rows)), vocabulary.tokens, rows]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, PLAN_SCHEMA, strict=True)],
        schema=PLAN_SCHEMA.with_metadata({"embeddings": start.name}),
    )
