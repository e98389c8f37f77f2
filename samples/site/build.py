"""Articles and forum threads in, a servable site out: www/, routes.json, expected.jsonl and without.jsonl.

The same sources give the same bytes. `--check` writes nothing and exits 1 if a file differs from its sources.
"""

import argparse
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit
from zlib import crc32

from routes import Route

HERE = Path(__file__).parent
MODULES = ("articles", "forums")
MISSING = "/404.html"
EXTENSIONS = {"text/html": ".html", "application/xml": ".xml", "text/plain": ".txt", "application/gzip": ".gz"}


def modules() -> list[ModuleType]:
    return [importlib.import_module(name) for name in MODULES if importlib.util.find_spec(name)]


def split(route: Route) -> tuple[str, str]:
    """Host, and path with query (or their regular expression)."""
    found = re.fullmatch(r"http://([^/^]+)(.*)", route.url, re.DOTALL)
    if not found:
        raise ValueError(f"not an absolute address: {route.url}")
    target = found[2]
    return found[1], f"^{target.removeprefix('^').removesuffix('$')}$" if route.pattern else target


def file_name(route: Route) -> str:
    """A path inside the host's folder, of letters that every file system takes."""
    target = split(route)[1]
    if route.pattern:
        name = re.sub(r"[^a-z0-9]+", "-", target.replace("\\d", "n")).strip("-")
        return f"_pattern/{name[:60]}-{crc32(target.encode()):08x}.html"
    name = re.sub(r"[^A-Za-z0-9._/-]", "_", target.lstrip("/"))
    if not name or name.endswith("/"):
        return f"{name}index.html"
    last = name.rsplit("/", 1)[-1]
    return name if "." in last and "?" not in target else name + EXTENSIONS.get(route.type.split(";")[0], ".bin")


def files_of(routes: Iterable[Route]) -> tuple[dict[str, bytes], dict[str, object]]:
    """Files by path below www/, and what routes.json holds.

    Equal bodies of a host share the file of the shortest address. Exact addresses come sorted, patterns as given.
    """
    files: dict[str, bytes] = {}
    names: dict[tuple[str, bytes], str] = {}
    exact, patterns, missing = [], [], {}
    given = list(routes)
    ordered = sorted((route for route in given if not route.pattern), key=lambda route: (len(route.url), route.url))
    for route in [*ordered, *(route for route in given if route.pattern)]:
        host, target = split(route)
        name = names.setdefault((host, route.body), f"{host}/{file_name(route)}")
        if files.setdefault(name, route.body) != route.body:
            raise ValueError(f"two bodies for the file {name}")
        answer = {"file": name, "type": route.type, "status": route.status}
        if route.pattern:
            patterns.append({"host": host, "pattern": target, **answer, "headers": dict(route.headers)})
        elif target == MISSING and route.status == 404:
            missing[host] = answer
        else:
            exact.append({"url": route.url, **answer, "headers": dict(route.headers)})
    exact.sort(key=lambda row: str(row["url"]))
    patterns.sort(key=lambda row: str(row["host"]))
    if len({row["url"] for row in exact}) != len(exact):
        raise ValueError("an address stands twice")
    if lacking := sorted({urlsplit(str(row["url"])).netloc for row in exact} - missing.keys()):
        raise ValueError(f"no page {MISSING} with status 404 for {', '.join(lacking)}")
    return files, {"routes": exact, "patterns": patterns, "missing": dict(sorted(missing.items()))}


def json_lines(rows: Iterable[dict[str, object]]) -> bytes:
    lines = [json.dumps(row, ensure_ascii=False) for row in sorted(rows, key=lambda row: str(row["url"]))]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def build() -> dict[str, bytes]:
    """All files below samples/site/ by path."""
    made = modules()
    files, table = files_of(route for module in made for route in module.pages())
    rows = [row for module in made for row in module.expected()]
    others = [row for module in made if hasattr(module, "without") for row in module.without()]
    if twice := {row["url"] for row in rows} & {row["url"] for row in others}:
        raise ValueError(f"both with and without a document: {sorted(twice)}")
    text = json.dumps(table, ensure_ascii=False, indent=1) + "\n"
    return {
        **{f"www/{name}": body for name, body in files.items()},
        "routes.json": text.encode("utf-8"),
        "expected.jsonl": json_lines(rows),
        "without.jsonl": json_lines(others),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
    check = parser.parse_args().check
    files = build()
    known = {str(path.relative_to(HERE)) for path in (HERE / "www").rglob("*") if path.is_file()}
    stale = sorted(name for name in known if name not in files)
    changed = [
        name for name, data in files.items() if not (HERE / name).is_file() or (HERE / name).read_bytes() != data
    ]
    if check:
        for name in sorted([*stale, *changed]):
            print(f"differs: {name}")
        return 1 if stale or changed else 0
    for name in stale:
        (HERE / name).unlink()
    for name in changed:
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(path.name + ".tmp")
        temporary.write_bytes(files[name])
        temporary.replace(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
