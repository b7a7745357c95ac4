"""Where examples split by a test: words that are right on some of them, joined by branches."""
