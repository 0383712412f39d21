"""Patients, visits, films, readings and clinical variables in a database; tables in and out."""
