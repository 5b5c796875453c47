"""The text of a query as tokens and as a tree."""
