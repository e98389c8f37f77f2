"""spans.parquet: a row for each piece of a document, and nothing for shards without documents."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from pipeline.tokens.packing import Spans
from pipeline.tokens.spans import SpanWriter


def spans(*rows: tuple[int, int, int, int]) -> Spans:
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Spans(*columns)


def test_a_source_without_documents_leaves_no_row_group(tmp_path: Path) -> None:
    """`datasets` refuses a file whose first group has no rows."""
    with SpanWriter(tmp_path / "spans.parquet") as writer:
        writer.write(spans(), [], 0)
        writer.write(spans((0, 1, 3, 0), (0, 3, 5, 1)), ["甲", "乙"], 0)
        writer.write(spans(), [], 1)
        writer.write(spans((0, 1, 2, 0)), ["丙"], 1)
    file = pq.ParquetFile(tmp_path / "spans.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)] == [2, 1]
    assert [list(row.values()) for row in file.read().to_pylist()] == [
        [0, 1, 3, "甲"],
        [0, 3, 5, "乙"],
        [1, 1, 2, "丙"],
    ]
