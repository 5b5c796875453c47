"""What a dataset writes, and how it becomes the content of its target."""
