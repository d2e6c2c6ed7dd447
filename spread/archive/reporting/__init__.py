"""What is told of a reading: counts by file, facts, warnings; to people and as JSON."""
