"""Discrete search over assembly, compiled: all edits of a program, chains, shorter runs."""
