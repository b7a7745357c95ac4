"""Programs and classifiers found together: pictures in, words unknown, final memory known."""

from backend.perception.likelihood import Answers, Likelihood
from backend.perception.table import Table, make_tables

__all__ = ["Answers", "Likelihood", "Table", "make_tables"]
