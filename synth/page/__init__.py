"""A page for a run: one HTML file that shows what was found, why, and what it does."""

from synth.page.page import framed, page_of, read_page, render

__all__ = ["framed", "page_of", "read_page", "render"]
