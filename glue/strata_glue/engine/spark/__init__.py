"""Spark's types, its implicit casts and its functions."""
