"""Conversion groups: rules for a whole field (computing, physics …) on pages of their own, `Module:CGroup/IT` in Lua
or `Template:CGroup/IT` in wikitext."""

import re

_LUA = re.compile(
    r"""--\[(=*)\[.*?(?:\]\1\]|\Z)|--[^\n]*"""  # comments
    r"""|\[(=*)\[(.*?)(?:\]\2\]|\Z)"""  # long strings
    r"""|"((?:[^"\\\n]|\\.)*+)"?|'((?:[^'\\\n]|\\.)*+)'?"""  # without an end too, so that none is looked for twice
    r"""|([A-Za-z_][A-Za-z0-9_]*)|([(){},=])""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_RULE = re.compile(r"-\{([^{}|]*)\|([^{}]*)\}-")
_ITEM = re.compile(r"\{\{\s*(?:CItem|CItemHidden|CItemLan|CI)\s*\|([^{}]*)\}\}", re.IGNORECASE)
_NO_RULES = re.compile(r"<!--.*?(?:-->|\Z)|<(noinclude|nowiki)\s*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
"""Comments, documentation and examples."""
_VARIANT = re.compile(r"zh(?:-\w+)?\s*:")


def lua_rules(source: str) -> list[str]:
    """Rules of a Lua module: the `rule` of each table, and the second argument of each call of `Item`.

    Read from the tokens, without running Lua; comments do not count.
    """
    rules: list[str] = []
    tokens = list(_tokens(source))
    for index, (kind, text) in enumerate(tokens):
        if kind != "name":
            continue
        following = tokens[index + 1 : index + 6]
        if text == "rule" and [kind for kind, _ in following[:2]] == ["=", "string"]:
            rules.append(following[1][1])
        elif text == "Item":  # Item('original', 'rule') or Item(nil, 'rule')
            kinds = [kind for kind, _ in following[:4]]
            if kinds[:1] == ["("] and kinds[2:] == [",", "string"]:
                rules.append(following[3][1])
    return [rule for rule in rules if rule.strip()]


def _tokens(source: str) -> list[tuple[str, str]]:
    tokens = []
    for match in _LUA.finditer(source):
        if match.group(0).startswith("--"):
            continue
        if match.group(3) is not None:
            tokens.append(("string", match.group(3)))
        elif match.group(4) is not None or match.group(5) is not None:
            quoted = match.group(4) if match.group(4) is not None else match.group(5)
            tokens.append(("string", _ESCAPE.sub(lambda m: _ESCAPES.get(m.group(1), m.group(1)), quoted)))
        elif match.group(6) is not None:
            tokens.append(("name", match.group(6)))
        else:
            tokens.append((match.group(7), match.group(7)))
    return tokens


def wikitext_rules(source: str) -> list[str]:
    """Rules of a page in wikitext: `-{H|…}-`, `-{A|…}-` and the group templates' items."""
    source = _NO_RULES.sub("", source)
    rules = [
        (match.start(), match.group(2))
        for match in _RULE.finditer(source)
        if {flag.strip() for flag in match.group(1).split(";")} & {"A", "H"}
    ]
    for match in _ITEM.finditer(source):
        rules += [(match.start(), part) for part in match.group(1).split("|") if _VARIANT.search(part)]
    return [rule.strip() for _, rule in sorted(rules) if rule.strip()]


def group_name(title: str) -> str | None:
    """`Module:CGroup/IT`, `Template:CGroup/IT` and the older `Template:CGroup-IT` to `IT`; None for other pages."""
    _, _, name = title.partition(":")
    for prefix in ("CGroup/", "CGroup-"):
        if name.startswith(prefix) and len(name) > len(prefix) and not name.endswith(("/doc", "/core", "/sandbox")):
            return canonical_group(name[len(prefix) :])
    return None


def canonical_group(name: str) -> str:
    """A group's name as pages ask for it: blanks for underscores, first letter upper case."""
    name = name.replace("_", " ").strip()
    return name[:1].upper() + name[1:]
