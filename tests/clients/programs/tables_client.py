"""Read folders of Parquet files with the libraries that analysts use.

python tables_client.py < job.json > answer.json. Of the job: folders (paths), cache (folder for datasets). The answer
has by library and folder its rows and the characters of `text`, None where a table has no such column.
"""

import json
import sys
import traceback
from importlib.metadata import version

import datasets
import duckdb
import polars

job = json.load(sys.stdin)
datasets.disable_progress_bars()


def by_datasets(pattern):
    table = datasets.load_dataset("parquet", data_files=pattern, split="train", cache_dir=job["cache"])
    return len(table), sum(map(len, table["text"])) if "text" in table.column_names else None


def by_datasets_streaming(pattern):
    rows = list(datasets.load_dataset("parquet", data_files=pattern, split="train", streaming=True))
    return len(rows), sum(len(row["text"]) for row in rows) if rows and "text" in rows[0] else None


def by_duckdb(pattern):
    columns = [row[0] for row in duckdb.execute("describe select * from read_parquet(?)", [pattern]).fetchall()]
    characters = "sum(length(text))" if "text" in columns else "null"
    rows, chars = duckdb.execute(f"select count(*), {characters} from read_parquet(?)", [pattern]).fetchone()
    return rows, None if chars is None else int(chars)


def by_polars(pattern):
    table = polars.read_parquet(pattern)
    return table.height, int(table["text"].str.len_chars().sum()) if "text" in table.columns else None


def by_polars_lazily(pattern):
    table = polars.scan_parquet(pattern)
    rows = table.select(polars.len()).collect().item()
    if "text" not in table.collect_schema():
        return rows, None
    return rows, int(table.select(polars.col("text").str.len_chars().sum()).collect().item())


READERS = {
    "datasets": by_datasets,
    "datasets, streaming": by_datasets_streaming,
    "duckdb": by_duckdb,
    "polars": by_polars,
    "polars, lazy": by_polars_lazily,
}


def attempt(function, *arguments):
    try:
        return {"value": function(*arguments)}
    except Exception:
        return {"error": traceback.format_exc().strip().splitlines()[-1]}


found = {
    name: {folder: attempt(read, f"{folder}/*.parquet") for folder in job["folders"]}
    for name, read in READERS.items()
}
versions = {name: version(name) for name in ("datasets", "duckdb", "polars")}
json.dump({"versions": versions, "found": found}, sys.stdout)
