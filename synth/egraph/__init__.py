"""Equality saturation: terms in, their equals out."""
