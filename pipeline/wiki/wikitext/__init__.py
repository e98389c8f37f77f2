"""Turns a page's wikitext into its text.

In the order of the work: `preprocessor` (templates, parameters and extension tags as a tree), `expansion` (the tree
to wikitext without templates: `templates`, `template_store`, `parser_functions`, `expressions`, `unit_conversion`,
`magic_words`, `extension_tags`), `markup` (wikitext to blocks: `html`, `tables`, `links`, `quotes`, `blocks`) and
`article` (all steps for one page, variants and literals included).

May import `pipeline.text`, `pipeline.wiki.variants` and `pipeline.wiki.control_marks`; never `dump`.
"""
