"""Wenyuan's text pipeline: open corpora in, an evaluated Chinese GPT out."""
