"""Programs and classifiers found together: pictures in, words unknown, final memory known."""

from backend.perception.likelihood import Answers, Likelihood
from backend.perception.structure import Structure, make_structure
from backend.perception.table import Table, make_tables

__all__ = ["Answers", "Likelihood", "Structure", "Table", "make_structure", "make_tables"]
