"""Suites of specs, and what runs, stores and reports them."""
