"""Programs and classifiers found together: pictures in, words unknown, final memory known."""

from backend.perception.choose import exact_likelihood, exact_likelihoods, soft_likelihood
from backend.perception.likelihood import Answers, Likelihood
from backend.perception.relaxed import Relaxed
from backend.perception.structure import Structure, make_structure
from backend.perception.table import Table, make_tables

__all__ = ["Answers", "Likelihood", "Relaxed", "Structure", "Table", "exact_likelihood"]
__all__ += ["exact_likelihoods", "make_structure", "make_tables", "soft_likelihood"]
