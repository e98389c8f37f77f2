"""spans.parquet: which document stands where in each block, so that a training block leads to its sources."""

from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.tokens.packing import Spans

SPAN_SCHEMA = pa.schema(
    [
        pa.field("block", pa.int64(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("document", pa.string(), nullable=False),
    ]
)


class SpanWriter:
    """Writes spans as they come; a context manager."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, SPAN_SCHEMA, compression="zstd")

    def __enter__(self) -> "SpanWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def write(self, spans: Spans, documents: list[str], first_block: int) -> None:
        """`documents` are the ids that `spans.document` counts; `first_block` stands before the spans' block 0.

        No spans, no row group: `datasets` refuses a file whose first group has no rows.
        """
        if not len(spans.block):
            return
        columns = [spans.block + first_block, spans.start.astype(np.int32), spans.end.astype(np.int32)]
        ids = pa.array(documents, pa.string()).take(pa.array(spans.document))
        self._writer.write_table(pa.Table.from_arrays([*map(pa.array, columns), ids], schema=SPAN_SCHEMA))
