"""Programs and classifiers found together: pictures in, words unknown, final memory known."""

from backend.perception.choose import (
    exact_likelihood,
    exact_likelihoods,
    soft_likelihood,
    top_words,
)
from backend.perception.inverse import InverseTable
from backend.perception.likeliest import TopWords
from backend.perception.likelihood import Answers, Likelihood
from backend.perception.relaxed import Relaxed
from backend.perception.structure import Structure, make_structure
from backend.perception.table import Table, make_tables

__all__ = ["Answers", "InverseTable", "Likelihood", "Relaxed", "Structure", "Table", "TopWords"]
__all__ += ["exact_likelihood", "exact_likelihoods", "make_structure"]
__all__ += ["make_tables", "soft_likelihood", "top_words"]
