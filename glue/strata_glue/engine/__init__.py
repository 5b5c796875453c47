"""Spark, Spark Connect and Sail, as one."""
