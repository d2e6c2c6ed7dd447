"""What may be passed on of an archive, and what is taken out of it again."""
