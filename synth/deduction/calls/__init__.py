"""Compositions of a few calls of functions on lists, found by their values, written as loops."""
