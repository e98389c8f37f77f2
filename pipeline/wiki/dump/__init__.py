"""Reads the pages of a MediaWiki XML dump, in any packing, damaged or not.

From the file to the page: `parts` (the files, checked: `checksums`, `siteinfo`), `spans` (stretches that are read
apart: `bzip2`, `multistream_index`, `repacking`), `content` (a span's bytes), `raw_pages` (the bytes of each page),
`page_xml` (the fields of one page), `pages` (pages and damage, in order).

May import contract and core; no other room, and nothing else of `pipeline.wiki`.
"""
