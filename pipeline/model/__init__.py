"""The network: a transformers configuration and its initial weights."""
