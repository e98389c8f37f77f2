"""spans.parquet: which document stands where in each block, so that a training block leads to its sources."""

from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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
    """Writes spans shard by shard; a context manager. The last shard waits until the number of blocks is known."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, SPAN_SCHEMA, compression="zstd")
        self._last = SPAN_SCHEMA.empty_table()

    def __enter__(self) -> "SpanWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def write(self, spans: Spans, documents: list[str]) -> None:
        """`documents` are the ids that `spans.document` counts."""
        if self._last.num_rows:
            self._writer.write_table(self._last)
        columns = [spans.block, spans.start.astype(np.int32), spans.end.astype(np.int32)]
        ids = pa.array(documents, pa.string()).take(pa.array(spans.document))
        self._last = pa.Table.from_arrays([*map(pa.array, columns), ids], schema=SPAN_SCHEMA)

    def finish(self, blocks: int) -> None:
        """Leave out a span beyond the last block: its one token, a final <s>, is only ever a target."""
        self._writer.write_table(self._last.filter(pc.less(self._last["block"], blocks)))
