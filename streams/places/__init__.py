"""Step 7: where."""
