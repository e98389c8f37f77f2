"""datasets, duckdb and polars read every folder of a run's data, and folders of shards without rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.contract.document import Document
from pipeline.core.shards import write_documents
from tests.clients.conftest import Answer

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]
Say = Callable[[str, str, str], None]
READERS = ("datasets", "datasets, streaming", "duckdb", "polars", "polars, lazy")
EMPTY = "corresponds to no data"
"""What datasets says of a table without any row, whatever the file's form; it streams them."""


def totals(folder: Path) -> tuple[int, int | None]:
    """Rows, and characters of `text` where there is such a column."""
    tables = [pq.read_table(path, partitioning=None) for path in sorted(folder.glob("*.parquet"))]
    rows = sum(table.num_rows for table in tables)
    if "text" not in tables[0].column_names:
        return rows, None
    return rows, sum(len(text) for table in tables for text in table["text"].to_pylist())


@pytest.fixture(scope="module")
def folders(data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Each folder with shards below data/, and folders of our own that hold shards without rows in any place."""
    made = tmp_path_factory.mktemp("shards")
    rows = [
        Document(f"{n:032x}", "s", "test:s", None, text, None, "unknown", "article", "und", None, 1)
        for n, text in enumerate(("床前明月光", "疑是地上霜"))
    ]
    for full in ("", "a", "b", "c"):
        for name in ("a", "b", "c"):
            write_documents(made / f"full-{full or 'none'}" / f"{name}-00000.parquet", rows if name == full else [])
    runs = sorted({path.parent for path in data.glob("**/*.parquet")})
    assert len(runs) > 10
    return runs + sorted(made.iterdir())


@pytest.fixture(scope="module")
def answer(
    folders: list[Path], tmp_path_factory: pytest.TempPathFactory, python_client: Callable[..., Answer]
) -> Answer:
    job = {"folders": [str(folder) for folder in folders], "cache": str(tmp_path_factory.mktemp("cache"))}
    return python_client("tables", "tables_client", job)


@pytest.mark.parametrize("reader", READERS)
def test_every_folder_has_the_rows_and_characters_that_it_has(
    answer: Answer, folders: list[Path], reader: str, tried: Say
) -> None:
    library, _, how = reader.partition(", ")
    tried(library, answer["versions"][library], f"{len(folders)} folders of shards{', ' if how else ''}{how}")
    found: dict[str, Any] = answer["found"][reader]
    wrong = []
    for folder in folders:
        rows, characters = totals(folder)
        result = found[str(folder)]
        if reader == "datasets" and not rows:
            right = EMPTY in result.get("error", "")
        else:
            right = result == {"value": [rows, (characters if rows else result.get("value", [0, 0])[1])]}
        if not right:
            wrong.append((str(folder), rows, characters, result))
    assert wrong == []
