"""Codes of many statements at once, put together from those of their parts."""
