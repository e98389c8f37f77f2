"""Templates expanded, extension tags set aside: wikitext in, wikitext without `{{…}}` out.

A template's text comes from conf, or from the dump's own page where that is simple enough (`simple_template`).
All other templates are dropped and counted by name. Depth and size are bounded, so that nothing on a page can make
its expansion grow without end.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pipeline.text.script import converter
from pipeline.wiki.functions import ALIASES, FUNCTIONS, UNSUPPORTED, Argument, switch
from pipeline.wiki.preprocessor import Nodes, Parameter, Tag, Template, parse

MAX_DEPTH = 40
"""MediaWiki's $wgMaxTemplateDepth (1.39: 100) is for nests that no page needs."""
TOO_DEEP = "(too deep)"
TOO_LARGE = "(too large)"
LITERAL = "\x01{}\x02"
"""Stands for the literal of that number; XML allows none of these characters, so no dump holds one."""

APART = "\x08"
"""Stands where something without text was, so that the apostrophes around it are two runs."""
_OUR_MARKS = re.compile("[\x01-\x06]")
"""What literals, line breaks, blocks and code are marked with on the way."""

_DROPPED_TAGS = frozenset([
    "ref", "references", "gallery", "timeline", "imagemap", "inputbox", "graph", "score", "categorytree",
    "charinsert", "hiero", "indicator", "langconvert", "mapframe", "maplink", "page-collection", "phonos",
    "quiz", "section", "templatedata", "templatestyles",
])  # fmt: skip
_FLAGGED_RULE = re.compile(r"-\{([^{}|]*)\|([^{}]*)\}-")
_NOWIKI = re.compile("</?nowiki>", re.IGNORECASE)
_VERSE = re.compile(r"^(?:[*#:;]++|-{4,}+)?\s*")
"""What stands before a line of a poem."""
_BLOCK = re.compile(r"\{\||<(?:table|div|gallery|ol|ul|dl)\b|\{\{\s*#(?:invoke|tag)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that no later step may read as markup."""

    text: str
    convert: bool
    """Whether the variant's dictionaries apply (nowiki), or not (code)."""


@dataclass(slots=True)
class Expanded:
    text: str
    literals: list[Literal] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    """Templates without text, by name."""
    expanded: Counter[str] = field(default_factory=Counter)
    groups: list[str] = field(default_factory=list)
    """Conversion groups that the page names, in order."""


@dataclass(frozen=True, slots=True)
class PageName:
    """What {{PAGENAME}} and its like say."""

    title: str
    namespace: str
    site: str


class _Call:
    """The arguments of one template call, worked out when asked for, once."""

    def __init__(self, arguments: dict[str, Callable[[], str]], path: tuple[str, ...]) -> None:
        self.arguments, self.path = arguments, path
        """path: the templates that this one stands in, and itself."""
        self.known: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        if name not in self.known:
            argument = self.arguments.get(name)
            if argument is None:
                return None
            self.known[name] = ""  # an argument cannot hold itself
            self.known[name] = argument()
        return self.known[name]


class TemplateTexts:
    """Where a template's text comes from: conf first, then the dump."""

    def __init__(
        self,
        table: Mapping[str, str],
        dropped: Sequence[str],
        notes: Sequence[str],
        languages: Mapping[str, str],
        dump: Callable[[str], str | None],
        max_chars: int,
    ) -> None:
        """table: names joined by `|` -> text; a name may end in `*`. dump: canonical name -> source of the page."""
        self.languages, self.dump, self.max_chars = languages, dump, max_chars
        self.notes = frozenset(map(canonical, notes))
        self.dropped = frozenset(map(canonical, dropped))
        self.exact: dict[str, Nodes] = {}
        self.prefixes: list[tuple[str, Nodes]] = []
        for names, text in table.items():
            tree = parse(text)
            for name in names.split("|"):
                if name.strip().endswith("*"):
                    self.prefixes.append((canonical(name.strip()[:-1]), tree))
                else:
                    self.exact[canonical(name)] = tree
        self.found: dict[str, tuple[Nodes, str] | None] = {}

    def find(self, name: str) -> tuple[Nodes, str] | None:
        """The template's tree, and what a `*` in the name of its entry stood for; None: the template is dropped."""
        if name not in self.found:
            if len(self.found) >= 2_000:  # bounded; what is asked for again is parsed again
                self.found.clear()
            found = self._find(name)
            if found is None and name not in self.dropped:
                # MediaWiki also finds a page whose title is written in the other script ({{年號}} is {{年号}}).
                for other in other_scripts(name):
                    found = found or self._find(other)
            self.found[name] = found
        return self.found[name]

    def _find(self, name: str) -> tuple[Nodes, str] | None:
        if name in self.exact:
            return self.exact[name], ""
        for prefix, tree in self.prefixes:
            if name.startswith(prefix) and len(name) > len(prefix):
                return tree, name[len(prefix) :]
        if name in self.dropped:
            return None
        source = self.dump(name)
        if source is None or not simple_template(source, self.max_chars):
            return None
        return parse(source, transcluded=True), ""


def other_scripts(name: str) -> list[str]:
    """The name in Simplified and in Traditional, where they differ from it."""
    if name.isascii():
        return []
    return [other for other in (converter("t2s").convert(name), converter("s2t").convert(name)) if other != name]


def simple_template(source: str, max_chars: int) -> bool:
    """Whether a template's page is running text with parameters: short, no table, no block, no Lua."""
    return len(source) <= max_chars and not _BLOCK.search(source)


def canonical(name: str) -> str:
    """A template's name as its page has it: first letter upper case, blanks for underscores, no namespace."""
    name = " ".join(name.replace("_", " ").split())
    head, colon, rest = name.partition(":")
    if colon and head.strip().lower() in ("template", "t", "模板", "样板", "樣板"):
        name = rest.strip()
    return name[:1].upper() + name[1:]


class Expander:
    """Expands one page after another."""

    def __init__(self, texts: TemplateTexts, max_expanded_chars: int, keep_math: bool) -> None:
        self.texts, self.max_chars, self.keep_math = texts, max_expanded_chars, keep_math

    def expand(self, source: str, name: PageName) -> Expanded:
        source = _OUR_MARKS.sub("", source)
        self.result, self.name, self.source = Expanded(""), name, source
        self.spent, self.has_rules = 0, "-{" in source
        self.level = 0
        """How deep templates, parameters and arguments lie in one another at this moment."""
        self.result.text = self._text(parse(source), None)
        return self.result

    def _text(self, nodes: Nodes, call: _Call | None) -> str:
        out: list[str] = []
        for node in nodes:
            if type(node) is str:
                if node.startswith("''") and out and not out[-1] and "".join(out[-3:]).endswith("''"):
                    out.append(APART)
                out.append(node)
            elif type(node) is Template:
                self.level += 1
                text = self._template(node, call)
                self.level -= 1
                # MediaWiki: such a text begins a line wherever the template stands (T2529).
                if text.startswith(("*", "#", ":", ";", "{|")) and out and not out[-1].endswith("\n"):
                    out.append("\n")
                out.append(text)
            elif type(node) is Parameter:
                self.level += 1
                out.append(self._parameter(node, call))
                self.level -= 1
            else:
                assert isinstance(node, Tag)
                self.level += 1
                out.append(self._tag(node, call))
                self.level -= 1
        return "".join(out)

    def _stripped(self, nodes: Nodes, call: _Call | None) -> str:
        return self._text(nodes, call).strip()

    def _drop(self, name: str, node: Template, call: _Call | None) -> str:
        """Count the template; page-wide rules written in its arguments stay in force."""
        self.result.dropped[name[:100]] += 1
        if call is not None or not self.has_rules:
            return ""
        return hidden_rules(self.source[node.start : node.end])

    def _template(self, node: Template, call: _Call | None) -> str:
        if self.level > MAX_DEPTH:
            return self._drop(TOO_DEEP, node, call)
        name = self._text(node.parts[0], call).strip()
        for prefix in ("subst:", "safesubst:", "替代:", "替換:"):
            if name.lower().startswith(prefix):
                name = name[len(prefix) :].strip()
        if len(node.parts) == 1 and (word := self._word(name)) is not None:
            return word
        head, colon, rest = name.partition(":")
        if colon:
            found = self._function(head.strip().lower(), rest, node, call)
            if found is not None:
                return found
        name = canonical(name)
        if name in self.texts.notes:
            return self._note(node, call)
        text = self.texts.find(name)
        if text is None or (
            call is not None and name in call.path
        ):  # a template that calls itself is an error in MediaWiki too
            return self._drop(name, node, call)
        if self.spent > self.max_chars:
            return self._drop(TOO_LARGE, node, call)
        self.result.expanded[name[:100]] += 1
        tree, wildcard = text
        result = self._text(tree, self._call(node, call, name, wildcard))
        self.spent += len(result) + 10  # an empty text is work as well
        return result

    def _call(self, node: Template, call: _Call | None, name: str, wildcard: str = "") -> _Call:
        arguments: dict[str, Callable[[], str]] = {"*": lambda: wildcard} if wildcard else {}
        number = 0
        for part, equals in zip(node.parts[1:], node.equals[1:], strict=True):
            if equals < 0:
                number += 1
                arguments[str(number)] = partial(self._text, part, call)
            else:
                key = self._text(part[:equals], call).strip()
                value = part[equals + 1 :]
                arguments[key] = partial(self._stripped, value, call)
        return _Call(arguments, (*(call.path if call else ()), name))

    def _parameter(self, node: Parameter, call: _Call | None) -> str:
        if self.level > MAX_DEPTH or self.spent > self.max_chars:
            self.result.dropped[TOO_LARGE if self.spent > self.max_chars else TOO_DEEP] += 1
            return ""
        name = self._text(node.parts[0], call).strip()
        value = call.get(name) if call else None
        if value is None:
            value = self._text(node.parts[1], call) if len(node.parts) > 1 else ""
        self.spent += len(value)
        return value

    def _word(self, name: str) -> str | None:
        """A variable; None if the name is none."""
        match name:
            case "!":
                return "|"
            case "=":
                return "="
            case "PAGENAME" | "BASEPAGENAME" | "SUBPAGENAME" | "PAGENAMEE" | "ROOTPAGENAME" | "页名" | "頁名":
                title = self.name.title
                return title.partition(":")[2] if self.name.namespace else title
            case "FULLPAGENAME" | "FULLPAGENAMEE" | "全页名" | "全頁名":
                return self.name.title
            case "NAMESPACE" | "NAMESPACEE" | "名字空间" | "命名空間":
                return self.name.namespace
            case "NAMESPACENUMBER":
                return "" if self.name.namespace else "0"
            case "SITENAME" | "站点名称" | "網站名稱":
                return self.name.site
        if name.startswith(("CURRENT", "LOCAL", "REVISION", "NUMBEROF")):
            self.result.dropped[name[:100]] += 1
            return ""
        return None

    def _function(self, head: str, rest: str, node: Template, call: _Call | None) -> str | None:
        """The function's text; None if the head names none."""
        bare = head.lstrip("#＃")
        if head[:1] in "#＃" and bare in ALIASES:
            head = "#" + ALIASES[bare]
        if head in UNSUPPORTED:
            name = f"{head}:{rest.strip()}" if head == "#invoke" else head
            return self._drop(name, node, call)
        if head == "#tag":
            inner = self._text(node.parts[1], call) if len(node.parts) > 1 else ""
            return self._tag(Tag(rest.strip().lower(), "", inner), call)
        if head == "#language":
            return self.texts.languages.get(rest.strip().lower(), rest.strip())
        function = FUNCTIONS.get(head)
        if function is None and head != "#switch":
            return None
        if self.spent > self.max_chars:
            return self._drop(TOO_LARGE, node, call)

        def argument(part: Nodes) -> Argument:
            return lambda: self._text(part, call)

        if function is None:
            cases = zip(node.parts[1:], node.equals[1:], strict=True)
            text = switch(
                rest.strip(),
                [(argument(part[:at]) if at >= 0 else None, argument(part[at + 1 :])) for part, at in cases],
            )
        else:
            text = function([lambda: rest, *map(argument, node.parts[1:])])
        self.spent += len(text) + 1
        return text

    def _note(self, node: Template, call: _Call | None) -> str:
        """{{NoteTA}}: G1 … name groups, T the title, numbers (and `1=`) the page's own rules."""
        arguments = self._call(node, call, "")
        rules = []
        for key in arguments.arguments:
            value = (arguments.get(key) or "").strip()
            if not value:
                continue
            if re.fullmatch(r"G\d+", key):
                self.result.groups.append(value)
            elif key == "T":
                rules.append(f"-{{T|{value}}}-")
            elif key == "" or key.isdecimal():
                rules.append(f"-{{H|{value}}}-")
        return "".join(rules)

    def _tag(self, tag: Tag, call: _Call | None) -> str:
        name = tag.name
        if name in ("math", "chem", "ce"):
            return f" {self._literal(tag.inner.strip(), False)} " if self.keep_math and tag.inner.strip() else " "
        if name == "nowiki":
            return self._literal(tag.inner, True)
        if name in ("pre", "syntaxhighlight", "source"):
            inline = name != "pre" and re.search(r"\binline\b", tag.attributes)
            text = tag.inner if inline else tag.inner.strip("\n")
            if name == "pre":
                text = _NOWIKI.sub("", text)
            return self._literal(text, False) if inline else f"\n\n{self._literal(text, False)}\n\n"
        if name == "poem":
            if self.level > MAX_DEPTH:
                self.result.dropped[TOO_DEEP] += 1
                return ""
            lines = self._text(parse(tag.inner.strip("\n")), call).split("\n")
            return "\n\x04" + "<br>".join(_VERSE.sub("", line) for line in lines) + "\x04\n"
        return "" if name in _DROPPED_TAGS else f"<{name}{tag.attributes}>{tag.inner}</{name}>"

    def _literal(self, text: str, convert: bool) -> str:
        self.result.literals.append(Literal(text, convert))
        return LITERAL.format(len(self.result.literals) - 1)


def hidden_rules(source: str) -> str:
    """The page-wide rules of a piece that is left out, as rules that show nothing."""
    if "-{" not in source:
        return ""
    found = []
    for flags, rules in _FLAGGED_RULE.findall(source):
        kept = [flag for flag in map(str.strip, flags.split(";")) if flag in ("A", "H", "T", "-", "D")]
        if kept:
            found.append("-{" + ";".join("H" if flag == "A" else flag for flag in kept) + "|" + rules + "}-")
    return "".join(found)
