"""A page's parts: its main text, title, date, licence and variant, and threads from their pages."""
