"""A plug-in of skeletune. Importing it declares its construct; `plugin` names the rest."""

from skeletune_example.engine import random_terms
from skeletune_example.rules import shifting
from synth.plugins import Plugin

__all__ = ["plugin"]

plugin = Plugin(
    rulesets={"shifting": shifting},
    engines={"random_terms": random_terms},
)
