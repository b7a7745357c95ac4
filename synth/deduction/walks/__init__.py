"""Loops that go on from word to word until a test says stop."""
