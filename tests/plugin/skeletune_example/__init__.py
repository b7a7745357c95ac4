"""A plug-in of skeletune: `plugin` names all that it offers."""

from skeletune_example.construct import shift
from skeletune_example.engine import random_terms
from skeletune_example.rules import shifting
from synth.plugins import Plugin

__all__ = ["plugin"]

plugin = Plugin(
    rulesets={"shifting": shifting},
    constructs=(shift,),
    engines={"random_terms": random_terms},
)
