"""Step 4: conflict events, who takes part in them, and how much an article is about them."""
