"""PTT's web pages: their addresses, the articles and the pushes below them."""
