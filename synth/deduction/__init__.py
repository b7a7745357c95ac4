"""Deduction from lists: what a loop's body must compute is read off the examples."""
