"""Times of the simulator. Nothing here is a test: tests assert digests, never times."""
