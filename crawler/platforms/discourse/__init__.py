"""Discourse: its addresses, its pages and their posts."""
