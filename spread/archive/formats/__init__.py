"""From a platform's words to rows: a module a format, and what formats have in common."""
