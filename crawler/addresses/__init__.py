"""URLs in one normal form, which of them a crawl may ask for, robots.txt, and sitemaps."""
