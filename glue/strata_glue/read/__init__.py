"""What a dataset reads: files, their content and types, as tables of a session."""
