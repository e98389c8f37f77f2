"""Reads a MediaWiki dump and turns its wikitext into clean text in one variant of Chinese.

Three rooms, each with its own docstring: `dump` (files to pages), `variants` (conversion between the variants of
Chinese) and `wikitext` (a page's source to its text). Beside them: `control_marks`, the private characters that the
rooms hand to each other; and what puts the rooms together for the stage: `page_selection`, `page_reader`,
`import_statistics` and `span_import`. Imports go one way only:

    control_marks  <-  variants  <-  wikitext
    dump, wikitext  <-  page_selection, page_reader, import_statistics  <-  span_import

tests/wiki/test_import_order.py holds this.
"""
