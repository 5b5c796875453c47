"""The text of a query as words and as a tree."""
