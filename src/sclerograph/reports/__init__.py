"""What is made of a reading: a picture, a page, a table."""
