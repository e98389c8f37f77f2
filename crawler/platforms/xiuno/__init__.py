"""Xiuno BBS: its addresses, its pages and their posts."""
