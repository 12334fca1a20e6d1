"""Step 5: every number of a text, and what holds digits and is none."""
