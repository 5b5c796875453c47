"""What Spark is: its types, what it mixes and casts, its functions."""
