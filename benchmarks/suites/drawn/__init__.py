"""Suites whose specs are drawn when they are asked for; see `suite.py`."""
