"""What stages hand to each other: documents, dropped rows and metrics."""
