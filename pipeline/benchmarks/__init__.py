"""What a model is measured by: n-gram baselines, bits per character, few-shot tasks, samples."""
