"""A page for a run: one HTML file that shows what was found, why, and what it does."""

from synth.page.page import page_of, read_page, render

__all__ = ["page_of", "read_page", "render"]
