"""The model card: what a stranger has to know of a model before using it, written from the run's own figures."""
