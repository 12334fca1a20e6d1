"""Step 6: who says so."""
