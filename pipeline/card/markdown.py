"""Text of others inside Markdown: whatever it holds, it is shown as it is and starts nothing."""

import json
import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#|~&$!:@])")
BREAK = "<br>"


def plain(text: object) -> str:
    """One line of running text or a table's cell: Markdown, HTML, entities, formulas and links (autolinks and
    mentions too) are taken from it by backslashes; line breaks become `<br>`."""
    escaped = SPECIAL.sub(r"\\\1", str(text).strip())
    return BREAK.join(escaped.split("\n"))


def code(value: object) -> str:
    """A code span that fits into a table's cell: the value as JSON, text without its quotes."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}" if text else '`""`'


def thousands(value: float | None) -> str:
    return "–" if value is None else f"{value:,}"


def fixed(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
