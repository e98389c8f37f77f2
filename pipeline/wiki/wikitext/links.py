"""Links: `[[…]]` to what a reader sees of it, `[http… text]` to its text; no files, categories, other languages."""

import re
from contextlib import suppress
from urllib.parse import unquote

from pipeline.wiki.control_marks import APART, LITERAL, NOT_MARKUP
from pipeline.wiki.variants.rules import hidden_rules

_SIMPLE = re.compile(r"\[\[([^\[\]|\n]*)(?:\|([^\[\]]*))?\]\]")
_BRACKETS = re.compile(r"\[\[|\]\]+")
_NO_TITLE = re.compile(rf"[\[\]<>\n{LITERAL}{NOT_MARKUP}]|(?<!-)\{{|\}}(?!-)|-\{{(?!.*\}}-)")
"""What no title may hold; a whole `-{…}-` in a link's target is read all the same."""
PROTOCOL = (
    "(?i:(?:https?:|ftps?:|git:|gopher:|ircs?:|mms:|nntp:|redis:|sftp:|ssh:|svn:|telnet:|worldwind:)?//|"
    "(?:bitcoin|geo|magnet|mailto|matrix|news|sips?|sms|tel|urn|xmpp):)"
)
"""MediaWiki's $wgUrlProtocols."""
ADDRESS = rf"{PROTOCOL}[^\s\[\]<>\"\x00-\x1f]++"
_ADDRESS = re.compile(ADDRESS)
_EXTERNAL = re.compile(rf"\[{ADDRESS}([^\[\]\n]*+(?:\[(?!{PROTOCOL})[^\[\]\n]*+)*+)\]")
MAX_NESTING = 20
"""Deeper brackets are no links."""
LANGUAGE_CODES = frozenset([
    "aa", "ab", "ace", "ady", "af", "ak", "als", "alt", "am", "ami", "an", "ang", "ann", "anp", "ar", "arc",
    "arz", "as", "ast", "atj", "av", "avk", "awa", "ay", "az", "azb", "ba", "ban", "bar", "bat-smg", "bbc",
    "bcl", "bdr", "be", "be-tarask", "be-x-old", "bew", "bg", "bh", "bi", "bjn", "blk", "bm", "bn", "bo", "bpy",
    "br", "bs", "btm", "bug", "bxr", "ca", "cbk-zam", "cdo", "ce", "ceb", "ch", "cho", "chr", "chy", "ckb",
    "co", "cr", "crh", "cs", "csb", "cu", "cv", "cy", "da", "dag", "de", "dga", "din", "diq", "dsb", "dtp",
    "dty", "dv", "dz", "ee", "el", "eml", "en", "eo", "es", "et", "eu", "ext", "fa", "fat", "ff", "fi",
    "fiu-vro", "fj", "fo", "fon", "fr", "frp", "frr", "fur", "fy", "ga", "gag", "gan", "gcr", "gd", "gl", "glk",
    "gn", "gom", "gor", "got", "gpe", "gsw", "gu", "guc", "gur", "guw", "gv", "ha", "hak", "haw", "he", "hi",
    "hif", "ho", "hr", "hsb", "ht", "hu", "hy", "hyw", "hz", "ia", "iba", "id", "ie", "ig", "igl", "ii", "ik",
    "ilo", "inh", "io", "is", "it", "iu", "ja", "jam", "jbo", "jv", "ka", "kaa", "kab", "kbd", "kbp", "kcg",
    "kg", "kge", "ki", "kj", "kk", "kl", "km", "kn", "knc", "ko", "koi", "kr", "krc", "ks", "ksh", "ku", "kus",
    "kv", "kw", "ky", "la", "lad", "lb", "lbe", "lez", "lfn", "lg", "li", "lij", "lld", "lmo", "ln", "lo",
    "lrc", "lt", "ltg", "lv", "lzh", "mad", "mai", "map-bms", "mdf", "mg", "mh", "mhr", "mi", "min", "mk", "ml",
    "mn", "mni", "mnw", "mo", "mos", "mr", "mrj", "ms", "mt", "mus", "mwl", "my", "myv", "mzn", "na", "nah",
    "nan", "nap", "nds", "nds-nl", "ne", "new", "ng", "nia", "nl", "nn", "no", "nov", "nqo", "nr", "nrm", "nso",
    "nup", "nv", "ny", "oc", "olo", "om", "or", "os", "pa", "pag", "pam", "pap", "pcd", "pcm", "pdc", "pfl",
    "pi", "pih", "pl", "pms", "pnb", "pnt", "ps", "pt", "pwn", "qu", "rm", "rmy", "rn", "ro", "roa-rup",
    "roa-tara", "rsk", "ru", "rue", "rup", "rw", "sa", "sah", "sat", "sc", "scn", "sco", "sd", "se", "sg",
    "sgs", "sh", "shi", "shn", "si", "simple", "sk", "skr", "sl", "sm", "smn", "sn", "so", "sq", "sr", "srn",
    "ss", "st", "stq", "su", "sv", "sw", "syl", "szl", "szy", "ta", "tay", "tcy", "tdd", "te", "tet", "tg",
    "th", "ti", "tig", "tk", "tl", "tly", "tn", "to", "tpi", "tr", "trv", "ts", "tt", "tum", "tw", "ty", "tyv",
    "udm", "ug", "uk", "ur", "uz", "ve", "vec", "vep", "vi", "vls", "vo", "vro", "wa", "war", "wo", "wuu",
    "xal", "xh", "xmf", "yi", "yo", "yue", "za", "zea", "zgh", "zh", "zh-classical", "zh-min-nan", "zh-yue",
    "zu",
])  # fmt: skip
"""Languages that Wikipedias are written in: a link with such a prefix leads to the same page in another.

meta.wikimedia.org, List of Wikipedias, 2025.
"""


class Links:
    """What a link shows, by the namespaces of one wiki."""

    def __init__(self, silent: frozenset[str], languages: frozenset[str]) -> None:
        """silent: names of the file and category namespaces in lower case, blanks for underscores. languages: codes
        of the wikis that a link leads to as the same page in another language."""
        self.silent, self.languages = silent, languages

    def hidden(self, target: str) -> bool:
        """Whether the link shows nothing here: a file, a category, the page in another language."""
        prefix, colon, rest = target.partition(":")
        if not colon or not prefix:
            return False
        prefix = prefix.strip().replace("_", " ").lower()
        return prefix in self.silent or (prefix in self.languages and bool(rest))

    def simple(self, match: re.Match[str]) -> str:
        target, text = match.group(1), match.group(2)
        if ":" in target and self.hidden(target):
            return hidden_rules(match.group()) or apart(match)
        if not target or _NO_TITLE.search(target):
            return match.group()
        if text is not None and text.strip():
            return text
        return self.bare(target)

    def bare(self, target: str) -> str:
        """Of a link without text: its target, without a leading colon; `[[http://a.b text]]` is for
        external_links."""
        target = target.strip()
        if "//" in target and _ADDRESS.match(target):
            return f"[{target}]"
        if "%" in target:
            with suppress(UnicodeDecodeError):
                target = unquote(target, errors="strict")
        return target[1:].lstrip() if target.startswith(":") else target

    def resolve(self, text: str) -> str:
        if "[[" not in text:
            return text
        text = _SIMPLE.sub(self.simple, text)
        if "[[" not in text:
            return text
        return self._nested(text)

    def _nested(self, text: str) -> str:
        """What is left has brackets inside: innermost first, by a stack; brackets that are no link's are text."""
        frames: list[list[str]] = [[]]
        position = 0
        for match in _BRACKETS.finditer(text):
            frames[-1].append(text[position : match.start()])
            position = match.end()
            if match.group() == "[[":
                if len(frames) <= MAX_NESTING:
                    frames.append([])
                else:
                    frames[-1].append("[[")
                continue
            self._close(frames, len(match.group()))
        frames[-1].append(text[position:])
        for frame in frames[1:]:
            # `[[http://a.b text]` is for external_links.
            frame.insert(0, "[" if _ADDRESS.match(frame[0]) else "[[")
        return "".join("".join(frame) for frame in frames)

    def _close(self, frames: list[list[str]], run: int) -> None:
        """Close the links on top, one for two of the run's brackets."""
        before = frames[-1][-1]
        if run % 2 and before.count("[") > before.count("]"):
            # `[[File:a.jpg|[http://b c]]]`: the first of three closes the single bracket inside.
            frames[-1].append("]")
            run -= 1
        links = min(run // 2, len(frames) - 1)
        for _ in range(links):
            inner = "".join(frames.pop())
            frames[-1].append(self._complex(inner) or APART)
        frames[-1].append("]" * (run - 2 * links))

    def _complex(self, inner: str) -> str:
        target, bar, rest = inner.partition("|")
        if self.hidden(target):
            return hidden_rules(inner)
        if not target or _NO_TITLE.search(target):
            return f"[[{inner}]]"
        return rest if bar and rest.strip() else self.bare(target)


def external_links(text: str) -> str:
    """`[http://… text]` to the text; a link without text is but a number to the reader and goes."""
    return _EXTERNAL.sub(_external_text, text) if "[" in text else text


def _external_text(match: re.Match[str]) -> str:
    return match.group(1).strip() or apart(match)


def apart(match: re.Match[str]) -> str:
    """What a match becomes that has no text."""
    return APART if match.start() and match.string[match.start() - 1] == "'" else ""
