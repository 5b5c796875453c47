"""What the job is given, read and checked."""
