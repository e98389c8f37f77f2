"""Converts text between the variants of Chinese as MediaWiki does it.

`codes` (the variants and their fallbacks), `rules` (what one `-{…}-` says), `resolver` (a text with `-{…}-` to the
text of one variant), `conversion_groups` (rules on pages of their own), `trie` (longest-match replacement),
`dictionaries` (OpenCC's tables as tries), `conversion` (all of them for one page).

May import `pipeline.text` and `pipeline.wiki.control_marks`; never `wikitext` or `dump`.
"""
