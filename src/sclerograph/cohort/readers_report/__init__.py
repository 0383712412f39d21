"""The report on the agreement of readers: one HTML page, its figures, and its tables as CSV."""
