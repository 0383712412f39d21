"""The report of an analysis: tables, figures, page, PDF and provenance, all made from its results."""
