"""The vocabulary: GPT-2's byte-level BPE extended with Chinese."""
