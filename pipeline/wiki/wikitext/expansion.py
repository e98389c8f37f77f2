"""Templates expanded, extension tags set aside: wikitext in, wikitext without `{{…}}` out.

A template's text comes from conf, or from the dump's own page where that is simple enough (templates.py). All other
templates are dropped and counted by name. Depth and size are bounded, so that nothing on a page can make its
expansion grow without end.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pipeline.wiki.control_marks import APART, BLOCK, FORGED, LITERAL, NOT_MARKUP, escape
from pipeline.wiki.variants.rules import hidden_rules
from pipeline.wiki.wikitext.extension_tags import FORMULAS, TEXTS, Literal, in_variant
from pipeline.wiki.wikitext.magic_words import UNKNOWN_VARIABLES, VARIABLES, PageName
from pipeline.wiki.wikitext.parser_functions import ALIASES, FUNCTIONS, UNSUPPORTED, Argument, switch
from pipeline.wiki.wikitext.preprocessor import Nodes, Parameter, Tag, Template, parse
from pipeline.wiki.wikitext.templates import TemplateTexts, canonical

MAX_DEPTH = 40
"""MediaWiki's $wgMaxTemplateDepth (1.39: 100) is for nests that no page needs."""
TOO_DEEP = "(too deep)"
TOO_LARGE = "(too large)"
MAX_COUNTED_NAME = 100
"""Characters of a template's name in the counts."""

_VERSE = re.compile(r"^(?:[*#:;]++|-{4,}+)?\s*")
"""What stands before a line of a poem."""
_NO_TITLE = re.compile(rf"[\[\]{{}}<>{LITERAL}{NOT_MARKUP}]")
"""What no page's title may hold."""
_GROUP_KEY = re.compile(r"G\d+")
_SUBSTITUTION = ("subst:", "safesubst:", "替代:", "替換:")
_LINE_MARKS = ("*", "#", ":", ";", "{|")


@dataclass(slots=True)
class Expanded:
    text: str
    literals: list[Literal] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    """Templates without text, by name."""
    expanded: Counter[str] = field(default_factory=Counter)
    groups: list[str] = field(default_factory=list)
    """Conversion groups that the page names, in order."""
    display_title: str = ""
    """The wikitext that DISPLAYTITLE names; "" where the page has none."""


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


class Expander:
    """Expands one page after another."""

    def __init__(self, texts: TemplateTexts, max_expanded_chars: int, keep_math: bool) -> None:
        self.texts, self.max_chars, self.keep_math = texts, max_expanded_chars, keep_math

    def expand(self, source: str, name: PageName) -> Expanded:
        page = _PageExpansion(self, FORGED.sub("", source), name)
        page.result.text = page.text(parse(page.source), None)
        return page.result


class _PageExpansion:
    """One page while it is expanded: what is found, and how much of what is allowed has been spent.

    `call` is the call of the template in whose text a node stands, None on the page itself.
    """

    def __init__(self, expander: Expander, source: str, name: PageName) -> None:
        self.texts, self.max_chars, self.keep_math = expander.texts, expander.max_chars, expander.keep_math
        self.source, self.name, self.has_rules = source, name, "-{" in source
        self.result = Expanded("")
        self.spent = 0
        """Characters of all that templates, parameters and functions gave."""
        self.level = 0
        """How deep templates, parameters and arguments lie in one another at this moment."""

    def text(self, nodes: Nodes, call: _Call | None) -> str:
        out: list[str] = []
        for node in nodes:
            if type(node) is str:
                if node.startswith("''") and out and not out[-1] and "".join(out[-3:]).endswith("''"):
                    out.append(APART)
                out.append(node)
                continue
            self.level += 1
            text = _BY_NODE[type(node)](self, node, call)
            self.level -= 1
            # MediaWiki: such a text begins a line wherever the template stands (T2529).
            if text.startswith(_LINE_MARKS) and type(node) is Template and out and not out[-1].endswith("\n"):
                out.append("\n")
            out.append(text)
        return "".join(out)

    def stripped(self, nodes: Nodes, call: _Call | None) -> str:
        return self.text(nodes, call).strip()

    def drop(self, name: str, node: Template, call: _Call | None) -> str:
        """Count the template; page-wide rules written in its arguments stay in force."""
        self.result.dropped[name[:MAX_COUNTED_NAME]] += 1
        if call is not None or not self.has_rules:
            return ""
        return hidden_rules(self.source[node.start : node.end])

    def template(self, node: Template, call: _Call | None) -> str:
        """Whatever stands in `{{…}}`: a variable, a function, a note of conversion rules, or a template."""
        if self.level > MAX_DEPTH:
            return self.drop(TOO_DEEP, node, call)
        written = self.text(node.parts[0], call)
        name = _without_substitution(written.strip())
        if len(node.parts) == 1 and (word := self.variable(name)) is not None:
            return word
        head, colon, rest = name.partition(":")
        if colon and (found := self.function(head.strip().lower(), rest, node, call)) is not None:
            return found
        if not name or _NO_TITLE.search(name):
            return self.braces(written, node, call)
        name = canonical(name)
        if name in self.texts.notes:
            return self.note(node, call)
        return self.transclusion(name, node, call)

    def braces(self, name: str, node: Template, call: _Call | None) -> str:
        """What stands in braces and names no page is text: `{{1, 2}, {3}}`, `{{<nowiki/>msg}}`."""
        if self.spent > self.max_chars:
            return self.drop(TOO_LARGE, node, call)
        text = escape("|").join([name, *(self.text(part, call) for part in node.parts[1:])])
        self.spent += len(text)
        return escape("{{") + text + escape("}}")

    def transclusion(self, name: str, node: Template, call: _Call | None) -> str:
        """The text of a template, if it has one, with the arguments of this call."""
        text = self.texts.find(name)
        calls_itself = call is not None and name in call.path  # an error in MediaWiki too
        if text is None or calls_itself:
            return self.drop(name, node, call)
        if self.spent > self.max_chars:
            return self.drop(TOO_LARGE, node, call)
        self.result.expanded[name[:MAX_COUNTED_NAME]] += 1
        tree, wildcard = text
        result = self.text(tree, self.call(node, call, name, wildcard))
        self.spent += len(result) + 10  # an empty text is work as well
        return result

    def call(self, node: Template, call: _Call | None, name: str, wildcard: str = "") -> _Call:
        arguments: dict[str, Callable[[], str]] = {"*": lambda: wildcard} if wildcard else {}
        number = 0
        for part, equals in zip(node.parts[1:], node.equals[1:], strict=True):
            if equals < 0:
                number += 1
                arguments[str(number)] = partial(self.text, part, call)
            else:
                key = self.stripped(part[:equals], call)
                arguments[key] = partial(self.stripped, part[equals + 1 :], call)
        return _Call(arguments, (*(call.path if call else ()), name))

    def parameter(self, node: Parameter, call: _Call | None) -> str:
        if self.level > MAX_DEPTH or self.spent > self.max_chars:
            self.result.dropped[TOO_LARGE if self.spent > self.max_chars else TOO_DEEP] += 1
            return ""
        name = self.stripped(node.parts[0], call)
        value = call.get(name) if call else None
        if value is None:
            value = self.text(node.parts[1], call) if len(node.parts) > 1 else ""
        self.spent += len(value)
        return value

    def variable(self, name: str) -> str | None:
        """The value of a magic word; None if the name is none."""
        value = VARIABLES.get(name)
        if value is not None:
            return value(self.name)
        if name.startswith(UNKNOWN_VARIABLES):
            self.result.dropped[name[:MAX_COUNTED_NAME]] += 1
            return ""
        return None

    def function(self, head: str, rest: str, node: Template, call: _Call | None) -> str | None:
        """The function's text; None if the head names none."""
        bare = head.lstrip("#＃")
        if head[:1] in "#＃" and bare in ALIASES:
            head = "#" + ALIASES[bare]
        if head in UNSUPPORTED:
            return self.drop(f"{head}:{rest.strip()}" if head == "#invoke" else head, node, call)
        if head == "#tag":
            inner = self.text(node.parts[1], call) if len(node.parts) > 1 else ""
            return self.tag(Tag(rest.strip().lower(), "", inner), call)
        if head == "displaytitle":
            self.result.display_title = rest.strip()
            return ""
        if head == "#language":
            return self.texts.languages.get(rest.strip().lower(), rest.strip())
        return self.bounded_function(head, rest, node, call)

    def bounded_function(self, head: str, rest: str, node: Template, call: _Call | None) -> str | None:
        """The text of a function whose arguments are worked out, which counts against what a page may spend."""
        function = FUNCTIONS.get(head)
        if function is None and head != "#switch":
            return None
        if self.spent > self.max_chars:
            return self.drop(TOO_LARGE, node, call)

        def argument(part: Nodes) -> Argument:
            return lambda: self.text(part, call)

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

    def note(self, node: Template, call: _Call | None) -> str:
        """{{NoteTA}}: G1 … name groups, T the title, numbers (and `1=`) the page's own rules."""
        arguments = self.call(node, call, "")
        rules = []
        for key in arguments.arguments:
            value = (arguments.get(key) or "").strip()
            if not value:
                continue
            if _GROUP_KEY.fullmatch(key):
                self.result.groups.append(value)
            elif key == "T":
                rules.append(f"-{{T|{value}}}-")
            elif key == "" or key.isdecimal():
                rules.append(f"-{{H|{value}}}-")
        return "".join(rules)

    def tag(self, tag: Tag, call: _Call | None) -> str:
        """An extension's tag, by its name; one that is not known stays as it was written."""
        if tag.name == "poem":
            return self.poem(tag, call)
        if tag.name == "langconvert" and self.level <= MAX_DEPTH:
            return in_variant(self.text(parse(tag.inner), call), tag.attributes)
        if tag.name in FORMULAS and not self.keep_math:
            return " "
        text = TEXTS.get(tag.name)
        return text(tag, self.result.literals) if text else f"<{tag.name}{tag.attributes}>{tag.inner}</{tag.name}>"

    def poem(self, tag: Tag, call: _Call | None) -> str:
        if self.level > MAX_DEPTH:
            self.result.dropped[TOO_DEEP] += 1
            return ""
        lines = self.text(parse(tag.inner.strip("\n")), call).split("\n")
        return f"\n{BLOCK}" + "<br>".join(_VERSE.sub("", line) for line in lines) + f"{BLOCK}\n"


_BY_NODE: dict[type, Callable[[_PageExpansion, Any, _Call | None], str]] = {
    Template: _PageExpansion.template,
    Parameter: _PageExpansion.parameter,
    Tag: _PageExpansion.tag,
}


def _without_substitution(name: str) -> str:
    """`subst:` and its like say when a template is expanded, not what it gives."""
    for prefix in _SUBSTITUTION:
        if name.lower().startswith(prefix):
            name = name[len(prefix) :].strip()
    return name
