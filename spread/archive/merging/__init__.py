"""From the parts of many files to tables: one row a tweet, one row an account."""
