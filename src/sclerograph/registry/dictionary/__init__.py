"""The data dictionary: clinical variables as data, and what is made from them."""
