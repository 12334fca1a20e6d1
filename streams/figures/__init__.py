"""Step 8: what each number counts, what happened, and on whose word."""
