"""Generation: prompts continued by any causal model, one at a time as a stream or many in batches."""
