"""What makes Sail compute, refuse and warn as Spark does."""
