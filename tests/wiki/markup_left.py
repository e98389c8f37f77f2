"""Markup that an importer left in a text: whole constructs, not the characters that they are made of."""

import re

CONSTRUCTS = re.compile(
    r"\{\{[\w ][^{}\[\]<>]*\}\}|\[\[[\w ][^{}\[\]<>\n|]*(?:\|[^\[\]{}]*)?\]\]|"
    r"-\{[^{}]*\}-|</?ref\b|</?(?:code|table|br|rt)>"
)
