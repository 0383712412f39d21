"""Statistics, tables, figures and reports of many patients."""
