"""From the cells of a clinical table to typed values, every problem named with its row and column."""
