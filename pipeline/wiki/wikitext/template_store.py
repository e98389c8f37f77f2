"""Templates and conversion groups of a dump, on disk: collected in a first pass, read by every worker."""

import json
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from pipeline.wiki.variants.conversion_groups import canonical_group, group_name, lua_rules, wikitext_rules
from pipeline.wiki.wikitext.html import entities
from pipeline.wiki.wikitext.templates import canonical, other_scripts, simple_template

TEMPLATE, MODULE = 10, 828
"""MediaWiki's namespace numbers."""
MAX_REDIRECTS = 3

_NOT_TRANSCLUDED = re.compile(r"<noinclude\s*>.*?(?:</noinclude\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS templates (name TEXT PRIMARY KEY, text TEXT, redirect TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS groups (name TEXT PRIMARY KEY, rules TEXT, module INTEGER) WITHOUT ROWID;
"""


class StoreWriter:
    """Collects the pages of one span."""

    def __init__(self, path: Path, max_chars: int) -> None:
        path.unlink(missing_ok=True)
        self.path, self.max_chars = path, max_chars
        self.connection = sqlite3.connect(path)
        self.connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)

    def add(self, namespace: int, title: str, redirect: str | None, text: str) -> None:
        """Keep the page if it is a conversion group or a template that running text may come from."""
        group = group_name(title)
        if group is not None:
            target = group_name(redirect) if redirect else None
            rules = target or (lua_rules(text) if namespace == MODULE else wikitext_rules(text))
            if rules and rules != group:
                self._group(group, rules, namespace == MODULE)
        if namespace != TEMPLATE:
            return
        name = canonical(title.partition(":")[2])
        if redirect is not None:
            self._template(name, None, canonical(redirect))
            return
        transcluded = _NOT_TRANSCLUDED.sub("", text) if "<" in text else text
        if simple_template(transcluded, self.max_chars):
            self._template(name, transcluded, None)

    def _group(self, name: str, rules: list[str] | str, module: bool) -> None:
        """Its rules, or the group that it leads to; a module stands above a template of the same name."""
        self.connection.execute(
            "INSERT INTO groups VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET rules = excluded.rules, "
            "module = excluded.module WHERE excluded.module >= module",
            (name, json.dumps(rules, ensure_ascii=False), int(module)),
        )

    def _template(self, name: str, text: str | None, redirect: str | None) -> None:
        self.connection.execute("INSERT OR REPLACE INTO templates VALUES (?, ?, ?)", (name, text, redirect))

    def close(self) -> None:
        self.connection.commit()
        self.connection.close()


def merge(parts: Iterable[Path], path: Path) -> tuple[int, int]:
    """One store of the spans' stores, in their order; how many templates and groups it holds."""
    writer = StoreWriter(path, 0)
    connection = writer.connection
    for part in parts:
        connection.commit()
        connection.execute("ATTACH ? AS part", (str(part),))
        connection.execute("INSERT OR REPLACE INTO templates SELECT * FROM part.templates")
        connection.execute(
            "INSERT INTO groups SELECT * FROM part.groups WHERE true ON CONFLICT (name) DO UPDATE SET "
            "rules = excluded.rules, module = excluded.module WHERE excluded.module >= module"
        )
        connection.commit()
        connection.execute("DETACH part")
        part.unlink()
    counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("templates", "groups")]
    writer.close()
    return counts[0], counts[1]


class Store:
    """Read only; each reader has its own."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)

    def template(self, name: str) -> str | None:
        """The text of a template's page, redirects followed; None if there is none that is simple enough."""
        for _ in range(MAX_REDIRECTS + 1):
            row = self.connection.execute("SELECT text, redirect FROM templates WHERE name = ?", (name,)).fetchone()
            if row is None:
                return None
            text, redirect = row
            if text is not None:
                return str(text)
            name = redirect
        return None

    def group(self, name: str) -> list[str] | None:
        """The rules of a conversion group, also if its name is in the other script, or None if the dump has none."""
        return next(filter(None, map(self._group, [name, *other_scripts(name)])), None)

    def _group(self, name: str) -> list[str] | None:
        """Redirects followed, character references read."""
        for _ in range(MAX_REDIRECTS + 1):
            name = canonical_group(name)
            row = self.connection.execute("SELECT rules FROM groups WHERE name = ?", (name,)).fetchone()
            if row is None:
                return None
            rules = json.loads(row[0])
            if isinstance(rules, list):
                return list(map(entities, rules))
            name = rules
        return None

    def close(self) -> None:
        self.connection.close()
