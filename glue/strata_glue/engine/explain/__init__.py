"""An engine's messages in the author's names."""
