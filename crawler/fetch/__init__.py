"""Fetching: the frontier, politeness, safety, and Scrapy put to work under them."""
