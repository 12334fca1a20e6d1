"""Words and sentences of a text: what all later steps look at."""
