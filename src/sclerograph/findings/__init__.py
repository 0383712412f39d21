"""The records of a reading, and their JSON."""
