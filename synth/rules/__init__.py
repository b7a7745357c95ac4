"""Rewrite rules as data: read back, checked for soundness, explained, inferred."""
