"""Many films: which belong together, what is already done, many at once, and what became of each."""
