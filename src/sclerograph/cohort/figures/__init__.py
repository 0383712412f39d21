"""Figures of a cohort, each drawn from plain records: one file a figure, one public function that returns it."""
