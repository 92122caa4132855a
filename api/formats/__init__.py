"""One table, many formats, the same numbers. Knows no route and no query: what to count is asked elsewhere."""
