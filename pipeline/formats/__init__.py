"""Formats beside Hugging Face's own in which a model is published: GGUF for llama.cpp, and ollama's Modelfile."""
