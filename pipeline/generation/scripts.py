"""Convert prompts and texts between Simplified and Traditional, also while a text is still being written."""

import re

from pipeline.schema.normalise import Script
from pipeline.text.script import converter

CONFIGURATION = {Script.hans: "t2s", Script.hant: "s2t"}
SENTENCE_END = re.compile(r"[。！？；\n][」』”’）)]*(?=[^」』”’）)])")
"""OpenCC converts phrase by phrase, and no phrase of its tables reaches over one of these."""


def convert(text: str, script: Script) -> str:
    """The text in the script; as it is with `keep`."""
    if script is Script.keep:
        return text
    return str(converter(CONFIGURATION[script]).convert(text))


class ScriptStream:
    """`push` text as it comes and show what it gives, converted; `close` gives the rest.

    A character's form can depend on those after it (后来, 皇后), so a sentence is shown when it has ended.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.waiting = ""

    def push(self, text: str) -> str:
        if self.script is Script.keep:
            return text
        self.waiting += text
        ends = [found.end() for found in SENTENCE_END.finditer(self.waiting)]
        if not ends:
            return ""
        done, self.waiting = self.waiting[: ends[-1]], self.waiting[ends[-1] :]
        return convert(done, self.script)

    def close(self) -> str:
        rest, self.waiting = self.waiting, ""
        return convert(rest, self.script)
