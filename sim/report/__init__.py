"""Reports read results only: tables, charts and the brief. Not here: anything that simulates."""
